"""Promises of term frequency: agreement on a rare value tells more, and by the known formula."""

from math import log2

import pytest

from jobkit.duplicates._frequency import frequencies_of


def test_bits_follow_the_formula() -> None:
    """
    A value weighs the chance of agreeing on any value by its own frequency, as a logarithm.
    """
    table = frequencies_of(["a"] * 6 + ["b"] * 2 + ["c", "d", None, None])
    agreement = 0.6**2 + 0.2**2 + 2 * 0.1**2

    assert table.bits["a"] == pytest.approx(log2(agreement / 0.6), abs=0.001)
    assert table.bits["b"] == pytest.approx(log2(agreement / 0.2), abs=0.001)
    assert table.otherwise == pytest.approx(log2(agreement / 0.1), abs=0.001)
    assert {"a", "b"} == set(table.bits)


def test_evenly_spread_values_change_nothing() -> None:
    """
    Where every value is as frequent as any other, none tells more.
    """
    table = frequencies_of(["a", "a", "b", "b"])

    assert {"a": 0.0, "b": 0.0} == dict(table.bits)


def test_table_is_bounded() -> None:
    """
    Only the most frequent values are listed; the others share one figure.
    """
    values = [f"v{number:04}" for number in range(100) for _ in range(2)] + ["top"] * 50
    table = frequencies_of(values, most=10)

    assert 10 == len(table.bits)
    assert table.bits["top"] < table.bits["v0000"] == table.otherwise


def test_nothing_to_count_weighs_nothing() -> None:
    """
    Without any value the table is empty and adds nothing.
    """
    table = frequencies_of([None, None])

    assert ({}, 0.0) == (dict(table.bits), table.otherwise)
