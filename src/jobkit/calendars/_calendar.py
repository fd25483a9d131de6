"""A calendar: weekly hours in one zone with breaks, holidays, single openings and closures, as data."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

import attrs

from jobkit import documents
from jobkit.calendars._base import BusinessTime
from jobkit.calendars._holidays import Holiday
from jobkit.calendars._hours import Piece
from jobkit.calendars._one_off import OneOff
from jobkit.calendars._policies import ORDINARY, Policies
from jobkit.calendars._recurring import only_year
from jobkit.calendars._rules import Rules
from jobkit.calendars._shifts import Week, cut, read_week
from jobkit.calendars._spans import Span, clipped, joined, near, without
from jobkit.calendars._ticks import DAY, FIRST, LAST, beyond, day_number
from jobkit.calendars._walls import Walls, kept
from jobkit.calendars._why import Reason, alike, reasons_of
from jobkit.calendars._zones import zone_of
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.mappings import EMPTY, FrozenMap

TOO_MANY_HOLIDAYS = Template(
    "calendars.too_many_holidays",
    "There are {count} holidays that come back every year, and at most {most} are read.",
    "Leave out what is not kept here, or write single dates as 2026-12-24.",
)

_MOST_HOLIDAYS: Final = 400
_MARGIN: Final = 4
"""Days around a window: shifts last two days at most, and no gap or fold is longer than one."""
_AROUND: Final = 2 * _MARGIN * DAY
_MONTH: Final = 31 * DAY
"""How much is explained at once, so that each rule is looked at only near the dates that it is about."""


def _kept(weekly: Mapping[str, str]) -> Mapping[str, str]:
    return FrozenMap(weekly)


def _named(days: Iterable[Holiday]) -> tuple[Holiday, ...]:
    return tuple(days)


def _once(days: Iterable[OneOff]) -> tuple[OneOff, ...]:
    return tuple(days)


def _dates(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)


@attrs.frozen(kw_only=True)
class _Data:
    """A calendar as plain data has it."""

    id: str = "calendar"
    zone: str
    weekly: Mapping[str, str] = EMPTY
    breaks: Mapping[str, str] = EMPTY
    closed: tuple[date, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    openings: tuple[OneOff, ...] = ()
    closures: tuple[OneOff, ...] = ()
    policies: Policies = ORDINARY


@attrs.frozen(kw_only=True)
class Calendar(BusinessTime):
    """
    Opening hours in one IANA zone.

    `weekly` names days and their shifts; `breaks`, in the same form, are taken out of them on their own
    civil day. `closed` dates and `holidays` close; single `openings` open in spite of them, single
    `closures` close in spite of everything. An overnight shift belongs to the date on which it opens. What
    engines decide differently stands in `policies`. Unknown zones, overlapping shifts, unreadable hours, more
    than twelve shifts a day and more than 400 yearly holidays are refused, all at once.

    >>> from datetime import UTC, datetime
    >>> workshop = Calendar(zone="Europe/Berlin", weekly={"mon-fri": "08:00-12:00 13:00-17:00"})
    >>> friday = datetime(2026, 3, 27, 15, tzinfo=UTC)
    >>> workshop.add(friday, "2 working hours").isoformat()
    '2026-03-30T07:00:00+00:00'
    """

    id: str = "calendar"
    zone: str
    weekly: Mapping[str, str] = attrs.field(default=EMPTY, converter=_kept)
    breaks: Mapping[str, str] = attrs.field(default=EMPTY, converter=_kept)
    closed: frozenset[date] = attrs.field(default=frozenset(), converter=_dates)
    holidays: tuple[Holiday, ...] = attrs.field(default=(), converter=_named)
    openings: tuple[OneOff, ...] = attrs.field(default=(), converter=_once)
    closures: tuple[OneOff, ...] = attrs.field(default=(), converter=_once)
    policies: Policies = ORDINARY
    _week: Week = attrs.field(init=False, repr=False, eq=False, default=())

    def __attrs_post_init__(self) -> None:
        week, found = read_week(self.weekly, "$.weekly")
        breaks, more = read_week(self.breaks, "$.breaks")
        if problems := (*_no_zone(self.zone), *found, *more, *_too_many(self.holidays)):
            raise Invalid(problems)
        object.__setattr__(self, "_week", cut(week, breaks) if any(breaks) else week)

    @classmethod
    def always(cls, id: str = "always", zone: str = "UTC") -> "Calendar":
        """Return the calendar that is open day and night."""
        return cls(id=id, zone=zone, weekly={"mon-sun": "00:00-24:00"})

    @classmethod
    def load(cls, source: str | Path | Mapping[str, Any], path: str = "$") -> "Calendar":
        """
        Read a calendar from TOML text, a TOML file or plain data.

        Unknown keys, wrong kinds and unreadable rules are refused all at once, with places below *path*.

        >>> Calendar.load('zone = "Asia/Tokyo"\\nweekly = {mon-fri = "09:00-18:00"}').zone
        'Asia/Tokyo'
        """
        data = documents.structure(_Data, _plain(source), path)
        try:
            return cls(**{field.name: getattr(data, field.name) for field in attrs.fields(_Data)})
        except Invalid as error:
            raise Invalid(found.at(path + found.path[1:]) for found in error.findings) from error

    def dump(self, named: Mapping[str, BusinessTime] = EMPTY) -> dict[str, Any]:
        """Return the calendar as plain data that `load` reads back to an equal one; it names no other."""
        fields = {field.name: getattr(self, field.name) for field in attrs.fields(_Data)}
        plain: dict[str, Any] = documents.unstructure(
            _Data(**{**fields, "closed": tuple(sorted(self.closed))})
        )
        return plain

    @cached_property
    def digest(self) -> str:
        """The hash of the rules; the name that they are called by is not among them."""
        rules = {name: value for name, value in self.dump().items() if name != "id"}
        return hashlib.sha256(documents.write_json(rules).encode()).hexdigest()

    @cached_property
    def rules(self) -> Rules:
        """What the calendar says, in ticks."""
        return Rules(
            week=self._week,
            closed=frozenset(map(day_number, self.closed)),
            holidays=self.holidays,
            openings=self.openings,
            closures=self.closures,
            civil=self.policies.overnight == "civil_day",
        )

    def spans(self, start: int, end: int) -> list[Span]:
        """Return the open spans of [start, end) in ticks, cut to it."""
        return self._spans_of(self.rules, start, end)

    def reasons(self, start: int, end: int) -> list[Reason]:
        """Return why each part of [start, end) is open or closed, in ticks, without holes."""
        windows = ((at, min(at + _MONTH, end)) for at in range(start, end, _MONTH))
        return alike(chain.from_iterable(self._reasons(*window) for window in windows))

    def pieces(self, start: int, end: int) -> Sequence[Piece]:
        """Return how the spans of [start, end) count: their real, or their wall length."""
        if self.policies.day_length == "real":
            return super().pieces(start, end)
        walls, runs = self._runs(self.rules, start, end)
        by_rule = joined(walls.placed(runs))
        spans = _by_hand(self.rules, by_rule, start, end)
        added = [(opens, closes, closes - opens) for opens, closes in without(spans, by_rule)]
        return kept([*walls.pieces(runs), *added], spans, start, end)

    def day_spans(self, day: int) -> list[Span]:
        """Return the open spans of the shifts that open on a local date, given as days since 1970-01-01."""
        walls = Walls(self._zone, day * DAY, day * DAY + DAY, self.policies)
        begins, ends = walls.begin(day * DAY), walls.begin(day * DAY + DAY)
        by_hand = clipped(near(self.rules.opens_at, begins, ends), begins, ends)
        found = joined([*walls.placed(self.rules.runs_of(day)), *by_hand])
        return without(found, near(self.rules.closes_at, begins - DAY, ends + _MARGIN * DAY))

    def working_dates(self, first: int, last: int) -> list[int]:
        """Return the dates of [first, last) on which any shift opens, as days since 1970-01-01."""
        asked = self._turning(first, last)
        return [
            day
            for day, weekly in self.rules.working(first, last)
            if (self.day_spans(day) if weekly is None or day in asked else weekly)
        ]

    def _turning(self, first: int, last: int) -> set[int]:
        """Return the dates whose hours may lie in a gap altogether, or are changed by instants."""
        turns = [(at, at) for at, _ in self._zone.stretches(first * DAY, last * DAY)[1:]]
        by_hand = [*self.rules.opens_at, *self.rules.closes_at]
        return {
            day
            for start, end in (*turns, *by_hand)
            for day in range(max(start // DAY - 2, first), min(end // DAY + 3, last))
        }

    def _spans_of(self, rules: Rules, start: int, end: int) -> list[Span]:
        walls, runs = self._runs(rules, start, end)
        return clipped(_by_hand(rules, joined(walls.placed(runs)), start, end), start, end)

    def _reasons(self, start: int, end: int) -> list[Reason]:
        near_days = range(start // DAY - _MARGIN, end // DAY + _MARGIN + 1)
        return reasons_of(
            [
                (self._spans_of(stage.rules, start, end), stage.why(self.id))
                for stage in self.rules.stages(self._unbroken, near_days)
            ],
            start,
            end,
        )

    @cached_property
    def _unbroken(self) -> Week:
        """The weekly hours with what breaks take out of them."""
        return read_week(self.weekly, "$.weekly")[0]

    def _runs(self, rules: Rules, start: int, end: int) -> tuple[Walls, list[Span]]:
        if start < FIRST or end > LAST:
            raise beyond(start if start < FIRST else end)
        walls = Walls(self._zone, start, end, self.policies)
        return walls, rules.runs(start // DAY - _MARGIN, end // DAY + _MARGIN + 1)


def _by_hand(rules: Rules, spans: list[Span], start: int, end: int) -> list[Span]:
    """Change spans by hand as far as [start, end) can tell, which lie around it by days at most."""
    begins, ends = start - _AROUND, end + _AROUND
    opens, closes = near(rules.opens_at, begins, ends), near(rules.closes_at, begins, ends)
    return without(joined([*spans, *opens]), closes) if opens or closes else spans


def _too_many(holidays: tuple[Holiday, ...]) -> Iterator[Finding]:
    """Find more holidays that come back every year than every year can be searched for."""
    count = sum(only_year(holiday.on) is None for holiday in holidays)
    if count > _MOST_HOLIDAYS:
        yield Finding.of(TOO_MANY_HOLIDAYS, path="$.holidays", count=count, most=_MOST_HOLIDAYS)


def _no_zone(zone: str) -> Iterator[Finding]:
    try:
        zone_of(zone)
    except Invalid as error:
        yield from error.findings


def _plain(source: str | Path | Mapping[str, Any]) -> Any:
    if isinstance(source, Mapping):
        return source
    return documents.read_toml(documents.read_file(source) if isinstance(source, Path) else source)
