"""Jobs as records of plain values, as match rules compare them; what is private is left out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from jobkit.model import PRIMARY, Job
from jobkit.paths import Item, Step, parse
from jobkit.privacy import Erased, Redacted

REPORTED: Final = "reported"
"""The field that holds when a job came in."""
LATEST: Final = "latest"
"""The field that holds when its matter was last reported, by it or by what was merged into it."""

_PLAIN: Final = (str, bool, int, float, datetime)


def reported(job: Job) -> datetime | None:
    """Return when a job came in; of one that came before anybody compared, when it entered its state."""
    return job.triage.reported or job.states[PRIMARY].since


def latest(job: Job) -> datetime | None:
    """Return when the matter of a job was last reported: an alarm moves on with its repeats."""
    told = [each for each in (reported(job), job.triage.alarm and job.triage.alarm.last_seen) if each]
    return max(told, default=None)


def record_of(job: Job, fields: Iterable[str], anchor: datetime | None = None) -> dict[str, Any]:
    """
    Return the values of a job at *fields*: paths such as `subject.asset` or `fields.depth`.

    `reported` is when it came in, `latest` when its matter was last reported (*anchor*, where the thread that
    it belongs to is known). Private values and what is not plain are missing.
    """
    return {field: _value(job, field, anchor) for field in fields}


def _value(job: Job, field: str, anchor: datetime | None) -> Any:
    given = _GIVEN.get(field)
    if given is not None:
        return given(job)
    if field == LATEST:
        return anchor or latest(job)
    value: Any = job
    for step in parse(field.removeprefix("job.")):
        value = _below(value, step)
    return _plain(value)


def _below(value: Any, step: Step) -> Any:
    name = step.id if isinstance(step, Item) else step
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, tuple):
        if name is None:
            return value
        return next((item for item in value if getattr(item, "key", getattr(item, "id", None)) == name), None)
    if isinstance(value, (Redacted, Erased)) or name is None:
        return None
    return getattr(value, name, None)


def _plain(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (tuple, list)):
        texts = tuple(each for each in value if isinstance(each, (str, int, float)))
        return texts if len(texts) == len(value) and texts else None
    return None


_GIVEN: Final[Mapping[str, Callable[[Job], Any]]] = {REPORTED: reported, "type": lambda job: job.type}
