"""What time alone does: automatic transitions and age limits, computed from when a state was entered."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import attrs

from jobkit.answers import Answer
from jobkit.durations import Duration, Working
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import utc
from jobkit.lifecycle._jobs import Lifecycles, Moved, ask, move
from jobkit.lifecycle._permissions import standing
from jobkit.lifecycle._rule import Facts, Option
from jobkit.lifecycle._structure import SYSTEM, Edge
from jobkit.mappings import EMPTY
from jobkit.model import Actor, Job
from jobkit.wakeups import Wakeup

NO_CALENDAR = Template(
    "lifecycle.no_calendar",
    "State {state} of facet {facet} counts {after}, and no calendar was given.",
    "Give the calendar by which working time is counted.",
)
TOO_MANY_MOVES = Template(
    "lifecycle.too_many_moves",
    "Job {job} was moved {limit} times by time alone and could go on.",
    "Ask again to go on, and look whether the lifecycle moves in a circle.",
)

SYSTEM_ACTOR: Final = Actor(id="jobkit", role=SYSTEM)
"""Who makes automatic moves."""

_LATEST: Final = datetime.max.replace(tzinfo=UTC)


class WorkingTime(Protocol):
    """A calendar, as far as timers need one."""

    def add(self, start: datetime, amount: Working, /) -> datetime:
        """Return the instant at which *amount* of working time has passed since *start*."""


@attrs.frozen(kw_only=True)
class Due:
    """An automatic transition whose time has come at *at*; the answer says whether it is open."""

    at: datetime
    facet: str
    trigger: str
    transition: str
    answer: Answer[Option]


@attrs.frozen(kw_only=True)
class Overdue:
    """A state whose limit the job passed at *at*; `queue` is where such jobs are kept."""

    at: datetime
    facet: str
    state: str
    owner: str | None = None
    queue: str | None = None


@attrs.frozen
class Advanced:
    """The job after everything that time had set off, the moves one by one, and what stands in the way."""

    job: Job
    moves: tuple[Moved, ...] = ()
    findings: tuple[Finding, ...] = ()


def wakeups(job: Job, lifecycles: Lifecycles, calendar: WorkingTime | None = None) -> tuple[Wakeup, ...]:
    """
    Return every instant at which a timer or an age limit of the job's present states passes, earliest first.

    Those already passed are among them. Working time without a *calendar* is refused.
    """
    timers = [
        Wakeup(at=at, job_id=job.id, kind="transition", name=f"{facet}.{edge.transition.id}")
        for at, facet, edge in _timers(job, lifecycles, calendar)
    ]
    limits = [
        Wakeup(at=each.at, job_id=job.id, kind="age_limit", name=f"{each.facet}.{each.state}")
        for each in _limits(job, lifecycles, calendar)
    ]
    return tuple(sorted((*timers, *limits)))


def _timers(
    job: Job, lifecycles: Lifecycles, calendar: WorkingTime | None
) -> Iterator[tuple[datetime, str, Edge]]:
    for facet, lifecycle, rule in standing(job, lifecycles):
        for edge in lifecycle.edges(rule.name):
            after = edge.transition.after
            at = None if after is None else _passes(job, facet, after, calendar)
            if at is not None:
                yield at, facet, edge


def _limits(job: Job, lifecycles: Lifecycles, calendar: WorkingTime | None) -> Iterator[Overdue]:
    for facet, _, rule in standing(job, lifecycles):
        at = None if rule.limit is None else _passes(job, facet, rule.limit.after, calendar)
        if at is not None and rule.limit is not None:
            yield Overdue(at=at, facet=facet, state=rule.name, owner=rule.owner, queue=rule.limit.queue)


def _passes(job: Job, facet: str, after: Duration, calendar: WorkingTime | None) -> datetime | None:
    """Return when *after* has passed since the facet's state was entered; None when it never does."""
    since = job.states[facet].since
    if since is None:
        return None
    if isinstance(after, timedelta):
        return None if after > _LATEST - since else since + after
    if calendar is None:
        state = job.states[facet].name
        raise Invalid.of(NO_CALENDAR, path=f"$.states[{facet}]", state=state, facet=facet, after=str(after))
    return utc(calendar.add(since, after))


def overdue(
    job: Job, lifecycles: Lifecycles, now: datetime, calendar: WorkingTime | None = None
) -> tuple[Overdue, ...]:
    """Return the age limits that have passed at *now*; a limit is passed at its very instant."""
    now = utc(now, "$.now")
    return tuple(each for each in _limits(job, lifecycles, calendar) if each.at <= now)


def due(
    job: Job,
    lifecycles: Lifecycles,
    now: datetime,
    *,
    facts: Facts = EMPTY,
    calendar: WorkingTime | None = None,
) -> tuple[Due, ...]:
    """
    Return the automatic transitions whose time has come at *now*, earliest first.

    Each is asked as of its own instant.
    """
    now = utc(now, "$.now")
    passed = [timer for timer in _timers(job, lifecycles, calendar) if timer[0] <= now]
    return tuple(
        Due(
            at=at,
            facet=facet,
            trigger=edge.transition.trigger,
            transition=edge.transition.id,
            answer=ask(
                job, lifecycles, edge.transition.trigger, by=SYSTEM_ACTOR, at=at, facts=facts, facet=facet
            ),
        )
        for at, facet, edge in sorted(passed, key=lambda timer: timer[0])
    )


def advance(
    job: Job,
    lifecycles: Lifecycles,
    now: datetime,
    *,
    event_ids: Iterable[str],
    facts: Mapping[str, Any] = EMPTY,
    calendar: WorkingTime | None = None,
    most: int = 8,
) -> Advanced:
    """
    Make every automatic move that is due at *now*, the earliest first, each at exactly its due instant.

    A move may make the next one due; after *most* of them it stops and says so. Timers that are due but not
    open are told in the findings. *event_ids* gives each event its id; with too few of them it stops as well.
    """
    ids, moves = iter(event_ids), list[Moved]()
    while True:
        waiting = due(job, lifecycles, now, facts=facts, calendar=calendar)
        first = next((each for each in waiting if each.answer.open), None)
        if first is None:
            closed = tuple(finding for each in waiting for finding in each.answer.findings)
            return Advanced(job, tuple(moves), closed)
        event_id = next(ids, None)
        if len(moves) == most or event_id is None:
            stopped = Finding.of(TOO_MANY_MOVES, severity="warn", job=job.id, limit=len(moves))
            return Advanced(job, tuple(moves), (stopped,))
        moves.append(_fired(job, lifecycles, first, event_id, now, facts))
        job = moves[-1].job


def _fired(
    job: Job, lifecycles: Lifecycles, timer: Due, event_id: str, now: datetime, facts: Mapping[str, Any]
) -> Moved:
    return move(
        job,
        lifecycles,
        timer.trigger,
        event_id=event_id,
        by=SYSTEM_ACTOR,
        at=timer.at,
        recorded_at=now,
        facts=facts,
        facet=timer.facet,
    )
