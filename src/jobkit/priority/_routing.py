"""Routing: which queue, region and batch a job belongs to, by postal code and territory, as data."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import attrs

from jobkit.conditions import Vocabulary
from jobkit.documents import read_toml, structure, unstructure, write_json
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import utc
from jobkit.mappings import EMPTY
from jobkit.paths import Item, join
from jobkit.priority._postal import plain_code, split_country
from jobkit.priority._routing_checks import check_rules
from jobkit.priority._routing_data import (
    NO_SPANS,
    Loaded,
    RoutingData,
    RoutingRule,
    Ways,
    Where,
    country_of,
    read_rule,
)
from jobkit.registry import Registry

UNMATCHED = Template(
    "priority.unmatched",
    "No routing rule fits postal code {postal_code}, country {country} and territory {territory}.",
    "Add a rule to {rules} that fits, or correct subject.postal_code or work.territory.",
)
MISROUTED = Template(
    "priority.misrouted",
    "The example {code} of routing rule {rule} comes to {found}.",
    "Correct the example, or the rules that stand in its way.",
)


@attrs.frozen(kw_only=True)
class Route:
    """
    Where a job belongs and why.

    Without a fitting rule, `rule` and `region` are None and the findings say so.
    """

    queue: str
    because: str
    region: str | None = None
    batch: str | None = None
    rule: str | None = None
    findings: tuple[Finding, ...] = ()


@attrs.frozen(eq=False)
class RoutingRules:
    """
    Checked routing rules.

    >>> from datetime import UTC
    >>> rules = RoutingRules.load({
    ...     "id": "regions", "unmatched": "dispatch", "country": "DE",
    ...     "rules": [{"id": "munich", "queue": "south", "region": "south", "zone": "M", "prefixes": ["80"]}],
    ... })
    >>> route(Where(postal_code="80331", site="depot"), rules, now=datetime(2026, 3, 10, tzinfo=UTC)).batch
    'M/depot'
    """

    data: RoutingData
    loaded: tuple[Loaded, ...] = attrs.field(repr=False)
    findings: tuple[Finding, ...] = attrs.field(default=(), repr=False)
    ways: Ways = attrs.field(default=Ways(), repr=False)

    @classmethod
    def load(
        cls,
        source: str | Mapping[str, Any] | RoutingData,
        vocabulary: Vocabulary | None = None,
        registry: Registry | None = None,
        path: str = "$",
    ) -> "RoutingRules":
        """
        Read routing rules from TOML text, data or values.

        Refused, all at once with their places: unreadable codes, rules that can never be reached, postal
        codes that two rules claim alike, undeclared facts, and examples that come to another rule. What only
        overlaps by a declared order is told in `findings`.
        """
        data = source if isinstance(source, RoutingData) else _structured(source, path)
        problems: list[Finding] = []
        names = registry or Registry()
        loaded = tuple(read_rule(rule, vocabulary, names, path, problems) for rule in data.rules)
        if problems:
            raise Invalid(problems)
        ways = Ways.of(data, loaded, path)
        rules = cls(data, loaded, check_rules(data, loaded, ways.spans, path), ways)
        if misrouted := tuple(_misrouted(rules, path)):
            raise Invalid(misrouted)
        return rules

    @property
    def id(self) -> str:
        """The id of the rules."""
        return self.data.id

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region that a rule names, sorted."""
        return tuple(sorted({rule.region for rule in self.data.rules}))

    @property
    def queues(self) -> tuple[str, ...]:
        """Every queue that a rule names, and the one for what is unmatched, sorted."""
        return tuple(sorted({self.data.unmatched, *(rule.queue for rule in self.data.rules)}))

    def dump(self) -> dict[str, Any]:
        """Return the rules as plain data that loads back to them."""
        plain: dict[str, Any] = unstructure(self.data)
        return plain

    @cached_property
    def hash(self) -> str:
        """The hash of the rules' content."""
        return hashlib.sha256(write_json(self.dump()).encode()).hexdigest()


def route(where: Where, rules: RoutingRules, *, now: datetime, facts: Mapping[str, Any] = EMPTY) -> Route:
    """
    Return queue, region and batch key of what stands at *where*, with the rule that decided and why.

    *facts* is what conditions of rules may ask about. What no rule fits goes to the queue for unmatched work,
    with a finding. A naive *now* is refused.
    """
    instant = utc(now, "$.now")
    for told, why in _candidates(where, rules):
        if _holds(told, where, facts, instant):
            return _routed(told.rule, rules.data, where, why)
    missing = Finding.of(
        UNMATCHED,
        path="$.subject.postal_code",
        severity="warn",
        source=f"{rules.id}@{rules.data.version}",
        postal_code=where.postal_code or "unknown",
        country=country_of(where, rules.data) or "unknown",
        territory=where.territory or "unknown",
        rules=rules.id,
    )
    return Route(queue=rules.data.unmatched, because="No routing rule fits.", findings=(missing,))


def next_route_change(
    where: Where, rules: RoutingRules, *, now: datetime, facts: Mapping[str, Any] = EMPTY
) -> datetime | None:
    """Return the next instant at which time alone may send the same place elsewhere, or None."""
    instant = utc(now, "$.now")
    coming: list[datetime] = []
    for told, _ in _candidates(where, rules):
        coming += (at for at in (told.rule.effective_from, told.rule.effective_to) if at and at > instant)
        turns = None if told.when is None else told.when.changes_at(facts, instant)
        coming += () if turns is None else (turns,)
    return min(coming, default=None)


def _candidates(where: Where, rules: RoutingRules) -> Iterator[tuple[Loaded, str]]:
    """Yield the rules whose postal codes and country fit, in the order in which they are tried."""
    country = country_of(where, rules.data)
    found = [] if where.postal_code is None else list(_by_code(where.postal_code, country, rules))
    found += ((number, "no postal code is asked for") for number in rules.ways.general_in(country))
    if rules.data.match == "first":
        found.sort(key=lambda pair: pair[0])
    yield from ((rules.loaded[number], why) for number, why in found)


def _by_code(postal_code: str, country: str, rules: RoutingRules) -> Iterator[tuple[int, str]]:
    code = plain_code(split_country(postal_code)[1])
    for span, number in rules.ways.spans.get(country, NO_SPANS).find(code):
        yield number, f"postal code {postal_code} lies in {span}"
    for number in rules.ways.patterns.get(country, ()):
        if any(pattern.matches(code) for pattern in rules.loaded[number].patterns):
            yield number, f"postal code {postal_code} fits a pattern"


def _holds(told: Loaded, where: Where, facts: Mapping[str, Any], now: datetime) -> bool:
    rule = told.rule
    here = not rule.territories or where.territory in rule.territories
    return here and rule.in_force(now) and (told.when is None or told.when(facts, now) is True)


def _routed(rule: RoutingRule, data: RoutingData, where: Where, why: str) -> Route:
    parts = {"zone": rule.zone, "site": where.site, "region": rule.region, "territory": where.territory}
    more = f" and territory is {where.territory}" if rule.territories else ""
    return Route(
        queue=rule.queue,
        region=rule.region,
        batch="/".join(_quoted(parts[name]) for name in data.batch),
        rule=rule.id,
        because=f"Rule {rule.id}: {why}{more}.",
    )


def _quoted(part: str | None) -> str:
    """Write one part of a batch key so that no two different places share a key."""
    if not part or part == "-":
        return "%2D" if part else "-"
    return part.replace("%", "%25").replace("/", "%2F")


def _misrouted(rules: RoutingRules, path: str) -> Iterator[Finding]:
    """Yield the examples whose codes are tried by another rule first."""
    for told in rules.loaded:
        for code in told.rule.examples:
            where = Where(postal_code=code, country=told.rule.country)
            found = next((each.rule.id for each, _ in _candidates(where, rules)), "no rule")
            if found != told.rule.id:
                place = f"{join(f'{path}.rules', Item(told.rule.id))}.examples"
                yield Finding.of(MISROUTED, path=place, code=code, rule=told.rule.id, found=found)


def _structured(source: str | Mapping[str, Any], path: str) -> RoutingData:
    return structure(RoutingData, read_toml(source) if isinstance(source, str) else source, path)
