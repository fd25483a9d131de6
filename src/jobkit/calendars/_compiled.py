"""The compiled form of a calendar: what it was compiled with, and a hash by which a change is found."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Any, Final

import attrs

from jobkit import documents
from jobkit.calendars._ticks import DAY, datetime_of, day_number
from jobkit.calendars._zones import tzdata_version
from jobkit.errors import Invalid, Unsupported
from jobkit.findings import Finding, Template
from jobkit.instants import tick_of, write_instant

if TYPE_CHECKING:
    from jobkit.calendars._base import BusinessTime

CHANGED = Template(
    "calendars.segments_changed",
    "The calendar {calendar} compiles to other hours than before, first {first}: {causes}.",
    "Judge again what was judged with these hours after {instant}, or keep the former rules and zone data.",
)
OTHER_FORMAT = Template(
    "calendars.compiled_format",
    "The compiled calendar has the format {format}, and this version of jobkit reads format {known}.",
    "Read it with a newer version of jobkit, or compile the calendar again.",
)
WINDOW = Template(
    "calendars.compiled_window",
    "The window to compile ends at {end}, before it begins.",
    "Give an end after the start.",
)

FORMAT: Final = 1

Segment = tuple[int, int, int]
"""Start and end in ticks since 1970-01-01T00:00Z, and how many of them count."""


@attrs.frozen(kw_only=True)
class Compiled:
    """
    The open hours of one calendar from `start` until `end`, as they were compiled once.

    Names the calendar, its zone, the version of `tzdata` and the digest of the `rules`; `marks` hash the
    segments of each month in UTC, and `digest` all of them. The segments themselves, as text
    "start end counted" in microseconds, are kept if asked for: a hash tells that a month differs, but not
    where, so only with them can `verify` name the first instant.
    """

    format: int = FORMAT
    calendar: str
    zone: str
    tzdata: str
    rules: str
    start: datetime
    end: datetime
    digest: str
    marks: tuple[str, ...]
    segments: tuple[str, ...] | None = None

    @classmethod
    def load(cls, data: Mapping[str, Any], path: str = "$") -> "Compiled":
        """Read a compiled form from plain data; unknown keys, wrong kinds and newer formats are refused."""
        found = data.get("format", FORMAT) if isinstance(data, Mapping) else FORMAT
        if type(found) is int and found > FORMAT:
            raise Unsupported.of(OTHER_FORMAT, path=path, format=found, known=FORMAT)
        return documents.structure(cls, data, path)

    def dump(self) -> dict[str, Any]:
        """Return the compiled form as plain data that `load` reads back to an equal one."""
        plain: dict[str, Any] = documents.unstructure(self)
        return {"format": self.format, **plain}


def compiled(calendar: "BusinessTime", start: datetime, end: datetime, *, segments: bool) -> Compiled:
    """Compile the hours of *calendar* from *start* until *end*; a reversed window is refused."""
    begun, ended = tick_of(start, "$.start"), tick_of(end, "$.end")
    if begun >= ended:
        raise Invalid.of(WINDOW, path="$.end", end=end.isoformat())
    by_month = [_segments(calendar, *window) for window in _months(begun, ended)]
    told = tuple(text for month in by_month for text in month)
    return Compiled(
        calendar=calendar.id,
        zone=calendar.zone,
        tzdata=tzdata_version(),
        rules=calendar.digest,
        start=datetime_of(begun),
        end=datetime_of(ended),
        digest=_hash(told),
        marks=tuple(map(_hash, by_month)),
        segments=told if segments else None,
    )


def verify(former: Compiled, calendar: "BusinessTime") -> tuple[Finding, ...]:
    """
    Compile *calendar* again and return what has changed: nothing, or a finding with the first instant.

    The instant is exact if the former segments were kept, else the beginning of the first month that differs.
    """
    now = compiled(calendar, former.start, former.end, segments=True)
    if now.digest == former.digest:
        return ()
    at = write_instant(_first_kept(former.segments, now) if former.segments else _first_month(former, now))
    first = f"at {at}" if former.segments else f"in the month from {at}"
    causes = _causes(former, now)
    return (Finding.of(CHANGED, calendar=former.calendar, instant=at, first=first, causes=causes),)


def _segments(calendar: "BusinessTime", start: int, end: int) -> list[str]:
    pieces = calendar.pieces(start, end)
    return [f"{opens} {closes} {amount}" for opens, closes, amount in pieces]


def _months(start: int, end: int) -> list[tuple[int, int]]:
    first, last = datetime_of(start), datetime_of(end)
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    starts = (day_number(date(month // 12, month % 12 + 1, 1)) * DAY for month in months)
    return list(pairwise([start, *(at for at in starts if at < end), end]))


def _hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _first_kept(former: tuple[str, ...], now: Compiled) -> datetime:
    """Return the first instant at which two lists of segments disagree about being open, or counting."""
    pairs = zip_longest(former, now.segments or ())
    before, after = next((before, after) for before, after in pairs if before != after)
    return datetime_of(_apart(_numbers(before), _numbers(after)))


def _numbers(segment: str | None) -> tuple[int, ...]:
    return tuple(map(int, segment.split())) if segment else ()


def _apart(before: tuple[int, ...], after: tuple[int, ...]) -> int:
    if not before or not after:
        return (before or after)[0]
    if before[0] != after[0] or before[1] == after[1]:
        return min(before[0], after[0])
    return min(before[1], after[1])


def _first_month(former: Compiled, now: Compiled) -> datetime:
    months = _months(tick_of(former.start), tick_of(former.end))
    pairs = zip_longest(former.marks, now.marks)
    place = next((place for place, (before, after) in enumerate(pairs) if before != after), 0)
    return datetime_of(months[min(place, len(months) - 1)][0])


def _causes(former: Compiled, now: Compiled) -> tuple[str, ...]:
    """Say what has changed between the two: the zone data, the rules, or neither that is known."""
    found = []
    if former.tzdata != now.tzdata:
        found.append(f"zone data {former.tzdata} became {now.tzdata}")
    if former.rules != now.rules:
        found.append(f"rules {former.rules[:12]} became {now.rules[:12]}")
    return tuple(found) or ("neither the rules nor the version of the zone data have changed",)
