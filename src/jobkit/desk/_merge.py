"""Merging one job into another: both move in one commit, and one number answers from then on."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.desk import _steps
from jobkit.desk._commands import command
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment
from jobkit.desk._gate_rules import BEHIND, has_gate
from jobkit.desk._members import declared_different, family
from jobkit.desk._merge_drafts import Deed, absorbing, ended, open_suspects, side_of, weighed_end
from jobkit.desk._merge_machine import by_machine
from jobkit.desk._merge_rules import merge_rules, record_of
from jobkit.desk._merged import closed_to, is_merged
from jobkit.desk._office import Office
from jobkit.desk._record import Done, done_before, record
from jobkit.desk._redirects import answering
from jobkit.desk._steps import Steps
from jobkit.duplicates import choose_survivor
from jobkit.errors import Refused
from jobkit.findings import Finding, Template
from jobkit.model import PRIMARY, Actor, Job

WITH_WHOM = Template(
    "desk.merge_with_whom",
    "Job {job} is to be merged, and {count} jobs may be the same as it: {twins}.",
    "Say which one, as into, or as twin where rules choose the one that goes on.",
)
ITSELF = Template(
    "desk.merge_itself",
    "Job {job} cannot be merged into itself.",
    "Name the other job.",
)
OTHER_KIND = Template(
    "desk.merge_other_kind",
    "Job {loser} is a {loser_kind} and job {survivor} is a {survivor_kind}; they are not one thing.",
    "Let the job answer the request, with promote, or merge two of one kind.",
)
OVER = Template(
    "desk.merge_into_ended",
    "Job {survivor} has ended as {end} and takes over nothing any more.",
    "Reopen job {survivor} first, or merge it into job {loser}.",
)
VISITS = Template(
    "desk.merge_visits_open",
    "Job {loser} has visits that are not over: {visits}; merged, somebody would be sent twice.",
    "Withdraw them first, or merge job {survivor} into job {loser}.",
)
TWIN_OPEN = Template(
    "desk.merge_undecided_twin",
    "Job {survivor} is approved, and nobody has decided whether job {loser} is the same as job {other}.",
    "Decide with decide_twin whether the jobs {loser} and {other} are the same.",
)


def merge(
    office: Office,
    job_id: str,
    *,
    into: str | None = None,
    twin: str | None = None,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Merge a job into another one, all or nothing; the job that answers from then on comes first.

    With *into* the direction is given; with *twin*, or with neither and one suspected twin, the rules choose
    who goes on. Merging again what is one already changes nothing. Refused are jobs that were decided to be
    different (they or anything merged into them), a request and a job, a survivor that has ended, a job with
    visits to come or without a way to the end merged, and a machine's word where rules do not allow it.
    """
    ids = tuple(id for id in (into, twin, job_id) if id is not None)
    asked = command(command_key, "merge", ids, into=into, twin=twin, by=by, reason=reason)
    before = yield from done_before(office, asked)
    if before is not None:
        return attrs.evolve(before, jobs=_survivor_first(before.jobs))
    one = yield from office.job(job_id)
    other = yield from _other(office, one, into or twin)
    first = yield from answering(office, one)
    second = yield from answering(office, other)
    if first.id == second.id:
        return Done(jobs=tuple({job.id: job for job in (first, one, other)}.values()))
    if into is None:
        loser, survivor = yield from _directed(office, (first, second))
    else:
        Answer(one, (yield from closed_to(office, one))).must()
        loser, survivor = one, second
    drafts = yield from drafted(office, loser, survivor, Deed(by=by, when=Moment.of(at), reason=reason))
    return (yield from record(office, drafts, at=at, command=asked))


def drafted(office: Office, loser: Job, survivor: Job, deed: Deed) -> Steps[tuple[Draft, ...]]:
    """Draft both sides of a merge, the survivor first; all that speaks against it is refused at once."""
    leaving = yield from side_of(office, loser)
    staying = yield from side_of(office, survivor)
    trigger, weighed = yield from weighed_end(office, leaving, survivor, deed)
    weighed.answer.also((yield from _objections(office, loser, survivor, deed.by))).must()
    end, *born = yield from ended(office, leaving, survivor, trigger, weighed, deed)
    return absorbing(office, staying, leaving, deed), end, *born


def _survivor_first(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    return tuple(sorted(jobs, key=is_merged))


def _other(office: Office, job: Job, named: str | None) -> Steps[Job]:
    """Return the job that is named, else the only one that may be the same as *job*."""
    if named == job.id:
        raise Refused.of(ITSELF, path="$.into", job=job.id)
    if named is not None:
        return (yield from office.job(named))
    twins = [each.id for each in job.triage.suspects if each.decided != "different"]
    if len(twins) != 1:
        raise Refused.of(WITH_WHOM, path="$.into", job=job.id, count=len(twins), twins=twins or "none")
    return (yield from office.job(twins[0]))


def _directed(office: Office, jobs: Iterable[Job]) -> Steps[tuple[Job, Job]]:
    """Return who is merged into whom, as the rules choose."""
    rules, records = merge_rules(office), {}
    for job in jobs:
        records[job.id] = record_of(job, (yield from _steps.history(office.tenant, job.id)), rules)
    chosen = choose_survivor(rules, records)
    loser, survivor = sorted(jobs, key=lambda job: job.id == chosen)
    return loser, survivor


def _objections(office: Office, loser: Job, survivor: Job, by: Actor) -> Steps[tuple[Finding, ...]]:
    """Return what speaks against merging the pair, beside the lifecycle."""
    theirs = yield from family(office, loser)
    own = yield from family(office, survivor)
    machine = () if by.is_person else (yield from by_machine(office, theirs, own, by))
    return (
        *declared_different(theirs, own),
        *_unlike(office, loser, survivor),
        *_not_now(loser, survivor),
        *_swallowed(office, loser, survivor),
        *machine,
    )


def _unlike(office: Office, loser: Job, survivor: Job) -> Iterator[Finding]:
    kinds = [
        "request" if office.catalog.rules(job.type).type.is_request else "job" for job in (loser, survivor)
    ]
    if kinds[0] != kinds[1]:
        told: dict[str, Any] = {"loser": loser.id, "survivor": survivor.id}
        yield Finding.of(OTHER_KIND, path="$.type", **told, loser_kind=kinds[0], survivor_kind=kinds[1])


def _not_now(loser: Job, survivor: Job) -> Iterator[Finding]:
    told: dict[str, Any] = {"loser": loser.id, "survivor": survivor.id}
    if not survivor.is_open:
        yield Finding.of(OVER, path=f"$.states[{PRIMARY}]", **told, end=survivor.state.end)
    visits = [visit.id for visit in loser.visits if visit.outcome is None]
    if visits:
        yield Finding.of(VISITS, path="$.visits", **told, visits=visits)


def _swallowed(office: Office, loser: Job, survivor: Job) -> Iterator[Finding]:
    """Yield open questions about twins that would come to stand behind the gate, where nobody asks them."""
    has_passed = survivor.triage.passed is not None or survivor.state.category in BEHIND
    if not has_passed or not has_gate(office, survivor):
        return
    for suspect in open_suspects(survivor, loser):
        told: dict[str, Any] = {"loser": loser.id, "survivor": survivor.id, "other": suspect.id}
        yield Finding.of(TWIN_OPEN, path=f"$.triage.suspects[{suspect.id}]", who="triage", **told)
