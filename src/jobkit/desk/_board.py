"""Boards on the desk: admitting visits, taking them off, putting planned work off, and how a day stands."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import attrs

from jobkit.answers import Answer
from jobkit.desk._board_entries import (
    ADMITTED,
    WITHDRAWN,
    band_of,
    booking_of,
    entries,
    pools_of,
    protecting,
    read_board,
    told,
    with_entry,
)
from jobkit.desk._board_rules import put_off
from jobkit.desk._commands import Command, command, must_say
from jobkit.desk._draft import Draft
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited
from jobkit.desk._office import Office
from jobkit.desk._record import Done, committed, done_before, made_ready, on_job
from jobkit.desk._routing_facts import region_of
from jobkit.desk._steps import Steps
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.lifecycle import Lifecycles
from jobkit.model import Actor, BoardEntry, Deferral, Job, Visit, next_visit
from jobkit.priority import (
    Board,
    Booking,
    CapacityRules,
    Displaced,
    Overbooked,
    Standing,
    displace,
    standing,
)
from jobkit.priority import overbooked as overbooked_of

NO_CAPACITY = Template(
    "desk.no_capacity",
    "The catalog {catalog} has no capacity rules.",
    "Give the catalog a capacity table.",
)
NO_WINDOW = Template(
    "desk.no_window_to_admit",
    "Job {job} has no visit with a planned window to be admitted.",
    "Plan the visit first, or name one that is planned.",
)
NO_REGION = Template(
    "desk.no_region",
    "Nobody knows in which region job {job} is.",
    "Record subject.postal_code or work.territory, so that it can be routed.",
)
ADMITTED_BEFORE = Template(
    "desk.admitted_before",
    "Visit {visit} of job {job} stands on the board of {region} on {day} already, in the band {band}.",
    "Nothing is needed.",
)
NOT_ADMITTED = Template(
    "desk.not_admitted",
    "No visit of job {job} stands on a board.",
    "Nothing is needed; admit it first if it should.",
)
ONLY_BY_RULE = Template(
    "desk.withdraw_by_rule",
    "Job {job} is planned work of the band {band}, which leaves a board only by rule.",
    "Put it off with defer by one of the rules {rules}, or reschedule the visit to an earlier time.",
)
NEVER_ENDING = Template(
    "desk.days",
    "{days} days are not a span of days to look at.",
    "Give from 1 to {most} days.",
)

_MOST_DAYS: Final = 92


@attrs.frozen(kw_only=True)
class PutOff:
    """That a job is put off until an instant, and the event that records how its customer was told."""

    job: str
    until: datetime
    told: str


@attrs.frozen(kw_only=True)
class DayBoard:
    """A day's board: what is admitted in which order, how each pool stands, and the jobs behind it."""

    board: Board
    standing: tuple[Standing, ...]
    jobs: tuple[Job, ...]

    @property
    def buffered(self) -> tuple[Booking, ...]:
        """What stands there unconfirmed."""
        return tuple(each for each in self.board.bookings if not each.confirmed)


def capacity_of(office: Office) -> CapacityRules:
    """Return the capacity rules of the catalog; without any, the verbs on boards are refused."""
    if office.catalog.capacity is None:
        raise NotFound.of(NO_CAPACITY, catalog=office.catalog.id)
    return office.catalog.capacity


def board(office: Office, region: str, day: date, *, now: datetime) -> Steps[DayBoard]:
    """Return how the board of a region and day stands at *now*; a catalog without capacity is refused."""
    rules, instant = capacity_of(office), utc(now, "$.now")
    found = yield from read_board(office, region, day, instant)
    jobs = yield from office.jobs(tuple(dict.fromkeys(each.job for each in found.bookings)))
    return DayBoard(board=found, standing=standing(found, rules, now=instant), jobs=jobs)


def overbooked(
    office: Office, regions: Iterable[str], first: date, *, now: datetime, days: int = 14
) -> Steps[tuple[Overbooked, ...]]:
    """
    Return the pools of *regions* with more admitted than there is, on so many days from *first* on.

    Refused are a catalog without capacity, fewer days than one, and more than a quarter of a year.
    """
    rules, instant = capacity_of(office), utc(now, "$.now")
    if isinstance(regions, str):
        # A text is an iterable of texts too, and type checkers let it pass.
        raise TypeError(f"regions must be several names, as in [{regions!r}], not one text")
    if not 1 <= days <= _MOST_DAYS:
        raise Invalid.of(NEVER_ENDING, path="$.days", days=days, most=_MOST_DAYS)
    boards: list[Board] = []
    for region in dict.fromkeys(regions):
        for ahead in range(days):
            boards.append((yield from read_board(office, region, rules.later(first, ahead), instant)))
    return overbooked_of(boards, rules, now=instant)


@attrs.frozen(kw_only=True)
class _Wanted:
    """What an admission is asked with."""

    visit: str | None
    rule: str | None
    displacing: tuple[PutOff, ...]
    by: Actor
    at: datetime


def admission(
    office: Office,
    job_id: str,
    *,
    by: Actor,
    at: datetime,
    visit_id: str | None = None,
    rule: str | None = None,
    displacing: Sequence[PutOff] = (),
) -> Steps[Answer[str]]:
    """
    Return whether `admit` with the same arguments would succeed, with everything that speaks against it.

    Where there is no room the findings name the reserve and the days that have room. Nothing is changed. An
    unknown job, and a catalog without capacity, are refused.
    """
    capacity_of(office)
    yield from office.job(job_id)
    wanted = _Wanted(visit=visit_id, rule=rule, displacing=tuple(displacing), by=by, at=at)
    asking = office.asking()
    try:
        drafts = yield from _admitted(asking, job_id, wanted)
        ready = yield from made_ready(asking, drafts, at)
    except (Refused, Invalid, NotFound) as error:
        return Answer("admit", error.findings)
    return Answer("admit", ready.findings)


def admit(
    office: Office,
    job_id: str,
    *,
    by: Actor,
    at: datetime,
    visit_id: str | None = None,
    rule: str | None = None,
    displacing: Sequence[PutOff] = (),
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Put the next planned visit of a job, or the one named, on the board of its region and day.

    With *displacing*, planned work of other jobs is put off for its sake by the published *rule*, in the same
    commit. Refused with what `admission` tells; of two who want the last slot, one meets a `Conflict`.
    """
    capacity_of(office)
    wanted = _Wanted(visit=visit_id, rule=rule, displacing=tuple(displacing), by=by, at=at)
    asked = _command(command_key, job_id, wanted)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    drafts = yield from _admitted(office, job_id, wanted)
    ready = yield from made_ready(office, drafts, at)
    return (yield from committed(office, ready, asked))


def _command(key: str | None, job_id: str, wanted: _Wanted) -> Command:
    told = [{"job": each.job, "until": each.until, "told": each.told} for each in wanted.displacing]
    return command(
        key, "admit", (job_id,), visit=wanted.visit, rule=wanted.rule, displacing=told, by=wanted.by
    )


def _admitted(office: Office, job_id: str, wanted: _Wanted) -> Steps[tuple[Draft, ...]]:
    """Draft the admission, and the deferral of all that leaves for its sake."""
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    drafts = [_on_board(office, job, lifecycles, wanted)]
    for each in {each.job: each for each in wanted.displacing}.values():
        other = yield from office.job(each.job)
        rules = yield from office.lifecycles(other)
        why = f"displaced by job {job_id}"
        drafts.append(_put_off(office, other, rules, each, wanted.rule, why, wanted.by, wanted.at))
    return tuple(drafts)


def _on_board(office: Office, job: Job, lifecycles: Lifecycles, wanted: _Wanted) -> Draft:
    must_take(job, lifecycles, "admit")
    visit, when = _planned(job, wanted.visit), Moment.of(wanted.at)
    entry = _entry(office, job, visit, when.recorded_at)
    _must_be_another(job, visit, entry)
    data: dict[str, Any] = {**told(visit, entry), "pools": list(entry.pools), "rule": wanted.rule}
    data["displaces"] = [each.job for each in wanted.displacing] or None
    return edited(
        office,
        job,
        with_entry(job, visit.id, entry),
        ADMITTED,
        lifecycles=lifecycles,
        by=wanted.by,
        when=when,
        name=f"{entry.region}:{entry.day}",
        data=data,
    )


def _must_be_another(job: Job, visit: Visit, entry: BoardEntry) -> None:
    """Refuse to admit a visit to the very place that it has; in another band it is asked anew."""
    known = next((held for each, held in entries(job) if each.id == visit.id), None)
    if known is not None and attrs.evolve(known, at=entry.at, pools=entry.pools) == entry:
        named: dict[str, Any] = {"region": entry.region, "day": entry.day, "band": entry.band}
        raise Refused.of(ADMITTED_BEFORE, path="$.visits", job=job.id, visit=visit.id, **named)


def _planned(job: Job, visit_id: str | None) -> Visit:
    """Return the visit that is to be admitted; one that is over or has no planned window is refused."""
    named = (visit for visit in job.visits if visit.id == visit_id)
    visit = next_visit(job) if visit_id is None else next(named, None)
    if visit is None or visit.planned is None or visit.outcome is not None:
        raise Refused.of(NO_WINDOW, path="$.visits", job=job.id)
    return visit


def _entry(office: Office, job: Job, visit: Visit, now: datetime) -> BoardEntry:
    rules = capacity_of(office)
    region = region_of(office.catalog, job, now)
    if region is None or visit.planned is None:
        raise Refused.of(NO_REGION, path="$.subject.postal_code", job=job.id)
    day, band = rules.day_of(visit.planned.start), band_of(office, job, now)
    booking = booking_of(office, job, visit, band, now)
    return BoardEntry(
        region=region,
        day=day.isoformat(),
        band=band,
        pools=pools_of(rules, region, day, booking),
        window=visit.planned,
        confirmed=booking.confirmed,
        at=now,
    )


def withdraw(
    office: Office,
    job_id: str,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    visit_id: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Take a visit off its board by hand; its windows stay as they are.

    Refused are an empty reason, a job whose visit stands on no board, one that has ended, and a state that
    forbids withdraw. Planned work that gives way to other work is put off with `defer` instead.
    """
    must_say("withdraw", reason=reason)
    asked = command(command_key, "withdraw", (job_id,), visit=visit_id, by=by, reason=reason)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "withdraw")
        left = _off_board(job, visit_id)
        if not left:
            raise Refused.of(NOT_ADMITTED, path="$.visits", job=job.id)
        (visit, entry), *_ = left
        _must_be_free_to_go(office, job, entry)
        return edited(
            office,
            job,
            with_entry(job, visit.id, None),
            WITHDRAWN,
            lifecycles=lifecycles,
            by=by,
            when=Moment.of(at),
            name="by_hand",
            reason=reason,
            data=told(visit, entry),
        )

    return (yield from on_job(office, job_id, asked, at, drafted))


def _must_be_free_to_go(office: Office, job: Job, entry: BoardEntry) -> None:
    """Refuse to withdraw planned work by hand: somebody else's emergency might be the reason."""
    named = protecting(office, entry.band)
    if named:
        raise Refused.of(ONLY_BY_RULE, path="$.visits", job=job.id, band=entry.band, rules=named)


def _off_board(job: Job, visit_id: str | None) -> tuple[tuple[Visit, BoardEntry], ...]:
    return tuple(each for each in entries(job) if visit_id in (None, each[0].id))


def displaceable(
    office: Office, job_id: str, *, rule: str, now: datetime, visit_id: str | None = None
) -> Steps[Answer[Displaced]]:
    """
    Return which planned work would have to leave the board so that a visit has room, by a published *rule*.

    Nothing is done: whoever displaces puts that work off, by rule and with word to its customers. Refused are
    an unknown job or rule, and a visit without window or region.
    """
    instant, rules = utc(now, "$.now"), capacity_of(office)
    job = yield from office.job(job_id)
    visit = _planned(job, visit_id)
    entry = _entry(office, job, visit, instant)
    found = yield from read_board(office, entry.region, rules.day_of(entry.window.start), instant)
    return displace(found, booking_of(office, job, visit, entry.band, instant), rules, rule=rule, now=instant)


def defer(
    office: Office,
    job_id: str,
    *,
    rule: str,
    until: datetime,
    reason: str,
    told: str,
    by: Actor,
    at: datetime,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Put planned work off until *until* by a published *rule*; a visit of it that stands on a board leaves it.

    *told* is the event of a `note` for the audience customer with its channel. Refused is what the rule does
    not cover, an unknown rule, an empty reason, a communication that is not recorded or was used before, and
    a catalog without capacity.
    """
    capacity_of(office)
    must_say("defer", reason=reason, rule=rule)
    asked = command(command_key, "defer", (job_id,), rule=rule, until=until, told=told, by=by, reason=reason)
    given = PutOff(job=job_id, until=until, told=told)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        return _put_off(office, job, lifecycles, given, rule, reason, by, at)

    return (yield from on_job(office, job_id, asked, at, drafted))


def _put_off(
    office: Office,
    job: Job,
    lifecycles: Lifecycles,
    given: PutOff,
    rule: str | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Draft:
    must_take(job, lifecycles, "defer")
    when = Moment.of(at)
    deferral = Deferral(
        id=office.new_id(),
        reason=reason,
        until=utc(given.until, "$.until"),
        by=by.id,
        at=when.recorded_at,
        told=given.told,
        rule=rule,
    )
    after = attrs.evolve(job, terms=attrs.evolve(job.terms, deferrals=(*job.terms.deferrals, deferral)))
    for visit, _ in entries(job):
        after = with_entry(after, visit.id, None)
    return edited(
        office,
        job,
        after,
        "deferred",
        lifecycles=lifecycles,
        by=by,
        when=when,
        name=rule or "",
        reason=reason,
        data={"band": put_off(office, job, when.recorded_at).band, "until": deferral.until.isoformat()},
    )
