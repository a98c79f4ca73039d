"""Addresses out of what people paste, whatever it was copied from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groups.addresses import addresses_in, is_address

MIA, NORA, PER = "mia@example.org", "nora@example.org", "per.ness@example.co.uk"


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        (f"{MIA}\n{NORA}", [MIA, NORA]),
        (f"{MIA}\r\n\r\n{NORA}\r\n", [MIA, NORA]),
        (f"{MIA}, {NORA},{PER},", [MIA, NORA, PER]),
        (f"{MIA}; {NORA};{PER};", [MIA, NORA, PER]),
        (f"{MIA}\t{NORA}", [MIA, NORA]),
        (f"  {MIA.upper()}  ", [MIA]),
        (f"{MIA}\n{MIA}\nMIA@Example.org", [MIA]),
        (f"Mia Marsh <{MIA}>", [MIA]),
        (f"<{MIA}>", [MIA]),
        (f"Mia Marsh<{MIA}>, Nora <{NORA}>", [MIA, NORA]),
        (f"Mia Marsh {MIA}", [MIA]),
        (f"Mia Marsh ({MIA})", [MIA]),
        (f"'{MIA}'", [MIA]),
        (f"mailto:{MIA}", [MIA]),
        (f"\ufeff{MIA}", [MIA]),
        # Outlook
        (f"Marsh, Mia <{MIA}>; Ness, Nora <{NORA}>", [MIA, NORA]),
        (f'"Marsh, Mia" <{MIA}>; "Ness; Nora" <{NORA}>', [MIA, NORA]),
        (f"Marsh, Mia <{MIA}>", [MIA]),
        # Columns of a table
        (f"First Name,Last Name,E-mail Address\nMia,Marsh,{MIA}\nNora,Ness,{NORA}", [MIA, NORA]),
        (f"Vorname;Nachname;E-Mail-Adresse\nMia;Marsh;{MIA}", [MIA]),
        (f"Nombre\tCorreo electrónico\nMia\t{MIA}", [MIA]),
        (f"Email\n{MIA}\n{NORA}", [MIA, NORA]),
        (f'"Mia ""M"" Marsh","{MIA}","12, Ferry Lane"', [MIA]),
        (f"{MIA},Mia,Marsh\n{NORA},Nora,Ness", [MIA, NORA]),
        (f"نور الهدى;{NORA}", [NORA]),
    ],
)
def test_every_common_shape(pasted: str, found: list[str]) -> None:
    result = addresses_in(pasted)
    assert (result.addresses, result.wrong) == (found, [])


@pytest.mark.parametrize(
    ("pasted", "wrong"),
    [
        (f"{MIA}\nnot an address", ["not an address"]),
        (f"{MIA}\nper@", ["per@"]),
        (f"{MIA}, per, {NORA}", ["per"]),
        ("Mia, Marsh", ["Mia, Marsh"]),
        ("E-mail", ["E-mail"]),
        ("a@x.org\\nBcc: v@x.org", ["a@x.org\\nBcc: v@x.org"]),
        ("a@b@example.org", ["a@b@example.org"]),
        (f"{MIA} {NORA}", [f"{MIA} {NORA}"]),
        ("x" * 65 + "@example.org", ["x" * 65 + "@example.org"]),
        ("<script>@x", ["<script>@x"]),
        ('"unclosed, mia', ['"unclosed, mia']),
    ],
)
def test_what_is_no_address_is_named_as_it_was_pasted(pasted: str, wrong: list[str]) -> None:
    """BAD_INPUTS 22."""
    assert addresses_in(pasted).wrong == wrong


@pytest.mark.parametrize("pasted", ["", "  \n ,; \n\t", "\ufeff"])
def test_nothing_is_nothing(pasted: str) -> None:
    result = addresses_in(pasted)
    assert (result.addresses, result.wrong) == ([], [])


@given(st.text(max_size=300))
def test_whatever_is_pasted_only_addresses_come_out(pasted: str) -> None:
    assert all(is_address(address) and "\n" not in address for address in addresses_in(pasted).addresses)


def test_a_long_paste_is_read_at_once() -> None:
    for piece in ('"', '"";', '"\\"', '"a;"', "<@", "a@", " @"):
        assert not addresses_in(piece * 5_000 + '"').addresses
    assert len(addresses_in(f"{MIA}," * 800).addresses) == 1
