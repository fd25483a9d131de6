"""How a job's history begins: submitted as new, or adopted from a system where it lived before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from jobkit.catalog import TypeRules
from jobkit.desk._births import NOT_YOURS, SET_BY_JOBKIT, created, new_job
from jobkit.desk._commands import command, must_say, plain
from jobkit.desk._events import Moment
from jobkit.desk._fields import hidden_for_digest
from jobkit.desk._office import Office
from jobkit.desk._record import Done, done_before, record
from jobkit.desk._steps import Steps
from jobkit.desk._twins_merged import merged_by_machine
from jobkit.desk._twins_scopes import again
from jobkit.documents import structure
from jobkit.errors import Invalid, NotFound
from jobkit.findings import Finding, Template
from jobkit.instants import utc, write_instant
from jobkit.lifecycle import initial_states
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Actor, State

NO_FACET = Template(
    "desk.no_facet",
    "Jobs of the type {type} have no facet {facet}.",
    "Name states of its facets only: {facets}.",
)
NOT_YET = Template(
    "desk.not_yet",
    "A job adopted at {at} cannot have been in its states since {since}, which is later.",
    "Give the instant since which it has been there.",
)

_WITH_VERBS: Final = ("visits", "assignments")

_FOUND_OUT: Final[Mapping[str, tuple[str, ...]]] = FrozenMap(
    triage=("verdicts", "suspects", "suggestions", "alarm", "passed", "reported"),
    links=("merged_into", "members", "former_numbers", "fulfilled_by", "playbook"),
)
"""What jobkit or people find out about a job later; `triage.needs` may be told with the request."""


def submit(
    office: Office,
    job_type: str,
    request: Mapping[str, Any] = EMPTY,
    *,
    by: Actor,
    at: datetime,
    state: str | None = None,
    job_id: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Open a job of *job_type* with what *request* tells, in the first state of each of its lifecycles.

    *request* is plain data in the shape of a job: subject, work, terms, links, fields, and so on; personal
    values are hidden as they come in. *state* chooses among several initial states. Refused are an unknown
    type, data of the wrong shape, visits and assignments (they have verbs), an external id that another job
    has, and a second open job where the type allows one.

    Where the catalog has rules for duplicates, the job comes with the twins that it may have. Of two requests
    at one moment the loser looks again, and is recorded with the winner as its twin. Only rules that say so
    let the machine merge it.
    """
    told = plain(request)
    asked = command(
        command_key, "submit", type=job_type, request=hidden_for_digest(office, told), by=by, state=state
    )
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    rules = office.catalog.rules(job_type)
    when = Moment.of(at)
    chosen = {} if state is None else {PRIMARY: state}
    states = initial_states(rules.lifecycles, chosen, at=when.recorded_at)
    refuse_findings(told)
    withheld = (*SET_BY_JOBKIT, *_WITH_VERBS)
    job = new_job(office, rules, told, states, job_id=job_id, withheld=withheld)
    draft = created(office, rules, job, by=by, when=when, name="submitted")
    done = yield from again(lambda: record(office, (draft,), at=at, command=asked))
    return (yield from merged_by_machine(office, done, at))


def refuse_findings(told: Any) -> None:
    """Refuse what triage and merging say of a job, when the caller says it of a new one."""
    given = [
        f"{part}.{name}"
        for part, names in _FOUND_OUT.items()
        if isinstance(told, Mapping) and isinstance(told.get(part), Mapping)
        for name in names
        if name in told[part]
    ]
    if given:
        raise Invalid(Finding.of(NOT_YOURS, path=f"$.{name}", field=name) for name in given)


def adopt(
    office: Office,
    job: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    since: datetime,
    evidence: str,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Open the history of a job that lived before: its type, states and data as *job* tells, since *since*.

    `job["states"]` maps facets to state names; *evidence* says where this is known from and is recorded. A
    facet or state that the type does not have, a *since* after *at*, and everything that `submit` refuses but
    visits and assignments, is refused.
    """
    must_say("adopt", evidence=evidence)
    told = plain(job)
    hidden = hidden_for_digest(office, told)
    asked = command(command_key, "adopt", job=hidden, by=by, since=since, evidence=evidence)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    when = Moment.of(at)
    rules = office.catalog.rules(structure(str, told.get("type"), "$.type"))
    entered = utc(since, "$.since")
    states = _adopted_states(rules, told.get("states", {}), entered, when.recorded_at)
    job_id = told.get("id")
    kept = {name: value for name, value in told.items() if name not in ("type", "states", "id")}
    given = None if job_id is None else structure(str, job_id, "$.id")
    adopted = new_job(office, rules, kept, states, job_id=given)
    data = {"since": write_instant(entered), "evidence": evidence}
    draft = created(office, rules, adopted, by=by, when=when, name="adopted", data=data)
    return (yield from again(lambda: record(office, (draft,), at=at, command=asked)))


def _adopted_states(rules: TypeRules, told: Any, since: datetime, at: datetime) -> Mapping[str, State]:
    if since > at:
        raise Invalid.of(NOT_YET, path="$.since", at=write_instant(at), since=write_instant(since))
    chosen = structure(dict[str, str], told, "$.states")
    for facet in chosen:
        if facet not in rules.lifecycles:
            facets = sorted(rules.lifecycles)
            raise NotFound.of(
                NO_FACET, path=f"$.states[{facet}]", type=rules.type.id, facet=facet[:80], facets=facets
            )
    known = {facet: rules.lifecycles[facet].state(name, since) for facet, name in chosen.items()}
    return FrozenMap({**initial_states(rules.lifecycles, {}, at=since), **known})
