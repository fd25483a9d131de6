"""Boards: whether a visit may stand on a day's board, and every reason why not."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final

import attrs

from jobkit.answers import Answer
from jobkit.errors import NotFound
from jobkit.findings import Finding, Severity, Template
from jobkit.instants import utc, write_instant
from jobkit.priority._capacity import CapacityRules, demand, draws_on
from jobkit.priority._capacity_data import Board, Booking, Buffer, DeferralRule, Pool
from jobkit.priority._standing import Kept, Standing, standing

UNKNOWN_BAND = Template(
    "priority.booking_band",
    "Job {job} is in the band {band}, which the capacity rules {rules} do not have.",
    "Use one of their bands: {bands}.",
)
NO_LENGTH = Template(
    "priority.booking_length",
    "Job {job} says {minutes} minutes and {people} people, which no slot can hold.",
    "Record work.estimated and a planned window, and a crew size of 1 or more.",
)
ON_BOARD = Template(
    "priority.on_board",
    "Visit {visit} of job {job} already stands on the board of {region} on {day}.",
    "Withdraw it first, or leave it where it is.",
)
NOT_ON_BOARD = Template(
    "priority.not_on_board",
    "Visit {visit} of job {job} does not stand on the board of {region} on {day}.",
    "Name a visit that stands there: {known}.",
)
DAY_OVER = Template(
    "priority.day_over",
    "{day} is over, and its board in {region} takes nothing more.",
    "Plan the visit for a later day.",
)
PUT_OFF = Template(
    "priority.put_off_until",
    "Job {job} was put off until {until}, and {day} is before that.",
    "Plan it for {until} or later, or have the visit signed off anew for the window that it has.",
)
NO_POOL = Template(
    "priority.no_pool",
    "Nothing in {region} on {day} is for work like that of job {job}.",
    "Choose a day with room: {days}; or add a pool that holds there.",
)
FULL = Template(
    "priority.board_full",
    "Job {job} needs {need} in {board}; free: {free} of {slots}.",
    "Choose a day with room: {days}; or withdraw something from {day}.",
)
RESERVED = Template(
    "priority.reserved",
    "Job {job} needs {need} in {board}; free: {free}, kept by {reserve} for {bands}: {kept}.",
    "Choose a day with room: {days}; or {release}have job {job} promoted to one of: {bands}.",
)
UNCONFIRMED = Template(
    "priority.unconfirmed",
    "Visit {visit} of job {job} is not confirmed, and the board of {region} on {day} has no buffer for it.",
    "Have the visit confirmed, and admit it then.",
)
BUFFER_FULL = Template(
    "priority.buffer_full",
    "Buffer {buffer} for {board} takes {limit}; {waiting} stand there, and job {job} needs {need}.",
    "Have the visit confirmed, or one that stands in the buffer.",
)
BUFFER_CLOSED = Template(
    "priority.buffer_closed",
    "Buffer {buffer} for {region} on {day} was closed at {cutoff}, and job {job} is not confirmed.",
    "Have the visit confirmed, and admit it then.",
)
BUFFERED = Template(
    "priority.buffered",
    "Visit {visit} of job {job} stands in buffer {buffer}, and is to be confirmed by {cutoff}.",
    "Have the visit confirmed by {cutoff}.",
)
OVERBOOKS = Template(
    "priority.overbooks",
    "{because} With job {job}, {booked} of {slots} slots of {pool} in {board} are booked.",
    "Nothing is needed; cancellations are counted on.",
)

_MOST_DAYS: Final = 5


@attrs.frozen(kw_only=True)
class Displaced:
    """What leaves a board for the sake of more urgent work, and the published rule by which it does."""

    rule: DeferralRule
    bookings: tuple[Booking, ...]


def admission(
    board: Board,
    booking: Booking,
    rules: CapacityRules,
    *,
    now: datetime,
    others: Iterable[Board] = (),
    displaced: Displaced | None = None,
) -> Answer[Booking]:
    """
    Return whether *booking* may stand on *board*, with everything that speaks against it.

    Where there is no room, the findings name the reserve that keeps it, and days among *others* that have
    room. What is *displaced* is off the board already, and what its reserves kept goes to the booking.
    A naive *now* is refused.
    """
    instant = utc(now, "$.now")
    wrong = tuple(_misfits(board, booking, rules))
    if wrong:
        return Answer(booking, wrong)
    stays, gone = _parted(board, displaced)
    asked = _Asked(stays, booking, rules, instant, gone)
    found = [*asked.about_day(), *asked.about_room(), *asked.about_buffer()]
    if any(each.template in (FULL, RESERVED, NO_POOL) for each in found):
        days = days_with_room(booking, others, rules, now=instant)
        named = [day.isoformat() for day in days] or ["none known"]
        found = [attrs.evolve(each, params={**each.params, "days": named}) for each in found]
    return Answer(booking, tuple(found))


def admit(
    board: Board,
    booking: Booking,
    rules: CapacityRules,
    *,
    now: datetime,
    displaced: Displaced | None = None,
) -> Board:
    """Return the board with *booking* on it; raises `Refused` with the findings that `admission` tells."""
    admission(board, booking, rules, now=now, displaced=displaced).must()
    stays, _ = _parted(board, displaced)
    return attrs.evolve(stays, bookings=(*stays.bookings, booking))


def withdraw(board: Board, job: str, visit: str = "") -> Board:
    """Return the board without a visit; one that does not stand there is refused."""
    left = tuple(each for each in board.bookings if each.key != (job, visit))
    if len(left) == len(board.bookings):
        known = [" ".join(each.key).strip() for each in board.bookings]
        told: dict[str, Any] = {"region": board.region, "day": board.day.isoformat(), "known": known}
        raise NotFound.of(NOT_ON_BOARD, job=job, visit=visit or "of the job", **told)
    return attrs.evolve(board, bookings=left)


def days_with_room(
    booking: Booking, boards: Iterable[Board], rules: CapacityRules, *, now: datetime
) -> tuple[date, ...]:
    """Return the first days among *boards* on which *booking* would be admitted, at most five."""
    found: list[date] = []
    for board in sorted(boards, key=lambda each: each.day):
        if len(found) < _MOST_DAYS and admission(board, booking, rules, now=now).open:
            found.append(board.day)
    return tuple(found)


def _parted(board: Board, displaced: Displaced | None) -> tuple[Board, Displaced | None]:
    """Return the board without what leaves it, and what really leaves by its rule."""
    if displaced is None:
        return board, None
    named = {each.key for each in displaced.bookings}
    gone = tuple(each for each in board.bookings if each.key in named and each.band in displaced.rule.bands)
    stays = tuple(each for each in board.bookings if each not in gone)
    return attrs.evolve(board, bookings=stays), attrs.evolve(displaced, bookings=gone)


def _misfits(board: Board, booking: Booking, rules: CapacityRules) -> Iterator[Finding]:
    if booking.band not in rules.data.bands:
        bands = list(rules.data.bands)
        yield Finding.of(UNKNOWN_BAND, job=booking.job, band=booking.band, rules=rules.id, bands=bands)
    if booking.minutes < 1 or booking.people < 1:
        yield Finding.of(NO_LENGTH, job=booking.job, minutes=booking.minutes, people=booking.people)
    if any(each.key == booking.key for each in board.bookings):
        day = board.day.isoformat()
        yield Finding.of(ON_BOARD, job=booking.job, visit=booking.visit, region=board.region, day=day)


@attrs.frozen
class _Asked:
    """One question about one board, with what every answer to it has to name."""

    board: Board
    booking: Booking
    rules: CapacityRules
    now: datetime
    displaced: Displaced | None

    def about_day(self) -> Iterator[Finding]:
        """Tell that the day is over, or before the one until which the job was put off."""
        ends = self.rules.before(self.rules.later(self.board.day, 1))
        if self.now >= ends:
            yield self._finding(DAY_OVER)
        later = self.booking.not_before
        if later is not None and utc(later) >= ends:
            yield self._finding(PUT_OFF, job=self.booking.job, until=write_instant(utc(later)))

    def about_room(self) -> Iterator[Finding]:
        """Tell, pool by pool, that there is no room, or only a reserve."""
        drawn = [each for each in self._standing() if draws_on(each.pool, self.booking)]
        if not drawn:
            yield self._finding(NO_POOL, job=self.booking.job, days=[])
        for each in drawn:
            yield from self._room_in(each)

    def about_buffer(self) -> Iterator[Finding]:
        """Tell what an unconfirmed visit lacks, or by when it is to be confirmed."""
        if self.booking.confirmed:
            return
        buffer = self.rules.buffer(self.board, self.booking, self.now)
        named: dict[str, Any] = {"job": self.booking.job, "visit": self.booking.visit or "next"}
        if buffer is None:
            yield self._finding(UNCONFIRMED, **named)
            return
        closes = self.rules.before(self.board.day, buffer.cutoff)
        named |= {"buffer": buffer.id, "cutoff": write_instant(closes)}
        if self.now >= closes:
            yield self._finding(BUFFER_CLOSED, **named)
            return
        full = tuple(self._buffer_in(buffer))
        yield from full
        if not full:
            yield self._finding(BUFFERED, severity="info", **named)

    def _standing(self) -> tuple[Standing, ...]:
        return standing(self.board, self.rules, now=self.now)

    def _room_in(self, each: Standing) -> Iterator[Finding]:
        need = demand(each.pool, self.booking)
        named: dict[str, Any] = {
            "job": self.booking.job,
            "need": _amount(each.pool, need),
            "pool": each.pool.id,
        }
        if need > each.free:
            yield self._finding(FULL, free=max(each.free, 0), slots=each.pool.slots, days=[], **named)
            return
        kept = [(kept, left) for kept in each.withheld(self.booking.band) if (left := self._left(each, kept))]
        if need > each.free - sum(left for _, left in kept):
            for reserve, left in kept:
                told: dict[str, Any] = {
                    "free": each.free,
                    "kept": left,
                    "days": [],
                    **self._reserve_words(reserve),
                }
                yield self._finding(RESERVED, **named, **told)
        elif each.booked + need > each.pool.slots:
            named |= {"booked": each.booked + need, "slots": each.pool.slots}
            yield self._finding(OVERBOOKS, severity="info", because=each.allowance.because, **named)

    def _left(self, each: Standing, kept: Kept) -> int:
        """Return what a reserve keeps from this booking: less what its own bands gave up for it by rule."""
        if self.displaced is None or self.booking.band not in self.displaced.rule.favours:
            return kept.left
        given = (gone for gone in self.displaced.bookings if gone.band in kept.reserve.bands)
        return max(0, kept.left - sum(demand(each.pool, gone) for gone in given))

    def _reserve_words(self, kept: Kept) -> dict[str, Any]:
        reserve = kept.reserve
        release = ""
        if reserve.released is not None:
            opens = self.rules.before(self.board.day, reserve.released)
            release = f"ask again from {write_instant(opens)}, when {reserve.id} is released; or "
        return {"reserve": reserve.id, "bands": list(reserve.bands), "release": release}

    def _buffer_in(self, buffer: Buffer) -> Iterator[Finding]:
        for each in self._standing():
            need = demand(each.pool, self.booking)
            share = buffer.share or 0
            limit = each.pool.slots * share // 100 if buffer.slots is None else buffer.slots
            if need and each.waiting + need > limit:
                told: dict[str, Any] = {
                    "need": _amount(each.pool, need),
                    "waiting": each.waiting,
                    "limit": limit,
                }
                yield self._finding(BUFFER_FULL, buffer=buffer.id, job=self.booking.job, **told)

    def _finding(self, template: Template, severity: Severity = "block", **told: Any) -> Finding:
        region, day = self.board.region, self.board.day.isoformat()
        here = {"region": region, "day": day, "board": f"{region} on {day}"}
        return Finding.of(template, severity=severity, source=self.rules.source, **here, **told)


def _amount(pool: Pool, slots: int) -> str:
    unit = "minute" if pool.unit == "minutes" else "slot"
    return f"{slots} {unit}{'' if slots == 1 else 's'} of {pool.id}"
