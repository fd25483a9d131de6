"""A dispatch office whose lifecycle is small, for the tests of merging."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import attrs
import pytest

from jobkit.catalog import Catalog, TypeRules
from jobkit.clocks import Milestone
from jobkit.desk import Desk
from jobkit.desk._commands import NO_COMMAND
from jobkit.desk._draft import Draft
from jobkit.desk._record import Done, committed, made_ready
from jobkit.desk._steps import Steps, run
from jobkit.documents import unstructure
from jobkit.errors import JobkitError
from jobkit.history import Event, FieldChange, apply
from jobkit.lifecycle import Lifecycle
from jobkit.model import Actor, Job, JobType, Suspect
from jobkit.stores import MemoryStore
from tests.desk.building import NOW, counted, seated

AGENT: Final = Actor(id="ada", role="agent", org="maker")
OTHER: Final = Actor(id="bob", role="agent", org="maker")
DEALER: Final = Actor(id="dora", role="dealer", org="north")
MACHINE: Final = Actor(id="press-9", role="telemetry")

WORK: Final[Mapping[str, Any]] = {
    "id": "work",
    "version": "1",
    "roles": ["agent", "dealer"],
    "reasons": {"why": ["duplicate", "waiting"]},
    "states": {
        "new": {"category": "triage", "initial": True},
        "planned": {"category": "open"},
        "busy": {"category": "active"},
        "held": {"category": "waiting"},
        "done": {"category": "closed", "end": "closed"},
        "merged": {"category": "closed", "end": "merged"},
    },
    "transitions": [
        {"trigger": "plan", "from": "new", "to": "planned"},
        {"trigger": "begin", "from": "planned", "to": "busy"},
        {"trigger": "hold", "from": ["new", "planned", "busy"], "to": "held"},
        {"trigger": "resume", "from": "held", "to": "@resume"},
        {
            "trigger": "close",
            "from": ["new", "planned", "busy"],
            "to": "done",
            "effects": [{"name": "notify", "data": {"audience": "customer", "about": "done"}}],
        },
        {"trigger": "reopen", "from": "done", "to": "planned"},
        {"trigger": "fold", "from": ["new", "planned", "held"], "to": "merged", "roles": ["agent"]},
    ],
}
BILLING: Final[Mapping[str, Any]] = {
    "id": "billing",
    "version": "1",
    "facet": "billing",
    "states": {"open": {"category": "open", "initial": True}, "ready": {"category": "active"}},
    "transitions": [
        {"trigger": "propose", "from": "open", "to": "ready"},
        {"trigger": "take_back", "from": "ready", "to": "open"},
    ],
}
TICKET: Final[Mapping[str, Any]] = {
    "id": "ticket",
    "version": "1",
    "states": {
        "new": {"category": "triage", "initial": True},
        "promoted": {"category": "open"},
        "answered": {"category": "closed", "end": "closed"},
        "merged": {"category": "closed", "end": "merged"},
    },
    "transitions": [
        {"trigger": "promote", "from": "new", "to": "promoted"},
        {"trigger": "answer", "from": "new", "to": "answered"},
        {"trigger": "fold", "from": ["new", "promoted"], "to": "merged"},
    ],
}
PROMISES: Final[Mapping[str, Any]] = {
    "answer": {
        "starts": "job.states['work'].category in ['triage', 'open', 'active', 'waiting']",
        "stops": "job.states['work'].category in ['active', 'closed']",
        "pauses": [{"when": "job.states['work'].category == 'waiting'", "reason": "held"}],
        "targets": [{"when": "job.terms.tier == 'gold'", "within": "4h"}, {"within": "24h"}],
        "warnings": [{"name": "soon", "share": 0.75}],
    },
    "visit": {
        "starts": "job.states['work'].category in ['open', 'active']",
        "stops": "job.states['work'].category == 'closed'",
        "targets": [{"within": "48h"}],
    },
}


def office(**more: Any) -> Catalog:
    """Return the catalog of repairs, inspections and customers' tickets."""
    lifecycles = {"work": Lifecycle.load(WORK), "billing": Lifecycle.load(BILLING)}
    kinds = [TypeRules(type=JobType(id=id), lifecycles=lifecycles) for id in ("repair", "inspection")]
    ticket = JobType(id="ticket", category="request")
    catalog = Catalog.of(
        "dispatch",
        [*kinds, TypeRules(type=ticket, lifecycles={"work": Lifecycle.load(TICKET)})],
        milestones=[Milestone.load(name, data) for name, data in PROMISES.items()],
    )
    return attrs.evolve(catalog, **more)


def dispatch(store: Any = None, *, awaited: bool = False, **more: Any) -> Desk:
    """Return a desk of that office."""
    return seated(office(**more), store or MemoryStore(), awaited=awaited, **counted())


def repair(
    desk: Desk, number: str | None = None, *, after: float = 0, type: str = "repair", **told: Any
) -> Job:
    """Return a new repair that came in so many hours after the others."""
    links = {**({} if number is None else {"number": number}), **told.pop("links", {})}
    by = told.pop("by", AGENT)
    return desk.submit(type, {"links": links, **told}, by=by, at=hour(after)).job


def hour(after: float) -> datetime:
    """Return the instant so many hours after the beginning."""
    return NOW + timedelta(hours=after)


def pair(desk: Desk, **told: Any) -> tuple[Job, Job]:
    """Return an older job and a younger one about the same."""
    return repair(desk, "N-1", after=0, **told), repair(desk, "N-2", after=1, **told)


def codes(error: pytest.ExceptionInfo[JobkitError]) -> list[str]:
    """Return the codes of everything that an error tells."""
    return [finding.code for finding in error.value.findings]


def with_suspect(desk: Desk, job: Job, other: Job, **told: Any) -> Job:
    """Return a job that has *other* among its suspects, as the search for twins would leave it."""
    suspect = Suspect(**{"id": other.id, "score": Decimal(5), "band": "ask", "found": hour(0), **told})
    known = desk.job(job.id)
    event = Event(
        id=f"twin-{job.id}-{other.id}", job_id=job.id, kind="compared", actor=AGENT,
        occurred_at=hour(2), recorded_at=hour(2),
        changes=(FieldChange(f"$.triage.suspects[{other.id}]", None, unstructure(suspect)),),
    )  # fmt: skip
    return recorded(desk, known, event)


def recorded(desk: Desk, before: Job, event: Event) -> Job:
    """Write one event of another hand into the store."""

    seat: Any = getattr(desk, "desk", desk)
    store = getattr(seat.store, "inner", seat.store)

    def written() -> Steps[Done]:
        lifecycles = yield from seat.office.lifecycles(before)
        draft = Draft(before=before, job=apply(before, event), events=(event,), lifecycles=lifecycles)
        ready = yield from made_ready(seat.office, (draft,), event.recorded_at)
        return (yield from committed(seat.office, ready, NO_COMMAND))

    return run(written(), store).job
