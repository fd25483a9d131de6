"""Promises of the page of a catalog: all its rules stand in it, each part in its place."""

import re
from typing import Any

from jobkit import presets
from jobkit.catalog import Catalog, publish
from jobkit.intake import IntakeRules
from jobkit.registry import Registry

READY = Catalog.preset("after-sales", zone="Europe/Berlin").with_order(
    routing=presets.routing(), capacity=presets.capacity("Europe/Berlin")
)


def test_everything_published_stands_in_the_page() -> None:
    """
    Each milestone with its targets, band, promotion, default, route, pool, reserve and rule is named.
    """
    page = publish(READY)
    priority, routing, capacity = READY.priority, READY.routing, READY.capacity
    assert priority is not None
    assert routing is not None
    assert capacity is not None
    data, limits = priority.data, capacity.data
    rules: list[Any] = [*data.terms, *data.promotions, *data.defaults, *data.escalations]
    rules += [*routing.data.rules, *limits.pools, *limits.buffers, *limits.overbooking, *limits.deferrals]
    rules += [reserve for pool in limits.pools for reserve in pool.reserves]

    assert [] == [each.id for each in rules if f"**{each.id}**" not in page]
    assert [] == [band.id for band in data.bands if f" {band.id}**" not in page]
    for milestone in READY.milestones.values():
        section = page.split(f"({milestone.name})\n")[1].split("\n### ")[0]
        for edition in milestone.editions:
            told = [*(aim.name for aim in edition.aims), *(each.name for each in edition.promise.warnings)]
            told += [pause.reason for pause in edition.promise.pauses]
            assert [] == [name for name in told if f"**{name}**" not in section]


def test_page_is_one_outline() -> None:
    """
    The page has one title, below it a heading for each room, and their sections below these.
    """
    headings = re.findall(r"^(#+) (.*)$", publish(READY), re.MULTILINE)

    assert [("#", "Rules of after-sales, version 1")] == [each for each in headings if each[0] == "#"]
    assert [
        "What is promised",
        "Which job comes first",
        "Where work goes",
        "What a day has room for",
        "How work comes in",
        "Which jobs may be the same: after-sales-duplicates, version 1",
        "Ready playbooks",
    ] == [title for level, title in headings if level == "##"]


def test_who_is_told_stands_in_the_page() -> None:
    """
    Escalations of clocks are published with their point, their condition, the person and the queue.
    """
    told = (
        '- **on_site**, breached if `job.work.work_type == "breakdown"`: '
        "goes to supervisor and stands in the queue escalated."
    )

    assert told in publish(READY).splitlines()


def test_how_work_comes_in_stands_in_the_page() -> None:
    """
    Packages, requirements, topics, match rules and playbooks are named, and what is particular about them.
    """
    page, intake, duplicates = publish(READY), READY.intake, READY.duplicates
    assert intake is not None
    assert duplicates is not None
    data = intake.data
    named = [*(each.id for each in data.packages), *(each.title for each in data.topics)]
    named += [one.id for each in data.packages for one in each.requirements]
    named += [each.label or each.name for each in duplicates.data.rules]
    named += [each.source for each in READY.playbooks]

    assert [] == [name for name in named if f"**{name}**" not in page]
    assert "refused ones go to entitlement_failure and are never scheduled" in page
    assert "- the machine merges nothing by itself" in page.splitlines()


def test_accounts_and_look_ups_stand_in_the_page() -> None:
    """
    What customers are asked differently, and what other systems tell, is published as well.
    """
    data = presets.intake().to_data()
    relax = [{"id": "tier", "by": "head of service", "reason": "One tier"}]
    add = [{"id": "order", "field": "job.terms.purchase_order"}]
    data["accounts"] = [
        {"id": "acme", "relax": relax, "add": add, "harden": [{"id": "urgency", "weight": 9}]}
    ]
    data["lookups"] = [{"id": "base", "label": "installed base", "facts": {"owner": "text"}}]
    names = Registry.of(lookup={"base": lambda job, now: None})
    lines = publish(READY.with_intake(intake=IntakeRules.load(data, registry=names))).splitlines()

    told = "adds order; relaxes tier by the word of head of service; hardens urgency"
    assert f"- **acme**: {told}" in lines
    assert "- **installed base** tells owner" in lines


def test_what_a_catalog_does_not_have_is_left_out() -> None:
    """
    A catalog without rules of order publishes its title alone.
    """
    bare = Catalog.of("bare", ())

    assert "# Rules of bare, version 1\n" == publish(bare)


def test_the_page_is_the_same_for_equal_rules() -> None:
    """
    Loading the same catalog twice gives the same page.
    """
    assert publish(Catalog.preset("after-sales")) == publish(Catalog.preset("after-sales"))
