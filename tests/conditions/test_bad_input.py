"""Whatever the rule is, loading it ends in one Invalid with its place, soon."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from jobkit.conditions import All, Condition, Count, Each, Fact, Leaf, Not, Vocabulary
from jobkit.documents import Limits
from jobkit.errors import Invalid

LEAF = {"field": "a", "is": 1}


def nested(wrap: Callable[[Any], Any], levels: int, inner: Any = LEAF) -> Any:
    """Return data that nests so many levels deep."""
    for _ in range(levels):
        inner = wrap(inner)
    return inner


def cycle(key: str) -> dict[str, Any]:
    """Return a table that holds itself."""
    round_: dict[str, Any] = {}
    round_[key] = [round_] if key in ("all", "any") else round_
    return round_


def arguments_in_a_circle() -> dict[str, Any]:
    """Return a call whose arguments hold themselves."""
    given: dict[str, Any] = {"again": []}
    given["again"].append(given)
    return {"call": "acme.rule", "with": given}


DATA: dict[str, Callable[[], Any]] = {
    "deep not": lambda: nested(lambda inner: {"not": inner}, 10_000),
    "deep all": lambda: nested(lambda inner: {"all": [inner]}, 10_000),
    "deep that": lambda: nested(lambda inner: {"every": "a", "that": inner}, 10_000),
    "deep list": lambda: {"field": "a", "in": nested(lambda inner: [inner], 10_000)},
    "deep arguments": lambda: {"call": "x", "with": {"a": nested(lambda inner: [inner], 10_000)}},
    "deep values": lambda: nested(Not, 10_000, Leaf(field="a", operator="is", value=1)),
    "doubled thirty times": lambda: nested(lambda inner: {"all": [inner, inner]}, 30),
    "cycle of all": lambda: cycle("all"),
    "cycle of not": lambda: cycle("not"),
    "cycle of arguments": arguments_in_a_circle,
    "wide": lambda: {"all": [LEAF] * 100_000},
    "wide list": lambda: {"field": "a", "in": list(range(1_000_000))},
    "wide arguments": lambda: {"call": "x", "with": {"a": list(range(1_000_000))}},
    "long text": lambda: {"field": "a", "is": "x" * 10_000_000},
    "long field": lambda: {"field": "x" * 1_000_000, "is": 1},
    "long line": lambda: "a == 1 and " * 100_000,
    "long as a line": lambda: {"field": "a", "in": ["x" * 90] * 100},
    "nan": lambda: {"field": "a", "is": float("nan")},
    "infinity": lambda: {"field": "a", "is": float("inf")},
    "huge number": lambda: {"field": "a", "is": 10**5000},
    "half a character": lambda: {"field": "a", "is": "\ud800"},
    "half a character in a field": lambda: {"field": "a[\ud800]", "is": 1},
    "half a character in a key": lambda: {"field": "a", "is": 1, "\ud800": 1},
    "number as a key": lambda: {1: 2},
    "nothing": lambda: None,
    "empty": dict,
    "list": list,
    "number": lambda: 3,
    "object": object,
    "bytes": lambda: b"a == 1",
    "no operator": lambda: {"field": "a"},
    "two operators": lambda: {"field": "a", "is": 1, "less": 2},
    "unknown key": lambda: {"field": "a", "is": 1, "sum": True},
    "some as text": lambda: {"field": "a[]", "is": 1, "some": "yes"},
    "all of no list": lambda: {"all": LEAF},
    "all of text": lambda: {"all": "abc"},
    "every without that": lambda: {"every": "a"},
    "compared with nothing": lambda: {"field": "a", "is": None},
    "compared with a table": lambda: {"field": "a", "is": {"b": 1}},
    "compared with bytes": lambda: {"field": "a", "is": b"x"},
    "count of no number": lambda: {"field": "a", "count": {"at_least": True}},
    "count of two": lambda: {"field": "a", "count": {"at_least": 1, "less": 3}},
    "count without a comparison": lambda: {"field": "a", "count": 3},
    "number as a field": lambda: {"field": 1, "is": 1},
    "hidden field": lambda: {"field": "a.__class__", "is": 1},
    "hidden root": lambda: {"field": "_a", "is": 1},
    "reserved root": lambda: {"field": "true", "is": 1},
    "every item of the other fact": lambda: {"field": "a", "is": {"field": "b[]"}},
    "call of a number": lambda: {"call": 3},
    "argument that is no name": lambda: {"call": "x", "with": {"a b": 1}},
    "negative time": lambda: {"field": "a", "older_than": "-5h"},
    "months": lambda: {"field": "a", "older_than": "1 month"},
    "working time": lambda: {"field": "a", "older_than": "2 working days"},
    "hostile pattern": lambda: {"field": "a", "matches": "(?=(a+))+"},
    "unknown operator of a value": lambda: Leaf(field="a", operator="sum", value=1),
    "field of a value": lambda: Leaf(field=3, operator="is", value=1),  # type: ignore[arg-type]
    "count alone": lambda: Count("is", 1),
    "fact alone": lambda: Fact("a"),
    "part that is none": lambda: Each(field="a", part=None),  # type: ignore[arg-type]
    "foreign value": lambda: Leaf(field="a", operator="is", value=object()),
    "deep brackets": lambda: "(" * 2_000 + "a" + ")" * 2_000,
    "deep lists": lambda: "a in " + "[" * 2_000 + "]" * 2_000,
    "deep tables": lambda: "call('x', a=" + "{'a':" * 1_000,
    "deep nots": lambda: "not " * 1_900 + "a",
    "deep minus": lambda: "a == " + "-" * 7_900 + "1",
    "long path": lambda: "a" + ".b" * 3_000,
    "long item path": lambda: "a" + "['b']" * 1_500,
    "calls of calls": lambda: "a" + "()" * 3_000,
    "items of items": lambda: "a" + "[b, c]" * 1_000,
    "long difference": lambda: "1" + "-1" * 3_900 + " == a",
    "long comparison": lambda: " < ".join("a" * 2_000),
    "open quotes": lambda: '"' * 7_999,
    "backslashes": lambda: "\\" * 7_999,
    "nul": lambda: "a == '\x00'",
}


@pytest.mark.parametrize("name", DATA)
def test_bad_rule_is_refused_soon(name: str) -> None:
    """
    A malformed, circular, huge or hostile rule is refused within two seconds, with its place and what helps.
    """
    rule = DATA[name]()
    began = time.process_time()
    with pytest.raises(Invalid) as refused:
        Condition.load(rule, path="$.guards[g].when")

    assert time.process_time() - began < 2
    assert all(finding.path.startswith("$.guards[g].when") for finding in refused.value.findings)
    assert len(refused.value.findings) <= 100
    assert json.dumps(refused.value.to_dict(), ensure_ascii=False).encode()


def test_every_problem_is_told_at_once() -> None:
    """
    One error names each problem of the rule, each with its own place.
    """
    words = Vocabulary.of({"tier": "text", "band": "integer", "parts[].status": "text"})
    rule = {
        "all": [
            {"field": "teir", "is": "gold"},
            {"field": "band", "is": "3"},
            {"not": {"field": "tier", "less": "x"}},
            {"field": "band", "at_least": None},
            {"call": "acme.rule"},
            {"any": [{"fild": "tier"}]},
            {"field": "tier", "matches": "("},
            {"field": "tier", "is": "x", "some": True},
        ]
    }
    with pytest.raises(Invalid) as refused:
        Condition.load(rule, words, path="$.when")

    assert {
        ("$.when.all[0].field", "conditions.unknown_fact"),
        ("$.when.all[1].is", "conditions.wrong_value"),
        ("$.when.all[2].not", "conditions.wrong_operator"),
        ("$.when.all[3].at_least", "conditions.nothing"),
        ("$.when.all[4].call", "registry.unknown"),
        ("$.when.all[5].any[0]", "conditions.shape"),
        ("$.when.all[6].matches", "patterns.unreadable"),
        ("$.when.all[7]", "conditions.quantifier"),
    } == {(finding.path, finding.code) for finding in refused.value.findings}


def test_limits_can_be_adjusted() -> None:
    """
    A host lets through larger conditions, or fewer, by its own limits.
    """
    rule = All([Not(Condition.load("a").node)] * 1_200)
    large = Limits(characters=100_000, depth=24, items=5_000)

    assert 1_200 == len(Condition.load(rule, limits=large).to_data()["all"])
    with pytest.raises(Invalid, match="more than 1000 parts"):
        Condition.load(rule)
    with pytest.raises(Invalid, match="deeper than 1 "):
        Condition.load("not (a and not b)", limits=Limits(characters=100, depth=1, items=10))


def test_no_limit_lets_the_parser_down() -> None:
    """
    However large the limits, depth stays where Python's parser is safe.
    """
    with pytest.raises(Invalid, match="deeper than 60 levels"):
        Condition.load("(" * 5_000 + "a" + ")" * 5_000, limits=Limits(characters=10**6, depth=10**6))
