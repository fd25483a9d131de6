"""The excerpt of a ServiceNow audit log, judged again by targets found from half of its cases."""

import csv
import gzip
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import attrs

from jobkit.clocks import Milestone, Milestones, Reading, read
from jobkit.clocks._reading import write_length
from jobkit.durations import write_duration

LOG: Final = Path(__file__).parents[3] / "shared" / "data" / "uci_servicenow_incidents_5998.csv.gz"
NULL: Final = "?"
MINUTE: Final = timedelta(minutes=1)
LONG: Final = timedelta(days=30)
"""Incidents of the log are closed by themselves five days after they are resolved, some weeks later."""


@attrs.frozen(kw_only=True)
class Incident:
    """One incident: its moments in order, its last priority, and what the log says of its end."""

    number: str
    moments: tuple[tuple[datetime, Mapping[str, Any]], ...]
    priority: str
    resolved: datetime | None
    closed: datetime
    made: bool

    @property
    def end(self) -> datetime:
        """An instant at which everything that was logged has happened."""
        return max(self.closed, self.moments[-1][0])

    @property
    def took(self) -> timedelta:
        """How long its clock ran, from opening to the resolution that held."""
        return read(self.moments, BARE, now=self.end).elapsed


def instant(text: str) -> datetime:
    """Read a time of the log, which names no zone: it is taken as UTC throughout."""
    return datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=UTC)


def incidents(log: Path = LOG) -> list[Incident]:
    """Return the incidents of the log in the order in which they were opened."""
    cases: dict[str, list[dict[str, str]]] = {}
    with gzip.open(log, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            cases.setdefault(row["number"], []).append(row)
    return sorted(map(_incident, cases.values()), key=lambda each: (each.moments[0][0], each.number))


def _incident(rows: Sequence[dict[str, str]]) -> Incident:
    last, opened = rows[-1], instant(rows[0]["opened_at"])
    begun = opened, {"state": "New", "priority": rows[0]["priority"]}
    told = zip(_instants(rows, opened), map(_facts, rows), strict=True)
    return Incident(
        number=last["number"],
        moments=(begun, *told),
        priority=last["priority"],
        resolved=None if last["resolved_at"] == NULL else instant(last["resolved_at"]),
        closed=instant(last["closed_at"]),
        made=last["made_sla"] == "TRUE",
    )


def _instants(rows: Sequence[Mapping[str, str]], opened: datetime) -> list[datetime]:
    """
    Return when each row was written, in the order of the log.

    Five rows are dated before their incident was opened, and one after the rows that follow it: each is moved
    between its neighbours.
    """
    latest = accumulate((instant(row["sys_updated_at"]) for row in reversed(rows)), min)
    return [max(at, opened) for at in reversed(list(latest))]


def _facts(row: Mapping[str, str]) -> dict[str, str]:
    return {"state": row["incident_state"], "priority": row["priority"]}


@attrs.frozen(kw_only=True)
class Limit:
    """What taught cases show of a priority: the longest time of a promise kept, the next of one broken."""

    kept: timedelta
    broken: timedelta

    @property
    def target(self) -> timedelta:
        """The target halfway between, in whole minutes."""
        return max((self.kept + self.broken) / 2 // MINUTE * MINUTE, MINUTE)


def limits(taught: Iterable[Incident]) -> dict[str, Limit]:
    """Return for each priority between which times its target lies to fit most verdicts of *taught*."""
    by_priority: dict[str, list[tuple[timedelta, bool]]] = {}
    for incident in taught:
        by_priority.setdefault(incident.priority, []).append((incident.took, incident.made))
    return {priority: _limit(cases) for priority, cases in sorted(by_priority.items())}


def _limit(cases: Sequence[tuple[timedelta, bool]]) -> Limit:
    def agreed(limit: timedelta) -> int:
        return sum(made is (took <= limit) for took, made in cases)

    best = max((timedelta(0), *(took for took, _ in cases)), key=lambda limit: (agreed(limit), limit))
    return Limit(kept=best, broken=min((took for took, _ in cases if took > best), default=best))


def promise(found: Mapping[str, Limit], past_breach: str = "forget") -> Milestone:
    """Return the promise to resolve within the target of the priority at hand."""
    chosen = [
        {"name": name, "when": {"field": "priority", "is": name}, "within": write_duration(limit.target)}
        for name, limit in found.items()
    ]
    rules = {
        "starts": "state not in ['Resolved', 'Closed']",
        "stops": "state in ['Resolved', 'Closed']",
        "targets": chosen,
        "policies": {"reopen": "resume", "past_breach": past_breach},
    }
    return Milestones.load({"resolution": rules})["resolution"]


BARE: Final = promise({})
"""The same clock without any target: it only counts."""


@attrs.frozen(kw_only=True)
class Disagreement:
    """A case on which log and clock differ, with the field that speaks against the recorded verdict."""

    incident: Incident
    reading: Reading
    field: str
    because: str


def judged(
    cases: Iterable[Incident], found: Mapping[str, Limit], past_breach: str = "forget"
) -> tuple[int, list[Disagreement]]:
    """Return on how many cases the clock says what the log says, and the others, each explained."""
    rules, agreed, others = promise(found, past_breach), 0, list[Disagreement]()
    for incident in cases:
        told = read(incident.moments, rules, now=incident.end)
        if (told.state == "met") is incident.made:
            agreed += 1
        else:
            field, because = _explained(incident, told, found[incident.priority])
            others.append(Disagreement(incident=incident, reading=told, field=field, because=because))
    return agreed, others


def _explained(incident: Incident, told: Reading, limit: Limit) -> tuple[str, str]:
    took, idle = write_length(told.elapsed), incident.closed - (incident.resolved or incident.closed)
    if limit.kept < told.elapsed < limit.broken:
        between = f"{write_length(limit.kept)}, kept, and {write_length(limit.broken)}, broken"
        return "priority", f"took {took}; nothing was taught between {between}"
    if told.state == "met_late" and told.elapsed <= limit.target:
        return "priority", f"took {took}; broken under another priority before the last one was given"
    if told.state == "met" and idle > LONG:
        return "closed_at", f"took {took}, and was closed {idle.days} days after it was resolved"
    return "nothing", f"took {took}"
