"""Stopping mails with one click: by a mail program, by a person, and not by a scanner (SAFETY A13)."""

import pytest
from django.test import Client

from accounts.models import User
from notifications import kinds, stopping
from notifications.models import SwitchedOff, Topic


def path_for(user: User, topic: str = "reminder") -> str:
    return stopping.url_for(user, topic).removeprefix("http://127.0.0.1:8000")


BY_MAIL = [kind for kind in kinds.every() if kind.mail]
"""Read before any test adds kinds of its own."""
ALWAYS_TOLD = {"case_decided", "worry_waits"}
"""What became of somebody's own words, told once; and that a child may need somebody."""


def test_what_comes_unasked_by_mail_can_be_stopped_and_what_was_asked_for_says_nothing_of_it() -> None:
    """SAFETY A13: a kind has a topic, whose letters carry both headers, or it belongs to what somebody just did."""
    assert {kind.name for kind in BY_MAIL if bool(kind.topic) == kind.transactional} == ALWAYS_TOLD


@pytest.mark.parametrize("topic", Topic.values)
def test_one_click_stops_one_topic_of_one_person(visitor: Client, mia: User, stan: User, topic: str) -> None:
    path_for(stan, topic)
    reply = visitor.post(path_for(mia, topic), {"List-Unsubscribe": "One-Click"})
    assert reply.status_code == 200
    row = SwitchedOff.objects.get()
    assert (row.user, row.topic, row.channel, row.how) == (mia, topic, "mail", "one_click")


def test_looking_changes_nothing_and_the_page_s_own_button_works(visitor: Client, mia: User) -> None:
    page = visitor.get(path_for(mia)).content.decode()
    assert 'name="List-Unsubscribe" value="One-Click"' in page
    assert not SwitchedOff.objects.exists()
    after = visitor.post(path_for(mia), {"List-Unsubscribe": "One-Click"}).content.decode()
    assert "These mails have stopped" in after
    assert str(mia.email) not in after
    assert mia.name not in after
    visitor.post(path_for(mia), {"again": "yes"})
    assert not SwitchedOff.objects.exists()


def test_somebody_else_s_cookies_do_not_matter(as_stan: Client, mia: User) -> None:
    """BAD_INPUTS 19."""
    as_stan.post(path_for(mia), {"List-Unsubscribe": "One-Click"})
    assert SwitchedOff.objects.get().user == mia


def test_another_body_is_refused(visitor: Client, mia: User) -> None:
    assert visitor.post(path_for(mia), {"List-Unsubscribe": "Maybe"}).status_code == 400
    assert visitor.post(path_for(mia)).status_code == 400
    assert not SwitchedOff.objects.exists()


def test_a_token_that_was_made_up_or_cut_off_says_nothing_about_anybody(visitor: Client, mia: User, stan: User) -> None:
    path, other = path_for(mia), path_for(stan)
    secret, topic, signature = path.split("/")[2].split(".")
    forged = [
        f"/stop/{secret}.digest.{signature}/",
        f"/stop/{secret}.{topic}.{other.split('.')[-1]}",
        f"/stop/{secret}.{topic}.{signature[:-1]}/",
        f"/stop/{secret}.{topic}/",
        f"/stop/{secret[:-1]}.{topic}.{signature}/",
        "/stop/x/",
    ]
    for made_up in forged:
        reply = visitor.post(made_up, {"List-Unsubscribe": "One-Click"})
        assert reply.status_code == 404
        assert mia.name not in reply.content.decode()
    assert not SwitchedOff.objects.exists()
