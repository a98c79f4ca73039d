"""The tags every template may use without loading them: icons, drawings, fields."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from django import template
from django.contrib.messages.storage.base import Message
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    Form,
    RadioSelect,
    Select,
    Textarea,
)
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from accounts.names import isolated
from challenges.days import day_name, full_day_name
from kindness_platform import art
from kindness_platform import qr as codes
from kindness_platform.class_pictures import class_picture as drawn_picture
from kindness_platform.symbols import POINTING, symbol_id
from kindness_platform.symbols import icon as find_icon

register = template.Library()
register.filter(day_name)
register.filter(full_day_name)
register.filter(isolated)


def _lowest(context: Context) -> dict[str, Any]:
    """The layer of the render context that a page shares with all that it includes."""
    return cast(dict[str, Any], context.render_context.dicts[0])


def _shown_icons(context: Context) -> dict[tuple[str, bool], None] | None:
    """The icons this page has used so far; None in a part that goes out without its page."""
    return cast(dict[tuple[str, bool], None] | None, _lowest(context).get("page_icons"))


@lru_cache(maxsize=1024)
def _drawn(name: str, cls: str, *, fill: bool, shared: bool) -> SafeString:
    """The element of an icon. A feed has hundreds of them, so each is put together once."""
    found = find_icon(name, fill=fill)
    classes = " ".join(filter(None, ("ico", "dir" if name in POINTING else "", cls)))
    if shared:
        link = symbol_id(name, fill=fill)
        return format_html('<svg class="{}" aria-hidden="true"><use href="#{}"/></svg>', classes, link)
    drawing = mark_safe(found.drawing)
    return format_html('<svg class="{}" viewBox="{}" aria-hidden="true">{}</svg>', classes, found.box, drawing)


@register.filter
def when(moment: datetime) -> str:
    """How long ago, by the reader's clock: the same words on cards, in the news and in the mail of the demo."""
    return clock.when(timezone.localtime(moment), timezone.localtime())


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str, cls: str = "", *, fill: bool = False) -> SafeString:
    """An icon beside a word. A page draws each of its icons once; a part that htmx adds brings its own."""
    shown = _shown_icons(context)
    if shown is not None:
        shown[name, fill] = None
    return _drawn(name, cls, fill=fill, shared=shown is not None)


@register.simple_tag(takes_context=True)
def begin_icons(context: Context) -> str:
    """Tells `icon` that this template will draw the sprite at its end."""
    _lowest(context)["page_icons"] = {}
    return ""


@register.simple_tag(takes_context=True)
def need_icons(context: Context, names: str) -> str:
    """Puts icons into the page's sprite that only a script or a later part will use."""
    shown = _shown_icons(context)
    if shown is not None:
        shown.update(dict.fromkeys((name, False) for name in names.split()))
    return ""


@register.simple_tag(takes_context=True)
def icon_sprite(context: Context) -> SafeString:
    """The drawings of the icons this page has used, and of no others."""
    symbols = ""
    for name, fill in _shown_icons(context) or {}:
        found = find_icon(name, fill=fill)
        symbols += f'<symbol id="{symbol_id(name, fill=fill)}" viewBox="{found.box}">{found.drawing}</symbol>'
    return (
        mark_safe(f'<svg class="vh" width="0" height="0" aria-hidden="true">{symbols}</svg>')
        if symbols
        else SafeString("")
    )


@register.simple_tag
def patch(person: Any, cls: str = "") -> SafeString:
    """The patch of a person; of None the one of Someone. The name always stands beside it."""
    return mark_safe(art.patch(getattr(person, "public_id", None) or "", cls))


def _pairs(written: str) -> art.Pairs:
    """`"sun spruce,petal poppy"` as pairs of ground and figure."""
    found = tuple((ground, figure) for ground, figure in (pair.split() for pair in written.split(",")))
    return found or art.PAIRS


@register.simple_tag
def quilt(
    columns: int,
    rows: int,
    seed: str,
    *,
    pairs: str = "",
    calm: float = 0.6,
    big: float = 0.3,
    cls: str = "art",
    preserve: str = "xMidYMid slice",
) -> SafeString:
    chosen = _pairs(pairs) if pairs else art.PAIRS
    return mark_safe(art.quilt(columns, rows, str(seed), chosen, calm=calm, big=big, cls=cls, preserve=preserve))


@register.simple_tag
def class_picture(name: str) -> SafeString:
    """A picture of a pupil's sign-in. Its word always stands beside it."""
    return mark_safe(drawn_picture(name))


@register.simple_tag
def logo(cls: str = "logo") -> SafeString:
    return mark_safe(art.logo(cls))


@register.simple_tag
def ripple_art(cls: str = "art", rings: int = 6) -> SafeString:
    return mark_safe(art.ripple(cls, rings))


@register.simple_tag
def waves(cls: str = "art act-full__art") -> SafeString:
    return mark_safe(art.waves(cls))


@register.simple_tag
def pips(count: int) -> SafeString:
    return mark_safe(art.pips(count))


@register.simple_tag
def ripple_line(nodes: Sequence[art.Node], label: str) -> SafeString:
    """A ripple as one line; its list of acts says the same in words."""
    return mark_safe(art.line(nodes, label))


@register.simple_tag
def ripple_tree(nodes: Sequence[art.Node], label: str) -> SafeString:
    """A ripple with many branches; its list of acts says the same in words."""
    return mark_safe(art.tree(nodes, label))


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    return mark_safe(codes.qr(text, label))


@register.inclusion_tag("art/turn_meter.html")
def turn_meter(totals: Any, goal: int, *, plain: bool = False) -> dict[str, Any]:
    """The group's own line, with the numbers it shows beside it in words; `plain` in those for children."""
    total = totals.did + totals.saw + totals.received
    meter = art.turn_of(totals.did, totals.saw, totals.received, goal)
    label = _("%(total)d acts of the %(goal)d hoped for: %(did)d done, %(saw)d seen, %(received)d received") % {
        "total": total,
        "goal": goal,
        "did": totals.did,
        "saw": totals.saw,
        "received": totals.received,
    }
    return {
        "drawing": mark_safe(art.turn(totals.did, totals.saw, totals.received, goal, label)),
        "totals": totals,
        "total": total,
        "goal": goal,
        "plain": plain,
        "worth": ngettext("One dot is %(count)d act.", "One dot is %(count)d acts.", meter.worth)
        % {"count": meter.worth}
        if meter.worth > 1
        else "",
    }


@register.filter
def as_json(value: Any) -> str:
    """For a data- attribute that a script reads."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def undo_path(message: Message) -> str:
    """Where the undo button of a message goes.

    A view offers it with `messages.success(request, words, extra_tags=f"undo:{path}")`; only a path
    of our own is ever used.
    """
    tags = message.extra_tags or ""
    path = tags.removeprefix("undo:") if tags.startswith("undo:/") else ""
    return "" if path.startswith("//") else path


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "choices"
    if isinstance(widget, Textarea | Select | FileInput):
        return "plain"
    return "input"


def _described(bound: BoundField, hint: str) -> str:
    parts = [f"{bound.auto_id}_hint" if hint else "", f"{bound.auto_id}_error" if bound.errors else ""]
    return " ".join(filter(None, parts))


def _control(bound: BoundField, kind: str, hint: str, options: dict[str, Any]) -> SafeString:
    """The widget with what a screen reader needs to know about it."""
    attributes: dict[str, Any] = {name.replace("_", "-"): value for name, value in options.items()}
    if described := _described(bound, hint):
        attributes["aria-describedby"] = described
    if bound.errors:
        attributes["aria-invalid"] = "true"
    given = bound.field.widget.attrs.get("class", "")
    classes = f"{'input ' if kind == 'input' else ''}{given} {attributes.pop('cls', '')}".strip()
    if classes:
        attributes["class"] = classes
    return bound.as_widget(attrs=attributes)


@register.inclusion_tag("forms/field.html", takes_context=True)
def field(context: Context, bound: BoundField, **options: Any) -> dict[str, Any]:
    """A field with its label, hint, control and errors.

    Args:
        options: `as="seg"` or `as="opts"` for choices; `label`, `hint` in other words; `vh=True` for a
            label only screen readers get; `cls` for the control; `icons="did:hand-heart,saw:eye"` for
            choices; anything else becomes an attribute of the control (`data_count` → `data-count`).
    """
    kind = _kind(bound)
    hint = str(options.pop("hint", "") or bound.help_text)
    shape = options.pop("as", "opts")
    icons = dict(pair.split(":") for pair in options.pop("icons", "").split(",") if pair)
    shown = {
        "bound": bound,
        "kind": kind,
        "shape": shape,
        "hint": hint,
        "label": options.pop("label", "") or bound.label,
        "hidden_label": options.pop("vh", False),
        "described": _described(bound, hint),
    }
    if kind == "choices":
        shown["choices"] = [(choice, icons.get(str(choice.data["value"]), "")) for choice in bound]
    else:
        shown["control"] = _control(bound, kind, hint, options)
    return shown


@register.inclusion_tag("forms/errors.html", takes_context=True)
def form_errors(context: Context, form: Form) -> dict[str, Any]:
    """What to put right, each a link to its field; the summary gets the focus. What nobody sees is not linked to."""
    wrong = [bound for bound in form if bound.errors] if form.errors else []
    others = [*form.non_field_errors(), *(error for bound in wrong if bound.is_hidden for error in bound.errors)]
    return {"form": form, "fields": [bound for bound in wrong if not bound.is_hidden], "others": others}
