"""Promises of the pages of routing and capacity: every rule stands in them, and no word breaks them."""

from typing import Any

from jobkit.priority import CapacityRules, RoutingRules, publish_capacity, publish_routing

ROUTES: dict[str, Any] = {
    "id": "regions",
    "version": "2",
    "country": "DE",
    "unmatched": "dispatch",
    "rules": [
        {
            "id": "north",
            "queue": "q-north",
            "region": "north",
            "zone": "N",
            "prefixes": ["20", "21"],
            "ranges": ["22-23"],
        },
        {"id": "odd", "queue": "q", "region": "odd", "patterns": ["9[0-3].*"], "examples": ["91000"]},
        {
            "id": "alps",
            "queue": "q-alps",
            "region": "alps",
            "country": "AT",
            "territories": ["tyrol", "vorarlberg"],
            "when": 'job.work.work_type == "retrofit"',
            "effective_from": "2026-04-01T00:00:00Z",
            "effective_to": "2026-10-01T00:00:00Z",
        },
    ],
}
ROUTING_PAGE = """\
# Where work goes

Rules regions, version 2. Postal codes without a country are of DE.

## Routes

The narrowest postal code wins; a territory decides where no code does.

- **north**: postal codes that begin with 20, 21 or from 22-23 in DE: queue q-north, region north, zone N.
- **odd**: postal codes like `9[0-3].*` in DE: queue q, region odd.
- **alps**: places in AT, territory tyrol, vorarlberg, if `job.work.work_type == "retrofit"`: queue q-alps, \
region alps. From 2026-04-01T00:00:00.000000Z on. Before 2026-10-01T00:00:00.000000Z.

## The rest

For all work:

- Work that no rule fits goes to the queue dispatch, and a finding says so.
- Work with the same zone and site belongs together.
"""
BOARDS: dict[str, Any] = {
    "id": "boards",
    "version": "3",
    "zone": "Europe/Berlin",
    "bands": ["emergency", "standard", "preventive"],
    "pools": [
        {
            "id": "vans",
            "slots": 480,
            "unit": "minutes",
            "by_person": True,
            "regions": ["north"],
            "skills": ["gas"],
            "crews": ["tom"],
            "reserves": [
                {"id": "flex", "bands": ["emergency"], "slots": 60, "released": "12h", "why": "It burns."},
                {"id": "pm", "bands": ["preventive"], "slots": 60, "kept": "until_used"},
            ],
        },
        {
            "id": "winter",
            "replaces": "vans",
            "slots": 4,
            "weekdays": ["mon", "sat"],
            "begins": "11-01",
            "ends": "03-01",
            "effective_from": "2026-01-01",
            "effective_to": "2027-01-01",
        },
    ],
    "buffers": [
        {"id": "share", "share": 20, "cutoff": "18h", "when": 'job.terms.tier == "gold"'},
        {"id": "few", "slots": 1, "regions": ["north"], "late": "keep", "effective_from": "2026-01-01"},
    ],
    "overbooking": [
        {"id": "summer", "policy": "allow", "percent": 10, "regions": ["north"]},
        {"id": "else"},
    ],
    "cancels": [{"route": "north", "planned": 400, "cancelled": 36, "effective_from": "2026-06-01"}],
    "deferrals": [
        {
            "id": "storm",
            "label": "a storm",
            "bands": ["preventive"],
            "favours": ["emergency"],
            "most": 2,
            "longest": "21d",
            "when": "job.terms.credit_hold == true",
        },
        {"id": "once", "bands": ["preventive"]},
    ],
}
CAPACITY_PAGE = """\
# What a day has room for

Rules boards, version 3. Days begin at midnight in Europe/Berlin. The most urgent band first: emergency, \
standard, preventive.

## What a day has

A visit draws on every pool that is for it.

- **vans**: 480 minutes a day, each member of a crew counted. In north. For gas. With tom.
    - **flex** keeps 60 for emergency, whatever they have taken, 12h before the day open to all. It burns.
    - **pm** keeps 60 for preventive, until they have used them.
- **winter**: 4 visits a day. On mon, sat. Each year from 11-01 to before 03-01. From 2026-01-01 on. \
Before 2027-01-01. Instead of vans.

## Not yet confirmed

Only confirmed visits stand on a board, and beside them:

- **share**: at most 20 % of each pool if `job.terms.tier == "gold"`; 18h before the day what is still not \
confirmed is dropped.
- **few**: at most 1 of each pool in north; when the day begins what is still not confirmed is kept \
and told. From 2026-01-01 on.

## Overbooking

More than there is may be admitted only so:

- **summer** in north: at most 10 %, no more than the region's cancel rate, \
counted from 30 planned visits on.
- **else**: never.
- In north 36 of 400 visits were cancelled, counted on from 2026-06-01.

## Putting off

Planned work is put off by these rules only, and its customer is told first.

- **storm** (a storm): work of preventive if `job.terms.credit_hold == true`, 2 times, by 21d at the most. \
May make room for emergency.
- **once**: work of preventive, once.
"""


def test_every_route_stands_in_the_page() -> None:
    """
    Codes, territories, conditions and dates of each rule are published, and where the rest goes.
    """
    assert ROUTING_PAGE == publish_routing(RoutingRules.load(ROUTES))


def test_every_rule_of_capacity_stands_in_the_page() -> None:
    """
    Pools, reserves, buffers, overbooking, counts and rules of putting off are published in full.
    """
    assert CAPACITY_PAGE == publish_capacity(CapacityRules.load(BOARDS))


def test_the_pages_are_the_same_for_equal_rules() -> None:
    """
    Rules that were dumped and loaded again publish the same pages.
    """
    routes, boards = RoutingRules.load(ROUTES), CapacityRules.load(BOARDS)

    assert publish_routing(routes) == publish_routing(RoutingRules.load(routes.dump()))
    assert publish_capacity(boards) == publish_capacity(CapacityRules.load(boards.dump()))


def test_the_way_of_choosing_is_told() -> None:
    """
    Where the first rule decides, no country is taken for granted and nothing is batched, the page says so.
    """
    rules = {"id": "all", "queue": "q", "region": "r"}
    page = publish_routing(
        RoutingRules.load({"id": "x", "unmatched": "u", "match": "first", "batch": [], "rules": [rules]})
    ).splitlines()

    assert "The first rule that fits decides." in page
    assert "Rules x, version 1. Postal codes are read with the country that stands in them." in page
    assert "- **all**: all work: queue q, region r." in page
    assert not any("belongs together" in line for line in page)


def test_words_of_the_rules_do_not_break_the_pages() -> None:
    """
    Signs that mean something in Markdown, and line breaks, are only text in the pages.
    """
    routes = {**ROUTES, "unmatched": "a|b\n# c"}
    boards = {**BOARDS, "deferrals": [{"id": "x*", "label": "<b>\n# d", "bands": ["preventive"]}]}

    assert "queue a\\|b \\# c, and" in publish_routing(RoutingRules.load(routes))
    assert "- **x\\*** (\\<b\\> \\# d): work" in publish_capacity(CapacityRules.load(boards))
