"""A class list: typed, pasted or as a CSV file, looked at first (CHILDREN C2; BAD_INPUTS 33, 34)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from challenges.models import Participation
from groups import roster
from groups.models import Authorization, Group, Pupil
from tests.factories import make_challenge, make_class, make_pupil


@pytest.fixture
def kestrels(theo: User) -> Group:
    return make_class(theo, name="Kestrels")


def names(group: Group) -> list[str]:
    return [pupil.name for pupil in Pupil.objects.in_class(group)]


def page(group: Group) -> str:
    return f"/groups/{group.slug}/pupils/add/"


def test_a_list_is_looked_at_before_anything_changes(as_theo: Client, kestrels: Group) -> None:
    look = as_theo.post(page(kestrels), {"names": "1. Ada Okafor\r\n2. Ben\r\n\r\n• Zoë  Li"})
    text = look.content.decode()
    assert "3 pupils would be added" in text
    assert "from “<bdi>Ada Okafor</bdi>”" in text
    assert names(kestrels) == []
    added = as_theo.post(
        page(kestrels), {"names": "1. Ada Okafor\r\n2. Ben\r\n\r\n• Zoë  Li", "do": "add"}, follow=True
    )
    assert names(kestrels) == ["Ada", "Ben", "Zoë"]
    assert "3 pupils were added." in added.content.decode()


def test_sent_twice_the_second_time_finds_everybody_here(as_theo: Client, kestrels: Group) -> None:
    for _time in range(2):
        as_theo.post(page(kestrels), {"names": "Ada\nBen\nAda", "do": "add"})
    assert names(kestrels) == ["Ada", "Ada", "Ben"]


def test_who_is_not_on_the_list_stays(as_theo: Client, kestrels: Group) -> None:
    make_pupil(kestrels, "Omar")
    text = as_theo.post(page(kestrels), {"names": "Ada"}).content.decode()
    assert "1 is in the class and not on this list" in text
    as_theo.post(page(kestrels), {"names": "Ada", "do": "add"})
    assert names(kestrels) == ["Ada", "Omar"]


def test_a_surname_is_left_out_and_its_letter_kept_only_for_twins() -> None:
    found = roster.read("Ada Okafor\nAda Brown\nBen Li\nSmith, Cora\nMary Jane", whole=False)
    assert [(line.name, line.hint) for line in found.lines] == [
        ("Ada", "O."),
        ("Ada", "B."),
        ("Ben", ""),
        ("Cora", ""),
        ("Mary", ""),
    ]
    assert [line.name for line in roster.read("Mary Jane\nAna María", whole=True).lines] == ["Mary Jane", "Ana María"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada  ", "Ada"),
        ("Ade\u0301lai\u0308de", "Adélaïde"),
        ("A\u202eda", "Ada"),
        ("A" + "\u0301" * 9, "Á" + "\u0301" * 4),
        ("نور", "نور"),
        ("12) Ada", "Ada"),
    ],
)
def test_a_name_is_kept_as_it_is_meant(typed: str, kept: str) -> None:
    assert [line.name for line in roster.read(typed).lines] == [kept]


@pytest.mark.parametrize(
    "typed",
    [
        "\u200b\u200b",
        "😀",
        "x" * 31,
        "x" * 50_000,
        "admin",
        "Teacher",
        "docente",
        "Someone",
        "ada@example.org",
        "https://evil.example",
        "0123456789",
        "...",
    ],
)
def test_a_name_that_is_none_is_refused_with_its_line(as_theo: Client, kestrels: Group, typed: str) -> None:
    answer = as_theo.post(page(kestrels), {"names": f"Ada\n{typed}", "do": "add"})
    assert answer.status_code == 422
    assert "Line 2" in answer.content.decode()
    assert names(kestrels) == []


def test_a_csv_file_is_read_by_its_column_of_first_names_and_nothing_else(as_theo: Client, kestrels: Group) -> None:
    data = "\ufeffSurname;First name;Born;Mail\r\nOkafor;Ada;2017-01-01;ada@home.example\r\nLi;Zoë;;\r\n".encode()
    file = SimpleUploadedFile("class.csv", data, content_type="text/csv")
    text = as_theo.post(page(kestrels), {"file": file}).content.decode()
    assert "2 pupils would be added" in text
    for canary in ("Okafor", "2017", "home.example"):
        assert canary not in text


@pytest.mark.parametrize(
    "data",
    [
        "Ada\nZoë\n".encode(),
        "Ada\r\nZoë\r\n".encode("utf-8-sig"),
        "Ada\nZoë\n".encode("utf-16"),
        "Ada\nZoë\n".encode("cp1252"),
        b"Name,Note\nAda,\nZo\xc3\xab,\n",
        'nombre\tnota\n"Ada"\t\n"Zoë"\t\n'.encode(),
    ],
)
def test_csv_as_spreadsheets_write_it(data: bytes) -> None:
    assert [line.name for line in roster.read(roster.lines_of_csv(data)).lines] == ["Ada", "Zoë"]


@pytest.mark.parametrize("data", [b"PK\x03\x04 spreadsheet", b"%PDF-1.7", b"\x00\x01\x02", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_text_is_refused_kindly(as_theo: Client, kestrels: Group, data: bytes) -> None:
    answer = as_theo.post(page(kestrels), {"file": SimpleUploadedFile("class.xlsx", data)})
    assert answer.status_code == 422
    assert "This is no CSV file." in answer.content.decode()


def test_a_class_holds_sixty_at_most(as_theo: Client, kestrels: Group) -> None:
    make_pupil(kestrels, "Omar")
    many = "\n".join(f"Child {chr(97 + n % 26)}{n}" for n in range(60))
    answer = as_theo.post(page(kestrels), {"names": many, "whole": "on", "do": "add"})
    assert answer.status_code == 422
    assert "61 pupils" in answer.content.decode()
    assert names(kestrels) == ["Omar"]


def test_without_the_schools_yes_the_list_waits(as_theo: Client, theo: User, kestrels: Group) -> None:
    Authorization.objects.get().withdraw(theo)
    answer = as_theo.post(page(kestrels), {"names": "Ada", "do": "add"})
    assert answer["Location"] == f"/groups/{kestrels.slug}/authorization/"
    assert names(kestrels) == []


def test_who_comes_later_takes_part_in_what_is_on(kestrels: Group) -> None:
    challenge = make_challenge(kestrels, program="t08")
    pupil = make_pupil(kestrels, "Ada")
    assert Participation.objects.filter(challenge=challenge, user=pupil.user).exists()


@pytest.mark.parametrize("route", ["pupils/", "pupils/add/", "cards/", "class/", "launch/", "authorization/", "begin/"])
def test_a_group_of_adults_has_no_class_pages(as_olive: Client, group: Group, route: str) -> None:
    assert as_olive.get(f"/groups/{group.slug}/{route}").status_code == 404
