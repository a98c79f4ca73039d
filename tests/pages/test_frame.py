"""The frame around every page: navigation, headers, error pages, icons and the one style sheet."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import Client, RequestFactory, override_settings
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from challenges.programs import programs_for
from groups.models import Group
from kindness_platform.errors import server_error
from kindness_platform.pages.landing import landing
from notifications.models import Notice
from tests.client import CheckedClient
from tests.factories import make_group

PUBLIC = ["/about/", "/privacy/"]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitor_reads_the_public_pages(visitor: Client, path: str) -> None:
    response = visitor.get(path)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Sign in" in page
    assert 'class="thumb"' not in page


@pytest.mark.parametrize("path", [*PUBLIC, "/nowhere/"])
def test_every_page_has_the_headers_of_a_private_page(visitor: Client, path: str) -> None:
    headers = visitor.get(path).headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_front_page_counts_its_programs(db: None, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.resolver_match = None
    page = landing(request).content.decode()
    assert {3: "Three", 4: "Four", 5: "Five"}.get(len(programs_for("adult")), "") + " programs to begin from" in page
    for plan in programs_for("adult").values():
        assert plan.title in page


def test_only_two_scripts_and_one_style_sheet_are_fetched(visitor: Client) -> None:
    page = visitor.get("/about/").content.decode()
    assert re.findall(r'<script src="([^"]+)"', page) == ["/static/django_htmx/htmx-2.min.js", "/static/js/app.js"]
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) == ["/static/css/goodturn.css"]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_htmx_is_told_to_keep_nothing_and_to_run_nothing(visitor: Client) -> None:
    page = visitor.get("/about/").content.decode()
    for rule in (
        '"selfRequestsOnly":true',
        '"allowEval":false',
        '"allowScriptTags":false',
        '"includeIndicatorStyles":false',
        '"historyCacheSize":0',
        '"refreshOnHistoryMiss":true',
        '"historyRestoreAsHxRequest":false',
        '{"code":"422","swap":true}',
    ):
        assert rule in page


def test_mia_finds_her_group_and_no_lead_link(as_mia: Client, group: Group) -> None:
    page = as_mia.get("/about/").content.decode()
    assert f"/groups/{group.slug}/" in page
    assert "/lead/" not in page
    assert "Mia Marsh" in page


def test_olive_finds_the_way_to_lead(as_olive: Client, group: Group) -> None:
    assert f'href="/groups/{group.slug}/lead/"' in as_olive.get("/about/").content.decode()


def test_several_groups_make_a_menu_without_strangers_groups(
    as_olive: Client, olive: User, group: Group, foreign_group: Group
) -> None:
    second = make_group(olive, name="كورال الجيران")
    page = as_olive.get("/about/").content.decode()
    assert "data-menu" in page
    assert f"/groups/{second.slug}/" in page
    assert f"<bdi>{second.name}</bdi>" in page
    assert foreign_group.slug not in page


def test_a_group_that_is_put_away_leaves_the_navigation(as_mia: Client, group: Group) -> None:
    group.archived_at = group.created_at
    group.save(update_fields=["archived_at"])
    assert group.slug not in as_mia.get("/about/").content.decode()


def test_the_bell_tells_of_a_notice_of_mine_only(as_mia: Client, mia: User, olive: User, group: Group) -> None:
    Notice.objects.create(recipient=olive, kind="credit", key="1", in_app=True)
    assert "something new" not in as_mia.get("/about/").content.decode()
    Notice.objects.create(recipient=mia, kind="credit", key="1", in_app=True)
    assert "something new" in as_mia.get("/about/").content.decode()


def test_the_frame_costs_one_query_however_many_groups(
    as_mia: Client, mia: User, group: Group, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        make_group(mia, name=f"Choir {number}")
    # The session, the person, and the frame.
    with django_assert_num_queries(3):
        as_mia.get("/about/")


def test_signing_out_is_a_form(as_mia: Client, group: Group) -> None:
    page = as_mia.get("/about/").content.decode()
    assert re.search(r'<form[^>]*method="post" action="/accounts/logout/"', page)


def test_a_name_that_looks_like_markup_stays_a_name(mia: User, group: Group) -> None:
    mia.name = "<b onclick=alert(1)>Mia</b>"
    mia.save()
    client = CheckedClient()
    client.force_login(mia)
    assert "<b onclick" not in client.get("/about/").content.decode()


def test_a_lost_page_is_kind_and_says_no_address(visitor: Client, as_mia: Client) -> None:
    for client in (visitor, as_mia):
        response = client.get("/nowhere/secret-path/")
        assert response.status_code == 404
        assert "wrong turn" in response.content.decode()
        assert "secret-path" not in response.content.decode()


def test_a_form_without_its_token_is_explained(mia: User) -> None:
    client = CheckedClient(enforce_csrf_checks=True)
    client.force_login(mia)
    response = client.post("/accounts/logout/")
    assert response.status_code == 403
    assert "waited too long" in response.content.decode()


def test_the_page_for_our_own_mistakes_needs_no_database(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "on our side" in response.content.decode()


def test_the_page_for_our_own_mistakes_survives_missing_files(rf: RequestFactory, settings: object) -> None:
    storages = {**settings.STORAGES}  # type: ignore[attr-defined]
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    with override_settings(STORAGES=storages, STATIC_ROOT="/nonexistent", DEBUG=False):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "stylesheet" not in response.content.decode()


@override_settings(DEMO=False)
def test_only_the_demo_says_where_its_mail_is(visitor: Client) -> None:
    assert "/dev/mail/" not in visitor.get("/about/").content.decode()


def test_a_page_carries_the_icons_it_uses_and_no_others(visitor: Client) -> None:
    page = visitor.get("/about/").content.decode()
    drawn = re.findall(r'<symbol id="(i-[a-z-]+)"', page)
    used = set(re.findall(r'<use href="#(i-[a-z-]+)"', page))
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == used
    assert "i-hand-heart" in used


def render(words: str, **context: object) -> str:
    return engines["django"].from_string(words).render(context)


def test_a_part_without_its_page_brings_its_own_icons() -> None:
    assert "<use" not in render('{% icon "eye" %}')
    assert "<path" in render('{% icon "eye" %}')


def test_a_page_that_expects_parts_may_ask_for_their_icons(rf: RequestFactory) -> None:
    page = engines["django"].from_string(
        '{% extends "base.html" %}{% block extra_icons %}{% need_icons "trash pass-on" %}{% endblock %}'
    )
    request = rf.get("/")
    request.resolver_match = None
    found = page.render({}, request)
    assert 'id="i-trash"' in found
    assert 'id="i-pass-on"' in found


def test_an_unknown_icon_fails_loudly() -> None:
    with pytest.raises(FileNotFoundError):
        render('{% icon "no-such-icon" %}')


def test_messages_become_toasts_and_may_offer_undo(as_mia: Client, group: Group) -> None:
    from django.contrib.messages import constants
    from django.contrib.messages.storage.base import Message

    shown = render(
        '{% include "frame/toasts.html" %}',
        messages=[
            Message(constants.SUCCESS, "Taken <down>.", extra_tags="undo:/acts/abc/restore/"),
            Message(constants.INFO, "Saved.", extra_tags="undo://evil.example/"),
        ],
    )
    assert "Taken &lt;down&gt;." in shown
    assert shown.count("Undo") == 1
    assert 'action="/acts/abc/restore/"' in shown
    assert "evil" not in shown


def the_sheet() -> str:
    found = finders.find("css/goodturn.css")
    assert found is not None
    return Path(found).read_text()


def test_the_layers_are_served_as_one_sheet() -> None:
    text = the_sheet()
    layers = sorted((settings.BASE_DIR / "static/css/layers").glob("*.css"))
    assert len(layers) >= 8
    places = [text.index(layer.read_text()) for layer in layers]
    assert places == sorted(places)
    assert finders.find("css/layers/1-tokens.css") is None


def test_the_addresses_in_the_sheet_exist() -> None:
    text = the_sheet()
    for address in re.findall(r"url\(\"\.\./([^\"]+)\"\)", text):
        assert finders.find(address), address
    assert not re.findall(r"url\(\"?(?:https?:)?//", text)


def test_the_sheet_imports_nothing_and_orders_its_layers_once() -> None:
    text = the_sheet()
    assert "@import" not in text
    assert text.count("@layer reset, tokens, base, layout, components, pages, utilities;") == 1
