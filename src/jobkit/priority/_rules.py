"""The published rules of order: loaded, checked as a whole, and ready to judge jobs at any instant."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import attrs

from jobkit.conditions import Condition, FactReader, Vocabulary
from jobkit.documents import read_toml, structure, unstructure, write_json
from jobkit.errors import Invalid
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.paths import Item, join
from jobkit.priority._asked import Asked, Test, read_asked
from jobkit.priority._bench import TIE_KINDS, Bench, OpenTime
from jobkit.priority._checks import check_rules
from jobkit.priority._defaults import DefaultRule, default_rule
from jobkit.priority._measure import Facts, Mark
from jobkit.priority._seasons import Year, read_year
from jobkit.priority._terms import TermRule, term_rule
from jobkit.priority._values import Escalation, Promotion, RuleSet
from jobkit.registry import Registry

Marker = Callable[[Facts, datetime], Mark]
_NO_NAMES = Registry()


@attrs.frozen(kw_only=True)
class Way:
    """A promotion with its test."""

    promotion: Promotion
    asked: Asked


@attrs.frozen(kw_only=True, eq=False)
class Order:
    """The rules as they hold in one season: bands in order, the ways out of each, and what counts in it."""

    season: str | None
    bands: tuple[str, ...]
    places: Mapping[str, int]
    asked: tuple[tuple[str, Asked], ...]
    tests: tuple[tuple[str, Test], ...]
    ways: Mapping[str, tuple[Way, ...]]
    terms: Mapping[str, tuple[TermRule, ...]]
    markers: Mapping[str, tuple[Marker, ...]]


@attrs.frozen(eq=False)
class PriorityRules:
    """
    The order of work, checked: bands, a score inside each, and the published ways from one to another.

    >>> rules = PriorityRules.load({
    ...     "id": "order", "direction": "larger_higher", "tie_break": ["id"],
    ...     "bands": [{"id": "stopped", "when": "line_stopped == true"}, {"id": "rest"}],
    ...     "terms": [{"id": "tier", "scale": {"fact": "tier", "levels": ["gold", "basic"]}}],
    ... })
    >>> rules.id, [band.id for band in rules.data.bands]
    ('order', ['stopped', 'rest'])
    """

    data: RuleSet
    year: Year = attrs.field(repr=False)
    orders: Mapping[str | None, Order] = attrs.field(repr=False)
    defaults: tuple[DefaultRule, ...] = attrs.field(repr=False)
    escalations: tuple[tuple[Escalation, Condition], ...] = attrs.field(repr=False)
    ties: tuple[FactReader, ...] = attrs.field(repr=False)
    calendars: Mapping[str, OpenTime] = attrs.field(repr=False)

    @classmethod
    def load(
        cls,
        source: str | Mapping[str, Any] | RuleSet,
        vocabulary: Vocabulary | None = None,
        registry: Registry = _NO_NAMES,
        *,
        calendars: Mapping[str, OpenTime] = EMPTY,
        path: str = "$",
    ) -> "PriorityRules":
        """
        Load rules from TOML text, data or values; *calendars* are those that the rules may name.

        Refused, all at once and with their places under *path*: unknown keys, facts, terms, calendars and
        names, conditions that turn at no computable instant, a band that no job reaches and jobs without
        one, promotions that do not lead up, weights and numbers against the declared direction, age without
        a cap, seasons that overlap, and a tie-break that does not end in the job's id.
        """
        data = _structured(source, path)
        bench = Bench(
            direction=data.direction,
            path=path,
            vocabulary=vocabulary,
            registry=registry,
            calendars=calendars,
        )
        return _fitted(data, bench)

    @property
    def id(self) -> str:
        """The id of the rules."""
        return self.data.id

    @property
    def source(self) -> str:
        """What places name as the rules that spoke: id and version."""
        return self.data.source

    @property
    def sign(self) -> int:
        """1 where the larger score comes first, -1 where the smaller does."""
        return 1 if self.data.direction == "larger_higher" else -1

    def at(self, now: datetime) -> Order:
        """Return the rules of the season that holds at *now*."""
        return self.orders[self.year.season(now)]

    def dump(self) -> dict[str, Any]:
        """Return the rules as plain data that loads back to them."""
        plain: dict[str, Any] = unstructure(self.data)
        return plain

    @cached_property
    def digest(self) -> str:
        """The hash of the rules' content: equal rules have equal digests."""
        return hashlib.sha256(write_json(self.dump()).encode()).hexdigest()


def _structured(source: str | Mapping[str, Any] | RuleSet, path: str) -> RuleSet:
    if isinstance(source, RuleSet):
        return structure(RuleSet, unstructure(source), path)
    return structure(RuleSet, read_toml(source) if isinstance(source, str) else source, path)


def _fitted(data: RuleSet, bench: Bench) -> PriorityRules:
    """Fit all parts together; each leaves its problems on the bench, and any of them refuses the rules."""
    asked = {
        band.id: read_asked(band.when, band.within, bench, bench.at("bands", band.id)) for band in data.bands
    }
    parts = _Parts(data=data, asked=asked, ways=_ways(data, bench), terms=_terms(data, bench))
    rules = PriorityRules(
        data=data,
        year=read_year(data, bench),
        orders=FrozenMap({season: parts.order(season) for season in (None, *_ids(data.seasons))}),
        defaults=tuple(default_rule(one, bench, bench.at("defaults", one.id)) for one in data.defaults),
        escalations=_escalations(data, bench),
        ties=_ties(data, bench),
        calendars=bench.calendars,
    )
    check_rules(data, asked, bench)
    if bench.problems:
        raise Invalid(bench.problems)
    return rules


def _ids(parts: Iterable[Any]) -> tuple[str, ...]:
    return tuple(part.id for part in parts)


def _ways(data: RuleSet, bench: Bench) -> tuple[Way, ...]:
    return tuple(
        Way(promotion=one, asked=read_asked(one.when, one.within, bench, bench.at("promotions", one.id)))
        for one in data.promotions
    )


def _terms(data: RuleSet, bench: Bench) -> tuple[TermRule, ...]:
    return tuple(term_rule(term, data, bench, bench.at("terms", term.id)) for term in data.terms)


def _escalations(data: RuleSet, bench: Bench) -> tuple[tuple[Escalation, Condition], ...]:
    return tuple(
        (one, bench.condition(one.when, bench.at("escalations", one.id, "when"))) for one in data.escalations
    )


def _ties(data: RuleSet, bench: Bench) -> tuple[FactReader, ...]:
    return tuple(
        bench.fact(fact, TIE_KINDS, join(bench.path, "tie_break", Item(str(place))))
        for place, fact in enumerate(data.tie_break)
    )


@attrs.frozen(kw_only=True)
class _Parts:
    """The fitted parts from which the order of each season is put together."""

    data: RuleSet
    asked: Mapping[str, Asked]
    ways: tuple[Way, ...]
    terms: tuple[TermRule, ...]

    def order(self, season: str | None) -> Order:
        named = next((one.order for one in self.data.seasons if one.id == season), ())
        bands = tuple(band for band in named if band in self.asked) or tuple(self.asked)
        counted = {band: tuple(term for term in self.terms if term.counts(band, season)) for band in bands}
        marked = {term.id: term.marker(season) for term in self.terms}
        return Order(
            season=season,
            bands=bands,
            places=FrozenMap({band: place for place, band in enumerate(bands)}),
            asked=tuple((band, self.asked[band]) for band in bands),
            tests=tuple((band, self.asked[band].bound()) for band in bands),
            ways=FrozenMap({band: self._out_of(band, season) for band in bands}),
            terms=FrozenMap(counted),
            markers=FrozenMap({band: tuple(marked[one.id] for one in counted[band]) for band in bands}),
        )

    def _out_of(self, band: str, season: str | None) -> tuple[Way, ...]:
        return tuple(
            way
            for way in self.ways
            if band in way.promotion.bands and (not way.promotion.seasons or season in way.promotion.seasons)
        )
