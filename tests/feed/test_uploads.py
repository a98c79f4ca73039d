"""The corpus of files: what becomes of each, what is kept of it, what it costs, and what never touches the disk."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from feed import pictures, sharing
from feed.models import Act, Photo
from feed.pictures import SIZES, WORKER, kind_of
from groups.models import Group, Pupil
from tests.access import ROLES, make_world
from tests.client import CheckedClient, pupil_client
from tests.factories import make_act, make_class, make_user
from tests.feed.corpus import BAD, CANARY, GOOD, HEAVY, drawn, saved

MEGABYTE = 1024 * 1024
ALL = {**GOOD, **BAD}
LIGHT = [name for name in ALL if name not in HEAVY]
MEASURED = """
import resource, runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as done:
    status = done.code
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
sys.stderr.write(f"{status} {peak} {used.ru_utime + used.ru_stime}")
"""


@pytest.fixture
def theo(db: None) -> User:
    return make_user("Theo Teacher")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Where files may be found: the storage, and the folder for those that are being sent."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media"},
        },
    }
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def post(client: Client, group: Group, content: bytes, name: str = "holiday.jpg") -> Any:
    photo = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return client.post("/acts/", {"group": group.slug, "kind": "did", "text": "An umbrella.", "photo": photo})


def test_the_corpus_is_large_enough() -> None:
    assert len(ALL) >= 45
    assert len(GOOD) + len(BAD) == len(ALL)
    planted = [name for name in LIGHT if name in GOOD and CANARY in GOOD[name]()]
    assert len(planted) >= 20


@pytest.mark.parametrize("name", [name for name in LIGHT if name in GOOD])
def test_a_good_picture_is_drawn_anew_and_carries_nothing_along(
    as_mia: Client, group: Group, media: Path, name: str
) -> None:
    assert post(as_mia, group, GOOD[name]()).status_code == 302
    photo = Photo.objects.get()
    paths = [media / "media" / photo.path(size) for size in SIZES]
    assert sorted(files_in(media)) == sorted(paths)
    for path, edge in zip(paths, SIZES.values(), strict=True):
        content = path.read_bytes()
        for marker in (CANARY, b"EXIF", b"XMP", b"ICCP", b"ANIM", b"script", b"%PDF"):
            assert marker not in content
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.mode) == ("WEBP", "RGB")
            assert max(image.size) <= edge
            assert not image.getexif()
            assert getattr(image, "n_frames", 1) == 1
        assert int.from_bytes(content[4:8], "little") + 8 == len(content), "something lies behind the picture"


@pytest.mark.parametrize("name", [name for name in LIGHT if name in BAD])
def test_everything_else_is_refused_kindly_and_leaves_nothing(
    as_mia: Client, group: Group, media: Path, name: str
) -> None:
    reply = post(as_mia, group, BAD[name](), "holiday.png")
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "An umbrella." in page
    assert any(words in page for words in ("We could not read this photo.", "We can take JPEG", "empty"))
    assert not Act.objects.exists()
    assert not Photo.objects.exists()
    assert files_in(media) == []


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("name", [*HEAVY[:2], *(pytest.param(name, marks=pytest.mark.audit) for name in HEAVY[2:])])
def test_no_file_costs_more_than_256_megabytes_and_five_seconds(name: str) -> None:
    content = ALL[name]()
    assert kind_of(content)
    command = [sys.executable, "-I", "-c", MEASURED, str(WORKER), kind_of(content), "640", "1600"]
    done = subprocess.run(command, input=content, capture_output=True, timeout=60, check=True)
    status, kilobytes, seconds = done.stderr.decode().split()
    assert (int(status) == 0) is (name in GOOD)
    assert int(kilobytes) < 256 * 1024
    assert float(seconds) <= 5


def test_what_is_sent_is_never_on_the_disk(
    as_mia: Client, group: Group, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even while it is looked at: a worker that dies in the middle leaves nothing behind."""
    seen: list[list[Path]] = []
    draw = pictures.redraw

    def look(sent: Any) -> Any:
        seen.append(files_in(media))
        return draw(sent)

    monkeypatch.setattr(sharing, "redraw", look)
    assert post(as_mia, group, saved(drawn(), "JPEG") + CANARY * 200_000).status_code == 302
    assert seen == [[]]
    assert all(CANARY not in path.read_bytes() for path in files_in(media))


def test_several_large_files_are_not_kept_in_memory(as_mia: Client, group: Group, settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 100_000
    parts = [SimpleUploadedFile(f"{n}.jpg", b"x" * 60_000) for n in range(3)]
    fields = {"group": group.slug, "kind": "did", "text": "An umbrella.", "one": parts[0], "two": parts[1]}
    reply = as_mia.post("/acts/", {**fields, "photo": parts[2]})
    assert reply.status_code == 422
    assert "too large" in reply.content.decode()


LINE = b"\r\n"
FORM = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'
BROKEN = {
    "no boundary": ("multipart/form-data", FORM),
    "another boundary": ("multipart/form-data; boundary=y", FORM + LINE + b"abc" + LINE + b"--x--"),
    "an endless boundary": (f"multipart/form-data; boundary={'x' * 5000}", FORM),
    "no end": ("multipart/form-data; boundary=x", FORM + LINE + b"\xff\xd8\xff" * 100),
    "no body": ("multipart/form-data; boundary=x", b""),
    "a thousand files": ("multipart/form-data; boundary=x", (FORM + LINE + b"a" + LINE) * 1000 + b"--x--"),
    "a thousand fields": (
        "multipart/form-data; boundary=x",
        b"".join(b'--x\r\nContent-Disposition: form-data; name="%d"\r\n\r\n1\r\n' % n for n in range(1100)) + b"--x--",
    ),
    "a wrong encoding": (
        "multipart/form-data; boundary=x",
        FORM + b"Content-Transfer-Encoding: base64\r\n\r\n*!*\r\n--x--",
    ),
    "an unknown alphabet": ("multipart/form-data; boundary=x; charset=utf-99", FORM + LINE + b"abc\r\n--x--"),
    "a long head": ("multipart/form-data; boundary=x", FORM + b"X-Long: " + b"a" * 100_000 + b"\r\n\r\nabc\r\n--x--"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_form_is_refused_and_leaves_nothing(as_mia: Client, group: Group, media: Path, name: str) -> None:
    kind, body = BROKEN[name]
    as_mia.raise_request_exception = False
    reply = as_mia.generic("POST", f"/acts/?group={group.slug}", body, content_type=kind)
    assert reply.status_code in {400, 404, 413, 422}
    assert not Act.objects.exists()
    assert files_in(media) == []


# --- The same from a pupil, in a class where photos are on ------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ("jpeg with maker notes", "gif that is a script as well", "svg in a png's name", "png head and noise"),
        pytest.param(tuple(LIGHT), marks=pytest.mark.audit),
    ],
    ids=["short", "wide"],
)
def test_the_same_files_from_a_pupil(theo: User, media: Path, names: tuple[str, ...]) -> None:
    """A good one waits with its act, for nobody but its author and who reads first; a bad one leaves nothing."""
    group = make_class(theo, mode="secondary", pupils=["Ada", "Ben"])
    group.change_rule("photos_open", allowed=True, by=theo)
    ada, ben = (pupil_client(one) for one in Pupil.objects.in_class(group))
    teacher = CheckedClient()
    teacher.force_login(theo)
    for name in names:
        cache.clear()
        photo = SimpleUploadedFile("../../x.png", ALL[name](), content_type="image/png")
        fields = {"kind": "did", "text": "An umbrella.", "form_key": f"key-{len(name)}-{names.index(name)}"}
        reply = ada.post("/tell/", {**fields, "photo": photo})
        assert reply.status_code == (302 if name in GOOD else 422), name
        if name in BAD:
            assert "An umbrella." in reply.content.decode()
            assert (Act.objects.count(), Photo.objects.count(), files_in(media)) == (0, 0, []), name
            continue
        kept = Photo.objects.get()
        assert Act.objects.get().state == "pending"
        assert all(CANARY not in path.read_bytes() for path in files_in(media)), name
        address = reverse("photo", args=[kept.public_id, "small"])
        clients = (ada, teacher, ben, Client())
        assert [client.get(address).status_code for client in clients] == [200, 200, 404, 302], name
        assert ben.get(address, headers={"Range": "bytes=0-9"}).status_code == 404
        assert ben.head(address, headers={"If-None-Match": "*"}).status_code == 404
        Act.objects.all().delete()
        Photo.objects.all().delete()
        for path in files_in(media):
            path.unlink()


def test_a_broken_form_of_a_pupil_is_refused_and_leaves_nothing(theo: User, media: Path) -> None:
    group = make_class(theo, mode="secondary", pupils=["Ada"])
    group.change_rule("photos_open", allowed=True, by=theo)
    client = pupil_client(Pupil.objects.get())
    client.raise_request_exception = False
    for name, (kind, body) in BROKEN.items():
        cache.clear()
        assert client.generic("POST", "/tell/", body, content_type=kind).status_code in {400, 404, 413, 422}, name
        assert not Act.objects.exists(), name
        assert files_in(media) == [], name


STATES = {
    "shown": {"member", "leader", "admin", "uploader"},
    "hidden": {"leader", "admin", "uploader"},
    "pending": {"leader", "admin", "uploader"},
    "returned": {"uploader"},
    "removed": set[str](),
    "private": {"uploader"},
    "leaders": {"leader", "admin", "uploader"},
}


def test_each_role_gets_the_photos_it_may_see_now_and_no_other(db: None) -> None:
    """B14: every address of a photo as every role, for an act in every state, until its uploader has left."""
    world = make_world()
    ulla = make_user("Ulla Uploader")
    place = world.group.admit(ulla)
    act = make_act(world.group, ulla, text="With a photo.")
    Photo.objects.filter(pk=world.photo.pk).update(act=act, uploader=ulla)
    clients = {role: world.client(role) for role in ROLES} | {"uploader": Client()}
    clients["uploader"].force_login(ulla)
    paths = {size: reverse("photo", args=[world.photo.public_id, size]) for size in (*SIZES, "original")}
    for state, allowed in STATES.items():
        audience = state if state in {"private", "leaders"} else "group"
        Act.objects.filter(pk=act.pk).update(audience=audience, state="shown" if audience == state else state)
        for size, path in paths.items():
            got = {role: client.get(path).status_code for role, client in clients.items()}
            seen = allowed if size in SIZES else set()
            refused = {role: 302 if role == "anonymous" else 404 for role in clients}
            assert got == {**refused, **dict.fromkeys(seen, 200)}, f"{state}, {size}"
    Act.objects.filter(pk=act.pk).update(audience="group", state="shown")
    place.end("left")
    assert clients["uploader"].get(paths["small"]).status_code == 404


@pytest.mark.parametrize("state", ["hidden", "removed"])
def test_a_photo_is_denied_from_the_next_request_on(
    as_mia: Client, as_olive: Client, group: Group, olive: User, state: str
) -> None:
    post(as_olive, group, GOOD["jpeg"]())
    path = reverse("photo", args=[Photo.objects.get().public_id, "small"])
    assert as_mia.get(path).status_code == 200
    Act.objects.get().change(state, by=olive)
    assert as_mia.get(path).status_code == 404


def test_names_in_the_storage_are_random_and_say_nothing(as_mia: Client, group: Group) -> None:
    post(as_mia, group, GOOD["jpeg"]())
    photo = Photo.objects.get()
    assert len(bytes.fromhex(photo.name)) * 8 == 128
    assert default_storage.exists(photo.path("small"))
    assert photo.name not in as_mia.get(group.get_absolute_url()).content.decode()
    for path in (photo.path("small"), f"media/{photo.path('small')}"):
        assert as_mia.get(f"/{path}", follow=True).status_code == 404
