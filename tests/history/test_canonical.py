"""Canonical bytes: one spelling, and a refusal with its place for whatever has none."""

from typing import Any

import pytest
import rfc8785

from jobkit.errors import Invalid
from jobkit.history import Real, canonical, digest
from jobkit.privacy import Erased, Redacted
from tests.history.building import secret


def test_absent_and_null_are_one() -> None:
    """
    A key without a value spells like no key at all, also deep inside.
    """
    assert canonical({"a": {"c": 1}}) == canonical({"a": {"b": None, "c": 1}, "d": None})


def test_keys_are_sorted_by_utf_16() -> None:
    """
    A key beyond the basic plane sorts before one at its end, as RFC 8785 demands and code points do not.
    """
    keys = {"\uffff": 1, "\U0001f600": 2, "a": 3}

    assert rfc8785.dumps(keys) == canonical(keys)
    assert '{"a":3,"\U0001f600":2,"\uffff":1}' == canonical(keys).decode()


def test_tuples_spell_like_lists() -> None:
    """
    A tuple stands for a list, and a null in it keeps its place.
    """
    assert b"[1,null,true]" == canonical((1, None, True))


@pytest.mark.parametrize("number", [1.0, -0.0, 0.1, 1e-5, 1.5e-6, -2.5e-7, 5e-324, 123456.789, 2.0**53])
def test_declared_floats_spell_like_ecmascript(number: float) -> None:
    """
    A float that is declared as one has the shortest spelling that reads back to it.
    """
    assert rfc8785.dumps([number]) == canonical([Real(number)])


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({"a": [{"id": "p1", "b": 1.5}]}, "history.undeclared_float", "$.a[p1].b"),
        ({"a": Real("nan")}, "history.not_a_number", "$.a"),
        ({"a": float("inf")}, "history.not_a_number", "$.a"),
        ({"a": 2**53 + 1}, "history.too_large", "$.a"),
        ({"a": -(10**5000)}, "history.too_large", "$.a"),
        ({"a": Real(1e300)}, "history.too_large", "$.a"),
        ({"a": {"b": "\ud800"}}, "history.surrogate", "$.a.b"),
        ({"a": {"\udfff": 1}}, "history.key", "$.a"),
        ({"a": {7: 1}}, "history.key", "$.a"),
        ({"a": {"$private": "00"}}, "history.key", "$.a"),
        ({"a": {1, 2}}, "history.not_allowed", "$.a"),
        ({"a": b"bytes"}, "history.not_allowed", "$.a"),
    ],
)
def test_what_has_no_spelling_is_refused(value: Any, code: str, path: str) -> None:
    """
    A value outside the table is refused with its code and its path.
    """
    with pytest.raises(Invalid) as refused:
        canonical(value)

    assert (code, path) == (refused.value.code, refused.value.path)


def test_a_value_inside_itself_is_refused() -> None:
    """
    A loop and a very deep value are refused as too deep, and nothing else is raised.
    """
    loop: list[Any] = []
    loop.append(loop)
    deep: Any = {}
    for _ in range(10_000):
        deep = {"a": deep}

    for value in (loop, deep):
        with pytest.raises(Invalid) as refused:
            canonical(value)
        assert "history.too_deep" == refused.value.code


def test_the_largest_whole_numbers_pass() -> None:
    """
    Two to the power of 53, either way, is the last whole number that spells.
    """
    assert b"[9007199254740992,-9007199254740992]" == canonical([2**53, -(2**53)])


def test_private_values_spell_as_digests() -> None:
    """
    A private value and what is left of it after erasure spell alike, and no byte of the text shows.
    """
    hidden = secret("Frieda Berg")

    assert canonical([Erased(hidden.digest)]) == canonical([hidden])
    assert b"Frieda" not in canonical([hidden])


def test_digest_depends_on_the_salt() -> None:
    """
    The same private text under another salt has another digest.
    """
    assert digest([Redacted("yes", salt="00" * 16)]) != digest([Redacted("yes", salt="01" * 16)])
