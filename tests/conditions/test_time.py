"""The instant at which time alone turns a condition."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from jobkit.conditions import Condition, FactSpec, Vocabulary
from jobkit.errors import Invalid

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

TURNS = [
    ('older_than(x, "8h")', 8),
    ('younger_than(x, "8h")', 8),
    ('not older_than(x, "8h")', 8),
    ('older_than(x, "2h") and older_than(y, "1h")', 6),
    ('older_than(x, "2h") or older_than(y, "1h")', 2),
    ('within(y, "2h")', 3),
    ('within(y, "9h")', 5),
    ('within(y, "2h") and z == "no"', None),
    ('older_than(x, "2h") and younger_than(x, "2h")', None),
    ("known(x)", None),
    ('older_than(missing, "8h")', None),
    ('older_than(missing, "8h") or older_than(x, "1h")', 1),
]


@pytest.mark.parametrize(("rule", "hours"), TURNS)
def test_next_turn(rule: str, hours: int | None) -> None:
    """
    The next turn is that of the whole condition, not of one of its parts.
    """
    facts = {"x": NOON, "y": NOON + 5 * HOUR, "z": "yes"}
    expected = None if hours is None else NOON + hours * HOUR

    assert expected == Condition.load(rule).changes_at(facts, NOON)


def test_turn_of_every_item() -> None:
    """
    Every item must be old enough, so the youngest decides.
    """
    facts = {
        "tasks": [
            {"id": "t1", "due": NOON},
            {"id": "t2", "due": NOON + HOUR},
            {"id": "t3", "due": NOON - HOUR},
        ]
    }

    assert NOON + 3 * HOUR == Condition.load('every(older_than(tasks[...].due, "2h"))').changes_at(
        facts, NOON
    )
    assert NOON + 3 * HOUR == Condition.load('every(tasks, older_than(item.due, "2h"))').changes_at(
        facts, NOON
    )
    assert NOON + HOUR == Condition.load('some(tasks, older_than(item.due, "2h"))').changes_at(facts, NOON)


def test_turn_past_the_end_of_time() -> None:
    """
    An instant that no calendar can hold is no turn.
    """
    end = datetime(9999, 12, 31, 23, tzinfo=UTC)

    assert Condition.load('older_than(x, "9d")').changes_at({"x": end}, NOON) is None


def test_zones_do_not_shift_a_turn() -> None:
    """
    Elapsed time is counted between instants, also across a change of clocks.
    """
    berlin = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, 3, 28, 22, tzinfo=berlin)
    rule = Condition.load('older_than(x, "8h")')
    turn = rule.changes_at({"x": evening}, evening)

    assert datetime(2026, 3, 29, 5, tzinfo=UTC) == turn
    assert False is rule({"x": evening}, datetime(2026, 3, 29, 6, 59, tzinfo=berlin))
    assert True is rule({"x": evening}, datetime(2026, 3, 29, 7, tzinfo=berlin))


def test_turn_is_told_in_utc() -> None:
    """
    Whatever the zone of the question, the turn is an instant in UTC.
    """
    noon = NOON.astimezone(timezone(5 * HOUR))
    turn = Condition.load('older_than(x, "8h")').changes_at({"x": noon}, noon)

    assert turn is not None
    assert (NOON + 8 * HOUR, UTC) == (turn, turn.tzinfo)


def test_naive_now_is_refused() -> None:
    """
    An instant without a zone is refused by name.
    """
    rule = Condition.load('older_than(x, "8h")')

    with pytest.raises(Invalid, match="now"):
        rule({"x": NOON}, datetime(2026, 3, 1))
    with pytest.raises(Invalid, match="now"):
        rule.changes_at({"x": NOON}, datetime(2026, 3, 1))


def test_fact_that_moves_is_opaque() -> None:
    """
    No instant can be told for a condition on a fact that changes with time by itself.
    """
    words = Vocabulary.of({"clock.first.left": FactSpec(kind="duration", moves=True), "x": "duration"})

    assert Condition.load('clock.first.left < "1h"', words).time_opaque
    assert Condition.load("x < clock.first.left", words).time_opaque
    assert not Condition.load('x < "1h"', words).time_opaque
