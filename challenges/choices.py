"""What a member decides about a prompt: will do, did, another idea, not today, a rest. Always to be changed again."""

from datetime import date

from django.db import transaction

from accounts.models import User
from challenges.models import Choice, Step


def settle(user: User, step: Step, idea_key: str, *, on: date | None = None) -> Choice:
    """Mark a step as done because an act was posted for it; called in the transaction that posts.

    Args:
        user: the author of the act.
        step: the prompt it answers.
        idea_key: the idea it took up, "own", or empty for the prompt's own words.
        on: the author's local date of the act; today when not given.
    """
    choice = choice_for(user, step, on=on)
    choice.become(Choice.State.DONE, option=idea_key[:12], on=on)
    return choice


def unsettle(user: User, step: Step) -> None:
    """Open a step again because the act for it was taken back."""
    done = Choice.objects.filter(participation__user=user, step=step, state=Choice.State.DONE).first()
    if done:
        done.become(Choice.State.OPEN, option="")


@transaction.atomic
def choice_for(user: User, step: Step, *, on: date | None = None) -> Choice:
    """The member's choice for a step, made when there is none; who was not yet in takes part from now on."""
    participation = step.challenge.welcome(user)
    choice, _new = Choice.objects.get_or_create(
        participation=participation, step=step, defaults={"on": on or user.today()}
    )
    return choice
