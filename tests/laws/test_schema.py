"""Laws of the export: schema and library agree on what the schema says, and the rest is listed."""

import json
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jobkit.conditions import matches
from jobkit.fields import FieldSpec, check_fields
from jobkit.requirements import Package, json_schema, review
from tests.laws import _schemas as made

NOTHING: Final = Package.load({"id": "nothing"})
IN_FORCE: Final = {name: lists.at(made.NOW).value for name, lists in made.CODES.items()}


def valid(schema: dict[str, Any], document: object) -> bool:
    """Tell whether a document is valid, to a validator of another house."""
    return bool(Draft202012Validator(schema).is_valid(document))


@settings(max_examples=300)
@given(made.packages(), made.documents())
def test_schema_and_library_agree(package: Package, document: dict[str, Any]) -> None:
    """
    A document is valid exactly when no expressed requirement blocks it.
    """
    export = json_schema(package, at=made.NOW)
    told = review(package, {"job": document}, made.NOW)

    assert set(export.expressed) == {
        rule.requirement.id for rule in package.rules if rule.requirement.severity == "block"
    }
    assert valid(export.schema, document) is told.open


@settings(max_examples=400)
@given(st.sampled_from(made.SPECS), made.wire)
def test_schema_and_library_agree_on_a_field(spec: FieldSpec, value: object) -> None:
    """
    A value of a job's own field is valid exactly when the library finds nothing wrong with it.
    """
    schema = json_schema(NOTHING, at=made.NOW, fields=[spec], codes=made.CODES).schema
    fields = {spec.name: value}

    assert valid(schema, {"fields": fields}) is (
        not check_fields((spec,), fields, codes=IN_FORCE, matches=matches)
    )


@given(made.fields)
def test_schema_and_library_agree_on_all_fields(fields: dict[str, Any]) -> None:
    """
    Missing and unknown names among a job's own fields are refused by both.
    """
    schema = json_schema(NOTHING, at=made.NOW, fields=made.SPECS, codes=made.CODES).schema

    assert valid(schema, {"fields": fields}) is (
        not check_fields(made.SPECS, fields, codes=IN_FORCE, matches=matches)
    )


@given(made.packages())
def test_export_is_a_schema(package: Package) -> None:
    """
    Every export is a schema to the meta-schema of its dialect, and plain JSON.
    """
    schema = json_schema(package, at=made.NOW, fields=made.SPECS, codes=made.CODES).schema
    Draft202012Validator.check_schema(schema)

    assert schema == json.loads(json.dumps(schema))


@given(made.packages())
def test_export_leaves_no_requirement_out(package: Package) -> None:
    """
    Every requirement in force is expressed or told among the rest, and never both without a reason.
    """
    export = json_schema(package, at=made.NOW)
    left = [each.id for each in export.rest if not each.expressed]

    assert sorted(rule.requirement.id for rule in package.rules) == sorted([*export.expressed, *left])


@settings(max_examples=300)
@given(made.patterns, made.short)
def test_portable_pattern_matches_the_same(pattern: str, text: str) -> None:
    """
    A text has the form of a pattern exactly when the exported expression finds it.
    """
    schema = json_schema(
        Package.load({"id": "p", "requirements": [{"id": "r", "condition": made.matching(pattern)}]}),
        at=made.NOW,
    ).schema

    assert valid(schema, {"text": text}) is matches(pattern, text)
