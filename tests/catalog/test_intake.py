"""Promises of the tables `intake`, `duplicates` and `merging` of a catalog."""

from typing import Any

import pytest

from jobkit import presets
from jobkit.catalog import Catalog
from jobkit.duplicates import MatchRules, MergeRules
from jobkit.errors import Invalid
from jobkit.intake import IntakeRules
from jobkit.lifecycle import Lifecycle
from jobkit.registry import Registry

WORK = Lifecycle.load(
    {
        "id": "work",
        "version": "1",
        "states": {
            "triage": {"category": "triage", "initial": True},
            "open": {"category": "open"},
            "done": {"category": "closed", "end": "closed"},
        },
        "transitions": [
            {"trigger": "approve", "from": "triage", "to": "open"},
            {"trigger": "close", "from": "open", "to": "done"},
        ],
    }
)
PLAIN: dict[str, Any] = {"id": "c", "version": "1", "types": {"repair": {"lifecycles": ["work"]}}}
INTAKE: dict[str, Any] = {
    "id": "intake",
    "packages": [
        {
            "id": "repairs",
            "types": ["repair"],
            "requirements": [{"id": "asset", "field": "job.subject.asset"}],
        }
    ],
}
TWINS: dict[str, Any] = {
    "id": "twins",
    "bands": {"same": 4, "ask": 1},
    "rules": [{"name": "asset", "field": "subject.asset", "levels": [{"at": 1.0, "weight": 5}]}],
}
MERGING: dict[str, Any] = {"id": "merging", "version": "1", "fields": {"work.symptom": "filled"}}


def loaded(**tables: Any) -> Catalog:
    """Return a catalog with more tables."""
    return Catalog.load({**PLAIN, **tables}, lifecycles=[WORK])


def test_tables_are_read() -> None:
    """
    A catalog reads its rules of intake, twins and merging like every other table.
    """
    catalog = loaded(intake=INTAKE, duplicates=TWINS, merging=MERGING)

    assert ("intake", "twins", "merging") == (
        catalog.intake and catalog.intake.id,
        catalog.duplicates and catalog.duplicates.id,
        catalog.merging and catalog.merging.id,
    )


def test_catalog_without_tables_asks_nothing() -> None:
    """
    What is left out is not asked.
    """
    catalog = loaded()

    assert (None, None, None) == (catalog.intake, catalog.duplicates, catalog.merging)


def test_all_problems_are_told_at_once() -> None:
    """
    What is wrong with each table is told together, each at its place.
    """
    wrong = {**INTAKE, "packages": [{"id": "p", "requirements": [{"id": "x", "field": "job.nowhere"}]}]}

    with pytest.raises(Invalid) as refused:
        loaded(intake=wrong, duplicates={**TWINS, "bands": {"same": 1, "ask": 4}}, merging={"id": "m"})

    roots = {finding.path.split("[")[0].split(".")[1] for finding in refused.value.findings}
    assert {"intake", "duplicates", "merging"} == roots


def test_unknown_job_type_is_refused() -> None:
    """
    A package for a type that the catalog does not have would never be asked.
    """
    with pytest.raises(Invalid) as refused:
        loaded(intake={**INTAKE, "packages": [{"id": "p", "types": ["painting"]}]})

    assert "intake.unknown_type" in {finding.code for finding in refused.value.findings}


@pytest.mark.parametrize("group", ["packages", "accounts", "lookups", "topics"])
def test_rules_for_unknown_types_are_not_taken(group: str) -> None:
    """
    Rules that were read elsewhere are held to the catalog's job types when they are brought.
    """
    catalog, item = loaded(), {"id": "x", "types": ["painting"]}
    given = {"lookups": {**item, "call": "x"}}.get(group, item)
    names = Registry.of(lookup={"x": lambda job, now: None})
    rules = IntakeRules.load({"id": "intake", group: [given]}, registry=names)

    with pytest.raises(Invalid) as refused:
        catalog.with_intake(intake=rules)

    assert ["catalog.intake_type"] == [finding.code for finding in refused.value.findings]
    assert refused.value.findings[0].path.startswith(f"$.intake.{group}")


def test_with_intake_keeps_what_is_not_given() -> None:
    """
    Other rules take the place of those of their kind, and taking all away leaves the rest.
    """
    catalog = loaded(intake=INTAKE, duplicates=TWINS)
    other = MatchRules.load({**TWINS, "id": "others"})

    changed = catalog.with_intake(duplicates=other, merging=MergeRules.load(MERGING))

    assert (catalog.intake, other) == (changed.intake, changed.duplicates)
    assert changed.merging is not None
    bare = changed.without_intake()
    assert (None, None, None) == (bare.intake, bare.duplicates, bare.merging)
    assert catalog.types == bare.types


def test_conditions_of_queues_may_ask_intake() -> None:
    """
    `intake.score`, `intake.open`, `intake.missing` and look-ups are facts that a queue may name.
    """
    queue = {"owner": "triage", "when": "intake.score < 1.0 or intake.missing > 0 or lookup.erp.credit == 1"}

    assert "poor" in loaded(queues={"poor": queue}).queues


def test_preset_carries_its_texts() -> None:
    """
    The preset's rules are those that its texts say, so that a copy begins from the same.
    """
    catalog = Catalog.preset("after-sales")

    assert catalog.intake is not None
    assert catalog.duplicates is not None
    assert presets.duplicates().digest == catalog.duplicates.digest
    assert presets.intake().digest == catalog.intake.digest
