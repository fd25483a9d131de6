"""The catalog: what it holds, what it hands out, and everything it refuses when it is loaded."""

from pathlib import Path
from typing import Any

import attrs
import pytest

from jobkit.catalog import Catalog, Queue, TypeRules
from jobkit.errors import Invalid, JobkitError, NotFound
from jobkit.fields import FieldSpec
from jobkit.lifecycle import Lifecycle
from jobkit.model import Job, JobType, State, Subject
from jobkit.presets import after_sales
from tests.desk.building import BENCH, NOW

RULES = Lifecycle.load(dict(BENCH))
DATA: dict[str, Any] = {
    "id": "shop",
    "version": "3",
    "types": {"bench": {"lifecycles": ["bench"], "unique_open": ["subject.asset", "work.symptom"]}},
    "queues": {"all": {"owner": "boss", "when": "job.states['work'].category == 'open'"}},
}


def load(**changes: Any) -> Catalog:
    """Load the shop with some keys changed."""
    return Catalog.load({**DATA, **changes}, lifecycles=[RULES])


def test_preset_has_types_queues_and_their_rules() -> None:
    """
    The after-sales preset is a catalog of job types, each with its three lifecycles.
    """
    catalog = Catalog.preset("after-sales")

    assert {"work", "parts", "billing"} == set(catalog.rules("warranty-repair").lifecycles)
    assert catalog.rules("incident").type.is_incident
    assert {"triage", "unconfirmed", "ageing"} <= catalog.queue_names()


def test_catalog_loads_from_text_and_file(tmp_path: Path) -> None:
    """
    A catalog is the same from a text, a file and plain data.
    """
    text = """
    id = "shop"
    version = "3"
    [types.bench]
    lifecycles = ["bench"]
    unique_open = ["subject.asset", "work.symptom"]
    [queues.all]
    owner = "boss"
    when = "job.states['work'].category == 'open'"
    """
    path = tmp_path / "shop.toml"
    path.write_text(text, encoding="utf-8")

    loaded = [Catalog.load(source, lifecycles=[RULES]) for source in (text, path, DATA)]

    assert 1 == len({(each.id, each.version, *each.types, *each.queues) for each in loaded})
    assert {("subject.asset", "work.symptom")} == {each.rules("bench").unique_open for each in loaded}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"types": {"bench": {"lifecycles": ["gone"]}}}, "catalog.unknown_lifecycle", "$.types[bench]"),
        ({"types": {"bench": {"lifecycles": []}}}, "catalog.no_work", "$.types[bench].lifecycles"),
        ({"types": {"bench": {"lifecycles": ["bench", "bench"]}}}, "catalog.same_facet", "$.types[bench]"),
        (
            {"types": {"bench": {"lifecycles": ["bench"], "unique_open": ["work.symptom"]}}},
            "catalog.unique_without_asset",
            "$.types[bench].unique_open",
        ),
        (
            {
                "types": {
                    "bench": {"lifecycles": ["bench"], "unique_open": ["subject.asset", "subject.address"]}
                }
            },
            "catalog.not_comparable",
            "$.types[bench].unique_open",
        ),
        (
            {"types": {"bench": {"lifecycles": ["bench"], "unique_open": ["subject.asset", "x..y"]}}},
            "paths.unreadable",
            "$.types[bench].unique_open",
        ),
        (
            {"queues": {"q": {"owner": "b", "order": ["job.visits[].planned"]}}},
            "catalog.not_comparable",
            "$.queues[q]",
        ),
        (
            {"queues": {"q": {"owner": "b", "order": ["job.nothing"]}}},
            "catalog.not_comparable",
            "$.queues[q]",
        ),
        (
            {"queues": {"q": {"owner": "b", "when": "job.nothing == 1"}}},
            "conditions.unknown_fact",
            "$.queues[q]",
        ),
        ({"queues": {"q": {"when": "job.id == 'x'"}}}, "documents.missing_key", "$.queues[q]"),
        ({"calendar": {"zone": "Nowhere/Land", "weekly": {"mon": "08:00-12:00"}}}, None, "$.calendar"),
        ({"colour": "red"}, "documents.unknown_key", "$"),
        ({"version": 3}, "documents.wrong_type", "$.version"),
    ],
)
def test_load_refuses_with_the_place(changes: dict[str, Any], code: str | None, path: str) -> None:
    """
    Unknown names and keys, uniqueness and orders that cannot be compared, and bad hours are refused.
    """
    with pytest.raises(Invalid) as refused:
        load(**changes)

    assert code in (None, refused.value.code)
    assert refused.value.path.startswith(path)


def test_load_tells_everything_at_once() -> None:
    """
    Each problem of a catalog is told in one go.
    """
    queues = {"a": {"owner": "b", "when": "job.nothing == 1"}, "c": {"owner": "b", "when": "job.none == 1"}}

    with pytest.raises(Invalid) as refused:
        load(types={"bench": {"lifecycles": ["gone", "lost"]}}, queues=queues)

    assert 4 == len(refused.value.findings)


def test_ids_stand_once() -> None:
    """
    Two job types, queues or lifecycles under one id are refused.
    """
    rules = TypeRules(type=JobType(id="bench"), lifecycles={"work": RULES})
    queue = Queue(name="q", owner="boss")

    with pytest.raises(Invalid) as built:
        Catalog.of("shop", [rules, rules], queues=[queue, queue])
    with pytest.raises(Invalid) as loaded:
        Catalog.load(DATA, lifecycles=[RULES, RULES])

    assert ["catalog.same_id", "catalog.same_id"] == [finding.code for finding in built.value.findings]
    assert ["catalog.same_id"] == [finding.code for finding in loaded.value.findings]


def test_lifecycle_stands_under_its_own_facet() -> None:
    """
    A lifecycle that moves one facet cannot be put under another.
    """
    parts = after_sales()["parts"]

    with pytest.raises(Invalid) as refused:
        Catalog.of("shop", [TypeRules(type=JobType(id="x"), lifecycles={"work": RULES, "paint": parts})])

    assert "catalog.other_facet" == refused.value.code


def test_working_time_needs_a_calendar() -> None:
    """
    A limit in working hours without a calendar is refused when the catalog is made, not at a job's commit.
    """
    states = {**BENCH["states"], "busy": {"category": "active", "limit": {"after": "8 working hours"}}}
    rules = Lifecycle.load({**BENCH, "states": states})
    hours = {"zone": "Europe/Berlin", "weekly": {"mon-fri": "08:00-17:00"}}

    with pytest.raises(Invalid) as refused:
        Catalog.load(DATA, lifecycles=[rules])
    catalog = Catalog.load({**DATA, "calendar": hours}, lifecycles=[rules])

    assert "catalog.no_calendar" == refused.value.code
    assert catalog.calendar is not None


@pytest.mark.parametrize("name", ["nothing", "", "after_sales"])
def test_unknown_names_are_not_found(name: str) -> None:
    """
    A type, queue or preset that is not there says which ones are.
    """
    catalog = load()

    for look in (catalog.rules, catalog.queue, Catalog.preset):
        with pytest.raises(NotFound) as refused:
            look(name)
        assert refused.value.unblock


def test_queue_of_an_age_limit_belongs_to_the_owner_of_the_state() -> None:
    """
    A queue that only an age limit names is there all the same, owned by who is responsible for the state.
    """
    queue = Catalog.preset("after-sales").queue("unscheduled")

    assert ("unscheduled", "planner") == (queue.name, queue.owner)


def test_standing_names_the_queues_of_a_job() -> None:
    """
    A job stands in the queues whose conditions are true, not in those that cannot be told.
    """
    queues = {**DATA["queues"], "loud": {"owner": "boss", "when": "job.work.symptom == 'noise'"}}
    catalog = load(queues=queues)
    job = Job(
        id="J", type="bench", states={"work": State(name="open", category="open")}, subject=Subject(asset="A")
    )

    assert ["all"] == [queue.name for queue in catalog.standing(job, {"job": job}, NOW)]


HIGH = {"name": "height", "type": "decimal"}


@pytest.mark.parametrize(("height", "stands"), [("80", True), ("9", False), (None, False)])
def test_queue_reads_declared_fields_by_their_type(height: str | None, stands: bool) -> None:
    """
    A condition compares a field of the type as what it was declared, not as the text that stands for it.
    """
    types = {"bench": {"lifecycles": ["bench"], "fields": [HIGH]}}
    catalog = load(types=types, queues={"high": {"owner": "boss", "when": "job.fields.height > 10"}})
    states = {"work": State(name="open", category="open")}
    fields = {} if height is None else {"height": height}
    job = Job(id="J", type="bench", states=states, fields=fields)

    assert stands == bool(catalog.standing(job, {"job": job}, NOW))


def test_queue_asks_for_declared_fields_only() -> None:
    """
    A field that no type declares is a misspelling, and refused as one.
    """
    types = {"bench": {"lifecycles": ["bench"], "fields": [HIGH]}}

    with pytest.raises(Invalid) as refused:
        load(types=types, queues={"high": {"owner": "boss", "when": "job.fields.hight > 10"}})

    assert "$.queues[high].when" == refused.value.path


def test_private_names_come_from_every_type() -> None:
    """
    What any type calls private is known to the catalog, so that no digest takes it in the open.
    """
    secret = FieldSpec(name="nurse", type="text", private=True)
    first = TypeRules(type=JobType(id="a", fields=(secret,)), lifecycles={"work": RULES})
    second = attrs.evolve(first, type=JobType(id="b"))

    assert {"nurse"} == Catalog.of("shop", [first, second]).private


@pytest.mark.parametrize("text", ["", "id = ", "{", "id = 1\nid = 2", "[[[["])
def test_malformed_text_is_refused(text: str) -> None:
    """
    Text that is no TOML, or lacks what a catalog must have, is refused as data.
    """
    with pytest.raises(JobkitError):
        Catalog.load(text, lifecycles=[RULES])


def test_a_lifecycle_that_never_ends_is_refused_at_load() -> None:
    """
    What the analysis of a lifecycle finds to block is refused with its place and a witness.
    """
    circle = Lifecycle.load(
        {
            "id": "bench",
            "version": "1",
            "states": {"here": {"category": "open", "initial": True}, "there": {"category": "open"}},
            "transitions": [
                {"trigger": "go", "from": "here", "to": "there"},
                {"trigger": "back", "from": "there", "to": "here"},
            ],
        }
    )

    with pytest.raises(Invalid) as refused:
        Catalog.load({**DATA, "types": {"bench": {"lifecycles": ["bench"]}}}, lifecycles=[circle])

    assert {True} == {finding.path.startswith("$.lifecycles[bench]") for finding in refused.value.findings}


def test_a_catalog_tells_what_is_doubtful_about_its_lifecycles() -> None:
    """
    Warnings and hints do not stop a catalog from loading; it tells them.
    """
    found = Catalog.preset("after-sales").findings

    assert ({"info"}, "$.lifecycles[after-sales]") == (
        {finding.severity for finding in found},
        found[0].path[:25],
    )


def test_a_catalog_declares_what_its_host_tells() -> None:
    """
    Queues and rules of order may ask facts that the catalog declares; an unknown kind is told at its place.
    """
    queues = {"storm": {"owner": "office", "when": 'host.weather == "storm"'}}

    assert "storm" in load(queues=queues, facts={"host.weather": "code"}).queues
    with pytest.raises(Invalid) as refused:
        load(queues=queues, facts={"host.weather": "mood"})
    assert "$.facts" == refused.value.findings[0].path[:7]
