"""Promises of the strict door: nothing is converted, every problem is told, nothing hangs or overflows."""

import contextlib
import resource
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import attrs
import pytest

from jobkit.documents import (
    Limits,
    check_wire,
    freeze,
    read_json,
    read_toml,
    structure,
    thaw,
    unstructure,
    wire_problems,
    write_json,
)
from jobkit.durations import Working
from jobkit.errors import Invalid, JobkitError
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.privacy import Erased, Redacted


@attrs.frozen(kw_only=True)
class Bolt:
    id: str
    size: Decimal = Decimal(8)
    torque: float | None = None


@attrs.frozen(kw_only=True)
class Pump:
    id: str
    built: date | None = None
    checked: datetime | None = None
    every: timedelta | Working | None = None
    rest: timedelta | None = None
    stages: int = 1
    spare: bool = False
    mode: Literal["idle", "on"] = "idle"
    keeper: Redacted | Erased | None = None
    tags: tuple[str, ...] = ()
    bolts: tuple[Bolt, ...] = ()
    labels: Mapping[str, str] = EMPTY
    more: Mapping[str, Any] = EMPTY


FULL = {
    "id": "p1",
    "built": "2020-02-29",
    "checked": "2026-03-29T06:00:00.000000Z",
    "every": "2 working days",
    "rest": "1h 30min",
    "stages": 3,
    "spare": True,
    "mode": "on",
    "tags": ["a"],
    "bolts": [{"id": "b1", "size": "12.50", "torque": 1.5}],
    "labels": {"de": "Pumpe"},
    "more": {"x": [1, {"y": None}]},
}


def problems(deed: Callable[[], object]) -> dict[str, str]:
    """Return the path and code of everything that *deed* is refused for."""
    with pytest.raises(Invalid) as refused:
        deed()
    return {finding.path: finding.code for finding in refused.value.findings}


def test_values_come_back_as_they_went() -> None:
    """
    Reading plain data and writing it again gives the same data.
    """
    pump = structure(Pump, FULL)

    assert FULL == unstructure(pump)
    assert pump == structure(Pump, unstructure(pump))
    assert (Decimal("12.50"), Working(2, "day")) == (pump.bolts[0].size, pump.every)


def test_defaults_are_left_out() -> None:
    """
    Plain data holds what differs from the defaults, and nothing else.
    """
    assert {"id": "p1"} == unstructure(Pump(id="p1"))


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("id", 7),
        ("id", None),
        ("id", ["p1"]),
        ("id", "\ud800"),
        ("stages", "7"),
        ("stages", True),
        ("stages", 1.0),
        ("stages", 2**53 + 1),
        ("spare", 1),
        ("spare", "true"),
        ("mode", "off"),
        ("mode", 1),
        ("built", "2026-02-30"),
        ("built", "20200229"),
        ("built", 20200229),
        ("checked", "2026-03-29T06:00:00"),
        ("checked", 1.5),
        ("checked", "yesterday"),
        ("every", "1 month"),
        ("every", 8),
        ("rest", "8 working hours"),
        ("keeper", "Frieda Berg"),
        ("keeper", {"$private": "ab"}),
        ("tags", "abc"),
        ("tags", {"a": 1}),
        ("tags", ["a", 1]),
        ("labels", [["a", "b"]]),
        ("labels", {"a": 1}),
        ("labels", {1: "a"}),
        ("bolts", {"id": "b1"}),
        ("bolts", [None]),
        ("more", {"x": float("nan")}),
        ("more", {"x": float("inf")}),
        ("more", {"x": {1, 2}}),
        ("more", {"x": object()}),
        ("more", {"x": 2**60}),
        ("more", {"x": b"bytes"}),
    ],
)
def test_nothing_is_converted(key: str, wrong: object) -> None:
    """
    A value of another type is refused at its place, however close it looks.
    """
    found = problems(lambda: structure(Pump, {**FULL, key: wrong}))

    assert 1 == len(found)
    assert all(path.startswith(f"$.{key}") for path in found)


@pytest.mark.parametrize("size", [12.5, 12, "12,50", "1e3", "NaN", "Infinity", "", " 1", "1.", "9" * 99, "٣"])
def test_decimals_are_plain_digits(size: object) -> None:
    """
    A decimal is text with digits and at most one point.
    """
    found = problems(lambda: structure(Bolt, {"id": "b", "size": size}))

    assert ["$.size"] == list(found)


@pytest.mark.parametrize("size", ["NaN", "-Infinity", "1E+40", "1E-30"])
def test_decimals_without_stored_form_are_not_written(size: str) -> None:
    """
    What could not be read back is refused when it is written.
    """
    with pytest.raises(Invalid):
        unstructure(Bolt(id="b", size=Decimal(size)))


def test_every_problem_is_told_at_once() -> None:
    """
    Unknown, missing and wrong things are told together, list items by their id.
    """
    data = {"stages": "7", "nam": 1, "bolts": [{"id": "b7", "size": 1}, {"id": "b8"}, {"size": "x"}]}

    assert {
        "$": "documents.unknown_key",
        "$.stages": "documents.wrong_type",
        "$.bolts[b7].size": "documents.wrong_type",
        "$.bolts[2]": "documents.missing_key",
        "$.bolts[2].size": "documents.not_decimal",
    } == problems(lambda: structure(Pump, {"id": "p1", **data}))


def test_unknown_key_tells_the_nearest() -> None:
    """
    A typing error in a key is answered with what was probably meant.
    """
    with pytest.raises(Invalid) as refused:
        structure(Pump, {"id": "p1", "stagse": 2})
    assert "stages" in refused.value.unblock


def test_wrong_values_are_not_repeated() -> None:
    """
    The message about a wrong type names types only, as the value may be private.
    """
    with pytest.raises(Invalid) as refused:
        structure(Pump, {"id": "p1", "keeper": "Frieda Berg"})
    assert "Frieda" not in str(refused.value)


def test_paths_begin_where_the_caller_says() -> None:
    """
    Data out of a larger document is told with its place there.
    """
    found = problems(lambda: structure(Pump, {"id": 1, "bolts": 1}, "$.pumps[p1]"))

    assert {"$.pumps[p1].id", "$.pumps[p1].bolts"} == set(found)


def test_doubled_ids_are_refused() -> None:
    """
    Two items of one list cannot have the same name.
    """
    found = problems(lambda: structure(Pump, {"id": "p", "bolts": [{"id": "b"}, {"id": "b"}]}))

    assert {"$.bolts": "documents.duplicate_id"} == found


@pytest.mark.parametrize("data", [None, [], "x", 7, True])
def test_a_value_needs_an_object(data: object) -> None:
    """
    Only an object becomes a value.
    """
    assert {"$": "documents.wrong_type"} == problems(lambda: structure(Pump, data))


def test_private_leaves_pass_both_ways() -> None:
    """
    A private value goes in and out as itself, never as text.
    """
    secret = Redacted("Frieda Berg", salt="00" * 16)
    pump = structure(Pump, {"id": "p1", "keeper": secret})

    assert secret is pump.keeper
    assert {"id": "p1", "keeper": secret} == unstructure(pump)
    with pytest.raises(Invalid):
        write_json(unstructure(pump))


def test_frozen_data_is_shared_safely() -> None:
    """
    Data of a value cannot be changed through the list or dict that it came from.
    """
    sizes = [1, 2]
    pump = structure(Pump, {"id": "p1", "more": {"sizes": sizes}})
    sizes.append(3)

    assert {"sizes": (1, 2)} == pump.more
    assert {"sizes": [1, 2]} == thaw(pump.more)
    assert {"sizes": [1, 2]} == thaw(freeze({"sizes": [1, 2]}))


def test_python_cycles_are_refused() -> None:
    """
    Data that contains itself is told as too deep, not as a RecursionError.
    """
    here: dict[str, Any] = {}
    here["here"] = [here]

    assert {"documents.too_deep"} == set(problems(lambda: check_wire(here)).values())
    assert {"documents.too_deep"} == set(
        problems(lambda: structure(Pump, {"id": "p", "more": here})).values()
    )
    with pytest.raises(Invalid):
        write_json(here)


def test_problems_are_capped() -> None:
    """
    A document that is wrong everywhere is told with its first hundred problems.
    """
    assert 100 == len(wire_problems([object()] * 5000))
    assert 100 >= len(problems(lambda: structure(Pump, {"id": "p", "bolts": [1] * 5000})))


def test_a_class_without_stored_form_is_a_type_error() -> None:
    """
    Declaring a field of a foreign type is a mistake in Python.
    """

    @attrs.frozen
    class Foreign:
        thing: complex

    with pytest.raises(TypeError):
        structure(Foreign, {"thing": 1})


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ('{"a": NaN}', "documents.not_finite", "$.a"),
        ('{"a": [-Infinity]}', "documents.not_finite", "$.a[0]"),
        ('{"a": 1e999}', "documents.not_finite", "$.a"),
        ('{"a": 9007199254740993}', "documents.too_big", "$.a"),
        ('{"a": ' + "1" * 5000 + "}", "documents.too_big", "$.a"),
        ('{"a": {"b": 1, "b": 1}}', "documents.duplicate_key", "$.a"),
        ('{"a": "\\ud800"}', "documents.surrogate", "$.a"),
        ('{"\\ud800": 1}', "documents.surrogate", "$"),
        ('{"a": 1,}', "documents.unreadable_at", "$"),
        ("", "documents.unreadable_at", "$"),
        ("{'a': 1}", "documents.unreadable_at", "$"),
        ('{"a": 1} 2', "documents.unreadable_at", "$"),
        ('"\t"', "documents.unreadable_at", "$"),
        ('"' + "\\" * 100_001, "documents.unreadable_at", "$"),
        ("[" * 10_000, "documents.too_deep", "$"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "documents.too_deep", "$"),
        ("[" + "1," * 600_000 + "1]", "documents.too_many", "$"),
        ("1" * 4_000_001, "documents.too_long", "$"),
        (b"\xff\xfe", "documents.not_utf8", "$"),
    ],
)
def test_hostile_json_is_refused(text: str | bytes, code: str, path: str) -> None:
    """
    What the standard reader takes or dies of is one refusal with its place.
    """
    assert (path, code) in problems(lambda: read_json(text)).items()


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("a = nan", "documents.not_finite", "$.a"),
        ("a = [1, -inf]", "documents.not_finite", "$.a[1]"),
        ("a = 1e999", "documents.not_finite", "$.a"),
        ("a = 9_007_199_254_740_993", "documents.too_big", "$.a"),
        ("a = 1\na = 2", "documents.unreadable", "$"),
        ("a = {b = 1, b = 2}", "documents.unreadable_at", "$"),
        ('a = "\\ud800"', "documents.unreadable_at", "$"),
        ("a = 2026-03-29T08:00:00", "instants.naive", "$.a"),
        ("[[v]]\nid = 'x'\nt = 2026-03-29T08:00:00", "instants.naive", "$.v[x].t"),
        ("a =", "documents.unreadable", "$"),
        ("a = " + "[" * 10_000, "documents.too_deep", "$"),
        (".".join("a" * 10_000) + " = 1", "documents.too_deep", "$"),
        ("[" + ".".join("a" * 10_000) + "]", "documents.too_deep", "$"),
        ("a = {" + ".".join("a" * 10_000) + " = 1}", "documents.too_deep", "$"),
        ("a = " + "{b = " * 10_000, "documents.too_deep", "$"),
        ("a = [" + "1," * 600_000 + "]", "documents.too_many", "$"),
        (b"a = '\xff'", "documents.not_utf8", "$"),
    ],
)
def test_hostile_toml_is_refused(text: str | bytes, code: str, path: str) -> None:
    """
    TOML goes through the same door as JSON.
    """
    assert (path, code) in problems(lambda: read_toml(text)).items()


def test_brackets_in_strings_are_no_nesting() -> None:
    """
    Text and comments full of brackets are just text.
    """
    brackets = "[{" * 5_000
    quoted = [f"a = '{brackets}'", f'b = """{brackets}"""', f"c = '''{brackets}'''", f'd = "\\"{brackets}"']
    toml = "\n".join((f"# {brackets}", *quoted))

    assert {"a": brackets + '"'} == read_json('{"a": "' + brackets + '\\""}')
    assert {"a": brackets, "b": brackets, "c": brackets, "d": '"' + brackets} == read_toml(toml)


def test_toml_times_become_texts() -> None:
    """
    An instant is read in its stored form, a date and a time of day as they are written.
    """
    text = "a = 2026-03-29T08:00:00+02:00\nb = 2026-03-29\nc = [08:30:00]"

    assert {"a": "2026-03-29T06:00:00.000000Z", "b": "2026-03-29", "c": ["08:30:00"]} == read_toml(text)


def test_syntax_error_names_line_and_column() -> None:
    """
    A document that cannot be parsed says where.
    """
    with pytest.raises(Invalid) as refused:
        read_json('{\n  "a": }')
    assert "line 2, column 8" in refused.value.message


def test_limits_are_adjustable() -> None:
    """
    A host lowers or raises what a reader takes.
    """
    assert [[[1]]] == read_json("[[[1]]]", limits=Limits(depth=3))
    with pytest.raises(Invalid):
        read_json("[[[1]]]", limits=Limits(depth=2))
    with pytest.raises(Invalid):
        read_json("[1, 2, 3]", limits=Limits(items=2))
    with pytest.raises(Invalid):
        read_toml("a = 1", limits=Limits(characters=4))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 4_000_000,
        '{"a":' * 800_000,
        '"' + "\\" * 3_900_001,
        "'''" + "'" * 3_900_000,
        'a = """' + '"' * 3_900_000,
        "a." * 1_900_000,
        "".join(f"[{'.'.join('a' * 60)}.b{number}]\n" for number in range(10_000)),
        "#" * 3_900_000,
        "[[a]]\n" * 160_000,
    ],
    ids=range(9),
)
def test_absurd_input_ends_soon(text: str) -> None:
    """
    Megabytes of hostile text end within two CPU seconds, with at most one of our own errors.
    """
    start = time.process_time()
    for read in (read_json, read_toml):
        with contextlib.suppress(JobkitError):
            read(text)

    assert time.process_time() - start < 4
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2_000_000


def test_json_is_compact_and_sorted() -> None:
    """
    Equal data has one text, whatever order its keys were in.
    """
    assert '{"a":"é","b":[1,null,true]}' == write_json({"b": [1, None, True], "a": "é"})
    assert write_json(FrozenMap(b=1, a=2)) == write_json({"a": 2, "b": 1})
    with pytest.raises(Invalid):
        write_json({"a": float("nan")})
    with pytest.raises(Invalid):
        write_json({"a": datetime(2026, 1, 1, tzinfo=UTC)})
