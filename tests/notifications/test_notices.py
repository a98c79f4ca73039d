from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from groups.models import Group
from notifications import outbox
from notifications.models import Notice

PATH = "/notices/"
READ = "/notices/read/"


def tell(person: User, n: int = 1, kind: str = "news") -> Notice:
    return outbox.queue(person, kind, str(n), due_at=timezone.now() - timedelta(hours=n), context={"n": n})


def text_of(client: Client, path: str = PATH) -> str:
    reply = client.get(path)
    assert reply.status_code == 200
    return reply.content.decode()


def test_mia_sees_her_news_newest_first_and_nobody_else_s(as_mia: Client, mia: User, stan: User) -> None:
    tell(mia, 2)
    tell(mia, 1)
    tell(stan, 7)
    page = text_of(as_mia)
    assert page.index("news 1") < page.index("news 2")
    assert "news 7" not in page


def test_the_page_has_one_name_and_says_when_as_cards_do(as_mia: Client, mia: User, group: Group) -> None:
    with time_machine.travel("2026-03-12T12:00:00Z", tick=False):
        mia.time_zone = "Pacific/Auckland"  # one in the morning there, of the day after
        mia.save()
        tell(mia, 2)
        page = text_of(as_mia)
        assert ">Yesterday</time>" in page
        assert "<title>News" in page
        assert ">News</h1>" in page
        assert "News: there is something new" in text_of(as_mia, "/")
        as_mia.post(READ)
        assert '<span class="vh">News</span>' in text_of(as_mia, "/")


def test_looking_changes_nothing(as_mia: Client, mia: User) -> None:
    tell(mia)
    text_of(as_mia)
    assert Notice.objects.unread().count() == 1


def test_opening_one_notes_it_as_read_and_goes_where_it_points(as_mia: Client, mia: User) -> None:
    first, second = tell(mia, 1), tell(mia, 2)
    assert as_mia.post(READ, {"id": first.public_id})["Location"] == "/notices/"
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.read_at is not None
    assert second.read_at is None
    assert text_of(as_mia).count("news__line--new") == 1


def test_all_can_be_noted_as_read_at_once(as_mia: Client, mia: User, stan: User) -> None:
    tell(mia, 1)
    tell(mia, 2)
    theirs = tell(stan, 3)
    assert "Mark all as read" in text_of(as_mia)
    as_mia.post(READ)
    assert "Mark all as read" not in text_of(as_mia)
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_what_came_after_the_page_stays_new(as_mia: Client, mia: User, stan: User) -> None:
    shown = [tell(mia, 3), tell(mia, 2)]
    page = text_of(as_mia)
    assert f'name="until" value="{shown[-1].public_id}"' in page
    later = tell(mia, 1)
    for nothing in ("nonsense", tell(stan, 4).public_id):
        as_mia.post(READ, {"until": nothing})
        assert not Notice.objects.exclude(read_at=None).exists()
    as_mia.post(READ, {"id": shown[-1].public_id})  # opened in another tab
    as_mia.post(READ, {"until": shown[-1].public_id})
    assert list(Notice.objects.filter(recipient=mia, read_at=None)) == [later]


def test_a_stranger_s_notice_cannot_be_opened(as_stan: Client, mia: User) -> None:
    assert as_stan.post(READ, {"id": tell(mia).public_id}).status_code == 404
    assert as_stan.post(READ, {"id": "nonsense"}).status_code == 404
    assert Notice.objects.get().read_at is None


def test_reading_needs_a_post(as_mia: Client) -> None:
    assert as_mia.get(READ).status_code == 405


def test_what_is_gone_is_told_to_nobody(as_mia: Client, mia: User, unwanted: None) -> None:
    notice = tell(mia)
    assert "news 1" not in text_of(as_mia)
    reply = as_mia.post(READ, {"id": notice.public_id}, follow=True)
    assert b"no longer there" in reply.content


def test_nothing_is_shown_before_it_is_due_or_if_it_is_for_the_mail_only(as_mia: Client, mia: User) -> None:
    tell(mia, -2)
    outbox.queue(mia, "letter", "x")
    assert "Nothing new, and that is fine" in text_of(as_mia)


def test_long_news_come_in_pages(as_mia: Client, mia: User) -> None:
    for n in range(1, 31):
        tell(mia, n)
    first = text_of(as_mia)
    assert first.count('class="news__line') == 20
    cursor = first.split("?before=")[1].split('"')[0]
    second = text_of(as_mia, f"{PATH}?before={cursor}")
    assert second.count('class="news__line') == 10
    assert "Older news" not in second
    assert text_of(as_mia, f"{PATH}?before=nonsense").count('class="news__line') == 20


@pytest.mark.parametrize("many", [1, 20])
def test_the_list_costs_the_same_with_one_and_with_twenty(
    as_mia: Client, mia: User, many: int, django_assert_num_queries: object
) -> None:
    for n in range(1, many + 1):
        tell(mia, n)
    # Session, person, news, is anything unread, and the frame's own query.
    with django_assert_num_queries(5):  # type: ignore[operator]
        as_mia.get(PATH)
