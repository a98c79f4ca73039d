"""A sample of every letter, for those who write them: each room shows its own, made by what makes the real ones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications import kinds, mail
from notifications.kinds import Message

READER = "mia@example.org"


@dataclass(frozen=True)
class Sample:
    """A letter of one kind, with made-up people in it."""

    kind: str
    make: Callable[[], Message]


_samples: dict[str, Sample] = {}


def register(name: str, kind: str, make: Callable[[], Message]) -> None:
    """Show a letter under a name (letters and dashes)."""
    _samples[name] = Sample(kind, make)


def every() -> Iterable[str]:
    return sorted(_samples)


def kind(name: str) -> str:
    return _samples[name].kind


def template(name: str) -> str:
    return _samples[name].make().template


def letter(name: str) -> EmailMultiAlternatives:
    """The letter of this name as it would go out, in the active language and zone.

    Raises:
        KeyError: there is none.
    """
    sample = _samples[name]
    topic = kinds.get(sample.kind).topic
    return mail.compose(
        READER,
        sample.make(),
        message_id=f"<{name}@{mail.domain()}>",
        topic=topic,
        stop_url=f"{settings.BASE_URL}/stop/sample/" if topic else "",
    )
