"""A small service with a gate, and every way past it that anybody could think of."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from jobkit.catalog import Catalog, Queue, TelemetryRules, TypeRules
from jobkit.conditions import Condition
from jobkit.desk import Desk
from jobkit.duplicates import MatchRules
from jobkit.facts import declare
from jobkit.intake import IntakeRules
from jobkit.lifecycle import Lifecycle
from jobkit.model import Actor, Job, JobType
from jobkit.playbooks import Playbook
from jobkit.registry import Registry

NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

CALLER: Final = Actor(id="cora", role="dealer")
TINA: Final = Actor(id="tina", role="triage")
SENSOR: Final = Actor(id="edge-7", role="telemetry")

OPEN: Final = ("open", "scheduled", "active", "performed")
"""The categories that lie behind the gate."""


def fires(trigger: str) -> Mapping[str, Any]:
    """Return the effect that sets off another move."""
    return {"name": "fire", "data": {"trigger": trigger}, "outbound": False}


WORK: Final[Mapping[str, Any]] = {
    "id": "gated",
    "version": "1",
    "states": {
        "draft": {"category": "draft", "initial": True},
        "triage": {"category": "triage", "initial": True},
        "approved": {"category": "open", "initial": True},
        "booked": {"category": "scheduled", "initial": True},
        "working": {"category": "active"},
        "handed_in": {"category": "performed"},
        "held": {"category": "waiting"},
        "rejected": {"category": "closed", "end": "rejected"},
        "closed": {"category": "closed", "end": "closed"},
        "merged": {"category": "closed", "end": "merged"},
    },
    "transitions": [
        {"trigger": "take_up", "from": "draft", "to": "triage"},
        {"trigger": "approve", "from": "triage", "to": "approved"},
        {"trigger": "leap", "from": ["draft", "triage"], "to": "working"},
        {"trigger": "skip", "from": ["draft", "triage"], "to": "handed_in"},
        {"trigger": "grow_old", "from": ["draft", "triage"], "to": "approved", "after": "2d"},
        {"trigger": "nudge", "from": "triage", "to": "@same", "effects": [fires("approve")]},
        {
            "trigger": "split",
            "from": ["triage", "approved"],
            "to": "@same",
            "effects": [{"name": "spawn_job", "data": {"state": "approved"}, "outbound": False}],
        },
        {
            "trigger": "follow_up",
            "from": ["triage", "approved"],
            "to": "@same",
            "effects": [{"name": "spawn_job", "data": {"state": "triage"}, "outbound": False}],
        },
        {"trigger": "hold", "from": ["triage", "approved", "booked"], "to": "held"},
        {"trigger": "resume", "from": "held", "to": "@resume"},
        {"trigger": "replan", "from": "held", "to": "approved"},
        {"trigger": "back", "from": ["approved", "booked"], "to": "triage"},
        {"trigger": "book", "from": "approved", "to": "booked"},
        {"trigger": "begin", "from": "booked", "to": "working"},
        {"trigger": "hand_in", "from": "working", "to": "handed_in"},
        {"trigger": "close", "from": ["approved", "handed_in"], "to": "closed"},
        {"trigger": "reject", "from": ["draft", "triage"], "to": "rejected"},
        {"trigger": "reopen", "from": ["rejected", "closed"], "to": "approved"},
        {"trigger": "reopen_at_work", "from": ["rejected", "closed"], "to": "working"},
        {"trigger": "merge", "from": ["draft", "triage", "approved", "booked"], "to": "merged"},
    ],
}
PARTS: Final[Mapping[str, Any]] = {
    "id": "parts",
    "version": "1",
    "facet": "parts",
    "states": {
        "unknown": {"category": "open", "initial": True},
        "there": {"category": "closed", "end": "closed"},
    },
    "transitions": [{"trigger": "stage", "from": "unknown", "to": "there", "effects": [fires("approve")]}],
}
TICKETS: Final[Mapping[str, Any]] = {
    "id": "tickets",
    "version": "1",
    "states": {
        "received": {"category": "draft", "initial": True},
        "promoted": {"category": "open"},
        "answered": {"category": "closed", "end": "closed"},
    },
    "transitions": [
        {"trigger": "promote", "from": "received", "to": "promoted"},
        {"trigger": "answer", "from": ["received", "promoted"], "to": "answered"},
    ],
}
INTAKE: Final[Mapping[str, Any]] = {
    "id": "intake",
    "packages": [
        {
            "id": "repairs",
            "types": ["repair"],
            "requirements": [
                {"id": "asset", "field": "job.subject.asset"},
                {"id": "symptom", "field": "job.work.symptom"},
            ],
        }
    ],
    "topics": [
        {"id": "ownership", "person": True},
        {"id": "entitlement", "final": True, "queue": "exceptions"},
    ],
}
TWINS: Final[Mapping[str, Any]] = {
    "id": "reports",
    "bands": {"same": 20, "ask": 4},
    "rules": [
        {"name": "asset", "field": "subject.asset", "levels": [{"at": 1.0, "weight": 5}], "otherwise": -5}
    ],
    "keys": [{"name": "asset", "parts": [{"field": "subject.asset"}]}],
}
YEARLY: Final = Playbook(id="yearly", version="1", effective_from=NOW, job_type="repair")
COMPLETE: Final[Mapping[str, Any]] = {"subject": {"asset": "EX-77"}, "work": {"symptom": "leak"}}


def service(
    intake: Mapping[str, Any] | None = None, registry: Registry | None = None, **parts: Any
) -> Catalog:
    """Return the catalog; *intake* changes its rules of intake, *parts* what else it has."""
    used = registry or Registry()
    behind = f"job.type == 'repair' and job.states['work'].category in {list(OPEN)}"
    inside = Condition.load(behind, declare(), used)
    lifecycles = {"work": Lifecycle.load(WORK, registry=used), "parts": Lifecycle.load(PARTS)}
    told: dict[str, Any] = {
        "queues": [Queue(name="inside", owner="planner", when=inside)],
        "registry": used,
        "intake": IntakeRules.load({**INTAKE, **(intake or {})}, registry=used),
        "duplicates": MatchRules.load(TWINS),
        "playbooks": [YEARLY],
        "telemetry": TelemetryRules(type="repair", dispatch="leap"),
        **parts,
    }
    ticket = JobType(id="ticket", category="request")
    types = [
        TypeRules(type=JobType(id="repair"), lifecycles=lifecycles),
        TypeRules(type=ticket, lifecycles={"work": Lifecycle.load(TICKETS)}),
    ]
    return Catalog.of("gated", types, **told)


def inside(desk: Desk) -> tuple[Job, ...]:
    """Return every job that stands behind the gate."""
    return desk.queue("inside").jobs


def sneaked(desk: Desk) -> tuple[str, ...]:
    """Return the jobs that stand behind the gate and never passed it."""
    return tuple(job.id for job in inside(desk) if job.triage.passed is None)


def told(desk: Desk, job_id: str = "J", state: str = "triage", **more: Any) -> Job:
    """Return a job in triage of which nothing is known."""
    return desk.submit("repair", more, by=CALLER, at=NOW, state=state, job_id=job_id).job


def judged(desk: Desk, job_id: str = "J", at: datetime = NOW) -> Job:
    """Let triage find nothing against a job."""
    return desk.judge(job_id, ("ownership", "entitlement"), "passed", by=TINA, at=at).job


def complete(desk: Desk, job_id: str = "J", asset: str = "EX-77") -> Job:
    """Return a job of which nothing is missing, in triage."""
    told(desk, job_id, subject={"asset": asset}, work={"symptom": "leak"})
    return judged(desk, job_id)


def approved(desk: Desk, job_id: str = "J", asset: str = "EX-77") -> Job:
    """Return a job that passed."""
    complete(desk, job_id, asset)
    return desk.fire(job_id, "approve", by=TINA, at=NOW).job
