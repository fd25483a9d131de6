"""Promises of checking: bands and ways up by which the more urgent job comes later are told, with a case."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from jobkit.catalog import Catalog
from jobkit.conditions import Predicate
from jobkit.priority import PriorityRules, check, rank
from jobkit.registry import Registry
from tests.priority.orders import DAY, NOW, load

REST: dict[str, Any] = {"id": "rest"}


def told(*bands: dict[str, Any], **parts: Any) -> list[tuple[str, str]]:
    """Return path and fact of what is found about the shared terms with other bands."""
    findings = check(load(bands=[*bands, REST], **parts))

    assert {("priority.inverts", "warn")} >= {(finding.code, finding.severity) for finding in findings}
    return [(finding.path, str(finding.params["fact"])) for finding in findings]


def up(when: str, **parts: Any) -> dict[str, Any]:
    """Return a promotion from the last band to the first."""
    return {"id": "up", "bands": ["rest"], "to": "first", "when": when, **parts}


@pytest.mark.parametrize(
    ("when", "fact"),
    [
        ('urgency == "low"', "urgency"),
        ('urgency == "medium"', "urgency"),
        ('not (impact in ["high", "medium"])', "impact"),
        ('tier != "gold"', "tier"),
        ('kind == "breakdown" and stopped == true and tier == "basic"', "tier"),
        ('not older_than(since, "1d")', "since"),
        ('younger_than(since, "30d")', "since"),
        ('older_than(since, "1d") and not older_than(since, "2d")', "since"),
        ('after(since, "2025-01-01T00:00:00Z")', "since"),
    ],
)
def test_band_for_the_less_urgent_is_told(when: str, fact: str) -> None:
    """
    A first band for the worse level of a scale, or for youth, is found by the fact that the terms order.
    """
    assert [("$.bands[first]", fact)] == told({"id": "first", "when": when})


@pytest.mark.parametrize(
    "when",
    [
        'urgency == "high"',
        'urgency in ["high", "medium"]',
        'tier != "basic"',
        'older_than(since, "1d")',
        'before(since, "2025-01-01T00:00:00Z")',
        'kind == "breakdown" or tier == "gold"',
        "known(urgency)",
        'after(deferred, "2025-01-01T00:00:00Z")',
    ],
)
def test_band_for_the_more_urgent_is_sound(when: str) -> None:
    """
    Nothing is found where a first band takes the better levels, the older, or asks what no term orders.
    """
    assert [] == told({"id": "first", "when": when})


def test_band_is_judged_with_those_above_it() -> None:
    """
    A band for a middle level is sound below one for the highest, and told above it.
    """
    high = {"id": "high", "when": 'urgency == "high"'}
    medium = {"id": "medium", "when": 'urgency == "medium"'}

    assert [] == told(high, medium)
    assert [("$.bands[medium]", "urgency")] == told(medium, high)


def test_promotion_of_the_less_urgent_is_told() -> None:
    """
    A way up for the worse level is found, one for the better is not.
    """
    first = {"id": "first", "when": 'kind == "repair"'}

    assert [("$.promotions[up]", "tier")] == told(first, promotions=[up('tier == "basic"')])
    assert [("$.promotions[up]", "since")] == told(first, promotions=[up('younger_than(since, "5d")')])
    assert [] == told(first, promotions=[up('tier == "gold" or older_than(since, "5d")')])


def test_promotion_past_a_better_job_is_told() -> None:
    """
    A way up that leaves out the band of the more urgent lets less urgent jobs pass it.
    """
    bands = [
        {"id": "first", "when": 'kind == "repair"'},
        {"id": "second", "when": 'urgency == "high"'},
    ]

    assert [("$.promotions[up]", "urgency")] == told(*bands, promotions=[up("stopped == true")])
    assert [] == told(*bands, promotions=[up("stopped == true", bands=["second", "rest"])])


def test_finding_tells_the_case() -> None:
    """
    The finding names both levels and what else was true, and ranking that very case shows it.
    """
    rules = load(bands=[{"id": "first", "when": 'kind == "repair" and tier == "basic"'}, REST])
    (finding,) = check(rules, path="$.priority")
    gold, basic = ({"id": tier, "kind": "repair", "tier": tier, "since": NOW} for tier in ("gold", "basic"))

    assert "$.priority.bands[first]" == finding.path
    assert (
        "The band first brings a job whose tier is basic before one with silver where kind is repair, "
        "which counts as more urgent."
    ) == finding.message
    assert ["basic", "gold"] == [place.id for place in rank([gold, basic], rules, NOW)]


def test_ages_are_told_as_they_are_said() -> None:
    """
    Instants stand in the finding as how long ago they are.
    """
    (finding,) = check(load(bands=[{"id": "new", "when": 'not older_than(since, "1d")'}, REST]))

    assert "since is 23h 59min 59s ago before one with 1d ago" in finding.message


def test_slack_orders_its_due_instant() -> None:
    """
    A band that lets go of what is overdue is found where a term counts the time left.
    """
    slack = {"id": "slack", "slack": {"due": "due", "steps": [{"left": "4h", "points": 9}]}}
    ahead = {"id": "first", "when": 'within(due, "2h")'}
    near = {"id": "first", "within": [{"due": "due", "left": "2h"}]}

    assert [("$.bands[first]", "due")] == told(ahead, terms=[slack])
    assert [] == told(near, terms=[slack]) == told(ahead)


def test_order_of_a_season_is_checked() -> None:
    """
    Bands that a season puts the other way around are told with the season.
    """
    season = {"id": "heating", "begins": "11-01", "ends": "03-01", "order": ["medium", "high", "rest"]}
    high, medium = ({"id": level, "when": f'urgency == "{level}"'} for level in ("high", "medium"))
    (finding,) = check(load(bands=[high, medium, REST], seasons=[season]))

    assert "$.bands[medium]" == finding.path
    assert " in the season heating" == finding.params["where"]


def test_scales_that_disagree_are_silent() -> None:
    """
    Where two terms order one fact in opposite ways, the rules do not say which level is the better.
    """
    levels = ["gold", "silver", "basic"]
    terms = [
        {"id": "up", "scale": {"fact": "tier", "levels": levels}},
        {"id": "down", "scale": {"fact": "$.tier", "levels": levels[::-1]}},
    ]

    assert [] == told({"id": "first", "when": 'tier == "basic"'}, terms=terms)
    assert [("$.bands[first]", "tier")] == told({"id": "first", "when": 'tier == "basic"'}, terms=terms[:1])


def test_predicate_that_raises_proves_nothing() -> None:
    """
    A case that a predicate cannot judge is passed over.
    """

    def broken(facts: Any, now: Any) -> bool:
        raise ValueError("no such thing")

    low = {"field": "urgency", "is": "low"}
    names = Registry.of(predicate={"acme.broken": Predicate(test=broken)})
    bands = [{"id": "first", "when": {"all": [low, {"call": "acme.broken"}]}}, REST]

    assert () == check(load(registry=names, bands=bands))


def test_values_of_all_kinds_are_tried() -> None:
    """
    Counts, lists, amounts, durations and facts within facts are tried as what they are compared with.
    """
    level = {"fact": "asset.level", "levels": ["A", "B"]}
    data = {
        "id": "order",
        "direction": "larger_higher",
        "tie_break": ["id"],
        "terms": [{"id": "level", "scale": level}],
    }
    for other in (
        "count(parts) >= 2",
        '"red" in flags',
        "hours > 7",
        'left <= "4h"',
        "known(asset.name)",
        "asset.old == true",
        'states["work"].name == "open"',
    ):
        band = {"id": "first", "when": f'{other} and asset.level == "B"'}
        found = check(PriorityRules.load({**data, "bands": [band, REST]}))

        assert ["asset.level"] == [finding.params["fact"] for finding in found], other


def test_much_to_try_comes_to_an_end() -> None:
    """
    Rules that compare very many facts are tried in part, and what shows with few of them is found.
    """
    many = " or ".join(f'(other.f{place} == "x" and other.g{place} == "y")' for place in range(60))
    band = {"id": "first", "when": f'({many}) and urgency == "low"'}
    simple = {"id": "low", "when": 'urgency == "low"'}
    data = {**load().dump(), "bands": [band, simple, REST]}

    assert ("$.bands[low]", "urgency") in [
        (finding.path, finding.params["fact"]) for finding in check(PriorityRules.load(data))
    ]


def test_catalog_tells_what_inverts() -> None:
    """
    The ready order has no such band, and a catalog with one tells it under its table.
    """
    catalog = Catalog.preset("after-sales")
    assert catalog.priority is not None
    late = attrs.evolve(
        catalog.priority.data,
        bands=tuple(
            attrs.evolve(band, when='job.terms.tier == "bronze"') if band.id == "warranty" else band
            for band in catalog.priority.data.bands
        ),
    )
    rules = PriorityRules.load(late, calendars=catalog.priority.calendars)
    before = {finding.code for finding in catalog.findings}
    after = catalog.with_order(priority=rules).findings

    assert "priority.inverts" not in before
    assert ["$.priority.bands[warranty]"] == [
        finding.path for finding in after if finding.code == "priority.inverts"
    ]


def test_overdue_and_future_instants_are_read() -> None:
    """
    What is found about time does not hang on the day on which it is asked.
    """
    rules = load(bands=[{"id": "first", "when": 'after(since, "2031-05-01T00:00:00Z")'}, REST])
    jobs = [{"id": "old", "since": NOW - DAY}, {"id": "new", "since": NOW + timedelta(days=3_000)}]

    assert ["$.bands[first]"] == [finding.path for finding in check(rules)]
    assert ["new", "old"] == [place.id for place in rank(jobs, rules, NOW)]


@pytest.mark.parametrize(
    "other",
    [
        'older_than(far, "3000000d")',
        'within(far, "3000000d")',
        'far == "0001-01-01T00:00:00Z"',
        "hours > 1e308",
    ],
)
def test_values_at_the_end_of_their_range_are_passed_over(other: str) -> None:
    """
    Where no value lies beyond, nothing is tried there, and the rest of the rules is checked.
    """
    data = load().dump()
    bands = [{"id": "far", "when": other}, {"id": "low", "when": 'urgency == "low"'}, REST]

    assert ["$.bands[low]"] == [
        finding.path for finding in check(PriorityRules.load({**data, "bands": bands}))
    ]
