"""What a feed draws of each act, worked out once in Python so that the template only writes it down.

The card is the hot path of every feed: no address is reversed, no label translated and no row read
inside the template's loop. Labels and counts of words are in the reader's language, times in their zone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

from django.db import connection
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.clock import when
from accounts.models import User
from accounts.names import isolated
from challenges.audience import told
from feed.models import Act, Credit, Reaction
from feed.models.photo import photo_of
from feed.places import joined_by, run_by
from groups.models import Group
from kindness_platform.art import patch

WIDE_EVERY = 12
WIDE_TEXT = 170
NAMES_SHOWN = 3
CREDIT = "credit"
NO, YES = SafeString("false"), SafeString("true")
TONES = {
    "did": (SafeString("done"), SafeString("hand-heart")),
    "saw": (SafeString("noticed"), SafeString("eye")),
    "received": (SafeString("received"), SafeString("gift")),
}


@dataclass(kw_only=True)
class Card:
    """One act as one reader sees it. Of an act signed Someone nothing here depends on its author.

    Attributes:
        key: what the ids of its buttons end in, so that the focus stays where it was after an answer.
        state: empty for an act everybody sees; otherwise a word for its author, such as "Just for me".
        own: whether the reader posted it: they are offered changes, everybody else answers.
        may_follow: whether they can pass it on or do it too; who only looks after the group can report it.
        thanks, moved, celebrating, passing_on: the reader's own answers, as `aria-pressed` wants them.
        came_from: what it was passed on from, in words; `came_from_url` is empty where that is "a link".
    """

    id: str
    url: str
    key: str = ""
    gone: bool = False
    who: str = ""
    patch: str = ""
    tone: str = ""
    icon: str = ""
    tag: str = ""
    when: str = ""
    state: str = ""
    group: str = ""
    group_url: str = ""
    text: str = ""
    idea: str = ""
    wide: bool = False
    photo: str = ""
    photo_large: str = ""
    photo_alt: str = ""
    photo_width: int = 0
    photo_height: int = 0
    came_from: str = ""
    came_from_name: str = ""
    came_from_url: str = ""
    passed_on: str = ""
    ripple_url: str = ""
    own: bool = False
    answers: bool = False
    thanks: str = NO
    moved: str = NO
    celebrating: str = NO
    passing_on: str = NO
    answered: str = ""
    comments: str = ""
    may_edit: bool = False
    may_remove: bool = False
    may_report: bool = False
    may_follow: bool = False

    def __getitem__(self, name: str) -> Any:
        """A template asks for an item before it asks for an attribute; without an answer each lookup raises once."""
        return vars(self)[name]


@dataclass(slots=True)
class Marks:
    """What people have said to the acts of a page, by the act's id."""

    mine: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    others: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    credited: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


def cards_for(acts: Iterable[Act], reader: User, groups: Sequence[Group]) -> list[Card]:
    """The cards of a page of acts, in one more query (answers and credits).

    Args:
        acts: fetched with `for_cards()` or `with_card()` through what the reader may see.
        reader: whose answers, rights, language and zone count.
        groups: those of the page; with more than one each card names its group. Groups from
            `feed.places` already know their policy and whether the reader runs them.
    """
    page = list(acts)
    if not page:
        return []
    known = {group.pk: group for group in groups}
    for act in page:
        if act.group_id not in known:
            known[act.group_id] = act.group
    runs = run_by(reader, list(known.values()))
    marks = _marks(page, reader)
    joined = joined_by(reader, {act.group_id: known[act.group_id] for act in page if act.can_be_followed_by(reader)})
    now = timezone.now()
    cards = []
    for act in page:
        group = known[act.group_id]
        card = _card(act, group, reader, now)
        if not card.gone:
            card.may_remove = card.own or group.pk in runs
            card.may_follow = card.may_report and group.pk in joined
            card.group = group.name if len(groups) > 1 else ""
            card.group_url = f"{get_script_prefix()}groups/{group.slug}/"
            card.tag = _tag(act.kind, [isolated(name) for name in marks.credited[act.pk]])
            for kind in marks.mine[act.pk]:
                setattr(card, kind, YES)
            card.answered = said_by(marks.others[act.pk], plainly=reader.is_pupil) if card.own else ""
        cards.append(card)
    _set_wide(cards)
    return cards


def _card(act: Act, group: Group, reader: User, now: datetime) -> Card:
    # What is ours is marked as safe, so that only what people wrote is escaped for each card.
    root = get_script_prefix()
    id_, url = SafeString(act.public_id), SafeString(f"{root}acts/{act.public_id}/")
    if act.state == Act.State.REMOVED:
        return Card(id=id_, url=url, gone=True)
    own = act.author_id == reader.pk
    someone = act.signed == Act.Signed.SOMEONE or act.author is None
    tone, icon = TONES[act.kind]
    policy = group.policy
    card = Card(
        id=id_,
        url=url,
        key=SafeString(act.public_id[-6:]),
        who=name_of(act),
        patch=SafeString(patch("" if someone or act.author is None else act.author.public_id)),
        tone=tone,
        icon=icon,
        when=_when(act, reader, now),
        state=_state(act),
        text=act.text,
        own=own,
        may_edit=own and group.is_open and act.can_be_changed_by(reader),
        may_report=group.is_open and act.can_be_followed_by(reader),
        answers=policy.reactions_open and act.is_in_feed and not own,
    )
    if not act.text:
        card.idea = _idea(act, group)
    if act.parent_id and act.parent:
        _name_parent(card, act, act.parent, reader)
    if act.passed_on_count:
        n = act.passed_on_count
        card.passed_on = ngettext("Passed on by %(n)d", "Passed on by %(n)d", n) % {"n": n}
        card.ripple_url = SafeString(f"{root}ripples/{act.public_id}/")
    if policy.comments_open and act.is_in_feed:
        n = act.comment_count
        card.comments = ngettext("%(n)d comment", "%(n)d comments", n) % {"n": n} if n else _("Comment")
    photo = photo_of(act)
    if not (act.text or card.idea or card.came_from or photo):
        card.idea = _("Something kind, told without words.")
    if photo is not None:
        card.photo = SafeString(f"{root}photos/{photo.public_id}/small/")
        card.photo_large = SafeString(f"{root}photos/{photo.public_id}/large/")
        card.photo_alt = photo.alt or _("Photo of this act")
        card.photo_width, card.photo_height = photo.width, photo.height
    return card


def name_of(act: Act) -> str:
    """Who signs an act, as anybody may read it."""
    return act.signed_by or _("Someone")


def _name_parent(card: Card, act: Act, parent: Act, reader: User) -> None:
    """Where an act came from. A parent the reader may not open is "a link" and nothing more."""
    passed_on = act.link_kind == Act.Link.PASSED_ON
    card.came_from = _("Passed on from") if passed_on else _("Did this too, after")
    if parent.group_id == act.group_id and (parent.is_in_feed or _is_own(parent, reader)):
        card.came_from_name = _("%(name)s’s act") % {"name": name_of(parent)}
        card.came_from_url = f"{get_script_prefix()}acts/{parent.public_id}/"
    else:
        card.came_from_name = _("a link")


def _is_own(act: Act, reader: User) -> bool:
    return act.author_id == reader.pk and act.state != Act.State.REMOVED


def words_of(act: Act, group: Group) -> str:
    """What an act says: its own words, else what it was about."""
    return act.text or _idea(act, group)


def _idea(act: Act, group: Group) -> str:
    """What an act without words was about: the idea that was taken, or the prompt of its step."""
    idea = told(group, get_language() or "en").get(act.idea_key) if act.idea_key else None
    if idea is not None:
        return idea.text
    return act.step.words_for(group.mode).prompt if act.step is not None else ""


def _state(act: Act) -> str:
    if act.state == Act.State.PENDING:
        return _("Waiting to be read")
    if act.state != Act.State.SHOWN:
        return str(act.get_state_display())
    if act.audience == Act.Audience.PRIVATE:
        return _("Just for me")
    return _("For the leaders") if act.audience == Act.Audience.LEADERS else ""


def _tag(kind: str, names: list[str]) -> str:
    if kind == Act.Kind.SAW:
        return _("Saw %(names)s") % {"names": _joined(names)} if names else _("Saw")
    if kind == Act.Kind.RECEIVED:
        return _("Received from %(names)s") % {"names": _joined(names)} if names else _("Received")
    return _("Did")


def _joined(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


@cache
def _marks_statement(acts: int, own: int) -> str:
    """Written by hand: every page of a feed asks it, and building it anew would cost more than its answer."""
    quote = connection.ops.quote_name
    reactions, credits_ = quote(Reaction._meta.db_table), quote(Credit._meta.db_table)
    people = quote(User._meta.db_table)
    all_of, own_of = ", ".join(["%s"] * acts), ", ".join(["%s"] * own)
    answered = f"(r.act_id IN ({all_of}) AND r.user_id = %s)" + (f" OR r.act_id IN ({own_of})" if own else "")
    return (
        f"SELECT r.act_id, r.kind, r.user_id, p.name, r.id FROM {reactions} r JOIN {people} p ON p.id = r.user_id"  # noqa: S608
        f" WHERE {answered} UNION ALL"
        f" SELECT c.act_id, '{CREDIT}', c.person_id, p.name, c.id FROM {credits_} c"
        f" JOIN {people} p ON p.id = c.person_id"
        f" WHERE c.act_id IN ({all_of}) AND c.state = 'shown'"
    )


def _marks(page: list[Act], reader: User) -> Marks:
    """Answers and credits of a page in one query: the reader's own answers, and on their own acts everybody's."""
    ids = [act.pk for act in page]
    own = [act.pk for act in page if act.author_id == reader.pk]
    with connection.cursor() as cursor:
        cursor.execute(_marks_statement(len(ids), len(own)), [*ids, reader.pk, *own, *ids])
        rows = cursor.fetchall()
    marks = Marks()
    for act_id, kind, person_id, name, _id in sorted(rows, key=itemgetter(4)):
        if kind == CREDIT:
            marks.credited[act_id].append(name)
        elif person_id == reader.pk:
            marks.mine[act_id].append(kind)
        else:
            marks.others[act_id].append((kind, name))
    return marks


def said_by(answers: list[tuple[str, str]], *, plainly: bool = False) -> str:
    """Who answered, for the author alone: names first, each person once per sentence; `plainly` as pupils answer."""
    sentences = (
        _told_to_pupils()
        if plainly
        else {
            Reaction.Kind.THANKS: _("%(names)s said thank you."),
            Reaction.Kind.MOVED: _("It moved %(names)s."),
            Reaction.Kind.CELEBRATING: _("%(names)s celebrated it."),
            Reaction.Kind.PASSING_ON: _("%(names)s will pass it on."),
        }
    )
    lines = []
    for kind, sentence in sentences.items():
        names = [name for said, name in answers if said == kind]
        if len(names) > NAMES_SHOWN:
            names = [*names[: NAMES_SHOWN - 1], _("others")]
        if names:
            lines.append(sentence % {"names": _joined(names)})
    return " ".join(lines)


def _told_to_pupils() -> dict[str, str]:
    return {
        Reaction.Kind.THANKS: _("%(names)s said thank you."),
        Reaction.Kind.MOVED: _("%(names)s liked hearing this."),
        Reaction.Kind.PASSING_ON: _("%(names)s will do it too."),
    }


def _when(act: Act, reader: User, now: datetime) -> str:
    zone = reader.zone
    shown = (act.shown_at or act.created_at).astimezone(zone)
    words = when(shown, now.astimezone(zone))
    if act.done_on != shown.date():
        words = _("%(when)s, for %(day)s") % {"when": words, "day": date_format(act.done_on, "MONTH_DAY_FORMAT")}
    return _("%(when)s · edited") % {"when": words} if act.edited_at else words


def _set_wide(cards: list[Card]) -> None:
    """In each dozen cards one seen act is set large, where its words are few enough for it."""
    for start in range(0, len(cards), WIDE_EVERY):
        for card in cards[start + 1 : start + WIDE_EVERY]:
            if card.tone == "noticed" and 0 < len(card.text) <= WIDE_TEXT and not card.photo and not card.state:
                card.wide = True
                break
