"""Setting fields by path, and what speaks against it; every verb that sets fields goes this way."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycle, editable
from jobkit.model import Job, hide, put_all
from jobkit.paths import parse, write

PROTECTED = Template(
    "desk.protected",
    "{field} of job {job} is not set by hand.",
    "Fire the trigger or call the verb that changes it: {verbs}.",
)

# These have verbs of their own; setting them around those would pass their rules by.
_VERBS: Mapping[str, str] = {
    "": "amend single fields",
    "id": "none",
    "type": "none",
    "states": "fire",
    "version": "none",
    "head": "none",
    "pins": "migrate",
    "counts": "fire",
    "flags": "fire",
    "visits": "plan_visit, record_visit, sign_off, fire",
    "assignments": "assign, accept, decline, reassign",
}


def field_findings(
    job: Job, lifecycles: Mapping[str, Lifecycle], values: Mapping[str, Any]
) -> Iterator[Finding]:
    """Yield why fields among *values* may not be set by hand in the job's states."""
    for path in values:
        steps = parse(path)
        root = steps[0] if steps and isinstance(steps[0], str) else ""
        if root in _VERBS:
            yield Finding.of(PROTECTED, path=path, job=job.id, field=path, verbs=_VERBS[root])
            continue
        told = editable(job, lifecycles, path)
        if told is not None:
            yield told


def with_values(
    job: Job, values: Mapping[str, Any], salts: Callable[[], str], private: Collection[str]
) -> Job:
    """Return the job with *values* set, personal ones hidden from birth."""
    if not values:
        return job
    hidden = [
        (write(parse(path)), hide(value, salts, path=path, private=private)) for path, value in values.items()
    ]
    return put_all(job, hidden)
