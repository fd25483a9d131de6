"""Doors of business time, clocks, order of work and boards: data to load, and what is asked with instants."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

from jobkit.calendars import Calendar, Compiled, Edition, Editions, load_calendar, load_calendars, verify
from jobkit.clocks import Milestone, Milestones, advance, next_change, read, reading, refold
from jobkit.priority import CapacityRules, Override, PriorityRules, RoutingRules, overtaking_bound, rank
from tests.desk.dispatch import CAPACITY, ORDER, ROUTES
from tests.hostile.matter import Make
from tests.hostile.slots import CALENDAR, Enter, catalog

NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
SHOP: Final = Calendar(id="shop", zone="Europe/Berlin", weekly={"mon-fri": "08:00-12:00 13:00-17:00"})
NEVER: Final = Calendar(id="never", zone="Europe/Berlin")
CALENDARS: Final[Mapping[str, Calendar]] = {"shop": SHOP, "never": NEVER}
PROMISE: Final[Mapping[str, Any]] = {
    "starts": 'state == "open"',
    "stops": 'state == "done"',
    "pauses": [{"when": 'older_than(since, "2h")', "reason": "waiting"}],
    "calendars": [{"calendar": "never", "when": 'tier == "never"'}, {"calendar": "shop"}],
    "targets": [
        {"name": "days", "when": 'tier == "days"', "within": "9 working days"},
        {"name": "visit", "when": "known(visits)", "by": "visits[].start", "before": "2 working hours"},
        {"name": "hours", "within": "8 working hours"},
    ],
    "warnings": [{"name": "half", "share": 0.5}],
}
HOLIDAY: Final[Mapping[str, Any]] = {"name": "May", "on": "05-01"}
ONCE: Final[Mapping[str, Any]] = {"date": "2026-05-02", "hours": "10:00-12:00"}
POOL: Final[Mapping[str, Any]] = CAPACITY["pools"][0]
COMPILED: Final = SHOP.compile(NOW, NOW + timedelta(days=30)).dump()


def calendar(**changes: Any) -> Calendar:
    """Load the calendar with some of its keys replaced."""
    return Calendar.load({**CALENDAR, **changes})


def promise(**changes: Any) -> Milestone:
    """Load the promise with some of its keys replaced."""
    return Milestone.load("promise", {**PROMISE, **changes}, calendars=CALENDARS)


def target(**changes: Any) -> Milestone:
    """Load the promise with one target."""
    return promise(targets=[changes])


def order(**changes: Any) -> PriorityRules:
    """Load the order of work with some of its keys replaced."""
    return PriorityRules.load({**ORDER, **changes})


def routes(**changes: Any) -> RoutingRules:
    """Load the routing with some of its keys replaced."""
    return RoutingRules.load({**ROUTES, **changes})


def capacity(**changes: Any) -> CapacityRules:
    """Load the boards with some of their keys replaced."""
    return CapacityRules.load({**CAPACITY, **changes})


def pool(**changes: Any) -> CapacityRules:
    """Load the boards with some keys of their pool replaced."""
    return capacity(pools=[{**POOL, **changes}])


def verified(**changes: Any) -> object:
    """Read a compiled calendar with some of its keys replaced, and compile it again."""
    return verify(Compiled.load({**COMPILED, **changes}), SHOP)


SLOTS: Final[Mapping[str, Enter]] = {
    "business time": load_calendar,
    "breaks of a calendar": lambda value: calendar(breaks=value),
    "closed dates of a calendar": lambda value: calendar(closed=value),
    "holidays of a calendar": lambda value: calendar(holidays=value),
    "a holiday": lambda value: calendar(holidays=[value]),
    "the rule of a holiday": lambda value: calendar(holidays=[{**HOLIDAY, "on": value}]),
    "the hours of a holiday": lambda value: calendar(holidays=[{**HOLIDAY, "open": value}]),
    "where a holiday is kept": lambda value: calendar(holidays=[{**HOLIDAY, "observed": value}]),
    "openings of a calendar": lambda value: calendar(openings=value),
    "the date of an opening": lambda value: calendar(openings=[{**ONCE, "date": value}]),
    "the hours of an opening": lambda value: calendar(openings=[{**ONCE, "hours": value}]),
    "the start of a closure": lambda value: calendar(
        closures=[{"start": value, "end": "2026-05-02T00:00:00Z"}]
    ),
    "policies of a calendar": lambda value: calendar(policies=value),
    "a policy of a calendar": lambda value: calendar(policies={"fold": value}),
    "parts of a set": lambda value: load_calendar({"all": value}),
    "a part of a set": lambda value: load_calendar({"any": [value]}),
    "the base of a set": lambda value: load_calendar({"base": value, "minus": []}),
    "editions of a calendar": lambda value: load_calendar({"id": "e", "editions": value}),
    "an edition's beginning": lambda value: load_calendar(
        {"id": "e", "editions": [{"calendar": CALENDAR}, {"calendar": CALENDAR, "effective_from": value}]}
    ),
    "a named calendar": lambda value: load_calendars({"a": value}),
    "segments of a compiled calendar": lambda value: verified(segments=value),
    "a segment of a compiled calendar": lambda value: verified(segments=[value]),
    "the window of a compiled calendar": lambda value: verified(start=value),
    "a promise": lambda value: Milestone.load("promise", value),
    "when a clock starts": lambda value: promise(starts=value),
    "pauses of a clock": lambda value: promise(pauses=value),
    "when a clock pauses": lambda value: promise(pauses=[{"when": value, "reason": "r"}]),
    "calendars of a clock": lambda value: promise(calendars=value),
    "targets of a clock": lambda value: promise(targets=value),
    "the length of a target": lambda value: target(within=value),
    "the date of a target": lambda value: target(by=value),
    "what is before a date": lambda value: target(by="visits[].start", before=value),
    "which items of a date": lambda value: target(by="visits[].start", where=value),
    "warnings of a clock": lambda value: promise(warnings=value),
    "the share of a warning": lambda value: promise(warnings=[{"name": "w", "share": value}]),
    "policies of a clock": lambda value: promise(policies=value),
    "the order of words": lambda value: promise(policies={"order": value}),
    "a version's beginning": lambda value: promise(effective_from=value),
    "direction of an order": lambda value: order(direction=value),
    "tie break of an order": lambda value: order(tie_break=value),
    "bands of an order": lambda value: order(bands=value),
    "when a band holds": lambda value: order(bands=[{"id": "b", "when": value}]),
    "what a band waits for": lambda value: order(bands=[{"id": "b", "within": value}]),
    "terms of an order": lambda value: order(terms=value),
    "levels of a scale": lambda value: order(terms=[{"id": "t", "scale": {"fact": "tier", "levels": value}}]),
    "defaults of an order": lambda value: order(defaults=value),
    "seasons of an order": lambda value: order(seasons=value),
    "zone of an order": lambda value: order(zone=value),
    "rules of a routing": lambda value: routes(rules=value),
    "codes of a routing rule": lambda value: routes(
        rules=[{"id": "r", "queue": "q", "region": "r", "ranges": [value]}]
    ),
    "zone of boards": lambda value: capacity(zone=value),
    "bands of boards": lambda value: capacity(bands=value),
    "pools of boards": lambda value: capacity(pools=value),
    "slots of a pool": lambda value: pool(slots=value),
    "season of a pool": lambda value: pool(begins=value, ends="03-01"),
    "reserves of a pool": lambda value: pool(reserves=value),
    "buffers of boards": lambda value: capacity(buffers=value),
    "cut-off of a buffer": lambda value: capacity(buffers=[{"id": "b", "slots": 1, "cutoff": value}]),
    "deferral rules": lambda value: capacity(deferrals=value),
    "calendars of a catalog": lambda value: catalog(calendars=value),
    "a calendar of a catalog": lambda value: catalog(calendars={"a": value}),
    "milestones of a catalog": lambda value: catalog(milestones=value),
    "a milestone of a catalog": lambda value: catalog(milestones={"a": value}),
    "escalations of a milestone": lambda value: catalog(
        milestones={"a": {"starts": "known(job.id)", "data": {"escalate": [value]}}}
    ),
    "priority of a catalog": lambda value: catalog(priority=value),
    "routing of a catalog": lambda value: catalog(routing=value),
    "capacity of a catalog": lambda value: catalog(capacity=value),
}
"""One place each, where only one kind of value belongs."""

WHOLE: Final[Mapping[str, Enter]] = {
    "Calendar.load": Calendar.load,
    "load_calendars": load_calendars,
    "Compiled.load": Compiled.load,
    "Milestones.load": Milestones.load,
    "PriorityRules.load": PriorityRules.load,
    "RoutingRules.load": RoutingRules.load,
    "CapacityRules.load": CapacityRules.load,
}
"""Doors that take a table as a whole; another kind is a wrong argument."""


def asked(act: Callable[[Calendar, datetime], object]) -> Enter:
    """Return the door of one question to a calendar, and to one that never opens."""

    def enter(value: Any) -> object:
        return act(SHOP, value), act(NEVER, value)

    return enter


def clock(now: datetime = NOW, at: datetime = NOW, **facts: Any) -> object:
    """Read a clock of one moment in every way."""
    milestone = promise()
    known = {"state": "open", **facts}
    timeline = [(at, known)]
    state = refold(timeline, milestone, CALENDARS)
    carried = reading(state, milestone, CALENDARS, known, now)
    coming = next_change(state, milestone, CALENDARS, known, now)
    told = read(timeline, milestone, CALENDARS, now=now, known_at=now)
    assert (told.state, told.elapsed) == (carried.state, carried.elapsed)
    return advance(state, milestone, CALENDARS, known, now, {"state": "done"}), coming


def ranked(now: datetime = NOW, **facts: Any) -> object:
    """Rank one job."""
    known = {"job": {"id": "J-1", "work": {"work_type": "repair"}, "terms": {}, **facts}}
    return rank([known], order(), now), overtaking_bound(
        order(), "standard", arrivals=9, per=timedelta(1), within=timedelta(7), now=now
    )


INSTANTS: Final[Mapping[str, Enter]] = {
    "is_open": asked(Calendar.is_open),
    "add": asked(lambda calendar, at: calendar.add(at, "8 working hours")),
    "add days": asked(lambda calendar, at: calendar.add(at, "2 working days")),
    "subtract": asked(lambda calendar, at: calendar.subtract(at, "8 working hours")),
    "elapsed": asked(lambda calendar, at: calendar.elapsed(NOW, at)),
    "next_opening": asked(Calendar.next_opening),
    "previous_closing": asked(Calendar.previous_closing),
    "intervals": lambda value: SHOP.intervals(value, NOW),
    "compile": lambda value: SHOP.compile(NOW, value),
    "an edition in force": lambda value: Editions(id="e", editions=[Edition(calendar=SHOP)]).at(value),
    "a calendar as known": lambda value: Editions(id="e", editions=[Edition(calendar=SHOP)]).known_at(value),
    "now of a clock": lambda value: clock(now=value, state="done"),
    "a moment of a clock": lambda value: clock(at=value, state="done"),
    "a clock that starts": lambda value: clock(now=value, at=value),
    "a clock that counts days": lambda value: clock(now=value, at=value, tier="days"),
    "now of an order": lambda value: ranked(now=value),
    "an override": lambda value: Override(job="J-1", points=1, reason="r", by="b", at=value),
    "the day of a board": lambda value: capacity().day_of(value),
}
"""Questions about an instant."""

FACTS: Final[Mapping[str, Enter]] = {
    "the state of a clock": lambda value: clock(state=value),
    "since when a clock pauses": lambda value: clock(since=value),
    "items of a date": lambda value: clock(visits=value),
    "an item of a date": lambda value: clock(visits=[value]),
    "the date of an item": lambda value: clock(visits=[{"start": value}]),
    "the tier of a job": lambda value: ranked(terms={"tier": value}),
    "the work of a job": lambda value: ranked(work=value),
}
"""Facts that a host hands over: of whatever kind they are, they are read or unknown."""


def _edge(year: int, hours: int) -> Make:
    offset = timezone(timedelta(hours=hours))
    return lambda: datetime(year, 1, 1, tzinfo=offset)


EDGES: Final[Mapping[str, Make]] = {
    "the first instant of all": lambda: datetime.min.replace(tzinfo=UTC),
    "the last instant of all": lambda: datetime.max.replace(tzinfo=UTC),
    "an instant before all time": lambda: datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    "an instant after all time": lambda: datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    "the first year that counts": _edge(1800, 0),
    "just before the first year": _edge(1800, 14),
    "the first year that does not count": _edge(2200, 0),
    "the end of the last year": _edge(2200, 14),
}
"""Instants at the ends of what can be counted, and beyond them."""

SECOND: Final = " ".join(
    f"{hour:02d}:{minute:02d}:00-{hour:02d}:{minute:02d}:01" for hour in range(24) for minute in range(60)
)
WEEK: Final[Mapping[str, Any]] = {"zone": "UTC", "weekly": {"mon-sun": "08:00-16:00"}}


def rest(rules: Mapping[str, Any]) -> Callable[[Any], object]:
    """Return the door that loads business time and asks it for more than it gives."""
    return lambda value: load_calendar({**rules, **value}).add(NOW, "99999 working hours")


def doubling(value: int) -> object:
    """Load sets of sets that would be written out without end, and write the largest out."""
    sets = {f"c{place}": {"any": [f"c{place - 1}"] * value} for place in range(1, 16)}
    return load_calendars({"c0": WEEK, **sets})["c15"].dump()


def yearly(count: int, observed: str) -> list[dict[str, Any]]:
    """Return so many holidays of every year."""
    return [
        {"name": "D", "on": f"{n % 12 + 1:02d}-{n % 28 + 1:02d}", "observed": observed} for n in range(count)
    ]


def dated(count: int) -> list[dict[str, Any]]:
    """Return so many single dates, with hours."""
    first = date(2026, 1, 1)
    return [{"date": (first + timedelta(days=n)).isoformat(), "hours": "10:00-10:01"} for n in range(count)]


GROWTH: Final[Mapping[str, tuple[Enter, Make]]] = {
    "a shift a minute": (rest({"zone": "UTC"}), lambda: {"weekly": {"mon-sun": SECOND}}),
    "a break a minute": (rest(WEEK), lambda: {"breaks": {"mon-sun": SECOND}}),
    "an opening of a shift a minute": (
        rest(WEEK),
        lambda: {"openings": [{"date": "2026-05-01", "hours": SECOND}]},
    ),
    "five thousand holidays": (rest(WEEK), lambda: {"holidays": yearly(5_000, "free_weekday")}),
    "four hundred holidays that move": (
        rest({"zone": "UTC"}),
        lambda: {"holidays": yearly(400, "free_weekday")},
    ),
    "thirty thousand openings": (rest({"zone": "Europe/Berlin"}), lambda: {"openings": dated(30_000)}),
    "five thousand parts": (lambda value: load_calendar({"any": value}), lambda: [WEEK] * 5_000),
    "sets that double": (doubling, lambda: 40),
    "a calendar that never opens": (rest({"zone": "UTC"}), dict),
}
"""Rules that are sound one by one, and hostile in their number."""
