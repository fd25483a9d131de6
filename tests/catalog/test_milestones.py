"""Calendars and milestones of a catalog: named, checked where they stand, and told with their places."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.catalog import Catalog, TypeRules, clock_words
from jobkit.errors import Invalid
from jobkit.lifecycle import Lifecycle
from jobkit.model import JobType
from tests.desk.building import BENCH
from tests.desk.clocks import DATA, REPLY, promising

SHOP = {"zone": "UTC", "weekly": {"mon-fri": "08:00-16:00"}}
FRIDAY = datetime(2026, 3, 13, 15, tzinfo=UTC)


def refused(**changes: Any) -> dict[str, str]:
    """Return the places of everything that speaks against the workshop with some keys changed, by code."""
    with pytest.raises(Invalid) as error:
        promising(changes)
    return {finding.code: finding.path for finding in error.value.findings}


def milestones(**changes: Any) -> Mapping[str, Any]:
    """Return the milestones of the workshop, the reply with some keys changed."""
    return {**DATA["milestones"], "reply": {**REPLY, **changes}}


def test_calendars_stand_in_a_catalog_by_name() -> None:
    """
    Calendars, sets and editions of them are read by name, and one of them counts where none is named.
    """
    calendars = {
        "shop": SHOP,
        "crew": {"zone": "UTC", "weekly": {"mon-fri": "06:00-12:00"}},
        "both": {"all": ["shop", "crew"]},
        "through_the_year": {"editions": [{"calendar": "shop"}]},
    }

    catalog = promising({"calendars": calendars, "calendar": "both"})

    assert set(calendars) == set(catalog.calendars)
    assert catalog.calendar is catalog.calendars["both"]
    assert timedelta(hours=4) == catalog.calendars["both"].elapsed(FRIDAY, FRIDAY + timedelta(days=3))


def test_calendar_without_a_name_can_be_named_by_milestones() -> None:
    """
    A calendar that is written out under `calendar` is called `default`.
    """
    catalog = promising({"calendar": SHOP, "milestones": milestones(calendar="default")})

    assert catalog.calendar is catalog.calendars["default"]


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"calendar": "night"}, "catalog.unknown_calendar", "$.calendar"),
        ({"calendar": {**SHOP, "zone": "Nowhere/Land"}}, "calendars.zone", "$.calendar"),
        ({"calendars": {"shop": {**SHOP, "zone": "Nowhere/Land"}}}, "calendars.zone", "$.calendars[shop]"),
        ({"calendars": {"shop": {"all": ["gone"]}}}, "calendars.unknown", "$.calendars[shop]"),
        ({"milestones": milestones(calendar="night")}, "clocks.no_calendar", "$.milestones[reply].calendar"),
        (
            {"milestones": milestones(starts="job.nothing == 1")},
            "conditions.unknown_fact",
            "$.milestones[reply]",
        ),
        (
            {"milestones": milestones(starts="job.version > 3")},
            "conditions.unknown_fact",
            "$.milestones[reply]",
        ),
        (
            {"milestones": milestones(starts="known(job.subject.address)")},
            "conditions.unknown_fact",
            "$.milestones[reply]",
        ),
        (
            {"milestones": milestones(starts="job.states['work'].name == 'gone'")},
            "clocks.never_starts",
            "$.milestones[reply].starts",
        ),
        (
            {"milestones": milestones(data={"escalate": {"on": "half"}})},
            "catalog.not_a_list",
            "$.milestones[reply].data.escalate",
        ),
        (
            {"milestones": milestones(data={"escalate": [{"on": "third"}]})},
            "catalog.unknown_point",
            "$.milestones[reply].data.escalate[0].on",
        ),
        (
            {"milestones": milestones(data={"escalate": [{"whom": "boss"}]})},
            "documents.unknown_key",
            "$.milestones[reply].data.escalate[0]",
        ),
        (
            {"milestones": milestones(data={"escalate": [{"when": "clock.gone.paused"}]})},
            "conditions.unknown_fact",
            "$.milestones[reply].data.escalate[0].when",
        ),
        (
            {"types": {"bench": {"lifecycles": ["bench"], "milestones": ["reply", "gone"]}}},
            "catalog.unknown_milestone",
            "$.types[bench].milestones",
        ),
        (
            {"queues": {"q": {"owner": "b", "when": "known(clock.gone.due_at)"}}},
            "conditions.unknown_fact",
            "$.queues[q].when",
        ),
        (
            {"queues": {"q": {"owner": "b", "order": ["clock.gone.due_at"]}}},
            "catalog.not_comparable",
            "$.queues[q].order",
        ),
        (
            {"queues": {"q": {"owner": "b", "order": ["clock.reply.verdict"]}}},
            "catalog.not_comparable",
            "$.queues[q].order",
        ),
    ],
)
def test_load_refuses_with_the_place(changes: dict[str, Any], code: str, path: str) -> None:
    """
    Unknown calendars, milestones, clocks and points, and what no history holds for ever, are refused.
    """
    found = refused(**changes)

    assert code in found
    assert found[code].startswith(path)


def test_everything_is_told_at_once() -> None:
    """
    A wrong calendar does not hide a wrong milestone, nor a wrong queue.
    """
    queues = {"q": {"owner": "b", "when": "known(clock.gone.due_at)"}}

    changes = {"calendars": {"shop": {"zone": "X/Y"}}, "milestones": milestones(starts="job.x")}

    with pytest.raises(Invalid) as error:
        promising({**changes, "queues": queues})

    assert {"$.calendars[shop]", "$.milestones[reply]", "$.queues[q]"} <= {
        finding.path.partition("]")[0] + "]" for finding in error.value.findings
    }


def test_two_milestones_of_one_name_are_refused() -> None:
    """
    Milestones that are given as values stand once each.
    """
    reply = promising().milestones["reply"]
    rules = TypeRules(type=JobType(id="bench"), lifecycles={"work": Lifecycle.load(dict(BENCH))})

    with pytest.raises(Invalid) as error:
        Catalog.of("shop", [rules], milestones=[reply, reply])

    assert ["catalog.same_id"] == [finding.code for finding in error.value.findings]


def test_lifecycle_may_not_ask_clocks_that_are_not_there() -> None:
    """
    A lifecycle that declares a clock of its own making is refused by the catalog that has no such clock.
    """
    facts = {"clock.reply.due_at": "instant", "clock.gone.due_at": "instant"}
    bench = Lifecycle.load({**BENCH, "facts": facts})

    with pytest.raises(Invalid) as error:
        Catalog.load(DATA, lifecycles=[bench])

    assert [("catalog.unknown_clock", "clock.gone.due_at")] == [
        (finding.code, finding.params["fact"]) for finding in error.value.findings
    ]


def test_guard_that_asks_a_clock_of_another_catalog_is_refused() -> None:
    """
    A guard that was loaded with the clocks of another catalog is refused by one that does not have them.
    """
    guard = {"id": "g", "when": "clock.gone.paused == False"}
    ways = [{**BENCH["transitions"][0], "guards": [guard]}, *BENCH["transitions"][1:]]
    bench = Lifecycle.load({**BENCH, "transitions": ways}, vocabulary=clock_words(["gone"]))

    with pytest.raises(Invalid) as error:
        Catalog.load(DATA, lifecycles=[bench])

    assert [("catalog.unknown_clock", "clock.gone.paused")] == [
        (finding.code, finding.params["fact"]) for finding in error.value.findings
    ]


@pytest.mark.parametrize("name", ["~clocks", "board:north/2026-03-10"])
def test_names_of_jobkits_own_queues_are_refused(name: str) -> None:
    """
    Neither a queue nor an escalation may bear a name that jobkit keeps for itself.
    """
    bench = Lifecycle.load(dict(BENCH))
    hot = {**DATA["milestones"]["reply"], "data": {"escalate": [{"on": "breached", "queue": name}]}}
    for changes in ({"queues": {name: {"owner": "boss"}}}, {"queues": {}, "milestones": {"reply": hot}}):
        types = {"bench": {"lifecycles": ["bench"]}}
        with pytest.raises(Invalid) as error:
            Catalog.load({**DATA, "types": types, **changes}, lifecycles=[bench])

        assert "catalog.reserved_queue" in [finding.code for finding in error.value.findings]


def test_words_of_clocks_are_for_lifecycles_to_load_with() -> None:
    """
    A guard may ask the clocks that it is loaded with, and no others.
    """
    guard = {"id": "g", "when": "clock.reply.paused == False"}
    ways = [{**BENCH["transitions"][0], "guards": [guard]}, *BENCH["transitions"][1:]]

    Lifecycle.load({**BENCH, "transitions": ways}, vocabulary=clock_words(["reply"]))

    with pytest.raises(Invalid):
        Lifecycle.load({**BENCH, "transitions": ways}, vocabulary=clock_words(["done"]))


def test_findings_tell_what_is_doubtful_about_milestones() -> None:
    """
    What the analysis of a milestone only warns of stands among the findings of the catalog.
    """
    doubtful = milestones(stops="job.states['work'].name == 'gone'")

    found = promising({"milestones": doubtful}).findings

    assert ("clocks.never_stops", "warn") in {(finding.code, finding.severity) for finding in found}


def test_preset_counts_in_the_zone_that_is_asked() -> None:
    """
    The after-sales preset counts business hours of the zone it is given, and UTC without one.
    """
    plain, berlin = Catalog.preset("after-sales"), Catalog.preset("after-sales", zone="Europe/Berlin")

    assert ("UTC", "Europe/Berlin") == (plain.calendars["business"].zone, berlin.calendars["business"].zone)
    assert {"at_risk", "breached", "escalated"} <= plain.queue_names()
    with pytest.raises(Invalid):
        Catalog.preset("after-sales", zone="Nowhere/Land")
