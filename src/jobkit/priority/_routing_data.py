"""Routing as data: rules that say where a job with a postal code or in a territory belongs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

import attrs

from jobkit.conditions import Condition, Pattern, Vocabulary
from jobkit.errors import Invalid
from jobkit.findings import Finding
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Job
from jobkit.paths import Item, join
from jobkit.priority._postal import Span, Spans, read_prefix, read_range, split_country
from jobkit.registry import Registry

T = TypeVar("T")

BatchPart = Literal["zone", "site", "region", "territory"]


@attrs.frozen(kw_only=True)
class RoutingRule:
    """
    One rule: where it holds (postal codes, territories, a condition, dates) and where it sends a job.

    A rule holds when one of its prefixes, ranges or patterns fits, if it has any, and the territory is among
    `territories`, if it has any, and `when` is true. `examples` are postal codes that must come to this rule.
    """

    id: str
    queue: str
    region: str
    zone: str | None = None
    country: str | None = None
    prefixes: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    when: Any = None
    effective_from: datetime | None = None
    effective_to: datetime | None = None
    examples: tuple[str, ...] = ()

    @property
    def by_code(self) -> bool:
        """Whether the rule asks for the postal code."""
        return bool(self.prefixes or self.ranges or self.patterns)

    @property
    def takes_all(self) -> bool:
        """Whether the rule takes every place with a fitting code, whatever else is known, at any time."""
        dated = self.effective_from is not None or self.effective_to is not None
        return self.when is None and not self.territories and not dated

    def in_force(self, now: datetime) -> bool:
        """Whether the rule holds at *now*."""
        begun = self.effective_from is None or self.effective_from <= now
        return begun and (self.effective_to is None or now < self.effective_to)


@attrs.frozen(kw_only=True)
class RoutingData:
    """
    Routing as data. `country` is what a code without one is taken to be in; `unmatched` is a queue.

    With `match = "longest"` the narrowest postal code wins, with `first` the rule that stands first.
    """

    id: str
    version: str = "1"
    unmatched: str
    country: str | None = None
    match: Literal["longest", "first"] = "longest"
    batch: tuple[BatchPart, ...] = ("zone", "site")
    rules: tuple[RoutingRule, ...] = ()


@attrs.frozen(kw_only=True)
class Where:
    """
    Where a job is, as far as routing asks.

    A postal code may be written with its country, as in `DE-80331`.
    """

    postal_code: str | None = None
    country: str | None = None
    territory: str | None = None
    site: str | None = None

    @classmethod
    def of(cls, job: Job) -> "Where":
        """Return where *job* is: the postal code and site of its subject, and the territory of its work."""
        subject = job.subject
        return cls(postal_code=subject.postal_code, territory=job.work.territory, site=subject.site)


@attrs.frozen
class Loaded:
    """One rule with its condition and patterns read."""

    rule: RoutingRule
    spans: tuple[Span, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    when: Condition | None = None


def country_of(where: Where, data: RoutingData) -> str:
    """Return the country of a place: written in its code, given, or the one that is taken for granted."""
    written = split_country(where.postal_code)[0] if where.postal_code else None
    return (written or where.country or data.country or "").upper()


def rule_country(rule: RoutingRule, data: RoutingData) -> str:
    """Return the country whose codes a rule speaks of."""
    return (rule.country or data.country or "").upper()


NO_SPANS: Final = Spans(())


@attrs.frozen(kw_only=True)
class Ways:
    """By which ways rules are found: their codes and patterns by country, and those that ask for no code."""

    spans: Mapping[str, Spans] = EMPTY
    patterns: Mapping[str, tuple[int, ...]] = EMPTY
    general: tuple[tuple[int, str | None], ...] = ()

    @classmethod
    def of(cls, data: RoutingData, loaded: Sequence[Loaded], path: str) -> "Ways":
        """
        Find the ways to rules; where two have the same codes, the one that asks for more is tried first.

        Refused are more prefixes and ranges on one code than anybody could look through.
        """
        patterns: dict[str, tuple[int, ...]] = {}
        for number, told in enumerate(loaded):
            if told.patterns:
                country = rule_country(told.rule, data)
                patterns[country] = (*patterns.get(country, ()), number)
        codeless = [(number, told.rule) for number, told in enumerate(loaded) if not told.rule.by_code]
        codeless.sort(key=lambda pair: not pair[1].territories)
        general = tuple((number, rule.country and rule.country.upper()) for number, rule in codeless)
        return cls(spans=_spans(data, loaded, path), patterns=FrozenMap(patterns), general=general)

    def general_in(self, country: str) -> Iterator[int]:
        """Yield the rules that ask for no code in a country, those of a territory first."""
        yield from (number for number, own in self.general if own is None or own == country)


def _spans(data: RoutingData, loaded: Sequence[Loaded], path: str) -> Mapping[str, Spans]:
    owned: dict[str, list[tuple[Span, int]]] = {}
    for number, told in sorted(enumerate(loaded), key=lambda pair: pair[1].rule.takes_all):
        for span in told.spans:
            owned.setdefault(rule_country(told.rule, data), []).append((span, number))
    try:
        return FrozenMap({country: Spans(each) for country, each in owned.items()})
    except Invalid as error:
        raise Invalid(finding.at(f"{path}.rules") for finding in error.findings) from error


def read_rule(
    rule: RoutingRule,
    vocabulary: Vocabulary | None,
    registry: Registry,
    path: str,
    problems: list[Finding],
) -> Loaded:
    """Read the codes, patterns and the condition of one rule; what is wrong is added to *problems*."""
    place = join(f"{path}.rules", Item(rule.id))
    prefixes = _each(read_prefix, rule.prefixes, f"{place}.prefixes", problems)
    ranges = _each(read_range, rule.ranges, f"{place}.ranges", problems)
    patterns = _each(Pattern.load, rule.patterns, f"{place}.patterns", problems)
    whens = () if rule.when is None else (rule.when,)

    def condition(when: Any, where: str) -> Condition:
        return Condition.load(when, vocabulary, registry, where)

    when = next(iter(_each(condition, whens, f"{place}.when", problems)), None)
    return Loaded(rule, tuple(dict.fromkeys((*prefixes, *ranges))), patterns, when)


def _each(
    read: Callable[[Any, str], T], texts: Iterable[Any], path: str, problems: list[Finding]
) -> tuple[T, ...]:
    found: list[T] = []
    for text in texts:
        try:
            found.append(read(text, path))
        except Invalid as error:
            problems += error.findings
    return tuple(found)
