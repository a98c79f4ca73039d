"""A school's whole list, as OneRoster writes it (CHILDREN C11; BAD_INPUTS 90 to 98)."""

import dataclasses
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from groups.models import Authorization, Classroom, ExternalId, Group, Membership, Organization, Pupil
from groups.oneroster import bundle as bundles
from groups.oneroster import tables
from groups.oneroster.apply import Changed, ManyLeave, apply
from groups.oneroster.plan import Plan, are_alike, make_plan
from groups.oneroster.problems import Refused
from groups.oneroster.school import read_school
from tests import canaries
from tests.client import CheckedClient
from tests.factories import join, make_class, make_user
from tests.groups import oneroster as made
from tests.groups.oneroster import Export, child, enrolled, make

Change = Callable[[Export], None]
FINE = "fine"


@pytest.fixture
def ada(db: None) -> User:
    return make_user("Ada Admin")


@pytest.fixture
def school(ada: User) -> Organization:
    """A school whose head has said yes for all classes."""
    organization = make_class(ada, name="The first class").organization
    Authorization.objects.give(organization, None, basis="school", given_by="Dr. Yusuf", by=ada)
    return organization


def read_in(organization: Organization, by: User, export: Export, **more: Any) -> Plan:
    found = read_school(export.zip(), today=organization.today())
    assert not found.problems, [dataclasses.astuple(problem) for problem in found.problems]
    seen = make_plan(organization, found).fingerprint
    return apply(organization, found, by=by, seen=seen, **more)


def names_in(organization: Organization, title: str) -> list[str]:
    group = organization.groups.get(name=title)
    return [pupil.name for pupil in Pupil.objects.in_class(group)]


def everything() -> dict[str, list[Any]]:
    models: tuple[Any, ...] = (User, Group, Classroom, Pupil, Membership, ExternalId)
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


# --- The bundles: what is done to a good one, and what becomes of it -----------------------------------


def table(name: str, row: int, **values: str) -> Change:
    return lambda export: export.tables[name][row].update(values)


def header(name: str, change: Callable[[list[str]], list[str]]) -> Change:
    def do(export: Export) -> None:
        export.headers[name] = change(list(tables.COLUMNS[name][export.version]))

    return do


def raw(name: str, change: Callable[[str], str | bytes]) -> Change:
    def do(export: Export) -> None:
        data = change(export.text(name.removesuffix(".csv")) if name != "manifest.csv" else export.manifest())
        export.files[name] = data if isinstance(data, bytes) else data.encode()

    return do


def setting(**values: Any) -> Change:
    def do(export: Export) -> None:
        for name, value in values.items():
            setattr(export, name, value)

    return do


def gone(name: str) -> Change:
    return lambda export: export.files.update({name: None})


def swapped(columns: list[str]) -> list[str]:
    return [columns[1], columns[0], *columns[2:]]


def nothing(_export: Export) -> None:
    """As it is."""


# name, version, what is changed, what is said: FINE, or words of the refusal or the mistake.
BUNDLES: list[tuple[str, str, Change, str]] = [
    ("bulk 1.1", "1.1", nothing, FINE),
    ("bulk 1.2", "1.2", nothing, FINE),
    ("bom", "1.1", setting(bom=True), FINE),
    ("bom 1.2", "1.2", setting(bom=True), FINE),
    ("lf", "1.1", setting(newline="\n"), FINE),
    ("quoted comma", "1.1", table("classes", 0, title="Owls, the older ones"), FINE),
    ("doubled quotes", "1.1", table("classes", 0, title='The "Owls"'), FINE),
    ("metadata column", "1.1", header("users", lambda all_: [*all_, "metadata.bus"]), FINE),
    ("optional column left out", "1.1", header("users", lambda all_: [c for c in all_ if c != "sms"]), FINE),
    ("long name", "1.1", table("users", 2, givenName="A" * 255), FINE),
    ("very long name", "1.1", table("users", 2, givenName="A" * 5000), FINE),
    ("emoji in a name", "1.1", table("users", 2, givenName="Zoë 🌻"), FINE),
    ("right to left", "1.1", table("users", 2, givenName="نور"), FINE),
    ("zalgo", "1.1", table("users", 2, givenName="A" + "\u0301" * 40), FINE),
    ("formula", "1.1", table("users", 2, givenName="=cmd|' /C calc'!A0"), FINE),
    ("several roles", "1.2", lambda e: e.tables["roles"].append({**e.tables["roles"][2], "sourcedId": "r2"}), FINE),
    ("guardian", "1.1", table("users", 2, role="guardian"), FINE),
    ("disabled user", "1.1", table("users", 2, enabledUser="false"), FINE),
    ("past enrollment", "1.1", table("enrollments", 2, beginDate="2001-09-01", endDate="2002-07-01"), FINE),
    ("demographics filled", "1.1", lambda e: e.files.update({"demographics.csv": b"sourcedId\r\nx\r\n"}), FINE),
    ("id of 255 characters", "1.1", table("orgs", 0, identifier="x" * 255), FINE),
    ("delta 1.1", "1.1", setting(modes={"users": "delta"}), "This is a delta export"),
    ("delta 1.2", "1.2", setting(modes={"enrollments": "delta"}), "This is a delta export"),
    ("version 2", "1.1", raw("manifest.csv", lambda t: t.replace("version,1.1", "version,2.0")), "OneRoster “2.0”"),
    ("no manifest", "1.1", gone("manifest.csv"), "There is no manifest.csv in it."),
    (
        "manifest in capitals",
        "1.1",
        lambda e: e.files.update({"manifest.csv": None, "Manifest.csv": b"x"}),
        "small let",
    ),
    ("manifest without its header", "1.1", raw("manifest.csv", lambda t: t.split("\n", 1)[1]), "has to begin with"),
    ("file in the manifest and not there", "1.1", gone("classes.csv"), "it is not in the zip"),
    ("absent and there", "1.1", setting(modes={"classes": "absent"}), "is absent, and it is there"),
    ("another mode", "1.1", setting(modes={"classes": "half"}), "it has to be bulk"),
    ("status filled in bulk", "1.1", table("users", 2, status="active"), "In bulk mode status"),
    ("date modified in bulk", "1.1", table("orgs", 0, dateLastModified="2027-01-01T00:00:00Z"), "In bulk mode status"),
    ("columns in another order", "1.1", header("users", swapped), "stands in the wrong place"),
    ("column in capitals", "1.1", header("users", lambda all_: [c.upper() for c in all_]), "has to be spelled"),
    ("needed column missing", "1.1", header("users", lambda all_: [c for c in all_ if c != "givenName"]), "is missing"),
    ("unknown column", "1.1", header("users", lambda all_: [*all_, "shoeSize"]), "There is no column"),
    ("column after metadata", "1.1", header("orgs", lambda a: [*a[:-1], "metadata.x", a[-1]]), "behind a metadata"),
    ("no rows", "1.1", lambda e: e.tables["classes"].clear(), "There is no line in it."),
    ("empty file", "1.1", raw("classes.csv", lambda _t: ""), "is missing"),
    ("newline in a field", "1.1", table("classes", 0, title="Owls\nand more"), "line break within a field"),
    (
        "latin 1",
        "1.1",
        raw("users.csv", lambda t: t.replace("Childa", "Zoë").encode("latin-1")),
        "not in UTF-8: line 4",
    ),
    ("quote that never ends", "1.1", raw("users.csv", lambda t: t.replace("Childa", '"Childa')), "users.csv"),
    (
        "too few fields",
        "1.1",
        raw("orgs.csv", lambda t: t.replace("district,,,", "district,,")),
        "fields, and the header",
    ),
    ("enabledUser in capitals", "1.1", table("users", 2, enabledUser="TRUE"), "true or false, in small letters"),
    ("unknown role", "1.1", table("users", 2, role="wizard"), "“wizard” is no role"),
    ("unknown role 1.2", "1.2", table("roles", 2, role="wizard"), "“wizard” is no role"),
    ("unknown role type", "1.2", table("roles", 2, roleType="third"), "“third” is no roleType"),
    ("role of nobody", "1.2", table("roles", 2, userSourcedId="nobody"), "“nobody” stands in no other file"),
    ("user of no school", "1.1", table("users", 2, orgSourcedIds="elsewhere"), "orgSourcedIds “elsewhere”"),
    ("class of no school", "1.1", table("classes", 0, schoolSourcedId="x"), "schoolSourcedId “x” stands in no other"),
    ("enrollment without a user", "1.1", table("enrollments", 2, userSourcedId="s99"), "userSourcedId “s99”"),
    ("enrollment without a class", "1.1", table("enrollments", 2, classSourcedId="c99"), "classSourcedId “c99”"),
    ("id twice", "1.1", table("users", 3, sourcedId="s1"), "stands here a second time"),
    ("id too long", "1.1", table("orgs", 0, sourcedId="x" * 256), "longer than 255"),
    ("organizations in a circle", "1.1", table("orgs", 0, parentSourcedId="school"), "is above itself"),
    (
        "end before begin",
        "1.1",
        table("enrollments", 2, beginDate="2027-05-01", endDate="2027-04-01"),
        "It ends before",
    ),
    ("a day that is none", "1.1", table("enrollments", 2, beginDate="2027-02-30"), "has to be a day such as"),
    ("a day in words", "1.1", table("enrollments", 2, beginDate="1 May 2027"), "has to be a day such as"),
    ("empty name", "1.1", table("users", 2, givenName=" "), "“givenName” is empty"),
    ("invisible name", "1.1", table("users", 2, givenName="\u200b\u200b"), "at least one letter"),
    ("name of an office", "1.1", table("users", 2, givenName="Teacher"), "is no name for a pupil"),
    ("class without a title", "1.1", table("classes", 0, title=""), "“title” is empty"),
    ("class type", "1.1", table("classes", 0, classType="club"), "“club” is no classType"),
    (
        "clever",
        "1.1",
        setting(
            files={f"{n}.csv": None for n in ("manifest", "users", "orgs", "classes")}
            | {"students.csv": b"x", "teachers.csv": b"x", "sections.csv": b"x"}
        ),
        "Clever’s own format",
    ),
    ("folder", "1.1", lambda e: e.files.update({"export/users.csv": b"x"}), "without a folder around them"),
    ("zip slip", "1.1", lambda e: e.files.update({"../../etc/cron.d/x": b"x"}), "without a folder around them"),
    ("zip in zip", "1.1", lambda e: e.files.update({"inner.zip": b"PK"}), "There is a zip in the zip"),
]


def outcome(file: io.BytesIO, organization: Organization) -> str:
    try:
        found = read_school(file, today=organization.today())
    except Refused as refused:
        return str(refused)
    return "\n".join(f"{problem.file} {problem.line}: {problem.text}" for problem in found.problems) or FINE


def test_there_are_as_many_bundles_as_asked_for() -> None:
    assert len(BUNDLES) >= 45
    assert len({name for name, *_rest in BUNDLES}) == len(BUNDLES)


@pytest.mark.parametrize(("name", "version", "change", "said"), BUNDLES, ids=[name for name, *_rest in BUNDLES])
def test_what_becomes_of_a_bundle(
    school: Organization, ada: User, name: str, version: str, change: Change, said: str
) -> None:
    export = make(version)
    change(export)
    before = everything()
    assert said in outcome(export.zip(), school)
    if said == FINE:
        read_in(school, ada, export)
        after = everything()
        assert after != before
        read_in(school, ada, export)  # a second time changes nothing
        assert everything() == after
    else:
        assert everything() == before


TRAPS: list[tuple[str, Callable[[], io.BytesIO], str]] = [
    ("no zip", lambda: io.BytesIO(b"sourcedId,name\r\n"), "This is no zip file."),
    ("empty", lambda: io.BytesIO(b""), "This is no zip file."),
    ("cut off", lambda: io.BytesIO(make().zip().getvalue()[:-200]), "This is no zip file."),
    ("link", lambda: made.zipped_with(make(), made.link), "is a link and no file"),
    ("bomb", lambda: made.zipped_with(make(), lambda z: z.writestr("more.csv", b"0" * 40_000_000)), "too large to be"),
    ("too many files", lambda: made.zipped({f"{n}.csv": b"x" for n in range(99)}), "OneRoster has 22 at most"),
]


@pytest.mark.parametrize(("name", "build", "said"), TRAPS, ids=[name for name, *_rest in TRAPS])
def test_traps_are_refused_before_anything_is_unpacked(
    school: Organization, monkeypatch: pytest.MonkeyPatch, name: str, build: Callable[[], io.BytesIO], said: str
) -> None:
    file = build()
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_args, **_more: pytest.fail("unpacked"))
    assert said in outcome(file, school)


def test_two_files_of_one_name_are_refused(school: Organization) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        file = made.zipped_with(make(), lambda archive: archive.writestr("manifest.csv", "x"))
    assert "manifest.csv is in it twice." in outcome(file, school)


def test_a_zip_with_a_password_is_refused(school: Organization) -> None:
    data = bytearray(make().zip().getvalue())
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1  # the flag of the first entry in the directory
    assert "The zip has a password." in outcome(io.BytesIO(bytes(data)), school)


def test_more_lines_than_any_school_has_are_not_read_on(school: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 4)
    assert "There are more than 4 lines in it." in outcome(make().zip(), school)


def test_a_file_that_is_larger_than_it_said_is_not_read_on(
    school: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "BIGGEST_FILE", 100)
    assert "too large to be a list of a school" in outcome(make().zip(), school)


def test_two_hundred_mistakes_are_shown_and_the_rest_is_counted(school: Organization) -> None:
    export = make(children=4)
    export.tables["enrollments"] += [enrolled(f"nobody{n}", "c0") for n in range(250)]
    found = read_school(export.zip(), today=school.today())
    assert (len(found.problems.shown), found.problems.count, found.problems.more) == (200, 250, 50)


# --- What is kept, and what changes --------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_classes_and_pupils_come_and_nothing_else_is_kept(school: Organization, ada: User, version: str) -> None:
    read_in(school, ada, make(version))
    assert names_in(school, "Class 1") == ["Childb", "Childd", "Childf"]
    assert names_in(school, "Class 2") == ["Childa", "Childc", "Childe"]
    group = school.groups.get(name="Class 1")
    assert (group.mode, group.age_band) == ("primary", "7-11")
    assert group.can_be_run_by(ada)
    assert group.join_codes.filter(purpose="class").count() == 1
    said = canaries.database()
    for canary in ("canary", "Canary", "Tarantella", "user1", "Ferry Lane", "District"):
        assert canary not in said


def test_a_name_that_a_child_prefers_is_the_name(school: Organization, ada: User) -> None:
    export = make("1.2", children=1, classes=1)
    export.tables["users"][1]["preferredGivenName"] = "Kit"
    read_in(school, ada, export)
    assert names_in(school, "Class 1") == ["Kit"]


def test_two_of_the_same_name_get_a_letter_for_the_teacher(school: Organization, ada: User) -> None:
    export = make(children=0, classes=1)
    export.tables["users"] += [
        child(1, "Ada", familyName="Okafor"),
        child(2, "Ada", familyName="Brown"),
        child(3, "Ben"),
    ]
    export.tables["enrollments"] += [enrolled(f"s{n}", "c0") for n in (1, 2, 3)]
    read_in(school, ada, export)
    assert sorted(Pupil.objects.values_list("user__name", "hint")) == [("Ada", "B."), ("Ada", "O."), ("Ben", "")]


@pytest.mark.parametrize(
    ("grades", "band"),
    [
        ("04", "7-11"),
        ("KG", "7-11"),
        ("7", "11-15"),
        ("09", "11-15"),
        ("11", "16-18"),
        ("05,06", "7-11"),
        ("", "11-15"),
    ],
)
def test_how_old_a_class_is_follows_its_grade_or_what_was_chosen(
    school: Organization, ada: User, grades: str, band: str
) -> None:
    export = make(classes=1)
    export.tables["classes"][0]["grades"] = grades
    read_in(school, ada, export, age_band="11-15")
    assert school.groups.get(name="Class 1").age_band == band


def test_a_pupil_moves_with_the_id_and_keeps_the_card(school: Organization, ada: User) -> None:
    export = make()
    read_in(school, ada, export)
    before = Pupil.objects.get(user__name="Childa")
    export.tables["enrollments"][2]["classSourcedId"] = "c0"
    plan = read_in(school, ada, export)
    assert [pupil.name for pupil in plan.moving] == ["Childa"]
    assert "Childa" in names_in(school, "Class 1")
    assert "Childa" not in names_in(school, "Class 2")
    assert Pupil.objects.get(pk=before.pk).secret == before.secret


def test_a_name_that_changes_a_little_follows_and_a_nickname_stays(school: Organization, ada: User) -> None:
    export = make(children=2, classes=1)
    read_in(school, ada, export)
    Pupil.objects.get(user__name="Childb").rename("Bibi", ada)
    export.tables["users"][1]["givenName"] = "Childa Maria"
    plan = read_in(school, ada, export)
    assert [renamed.child.name for renamed in plan.renamed] == ["Childa Maria"]
    assert names_in(school, "Class 1") == ["Bibi", "Childa Maria"]


def test_an_id_that_comes_back_for_another_child_is_held(school: Organization, ada: User) -> None:
    export = make()
    read_in(school, ada, export)
    export.tables["users"][2]["givenName"] = "Zebulon"
    after = everything()
    plan = read_in(school, ada, export)
    assert [(one.pupil.name, one.child.name) for one in plan.held] == [("Childa", "Zebulon")]
    assert everything() == after


def test_tomorrows_file_with_three_of_thirty_asks_first(school: Organization, ada: User) -> None:
    export = make(children=26, classes=1)
    export.tables["users"] += [child(n, f"More{chr(70 + n)}") for n in range(27, 31)]
    export.tables["enrollments"] += [enrolled(f"s{n}", "c0") for n in range(27, 31)]
    read_in(school, ada, export)
    export.tables["users"] = export.tables["users"][:4]
    export.tables["enrollments"] = export.tables["enrollments"][:4]
    with pytest.raises(ManyLeave):
        read_in(school, ada, export)
    assert len(names_in(school, "Class 1")) == 30
    plan = read_in(school, ada, export, sure=True)
    assert len(plan.leaving) == 27
    assert len(names_in(school, "Class 1")) == 3
    assert Pupil.objects.count() == 30  # for 30 days they can come back
    back = make(children=26, classes=1)
    read_in(school, ada, back)
    assert len(names_in(school, "Class 1")) == 26


def test_pupils_whom_a_teacher_has_typed_are_not_the_files_to_remove(school: Organization, ada: User) -> None:
    own = school.groups.get()
    Pupil.objects.add(own, "Omar", by=ada)
    read_in(school, ada, make())
    Pupil.objects.add(school.groups.get(name="Class 1"), "Typed", by=ada)
    read_in(school, ada, make())
    assert names_in(school, "The first class") == ["Omar"]
    assert "Typed" in names_in(school, "Class 1")


def test_what_was_looked_at_is_what_is_done(school: Organization, ada: User) -> None:
    found = read_school(make().zip(), today=school.today())
    with pytest.raises(Changed):
        apply(school, found, by=ada, seen="something else")
    assert not ExternalId.objects.exists()


def test_a_failure_in_the_middle_leaves_nothing(
    school: Organization, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything()
    monkeypatch.setattr("groups.oneroster.apply._open", lambda _plan: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read_in(school, ada, make())
    assert everything() == before


def test_many_pupils_cost_as_many_queries_as_few(school: Organization, ada: User) -> None:
    counts = []
    for children in (4, 26):
        other = make_class(ada).organization
        Authorization.objects.give(other, None, basis="school", given_by="Dr. Yusuf", by=ada)
        with CaptureQueriesContext(connection) as asked:
            read_in(other, ada, make(children=children))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("Ana", "Ana María", True), ("Zoe", "Zoë", True), ("Katherine", "Kathryn", True), ("Ada", "Ben", False)],
)
def test_which_names_may_be_one_childs(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is alike


# --- The page ------------------------------------------------------------------------------------------


def send(client: Client, organization: Organization, export: Export, **more: str) -> Any:
    file = SimpleUploadedFile("roster.zip", export.zip().getvalue(), content_type="application/zip")
    data = {"file": file, "age_band": "7-11", "do": "look", **more}
    return client.post(f"/organizations/{organization.public_id}/roster/", data)


def test_an_admin_looks_first_and_then_does_it(school: Organization, ada: User) -> None:
    client = CheckedClient()
    client.force_login(ada)
    look = send(client, school, make())
    page = look.content.decode()
    assert "New pupils" in page
    assert "Childa" in page
    assert not ExternalId.objects.exists()
    seen = make_plan(school, read_school(make().zip(), today=school.today())).fingerprint
    assert send(client, school, make(), do="apply", seen="x").status_code == 200
    assert not ExternalId.objects.exists()
    assert send(client, school, make(), do="apply", seen=seen).status_code == 302
    assert ExternalId.objects.count() == 8
    assert "all of it is here already" in send(client, school, make()).content.decode()


def test_a_refusal_and_a_mistake_are_said_on_the_page(school: Organization, ada: User) -> None:
    client = CheckedClient()
    client.force_login(ada)
    delta, wrong = make(), make()
    delta.modes["users"] = "delta"
    wrong.tables["users"][2]["enabledUser"] = "TRUE"
    for export, said in ((delta, "This is a delta export"), (wrong, "users.csv, line 4")):
        answer = send(client, school, export)
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_without_the_yes_for_the_whole_school_nothing_is_read(school: Organization, ada: User) -> None:
    Authorization.objects.get(group=None).withdraw(ada)
    client = CheckedClient()
    client.force_login(ada)
    assert "First, the yes for the whole school" in send(client, school, make()).content.decode()
    assert not ExternalId.objects.exists()


def test_only_who_looks_after_the_school_reads_its_list(school: Organization) -> None:
    tina = make_user("Tina")
    join(school.groups.get(), tina, role="leader")
    client = CheckedClient()
    client.force_login(tina)
    assert client.get(f"/organizations/{school.public_id}/roster/").status_code == 403
