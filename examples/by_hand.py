"""
One job by hand, without desk, catalog or store: intake, a clock and closure on plain values.

It shows the five ideas at their smallest. A package of requirements says what is missing; every change is an
event; the job is the fold of its events; a clock is another fold of the same events; the closing package
asks the same way as the intake did; and the sealed chain tells when somebody changed the past.
"""

from datetime import UTC, datetime, timedelta

import attrs

from jobkit.history import Event, FieldChange, check, fold, head, seal, timeline, verify
from jobkit.lifecycle import Lifecycle, by_facet, initial_states, move
from jobkit.model import Actor, Job, blank, changed, put_all
from jobkit.requirements import Package, review

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DEALER = Actor(id="dealer-7", role="dealer")
TECHNICIAN = Actor(id="tina", role="technician")

INTAKE = Package.load(
    {
        "id": "intake",
        "requirements": [
            {"id": "asset", "field": "job.subject.asset", "who": "dealer"},
            {"id": "symptom", "field": "job.work.symptom", "who": "dealer", "weight": 2},
        ],
    }
)
CLOSURE = Package.load(
    {
        "id": "closure",
        "requirements": [
            {"id": "notes", "field": "job.outcome.notes", "who": "technician"},
            {"id": "accepted", "condition": "job.outcome.accepted == True", "who": "technician"},
        ],
    }
)
ORDER = Lifecycle.load(
    {
        "id": "order",
        "version": "1",
        "roles": ["dealer", "technician"],
        "states": {
            "draft": {"category": "draft", "initial": True},
            "approved": {"category": "open"},
            "on_hold": {"category": "waiting"},
            "on_site": {"category": "active"},
            "closed": {"category": "closed", "end": "closed"},
        },
        "transitions": [
            {"trigger": "approve", "from": "draft", "to": "approved", "roles": ["dealer"]},
            {"trigger": "hold", "from": "approved", "to": "on_hold"},
            {"trigger": "resume", "from": "on_hold", "to": "approved"},
            {"trigger": "arrive", "from": "approved", "to": "on_site"},
            {"trigger": "close", "from": "on_site", "to": "closed", "roles": ["technician"]},
        ],
    }
)
LIFECYCLES = by_facet(ORDER)


def created(job: Job) -> Event:
    """The first event: how everything about the job came to be what it is."""
    changes = tuple(FieldChange(*change) for change in changed(blank(job.id), job))
    return Event(
        id="e0",
        job_id=job.id,
        kind="created",
        actor=DEALER,
        occurred_at=START,
        recorded_at=START,
        changes=changes,
    )


def elapsed(events: tuple[Event, ...], now: datetime) -> timedelta:
    """A clock as a fold: it runs from approved, rests on hold, and stops on site."""
    total, since = timedelta(), None
    for event in timeline(events):
        if since is not None:
            total += event.occurred_at - since
        running = event.name in ("approve", "resume") or (since is not None and event.kind != "moved")
        since = event.occurred_at if running else None
    return total if since is None else total + now - since


def told(what: str, package: Package, job: Job) -> None:
    """Print what a package says of the job."""
    result = review(package, {"job": job}, START)
    print(f"{what}: score {result.score:.2f}, {'open' if result.open else 'not open'}")
    for finding in result.findings:
        print(f"  {finding.message} {finding.unblock} ({finding.who})")


job = Job(id="J-1", type="repair", states=initial_states(LIFECYCLES, at=START))
told("intake", INTAKE, job)

job = put_all(job, [("$.subject.asset", "press-12"), ("$.work.symptom", "oil_leak")])
told("intake", INTAKE, job)
events = [created(job)]

WALK = [("approve", DEALER, 1), ("hold", DEALER, 2), ("resume", DEALER, 5), ("arrive", TECHNICIAN, 6)]
for number, (trigger, actor, hours) in enumerate(WALK, start=1):
    at = START + timedelta(hours=hours)
    moved = move(job, LIFECYCLES, trigger, event_id=f"e{number}", by=actor, at=at)
    job = moved.job
    events.append(moved.event)
    print(f"{trigger}: {job.state.name}, clock at {elapsed(tuple(events), at)}")

told("closure", CLOSURE, job)
notes = (FieldChange("$.outcome.notes", None, "Seal changed."), FieldChange("$.outcome.accepted", None, True))
told("closure", CLOSURE, put_all(job, ((change.path, change.new) for change in notes)))
moved = move(
    job,
    LIFECYCLES,
    "close",
    event_id="e9",
    by=TECHNICIAN,
    at=START + timedelta(hours=8),
    changes=notes,
)
events.append(moved.event)

sealed = seal(events)
folded = fold(sealed)
print(f"history: {len(sealed)} events, verified {verify(sealed, head(sealed)).ok}, state {folded.state.name}")

forged = (*sealed[:2], attrs.evolve(sealed[2], actor=TECHNICIAN), *sealed[3:])
for finding in verify(forged).findings[:1]:
    print(f"forged: {finding.message}")
check(sealed)
