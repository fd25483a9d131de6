"""Promises of timers: computed from history alone, fired at exactly their instant, and never for ever."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import attrs
import pytest

from jobkit.durations import Working
from jobkit.errors import Invalid
from jobkit.lifecycle import (
    SYSTEM_ACTOR,
    Lifecycle,
    Lifecycles,
    advance,
    by_facet,
    due,
    overdue,
    pending,
    wakeups,
)
from jobkit.model import Job, State
from tests.lifecycle.orders import AT, WEEK, a_job, lifecycles, tables

DAYS = timedelta(days=1)


def ids() -> Any:
    """Return event ids without end."""
    return (f"e-{number}" for number in count(1))


def timed(*ways: dict[str, Any], states: dict[str, Any] | None = None) -> Lifecycles:
    """Return a lifecycle of these automatic ways."""
    plain = {
        "a": {"category": "open", "initial": True},
        "b": {"category": "open"},
        "c": {"category": "closed", "end": "closed"},
    }
    return by_facet(Lifecycle.load(tables(states=states or plain, transitions=list(ways))))


def at_a(since: datetime = AT) -> Job:
    """Return a job in state a."""
    return Job(id="J-1", type="t", states={"work": State(name="a", category="open", since=since)})


def test_timers_and_limits_wake_at_their_instants() -> None:
    """
    Every automatic transition and age limit of the present states has one wake-up, earliest first.
    """
    found = [(each.at, each.kind, each.name) for each in wakeups(a_job("draft"), lifecycles())]

    assert [
        (AT + 5 * DAYS, "age_limit", "work.draft"),
        (AT + 14 * DAYS, "transition", "work.expire"),
    ] == found


def test_working_time_is_counted_by_the_calendar() -> None:
    """
    Working days are not elapsed ones: the limit stands where the calendar puts it, after the weekend.
    """
    friday = datetime(2026, 3, 6, 7, tzinfo=UTC)

    (limit,) = wakeups(a_job("triage", since=friday), lifecycles(), WEEK)

    assert WEEK.add(friday, Working(2, "day")) == limit.at
    assert limit.at > friday + 3 * DAYS


def test_working_time_without_a_calendar_is_refused() -> None:
    """
    A limit in working time is never taken for elapsed time.
    """
    with pytest.raises(Invalid, match="no calendar was given"):
        wakeups(a_job("triage"), lifecycles())


def test_a_state_without_a_beginning_wakes_nobody() -> None:
    """
    Where it is not known since when a state lasts, nothing can be due.
    """
    job = attrs.evolve(at_a(), states={"work": State(name="a", category="open")})

    assert () == wakeups(job, timed({"trigger": "go", "from": "a", "to": "b", "after": "1d"}))


def test_a_timer_beyond_the_calendar_never_comes() -> None:
    """
    A timer that would pass after the last representable instant has no wake-up and raises nothing.
    """
    late = timed({"trigger": "go", "from": "a", "to": "b", "after": "52w"})

    assert () == wakeups(at_a(datetime(9999, 6, 1, tzinfo=UTC)), late)


def test_a_limit_is_passed_at_its_very_instant() -> None:
    """
    A microsecond before the limit the job is not overdue; at the limit it is, with queue and owner.
    """
    job, passed = a_job("draft"), AT + 5 * DAYS

    assert () == overdue(job, lifecycles(), passed - timedelta(microseconds=1))
    (late,) = overdue(job, lifecycles(), passed)
    assert ("ageing", "dealer", passed) == (late.queue, late.owner, late.at)
    assert (late,) == pending(job, lifecycles(), now=passed).overdue


def test_due_timers_are_asked_at_their_own_instant() -> None:
    """
    What is due says when it was, and its answer is that of the system at that instant.
    """
    (timer,) = due(a_job("draft"), lifecycles(), AT + 20 * DAYS)

    assert ("expire", AT + 14 * DAYS) == (timer.trigger, timer.at)
    assert timer.answer.open
    assert () == due(a_job("draft"), lifecycles(), AT + 13 * DAYS)


def test_automatic_moves_happen_at_the_due_instant() -> None:
    """
    However late it is noticed, the move occurred when it was due and was recorded now, by the system.
    """
    now = AT + 20 * DAYS

    done = advance(a_job("draft"), lifecycles(), now, event_ids=ids())

    (moved,) = done.moves
    assert ("cancelled", AT + 14 * DAYS) == (done.job.state.name, done.job.state.since)
    assert (AT + 14 * DAYS, now) == (moved.event.occurred_at, moved.event.recorded_at)
    assert SYSTEM_ACTOR == moved.event.actor


def test_automatic_moves_chain_by_their_own_times() -> None:
    """
    The second timer counts from when the first was due, not from when it was noticed.
    """
    chain = timed(
        {"trigger": "go", "from": "a", "to": "b", "after": "1d"},
        {"trigger": "end", "from": "b", "to": "c", "after": "2d"},
    )

    done = advance(at_a(), chain, AT + 10 * DAYS, event_ids=ids())

    assert [AT + DAYS, AT + 3 * DAYS] == [moved.event.occurred_at for moved in done.moves]
    assert "c" == done.job.state.name


def test_a_circle_of_timers_stops_and_says_so() -> None:
    """
    A chain that could go on is cut after the given number of moves, with a warning.
    """
    circle = timed(
        {"trigger": "go", "from": "a", "to": "b", "after": "1h"},
        {"trigger": "back", "from": "b", "to": "a", "after": "1h"},
    )

    done = advance(at_a(), circle, AT + 300 * DAYS, event_ids=ids(), most=5)

    assert 5 == len(done.moves)
    assert ["lifecycle.too_many_moves"] == [finding.code for finding in done.findings]


def test_a_chain_needs_an_id_for_each_event() -> None:
    """
    With one id only one move is made, and the rest is said to be left.
    """
    circle = timed({"trigger": "go", "from": "a", "to": "a", "after": "1h"})

    assert 1 == len(advance(at_a(), circle, AT + DAYS, event_ids=["e-1"]).moves)


def test_a_closed_timer_tells_why() -> None:
    """
    A timer whose guard says no makes no move and leaves its findings.
    """
    guarded = timed(
        {
            "trigger": "go",
            "from": "a",
            "to": "b",
            "after": "1d",
            "guards": [{"id": "ready", "when": "ready == True"}],
        }
    )

    done = advance(at_a(), guarded, AT + 2 * DAYS, event_ids=ids())

    assert () == done.moves
    assert ["lifecycle.condition_unknown"] == [finding.code for finding in done.findings]
    assert 1 == len(advance(at_a(), guarded, AT + 2 * DAYS, event_ids=ids(), facts={"ready": True}).moves)


def test_the_earliest_timer_goes_first() -> None:
    """
    Of two timers that are due, the one that was due first decides.
    """
    both = timed(
        {"trigger": "late", "from": "a", "to": "b", "after": "3d"},
        {"trigger": "soon", "from": "a", "to": "c", "after": "1d"},
    )

    assert "c" == advance(at_a(), both, AT + 9 * DAYS, event_ids=ids()).job.state.name
