"""
Weights learned without labels: the model of Fellegi and Sunter (1969) on the records themselves.

How often records of one thing agree (m) is found by expectation and maximisation among the pairs of each key
in turn, leaving out the rules that read a field of that key, since there all pairs agree. How often different
things agree by chance is first seen in pairs drawn by a seed; these are looked at again, each counting as
different only as far as the first result says, and the whole is repeated.

Pairs that must be told apart are often no strangers but neighbours: sites of one agency that share a phone,
families that share a name. Learned *against neighbours*, how often different things agree is sought among the
pairs of each key too, and at last, with m held, among the pairs of all keys, and so is the prior.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final, Literal

import attrs

from jobkit.duplicates._batch import Pair, Prepared, blocked, prepare_all, sources
from jobkit.duplicates._data import Frequencies, Level, MatchRule, MatchRulesData, Record
from jobkit.duplicates._em import (
    SMOOTHING,
    Chances,
    Mixture,
    Side,
    Vector,
    fit,
    frequencies,
    odds,
    posterior,
)
from jobkit.duplicates._frequency import frequencies_of
from jobkit.duplicates._learn_draws import pairs as drawn_pairs
from jobkit.duplicates._learn_report import (
    FEW_RECORDS,
    NEVER_FREE,
    Learned,
    Report,
    RuleLearned,
    Session,
    session_findings,
)
from jobkit.duplicates._rules import MatchRules
from jobkit.duplicates._text import term_weights
from jobkit.errors import Invalid
from jobkit.findings import Finding

DRAWS: Final = 50_000
"""How many pairs are drawn, evenly spread by the hash of the seed and a counter: the same ones each time."""
MOST_PAIRS: Final = 200_000
"""How many pairs of one key are learned from; of more, so many are taken at even steps."""
_LEAST_RECORDS: Final = 10
_LEAST_PAIRS: Final = 10
_TURNS: Final = 2
_GUESS: Final = 0.9
_SHARE: Final = 0.1
_LEAST: Final = 1e-6
_MOST: Final = 0.9
_MOST_BY_HAND: Final = 300.0
_DIGITS: Final = 3
_TOLERANCE: Final = 1e-9

Counts = Mapping[Vector, float]
Against = Literal["strangers", "neighbours"]
"""Whom records are told from: any other record, or those that share a key with them."""


def learn(
    rules: MatchRules,
    records: Mapping[str, Record],
    *,
    seed: int,
    draws: int = DRAWS,
    against: Against = "strangers",
) -> Learned:
    """
    Return *rules* with prior and weights learned from *records* (id → record) that nobody labelled.

    Rules, levels, keys and bands stay as they are; so do the weights of the window, and of a rule that no key
    leaves free to be learned. Rules with `frequency` get the table of their values, rules on text the weight
    of each term. The result depends on records and *seed* alone, not on their order. Learning *against*
    neighbours needs more records, and parts those that share much and are still different. Fewer than ten
    records are refused; what deserves a look is told in the report.
    """
    if len(records) < _LEAST_RECORDS:
        raise Invalid.of(FEW_RECORDS, count=len(records), least=_LEAST_RECORDS)
    rules = with_terms(rules, records)
    lesson = attrs.evolve(_lesson(rules, records, seed, draws), against=against)
    chances = _in_turns(lesson)
    learned = _evolved(rules, lesson, chances)
    return Learned(rules=learned, report=_report(lesson, chances))


def with_terms(rules: MatchRules, records: Mapping[str, Record]) -> MatchRules:
    """
    Return *rules* with the weights of the terms that *records* use, in bits; the rest stays as it is.

    Rules that compare no texts come back unchanged.
    """
    places = [place for place, rule in enumerate(rules.data.rules) if rule.kind == "text"]
    if not places:
        return rules
    forms = [rules.scorer.prepare(record) for record in records.values()]
    texts = [{term for place in places if form[place] for term in form[place][0]} for form in forms]
    return _reloaded(rules, terms=term_weights(texts))


@attrs.frozen(kw_only=True)
class _Lesson:
    """What is learned from: vectors of the pairs of each key, of all of them, and of pairs drawn."""

    rules: MatchRules
    prepared: Prepared
    by_key: Mapping[str, Counter[Vector]]
    together: Counts
    drawn: Counts
    all_pairs: int
    findings: tuple[Finding, ...]
    against: Against = "strangers"

    @property
    def held(self) -> tuple[Side, ...]:
        """The chances that are not sought among the pairs of one key."""
        return ("different",) if self.against == "strangers" else ()

    @property
    def sizes(self) -> list[int]:
        """How many levels each rule has, disagreement among them."""
        return [len(rule.levels) + 1 for rule in self.rules.data.rules]


@attrs.frozen(kw_only=True)
class _Chances:
    """The state of learning: the mixture over all pairs, and each key's own."""

    mixture: Mixture
    sessions: Mapping[str, Mixture]


def _reloaded(old: MatchRules, **changes: Any) -> MatchRules:
    return MatchRules.load(attrs.evolve(old.data, **changes), old.registry)


def _lesson(rules: MatchRules, records: Mapping[str, Record], seed: int, draws: int) -> _Lesson:
    prepared = prepare_all(rules, records)
    found = blocked(rules, records, prepared)
    source = dict.fromkeys(records) | dict(sources(rules, records))
    seen: dict[Pair, Vector] = {}

    def count(pairs: Iterable[Pair]) -> Counter[Vector]:
        counts: Counter[Vector] = Counter()
        for pair in pairs:
            one, other = pair
            # Two records of a source that has each thing once are known to differ and teach nothing.
            if source[one] is None or source[one] != source[other]:
                if pair not in seen:
                    seen[pair] = rules.scorer.levels(prepared[one], prepared[other])
                counts[seen[pair]] += 1
        return counts

    return _Lesson(
        rules=rules,
        prepared=prepared,
        by_key={key: count(_thinned(sorted(pairs))) for key, pairs in found.by_key.items()},
        together=count(found.pairs),
        drawn=count(drawn_pairs(list(prepared), draws, seed)),
        all_pairs=_possible(source.values()),
        findings=found.findings,
    )


def _thinned(pairs: Sequence[Pair]) -> Iterable[Pair]:
    step = -(-len(pairs) // MOST_PAIRS) or 1
    return islice(pairs, 0, None, step)


def _possible(sources: Iterable[Any]) -> int:
    """Return how many pairs there are that do not come from one source."""
    counts = Counter(sources)
    size = sum(counts.values())
    inside = sum(count * (count - 1) for source, count in counts.items() if source is not None)
    return max(1, (size * (size - 1) - inside) // 2)


def _in_turns(lesson: _Lesson) -> _Chances:
    """Return the chances after learning, correcting the pairs drawn, and learning again."""
    different = frequencies(lesson.drawn, lesson.sizes)
    found = _learned(lesson, different)
    for _ in range(_TURNS):
        different = frequencies(_without_same(lesson.drawn, found.mixture), lesson.sizes)
        found = _learned(lesson, different)
    return _among_neighbours(lesson, found) if lesson.against == "neighbours" else found


def _among_neighbours(lesson: _Lesson, found: _Chances) -> _Chances:
    """Return the chances with u and the share found among neighbours, who meet by each key they share."""
    met: Counter[Vector] = Counter()
    for counts in lesson.by_key.values():
        met.update(counts)
    share = _expected(lesson, found.mixture) / max(1, sum(lesson.together.values()))
    held: tuple[Side, ...] = ("same",)
    start = attrs.evolve(found.mixture, share=max(_LEAST, min(_MOST, share)))
    return attrs.evolve(found, mixture=fit(met, start, hold=held))


def _expected(lesson: _Lesson, mixture: Mixture) -> float:
    """Return how many of the pairs that share a key are the same by what was learned."""
    return sum(count * _chance(vector, mixture) for vector, count in lesson.together.items())


def _without_same(drawn: Counts, mixture: Mixture) -> Counts:
    """Return the counts with the part taken out that is expected to be of one thing."""
    return {vector: count * (1 - _chance(vector, mixture)) for vector, count in drawn.items()}


def _chance(vector: Vector, mixture: Mixture) -> float:
    bits = sum(
        rule.weights[level] for rule, level in zip(mixture.rules, vector, strict=True) if level is not None
    )
    return posterior(odds(mixture.share) + bits)


def _learned(lesson: _Lesson, different: Sequence[tuple[float, ...]]) -> _Chances:
    sessions = {
        key: _session(lesson, key, counts, different)
        for key, counts in lesson.by_key.items()
        if sum(counts.values()) >= _LEAST_PAIRS
    }
    rules = tuple(_joined(lesson, place, sessions, chances) for place, chances in enumerate(different))
    share = _share(lesson, rules)
    return _Chances(mixture=Mixture(share=share, rules=rules), sessions=sessions)


def _session(lesson: _Lesson, key: str, counts: Counts, different: Sequence[tuple[float, ...]]) -> Mixture:
    """Learn from the pairs of one key, whose own fields agree in all of them and so say nothing."""
    told = [rule.name in _free(lesson.rules.data, key) for rule in lesson.rules.data.rules]
    masked: Counter[Vector] = Counter()
    for vector, count in counts.items():
        masked[tuple(level if free else None for level, free in zip(vector, told, strict=True))] += int(count)
    start = Mixture(
        share=_SHARE,
        rules=tuple(Chances(same=_guess(len(chances)), different=chances) for chances in different),
    )
    return fit(masked, start, hold=lesson.held)


def _free(data: MatchRulesData, key: str) -> set[str]:
    """Return the names of the rules that read no field of a key."""
    fields = {part.field for rule in data.keys if rule.name == key for part in rule.parts}
    return {rule.name for rule in data.rules if fields.isdisjoint(rule.reads)}


def _guess(size: int) -> tuple[float, ...]:
    """Return a first guess at how records of one thing agree: mostly at the best level."""
    return (_GUESS, *[(1 - _GUESS) / (size - 1)] * (size - 1))


def _joined(
    lesson: _Lesson, place: int, sessions: Mapping[str, Mixture], different: tuple[float, ...]
) -> Chances:
    """Return a rule's chances over the sessions that leave it free, each counting by its expected pairs."""
    data = lesson.rules.data
    name = data.rules[place].name
    sums, mass = [0.0] * len(different), 0.0
    for key, mixture in sessions.items():
        if name in _free(data, key):
            weight = mixture.share * sum(lesson.by_key[key].values())
            sums = [old + weight * new for old, new in zip(sums, mixture.rules[place].same, strict=True)]
            mass += weight
    if mass < _TOLERANCE:
        return _by_hand(data.rules[place], different)
    return Chances(same=tuple(one / mass for one in sums), different=different)


def _by_hand(rule: MatchRule, different: tuple[float, ...]) -> Chances:
    """Return chances that stand for the weights which the rule has already."""
    weights = [*(level.weight for level in rule.levels), rule.otherwise]
    # Beyond that a chance would be too small to be told from nothing.
    weights = [max(-_MOST_BY_HAND, min(_MOST_BY_HAND, weight)) for weight in weights]
    same = [chance * 2**weight for chance, weight in zip(different, weights, strict=True)]
    return Chances(same=tuple(one / sum(same) for one in same), different=different)


def _share(lesson: _Lesson, rules: tuple[Chances, ...]) -> float:
    """Return which share of all pairs is the same; those that share no key are taken to be different."""
    weights = [rule.weights for rule in rules]
    bits = {
        vector: sum(table[level] for table, level in zip(weights, vector, strict=True) if level is not None)
        for vector in lesson.together
    }
    share = min(_MOST, 1 / lesson.all_pairs)
    for _ in range(1_000):
        prior = odds(share)
        same = sum(count * posterior(prior + bits[vector]) for vector, count in lesson.together.items())
        then = (same + SMOOTHING) / (lesson.all_pairs + 2 * SMOOTHING)
        if abs(then - share) < _TOLERANCE * share:
            break
        share = then
    return min(share, _MOST)


def _evolved(rules: MatchRules, lesson: _Lesson, chances: _Chances) -> MatchRules:
    """Return the rules with what was learned written in, rounded as people read it."""
    weighed = tuple(
        _weighed(rule, found, _is_taught(rules.data, rule.name, chances))
        for rule, found in zip(rules.data.rules, chances.mixture.rules, strict=True)
    )
    tables = {
        rule.name: _table(lesson.prepared, place)
        for place, rule in enumerate(rules.data.rules)
        if rule.frequency
    }
    prior = round(odds(chances.mixture.share), _DIGITS)
    return _reloaded(rules, rules=weighed, prior=prior, frequencies=tables)


def _is_taught(data: MatchRulesData, name: str, chances: _Chances) -> bool:
    return any(name in _free(data, key) for key in chances.sessions)


def _weighed(rule: MatchRule, chances: Chances, taught: bool) -> MatchRule:
    if not taught:
        return rule
    *weights, otherwise = (round(bits, _DIGITS) for bits in chances.weights)
    levels = tuple(Level(at=level.at, weight=bits) for level, bits in zip(rule.levels, weights, strict=True))
    return attrs.evolve(rule, levels=levels, otherwise=otherwise)


def _table(prepared: Prepared, place: int) -> Frequencies:
    values = (forms[place] for forms in prepared.values())
    return frequencies_of(value if isinstance(value, str) else None for value in values)


def _report(lesson: _Lesson, chances: _Chances) -> Report:
    data = lesson.rules.data
    sessions = tuple(
        _told(key, sum(counts.values()), chances.sessions.get(key)) for key, counts in lesson.by_key.items()
    )
    never = (rule.name for rule in data.rules if not _is_taught(data, rule.name, chances))
    return Report(
        records=len(lesson.prepared),
        compared=int(sum(lesson.together.values())),
        drawn=int(sum(lesson.drawn.values())),
        prior=odds(chances.mixture.share),
        expected=_expected(lesson, chances.mixture),
        sessions=sessions,
        rules=tuple(
            RuleLearned(
                rule=rule.name,
                chances=found,
                weights=found.weights,
                keys=tuple(key for key in chances.sessions if rule.name in _free(data, key)),
            )
            for rule, found in zip(data.rules, chances.mixture.rules, strict=True)
        ),
        findings=(
            *lesson.findings,
            *session_findings(sessions, _LEAST_PAIRS),
            *(Finding.of(NEVER_FREE, severity="warn", rule=name) for name in never),
        ),
    )


def _told(key: str, pairs: float, mixture: Mixture | None) -> Session:
    if mixture is None:
        return Session(key=key, pairs=int(pairs), share=0.0, rounds=0, settled=False)
    return Session(
        key=key,
        pairs=int(pairs),
        share=mixture.share,
        rounds=mixture.rounds,
        settled=mixture.settled,
    )
