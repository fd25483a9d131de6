"""Postal codes as spans of texts, so that prefixes and ranges are compared, nested and searched alike."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Template

UNREADABLE = Template(
    "priority.postal_unreadable",
    "{value} at {path} is neither a prefix nor a range of postal codes.",
    "Write a prefix such as 80, or a range of equally long codes such as 80000-81999.",
)

CROWDED = Template(
    "priority.routing_crowded",
    "More than {most} routing rules or codes of one rule claim the postal codes from {code} on.",
    "Keep at most {most} prefixes and ranges for one postal code.",
)

_LONGEST: Final = 20
_MOST_ON_ONE_CODE: Final = 64
# Codes are of upper-case letters and digits, which all come before it.
_AFTER_ALL: Final = "~"


@attrs.frozen
class Span:
    """The postal codes from `first` up to everything that begins with `last`; a half-open span of texts."""

    first: str
    last: str

    @property
    def end(self) -> str:
        """The text that comes just after the span."""
        return self.last + _AFTER_ALL

    def holds(self, other: "Span") -> bool:
        """Whether *other* lies wholly in this span."""
        return self.first <= other.first and other.end <= self.end

    def meets(self, other: "Span") -> bool:
        """Whether some postal code lies in both."""
        return self.first < other.end and other.first < self.end

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


def plain_code(code: str) -> str:
    """
    Return a postal code as it is compared: upper case, letters and digits only.

    >>> plain_code("sw1a 1aa")
    'SW1A1AA'
    """
    return "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())


def split_country(code: str) -> tuple[str | None, str]:
    """
    Take the country off a postal code that is written with it.

    >>> split_country("DE-80331"), split_country("00-950")
    (('DE', '80331'), (None, '00-950'))
    """
    country, dash, rest = code.strip().partition("-")
    if dash and len(country) == 2 and country.isascii() and country.isalpha() and rest.strip():
        return country.upper(), rest
    return None, code


def read_prefix(text: str, path: str = "$") -> Span:
    """Return the span of codes that begin with *text*; nothing to begin with is refused."""
    plain = plain_code(text)
    if not plain or len(text) > _LONGEST:
        raise Invalid.of(UNREADABLE, path=path, value=text[:_LONGEST])
    return Span(plain, plain)


def read_range(text: str, path: str = "$") -> Span:
    """Return the span from one code to another, both included; unequal lengths and reversed are refused."""
    first, dash, last = (plain_code(part) or part for part in text[: 2 * _LONGEST].partition("-"))
    if not (dash and plain_code(last) and len(first) == len(last) and first <= last):
        raise Invalid.of(UNREADABLE, path=path, value=text[:_LONGEST])
    return Span(first, last)


class Spans:
    """
    Spans with their owners' numbers, searched by bisection: which of them hold a code, narrowest first.

    Among equal ones those given first come first. More than 64 that hold one code are refused.
    """

    __slots__ = ("_edges", "_owners")

    def __init__(self, owned: Iterable[tuple[Span, int]]) -> None:
        every = tuple(owned)
        self._edges = sorted({edge for span, _ in every for edge in (span.first, span.end)})
        self._owners = _owners(every, self._edges)

    def find(self, code: str) -> tuple[tuple[Span, int], ...]:
        """Return the spans that hold *code*, the narrowest first."""
        place = bisect_right(self._edges, code)
        return self._owners[place - 1] if place else ()

    def stretches(self) -> tuple[tuple[tuple[Span, int], ...], ...]:
        """Return what covers each stretch between two edges, every combination once."""
        return tuple(dict.fromkeys(self._owners))


def _owners(
    every: Sequence[tuple[Span, int]], edges: Sequence[str]
) -> tuple[tuple[tuple[Span, int], ...], ...]:
    """Return, for each stretch between two edges, the spans that cover it."""
    # A later beginning is narrower; sorting keeps the order given among equals.
    ranked = sorted(sorted(every, key=_first, reverse=True), key=_end)
    rank = {owned: place for place, owned in enumerate(ranked)}
    opening: dict[str, list[tuple[Span, int]]] = {}
    closing: dict[str, list[tuple[Span, int]]] = {}
    for owned in rank:
        opening.setdefault(owned[0].first, []).append(owned)
        closing.setdefault(owned[0].end, []).append(owned)
    covering: set[tuple[Span, int]] = set()
    found = []
    for edge in edges:
        covering -= set(closing.get(edge, ()))
        covering |= set(opening.get(edge, ()))
        if len(covering) > _MOST_ON_ONE_CODE:
            raise Invalid.of(CROWDED, most=_MOST_ON_ONE_CODE, code=edge)
        found.append(tuple(sorted(covering, key=rank.__getitem__)))
    return tuple(found)


def _first(owned: tuple[Span, int]) -> str:
    return owned[0].first


def _end(owned: tuple[Span, int]) -> str:
    return owned[0].end
