"""
Normal forms for matching: what two people write differently for the same thing becomes one text.

They serve comparing alone; the raw text stays where it is. Only the first 2,000 characters are read.
"""

import re
import unicodedata
from typing import Final

from jobkit.duplicates._confusables import CONFUSABLES

LONGEST: Final = 2_000
"""How many characters of a text are read."""
MOST_TEXTS: Final = 200
"""How many texts of a sequence are read."""

_WORD: Final = re.compile(r"[^\W_]+")
_ASCII_WORD: Final = re.compile(r"[a-z0-9]+")
_APOSTROPHES: Final = str.maketrans("", "", "'`\u2019\u2018\u02bc\u00b4")
_LEADING_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")
_EXTENSION: Final = re.compile(r"(?:x|ext|extension|durchwahl|dw)\W*[0-9]{1,6}\W*$")
_TRUNK: Final = re.compile(r"\(0\)")
_AS_DIGITS: Final = str.maketrans({"O": "0", "I": "1"})
_STREETS: Final = {
    "street": "st", "str": "st", "strasse": "st", "saint": "st", "sankt": "st", "avenue": "ave", "av": "ave",
    "road": "rd", "drive": "dr", "boulevard": "blvd", "lane": "ln", "court": "ct", "place": "pl",
    "square": "sq", "parkway": "pkwy", "highway": "hwy", "terrace": "ter", "platz": "pl", "weg": "way",
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw",
    "southeast": "se", "southwest": "sw", "apartment": "apt", "suite": "ste", "building": "bldg",
    "floor": "fl", "number": "no", "nr": "no", "mount": "mt", "fort": "ft",
}  # fmt: skip
_TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "gmbh", "ag", "kg", "inc", "ltd", "llc", "corp",
     "co", "plc", "sa", "sarl", "bv", "limited", "company", "corporation", "incorporated", "the", "and",
     "und"}
)  # fmt: skip


def fold(text: str) -> str:
    r"""
    Return *text* in NFKC, without case, accents and invisible characters, look-alike letters in Latin.

    >>> fold("Größe ÉLAN"), fold("\N{CYRILLIC CAPITAL LETTER VE}-12")
    ('grosse elan', 'b-12')
    """
    if len(text) > LONGEST:
        text = text[:LONGEST]
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text).casefold().translate(CONFUSABLES)
    parts = unicodedata.normalize("NFKD", plain)
    # A few characters grow to eighteen when they are taken apart.
    return "".join([one for one in parts[:LONGEST] if unicodedata.category(one) not in ("Mn", "Cf")])


def words(text: str) -> list[str]:
    """Return the words of a text, folded, in their order."""
    folded = fold(text)
    return (_ASCII_WORD if folded.isascii() else _WORD).findall(folded)


def plain(text: str) -> str:
    """
    Return a text as its words with a blank between them.

    >>> plain("Won't  start -- NO power!")
    'won t start no power'
    """
    return " ".join(words(text))


def exact(text: str) -> str:
    """Return a text in NFKC, its blanks squeezed; its case stays."""
    if len(text) > LONGEST:
        text = text[:LONGEST]
    whole = text if text.isascii() else unicodedata.normalize("NFKC", text)[:LONGEST]
    return " ".join(whole.split())


def serial(text: str) -> str:
    """
    Return a serial number in capitals: signs and leading zeros of each number left out, O read as 0, I as 1.

    S and 5, B and 8, Z and 2 stay apart: model letters differ by them, and `serial` as a comparator sees a
    single slip anyway.

    >>> serial("ex-000123 / 7O"), serial("EX 123/70")
    ('EX12370', 'EX12370')
    """
    joined = fold(text).upper()
    spaced = " ".join(_WORD.findall(joined)).translate(_AS_DIGITS)
    return _LEADING_ZEROS.sub("", spaced).replace(" ", "")[:LONGEST]


def phone(text: str) -> str:
    """
    Return the digits of a phone number without an extension, a trunk zero and the signs before a country.

    >>> phone("+49 (0)151 / 23-45 67 ext. 12"), phone("0151 234567")
    ('49151234567', '151234567')
    """
    spoken = _TRUNK.sub("", _EXTENSION.sub("", fold(text)))
    return "".join([str(unicodedata.digit(one)) for one in spoken if one.isdigit()]).lstrip("0")


def address(text: str) -> str:
    """
    Return a postal address as its words, those for streets and directions shortened, in their order.

    >>> address("0012 North Main Street"), address("12 n. main st")
    ('12 n main st', '12 n main st')
    """
    return " ".join([_street(word) for word in words(text[:LONGEST].translate(_APOSTROPHES))])


def _street(word: str) -> str:
    if word.isdigit():
        return word.lstrip("0") or "0"
    if word.endswith("strasse") and len(word) > len("strasse"):
        return word.removesuffix("asse")
    return _STREETS.get(word, word)


def name(text: str) -> str:
    """
    Return a name of a person or firm as its words, without titles, legal forms and apostrophes.

    A name that is nothing but such words keeps them.

    >>> name("Dr. Siobhán O'Neill"), name("The Miller & Sons Co.")
    ('siobhan oneill', 'miller sons')
    """
    all_words = words(text[:LONGEST].translate(_APOSTROPHES))
    return " ".join([word for word in all_words if word not in _TITLES] or all_words)


def code(text: str) -> str:
    """Return a code of a list in NFKC and capitals, without blanks; its dots are the levels of its tree."""
    return "".join(exact(text).upper().split())[:LONGEST]
