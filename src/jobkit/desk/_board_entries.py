"""What stands on boards: a visit as a booking, when it stands there, and when it has left."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from math import ceil
from typing import Any, Final

import attrs

from jobkit.desk import _steps
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, edited
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._ranking_band import place_of, ranking_facts
from jobkit.desk._routing_facts import region_of
from jobkit.desk._steps import Steps
from jobkit.instants import utc
from jobkit.lifecycle import covers
from jobkit.model import BoardEntry, Job, Visit
from jobkit.priority import Board, Booking, CapacityRules, draws_on, lapsed
from jobkit.wakeups import Wakeup

ADMITTED: Final = "admitted"
WITHDRAWN: Final = "withdrawn"
"""The kinds of the events by which a visit comes onto a board and leaves it."""

_PAGE: Final = 500


def scope_of(region: str, day: str) -> str:
    """Return the name of a board: of its scope, and of the queue in which a store finds what stands on it."""
    return f"board:{region}:{day}"


def stands(job: Job, visit: Visit) -> bool:
    """Whether a visit stands on its board: not over, and planned for the window that stands there."""
    entry = visit.board
    return entry is not None and job.is_open and visit.outcome is None and visit.planned == entry.window


def entries(job: Job) -> Iterator[tuple[Visit, BoardEntry]]:
    """Yield the visits of a job that stand on a board."""
    for visit in job.visits:
        if visit.board is not None and stands(job, visit):
            yield visit, visit.board


def band_of(office: Office, job: Job, now: datetime) -> str:
    """Return a job's band: by the priority rules, else by `terms.band` (1 the first), else the last one."""
    place = place_of(office, job, now)
    if place is not None:
        return place.band
    bands = () if office.catalog.capacity is None else office.catalog.capacity.data.bands
    number = job.terms.band
    return bands[number - 1] if number is not None and 0 < number <= len(bands) else bands[-1]


def booking_of(office: Office, job: Job, visit: Visit, band: str, now: datetime) -> Booking:
    """
    Return a visit as it asks for slots.

    It takes the estimated time, else its window, and the crew size, else the people named for it.
    """
    span = job.work.estimated
    if span is None and visit.planned is not None:
        span = visit.planned.end - visit.planned.start
    due = job.terms.due.end if job.terms.due is not None else None
    return Booking(
        job=job.id,
        visit=visit.id,
        band=band,
        confirmed=is_firm(visit),
        minutes=0 if span is None else ceil(span.total_seconds() / 60),
        people=len(visit.crew) or 1 if job.work.crew_size is None else job.work.crew_size,
        skills=job.work.skills,
        crew=visit.crew,
        deferred=tuple(utc(given.at) for given in job.terms.deferrals),
        until=due or (None if visit.planned is None else visit.planned.end),
        not_before=_put_off_until(job, visit),
        facts=ranking_facts(office, job, now),
    )


def is_firm(visit: Visit) -> bool:
    """Whether a visit is confirmed, or has a slot for which it was: that waits for no new confirmation."""
    return visit.confirmed is not None or (visit.board is not None and visit.board.confirmed)


def pools_of(rules: CapacityRules, region: str, day: date, booking: Booking) -> tuple[str, ...]:
    """Return the pools of a region and day on which a booking draws."""
    return tuple(pool.id for pool in rules.pools(region, day) if draws_on(pool, booking))


def protecting(office: Office, band: str) -> list[str]:
    """Return the deferral rules by which alone work of *band* leaves a board; none if nothing protects it."""
    rules = () if office.catalog.capacity is None else office.catalog.capacity.data.deferrals
    return [rule.id for rule in rules if band in rule.bands]


def goes_earlier(rules: CapacityRules, entry: BoardEntry, visit: Visit) -> bool:
    """Whether a visit is planned for a day before that of its board."""
    return visit.planned is not None and visit.planned.start < rules.before(date.fromisoformat(entry.day))


def _put_off_until(job: Job, visit: Visit) -> datetime | None:
    """Return until when a job was put off last, unless somebody has signed its visit off since."""
    last = max(job.terms.deferrals, key=lambda each: utc(each.at), default=None)
    if last is None or visit.planned is None:
        return None
    signed = (each for each in visit.sign_offs if each.voided is None and utc(each.at) > utc(last.at))
    return None if any(covers(each.window, visit.planned) for each in signed) else last.until


def read_board(
    office: Office,
    region: str,
    day: date,
    now: datetime,
    *,
    after: Mapping[str, Job] | None = None,
    leaving_out: Collection[tuple[str, str]] = (),
) -> Steps[Board]:
    """Read what stands on a board, with the jobs of *after* as they will be, in the order of admission."""
    drafted = after or {}
    name = scope_of(region, day.isoformat())
    ids = [id for id in (yield from _ids(office, name)) if id not in drafted]
    jobs = (*(yield from office.jobs(tuple(ids))), *drafted.values())
    found = [
        (entry.at, booking_of(office, job, visit, entry.band, now))
        for job in jobs
        for visit, entry in entries(job)
        if (entry.region, entry.day) == (region, day.isoformat()) and (job.id, visit.id) not in leaving_out
    ]
    found.sort(key=lambda each: (each[0], each[1].key))
    return Board(region=region, day=day, bookings=tuple(booking for _, booking in found))


def _ids(office: Office, name: str) -> Steps[tuple[str, ...]]:
    ids: list[str] = []
    after: str | None = None
    while True:
        page = yield from _steps.queue(office.tenant, name, after, _PAGE)
        ids += page.job_ids
        after = page.after
        if after is None:
            return tuple(ids)


def board_wakeups(office: Office, job: Job, now: datetime) -> Iterator[Wakeup]:
    """Yield when the cut-off of its buffer comes for each unconfirmed visit on a board."""
    rules = office.catalog.capacity
    if rules is None:
        return
    for visit, entry in entries(job):
        if not entry.confirmed and (closes := _cut_off(office, rules, job, visit, entry, now)) > now:
            yield Wakeup(at=closes, job_id=job.id, kind="board", name=visit.id)


def _cut_off(
    office: Office, rules: CapacityRules, job: Job, visit: Visit, entry: BoardEntry, now: datetime
) -> datetime:
    day = date.fromisoformat(entry.day)
    booking = booking_of(office, job, visit, entry.band, now)
    buffer = rules.buffer(Board(region=entry.region, day=day), booking, now)
    return rules.before(day) if buffer is None else rules.before(day, buffer.cutoff)


def settled(office: Office, draft: Draft, now: datetime) -> Draft:
    """
    Let visits keep their slots or leave their boards as their windows move, and note who has been confirmed.

    Every path that changes a job comes through here, so that capacity comes back whatever frees it.
    """
    if draft.job.visits == () or all(visit.board is None for visit in draft.job.visits):
        return draft
    for visit in draft.job.visits:
        if visit.board is None:
            continue
        moved = _moved(office, draft, visit, visit.board, now)
        entry = moved or visit.board
        why = _why_gone(office, draft, attrs.evolve(visit, board=entry), entry, now)
        if why is not None:
            draft = _noted(office, draft, visit, None, WITHDRAWN, why, now)
        elif moved is not None:
            draft = _noted(office, draft, visit, moved, ADMITTED, "rescheduled", now)
        elif visit.confirmed is not None and not visit.board.confirmed:
            entry = attrs.evolve(visit.board, confirmed=True)
            draft = _noted(office, draft, visit, entry, ADMITTED, "confirmed", now)
    return draft


def _moved(office: Office, draft: Draft, visit: Visit, entry: BoardEntry, now: datetime) -> BoardEntry | None:
    """
    Return the place to which the entry of a visit moves with its window, None if it has none to move to.

    Within its day it keeps its slot. Protected work changes it for one of an earlier day, which is asked.
    """
    rules, planned = office.catalog.capacity, visit.planned
    if rules is None or planned is None or planned == entry.window or draft.before is None:
        return None
    if has_moved(office, draft, entry):
        return None
    if goes_earlier(rules, entry, visit):
        return (
            _earlier(office, rules, draft.job, visit, entry, now) if protecting(office, entry.band) else None
        )
    ends = rules.before(rules.later(date.fromisoformat(entry.day), 1))
    return attrs.evolve(entry, window=planned) if planned.start < ends else None


def _earlier(
    office: Office, rules: CapacityRules, job: Job, visit: Visit, entry: BoardEntry, now: datetime
) -> BoardEntry:
    """Return the place that a visit asks for on an earlier day: in its band, as firm as the one it had."""
    assert visit.planned is not None  # only a planned visit goes earlier
    day = rules.day_of(visit.planned.start)
    region = region_of(office.catalog, job, now) or entry.region
    pools = pools_of(rules, region, day, booking_of(office, job, visit, entry.band, now))
    return attrs.evolve(entry, region=region, day=day.isoformat(), pools=pools, window=visit.planned, at=now)


def _why_gone(office: Office, draft: Draft, visit: Visit, entry: BoardEntry, now: datetime) -> str | None:
    job = draft.job
    if not stands(job, visit):
        return _reason(job, visit)
    if draft.before is None and entry.confirmed and visit.confirmed is None:
        return "unconfirmed"
    if has_moved(office, draft, entry):
        return "other_region"
    rules = office.catalog.capacity
    if rules is None or entry.confirmed:
        return None
    # A confirmation that comes after the cut-off finds the slot given away.
    booking = attrs.evolve(booking_of(office, job, visit, entry.band, now), confirmed=False)
    board = Board(region=entry.region, day=date.fromisoformat(entry.day), bookings=(booking,))
    return "cut_off" if lapsed(board, rules, now=now) else None


def _reason(job: Job, visit: Visit) -> str:
    if visit.outcome is not None:
        return visit.outcome
    if not job.is_open:
        return str(job.state.end)
    return "rescheduled"


def has_moved(office: Office, draft: Draft, entry: BoardEntry) -> bool:
    """
    Whether a draft takes a visit out of the region of its board, as regions will be on its day.

    Rules that changed meanwhile move nothing, and a place that is corrected to that of the board does not.
    """
    before, job = draft.before, draft.job
    if before is None or (before.subject, before.work.territory) == (job.subject, job.work.territory):
        return False
    was, becomes = (region_of(office.catalog, each, entry.window.start) for each in (before, job))
    return becomes not in (was, entry.region)


def _noted(
    office: Office,
    draft: Draft,
    visit: Visit,
    entry: BoardEntry | None,
    kind: str,
    name: str,
    now: datetime,
) -> Draft:
    job = draft.job
    last = draft.events[-1] if draft.events else None
    occurred = now if last is None or name == "cut_off" else last.occurred_at
    more = edited(
        office,
        job,
        with_entry(job, visit.id, entry),
        kind,
        lifecycles=draft.lifecycles,
        by=SYSTEM,
        when=Moment(occurred_at=occurred, recorded_at=now if last is None else last.recorded_at),
        name=name,
        data={**told(visit, entry or visit.board), **_left_for(visit.board, entry)},
    )
    return attrs.evolve(draft.then(more), asleep=draft.asleep)


def _left_for(was: BoardEntry | None, entry: BoardEntry | None) -> Mapping[str, Any]:
    """Return which board a visit left for the one that it stands on now."""
    if was is None or entry is None or (was.region, was.day) == (entry.region, entry.day):
        return {}
    return {"left": {"region": was.region, "day": was.day}}


def with_entry(job: Job, visit_id: str, entry: BoardEntry | None) -> Job:
    """Return the job with a visit put onto a board, or taken off it."""
    visits = (attrs.evolve(each, board=entry) if each.id == visit_id else each for each in job.visits)
    return attrs.evolve(job, visits=tuple(visits))


def told(visit: Visit, entry: BoardEntry | None) -> Mapping[str, Any]:
    """Return what an event says of a board."""
    if entry is None:
        return {"visit": visit.id}
    return {"visit": visit.id, "region": entry.region, "day": entry.day, "band": entry.band}


def board_names(job: Job) -> Iterable[str]:
    """Return the boards on which a job stands."""
    return dict.fromkeys(scope_of(entry.region, entry.day) for _, entry in entries(job))
