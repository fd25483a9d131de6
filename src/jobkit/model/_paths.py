"""Changing, reading and comparing values by path; every change of a job goes this way."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from jobkit.documents import Wire
from jobkit.errors import Invalid
from jobkit.mappings import EMPTY
from jobkit.model._job import Job
from jobkit.model._shapes import Changes, Record, Shape, shape_of
from jobkit.paths import Item, Step, parse, write
from jobkit.privacy import Redacted

T = TypeVar("T")


def put(value: T, path: str, wire: Wire) -> T:
    """
    Return *value* with the plain data *wire* at *path*; None takes away what stands there.

    List items go by id: an item is added, replaced or taken away as a whole, or changed below its id. A path
    that leads nowhere and data of the wrong type are refused.

    >>> from jobkit.model import Visit
    >>> put(Visit(id="v1"), "$.outcome", "no_access").outcome
    'no_access'
    """
    changed: T = put_all(value, ((path, wire),))
    return changed


def put_all(value: T, changes: Iterable[tuple[str, Wire]], **fields: Any) -> T:
    """
    Return *value* with every change made in order, and the named *fields* set to values as they are.

    One new value is made for all of them; the first change that cannot be made is refused.
    """
    shape = _record(type(value))
    values = shape.values_of(value)
    for path, wire in changes:
        try:
            _put(shape, values, parse(path), wire)
        except Invalid as error:
            raise _placed(error, path) from error
    for name, field in fields.items():
        values[shape.places[name]] = field
    changed: T = shape.build(values)
    return changed


def _put(shape: Record, values: list[Any], steps: tuple[Step, ...], wire: Wire) -> None:
    if not steps:
        values[:] = shape.values_of(shape.read(wire))
        return
    place = shape.place_of(steps[0])
    values[place] = shape.put_in(place, values[place], steps, 1, wire)


def _record(kind: type) -> Record:
    shape = shape_of(kind)
    if not isinstance(shape, Record):
        raise TypeError(f"{kind.__name__} has no fields to change")
    return shape


def _placed(error: Invalid, path: str) -> Invalid:
    head = write(parse(path))
    return Invalid(finding.at(head + finding.path[1:]) for finding in error.findings)


def take(value: Any, path: str) -> Wire:
    """
    Return what stands at *path* as plain data; None where nothing stands.

    A path that leads nowhere is refused.

    >>> from jobkit.model import Visit
    >>> take(Visit(id="v1", crew=("t-9",)), "$.crew")
    ['t-9']
    """
    kind: Any = type(value)
    try:
        return shape_of(kind).take(value, parse(path), 0)
    except Invalid as error:
        raise _placed(error, path) if error.path == "$" else error from error


def changed(old: T, new: T) -> tuple[tuple[str, Wire, Wire], ...]:
    """
    Return the changes from *old* to *new* as (path, old, new): putting the new ones in order gives *new*.

    Fields are told one by one, list items by id, entries of a map and windows as a whole.

    >>> from jobkit.model import Visit
    >>> changed(Visit(id="v1"), Visit(id="v1", outcome="done", crew=("t-9",)))
    (('$.crew', [], ['t-9']), ('$.outcome', None, 'done'))
    """
    found: Changes = []
    _record(type(new)).compare(old, new, (), found)
    return tuple((write(steps), before, after) for steps, before, after in found)


def blank(job_id: str) -> Job:
    """Return the job before its first event: an id and nothing else; a history is folded onto it."""
    return Job(id=job_id, type="", states=EMPTY)


def hide(
    data: Wire,
    salts: Callable[[], str],
    *,
    path: str = "$",
    kind: type = Job,
    private: Collection[str] = (),
) -> Wire:
    """
    Return plain data in which text at every private place is a `Redacted` value with a salt of its own.

    *data* is what is to stand at *path* of a *kind*; *private* names the fields of the job's type that are
    private. The salts come from the caller: at least 16 random bytes each, as hex.

    >>> hide({"contacts": [{"id": "c1", "name": "Frieda"}]}, lambda: "00" * 16, path="$.subject")
    {'contacts': [{'id': 'c1', 'name': Redacted()}]}
    """
    steps = parse(path)
    if kind is Job and "fields" in steps[:1]:
        return _hide_fields(data, salts, steps[1:], private)
    hidden = _shape_at(shape_of(kind), steps, path).hide(data, salts)
    if kind is Job and not steps and isinstance(hidden, dict) and "fields" in hidden:
        hidden["fields"] = _hide_fields(hidden["fields"], salts, (), private)
    return hidden


def _shape_at(shape: Shape, steps: tuple[Step, ...], path: str) -> Shape:
    try:
        for step in steps:
            shape = shape.shape_below(step)
    except Invalid as error:
        raise _placed(error, path) from error
    return shape


def _hide_fields(
    data: Wire, salts: Callable[[], str], steps: tuple[Step, ...], private: Collection[str]
) -> Wire:
    if steps:
        name = steps[0].id if isinstance(steps[0], Item) else steps[0]
        return _hidden(data, salts) if name in private else data
    if not isinstance(data, dict):
        return data
    return {name: _hidden(item, salts) if name in private else item for name, item in data.items()}


def _hidden(item: Wire, salts: Callable[[], str]) -> Wire:
    return Redacted(item, salt=salts()) if type(item) is str else item
