"""
What all business time can do, whatever it is made of.

The room's files: `_ticks` is the unit, `_spans` the algebra of half-open spans, `_zones` the zones of tzdata;
`_shifts` reads weekly hours, `_one_off` single dates, `_rules` what a calendar says in local time, `_walls`
turns that into real time, `_policies` holds the settings. `_hours` is the compiled engine, `_workdays` its
sister for working days, `_calendar` the value that people write, `_why` tells which rule decided,
`_compiled` is the form that names what it was compiled with. A new kind of business time is a frozen value
that gives `spans`, and `reasons` if it knows more than that; everything else is here.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from jobkit.calendars._compiled import Compiled, compiled
from jobkit.calendars._hours import Hours, Piece
from jobkit.calendars._policies import ORDINARY, Policies
from jobkit.calendars._spans import Span
from jobkit.calendars._ticks import DAY, FIRST, LAST, MINUTE, beyond, datetime_of
from jobkit.calendars._walls import Walls
from jobkit.calendars._why import Reason, Why, reasons_of
from jobkit.calendars._workdays import Workdays
from jobkit.calendars._zones import Zone, zone_of
from jobkit.durations import Duration, Working, read_duration
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import EPOCH, TICK, tick_of
from jobkit.mappings import EMPTY

DIRECTION = Template(
    "calendars.direction",
    "{amount} is less than nothing.",
    "Give a positive amount, and subtract it to go back.",
)
REVERSED = Template(
    "calendars.reversed",
    "The span from {start} ends before it begins, at {end}.",
    "Give the earlier instant first, or let the calendar's policy count reversed spans.",
)

_UNIT: Final = {"hour": 60 * MINUTE, "minute": MINUTE, "day": 1}


class BusinessTime(ABC):
    """
    Open time that can be counted: all operations, over the open spans that a subclass gives.

    Instants are any aware datetimes, results are in UTC; naive ones are refused with their path.
    """

    @property
    @abstractmethod
    def id(self) -> str:
        """The name by which rules and errors call it."""

    @property
    @abstractmethod
    def zone(self) -> str:
        """The IANA zone in whose dates working days are counted."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """The hash of its rules."""

    @property
    def size(self) -> int:
        """How many calendars it is made of: one, unless a subclass has parts."""
        return 1

    @abstractmethod
    def dump(self, named: "Mapping[str, BusinessTime]" = EMPTY) -> dict[str, Any]:
        """Return it as plain data without loss; calendars that are *named* stand in it by their names."""

    @abstractmethod
    def spans(self, start: int, end: int) -> Sequence[Span]:
        """Return the open spans of [start, end) in ticks, cut to it: sorted, none touching another."""

    def pieces(self, start: int, end: int) -> Sequence[Piece]:
        """Return how the spans of [start, end) count: their own length, unless a subclass says otherwise."""
        return [(opens, closes, closes - opens) for opens, closes in self.spans(start, end)]

    def reasons(self, start: int, end: int) -> Sequence[Reason]:
        """Return why each part of [start, end) is open or closed, in ticks, without holes."""
        hours = Why(open=True, because="hours", calendar=self.id)
        return reasons_of([(self.hours.spans(start, end), hours)], start, end)

    def __and__(self, other: "BusinessTime") -> "BusinessTime":
        # The sets are built on this base, so it can know them only when it is asked.
        from jobkit.calendars._sets import AllOf

        return AllOf(parts=(self, other))

    def __or__(self, other: "BusinessTime") -> "BusinessTime":
        from jobkit.calendars._sets import AnyOf

        return AnyOf(parts=(self, other))

    def __sub__(self, other: "BusinessTime") -> "BusinessTime":
        from jobkit.calendars._sets import Without

        return Without(parts=(self, other))

    @property
    def policies(self) -> Policies:
        """The settings in force; the defaults unless a subclass says otherwise."""
        return ORDINARY

    @cached_property
    def hours(self) -> Hours:
        """The compiled engine, which counts in ticks and grows as years are asked for."""
        wall = self.policies.day_length == "wall"
        late = self.policies.at_closing == "next_opening"
        return Hours(self.spans, name=self.id, pieces=self.pieces if wall else None, late=late)

    @cached_property
    def _exact(self) -> bool:
        return self.policies.rounding == "none"

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time between two instants; reversed ones are negative, or as the policy says."""
        begun, ended = tick_of(start, "$.start"), tick_of(end, "$.end")
        counted = self.hours.elapsed(begun, ended)
        if ended < begun:
            counted = self._reversed(counted, start, end)
        return (counted if self._exact else self.policies.rounded(counted, toward_zero=True)) * TICK

    def add(self, start: datetime, amount: Duration | str) -> datetime:
        """
        Return the earliest instant by which *amount* of open time has passed since *start*.

        Working hours, minutes and an elapsed timedelta count open time; a text is read as a duration.
        Working days count local dates and keep the time of day, as the policies say. Negative amounts, and
        amounts that the calendar never gives, are refused.
        """
        begun = tick_of(start, "$.start")
        count, days = _read(amount)
        found = self._days(begun, count) if days else self.hours.add(begun, count)
        return EPOCH + (found if self._exact else self.policies.rounded(found)) * TICK

    def subtract(self, end: datetime, amount: Duration | str) -> datetime:
        """
        Return the latest instant since which *amount* of open time has passed until *end*.

        An amount that is used up at an opening ends at that opening. Refuses what `add` refuses.
        """
        ended = tick_of(end, "$.end")
        count, days = _read(amount)
        found = self._days(ended, -count) if days and count else self.hours.subtract(ended, count)
        return EPOCH + (found if self._exact else self.policies.rounded(found)) * TICK

    def is_open(self, at: datetime) -> bool:
        """Say whether *at* is open; the closing instant itself is closed unless the policy opens it."""
        tick = tick_of(at)
        if self.hours.is_open(tick):
            return True
        return self.policies.closing_instant == "open" and self.hours.is_open(tick - 1)

    def why(self, at: datetime) -> Why:
        """Return why *at* is open or closed: the rule that decided, by name; it is open if `is_open` is."""
        tick = tick_of(at)
        shown = tick - 1 if self.is_open(at) and not self.hours.is_open(tick) else tick
        return self.reasons(shown, shown + 1)[0][2]

    def explain(self, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime, Why], ...]:
        """
        Return why [start, end) is open and closed, in parts without holes; reversed instants have none.

        Neighbouring parts have different reasons, so a holiday stands apart from the night before it.
        """
        begun, ended = tick_of(start, "$.start"), tick_of(end, "$.end")
        reasons = self.reasons(begun, ended) if begun < ended else ()
        return tuple((datetime_of(begin), datetime_of(finish), why) for begin, finish, why in reasons)

    def next_opening(self, at: datetime) -> datetime:
        """Return the first opening after *at*; refused where the calendar never opens again."""
        return datetime_of(self.hours.next_opening(tick_of(at)))

    def next_closing(self, at: datetime) -> datetime:
        """Return the first closing after *at*; refused where the calendar never closes again."""
        return datetime_of(self.hours.next_closing(tick_of(at)))

    def previous_opening(self, at: datetime) -> datetime:
        """Return the last opening at or before *at*; refused where the calendar had not opened yet."""
        return datetime_of(self.hours.previous_opening(tick_of(at)))

    def previous_closing(self, at: datetime) -> datetime:
        """Return the last closing at or before *at*; refused where the calendar had not closed yet."""
        return datetime_of(self.hours.previous_closing(tick_of(at)))

    def intervals(self, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Return the open spans of [start, end), cut to it, in order; reversed instants have none."""
        begun, ended = tick_of(start, "$.start"), tick_of(end, "$.end")
        spans = self.hours.spans(begun, ended) if begun < ended else ()
        return tuple((datetime_of(opens), datetime_of(closes)) for opens, closes in spans)

    def segments(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield what `intervals` returns, one span after the other."""
        yield from self.intervals(start, end)

    def compile(self, start: datetime, end: datetime, *, segments: bool = True) -> Compiled:
        """
        Return the compiled form of [start, end), which names zone data and rules and carries their hash.

        `verify` finds out later whether they still give the same hours. A reversed window is refused.
        """
        return compiled(self, start, end, segments=segments)

    def day_spans(self, day: int) -> list[Span]:
        """
        Return the open spans that belong to a local date, given as days since 1970-01-01.

        They are those that begin on the date, whole, and one that is open throughout it, up to its end.
        """
        walls = Walls(self._zone, day * DAY, day * DAY + DAY, ORDINARY)
        begins, ends = walls.begin(day * DAY), walls.begin(day * DAY + DAY)
        touching = self.hours.touching(begins, ends)
        return [
            (opens, closes if closes < ends + DAY else ends)
            for opens, closes in touching
            if opens >= begins or closes >= ends
        ]

    def working_dates(self, first: int, last: int) -> list[int]:
        """
        Return the working days of [first, last) as days since 1970-01-01, in the calendar's zone.

        A date is one if the calendar opens on it, or is open throughout.
        """
        begins, ends = (first - 2) * DAY, (last + 2) * DAY
        found: set[int] = set()
        for opens, closes in self.spans(begins, ends):
            begun, ended = self._zone.label(opens) // DAY, self._zone.label(closes) // DAY
            found.update((begun, *range(begun + 1, ended)))
        return sorted(day for day in found if first <= day < last)

    @cached_property
    def _workdays(self) -> Workdays:
        return Workdays(self.working_dates, name=self.id)

    @cached_property
    def _landings(self) -> dict[int, list[Span]]:
        """The spans of dates on which working days have ended: the same dates are asked again and again."""
        return {}

    @cached_property
    def _zone(self) -> Zone:
        return zone_of(self.zone)

    def _days(self, at: int, count: int) -> int:
        """Go *count* working days on from a tick, or back, and land as the policies say."""
        if not FIRST <= at < LAST:
            raise beyond(at)
        if not count:
            return self.hours.landed(at)
        day, time = divmod(self._zone.label(at), DAY)
        day = self._workdays.after(day, count) if count > 0 else self._workdays.before(day, -count)
        if day not in self._landings:
            self._landings[day] = self.day_spans(day)
        spans = self._landings[day]
        if self.policies.working_day == "closing":
            return self.hours.landed(spans[-1][1]) if count > 0 else spans[0][0]
        wall = day * DAY + time
        same = Walls(self._zone, wall, wall + 1, self.policies).begin(wall)
        return self.hours.landed(_into(same, spans)) if count > 0 else _back_into(same, spans)

    def _reversed(self, counted: int, start: datetime, end: datetime) -> int:
        if self.policies.reversed == "refused":
            raise Invalid.of(REVERSED, start=start.isoformat(), end=end.isoformat())
        return counted if self.policies.reversed == "negative" else 0


def _read(amount: Duration | str) -> tuple[int, bool]:
    """Return an amount and whether it counts days, else ticks of open time; less than nothing is refused."""
    if type(amount) is timedelta:
        count, days = amount // TICK, False
    else:
        read = read_duration(amount, "$.amount") if isinstance(amount, str) else amount
        days = isinstance(read, Working) and read.unit == "day"
        count = read.amount * _UNIT[read.unit] if isinstance(read, Working) else read // TICK
    if count < 0:
        raise Invalid.of(DIRECTION, path="$.amount", amount=str(amount))
    return count, days


def _into(at: int, spans: list[Span]) -> int:
    """Move an instant into the hours of its date: on to the next opening, else back to the last closing."""
    return next((max(at, opens) for opens, closes in spans if at <= closes), spans[-1][1])


def _back_into(at: int, spans: list[Span]) -> int:
    """Move an instant into the hours of its date: back to a closing, else on to the first opening."""
    return next((min(at, closes) for opens, closes in reversed(spans) if at >= opens), spans[0][0])
