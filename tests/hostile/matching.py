"""Duplicate detection as doors: match and merge rules, records, a host's candidates, pairs, and learning."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from jobkit.duplicates import (
    Index,
    Key,
    MatchRules,
    MergeRules,
    choose_survivor,
    cluster_all,
    compare,
    keys_of,
    learn,
    look_up,
    match_all,
    merged_fields,
)
from jobkit.errors import JobkitError
from jobkit.registry import Registry
from tests.duplicates.policies import ASSET, KEYS, NOW, SCOPE, WINDOW, load, one_rule, request
from tests.hostile.slots import Enter

MERGING: Final[Mapping[str, Any]] = {"id": "m", "version": "1", "survivor": [{"field": "opened"}]}
FIELDS: Final = ("asset", "text", "phone", "opened", "latest", "type", "source")
KINDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "number": {"kind": "number", "reach": 10},
    "distance": {"kind": "distance", "reach": 10},
    "time": {"kind": "time", "span": "1h"},
    **{kind: {"kind": kind} for kind in ("overlap", "address", "name", "code", "edit", "tokens", "phrase")},
}


@lru_cache(maxsize=1)
def rules() -> MatchRules:
    """Return the shared rules; a cluster holds one record of each source."""
    return load(one_to_one="source")


def rule(**changes: Any) -> MatchRules:
    """Load the rules with some keys of their first rule replaced."""
    return load(rules=[{**ASSET, **changes}])


def key(**changes: Any) -> MatchRules:
    """Load the rules with some keys of their first blocking key replaced."""
    return load(keys=[{**KEYS[0], **changes}])


def window(**changes: Any) -> MatchRules:
    """Load the rules with some keys of their window replaced."""
    return load(window={**WINDOW, **changes})


def scope(**changes: Any) -> MatchRules:
    """Load the rules with some keys of their scope replaced."""
    return load(scope={**SCOPE, **changes})


def merging(**changes: Any) -> MergeRules:
    """Load the rules of merging with some of their keys replaced."""
    return MergeRules.load({**MERGING, **changes})


SLOTS: Final[Mapping[str, Enter]] = {
    "id of match rules": lambda value: load(id=value),
    "version of match rules": lambda value: load(version=value),
    "bands": lambda value: load(bands=value),
    "the band same": lambda value: load(bands={"same": value, "ask": 0}),
    "automatic merging": lambda value: load(auto_merge=value),
    "a prior": lambda value: load(prior=value),
    "rules of matching": lambda value: load(rules=value),
    "a rule of matching": lambda value: load(rules=[value]),
    "kind of a rule": lambda value: rule(kind=value),
    "field of a rule": lambda value: rule(field=value),
    "fields of a rule": lambda value: rule(fields=value),
    "levels of a rule": lambda value: rule(levels=value),
    "similarity of a level": lambda value: rule(levels=[{"at": value, "weight": 1}]),
    "weight of a level": lambda value: rule(levels=[{"at": 1, "weight": value}]),
    "weight of a disagreement": lambda value: rule(otherwise=value),
    "span of a rule": lambda value: rule(kind="time", span=value),
    "blocking keys": lambda value: load(keys=value),
    "a blocking key": lambda value: load(keys=[value]),
    "parts of a key": lambda value: key(parts=value),
    "form of a key": lambda value: key(parts=[{"field": "a", "form": value}]),
    "first of a key": lambda value: key(parts=[{"field": "a", "first": value}]),
    "most of a key": lambda value: key(most=value),
    "what a key stands back for": lambda value: key(unless=[value]),
    "a window": lambda value: load(window=value),
    "ages of a window": lambda value: window(ages=value),
    "an age of a window": lambda value: window(ages=[{"within": value, "weight": 1}]),
    "cut of a window": lambda value: window(cut=value),
    "a scope": lambda value: load(scope=value),
    "groups of a scope": lambda value: scope(groups=value),
    "a value of a scope": lambda value: scope(groups=[[value]]),
    "across a scope": lambda value: scope(across=value),
    "cap of candidates": lambda value: load(cap=value),
    "what stands one to one": lambda value: load(one_to_one=value),
    "frequencies": lambda value: load(frequencies=value),
    "weights of frequencies": lambda value: load(
        rules=[{**ASSET, "frequency": True}], frequencies={"asset": {"bits": value}}
    ),
    "weight of a term": lambda value: load(terms={"weights": {"a": value}}),
    "survivor of a merge": lambda value: merging(survivor=value),
    "a criterion": lambda value: merging(survivor=[value]),
    "order of a criterion": lambda value: merging(survivor=[{"field": "a", "order": [value]}]),
    "fields of a merge": lambda value: merging(fields=value),
    "rule of a merged field": lambda value: merging(fields={"a": value}),
    "rule of all other fields": lambda value: merging(otherwise=value),
    "date of a merge": lambda value: merging(dated=value),
    "handoff of a merge": lambda value: merging(handoff=value or 7),
}
"""Places within rules, where only one kind of value belongs."""

LOOSE: Final[Mapping[str, Enter]] = {
    "reach of a rule": lambda value: rule(kind="number", reach=value),
    "name of a rule": lambda value: rule(name=value),
}
"""Places that take any size of a kind."""

WHOLE: Final[Mapping[str, Enter]] = {"MatchRules.load": MatchRules.load, "MergeRules.load": MergeRules.load}
"""Rules as a whole."""


class Handing:
    """A host's database that hands over what it was given."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def candidates(self, record: Any, keys: Sequence[Key], /) -> Any:
        """Return what was given; an error among it is raised."""
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given() if callable(self.given) else self.given


def everywhere(record: Any) -> None:
    """Compare a record, index it, look it up, cluster it: the index stays whole, whoever refuses."""
    index = Index(rules())
    index.add("J-1", request())
    ways: Mapping[str, Enter] = {
        "add": lambda one: index.add("J-2", one),
        "compare": lambda one: compare(rules(), one, request()),
        "turned": lambda one: compare(rules(), request(), one),
        "keys": lambda one: keys_of(rules(), one),
        "find": lambda one: index.find(one, different=True),
        "asked": lambda one: look_up(rules(), one, Handing([("J-1", request())])),
        "handed": lambda one: look_up(rules(), request(), Handing([("J-1", one)])),
        "batch": lambda one: match_all(rules(), {"a": one, "b": request()}),
        "clusters": lambda one: cluster_all(rules(), {"a": one, "b": request(), "c": one}),
    }
    refused: dict[str, JobkitError] = {}
    for name, way in ways.items():
        try:
            way(record)
        except JobkitError as error:
            refused[name] = error
    assert len(index) == 2 - ("add" in refused)
    assert ["J-1"] == [one.id for one in index.find(request(), exclude=["J-2"]).matches]
    assert "add" not in refused or "clusters" in refused
    if refused:
        raise next(iter(refused.values()))


def learnt(source: Any) -> object:
    """Learn from records of which one has this source."""
    others = {str(number): {**request(), "text": f"noise {number}"} for number in range(9)}
    return learn(rules(), {**others, "odd": {**request(), "source": source}}, seed=1, draws=10)


def held(kind: str) -> Enter:
    """Return the door of a field that is compared in one way."""
    one = one_rule(**KINDS[kind])
    return lambda value: compare(one, {"it": value}, {"it": value})


def of_two(value: Any) -> object:
    """Compare a position whose latitude is odd."""
    return compare(one_rule(**KINDS["distance"]), {"it": (value, 1)}, {"it": (1, 1)})


def merged(value: Any) -> object:
    """Merge records by every rule that there is, and choose who goes on."""
    one = {"a": value, "created": NOW}
    for by in ("survivor", "filled", "oldest", "newest", "longest", "highest", "lowest", "union"):
        loaded = merging(fields={"a": by})
        merged_fields(loaded, one, {"m": {"a": [value], "created": NOW}})
        merged_fields(loaded, {"a": 1, "created": value}, {"m": one, "n": {"a": "x"}})
    return choose_survivor(merging(survivor=[{"field": "a"}]), {"a": one, "b": {"a": [value]}, "c": {"a": 1}})


def answered(value: Any) -> object:
    """Compare by a comparator of the host that answers this."""
    own = Registry.of(comparator={"acme.own": lambda left, right: value})
    return compare(one_rule(own, kind="acme.own"), {"it": 1}, {"it": 2})


def _whole_record(field: str) -> Enter:
    return lambda value: everywhere({**request(), field: value})


RECORDS: Final[Mapping[str, Enter]] = {
    **{f"{field} of a record": _whole_record(field) for field in FIELDS},
    **{f"a field compared by {kind}": held(kind) for kind in KINDS},
    "a latitude": of_two,
    "source of a record to learn from": learnt,
    "records to be merged": merged,
    "the answer of a comparator": answered,
    "what a host hands over": lambda value: look_up(rules(), request(), Handing(value)),
    "a candidate": lambda value: look_up(rules(), request(), Handing([value])),
    "the record of a candidate": lambda value: look_up(rules(), request(), Handing([("J-1", value)])),
    "the id of a candidate": lambda value: look_up(rules(), request(), Handing([(value, request())])),
}
"""Values of records and answers of hosts: taken or refused, the same everywhere."""
