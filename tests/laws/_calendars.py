"""A naive reference for business time that walks the wall clock, and strategies round real jumps."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from itertools import accumulate, pairwise
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import attrs
from hypothesis import assume, settings
from hypothesis import strategies as st

from jobkit.calendars import BusinessTime, Calendar, Edition, Editions, Holiday, Policies, load_calendar
from jobkit.errors import Invalid

Minutes = tuple[int, int]
Reading = tuple[int, int, datetime]
"""A second since 1970, how many seconds it stands for, and what the wall clock reads (naive)."""
Gap = tuple[datetime, datetime]
"""What the wall clock would have shown next, and what it showed instead."""

ZONES: Final = sorted(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR: Final = 3_600
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
FAR: Final = datetime.max
MARGIN: Final = 26 * HOUR
"""No zone has ever jumped farther, so nothing beyond it can decide whether a second is open."""


@attrs.frozen(kw_only=True)
class Rules:
    """What a calendar is made of, in plain numbers: minutes after local midnight, 1440 and more overnight."""

    zone: str
    week: tuple[tuple[Minutes, ...], ...]
    closed: Mapping[date, tuple[Minutes, ...]] = attrs.field(factory=dict)
    civil: bool = False
    gap: Literal["jump", "later", "earlier"] = "jump"
    fold: Literal["both", "first", "second"] = "both"

    def closures(self, day: date) -> Iterator[Minutes]:
        """Yield what is closed of shifts that open on *day*: a whole date by name, a part by the wall."""
        for begin, end in self.closed.get(day, ()):
            yield begin, end if self.civil or (begin, end) != (0, 1440) else 2 * 1440
        for begin, end in self.closed.get(day + timedelta(days=1), ()):
            if self.civil or (begin, end) != (0, 1440):
                yield 1440 + begin, 1440 + end

    def shifts(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield what is open of the shifts that open on *day*, by the wall clock."""
        midnight = datetime.combine(day, datetime.min.time())
        for shift in self.week[day.weekday()]:
            for opens, closes in without(shift, *self.closures(day)):
                yield midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)


def without(shift: Minutes, *closed: Minutes) -> list[Minutes]:
    """Return what is left of a shift when some minutes are closed."""
    edges = sorted({*shift, *(edge for span in closed for edge in span if shift[0] < edge < shift[1])})
    return [pair for pair in pairwise(edges) if not any(begin <= pair[0] < end for begin, end in closed)]


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Return a zone of the tzdata package, whatever the machine brings along."""
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


def readings(zone: ZoneInfo, begin: int, end: int, *, every_second: bool = True) -> Iterator[Reading]:
    """Read the wall clock every second; else once a local minute wherever the clock runs evenly."""
    at = begin
    while at < end:
        wall = datetime.fromtimestamp(at, zone)
        step = 1 if every_second or not _even(at, zone) else min(60 - wall.second, end - at)
        yield at, step, wall.replace(tzinfo=None, fold=0)
        at += step


def _even(at: int, zone: ZoneInfo) -> bool:
    return offset_at(at, zone) == offset_at(at + 60, zone)


class Walked(NamedTuple):
    """
    One reading, and what the wall has shown when it begins and when it ends.

    Beside them stands the earliest time that the wall will yet show from then on, and after it.
    """

    at: int
    length: int
    shown: datetime
    passed: datetime
    to_come: datetime
    after: datetime


def walk(rules: Rules, begin: int, end: int, *, every_second: bool = True) -> tuple[list[Walked], list[Gap]]:
    """Walk from *begin* to *end*, and as far round it as can matter; tell also what the wall left out."""
    zone = zone_of(rules.zone)
    seen = [
        *readings(zone, begin - MARGIN, begin, every_second=False),
        *readings(zone, begin, end, every_second=every_second),
        *readings(zone, end, end + MARGIN, every_second=False),
    ]
    walls = [wall for _, _, wall in seen]
    ends = [wall + timedelta(seconds=length) for _, length, wall in seen]
    to_come = list(accumulate(reversed(walls), min))[::-1]
    walked = [
        Walked(at, length, *rest)
        for (at, length, _), *rest in zip(
            seen, accumulate(walls, max), accumulate(ends, max), to_come, [*to_come[1:], FAR], strict=True
        )
    ]
    steps = zip(ends, walls[1:], strict=False)
    return walked, [(due, came) for due, came in steps if due < came]


def open_seconds(rules: Rules, begin: int, end: int, *, every_second: bool = True) -> list[tuple[int, int]]:
    """
    Walk from *begin* to *end* and return (second, length) of all that is open.

    A shift has opened once the wall clock has shown its opening, and has closed when it will never again show
    anything before its closing: so an opening takes the first of two readings and a closing the second. By
    the second for both it has opened when its opening will not come again.
    """
    walked, gaps = walk(rules, begin, end, every_second=every_second)
    shifts = [
        (moved(opens, rules, gaps), moved(closes, rules, gaps, closing=True))
        for opens, closes in shifts_near(rules, walked[0].to_come.date(), walked[-1].shown.date())
    ]
    return [(one.at, one.length) for one in walked if begin <= one.at < end and _is_open(rules, shifts, one)]


def _is_open(rules: Rules, shifts: list[tuple[datetime, datetime]], one: Walked) -> bool:
    coming = one.after if rules.fold == "second" else FAR
    closing = one.shown if rules.fold == "first" else one.to_come
    return any(opens <= one.shown and opens < coming and closing < closes for opens, closes in shifts)


def moved(edge: datetime, rules: Rules, gaps: list[Gap], *, closing: bool = False) -> datetime:
    """Move an opening or closing that the wall never shows; at the jump it is where it stands."""
    for begin, end in gaps:
        if closing and edge == begin:
            return edge
        if begin <= edge < end and rules.gap != "jump":
            return end + (edge - begin) if rules.gap == "later" else begin - (end - edge)
    return edge


def shifts_near(rules: Rules, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield the shifts that may be open on some date from *first* to *last*."""
    for days in range(-2, (last - first).days + 2):
        yield from rules.shifts(first + timedelta(days=days))


def wall_time(rules: Rules, begin: int, end: int) -> timedelta:
    """
    Return how much of the shifts the wall has shown between two seconds, each wall second once.

    A shift that meets another is one with it; one that the wall never shows at all counts nothing.
    """
    walked, gaps = walk(rules, begin, end, every_second=False)
    first, last = (_passed(walked, second) for second in (begin, end))
    passed = [
        min(max(last, opens), closes) - min(max(first, opens), closes)
        for opens, closes in _met(shifts_near(rules, first.date(), last.date()))
        if not any(leaves <= opens and closes <= comes for leaves, comes in gaps)
    ]
    return sum(passed, timedelta())


def _met(shifts: Iterator[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for opens, closes in shifts:
        meets = found and found[-1][1] == opens
        found.append((found.pop()[0], closes) if meets else (opens, closes))
    return found


def _passed(walked: list[Walked], second: int) -> datetime:
    """Return up to where the wall has shown everything when a second begins."""
    place = next(place for place, one in enumerate(walked) if one.at == second)
    return max(walked[place - 1].passed, walked[place].shown)


def total(seconds: list[tuple[int, int]]) -> timedelta:
    """Return how much time was walked in the open."""
    return timedelta(seconds=sum(length for _, length in seconds))


@lru_cache(maxsize=1024)
def jumps(name: str, years: int) -> tuple[int, ...]:
    """Return the seconds at which a zone's offset changes within *years* of now, looking once a week."""
    zone = zone_of(name)
    weeks = range(NOW - years * 365 * DAY, NOW + min(years, 30) * 365 * DAY, WEEK)
    offsets = [offset_at(at, zone) for at in weeks]
    changed = [at for at, old, new in zip(weeks, offsets, offsets[1:], strict=False) if old != new]
    return tuple(_jump(at, zone) for at in changed)


def offset_at(at: int, zone: ZoneInfo) -> timedelta:
    """Return a zone's offset at one second."""
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None
    return offset


def _jump(before: int, zone: ZoneInfo) -> int:
    old = offset_at(before, zone)
    return (
        before
        + 1
        + bisect_right(range(1, WEEK + 1), False, key=lambda more: offset_at(before + more, zone) != old)
    )


def clock(minute: int) -> str:
    """Write minutes after midnight as opening hours do."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def hours_text(spans: tuple[Minutes, ...]) -> str:
    """Write shifts or spans as opening hours do, those past midnight by the clock of the next day."""
    return " ".join(f"{clock(begin)}-{clock(end if end <= 1440 else end - 1440)}" for begin, end in spans)


def weekly_of(rules: Rules) -> dict[str, str]:
    """Return the weekly hours in the words of a calendar."""
    return {day: hours_text(shifts) for day, shifts in zip(DAYS, rules.week, strict=True) if shifts}


def calendar_of(rules: Rules, **policies: Any) -> Calendar:
    """Build the calendar that promises what the reference walks."""
    holidays = [
        Holiday(name="Closed", on=day.isoformat(), closed=hours_text(spans))
        for day, spans in rules.closed.items()
    ]
    overnight: Any = "civil_day" if rules.civil else "opening_date"
    settings = Policies(overnight=overnight, gap=rules.gap, fold=rules.fold, **policies)
    return Calendar(zone=rules.zone, weekly=weekly_of(rules), holidays=holidays, policies=settings)


# Most clocks jump in the first hours of a day, so that is where most edges of shifts belong.
_minutes = st.one_of(st.integers(0, 300), st.integers(0, 1439))
_far = st.builds(lambda day, minute: (None, day * 1440 + minute), st.integers(0, 6), _minutes)
_close = st.tuples(st.booleans(), st.sampled_from((0, 1)) | st.integers(-90, 90))
_edges: Any = st.lists(_close | _far, min_size=4, max_size=16)


def _week_of(edges: list[int]) -> tuple[tuple[Minutes, ...], ...]:
    week: list[list[Minutes]] = [[] for _ in DAYS]
    for begin, end in zip(edges[::2], edges[1::2], strict=False):
        day, opens = divmod(begin, 1440)
        week[day].append((opens, opens + min(end - begin, 1440)))
    return tuple(tuple(shifts) for shifts in week)


def weeks_near(jump: int, zone: ZoneInfo) -> st.SearchStrategy[tuple[tuple[Minutes, ...], ...]]:
    """
    Draw weekly shifts that never overlap, some of them past midnight, some as long as a day.

    Half of their edges lie where the wall is just before or after a jump, so that gaps and folds are hit.
    """
    walls = [datetime.fromtimestamp(second, zone) for second in (jump - 1, jump)]
    minutes = [wall.weekday() * 1440 + wall.hour * 60 + wall.minute for wall in walls]

    def placed(edges: list[tuple[bool | None, int]]) -> tuple[tuple[Minutes, ...], ...]:
        starts = ((0 if after is None else minutes[after], more) for after, more in edges)
        return _week_of(sorted({(start + more) % 10_080 for start, more in starts}))

    drawn: st.SearchStrategy[tuple[tuple[Minutes, ...], ...]] = _edges.map(placed)
    return drawn


spans = (
    st.lists(st.integers(0, 1440), min_size=2, max_size=4, unique=True)
    .map(sorted)
    .map(lambda edges: tuple(zip(edges[::2], edges[1::2], strict=False)))
)
zones = st.sampled_from(ZONES)


# What walks the clock or compiles many calendars draws two fifths of the profile's examples.
SLOW: Final = settings(max_examples=settings().max_examples * 2 // 5)
ZERO: Final = timedelta()
MOMENT: Final = timedelta(microseconds=1)
NEVER: Final = ("calendars.never_open", "calendars.no_turn", "calendars.no_workday")
NOW: Final = 1_767_225_600
"""The beginning of 2026, where no clock jumps; engines count from near it."""


@st.composite
def scenes(draw: st.DrawFn, most: int, *, years: int = 170) -> tuple[Rules, int, int]:
    """
    Draw rules in any zone and a window of at most twice *most* seconds round one of its real jumps.

    The jump lies within some *years* of now, if the zone has one there.
    """
    zone = draw(zones)
    jump = draw(st.sampled_from(jumps(zone, years) or (NOW,)))
    begin, end = jump - draw(st.integers(0, most)), jump + draw(st.integers(1, most))
    local = datetime.fromtimestamp(jump, zone_of(zone)).date()
    days = st.integers(-2 - most // DAY, 2 + most // DAY).map(lambda more: local + timedelta(days=more))
    rules = Rules(
        zone=zone,
        week=draw(weeks_near(jump, zone_of(zone))),
        closed=draw(st.dictionaries(days, spans | st.just(((0, 1440),)), max_size=2)),
        civil=draw(st.booleans()),
        gap=draw(st.sampled_from(("jump", "later", "earlier"))),
        fold=draw(st.sampled_from(("both", "first", "second"))),
    )
    return rules, begin, end


@st.composite
def plain_calendars(draw: st.DrawFn, /, **policies: Any) -> tuple[Calendar, int]:
    """Draw a calendar and a second at which its zone's clock jumps."""
    rules, begin, end = draw(scenes(1, years=6))
    chosen = {name: draw(st.sampled_from(words)) for name, words in policies.items()}
    if chosen.get("day_length") == "wall":
        rules = attrs.evolve(rules, gap="jump")
    return calendar_of(rules, **chosen), (begin + end) // 2


@st.composite
def timetables(draw: st.DrawFn) -> tuple[BusinessTime, int]:
    """Draw business time of any kind, plain, a set or through an edit, and a second near a jump in it."""
    first, jump = draw(plain_calendars())
    kind = draw(st.sampled_from(("plain", "plain", "and", "or", "minus", "edited")))
    if kind == "plain":
        return first, jump
    second, _ = draw(plain_calendars())
    combined: dict[str, BusinessTime] = {"and": first & second, "or": first | second, "minus": first - second}
    edit = at(jump + draw(st.integers(-DAY, DAY)))
    editions = Editions(id="edited", editions=[Edition(calendar=first)])
    return combined.get(kind) or editions.edited(second, effective_from=edit, known_from=edit), jump


def at(second: int) -> datetime:
    """Return a second since 1970 as an instant."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)


micros = st.just(0) | st.integers(0, 999_999)
_away = st.builds(
    timedelta, seconds=st.integers(-7 * DAY, 7 * DAY) | st.integers(-4 * HOUR, 4 * HOUR), microseconds=micros
)
amounts = st.builds(timedelta, seconds=st.integers(0, 20 * HOUR) | st.integers(0, 90), microseconds=micros)


def near(jump: int) -> st.SearchStrategy[datetime]:
    """Draw an instant within some days of a jump, now and then with a fraction of a second."""
    return _away.map(lambda away: at(jump) + away)


@st.composite
def split(draw: st.DrawFn, week: tuple[tuple[Minutes, ...], ...]) -> tuple[tuple[Minutes, ...], ...]:
    """Draw the same weekly hours with some shifts in two parts that meet."""
    return tuple(tuple(part for shift in shifts for part in draw(_halves(shift))) for shifts in week)


def _halves(shift: Minutes) -> st.SearchStrategy[list[Minutes]]:
    begin, end = shift
    # What begins on the next day is no part of this day's hours any more.
    last = min(end, 1440) - 1
    if last <= begin:
        return st.just([shift])
    return st.integers(begin + 1, last).map(lambda cut: [(begin, cut), (cut, end)])


lines = st.one_of(
    st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(date.isoformat),
    st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: day.isoformat()[5:]),
    st.integers(-300, 300).filter(bool).map("easter {:+d}".format),
    st.integers(-300, 300).filter(bool).map("orthodox easter {:+d}".format),
    st.builds(
        "{} {} of {}".format,
        st.sampled_from(("first", "fourth", "fifth", "last")),
        st.sampled_from(DAYS),
        st.sampled_from(("jan", "feb", "may", "dec")),
    ),
    st.builds(
        "{} {} 12-29".format, st.sampled_from(DAYS), st.sampled_from(("from", "after", "until", "before"))
    ),
)
_observed: Any = st.sampled_from(
    ("same_day", "monday", "sunday_to_monday", "friday", "nearest_weekday", "free_weekday")
)
holidays = st.builds(Holiday, name=st.uuids().map(str), on=lines, observed=_observed)


def given_or_never(act: Callable[[], datetime]) -> datetime:
    """Return what a calendar answers; an example in which it never opens again is passed over."""
    try:
        return act()
    except Invalid as error:
        assume(error.code not in NEVER)
        raise


def spans_of(calendar: BusinessTime, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return what a calendar opens in a window; no engine has to grow to it from our days."""
    ticks = (begin - at(0)) // MOMENT, (end - at(0)) // MOMENT
    spans = calendar.spans(*ticks)
    return [(at(0) + opens * MOMENT, at(0) + closes * MOMENT) for opens, closes in spans]


def lasting(calendar: BusinessTime, begin: datetime, end: datetime) -> timedelta:
    """Return how long a calendar is open in a window."""
    return sum((closes - opens for opens, closes in spans_of(calendar, begin, end)), ZERO)


def fresh(calendar: BusinessTime) -> BusinessTime:
    """Return an equal calendar that has compiled nothing yet."""
    return load_calendar(calendar.dump())
