"""A challenge that runs to the end of its program goes on running to it when its school has other days off."""

from datetime import date

from challenges import schedule
from challenges.models import Challenge
from groups.models import Organization
from groups.new_calendars import register
from groups.school_days import DaysOff


def follow(organization: Organization, before: DaysOff, after: DaysOff) -> None:
    """Move the last day of what is running or to come; what a teacher has made shorter or longer stays so."""
    today = organization.today()
    running = Challenge.objects.filter(group__organization=organization, cancelled_at=None, ends_on__gte=today)
    for challenge in running.select_related("group"):
        if challenge.group.is_class and challenge.ends_on == last_day(challenge, before):
            challenge.ends_on = max(last_day(challenge, after), challenge.starts_on, today)
            challenge.save(update_fields=["ends_on"])


def last_day(challenge: Challenge, off: DaysOff) -> date:
    """The day on which a challenge ends if nobody moves it."""
    plan = challenge.program
    return schedule.last_day(
        challenge.starts_on,
        cadence=challenge.cadence,
        steps=challenge.steps.count(),
        weeks=plan.cadence.weeks,
        length_days=plan.length_days,
        off=off,
    )


register(follow)
