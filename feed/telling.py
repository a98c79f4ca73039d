"""The page on which a pupil tells something, worked out for `feed/tell.html`."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.audience import told
from challenges.models import Step
from challenges.prompts import Prompt, prompts_for
from feed.drafting import draft_of
from feed.models import Act, Photo
from feed.pupil_form import STARTERS, PupilForm
from groups.models import Group


@dataclass
class Telling:
    """All that `feed/tell.html` draws."""

    form: PupilForm
    group: Group
    user: User
    kind: str
    step: Step | None
    idea: str

    @property
    def about(self) -> str:
        """The prompt or the idea that is told of."""
        idea = told(self.group, get_language() or "en").get(self.idea) if self.idea else None
        if idea:
            return idea.text
        return self.step.words_for(self.group.mode).prompt if self.step else ""

    @property
    def starters(self) -> list[str]:
        own = self.step.words_for(self.group.mode).starters if self.step else ()
        return [str(words) for words in own or STARTERS[self.kind]]

    @property
    def starts(self) -> list[tuple[str, str]]:
        """Each way to begin a sentence, with the page that has begun it; a script puts it in without a new page."""
        here = (
            f"{reverse('pupil-tell')}?kind={self.kind}&step={self.step.public_id if self.step else ''}&idea={self.idea}"
        )
        return [(f"{here}&start={n}", words) for n, words in enumerate(self.starters)]

    @cached_property
    def picks(self) -> list[tuple[str, str]]:
        """Things to tick, where nothing can be written: what is asked now, and the ideas beside it."""
        if self.form.is_bound or self.kind != Act.Kind.DID or self.step or "text" in self.form.fields:
            return []
        prompts = prompts_for(self.user, [self.group])
        return [pick for prompt in prompts for pick in picks_of(prompt)] + [("", _("Something else that was kind"))]

    @property
    def reads_first(self) -> bool:
        return not self.group.policy.posts_unapproved

    @property
    def teacher(self) -> str:
        return teacher_of(self.group)

    @property
    def photo(self) -> Photo | None:
        """A photo that an earlier try has left."""
        draft = draft_of(self.user, self.group) if "photo" in self.form.fields else None
        return draft.waiting_photo if draft else None


def teacher_of(group: Group) -> str:
    """The name of who reads first, as pupils are told it."""
    reader = group.classroom.reader
    return reader.name if reader else _("Your teacher")


def picks_of(prompt: Prompt) -> list[tuple[str, str]]:
    """What can be ticked of a prompt: its open steps, and the ideas beside the one that is asked."""
    if prompt.step is None:
        return []
    mode = prompt.challenge.group.mode
    steps = [slot.step for slot in prompt.slots if slot.state != "done"] or [prompt.step]
    open_ = [
        (f"{step.public_id}:", step.words_for(mode).prompt) for step in steps if step.words_for(mode).record == "did"
    ]
    beside = [option for option in prompt.alternatives if option.key != "own"]
    return [*open_, *((f"{prompt.step.public_id}:{option.key}", option.text) for option in beside)]
