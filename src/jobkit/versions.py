"""Effective-dated versions of one rule, calendar or code list."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

import attrs

from jobkit.errors import Invalid, NotFound
from jobkit.findings import Template
from jobkit.instants import utc, write_instant

NOT_YET = Template(
    "versions.not_yet",
    "No version is in force at {instant}; the first begins at {first}.",
    "Add a version that is effective from {instant} or earlier.",
)
EMPTY = Template(
    "versions.empty", "{path} has no version.", "Add at least one version with an effective date."
)
SAME_START = Template(
    "versions.same_start",
    "Two versions at {path} begin at the same instant {instant}.",
    "Give each version its own effective date.",
)

T = TypeVar("T")


@attrs.frozen
class Version(Generic[T]):
    """One value with the instant from which it is in force and its number."""

    effective_from: datetime
    number: str
    value: T


class Versions(Generic[T]):
    """
    The versions of one thing, of which exactly one is in force at any instant after the first begins.

    Half-open: a version holds from its effective date until the next one's. None at all, or two that
    begin at the same instant, are refused.
    """

    __slots__ = ("_all", "_starts")

    def __init__(self, versions: Iterable[Version[T]], *, path: str = "$") -> None:
        self._all = tuple(sorted(versions, key=lambda version: utc(version.effective_from, path)))
        self._starts = [utc(version.effective_from, path) for version in self._all]
        if not self._all:
            raise Invalid.of(EMPTY, path=path)
        for earlier, later in zip(self._starts, self._starts[1:], strict=False):
            if earlier == later:
                raise Invalid.of(SAME_START, path=path, instant=write_instant(earlier))

    def __iter__(self) -> Iterator[Version[T]]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Versions) and self._all == other._all

    def __hash__(self) -> int:
        return hash(self._all)

    def at(self, instant: datetime) -> Version[T]:
        """Return the version in force at *instant*; an instant before the first is refused."""
        found = self.find(instant)
        if found is None:
            first = write_instant(self._starts[0])
            raise NotFound.of(NOT_YET, instant=write_instant(instant), first=first)
        return found

    def find(self, instant: datetime) -> Version[T] | None:
        """Return the version in force at *instant*, None before the first; a naive instant is refused."""
        place = bisect_right(self._starts, utc(instant))
        return self._all[place - 1] if place else None
