"""Laws of columns: they say what single readings say, in lists and in arrays, at every instant."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jobkit.clocks import STATES, Arrays, Cell, ClockState, columns, reading
from jobkit.mappings import EMPTY
from tests.laws._batch import CALENDARS, MILESTONES, START, Clock, clocks, folded, hours, last, rows


def expected(clock: Clock | None, state: ClockState | None, now: datetime) -> Cell:
    """Return what a reading says, in numbers."""
    if clock is None or state is None:
        return Cell(STATES.index("absent"), None, None)
    told = reading(state, MILESTONES[clock[0]], CALENDARS, last(clock)[1], now)
    left = None if told.left is None else told.left // timedelta(microseconds=1)
    due = (
        None
        if told.due_at is None
        else (told.due_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    )
    return Cell(STATES.index(told.state), left, due)


def moment_after(drawn: list[Clock | None], after: timedelta) -> datetime:
    """Return an instant at or after the last moment of every clock."""
    return START + max((last(clock)[0] for clock in drawn if clock is not None), default=timedelta(0)) + after


@given(rows, hours)
def test_columns_say_what_readings_say(drawn: list[Clock | None], after: timedelta) -> None:
    """
    State, time left and due instant of every row are those of the single reading, in lists and in arrays.
    """
    now = moment_after(drawn, after)
    states = [folded(clock) for clock in drawn]

    def exact(place: int) -> Any:
        clock, state = drawn[place], states[place]
        assert clock is not None
        assert state is not None
        return reading(state, MILESTONES[clock[0]], CALENDARS, last(clock)[1], now)

    wanted = [expected(clock, state, now) for clock, state in zip(drawn, states, strict=True)]
    assert wanted == columns(states, CALENDARS, now, exact=exact).cells()
    assert wanted == Arrays.of(states, CALENDARS).columns(now, exact=exact).cells()


@given(rows, hours)
def test_only_what_time_may_have_turned_is_left_open(drawn: list[Clock | None], after: timedelta) -> None:
    """
    Without a reader a row says `turned` exactly when its clock turns by then; every other row stays the same.
    """
    now = moment_after(drawn, after)
    states = [folded(clock) for clock in drawn]
    at = columns([], EMPTY, now).at
    told = columns(states, CALENDARS, now).cells()

    for clock, state, cell in zip(drawn, states, told, strict=True):
        if state is not None and state.turns is not None and state.turns <= at:
            assert Cell(STATES.index("turned"), None, None) == cell
        else:
            assert expected(clock, state, now) == cell


@given(rows, st.lists(st.tuples(st.integers(0, 9), st.none() | clocks), max_size=8), hours)
def test_arrays_kept_up_to_date_equal_arrays_built_anew(
    drawn: list[Clock | None], changes: list[tuple[int, Clock | None]], after: timedelta
) -> None:
    """
    After any setting and appending of rows the engine tells what one built from the rows tells.
    """
    states = [folded(clock) for clock in drawn]
    arrays = Arrays.of(states, CALENDARS)
    for place, clock in changes:
        if place < len(states):
            states[place] = folded(clock)
            arrays.set(place, states[place])
        else:
            states.append(folded(clock))
            assert len(states) - 1 == arrays.append(states[-1])
    now = START + timedelta(days=20) + after

    assert len(states) == len(arrays)
    assert Arrays.of(states, CALENDARS).columns(now).cells() == arrays.columns(now).cells()


@given(rows, st.randoms(use_true_random=False), hours)
def test_a_row_does_not_depend_on_its_neighbours(
    drawn: list[Clock | None], chance: Any, after: timedelta
) -> None:
    """
    However rows are ordered, each says the same.
    """
    now = moment_after(drawn, after)
    states = [folded(clock) for clock in drawn]
    order = list(range(len(states)))
    chance.shuffle(order)
    straight = columns(states, CALENDARS, now).cells()

    assert [straight[place] for place in order] == columns(
        [states[place] for place in order], CALENDARS, now
    ).cells()
