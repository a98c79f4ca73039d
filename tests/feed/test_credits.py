"""Being seen: who is named is told, and the name is theirs."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from feed.models import Act, Credit
from groups.models import Group
from notifications.kinds import get
from notifications.models import Notice
from tests.client import CheckedClient
from tests.factories import join, make_act, make_user
from tests.html import spoken


@pytest.fixture
def rosa(group: Group) -> User:
    rosa = make_user("Rosa Iglesias")
    join(group, rosa)
    return rosa


@pytest.fixture
def credit(group: Group, olive: User, mia: User) -> Credit:
    act = make_act(group, olive, kind="saw", text="Fills the tea cupboard.", credited=[mia])
    return Credit.objects.get(act=act)


def path_of(credit: Credit) -> str:
    return f"/credits/{credit.public_id}/"


def test_the_named_person_is_told_in_the_app(credit: Credit, mia: User) -> None:
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind, notice.in_app) == (mia, "credit", True)
    assert notice.context == {"credit": credit.pk, "group": credit.group_id}
    message = get("credit").render(notice)
    assert message.line == "Olive Okafor saw a kindness of yours and thanked you."
    assert message.path == "/credits/"


def test_someone_stays_someone_in_the_news_too(group: Group, olive: User, mia: User, as_mia: Client) -> None:
    make_act(group, olive, kind="saw", credited=[mia], signed="someone")
    assert get("credit").render(Notice.objects.get()).line.startswith("Someone saw")
    page = as_mia.get("/credits/").content.decode()
    assert "Olive" not in page
    assert olive.public_id not in page


@pytest.mark.parametrize("audience", ["private", "leaders"])
def test_a_private_act_tells_nobody_until_it_is_shared(
    audience: str, group: Group, olive: User, mia: User, as_mia: Client
) -> None:
    act = make_act(group, olive, kind="saw", text="CANARY", credited=[mia], audience=audience)
    assert not Notice.objects.exists()
    assert "CANARY" not in as_mia.get("/credits/").content.decode()
    Act.objects.filter(pk=act.pk).update(audience="group")
    act.refresh_from_db()
    act.announce()
    assert Notice.objects.get().recipient == mia


def test_a_waiting_act_tells_nobody_until_it_is_shown(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, olive, kind="saw", credited=[mia])
    Notice.objects.all().delete()
    act.change("pending", by=olive)
    assert not Notice.objects.exists()
    act.change("shown", by=olive)
    act.change("hidden", by=olive)
    act.change("shown", by=olive)
    assert Notice.objects.count() == 1


def test_about_you_lists_what_names_me_and_nothing_else(
    credit: Credit,
    as_mia: Client,
    as_olive: Client,
    group: Group,
    olive: User,
    rosa: User,
    foreign_group: Group,
    stan: User,
) -> None:
    make_act(group, olive, kind="saw", text="CANARY about Rosa", credited=[rosa])
    make_act(foreign_group, stan, kind="saw", text="CANARY elsewhere", credited=[rosa])
    page = as_mia.get("/credits/").content.decode()
    assert "Fills the tea cupboard." in page
    assert "Olive Okafor" in page
    assert "CANARY" not in page
    assert "Nothing here yet." in as_olive.get("/credits/").content.decode()


def test_thanks_is_one_tap_and_stands_once(credit: Credit, as_mia: Client) -> None:
    assert as_mia.post(path_of(credit), {"answer": "thank"}).status_code == 302
    credit.refresh_from_db()
    first = credit.thanked_at
    as_mia.post(path_of(credit), {"answer": "thank"})
    credit.refresh_from_db()
    assert credit.thanked_at == first
    assert "You said thank you." in as_mia.get("/credits/").content.decode()


def test_nobody_sees_whether_a_reply_came(
    credit: Credit, rosa: User, as_mia: Client, as_olive: Client, group: Group
) -> None:
    """Without an answer nothing is said of one, to the author neither; with one only the author reads it."""
    as_rosa = CheckedClient()
    as_rosa.force_login(rosa)
    addresses = [credit.act.get_absolute_url(), group.get_absolute_url(), "/"]

    def pages(client: Client) -> list[str]:
        return [spoken(client.get(path).content.decode()) for path in addresses]

    unanswered, waiting = pages(as_rosa), pages(as_olive)
    as_mia.post(path_of(credit), {"answer": "thank"})
    assert pages(as_rosa) == unanswered
    told = pages(as_olive)
    for word in ("has not", "not yet thanked", "no reply", "no answer", "waiting for"):
        assert word not in "".join(waiting).lower()
    assert "They were glad that you saw it: Mia Marsh." in told[0]


@pytest.mark.parametrize(("answer", "state"), [("hide", "hidden"), ("decline", "declined")])
def test_a_hidden_or_declined_name_vanishes_everywhere_at_once_and_can_come_back(
    answer: str, state: str, credit: Credit, as_mia: Client, as_olive: Client, group: Group, rosa: User
) -> None:
    as_rosa = Client()
    as_rosa.force_login(rosa)
    places = [credit.act.get_absolute_url(), group.get_absolute_url(), "/", f"/ripples/{credit.act.public_id}/"]
    assert "Saw Mia Marsh" in as_rosa.get(places[0]).content.decode()
    as_mia.post(path_of(credit), {"answer": answer})
    credit.refresh_from_db()
    assert credit.state == state
    for client in (as_rosa, as_olive):
        for place in places:
            assert "Mia Marsh" not in client.get(place).content.decode()
    as_mia.post(path_of(credit), {"answer": "show"})
    assert "Saw Mia Marsh" in as_rosa.get(places[0]).content.decode()


def test_the_author_is_not_told_that_it_was_declined(credit: Credit, as_mia: Client, olive: User) -> None:
    as_mia.post(path_of(credit), {"answer": "decline"})
    assert not Notice.objects.exists()


def test_nobody_answers_for_somebody_else(
    credit: Credit, as_olive: Client, as_stan: Client, foreign_group: Group
) -> None:
    for client in (as_olive, as_stan):
        assert client.post(path_of(credit), {"answer": "decline"}).status_code == 404
    credit.refresh_from_db()
    assert credit.state == "shown"


@pytest.mark.parametrize("fields", [{}, {"answer": "removed"}, {"answer": "pending"}])
def test_an_answer_that_is_none_is_refused(fields: dict[str, str], credit: Credit, as_mia: Client) -> None:
    assert as_mia.post(path_of(credit), fields).status_code == 400
    assert as_mia.get(path_of(credit)).status_code == 405


def test_an_act_taken_down_names_nobody_any_more(credit: Credit, as_mia: Client, olive: User) -> None:
    told = Notice.objects.get()
    credit.act.change("removed", by=olive)
    assert "Fills the tea cupboard." not in as_mia.get("/credits/").content.decode()
    assert as_mia.post(path_of(credit), {"answer": "thank"}).status_code == 404
    assert not get("credit").still_wanted(told)
    assert not Notice.objects.exists()


def test_who_was_removed_from_the_group_reads_it_no_more(
    credit: Credit, as_mia: Client, group: Group, mia: User
) -> None:
    group.memberships.get(user=mia).end("removed")
    assert "Fills the tea cupboard." not in as_mia.get("/credits/").content.decode()
    assert as_mia.post(path_of(credit), {"answer": "hide"}).status_code == 404


def test_a_long_list_comes_page_by_page(group: Group, olive: User, mia: User, as_mia: Client) -> None:
    for n in range(25):
        make_act(group, olive, kind="saw", text=f"number {n} of them", credited=[mia])
    first = as_mia.get("/credits/")
    second = as_mia.get(f"/credits/{first.context['earlier']}")
    assert len(first.context["credits"]) == 20
    assert len(second.context["credits"]) == 5
    for word in ("abc", "1-2", "-1", "9" * 60):
        assert as_mia.get("/credits/", {"before": word}).status_code == 400


def test_a_page_of_news_costs_the_same_with_two_and_with_twenty(
    as_mia: Client, group: Group, olive: User, mia: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        make_act(group, olive, kind="saw", text="Stayed late.", credited=[mia], form_key=f"news-{number}")
        if number in {1, 19}:
            with django_assert_max_num_queries(7):
                page = as_mia.get("/notices/").content.decode()
    assert page.count("saw a kindness of yours") == 20
