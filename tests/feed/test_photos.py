"""Photos: what may come in, what is kept of it, and who sees it."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from feed.models import Act, ActDraft, Photo
from feed.pictures import NoRoom, keep, kind_of, redraw
from groups.models import Group
from tests.factories import join, make_act, make_user
from tests.feed.corpus import BAD, GOOD, drawn, exif, saved


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: Path) -> Path:
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_as_it_was_taken(orientation: int) -> None:
    picture = redraw(upload(saved(drawn(), "JPEG", exif=exif(orientation), quality=95)))
    upright = orientation <= 4
    assert (picture.width, picture.height) == ((80, 40) if upright else (40, 80))
    with Image.open(io.BytesIO(picture.large)) as image:
        first = image.getpixel((5, 5))
    assert isinstance(first, tuple)
    red_first = orientation in {1, 4, 5, 6}
    assert (first[0] > 200) is red_first


def test_transparency_lies_on_white_paper() -> None:
    picture = redraw(upload(saved(Image.new("RGBA", (40, 40), (255, 0, 0, 0)), "PNG")))
    with Image.open(io.BytesIO(picture.small)) as image:
        assert image.getpixel((20, 20)) == (255, 255, 255)


def test_sixteen_bits_keep_their_brightness() -> None:
    picture = redraw(upload(saved(Image.new("I;16", (40, 40), 32_768), "PNG")))
    with Image.open(io.BytesIO(picture.small)) as image:
        pixel = image.getpixel((20, 20))
    assert isinstance(pixel, tuple)
    assert 120 <= pixel[0] <= 136


@pytest.mark.parametrize(("head", "kind"), [(b"GIF89a", "GIF"), (b"GIF88a", ""), (b"RIFF1234WEBP", "WEBP"), (b"", "")])
def test_the_first_bytes_say_what_it_is(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


def sent(group: Group, content: bytes, name: str = "photo.jpg", **fields: object) -> dict[str, object]:
    return {
        "group": group.slug,
        "kind": "did",
        "text": "An umbrella.",
        "form_key": "form-key-1",
        "photo": upload(content, name),
        **fields,
    }


NAMES = [
    *("../../x.png", "..\\..\\x.png", "/etc/passwd", "C:\\x.png", "CON.jpg", ".htaccess", "noextension"),
    *("a.php.jpg", "a.jpg.exe", "a.svg", "a.jpg\0.html", "a.jpg%00.html", "a" * 300 + ".jpg", "a.jpg;.html"),
    *("umbrella ☂.jpg", "\u202egpj.exe", "a\r\nSet-Cookie: a=b.jpg", "<script>alert(1)</script>.jpg", '"a".jpg'),
]


@pytest.mark.parametrize(
    "name", [*NAMES[::4], *(pytest.param(name, marks=pytest.mark.audit) for n, name in enumerate(NAMES) if n % 4)]
)
def test_the_name_of_the_file_is_not_kept(as_mia: Client, group: Group, media: Path, name: str) -> None:
    as_mia.post("/acts/", sent(group, GOOD["jpeg"](), name, alt="A red and blue flag"))
    photo = Photo.objects.get()
    assert (photo.act, photo.alt) == (Act.objects.get(), "A red and blue flag")
    files = sorted(path.name for path in media.rglob("*") if path.is_file())
    assert files == [f"{photo.name}-large.webp", f"{photo.name}-small.webp"]


def test_a_refused_photo_keeps_the_words(as_mia: Client, group: Group, media: Path) -> None:
    reply = as_mia.post("/acts/", sent(group, BAD["heic"]()))
    assert reply.status_code == 422
    assert "An umbrella." in reply.content.decode()
    assert not Act.objects.exists()
    assert not Photo.objects.exists()
    assert not any(path.is_file() for path in media.rglob("*"))


def test_a_photo_that_is_too_large_keeps_the_words(as_mia: Client, group: Group, settings: object) -> None:
    settings.PHOTO_MAX_BYTES = 2000  # type: ignore[attr-defined]
    reply = as_mia.post("/acts/", sent(group, GOOD["jpeg"]() + b"x" * 90_000))
    assert reply.status_code == 422
    assert "too large" in reply.content.decode()
    assert "An umbrella." in reply.content.decode()


def test_a_flood_is_refused_unread(as_mia: Client, group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.uploads.FLOOD", 1000)
    assert as_mia.post("/acts/", sent(group, b"x" * 5000)).status_code in {400, 413}


def test_a_photo_sent_with_a_wrong_form_need_not_be_sent_again(as_mia: Client, mia: User, group: Group) -> None:
    reply = as_mia.post("/acts/", sent(group, GOOD["jpeg"](), text="x" * 1001, alt="A flag"))
    assert reply.status_code == 422
    photo = ActDraft.objects.get(user=mia).photo
    assert photo
    assert reverse("photo", args=[photo.public_id, "small"]) in reply.content.decode()
    again = {"group": group.slug, "kind": "did", "text": "Shorter.", "form_key": "form-key-2"}
    as_mia.post("/acts/", {**again, "shown_photo": photo.public_id, "keep_photo": "on"})
    photo.refresh_from_db()
    assert photo.act == Act.objects.get()
    assert not ActDraft.objects.exists()


def test_a_photo_nobody_wanted_leaves_nothing(
    as_mia: Client, group: Group, media: Path, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    as_mia.post("/acts/", sent(group, GOOD["jpeg"](), text="x" * 1001))
    shown = Photo.objects.get().public_id
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        as_mia.post("/acts/", {"group": group.slug, "kind": "did", "text": "Plain.", "shown_photo": shown})
    assert not Photo.objects.exists()
    assert not any(path.is_file() for path in media.rglob("*"))


def test_posted_twice_is_one_photo(as_mia: Client, group: Group) -> None:
    as_mia.post("/acts/", sent(group, GOOD["jpeg"]()))
    as_mia.post("/acts/", sent(group, GOOD["jpeg"]()))
    assert (Act.objects.count(), Photo.objects.count()) == (1, 1)


def test_a_photo_added_after_going_back_is_asked_about_and_kept(as_mia: Client, mia: User, group: Group) -> None:
    as_mia.post("/acts/", {"group": group.slug, "kind": "did", "text": "An umbrella.", "form_key": "form-key-1"})
    reply = as_mia.post("/acts/", sent(group, GOOD["jpeg"]()))
    assert reply.status_code == 422
    photo = ActDraft.objects.get(user=mia).photo
    assert photo
    assert f'name="shown_photo" value="{photo.public_id}"' in reply.content.decode()
    assert Act.objects.count() == 1


def test_a_full_disk_leaves_no_row_and_no_file(
    as_mia: Client, mia: User, group: Group, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves: list[str] = []
    real = FileSystemStorage.save

    def save(self: FileSystemStorage, name: str, content: Any) -> str:
        saves.append(name)
        if len(saves) > 1:
            raise OSError(28, "No space left on device")
        return real(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "save", save)
    reply = as_mia.post("/acts/", sent(group, GOOD["jpeg"]()))
    assert reply.status_code == 503
    assert "An umbrella." in reply.content.decode()
    assert not Photo.objects.exists()
    assert not any(path.is_file() for path in media.rglob("*"))
    saves.clear()
    with pytest.raises(NoRoom):
        keep(redraw(upload(GOOD["jpeg"]())), group, mia)


def test_uploads_are_limited(as_mia: Client, group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.limits.allow", lambda request, action, key="": action != "upload")
    reply = as_mia.post("/acts/", sent(group, GOOD["jpeg"]()))
    assert (reply.status_code, reply["Retry-After"]) == (429, "600")
    assert "An umbrella." in reply.content.decode()
    assert not Photo.objects.exists()
    assert not Act.objects.exists()


def test_a_photo_chosen_before_the_people_are_named_is_kept(as_mia: Client, mia: User, group: Group) -> None:
    reply = as_mia.post("/acts/", sent(group, GOOD["jpeg"](), kind="saw", more="people"))
    photo = ActDraft.objects.get(user=mia).photo
    assert photo
    assert reply.status_code == 200
    assert f'name="shown_photo" value="{photo.public_id}"' in reply.content.decode()


def test_a_class_without_photos_takes_none(as_mia: Client, group: Group) -> None:
    group.override("photos_open", allowed=False, by=None)
    as_mia.post("/acts/", sent(group, GOOD["jpeg"]()))
    assert Act.objects.count() == 1
    assert not Photo.objects.exists()


@pytest.fixture
def photo(group: Group, mia: User) -> Photo:
    kept = keep(redraw(upload(GOOD["jpeg"]())), group, mia)
    make_act(group, mia, photo=kept)
    return kept


def url_of(photo: Photo, size: str = "small") -> str:
    return reverse("photo", args=[photo.public_id, size])


def test_who_sees_the_act_sees_its_photo_and_nobody_else(
    photo: Photo, as_mia: Client, as_olive: Client, as_stan: Client, client: Client
) -> None:
    for size in ("small", "large"):
        reply = as_olive.get(url_of(photo, size))
        assert reply.status_code == 200
        assert reply["Content-Type"] == "image/webp"
        assert reply["Content-Disposition"] == 'inline; filename="photo.webp"'
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert reply["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert reply["Cache-Control"] == "private, no-store"
    assert as_stan.get(url_of(photo)).status_code == 404
    assert client.get(url_of(photo)).status_code == 302
    assert as_mia.get(url_of(photo, "original")).status_code == 404
    assert as_mia.post(url_of(photo)).status_code == 405


@pytest.mark.parametrize("headers", [{"Range": "bytes=0-9"}, {"If-None-Match": '"x"'}, {"If-Modified-Since": "x"}])
def test_asking_in_another_way_opens_no_other_door(photo: Photo, as_stan: Client, headers: dict[str, str]) -> None:
    assert as_stan.get(url_of(photo), headers=headers).status_code == 404
    assert as_stan.head(url_of(photo), headers=headers).status_code == 404


def test_a_photo_is_gone_with_its_act_and_only_for_who_reads_it_while_it_waits(
    photo: Photo, as_olive: Client, as_mia: Client, group: Group, mia: User
) -> None:
    act, other = Act.objects.get(), Client()
    other.force_login(join(group, make_user("Nia New")).user)
    assert other.get(url_of(photo)).status_code == 200
    act.change("pending", by=None)
    assert other.get(url_of(photo)).status_code == 404
    assert as_olive.get(url_of(photo)).status_code == 200
    act.change("removed", by=mia)
    assert as_olive.get(url_of(photo)).status_code == 404


def test_who_left_the_group_sees_no_photo_from_the_next_request_on(
    photo: Photo, as_mia: Client, group: Group, mia: User
) -> None:
    assert as_mia.get(url_of(photo)).status_code == 200
    group.part_with(mia)
    assert as_mia.get(url_of(photo)).status_code == 404


def test_a_photo_of_a_draft_is_its_senders_alone(group: Group, mia: User, as_mia: Client, as_olive: Client) -> None:
    waiting = keep(redraw(upload(GOOD["jpeg"]())), group, mia)
    assert as_mia.get(url_of(waiting)).status_code == 200
    assert as_olive.get(url_of(waiting)).status_code == 404


def test_a_description_that_is_read_first_is_read_again(
    photo: Photo, as_mia: Client, as_olive: Client, mia: User, group: Group
) -> None:
    group.override("posts_unapproved", allowed=False, by=None)
    act = Act.objects.get()
    form = {"text": act.text, "day": mia.today().isoformat(), "sign": "me"}
    edit = reverse("act-edit", args=[act.public_id])
    page = as_mia.post(edit, {**form, "alt": "An unread canary"}, follow=True).content.decode()
    assert "It is shown again when somebody has read it." in page
    act.refresh_from_db()
    assert (act.state, act.edited_at is not None) == ("pending", True)
    assert Photo.objects.get().alt == "An unread canary"
    assert "canary" not in as_olive.get(group.get_absolute_url()).content.decode()
    act.change("shown", by=None)
    as_mia.post(edit, {**form, "alt": "An unread canary"})
    act.refresh_from_db()
    assert act.state == "shown"
