"""Promises of normal forms: what people write differently for one thing becomes one text."""

from collections.abc import Callable

import pytest

from jobkit.duplicates import normal
from jobkit.duplicates._confusables import CONFUSABLES

CYRILLIC_PLATE = "\N{CYRILLIC CAPITAL LETTER A}\N{CYRILLIC CAPITAL LETTER VE}-12"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("EX-0012", "EX12"),
        ("ex 12", "EX12"),
        ("EX/00012", "EX12"),
        ("EX.O12", "EX12"),
        ("ЕХ12", "EX12"),  # noqa: RUF001
        ("ＥＸ－１２", "EX12"),  # noqa: RUF001
        ("EX\u200b12", "EX12"),
        ("1I0", "110"),
        ("S5", "S5"),
        ("55", "55"),
        ("B8", "B8"),
        ("000", "0"),
        ("A0", "A0"),
        ("A100", "A100"),
        ("--", ""),
    ],
)
def test_serial(raw: str, expected: str) -> None:
    """
    A serial number loses signs, case, leading zeros and look-alikes; S and 5, B and 8 stay apart.
    """
    assert expected == normal.serial(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("0151 / 234-567", "151234567"),
        ("(0151) 234567", "151234567"),
        ("+49 (0)151 234567", "49151234567"),
        ("0049 151 234567", "49151234567"),
        ("(312) 555-0123 x45", "3125550123"),
        ("312.555.0123 ext. 45", "3125550123"),
        ("٣١٢", "312"),
        ("²5", "25"),
        ("none", ""),
        ("000", ""),
    ],
)
def test_phone(raw: str, expected: str) -> None:
    """
    A phone number loses signs, trunk zeros and extensions; digits of any script count.
    """
    assert expected == normal.phone(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("12 North Main Street", "12 n main st"),
        ("12 N. Main St.", "12 n main st"),
        ("0012 n main ST", "12 n main st"),
        ("Hauptstraße 5", "hauptstr 5"),
        ("Hauptstrasse 05", "hauptstr 5"),
        ("St. Catherine's Road", "st catherines rd"),
        ("Saint Catherines Rd", "st catherines rd"),
        ("1\n2nd Avenue", "1 2nd ave"),
        ("", ""),
    ],
)
def test_address(raw: str, expected: str) -> None:
    """
    An address loses the ways to write streets, directions and numbers.
    """
    assert expected == normal.address(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Dr. O'Neill", "oneill"),
        ("O\u2019Neill", "oneill"),
        ("MÜLLER & Söhne GmbH", "muller sohne"),
        ("The Company Ltd", "the company ltd"),
        ("Łukasz  Żak", "lukasz zak"),
        ("St Catherine's\nSchool", "st catherines school"),
    ],
)
def test_name(raw: str, expected: str) -> None:
    """
    A name loses titles, legal forms, accents and apostrophes, unless nothing else is there.
    """
    assert expected == normal.name(raw)


def test_exact_keeps_case() -> None:
    """
    The exact form evens out only how the same characters are written.
    """
    assert "Ab c" == normal.exact("  Ａb \n c ")  # noqa: RUF001


def test_code_keeps_its_levels() -> None:
    """
    A code is told in capitals without blanks, its dots stay.
    """
    assert "LEAK.OIL" == normal.code(" leak. oil ")


def test_plain_text_keeps_the_order_of_words() -> None:
    """
    A plain text is its words, folded, one blank between them.
    """
    assert "l h bucket cyl leaking" == normal.plain("L/H BUCKET CYL\tLEAKING.")


def test_letters_that_look_alike_are_one() -> None:
    """
    A plate typed on a Cyrillic keyboard is the one typed on a Latin one.
    """
    assert normal.serial("AB-12") == normal.serial(CYRILLIC_PLATE)
    assert normal.fold("AB-12") == normal.fold(CYRILLIC_PLATE)


def test_table_of_look_alikes_leads_to_plain_letters() -> None:
    """
    Every entry goes from a folded letter beyond ASCII to one or two of a to z.
    """
    for key, plain in CONFUSABLES.items():
        assert key > 127
        assert chr(key) == chr(key).casefold()
        assert plain.isascii()
        assert plain.isalpha()


FORMS = [normal.exact, normal.serial, normal.phone, normal.address, normal.name, normal.plain, normal.code]


@pytest.mark.parametrize("form", FORMS)
def test_long_texts_are_cut(form: Callable[[str], str]) -> None:
    """
    Of a text of a million characters only the first two thousand are read.
    """
    text = "7 words " * 125_000

    assert form(text[: normal.LONGEST]) == form(text)


@pytest.mark.parametrize("form", [normal.fold, *FORMS])
@pytest.mark.parametrize("character", ["\ufdfa", "\u0390", "ﬁ", "\u00df", "\u0149"])
def test_characters_that_grow_stay_within_the_limit(character: str, form: Callable[[str], str]) -> None:
    """
    A character that its normal form takes apart into eighteen does not make the text longer than the limit.
    """
    assert normal.LONGEST >= len(form(character * 5_000))
