"""Openings and closures that happen once: a whole date, hours of a date, or a span of instants."""

from datetime import date, datetime

import attrs

from jobkit.calendars._shifts import read_shifts
from jobkit.calendars._spans import Span
from jobkit.calendars._ticks import DAY, day_number
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import tick_of

WHEN = Template(
    "calendars.one_off",
    "The opening or closure {name} at {path} says neither one date nor one span of instants.",
    "Give date, with hours if it is a part of the day, or give start and end.",
)
EMPTY_SPAN = Template(
    "calendars.one_off_empty",
    "The opening or closure {name} at {path} ends before it begins.",
    "Give it an end after its start.",
)

Day = date
"""A local date; the field of that name hides its type inside the class."""


@attrs.frozen(kw_only=True)
class OneOff:
    """
    One opening or closure: a local `date`, with `hours` such as "10:00-14:00" or else whole; or instants.

    `name` says why. Both a date and instants, neither, unreadable hours and an empty span are refused.
    """

    date: Day | None = None
    hours: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    name: str | None = None

    def __attrs_post_init__(self) -> None:
        if found := self._problems():
            raise Invalid(found)

    def _problems(self) -> tuple[Finding, ...]:
        told = self.name or "without a name"
        try:
            _ = self.hours is None or read_shifts(self.hours, "$.hours")
            span = self.instants
        except Invalid as error:
            return error.findings
        whole_span = self.start is not None and self.end is not None
        any_instant = self.start is not None or self.end is not None
        if (self.date is None) != whole_span or (any_instant and (self.date or self.hours)):
            return (Finding.of(WHEN, name=told),)
        if span is not None and span[0] >= span[1]:
            return (Finding.of(EMPTY_SPAN, path="$.end", name=told),)
        return ()

    @property
    def instants(self) -> Span | None:
        """The span in ticks, None for one that is given by its date; naive instants are refused."""
        if self.start is None or self.end is None:
            return None
        return tick_of(self.start, "$.start"), tick_of(self.end, "$.end")

    def touches(self, days: range) -> bool:
        """Whether it opens or closes anything on some days since 1970-01-01, or just beside them."""
        spans = self.walls if self.instants is None else (self.instants,)
        return any(start // DAY <= days[-1] and days[0] <= end // DAY for start, end in spans)

    @property
    def walls(self) -> tuple[Span, ...]:
        """The hours on the wall axis, none for one that is given by instants."""
        if self.date is None:
            return ()
        day = day_number(self.date) * DAY
        shifts = ((0, DAY),) if self.hours is None else read_shifts(self.hours, "$.hours")
        return tuple((day + start, day + end) for start, end in shifts)
