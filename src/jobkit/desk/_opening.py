"""How a job's history begins: submitted as new, or adopted from a system where it lived before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.catalog import TypeRules
from jobkit.desk._commands import command
from jobkit.desk._events import event, field_changes
from jobkit.desk._office import Office
from jobkit.desk._record import Done, Draft, done_before, record
from jobkit.desk._steps import Steps
from jobkit.documents import structure
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.history import apply
from jobkit.instants import utc, write_instant
from jobkit.lifecycle import initial_states
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Actor, Job, Links, State, Terms, blank, hide, put_all

NOT_YOURS = Template(
    "desk.not_given",
    "{field} is not for the caller to give.",
    "Leave {field} out: jobkit sets it.",
)
_SET_BY_JOBKIT = ("id", "type", "states", "version", "head", "pins", "counts", "flags")


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
    type, data of the wrong shape, an external id that another job has, and a second open job where the type
    allows one.
    """
    rules = office.catalog.rules(job_type)
    asked = command(command_key, "submit", type=job_type, request=request, by=by, state=state)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    chosen = {} if state is None else {"work": state}
    instant = utc(at, "$.at")
    states = initial_states(rules.lifecycles, chosen, at=instant)
    job = _new_job(office, rules, request, states, job_id)
    draft = _created(office, rules, job, by, instant, "submitted", {})
    return (yield from record(office, (draft,), at=instant, command=asked))


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
    state that its lifecycle does not have, and everything `submit` refuses, is refused.
    """
    asked = command(command_key, "adopt", job=job, by=by, since=since, evidence=evidence)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    rules = office.catalog.rules(str(job.get("type")))
    chosen = structure(dict[str, str], dict(job.get("states", {})), "$.states")
    instant = utc(at, "$.at")
    states = _adopted_states(rules, chosen, utc(since, "$.since"))
    told = {name: value for name, value in job.items() if name not in ("type", "states", "id")}
    adopted = _new_job(office, rules, told, states, job.get("id"))
    data = {"since": write_instant(since), "evidence": evidence}
    draft = _created(office, rules, adopted, by, instant, "adopted", data)
    return (yield from record(office, (draft,), at=instant, command=asked))


def spawned(office: Office, parent: Job, data: Mapping[str, Any], *, by: Actor, at: datetime) -> Draft:
    """
    Draft a job that another one sets off: of the type and in the state that *data* names, else as the parent.

    It is about the same asset, site, customer and contract, and remembers which job it comes from.
    """
    rules = office.catalog.rules(str(data.get("type", parent.type)))
    state = data.get("state")
    states = initial_states(rules.lifecycles, {} if state is None else {"work": state}, at=utc(at, "$.at"))
    bare = _new_job(office, rules, {}, states, None)
    job = attrs.evolve(
        bare,
        subject=parent.subject,
        terms=Terms(contract=parent.terms.contract, tier=parent.terms.tier, channel="jobkit"),
        links=Links(spawned_from=parent.id),
    )
    return _created(office, rules, job, by, at, "spawned", {"from": parent.id, **_relation(data)})


def _relation(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"relation": data["relation"]} if "relation" in data else {}


def _new_job(
    office: Office,
    rules: TypeRules,
    request: Mapping[str, Any],
    states: Mapping[str, State],
    job_id: str | None,
) -> Job:
    given = [f"$.request.{name}" for name in _SET_BY_JOBKIT if name in request]
    if given:
        raise Invalid(Finding.of(NOT_YOURS, path=path, field=path) for path in given)
    hidden = hide(dict(request), office.new_salt, private=rules.type.private)
    return put_all(
        blank(job_id or office.new_id()),
        [(f"$.{name}", value) for name, value in hidden.items()],
        type=rules.type.id,
        states=FrozenMap(states),
        pins=FrozenMap({facet: lifecycle.hash for facet, lifecycle in rules.lifecycles.items()}),
    )


def _adopted_states(rules: TypeRules, chosen: Mapping[str, str], since: datetime) -> Mapping[str, State]:
    first = initial_states(rules.lifecycles, {}, at=since)
    known = {
        facet: rules.lifecycles[facet].state(name, since)
        for facet, name in chosen.items()
        if facet in rules.lifecycles
    }
    return FrozenMap({**first, **known})


def _created(
    office: Office,
    rules: TypeRules,
    job: Job,
    by: Actor,
    at: datetime,
    name: str,
    data: Mapping[str, Any],
) -> Draft:
    empty = blank(job.id)
    told = event(
        office,
        job.id,
        "created",
        name=name,
        by=by,
        at=at,
        changes=field_changes(empty, job),
        data=data,
        rules={f"lifecycle:{facet}": lifecycle.hash for facet, lifecycle in rules.lifecycles.items()},
    )
    return Draft(before=None, job=apply(empty, told), events=(told,), lifecycles=rules.lifecycles)
