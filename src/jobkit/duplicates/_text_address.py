"""
How alike two postal addresses are: the house number decides, and what one of them left out costs little.

People write the same door with and without town, postal code, direction or kind of street. So the words of
the shorter address are sought in the longer one, small slips allowed (a soft overlap after Cohen, Ravikumar
and Fienberg 2003, "A comparison of string metrics for matching names and records").
"""

import re
from typing import Final

from rapidfuzz.distance import JaroWinkler

_SMALL: Final = frozenset(
    {"st", "ave", "rd", "dr", "blvd", "ln", "ct", "pl", "sq", "pkwy", "hwy", "ter", "way", "n", "s", "e", "w",
     "ne", "nw", "se", "sw", "apt", "ste", "bldg", "fl", "no", "nd", "th"}
)  # fmt: skip
_SMALL_WEIGHT: Final = 0.25
_ALIKE: Final = 0.87
_OF_THE_SHORTER: Final = 0.8
_OTHER_HOUSE: Final = 0.5

_ORDINAL: Final = re.compile(r"\b([0-9]+)(?:st|nd|rd|th)\b")

_jaro = JaroWinkler.similarity


def address_likeness(left: str, right: str) -> float:
    """
    Return how alike two addresses in their normal form are, at most a half where the house numbers differ.

    >>> address_likeness("27 washington", "27 washington oak park il 60302") > 0.85
    True
    >>> address_likeness("12 n main st", "14 n main st")
    0.5
    """
    if left == right:
        return 1.0
    ours, theirs = _ORDINAL.sub(r"\1", left).split(), _ORDINAL.sub(r"\1", right).split()
    there, back = _covered(ours, theirs), _covered(theirs, ours)
    more, less = (there, back) if there >= back else (back, there)
    alike = _OF_THE_SHORTER * more + (1 - _OF_THE_SHORTER) * less
    return min(alike, _OTHER_HOUSE) if _other_house(ours, theirs) else alike


def _other_house(ours: list[str], theirs: list[str]) -> bool:
    """Whether both have a number, and neither's first one stands in the other: postal codes come later."""
    one, other = _first_number(ours), _first_number(theirs)
    return one is not None and other is not None and one not in theirs and other not in ours


def _first_number(words: list[str]) -> str | None:
    return next((word for word in words if word[0].isdigit()), None)


def _covered(words: list[str], others: list[str]) -> float:
    """Return the part of the weight of *words* that is found among *others*."""
    whole = sum(map(_weight, words))
    return sum(_weight(word) * _found(word, others) for word in words) / whole


def _weight(word: str) -> float:
    return _SMALL_WEIGHT if word in _SMALL else 1.0


def _found(word: str, others: list[str]) -> float:
    """Return 1 for a word that is there, its likeness to one that is nearly there, else nothing."""
    if word in others:
        return 1.0
    if word[0].isdigit() or word in _SMALL:
        return 0.0
    best: float = max(_jaro(word, other) for other in others)
    return best if best >= _ALIKE else 0.0
