"""Opening jobs for a customer's request: asked with every finding, and done in one commit with both sides."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.desk._commands import Command, command, plain
from jobkit.desk._events import Moment
from jobkit.desk._fields import hidden_for_digest
from jobkit.desk._office import Office
from jobkit.desk._playbooks_rules import chosen
from jobkit.desk._record import Done, Ready, committed, done_before, made_ready
from jobkit.desk._requests_data import rules_of
from jobkit.desk._requests_drafts import Envelope, Promotion, envelope_draft, job_draft, needs_of
from jobkit.desk._requests_views import must_be_request
from jobkit.desk._steps import Steps
from jobkit.desk._twins_scopes import again
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.findings import Finding, Template
from jobkit.intake import inspect, promotable
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Actor, Job

INTO_REQUEST = Template(
    "desk.promote_into_request",
    "The request {request} would be promoted to the type {type}, which is for requests and not for work.",
    "Name a job type whose jobs are worked on.",
)
BY_MACHINE = Template(
    "desk.promoted_by_machine",
    "{actor} is a machine, and would open a job for the request {request}.",
    "Let a person look at the request and promote it.",
)
UNKNOWN_NEED = Template(
    "desk.unknown_need",
    "{need} is nothing that a request can need.",
    "Name some of: {known}.",
)


def promotion(
    office: Office,
    request_id: str,
    job_type: str,
    request: Mapping[str, Any] = EMPTY,
    *,
    by: Actor,
    at: datetime,
    needs: Iterable[str] = (),
    playbook: str | None = None,
    version: str | None = None,
    state: str | None = None,
    move_tasks: bool = False,
) -> Steps[Answer[Promotion]]:
    """
    Return whether `promote` with the same arguments would succeed, with everything that speaks against it.

    Asking changes nothing. An unknown request, job type or playbook is refused.
    """
    how: dict[str, Any] = {"playbook": playbook, "version": version, "state": state, "move_tasks": move_tasks}
    asked = _asked(request_id, job_type, request, by=by, at=at, needs=tuple(needs), **how)
    return (yield from _planned(office.asking(), asked))[0]


def promote(
    office: Office,
    request_id: str,
    job_type: str,
    request: Mapping[str, Any] = EMPTY,
    *,
    by: Actor,
    at: datetime,
    needs: Iterable[str] = (),
    playbook: str | None = None,
    version: str | None = None,
    state: str | None = None,
    job_id: str | None = None,
    move_tasks: bool = False,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Open a job of *job_type* for a customer's request, both linked to each other in one commit.

    The job takes over what the request tells; *request* adds to it or says it otherwise, a *playbook* (in its
    *version*, else the one in force) fills what is left open. Private values are hidden anew, so that each
    record is erased by itself. *needs* says what the work takes, *move_tasks* hands the open tasks of the
    request over, *state* chooses among initial states. Several jobs may be opened for one request.

    Refused with all findings of `promotion`: a request that needs no dispatch, parts or billable labour, that
    lacks the minimum or has ended, a machine, a record that is no request, and what `submit` refuses.
    """
    how: dict[str, Any] = {"playbook": playbook, "version": version, "state": state, "move_tasks": move_tasks}
    asked = _asked(request_id, job_type, request, by=by, at=at, needs=tuple(needs), job_id=job_id, **how)
    key = _command(office, command_key, asked)
    before = yield from done_before(office, key)
    if before is not None:
        return _job_first(office, before)
    return (yield from again(lambda: _promoted(office, asked, key)))


def _asked(
    request_id: str, job_type: str, request: Mapping[str, Any], *, at: datetime, **how: Any
) -> Promotion:
    told = FrozenMap(plain(request))
    return Promotion(request=request_id, job_type=job_type, told=told, when=Moment.of(at), **how)


def _promoted(office: Office, asked: Promotion, key: Command) -> Steps[Done]:
    answer, ready = yield from _planned(office, asked)
    answer.must()
    return _job_first(office, (yield from committed(office, ready, key)))


def _command(office: Office, key: str | None, asked: Promotion) -> Command:
    told = {
        name: value for name, value in attrs.asdict(asked, recurse=False).items() if name not in _NOT_ASKED
    }
    return command(key, "promote", **{**told, "told": hidden_for_digest(office, asked.told)})


_NOT_ASKED = ("when", "job_id")


def _job_first(office: Office, done: Done) -> Done:
    """Name the new job before its request, also when the command had been done before."""
    kinds = {job.type: office.catalog.rules(job.type).type.is_request for job in done.jobs}
    return attrs.evolve(done, jobs=tuple(sorted(done.jobs, key=lambda job: kinds[job.type])))


def _planned(office: Office, asked: Promotion) -> Steps[tuple[Answer[Promotion], Ready]]:
    """Draft both sides up to the commit; what rules, data and other jobs say against it is in the answer."""
    envelope = yield from office.job(asked.request)
    must_be_request(office, envelope)
    lifecycles = yield from office.lifecycles(envelope)
    book = None
    if asked.playbook is not None:
        book = chosen(office, asked.playbook, asked.version, asked.when.occurred_at)
    answer = Answer(asked, tuple(_objections(office, envelope, asked)))
    try:
        job, kept = job_draft(office, envelope, asked, book)
        answer = answer.also(_minimum(office, job.job, asked)).must()
        told = Envelope(job=envelope, lifecycles=lifecycles, opened=job.job, kept=kept)
        other = yield from envelope_draft(office, told, asked)
        ready = yield from made_ready(office, (job, other), asked.when.recorded_at)
    except (Refused, Invalid, NotFound) as error:
        more = tuple(each for each in error.findings if each not in answer.findings)
        return answer.also(more), Ready()
    return answer, ready


def _objections(office: Office, envelope: Job, asked: Promotion) -> Iterator[Finding]:
    """Yield why the request stays one, or this is not the one to promote it."""
    rules = rules_of(office)
    if office.catalog.rules(asked.job_type).type.is_request:
        yield Finding.of(INTO_REQUEST, path="$.type", request=envelope.id, type=asked.job_type)
    if not asked.by.is_person:
        yield Finding.of(BY_MACHINE, path="$.by", actor=asked.by.id, request=envelope.id)
    known = rules.data.promotion.needs
    for need in asked.needs:
        if need not in known:
            yield Finding.of(UNKNOWN_NEED, path="$.needs", need=need[:80], known=list(known))
    needing = attrs.evolve(envelope, triage=attrs.evolve(envelope.triage, needs=needs_of(envelope, asked)))
    now = asked.when.occurred_at
    yield from promotable(rules, needing, now=now, by=asked.by, facts=office.facts(envelope, now))


def _minimum(office: Office, job: Job, asked: Promotion) -> tuple[Finding, ...]:
    """Return what the job to be lacks of its package, as far as a promotion asks for it."""
    rules = office.catalog.intake
    if rules is None:
        return ()
    now, stage = asked.when.occurred_at, rules.data.promotion.stage
    facts = office.facts(job, now)
    return inspect(rules, job, now=now, by=asked.by, facts=facts, stage=stage).findings
