"""What a member decides about a prompt: will do, did, another idea, not today, a rest. Always to be changed again."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from challenges.models import Choice, Step
from challenges.offers import MY_OWN
from challenges.prompts import Prompt, prompt_of

State = Choice.State
REMEMBERED = 60
"""Ideas kept of those shown on one prompt, for people who like to turn over many."""
BECOMES = {"intend": State.INTENDED, "skip": State.SKIPPED, "rest": State.RESTED, "change": State.OPEN}


def settle(user: User, step: Step, idea_key: str, *, on: date) -> None:
    """Mark a step as done because an act was posted for it; called in the transaction that posts.

    Args:
        user: the author of the act.
        step: the prompt it answers.
        idea_key: the idea it took up, "own", or empty for the prompt's own words.
        on: the author's local date of the act.
    """
    Choice.objects.update_or_create(
        participation=step.challenge.welcome(user),
        step=step,
        defaults={"state": State.DONE, "option": idea_key[:12], "on": on, "changed_at": timezone.now()},
    )


@transaction.atomic
def settle_again(user: User, step: Step, standing: Iterable[tuple[str, date]] = ()) -> None:
    """Let what stands decide about a step that is done, because an act for it was taken back or moved to another day.

    It stays done by the idea and on the day of the newest act; where none is left it is open again.

    Args:
        user: the author of the acts.
        step: the prompt they answer.
        standing: idea and day of what the author has told for this step, newest first. It is read when the choice
            is locked, so that of two acts taken back at once the second finds none.
    """
    done = Choice.objects.select_for_update().filter(participation__user=user, step=step, state=State.DONE).first()
    if done is None:
        return
    for idea_key, on in standing:
        done.become(State.DONE, option=idea_key, on=on)
        return
    done.become(State.OPEN, option="")


@transaction.atomic
def decide(user: User, step: Step, do: str, *, option: str = "") -> bool:
    """Carry out what a button of the prompt says.

    Args:
        user: a member of the step's group.
        step: the prompt they decide about.
        do: intend, swap, skip, rest or change.
        option: with intend, the option taken: an idea's key, "own", or empty for the prompt's own words.

    Returns:
        False when the prompt is not open for it, so that nothing was changed. What is done stays done as long as the
        act stands, whatever a page says that was drawn before.
    """
    prompt = prompt_of(user, step.challenge, asked=step.public_id)
    if prompt is None or prompt.step is None or prompt.step.pk != step.pk or prompt.state == State.DONE:
        return False
    if do == "swap":
        _swap(user, prompt)
    elif do in BECOMES and _may_take(prompt, option):
        choice = _kept(choice_for(user, step), prompt)
        choice.become(BECOMES[do], option=option if do == "intend" else "", on=user.today())
    else:
        return False
    return True


def _may_take(prompt: Prompt, option: str) -> bool:
    """Only what stands on the page can be taken: an idea the group may not be offered cannot be smuggled in."""
    return option in {known.key for known in prompt.options}


def _swap(user: User, prompt: Prompt) -> None:
    assert prompt.step is not None  # noqa: S101
    new = [idea.key for idea in prompt.offers.next_for(prompt.step)]
    choice = _kept(choice_for(user, prompt.step), prompt)
    choice.offered = [*choice.offered, *new][-REMEMBERED:]
    choice.swaps = min(choice.swaps + 1, 1000)
    choice.state = State.OPEN
    choice.changed_at = timezone.now()
    choice.save(update_fields=["offered", "swaps", "state", "changed_at"])


def _kept(choice: Choice, prompt: Prompt) -> Choice:
    """Write down what stood beside the prompt, so that it stays and is not offered again too soon."""
    if not choice.offered:
        choice.offered = [option.key for option in prompt.options if option.key not in {"", MY_OWN}]
        choice.save(update_fields=["offered"])
    return choice


@transaction.atomic
def choice_for(user: User, step: Step) -> Choice:
    """The member's choice for a step, made when there is none; who was not yet in takes part from now on."""
    participation = step.challenge.welcome(user)
    choice, _new = Choice.objects.get_or_create(participation=participation, step=step, defaults={"on": user.today()})
    return choice
