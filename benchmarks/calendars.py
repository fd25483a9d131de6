"""Business time side by side: sorted integers and bisect as the floor, our calendar, and three peers."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks._measure import Line, interleaved, rate, table
from jobkit.calendars import Calendar, holidays_of
from jobkit.durations import Working

ZONE = "Europe/Berlin"
BERLIN = ZoneInfo(ZONE)
_YEARS = range(2023, 2027)
_PAIRS = 2_000
_SOME = 40
_EIGHT = 8 * 3600
_MICRO = 1_000_000
_YEAR = 365 * 86_400

Pair = tuple[int, int]


def closed_dates() -> list[date]:
    """Return the holidays of Bavaria around 2025."""
    return [date.fromisoformat(holiday.on) for holiday in holidays_of("DE", "BY", years=_YEARS)]


def office(**rules: Any) -> Calendar:
    """Return nine hours from Monday to Friday in Berlin, closed on Bavarian holidays."""
    return Calendar(zone=ZONE, weekly={"mon-fri": "09:00-18:00"}, closed=closed_dates(), **rules)


class Floor:
    """The least that answers: opening seconds, closing seconds and running sums, made day by day."""

    def __init__(self, closed: list[date], years: tuple[int, int]) -> None:
        self.starts, self.ends, self.sums = [], [], [0]
        self._compile(frozenset(closed), date(years[0], 1, 1), date(years[1], 1, 1))

    starts: list[int]
    ends: list[int]
    sums: list[int]

    def _compile(self, closed: frozenset[date], day: date, until: date) -> None:
        while day < until:
            if day.weekday() < 5 and day not in closed:
                opens = int(datetime.combine(day, time(9), BERLIN).timestamp())
                closes = int(datetime.combine(day, time(18), BERLIN).timestamp())
                self.starts.append(opens)
                self.ends.append(closes)
                self.sums.append(self.sums[-1] + closes - opens)
            day += timedelta(days=1)


def floor_functions(floor: Floor) -> tuple[Callable[[int, int], int], Callable[[int, int], int]]:
    """Return elapsed and add over the floor's lists, as fast as plain Python has them."""
    starts, ends, sums = floor.starts, floor.ends, floor.sums

    def count(at: int, starts: list[int] = starts, ends: list[int] = ends, sums: list[int] = sums) -> int:
        place = bisect_right(starts, at)
        if place == 0:
            return 0
        end = ends[place - 1]
        return sums[place] - (end - at if at < end else 0)

    def elapsed(start: int, end: int) -> int:
        return count(end) - count(start)

    def add(at: int, amount: int, ends: list[int] = ends, sums: list[int] = sums) -> int:
        wanted = count(at) + amount
        place = bisect_left(sums, wanted)
        return ends[place - 1] - (sums[place] - wanted) if place else max(at, starts[0])

    return elapsed, add


def pairs(count: int) -> list[Pair]:
    """Return pairs of seconds of 2025, up to a year apart, the earlier first."""
    chance, begin = Random(1), int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
    drawn = (sorted((chance.randrange(_YEAR), chance.randrange(_YEAR))) for _ in range(count))
    return [(begin + first, begin + last) for first, last in drawn]


def _local(pair: Pair) -> tuple[datetime, datetime]:
    return datetime.fromtimestamp(pair[0], BERLIN), datetime.fromtimestamp(pair[1], BERLIN)


def _over(given: Sequence[tuple[Any, ...]], task: Callable[..., Any]) -> tuple[Callable[[], Any], int]:
    def run() -> None:
        for pair in given:
            task(*pair)

    return run, len(given)


def run() -> None:
    """Print what counting costs beside the floor, what compiling costs, and how the peers do."""
    table("Business time: two instants, and eight hours on", _against_floor())
    table("Business time: compiling, and other questions", [*_compiling(), *_questions()])
    table("Business time: peers, 40 pairs", _peers())


def _against_floor() -> list[Line]:
    floor_elapsed, floor_add = floor_functions(Floor(closed_dates(), (2024, 2027)))
    calendar, drawn = office(), pairs(_PAIRS)
    hours, eight = calendar.hours, timedelta(hours=8)
    ticks = [(first * _MICRO, last * _MICRO) for first, last in drawn]
    local = [_local(pair) for pair in drawn]
    for (first, last), (start, end) in zip(drawn, ticks, strict=True):
        if hours.elapsed(start, end) != floor_elapsed(first, last) * _MICRO:
            raise AssertionError(f"the floor disagrees about {first} to {last}")

    def from_datetimes(start: datetime, end: datetime) -> int:
        return floor_elapsed(int(start.timestamp()), int(end.timestamp()))

    def from_datetime(start: datetime, _: datetime) -> datetime:
        return datetime.fromtimestamp(floor_add(int(start.timestamp()), _EIGHT), BERLIN)

    asked = [
        ("elapsed, integer instants", _over(drawn, floor_elapsed), _over(ticks, hours.elapsed)),
        (
            "add 8 hours, integer instants",
            _over(drawn, lambda start, _: floor_add(start, _EIGHT)),
            _over(ticks, lambda start, _: hours.add(start, _EIGHT * _MICRO)),
        ),
        ("elapsed, datetimes", _over(local, from_datetimes), _over(local, calendar.elapsed)),
        (
            "add 8 hours, datetimes",
            _over(local, from_datetime),
            _over(local, lambda at, _: calendar.add(at, eight)),
        ),
    ]
    took = interleaved([task for _, *both in asked for task in both])
    return [
        line
        for place, (what, *_) in enumerate(asked)
        for line in _beside(what, took[2 * place], took[2 * place + 1])
    ]


def _beside(what: str, floor: float, ours: float) -> list[Line]:
    return [
        Line(what=f"{what}: floor", figure=rate(floor)),
        Line(what=f"{what}: jobkit", figure=rate(ours), ratio=ours / floor, limit=1.5),
    ]


def _compiling() -> list[Line]:
    closed = closed_dates()
    always = {"mon-sun": "00:00-12:00 12:15-24:00"}

    def grow(years: int, **rules: Any) -> Callable[[], Any]:
        given = {"zone": ZONE, "weekly": {"mon-fri": "09:00-18:00"}, "closed": closed, **rules}
        window = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024 + years, 1, 1, tzinfo=UTC))
        return lambda: Calendar(**given).elapsed(*window)

    spans = (1, 3, 10, 30)
    took = interleaved(
        [
            (lambda: Floor(closed, (2024, 2027)), 1),
            *((grow(years), 1) for years in spans),
            (grow(3, weekly=always), 1),
        ]
    )
    floor, *ours, shifts = (seconds * 1e3 for seconds in took)
    return [
        Line(what="compile 3 years of 5x9: floor", figure=f"{floor:.2f} ms"),
        *(
            Line(
                what=f"compile {years} years of 5x9: jobkit",
                figure=f"{milli:.2f} ms",
                ratio=milli / floor if years == 3 else None,
                limit=1.5 if years == 3 else None,
            )
            for years, milli in zip(spans, ours, strict=True)
        ),
        Line(what="compile 3 years of two shifts every day", figure=f"{shifts:.2f} ms"),
    ]


def _questions() -> list[Line]:
    calendar, local = office(), [_local(pair) for pair in pairs(_PAIRS)]
    two_days = Working(2, "day")
    asked = [
        ("is open", lambda start, _: calendar.is_open(start)),
        ("next opening", lambda start, _: calendar.next_opening(start)),
        ("add 2 working days", lambda start, _: calendar.add(start, two_days)),
        (
            "add '8 working hours', read from its text",
            lambda start, _: calendar.add(start, "8 working hours"),
        ),
        ("intervals of 7 days", lambda start, _: calendar.intervals(start, start + timedelta(days=7))),
    ]
    took = interleaved([_over(local, task) for _, task in asked], rounds=3)
    return [Line(what=what, figure=rate(each)) for (what, _), each in zip(asked, took, strict=True)]


def _peers() -> list[Line]:
    calendar, drawn = office(), pairs(_SOME)
    local = [_local(pair) for pair in drawn]
    naive = [(start.replace(tzinfo=None), end.replace(tzinfo=None)) for start, end in local]
    closed = closed_dates()
    elapsed = [calendar.elapsed(*pair).total_seconds() for pair in local]
    added = [calendar.add(start, "8 working hours") for start, _ in local]
    return [
        *_businesstimedelta(closed, local, elapsed, added),
        *_business_duration(closed, naive, elapsed),
        *_pandas(closed, naive, added),
    ]


def _told(what: str, task: tuple[Callable[[], Any], int], wrong: int | None) -> Line:
    (took,) = interleaved([task], rounds=2)
    said = what if wrong is None else f"{what}: {wrong} of {_SOME} differ from ours"
    return Line(what=said, figure=rate(took))


def _differ(theirs: Sequence[Any], ours: Sequence[Any]) -> int:
    return sum(one != other for one, other in zip(theirs, ours, strict=True))


def _businesstimedelta(
    closed: list[date], local: list[Any], elapsed: list[float], added: list[datetime]
) -> list[Line]:
    import businesstimedelta
    import pytz

    zone = pytz.timezone(ZONE)
    days = businesstimedelta.WorkDayRule(
        start_time=time(9), end_time=time(18), working_days=[0, 1, 2, 3, 4], tz=zone
    )
    rules = businesstimedelta.Rules([days, businesstimedelta.HolidayRule(dict.fromkeys(closed, ""), tz=zone)])
    eight = businesstimedelta.BusinessTimeDelta(rules, hours=8)
    found = [rules.difference(*pair) for pair in local]
    between = [each.hours * 3600 + each.seconds for each in found]
    later = [start + eight for start, _ in local]
    return [
        _told("businesstimedelta, elapsed", _over(local, rules.difference), _differ(between, elapsed)),
        _told(
            "businesstimedelta, add 8 hours", _over(local, lambda at, _: at + eight), _differ(later, added)
        ),
    ]


def _business_duration(closed: list[date], naive: list[Any], elapsed: list[float]) -> list[Line]:
    from business_duration import businessDuration

    names = dict.fromkeys(closed, "closed")

    def ask(start: datetime, end: datetime) -> float:
        return float(
            businessDuration(start, end, starttime=time(9), endtime=time(18), holidaylist=names, unit="sec")
        )

    # Where no time is open it answers NaN, which we take for nothing.
    found = [0.0 if (seconds := ask(*pair)) != seconds else seconds for pair in naive]
    return [_told("business-duration, elapsed", _over(naive, ask), _differ(found, elapsed))]


def _pandas(closed: list[date], naive: list[Any], added: list[datetime]) -> list[Line]:
    import pandas

    eight = pandas.offsets.CustomBusinessHour(n=8, start="09:00", end="18:00", holidays=closed)
    stamps = [(pandas.Timestamp(start), pandas.Timestamp(end)) for start, end in naive]
    later = [(start + eight).tz_localize(ZONE).to_pydatetime() for start, _ in stamps]
    nights, wrong = _nights(pandas)
    return [
        Line(
            what="pandas, 8 hours of a night over a gap and over a fold", figure=f"{wrong} of {nights} wrong"
        ),
        _told(
            "pandas CustomBusinessHour, add 8 hours",
            _over(stamps, lambda at, _: at + eight),
            _differ(later, added),
        ),
    ]


def _nights(pandas: Any) -> tuple[int, int]:
    """Return how often pandas ends eight hours of a Saturday night elsewhere than we when clocks change."""
    night = Calendar(zone=ZONE, weekly={"sat": "22:00-06:00"})
    eight = pandas.offsets.CustomBusinessHour(n=8, start="22:00", end="06:00", weekmask="Sat")
    evenings = [datetime(2026, 3, 28, 22), datetime(2026, 10, 24, 22)]
    theirs = [(pandas.Timestamp(at) + eight).tz_localize(ZONE).to_pydatetime() for at in evenings]
    ours = [night.add(at.replace(tzinfo=BERLIN), "8 working hours") for at in evenings]
    return len(evenings), _differ(theirs, ours)
