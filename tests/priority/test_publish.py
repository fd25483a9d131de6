"""Promises of the page: everything that orders jobs stands in it, in words that cannot break it."""

from typing import Any

from jobkit.conditions import Predicate
from jobkit.priority import PriorityRules, publish
from jobkit.registry import Registry
from tests.priority.orders import load, simple

PARTS: dict[str, Any] = {
    "title": "Who comes first",
    "zone": "Europe/Berlin",
    "bands": [
        {"id": "stopped", "label": "production stop", "when": "stopped == true", "why": "A line stands."},
        {"id": "near", "within": [{"due": "due", "left": "4h"}]},
        {"id": "rest"},
    ],
    "terms": [
        {
            "id": "matter",
            "weight": 10,
            "table": {
                "rows": {"fact": "impact", "levels": ["high", "low"]},
                "columns": {"fact": "urgency", "levels": ["high", "low"]},
            },
        },
        {"id": "tier", "scale": {"fact": "tier", "levels": ["gold", "basic"], "points": [5, 0]}},
        {"id": "age", "age": {"since": "since", "per": "1d", "cap": 14}, "bands": ["rest"]},
        {"id": "slack", "slack": {"due": "due", "steps": [{"left": "2h", "points": 30}]}},
        {
            "id": "ratio",
            "slack": {"due": "due", "need": "work", "steps": [{"ratio": "1.5", "points": 3}]},
        },
    ],
    "promotions": [{"id": "waited", "bands": ["rest"], "to": "near", "when": 'older_than(since, "30d")'}],
    "defaults": [{"id": "tier", "fact": "tier", "value": "gold", "when": "stopped == true"}],
    "seasons": [{"id": "heating", "begins": "11-01", "ends": "03-01", "weights": {"age": 2}}],
    "escalations": [
        {"id": "down", "when": 'kind == "breakdown"', "who": "supervisor", "reason": "It is down"}
    ],
}
PAGE = """\
# Who comes first

Rules order, version 1. Of all numbers, the larger the more urgent.

## Bands

All jobs of a band come before those of the bands below it.

- **3 stopped** (production stop): `stopped == true`. A line stands.
- **2 near**: at most 4h are left until `due`.
- **1 rest**: all others.

## Score

Inside a band the largest sum comes first; every term counts with its weight.

- **matter**, weight 10: `impact` (rows) and `urgency` (columns).

    | | high | low |
    |---|---|---|
    | **high** | 3 | 2 |
    | **low** | 2 | 1 |

    Anything else counts as low, low.

- **tier**, weight 1: `tier`.
    - gold: 5
    - basic: 0
    - anything else counts as basic
- **age**, weight 1: 1 for each 1d since `since`, at most 14. Only in rest.
- **slack**, weight 1: the time that `due` leaves.
    - at most 2h: 30
- **ratio**, weight 1: the time that `due` leaves.
    - at most 1.5 times the work: 3

## Promotions

A job leaves its band in these ways only.

- **waited**: from rest to near: `older_than(since, "30d")`.

## Defaults

What a fact counts as while it is unknown.

- **tier**: `tier` counts as gold: `stopped == true`.

## Seasons

Days begin at midnight in Europe/Berlin.

- **heating**: from 11-01 to before 03-01. The weight of age is 2.

## Escalations

Whom a job is brought before.

- **down**: `kind == "breakdown"` goes to supervisor: It is down.

## Equal score

Smaller first, unknown last:

- `since`
- `id`
"""


def test_everything_that_orders_stands_in_the_page() -> None:
    """
    Bands, score, promotions, defaults, seasons, escalations and tie-break are published in full.
    """
    assert PAGE == publish(load(**PARTS))


def test_the_page_is_the_same_for_equal_rules() -> None:
    """
    Rules that were dumped and loaded again publish the same page.
    """
    rules = load(**PARTS)

    assert publish(rules) == publish(PriorityRules.load(rules.dump()))


def test_words_of_the_rules_do_not_break_the_page() -> None:
    """
    Signs that mean something in Markdown, and line breaks, are only text in the page.
    """
    page = publish(load(bands=[{"id": "a|b*", "why": "x\n# y `z` <b>"}]))

    assert "- **1 a\\|b\\***: all others. x \\# y \\`z\\` \\<b\\>" in page.splitlines()


def test_registered_names_are_published() -> None:
    """
    A registered predicate stands in the page under its name.
    """
    quiet = Predicate(test=lambda facts, now: True)
    bands = [{"id": "quiet", "when": {"call": "acme.quiet"}}, {"id": "rest"}]
    page = publish(simple(registry=Registry.of(predicate={"acme.quiet": quiet}), bands=bands))

    assert '`call("acme.quiet")`' in page


def test_points_for_time_are_published_as_they_count() -> None:
    """
    Where 1 is the highest, age and short time are taken off the score, and the page says so.
    """
    terms = [
        {"id": "age", "age": {"since": "since", "per": "1d", "cap": 14}},
        {"id": "slack", "slack": {"due": "due", "steps": [{"left": "2h", "points": 30}]}},
    ]
    bands = [{"id": "late", "within": [{"due": "due", "left": "0s"}]}, {"id": "rest"}]
    page = publish(load(direction="one_highest", bands=bands, terms=terms)).splitlines()

    assert "- **1 late**: `due` has come." in page
    assert "- **age**, weight 1: -1 for each 1d since `since`, at most -14." in page
    assert "    - at most 2h: -30" in page
