"""Clocks of 100,000 jobs at one instant beside a floor that counts anew, wake-ups, single readings."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from benchmarks._measure import Line, interleaved, rate, table
from jobkit.calendars import Calendar, holidays_of
from jobkit.clocks import STATES, Arrays, ClockState, Milestones, advance, columns, read, reading, refold
from jobkit.wakeups import Wakeup, WakeupQueue

_JOBS = 100_000
_CLOCKS = 3
_WAKEUPS = 300_000
_TICK = 1_000_000
_HOUR = 3_600 * _TICK
_DAY = 24 * _HOUR
_TARGETS = (4 * _HOUR, 9 * _HOUR, 27 * _HOUR)
_ZONE = "Europe/Berlin"
_BEGIN = datetime(2025, 6, 1, tzinfo=UTC)
_BASE = int(_BEGIN.timestamp()) * _TICK
_NOW = _BASE + 20 * _DAY

Job = tuple[int, list[tuple[int, int]]]
"""When a job was created, and its pauses."""


def run() -> None:
    """Print the columns in lists and arrays, the heap of wake-ups with its growth, and single readings."""
    holidays = holidays_of("DE", "BY", years=range(2024, 2027))
    office = Calendar(id="office", zone=_ZONE, weekly={"mon-fri": "09:00-18:00"}, holidays=holidays)
    table(f"Columns of {_JOBS:,} jobs x {_CLOCKS} clocks, 0 to 2 pauses, clocks a second", _columns(office))
    table("Wake-ups in the heap, a second", _wakeups())
    table("Single clocks, 9 moments, 2 pauses, a second", _singles(office))


@attrs.frozen
class Floor:
    """Sorted openings, closings and prefix sums in local names: the least that any engine must do."""

    starts: list[int]
    ends: list[int]
    sums: list[int]

    @classmethod
    def of(cls, calendar: Calendar) -> "Floor":
        """Compile nine to six on working days, as anybody would by hand."""
        zone, closed = ZoneInfo(_ZONE), {day.on for day in calendar.holidays}
        starts, ends, sums = list[int](), list[int](), [0]
        for ordinal in range(date(2024, 1, 1).toordinal(), date(2027, 1, 1).toordinal()):
            day = date.fromordinal(ordinal)
            if day.weekday() < 5 and day.isoformat() not in closed:
                for hour, into in ((9, starts), (18, ends)):
                    at = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
                    into.append(int(at.timestamp()) * _TICK)
                sums.append(sums[-1] + ends[-1] - starts[-1])
        return cls(starts, ends, sums)

    def verdicts(self, jobs: Iterable[Job]) -> list[tuple[int, int]]:
        """Return what is left and when it is due of three clocks that share calendar and pauses."""
        starts, ends, sums, found = self.starts, self.ends, self.sums, list[tuple[int, int]]()

        def count(at: int) -> int:
            place = bisect_right(starts, at)
            if not place:
                return 0
            end = ends[place - 1]
            return sums[place] - (end - at if at < end else 0)

        for created, pauses in jobs:
            begun, held = count(created), 0
            for start, end in pauses:
                if start >= _NOW:
                    break
                held += count(min(end, _NOW)) - count(start)
            elapsed = count(_NOW) - begun - held
            for target in _TARGETS:
                goal = begun + held + target
                place = bisect_left(sums, goal)
                found.append((target - elapsed, ends[place - 1] - (sums[place] - goal)))
        return found


def _jobs() -> list[Job]:
    chance = random.Random(5)
    jobs = []
    for _ in range(_JOBS):
        created = at = _BASE + chance.randrange(19 * 86_400) * _TICK
        pauses = []
        for _ in range(chance.choice((0, 0, 1, 2))):
            start = at + chance.randrange(1, 86_400) * _TICK
            at = start + chance.randrange(1, 86_400) * _TICK
            pauses.append((start, at))
        jobs.append((created, pauses))
    return jobs


def _state(job: Job, target: int, calendar: str, hours: Any) -> ClockState:
    """Return the state that a job carries: what its clock had counted when it was last started or paused."""
    created, pauses = job
    since, used, phase, breached = created, 0, "running", None
    for at, following in ((at, phase) for pause in pauses for at, phase in zip(pause, _PHASES, strict=True)):
        if at <= _NOW:
            ran = hours.count(at) - hours.count(since) if phase == "running" else 0
            if breached is None and used + ran > target:
                breached = hours.reach(hours.count(since) + target - used)
            since, used, phase = at, used + ran, following
    return ClockState(
        phase="running" if phase == "running" else "paused",
        started=created,
        since=since,
        used=used,
        target=target,
        calendar=calendar,
        breached=breached,
        horizon=since,
    )


_PHASES = ("paused", "running")


def _columns(office: Calendar) -> list[Line]:
    jobs, floor, hours = _jobs(), Floor.of(office), office.hours
    calendars = {"office": office, "plant": _other("06:00-14:00 14:00-22:00"), "depot": _other("07:00-12:00")}
    shared = [_state(job, target, "office", hours) for job in jobs for target in _TARGETS]
    apart = _apart(jobs, calendars)
    now = _BEGIN + timedelta(days=20)
    _same(floor.verdicts(jobs), columns(shared, calendars, now))
    clocks = len(shared)
    plain, ours, others = interleaved(
        [
            (lambda: floor.verdicts(jobs), clocks),
            (lambda: columns(shared, calendars, now), clocks),
            (lambda: columns(apart, calendars, now), clocks),
        ],
        rounds=3,
    )
    return [
        Line(what="floor: created and pauses counted anew, plain Python", figure=rate(plain)),
        _line("lists, calendar and pauses shared by three clocks", ours, plain, 1.5),
        _line("lists, three calendars and pauses of their own", others, plain, 3),
        *_array_lines(jobs, floor, shared, calendars, now),
    ]


def _other(hours: str) -> Calendar:
    return Calendar(zone=_ZONE, weekly={"mon-sat": hours})


def _apart(jobs: Sequence[Job], calendars: dict[str, Calendar]) -> list[ClockState]:
    """Return clocks of which no two neighbours share a calendar or their pauses."""
    turned = [jobs[-3:] + jobs[:-3], jobs[-7:] + jobs[:-7], jobs]
    return [
        _state(job, target, name, calendars[name].hours)
        for trio in zip(*turned, strict=True)
        for job, target, name in zip(trio, _TARGETS, calendars, strict=True)
    ]


def _array_lines(
    jobs: Sequence[Job], floor: Floor, shared: Sequence[ClockState], calendars: Any, now: datetime
) -> list[Line]:
    arrays, clocks = Arrays.of(shared, calendars), len(shared)
    anew = _numpy_floor(jobs, floor)
    _same(list(zip(*(column.ravel().tolist() for column in anew()), strict=True)), arrays.columns(now))
    least, told, built, one = interleaved(
        [
            (anew, clocks),
            (lambda: arrays.columns(now), clocks),
            (lambda: Arrays.of(shared, calendars), clocks),
            (lambda: arrays.set(7, shared[7]), 1),
        ],
        rounds=3,
    )
    return [
        Line(what="floor: created and pauses counted anew, numpy", figure=rate(least)),
        _line("arrays, at an instant", told, least, 2),
        _line("arrays, built from the states", built, least, None),
        Line(what="arrays, one row brought up to date", figure=rate(one)),
    ]


def _numpy_floor(jobs: Sequence[Job], floor: Floor) -> Callable[[], tuple[Any, Any]]:
    import numpy as np

    starts, ends, sums = map(np.array, (floor.starts, floor.ends, floor.sums))
    created = np.array([job[0] for job in jobs])
    whose = np.array([number for number, job in enumerate(jobs) for _ in job[1]])
    begins = np.array([pause[0] for job in jobs for pause in job[1]])
    finishes = np.array([pause[1] for job in jobs for pause in job[1]])
    targets = np.array(_TARGETS)

    def count(at: Any) -> Any:
        place = np.searchsorted(starts, at, side="right")
        end = ends[np.maximum(place - 1, 0)]
        return np.where(place == 0, 0, sums[place] - np.maximum(end - at, 0))

    def verdicts() -> tuple[Any, Any]:
        begun = count(created)
        lost = np.maximum(count(np.minimum(finishes, _NOW)) - count(np.minimum(begins, _NOW)), 0)
        held = np.bincount(whose, lost, minlength=len(jobs)).astype(np.int64)
        elapsed = count(np.full(1, _NOW))[0] - begun - held
        goals = (begun + held)[:, None] + targets[None, :]
        place = np.searchsorted(sums, goals, side="left")
        return targets[None, :] - elapsed[:, None], ends[place - 1] - (sums[place] - goals)

    return verdicts


def _same(floor: Sequence[tuple[int, int]], told: Any) -> None:
    """
    Refuse to measure what does not give the floor's answers.

    The floor moves the due instant by pauses that began after it, so only that of running clocks is compared.
    """
    for (left, due), cell in zip(floor, told.cells(), strict=True):
        if left != cell.left or (STATES[cell.code] == "running" and cell.due != due):
            raise AssertionError(f"{cell} is not {(left, due)}")


def _line(what: str, took: float, floor: float, limit: float | None) -> Line:
    return Line(what=what, figure=rate(took), ratio=took / floor, limit=limit)


def _wakeups() -> list[Line]:
    lines = [line for count in (_WAKEUPS // 100, _WAKEUPS // 10, _WAKEUPS) for line in _heap_lines(count)]
    few = 3_000
    queue = WakeupQueue(_given(few))
    for hours in range(1, 50):
        for each in _given(few):
            queue.set(attrs.evolve(each, at=each.at + timedelta(hours=hours)))
    kept = f"{queue.size / len(queue):.2f} each"
    return [*lines, Line(what="entries kept after 50 postponements, at most 2", figure=kept)]


def _heap_lines(count: int) -> list[Line]:
    given = _given(count)
    later = [attrs.evolve(each, at=each.at + timedelta(hours=9)) for each in given]
    tasks: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("build", lambda: WakeupQueue(given), lambda: _heap(given)),
        ("build, and replace every one", lambda: _replaced(given, later), lambda: _pushed(given, later)),
        ("build, and take every one", lambda: _taken(given), lambda: _popped(given)),
    ]
    lines = []
    for what, ours, floor in tasks:
        took, least = interleaved([(ours, count), (floor, count)], rounds=3)
        lines.append(_line(f"{what}, {count:,} (floor: tuples)", took, least, None))
    return lines


def _given(count: int) -> list[Wakeup]:
    chance = random.Random(9)
    return [
        Wakeup(
            at=_BEGIN + timedelta(seconds=chance.randrange(10**7)),
            job_id=f"J-{number // _CLOCKS}",
            kind="clock",
            name=f"c{number % _CLOCKS}.breached",
        )
        for number in range(count)
    ]


def _replaced(given: Sequence[Wakeup], later: Sequence[Wakeup]) -> None:
    queue = WakeupQueue(given)
    for wakeup in later:
        queue.set(wakeup)


def _taken(given: Sequence[Wakeup]) -> None:
    WakeupQueue(given).due(_BEGIN + timedelta(days=4_000))


def _heap(given: Sequence[Wakeup]) -> list[Any]:
    heap = [(each.at, each.job_id, each.name) for each in given]
    heapify(heap)
    return heap


def _pushed(given: Sequence[Wakeup], later: Sequence[Wakeup]) -> None:
    heap = _heap(given)
    for each in later:
        heappush(heap, (each.at, each.job_id, each.name))


def _popped(given: Sequence[Wakeup]) -> None:
    heap = _heap(given)
    while heap:
        heappop(heap)


_STAGES = ("new", "open", "open", "wait", "open", "open", "wait", "open", "open")


def _singles(office: Calendar) -> list[Line]:
    calendars = {"office": office}
    rules = {
        "starts": "stage == 'open'",
        "stops": "stage == 'done'",
        "pauses": [{"when": "stage == 'wait'", "reason": "waiting"}],
        "calendar": "office",
        "targets": [{"when": "tier == 'gold'", "within": "9 working hours"}, {"within": "27 working hours"}],
        "warnings": [{"name": "half", "share": 0.5}],
    }
    milestone = Milestones.load({"reply": rules}, calendars=calendars)["reply"]
    moments = [
        (_BEGIN + timedelta(hours=7 * number), {"stage": stage, "tier": "gold", "number": number})
        for number, stage in enumerate(_STAGES)
    ]
    at, facts = moments[-1]
    now, before = at + timedelta(hours=3), refold(moments[:-1], milestone, calendars)
    state = refold(moments, milestone, calendars)
    whole, short, step = interleaved(
        [
            (lambda: read(moments, milestone, calendars, now=now), 1),
            (lambda: reading(state, milestone, calendars, facts, now), 1),
            (lambda: advance(before, milestone, calendars, moments[-2][1], at, facts), 1),
        ],
        rounds=3,
    )
    return [
        Line(what="read from the whole timeline, with its derivation", figure=rate(whole)),
        Line(what="read from the state that the job carries", figure=rate(short)),
        Line(what="the state advanced by one event", figure=rate(step)),
    ]
