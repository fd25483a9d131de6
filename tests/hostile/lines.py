"""Hostile single lines: conditions, patterns, paths, instants, durations and opening hours."""

from collections.abc import Mapping
from typing import Final

from tests.hostile.matter import DEEP, Make

NOISE: Final[Mapping[str, Make]] = {
    "half a character": lambda: "\ud800",
    "a NUL": lambda: "a\x00",
    "a mark of order": lambda: "\ufeffa\ufeff",
    "ten million letters": lambda: "x" * 10_000_000,
    "a million brackets": lambda: "[" * 1_000_000,
    "a million dots": lambda: "." * 1_000_000,
    "a million digits": lambda: "9" * 1_000_000,
    "a million signs": lambda: "-" * 1_000_000,
    "a million quotes": lambda: '"' * 1_000_000,
    "a million backslashes": lambda: "\\" * 1_000_000,
    "digits of another script": lambda: "\u0661\u0662",
    "a line break": lambda: "a\nb",
    "only spaces": lambda: "   ",
}
"""Lines that none of the small languages can read."""

CONDITIONS: Final[Mapping[str, Make]] = {
    "nothing": str,
    "brackets": lambda: "(" * DEEP + "a" + ")" * DEEP,
    "brackets that just fit": lambda: "(" * 3_900 + "a" + ")" * 3_900,
    "not not not": lambda: "not " * DEEP + "a",
    "not not not that just fits": lambda: "not " * 1_900 + "a",
    "chained attributes": lambda: "a" + ".b" * DEEP,
    "chained attributes that just fit": lambda: "a" + ".b" * 3_900,
    "chained subscripts": lambda: "a" + '["b"]' * DEEP,
    "chained calls": lambda: "a" + "()" * 3_900,
    "unary minus": lambda: "a == " + "-" * DEEP + "1",
    "unary minus that just fits": lambda: "a == " + "-" * 7_900 + "1",
    "chained comparisons": lambda: " < ".join("a" * 1_900),
    "chained sums": lambda: " + ".join("a" * 1_900),
    "chained powers": lambda: "a == " + "**".join("9" * 1_900),
    "lists in lists": lambda: "a in " + "[" * 3_900 + "]" * 3_900,
    "tables in tables": lambda: 'call("x", a=' + '{"a":' * 1_500 + "1" + "}" * 1_500 + ")",
    "a number of many digits": lambda: "a == " + "9" * 7_900,
    "beyond all floats": lambda: "a == 1e999",
    "code": lambda: "__import__('os').system('true')",
    "a comprehension": lambda: "[a for a in b]",
    "a lambda": lambda: "(lambda: a)()",
    "an assignment": lambda: "(a := 1)",
    "two lines": lambda: "a == 1\nb == 2",
    "an f-string": lambda: 'a == f"{b}"',
    "half a character in a text": lambda: 'a == "\ud800"',
    "half a character escaped": lambda: 'a == "\\ud800"',
    "a hostile pattern": lambda: 'matches(a, "(a+)+\\\\1")',
    "an unknown function": lambda: "delete(a)",
}
"""Lines that are no condition."""

PATTERNS: Final[Mapping[str, Make]] = {
    "a look ahead": lambda: "(?=a)",
    "a look behind": lambda: "(?<!a)b",
    "a reference back": lambda: "(a)\\1",
    "a named group": lambda: "(?P<a>b)",
    "flags": lambda: "(?i)a",
    "a lazy repeat": lambda: "a*?",
    "a repeat of a repeat": lambda: "a**",
    "a repeat of nothing": lambda: "*",
    "a class that never ends": lambda: "[a",
    "a range that runs backwards": lambda: "[z-a]",
    "a group that never ends": lambda: "(a",
    "groups in groups": lambda: "(" * 200 + "a" + ")" * 200,
    "repeats that multiply": lambda: "((a{99}){99}){99}",
    "repeats beyond all numbers": lambda: "a{99999999999999999999}",
    "repeats without end": lambda: "(" * 15 + "a" + "{500,})" * 15,
    "a property": lambda: "\\p{L}",
}
"""Lines that are no pattern of the allow-list."""

PATHS: Final[Mapping[str, Make]] = {
    "two dots": lambda: "a..b",
    "a dot at the end": lambda: "a.",
    "a bracket that never ends": lambda: "a[b",
    "a quote that never ends": lambda: 'a["b',
    "ten thousand steps": lambda: "a" + ".b" * DEEP,
    "ten thousand items": lambda: "a" + "[b]" * DEEP,
    "two roots": lambda: "$$",
    "letters of another script": lambda: "\u00e4.b",
}
"""Lines that are no path."""

INSTANTS: Final[Mapping[str, Make]] = {
    "nothing": str,
    "no zone": lambda: "2026-03-10T08:00:00",
    "a day alone": lambda: "2026-03-10",
    "a day that is none": lambda: "2026-02-30T08:00:00Z",
    "the year ten thousand": lambda: "10000-01-01T00:00:00Z",
    "before all time": lambda: "0001-01-01T00:00:00+10:00",
    "after all time": lambda: "9999-12-31T23:59:59-10:00",
    "an offset of a week": lambda: "2026-03-10T08:00:00+168:00",
}
"""Lines that are no instant."""

DURATIONS: Final[Mapping[str, Make]] = {
    "nothing": str,
    "a sign": lambda: "-8h",
    "months": lambda: "P1M",
    "a year": lambda: "1 year",
    "a fraction": lambda: "1.5h",
    "an empty form": lambda: "PT",
    "many digits": lambda: "99999999999h",
    "a unit of nobody": lambda: "8 fortnights",
}
"""Lines that are no duration."""
