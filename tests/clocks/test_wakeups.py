"""Promises of the wake-ups of clocks: exact, complete, and one timer is enough."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jobkit.clocks import ClockState, Milestones, Reading, reading, refold, wakeups
from jobkit.mappings import EMPTY
from jobkit.wakeups import WakeupQueue
from tests.laws._batch import CALENDARS, MILESTONES, START, Clock, clocks, folded, last

EIGHT = datetime(2026, 3, 10, 8, tzinfo=UTC)
REPLY = Milestones.load(
    {
        "reply": {
            "starts": "known(asked)",
            "stops": "known(answered)",
            "pauses": [{"when": "older_than(held, '0s') and younger_than(held, '2h')", "reason": "held"}],
            "targets": [{"within": "8h"}],
            "warnings": [{"name": "half", "share": 0.5}, {"name": "four_left", "left": "4h"}],
        }
    }
)


def named(facts: dict[str, Any], now: datetime) -> list[tuple[str, datetime]]:
    """Return what the clock of a question asked at eight waits for, by name."""
    state = refold([(EIGHT, facts)], REPLY["reply"])
    found = wakeups("J-1", {"reply": state}, REPLY, EMPTY, facts, now)
    return [(wakeup.name, wakeup.at) for wakeup in found]


def test_what_comes_at_one_instant_is_named_together() -> None:
    """
    Two warnings at one instant are two names, and the breach is waited for once they are past.
    """
    noon, four = EIGHT + timedelta(hours=4), EIGHT + timedelta(hours=8)

    assert [("reply.four_left", noon), ("reply.half", noon)] == named({"asked": True}, EIGHT)
    assert [("reply.breached", four)] == named({"asked": True}, noon)
    assert [] == named({"asked": True}, four)


def test_a_condition_that_time_turns_is_waited_for() -> None:
    """
    A pause that begins and ends by time alone is woken for at both ends.
    """
    facts = {"asked": True, "held": EIGHT + timedelta(hours=1)}

    assert [("reply.turned", EIGHT + timedelta(hours=1))] == named(facts, EIGHT)
    assert [("reply.turned", EIGHT + timedelta(hours=3))] == named(facts, EIGHT + timedelta(hours=2))


def test_what_only_an_event_changes_is_not_waited_for() -> None:
    """
    An answered question, a clock that never started and a clock without rules wake nobody.
    """
    never = ClockState()

    assert [] == named({"asked": True, "answered": True}, EIGHT)
    assert [] == named({}, EIGHT)
    assert () == wakeups("J-1", {"gone": never}, REPLY, EMPTY, {}, EIGHT)


def visible(told: Reading) -> tuple[Any, ...]:
    """Return what of a reading is not just counting on."""
    passed = tuple(warning.passed for warning in told.warnings)
    return told.state, told.cycle, told.paused_for, told.target, told.breached_at, passed


def read_at(clock: Clock, state: ClockState, now: datetime) -> Reading:
    """Return what the clock says at *now*, when nothing has happened since its last moment."""
    return reading(state, MILESTONES[clock[0]], CALENDARS, last(clock)[1], now)


@given(st.lists(clocks, min_size=1, max_size=4), st.lists(st.integers(0, 500), max_size=12))
def test_one_timer_is_enough(drawn: list[Clock], probes: list[int]) -> None:
    """
    A host that sleeps until the next wake-up misses no change of any clock, and none rings without cause.
    """
    held = [(clock, state) for clock in drawn if (state := folded(clock)) is not None]
    now = START + max(last(clock)[0] for clock, _ in held)
    queue, end = WakeupQueue(), now + timedelta(days=20)

    def plan(number: int, at: datetime) -> None:
        clock, state = held[number]
        own = {clock[0]: state}
        queue.replace(str(number), wakeups(str(number), own, MILESTONES, CALENDARS, last(clock)[1], at))

    for number in range(len(held)):
        plan(number, now)
    said = [visible(read_at(clock, state, now)) for clock, state in held]
    while (first := queue.next()) is not None and first.at <= end:
        for probe in [now + (first.at - now) * share / 501 for share in probes]:
            assert said == [visible(read_at(clock, state, probe)) for clock, state in held]
        now = first.at
        for number in sorted({int(wakeup.job_id) for wakeup in queue.due(now)}):
            told = visible(read_at(*held[number], now))
            assert said[number] != told
            said[number] = told
            plan(number, now)
    assert said == [visible(read_at(clock, state, end)) for clock, state in held]
