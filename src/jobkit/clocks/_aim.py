"""What a target comes to on one job: so many open ticks, or a deadline."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import attrs

from jobkit.clocks._promise import Target
from jobkit.clocks._ticks import (
    ALWAYS,
    FIRST,
    LAST,
    Calendars,
    calendar_of,
    hours_of,
    instant,
    never,
    tick_within,
    ticks,
)
from jobkit.conditions import Condition
from jobkit.durations import Duration, Working, write_duration
from jobkit.errors import Invalid
from jobkit.instants import read_instant
from jobkit.paths import Item, Step

Facts = Mapping[str, Any]

_UNIT = {"hour": 3_600_000_000, "minute": 60_000_000}


class Goal(NamedTuple):
    """
    The target chosen on one job: its name, its open ticks or its due tick, and what calendar counts.

    It is `endless` where the calendar never gives the working days or hours that it takes.
    """

    choice: str | None
    target: int | None
    due: int | None
    calendar: str
    endless: bool = False


@attrs.frozen(kw_only=True, eq=False)
class Aim:
    """One target, compiled: its name, its condition, and where its deadline stands."""

    name: str
    rule: Target
    when: Condition | None
    where: Condition | None
    steps: tuple[Step, ...]
    counts: bool = attrs.field(init=False)
    """Whether the clock counts by the calendar chosen, not around the clock."""

    @counts.default
    def _counts(self) -> bool:
        parts = (self.rule.within, self.rule.before, self.rule.after)
        return any(isinstance(part, Working) for part in parts)

    def goal(self, facts: Facts, at: int, started: int, calendars: Calendars, calendar: str) -> Goal:
        """Return what the target comes to at *at*, for a clock that started at *started*."""
        name = calendar if self.counts else ALWAYS
        within = self.rule.within
        if within is not None:
            target = open_ticks(within, started, calendars, name)
            return Goal(self.name, target, None, name, target is None)
        picked = self.picked(facts, at)
        if picked is None:
            return Goal(self.name, None, None, name)
        due = self._moved(picked, calendars, name)
        return Goal(self.name, None, due, name, due is None and name != ALWAYS)

    def _moved(self, picked: int, calendars: Calendars, calendar: str) -> int | None:
        before, after = self.rule.before, self.rule.after
        if after is not None:
            return later(picked, after, calendars, calendar)
        return picked if before is None else earlier(picked, before, calendars, calendar)

    def picked(self, facts: Facts, at: int) -> int | None:
        """Return the tick that the path names, None if there is no readable instant."""
        found = sorted(self._instants(facts))
        if not found:
            return None
        if self.rule.pick == "next":
            return next((each for each in found if each >= at), found[-1])
        return found[0] if self.rule.pick == "first" else found[-1]

    def passes(self, facts: Facts, at: int) -> int | None:
        """Return the tick at which the next instant of a list has passed and another one is picked."""
        if self.rule.pick != "next":
            return None
        return min((each + 1 for each in self._instants(facts) if each >= at), default=None)

    def _instants(self, facts: Facts) -> Iterator[int]:
        for value in _found(facts, self.steps, self.where):
            read = _read(value)
            if read is not None:
                yield read


def _found(here: Any, steps: tuple[Step, ...], where: Condition | None) -> Iterator[Any]:
    """Yield every value that *steps* name; of the last list named only the items of which *where* is true."""
    for place, step in enumerate(steps):
        if isinstance(step, Item) and step.id is None:
            rest = steps[place + 1 :]
            last = Item(None) not in rest
            for item in _items(here):
                if not last or where is None or where({"item": item}) is True:
                    yield from _found(item, rest, where)
            return
        here = _below(here, step)
    yield here


def _items(here: Any) -> Iterator[Any]:
    if isinstance(here, Mapping):
        yield from here.values()
    elif isinstance(here, (tuple, list)):
        yield from here


def _below(here: Any, step: Step) -> Any:
    name = step.id if isinstance(step, Item) else step
    if isinstance(here, Mapping):
        return here.get(name)
    if isinstance(here, (tuple, list)):
        # Lists within lists have no id, and are not looked through: they may be nested without end.
        items = (item for item in here if not isinstance(item, (tuple, list)))
        return next((item for item in items if _below(item, "id") == name), None)
    return None if here is None or name is None or name.startswith("_") else getattr(here, name, None)


def _read(value: Any) -> int | None:
    try:
        if isinstance(value, str):
            return tick_within(read_instant(value))
        return tick_within(value) if isinstance(value, datetime) else None
    except Invalid:
        return None


def name_of(rule: Target) -> str:
    """Return the name of a target: its own, else what it promises."""
    if rule.name is not None:
        return rule.name
    if rule.within is not None:
        return write_duration(rule.within)
    moved = [
        f"{write_duration(part)} {word} "
        for word, part in (("before", rule.before), ("after", rule.after))
        if part is not None
    ]
    return f"{''.join(moved)}{rule.by}"


def open_ticks(amount: Duration, start: int, calendars: Calendars, calendar: str) -> int | None:
    """
    Return the open ticks that *amount* comes to from *start* on; the calendar says where days end.

    None where the calendar has no such days left.
    """
    if not isinstance(amount, Working):
        return ticks(amount)
    counted = working_ticks(amount)
    if counted is not None:
        return counted
    end = later(start, amount, calendars, calendar)
    hours = hours_of(calendars, calendar)
    return None if end is None else hours.count(end) - hours.count(start)


def working_ticks(amount: Duration | None) -> int | None:
    """Return working hours and minutes as open ticks; None for days, which only a calendar measures."""
    if not isinstance(amount, Working) or amount.unit == "day":
        return None
    return amount.amount * _UNIT[amount.unit]


def later(at: int, amount: Duration, calendars: Calendars, calendar: str) -> int | None:
    """Return the tick *amount* after *at*, None beyond the years that clocks count, or if it never comes."""
    if not isinstance(amount, Working):
        return _inside(at + ticks(amount))
    try:
        return tick_within(calendar_of(calendars, calendar).add(instant(at), amount))
    except Invalid as error:
        never(error)
        return None


def earlier(at: int, amount: Duration, calendars: Calendars, calendar: str) -> int | None:
    """Return the tick *amount* before *at*, None beyond the years that clocks count, or if it never was."""
    if not isinstance(amount, Working):
        return _inside(at - ticks(amount))
    try:
        return tick_within(calendar_of(calendars, calendar).subtract(instant(at), amount))
    except Invalid as error:
        never(error)
        return None


def _inside(at: int) -> int | None:
    return at if FIRST <= at < LAST else None
