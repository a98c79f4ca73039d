"""What is typed and not posted is kept on the server, for the same person alone."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from feed.act_form import ActForm
from feed.models import Act, ActDraft, Photo
from feed.sharing import _record
from groups.models import Group
from tests.factories import join, make_act


def url_of(group: Group) -> str:
    return reverse("draft", args=[group.slug])


def test_words_are_kept_and_given_back_to_me(as_mia: Client, as_olive: Client, mia: User, group: Group) -> None:
    reply = as_mia.post(url_of(group), {"text": "Half a sentence canary", "kind": "saw", "feeling": "3"})
    assert (reply.status_code, reply.content) == (204, b"")
    assert ActDraft.objects.get().user == mia
    assert "Half a sentence canary" in as_mia.get("/").content.decode()
    assert "canary" not in as_olive.get("/").content.decode()


def test_what_is_wiped_is_forgotten(as_mia: Client, group: Group) -> None:
    as_mia.post(url_of(group), {"text": "Half"})
    as_mia.post(url_of(group), {"text": "Half a sentence"})
    assert ActDraft.objects.get().fields["text"] == "Half a sentence"
    as_mia.post(url_of(group), {"text": ""})
    assert not ActDraft.objects.exists()


def test_posting_ends_the_draft_and_a_late_save_does_not_bring_it_back(as_mia: Client, group: Group) -> None:
    typed = {"text": "Held the door.", "kind": "did", "form_key": "form-key-1"}
    as_mia.post(url_of(group), typed)
    as_mia.post("/acts/", {**typed, "group": group.slug})
    assert not ActDraft.objects.exists()
    as_mia.post(url_of(group), typed)
    assert not ActDraft.objects.exists()


def test_a_group_that_is_not_mine_keeps_nothing(as_mia: Client, foreign_group: Group) -> None:
    assert as_mia.post(url_of(foreign_group), {"text": "x"}).status_code == 404
    assert as_mia.get(url_of(foreign_group)).status_code == 405


def test_no_letter_and_no_length_breaks_a_draft(as_mia: Client, group: Group) -> None:
    assert as_mia.post(url_of(group), {"text": "a\0b" + "x" * 20_000}).status_code == 204
    kept = ActDraft.objects.get().fields["text"]
    assert kept.startswith("ab")
    assert len(kept) <= 5000
    assert as_mia.get("/").status_code == 200


def test_a_draft_with_nonsense_in_its_choices_still_opens(as_mia: Client, mia: User, group: Group) -> None:
    fields = {"text": "x", "kind": "flew", "day": "yesterday", "feeling": "9", "credited": ["nobody"], "sign": "king"}
    ActDraft.objects.keep(mia, group, fields)
    assert as_mia.get("/").status_code == 200
    assert as_mia.get(f"/acts/?group={group.slug}").status_code == 200


def test_a_twin_of_the_form_does_not_throw_away_the_photo_it_posted(
    as_mia: Client, mia: User, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = Photo.objects.create(group=group, uploader=mia, width=1, height=1)
    ActDraft.objects.keep(mia, group, {}, photo)
    form = {"group": group.slug, "kind": "did", "text": "A cake.", "keep_photo": "on"}
    form |= {"shown_photo": photo.public_id, "form_key": "twin-form-key"}

    def both(form: ActForm, sent: Photo | None, shown: Photo | None) -> Act:
        """The other request posts between this one's look at the draft and its own post."""
        _record(form, Photo.objects.get(pk=photo.pk), shown)
        return _record(form, sent, shown)

    monkeypatch.setattr("feed.sharing._record", both)
    as_mia.post(reverse("post-act"), form)
    assert Act.objects.get().photo == photo


def test_a_key_that_no_database_keeps_is_no_error(as_mia: Client, group: Group) -> None:
    assert as_mia.post(url_of(group), {"text": "Half", "form_key": "a\0b"}).status_code == 204


def test_another_photo_takes_the_place_of_the_one_kept_before(
    as_mia: Client, mia: User, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, newer = (Photo.objects.create(group=group, uploader=mia, width=1, height=1) for _n in range(2))
    ActDraft.objects.keep(mia, group, {}, earlier)
    monkeypatch.setattr("feed.sharing._sent_photo", lambda *_request: newer)
    assert as_mia.post(reverse("post-act"), {"group": group.slug, "kind": "flew"}).status_code == 422
    assert (ActDraft.objects.get().photo, Photo.objects.count()) == (newer, 1)


@pytest.fixture
def kept(mia: User, group: Group) -> Photo:
    """A photo that waits in Mia's draft, from a try that could not be posted."""
    photo = Photo.objects.create(group=group, uploader=mia, width=1, height=1)
    ActDraft.objects.keep(mia, group, {"text": "A cake."}, photo)
    return photo


def with_photo(group: Group, photo: Photo, words: str, key: str) -> dict[str, str]:
    form = {"group": group.slug, "kind": "did", "text": words, "form_key": key}
    return {**form, "shown_photo": photo.public_id, "keep_photo": "on"}


def test_a_photo_stays_with_the_act_that_took_it_first(as_mia: Client, group: Group, kept: Photo) -> None:
    for _tab in range(2):
        assert f'name="shown_photo" value="{kept.public_id}"' in as_mia.get("/").content.decode()
    as_mia.post("/acts/", with_photo(group, kept, "A cake.", "key-of-tab-one"))
    reply = as_mia.post("/acts/", with_photo(group, kept, "A pie.", "key-of-tab-two"))
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "This photo is no longer here" in page
    assert "A pie." in page
    assert "keep_photo" not in page
    kept.refresh_from_db()
    assert kept.act == Act.objects.get()
    assert as_mia.post("/acts/", with_photo(group, kept, "A cake.", "key-of-tab-one")).status_code == 302
    form = {"group": group.slug, "kind": "did", "text": "A pie.", "form_key": "key-of-tab-two"}
    assert as_mia.post("/acts/", form).status_code == 302
    kept.refresh_from_db()
    assert (kept.act, Act.objects.count()) == (Act.objects.get(text="A cake."), 2)


def test_two_posts_at_the_same_moment_do_not_pull_at_one_photo(
    as_mia: Client, mia: User, group: Group, kept: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(form: ActForm, sent: Photo | None, shown: Photo | None) -> Act:
        """The other tab posts between this one's look at the draft and its own post."""
        make_act(group, mia, text="A cake.", photo=Photo.objects.get(pk=kept.pk))
        return _record(form, sent, shown)

    monkeypatch.setattr("feed.sharing._record", late)
    reply = as_mia.post("/acts/", with_photo(group, kept, "A pie.", "key-of-tab-two"))
    assert reply.status_code == 422
    assert "A pie." in reply.content.decode()
    kept.refresh_from_db()
    assert kept.act == Act.objects.get()
    assert Act.objects.get().text == "A cake."


def without_photo(group: Group, photo: Photo, words: str, key: str) -> dict[str, str]:
    """The photo stood in the composer and was taken off."""
    return {name: value for name, value in with_photo(group, photo, words, key).items() if name != "keep_photo"}


def test_a_photo_that_another_tab_put_away_is_missed_kindly(as_mia: Client, group: Group, kept: Photo) -> None:
    as_mia.post("/acts/", without_photo(group, kept, "Plain.", "key-of-tab-one"))
    assert not Photo.objects.exists()
    reply = as_mia.post("/acts/", with_photo(group, kept, "A pie.", "key-of-tab-two"))
    assert reply.status_code == 422
    assert ActDraft.objects.get().fields["text"] == "A pie."


def test_a_tab_that_never_showed_the_photo_leaves_it_where_it_waits(as_mia: Client, group: Group, kept: Photo) -> None:
    as_mia.post("/acts/", {"group": group.slug, "kind": "did", "text": "Plain.", "form_key": "key-of-tab-one"})
    assert (ActDraft.objects.get().photo, ActDraft.objects.get().fields["text"]) == (kept, "A cake.")
    as_mia.post("/acts/", with_photo(group, kept, "A cake.", "key-of-tab-two"))
    kept.refresh_from_db()
    assert kept.act == Act.objects.get(text="A cake.")
    assert not ActDraft.objects.exists()


def test_a_photo_that_was_taken_off_stays_off_when_the_form_comes_back(
    as_mia: Client, group: Group, kept: Photo
) -> None:
    for form, ticked in ((with_photo, True), (without_photo, False)):
        sent = {**form(group, kept, "A pie.", "key-of-tab-one"), "kind": "flew"}
        page = as_mia.post("/acts/", sent).content.decode()
        box = re.search(r'<input type="checkbox" name="keep_photo"[^>]*>', page)
        assert box
        assert ("checked" in box[0]) is ticked


def test_nobody_takes_a_photo_that_waits_for_somebody_else(as_olive: Client, group: Group, kept: Photo) -> None:
    assert as_olive.post("/acts/", with_photo(group, kept, "Mine now.", "key-of-olive")).status_code == 422
    assert not Act.objects.exists()


@pytest.fixture
def origin(group: Group, olive: User) -> Act:
    return make_act(group, olive, text="Lent my stapler.")


def composer_in(page: str) -> str:
    return page.split('id="post"')[1].split("</form>")[0]


def test_passing_on_begins_with_nothing_that_was_typed_for_something_else(
    as_mia: Client, mia: User, group: Group, origin: Act
) -> None:
    ActDraft.objects.keep(mia, group, {"text": "A canary for the feed.", "kind": "received", "sign": "private"})
    composer = composer_in(as_mia.get(reverse("pass-on", args=[origin.public_id])).content.decode())
    assert "canary" not in composer
    assert re.search(r'value="did"[^>]*checked', composer)
    assert not re.search(r'value="private"[^>]*checked', composer)


def test_words_for_passing_on_wait_where_they_were_typed(
    as_mia: Client, mia: User, group: Group, origin: Act, olive: User
) -> None:
    ActDraft.objects.keep(mia, group, {"text": "For the feed."})
    form = {"text": "Rang my aunt.", "kind": "did", "parent": origin.public_id, "link_kind": "passed_on"}
    assert as_mia.post(url_of(group), form).status_code == 204
    other = make_act(group, olive)
    pages = {url: composer_in(as_mia.get(url).content.decode()) for url in ("/", f"/acts/?group={group.slug}")}
    for act in (origin, other):
        pages[act.public_id] = composer_in(as_mia.get(reverse("pass-on", args=[act.public_id])).content.decode())
    assert [url for url, composer in pages.items() if "Rang my aunt." in composer] == [origin.public_id]
    assert [url for url, composer in pages.items() if "For the feed." in composer] == list(pages)[:2]
    as_mia.post("/acts/", {**form, "group": group.slug, "form_key": "form-key-1"})
    assert ActDraft.objects.get().fields["text"] == "For the feed."


def test_a_failed_try_to_pass_on_comes_back_as_one(
    as_mia: Client, mia: User, group: Group, origin: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = Photo.objects.create(group=group, uploader=mia, width=1, height=1)
    monkeypatch.setattr("feed.sharing._sent_photo", lambda *_request: photo)
    form = {"group": group.slug, "kind": "did", "text": "x" * 1001, "parent": origin.public_id}
    reply = as_mia.post("/acts/", {**form, "link_kind": "passed_on"})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "How did you pass it on?" in page
    assert "Lent my stapler." in page
    assert f'name="shown_photo" value="{photo.public_id}"' in page
    kept = ActDraft.objects.get()
    assert (kept.parent, kept.group, kept.photo) == (origin, None, photo)


def test_what_cannot_be_passed_on_any_more_can_still_be_told(
    as_mia: Client, group: Group, origin: Act, olive: User
) -> None:
    origin.change("removed", by=olive)
    form = {"group": group.slug, "kind": "did", "text": "Rang my aunt.", "form_key": "form-key-1"}
    page = as_mia.post("/acts/", {**form, "parent": origin.public_id, "link_kind": "passed_on"}).content.decode()
    assert "The act you pass on is no longer there." in page
    assert "Rang my aunt." in page
    assert 'name="parent"' not in page
    assert ActDraft.objects.get().group == group


def test_another_groups_act_is_no_place_for_a_draft(
    as_mia: Client, group: Group, foreign_group: Group, stan: User
) -> None:
    theirs = make_act(foreign_group, stan)
    as_mia.post(url_of(group), {"text": "Half", "parent": theirs.public_id})
    assert (ActDraft.objects.get().parent, ActDraft.objects.get().group) == (None, group)


def test_words_told_to_another_group_do_not_wait_where_they_were_begun(
    as_mia: Client, mia: User, group: Group, foreign_group: Group
) -> None:
    """The composer lets its group be chosen after the words were typed, and they are kept while they are typed."""
    join(foreign_group, mia)
    as_mia.post(url_of(group), {"text": "Held the door. ", "form_key": "form-key-1"})
    form = {"group": foreign_group.slug, "kind": "did", "text": "Held the door. ", "form_key": "form-key-1"}
    as_mia.post("/acts/", form)
    assert Act.objects.get().group == foreign_group
    assert not ActDraft.objects.exists()
    as_mia.post(url_of(group), {"text": "Something else.", "form_key": "form-key-2"})
    as_mia.post("/acts/", {**form, "text": "And a tea.", "form_key": "form-key-3"})
    assert ActDraft.objects.get().fields["text"] == "Something else."


def test_what_cannot_be_passed_on_any_more_leaves_the_groups_own_words_alone(
    as_mia: Client, mia: User, group: Group, origin: Act, olive: User
) -> None:
    ActDraft.objects.keep(mia, group, {"text": "For the feed."})
    origin.change("removed", by=olive)
    form = {"group": group.slug, "kind": "did", "parent": origin.public_id, "link_kind": "passed_on"}
    for text in ("Rang my aunt.", ""):
        as_mia.post(url_of(group), {**form, "text": text})
    as_mia.post("/acts/", {**form, "leave": "1"})
    assert ActDraft.objects.get().fields["text"] == "For the feed."


def test_sending_what_cannot_be_passed_on_any_more_keeps_both_words(
    as_mia: Client, mia: User, group: Group, origin: Act, olive: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ActDraft.objects.keep(mia, group, {"text": "For the feed."})
    origin.change("removed", by=olive)
    photo = Photo.objects.create(group=group, uploader=mia, width=1, height=1)
    monkeypatch.setattr("feed.sharing._sent_photo", lambda *_request: photo)
    form = {"group": group.slug, "kind": "did", "text": "Rang my aunt.", "link_kind": "passed_on"}
    reply = as_mia.post("/acts/", {**form, "parent": origin.public_id, "form_key": "form-key-1"})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "Your words are still here" in page
    assert "Rang my aunt." in page
    assert f'name="shown_photo" value="{photo.public_id}"' in page
    assert 'name="strayed"' in page
    monkeypatch.setattr("feed.sharing._sent_photo", lambda *_request: None)
    again = {**form, "strayed": "True", "shown_photo": photo.public_id, "keep_photo": "on", "form_key": "form-key-1"}
    as_mia.post(url_of(group), {**again, "text": "Rang my aunt twice."})
    as_mia.post("/acts/", {**again, "kind": "flew"})
    as_mia.post("/acts/", {**again, "leave": "1"})
    assert ActDraft.objects.get().fields["text"] == "For the feed."
    assert as_mia.post("/acts/", again).status_code == 302
    assert ActDraft.objects.get().fields["text"] == "For the feed."
    told = Act.objects.get(text="Rang my aunt.")
    assert (told.parent, told.photo) == (None, photo)
