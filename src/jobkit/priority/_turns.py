"""When time alone may move a job in the order of work."""

from collections.abc import Iterable
from datetime import datetime

from jobkit.instants import utc
from jobkit.priority._asked import earliest
from jobkit.priority._defaults import fill, next_default
from jobkit.priority._judge import Rules, Subject, facts_of, natural_band, promoted, version_at
from jobkit.priority._measure import Facts
from jobkit.priority._override import Override, in_force, next_override
from jobkit.priority._rules import Order
from jobkit.versions import Versions


def next_change(
    job: Subject, rules: Rules, now: datetime, *, overrides: Iterable[Override] = ()
) -> datetime | None:
    """
    Return the next instant at which time alone may change band or score of a *job*, None if it never does.

    Until then its place to any other such job stays, so a host ranks again at the earliest of these instants
    or when facts change. Never later than the change; after a fact `left`, which may stand still, it may be
    earlier. A naive *now* is refused.

    >>> from datetime import UTC
    >>> from jobkit.priority import PriorityRules
    >>> rules = PriorityRules.load({
    ...     "id": "order", "direction": "larger_higher", "tie_break": ["id"], "bands": [{"id": "all"}],
    ...     "terms": [{"id": "age", "age": {"since": "since", "per": "1d", "cap": 14}}],
    ... })
    >>> seen = datetime(2026, 3, 10, 20, tzinfo=UTC)
    >>> next_change({"id": "J1", "since": "2026-03-10T08:00:00Z"}, rules, seen).isoformat()
    '2026-03-11T08:00:00+00:00'
    """
    instant = utc(now, "$.now")
    held = version_at(rules, instant)
    order = held.at(instant)
    facts, words = facts_of(job), tuple(overrides)
    id = held.ties[-1](facts)
    override = in_force(words, order.bands, instant).get(id)
    known, _ = fill(held.defaults, facts, instant)
    moved = None if override is None else override.band
    return earliest(
        _next_version(rules, instant),
        held.year.turns(instant),
        next_override(words, id, instant),
        next_default(held.defaults, facts, instant),
        _next_band(order, known, instant),
        _next_score(order, moved or _band(order, known, instant), known, instant),
    )


def _next_version(rules: Rules, now: datetime) -> datetime | None:
    if not isinstance(rules, Versions):
        return None
    begins = (utc(version.effective_from) for version in rules)
    return min((at for at in begins if at > now), default=None)


def _band(order: Order, facts: Facts, now: datetime) -> str:
    return promoted(order, natural_band(order, facts, now)[0], facts, now)[0]


def _next_band(order: Order, facts: Facts, now: datetime) -> datetime | None:
    """Return when a test turns that decides the band: those up to the band, and the ways out of it."""
    natural, _ = natural_band(order, facts, now)
    tests = [asked for _, asked in order.asked[: order.places[natural] + 1]]
    band, _ = promoted(order, natural, facts, now)
    on_the_way = order.bands[order.places[band] : order.places[natural] + 1]
    ways = [way.asked for passed in on_the_way for way in order.ways[passed]]
    return earliest(*(asked.turns(facts, now) for asked in (*tests, *ways)))


def _next_score(order: Order, band: str, facts: Facts, now: datetime) -> datetime | None:
    turns = (term.measure.turns(facts, now) for term in order.terms[band])
    return earliest(*(at for at in turns if at is not None and at > now))
