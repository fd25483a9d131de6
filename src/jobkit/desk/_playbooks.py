"""Starting jobs from playbooks, and taking a running job over to a later version of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from jobkit.desk._births import SET_BY_JOBKIT, created, new_job
from jobkit.desk._commands import command, plain
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited
from jobkit.desk._fields import hidden_for_digest
from jobkit.desk._office import Office
from jobkit.desk._opening import refuse_findings
from jobkit.desk._playbooks_rules import chosen, remembered, told_of, with_rules
from jobkit.desk._record import Done, done_before, record
from jobkit.desk._steps import Steps
from jobkit.desk._twins_scopes import again
from jobkit.errors import Refused
from jobkit.findings import Template
from jobkit.lifecycle import initial_states
from jobkit.mappings import EMPTY
from jobkit.model import PRIMARY, Actor, Job
from jobkit.playbooks import Playbook, filled, lacking

NOTHING_NEW = Template(
    "desk.playbook_adopted",
    "Job {job} has everything of the playbook {playbook} and remembers this version of it.",
    "Nothing is needed; adopt another version when there is one.",
)
NO_PLAYBOOK = Template(
    "desk.no_playbook",
    "Job {job} was not started from a playbook.",
    "Name with playbook the one that it is to adopt.",
)

EARLIER = Template(
    "desk.playbook_earlier",
    "Job {job} remembers version {own} of the playbook {playbook}, which came later than version {asked}.",
    "Adopt a version that came later than {own}.",
)

EQUIPPED: Final = "equipped"
"""The kind of the event by which a running job adopts a version of a playbook."""

_WITHHELD: Final = (*SET_BY_JOBKIT, "visits", "assignments")


def start(
    office: Office,
    playbook: str,
    request: Mapping[str, Any] = EMPTY,
    *,
    by: Actor,
    at: datetime,
    version: str | None = None,
    state: str | None = None,
    job_id: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Open a job from *playbook*, in its *version* or the one in force at *at*, with what *request* tells.

    What the request tells stands; the playbook gives the rest: tasks with their order and due times,
    checklist, parts kit, duration, skills, tools, instructions, prerequisites. The job remembers id, version
    and hash, and the archive keeps the version's text for ever. Refused are an unknown playbook or version,
    none in force, and what `submit` refuses.
    """
    told = plain(request)
    arguments: dict[str, Any] = {"playbook": playbook, "version": version, "state": state, "by": by}
    asked = command(command_key, "start", request=hidden_for_digest(office, told), **arguments)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    book, when = chosen(office, playbook, version, at), Moment.of(at)
    rules = office.catalog.rules(book.job_type)
    refuse_findings(told)
    first = {} if state is None else {PRIMARY: state}
    states = initial_states(rules.lifecycles, first, at=when.recorded_at)
    bare = new_job(office, rules, told, states, job_id=job_id, withheld=_WITHHELD)
    job = filled(bare, book, at=when.occurred_at, calendar=office.catalog.calendar)
    draft = created(office, rules, job, by=by, when=when, name="started", data=told_of(book))
    begun = with_rules(draft, book)
    return (yield from again(lambda: record(office, (begun,), at=at, command=asked)))


def adopt_playbook(
    office: Office,
    job_id: str,
    playbook: str | None = None,
    *,
    by: Actor,
    at: datetime,
    version: str | None = None,
    reason: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Give a running job what it lacks of a version of its playbook, or of the *playbook* named, and record it.

    Nothing that the job has is changed or taken away: tasks that are done stay done, and due times count
    from now. Refused are a job that has ended or takes no tasks, one without a playbook unless one is named,
    an unknown version or one before the job's own, a playbook for another job type, and a version of which
    the job lacks nothing.
    """
    arguments: dict[str, Any] = {"playbook": playbook, "version": version, "by": by, "reason": reason}
    asked = command(command_key, "adopt_playbook", (job_id,), **arguments)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    must_take(job, lifecycles, "task")
    book = chosen(office, playbook or _own(job), version, at)
    yield from _must_be_later(office, job, book)
    after = _equipped(office, job, book, at)
    who: dict[str, Any] = {"by": by, "when": Moment.of(at), "reason": reason}
    draft = edited(
        office, job, after, EQUIPPED, lifecycles=lifecycles, name=book.id, data=_told(job, book), **who
    )
    return (yield from record(office, (draft,), at=at, command=asked))


def _own(job: Job) -> str:
    if job.links.playbook is None:
        raise Refused.of(NO_PLAYBOOK, path="$.links.playbook", job=job.id)
    return job.links.playbook.id


def _must_be_later(office: Office, job: Job, book: Playbook) -> Steps[None]:
    link = job.links.playbook
    own = None if link is None or link.id != book.id else (yield from remembered(office, link))
    if own is not None and own.effective_from > book.effective_from:
        told: dict[str, Any] = {"playbook": book.id, "own": own.version, "asked": book.version}
        raise Refused.of(EARLIER, path="$.version", job=job.id, **told)


def _equipped(office: Office, job: Job, book: Playbook, at: datetime) -> Job:
    after = filled(job, book, at=at, calendar=office.catalog.calendar)
    if after == job:
        raise Refused.of(NOTHING_NEW, path="$.links.playbook", job=job.id, playbook=book.source)
    return after


def _told(job: Job, book: Playbook) -> Mapping[str, Any]:
    before = job.links.playbook
    return {
        "from": None if before is None else f"{before.id}@{before.version}",
        "to": book.source,
        "added": [each.path for each in lacking(job, book)],
    }
