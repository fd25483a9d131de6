"""Promises of learning chances without labels: what was planted is found, and nothing is ever certain."""

from collections import Counter
from itertools import product
from math import isclose, prod

import pytest

from jobkit.duplicates._em import (
    LIMIT,
    Chances,
    Mixture,
    Side,
    Vector,
    falling,
    fit,
    frequencies,
    odds,
    posterior,
)

PLANTED = Mixture(
    share=0.2,
    rules=(
        Chances(same=(0.85, 0.1, 0.05), different=(0.01, 0.04, 0.95)),
        Chances(same=(0.9, 0.1), different=(0.1, 0.9)),
        Chances(same=(0.7, 0.3), different=(0.02, 0.98)),
        Chances(same=(0.95, 0.05), different=(0.3, 0.7)),
    ),
)
GUESS = Mixture(
    share=0.05,
    rules=(
        Chances(same=(0.6, 0.3, 0.1), different=(0.1, 0.2, 0.7)),
        *(Chances(same=(0.8, 0.2), different=(0.2, 0.8)) for _ in range(3)),
    ),
)


def expected(mixture: Mixture, pairs: int = 1_000_000) -> dict[Vector, float]:
    """Return how many pairs of each vector a mixture makes of *pairs*."""
    counts: dict[Vector, float] = {}
    for vector in product(*(range(len(rule.same)) for rule in mixture.rules)):
        same = prod(rule.same[level] for rule, level in zip(mixture.rules, vector, strict=True))
        different = prod(rule.different[level] for rule, level in zip(mixture.rules, vector, strict=True))
        counts[vector] = pairs * (mixture.share * same + (1 - mixture.share) * different)
    return counts


def near(one: Mixture, two: Mixture) -> bool:
    """Tell whether two mixtures say the same to a hundredth."""
    chances = [(one.share, two.share)]
    for left, right in zip(one.rules, two.rules, strict=True):
        chances += zip(left.same + left.different, right.same + right.different, strict=True)
    return all(isclose(left, right, abs_tol=0.01) for left, right in chances)


@pytest.mark.parametrize("hold", [False, True], ids=["all unknown", "chance agreement known"])
def test_planted_chances_are_found(hold: bool) -> None:
    """
    From the counts of vectors alone the share and all chances come out that made them.
    """
    rules = tuple(
        Chances(same=guess.same, different=true.different if hold else guess.different)
        for guess, true in zip(GUESS.rules, PLANTED.rules, strict=True)
    )
    start = Mixture(share=GUESS.share, rules=rules)
    held: tuple[Side, ...] = ("different",) if hold else ()
    found = fit(expected(PLANTED), start, hold=held)

    assert found.settled
    assert near(PLANTED, found)


def test_only_the_share_is_found_where_the_rules_are_held() -> None:
    """
    With known chances only the share of pairs that are the same is sought.
    """
    start = Mixture(share=0.001, rules=PLANTED.rules)
    found = fit(expected(PLANTED), start, hold=("same", "different"))

    assert PLANTED.rules == found.rules
    assert isclose(PLANTED.share, found.share, abs_tol=0.001)


def test_missing_values_speak_neither_way() -> None:
    """
    Vectors without a value under some rule do not move that rule's chances.
    """
    whole = expected(PLANTED)
    gaps: Counter[Vector] = Counter(whole)
    for vector, count in whole.items():
        gaps[(*vector[:3], None)] += int(count)
    start = Mixture(share=GUESS.share, rules=GUESS.rules)

    assert near(PLANTED, fit(gaps, start))


def test_order_of_vectors_does_not_matter() -> None:
    """
    The same counts in another order give the same chances to the last bit.
    """
    counts = expected(PLANTED)
    backwards = dict(reversed(counts.items()))

    assert fit(counts, GUESS) == fit(backwards, GUESS)


def test_rounds_are_bounded() -> None:
    """
    Learning ends after the rounds that are allowed and says that it has not settled.
    """
    found = fit(expected(PLANTED), GUESS, rounds=3)

    assert (3, False) == (found.rounds, found.settled)


def test_levels_that_never_occur_keep_a_small_chance() -> None:
    """
    What was never seen is rare, not impossible, so that every weight is finite.
    """
    ((often, never),) = frequencies({(0,): 10}, [2])

    assert often + never == pytest.approx(1.0)
    assert 0 < never < 0.05


def test_weights_never_rise_towards_disagreement() -> None:
    """
    A worse level never weighs more than a better one, whatever few pairs seem to say.
    """
    odd = Chances(same=(0.2, 0.7, 0.1), different=(0.2, 0.1, 0.7))
    best, middle, worst = odd.weights

    assert best == middle > worst


def test_weights_are_limited() -> None:
    """
    No single rule makes a pair certain.
    """
    sure = Chances(same=(1 - 1e-12, 1e-12), different=(1e-12, 1 - 1e-12))

    assert (LIMIT, -LIMIT) == sure.weights


def test_pooling_keeps_the_weighted_mean() -> None:
    """
    Neighbours that rise share their mean, heavier ones pulling more.
    """
    assert [3.0, 2.5, 2.5] == falling([3.0, 2.0, 3.0], [1.0, 2.0, 2.0])


@pytest.mark.parametrize("bits", [-3000.0, -8.0, 0.0, 2.5, 3000.0])
def test_log_odds_and_chance_are_two_words_for_one_thing(bits: float) -> None:
    """
    A chance read as bits and back is the same; the far ends do not overflow.
    """
    chance = posterior(bits)

    assert 0 <= chance <= 1
    if abs(bits) < 40:
        assert isclose(bits, odds(chance), abs_tol=1e-9)
