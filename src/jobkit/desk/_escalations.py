"""What the outside is told of clocks: reminders at warnings, escalations at a breach, each once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.catalog import BREACHED, Catalog, ClocksSeen, Escalation
from jobkit.clocks import Reading
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, event
from jobkit.desk._office import SYSTEM, Office
from jobkit.history import Event
from jobkit.instants import write_instant
from jobkit.mappings import FrozenMap
from jobkit.model import Job
from jobkit.ports import Effect

POINT: Final = "clock"
"""The kind of an event that says that a clock reached a point: `<clock>.<point>`, at its very instant."""

_OWN: Final = Escalation()


@attrs.frozen(kw_only=True)
class Reached:
    """A point that a clock reached: which, when, and what it said there."""

    clock: str
    point: str
    at: datetime
    told: Reading = attrs.field(eq=False, repr=False)

    @property
    def key(self) -> tuple[str, str, datetime]:
        """What tells one point from another."""
        return self.clock, self.point, self.at


def passed(told: Reading) -> Iterator[Reached]:
    """Yield the points of its present cycle that a reading says were reached."""
    if told.breached_at is not None:
        yield Reached(clock=told.milestone, point=BREACHED, at=told.breached_at, told=told)
    for warning in told.warnings:
        if warning.passed and warning.at is not None:
            yield Reached(clock=told.milestone, point=warning.name, at=warning.at, told=told)


def announced(events: Iterable[Event]) -> frozenset[tuple[str, str, datetime]]:
    """Return the points that a history says were told."""
    return frozenset(
        (str(event.data.get("clock")), str(event.data.get("point")), event.occurred_at)
        for event in events
        if event.kind == POINT
    )


def with_tidings(office: Office, draft: Draft, reached: Sequence[Reached], now: datetime) -> Draft:
    """
    Return the draft with an event for each point and the effects that tell of it.

    The points were reached before the deed that comes upon them: their events stand first, after an opening
    alone.
    """
    if not reached:
        return draft
    facts = {"job": draft.job, "clock": office.catalog.clocks_seen(draft.job, now)}
    events, effects = list[Event](), list[Effect]()
    for point in reached:
        data = _data(point)
        when = Moment(occurred_at=point.at, recorded_at=now)
        name = f"{point.clock}.{point.point}"
        told = event(office, draft.job.id, POINT, by=SYSTEM, when=when, name=name, data=data)
        events.append(told)
        effects += _effects(office.catalog, draft.job, told, point, facts, now)
    opening = draft.events[:1] if draft.before is None else ()
    return attrs.evolve(
        draft,
        events=(*opening, *events, *draft.events[len(opening) :]),
        effects=(*draft.effects, *effects),
    )


def _data(point: Reached) -> dict[str, Any]:
    due = point.at if point.point == BREACHED else point.told.due_at
    return {
        "clock": point.clock,
        "point": point.point,
        "label": point.told.label,
        "cycle": point.told.cycle,
        "target": point.told.target_name,
        "due": None if due is None else write_instant(due),
    }


def _effects(
    catalog: Catalog, job: Job, told: Event, point: Reached, facts: Mapping[str, Any], now: datetime
) -> Iterator[Effect]:
    rules = catalog.escalations_at(point.clock, point.told.version, point.point)
    concerned = [rule for rule in rules if rule.concerns(facts, now)]
    for number, rule in enumerate(concerned or (_OWN,)):
        data = {
            **told.data,
            "at": write_instant(point.at),
            "who": rule.who,
            "queue": rule.queue,
            "job": job.id,
        }
        kept = FrozenMap({name: value for name, value in data.items() if value is not None})
        name = rule.effect or ("escalate" if point.point == BREACHED else "remind")
        yield Effect(event_id=told.id, number=number, name=name, data=kept)


def standing(catalog: Catalog, job: Job, seen: ClocksSeen, now: datetime) -> Iterator[str]:
    """Yield the queues in which escalations keep *job*: those of living clocks past their point."""
    facts = {"job": job, "clock": seen}
    for name, clock in seen.items():
        state = clock.carried
        kept = catalog.escalations.get((name, state.edition or ""), ()) if state.is_live else ()
        rules = [rule for rule in kept if rule.queue is not None]
        points = frozenset(clock.passed()) if rules else ()
        yield from (str(rule.queue) for rule in rules if rule.on in points and rule.concerns(facts, now))
