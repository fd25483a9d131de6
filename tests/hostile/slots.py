"""Places within sound data, each with the door that reads it and must refuse what does not belong there."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from jobkit import presets
from jobkit.catalog import Catalog
from jobkit.codes import CodeList
from jobkit.conditions import Condition
from jobkit.documents import check_wire, freeze, structure
from jobkit.errors import Invalid
from jobkit.fields import FieldSpec, FieldType
from jobkit.history import read_event
from jobkit.lifecycle import Changes, Lifecycle
from jobkit.model import Job, Visit
from jobkit.replay import LogMapping
from jobkit.requirements import Package

Enter = Callable[[Any], object]

LIFECYCLES: Final = tuple(presets.after_sales().values())
WAY: Final[Mapping[str, Any]] = {"trigger": "go", "from": "here", "to": "there"}
STATE: Final[Mapping[str, Any]] = {"category": "open", "initial": True}
ORDER: Final[Mapping[str, Any]] = {
    "id": "order",
    "version": "1",
    "states": {"here": STATE, "there": {"category": "closed", "end": "closed"}},
    "transitions": [WAY],
}
TYPE: Final[Mapping[str, Any]] = {"lifecycles": ["after-sales"]}
CATALOG: Final[Mapping[str, Any]] = {"id": "c", "version": "1", "types": {"t": TYPE}}
CALENDAR: Final[Mapping[str, Any]] = {"zone": "Europe/Berlin", "weekly": {"mon": "08:00-12:00"}}
EVENT: Final[Mapping[str, Any]] = {
    "id": "e1",
    "job_id": "J-1",
    "kind": "noted",
    "actor": {"id": "tom"},
    "occurred_at": "2026-03-10T08:00:00.000000Z",
    "recorded_at": "2026-03-10T08:00:00.000000Z",
    "format": 1,
}
MAPPING: Final[Mapping[str, Any]] = {"case": "id", "time": "time", "state": "state"}


def lifecycle(**changes: Any) -> Lifecycle:
    """Load the order with some of its keys replaced."""
    return Lifecycle.load({**ORDER, **changes})


def state(**changes: Any) -> Lifecycle:
    """Load the order with some keys of its first state replaced."""
    return lifecycle(states={**ORDER["states"], "here": {**STATE, **changes}})


def way(**changes: Any) -> Lifecycle:
    """Load the order with some keys of its transition replaced."""
    return lifecycle(transitions=[{**WAY, **changes}])


def package(**requirement: Any) -> Package:
    """Load a package of one requirement."""
    return Package.load({"id": "p", "requirements": [{"id": "r", "field": "a", **requirement}]})


def catalog(**changes: Any) -> Catalog:
    """Load the catalog with some of its keys replaced."""
    return Catalog.load({**CATALOG, **changes}, lifecycles=LIFECYCLES)


def job_type(**changes: Any) -> Catalog:
    """Load the catalog with some keys of its job type replaced."""
    return catalog(types={"t": {**TYPE, **changes}})


def event(**changes: Any) -> object:
    """Read the event with some of its keys replaced."""
    return read_event({**EVENT, **changes})


def mapping(**changes: Any) -> LogMapping:
    """Structure the mapping of a log with some of its keys replaced."""
    return structure(LogMapping, {**MAPPING, **changes})


def field(kind: FieldType) -> Enter:
    """Return the door of a field of one type: its findings, raised."""
    least = Decimal(0) if kind in ("integer", "decimal", "float") else None
    spec = FieldSpec(name="a", type=kind, minimum=least)

    def enter(value: Any) -> object:
        if found := spec.check(value, "$.a"):
            raise Invalid(found)
        return value

    return enter


WHOLE: Final[Mapping[str, Enter]] = {
    "Lifecycle.load": Lifecycle.load,
    "Changes.load": Changes.load,
    "Package.load": Package.load,
    "Catalog.load": lambda value: Catalog.load(value, lifecycles=LIFECYCLES),
}
"""Doors that take a table as a whole; another kind is a wrong argument."""

PLAIN: Final[Mapping[str, Enter]] = {
    "check_wire": check_wire,
    "freeze": freeze,
}
"""Doors that take any plain data, and tell only what is none."""

SLOTS: Final[Mapping[str, Enter]] = {
    "id of a lifecycle": lambda value: lifecycle(id=value),
    "version of a lifecycle": lambda value: lifecycle(version=value),
    "base of a lifecycle": lambda value: lifecycle(base=value),
    "facts of a lifecycle": lambda value: lifecycle(facts=value),
    "kind of a fact": lambda value: lifecycle(facts={"ready": value}),
    "roles of a lifecycle": lambda value: lifecycle(roles=value),
    "reasons of a lifecycle": lambda value: lifecycle(reasons=value),
    "states": lambda value: lifecycle(states=value),
    "a state": lambda value: lifecycle(states={"here": value}),
    "parent of a state": lambda value: state(parent=value),
    "fields of a state": lambda value: state(fields=value),
    "flag of a field": lambda value: state(fields={"note": value}),
    "limit of a state": lambda value: state(limit=value),
    "age in a limit": lambda value: state(limit={"after": value}),
    "transitions": lambda value: lifecycle(transitions=value),
    "a transition": lambda value: lifecycle(transitions=[value]),
    "sources": lambda value: way(**{"from": value}),
    "target": lambda value: way(to=value),
    "needs": lambda value: way(needs=value),
    "delay": lambda value: way(after=value),
    "order of a transition": lambda value: way(order=value),
    "guards": lambda value: way(guards=value),
    "a guard's condition": lambda value: way(guards=[{"id": "g", "when": value}]),
    "effects": lambda value: way(effects=value),
    "data of an effect": lambda value: way(effects=[{"name": "e", "data": value}]),
    "part of an effect's data": lambda value: way(effects=[{"name": "e", "data": {"a": value}}]),
    "a condition": Condition.load,
    "a condition's field": lambda value: Condition.load({"field": value, "is": 1}),
    "a condition's value": lambda value: Condition.load({"field": "a", "is": value}),
    "a condition's list": lambda value: Condition.load({"field": "a", "in": value}),
    "a condition's pattern": lambda value: Condition.load({"field": "a", "matches": value}),
    "a condition's age": lambda value: Condition.load({"field": "a", "older_than": value}),
    "a condition's parts": lambda value: Condition.load({"all": value}),
    "a condition's arguments": lambda value: Condition.load({"call": "x", "with": {"a": value}}),
    "requirements": lambda value: Package.load({"id": "p", "requirements": value}),
    "a requirement": lambda value: Package.load({"id": "p", "requirements": [value]}),
    "a requirement's kind": lambda value: package(kind=value),
    "a requirement's field": lambda value: package(field=value),
    "a requirement's condition": lambda value: package(condition=value),
    "a requirement's applicability": lambda value: package(applies_when=value),
    "a requirement's weight": lambda value: package(weight=value),
    "a requirement's beginning": lambda value: package(effective_from=value),
    "job types": lambda value: catalog(types=value),
    "a job type": lambda value: catalog(types={"t": value}),
    "lifecycles of a job type": lambda value: job_type(lifecycles=value),
    "unique fields of a job type": lambda value: job_type(unique_open=value),
    "fields of a job type": lambda value: job_type(fields=value),
    "type of a field": lambda value: job_type(fields=[{"name": "a", "type": value}]),
    "a field's pattern": lambda value: job_type(fields=[{"name": "a", "type": "text", "pattern": value}]),
    "queues": lambda value: catalog(queues=value),
    "a queue's condition": lambda value: catalog(queues={"q": {"owner": "o", "when": value}}),
    "a queue's order": lambda value: catalog(queues={"q": {"owner": "o", "order": value}}),
    "a calendar": lambda value: catalog(calendar=value),
    "a calendar's zone": lambda value: catalog(calendar={**CALENDAR, "zone": value}),
    "a calendar's hours": lambda value: catalog(calendar={**CALENDAR, "weekly": {"mon": value}}),
    "an event": read_event,
    "actor of an event": lambda value: event(actor=value),
    "changes of an event": lambda value: event(changes=value),
    "a change": lambda value: event(changes=[value]),
    "instant of an event": lambda value: event(occurred_at=value),
    "format of an event": lambda value: event(format=value),
    "place of an event": lambda value: event(seq=value),
    "rules of an event": lambda value: event(rules=value),
    "a visit": lambda value: structure(Visit, value),
    "a visit's window": lambda value: structure(Visit, {"id": "v", "planned": value}),
    "a job": lambda value: structure(Job, value),
    "a job's fields": lambda value: structure(Job, {"id": "j", "type": "t", "states": {}, "fields": value}),
    "a code list": lambda value: structure(CodeList, value),
    "a code": lambda value: structure(CodeList, {"id": "l", "codes": [{"id": value}]}),
    "a column of a log": lambda value: mapping(case=value),
    "states of a log": lambda value: mapping(states=value),
    "time format of a log": lambda value: mapping(time_format=value),
    "a field of text": field("text"),
    "a field of integers": field("integer"),
    "a field of decimals": field("decimal"),
    "a field of floats": field("float"),
    "a field of truths": field("bool"),
    "a field of instants": field("instant"),
    "a field of days": field("date"),
    "a field of durations": field("duration"),
}
"""One place each, where only one kind of value belongs."""

LOOSE: Final[Mapping[str, Enter]] = {
    "data of an event": lambda value: event(data={"a": value}),
    "data of an event of the oldest format": lambda value: read_event(
        {"format": 0, "id": "e", "job_id": "j", "kind": "k", "actor": "a", "at": EVENT["recorded_at"]}
        | {"data": {"a": value}}
    ),
    "new value of a change": lambda value: event(changes=[{"path": "$.a", "new": value}]),
}
"""Places whose text is judged when it is recorded: until then half a character may pass."""
