"""Setting fields by path, and what speaks against it; every verb that sets fields goes this way."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from jobkit.desk._office import Office
from jobkit.documents import wire_problems
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycles, editable, permits
from jobkit.model import Job, hide, put_all
from jobkit.paths import Item, Step, parse, write

PROTECTED = Template(
    "desk.protected",
    "{field} of job {job} is not set by hand.",
    "Change it by what is made for it: {verbs}.",
)
NO_PLACE = Template(
    "desk.no_place",
    "{field} is not one place on a job.",
    "Name a single field, list items by their ids, such as parts[p1].staged.",
)

# These have verbs of their own; setting them around those would pass their rules by.
_VERBS: Final[Mapping[str, str]] = {
    "id": "nothing, it stays",
    "type": "nothing, it stays",
    "states": "fire",
    "version": "nothing, it follows from the history",
    "head": "nothing, it follows from the history",
    "pins": "migrate",
    "clocks": "nothing, they follow from the history",
    "counts": "fire",
    "flags": "fire",
    "visits": "plan_visit, record_visit, sign_off, fire",
    "tasks": "add_task, activate_task, complete_task, drop_task",
    "assignments": "assign, accept, decline, reassign",
    "triage": "judge, suggest, confirm_suggestion, decide_twin",
}

# Where the job stands among others is written on both sides at once, by verbs that look at both.
_LINKS: Final[Mapping[str, str]] = {
    "merged_into": "merge, unmerge",
    "former_numbers": "merge, unmerge",
    "members": "merge, unmerge",
    "fulfilled_by": "promote",
    "playbook": "start, promote, adopt_playbook",
}

# What may be said about an item by hand all the same; its windows, sign-offs, outcome and status may not.
_BY_HAND: Final[Mapping[str, frozenset[str]]] = {
    "visits": frozenset({"requested", "promised", "crew", "permits", "note"}),
    "tasks": frozenset({"title", "kind", "owner", "due", "subject_kind", "subject_id"}),
}


def value_findings(job: Job, lifecycles: Lifecycles, values: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return why *values* may not be set by hand in the job's states, and what among them is not plain."""
    if not values:
        return ()
    return (*permits(job, lifecycles, "amend").findings, *_each(job, lifecycles, values))


def _each(job: Job, lifecycles: Lifecycles, values: Mapping[str, Any]) -> Iterator[Finding]:
    for path, value in values.items():
        try:
            told = protected(job, path) or editable(job, lifecycles, path)
        except Invalid as error:
            yield from error.findings
            continue
        if told is not None:
            yield told
        yield from wire_problems(value, write(parse(path)))


def protected(job: Job, path: str) -> Finding | None:
    """Return why nobody sets what stands at *path* by hand, or None; an unreadable path is refused."""
    steps = parse(path)
    root = steps[0] if steps else None
    if not isinstance(root, str) or steps == ("links",) or any(step == Item(None) for step in steps):
        return Finding.of(NO_PLACE, path=write(steps), field=path)
    verbs = _verbs(root, steps)
    if verbs is None or _by_hand(root, steps):
        return None
    return Finding.of(PROTECTED, path=write(steps), job=job.id, field=path, verbs=verbs)


def _verbs(root: str, steps: tuple[Step, ...]) -> str | None:
    """Return the verbs that are made for the place, or None where it is set by hand."""
    if root == "links":
        return _LINKS.get(str(steps[1]))
    return _VERBS.get(root)


def _by_hand(root: str, steps: tuple[Step, ...]) -> bool:
    return len(steps) > 2 and steps[2] in _BY_HAND.get(root, ())


def with_values(
    job: Job, values: Mapping[str, Any], salts: Callable[[], str], private: Collection[str]
) -> Job:
    """Return the job with *values* set, personal ones hidden from birth; the wrong shape is refused."""
    if not values:
        return job
    hidden = [
        (write(parse(path)), hide(value, salts, path=path, private=private)) for path, value in values.items()
    ]
    return put_all(job, hidden)


def hidden_for_digest(office: Office, told: Any) -> Any:
    """Return a whole job's data as a command's digest takes it: what any job type calls private is hidden."""
    return hide(told, _no_salt, private=office.catalog.private) if isinstance(told, Mapping) else told


def values_for_digest(office: Office, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return values by path as a command's digest takes them."""
    return {path: _hidden_at(path, value, office.catalog.private) for path, value in values.items()}


def _hidden_at(path: str, value: Any, private: Collection[str]) -> Any:
    try:
        return hide(value, _no_salt, path=path, private=private)
    except Invalid:
        # The verb itself tells what is wrong with the path; until then its value may be anything.
        return None


def _no_salt() -> str:
    return ""
