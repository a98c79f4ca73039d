"""The rules of a group in plain words: what holds, who may change it, and who did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from groups.models import Group, Organization
from groups.models.policy import Override, Who, opened_by


@dataclass(frozen=True)
class Words:
    """A permission as people read it: its name, and what holds while it is open and while it is closed."""

    label: str | Promise
    open: str | Promise
    closed: str | Promise


# What the pages offer to change: every permission that something in the product asks and that can be changed back.
WORDS = {
    "comments_open": Words(
        gettext_lazy("Comments"),
        gettext_lazy("People can write under each other’s acts."),
        gettext_lazy("Nobody writes under an act."),
    ),
    "reactions_open": Words(
        gettext_lazy("Answers such as “Thank you”"),
        gettext_lazy("An act can be answered with one of four words. Only its author sees who did."),
        gettext_lazy("Acts stand for themselves, without answers."),
    ),
    "text_open": Words(
        gettext_lazy("Own words"),
        gettext_lazy("Acts can be told in one’s own words."),
        gettext_lazy("Acts are ticked, without words."),
    ),
    "posts_unapproved": Words(
        gettext_lazy("Words without reading them first"),
        gettext_lazy("What people tell is there for the group at once."),
        gettext_lazy("Somebody who runs the group reads what people tell, before the group does."),
    ),
    "ticks_unapproved": Words(
        gettext_lazy("Ticks without looking at them first"),
        gettext_lazy("A tick without words is there for the group at once."),
        gettext_lazy("A tick without words waits, too, until somebody who runs the group has seen it."),
    ),
    "photos_open": Words(
        gettext_lazy("Photos"), gettext_lazy("An act can come with a photo."), gettext_lazy("Acts come without photos.")
    ),
    "credits_open": Words(
        gettext_lazy("Thanking by name"),
        gettext_lazy("Who tells what they saw can name whom to thank. The person can hide it."),
        gettext_lazy("Nobody is named on an act."),
    ),
    "anonymous_open": Words(
        gettext_lazy("Posting as “Someone”"),
        gettext_lazy("People can tell an act without their name."),
        gettext_lazy("Every shared act carries a name."),
    ),
    "mail_open": Words(
        gettext_lazy("Invitations by mail"),
        gettext_lazy("Leaders can have invitations mailed."),
        gettext_lazy("No invitation is mailed from here."),
    ),
    "leaders_see_names": Words(
        gettext_lazy("Exact numbers for leaders"),
        gettext_lazy("Leaders see exactly how many took part."),
        gettext_lazy("Leaders see roughly how many took part, so that nobody is picked out."),
    ),
    "strangers": Words(
        gettext_lazy("Ideas with people one does not know"),
        gettext_lazy("Some ideas are for people one meets by chance."),
        gettext_lazy("All ideas stay among people who know each other."),
    ),
    "money": Words(
        gettext_lazy("Ideas that may cost something"),
        gettext_lazy("Some ideas may cost a little; each has a free form."),
        gettext_lazy("No idea costs anything."),
    ),
    "food": Words(
        gettext_lazy("Ideas with food"),
        gettext_lazy("Some ideas bring something to eat."),
        gettext_lazy("No idea has to do with food."),
    ),
    "touch": Words(
        gettext_lazy("Ideas with touch"),
        gettext_lazy("Some ideas are a hug or a hand on a shoulder, always with a yes first."),
        gettext_lazy("No idea touches anybody."),
    ),
}


@dataclass(frozen=True)
class Rule:
    """One line of the rules, for one reader.

    Attributes:
        holds: what is in force, in a sentence.
        who: who may open it, where it is closed.
        changed: who changed it last, and when; empty if nobody did.
    """

    name: str
    label: str
    is_open: bool
    holds: str
    who: str
    changed: str
    may_open: bool
    may_close: bool


def rules_of(group: Group, reader: User) -> list[Rule]:
    """What holds in a group, for somebody who runs it."""
    names = _names(group.overrides, group.organization.overrides)
    is_admin = group.has_admin(reader)
    return [_rule(group, name, names, is_admin=is_admin) for name in WORDS]


def rules_for_all(organization: Organization) -> list[Rule]:
    """What an organization has closed for all its groups."""
    names = _names(organization.overrides)
    rules = []
    for name, words in WORDS.items():
        override = organization.overrides.get(name)
        left = override is None or override["allowed"]
        rules.append(
            Rule(
                name=name,
                label=str(words.label),
                is_open=left,
                holds=_("Each group decides.") if left else str(words.closed),
                who="",
                changed=_changed(override, names, organization) if override else "",
                may_open=not left,
                may_close=left,
            )
        )
    return rules


def _rule(group: Group, name: str, names: Mapping[int, str], *, is_admin: bool) -> Rule:
    words, is_open = WORDS[name], getattr(group.policy, name)
    above = group.organization.overrides.get(name)
    closed_above = above is not None and not above["allowed"]
    override = above if closed_above else group.overrides.get(name)
    who = opened_by(group, name)
    return Rule(
        name=name,
        label=str(words.label),
        is_open=is_open,
        holds=str(words.open if is_open else words.closed),
        who="" if is_open else _who(who, closed_above=closed_above),
        changed=_changed(override, names, group.organization) if override else "",
        may_open=not is_open and not closed_above and (who == Who.LEADERS or (who == Who.ADMINS and is_admin)),
        may_close=is_open,
    )


def _who(who: Who, *, closed_above: bool) -> str:
    if closed_above:
        return _("Closed for the whole organization; its admins can leave it to the groups again.")
    if who == Who.ADMINS:
        return _("An admin of the organization can open it.")
    return "" if who == Who.LEADERS else _("It stays closed here, to protect people.")


def _changed(override: Override, names: Mapping[int, str], organization: Organization) -> str:
    day = date_format(datetime.fromisoformat(override["at"]).astimezone(organization.zone), "DATE_FORMAT")
    name = names.get(override["by"] or 0) or _("somebody who is no longer here")
    words = _("Opened by %(name)s, %(day)s.") if override["allowed"] else _("Closed by %(name)s, %(day)s.")
    return words % {"name": name, "day": day}


def _names(*overrides: Mapping[str, Override]) -> dict[int, str]:
    """The names of those who changed a rule, in one query."""
    ids: Iterable[int | None] = {change["by"] for changes in overrides for change in changes.values()}
    found = User.objects.filter(pk__in=[pk for pk in ids if pk is not None])
    return dict(found.values_list("pk", "name")) if any(ids) else {}
