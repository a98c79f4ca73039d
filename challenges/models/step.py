from functools import cached_property

from django.db import models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from msgspec import structs

from accounts.ids import new_public_id
from accounts.models import User
from accounts.models.audit import record
from challenges.catalog import Category, StepTemplate, program
from challenges.models.challenge import Challenge

EDITABLE = ("theme", "prompt", "detail", "reflection", "step_up")
"""The words of a step that a leader may change; what is not changed appears in the reader's language."""


class StepQuerySet(models.QuerySet["Step"]):
    def visible_to(self, user: User) -> "StepQuerySet":
        return self.filter(challenge__in=Challenge.objects.visible_to(user))

    def visible(self) -> "StepQuerySet":
        return self.filter(hidden_at=None).order_by("position")


class Step(models.Model):
    """One prompt of a challenge: a reference to the program's step, and what the leader changed of it."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    week = models.PositiveSmallIntegerField(default=0)
    program_key = models.CharField(max_length=8, blank=True)
    step_key = models.CharField(max_length=12, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    overrides = models.JSONField(_("changes"), default=dict, blank=True)
    hidden_at = models.DateTimeField(null=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "position"], name="one_step_per_position"),
        ]

    def __str__(self) -> str:
        return self.step_key or self.public_id

    @cached_property
    def words(self) -> StepTemplate:
        """What a member reads: the program's words in their language, with the leader's changes over them."""
        return self.words_for(self.challenge.group.mode)

    def words_for(self, mode: str) -> StepTemplate:
        if not self.program_key:
            return self._own_words()
        plan = program(self.program_key, language=get_language() or "en")
        template = plan.step(self.step_key).for_mode(mode)
        return structs.replace(template, **self.overrides)

    def _own_words(self) -> StepTemplate:
        """A step that the leader wrote. What they left empty stays empty rather than being made up."""
        words = self.overrides
        categories = {category.value: category for category in Category}
        return StepTemplate(
            key=self.public_id,
            theme=words.get("theme", ""),
            prompt=words.get("prompt", ""),
            detail=words.get("detail", ""),
            reflection=words.get("reflection", ""),
            step_up=words.get("step_up", ""),
            category=categories.get(words.get("category", ""), Category.CONNECT),
            minutes=words.get("minutes", 5),
            ideas=(),
            week=self.week,
        )

    @property
    def is_own(self) -> bool:
        return not self.program_key

    @property
    def is_edited(self) -> bool:
        return bool(self.overrides)

    @transaction.atomic
    def reword(self, words: dict[str, str], *, by: User) -> None:
        """Keep what differs from the program's words, so that the rest still appears in the reader's language.

        Args:
            words: by the name of the field; one that is empty or missing goes back to the program's words.
            by: whoever runs the group.
        """
        if self.is_own:
            self.overrides = {**self.overrides, **words}
        else:
            said = self.program_words
            self.overrides = {name: text for name, text in words.items() if text and text != getattr(said, name)}
        self.save(update_fields=["overrides"])
        self.__dict__.pop("words", None)
        record(by, "reworded", self, group_id=self.challenge.group_id)

    @property
    def program_words(self) -> StepTemplate:
        """The program's words as they were before any change."""
        plan = program(self.program_key, language=get_language() or "en")
        return plan.step(self.step_key).for_mode(self.challenge.group.mode)

    def copy_for(self, challenge: Challenge, position: int) -> "Step":
        return Step(
            challenge=challenge,
            position=position,
            week=self.week,
            program_key=self.program_key,
            step_key=self.step_key,
            version=self.version,
            overrides=self.overrides,
        )
