"""What stands on a pupil's page besides the programs: short, plain, without pressure (CHILDREN C8, C12)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import User
from feed import reading
from groups.models import Pupil
from notifications import outbox
from notifications.models import Delivery, Notice
from tests.factories import make_act, make_challenge, make_class, make_user
from tests.reading import grade_of, words_of

ROOT = Path(__file__).resolve().parent.parent
# Where pupils' words are written; what only grown-ups read in these files is not among their strings.
SOURCES = (
    *("feed/pupil_form.py", "feed/telling.py", "feed/views/pupil.py", "kindness_platform/pages/pupil_today.py"),
    *("templates/pages/pupil_today.html", "templates/pages/pupil_read.html", "templates/feed/tell.html"),
    *("templates/feed/tell_change.html", "templates/feed/pupil_cards.html", "templates/feed/report_pupil.html"),
    *("templates/groups/class_door.html", "templates/groups/class_names.html", "templates/groups/class_pupil.html"),
    *("templates/groups/class_card.html", "templates/groups/class_closed.html", "templates/frame/pupil_top.html"),
)
PRESSURE = (
    r"streak|don.t lose|last chance|hurry|only \d+ left|you missed|we miss you|don.t break|keep it up|best of|winner",
    r"racha|no pierdas|última oportunidad|date prisa|solo quedan|te perdiste|te echamos de menos|el mejor|ganador",
)
HARDEST = 8


def entries(language: str = "en") -> Iterator[tuple[str, str]]:
    """Each of their strings, and where it stands; in Spanish what stands in its place."""
    for block in (ROOT / "locale/es/LC_MESSAGES/django.po").read_text().split("\n\n"):
        places = re.findall(r"^#: (.*)$", block, re.MULTILINE)
        source = next((one for one in SOURCES if any(one in place for place in places)), "")
        found = {name: _said(block, name) for name in ("msgid", "msgstr", r"msgstr\[1\]")}
        text = found["msgid"] if language == "en" else found["msgstr"] or found[r"msgstr\[1\]"]
        if source and text:
            yield re.sub(r"<[^>]+>", "", re.sub(r"%\(\w+\)[sd]", "Ben", text)), source


def _said(block: str, name: str) -> str:
    found = re.search(rf'^{name} ((?:"(?:[^"\\]|\\.)*"\n?)+)', block, re.MULTILINE)
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found[1])).replace('\\"', '"') if found else ""


def test_every_page_of_theirs_is_looked_at() -> None:
    assert {source for _text, source in entries()} == set(SOURCES)
    assert len(list(entries())) > 80


def test_they_can_be_read_at_nine() -> None:
    assert grade_of(text for text, _source in entries()) <= 5
    assert grade_of((text for text, _source in entries("es")), "es") <= 5


def test_no_sentence_is_hard() -> None:
    said = [sentence for text, _source in entries() for sentence in re.split(r"(?<=[.?;:])\s", text)]
    hard = [(round(grade_of([one]), 1), one) for one in said if len(words_of(one)) > 3 and grade_of([one]) > HARDEST]
    assert hard == []


@pytest.mark.parametrize(("language", "words"), list(zip(("en", "es"), PRESSURE, strict=True)))
def test_nothing_counts_down_or_presses(language: str, words: str) -> None:
    assert [text for text, _source in entries(language) if re.search(words, text, re.IGNORECASE)] == []
    assert [text for text, _source in entries(language) if "!" in text] == []


def test_each_question_says_why_it_is_asked() -> None:
    """What a child may give is words, names and a photo; each stands beside a sentence that says what becomes of it."""
    tell = (ROOT / "templates/feed/tell.html").read_text()
    why = {"form.text": "reads it first", "form.credited": "to say thank you", "form.photo ": "No faces"}
    for field, reason in why.items():
        assert reason in tell.split(field)[0][-900:], field


@pytest.mark.django_db
def test_no_mail_and_no_push_goes_to_a_child() -> None:
    theo = make_user("Theo Teacher")
    group = make_class(theo, pupils=["Ada", "Ben"])
    ada, ben = (Pupil.objects.in_class(group).get(user__name=name).user for name in ("Ada", "Ben"))
    challenge = make_challenge(group, program="t11", started=0)
    for answer in (reading.share, reading.decline, lambda act, by: reading.send_back(act, by, "Once more?")):
        act = make_act(group, ada, kind="saw", credited=[ben], challenge=challenge)
        answer(act, theo)
    outbox.queue(ada, "acts_wait", "by-mistake")
    told = Notice.objects.filter(recipient__kind=User.Kind.PUPIL)
    assert told.count() >= 4
    assert not Delivery.objects.filter(notice__in=told).exists()
