"""Promises of clusters: strangers are not chained together, and what people told apart stays apart."""

from itertools import pairwise

import pytest

from jobkit.duplicates._clusters import Clusters, Scored, clusters, unscored
from jobkit.errors import Invalid


def pair(left: str, right: str, score: float) -> Scored:
    """Return one scored pair."""
    return Scored(left=left, right=right, score=score)


def reasons(found: Clusters) -> dict[tuple[str, str], str]:
    """Return why each pair that reached the threshold was not followed."""
    return {(each.pair.left, each.pair.right): each.because for each in found.not_joined}


def test_good_pairs_make_a_group() -> None:
    """
    Records that are all alike stand together, and a poor pair joins nothing.
    """
    found = clusters([pair("A", "B", 5), pair("B", "C", 5), pair("A", "C", 4), pair("C", "D", -3)], at=0)

    assert (("A", "B", "C"),) == found.groups
    assert ("A", "B", "C") == found.of("B")
    assert ("D",) == found.of("D")
    assert {("A", "B"), ("A", "C"), ("B", "C")} == found.pairs


def test_chain_is_not_followed() -> None:
    """
    Two groups are not joined by one good pair when all their other pairs speak against it.
    """
    good = [pair("A1", "A2", 8), pair("B1", "B2", 8)]
    bridge = [pair("A2", "B1", 3), pair("A1", "B1", -6), pair("A1", "B2", -6), pair("A2", "B2", -6)]
    found = clusters(good + bridge, at=0)

    assert (("A1", "A2"), ("B1", "B2")) == found.groups
    assert {("A2", "B1"): "chain"} == reasons(found)


def test_long_chain_is_cut() -> None:
    """
    A hundred records, each like the next and none like the one after, never become one group.
    """
    ids = [f"R{number:03}" for number in range(100)]
    found = clusters([pair(one, two, 3) for one, two in pairwise(ids)], at=0)

    assert 2 == max(map(len, found.groups))


def test_one_weak_pair_does_not_part_a_group() -> None:
    """
    A single pair below the threshold is outvoted by the pairs that speak for the group.
    """
    found = clusters([pair("A", "B", 6), pair("A", "C", 6), pair("B", "C", -2)], at=0)

    assert (("A", "B", "C"),) == found.groups


def test_one_overwhelming_pair_does_not_outvote_the_rest() -> None:
    """
    How much a single pair can say is limited, so a huge score cannot carry strangers in.
    """
    found = clusters([pair("A", "B", 9), pair("A", "C", 500), pair("B", "C", -500)], at=0)

    assert (("A", "C"),) == found.groups


def test_apart_is_never_joined_through_others() -> None:
    """
    Two records that people told apart never meet, though a third is like both.
    """
    like = [pair("A", "B", 9), pair("B", "C", 8), pair("A", "C", 9)]
    found = clusters(like, at=0, apart=[("C", "A")])

    assert (("A", "B"),) == found.groups
    assert {("A", "C"): "apart", ("B", "C"): "apart"} == reasons(found)


def test_apart_counts_for_whole_groups() -> None:
    """
    One pair told apart keeps two groups apart, however many pairs are alike.
    """
    first, second = ("A1", "A2", "A3"), ("B1", "B2", "B3")
    inside = [pair(one, two, 9) for group in (first, second) for one in group for two in group if one < two]
    across = [pair(one, two, 8) for one in first for two in second]
    found = clusters(inside + across, at=0, apart=[("A1", "B3")])

    assert (first, second) == found.groups


def test_one_to_one_takes_the_best() -> None:
    """
    Of two records from one source a cluster holds one, and the better pair takes the place.
    """
    sources = {"portal-1": "portal", "portal-2": "portal", "phone-1": "phone"}
    found = clusters(
        [pair("phone-1", "portal-1", 4), pair("phone-1", "portal-2", 7), pair("portal-1", "portal-2", 9)],
        at=0,
        one_to_one=sources,
    )

    assert (("phone-1", "portal-2"),) == found.groups
    assert {"one_to_one"} == set(reasons(found).values())


def test_records_without_a_source_are_free() -> None:
    """
    One-to-one binds only the records that name a source.
    """
    found = clusters([pair("A", "B", 5)], at=0, one_to_one={"A": None, "B": None})

    assert (("A", "B"),) == found.groups


def test_pairs_never_compared_speak_against() -> None:
    """
    Where nobody compared two ends of a chain, it is not closed.
    """
    found = clusters([pair("A", "B", 5), pair("B", "C", 4)], at=0)

    assert (("A", "B"),) == found.groups


def test_missing_pairs_of_a_chain_are_told() -> None:
    """
    What a chain lacks to be judged as a whole is told, and once scored it joins.
    """
    chain = [pair("A", "B", 5), pair("B", "C", 4), pair("C", "D", -4)]
    missing = unscored(chain, at=0)

    assert [("A", "C")] == missing
    found = clusters([*chain, *(pair(*ends, 1.0) for ends in missing)], at=0)
    assert (("A", "B", "C"),) == found.groups


def test_endless_chain_is_not_completed() -> None:
    """
    A chain far too long for a cluster asks for no further comparisons.
    """
    ids = [f"R{number:03}" for number in range(100)]

    assert [] == unscored([pair(one, two, 3) for one, two in pairwise(ids)], at=0)


def test_pair_with_itself_is_nothing() -> None:
    """
    A record is no duplicate of itself, and a pair told twice counts once, by its better score.
    """
    found = clusters([pair("A", "A", 9), pair("B", "A", -1), pair("A", "B", 2)], at=0)

    assert (("A", "B"),) == found.groups


def test_threshold_itself_joins() -> None:
    """
    A score that just reaches the threshold is enough.
    """
    assert (("A", "B"),) == clusters([pair("A", "B", 3)], at=3).groups
    assert () == clusters([pair("A", "B", 2.999)], at=3).groups


def test_no_number_is_refused() -> None:
    """
    A score that cannot be compared is refused with the two ids.
    """
    with pytest.raises(Invalid) as refused:
        clusters([pair("A", "B", float("nan"))], at=0)

    assert "duplicates.not_a_score" == refused.value.code
    assert "A and B" in refused.value.message
