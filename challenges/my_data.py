"""How a person takes part in challenges, and which they started."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts.data_rights import Copy, Keep, Room, register
from accounts.models import User
from challenges.models import CalendarFeed, Challenge, Choice, Habit, Participation


def export(user: User) -> Copy:
    return Copy(
        {
            "challenges_you_take_part_in": [
                {
                    "challenge": part.challenge.title,
                    "group": part.challenge.group.name,
                    "joined_on": part.joined_on,
                    "joined_at": part.joined_at,
                    "dose": part.dose,
                    "rhythm": part.rhythm,
                    "kindness_weekday": part.kindness_weekday,
                    "paused_until": part.paused_until,
                    "plans": [
                        {"week": plan.week, "when": plan.cue, "i_will": plan.act, "made_at": plan.made_at}
                        for plan in part.plans.all()
                    ],
                    "prompts": [_prompt(choice) for choice in part.choices.all()],
                }
                for part in _parts(user)
            ],
            "challenges_you_started": [
                {"challenge": challenge.title, "group": challenge.group.name, "at": challenge.created_at}
                for challenge in Challenge.objects.filter(started_by=user).select_related("group").order_by("pk")
            ],
            "what_you_keep": [
                {"when": habit.cue, "i_will": habit.act, "monthly": habit.monthly, "made_at": habit.made_at}
                for habit in Habit.objects.filter(user=user)
            ],
            "calendar_subscription": [
                {"address_made_at": feed.made_at} for feed in CalendarFeed.objects.filter(user=user)
            ],
        }
    )


def _parts(user: User) -> QuerySet[Participation]:
    parts = Participation.objects.filter(user=user).select_related("challenge__group").order_by("joined_at", "pk")
    return parts.prefetch_related("choices__step__challenge__group", "plans")


def _prompt(choice: Choice) -> dict[str, object]:
    """What one made of a prompt. Its words belong to the program; the ideas are named as the catalog names them."""
    return {
        "on": choice.on,
        "prompt": choice.step.words.theme,
        "ideas_offered": choice.offered,
        "idea_taken": choice.option,
        "ideas_swapped": choice.swaps,
        "state": choice.state,
        "changed_at": choice.changed_at,
    }


def erase(user: User, keep: Keep) -> None:
    """Taking part and the calendar go with the person's row; a challenge they started stays with its group."""


register(
    Room(
        "challenges",
        says=gettext_lazy("the challenges you take part in, and what you made of each prompt"),
        export=export,
        erase=erase,
    )
)
