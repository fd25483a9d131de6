"""Match rules: loaded, checked as a whole, and ready to compare."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from jobkit.documents import read_toml, structure, unstructure, write_json
from jobkit.duplicates._checks import problems_of
from jobkit.duplicates._data import MatchRulesData
from jobkit.errors import Invalid
from jobkit.registry import Registry

if TYPE_CHECKING:
    from jobkit.duplicates._score import Scorer

_NO_NAMES = Registry()


@attrs.frozen(eq=False, slots=False)
class MatchRules:
    """
    A checked policy of matching.

    >>> rules = MatchRules.load({
    ...     "id": "requests", "bands": {"same": 8, "ask": 4},
    ...     "rules": [{"name": "asset", "field": "asset", "kind": "serial",
    ...                "levels": [{"at": 1, "weight": 6}], "otherwise": -4}],
    ... })
    >>> rules.id, rules.version
    ('requests', '1')
    """

    data: MatchRulesData
    registry: Registry = attrs.field(repr=False)

    @classmethod
    def load(
        cls,
        source: str | Mapping[str, Any] | MatchRulesData,
        registry: Registry = _NO_NAMES,
        path: str = "$",
    ) -> "MatchRules":
        """
        Load rules from TOML text, data or values; *registry* has the host's comparators.

        Refused, all at once and with their places under *path*: unknown keys, kinds and forms, two rules or
        keys with one name, levels that do not fall with the similarity, bands out of order, and numbers out
        of range.
        """
        data = _structured(source, path)
        if problems := tuple(problems_of(data, registry, path)):
            raise Invalid(problems)
        return cls(data, registry)

    @property
    def id(self) -> str:
        """The id of the rules."""
        return self.data.id

    @property
    def version(self) -> str:
        """The version of the rules."""
        return self.data.version

    def to_data(self) -> dict[str, Any]:
        """Return the rules as plain data that loads back to them."""
        plain: dict[str, Any] = unstructure(self.data)
        return plain

    @cached_property
    def digest(self) -> str:
        """The hash of the rules' content: equal rules have equal digests."""
        return hashlib.sha256(write_json(self.to_data()).encode()).hexdigest()

    @cached_property
    def scorer(self) -> "Scorer":
        """What compares by these rules, compiled when it is first needed."""
        # The string metrics cost as much to import as the catalog that only carries the rules.
        from jobkit.duplicates._score import Scorer

        return Scorer(self.data, self.registry)

    def fields(self) -> tuple[str, ...]:
        """Return every field of a record that the rules read, each once."""
        return tuple(dict.fromkeys(_fields(self.data)))


def _structured(source: str | Mapping[str, Any] | MatchRulesData, path: str) -> MatchRulesData:
    if isinstance(source, MatchRulesData):
        return structure(MatchRulesData, unstructure(source), path)
    return structure(MatchRulesData, read_toml(source) if isinstance(source, str) else source, path)


def _fields(data: MatchRulesData) -> Iterable[str]:
    for rule in data.rules:
        yield from rule.reads
    for key in data.keys:
        yield from (part.field for part in key.parts)
    if data.window is not None:
        yield data.window.field
        if data.window.anchor is not None:
            yield data.window.anchor
    if data.scope is not None:
        yield data.scope.field
    if data.one_to_one is not None:
        yield data.one_to_one
