"""Laws of what calendars are made of: sets, editions, holidays, plain data, and the reason for each hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit.calendars import BusinessTime, Calendar, Edition, Editions, Why, load_calendar
from jobkit.calendars import closures as closed_in
from tests.laws._calendars import (
    MOMENT,
    SLOW,
    ZERO,
    at,
    holidays,
    near,
    plain_calendars,
    timetables,
)

Timetable = tuple[BusinessTime, int]


@SLOW
@given(plain_calendars(), plain_calendars(), st.data())
def test_sets_count_like_sets(
    one: tuple[Calendar, int], two: tuple[Calendar, int], data: st.DataObject
) -> None:
    """
    Both and either together count what the two count, and a difference is what is left.
    """
    (a, jump), (b, _) = one, two
    start, end = data.draw(near(jump)), data.draw(near(jump))

    def counted(calendar: BusinessTime) -> timedelta:
        return calendar.elapsed(start, end)

    assert counted(a | b) + counted(a & b) == counted(a) + counted(b)
    assert counted(a - b) + counted(a & b) == counted(a)
    assert counted((a - b) & b) == counted(a - a) == ZERO
    assert counted(Calendar.always() - a) == (end - start) - counted(a)


@SLOW
@given(plain_calendars(), plain_calendars(), plain_calendars(), st.data())
def test_sets_follow_the_laws_of_sets(
    one: tuple[Calendar, int], two: tuple[Calendar, int], three: tuple[Calendar, int], data: st.DataObject
) -> None:
    """
    Order and grouping do not matter, either distributes over both, and not both is either not.
    """
    (a, jump), (b, _), (c, _) = one, two, three
    always = Calendar.always()
    start, end = sorted((data.draw(near(jump)), data.draw(near(jump))))

    def spans(calendar: BusinessTime) -> object:
        return calendar.intervals(start, end)

    assert spans(a & b) == spans(b & a)
    assert spans(a | b) == spans(b | a)
    assert spans((a & b) & c) == spans(a & (b & c))
    assert spans((a | b) | c) == spans(a | (b | c))
    assert spans(a & (b | c)) == spans((a & b) | (a & c))
    assert spans(always - (a & b)) == spans((always - a) | (always - b))
    assert spans(a - b) == spans(a & (always - b))
    assert spans(a & a) == spans(a | a) == spans(a & always) == spans(a)


@SLOW
@given(plain_calendars(), plain_calendars(), st.data())
def test_an_edit_never_rewrites_what_was(
    old: tuple[Calendar, int], new: tuple[Calendar, int], data: st.DataObject
) -> None:
    """
    Before its effective date an edited calendar counts, opens and adds as the old one, after it as the new.
    """
    (before, jump), (after, _) = old, new
    turn, start, end = (data.draw(near(jump)) for _ in range(3))
    original = Editions(id="c", editions=[Edition(calendar=before)])
    edited = original.edited(after, effective_from=turn, known_from=turn)
    one, two = min(start, turn), min(end, turn)
    three, four = max(start, turn), max(end, turn)

    assert original.elapsed(one, two) == edited.elapsed(one, two) == before.elapsed(one, two)
    assert original.intervals(one, two) == edited.intervals(one, two) == before.intervals(one, two)
    assert after.elapsed(three, four) == edited.elapsed(three, four)
    assert edited.elapsed(one, four) == before.elapsed(one, turn) + after.elapsed(turn, four)


@SLOW
@given(st.lists(plain_calendars(day_length=["real", "wall"]), min_size=2, max_size=4), st.data())
def test_what_was_known_stays_known(calendars: list[tuple[Calendar, int]], data: st.DataObject) -> None:
    """
    Whatever is recorded later, the calendar as known at an instant gives the verdicts that it gave then.
    """
    (first, jump), *rest = calendars
    first = attrs.evolve(first, policies=attrs.evolve(first.policies, gap="jump"))
    asked = [(data.draw(near(jump)), data.draw(near(jump))) for _ in range(3)]
    current = Editions(id="c", editions=[Edition(calendar=first)])
    past = []
    for step, (calendar, _) in enumerate(rest):
        past.append((at(jump + step), current, [current.elapsed(*span) for span in asked]))
        known = at(jump + step + 1)
        current = current.edited(
            calendar, effective_from=data.draw(near(jump)), known_from=known, backdated=True
        )

    for instant, then, verdicts in past:
        assert then == current.known_at(instant)
        assert verdicts == [current.known_at(instant).elapsed(*span) for span in asked]


@given(timetables())
def test_calendars_read_back(timetable: Timetable) -> None:
    """
    What is dumped is read back to an equal value with the same hash, whatever it is made of.
    """
    calendar, _ = timetable
    again = load_calendar(calendar.dump())

    assert (calendar, calendar.digest, calendar.dump()) == (again, again.digest, again.dump())


@given(st.lists(holidays, max_size=6), st.integers(1900, 2100))
def test_a_holiday_closes_in_its_year_only(rules: list[Any], year: int) -> None:
    """
    Closures of a year lie in it, do not depend on the order of the rules, and leave weekends where they must.
    """
    found = closed_in(rules, year)
    turned = closed_in(rules[::-1], year)

    assert {year} >= {day.year for day in found}
    assert list(found) == sorted(found) == list(turned)
    moved = {one.name for one in rules if one.observed in ("monday", "friday", "nearest_weekday")}
    assert not [
        closure
        for day, closures in found.items()
        for closure in closures
        if day.weekday() > 4 and closure.name in moved
    ]


@given(timetables(), st.data())
def test_every_hour_has_the_reason_that_it_has_alone(timetable: Timetable, data: st.DataObject) -> None:
    """
    Reasons cover a window without holes, are open where it is, differ in a row, and hold at each instant.
    """
    calendar, jump = timetable
    start, end = sorted((data.draw(near(jump)), data.draw(near(jump))))
    parts = calendar.explain(start, end)
    edges = [edge for begin, finish, _ in parts for edge in (begin, finish)]
    probes = [begin for begin, _, _ in parts] + [finish - MOMENT for _, finish, _ in parts]

    assert [*edges[:1], *(edge for edge in edges[1:-1:2] for _ in (0, 1)), *edges[-1:]] == edges
    assert ([start, end] if start < end else []) == [*edges[:1], *edges[-1:]]
    assert all(before != after for (_, _, before), (_, _, after) in pairwise(parts))
    assert calendar.intervals(start, end) == _joined(parts)
    assert [calendar.why(at) for at in probes] == [_at(parts, at) for at in probes]


def _joined(parts: Sequence[tuple[datetime, datetime, Why]]) -> tuple[tuple[datetime, datetime], ...]:
    found: list[tuple[datetime, datetime]] = []
    for begin, finish, why in parts:
        if why.open:
            begin = found.pop()[0] if found and found[-1][1] == begin else begin
            found.append((begin, finish))
    return tuple(found)


def _at(parts: Sequence[tuple[datetime, datetime, Why]], at: datetime) -> Why:
    return next(why for begin, finish, why in parts if begin <= at < finish)
