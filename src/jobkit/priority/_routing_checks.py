"""What is wrong with routing rules before anything is routed: shadows, quarrels and unproven patterns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import write_instant
from jobkit.paths import Item, join
from jobkit.priority._postal import Span, Spans
from jobkit.priority._routing_data import Loaded, RoutingData, RoutingRule

AMBIGUOUS = Template(
    "priority.routing_ambiguous",
    "The routing rules {first} and {second} claim the postal codes {code} alike.",
    "Give one of them narrower codes, another territory or other dates, or match the first rule.",
)
OVERLAP = Template(
    "priority.routing_overlap",
    "The routing rules {first} and {second} both fit {code}; {first} decides.",
    "Nothing is needed if that is meant; else take {code} out of one of them.",
)
HIDDEN = Template(
    "priority.routing_hidden",
    "The routing rule {second} is never reached, since {first} stands before it and takes all of {code}.",
    "Put {second} before {first}, or take it out.",
)
UNPROVEN = Template(
    "priority.routing_unproven",
    "The routing rule {rule} has patterns and no example.",
    "Give it examples: postal codes that must come to {rule}.",
)
NEVER = Template(
    "priority.routing_never",
    "The routing rule {rule} ends at {end}, before it begins.",
    "Give effective_to an instant after effective_from.",
)
TIME_OPAQUE = Template(
    "priority.routing_opaque",
    "When the condition of routing rule {rule} turns cannot be told beforehand.",
    "Ask in it for facts, or compare instants, instead of calling what looks at the time.",
)

_MOST_FINDINGS: Final = 100


def check_rules(
    data: RoutingData, loaded: Sequence[Loaded], spans: Mapping[str, Spans], path: str
) -> tuple[Finding, ...]:
    """Raise what blocks, all at once, and return what is worth knowing about overlapping rules."""
    found = [*_each_rule(loaded, path), *_overlaps(data, loaded, spans, path)][:_MOST_FINDINGS]
    if any(finding.blocks for finding in found):
        raise Invalid(found)
    return tuple(found)


def _each_rule(loaded: Iterable[Loaded], path: str) -> Iterator[Finding]:
    for told in loaded:
        rule, place = told.rule, join(f"{path}.rules", Item(told.rule.id))
        if told.patterns and not rule.examples:
            yield Finding.of(UNPROVEN, path=f"{place}.examples", rule=rule.id)
        if told.when is not None and told.when.time_opaque:
            yield Finding.of(TIME_OPAQUE, path=f"{place}.when", rule=rule.id)
        begin, end = rule.effective_from, rule.effective_to
        if begin is not None and end is not None and end <= begin:
            yield Finding.of(NEVER, path=f"{place}.effective_to", rule=rule.id, end=write_instant(end))


def _overlaps(
    data: RoutingData, loaded: Sequence[Loaded], spans: Mapping[str, Spans], path: str
) -> Iterator[Finding]:
    """Compare the rules that meet at some code, each pair once."""
    seen: set[tuple[int, int]] = set()
    for country in sorted(spans):
        for stretch in spans[country].stretches():
            for (one, first), (other, second) in combinations(sorted(stretch, key=_number), 2):
                if first != second and (first, second) not in seen and _may_meet(loaded, first, second):
                    seen.add((first, second))
                    yield from _quarrel(data, loaded[first], one, loaded[second], other, path)


def _number(owned: tuple[Span, int]) -> int:
    return owned[1]


def _may_meet(loaded: Sequence[Loaded], first: int, second: int) -> bool:
    """Whether territories and dates of two rules leave something that both could claim."""
    one, other = loaded[first].rule, loaded[second].rule
    apart = one.territories and other.territories and not set(one.territories) & set(other.territories)
    return not apart and not (_ends_before(one, other) or _ends_before(other, one))


def _ends_before(one: RoutingRule, other: RoutingRule) -> bool:
    end, begin = one.effective_to, other.effective_from
    return end is not None and begin is not None and end <= begin


def _quarrel(
    data: RoutingData, first: Loaded, one: Span, second: Loaded, other: Span, path: str
) -> Iterator[Finding]:
    """Tell what two rules that meet mean for each other; *first* stands before *second*."""
    told: dict[str, Any] = {"first": first.rule.id, "second": second.rule.id}
    place = join(f"{path}.rules", Item(second.rule.id))
    if data.match == "first":
        if one.holds(other) and first.rule.takes_all and len(second.spans) == 1 and not second.patterns:
            yield Finding.of(HIDDEN, path=place, code=str(other), **told)
        else:
            yield Finding.of(OVERLAP, path=place, severity="info", code=_shared(one, other), **told)
    elif one == other and (first.rule.takes_all == second.rule.takes_all):
        # Two conditions may be meant to exclude each other; then the one that stands first decides.
        severity = "block" if first.rule.takes_all else "warn"
        template = AMBIGUOUS if severity == "block" else OVERLAP
        yield Finding.of(template, path=place, severity=severity, code=str(one), **told)  # type: ignore[arg-type]
    elif not (one.holds(other) or other.holds(one)):
        yield Finding.of(AMBIGUOUS, path=place, code=_shared(one, other), **told)


def _shared(one: Span, other: Span) -> str:
    return str(Span(max(one.first, other.first), min(one.last, other.last, key=lambda last: last + "~")))
