"""Ranking: every job judged by the published rules, in one total order; and why one comes before another."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from operator import attrgetter

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import utc
from jobkit.paths import Item, join
from jobkit.priority._judge import Rules, Subject, facts_of, judge, version_at
from jobkit.priority._measure import Facts
from jobkit.priority._override import Override, in_force
from jobkit.priority._place import Place
from jobkit.priority._rules import PriorityRules

NO_ID = Template(
    "priority.no_id",
    "The job at {path} has no id in the fact {fact}.",
    "Give {fact} as text that is not empty.",
)
SAME_ID = Template(
    "priority.same_id", "Two of the jobs to rank have the id {id}.", "Hand each job over once."
)
OTHER_RULES = Template(
    "priority.other_rules",
    "The places of {one} and {other} come from {rules} and {others} and have no common order.",
    "Rank both jobs by the same rules at the same instant.",
)


def rank(
    jobs: Iterable[Subject], rules: Rules, now: datetime, *, overrides: Iterable[Override] = ()
) -> tuple[Place, ...]:
    """
    Return the place of every job, the first first, by the *rules* in force at *now*.

    A job is a `Job` or a mapping of the facts that the rules name. Bands come first, then the score, then the
    tie-break: a total order, in which the place of two jobs to each other depends on nothing else. A naive
    *now*, a job without an id, an id given twice and overrides that cannot hold are refused, all at once.

    >>> from datetime import UTC
    >>> rules = PriorityRules.load({
    ...     "id": "order", "direction": "larger_higher", "tie_break": ["id"],
    ...     "bands": [{"id": "stopped", "when": "line_stopped == true"}, {"id": "rest"}],
    ...     "terms": [{"id": "tier", "scale": {"fact": "tier", "levels": ["gold", "basic"]}}],
    ... })
    >>> jobs = [{"id": "J1", "tier": "gold"}, {"id": "J2", "tier": "basic", "line_stopped": True}]
    >>> for place in rank(jobs, rules, datetime(2026, 3, 10, tzinfo=UTC)):
    ...     print(place.explain())
    1. J2: stopped, score 1 (order@1)
      tier: +1 (tier is basic)
    2. J1: rest, score 2 (order@1)
      tier: +2 (tier is gold)
      would stand in stopped if more were known
    """
    instant = utc(now, "$.now")
    held = version_at(rules, instant)
    order = held.at(instant)
    words = in_force(overrides, order.bands, instant)
    judged = [judge(facts, id, held, order, instant, words.get(id)) for id, facts in _named(jobs, held)]
    judged.sort(key=attrgetter("key"))
    return tuple(one.at(position, held, order) for position, one in enumerate(judged, 1))


def in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    """
    Return places that were ranked apart as one order, numbered anew; those of different rules are refused.

    They must come from the same instant, which nobody can check here.
    """
    ordered = list(places)
    for one, other in pairwise(ordered):
        _same_rules(one, other)
    ordered.sort(key=attrgetter("key"))
    return tuple(attrs.evolve(place, position=position) for position, place in enumerate(ordered, 1))


def _named(jobs: Iterable[Subject], rules: PriorityRules) -> list[tuple[str, Facts]]:
    """Return each job's facts with its id; jobs without one, and ids given twice, are refused."""
    read, fact = rules.ties[-1], rules.data.tie_break[-1]
    named: dict[str, Facts] = {}
    problems: list[Finding] = []
    for place, job in enumerate(jobs):
        facts = facts_of(job)
        id = read(facts)
        if not isinstance(id, str) or not id.strip():
            problems.append(Finding.of(NO_ID, path=f"$[{place}].{fact}", fact=fact))
        elif id in named:
            problems.append(Finding.of(SAME_ID, path=join("$", Item(id)), id=id))
        else:
            named[id] = facts
    if problems:
        raise Invalid(problems)
    return list(named.items())


def compare(one: Place, other: Place) -> str:
    """
    Return in one sentence why one of two jobs comes before the other; places of different rules are refused.
    """
    _same_rules(one, other)
    if one.id == other.id:
        return f"{one.id} is one and the same job."
    first, second = sorted((one, other), key=attrgetter("key"))
    return f"{first.id} comes before {second.id}, as {_reason(first, second)}."


def _same_rules(one: Place, other: Place) -> None:
    rules, others = (
        f"{place.rules}{f' in {place.season}' if place.season else ''}" for place in (one, other)
    )
    if rules != others:
        raise Invalid.of(OTHER_RULES, one=one.id, other=other.id, rules=rules, others=others)


def _reason(first: Place, second: Place) -> str:
    if first.band != second.band:
        return f"{first.band}{_way(first)} outranks {second.band}{_way(second)}"
    if first.score != second.score:
        return f"its score in {first.band} is {first.score} and not {second.score}: {_terms(first, second)}"
    return f"both score {first.score} in {first.band}, and the tie-break puts it first"


def _way(place: Place) -> str:
    if place.override is not None and place.override.band is not None:
        return f" ({place.override})"
    return f" (promoted from {place.natural} by {', '.join(place.promoted_by)})" if place.promoted_by else ""


def _terms(first: Place, second: Place) -> str:
    return ", ".join(_differences(first, second))


def _differences(first: Place, second: Place) -> Iterator[str]:
    """Yield the terms in which two places of one band differ, the largest difference first."""
    one = {mark.term: mark for mark in first.terms}
    other = {mark.term: mark for mark in second.terms}
    gaps = {
        term: (one[term].points if term in one else 0) - (other[term].points if term in other else 0)
        for term in {**one, **other}
    }
    for term in sorted((term for term in gaps if gaps[term]), key=lambda term: (-abs(gaps[term]), term)):
        yield f"{term} {gaps[term]:+}"
