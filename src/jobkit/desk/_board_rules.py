"""What boards and deferral rules say to a commit: asked on every path, guarded by a scope for each board."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import attrs

from jobkit.answers import Answer
from jobkit.desk import _steps
from jobkit.desk._board_entries import (
    ADMITTED,
    band_of,
    booking_of,
    entries,
    goes_earlier,
    has_moved,
    protecting,
    read_board,
    scope_of,
)
from jobkit.desk._draft import Draft
from jobkit.desk._office import Office
from jobkit.desk._routing_facts import region_of
from jobkit.desk._steps import Steps
from jobkit.errors import NotFound
from jobkit.findings import Finding, Template
from jobkit.history import Event
from jobkit.model import BoardEntry, Deferral, Job, Visit
from jobkit.paths import Item, join
from jobkit.priority import (
    Board,
    Booking,
    CapacityRules,
    Displaced,
    admission,
    deferral,
    deferral_rule,
    demand,
)

NO_RULE_NAMED = Template(
    "desk.deferral_without_rule",
    "Job {job} is put off, and no published rule is named for it.",
    "Put it off with defer, naming one of the rules: {known}.",
)
OTHER_DAY = Template(
    "desk.board_of_other_day",
    "Visit {visit} of job {job} is planned for {planned}, and not for {day}.",
    "Reschedule the visit, or admit it to the board of {planned}.",
)
OTHER_REGION = Template(
    "desk.board_of_other_region",
    "Job {job} belongs to {own}, and not to the board of {region}.",
    "Admit it to the board of {own}, or correct the place of the job.",
)

IN_SILENCE = Template(
    "desk.put_off_in_silence",
    "Visit {visit} of job {job} is planned work ({band}) on the board of {day}, and would go later.",
    "Put job {job} off with defer by one of the rules {rules}; then it is off the board and can be moved.",
)
NO_ROOM_EARLIER = Template(
    "desk.no_room_earlier",
    "Visit {visit} of job {job} is planned work ({band}) on the board of {day}; {earlier} does not take it.",
    "Reschedule it to another day before {day}, or put it off with defer by one of the rules {rules}.",
)
EARLIER_UNASKED = Template(
    "desk.earlier_unasked",
    "Visit {visit} of job {job} is planned work ({band}) on the board of {day}, and would go days earlier.",
    "Reschedule it at the desk, where the board of the earlier day is asked for room.",
)
BY_PLACE = Template(
    "desk.put_off_by_place",
    "Visit {visit} of job {job} is planned work ({band}) on the board of {region} for {day}, and would go.",
    "Put job {job} off with defer by one of the rules {rules}; then its place can be corrected.",
)

FORGOTTEN = Template(
    "desk.deferral_forgotten",
    "Job {job} was put off (deferral {deferral}), and would forget it.",
    "Leave {deferral} in terms.deferrals, and say in a note what was wrong with it.",
)

_DAYS_AHEAD: Final = 14
_IN_VAIN: Final = frozenset({"no_access", "aborted"})
_WANT_DAYS: Final = frozenset({"priority.board_full", "priority.reserved", "priority.no_pool"})
_CUSTOMER: Final = "customer"


@attrs.frozen(kw_only=True)
class _Session:
    """One commit as boards look at it: all its drafts, at one instant."""

    office: Office
    rules: CapacityRules
    drafts: Sequence[Draft]
    now: datetime


def on_boards(
    office: Office, drafts: Sequence[Draft], now: datetime
) -> Steps[tuple[Mapping[str, int], tuple[Finding, ...]]]:
    """
    Return the scopes of the boards that *drafts* put visits on, as read, and what speaks against it.

    The versions are read before the boards, so that of two who want the last slot one finds it moved.
    """
    if office.catalog.capacity is None:
        return {}, ()
    session = _Session(office=office, rules=office.catalog.capacity, drafts=drafts, now=now)
    findings = yield from _deferrals(session)
    findings = (*findings, *(each for draft in drafts for each in silent_deferrals(office, draft)))
    asking = [(draft, visit, entry) for draft in drafts for visit, entry in _asking(session, draft)]
    if not asking:
        return {}, findings
    names = tuple(dict.fromkeys(scope_of(entry.region, entry.day) for _, _, entry in asking))
    versions = yield from _steps.scopes(office.tenant, names)
    waiting = {(draft.job.id, visit.id) for draft, visit, _ in asking}
    for draft, visit, entry in asking:
        answer = yield from _admission(session, draft, visit, entry, waiting)
        waiting.discard((draft.job.id, visit.id))
        place = f"{join('$.visits', Item(visit.id))}.board"
        against = (*answer.findings, *_earlier(session, draft, visit, entry, answer))
        findings = (*findings, *(each.at(place) for each in against))
    return dict(versions), findings


def _asking(session: _Session, draft: Draft) -> Iterator[tuple[Visit, BoardEntry]]:
    """Yield the visits of a draft that come onto a board, or come to need more of it than they had."""
    before = {} if draft.before is None else {visit.id: visit for visit, _ in entries(draft.before)}
    for visit, entry in entries(draft.job):
        known = before.get(visit.id)
        if known is None or draft.before is None or known.board is None or _is_new(known.board, entry):
            yield visit, entry
        elif not any(event.origin for event in draft.events) and _needs_more(session, draft, known, visit):
            # What a device saw is a fact: it is never refused for want of room, and the day is flagged.
            yield visit, entry


def _needs_more(session: _Session, draft: Draft, known: Visit, visit: Visit) -> bool:
    """Whether a visit that stands on a board takes more of some pool than before the draft."""
    entry, before = visit.board, draft.before
    assert entry is not None  # only what stands on a board is looked at
    assert before is not None
    office, now = session.office, session.now
    had = booking_of(office, before, known, entry.band, now)
    needs = booking_of(office, draft.job, visit, entry.band, now)
    pools = session.rules.pools(entry.region, date.fromisoformat(entry.day))
    return any(demand(pool, needs) > demand(pool, had) for pool in pools)


def _is_new(known: BoardEntry, entry: BoardEntry) -> bool:
    """Whether an entry is another place than a visit had: within it, a moved window takes nothing more."""
    return (known.region, known.day, known.band) != (entry.region, entry.day, entry.band)


def _earlier(
    session: _Session, draft: Draft, visit: Visit, entry: BoardEntry, answer: Answer[Booking]
) -> Iterator[Finding]:
    """Tell the way out where the board of an earlier day does not take what came to it from a later one."""
    was = _place_before(draft, visit)
    if was is not None and entry.day < was.day and not answer.open:
        told: dict[str, Any] = {"day": was.day, "earlier": entry.day, "band": entry.band}
        rules = protecting(session.office, entry.band)
        yield Finding.of(NO_ROOM_EARLIER, job=draft.job.id, visit=visit.id, rules=rules, **told)


def _place_before(draft: Draft, visit: Visit) -> BoardEntry | None:
    """Return the place that a visit had before the draft."""
    held = () if draft.before is None else entries(draft.before)
    return next((entry for known, entry in held if known.id == visit.id), None)


def _admission(
    session: _Session, draft: Draft, visit: Visit, entry: BoardEntry, waiting: set[tuple[str, str]]
) -> Steps[Answer[Booking]]:
    """Ask one board about one visit: as all drafts leave it, without those that still wait to be asked."""
    office, rules, now = session.office, session.rules, session.now
    booking = booking_of(office, draft.job, visit, entry.band, now)
    was = _place_before(draft, visit)
    if was is not None and not _is_new(was, entry):
        # Its customer has agreed to the day already; only more of its slots is asked for.
        booking = attrs.evolve(booking, not_before=None)
    misplaced = tuple(_misplaced(rules, draft.job, visit, entry, region_of(office.catalog, draft.job, now)))
    if misplaced:
        return Answer(booking, misplaced)
    day = date.fromisoformat(entry.day)
    after = {each.job.id: each.job for each in session.drafts}
    board = yield from read_board(office, entry.region, day, now, after=after, leaving_out=waiting)
    gone = _displaced(session, draft, visit, entry)
    if gone is not None:
        board = attrs.evolve(board, bookings=(*board.bookings, *gone.bookings))
    answer = admission(board, booking, rules, now=now, displaced=gone)
    if answer.open or not any(each.code in _WANT_DAYS for each in answer.findings):
        return answer
    others = yield from _coming_boards(office, entry.region, day, now)
    if was is not None and entry.day < was.day:
        others = tuple(each for each in others if each.day.isoformat() < was.day)
    return admission(board, booking, rules, now=now, others=others, displaced=gone)


def _coming_boards(office: Office, region: str, day: date, now: datetime) -> Steps[tuple[Board, ...]]:
    """Read the boards of the next two weeks after *day*."""
    found: list[Board] = []
    last = min(_DAYS_AHEAD, (date.max - day).days)
    for ahead in range(1, last + 1):
        found.append((yield from read_board(office, region, day + timedelta(days=ahead), now)))
    return tuple(found)


def _misplaced(
    rules: CapacityRules, job: Job, visit: Visit, entry: BoardEntry, own: str | None
) -> Iterator[Finding]:
    planned = rules.day_of(entry.window.start).isoformat()
    if planned != entry.day:
        yield Finding.of(OTHER_DAY, job=job.id, visit=visit.id, planned=planned, day=entry.day)
    if own is not None and own != entry.region:
        yield Finding.of(OTHER_REGION, job=job.id, own=own, region=entry.region)


def _displaced(session: _Session, favoured: Draft, visit: Visit, entry: BoardEntry) -> Displaced | None:
    """Return what leaves the same board in this commit for a visit's sake, each by a recorded deferral."""
    told = next((each for each in reversed(favoured.events) if _admits(each, visit)), None)
    if told is None or told.data.get("rule") is None:
        return None
    rule = deferral_rule(session.rules, str(told.data["rule"]))
    named = told.data.get("displaces", ())
    gone = [
        booking_of(session.office, draft.before, left, was.band, session.now)
        for draft in session.drafts
        if draft.before is not None and draft.job.id in named and _put_off_by(draft, rule.id)
        for left, was in entries(draft.before)
        if (was.region, was.day) == (entry.region, entry.day)
    ]
    return Displaced(rule=rule, bookings=tuple(gone))


def _admits(event: Event, visit: Visit) -> bool:
    return event.kind == ADMITTED and event.data.get("visit") == visit.id


def _put_off_by(draft: Draft, rule: str) -> bool:
    return any(each.rule == rule for each in new_deferrals(draft))


def new_deferrals(draft: Draft) -> tuple[Deferral, ...]:
    """Return the deferrals that a draft adds to a job; what an adopted one brings was decided elsewhere."""
    if draft.before is None:
        return ()
    known = set(draft.before.terms.deferrals)
    return tuple(each for each in draft.job.terms.deferrals if each not in known)


def silent_deferrals(office: Office, draft: Draft) -> Iterator[Finding]:
    """
    Yield the visits of protected work that a draft moves to a later time, to none, or away.

    Whoever puts such work off says so by a deferral, which nobody takes back; what a device did is judged
    where its word is merged, and there nobody can ask the board of an earlier day. A visit that is said to
    have failed before its day was put off, too.
    """
    rules, before = office.catalog.capacity, draft.before
    if rules is None or before is None or not rules.data.deferrals:
        return
    yield from _forgotten(before, draft.job)
    if not draft.job.is_open or new_deferrals(draft):
        return
    for visit, entry in _placed(before):
        yield from _silent(office, rules, draft, visit, entry)


def _placed(job: Job) -> Iterator[tuple[Visit, BoardEntry]]:
    """Yield what came to a board and is not over, also where an event of the same merge has moved it."""
    for visit in job.visits:
        if visit.board is not None and visit.outcome is None and job.is_open:
            yield visit, visit.board


def _silent(
    office: Office, rules: CapacityRules, draft: Draft, visit: Visit, entry: BoardEntry
) -> Iterator[Finding]:
    named = protecting(office, entry.band)
    if not named:
        return
    after = next((each for each in draft.job.visits if each.id == visit.id), None)
    now = draft.events[-1].occurred_at if draft.events else entry.window.start
    told: dict[str, Any] = {"job": draft.job.id, "visit": visit.id, "band": entry.band, "day": entry.day}
    place = f"{join('$.visits', Item(visit.id))}.planned"
    if _goes_later(entry, after, rules.day_of(now)):
        yield Finding.of(IN_SILENCE, path=place, rules=named, **told)
    elif has_moved(office, draft, entry):
        yield Finding.of(BY_PLACE, path="$.subject", region=entry.region, rules=named, **told)
    elif after is not None and goes_earlier(rules, entry, after) and any(e.origin for e in draft.events):
        yield Finding.of(EARLIER_UNASKED, path=place, **told)


def _forgotten(before: Job, after: Job) -> Iterator[Finding]:
    """Yield the deferrals that a job had and would no longer have: they are counted against the next one."""
    kept = {each.id for each in after.terms.deferrals}
    for given in before.terms.deferrals:
        if given.id not in kept:
            place = join("$.terms.deferrals", Item(given.id))
            yield Finding.of(FORGOTTEN, path=place, job=before.id, deferral=given.id)


def _goes_later(entry: BoardEntry, visit: Visit | None, today: date) -> bool:
    if visit is None or visit.planned is None:
        return True
    if visit.outcome is not None:
        return visit.outcome in _IN_VAIN and today < date.fromisoformat(entry.day)
    return visit.planned.start > entry.window.start


def _deferrals(session: _Session) -> Steps[tuple[Finding, ...]]:
    """Ask the published rules about every deferral that the drafts add, by whatever verb."""
    findings: tuple[Finding, ...] = ()
    for draft in session.drafts:
        for given in new_deferrals(draft) if session.rules.data.deferrals else ():
            history = yield from _steps.history(session.office.tenant, draft.job.id)
            against = _against(session, draft, given, (*history, *draft.events))
            place = join("$.terms.deferrals", Item(given.id))
            findings = (*findings, *(each.at(place) for each in against))
    return findings


def _against(
    session: _Session, draft: Draft, given: Deferral, events: Sequence[Event]
) -> tuple[Finding, ...]:
    before, rules, now = draft.before, session.rules, session.now
    assert before is not None  # only a job that was there is put off
    if given.rule is None:
        known = [rule.id for rule in rules.data.deferrals]
        return (Finding.of(NO_RULE_NAMED, job=before.id, known=known),)
    used = {each.told for each in before.terms.deferrals}
    told = given.told if given.told not in used and _was_told(given.told, events) else None
    booking = put_off(session.office, before, now)
    try:
        answer = deferral(booking, rules, rule=given.rule, until=given.until, told=told, now=now)
    except NotFound as error:
        return error.findings
    return answer.findings


def put_off(office: Office, job: Job, now: datetime) -> Booking:
    """Return a job as deferral rules judge it: by the visit that stands on a board, else by what is next."""
    standing = next(iter(entries(job)), None)
    if standing is not None:
        visit, entry = standing
        return booking_of(office, job, visit, entry.band, now)
    visit = next((each for each in job.visits if each.outcome is None), Visit(id=""))
    return booking_of(office, job, visit, band_of(office, job, now), now)


def _was_told(event_id: str | None, events: Sequence[Event]) -> bool:
    """Whether an event records a communication to the customer, with the channel by which it went."""
    return any(
        event.id == event_id
        and event.kind == "noted"
        and event.data.get("audience") == _CUSTOMER
        and bool(event.data.get("channel"))
        for event in events
    )
