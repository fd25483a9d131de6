"""Promises of the rules to begin with: a host says what each column holds, and nothing weighs yet."""

from datetime import UTC, datetime, timedelta
from math import log2

import pytest

from jobkit.duplicates import (
    Index,
    MatchRules,
    compare,
    keys_of,
    learn,
    starting_rules,
    text_rules,
    with_terms,
)
from jobkit.duplicates._learn_start import SORTS
from jobkit.errors import Invalid
from tests.duplicates._people import people

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_every_sort_begins_without_weight() -> None:
    """
    Each sort can be used, and a pair has no evidence before anything was learned.
    """
    rules = starting_rules({f"a {sort}": sort for sort in SORTS})
    record = {f"a {sort}": "12 Main Street" for sort in SORTS}

    assert list(rules.fields()) == list(record)
    assert 0 == compare(rules, record, record).score


def test_unknown_sort_is_refused() -> None:
    """
    A column of a sort that is not there is refused with the sorts that are.
    """
    with pytest.raises(Invalid) as refused:
        starting_rules({"shoe": "size"})

    assert ("duplicates.sort", "$.shoe") == (refused.value.code, refused.value.path)
    assert "title" in refused.value.unblock


def test_keys_follow_the_columns() -> None:
    """
    Two names key together, a name with a code, a phone by its end; a choice keys nothing.
    """
    rules = starting_rules(
        {"given": "name", "surname": "name", "zip": "code", "phone": "phone", "sex": "choice"}
    )
    record = {"given": "Anna", "surname": "Berg", "zip": "80331", "phone": "+49 89 1234567", "sex": "f"}

    assert {
        "given and surname": "anna|b",
        "surname and given": "berg|a",
        "given and zip": "ann|80331",
        "surname and zip": "ber|80331",
        "phone last 7": "1234567",
    } == {key.name: key.value for key in keys_of(rules, record)}


def test_starting_rules_learn() -> None:
    """
    From columns to weights takes two calls.
    """
    records, _ = people(150)
    fields = {"surname": "name", "given": "name", "phone": "phone", "city": "choice"}
    learned = learn(starting_rules(fields), records, seed=1).rules

    assert all(rule.levels[0].weight > 0 > rule.otherwise for rule in learned.data.rules)
    assert MatchRules.load(learned.to_data()).digest == learned.digest


def test_time_between_texts_counts_softly() -> None:
    """
    The same words weigh less the longer ago they were written, and are never cut off.
    """
    rules = text_rules(title="title", body="body", opened="opened")
    request = {"title": "Pump leaks", "body": "Oil below the pump.", "opened": NOW}
    scores = [
        compare(rules, request, {**request, "opened": NOW - timedelta(days=days)}).score
        for days in (0, 1, 30, 300, 3_000)
    ]

    assert scores == sorted(scores, reverse=True)
    assert 60 > scores[0] > scores[-1] > 50
    assert scores[1] - scores[2] == pytest.approx(log2(37 / 8), abs=0.001)


def test_known_asset_is_asked_before_words() -> None:
    """
    Requests that may name an asset meet on it, and on their words where nobody knows it.
    """
    rules = text_rules(title="title", body="body", opened="opened", asset="asset")
    index = Index(rules)
    index.add("A", {"asset": "EX-0012", "title": "Pump leaks"})
    index.add("B", {"title": "Pump leaks oil"})
    named = index.find({"asset": "ex 12", "title": "Pump leaks"}, different=True)
    unnamed = index.find({"title": "Pump leaks"}, different=True)

    assert ["A"] == [one.id for one in named.matches]
    assert ["A", "B"] == [one.id for one in unnamed.matches]
    assert 8 == named.matches[0].match.score - unnamed.matches[0].match.score


def test_counted_words_weigh_by_how_rare_they_are() -> None:
    """
    After the words were counted, sharing a rare one makes two texts more alike than sharing a common one.
    """
    texts = [f"Pump {number} broken" for number in range(30)] + ["Conveyor broken"]
    records = {f"R{place}": {"title": text} for place, text in enumerate(texts)}
    rules = with_terms(text_rules(title="title", body="body", opened="opened"), records)
    rare = compare(rules, {"title": "conveyor stuck"}, {"title": "conveyor broken"}).score
    common = compare(rules, {"title": "pump stuck"}, {"title": "pump broken"}).score

    assert rare > common > 0


def test_rules_without_texts_stay() -> None:
    """
    Counting words changes nothing where no rule compares texts.
    """
    rules = starting_rules({"phone": "phone"})

    assert rules is with_terms(rules, {"A": {"phone": "1"}})
