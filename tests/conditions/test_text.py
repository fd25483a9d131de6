"""The one line of text: what it says, what it refuses, and that it is written back as it was read."""

from typing import Any

import pytest

from jobkit.conditions import Condition, Vocabulary
from jobkit.errors import Invalid
from jobkit.registry import Registry

FORMS: list[tuple[str, Any]] = [
    ('tier == "gold"', {"field": "tier", "is": "gold"}),
    ('tier != "gold"', {"field": "tier", "is_not": "gold"}),
    ("band < 3", {"field": "band", "less": 3}),
    ("band <= 3", {"field": "band", "at_most": 3}),
    ("band > -3", {"field": "band", "more": -3}),
    ("band >= 3", {"field": "band", "at_least": 3}),
    ('tier in ["gold", "silver"]', {"field": "tier", "in": ["gold", "silver"]}),
    ("tier not in []", {"field": "tier", "not_in": []}),
    ('"ok" in flags', {"field": "flags", "contains": "ok"}),
    ("wanted in flags", {"field": "flags", "contains": {"field": "wanted"}}),
    ('not ("ok" in flags)', {"not": {"field": "flags", "contains": "ok"}}),
    ("known(tier)", {"field": "tier", "known": True}),
    ("unknown(tier)", {"field": "tier", "known": False}),
    ('matches(serial, "[A-Z]+")', {"field": "serial", "matches": "[A-Z]+"}),
    ('before(start, "2026-03-01T00:00:00Z")', {"field": "start", "before": "2026-03-01T00:00:00Z"}),
    ("after(start, end)", {"field": "start", "after": {"field": "end"}}),
    ('older_than(start, "8h")', {"field": "start", "older_than": "8h"}),
    ('younger_than(start, "8h")', {"field": "start", "younger_than": "8h"}),
    ('within(start, "2d")', {"field": "start", "within": "2d"}),
    ("count(visits) >= 2", {"field": "visits", "count": {"at_least": 2}}),
    ('every(parts[...].status == "staged")', {"field": "parts[].status", "is": "staged"}),
    ('some(parts[...].status == "staged")', {"field": "parts[].status", "is": "staged", "some": True}),
    ('visits["v1"].outcome == "done"', {"field": "visits[v1].outcome", "is": "done"}),
    ('visits["say \\"v1\\""].outcome == "done"', {"field": 'visits["say \\"v1\\""].outcome', "is": "done"}),
    ('clock["first-response"].state == "due"', {"field": "clock[first-response].state", "is": "due"}),
    (
        "every(parts, item.staged == true or known(item.expected))",
        {
            "every": "parts",
            "that": {
                "any": [{"field": "item.staged", "is": True}, {"field": "item.expected", "known": True}]
            },
        },
    ),
    ('call("acme.rule")', {"call": "acme.rule"}),
    (
        'call("acme.rule", a=1, b=[true, none, "x"], c={"d": 0.5})',
        {"call": "acme.rule", "with": {"a": 1, "b": [True, None, "x"], "c": {"d": 0.5}}},
    ),
    (
        "a == 1 and (b == 2 or c == 3)",
        {"all": [{"field": "a", "is": 1}, {"any": [{"field": "b", "is": 2}, {"field": "c", "is": 3}]}]},
    ),
    ("not (a == 1) and b == 2", {"all": [{"not": {"field": "a", "is": 1}}, {"field": "b", "is": 2}]}),
    ("not (not known(a))", {"not": {"not": {"field": "a", "known": True}}}),
    ("true", {"all": []}),
    ("false", {"any": []}),
]


def load(rule: object) -> Condition:
    """Load a rule over any facts, with one predicate registered."""
    return Condition.load(rule, Vocabulary.open(), Registry.of(predicate={"acme.rule": lambda *_: None}))


@pytest.mark.parametrize(("text", "data"), FORMS)
def test_text_and_data_say_the_same(text: str, data: Any) -> None:
    """
    Each form has one line of text and one table of data, and either is written from the other.
    """
    assert data == load(text).to_data()
    assert text == load(data).to_text()


SHORTER = [
    ("held", "held == true"),
    ("not held", "not (held == true)"),
    ("held is true", "held == true"),
    ("held is not False", "held != false"),
    ('parts[...].status == "staged"', 'every(parts[...].status == "staged")'),
    ('"ok" not in flags', 'not ("ok" in flags)'),
    ("tier in ('a', 'b')", 'tier in ["a", "b"]'),
    ("(  a == 1\n  and b == 2 )", "a == 1 and b == 2"),
    ("matches(serial, r'\\d+')", 'matches(serial, "\\\\d+")'),
]


@pytest.mark.parametrize(("text", "written"), SHORTER)
def test_shorter_spellings_are_read(text: str, written: str) -> None:
    """
    What people like to write is read too, and written back in the one normal spelling.
    """
    assert written == load(text).to_text()


REFUSED = [
    "",
    " ",
    "not",
    "a and",
    "a == ",
    "(a",
    "a)",
    "a = 1",
    "a := 1",
    "a; b",
    "a\nb",
    "a # b",
    "a b",
    "1 == 1",
    "1",
    "'x'",
    "a == b == c",
    "a < b < c",
    "a + 1 == 2",
    "a == 1 + 1",
    "-a == 1",
    "a ** b",
    "a @ b",
    "a if b else c",
    "lambda: a",
    "[a for a in b]",
    "{a}",
    "{a: b}",
    "(a, b)",
    "f'{a}' == b",
    "b'x' == a",
    "a == b'x'",
    "a == '''x'''",
    "a == 'x' 'y'",
    "a == 1_000",
    "a == 0x10",
    "a == 007",
    "a == 1j",
    "a == ...",
    "a.b()",
    "a().b == 1",
    "a(b)(c)",
    "print(a)",
    "open('x')",
    "__import__('os')",
    "a.__class__ == 1",
    "_a == 1",
    "a._b == 1",
    "a[0] == 1",
    "a[b] == 1",
    "a[1:2] == 1",
    "a[...][b] == 1",
    "known()",
    "known(a, b)",
    "known(a=b)",
    "known('a')",
    "count(a)",
    "count(a) != 1",
    "count(a) == 'x'",
    "some(a == 1)",
    "every(a == 1 and b == 2)",
    "some(some(a[...]))",
    "call()",
    "call(a)",
    "call('acme.rule', 1)",
    "call('acme.rule', **a)",
    "call('acme.rule', a=1, a=2)",
    "call('acme.rule', a=b)",
    "call('nobody')",
    "await a",
    "yield",
    "a == 'x\\d'",
    "a == '\\ud800'",
    "a == 1e999",
    "a == 9007199254740993",
    "a == None",
    "true == a",
    "true.a == 1",
    "ﬁeld == 1",
    "é == 1",
    "a == 1\x00",
    "\ud800",
]


@pytest.mark.parametrize("text", REFUSED)
def test_other_expressions_are_refused(text: str) -> None:
    """
    Every other expression of Python is refused at the place where the rule stands, and says what to write.
    """
    with pytest.raises(Invalid) as refused:
        Condition.load(
            text, Vocabulary.open(), Registry.of(predicate={"acme.rule": print}), path="$.guards[g].when"
        )

    assert {"$.guards[g].when"} == {finding.path for finding in refused.value.findings}
    assert all(finding.unblock for finding in refused.value.findings)


def test_nothing_is_evaluated() -> None:
    """
    Names of builtins are names of facts like any other, and calls of them are refused.
    """
    assert True is load("exit == 1")({"exit": 1})
    with pytest.raises(Invalid):
        load("exit(1)")
