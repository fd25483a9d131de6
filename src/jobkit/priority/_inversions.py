"""What is doubtful about rules of order: bands and ways up by which the more urgent job comes later."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Any, Final

import attrs

from jobkit.durations import write_duration
from jobkit.errors import Invalid, RuleFailed
from jobkit.findings import Finding, Template
from jobkit.paths import Item, join
from jobkit.priority._asked import Asked
from jobkit.priority._defaults import fill
from jobkit.priority._judge import natural_band, promoted
from jobkit.priority._rules import Order, PriorityRules
from jobkit.priority._samples import MOMENT, contexts, placed, samples, spelt
from jobkit.priority._scales import word
from jobkit.priority._values import Scale, Term

INVERTS: Final = Template(
    "priority.inverts",
    "The {rule} brings a job whose {fact} is {worse} before one with {better}{where}, "
    "which counts as more urgent.",
    "Let the {rule} hold there too, put a band for {better} above, or leave it if it is meant so.",
)

_MOST: Final = 5_000
_LEVELS: Final = 100


@attrs.frozen(kw_only=True)
class _Ladder:
    """The values of one fact, from the most urgent to the least."""

    fact: str
    values: tuple[Any, ...]


@attrs.frozen(kw_only=True)
class _Landed:
    """Where a job came to: the place of its band, and the band or promotion that brought it there."""

    place: int
    part: str
    id: str


def check(rules: PriorityRules, *, path: str = "$") -> tuple[Finding, ...]:
    """
    Return where bands or promotions of *rules* bring a less urgent job before a more urgent one, as warnings.

    What is more urgent, the scales, tables, ages and slacks of the rules say themselves. Cases that the
    conditions tell apart are tried, those with the fewest facts first and no more than some thousands: what
    is told is proven by a case, and nothing is told of what was not tried.

    >>> rules = PriorityRules.load({
    ...     "id": "order", "direction": "larger_higher", "tie_break": ["id"],
    ...     "bands": [{"id": "first", "when": 'tier == "basic"'}, {"id": "rest"}],
    ...     "terms": [{"id": "tier", "scale": {"fact": "tier", "levels": ["gold", "basic"]}}],
    ... })
    >>> [finding.code for finding in check(rules)]
    ['priority.inverts']
    """
    found: dict[tuple[str, str], Finding] = {}
    for order in rules.orders.values():
        for finding in _inversions(rules, order, path):
            found.setdefault((str(finding.params["rule"]), str(finding.params["fact"])), finding)
    return tuple(found.values())


def _inversions(rules: PriorityRules, order: Order, path: str) -> Iterator[Finding]:
    asked = _asked(rules, order)
    tried = samples(asked)
    read = {field for one in asked if one.condition is not None for field in one.condition.fields_read}
    for ladder in _ladders(rules, tried):
        if ladder.fact in tried.keys() | read:
            others = {fact: values for fact, values in tried.items() if fact != ladder.fact}
            most = _MOST // max(1, len(ladder.values))
            for known in islice(contexts(others), most):
                yield from _fallen(rules, order, ladder, known, path)


def _asked(rules: PriorityRules, order: Order) -> list[Asked]:
    ways = (way.asked for band in order.bands for way in order.ways[band])
    return [*(asked for _, asked in order.asked), *ways, *(rule.asked for rule in rules.defaults)]


def _ladders(rules: PriorityRules, tried: Mapping[str, list[Any]]) -> Iterator[_Ladder]:
    """Yield each fact that some term orders; one that two terms order in opposite ways is left out."""
    every = (scale for term in rules.data.terms for scale in _scales(term))
    scales = [scale for scale in every if len(scale.levels) <= _LEVELS]
    ordered = {
        (spelt(scale.fact), word(better), word(worse))
        for scale in scales
        for at, better in enumerate(scale.levels)
        for worse in scale.levels[at + 1 :]
    }
    torn = {fact for fact, better, worse in ordered if (fact, worse, better) in ordered}
    ladders = [_Ladder(fact=spelt(scale.fact), values=scale.levels) for scale in scales]
    for fact in map(spelt, filter(None, map(_instant_of, rules.data.terms))):
        moments = sorted({value for value in tried.get(fact, ()) if isinstance(value, datetime)})
        ladders.append(_Ladder(fact=fact, values=tuple(moments)))
    yield from (ladder for ladder in dict.fromkeys(ladders) if ladder.fact not in torn)


def _scales(term: Term) -> tuple[Scale, ...]:
    table = () if term.table is None else (term.table.rows, term.table.columns)
    return table if term.scale is None else (term.scale,)


def _instant_of(term: Term) -> str | None:
    """Return the fact whose earlier instant is the more urgent."""
    return term.age.since if term.age is not None else None if term.slack is None else term.slack.due


def _fallen(
    rules: PriorityRules, order: Order, ladder: _Ladder, known: Mapping[str, Any], path: str
) -> Iterator[Finding]:
    """Yield each step down the ladder by which a job comes to a higher band, all else as *known*."""
    landed = [_landed(rules, order, {**known, ladder.fact: value}) for value in ladder.values]
    for (better, above), (worse, below) in pairwise(zip(ladder.values, landed, strict=True)):
        if above is not None and below is not None and below.place < above.place:
            yield Finding.of(
                INVERTS,
                path=join(path, f"{below.part}s", Item(below.id)),
                severity="warn",
                rule=f"{below.part} {below.id}",
                fact=ladder.fact,
                worse=_told(worse),
                better=_told(better),
                where=_where(known, order),
            )


def _landed(rules: PriorityRules, order: Order, known: Mapping[str, Any]) -> _Landed | None:
    """Return where a job with *known* facts comes to, None where that cannot be said."""
    facts = placed(known)
    if facts is None:
        return None
    try:
        filled, _ = fill(rules.defaults, facts, MOMENT)
        natural, _ = natural_band(order, filled, MOMENT)
        band, ways = promoted(order, natural, filled, MOMENT)
    except (RuleFailed, Invalid):
        return None
    part, id = ("promotion", ways[-1]) if ways else ("band", band)
    return _Landed(place=order.places[band], part=part, id=id)


def _where(known: Mapping[str, Any], order: Order) -> str:
    parts = [f"{fact} is {_told(value)}" for fact, value in known.items()]
    where = f" where {' and '.join(parts)}" if parts else ""
    return where if order.season is None else f"{where} in the season {order.season}"


def _told(value: Any) -> str:
    if not isinstance(value, datetime):
        return f"a list of {len(value)}" if isinstance(value, list) else word(value)
    if value == MOMENT:
        return "now"
    gone = write_duration(timedelta(seconds=abs(MOMENT - value) // timedelta(seconds=1)))
    return f"{gone} ago" if value < MOMENT else f"{gone} ahead"
