"""A whole batch compared at once, with the pairs and the scores that asking one by one would give."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

import attrs

from jobkit.duplicates._clusters import Clusters, Scored, clusters, unscored
from jobkit.duplicates._data import Band, Record
from jobkit.duplicates._prepare import text_of
from jobkit.duplicates._rules import MatchRules
from jobkit.findings import Finding, Template
from jobkit.mappings import EMPTY

CROWDED = Template(
    "duplicates.crowded",
    "{count} values of the key {key} are shared by more than {most} records, compared only with the newest.",
    "Make the key {key} narrower, or raise its most.",
)

Pair = tuple[str, str]
Prepared = Mapping[str, tuple[Any, ...]]
"""The normal forms of every record, by id."""


@attrs.frozen(kw_only=True)
class Matches:
    """Every pair that was compared, the best score first, and what a crowded key left out."""

    pairs: tuple[Scored, ...]
    findings: tuple[Finding, ...] = ()

    def of(self, band: Band) -> tuple[Scored, ...]:
        """Return the pairs of one band."""
        return tuple(pair for pair in self.pairs if pair.band == band)


@attrs.frozen(kw_only=True)
class Blocked:
    """The pairs that share a key, by the name of the key, the smaller id first; and what was left out."""

    by_key: Mapping[str, frozenset[Pair]]
    findings: tuple[Finding, ...]

    @property
    def pairs(self) -> list[Pair]:
        """Every pair once, sorted."""
        return sorted(frozenset().union(*self.by_key.values()))


def match_all(rules: MatchRules, records: Mapping[str, Record]) -> Matches:
    """
    Compare every two of *records* (id → record) that share a key.

    Of a key's value that more records share than the key's `most`, or the cap, each is compared with so many
    that came just before it, as if all had been looked up on arrival; a finding tells so. The order of
    *records* does not matter. Values of a wrong kind are refused with their field.

    >>> rules = MatchRules.load({
    ...     "id": "requests", "bands": {"same": 8, "ask": 4},
    ...     "rules": [{"name": "asset", "field": "asset", "kind": "serial",
    ...                "levels": [{"at": 1, "weight": 6}], "otherwise": -4}],
    ...     "keys": [{"name": "asset", "parts": [{"field": "asset", "form": "serial"}]}],
    ... })
    >>> jobs = {"J-1": {"asset": "EX-0012"}, "J-2": {"asset": "ex 12"}, "J-3": {"asset": "PC-9"}}
    >>> match_all(rules, jobs).pairs
    (Scored(left='J-1', right='J-2', score=6.0, band='ask'),)
    """
    prepared = prepare_all(rules, records)
    found = blocked(rules, records, prepared)
    return Matches(pairs=_best_first(scored(rules, prepared, found.pairs)), findings=found.findings)


def cluster_all(
    rules: MatchRules,
    records: Mapping[str, Record],
    *,
    at: float | None = None,
    apart: Iterable[Pair] = (),
) -> Clusters:
    """
    Return the clusters of a whole batch: what `clusters` makes of its pairs, with one record of each source.

    The threshold *at* is the band `same` unless another is given. Records told *apart*, and those that the
    rules' window or scope keeps from being the same, come into one cluster not even through others. Pairs
    inside a chain that share no key are compared too.
    """
    prepared = prepare_all(rules, records)
    known = {(pair.left, pair.right): pair for pair in _scored_blocked(rules, records, prepared)}
    limit = rules.data.bands.same if at is None else at
    known |= _by_ends(scored(rules, prepared, unscored(known.values(), limit)))
    told, one_of_each = tuple(apart), sources(rules, records)
    while True:
        kept_apart = [*told, *(ends for ends, pair in known.items() if _is_lowered(rules, pair))]
        found = clusters(known.values(), at=limit, apart=kept_apart, one_to_one=one_of_each)
        fresh = [pair for pair in sorted(found.pairs) if pair not in known]
        if not fresh:
            return found
        # A pair that only its group brought together may yet be one that the scope keeps apart.
        known |= _by_ends(scored(rules, prepared, fresh))


def prepare_all(rules: MatchRules, records: Mapping[str, Record]) -> Prepared:
    """Return the normal forms of all records in the order of their ids."""
    return {id: rules.scorer.prepare(records[id]) for id in sorted(records)}


def blocked(rules: MatchRules, records: Mapping[str, Record], prepared: Prepared) -> Blocked:
    """Return the pairs of records that share a key, by key."""
    arrival = _in_arrival_order(rules, prepared)
    by_key: dict[str, frozenset[Pair]] = {}
    findings: list[Finding] = []
    for reader in rules.scorer.keys:
        most = reader.rule.most or rules.data.cap
        groups: dict[str, list[str]] = {}
        for id in arrival:
            for value in reader.values(records[id], prepared[id]):
                groups.setdefault(value, []).append(id)
        by_key[reader.rule.name] = frozenset(
            pair for group in groups.values() for pair in _recent(group, most)
        )
        if crowded := sum(len(group) > most + 1 for group in groups.values()):
            findings.append(
                Finding.of(CROWDED, severity="info", count=crowded, key=reader.rule.name, most=most)
            )
    return Blocked(by_key=by_key, findings=tuple(findings))


def _in_arrival_order(rules: MatchRules, prepared: Prepared) -> list[str]:
    """Return the ids by the latest report of each record, those without one last, then by id."""
    if rules.data.window is None:
        return sorted(prepared)
    place = len(rules.data.rules)
    spans = {id: forms[place] for id, forms in prepared.items()}
    return sorted(spans, key=lambda id: (spans[id] is None, spans[id][1] if spans[id] else 0, id))


def scored(rules: MatchRules, prepared: Prepared, pairs: Iterable[Pair]) -> Iterator[Scored]:
    """Yield the scores of *pairs*, each the same number as comparing the two alone."""
    scorer = rules.scorer
    for left, group in groupby(pairs, key=itemgetter(0)):
        one, rights = prepared[left], [right for _, right in group]
        others = [prepared[right] for right in rights]
        for right, other, measured in zip(rights, others, scorer.measure(one, others), strict=True):
            score = scorer.total(measured)
            yield Scored(left=left, right=right, score=score, band=scorer.band(one, other, score)[0])


def _scored_blocked(rules: MatchRules, records: Mapping[str, Record], prepared: Prepared) -> Iterator[Scored]:
    return scored(rules, prepared, blocked(rules, records, prepared).pairs)


def _by_ends(pairs: Iterable[Scored]) -> dict[Pair, Scored]:
    return {(pair.left, pair.right): pair for pair in pairs}


def _is_lowered(rules: MatchRules, pair: Scored) -> bool:
    """Whether the window or the scope put the pair into a lower band than its score."""
    bands = rules.data.bands
    reached = "same" if pair.score >= bands.same else "ask" if pair.score >= bands.ask else "different"
    return pair.band != reached


def _recent(group: list[str], most: int) -> Iterator[Pair]:
    """Yield each id of a group with those of the *most* before it."""
    if len(group) <= most + 1:
        yield from (
            (left, right) if left < right else (right, left) for left, right in combinations(group, 2)
        )
        return
    for place, one in enumerate(group):
        for other in group[max(0, place - most) : place]:
            yield (one, other) if one < other else (other, one)


def _best_first(pairs: Iterable[Scored]) -> tuple[Scored, ...]:
    return tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.left, pair.right)))


def sources(rules: MatchRules, records: Mapping[str, Record]) -> Mapping[str, str | None]:
    """Return the source of each record as text, where a cluster holds one of each; else nothing."""
    field = rules.data.one_to_one
    return EMPTY if field is None else {id: text_of(record, field) for id, record in records.items()}
