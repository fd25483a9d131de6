"""
Chances of agreement from comparisons without labels: the mixture model of Fellegi and Sunter (1969).

Each compared pair is a vector: the level reached under every rule. Vectors of records of one thing and of
records of two things are mixed in an unknown share; expectation and maximisation in turns (Dempster, Laird
and Rubin 1977, for linkage Winkler 1988) find the share and how often each level occurs in either kind,
rules being taken as independent within a kind.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from math import exp, log, log2
from typing import Final, Literal

import attrs

Vector = tuple[int | None, ...]
"""The level that two records reach under each rule, 0 the best, the last one disagreement; None: missing."""

Side = Literal["same", "different"]
"""Chances among records of the same thing (m), or among different ones (u)."""

SMOOTHING: Final = 0.5
"""Pairs added to each rule before any is counted, so that no chance is nothing."""
LIMIT: Final = 20.0
"""The most bits that one rule may weigh when it is learned."""
_ROUNDS: Final = 500
_SETTLED: Final = 1e-7
_FARTHEST: Final = 700.0


@attrs.frozen(kw_only=True)
class Chances:
    """How often each level of a rule occurs: m, among records of the `same` thing, u, of `different` ones."""

    same: tuple[float, ...]
    different: tuple[float, ...]

    @property
    def weights(self) -> tuple[float, ...]:
        """The evidence of each level in bits, never rising from a better level to a worse, and limited."""
        bits = [log2(same / different) for same, different in zip(self.same, self.different, strict=True)]
        mass = [same + different for same, different in zip(self.same, self.different, strict=True)]
        return tuple(max(-LIMIT, min(LIMIT, weight)) for weight in falling(bits, mass))


@attrs.frozen(kw_only=True)
class Mixture:
    """What was found: the `share` of pairs that are the same, and the chances under each rule."""

    share: float
    rules: tuple[Chances, ...]
    rounds: int = 0
    settled: bool = False


def frequencies(vectors: Mapping[Vector, float], sizes: Sequence[int]) -> tuple[tuple[float, ...], ...]:
    """Return how often each level of each rule occurs among *vectors* (vector → count), smoothed."""
    counts = [[SMOOTHING / size] * size for size in sizes]
    for vector, count in vectors.items():
        for levels, level in zip(counts, vector, strict=True):
            if level is not None:
                levels[level] += count
    return tuple(map(_normed, counts))


def fit(
    vectors: Mapping[Vector, float],
    start: Mixture,
    *,
    hold: Container[Side] = (),
    rounds: int = _ROUNDS,
) -> Mixture:
    """
    Return the mixture that explains *vectors* (vector → count) best, beginning at *start*.

    The chances of the sides named in *hold* stay as they are, because they are known better from elsewhere;
    with both held only the share is found. The result does not depend on the order of the vectors.
    """
    ordered = sorted(vectors.items(), key=lambda item: _sortable(item[0]))
    now = start
    for step in range(1, rounds + 1):
        expected = list(_expected(ordered, now))
        then = attrs.evolve(_maximised(expected, now, hold), rounds=step)
        if _moved(now, then) < _SETTLED:
            return attrs.evolve(then, settled=True)
        now = then
    return now


def posterior(bits: float) -> float:
    """
    Return the chance that belongs to log-odds in bits.

    >>> posterior(0.0), round(posterior(3.0), 3)
    (0.5, 0.889)
    """
    power = max(-_FARTHEST, min(_FARTHEST, bits * log(2)))
    return 1 / (1 + exp(-power))


def odds(chance: float) -> float:
    """
    Return the log-odds in bits of a *chance* strictly between 0 and 1.

    >>> odds(0.5), round(odds(0.001), 2)
    (0.0, -9.96)
    """
    return log2(chance) - log2(1 - chance)


def falling(values: Sequence[float], mass: Sequence[float]) -> list[float]:
    """
    Return the nearest values that never rise, by pooling neighbours that do (Ayer and others 1955).

    >>> falling([5.0, 1.0, 2.0], [1.0, 1.0, 1.0])
    [5.0, 1.5, 1.5]
    """
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values, mass, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] < pools[-1][0]:
            pools[-2:] = [_pooled(*pools[-2:])]
    return [value for value, _, size in pools for _ in range(size)]


def _pooled(left: tuple[float, float, int], right: tuple[float, float, int]) -> tuple[float, float, int]:
    mass = left[1] + right[1]
    return (left[0] * left[1] + right[0] * right[1]) / mass, mass, left[2] + right[2]


def _expected(
    vectors: Iterable[tuple[Vector, float]], mixture: Mixture
) -> Iterable[tuple[Vector, float, float]]:
    """Yield each vector with how many of its pairs are expected to be the same, and how many different."""
    tables = [
        [log2(same / different) for same, different in zip(rule.same, rule.different, strict=True)]
        for rule in mixture.rules
    ]
    prior = odds(mixture.share)
    for vector, count in vectors:
        evidence = sum(table[level] for table, level in zip(tables, vector, strict=True) if level is not None)
        same = count * posterior(prior + evidence)
        yield vector, same, count - same


def _maximised(
    expected: Sequence[tuple[Vector, float, float]], now: Mixture, hold: Container[Side]
) -> Mixture:
    same = sum(each[1] for each in expected) + SMOOTHING
    total = sum(each[1] + each[2] for each in expected) + 2 * SMOOTHING
    sizes = [len(rule.same) for rule in now.rules]
    matching = [rule.same for rule in now.rules]
    others = [rule.different for rule in now.rules]
    if "same" not in hold:
        matching = list(frequencies({vector: count for vector, count, _ in expected}, sizes))
    if "different" not in hold:
        others = list(frequencies({vector: count for vector, _, count in expected}, sizes))
    rules = (Chances(same=one, different=two) for one, two in zip(matching, others, strict=True))
    return Mixture(share=same / total, rules=tuple(rules))


def _moved(now: Mixture, then: Mixture) -> float:
    """Return the largest change of any chance."""
    changes = [abs(now.share - then.share)]
    for old, new in zip(now.rules, then.rules, strict=True):
        changes += [abs(one - two) for one, two in zip(old.same, new.same, strict=True)]
        changes += [abs(one - two) for one, two in zip(old.different, new.different, strict=True)]
    return max(changes)


def _normed(counts: Sequence[float]) -> tuple[float, ...]:
    total = sum(counts)
    return tuple(count / total for count in counts)


def _sortable(vector: Vector) -> tuple[int, ...]:
    return tuple(-1 if level is None else level for level in vector)
