"""Promises of a batch: the pairs and scores of asking one by one, and clusters that keep to what was told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.duplicates import MatchRules, compare
from jobkit.duplicates._batch import cluster_all, match_all
from jobkit.errors import Invalid
from tests.duplicates._people import people, rules

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
ASSET: dict[str, Any] = {
    "name": "asset",
    "field": "asset",
    "kind": "serial",
    "levels": [{"at": 1, "weight": 6}],
    "otherwise": -9,
}
REQUESTS: dict[str, Any] = {
    "id": "requests",
    "bands": {"same": 5, "ask": 2},
    "rules": [ASSET],
    "keys": [{"name": "asset", "parts": [{"field": "asset", "form": "serial"}]}],
}


def load(**changes: Any) -> MatchRules:
    """Return rules on assets, with changes."""
    return MatchRules.load({**REQUESTS, **changes})


def ends(found: Any) -> list[tuple[str, str]]:
    """Return the ids of pairs."""
    return [(pair.left, pair.right) for pair in found]


def test_batch_says_what_comparing_says() -> None:
    """
    Every pair of a batch has the score and the band that the two records have when compared alone.
    """
    records, _ = people(60)
    policy = rules()

    for pair in match_all(policy, records).pairs:
        alone = compare(policy, records[pair.left], records[pair.right])
        assert (alone.score, alone.band) == (pair.score, pair.band)


def test_only_records_that_share_a_key_are_compared() -> None:
    """
    Records meet through any of the keys; a record without the key meets nobody.
    """
    jobs = {"A": {"asset": "EX-1"}, "B": {"asset": "ex 01"}, "C": {"asset": "EX-2"}, "D": {}}

    assert [("A", "B")] == ends(match_all(load(), jobs).pairs)


def test_pairs_come_best_first_and_by_band() -> None:
    """
    The best pair is the first, ties go by id, and the bands can be asked for.
    """
    shared = {"name": "site", "parts": [{"field": "site"}]}
    policy = load(keys=[*REQUESTS["keys"], shared])
    jobs = {
        "A": {"asset": "EX-1", "site": "S"},
        "B": {"asset": "EX-1", "site": "S"},
        "C": {"asset": "EX-7", "site": "S"},
    }
    found = match_all(policy, jobs)

    assert [("A", "B"), ("A", "C"), ("B", "C")] == ends(found.pairs)
    assert [("A", "B")] == ends(found.of("same"))
    assert 2 == len(found.of("different"))


def test_crowded_key_is_bounded_and_told() -> None:
    """
    Where a hundred records share one value, each meets only those that came just before it.
    """
    policy = load(
        keys=[{"name": "asset", "parts": [{"field": "asset", "form": "serial"}], "most": 3}],
        window={"field": "opened"},
    )
    jobs = {
        f"J{number:03}": {"asset": "EX-1", "opened": START - number * timedelta(hours=1)}
        for number in range(100)
    }
    found = match_all(policy, jobs)

    assert 99 + 98 + 97 == len(found.pairs)
    assert ("J000", "J003") in ends(found.pairs)
    assert ("J000", "J004") not in ends(found.pairs)
    assert ["duplicates.crowded"] == [finding.code for finding in found.findings]


def test_record_of_a_wrong_kind_is_refused() -> None:
    """
    A value that cannot be compared stops the batch with its field.
    """
    with pytest.raises(Invalid) as refused:
        match_all(load(), {"A": {"asset": object()}, "B": {"asset": "EX-1"}})

    assert "$.asset" == refused.value.path


def test_nothing_to_compare() -> None:
    """
    An empty batch, empty records and rules without keys give no pairs and no clusters.
    """
    assert () == match_all(load(), {}).pairs
    assert () == cluster_all(load(), {"A": {}, "B": {}}).groups
    assert () == cluster_all(load(keys=[]), {"A": {"asset": "EX-1"}, "B": {"asset": "EX-1"}}).groups


def test_clusters_of_a_batch() -> None:
    """
    One call goes from records to clusters, by the threshold of the rules or by another.
    """
    jobs = {name: {"asset": "EX-1"} for name in "ABC"}

    assert (("A", "B", "C"),) == cluster_all(load(), jobs).groups
    assert () == cluster_all(load(), jobs, at=7).groups


def test_one_record_of_each_source() -> None:
    """
    With one-to-one on a field, a cluster takes at most one record of each value.
    """
    jobs = {
        "A": {"asset": "EX-1", "source": "portal"},
        "B": {"asset": "EX-1", "source": "portal"},
        "C": {"asset": "EX-1", "source": "phone"},
    }

    assert (("A", "C"),) == cluster_all(load(one_to_one="source"), jobs).groups


def test_told_apart_in_a_batch() -> None:
    """
    A stored "not a duplicate" parts two records though everything else agrees.
    """
    jobs = {name: {"asset": "EX-1"} for name in "ABC"}
    found = cluster_all(load(), jobs, apart=[("A", "C")])

    assert ("A", "C") not in found.pairs
    assert 1 == len(found.groups)


def test_scope_holds_through_others() -> None:
    """
    A planned visit and a breakdown never share a cluster, not even through a record of no kind.
    """
    policy = load(
        scope={"field": "type", "groups": []},
        rules=[*REQUESTS["rules"], {"name": "phone", "field": "phone", "levels": [{"at": 1, "weight": 9}]}],
    )
    jobs = {
        "breakdown": {"asset": "EX-1", "phone": "5", "type": "breakdown"},
        "planned": {"asset": "EX-1", "phone": "5", "type": "planned"},
        "repeat": {"asset": "EX-1", "phone": "5", "type": "breakdown"},
    }

    assert (("breakdown", "repeat"),) == cluster_all(policy, jobs).groups


def test_scope_holds_where_only_the_group_brings_two_together() -> None:
    """
    Two records that share no key meet in a cluster only after the scope was asked about them.
    """
    by = [{"name": field, "parts": [{"field": field}]} for field in ("asset", "phone")]
    either = [
        {"name": field, "field": field, "levels": [{"at": 1, "weight": 9}]} for field in ("asset", "phone")
    ]
    policy = load(rules=either, keys=by, scope={"field": "type", "groups": [["a", "b"], ["b2"]]})
    jobs = {
        "A": {"asset": "1", "type": "a"},
        "B": {"asset": "1", "phone": "5", "type": "b"},
        "C": {"phone": "5", "type": "b2"},
    }

    assert (("A", "B"),) == cluster_all(policy, jobs).groups
