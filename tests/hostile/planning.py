"""The verbs of a desk that promises, ranks, routes and plans as doors: clocks, order of work and boards."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import count
from typing import Any, Final

from jobkit.clocks import CalendarChoice, Milestone, Pause, Policies, Promise, Target, WarningPoint
from jobkit.clocks import columns as clocks_in_columns
from jobkit.desk import Desk, PutOff
from jobkit.durations import read_duration
from jobkit.history import FieldChange
from jobkit.lifecycle import Migration
from jobkit.model import Actor, Window
from jobkit.stores.sqlite import SQLiteStore
from tests.desk.dispatch import CAPACITY, NOW, PAUL, WINDOW, admitted, said, service, sure
from tests.desk.test_devices import sent, told
from tests.hostile.orders import CALENDARS
from tests.hostile.slots import Enter

_NUMBERS: Final = count(1)
_POOL: Final[Mapping[str, Any]] = {**CAPACITY["pools"][0], "slots": 50}
TABLES: Final[Mapping[str, Any]] = {
    "capacity": {**CAPACITY, "pools": [_POOL]},
    "calendars": {"shop": {"zone": "Europe/Berlin", "weekly": {"mon-fri": "08:00-16:00"}}},
    "milestones": {
        "reply": {
            "starts": 'job.states["work"].name == "open"',
            "stops": 'job.states["work"].name == "done"',
            "calendar": "shop",
            "targets": [{"within": "8 working hours"}],
        }
    },
}


@lru_cache(maxsize=1)
def desk() -> Desk:
    """Return a desk of the regional service that promises a reply."""
    return Desk(service(**TABLES), SQLiteStore(":memory:"))


@lru_cache(maxsize=1)
def known() -> str:
    """Return the id of a job that is only looked at."""
    return admitted(desk(), "KNOWN").id


def _window() -> tuple[str, Window]:
    number = next(_NUMBERS)
    ahead = timedelta(days=number)
    return f"J-{number}", Window(WINDOW.start + ahead, WINDOW.end + ahead)


def going(kind: str = "repair") -> str:
    """Return the id of a fresh job whose confirmed visit stands on no board."""
    id, window = _window()
    return sure(desk(), id, kind, window).id


def standing(kind: str = "repair") -> str:
    """Return the id of a fresh job whose visit stands on the board of a day of its own."""
    id, window = _window()
    return admitted(desk(), id, kind, window).id


def _read_back(id: str, done: Any) -> object:
    """Read the job again in every way: what is taken must not poison the store."""
    assert desk().job(id) == next(job for job in done.jobs if job.id == id)
    return desk().clocks(id, NOW), desk().rank("everybody", now=NOW)


def admit(**more: Any) -> object:
    """Admit a fresh job; asking first comes to the same."""
    id, how = going(), {"by": PAUL, "at": NOW, **more}
    answer = desk().admission(id, **{name: each for name, each in how.items() if name != "command_key"})
    done = desk().admit(id, **how)
    assert answer.open
    return _read_back(id, done)


def displace(**more: Any) -> object:
    """Admit a fresh emergency in the place of planned work."""
    going_off = standing("preventive")
    put = PutOff(**{"job": going_off, "until": NOW + timedelta(days=3), "told": "e-1", **more})
    return desk().admit(going("breakdown"), by=PAUL, at=NOW, rule="storm", displacing=[put])


def withdraw(**more: Any) -> object:
    """Take a fresh job off its board."""
    id = standing()
    return _read_back(id, desk().withdraw(id, **{"reason": "ill", "by": PAUL, "at": NOW, **more}))


def defer(**more: Any) -> object:
    """Put fresh planned work off."""
    id = standing("preventive")
    how = {"rule": "storm", "until": NOW + timedelta(days=3), "reason": "storm", "by": PAUL, "at": NOW}
    return _read_back(id, desk().defer(id, **{**how, "told": said(desk(), id), **more}))


def override(**more: Any) -> object:
    """Move a fresh job by a person's word."""
    id = going()
    how = {"reason": "asked", "by": PAUL, "at": NOW, "points": 1, **more}
    return _read_back(id, desk().override_priority(id, **how))


def synced(path: str, value: Any) -> object:
    """Let a device write onto a job that stands on a board: nobody's word comes from there."""
    id = standing("preventive")
    job = desk().job(id)
    change = FieldChange(path, None, value)
    received = sent(desk(), job, told(job, "amended", by=PAUL, at=NOW, changes=(change,)), at=NOW)
    after = desk().job(id)
    assert received.rejected
    assert (after.terms, after.visits) == (job.terms, job.visits)
    return desk().clocks(id, NOW), desk().rank("everybody", now=NOW)


def migrated(**more: Any) -> object:
    """Pin a fresh job to other rules."""
    how = {"from_hash": "a", "to_hash": "b", **more}
    return desk().migrate(going(), Migration(**how), by=PAUL, at=NOW)


def at_risk(**more: Any) -> object:
    """Ask which clocks are at risk."""
    return desk().at_risk(**{"now": NOW, **more})


def built(**changes: Any) -> Milestone:
    """Build a milestone in Python, with some of its keys replaced."""
    sound = {"starts": "known(asked)", "stops": "known(answered)", "targets": (Target(within=_EIGHT),)}
    return Milestone.load("reply", Promise(**{**sound, **changes}), calendars=CALENDARS)


_EIGHT: Final = read_duration("8 working hours")

DATA: Final[Mapping[str, Enter]] = {
    "starts of a built promise": lambda value: built(starts=value),
    "version of a built promise": lambda value: built(version=value),
    "pauses of a built promise": lambda value: built(pauses=(Pause(when=value),)),
    "reason of a built pause": lambda value: built(pauses=(Pause(when="known(a)", reason=value),)),
    "a built choice": lambda value: built(calendars=(CalendarChoice(calendar="shop", when=value),)),
    "calendar of a built choice": lambda value: built(calendars=(CalendarChoice(calendar=value),)),
    "name of a built target": lambda value: built(targets=(Target(name=value, within=_EIGHT),)),
    "date of a built target": lambda value: built(targets=(Target(by=value),)),
    "items of a built target": lambda value: built(targets=(Target(by="a[].b", where=value),)),
    "pick of a built target": lambda value: built(targets=(Target(by="a[].b", pick=value),)),
    "share of a built warning": lambda value: built(warnings=(WarningPoint(name="w", share=value),)),
    "data of a built warning": lambda value: built(
        warnings=(WarningPoint(name="w", share=0.5, data={"a": value}),)
    ),
    "reopening of built policies": lambda value: built(policies=Policies(reopen=value)),
    "data of a built promise": lambda value: built(data={"a": value}),
}
"""Values built in Python that no type checker has seen: each holds one thing that does not belong there."""

TEXTS: Final[Mapping[str, Enter]] = {
    "the job of clocks": lambda value: desk().clocks(value, NOW),
    "the job of a clock": lambda value: desk().clock(value, "reply", NOW),
    "the name of a clock": lambda value: desk().clock(known(), value, NOW),
    "the time of a risk": lambda value: at_risk(within=value),
    "the queue of an order": lambda value: desk().rank(value, now=NOW),
    "the job of a route": lambda value: desk().route(value, now=NOW),
    "the job of an admission": lambda value: desk().admission(value, by=PAUL, at=NOW),
    "the visit of an admission": lambda value: admit(visit_id=value),
    "the command key of an admission": lambda value: admit(command_key=value),
    "who admits": lambda value: admit(by=Actor(id=value)),
    "what is displaced": lambda value: displace(job=value),
    "what the displaced were told": lambda value: displace(told=value),
    "the job of a withdrawal": lambda value: desk().withdraw(value, reason="ill", by=PAUL, at=NOW),
    "the visit of a withdrawal": lambda value: withdraw(visit_id=value),
    "the reason of a withdrawal": lambda value: withdraw(reason=value),
    "the command key of a withdrawal": lambda value: withdraw(command_key=value),
    "who would be displaced": lambda value: desk().displaceable(value, rule="storm", now=NOW),
    "the rule of displacing": lambda value: desk().displaceable(known(), rule=value, now=NOW),
    "the visit that displaces": lambda value: desk().displaceable(
        known(), rule="storm", now=NOW, visit_id=value
    ),
    "the rule of a deferral": lambda value: defer(rule=value),
    "the reason of a deferral": lambda value: defer(reason=value),
    "the word of a deferral": lambda value: defer(told=value),
    "the command key of a deferral": lambda value: defer(command_key=value),
    "the reason of an override": lambda value: override(reason=value),
    "the band of an override": lambda value: override(band=value),
    "the command key of an override": lambda value: override(command_key=value),
    "the old rules of a migration": lambda value: migrated(from_hash=value),
    "the new rules of a migration": lambda value: migrated(to_hash=value),
    "the reason of a migration": lambda value: migrated(reason=value),
    "who overrides": lambda value: override(by=Actor(id=value)),
}
"""Arguments that are text."""

DEVICES: Final[Mapping[str, Enter]] = {
    "an override from a device": lambda value: synced("$.terms.overrides[o1]", value),
    "the overrides from a device": lambda value: synced("$.terms.overrides", value),
    "a deferral from a device": lambda value: synced("$.terms.deferrals[d1]", value),
    "a board from a device": lambda value: synced("$.visits[v1].board", value),
}
"""Places that a device has no word about: whatever it sends is refused, or kept as refused."""

SEARCHES: Final[Mapping[str, Enter]] = {
    "the region at risk": lambda value: at_risk(region=value),
    "the milestones at risk": lambda value: at_risk(milestones=[value]),
    "the rule of an admission without displacing": lambda value: admit(rule=value),
    "the region of a board": lambda value: desk().board(value, date(2026, 3, 12), now=NOW),
    "the regions overbooked": lambda value: desk().overbooked([value], date(2026, 3, 12), now=NOW, days=1),
}
"""Texts by which something is looked for: nothing may be found."""

DERIVED: Final[Mapping[str, Enter]] = {
    "now of the clocks of a job": lambda value: desk().clocks(known(), value),
    "now of a job's clock": lambda value: desk().clock(known(), "reply", value),
}
"""Arguments up to which each span of a clock is told one by one, which takes as long as there are spans."""

INSTANTS: Final[Mapping[str, Enter]] = {
    "what was known of clocks": lambda value: desk().clocks(known(), NOW, known_at=value),
    "now of clocks in columns": lambda value: desk().clock_columns(value),
    "now of columns": lambda value: clocks_in_columns([None], CALENDARS, value),
    "now of a risk": lambda value: at_risk(now=value),
    "now of a queue's order": lambda value: desk().rank("everybody", now=value),
    "now of a route": lambda value: desk().route(known(), now=value),
    "now of a board": lambda value: desk().board("north", date(2026, 3, 12), now=value),
    "now of what is overbooked": lambda value: desk().overbooked(["north"], date(2026, 3, 12), now=value),
    "now of displacing": lambda value: desk().displaceable(known(), rule="storm", now=value),
    "the instant of an admission": lambda value: admit(at=value),
    "the instant of a withdrawal": lambda value: withdraw(at=value),
    "the instant of a deferral": lambda value: defer(at=value),
    "until when work is put off": lambda value: defer(until=value),
    "until when work is displaced": lambda value: displace(until=value),
    "the instant of an override": lambda value: override(at=value),
    "the end of an override": lambda value: override(until=value),
    "the beginning of a promise that was built": lambda value: built(effective_from=value),
}
"""Arguments that are instants."""


def _overbooked(first: date, days: int = 14) -> object:
    return desk().overbooked(["north"], first, now=NOW, days=days)


EXTREMES: Final[Mapping[str, Enter]] = {
    "points of an override": lambda value: override(points=value),
    "days of what is overbooked": lambda value: _overbooked(date(2026, 3, 12), value),
    "the end of all days overbooked": lambda value: _overbooked(date.max, abs(value) % 99),
    "the end of all days": lambda value: desk().board("north", date.max, now=NOW),
    "the first of all days": lambda value: desk().board("north", date.min, now=NOW),
    "the first of all days overbooked": lambda value: _overbooked(date.min),
    "jobs at risk": lambda value: at_risk(limit=value),
    "jobs of a queue's order": lambda value: desk().rank("everybody", now=NOW, limit=value),
    "the time within of a risk": lambda value: at_risk(within=timedelta(microseconds=value % 10**19)),
    "the share of a warning that was built": lambda value: built(
        warnings=(WarningPoint(name="w", share=value),)
    ),
}
"""Whole numbers of any size, and days at the ends of all."""
