"""Judging one job: its facts with defaults, its band and the way there, its score and its key."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from jobkit.model import Job
from jobkit.priority._defaults import Defaulted, fill
from jobkit.priority._measure import Facts, Mark
from jobkit.priority._override import Override
from jobkit.priority._place import Place
from jobkit.priority._rules import Order, PriorityRules
from jobkit.versions import Versions

Rules = PriorityRules | Versions[PriorityRules]
"""The rules themselves, or their versions, of which the one in force is asked."""

Subject = Job | Mapping[str, Any]
"""A job alone, or facts: what conditions name, such as those of `facts.gather`."""


class Judged(NamedTuple):
    """One job as judged, before it is known which place it has."""

    key: tuple[Any, ...]
    id: str
    band: str
    natural: str
    marks: tuple[Mark, ...]
    promoted_by: tuple[str, ...]
    defaulted: tuple[Defaulted, ...]
    override: Override | None
    doubts: tuple[str, ...]
    score: int

    def at(self, position: int, rules: PriorityRules, order: Order) -> Place:
        """Return the place at *position*."""
        return Place(
            position=position,
            id=self.id,
            band=self.band,
            number=_number(self.band, rules, order),
            score=self.score,
            terms=self.marks,
            natural=self.natural,
            promoted_by=self.promoted_by,
            defaulted=self.defaulted,
            override=self.override,
            doubts=self.doubts,
            season=order.season,
            rules=rules.source,
            key=self.key,
        )


def _number(band: str, rules: PriorityRules, order: Order) -> int:
    place = order.places[band]
    return place + 1 if rules.sign < 0 else len(order.bands) - place


def version_at(rules: Rules, now: datetime) -> PriorityRules:
    """Return the rules in force at *now*; before the first version they are refused."""
    return rules if isinstance(rules, PriorityRules) else rules.at(now).value


def facts_of(job: Subject) -> Facts:
    """Return the facts of a job alone, or those given."""
    if isinstance(job, Job):
        return {"job": job}
    if not isinstance(job, Mapping):
        raise TypeError(f"a job is ranked as a Job or as a mapping of facts, not {type(job).__name__}")
    return job


def judge(
    facts: Facts, id: str, rules: PriorityRules, order: Order, now: datetime, override: Override | None
) -> Judged:
    """Judge one job by the rules of one season."""
    ties = [_sortable(read(facts)) for read in rules.ties[:-1]]
    known, defaulted = fill(rules.defaults, facts, now) if rules.defaults else (facts, ())
    natural, doubts = natural_band(order, known, now)
    band, promoted_by = promoted(order, natural, known, now)
    if override is not None and override.band is not None:
        band, promoted_by = override.band, ()
    marks = [marker(known, now) for marker in order.markers[band]]
    if override is not None and override.points:
        marks.append(Mark("override", override.by, override.points, override.reason))
    score = sum([mark.points for mark in marks])
    key = (order.places[band], -rules.sign * score, *ties, id)
    return Judged(key, id, band, natural, tuple(marks), promoted_by, defaulted, override, doubts, score)


def natural_band(order: Order, facts: Facts, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Return the first band that takes the job, and those before it for which too little is known."""
    doubts: tuple[str, ...] = ()
    for band, test in order.tests:
        answer = test(facts, now)
        if answer:
            return band, doubts
        if answer is None:
            doubts = (*doubts, band)
    return order.bands[-1], doubts


def promoted(order: Order, band: str, facts: Facts, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Return the band after every promotion on the way, and their names; each leads up, so it ends."""
    names: tuple[str, ...] = ()
    while True:
        way = next((way for way in order.ways[band] if way.asked(facts, now)), None)
        if way is None:
            return band, names
        band, names = way.promotion.to, (*names, way.promotion.id)


def _sortable(value: Any) -> tuple[Any, ...]:
    """Return a key by which values of any kinds have one order: unknown last, kinds apart."""
    if isinstance(value, str):
        return 0, 4, str.__str__(value)
    if isinstance(value, (int, Decimal, float)):
        return (0, 0, value) if isfinite(value) else (1,)
    if isinstance(value, datetime):
        return 0, 1, value
    if isinstance(value, date):
        return 0, 2, value
    return (0, 3, value) if isinstance(value, timedelta) else (1,)
