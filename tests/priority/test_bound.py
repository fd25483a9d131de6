"""Promises of the bound: computed from the rules, told with its reason, and honest where nothing bounds."""

from datetime import timedelta
from typing import Any

import pytest

from jobkit.errors import Invalid
from jobkit.priority import Bound, PriorityRules, overtaking_bound
from tests.priority.orders import DAY, HOUR, NOW, load, simple

TIER = {"id": "tier", "scale": {"fact": "tier", "levels": ["gold", "basic"], "points": [4, 0]}}
AGE = {"id": "age", "age": {"since": "since", "per": "1d", "cap": 14}}
TICK = timedelta(microseconds=1)


def bound(rules: PriorityRules, band: str = "all", **parts: Any) -> Bound:
    """Return the bound for two arrivals a day on a job that waits ten days."""
    return overtaking_bound(
        rules, band, **{"arrivals": 2, "per": DAY, "within": 10 * DAY, "now": NOW, **parts}
    )


def test_the_window_is_what_age_takes_to_make_up_the_spread() -> None:
    """
    Four points of difference and a point a day: who comes five days later cannot overtake.
    """
    found = bound(simple(TIER, AGE))

    assert (4, 5 * DAY - TICK, 10) == (found.spread, found.window, found.jobs)
    assert (
        "at most 10 later arrivals come before a job that waits 10d or less,"
        " as 4 points do not make up for arriving more than 5d later"
    ) == found.because


def test_a_tie_break_for_the_older_narrows_the_window() -> None:
    """
    Where the older of two equals comes first, the later one must be strictly ahead.
    """
    assert 4 * DAY - TICK == bound(simple(TIER, AGE, tie_break=["since", "id"])).window


def test_weights_count_in_the_bound() -> None:
    """
    A heavier age narrows the window, a heavier spread widens it.
    """
    assert 3 * DAY - TICK == bound(simple(TIER, {**AGE, "weight": 2})).window
    assert 9 * DAY - TICK == bound(simple({**TIER, "weight": 2}, AGE)).window


def test_beyond_the_cap_the_window_grows_with_the_wait() -> None:
    """
    Once age counts no more, later arrivals catch up: the longer a job waits, the more pass it.
    """
    windows = [bound(simple(TIER, AGE), within=days * DAY).window for days in (14, 20, 30)]

    assert [5 * DAY - TICK, 10 * DAY, 20 * DAY] == windows


def test_without_age_everybody_may_overtake() -> None:
    """
    Where nothing grows with age, whoever arrives while the job waits can come before it.
    """
    found = bound(simple(TIER))

    assert (10 * DAY, 20) == (found.window, found.jobs)
    assert found.because.endswith("as nothing in the band grows with age")


def test_equal_jobs_in_order_of_age_are_never_overtaken() -> None:
    """
    Without any spread, and the older first, nobody comes before a job that was there.
    """
    rules = simple(AGE, tie_break=["since", "id"])

    assert (timedelta(0), 0) == (bound(rules).window, bound(rules).jobs)


def test_age_of_another_fact_is_spread() -> None:
    """
    Points for the age of something else do not follow the order of arrival and count as spread.
    """
    put_off = {"id": "deferred", "age": {"since": "deferred", "per": "1d", "cap": 6}}

    assert 10 == bound(simple(AGE, TIER, put_off)).spread


def test_the_bound_is_that_of_the_season() -> None:
    """
    A season that leaves age out has no bound but the wait.
    """
    seasons = [{"id": "s", "begins": "11-01", "ends": "12-01", "weights": {"age": 0}}]
    rules = simple(TIER, AGE, seasons=seasons)
    winter = NOW.replace(month=11)

    assert [5 * DAY - TICK, 10 * DAY] == [bound(rules, now=at).window for at in (NOW, winter)]


def test_terms_of_other_bands_do_not_count() -> None:
    """
    The bound of a band knows only the terms that count in it.
    """
    rules = load(terms=[{**TIER, "bands": ["stopped"]}, AGE], tie_break=["id"])

    assert [4, 0] == [bound(rules, band).spread for band in ("stopped", "repair")]


def test_no_arrivals_overtake_nobody() -> None:
    """
    Where nobody arrives nobody overtakes.
    """
    assert 0 == bound(simple(TIER, AGE), arrivals=0).jobs


@pytest.mark.parametrize(
    ("parts", "codes"),
    [
        ({"band": "nosuch"}, ["priority.no_such_band"]),
        ({"arrivals": -1}, ["priority.arrivals"]),
        ({"per": timedelta(0)}, ["priority.arrivals"]),
        ({"within": -HOUR, "band": "nosuch"}, ["priority.no_such_band", "priority.arrivals"]),
        ({"now": NOW.replace(tzinfo=None)}, ["instants.naive"]),
    ],
)
def test_a_question_that_says_nothing_is_refused(parts: dict[str, Any], codes: list[str]) -> None:
    """
    Unknown bands, negative arrivals and no time at all are refused together.
    """
    with pytest.raises(Invalid) as refused:
        bound(simple(TIER, AGE), **parts)

    assert codes == [finding.code for finding in refused.value.findings]
