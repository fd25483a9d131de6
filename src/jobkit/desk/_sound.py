"""What must hold of every job that is recorded, whichever verb made it."""

from collections.abc import Iterable, Iterator
from typing import Final

from jobkit.conditions import Pattern
from jobkit.desk._draft import Draft
from jobkit.desk._intents import entered
from jobkit.desk._office import Office
from jobkit.documents import ORDINARY, check_size
from jobkit.errors import Invalid
from jobkit.fields import FieldSpec
from jobkit.findings import Finding, Template
from jobkit.history import Event, apply, sealed_size
from jobkit.instants import write_instant
from jobkit.lifecycle import lacking
from jobkit.model import Job, Task, activation, order_problems
from jobkit.paths import Item, join
from jobkit.privacy import PRIVATE_KEY

RESERVED = Template(
    "desk.reserved",
    "Job {job} is given a field called {key}, by which jobkit marks private values.",
    "Give the field another name.",
)

NAMELESS = Template(
    "desk.nameless",
    "What is to be recorded about job {job} has an empty {field}.",
    "Give {field} as text that is not empty.",
)

BEFORE_ENTRY = Template(
    "desk.before_entry",
    "Job {job} entered the state {state} at {since}, and would leave it at {at}, which is earlier.",
    "Give an instant at or after {since}.",
)

NOT_TEXT = Template(
    "desk.not_text",
    "What is to be recorded about job {job} has at {field} something else than text.",
    "Give {field} as text; numbers are not converted.",
)


DISPATCHED = Template(
    "desk.request_dispatched",
    "{job} is a request, and {field} are not given to one: it is never dispatched itself.",
    "Open a job for the request with promote, and record {field} on that.",
)


def unsound(office: Office, draft: Draft) -> Iterator[Finding]:
    """
    Yield what is wrong with the job of *draft* that was not so before.

    That is: stays that would end before they began, fields that its states require, active tasks and the
    order of tasks, visits of a request, and the fields of its type. A job that lived elsewhere before may
    lack what its state requires; it is asked for at the next move.
    """
    before, job = draft.before, draft.job
    yield from _backwards(draft)
    if before is not None or draft.events[0].name not in _LIVED_BEFORE:
        yield from _lost(draft)
    if before is None or before.tasks != job.tasks:
        yield from _tasks(before, job)
    rules = office.catalog.rules(job.type).type
    if rules.is_request:
        yield from _dispatched(job)
    if before is None or before.fields != job.fields:
        yield from _fields(before, job, rules.fields)


def _dispatched(job: Job) -> Iterator[Finding]:
    for field, given in (("visits", job.visits), ("assignments", job.assignments)):
        if given:
            yield Finding.of(DISPATCHED, path=f"$.{field}", job=job.id, field=field)


def _backwards(draft: Draft) -> Iterator[Finding]:
    """Yield the stays that the events of a draft would end before they began, event by event."""
    job = draft.before
    for event in draft.events:
        if job is not None:
            yield from _too_early(job, event)
            job = apply(job, event) if _moves(event) else job


def _too_early(job: Job, event: Event) -> Iterator[Finding]:
    for facet, state in job.states.items():
        if state.since is None or event.occurred_at >= state.since or not any(entered(event, facet)):
            continue
        since, at = write_instant(state.since), write_instant(event.occurred_at)
        path = f"$.states[{facet}]"
        yield Finding.of(BEFORE_ENTRY, path=path, job=job.id, state=state.name, since=since, at=at)


def _moves(event: Event) -> bool:
    return any(change.path.startswith("$.states") for change in event.changes)


_LIVED_BEFORE: Final = frozenset({"adopted", "replayed"})


def _lost(draft: Draft) -> Iterator[Finding]:
    """Yield the required fields that are missing, unless they were missing in the same state before."""
    found = lacking(draft.job, draft.lifecycles)
    known = lacking(draft.before, draft.lifecycles) if found and draft.before is not None else ()
    yield from (finding for finding in found if finding not in known)


def check_readable(events: Iterable[Event]) -> None:
    """Refuse sealed events that no reader takes, for what they lack or how large they are."""
    for event in events:
        if misread := tuple(_misread(event)):
            raise Invalid(misread)
        # Every item takes a letter at least, so a short text keeps to every limit.
        if sealed_size(event) > ORDINARY.items:
            values = [change.new for change in event.changes]
            check_size((event.id, event.actor.id, event.name, event.reason, event.note, event.data, values))


def _misread(event: Event) -> Iterator[Finding]:
    actor = event.actor
    needed = {"id": event.id, "kind": event.kind, "actor.id": actor.id}
    allowed = {
        "name": event.name,
        "reason": event.reason,
        "note": event.note,
        "actor.role": actor.role,
        "actor.org": actor.org,
        "actor.org_type": actor.org_type,
    }
    for field, value in {**needed, **allowed}.items():
        if value is not None and not isinstance(value, str):
            yield Finding.of(NOT_TEXT, path=f"$.{field}", job=event.job_id, field=field)
        elif field in needed and not value:
            yield Finding.of(NAMELESS, path=f"$.{field}", job=event.job_id, field=field)


def _tasks(before: Job | None, job: Job) -> Iterator[Finding]:
    earlier = () if before is None else before.tasks
    yield from _order(earlier, job.tasks)
    known: frozenset[Task] = frozenset(earlier)
    for task in job.tasks:
        if task.status == "active" and task not in known:
            for finding in activation(task).findings:
                yield finding.at(join("$.tasks", Item(task.id), finding.path.removeprefix("$.")))


def _order(before: tuple[Task, ...], tasks: tuple[Task, ...]) -> Iterator[Finding]:
    """Yield what is wrong with the order of tasks, unless it was wrong before."""
    if not any(task.after for task in tasks):
        return
    known = {(each.code, each.path) for each in order_problems({task.id: task.after for task in before})}
    found = order_problems({task.id: task.after for task in tasks})
    yield from (each for each in found if (each.code, each.path) not in known)


def _fields(before: Job | None, job: Job, specs: tuple[FieldSpec, ...]) -> Iterator[Finding]:
    if PRIVATE_KEY in job.fields:
        yield Finding.of(RESERVED, path=join("$.fields", Item(PRIVATE_KEY)), job=job.id, key=PRIVATE_KEY)
    for spec in specs:
        given = job.fields.get(spec.name)
        if given is None or (before is not None and before.fields.get(spec.name) == given):
            continue
        path = f"$.fields.{spec.name}"
        # Code lists have versions and a host of their own; the code itself is checked as text.
        checked = spec if spec.codes is None else FieldSpec(name=spec.name, type="text", label=spec.label)
        yield from checked.check(given, path, matches=_matches)


def _matches(pattern: str, text: str) -> bool | None:
    return Pattern.load(pattern).matches(text)
