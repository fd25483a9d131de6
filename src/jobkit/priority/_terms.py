"""The kinds of term: built in or registered, each made into a rule that gives a mark."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import attrs

from jobkit.errors import Invalid, RuleFailed
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.mappings import FrozenMap
from jobkit.priority._bench import Bench
from jobkit.priority._measure import Facts, Mark, Measure, Points, never
from jobkit.priority._scales import scale_term, table_term
from jobkit.priority._times import age_term, slack_term
from jobkit.priority._values import RuleSet, Term
from jobkit.registry import guarded

ONE_KIND = Template(
    "priority.one_kind",
    "The term {term} says {given} of what it measures.",
    "Give exactly one of table, scale, age, slack and kind.",
)
WEIGHT = Template(
    "priority.weight",
    "The term {term} has the weight {weight} at {path}, by which more urgent work would not come earlier.",
    "Give a weight of 1 or more; 0 in a season leaves the term out.",
)
NOT_POINTS = Template(
    "priority.points",
    "The ranking term {kind} gave points that are not a whole number from {low} to {high}.",
    "Mend the ranking term {kind}, or widen the range that it declares.",
)
NOT_A_MEASURE = Template(
    "priority.measure",
    "The ranking term {kind} did not come with a whole range of points.",
    "Return a Measure whose low and high are whole numbers of at most 2**53, low not above high.",
)

TermKind = Callable[[Term, Bench, str], Measure]

TERMS: Final[Mapping[str, TermKind]] = FrozenMap(
    {"table": table_term, "scale": scale_term, "age": age_term, "slack": slack_term}
)
"""The built-in kinds; a host registers its own under the registry kind `ranking_term`."""

_MOST: Final = 2**53
_NOTHING: Final = Measure(read=lambda facts, now: Points("", 0, ""), low=0, high=0)


@attrs.frozen(kw_only=True)
class TermRule:
    """A term with its measure and the weights of the base rules and of each season."""

    id: str
    term: Term
    measure: Measure
    weights: Mapping[str | None, int]

    def counts(self, band: str, season: str | None) -> bool:
        """Whether the term counts in *band* and *season*."""
        return (
            (not self.term.bands or band in self.term.bands)
            and (not self.term.seasons or season in self.term.seasons)
            and self.weight(season) > 0
        )

    def weight(self, season: str | None) -> int:
        """Return the weight in *season*."""
        return self.weights.get(season, self.term.weight)

    def marker(self, season: str | None) -> Callable[[Facts, datetime], Mark]:
        """Return what gives the mark of a job in *season*."""
        weight, id, read = self.weight(season), self.id, self.measure.read

        @lru_cache(maxsize=4096)
        def weighed(found: Points) -> Mark:
            value, points, because = found
            times = "" if weight == 1 else f", times {weight}"
            return Mark(id, value, points * weight, f"{because}{times}")

        return lambda facts, now: weighed(read(facts, now))


def term_rule(term: Term, rules: RuleSet, bench: Bench, path: str) -> TermRule:
    """Return the term, checked and fitted."""
    if term.weight < 1:
        bench.refuse(WEIGHT, f"{path}.weight", term=term.id, weight=term.weight)
    weights = {season.id: season.weights[term.id] for season in rules.seasons if term.id in season.weights}
    for season, weight in weights.items():
        if weight < 0:
            told = {"term": term.id, "weight": weight}
            bench.refuse(WEIGHT, bench.at("seasons", season, "weights"), **told)
    return TermRule(id=term.id, term=term, measure=_measure(term, bench, path), weights=FrozenMap(weights))


def _measure(term: Term, bench: Bench, path: str) -> Measure:
    given = [name for name in ("table", "scale", "age", "slack", "kind") if getattr(term, name) is not None]
    if len(given) != 1:
        bench.refuse(ONE_KIND, path, term=term.id, given=given or "nothing")
        return _NOTHING
    if term.kind is None:
        return TERMS[given[0]](term, bench, path)
    try:
        kind: TermKind = bench.registry.find("ranking_term", term.kind, f"{path}.kind")
        return _registered(term.kind, guarded("ranking term", term.kind, kind, term, bench, path), path)
    except Invalid as error:
        bench.problems += error.findings
        return _NOTHING


def _registered(name: str, measure: object, path: str) -> Measure:
    """Return a registered term's measure under guard: what it raises or gives wrongly names it."""
    if not isinstance(measure, Measure) or not _is_range(measure):
        raise Invalid.of(NOT_A_MEASURE, path=path, kind=name)
    told: dict[str, Any] = {"kind": name, "low": measure.low, "high": measure.high}

    def read(facts: Facts, now: datetime) -> Points:
        found = guarded("ranking term", name, measure.read, facts, now)
        if not isinstance(found, Points) or type(found.points) is not int:
            raise RuleFailed.of(NOT_POINTS, path=path, **told)
        if not measure.low <= found.points <= measure.high:
            raise RuleFailed.of(NOT_POINTS, path=path, **told)
        return Points(str(found.value), found.points, str(found.because))

    def turns(facts: Facts, now: datetime) -> datetime | None:
        turn = guarded("ranking term", name, measure.turns, facts, now)
        return None if turn is None else utc(turn, f"{path}.turns")

    return attrs.evolve(measure, read=read, turns=never if measure.turns is never else turns)


def _is_range(measure: Measure) -> bool:
    whole = type(measure.low) is int and type(measure.high) is int
    return whole and -_MOST <= measure.low <= measure.high <= _MOST
