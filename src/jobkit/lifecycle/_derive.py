"""One lifecycle derived from another: what is added, removed, overridden, and when the base changes."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from jobkit.documents import freeze, thaw
from jobkit.findings import Finding, Template
from jobkit.lifecycle._definition import Definition
from jobkit.lifecycle._load import read_definition, read_tables
from jobkit.lifecycle._read import (
    Problems,
    item_path,
    map_of,
    name,
    near,
    plain,
    shape,
    table,
    text,
    tuple_of,
)
from jobkit.mappings import EMPTY

OTHER_BASE = Template(
    "lifecycle.other_base",
    "The changes are for {wanted}, and the base given is {given}.",
    "Give the base {wanted}, or rebase the changes on {given}.",
)
ALREADY_THERE = Template(
    "lifecycle.already_there",
    "{place} is added, and the base has it already.",
    "Override it instead, or give it another name.",
)
NOT_IN_BASE = Template(
    "lifecycle.not_in_base",
    "{place} names {name}, which the base does not have.",
    "Take it out, or use one of: {near}.",
)
GONE = Template(
    "lifecycle.base_gone",
    "{place} builds on {name}, which is gone from {base}.",
    "Take it out of the changes, or add {name} in full.",
)
TAKEN = Template(
    "lifecycle.base_taken",
    "{place} adds {name}, which {base} now has itself.",
    "Override {name} instead, or take it out of the changes.",
)
CLASHES = Template(
    "lifecycle.base_clashes",
    "{place} overrides {keys} of {name}, and {base} has altered the same.",
    "Compare both, and write {keys} as it should be now.",
)
ALTERED = Template(
    "lifecycle.base_altered",
    "{base} has altered {keys} of {name}, on which {place} builds.",
    "Look whether the change still fits.",
)

_KINDS: Final = ("states", "transitions", "reasons", "facts")
_NAMES: Final = tuple_of(text)
_ADD: Final = shape(states=plain, transitions=plain, reasons=plain, facts=plain, roles=_NAMES)
_REMOVE: Final = shape(states=_NAMES, transitions=_NAMES, reasons=_NAMES, facts=_NAMES, roles=_NAMES)
_OVERRIDE: Final = shape(
    states=map_of(plain), transitions=map_of(plain), reasons=map_of(plain), facts=map_of(plain)
)

Parts = dict[str, Any]
"""What a definition's data lists by name: its states, transitions, reasons or facts."""


def _section(keys: Any) -> Callable[[Any, str, Problems], Any]:
    return lambda value, path, problems: table(value, path, problems, keys)


_CHANGES: Final = shape(
    id=name,
    version=text,
    base=text,
    add=_section(_ADD),
    remove=_section(_REMOVE),
    override=_section(_OVERRIDE),
    required=["id", "version", "base"],
)


@attrs.frozen(kw_only=True)
class Changes:
    """
    What makes one lifecycle out of another: `add`, `remove` and `override` tables on a `base` (id@version).

    `add` holds new states, transitions, reasons, facts and roles as a lifecycle does; `remove` lists names;
    `override` holds, by name, the keys that are replaced, and in `drop` those that are taken away.
    """

    id: str
    version: str
    base: str
    add: Mapping[str, Any] = attrs.field(default=EMPTY, converter=freeze)
    remove: Mapping[str, Any] = attrs.field(default=EMPTY, converter=freeze)
    override: Mapping[str, Any] = attrs.field(default=EMPTY, converter=freeze)

    @classmethod
    def load(cls, source: str | Path | Mapping[str, Any]) -> "Changes":
        """Read changes from a TOML or JSON file, their text, or tables; refuses what is not of that shape."""
        problems = Problems()
        read = table(read_tables(source), "$", problems, _CHANGES)
        problems.check()
        return cls(**(read or {}))

    def to_data(self) -> dict[str, Any]:
        """Return the changes as a document that loads back to the same value."""
        tables = {"add": thaw(self.add), "remove": thaw(self.remove), "override": thaw(self.override)}
        kept = {key: value for key, value in tables.items() if value}
        return {"id": self.id, "version": self.version, "base": self.base, **kept}


def derive(base: Definition, changes: Changes) -> Definition:
    """
    Return the definition that *changes* make of *base*; building a lifecycle of it checks it in full.

    Refused are another base than the changes name, adding what is there, removing or overriding what is not.
    """
    problems = Problems()
    if changes.base != reference(base):
        problems.add(OTHER_BASE, "$.base", wanted=changes.base, given=reference(base))
    data = base.to_data()
    parts = {kind: _derived(kind, _parts(data, kind), changes, problems) for kind in _KINDS}
    problems.check()
    roles = [*base.roles, *changes.add.get("roles", ())]
    made = {
        **data,
        **{kind: parts[kind] for kind in ("states", "reasons", "facts")},
        "transitions": list(parts["transitions"].values()),
        "roles": [role for role in roles if role not in changes.remove.get("roles", ())],
        "id": changes.id,
        "version": changes.version,
        "base": changes.base,
    }
    definition = read_definition(made, problems)
    problems.check()
    return definition


def reference(definition: Definition) -> str:
    """Return how changes name a definition as their base: id@version."""
    return f"{definition.id}@{definition.version}"


def _parts(data: Mapping[str, Any], kind: str) -> Parts:
    found = thaw(data.get(kind, {}))
    if isinstance(found, Mapping):
        return dict(found)
    return {_id_of(item): item for item in found}


def _id_of(transition: Any) -> str:
    if not isinstance(transition, Mapping):
        return ""
    return str(transition.get("id") or transition.get("trigger") or "")


def _derived(kind: str, parts: Parts, changes: Changes, problems: Problems) -> Parts:
    added = _parts(changes.add, kind)
    for each in added:
        if each in parts:
            problems.add(ALREADY_THERE, item_path(f"$.add.{kind}", each))
    removed = changes.remove.get(kind, ())
    overridden = changes.override.get(kind, EMPTY)
    for table_name, names in (("remove", removed), ("override", overridden)):
        for each in names:
            if each not in parts:
                place = item_path(f"$.{table_name}.{kind}", each)
                problems.add(NOT_IN_BASE, place, name=each, near=near(each, parts))
    kept = {
        each: _overridden(part, thaw(overridden[each])) if each in overridden else part
        for each, part in parts.items()
        if each not in removed
    }
    return {**kept, **{each: _with_id(kind, each, part) for each, part in added.items()}}


def _overridden(part: Any, change: Any) -> Any:
    if not isinstance(part, Mapping) or not isinstance(change, Mapping):
        return change
    dropped = _dropped(change)
    merged = {**part, **{key: value for key, value in change.items() if key != "drop"}}
    return {key: value for key, value in merged.items() if key not in dropped}


def _dropped(change: Mapping[str, Any]) -> tuple[Any, ...]:
    names = change.get("drop", ())
    return tuple(names) if isinstance(names, (list, tuple)) else (names,)


def _with_id(kind: str, id: str, part: Any) -> Any:
    return {"id": id, **part} if kind == "transitions" and isinstance(part, Mapping) else part


def rebase(changes: Changes, old: Definition, new: Definition) -> tuple[Finding, ...]:
    """
    Tell what becomes of *changes* when their base goes from *old* to *new*.

    What they remove or override and is gone, what they add and is taken, and keys that both have changed
    block; what the base has altered beside them is a warning.
    """
    before, after, base = old.to_data(), new.to_data(), reference(new)
    return tuple(
        finding
        for kind in _KINDS
        for finding in _rebased(kind, changes, _parts(before, kind), _parts(after, kind), base)
    )


def _rebased(kind: str, changes: Changes, before: Parts, after: Parts, base: str) -> Iterator[Finding]:
    for each in _parts(changes.add, kind):
        if each in after:
            yield _on(TAKEN, "add", kind, each, base)
    for each in changes.remove.get(kind, ()):
        yield from _shifted("remove", kind, each, (before, after), (), base)
    for each, change in changes.override.get(kind, EMPTY).items():
        keys = (
            (*(key for key in change if key != "drop"), *_dropped(change))
            if isinstance(change, Mapping)
            else ()
        )
        yield from _shifted("override", kind, each, (before, after), keys, base)


def _shifted(
    table_name: str, kind: str, each: str, parts: tuple[Parts, Parts], keys: tuple[Any, ...], base: str
) -> Iterator[Finding]:
    before, after = (part.get(each) for part in parts)
    if after is None:
        yield _on(GONE, table_name, kind, each, base)
        return
    altered = _altered(before, after)
    clashing = [key for key in altered if key in keys or not isinstance(after, Mapping)]
    if table_name == "override" and clashing:
        yield _on(CLASHES, table_name, kind, each, base, keys=clashing)
    beside = [key for key in altered if key not in clashing or table_name == "remove"]
    if beside:
        yield attrs.evolve(_on(ALTERED, table_name, kind, each, base, keys=beside), severity="warn")


def _altered(before: Any, after: Any) -> list[str]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return [] if before == after else ["all"]
    return [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]


def _on(words: Template, table_name: str, kind: str, each: str, base: str, **more: Any) -> Finding:
    place = item_path(f"$.{table_name}.{kind}", each)
    return Finding.of(words, path=place, place=place, name=each, base=base, **more)
