"""Promises of columns: many clocks at one instant, in lists and in numpy arrays."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.calendars import Calendar
from jobkit.clocks import (
    NONE,
    STATES,
    Arrays,
    Cell,
    ClockState,
    Columns,
    Milestones,
    Row,
    columns,
    reading,
    refold,
)
from jobkit.errors import Invalid, NotFound, Unsupported
from jobkit.mappings import EMPTY

EIGHT = datetime(2026, 3, 9, 8, tzinfo=UTC)
OFFICE = {"office": Calendar(id="office", zone="UTC", weekly={"mon-fri": "08:00-17:00"})}
ASKED = Milestones.load(
    {
        "reply": {
            "starts": "stage == 'asked'",
            "stops": "stage == 'answered'",
            "cancels": "stage == 'withdrawn'",
            "pauses": [{"when": "stage == 'held'", "reason": "held"}],
            "targets": [{"within": "4h"}],
        },
        "office": {
            "starts": "stage == 'asked'",
            "stops": "stage == 'answered'",
            "calendar": "office",
            "targets": [{"within": "12 working hours"}],
        },
        "later": {"starts": "older_than(asked, '1h')", "targets": [{"within": "4h"}]},
    },
    calendars=OFFICE,
)


def clock(name: str, *stages: tuple[int, str]) -> ClockState:
    """Return the clock of a job that entered stages so many hours after eight."""
    moments = [(EIGHT + timedelta(hours=hours), {"stage": stage}) for hours, stage in stages]
    return refold(moments, ASKED[name], OFFICE)


EVERY = [
    clock("reply", (0, "new")),
    clock("reply", (2, "asked")),
    clock("reply", (0, "asked"), (1, "held")),
    clock("reply", (0, "asked"), (3, "answered")),
    clock("reply", (0, "asked")),
    clock("reply", (0, "asked"), (5, "answered")),
    clock("reply", (0, "asked"), (3, "withdrawn")),
    None,
]


def both(states: list[ClockState | None], now: datetime) -> list[Columns]:
    """Return the columns as lists and as arrays."""
    return [columns(states, OFFICE, now), Arrays.of(states, OFFICE).columns(now)]


def test_every_state_has_its_code() -> None:
    """
    A code is a place in STATES: the seven states of a reading in their order, then a job without the clock.
    """
    for told in both(EVERY, EIGHT + timedelta(hours=5)):
        assert list(range(8)) == [told.cell(place).code for place in range(8)]
        assert list(STATES[:8]) == [told.row(place).state for place in range(8)]
        assert 8 == len(told)


def test_a_row_reads_like_a_reading() -> None:
    """
    A running row tells how much is left and when it is due, by the calendar of its clock.
    """
    now = EIGHT + timedelta(hours=12)
    due = EIGHT + timedelta(days=1, hours=3)
    wanted = Row("running", timedelta(hours=3), due)

    assert [wanted, wanted] == [told.row(0) for told in both([clock("office", (0, "asked"))], now)]
    single = reading(clock("office", (0, "asked")), ASKED["office"], OFFICE, {"stage": "asked"}, now)
    assert (wanted.left, wanted.due_at) == (single.left, single.due_at)


def test_due_is_breached_at_its_very_instant() -> None:
    """
    A microsecond before it is due a clock runs, and at the due instant its promise is broken.
    """
    states: list[ClockState | None] = [clock("reply", (0, "asked"))]
    due = EIGHT + timedelta(hours=4)
    for now, state in ((due - timedelta(microseconds=1), "running"), (due, "breached")):
        assert [state, state] == [told.row(0).state for told in both(states, now)]


def test_what_time_turned_is_read_with_its_facts() -> None:
    """
    A row whose condition time has turned says `turned`, and is read exactly by whoever holds its facts.
    """
    facts = {"asked": EIGHT}
    state = refold([(EIGHT, facts)], ASKED["later"], OFFICE)
    now = EIGHT + timedelta(hours=2)

    def exact(place: int) -> Any:
        return reading(state, ASKED["later"], OFFICE, facts, now)

    arrays = Arrays.of([None, state], OFFICE)
    open_ended = Row("turned", None, None)
    told = Row("running", timedelta(hours=3), EIGHT + timedelta(hours=5))
    assert [open_ended, open_ended] == [each.row(1) for each in both([None, state], now)]
    assert told == columns([None, state], OFFICE, now, exact=exact).row(1)
    assert told == arrays.columns(now, exact=exact).row(1)


@pytest.mark.parametrize(
    "stages",
    [
        [(0, "asked"), (4, "held")],
        [(0, "asked"), (1, "held"), (3, "answered")],
        [(0, "asked"), (4, "answered")],
        [(0, "asked"), (5, "held"), (6, "answered")],
    ],
)
def test_edges_say_what_a_reading_says(stages: list[tuple[int, str]]) -> None:
    """
    Held at the due instant, ended while held, stopped at the due instant, held after it: as a reading tells.
    """
    state, now = clock("reply", *stages), EIGHT + timedelta(hours=8)
    single = reading(state, ASKED["reply"], OFFICE, {"stage": stages[-1][1]}, now)
    wanted = Row(single.state, single.left, single.due_at)

    assert [wanted, wanted] == [told.row(0) for told in both([state], now)]


def test_a_condition_turns_at_its_very_instant() -> None:
    """
    A microsecond before a condition turns the row is known, and at that instant it says `turned`.
    """
    states: list[ClockState | None] = [refold([(EIGHT, {"asked": EIGHT})], ASKED["later"], OFFICE)]
    turn = EIGHT + timedelta(hours=1)
    for now, state in ((turn - timedelta(microseconds=1), "not_started"), (turn, "turned")):
        assert [state, state] == [told.row(0).state for told in both(states, now)]


def test_arrays_hold_numbers_only() -> None:
    """
    The arrays are of small and of large integers, and NONE stands where a list has None.
    """
    told = Arrays.of([None, clock("reply", (0, "asked"))], OFFICE).columns(EIGHT)

    assert ["int8", "int64", "int64"] == [str(each.dtype) for each in (told.codes, told.left, told.due)]
    assert ([7, 1], NONE, NONE) == (told.codes.tolist(), told.left[0], told.due[0])
    assert Cell(7, None, None) == told.cell(0)


def test_told_columns_stay_as_they_are() -> None:
    """
    What was told belongs to whoever asked: a row that changes later changes nothing in it.
    """
    arrays = Arrays.of([clock("reply", (0, "asked"))], OFFICE)
    told = arrays.columns(EIGHT)
    before = told.cells()
    arrays.set(0, None)

    assert before == told.cells()
    assert Cell(7, None, None) == arrays.columns(EIGHT).cell(0)


def test_arrays_grow_row_by_row() -> None:
    """
    Rows are appended without end, each at the place that is returned.
    """
    arrays = Arrays({})
    places = [arrays.append(clock("reply", (hours, "asked"))) for hours in range(50)]
    told = arrays.columns(EIGHT + timedelta(hours=50))

    assert (50, list(range(50))) == (len(arrays), places)
    assert [timedelta(hours=hours - 46) for hours in range(50)] == [told.row(place).left for place in places]


def test_a_place_beyond_the_rows_is_an_index_error() -> None:
    """
    Rows that are not there are a wrong argument, in columns and when a row is set.
    """
    arrays = Arrays.of([None], {})
    with pytest.raises(IndexError):
        arrays.columns(EIGHT).row(1)
    with pytest.raises(IndexError):
        columns([None], {}, EIGHT).row(1)
    for place in (1, -1):
        with pytest.raises(IndexError, match="no row"):
            arrays.set(place, None)


def test_no_clocks_make_empty_columns() -> None:
    """
    Without any row the columns are empty, at whatever instant.
    """
    assert [0, 0] == [len(told) for told in both([], EIGHT)]


def test_a_calendar_that_is_missing_is_named() -> None:
    """
    A clock that counts by a calendar nobody gave is refused, and an update that fails changes nothing.
    """
    state = clock("office", (0, "asked"))
    arrays = Arrays({})
    attempts: list[Callable[[], object]] = [
        lambda: columns([state], EMPTY, EIGHT),
        lambda: Arrays.of([state], EMPTY),
        lambda: arrays.append(state),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound) as refused:
            attempt()
        assert "clocks.calendar_missing" == refused.value.code
    assert (0, []) == (len(arrays), arrays.columns(EIGHT).cells())


def test_naive_instants_are_refused() -> None:
    """
    An instant without a zone is refused with its place.
    """
    naive = datetime(2026, 3, 9, 8)
    attempts: list[Callable[[], object]] = [
        lambda: columns([], {}, naive),
        lambda: Arrays({}).columns(naive),
    ]
    for attempt in attempts:
        with pytest.raises(Invalid) as refused:
            attempt()
        assert ("instants.naive", "$.now") == (refused.value.code, refused.value.path)


def test_missing_numpy_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without numpy, arrays are refused with the extra to install, and lists are told as ever.
    """
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(Unsupported) as refused:
        Arrays.of(EVERY, OFFICE)

    assert "clocks.no_numpy" == refused.value.code
    assert "jobkit[batch]" in refused.value.unblock
    assert 8 == len(columns(EVERY, OFFICE, EIGHT + timedelta(hours=5)))


def test_numpy_is_not_loaded_by_importing_clocks() -> None:
    """
    Whoever needs no arrays pays nothing for them.
    """
    code = "import sys, jobkit.clocks; raise SystemExit('numpy' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
