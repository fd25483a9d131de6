"""Promises of matching before hostile input: bounded work and memory, typed errors, nothing lost."""

import tracemalloc
from typing import Any

import pytest

from jobkit.duplicates import Index, MatchRules, compare, keys_of, normal
from jobkit.errors import Invalid, JobkitError
from tests.duplicates.policies import KEYS, NOW, RULES, load, one_rule, request

KINDS = ("exact", "serial", "phone", "address", "name", "edit", "tokens", "phrase", "text", "code")


@pytest.mark.parametrize("kind", KINDS)
def test_million_characters_are_compared_in_bounded_memory(kind: str) -> None:
    """
    A description of a million characters takes no more memory than a small part of it.
    """
    rules = one_rule(kind=kind)
    long = "".join(f"{number} pump-{number % 977} " for number in range(70_000))
    compare(rules, {"it": "a"}, {"it": "b"})

    tracemalloc.start()
    match = compare(rules, {"it": long}, {"it": long[1:]})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 2_000_000
    assert ["duplicates.cut"] == [finding.code for finding in match.findings]


def test_long_text_makes_no_more_keys_than_are_read_of_it() -> None:
    """
    However long a text is, the keys come from its first two thousand characters.
    """
    assert normal.LONGEST / 2 >= len(keys_of(load(), request(None, " ".join(map(str, range(100_000))))))
    assert 1 == len(keys_of(load(), request(None, "a" * 1_000_000)))


def test_long_sequence_is_cut_and_told() -> None:
    """
    Of a sequence of texts the first two hundred are compared, and the match says so.
    """
    rules = one_rule(kind="overlap")

    match = compare(rules, {"it": [f"t{place}" for place in range(100_000)]}, {"it": ["t1"]})

    assert 1 / normal.MOST_TEXTS == match.contributions[1].similarity
    assert ["duplicates.cut"] == [finding.code for finding in match.findings]


def test_whole_numbers_are_compared_as_their_digits() -> None:
    """
    A whole number where text is expected counts as its digits; one of more than thirty is refused.
    """
    assert 1 == compare(one_rule(), {"it": 2**70}, {"it": str(2**70)}).contributions[1].similarity
    with pytest.raises(Invalid, match="thirty digits"):
        compare(one_rule(), {"it": 10**5_000}, {"it": 1})


def test_record_is_never_changed() -> None:
    """
    The raw values stay as they came, in the record and for the host.
    """
    record: dict[str, Any] = {"asset": " ex-0012 ", "text": "Won't START", "phone": "0151", "opened": NOW}
    before = dict(record)
    index = Index(load())
    index.add("J-1", record)
    index.find(record)

    assert before == record


def test_index_does_not_follow_later_changes_of_a_record() -> None:
    """
    What is changed in a record after it was taken in has no say until it is taken in again.
    """
    record = {"asset": "EX-12", "opened": NOW}
    index = Index(load())
    index.add("J-1", record)
    record["asset"] = "ZZ-99"
    index.remove("J-1")
    index.add("J-2", {"asset": "EX-12", "opened": NOW})

    assert ["J-2"] == [one.id for one in index.find({"asset": "ex12", "opened": NOW}, different=True).matches]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "id = 1",
        "not toml",
        {},
        {"id": "x"},
        {**RULES, "rules": None},
        {**RULES, "bands": {"same": float("nan"), "ask": 0}},
        {**RULES, "prior": True},
        {**RULES, "rules": [{"name": "a"}]},
        {**RULES, "keys": [{"name": "a", "parts": [{"field": 3}]}]},
        {**RULES, "window": {"field": "opened", "ages": [{"within": "1 month", "weight": 1}]}},
        {**RULES, "terms": {"weights": {"a": float("inf")}}},
        {**RULES, "id": "\ud800"},
    ],
)
def test_data_of_any_shape_is_refused_with_findings(source: Any) -> None:
    """
    Rules that cannot be read raise one typed error, whatever they are.
    """
    with pytest.raises(Invalid) as found:
        MatchRules.load(source)

    assert all(finding.message and finding.unblock for finding in found.value.findings)


def test_crowded_keys_stay_within_the_cap() -> None:
    """
    Ten thousand records under one key cost one search no more comparisons than the cap.
    """
    index = Index(load(cap=50, keys=KEYS[:1]))
    for number in range(10_000):
        index.add(f"J-{number}", {"asset": "EX-12"})

    found = index.find({"asset": "EX 12"}, limit=3, different=True)

    assert (50, 3) == (found.considered, len(found.matches))


@pytest.mark.parametrize("value", [object(), {1: 2}, [[1]], b"x", 1 + 2j, float("nan")])
def test_odd_values_raise_nothing_untyped(value: Any) -> None:
    """
    A foreign value in any field raises an error of the library.
    """
    for field in ("asset", "text", "phone", "opened", "latest", "type"):
        with pytest.raises(JobkitError):
            compare(load(), {field: value}, request())
