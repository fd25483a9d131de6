"""A real incident log as clocks: waiting pauses them, and carried state equals full replay."""

from collections import Counter
from datetime import timedelta

import pytest

from jobkit.clocks import read, reading
from tests.clocks._volvo import LOG, Bench, Case, Totals, carried, cases, totals, unequal


@pytest.fixture(scope="module")
def log() -> list[Case]:
    """The cases of the log by name."""
    if not LOG.exists():
        pytest.skip("the incident log of the BPI Challenge 2013 is not here")
    return cases()


@pytest.fixture(scope="module")
def bench() -> Bench:
    """The clocks and the calendar of the log."""
    return Bench()


def all_of(log: list[Case], name: str, bench: Bench) -> Totals:
    """Return what one clock comes to over all cases at the last instant of the log."""
    return totals(log, name, bench, max(moments[-1][0] for _, moments in log))


def test_the_whole_log_is_read(log: list[Case]) -> None:
    """
    65,533 events of 7,554 cases are the moments of the clocks.
    """
    assert (7_554, 65_533) == (len(log), sum(len(moments) for _, moments in log))


def test_response_is_met_or_late_in_every_case_that_waited(log: list[Case], bench: Bench) -> None:
    """
    Cases that nobody had to wait in have no response clock; every other one was answered, 524 of them late.
    """
    told = all_of(log, "response", bench)

    assert Counter({"met": 3_987, "not_started": 3_043, "met_late": 524}) == told.states
    assert Counter({"Medium": 291, "Low": 206, "High": 27}) == told.late


def test_resolution_counts_no_waiting(log: list[Case], bench: Bench) -> None:
    """
    Waiting for the user is the longest pause, and no pause counts towards the target.
    """
    told = all_of(log, "resolution", bench)

    assert 7_554 == told.states.total()
    assert ["user", "waiting", "implementation", "vendor", "customer"] == list(told.paused)
    assert told.paused["user"] > timedelta(days=4_000)


def test_carried_state_equals_full_replay(log: list[Case], bench: Bench) -> None:
    """
    In every sixteenth case the carried state is that of a replay, at each of its prefixes.
    """
    assert 0 == sum(unequal(moments, bench) for _, moments in log[::16])


def test_carried_state_says_what_the_derivation_says(log: list[Case], bench: Bench) -> None:
    """
    At the end of every fortieth case the verdict of the carried state is the one that the spans derive.
    """
    for _, moments in log[::40]:
        at, facts = moments[-1]
        for name, milestone in bench.milestones.items():
            *_, state = carried(moments, name, bench)
            told = read(moments, milestone, bench.calendars, now=at)
            short = reading(state, milestone, bench.calendars, facts, at)

            assert (told.state, told.elapsed, told.left) == (short.state, short.elapsed, short.left)
            assert told.elapsed == sum((span.amount for span in told.spans), timedelta(0))
