"""Photos: what may come in, what is kept of it, and who sees it."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from accounts.models import User
from feed.models import Act, ActDraft, Photo
from feed.pictures import NoRoom, Refused, keep, kind_of, redraw
from groups.models import Group
from tests.factories import make_act

CANARY = b"CANARY-51.5007N"
WORD = CANARY.decode()


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: Path) -> Path:
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def drawn(mode: str = "RGB", size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red on the left, blue on the right, so that turning shows."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = WORD
    data[0x9286] = CANARY
    data.get_ifd(0x8825)[1] = "N"
    data.get_ifd(0x8825)[29] = WORD
    return data


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 20_000)) + chunk(b"IEND", b"")


def png_text() -> PngInfo:
    text = PngInfo()
    text.add_text("Comment", WORD)
    text.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{WORD}</x:xmpmeta>")
    return text


def iptc_jpeg() -> bytes:
    plain = saved(drawn(), "JPEG")
    block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(CANARY)) + CANARY
    return plain[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + plain[2:]


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + CANARY


GOOD: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: saved(drawn(), "JPEG"),
    "progressive jpeg": lambda: saved(drawn(), "JPEG", progressive=True),
    "gray jpeg": lambda: saved(drawn("L"), "JPEG"),
    "cmyk jpeg": lambda: saved(drawn("CMYK"), "JPEG"),
    "jpeg with exif and gps": lambda: saved(drawn(), "JPEG", exif=exif()),
    "jpeg with comment": lambda: saved(drawn(), "JPEG", comment=CANARY),
    "jpeg with xmp": lambda: saved(drawn(), "JPEG", xmp=b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"),
    "jpeg with iptc": iptc_jpeg,
    "jpeg with profile": lambda: saved(drawn(), "JPEG", icc_profile=profile()),
    "jpeg with a zip behind it": lambda: saved(drawn(), "JPEG") + b"PK\x03\x04" + CANARY,
    "jpeg with script behind it": lambda: saved(drawn(), "JPEG") + b"<script>" + CANARY + b"</script>",
    "png": lambda: saved(drawn(), "PNG"),
    "png with text and xmp": lambda: saved(drawn(), "PNG", pnginfo=png_text()),
    "png with exif": lambda: saved(drawn(), "PNG", exif=exif()),
    "png with alpha": lambda: saved(drawn("RGBA"), "PNG"),
    "png with palette": lambda: saved(drawn("P"), "PNG", transparency=0),
    "png of 16 bits": lambda: saved(Image.new("I;16", (80, 40), 40_000), "PNG"),
    "png of one bit": lambda: saved(drawn("1"), "PNG"),
    "png with bytes behind it": lambda: saved(drawn(), "PNG") + CANARY,
    "animated png": lambda: saved(drawn(), "PNG", save_all=True, append_images=[drawn("L").convert("RGB")] * 5),
    "gif": lambda: saved(drawn("P"), "GIF"),
    "gif of 500 frames": lambda: saved(
        drawn("P"), "GIF", save_all=True, append_images=[Image.new("P", (80, 40), n % 250) for n in range(500)]
    ),
    "gif with comment": lambda: saved(drawn("P"), "GIF", comment=CANARY),
    "webp": lambda: saved(drawn(), "WEBP"),
    "webp with exif": lambda: saved(drawn(), "WEBP", exif=exif()),
    "animated webp": lambda: saved(drawn(), "WEBP", save_all=True, append_images=[drawn("L").convert("RGB")] * 5),
    "large": lambda: saved(drawn(size=(4000, 2000)), "JPEG", exif=exif()),
    "tall": lambda: saved(drawn(size=(30, 9000)), "PNG"),
}
BAD: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\xff",
    "noise": lambda: bytes(range(256)) * 40,
    "jpeg head and noise": lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40,
    "png head and noise": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "truncated jpeg": lambda: saved(drawn(size=(400, 400)), "JPEG")[:900],
    "truncated png": lambda: saved(drawn(size=(400, 400)), "PNG")[:60],
    "png of 50,000 by 50,000": lambda: png_of(50_000, 50_000),
    "png of 65,535 by 1": lambda: png_of(65_535, 1),
    "png of 0 by 0": lambda: png_of(0, 0),
    "png with a false size": lambda: png_of(6000, 6000),
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "html": lambda: b"<!doctype html><script>alert(1)</script>",
    "pdf": lambda: b"%PDF-1.7 " + b"x" * 100,
    "bmp": lambda: saved(drawn(), "BMP"),
    "tiff": lambda: saved(drawn(), "TIFF"),
    "ico": lambda: saved(drawn(size=(32, 32)), "ICO"),
    "ppm": lambda: saved(drawn(), "PPM"),
    "heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100,
    "avif": lambda: b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + b"\0" * 100,
    "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n" + b"x" * 100,
    "riff that is no webp": lambda: b"RIFF\x10\0\0\0WAVEfmt " + b"\0" * 100,
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_picture_is_drawn_anew_and_carries_nothing_along(name: str) -> None:
    picture = redraw(upload(GOOD[name]()))
    for content, edge in ((picture.small, 640), (picture.large, 1600)):
        assert CANARY not in content
        assert b"EXIF" not in content
        assert b"XMP" not in content
        assert b"ICCP" not in content
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.mode) == ("WEBP", "RGB")
            assert max(image.size) <= edge
            assert not image.getexif()
            assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("name", BAD)
def test_everything_else_is_refused_kindly(name: str) -> None:
    with pytest.raises(Refused) as refused:
        redraw(upload(BAD[name](), "holiday.jpg"))
    assert "photo" in str(refused.value)


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


NAMES = ["../../x.png", "a.php.jpg", "a" * 300 + ".jpg", "umbrella ☂.jpg", "noextension", "C:\\x.png", "a.jpg\0.html"]


@pytest.mark.parametrize("name", NAMES)
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


def test_a_photo_is_gone_with_its_act_and_hidden_while_it_waits(photo: Photo, as_olive: Client, mia: User) -> None:
    act = Act.objects.get()
    act.change("pending", by=None)
    assert as_olive.get(url_of(photo)).status_code == 404
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
