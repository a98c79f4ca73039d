"""Walks all pages as several roles and gathers the forms that stand on them, to be sent in every wrong way.

A form that is on a page is found, whatever its view or template; so what is tested with these forms holds for the
next one as well.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import User
from tests.access import ROLES, World, routes, stored_rows
from tests.client import confirm_session

WHO = ("leader", "admin", "member", "anonymous")
QUERIES = {"account_login": ("", "?with=password"), "erase": ("", "?keep=acts"), "erase-confirm": ("?keep=acts",)}

FILES = {"calendar-file", "my-data-copy", "photo", "manifest", "worker"}
"""Routes that answer with a file and not with a page."""


@dataclass(frozen=True)
class Control:
    name: str
    kind: str
    value: str
    options: tuple[str, ...] = ()
    checked: bool = False
    limits: tuple[str, str] = ("", "")
    action: str = ""

    @property
    def takes_words(self) -> bool:
        return self.kind in {"text", "textarea", "search", "email", "tel", "url", "password"}


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page for somebody, with one of its buttons."""

    role: str
    page: str
    method: str
    action: str
    controls: tuple[Control, ...] = ()
    button: tuple[str, str] = ("", "")

    @property
    def route(self) -> str:
        try:
            return resolve(urlsplit(self.action).path).url_name or ""
        except Resolver404:
            return ""

    @property
    def key(self) -> tuple[Any, ...]:
        """The same form on another page, or of another act, is the same form."""
        return self.role, self.method, self.route, self.button, tuple(sorted({c.name for c in self.controls}))

    def __str__(self) -> str:
        button = "=".join(self.button) if self.button[0] else ""
        return f"{self.role} {self.method} {self.route} {button} ({self.page})"

    def filled(self, **more: str) -> dict[str, list[str]]:
        """What a browser would send if its person answered everything quickly."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            answer = _answer(control)
            if answer is not None and (control.kind != "radio" or control.name not in sent or control.checked):
                sent[control.name] = [answer]
        if self.button[0]:
            sent[self.button[0]] = [self.button[1]]
        return sent | {name: [value] for name, value in more.items()}

    def send(self, client: Client, fields: dict[str, list[str]] | None = None, **more: Any) -> Any:
        body = QueryDict(mutable=True)
        for name, values in (self.filled() if fields is None else fields).items():
            body.setlist(name, values)
        encoded = body.urlencode()
        if self.method == "get":
            return client.get(f"{urlsplit(self.action).path}?{encoded}", **more)
        return client.post(self.action, encoded, content_type="application/x-www-form-urlencoded", **more)


WORDS = {
    "typed": "delete",
    "addresses": "nia@example.org",
    "code": "123456",
    "terms": "yes",
    "oldpassword": "old words",
}
WORDS |= {"password1": "four quiet words here", "password": "four quiet words here", "phone": "+1 555 0100"}


def _answer(control: Control) -> str | None:
    if control.kind in {"file", "submit", "button", "image", "reset"} or control.name == "csrfmiddlewaretoken":
        return None
    if control.kind == "checkbox":
        return (control.value or "on") if control.checked else None
    if control.kind in {"radio", "hidden"} or control.value:
        return control.value
    if control.kind == "select":
        return next(iter(control.options), "")
    if control.kind == "email":
        return "nia@example.org"
    if control.kind == "date":
        return control.limits[0] or datetime.datetime.now(datetime.UTC).date().isoformat()
    if control.kind == "number":
        return control.limits[0] or "1"
    return WORDS.get(control.name, "Kind words")


class Collector(HTMLParser):
    """The forms of one page; a control may stand outside of its form and name it."""

    def __init__(self, role: str, page: str, address: str) -> None:
        super().__init__()
        self.role, self.page, self.address = role, page, address
        self.forms: list[dict[str, Any]] = []
        self.named: dict[str, dict[str, Any]] = {}
        self.inside: dict[str, Any] | None = None
        self.loose: list[tuple[str, Control]] = []
        self.select: dict[str, Any] | None = None
        self.text: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = {
                "method": found.get("method", "get").lower(),
                "action": found.get("action") or self.address,
                "controls": [],
                "buttons": [],
            }
            self.forms.append(self.inside)
            self.named[found.get("id", "")] = self.inside
        elif tag == "select":
            self.select = {**found, "options": [], "chosen": ""}
        elif tag == "option" and self.select is not None:
            self.select["options"].append(found.get("value", ""))
            if "selected" in found:
                self.select["chosen"] = found.get("value", "")
        elif tag == "textarea":
            self.text = {**found, "said": ""}
        elif tag in {"input", "button"}:
            kind = found.get("type", "text" if tag == "input" else "submit").lower()
            limits = (found.get("min", ""), found.get("max", ""))
            name, value = found.get("name", ""), found.get("value", "")
            control = Control(name, kind, value, (), "checked" in found, limits, found.get("formaction", ""))
            self._add(found, control)

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text["said"] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "textarea" and self.text is not None:
            self._add(self.text, Control(self.text.get("name", ""), "textarea", self.text["said"]))
            self.text = None
        elif tag == "select" and self.select is not None:
            options = tuple(self.select["options"])
            self._add(self.select, Control(self.select.get("name", ""), "select", self.select["chosen"], options))
            self.select = None

    def _add(self, found: dict[str, Any], control: Control) -> None:
        if "form" in found:
            self.loose.append((found["form"], control))
        elif self.inside is not None:
            self._into(self.inside, control)

    def _into(self, form: dict[str, Any], control: Control) -> None:
        if control.kind == "submit":
            form["buttons"].append(control)
        elif control.name:
            form["controls"].append(control)

    def gathered(self) -> Iterator[Form]:
        for name, control in self.loose:
            if name in self.named:
                self._into(self.named[name], control)
        for form in self.forms:
            for button in form["buttons"] or [Control("", "submit", "")]:
                action = button.action or form["action"]
                controls = tuple(form["controls"])
                pressed = (button.name, button.value)
                yield Form(self.role, self.page, form["method"], action, controls, pressed)


@dataclass
class Walk:
    """A walk through all pages, as people who have just confirmed that it is them, so that every page opens.

    The short one looks at each page as the first who is shown it, the wide one as everybody.
    """

    world: World
    wide: bool

    def __post_init__(self) -> None:
        for role in WHO:
            if isinstance(person := self.world.people[role], User):
                confirm_session(self.client(role), person)

    def client(self, role: str) -> Client:
        """A browser as it was before anything was sent: what the last form has done to its cookies is forgotten."""
        return self.world.client(role)

    def pages(self) -> Iterator[tuple[str, str, str, Any]]:
        """Role, route, address and reply of every page that opens for somebody."""
        table = stored_rows()
        for route in (route for route in routes() if route.name not in FILES):
            for query in QUERIES.get(route.name, ("",)):
                address = route.address(self.world.values(route)) + query
                for role in (role for role in WHO if opens(table[route.name], role)):
                    reply = self.client(role).get(address)
                    if reply.status_code == 200 and reply.headers["Content-Type"].startswith(
                        ("text/html", "image/svg")
                    ):
                        yield role, route.name, address, reply
                        if not self.wide and route.name not in QUERIES:
                            break

    def forms(self) -> list[Form]:
        """Each form once for each role that is shown it."""
        found: dict[tuple[Any, ...], Form] = {}
        for role, route, address, reply in self.pages():
            collector = Collector(role, route, address)
            collector.feed(reply.content.decode())
            for form in collector.gathered():
                if form.route:
                    found.setdefault(form.key, form)
        return list(found.values())


def opens(lines: list[str], role: str) -> bool:
    """Whether a route may answer somebody with a page, by its lines in the table of who gets what.

    Some send people to confirm that it is them (302 in the table), which those of a walk have done, and some
    ask for a choice (422), which QUERIES makes.
    """
    gets = next(line for line in lines if re.search(r"\bGET\b", line[34:]))
    return gets.split()[-len(ROLES) :][ROLES.index(role)] in ({"200"} if role == "anonymous" else {"200", "302", "422"})
