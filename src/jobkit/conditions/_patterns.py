"""
Patterns that always run in linear time: a small allow-list of forms, run without backtracking.

A pattern becomes one place per character it can consume (Glushkov's construction). Matching keeps the set of
places that may come next as the bits of one integer, so that no input makes it try anything twice.
"""

from functools import lru_cache
from typing import Final

import attrs

from jobkit.conditions._pattern_reader import (
    LONGEST_PATTERN,
    TOO_LARGE,
    UNREADABLE,
    Characters,
    Choice,
    Part,
    Repeat,
    Row,
    read_pattern,
)

LONGEST_INPUT: Final = 4_096
"""Texts longer than this are not judged: whether they match is unknown."""

__all__ = ["LONGEST_INPUT", "LONGEST_PATTERN", "TOO_LARGE", "UNREADABLE", "Pattern", "matches"]

_ASCII: Final = 128


_KEPT: Final = 512


@attrs.frozen
class _Reach:
    """What a part of a pattern can begin with and end with, as bits, and whether it can be empty."""

    first: int
    last: int
    empty: bool


_NOTHING: Final = _Reach(0, 0, True)


class _Places:
    """The places of a pattern and which may follow which."""

    def __init__(self) -> None:
        self.characters: list[Characters] = []
        self.follow: dict[int, int] = {}

    def lay(self, part: Part) -> _Reach:
        """Lay out *part* and return how it is entered and left."""
        if isinstance(part, Characters):
            return self._place(part)
        if isinstance(part, Row):
            return self._row(part.parts)
        if isinstance(part, Choice):
            return self._choice(part.parts)
        return self._repeat(part)

    def _place(self, characters: Characters) -> _Reach:
        bit = 1 << len(self.characters)
        self.characters.append(characters)
        self.follow[bit] = 0
        return _Reach(bit, bit, False)

    def _row(self, parts: tuple[Part, ...]) -> _Reach:
        whole = _NOTHING
        for part in parts:
            whole = self._then(whole, self.lay(part))
        return whole

    def _choice(self, parts: tuple[Part, ...]) -> _Reach:
        laid = [self.lay(part) for part in parts]
        first = last = 0
        for reach in laid:
            first |= reach.first
            last |= reach.last
        return _Reach(first, last, any(reach.empty for reach in laid))

    def _repeat(self, repeat: Repeat) -> _Reach:
        whole = _NOTHING
        for _ in range(repeat.least):
            whole = self._then(whole, self.lay(repeat.part))
        if repeat.most is None:
            return self._then(whole, self._loop(repeat.part))
        optional = _NOTHING
        for _ in range(repeat.most - repeat.least):
            again = self._then(self.lay(repeat.part), optional)
            optional = _Reach(again.first, again.last, True)
        return self._then(whole, optional)

    def _loop(self, part: Part) -> _Reach:
        once = self.lay(part)
        self._link(once.last, once.first)
        return _Reach(once.first, once.last, True)

    def _then(self, one: _Reach, two: _Reach) -> _Reach:
        self._link(one.last, two.first)
        first = one.first | two.first if one.empty else one.first
        last = one.last | two.last if two.empty else two.last
        return _Reach(first, last, one.empty and two.empty)

    def _link(self, ends: int, begins: int) -> None:
        while ends:
            bit = ends & -ends
            self.follow[bit] |= begins
            ends ^= bit


class Pattern:
    """
    A pattern that a whole text must have the form of.

    >>> serial = Pattern.load(r"[A-Z]{2}-?\\d{4,8}")
    >>> serial.matches("KX-20417"), serial.matches("KX"), serial.matches("K" * 5000)
    (True, False, None)
    """

    __slots__ = ("_ascii", "_characters", "_empty", "_first", "_follow", "_last", "text")

    def __init__(self, text: str, part: Part) -> None:
        places = _Places()
        reach = places.lay(part)
        self.text = text
        self._first, self._last, self._empty = reach.first, reach.last, reach.empty
        self._follow = places.follow
        self._characters = tuple(places.characters)
        self._ascii = tuple(self._mask(code) for code in range(_ASCII))

    @classmethod
    def load(cls, text: str, path: str = "$") -> "Pattern":
        """
        Read a pattern.

        Look-around, back-references, lazy repeats, flags and what passes the limits are refused with *path*.
        """
        return cls(text, read_pattern(text, path))

    def matches(self, text: str) -> bool | None:
        """Return whether the whole *text* has this form; None for a text past the input limit."""
        if len(text) > LONGEST_INPUT:
            return None
        if not text:
            return self._empty
        ready, hit = self._first, 0
        onward: dict[int, int] = {}
        for character in text:
            code = ord(character)
            hit = ready & (self._ascii[code] if code < _ASCII else self._mask(code))
            if not hit:
                return False
            if hit not in onward:
                onward[hit] = self._after(hit)
            ready = onward[hit]
        return bool(hit & self._last)

    def _after(self, hit: int) -> int:
        ready = 0
        while hit:
            bit = hit & -hit
            ready |= self._follow[bit]
            hit ^= bit
        return ready

    def _mask(self, code: int) -> int:
        return sum(1 << place for place, one in enumerate(self._characters) if one.has(code))

    def __repr__(self) -> str:
        return f"Pattern.load({self.text!r})"


_loaded = lru_cache(maxsize=_KEPT)(Pattern.load)


def matches(pattern: str, text: str) -> bool | None:
    """
    Return whether the whole *text* has the form of *pattern*; None for a text past the input limit.

    A pattern that is not on the allow-list is refused.
    """
    return _loaded(pattern).matches(text)
