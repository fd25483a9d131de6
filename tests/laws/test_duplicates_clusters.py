"""Laws of clusters: no order of the pairs matters, and no group ever breaks what was declared."""

from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from jobkit.duplicates._clusters import Scored, clusters

IDS = st.sampled_from([f"R{number}" for number in range(9)])
PAIRS = st.lists(
    st.builds(Scored, left=IDS, right=IDS, score=st.integers(-9, 9).map(float)),
    max_size=40,
    unique_by=lambda pair: frozenset({pair.left, pair.right}),
)
APART = st.lists(st.tuples(IDS, IDS), max_size=4)
SOURCES = st.dictionaries(IDS, st.sampled_from(["portal", "phone", "dealer"]))
AT = st.integers(-2, 4)


@given(PAIRS, APART, SOURCES, AT, st.randoms(use_true_random=False))
def test_order_of_the_pairs_does_not_matter(
    pairs: list[Scored],
    apart: list[tuple[str, str]],
    sources: dict[str, str],
    at: int,
    shuffle: Random,
) -> None:
    """
    Pairs in any order, and either end first, give the same clusters and the same reasons.
    """
    mixed = [Scored(left=pair.right, right=pair.left, score=pair.score) for pair in pairs]
    shuffle.shuffle(mixed)
    found = clusters(pairs, at=at, apart=apart, one_to_one=sources)

    assert found == clusters(mixed, at=at, apart=apart[::-1], one_to_one=sources)


@given(PAIRS, APART, SOURCES, AT)
def test_declarations_hold_in_every_group(
    pairs: list[Scored], apart: list[tuple[str, str]], sources: dict[str, str], at: int
) -> None:
    """
    No group holds two records told apart, nor two of one source; and no record stands in two groups.
    """
    found = clusters(pairs, at=at, apart=apart, one_to_one=sources)
    told = {frozenset(ends) for ends in apart if ends[0] != ends[1]}

    for group in found.groups:
        named = [sources[id] for id in group if id in sources]
        assert len(named) == len(set(named))
        assert told.isdisjoint(map(frozenset, combinations(group, 2)))
    members = [id for group in found.groups for id in group]
    assert len(members) == len(set(members))


@given(PAIRS, AT)
def test_every_good_pair_is_followed_or_explained(pairs: list[Scored], at: int) -> None:
    """
    A pair that reaches the threshold is inside a group or among those told with a reason, never lost.
    """
    found = clusters(pairs, at=at)
    told = {frozenset((each.pair.left, each.pair.right)) for each in found.not_joined}

    for pair in pairs:
        ends = frozenset((pair.left, pair.right))
        if len(ends) == 2 and pair.score >= at:
            assert (ends in told) != (tuple(sorted(ends)) in found.pairs)
