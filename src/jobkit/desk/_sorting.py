"""Texts that sort as values do, so that any store can keep a queue in order."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from jobkit.catalog import Catalog, Queue
from jobkit.instants import write_instant
from jobkit.mappings import EMPTY
from jobkit.model import Job
from jobkit.paths import Item, Step, parse

_LARGEST: Final = Decimal(10) ** 15
_LONGEST: Final = 200
_MISSING: Final = "1"
_THERE: Final = "0"


def order_key(catalog: Catalog, job: Job, queue: Queue, clocks: Mapping[str, Any] = EMPTY) -> str:
    """
    Return the text that sorts *job* in *queue*: a piece for each path, missing and private values last.

    *clocks* are those of the job as facts, for paths such as `clock.response.due_at`.
    """
    paths = queue.order or ("job.states[work].since",)
    return "\x1f".join(sortable(_typed(catalog, job, path, clocks)) for path in paths)


def _typed(catalog: Catalog, job: Job, path: str, clocks: Mapping[str, Any]) -> Any:
    """Return the value at *path* as the model has it; a type's own field is read by its declaration."""
    root, *steps = parse(path.removeprefix("job."))
    if path.startswith("clock."):
        clock, fact = map(str, steps)
        return getattr(clocks.get(clock), fact, None)
    if root == "fields" and steps:
        name = steps[0].id if isinstance(steps[0], Item) else steps[0]
        specs = {spec.name: spec for spec in catalog.rules(job.type).type.fields}
        given = job.fields.get(str(name))
        return specs[str(name)].read(given) if str(name) in specs else given
    value: Any = job
    for step in (root, *steps):
        value = _below(value, step)
    return value


def _below(value: Any, step: Step) -> Any:
    name = step.id if isinstance(step, Item) else step
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, tuple):
        return next((item for item in value if getattr(item, "key", item.id) == name), None)
    return getattr(value, str(name), None)


def sortable(value: Any) -> str:
    """
    Return a text that sorts like *value* among values of its type; nothing at all comes last.

    >>> sorted([sortable(9), sortable(-5), sortable(10), sortable(None)]) == [
    ...     sortable(-5), sortable(9), sortable(10), sortable(None)
    ... ]
    True
    """
    if isinstance(value, bool):
        return f"{_THERE}{int(value)}"
    if isinstance(value, datetime):
        return _THERE + write_instant(value)
    if isinstance(value, timedelta):
        return _THERE + _number(Decimal(str(value.total_seconds())))
    if isinstance(value, (int, float, Decimal)):
        return _THERE + _number(Decimal(str(value)))
    if isinstance(value, str):
        return _THERE + "".join(letter if letter >= " " else " " for letter in value[:_LONGEST])
    return _MISSING


def _number(value: Decimal) -> str:
    """Write a number so that text sorts it; beyond 10**15 either way all are alike."""
    return f"{min(max(value, -_LARGEST), _LARGEST) + _LARGEST:024.6f}"
