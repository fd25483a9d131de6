"""Playbooks of a catalog: read with its other parts, and held to its job types and calendar."""

from typing import Any

import attrs
import pytest

from jobkit.catalog import Catalog, TypeRules
from jobkit.errors import Invalid
from jobkit.lifecycle import Lifecycle
from jobkit.model import JobType
from jobkit.playbooks import Playbook
from tests.desk.building import BENCH

PLAIN: dict[str, Any] = {"version": "1", "effective_from": "2026-01-01T00:00:00Z", "job_type": "bench"}
POLISH = Playbook.load({**PLAIN, "id": "polish"})
TICKET = {
    "id": "ticket",
    "version": "1",
    "states": {
        "in": {"category": "triage", "initial": True},
        "out": {"category": "closed", "end": "closed"},
    },
    "transitions": [{"trigger": "end", "from": "in", "to": "out"}],
}


def loaded(playbooks: dict[str, Any], **more: Any) -> Catalog:
    """Return the workshop with playbooks, read from data."""
    types = {
        "bench": {"lifecycles": ["bench"]},
        "ticket": {"lifecycles": ["ticket"], "category": "request"},
    }
    data = {"id": "workshop", "version": "1", "types": types, "playbooks": playbooks, **more}
    return Catalog.load(data, lifecycles=[Lifecycle.load(BENCH), Lifecycle.load(TICKET)])


def built(*playbooks: Playbook) -> Catalog:
    """Return the workshop with playbooks, built from values."""
    bench = TypeRules(type=JobType(id="bench"), lifecycles={"work": Lifecycle.load(BENCH)})
    return Catalog.of("workshop", [bench], playbooks=playbooks)


def test_catalog_holds_playbooks() -> None:
    """
    Read from data or built from values, a catalog has its playbooks by id and version.
    """
    assert POLISH == loaded({"polish": [PLAIN]}).playbooks.version("polish", "1")
    assert POLISH == built(POLISH).playbooks.version("polish", "1")
    assert 0 == len(built().playbooks)


def test_playbooks_are_held_to_the_catalog() -> None:
    """
    Unknown types, types of requests, working time without a calendar and bad data are told at once.
    """
    late = [{"id": "call", "title": "Call", "due": "2 working days"}]

    with pytest.raises(Invalid) as refused:
        loaded(
            {
                "hair": [{**PLAIN, "job_type": "haircut"}],
                "ask": [{**PLAIN, "job_type": "ticket"}],
                "late": [{**PLAIN, "tasks": late}],
            }
        )

    assert {
        ("catalog.playbook_type", "$.playbooks[hair][1].job_type"),
        ("catalog.playbook_request", "$.playbooks[ask][1].job_type"),
        ("catalog.playbook_calendar", "$.playbooks[late][1].tasks"),
    } == {(finding.code, finding.path) for finding in refused.value.findings}


def test_wrong_playbooks_are_told_with_the_rest_of_the_catalog() -> None:
    """
    A playbook that cannot be read does not hide what else is wrong.
    """
    with pytest.raises(Invalid) as refused:
        loaded({"polish": [{**PLAIN, "colour": "red"}]}, facts={"host.x": "colour"})

    assert 2 == len({finding.path.split("[")[0].split(".")[1] for finding in refused.value.findings})


def test_calendar_lets_playbooks_count_working_time() -> None:
    """
    With a calendar, tasks may be due in working time.
    """
    late = [{"id": "call", "title": "Call", "due": "2 working days"}]
    calendar = {"id": "shop", "zone": "UTC", "weekly": {"mon-fri": "08:00-16:00"}}

    assert loaded({"late": [{**PLAIN, "tasks": late}]}, calendar=calendar).playbooks


def test_versions_given_twice_are_refused() -> None:
    """
    Values are checked as data are.
    """
    with pytest.raises(Invalid) as refused:
        built(POLISH, attrs.evolve(POLISH, label="Other"))

    assert "playbooks.same_version" in {finding.code for finding in refused.value.findings}


def test_catalog_takes_other_playbooks() -> None:
    """
    Playbooks can be replaced, and are held to the catalog again.
    """
    catalog = Catalog.preset("after-sales")
    ours = attrs.evolve(POLISH, job_type="inspection")

    assert [ours] == list(catalog.with_playbooks([ours]).playbooks)
    assert 3 == len(catalog.playbooks)
    with pytest.raises(Invalid) as refused:
        catalog.with_playbooks([POLISH, POLISH])
    assert {"playbooks.same_version", "versions.same_start"} == {each.code for each in refused.value.findings}
    with pytest.raises(Invalid) as unknown:
        catalog.with_playbooks([POLISH])
    assert "catalog.playbook_type" == unknown.value.code
