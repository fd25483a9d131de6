"""Looking at clocks: what they said and why, all of them as columns, and those that are about to be late."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs

from jobkit.calendars import BusinessTime, Editions
from jobkit.catalog import Catalog
from jobkit.clocks import Columns, Reading, columns, read
from jobkit.desk import _steps
from jobkit.desk._index import EVERY_JOB
from jobkit.desk._moments import known, moments
from jobkit.desk._office import Office
from jobkit.desk._routing_facts import region_of
from jobkit.desk._steps import Steps
from jobkit.durations import read_duration
from jobkit.errors import Invalid, NotFound
from jobkit.findings import Template
from jobkit.instants import tick_of, utc
from jobkit.mappings import FrozenMap
from jobkit.model import ClockState, Job

NO_CLOCK = Template(
    "desk.no_clock",
    "Job {job} has no clock {clock}.",
    "Name one of its clocks: {clocks}.",
)
NOT_ELAPSED = Template(
    "desk.not_elapsed",
    "{within} is no span of elapsed time that lies ahead.",
    "Give an elapsed duration of at least nothing, such as 4h.",
)

_PAGE = 200


@attrs.frozen
class ClockRow:
    """One clock of one open job: where a row of the columns belongs."""

    job_id: str
    clock: str


@attrs.frozen(kw_only=True)
class ClockColumns:
    """Every clock of every open job at one instant: whose each row is, and its state, time left and due."""

    rows: tuple[ClockRow, ...]
    columns: Columns


@attrs.frozen(kw_only=True)
class AtRisk:
    """A job with a clock that is due soon, or past it: where it belongs, and what the clock says."""

    job: Job
    region: str | None
    reading: Reading


def clocks(
    office: Office, job_id: str, now: datetime, *, known_at: datetime | None = None
) -> Steps[Mapping[str, Reading]]:
    """
    Return what each clock of a job says at *now*, with its derivation, read off the whole history.

    With *known_at* only what was recorded by then counts, and calendars as they were known then. An unknown
    job and naive instants are refused.
    """
    job = yield from office.job(job_id)
    now, then = utc(now, "$.now"), None if known_at is None else utc(known_at, "$.known_at")
    events = yield from _steps.history(office.tenant, job_id)
    told = moments(known(events, then))
    calendars = {name: _as_known(each, then) for name, each in office.catalog.calendars.items()}
    return FrozenMap(
        {each.name: read(told, each, calendars, now=now) for each in office.catalog.clocks_of(job.type)}
    )


def clock(
    office: Office, job_id: str, name: str, now: datetime, *, known_at: datetime | None = None
) -> Steps[Reading]:
    """
    Return what one clock of a job says at *now*; printed, it tells why, span by span.

    Refused is a clock that jobs of its type do not have, and what `clocks` refuses.
    """
    found = yield from clocks(office, job_id, now, known_at=known_at)
    if name not in found:
        raise NotFound.of(NO_CLOCK, path="$.name", job=job_id, clock=name[:80], clocks=sorted(found))
    return found[name]


def _as_known(calendar: BusinessTime, at: datetime | None) -> BusinessTime:
    return calendar.known_at(at) if at is not None and isinstance(calendar, Editions) else calendar


def clock_columns(office: Office, now: datetime) -> Steps[ClockColumns]:
    """
    Return state, time left and due instant of every clock of every open job at *now*, as columns.

    They come from what the jobs carry, in the order in which the jobs are due. A job that knows of later
    moments is told as of the last of them. A naive *now* is refused.
    """
    now = utc(now, "$.now")
    jobs: list[Job] = []
    after: str | None = None
    while True:
        page = yield from _steps.queue(office.tenant, EVERY_JOB, after, _PAGE)
        jobs += yield from office.jobs(page.job_ids)
        after = page.after
        if after is None:
            return _as_columns(office.catalog, jobs, now)


def _as_columns(catalog: Catalog, jobs: list[Job], now: datetime) -> ClockColumns:
    owners = [(job, name) for job in jobs for name in job.clocks]

    def exact(place: int) -> Reading:
        job, name = owners[place]
        return catalog.clocks_seen(job, now)[name].told

    states = (_asked_at(job.clocks[name], tick_of(now)) for job, name in owners)
    return ClockColumns(
        rows=tuple(ClockRow(job.id, name) for job, name in owners),
        columns=columns(states, catalog.calendars, now, exact=exact),
    )


def _asked_at(state: ClockState, now: int) -> ClockState:
    """Have a clock that knows of moments after *now* read one by one, as of the last of them."""
    late = state.horizon is not None and state.horizon > now
    return attrs.evolve(state, turns=now) if late else state


_LAST: Final = datetime.max.replace(tzinfo=UTC)


def at_risk(
    office: Office,
    now: datetime,
    *,
    within: timedelta | str = "4h",
    region: str | None = None,
    milestones: Collection[str] = (),
    limit: int = 1000,
) -> Steps[tuple[AtRisk, ...]]:
    """
    Return the running clocks of open jobs that are breached, or due *within* a time of *now*, those first.

    Only jobs of *region* and clocks of *milestones* where these are given; at most *limit*. A paused clock is
    not due. A naive *now* and a span that is not elapsed time are refused.
    """
    now = utc(now, "$.now")
    end = now + min(_span(within), _LAST - now)
    found: list[AtRisk] = []
    after: str | None = None
    while True:
        page = yield from _steps.queue(office.tenant, EVERY_JOB, after, _PAGE)
        jobs = yield from office.jobs(page.job_ids)
        near = [each for job in jobs for each in _near(office.catalog, job, now, end)]
        found += (each for each in near if _asked(each, region, milestones))
        after = page.after
        # Jobs come with the one that is due first before: after one with nothing near none is.
        if after is None or not any(each.job == jobs[-1] for each in near):
            return tuple(sorted(found, key=_due))[:limit]


def _span(within: timedelta | str) -> timedelta:
    span = read_duration(within, "$.within") if isinstance(within, str) else within
    if not isinstance(span, timedelta) or span < timedelta():
        raise Invalid.of(NOT_ELAPSED, path="$.within", within=str(within)[:50])
    return span


def _near(catalog: Catalog, job: Job, now: datetime, end: datetime) -> Iterator[AtRisk]:
    region, seen = region_of(catalog, job, now), catalog.clocks_seen(job, now)
    last = tick_of(end)
    for clock in seen.values():
        due = clock.seen.due if clock.carried.is_live else None
        if due is not None and due <= last:
            yield AtRisk(job=job, region=region, reading=clock.told)


def _asked(each: AtRisk, region: str | None, milestones: Collection[str]) -> bool:
    return (region is None or each.region == region) and (
        not milestones or each.reading.milestone in milestones
    )


def _due(each: AtRisk) -> tuple[Any, ...]:
    return each.reading.due_at, each.job.id, each.reading.milestone
