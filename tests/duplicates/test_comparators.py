"""Promises of the comparators: one table each, and the same answer from both sides."""

from datetime import timedelta
from typing import Any

import pytest

from jobkit.duplicates import compare
from jobkit.duplicates._similar import metres
from jobkit.errors import Invalid
from tests.duplicates.policies import DAY, NOW, one_rule


def likeness(left: Any, right: Any, **parts: Any) -> float | None:
    """Return how alike two values are by one rule, the same from both sides."""
    rules = one_rule(**parts)
    there = compare(rules, {"it": left}, {"it": right}).contributions[1].similarity
    back = compare(rules, {"it": right}, {"it": left}).contributions[1].similarity
    assert there == back
    return there


TABLES: dict[str, list[tuple[Any, Any, float | None]]] = {
    "exact": [("A b", " A  b ", 1), ("A", "a", 0), (12, "12", 1), (None, "a", None), ("", "a", None)],
    "serial": [("EX-0012", "ex 12", 1), ("AB1234", "AB1243", 5 / 6), ("AB12", "ZZ99", 0), ("-", "x", None)],
    "phone": [
        ("0151 234567", "+49 151 234567", 0.95),
        ("555-0123", "(312) 555-0123", 0.95),
        ("312 555 0123", "3125550123", 1),
        ("12345", "99912345", 0.9 * 5 / 8),
        ("3125550123", "3125550124", 0.9 * 0.9),
    ],
    "address": [
        ("12 Main Street", "12 main st.", 1),
        ("12 Main Street", "14 Main Street", 0.5),
        ("12 Main Street", "Main St 12", 1),
        ("Main Street", "14 Main Street", 0.9111),
    ],
    "name": [("Dr. Anna Berg", "BERG, Anna", 1), ("Martha", "Marhta", 0.9611), ("Ann", "Bob", 0)],
    "edit": [("pump", "pmup", 0.75), ("pump", "PUMP!", 1), ("abcd", "wxyz", 0)],
    "phrase": [("Pump leaks", "pump LEAKS!", 1), ("pump", "pump leaks", (8 / 14 + 1) / 2), ("abc", "xyz", 0)],
    "tokens": [("pump leaks oil", "oil leaks, pump", 1), ("pump", "pump leaks", 2 * 4 / 14)],
    "overlap": [
        (["a", "b"], ["B", "c"], 1 / 3),
        (["a"], "A", 1),
        (("a", "b"), {"b", "a"}, 1),
        ([], ["a"], None),
        ([" "], ["a"], None),
    ],
    "text": [
        ("pump leaks", "LEAKS: pump", 1),
        ("pump leaks", "pump broken", 0.5),
        ("pump", "hose", 0),
        ("the the the pump", "the pump", 1),
        ("...", "pump", None),
    ],
    "code": [
        ("LEAK.OIL", "leak.oil", 1),
        ("LEAK.OIL", "LEAK.WATER", 0.5),
        ("LEAK.OIL.SEAL", "LEAK", 0.5),
        ("LEAK", "NOISE", 0),
        ("LEAK", "LEAKAGE", 0),
    ],
}


@pytest.mark.parametrize(
    ("kind", "left", "right", "expected"),
    [(kind, *row) for kind, rows in TABLES.items() for row in rows],
)
def test_likeness_of_texts(kind: str, left: Any, right: Any, expected: float | None) -> None:
    """
    Each kind finds two values as alike as its table says.
    """
    assert likeness(left, right, kind=kind) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(10, 10, 1), (10, 12.5, 0.75), (10, 20, 0), (-500, 500, 0), (None, 1, None)],
)
def test_likeness_of_numbers(left: float | None, right: float, expected: float | None) -> None:
    """
    Numbers are less alike the farther they are apart, down to nothing at the reach.
    """
    assert expected == likeness(left, right, kind="number", reach=10)


@pytest.mark.parametrize(
    ("apart", "expected"), [(timedelta(), 1), (12 * DAY / 24, 0.75), (DAY, 0.5), (2 * DAY, 0), (9 * DAY, 0)]
)
def test_likeness_of_times(apart: timedelta, expected: float) -> None:
    """
    Instants are less alike the farther they are apart, down to nothing at the span.
    """
    assert expected == likeness(NOW, NOW - apart, kind="time", span="2d")


def test_distance_in_metres() -> None:
    """
    From Berlin to Munich the haversine counts about 504 kilometres, and none from a place to itself.
    """
    berlin, munich = (52.5200, 13.4050), (48.1351, 11.5820)

    assert metres(berlin, munich) == pytest.approx(504_400, rel=1e-3)
    assert 0 == metres(munich, munich)
    assert metres((0, 180), (0, -180)) == pytest.approx(0, abs=1e-3)
    assert metres((90, 0), (-90, 77)) == pytest.approx(20_015_115, rel=1e-5)


def test_likeness_of_places() -> None:
    """
    Places are less alike the farther they are apart, down to nothing at the reach in metres.
    """
    there = (52.52, 13.405)
    near = (52.52, 13.405 + 50 / 67_600)

    assert likeness(there, near, kind="distance", reach=100) == pytest.approx(0.5, abs=0.02)
    assert 0 == likeness(there, (48.1, 11.6), kind="distance", reach=100)
    assert None is likeness(there, (None, 11.6), kind="distance", reach=100)


def test_place_may_stand_in_two_fields() -> None:
    """
    Latitude and longitude may be two fields; where one is missing the place is.
    """
    rules = one_rule(kind="distance", field=None, fields=["lat", "lon"], reach=100)

    here = {"lat": 52.5, "lon": 13.4}
    assert 1 == compare(rules, here, here).contributions[1].similarity
    assert None is compare(rules, here, {"lat": 52.5}).contributions[1].similarity


def test_texts_of_several_fields_are_joined() -> None:
    """
    Given name and surname in two fields match a full name in another order; a missing part is left out.
    """
    rules = one_rule(kind="name", field=None, fields=["given", "surname"])

    left, right = {"given": "Anna", "surname": "Berg"}, {"given": "Berg", "surname": "Anna"}
    assert 1 == compare(rules, left, right).contributions[1].similarity
    assert 1 == compare(rules, {"surname": "Berg"}, {"given": "Berg"}).contributions[1].similarity
    assert None is compare(rules, {}, left).contributions[1].similarity


@pytest.mark.parametrize(
    ("parts", "value", "code"),
    [
        ({"kind": "number", "reach": 1}, float("nan"), "duplicates.not_finite"),
        ({"kind": "number", "reach": 1}, float("inf"), "duplicates.not_finite"),
        ({"kind": "number", "reach": 1}, 10**400, "duplicates.not_finite"),
        ({"kind": "number", "reach": 1}, "12", "duplicates.wrong_value"),
        ({"kind": "number", "reach": 1}, True, "duplicates.wrong_value"),
        ({"kind": "distance", "reach": 1}, (1.0, float("nan")), "duplicates.not_finite"),
        ({"kind": "distance", "reach": 1}, (91, 0), "duplicates.no_place"),
        ({"kind": "distance", "reach": 1}, (0, 181), "duplicates.no_place"),
        ({"kind": "distance", "reach": 1}, "52,13", "duplicates.wrong_value"),
        ({"kind": "distance", "reach": 1}, (1, 2, 3), "duplicates.wrong_value"),
        ({"kind": "time", "span": "1d"}, "2026-03-01T00:00:00Z", "duplicates.wrong_value"),
        ({"kind": "time", "span": "1d"}, NOW.replace(tzinfo=None), "instants.naive"),
        ({"kind": "overlap"}, 5, "duplicates.wrong_value"),
        ({"kind": "overlap"}, [1], "duplicates.wrong_value"),
        ({"kind": "text"}, "\udfff", "duplicates.half_character"),
        ({"kind": "edit"}, {"a": 1}, "duplicates.wrong_value"),
    ],
)
def test_values_that_no_comparator_takes(parts: dict[str, Any], value: Any, code: str) -> None:
    """
    A value of another kind is refused with its field, on either side.
    """
    with pytest.raises(Invalid) as found:
        compare(one_rule(**parts), {"it": value}, {"it": value})

    assert code == found.value.code
    assert "$.it" == found.value.path
