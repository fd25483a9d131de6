"""Laws of deadlines among several visits, of what was known when, and of promises made side by side."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit.clocks import Milestone, Milestones, read
from tests.laws import _clocks as clocks
from tests.laws._clocks import CALENDARS, START, STEP, STEPS

visits = st.dictionaries(
    st.sampled_from("abcd"),
    st.fixed_dictionaries(
        {"outcome": st.sampled_from((None, "done", "no_access"))}, optional={"start": clocks.instants}
    ),
    max_size=4,
)
days = st.lists(st.tuples(clocks.instants, visits), min_size=1, max_size=8).map(
    lambda drawn: sorted(drawn, key=lambda moment: moment[0])
)
offsets = st.sampled_from(({}, {"before": "2h"}, {"after": "2h"}))
picks = st.sampled_from(("first", "last", "next"))
nows = st.integers(0, STEPS + 20).map(lambda number: START + number * STEP)


def due(known: Mapping[str, Any], at: datetime, pick: str, offset: Mapping[str, str]) -> datetime | None:
    """Return when the visits known at an instant make the deadline, in plain words."""
    open_ones = [each for each in known.values() if each["outcome"] is None]
    dates = sorted(each["start"] for each in open_ones if each.get("start") is not None)
    ahead = [date for date in dates if date >= at] or dates[-1:]
    chosen = {"first": dates[:1], "last": dates[-1:], "next": ahead[:1]}[pick]
    moved = timedelta(hours=-2 if "before" in offset else 2 if "after" in offset else 0)
    return chosen[0] + moved if chosen else None


@given(days=days, pick=picks, offset=offsets, now=nows)
def test_the_deadline_is_that_of_the_visit_that_is_picked(
    days: list[tuple[datetime, dict[str, Any]]], pick: str, offset: dict[str, str], now: datetime
) -> None:
    """
    However visits come, move, end and vanish, the clock is due by the one picked among those without an
    outcome, and broken from the first instant at which that date has come.
    """
    target = {"by": "visits[].start", "where": "not known(item.outcome)", "pick": pick, **offset}
    promise = Milestone.load("visit", {"starts": "known(open)", "targets": [target]})
    timeline = [(at, {"open": True, "visits": _items(known)}) for at, known in days]
    told = read(timeline, promise, now=now)

    if now < days[0][0]:
        assert "not_started" == told.state
        return
    broken = next((at for at in walked(days[0][0], now) if _is_over(days, at, pick, offset)), None)
    assert ("running" if broken is None else "breached", broken) == (told.state, told.breached_at)
    assert due(_known(days, now), now, pick, offset) == told.due_at


def walked(start: datetime, end: datetime) -> Iterable[datetime]:
    """Return every half hour between two instants."""
    return (start + number * STEP for number in range((end - start) // STEP + 1))


def _items(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"id": name, **visit} for name, visit in known.items()]


def _known(days: list[tuple[datetime, dict[str, Any]]], at: datetime) -> dict[str, Any]:
    return [known for when, known in days if when <= at][-1]


def _is_over(days: list[tuple[datetime, Any]], at: datetime, pick: str, offset: Mapping[str, str]) -> bool:
    date = due(_known(days, at), at, pick, offset)
    return date is not None and date <= at


@given(
    milestone=clocks.milestones,
    timeline=clocks.timelines(),
    late=st.lists(st.integers(0, 20), min_size=10, max_size=10),
    known_at=nows,
    now=nows,
)
def test_what_was_known_then_is_the_timeline_of_what_was_recorded(
    milestone: Milestone, timeline: list[Any], late: list[int], known_at: datetime, now: datetime
) -> None:
    """
    Read as it was known at an instant, a timeline says what one says that holds nothing recorded later.
    """
    recorded = [(at, facts, at + steps * STEP) for (at, facts), steps in zip(timeline, late, strict=False)]
    kept = [(at, facts) for at, facts, when in recorded if when <= known_at]

    assert read(kept, milestone, CALENDARS, now=now) == read(
        recorded, milestone, CALENDARS, now=now, known_at=known_at
    )


@given(one=clocks.rules(), two=clocks.rules(), timeline=clocks.timelines(), now=nows)
def test_promises_side_by_side_do_not_know_of_each_other(
    one: dict[str, Any], two: dict[str, Any], timeline: list[Any], now: datetime
) -> None:
    """
    Two milestones of one load, with the same facts and calendars, each say what they say alone.
    """
    both = Milestones.load({"one": one, "two": two}, calendars=CALENDARS)
    together = [read(timeline, each, CALENDARS, now=now) for each in both.values()]
    alone = [
        read(timeline, Milestone.load("alone", data, calendars=CALENDARS), CALENDARS, now=now)
        for data in (one, two)
    ]

    assert [attrs.evolve(told, milestone="", label="", findings=()) for told in alone] == [
        attrs.evolve(told, milestone="", label="", findings=()) for told in together
    ]
