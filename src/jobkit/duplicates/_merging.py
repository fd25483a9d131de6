"""Rules of merging as data: which record goes on, and what becomes of each field."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final, Literal

import attrs

from jobkit.conditions import Condition, Vocabulary
from jobkit.documents import read_toml, structure, unstructure, write_json
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.paths import Item, join
from jobkit.registry import Registry

UNKNOWN_FIELD = Template(
    "merging.unknown_field",
    "The merge rules {rules} name the field {field}, which records do not have.",
    "Name a field of the records, such as work.skills.",
)
TWICE = Template(
    "merging.doubled_criterion",
    "The merge rules {rules} ask for {field} twice when they choose who goes on.",
    "Leave the second criterion on {field} out: it can decide nothing more.",
)
NO_ORDER = Template(
    "merging.no_order",
    "The merge rules {rules} let the first value of {field} go on, and do not say in which order.",
    "Name the values of {field} in orders, the one that goes on before the others first.",
)
IDLE_ORDER = Template(
    "merging.idle_order",
    "The merge rules {rules} bring the values of {field} into an order, by which nothing is chosen.",
    "Let fields say that {field} is ranked, or leave its order out.",
)

FieldRule = Literal[
    "survivor", "filled", "oldest", "newest", "longest", "highest", "lowest", "ranked", "union"
]
"""What a field becomes: the survivor's own, another one where that is missing, or the best by a measure."""

_NO_NAMES: Final = Registry()


def _frozen(fields: Mapping[str, FieldRule]) -> Mapping[str, FieldRule]:
    return FrozenMap(fields)


def _ordered(orders: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return FrozenMap(orders)


@attrs.frozen(kw_only=True)
class Criterion:
    """
    One question in choosing who goes on: whose `field` is first in `order`, or is the highest or lowest.

    A record without a value comes after those that have one.
    """

    field: str
    prefer: Literal["highest", "lowest"] = "lowest"
    order: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class MergeRulesData:
    """
    Rules of merging as data.

    `survivor` is asked in order until one record is left, then the lower id goes on. `fields` names the rule
    of each field, `otherwise` that of all others; `dated` is the field by which records are older or newer,
    `orders` tells of each field that is `ranked` its values, the one that goes on before all others first.
    While the condition `handoff` holds of either side, a merge is not undone any more.
    """

    id: str
    version: str
    survivor: tuple[Criterion, ...] = ()
    fields: Mapping[str, FieldRule] = attrs.field(default=EMPTY, converter=_frozen)
    orders: Mapping[str, tuple[str, ...]] = attrs.field(default=EMPTY, converter=_ordered)
    otherwise: FieldRule = "survivor"
    dated: str = "created"
    handoff: Any = None


@attrs.frozen(eq=False)
class MergeRules:
    """
    Checked rules of merging.

    >>> rules = MergeRules.load({"id": "tickets", "version": "1", "fields": {"tags": "union"}})
    >>> rules.rule_of("tags"), rules.rule_of("title")
    ('union', 'survivor')
    """

    data: MergeRulesData
    handoff: Condition | None = attrs.field(default=None, repr=False)

    @classmethod
    def load(
        cls,
        source: str | Mapping[str, Any] | MergeRulesData,
        vocabulary: Vocabulary | None = None,
        registry: Registry = _NO_NAMES,
        path: str = "$",
        root: str = "job",
    ) -> "MergeRules":
        """
        Load rules of merging from TOML text, data or values.

        With a *vocabulary*, every field must be a fact below *root* there. Refused, all at once and with
        their places under *path*: unknown keys and rules, unknown fields, one field asked for twice, a ranked
        field without an order or the other way round, and a condition that cannot be read.
        """
        data = _structured(source, path)
        problems = [*_doubled(data, path), *_disordered(data, path), *_unknown(data, vocabulary, path, root)]
        handoff = None
        if data.handoff is not None:
            try:
                handoff = Condition.load(data.handoff, vocabulary, registry, f"{path}.handoff")
            except Invalid as error:
                problems += error.findings
        if problems:
            raise Invalid(problems)
        return cls(data, handoff)

    @property
    def id(self) -> str:
        """The rules' id."""
        return self.data.id

    @property
    def version(self) -> str:
        """The rules' version."""
        return self.data.version

    def rule_of(self, field: str) -> FieldRule:
        """Return what becomes of *field*."""
        return self.data.fields.get(field, self.data.otherwise)

    def handed_off(self, facts: Mapping[str, Any]) -> bool:
        """Whether a record has been handed on so far that a merge with it is not undone; unknown is no."""
        return self.handoff is not None and self.handoff(facts) is True

    def to_data(self) -> dict[str, Any]:
        """Return the rules as plain data that loads back to them."""
        plain: dict[str, Any] = unstructure(self.data)
        return plain

    @cached_property
    def digest(self) -> str:
        """The hash of the rules' content: equal rules have equal digests."""
        return hashlib.sha256(write_json(self.to_data()).encode()).hexdigest()


def _structured(source: str | Mapping[str, Any] | MergeRulesData, path: str) -> MergeRulesData:
    if isinstance(source, MergeRulesData):
        plain = source.handoff.to_data() if isinstance(source.handoff, Condition) else source.handoff
        return structure(MergeRulesData, unstructure(attrs.evolve(source, handoff=plain)), path)
    return structure(MergeRulesData, read_toml(source) if isinstance(source, str) else source, path)


def _doubled(data: MergeRulesData, path: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for each in data.survivor:
        if each.field in seen:
            yield Finding.of(TWICE, path=f"{path}.survivor", rules=data.id, field=each.field)
        seen.add(each.field)


def _disordered(data: MergeRulesData, path: str) -> Iterator[Finding]:
    ranked = [field for field, rule in data.fields.items() if rule == "ranked"]
    for field in ranked:
        if not data.orders.get(field):
            place = join(f"{path}.fields", Item(field))
            yield Finding.of(NO_ORDER, path=place, rules=data.id, field=field)
    for field in data.orders:
        if field not in ranked:
            place = join(f"{path}.orders", Item(field))
            yield Finding.of(IDLE_ORDER, path=place, rules=data.id, field=field)
    if data.otherwise == "ranked":
        yield Finding.of(NO_ORDER, path=f"{path}.otherwise", rules=data.id, field="all other fields")


def _unknown(data: MergeRulesData, vocabulary: Vocabulary | None, path: str, root: str) -> Iterator[Finding]:
    for field in data.fields if vocabulary is not None else ():
        if vocabulary is not None and vocabulary.find(f"{root}.{field}") is None:
            place = join(f"{path}.fields", Item(field))
            yield Finding.of(UNKNOWN_FIELD, path=place, rules=data.id, field=field)
