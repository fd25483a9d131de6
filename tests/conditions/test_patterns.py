"""Patterns are an allow-list, and whatever is on it runs in linear time."""

import contextlib
import re
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.conditions import Pattern, matches
from jobkit.errors import Invalid
from jobkit.fields import FieldSpec

LONG = "a" * 4_096

HOSTILE = [
    "(a+)+$",
    "(a*)*b",
    "(a|a)*b",
    "(a|aa)+b",
    "(a+|b)*c",
    "([a-z]+)*1",
    "(.*)*x",
    "(.+)+x",
    "(a?){512}a",
    "(a?){64}(a?){64}(a?){64}b",
    "(.*a){20}b",
    "(.*.*)*x",
    ".*.*.*.*.*.*x",
    "a*a*a*a*a*a*a*b",
    "(a|b|ab)*c",
    "(x+x+)+y",
    "(a{1,20}){20}b",
    "((a{1,8}){8}){8}b",
    "(a*){30}b",
    "(a+){10}(a+){10}b",
    "((((a+)+)+)+)+b",
    "(\\w+\\s?)*x",
    "(\\d+)*\\D",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(([^b])*a)*b",
    "([\\w\\s]+)*x",
    "(a|[a-z])*1",
    "(?:a|(?:a|(?:a|a)))*b",
    "(|a)*b",
    "(a||a)+b",
    "()*a",
    "(()*)*b",
    "(a*|b*)*c",
    "((a|b)?)*c",
    "(a{0,100})*b",
    "(a+)+",
    "(ab?)*b?c",
    "(aab|aa|a)*b",
    "[a-a]*[a-b]*[a-c]*[a-d]*x",
    "((a)(a)?)*b",
    "(a.?a.?)*b",
    "(.{1,50}){10}b",
    "\\1",
    "(a)\\1",
    "(?P<n>a)(?P=n)",
    "(?=a)b",
    "(?!a)b",
    "(?<=a)b",
    "(?<!a)b",
    "(?i)a",
    "(?#c)a",
    "(?>a)b",
    "a*?",
    "a+?",
    "a??",
    "a*+",
    "a++",
    "a{2}{3}",
    "a{2}*",
    "a{3,2}",
    "a{999999999}",
    "a{99999999999999999999}",
    "(a{100}){100}",
    "((((a{9}){9}){9}){9}){9}",
    "a" * 501,
    "[a-z]{513}",
    "(" * 20 + "a" + ")" * 20,
    "(" * 400,
    "[" * 400,
    "a{" * 200,
    "|" * 500,
    "(|" * 250,
    "\\",
    "[",
    "[]",
    "[^]",
    "[b-a]",
    "(",
    ")",
    "*",
    "+a",
    "a)",
    "{",
    "}",
    "a{,3}",
    "\\b",
    "\\Z",
    "\\p{L}",
    "\\x41",
    "\\u0041",
    "[[:alpha:]]",
    "a$b",
    "a^b",
    "[a-\\d]",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_pattern_costs_little(text: str) -> None:
    """
    A pattern that hangs backtracking engines is refused or answers at once, also on the longest input.
    """
    began = time.process_time()
    with contextlib.suppress(Invalid):
        pattern = Pattern.load(text)
        pattern.matches(LONG)
        pattern.matches(LONG[:-1] + "!")

    assert time.process_time() - began < 2


def test_enough_hostile_patterns() -> None:
    """
    The list of hostile patterns is long, and names none twice.
    """
    assert 60 <= len(HOSTILE) == len(set(HOSTILE))


REFUSED = [
    "(?=a)b",
    "(?!a)b",
    "(?<=a)b",
    "(a)\\1",
    "(?i)a",
    "a*?",
    "a++",
    "a{2}{3}",
    "a{3,2}",
    "a{600}",
    "(a{100}){100}",
    "[b-a]",
    "[]",
    "(",
    ")",
    "*",
    "\\b",
    "\\x41",
    "a$b",
    "x" * 501,
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_on_the_list_is_refused(text: str) -> None:
    """
    Look-around, back-references, flags, lazy and stacked repeats are refused with the path.
    """
    with pytest.raises(Invalid) as refused:
        Pattern.load(text, "$.fields[serial].pattern")

    assert "$.fields[serial].pattern" == refused.value.path
    assert refused.value.code in ("patterns.unreadable", "patterns.too_large")


MATCHES = [
    (r"[A-Z]{2}-?\d{4,8}", "KX-20417", True),
    (r"[A-Z]{2}-?\d{4,8}", "KX-204", False),
    (r"[A-Z]{2}-?\d{4,8}", " KX-20417", False),
    (r"^abc$", "abc", True),
    (r"gold|silver", "silver", True),
    (r"gold|silver", "goldsilver", False),
    (r".*", "", True),
    (r".*", "two\nlines", False),
    (r"[^0-9]+", "zwölf", True),
    (r"\d", "٣", False),
    (r"\w+\s\w+", "two words", True),
    (r"[\d.,-]+", "1.234,5-", True),
    (r"\\\.", "\\.", True),
    (r"(ab)?(ab)?c", "abc", True),
    (r"a{0}b", "b", True),
    (r"", "", True),
    (r"", "x", False),
]


@pytest.mark.parametrize(("text", "given", "expected"), MATCHES)
def test_pattern_means_the_whole_text(text: str, given: str, expected: bool) -> None:
    """
    A pattern matches a text from its first character to its last, in ASCII classes.
    """
    assert expected is Pattern.load(text).matches(given)


def test_matches_judges_the_pattern_of_a_field() -> None:
    """
    A field's pattern is judged by the same engine, and one that is not on the list is refused.
    """
    serial = FieldSpec(name="serial", type="text", pattern="[A-Z]+", example="KX")

    assert () == serial.check("KX", matches=matches)
    assert ["fields.pattern"] == [finding.code for finding in serial.check("kx", matches=matches)]
    with pytest.raises(Invalid):
        matches("(?=a)", "a")


def test_long_text_is_not_judged() -> None:
    """
    Whether a text past the input limit has the form is unknown.
    """
    assert Pattern.load(".*").matches("a" * 4_097) is None


def test_characters_beyond_the_first_plane_count_once() -> None:
    """
    One character is one place, whatever its code point.
    """
    assert Pattern.load("[😀-😂].").matches("😁!")


atoms = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", "\\d", "\\."])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{1,}", "{0,2}"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=5,
)


@given(patterns, st.text("ab.1\n" + string.punctuation[:2], max_size=8))
def test_pattern_agrees_with_re(text: str, given: str) -> None:
    """
    On what both can read, a pattern matches exactly what Python's own engine matches in full.
    """
    assert (re.fullmatch(text, given, re.ASCII) is not None) is Pattern.load(text).matches(given)
