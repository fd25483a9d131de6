"""Promises of field specifications: each value is checked by its type, and every problem is told."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from jobkit.codes import Code, CodeList
from jobkit.documents import structure, unstructure
from jobkit.durations import Working
from jobkit.errors import Invalid
from jobkit.fields import FieldSpec, Help, check_fields, private_fields
from jobkit.privacy import Erased, Redacted

LISTS = {"gas": CodeList(id="gas", codes=(Code(id="R32"), Code(id="R410A")))}


def short(pattern: str, text: str) -> bool | None:
    """Stand in for a pattern checker: a text has the form when it is as long as the pattern."""
    return len(pattern) == len(text)


@pytest.mark.parametrize(
    ("spec", "wire", "value"),
    [
        ({"type": "text"}, "a", "a"),
        ({"type": "integer"}, 7, 7),
        ({"type": "decimal"}, "12.50", Decimal("12.50")),
        ({"type": "float"}, 1.5, 1.5),
        ({"type": "bool"}, False, False),
        ({"type": "instant"}, "2026-03-29T08:00:00+02:00", datetime(2026, 3, 29, 6, tzinfo=UTC)),
        ({"type": "date"}, "2026-03-29", date(2026, 3, 29)),
        ({"type": "duration"}, "8h", timedelta(hours=8)),
        ({"type": "duration"}, "2 working days", Working(2, "day")),
        ({"type": "code", "codes": "gas"}, "R32", "R32"),
        ({"type": "reference"}, "asset-7", "asset-7"),
        ({"type": "list", "item": "integer"}, [1, 2], (1, 2)),
    ],
)
def test_value_is_typed(spec: Mapping[str, Any], wire: object, value: object) -> None:
    """
    A wire value of the field's type is read as the type of Python that it stands for.
    """
    field = FieldSpec(name="f", **spec)

    assert value == field.read(wire)
    assert () == field.check(wire, codes=LISTS)


@pytest.mark.parametrize(
    ("spec", "wire", "code"),
    [
        ({"type": "text", "required": True}, None, "fields.required"),
        ({"type": "integer"}, "7", "documents.wrong_type"),
        ({"type": "integer"}, True, "documents.wrong_type"),
        ({"type": "decimal"}, 12.5, "documents.wrong_type"),
        ({"type": "text", "max_length": 3}, "abcd", "fields.too_long"),
        ({"type": "text", "pattern": "123"}, "ab", "fields.pattern"),
        ({"type": "integer", "minimum": Decimal(1)}, 0, "fields.too_small"),
        ({"type": "decimal", "maximum": Decimal(1), "unit": "mm"}, "1.01", "fields.too_large"),
        ({"type": "code", "codes": "gas"}, "R33", "codes.unknown"),
        ({"type": "instant"}, "2026-03-29T08:00:00", "instants.naive"),
        ({"type": "list", "item": "integer"}, 1, "documents.wrong_type"),
        ({"type": "text"}, {"a": 1}, "documents.wrong_type"),
    ],
)
def test_wrong_value_is_told(spec: Mapping[str, Any], wire: object, code: str) -> None:
    """
    A value that the field does not take is told with its place and reason.
    """
    (finding,) = FieldSpec(name="f", **spec).check(wire, "$.fields[f]", codes=LISTS, matches=short)

    assert (code, "$.fields[f]") == (finding.code, finding.path)


def test_zero_false_and_empty_are_values() -> None:
    """
    Only what is absent is missing.
    """
    for kind, value in (("integer", 0), ("bool", False), ("text", "")):
        assert () == FieldSpec(name="f", type=kind, required=True).check(value)  # type: ignore[arg-type]


def test_items_of_a_list_are_judged_each() -> None:
    """
    A list is told item by item.
    """
    spec = FieldSpec(name="f", type="list", item="code", codes="gas")
    found = spec.check(["R32", "R1", "R2"], "$.fields[f]", codes=LISTS)

    assert ["$.fields[f][1]", "$.fields[f][2]"] == [finding.path for finding in found]


def test_help_says_why_in_the_deed() -> None:
    """
    What is asked for comes with the reason and an example of what went wrong.
    """
    told = Help(why="The lift is booked by it.", example="In May two crews stood there without one.")
    (finding,) = FieldSpec(name="height", type="decimal", required=True, help=told).check(None)

    assert (
        "Record height (The lift is booked by it. In May two crews stood there without one)."
        == finding.unblock
    )


def test_private_text_is_judged_but_not_told() -> None:
    """
    A private value is checked like any text, appears in no message, and an erased one is not judged.
    """
    spec = FieldSpec(name="pin", type="text", private=True, max_length=3)
    (finding,) = spec.check(Redacted("47110", salt="00" * 16))

    assert "47110" not in str(finding.to_dict())
    assert () == spec.check(Erased("ab"))
    assert {"pin"} == private_fields((spec, FieldSpec(name="f", type="text")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Name"},
        {"name": "a b"},
        {"name": "a" * 99},
        {"type": "list"},
        {"item": "text"},
        {"type": "code"},
        {"codes": "gas"},
        {"type": "integer", "pattern": "a"},
        {"type": "integer", "private": True},
        {"minimum": Decimal(1)},
        {"type": "integer", "minimum": Decimal(2), "maximum": Decimal(1)},
        {"max_length": 0},
    ],
)
def test_contradictions_are_refused(wrong: Mapping[str, Any]) -> None:
    """
    A field that cannot be meant so is refused when it is declared.
    """
    with pytest.raises(Invalid):
        FieldSpec(**{"name": "f", "type": "text", **wrong})


def test_missing_helpers_are_a_type_error() -> None:
    """
    A pattern or a code is never passed unchecked: forgetting what checks it is a mistake in Python.
    """
    with pytest.raises(TypeError):
        FieldSpec(name="f", type="text", pattern="a").check("b")
    with pytest.raises(TypeError):
        FieldSpec(name="f", type="code", codes="gas").check("R32")


def test_all_fields_are_told_at_once() -> None:
    """
    Missing, wrong and undeclared fields come together, the last with the nearest name.
    """
    specs = (FieldSpec(name="depth", type="integer", required=True), FieldSpec(name="width", type="integer"))
    found = check_fields(specs, {"width": "2", "dept": 1})

    assert ["fields.required", "documents.wrong_type", "fields.unknown"] == [
        finding.code for finding in found
    ]
    assert "depth" in found[2].unblock


def test_specification_is_data() -> None:
    """
    A field specification survives its plain form.
    """
    spec = FieldSpec(name="f", type="decimal", minimum=Decimal("0.5"), unit="mm", help=Help(why="It fits."))

    assert spec == structure(FieldSpec, unstructure(spec))
