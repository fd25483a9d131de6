"""Reading rules of intake, every problem told at once with its path."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import attrs

from jobkit.codes import CodeList
from jobkit.conditions import Condition, Leaf, Vocabulary
from jobkit.documents import read_toml, structure, thaw, unstructure
from jobkit.errors import Invalid
from jobkit.findings import Finding
from jobkit.intake import _words as words
from jobkit.intake._check import problems_of
from jobkit.intake._form_load import load_forms
from jobkit.intake._kinds import lookup_kind
from jobkit.intake._lookups import Prepared, lookup_words
from jobkit.intake._values import IntakeData, ListData, LookUp, PackageData
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, join
from jobkit.registry import Registry
from jobkit.requirements import Package, Requirements, code_kind
from jobkit.versions import Version, Versions

T = TypeVar("T")

START: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Since when a version is in force that says nothing of it."""


@attrs.frozen(kw_only=True)
class Bench:
    """What rules are read with: the facts there are and the names that the host registered."""

    words: Vocabulary
    registry: Registry

    def condition(self, rule: Any, path: str) -> Condition:
        """Load a condition, refused with its place."""
        return Condition.load(rule if isinstance(rule, Leaf) else thaw(rule), self.words, self.registry, path)

    def package(self, data: Requirements, path: str) -> Package:
        """Load a package, refused with its place."""
        return Package.load(data, self.words, self.registry, path)


@attrs.define
class Reading:
    """Everything that is wrong, gathered while reading goes on."""

    path: str
    problems: list[Finding] = attrs.field(factory=list)

    def tried(self, otherwise: T, read: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Return what *read* returns; what it refuses is remembered, and *otherwise* returned."""
        try:
            return read(*args, **kwargs)
        except Invalid as error:
            self.problems += error.findings
            return otherwise

    def place(self, group: str, key: str) -> str:
        """Return the path of one item of a group."""
        return join(f"{self.path}.{group}", Item(key))


def loaded(
    source: str | Mapping[str, Any] | IntakeData,
    vocabulary: Vocabulary,
    registry: Registry,
    codes: Mapping[str, Versions[CodeList]],
    types: Collection[str],
    path: str,
) -> dict[str, Any]:
    """Read all parts of the rules; everything that is wrong with them is refused at once."""
    data = _structured(source, path)
    reading = Reading(path)
    lists = _lists(data, codes, reading)
    bench = _bench(data, vocabulary, registry, lists, reading)
    parts = {
        "data": data,
        "bench": bench,
        "lists": lists,
        "packages": _packages(data, bench, reading),
        "lookups": _lookups(data, bench, reading),
        "promoted_when": _condition(data.promotion.when, bench, f"{path}.promotion.when", reading),
        "forms": load_forms(data, vocabulary, registry, path, reading.problems),
    }
    _read_accounts(data, bench, reading)
    reading.problems += problems_of(data, types, path)
    if reading.problems:
        raise Invalid(reading.problems)
    return parts


def _structured(source: str | Mapping[str, Any] | IntakeData, path: str) -> IntakeData:
    if isinstance(source, IntakeData):
        return structure(IntakeData, unstructure(source), path)
    return structure(IntakeData, read_toml(source) if isinstance(source, str) else source, path)


def _condition(rule: Any, bench: Bench, place: str, reading: Reading) -> Condition | None:
    return None if rule is None else reading.tried(None, bench.condition, rule, place)


def _lists(
    data: IntakeData, given: Mapping[str, Versions[CodeList]], reading: Reading
) -> Mapping[str, Versions[CodeList]]:
    """Return the code lists by id, in their versions; one that is wrong stands there without codes."""
    by_id: dict[str, list[Version[CodeList]]] = {}
    for each in data.lists:
        built = reading.tried(CodeList(id=each.id, codes=()), _list, each, reading.place("lists", each.key))
        by_id.setdefault(each.id, []).append(Version(each.effective_from or START, each.version, built))
    place = f"{reading.path}.lists"
    reading.problems += (Finding.of(words.LIST_TWICE, path=place, list=id) for id in by_id if id in given)
    return FrozenMap({**given, **{id: _dated(each, place, reading) for id, each in by_id.items()}})


def _dated(versions: list[Version[T]], place: str, reading: Reading) -> Versions[T]:
    return reading.tried(Versions(versions[:1]), Versions, versions, path=place)


def _list(each: ListData, place: str) -> CodeList:
    try:
        return CodeList(id=each.id, version=each.version, codes=each.codes, leaves_only=each.leaves_only)
    except Invalid as error:
        raise Invalid(found.at(place + found.path[1:]) for found in error.findings) from error


def _bench(
    data: IntakeData,
    vocabulary: Vocabulary,
    registry: Registry,
    lists: Mapping[str, Versions[CodeList]],
    reading: Reading,
) -> Bench:
    """Return what conditions are read with; where facts cannot be declared, any name will do for now."""
    nothing, before = Vocabulary.of({}), len(reading.problems)
    told = reading.tried(nothing, Vocabulary.of, data.facts, path=f"{reading.path}.facts")
    declared = {
        each.id: reading.tried(
            nothing, Vocabulary.of, each.facts, path=f"{reading.place('lookups', each.id)}.facts"
        )
        for each in data.lookups
    }
    kinds = {
        "code": code_kind(lists),
        "lookup": lookup_kind(FrozenMap({each.id: each for each in data.lookups})),
    }
    whole = vocabulary | told | lookup_words(declared)
    return Bench(
        words=whole if len(reading.problems) == before else Vocabulary.open(),
        registry=reading.tried(registry, registry.with_, "requirement", kinds),
    )


def _packages(data: IntakeData, bench: Bench, reading: Reading) -> Mapping[str, Versions[PackageData]]:
    """Return the packages in their versions, by the job types they are for and by `#` with their id."""
    by_id: dict[str, list[PackageData]] = {}
    for each in data.packages:
        by_id.setdefault(each.id, []).append(each)
        own = Requirements(id=each.id, version=each.version, requirements=each.requirements)
        reading.tried(None, bench.package, own, reading.place("packages", each.key))
    found: dict[str, Versions[PackageData]] = {}
    for id, packages in by_id.items():
        dated = [Version(each.effective_from or START, each.version, each) for each in packages]
        names = (f"#{id}", *(name for each in packages for name in each.types))
        found |= dict.fromkeys(names, _dated(dated, f"{reading.path}.packages", reading))
    return FrozenMap(found)


def _read_accounts(data: IntakeData, bench: Bench, reading: Reading) -> None:
    for account in data.accounts:
        added = Requirements(id=account.id, version=account.version, requirements=account.add)
        reading.tried(None, bench.package, added, reading.place("accounts", account.key))


def _lookups(data: IntakeData, bench: Bench, reading: Reading) -> tuple[Prepared, ...]:
    read = (_lookup(each, bench, reading) for each in data.lookups)
    return tuple(each for each in read if each is not None)


def _lookup(data: LookUp, bench: Bench, reading: Reading) -> Prepared | None:
    place = reading.place("lookups", data.id)
    nobody: Any = None
    ask = reading.tried(nobody, _registered, data.name, bench.registry, f"{place}.call")
    asked = (Leaf(field=field, operator="known", value=True) for field in data.needs)
    needs = [reading.tried(None, bench.condition, leaf, f"{place}.needs") for leaf in asked]
    passed = _condition(data.passed_when, bench, f"{place}.passed_when", reading)
    refused = _condition(data.refused_when, bench, f"{place}.refused_when", reading)
    return (
        None
        if ask is None
        else Prepared(
            data=data,
            ask=ask,
            declared=FrozenMap(_declared(data)),
            needs=tuple(need for need in needs if need is not None),
            passed=passed,
            refused=refused,
        )
    )


def _registered(name: str, registry: Registry, place: str) -> Any:
    return registry.find("lookup", name, place)


def _declared(data: LookUp) -> Vocabulary:
    """Return what a look-up declares; what is wrong with it was told before."""
    try:
        return Vocabulary.of(data.facts)
    except Invalid:
        return Vocabulary.of({})
