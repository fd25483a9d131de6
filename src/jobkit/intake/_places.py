"""Places on a job that a request may tell, and plain data put together from them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from jobkit.errors import Invalid
from jobkit.findings import Finding
from jobkit.intake._words import NO_PLACE
from jobkit.model import hide
from jobkit.paths import Item, Step, parse, write

TOLD: Final = ("subject", "work", "terms", "safety", "parts", "evidence", "fields")
"""The groups of fields in which people tell what a job is about."""


def field_name(path: str) -> str:
    """
    Return a path as people write it: without the root and without `job`.

    >>> field_name("$.subject.asset"), field_name("job.subject.asset")
    ('subject.asset', 'subject.asset')
    """
    return path.removeprefix("$").removeprefix(".").removeprefix("job.")


def steps_of(path: str) -> tuple[Step, ...]:
    """
    Return the steps of a path in their one form, whether it names the job or not.

    What stands under `fields` goes by its name in brackets. An unreadable path is refused.

    >>> steps_of("job.fields.size") == steps_of("$.fields[size]")
    True
    """
    steps = parse(field_name(path))
    if len(steps) > 1 and steps[0] == "fields" and isinstance(steps[1], str):
        return (steps[0], Item(steps[1]), *steps[2:])
    return steps


def place_of(path: str) -> str:
    """Return a path in its one form; an unreadable one is refused."""
    return write(steps_of(path))


def place_problems(field: str, path: str) -> tuple[Finding, ...]:
    """Return what keeps *field* from being a single place that a request may tell."""
    told = Finding.of(NO_PLACE, path=path, field=field[:60])
    try:
        steps = parse(field_name(field))
        if not steps or steps[0] not in TOLD or Item(None) in steps:
            return (told,)
        hide(None, str, path=write(steps))
    except Invalid:
        return (told,)
    return ()


def nested(values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """
    Put values by path together as plain data in the shape of a job; list items come about by their ids.

    >>> nested([("subject.asset", "press-7"), ("subject.contacts[c1].role", "site")])
    {'subject': {'asset': 'press-7', 'contacts': [{'id': 'c1', 'role': 'site'}]}}
    """
    whole: dict[str, Any] = {}
    for path, value in values:
        steps = parse(field_name(path))
        _put(whole, steps, value)
    return whole


def _put(here: dict[str, Any], steps: tuple[Step, ...], value: Any) -> None:
    name = _key(steps[0])
    if len(steps) == 1:
        here[name] = value
    elif isinstance(steps[1], Item) and name != "fields":
        _put_item(here.setdefault(name, []), steps[1:], value)
    else:
        _put(here.setdefault(name, {}), steps[1:], value)


def _put_item(items: list[Any], steps: tuple[Step, ...], value: Any) -> None:
    id = _key(steps[0])
    item = next((item for item in items if item.get("id") == id), None)
    if len(steps) == 1:
        whole = {"id": id, **value} if isinstance(value, Mapping) else value
        items[:] = [other for other in items if other is not item] + [whole]
        return
    if item is None:
        item = {"id": id}
        items.append(item)
    _put(item, steps[1:], value)


def _key(step: Step) -> str:
    return step if isinstance(step, str) else str(step.id)
