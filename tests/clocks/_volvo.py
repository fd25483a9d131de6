"""The incident log of the BPI Challenge 2013 as clocks: response and resolution by Stockholm's hours."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import attrs

from jobkit.calendars import Calendar, holidays_of
from jobkit.clocks import ClockState, Milestones, advance, read, refold
from jobkit.instants import read_instant

LOG: Final = Path(__file__).parents[3] / "shared" / "data" / "bpic2013_incidents.csv.gz"

Moment = tuple[datetime, Mapping[str, Any]]
Case = tuple[str, tuple[Moment, ...]]

_BY_IMPACT: Final = ("Major", "High", "Medium", "Low")
_WAITS: Final = {
    "Wait": "waiting",
    "Wait - User": "user",
    "Wait - Vendor": "vendor",
    "Wait - Customer": "customer",
    "Wait - Implementation": "implementation",
}


def _targets(*amounts: str) -> list[dict[str, Any]]:
    pairs = zip(_BY_IMPACT, amounts, strict=True)
    return [{"name": name, "when": f"impact == '{name}'", "within": amount} for name, amount in pairs]


RULES: Final[Mapping[str, Any]] = {
    "response": {
        "label": "First response",
        "starts": "status == 'Queued'",
        "stops": "status in ['Accepted', 'Completed']",
        "calendar": "stockholm",
        "targets": _targets("1 working hour", "2 working hours", "4 working hours", "8 working hours"),
    },
    "resolution": {
        "label": "Resolution",
        "starts": "status in ['Queued', 'Accepted', 'Unmatched']",
        "stops": "status == 'Completed'",
        "pauses": [
            {"when": f"substatus == '{substatus}'", "reason": reason} for substatus, reason in _WAITS.items()
        ],
        "calendar": "stockholm",
        "targets": _targets("1 working day", "2 working days", "5 working days", "10 working days"),
        "policies": {"reopen": "resume"},
    },
}
"""The log states no targets: these are ours."""


def stockholm() -> Calendar:
    """Return the hours of the office: 08:00 to 17:00 on working days, Swedish holidays closed."""
    holidays = holidays_of("SE", years=range(2010, 2013))
    return Calendar(
        id="stockholm", zone="Europe/Stockholm", weekly={"mon-fri": "08:00-17:00"}, holidays=holidays
    )


@attrs.frozen(kw_only=True)
class Bench:
    """The clocks of the log with the calendar that counts for them."""

    calendars: Mapping[str, Calendar] = attrs.field(factory=lambda: {"stockholm": stockholm()})
    milestones: Milestones = attrs.field(init=False)

    @milestones.default
    def _load(self) -> Milestones:
        return Milestones.load(RULES, calendars=self.calendars)


def cases(log: Path = LOG) -> list[Case]:
    """Return the cases of the log by name, each with its moments in order of time, then of line."""
    rows: dict[str, list[tuple[datetime, int, Mapping[str, Any]]]] = {}
    with gzip.open(log, "rt", encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            facts = {
                "status": row["concept:name"],
                "substatus": row["lifecycle:transition"],
                "impact": row["impact"],
            }
            moment = read_instant(row["time:timestamp"]), number, facts
            rows.setdefault(row["case:concept:name"], []).append(moment)
    return [(name, _ordered(told)) for name, told in sorted(rows.items())]


def _ordered(told: list[tuple[datetime, int, Mapping[str, Any]]]) -> tuple[Moment, ...]:
    return tuple((at, facts) for at, _, facts in sorted(told, key=lambda each: each[:2]))


def carried(moments: Iterable[Moment], name: str, bench: Bench) -> Iterator[ClockState]:
    """Yield the state that a job would carry after each event."""
    state, facts = ClockState(), dict[str, Any]()
    for at, following in moments:
        state = advance(state, bench.milestones[name], bench.calendars, facts, at, following)
        facts = dict(following)
        yield state


def unequal(moments: Sequence[Moment], bench: Bench) -> int:
    """Return at how many prefixes the carried state and a full replay of the prefix are not the same."""
    return sum(
        refold(moments[: count + 1], bench.milestones[name], bench.calendars) != state
        for name in bench.milestones
        for count, state in enumerate(carried(moments, name, bench))
    )


@attrs.frozen(kw_only=True)
class Totals:
    """What one clock comes to over all cases once the log ends."""

    states: Counter[str] = attrs.field(factory=Counter)
    late: Counter[str] = attrs.field(factory=Counter)
    elapsed: timedelta = timedelta(0)
    paused: Mapping[str, timedelta] = attrs.field(factory=dict)


def totals(told: Iterable[Case], name: str, bench: Bench, now: datetime) -> Totals:
    """Return the states, breaches by target, counted time and paused open time of one clock at *now*."""
    states, late, elapsed, paused = Counter[str](), Counter[str](), timedelta(0), Counter[str]()
    office = bench.calendars["stockholm"]
    for _, moments in told:
        found = read(moments, bench.milestones[name], bench.calendars, now=now)
        states[found.state] += 1
        elapsed += found.elapsed
        if found.breached_at is not None:
            late[str(found.target_name)] += 1
        for span in found.spans:
            if span.why == "paused":
                lost = office.elapsed(span.start, span.end)
                paused[str(span.reason)] += lost // timedelta(microseconds=1)
    lengths = {reason: timedelta(microseconds=amount) for reason, amount in paused.most_common()}
    return Totals(states=states, late=late, elapsed=elapsed, paused=lengths)
