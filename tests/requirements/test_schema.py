"""The export to JSON Schema: what it says, what it names, and what it leaves to the library."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from jobkit import presets
from jobkit.codes import Code, CodeList
from jobkit.conditions import Condition, Vocabulary
from jobkit.errors import Invalid, NotFound
from jobkit.fields import FieldSpec, Help
from jobkit.registry import Registry
from jobkit.requirements import Package, SchemaExport, code_kind, json_schema, review
from jobkit.versions import Version, Versions

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
SYMPTOMS = Versions(
    [
        Version(
            NOW - timedelta(days=9), "1", CodeList(id="symptom", codes=(Code(id="LEAK"), Code(id="HOT")))
        ),
        Version(
            NOW + timedelta(days=9),
            "2",
            CodeList(id="symptom", version="2", codes=(Code(id="LEAK", labels={"en": "It leaks"}),)),
        ),
    ]
)


def export(*requirements: dict[str, Any], **more: Any) -> SchemaExport:
    """Return the export of a package of these requirements."""
    words, registry = more.pop("words", None), more.pop("registry", Registry())
    package = Package.load({"id": "intake", "requirements": list(requirements)}, words, registry)
    return json_schema(package, **{"at": NOW, **more})


def refused(schema: dict[str, Any], document: object) -> list[str]:
    """Return the titles of what refuses a document."""
    errors = Draft202012Validator(schema).iter_errors(document)
    return sorted(schema["allOf"][error.absolute_schema_path[1]]["title"] for error in errors)


def test_error_names_the_requirement() -> None:
    """
    What a validator reports leads to the requirement that refused.
    """
    told = export({"id": "asset", "field": "job.asset"}, {"id": "site", "field": "job.site", "label": "Site"})

    assert ["Site"] == refused(told.schema, {"asset": "press-7"})
    assert ["Site", "asset"] == refused(told.schema, {"asset": None})
    assert "asset@1" == told.schema["allOf"][0]["x-jobkit-requirement"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [({}, ["photo"]), ({"leak": None}, ["photo"]), ({"leak": True}, ["photo"]), ({"leak": False}, [])],
)
def test_absent_property_counts_as_applicable(document: dict[str, Any], expected: list[str]) -> None:
    """
    Where it is unknown whether a requirement applies, the schema asks for it, as a review does.
    """
    one = {"id": "photo", "applies_when": "job.leak == true", "field": "job.photo"}
    told = export(one, words=Vocabulary.of({"job.leak": "bool", "job.photo": "text"}))

    assert expected == refused(told.schema, document)
    assert (not expected) is review(
        Package.load({"id": "intake", "requirements": [one]}), {"job": document}, NOW
    ).open


def test_last_line_feed_is_refused() -> None:
    """
    A text with a line feed after the pattern is refused by validators whose `$` would let it pass.
    """
    told = export({"id": "serial", "condition": 'matches(job.serial, "K[0-9]+")'})

    assert [] == refused(told.schema, {"serial": "K7"})
    assert ["serial"] == refused(told.schema, {"serial": "K7\n"})


def test_longer_text_than_the_library_judges_is_refused() -> None:
    """
    Whether a text past the limit has the form is unknown, and so it blocks in both.
    """
    told = export({"id": "serial", "condition": 'matches(job.serial, "K+")'})

    assert [] == refused(told.schema, {"serial": "K" * 4_096})
    assert ["serial"] == refused(told.schema, {"serial": "K" * 4_097})


WORDS = Vocabulary.of(
    {
        "job.since": "instant",
        "job.due": "instant",
        "job.price": "decimal",
        "job.paid": "decimal",
        "job.parts[].number": "text",
        "job.triage.passed": "instant",
        "actor.role": "text",
        "job.age": "integer",
        "job.prices": "list[decimal]",
        "job.parts[].size": "integer",
        "job.size": "integer",
    }
)


@pytest.mark.parametrize(
    ("condition", "reason", "what"),
    [
        ('older_than(job.since, "2d")', "time", "job.since"),
        ('call("acme.ready")', "predicate", "acme.ready"),
        ("job.price >= job.paid", "comparison", "job.paid"),
        ('job.price >= "2.5"', "value", "job.price"),
        ('"2.5" in job.prices', "value", "job.prices"),
        ('before(job.since, "2026-01-01T00:00:00Z")', "value", "job.since"),
        ('job.parts["p1"].number == "7"', "item", "job.parts[p1].number"),
        ('actor.role == "dealer"', "outside", "actor.role"),
        ("known(job.triage.passed)", "outside", "job.triage.passed"),
        ("every(job.parts, item.size == job.size)", "comparison", "job.size"),
        ('not (known(job.age) and call("acme.ready"))', "predicate", "acme.ready"),
    ],
)
def test_rest_says_why(condition: str, reason: str, what: str) -> None:
    """
    What no schema can say is left out of it, and told with its reason.
    """
    registry = Registry.of(predicate={"acme.ready": lambda facts, now: True})
    told = export({"id": "r", "condition": condition}, words=WORDS, registry=registry)
    (rest,) = told.rest

    assert (reason, False) == (rest.reason, rest.expressed)
    assert what in rest.said
    assert () == told.expressed
    assert "allOf" not in told.schema


def test_unsayable_applicability_leaves_the_requirement_to_the_library() -> None:
    """
    A requirement whose applicability no schema can say is in the rest as a whole.
    """
    one = {"id": "r", "field": "job.age", "applies_when": "known(actor.role)"}

    assert ["outside"] == [rest.reason for rest in export(one, words=WORDS).rest]


def test_advice_restricts_nothing() -> None:
    """
    A requirement that only warns is told among the rest.
    """
    told = export(
        {"id": "photo", "field": "job.photo", "severity": "warn", "help": {"why": "It shows more."}}
    )

    assert [("photo", "severity")] == [(rest.id, rest.reason) for rest in told.rest]
    assert [] == list(Draft202012Validator(told.schema).iter_errors({}))
    assert "It shows more." == told.schema["properties"]["photo"]["description"]


def test_waiver_is_told() -> None:
    """
    A requirement that may be waived is said in the schema, and the rest tells who may let it pass.
    """
    told = export({"id": "photo", "field": "job.photo", "waivers": ["supervisor", "lead"]})
    (rest,) = told.rest

    assert ("waiver", True) == (rest.reason, rest.expressed)
    assert "photo: a waiver by one of these roles lets it pass: supervisor, lead." == rest.said
    assert ("photo",) == told.expressed


def test_kind_asked_in_code_is_told() -> None:
    """
    A registered kind that is no condition is left to the library by its name.
    """
    registry = Registry.of(requirement={"acme.weekday": lambda requirement, bench: lambda facts, now: True})
    told = export({"id": "day", "kind": "acme.weekday"}, registry=registry)

    assert ["day: the registered kind acme.weekday asks it in code."] == [rest.said for rest in told.rest]


def test_kind_may_say_what_it_amounts_to() -> None:
    """
    A question of one's own with `node_at` is exported as the condition that it amounts to.
    """

    class Weekday:
        """Asks for a plan on working days."""

        def __call__(self, facts: Any, now: datetime | None) -> bool | None:
            return bool(facts)

        def node_at(self, now: datetime) -> object:
            """Return the condition of that day."""
            return Condition.load("known(job.plan)" if now.weekday() < 5 else True).node

    registry = Registry.of(requirement={"acme.weekday": lambda requirement, bench: Weekday()})
    rule = {"id": "day", "kind": "acme.weekday"}

    assert ["day"] == refused(export(rule, registry=registry).schema, {})
    assert [] == refused(export(rule, registry=registry, at=NOW + timedelta(days=4)).schema, {})


@pytest.mark.parametrize("words", [None, Vocabulary.of({"job.codes": "list[text]"})])
@pytest.mark.parametrize(
    ("codes", "days", "expected"),
    [(["LEAK", "HOT"], 0, []), (["LEAK", "HOT"], 10, ["r"]), (["LEAK", None], 0, ["r"]), (None, 0, ["r"])],
)
def test_codes_in_force(words: Vocabulary | None, codes: object, days: int, expected: list[str]) -> None:
    """
    The kind `code` is exported with the codes that are in force at the instant.
    """
    rule = {"id": "r", "kind": "code", "field": "job.codes", "options": {"list": "symptom"}}
    registry = Registry.of(requirement={"code": code_kind({"symptom": SYMPTOMS})})
    at = NOW + timedelta(days=days)
    package = Package.load({"id": "intake", "requirements": [rule]}, words, registry)

    assert expected == refused(json_schema(package, at=at).schema, {"codes": codes})
    assert (not expected) is review(package, {"job": {"codes": codes}}, at).open


def test_export_knows_how_long_it_holds() -> None:
    """
    The next instant at which a requirement or a code list comes into force ends the export.
    """
    later = {"id": "later", "field": "job.site", "effective_from": NOW + timedelta(days=3)}
    ended = {"id": "ended", "field": "job.site", "effective_to": NOW}
    package = Package.load({"id": "intake", "requirements": [later, ended]})
    told = json_schema(package, at=NOW, codes={"symptom": SYMPTOMS})

    assert ((), NOW + timedelta(days=3)) == (told.expressed, told.until)
    assert ("later",) == json_schema(package, at=NOW + timedelta(days=3)).expressed
    assert json_schema(package, at=NOW + timedelta(days=3)).until is None


def test_stage_chooses_requirements() -> None:
    """
    With a stage, only requirements of that stage and of none are exported.
    """
    told = export(
        {"id": "a", "field": "job.a", "stage": "start"},
        {"id": "b", "field": "job.b", "stage": "close"},
        {"id": "c", "field": "job.c"},
        stage="close",
    )

    assert ("b", "c") == told.expressed


def test_facts_themselves_may_be_the_document() -> None:
    """
    Without a root, paths lead from the document itself.
    """
    told = export({"id": "asset", "field": "asset"}, {"id": "job", "field": "job.version"}, root=None)

    assert ("asset", "job") == told.expressed
    assert [] == refused(told.schema, {"asset": "x", "job": {"version": 1}})


def test_missing_code_list_is_refused() -> None:
    """
    A field whose code list was not handed in is refused with the name of the list.
    """
    with pytest.raises(NotFound) as caught:
        export(fields=[FieldSpec(name="symptom", type="code", codes="symptom")])

    assert ["requirements.field_list"] == [finding.code for finding in caught.value.findings]
    assert "Hand in the list symptom among codes." == caught.value.unblock


def test_naive_instant_is_refused() -> None:
    """
    An instant without a zone is refused.
    """
    with pytest.raises(Invalid) as caught:
        export(at=datetime(2026, 3, 10))

    assert ["instants.naive"] == [finding.code for finding in caught.value.findings]


def test_field_brings_its_words() -> None:
    """
    A form finds label, help, unit, example and the labels of codes; private fields show no example.
    """
    why = Help(why="The crew loads by it.", example="A van came back for a seal.")
    specs = [
        FieldSpec(name="depth", type="integer", label="Depth", unit="mm", help=why, example="40"),
        FieldSpec(name="door", type="text", private=True, example="4711"),
        FieldSpec(name="symptom", type="code", codes="symptom"),
        FieldSpec(name="odd", type="integer", example="forty"),
        FieldSpec(name="tags", type="list", item="text", example="red"),
    ]
    shown = export(fields=specs, codes={"symptom": SYMPTOMS}, at=NOW + timedelta(days=9)).schema
    depth, door, symptom, odd, tags = shown["properties"]["fields"]["properties"].values()

    assert ("Depth", str(why), "mm", [40]) == tuple(
        depth[key] for key in ("title", "description", "x-jobkit-unit", "examples")
    )
    assert {"examples"}.isdisjoint([*door, *odd])
    assert door["writeOnly"] is True
    assert ({"LEAK": "It leaks"}, "symptom@2") == (symptom["x-jobkit-labels"], symptom["x-jobkit-codes"])
    assert [["red"]] == tags["examples"]


def test_id_is_a_name_of_its_own() -> None:
    """
    The schema is named by the package's id and version, whatever signs they hold.
    """
    package = Package.load({"id": "in take/1", "version": "2:b"})

    assert "urn:jobkit:requirements:in%20take%2F1:2%3Ab" == json_schema(package, at=NOW).schema["$id"]


@pytest.mark.parametrize("type_", ["warranty-repair", "breakdown", "installation", "inspection", "incident"])
def test_ready_packages_are_said_as_a_whole(type_: str) -> None:
    """
    Whatever the ready packages of intake ask for and block by is in their schema.
    """
    governing = presets.intake().governing(type_, None, NOW)
    assert governing is not None
    told = json_schema(governing.package, at=NOW)

    assert [] == [rest.said for rest in told.rest if rest.reason != "severity"]
    assert told.expressed
