"""Editions: one calendar through its edits, each in force from one instant and known from another."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any, Final

import attrs

from jobkit.calendars._base import BusinessTime
from jobkit.calendars._hours import Piece
from jobkit.calendars._policies import Policies
from jobkit.calendars._sets import Named, digest_of, part_data
from jobkit.calendars._spans import Span, joined
from jobkit.calendars._why import Reason
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import tick_of, utc, write_instant
from jobkit.mappings import EMPTY

NO_FIRST = Template(
    "calendars.no_first_edition",
    "The calendar {id} has no edition that was in force, and known, from the beginning.",
    "Leave effective_from and known_from out of the first edition.",
)
TWICE = Template(
    "calendars.edition_twice",
    "Two editions of the calendar {id} are effective from {effective} and known from {known}.",
    "Give the later edit the instant at which it was recorded as known_from.",
)
BACKDATED = Template(
    "calendars.backdated",
    "The edit of the calendar {id} takes effect at {effective}, before it was recorded at {known}.",
    "Let it take effect from then on, or say backdated=True: verdicts as known before keep what they said.",
)
UNRECORDED = Template(
    "calendars.edit_unrecorded",
    "The edit of the calendar {id} takes effect at {effective}, and nothing says when it was recorded.",
    "Give known_from, the instant at which it was recorded; or say backdated=True, and it was always known.",
)


_END: Final = 1 << 62
"""Later than any tick that a datetime can hold; its negative stands for the beginning."""


def _tick(instant: datetime | None) -> int:
    return -_END if instant is None else tick_of(instant)


def _moment(value: datetime | None) -> datetime | None:
    return None if value is None else utc(value)


@attrs.frozen(kw_only=True)
class Edition:
    """
    What a calendar says from `effective_from` on, and the instant `known_from` at which that was recorded.

    Left out, both mean from the beginning. Naive instants are refused.
    """

    calendar: BusinessTime
    effective_from: datetime | None = attrs.field(default=None, converter=_moment)
    known_from: datetime | None = attrs.field(default=None, converter=_moment)

    @property
    def begins(self) -> int:
        """The tick from which it is in force."""
        return _tick(self.effective_from)

    def is_known(self, instant: datetime) -> bool:
        """Whether it had been recorded at *instant*; a naive one is refused."""
        known = utc(instant)
        return self.known_from is None or self.known_from <= known


def _order(edition: Edition) -> tuple[int, int]:
    return edition.begins, _tick(edition.known_from)


def _ordered(editions: Iterable[Edition]) -> tuple[Edition, ...]:
    return tuple(sorted(editions, key=_order))


@attrs.frozen(kw_only=True)
class Editions(BusinessTime):
    """
    One calendar through its edits: each edition holds from its effective date until the next one's.

    Of editions that begin at the same instant the one that was recorded last holds. So time before an edit's
    effective date counts as it always did, and `known_at` tells the calendar as it was known at any instant.
    A shift that is open when an edition ends is cut there. Working days are counted in the zone and with the
    policies of the first edition, which no edit changes; gaps, folds, day length and overnight holidays go by
    each edition's own. No edition from the beginning, and two that begin and were recorded together, are
    refused.

    >>> from jobkit.calendars import Calendar
    >>> old = Calendar(zone="UTC", weekly={"mon-fri": "08:00-16:00"})
    >>> new = Calendar(zone="UTC", weekly={"mon-fri": "08:00-18:00"})
    >>> shop = Editions(id="shop", editions=[Edition(calendar=old)])
    >>> july = datetime.fromisoformat("2026-07-01T00:00Z")
    >>> shop = shop.edited(new, effective_from=july, known_from=july.replace(month=6))
    >>> morning = datetime.fromisoformat("2026-06-30T00:00Z")
    >>> str(shop.elapsed(morning, morning.replace(month=7, day=2)))
    '18:00:00'
    """

    id: str
    editions: tuple[Edition, ...] = attrs.field(converter=_ordered)

    def __attrs_post_init__(self) -> None:
        found = list(self._problems())
        if found:
            raise Invalid(found)

    def _problems(self) -> Iterator[Finding]:
        if not any(edition.effective_from is edition.known_from is None for edition in self.editions):
            yield Finding.of(NO_FIRST, path="$.editions", id=self.id[:50])
        seen = set()
        for edition in self.editions:
            if _order(edition) in seen:
                effective, known = _told(edition.effective_from), _told(edition.known_from)
                yield Finding.of(TWICE, path="$.editions", id=self.id[:50], effective=effective, known=known)
            seen.add(_order(edition))

    @property
    def size(self) -> int:
        """How many calendars the largest edition is made of: one edition is in force at a time."""
        return max((edition.calendar.size for edition in self.editions), default=1)

    @property
    def zone(self) -> str:
        """The zone of the first edition."""
        return self._first.zone

    @property
    def policies(self) -> Policies:
        """The settings of the first edition; days have wall length if those of any edition have."""
        wall = any(edition.calendar.policies.day_length == "wall" for edition in self.editions)
        return attrs.evolve(self._first.policies, day_length="wall" if wall else "real")

    @cached_property
    def digest(self) -> str:
        """The hash of all editions with their instants."""
        told = [
            [edition.calendar.digest, _told(edition.effective_from), _told(edition.known_from)]
            for edition in self.editions
        ]
        return digest_of("editions", told)

    def edited(
        self,
        calendar: BusinessTime,
        *,
        effective_from: datetime,
        known_from: datetime | None = None,
        backdated: bool = False,
    ) -> "Editions":
        """
        Return the calendar with one more edition.

        One that takes effect before it was recorded, and one of which nobody says when it was recorded, are
        refused, unless they are said to be *backdated*: both change what had been said before.
        """
        edition = Edition(calendar=calendar, effective_from=effective_from, known_from=known_from)
        against = () if backdated else tuple(self._rewriting(edition))
        if against:
            raise Invalid(against)
        return attrs.evolve(self, editions=(*self.editions, edition))

    def _rewriting(self, edit: Edition) -> Iterator[Finding]:
        """Yield what is wrong with an edit that may change an old verdict without saying so."""
        told: dict[str, Any] = {"id": self.id[:50], "effective": _told(edit.effective_from)}
        if edit.known_from is None:
            yield Finding.of(UNRECORDED, path="$.known_from", **told)
        elif edit.begins < _tick(edit.known_from):
            yield Finding.of(BACKDATED, path="$.effective_from", known=_told(edit.known_from), **told)

    def known_at(self, instant: datetime) -> "Editions":
        """Return the calendar as it was known at *instant*; a naive one is refused."""
        return attrs.evolve(self, editions=[one for one in self.editions if one.is_known(instant)])

    def at(self, instant: datetime) -> Edition:
        """Return the edition in force at *instant*; a naive one is refused."""
        tick = tick_of(instant)
        return next((one for one in reversed(self._ruling) if one.begins <= tick), self._ruling[0])

    def spans(self, start: int, end: int) -> Sequence[Span]:
        """Return the open spans of [start, end) in ticks, of each edition in its time."""
        parts = self._parts(start, end)
        return joined(chain.from_iterable(one.calendar.spans(begin, finish) for one, begin, finish in parts))

    def pieces(self, start: int, end: int) -> Sequence[Piece]:
        """Return how each edition counts in its time."""
        parts = self._parts(start, end)
        return [piece for one, begin, finish in parts for piece in _pieces(one.calendar, begin, finish)]

    def reasons(self, start: int, end: int) -> list[Reason]:
        """Return why each part of [start, end) is open or closed: what the edition in force says."""
        return [
            (begin, finish, why.by_way_of(self.id, one.effective_from))
            for one, begun, ended in self._parts(start, end)
            for begin, finish, why in one.calendar.reasons(begun, ended)
        ]

    def dump(self, named: Named = EMPTY) -> dict[str, Any]:
        """Return the editions as data that `load_calendar` reads back; calendars *named* by their names."""
        return {"id": self.id, "editions": [_edition_data(edition, named) for edition in self.editions]}

    @property
    def _first(self) -> BusinessTime:
        return next(one for one in self.editions if one.effective_from is one.known_from is None).calendar

    @cached_property
    def _ruling(self) -> tuple[Edition, ...]:
        """The editions that are in force at some time: of those that begin together the last recorded."""
        return tuple({edition.begins: edition for edition in self.editions}.values())

    def _parts(self, start: int, end: int) -> Iterator[tuple[Edition, int, int]]:
        ends = [*(edition.begins for edition in self._ruling[1:]), _END]
        for edition, finish in zip(self._ruling, ends, strict=True):
            if edition.begins < end and start < finish:
                yield edition, max(start, edition.begins), min(end, finish)


def _told(instant: datetime | None) -> str:
    return "the beginning" if instant is None else write_instant(instant)


def _pieces(part: BusinessTime, start: int, end: int) -> Iterable[Piece]:
    counted = part.pieces(start, end) if part.policies.day_length == "wall" else None
    if counted is not None:
        return counted
    return [(opens, closes, closes - opens) for opens, closes in part.hours.spans(start, end)]


def _edition_data(edition: Edition, named: Named) -> dict[str, Any]:
    told: dict[str, Any] = {"calendar": part_data(edition.calendar, named)}
    if edition.effective_from is not None:
        told["effective_from"] = write_instant(edition.effective_from)
    if edition.known_from is not None:
        told["known_from"] = write_instant(edition.known_from)
    return told
