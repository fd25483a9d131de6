"""How a job comes into being: from a request, from a system where it lived before, or set off by another."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from jobkit.catalog import TypeRules
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, event, field_changes
from jobkit.desk._office import Office
from jobkit.desk._playbooks_rules import chosen, told_of, with_rules
from jobkit.documents import check_wire
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.history import OPENING, apply
from jobkit.lifecycle import initial_states
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Actor, Job, Links, State, Terms, blank, hide, put_all
from jobkit.playbooks import Playbook, filled

NOT_YOURS = Template(
    "desk.not_given",
    "{field} is not for the caller to give.",
    "Leave {field} out: jobkit sets it, or a verb of its own does.",
)
LONG_ID = Template(
    "desk.long_id",
    "The id of a new job has {length} characters, and may have {most}.",
    "Give a shorter id, or leave it out.",
)
SET_BY_JOBKIT: Final = ("id", "type", "states", "version", "head", "pins", "counts", "flags", "clocks")
"""What nobody gives along with a job's data."""

# Stores look every job up by its id: one of megabytes makes all of them slow.
_LONGEST_ID: Final = 1_000


def new_job(
    office: Office,
    rules: TypeRules,
    told: Mapping[str, Any],
    states: Mapping[str, State],
    *,
    job_id: str | None = None,
    withheld: tuple[str, ...] = SET_BY_JOBKIT,
) -> Job:
    """
    Build the job that *told* describes, personal values hidden from birth.

    Refused are the fields that are *withheld* from the caller, an id of more than a thousand characters, and
    data of the wrong shape.
    """
    if job_id is not None and len(job_id) > _LONGEST_ID:
        raise Invalid.of(LONG_ID, path="$.id", length=len(job_id), most=_LONGEST_ID)
    given = [name for name in withheld if name in told]
    if given:
        raise Invalid(Finding.of(NOT_YOURS, path=f"$.{name}", field=name) for name in given)
    hidden = hide(dict(check_wire(told)), office.new_salt, private=rules.type.private)
    return put_all(
        blank(job_id or office.new_id()),
        [(f"$.{name}", value) for name, value in hidden.items()],
        type=rules.type.id,
        states=FrozenMap(states),
        pins=FrozenMap({facet: lifecycle.hash for facet, lifecycle in rules.lifecycles.items()}),
    )


def created(
    office: Office,
    rules: TypeRules,
    job: Job,
    *,
    by: Actor,
    when: Moment,
    name: str,
    data: Mapping[str, Any] = EMPTY,
) -> Draft:
    """Draft the first event of a job."""
    empty = blank(job.id)
    told = event(
        office,
        job.id,
        OPENING,
        name=name,
        by=by,
        when=when,
        changes=field_changes(empty, job),
        data=data,
        rules={key: seal for each in rules.lifecycles.values() for key, seal in each.seal.items()},
    )
    return Draft(before=None, job=apply(empty, told), events=(told,), lifecycles=rules.lifecycles)


def spawned(office: Office, parent: Job, data: Mapping[str, Any], *, by: Actor, when: Moment) -> Draft:
    """
    Draft a job that another one sets off: of the type and in the state that *data* names, else as the parent.

    It is about the same asset, site, customer and contract, and remembers which job it comes from and why.
    Personal values are not copied: they are looked up at the job it comes from. With a `playbook` in *data*
    it is begun from the version in force, or the one that `playbook_version` names.
    """
    book = _playbook(office, data, when)
    rules = office.catalog.rules(str(data.get("type", parent.type if book is None else book.job_type)))
    state = data.get("state")
    chosen = {} if state is None else {PRIMARY: str(state)}
    bare = new_job(office, rules, {}, initial_states(rules.lifecycles, chosen, at=when.occurred_at))
    relation = data.get("relation")
    job = attrs.evolve(
        bare,
        # Contacts stay with the parent: a copy would outlive their erasure there.
        subject=attrs.evolve(parent.subject, contacts=(), address=None),
        terms=Terms(contract=parent.terms.contract, tier=parent.terms.tier, channel="jobkit"),
        links=Links(spawned_from=parent.id, spawned_because=None if relation is None else str(relation)),
    )
    if book is not None:
        job = filled(job, book, at=when.occurred_at, calendar=office.catalog.calendar)
    told = {"from": parent.id, "relation": relation, **told_of(book)}
    draft = created(office, rules, job, by=by, when=when, name="spawned", data=told)
    return with_rules(draft, book)


def _playbook(office: Office, data: Mapping[str, Any], when: Moment) -> Playbook | None:
    name, version = data.get("playbook"), data.get("playbook_version")
    if name is None:
        return None
    return chosen(office, str(name), None if version is None else str(version), when.occurred_at)
