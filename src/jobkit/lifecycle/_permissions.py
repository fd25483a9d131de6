"""What a state lets people change and do: operations, and fields that are required, read-only or hidden."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from jobkit.answers import Answer
from jobkit.conditions import Condition
from jobkit.findings import Finding, Template
from jobkit.lifecycle._ask import spoken_field
from jobkit.lifecycle._definition import FieldFlag, StateRule
from jobkit.lifecycle._jobs import Lifecycles
from jobkit.lifecycle._lifecycle import Lifecycle
from jobkit.mappings import FrozenMap
from jobkit.model import PRIMARY, Job
from jobkit.paths import Item, Step, parse

STATE_FORBIDS = Template(
    "lifecycle.state_forbids",
    "{operation} is not done while job {job} is {state}.",
    "Move the job to a state that permits {operation}: {choices}.",
)
READ_ONLY = Template(
    "lifecycle.read_only",
    "{field} cannot change while job {job} is {state}.",
    "Move the job to a state in which {field} may change: {choices}.",
)
HIDDEN = Template(
    "lifecycle.hidden",
    "{field} is hidden while job {job} is {state}.",
    "Move the job to a state in which {field} is shown: {choices}.",
)
REQUIRED = Template(
    "lifecycle.required",
    "{field} is missing, and job {job} must have it while it is {state}.",
    "Record {field}.",
)

_WORDS: Final = FrozenMap({"read_only": READ_ONLY, "hidden": HIDDEN})
_WEIGHT: Final[tuple[FieldFlag, ...]] = ("required", "read_only", "hidden")


def permits(job: Job, lifecycles: Lifecycles, operation: str) -> Answer[str]:
    """Return whether the job's states let people do *operation* (amend, note, plan_visit, …)."""
    findings = [
        Finding.of(
            STATE_FORBIDS,
            path=f"$.states[{facet}]",
            who=rule.owner,
            source=lifecycle.definition.id,
            operation=operation,
            job=job.id,
            state=rule.name,
            choices=_open(lifecycle, lambda other: allows(other, operation)),
        )
        for facet, lifecycle, rule in standing(job, lifecycles)
        if not allows(rule, operation)
    ]
    return Answer(operation, tuple(findings))


def _open(lifecycle: Lifecycle, fits: Callable[[StateRule], bool]) -> list[str]:
    """Return the states that have not ended and fit."""
    return [name for name, rule in lifecycle.states.items() if rule.end is None and fits(rule)]


def standing(job: Job, lifecycles: Lifecycles) -> Iterator[tuple[str, Lifecycle, StateRule]]:
    """Yield each facet in which the job has a state that its lifecycle knows."""
    for facet, lifecycle in lifecycles.items():
        state = job.states.get(facet)
        rule = None if state is None else lifecycle.states.get(state.name)
        if rule is not None:
            yield facet, lifecycle, rule


def allows(rule: StateRule, operation: str) -> bool:
    """Whether one state lets people do *operation*."""
    return operation not in rule.forbids and (rule.permits is None or operation in rule.permits)


def editable(job: Job, lifecycles: Lifecycles, path: str) -> Finding | None:
    """
    Return why the value at *path* must not change now, or None when it may.

    The flag of the nearest flagged value at or above the path decides; a value that contains a read-only or
    hidden one does not change as a whole.
    """
    steps = parse(path)
    for facet, lifecycle, rule in standing(job, lifecycles):
        flag = _flag(rule, steps)
        if flag is not None and flag in _WORDS:
            return Finding.of(
                _WORDS[flag],
                path=path,
                source=lifecycle.definition.id,
                who=rule.owner,
                field=spoken_field(path.removeprefix("$.")),
                job=job.id,
                state=_spoken_state(facet, rule),
                choices=_open(lifecycle, lambda other: _flag(other, steps) not in _WORDS),
            )
    return None


def lacking(job: Job, lifecycles: Lifecycles) -> tuple[Finding, ...]:
    """Return what the job's states require of its fields and is not known."""
    facts = {"job": job}
    return tuple(
        Finding.of(
            REQUIRED,
            path=f"$.{spoken_field(path)}",
            who=rule.owner,
            source=lifecycle.definition.id,
            field=spoken_field(path),
            job=job.id,
            state=_spoken_state(facet, rule),
        )
        for facet, lifecycle, rule in standing(job, lifecycles)
        for path, flag in rule.fields.items()
        if flag == "required" and _is_known(path)(facts, None) is not True
    )


def _spoken_state(facet: str, rule: StateRule) -> str:
    return rule.name if facet == PRIMARY else f"{facet}: {rule.name}"


@lru_cache(maxsize=512)
def _is_known(path: str) -> Condition:
    return Condition.load({"field": path, "known": True})


def _flag(rule: StateRule, steps: tuple[Step, ...]) -> FieldFlag | None:
    flags = {_steps_of(path): flag for path, flag in rule.fields.items()}
    above = [flagged for flagged in flags if len(flagged) <= len(steps) and _agree(flagged, steps)]
    if above:
        return flags[max(above, key=len)]
    below = [flag for flagged, flag in flags.items() if len(flagged) > len(steps) and _agree(flagged, steps)]
    return next((flag for flag in below if flag in _WORDS), None)


def _steps_of(path: str) -> tuple[Step, ...]:
    return parse(path.removeprefix("job."))


def _agree(one: tuple[Step, ...], other: tuple[Step, ...]) -> bool:
    """Whether two paths lead the same way as far as both go; `[]` is every item."""
    return all(
        first == second
        or (isinstance(first, Item) and isinstance(second, Item) and None in (first.id, second.id))
        for first, second in zip(one, other, strict=False)
    )


def field_flags(job: Job, lifecycles: Lifecycles) -> Mapping[str, FieldFlag]:
    """Return what the job's states say of each field: hidden outweighs read-only, that required."""
    found: dict[str, FieldFlag] = {}
    for _, _, rule in standing(job, lifecycles):
        for path, flag in rule.fields.items():
            found[path] = max(found.get(path, flag), flag, key=_WEIGHT.index)
    return FrozenMap(found)
