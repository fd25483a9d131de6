"""Clocks by calendars that have no hours left: they read, pause and stop, are never due, and say why."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jobkit.calendars import Calendar, Edition, Editions, OneOff, Policies
from jobkit.clocks import (
    Arrays,
    ClockState,
    Reading,
    advance,
    check,
    columns,
    next_change,
    read,
    reading,
    refold,
    wakeups,
)
from jobkit.errors import Invalid
from jobkit.findings import Template
from tests.clocks.promises import at, milestone, walk

SHUT = Calendar(id="shut", zone="UTC", weekly={})
DAILY = Calendar(id="workshop", zone="UTC", weekly={"mon-fri": "08:00-16:00"})
CLOSING = Editions(
    id="closing",
    editions=(Edition(calendar=DAILY), Edition(calendar=SHUT, effective_from=at(11, 0))),
)
NOW = at(9, 12)
APPROVED = walk((at(9, 8), "approved"))
NO_SUCH = Template("test.unknown", "Nobody knows.", "Ask somebody else.")


def without_hours(calendar: Any = SHUT, **rules: Any) -> Reading:
    """Return what the clock says on Monday noon, checked to be the same in every way of asking."""
    promise = milestone(calendar="workshop", **rules)
    calendars = {"workshop": calendar}
    told = read(APPROVED, promise, calendars, now=NOW)
    state = refold(APPROVED, promise, calendars)
    facts = APPROVED[-1][1]
    carried = reading(state, promise, calendars, facts, NOW)
    (row,) = (columns([state], calendars, NOW).row(place) for place in range(1))

    assert (told.state, told.left, told.due_at, told.findings) == (
        carried.state, carried.left, carried.due_at, carried.findings,
    )  # fmt: skip
    assert (told.state, told.left, told.due_at) == tuple(row)
    assert tuple(row) == tuple(Arrays.of([state], calendars).columns(NOW).row(0))
    return told


@pytest.mark.parametrize(
    "target",
    [
        {"within": "8 working hours"},
        {"within": "30 working minutes"},
        {"within": "2 working days"},
        {"by": "confirmed", "after": "3 working hours"},
        {"by": "confirmed", "after": "1 working days"},
        {"by": "confirmed", "before": "1 working days"},
    ],
    ids=lambda target: " ".join(target.values()),
)
def test_every_target_by_a_calendar_without_hours_is_never_due(target: dict[str, str]) -> None:
    """
    Whatever is promised in working time, the clock runs, has no due instant, and names the calendar.
    """
    promise = milestone(calendar="workshop", targets=[target], warnings=[{"name": "half", "share": 0.5}])
    moments = [(at(9, 8), {"state": "approved", "confirmed": at(10, 8)})]
    told = read(moments, promise, {"workshop": SHUT}, now=NOW)

    assert ("running", timedelta(0), None) == (told.state, told.elapsed, told.due_at)
    assert (False,) == tuple(warning.passed for warning in told.warnings)
    (finding,) = told.findings
    assert ("clocks.no_hours", "warn", "$.calendars[workshop]") == (
        finding.code, finding.severity, finding.path,
    )  # fmt: skip
    assert "clocks.no_hours" == told.to_dict()["findings"][0]["code"]
    assert told.has_target


def test_readings_columns_and_arrays_agree_without_hours() -> None:
    """
    The carried state, its column and its array say of a clock without hours what a full replay says.
    """
    hours = without_hours(targets=[{"within": "8 working hours"}])
    days = without_hours(targets=[{"within": "2 working days"}])

    assert ("running", timedelta(hours=8), None) == (hours.state, hours.left, hours.due_at)
    assert ("running", None, None) == (days.state, days.left, days.due_at)


def test_calendar_closed_for_good_stops_no_clock_from_ending() -> None:
    """
    A clock that began while the calendar had hours goes on after it has closed for good, and may be met.
    """
    promise = milestone(calendar="workshop", targets=[{"within": "40 working hours"}])
    calendars = {"workshop": CLOSING}
    approved, done = {"state": "approved"}, {"state": "on_site"}
    state = advance(ClockState(), promise, calendars, {}, at(9, 8), approved)
    told = reading(state, promise, calendars, approved, at(20, 8))
    ended = reading(
        advance(state, promise, calendars, approved, at(20, 9), done), promise, calendars, done, at(20, 9)
    )

    assert (timedelta(hours=16), timedelta(hours=24), None) == (told.elapsed, told.left, told.due_at)
    assert ["clocks.no_hours"] == [finding.code for finding in told.findings]
    assert ("met", None, ()) == (ended.state, ended.due_at, ended.findings)


def test_paused_clock_without_hours_says_so_too() -> None:
    """
    A paused clock that would never be due if it resumed has no such instant and says why.
    """
    promise = milestone(
        calendar="workshop",
        targets=[{"within": "8 working hours"}],
    )
    moments = [(at(9, 8), {"state": "approved"}), (at(9, 9), {"state": "hold"})]
    told = read(moments, promise, {"workshop": SHUT}, now=NOW)

    assert ("paused", None, None) == (told.state, told.due_at, told.due_if_resumed)
    assert ["clocks.no_hours"] == [finding.code for finding in told.findings]


def test_due_at_an_opening_that_never_comes_is_no_due_instant() -> None:
    """
    Where what is used up at a closing is due at the next opening, after the last one it is never due.
    """
    late = Policies(at_closing="next_opening")
    one_day = Calendar(
        id="one_day",
        zone="UTC",
        weekly={},
        openings=[OneOff(date=date(2026, 3, 9), hours="08:00-16:00")],
        policies=late,
    )

    assert without_hours(one_day, targets=[{"within": "8 working hours"}]).due_at is None


def test_breach_before_the_calendar_closed_stays() -> None:
    """
    A promise broken while there were hours needs no more of them: it is broken, and nothing is doubtful.
    """
    promise = milestone(calendar="workshop", targets=[{"within": "4 working hours"}])
    told = read([(at(9, 8), {"state": "approved"})], promise, {"workshop": CLOSING}, now=at(20, 8))

    assert ("breached", at(9, 12), ()) == (told.state, told.breached_at, told.findings)


def test_clock_without_hours_wakes_nobody() -> None:
    """
    What never comes due has no next change, so that no host waits for it.
    """
    promise = milestone(calendar="workshop", targets=[{"within": "8 working hours"}])
    calendars = {"workshop": SHUT}
    state = refold(APPROVED, promise, calendars)
    facts = APPROVED[-1][1]

    assert next_change(state, promise, calendars, facts, NOW) is None
    assert () == wakeups("j", {"on_site": state}, {"on_site": promise}, calendars, facts, NOW)


def test_calendar_without_hours_is_found_before_it_counts() -> None:
    """
    A calendar given to the analysis that never has the hours promised is told, with the target.
    """
    promise = milestone(calendar="workshop", targets=[{"name": "gold", "within": "2 working days"}])
    (finding,) = check([promise], calendars={"workshop": SHUT})

    assert "clocks.not_enough_hours" == finding.code
    assert not finding.blocks
    assert "From 2024-01-01 00:00Z on the calendar workshop never gives" in finding.message
    assert () == check([promise], calendars={"workshop": DAILY})
    assert () == check([promise], calendars={"workshop": CLOSING})


def test_other_errors_of_a_calendar_stay_errors() -> None:
    """
    Only that there is no time left is taken for an answer; anything else that a calendar refuses is told.
    """

    class Broken(Calendar):
        def add(self, start: datetime, amount: Any) -> datetime:
            raise Invalid.of(NO_SUCH)

    broken = Broken(id="broken", zone="UTC", weekly={})
    with pytest.raises(Invalid, match="Nobody knows"):
        without_hours(broken, targets=[{"within": "1 working days"}])


def test_due_instant_beyond_the_years_that_clocks_count_rings_nowhere() -> None:
    """
    A target that ends after the last year is told, and no host is told to wait for it.
    """
    promise = milestone(targets=[{"within": "36500d"}])
    started = datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    state = advance(ClockState(), promise, {}, {}, started, {"state": "approved"})

    assert next_change(state, promise, {}, {"state": "approved"}, started) is None
    assert "running" == reading(state, promise, {}, {"state": "approved"}, started).state
    for late in (started + timedelta(microseconds=1), datetime(1799, 12, 31, 23, 59, tzinfo=UTC)):
        with pytest.raises(Invalid) as refused:
            advance(ClockState(), promise, {}, {}, late, {"state": "approved"})
        assert "clocks.range" == refused.value.code
