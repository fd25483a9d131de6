"""A package of requirements as JSON Schema 2020-12, with a list of what no schema can say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import attrs

from jobkit.conditions import Condition
from jobkit.fields import FieldSpec
from jobkit.instants import utc, write_instant
from jobkit.mappings import EMPTY
from jobkit.paths import parse
from jobkit.registry import guarded
from jobkit.requirements._kinds import Question, Worded
from jobkit.requirements._package import Package, Rule
from jobkit.requirements._requirement import Requirement
from jobkit.requirements._schema_conditions import Translator
from jobkit.requirements._schema_fields import Codes, beyond_field, field_schema
from jobkit.requirements._schema_parts import (
    SAYINGS,
    Beyond,
    Beyond_,
    Schema,
    Told,
    negated,
)
from jobkit.versions import Versions

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@attrs.frozen(kw_only=True)
class Rest:
    """
    What the schema does not say of a requirement or, with its path, of a field.

    With `expressed`, the schema says it all the same, and only more strictly than the library: a waiver or
    another spelling may let pass what the schema refuses.
    """

    id: str
    reason: Beyond_
    said: str
    expressed: bool = False


@attrs.frozen(kw_only=True)
class SchemaExport:
    """
    A JSON Schema, the requirements that it says, and the rest that only the library can judge.

    `until` is the next instant at which a requirement or code list begins or ceases to be in force.
    """

    schema: dict[str, Any]
    expressed: tuple[str, ...]
    rest: tuple[Rest, ...]
    until: datetime | None = None


def json_schema(
    package: Package,
    *,
    at: datetime,
    fields: Iterable[FieldSpec] = (),
    codes: Codes = EMPTY,
    stage: str | None = None,
    root: str | None = "job",
) -> SchemaExport:
    """
    Return what *package* asks for at an instant as a JSON Schema 2020-12 of a plain document.

    The document is what stands under *root* among the facts, or the facts themselves if it is None; the
    *fields* of a job's type stand in it under `fields`, checked against the *codes* in force. Only what
    blocks restricts. A document is valid exactly when no expressed requirement and no field blocks it;
    where it is unknown whether a requirement applies, it does. A code list that is not there and a naive
    instant are refused.

    >>> asset = {"id": "asset", "field": "job.subject.asset"}
    >>> package = Package.load({"id": "intake", "requirements": [asset]})
    >>> from datetime import UTC
    >>> told = json_schema(package, at=datetime(2026, 3, 10, tzinfo=UTC))
    >>> told.schema["allOf"][0]["required"], told.expressed, told.rest
    (['subject'], ('asset',), ())
    """
    now, specs = utc(at, "at"), tuple(fields)
    asked = [rule for rule in package.rules if _asked(rule.requirement, stage)]
    rules = [rule for rule in asked if rule.requirement.in_force(now)]
    translator = Translator(root, package.workshop.vocabulary)
    told = [(rule.requirement, _restriction(rule, translator, now)) for rule in rules]
    parts = [(one, part) for one, part in told if not isinstance(part, Beyond)]
    schema = _head(package, now)
    _merge(schema, _labels((rule.requirement for rule in rules), root))
    _merge(schema, _field_schemas(specs, codes, now))
    if parts:
        schema["allOf"] = [_described(one, part) for one, part in parts]
    return SchemaExport(
        schema=schema,
        expressed=tuple(one.id for one, _ in parts),
        rest=(*_rest(told), *_rest_of_fields(specs)),
        until=_until((rule.requirement for rule in asked), codes, now),
    )


def _asked(requirement: Requirement, stage: str | None) -> bool:
    return stage is None or requirement.stage in (None, stage)


def _restriction(rule: Rule, translator: Translator, now: datetime) -> Schema | Beyond:
    """Return the schema of documents that the requirement lets pass, or why there is none."""
    if rule.requirement.severity != "block":
        return Beyond("severity", rule.requirement.severity)
    met = _asked_of(rule.question, rule.requirement, translator, now)
    applies = None if rule.applies is None else _asked_of(rule.applies, rule.requirement, translator, now)
    if isinstance(met, Beyond):
        return met
    if isinstance(applies, Beyond):
        return applies
    return met.true if applies is None else _conditional(applies.false, met.true)


def _asked_of(question: Question, requirement: Requirement, translator: Translator, now: datetime) -> Told:
    inner = question.question if isinstance(question, Worded) else question
    if isinstance(inner, Condition):
        return translator.told(inner.node)
    node_at = getattr(inner, "node_at", None)
    if node_at is None:
        return Beyond("kind", requirement.kind_name)
    return translator.told(guarded("requirement kind", requirement.kind_name, node_at, now))


def _conditional(idle: Schema, met: Schema) -> Schema:
    """
    Return the schema of what is idle or met.

    `if` also fires where a property is absent; so it asks whether the requirement surely does not apply.
    """
    applies = negated(idle)
    if applies is True or met is True:
        return met
    return {"if": applies, "then": met} if applies is not False else True


def _described(requirement: Requirement, part: Schema) -> dict[str, Any]:
    """Return the part with its name, so that a validator's error tells which requirement refused."""
    said = requirement.message or (str(requirement.help) if requirement.help else None)
    words = {"title": requirement.label or requirement.id, "x-jobkit-requirement": requirement.source}
    inner = part if isinstance(part, dict) else {} if part else {"not": {}}
    return {**words, **({"description": said} if said else {}), **inner}


def _head(package: Package, now: datetime) -> dict[str, Any]:
    told = {"id": package.id, "version": package.data.version, "digest": package.digest}
    return {
        "$schema": DIALECT,
        "$id": f"urn:jobkit:requirements:{quote(package.id, safe='')}:{quote(package.data.version, safe='')}",
        "title": package.id,
        "x-jobkit-package": told,
        "x-jobkit-at": write_instant(now),
        "type": "object",
    }


def _labels(requirements: Iterable[Requirement], root: str | None) -> dict[str, Any]:
    """Return what a form shows beside the fields that requirements name; it restricts nothing."""
    tree: dict[str, Any] = {}
    for requirement in requirements:
        names = _names(requirement.field, root)
        words = {"title": requirement.label, "description": str(requirement.help or "")}
        told: dict[str, Any] = {name: word for name, word in words.items() if word}
        for name in reversed(names if told else ()):
            told = {"properties": {name: told}}
        _merge(tree, told if names else {})
    return tree


def _names(field: str | None, root: str | None) -> tuple[str, ...]:
    steps = () if field is None else parse(field)
    below = steps if root is None else steps[1:] if steps[:1] == (root,) else ()
    return tuple(step for step in below if isinstance(step, str)) if all(map(_is_name, below)) else ()


def _is_name(step: object) -> bool:
    return isinstance(step, str)


def _field_schemas(specs: Sequence[FieldSpec], codes: Codes, now: datetime) -> dict[str, Any]:
    if not specs:
        return {}
    required = [spec.name for spec in specs if spec.required]
    inner: dict[str, Any] = {
        "type": "object" if required else ["object", "null"],
        "properties": {spec.name: field_schema(spec, codes, now) for spec in specs},
        "additionalProperties": False,
    }
    if not required:
        return {"properties": {"fields": inner}}
    return {"properties": {"fields": {**inner, "required": required}}, "required": ["fields"]}


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _rest(told: Iterable[tuple[Requirement, Schema | Beyond]]) -> Iterator[Rest]:
    for requirement, part in told:
        if isinstance(part, Beyond):
            yield _left(requirement.id, part)
        elif requirement.waivers:
            yield _left(requirement.id, Beyond("waiver", ", ".join(requirement.waivers)), expressed=True)


def _rest_of_fields(specs: Iterable[FieldSpec]) -> Iterator[Rest]:
    for spec in specs:
        for beyond in beyond_field(spec):
            yield _left(f"fields.{spec.name}", beyond, expressed=beyond.reason == "spelling")


def _left(id: str, beyond: Beyond, *, expressed: bool = False) -> Rest:
    said = f"{id}: {SAYINGS[beyond.reason].format(what=beyond.what)}."
    return Rest(id=id, reason=beyond.reason, said=said, expressed=expressed)


def _until(requirements: Iterable[Requirement], codes: Codes, now: datetime) -> datetime | None:
    turns = [end for one in requirements for end in (one.effective_from, one.effective_to) if end is not None]
    turns += [
        each.effective_from for list_ in codes.values() if isinstance(list_, Versions) for each in list_
    ]
    return min((turn for each in turns if (turn := utc(each)) > now), default=None)
