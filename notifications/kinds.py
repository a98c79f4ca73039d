"""What can be told, and how: every room registers its kinds of notice here when it starts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from notifications.models import Delivery, Notice


@dataclass(frozen=True)
class Message:
    """The words of one notice, in the reader's language.

    Attributes:
        subject: of the mail, when the template brings no `.subject.txt` of its own.
        line: the sentence in the in-app list.
        path: the page that the notice opens ("/challenges/…/"); empty for none.
        template: "mail/<name>", with `.txt` and `.html` and perhaps `.subject.txt`; empty if never mailed.
        context: what those templates need beyond `message` itself.
    """

    subject: str
    line: str
    path: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One kind of notice.

    Attributes:
        name: what `outbox.queue` calls it; at most 40 characters.
        mail, in_app: where it goes. People without an address (pupils) get the in-app list only.
        push: whether it may also go to people's devices.
        still_wanted: asked right before sending and before showing; False means nobody is told.
        render: makes the words. It runs in the recipient's language and time zone.
        transactional: belongs to something the person has just asked for, so it is sent also when all else is off.
        lifetime: how long after it was due it is worth sending; None means always.
        fleeting: its notice is deleted as soon as nothing more will become of it, for it holds the address of
            somebody who is gone.
        nudge: a reminder nobody misses: it may be lost, but it is never sent twice.
        why_not: in place of `still_wanted`, for kinds that can say why nobody needs to be told; empty if they do.
        look_up: asks for many notices at once what `why_not` and `render` need, and hangs it on them; called again
            when what it found has become old.
        topic: what people can switch off it belongs to; empty for what they have just asked for.
        language: of the words, for a bare address; people have their own.
        render_many: the words of many notices at once, by the notice's pk, of those still wanted; a kind that
            fills the in-app list gives it, so that the list costs the same with one notice and with twenty.
    """

    name: str
    mail: bool
    in_app: bool
    still_wanted: Callable[[Notice], bool]
    render: Callable[[Notice], Message]
    transactional: bool = False
    lifetime: timedelta | None = None
    nudge: bool = False
    fleeting: bool = False
    topic: str = ""
    push: bool = False
    why_not: Callable[[Notice], str] | None = None
    look_up: Callable[[Sequence[Notice]], None] | None = None
    language: Callable[[Notice], str] | None = None
    render_many: Callable[[Sequence[Notice]], Mapping[int, Message]] | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        """The ways by which it goes, besides the list in the app."""
        ways = ((self.mail, Delivery.Channel.MAIL), (self.push, Delivery.Channel.PUSH))
        return tuple(channel for wanted, channel in ways if wanted)

    def objection(self, notice: Notice) -> str:
        """Why this notice shall be told to nobody after all; empty if it shall."""
        if self.why_not:
            return self.why_not(notice)
        return "" if self.still_wanted(notice) else "not wanted"

    @property
    def manner(self) -> Delivery.Manner:
        """How its deliveries are treated."""
        if self.transactional:
            return Delivery.Manner.TRANSACTIONAL
        return Delivery.Manner.NUDGE if self.nudge else Delivery.Manner.LETTER


def kind_about[Thing](
    name: str,
    wanted: Callable[[Sequence[Notice]], Mapping[int, Thing]],
    say: Callable[[Notice, Thing], Message],
    *,
    mail: bool = False,
    **manner: Any,
) -> Kind:
    """A kind told in the app, whose words are about a thing: one look-up serves a single notice and a page of them.

    Args:
        wanted: by a notice's pk its thing, of those still wanted. The notices are all of one person.
        say: the words about it.
        manner: what else a `Kind` holds.
    """

    def many(notices: Sequence[Notice]) -> dict[int, Message]:
        things = wanted(notices)
        return {notice.pk: say(notice, things[notice.pk]) for notice in notices if notice.pk in things}

    return Kind(
        name,
        mail=mail,
        in_app=True,
        still_wanted=lambda notice: notice.pk in wanted([notice]),
        render=lambda notice: many([notice])[notice.pk],
        render_many=many,
        **manner,
    )


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; a name belongs to one room, once."""
    if kind.name in _kinds and _kinds[kind.name] != kind:
        raise ValueError(f"The kind of notice {kind.name!r} is registered twice.")
    _kinds[kind.name] = kind


def get(name: str) -> Kind:
    """The kind of this name; an unknown one is a programming error and says so."""
    return _kinds[name]


def every() -> Iterable[Kind]:
    return _kinds.values()


def find(name: str) -> Kind | None:
    """The kind of this name, or None for a row that an older release wrote."""
    return _kinds.get(name)
