"""What a condition may name: `job.*` and `actor.*` read off the values, other namespaces declared by hand."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from inspect import getmembers
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

import attrs

from jobkit.conditions import FactSpec, Kind, Vocabulary
from jobkit.fields import FieldSpec
from jobkit.model import Actor, Job
from jobkit.privacy import Erased, Redacted

__all__ = [
    "FactSpec",
    "Vocabulary",
    "actor_facts",
    "declare",
    "field_facts",
    "gather",
    "job_facts",
    "read_off",
]

_SCALARS: Final[Mapping[Any, Kind]] = {
    str: "text", int: "integer", bool: "bool", Decimal: "decimal", float: "float",
    datetime: "instant", timedelta: "duration", Any: "any",
}  # fmt: skip
_PRIVATE: Final = frozenset({Redacted, Erased})
_NOT_OF_EVERY_JOB: Final = ("job.fields", "job.clocks")


def read_off(type_: type[Any], root: str) -> Vocabulary:
    """
    Return the facts that values of an attrs class offer, by its annotations, under the name *root*.

    >>> read_off(Actor, "actor")["actor.role"].kind
    'text'
    """
    return Vocabulary(dict(_class_facts(type_, root)))


@lru_cache(maxsize=1)
def job_facts() -> Vocabulary:
    """
    Return the facts of every job, `job.*`, except the fields that its type adds and the clocks it carries.

    Conditions ask of clocks by `clock.*`: the states that a job carries say nothing without a calendar.
    """
    facts = dict(read_off(Job, "job"))
    return Vocabulary({path: spec for path, spec in facts.items() if not path.startswith(_NOT_OF_EVERY_JOB)})


@lru_cache(maxsize=1)
def actor_facts() -> Vocabulary:
    """Return the facts of whoever acts, `actor.*`."""
    return read_off(Actor, "actor")


def declare(
    facts: Mapping[str, str | FactSpec] | None = None,
    *,
    fields: Mapping[str, str | FactSpec] | Iterable[FieldSpec] = (),
    path: str = "$",
) -> Vocabulary:
    """
    Return `job.*` with the *fields* that its type adds, `actor.*`, and further *facts* (`host.weather`).

    Unknown kinds and unwritable names are refused, all at once.

    >>> words = declare({"host.weather": "code"}, fields={"serial": "text"})
    >>> words.find("job.fields.serial").kind, words.find("job.visits[v1].planned.start").kind
    ('text', 'instant')
    """
    named = fields if isinstance(fields, Mapping) else field_facts(fields)
    added = {f"job.fields.{name}": spec for name, spec in named.items()}
    return job_facts() | actor_facts() | Vocabulary.of({**added, **(facts or {})}, path=path)


def field_facts(fields: Iterable[FieldSpec]) -> dict[str, FactSpec]:
    """
    Return what conditions may ask of a job type's own *fields*, by their names.

    >>> field_facts([FieldSpec(name="serial", type="text")])["serial"].kind
    'text'
    """
    return {
        field.name: FactSpec(kind=field.type, item=field.item, private=field.private, label=field.label)
        for field in fields
    }


def gather(job: Job, by: Actor | None = None, **namespaces: Any) -> dict[str, Any]:
    """Return the facts that conditions are asked about: the job, who acts, and the host's own namespaces."""
    return {"job": job, "actor": by, **namespaces}


def _class_facts(type_: type[Any], path: str) -> Iterable[tuple[str, FactSpec]]:
    hints = get_type_hints(type_)
    for field in attrs.fields(type_):
        yield from _facts(hints[field.name], f"{path}.{field.name}")
    for name, member in getmembers(type_, lambda member: isinstance(member, property)):
        yield from _facts(get_type_hints(member.fget).get("return", Any), f"{path}.{name}")


def _facts(hint: Any, path: str) -> Iterable[tuple[str, FactSpec]]:
    """Yield what a value annotated with *hint* offers at *path*, and below."""
    inner = _without_none(hint)
    origin, arguments = get_origin(inner), get_args(inner)
    if attrs.has(inner):
        yield path, FactSpec(kind="group")
        yield from _class_facts(inner, path)
    elif origin is tuple:
        yield from _many("list", arguments[0], path)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from _many("map", arguments[1], path)
    else:
        yield path, _scalar(inner)


def _many(kind: Kind, item: Any, path: str) -> Iterable[tuple[str, FactSpec]]:
    if attrs.has(item):
        yield path, FactSpec(kind=kind)
        yield from _facts(item, f"{path}[]")
        return
    spec = _scalar(_without_none(item))
    yield path, attrs.evolve(spec, kind=kind, item=cast(Any, spec.kind))


def _scalar(hint: Any) -> FactSpec:
    if get_origin(hint) is Literal:
        return FactSpec(kind="code", choices=get_args(hint))
    if _members(hint) - {NoneType} == _PRIVATE:
        return FactSpec(kind="text", private=True)
    return FactSpec(kind=_SCALARS.get(hint, "any"))


def _members(hint: Any) -> frozenset[Any]:
    return frozenset(get_args(hint)) if get_origin(hint) in (Union, UnionType) else frozenset({hint})


def _without_none(hint: Any) -> Any:
    members = tuple(one for one in _members(hint) if one is not NoneType)
    return members[0] if len(members) == 1 else hint
