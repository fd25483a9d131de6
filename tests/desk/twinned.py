"""A small service in which reports may be twins: a lifecycle with intake, two types of work, match rules."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs

from jobkit.catalog import Catalog, Queue, TypeRules
from jobkit.desk import Desk
from jobkit.duplicates import MatchRules
from jobkit.lifecycle import Lifecycle
from jobkit.model import Actor, Job, JobType
from jobkit.registry import Registry

NOW: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

CALLER: Final = Actor(id="cora", role="dealer", org="north")
JUDGE: Final = Actor(id="tina", role="triage")
SENSOR: Final = Actor(id="edge-7", role="telemetry")

WORK: Final[Mapping[str, Any]] = {
    "id": "intake",
    "version": "1",
    "reasons": {"cancel": ["fold_into_next_visit", "withdrawn"], "reject": ["false_alarm"]},
    "states": {
        "draft": {"category": "draft", "initial": True},
        "triage": {"category": "triage", "initial": True},
        "approved": {"category": "open"},
        "planned": {"category": "scheduled", "initial": True},
        "held": {"category": "waiting"},
        "done": {"category": "closed", "end": "closed"},
        "rejected": {"category": "closed", "end": "rejected"},
        "cancelled": {"category": "closed", "end": "cancelled"},
        "merged": {"category": "closed", "end": "merged"},
    },
    "transitions": [
        {"trigger": "take_up", "from": "draft", "to": "triage"},
        {"trigger": "approve", "from": "triage", "to": "approved"},
        {"trigger": "plan", "from": "approved", "to": "planned"},
        {"trigger": "hold", "from": "approved", "to": "held"},
        {"trigger": "resume", "from": "held", "to": "approved"},
        {"trigger": "close", "from": ["approved", "planned"], "to": "done"},
        {"trigger": "reject", "from": ["draft", "triage"], "to": "rejected", "reason": "reject"},
        {"trigger": "expire", "from": "draft", "to": "cancelled", "after": "5d"},
        {"trigger": "cancel", "from": ["draft", "triage"], "to": "cancelled", "reason": "cancel"},
        {"trigger": "merge", "from": ["draft", "triage", "approved", "planned"], "to": "merged"},
        {
            "trigger": "split",
            "from": ["approved"],
            "to": "@same",
            "effects": [{"name": "spawn_job", "data": {"relation": "part"}, "outbound": False}],
        },
    ],
}

RULES: Final[Mapping[str, Any]] = {
    "id": "reports",
    "bands": {"same": 12, "ask": 4},
    "prior": -4,
    "rules": [
        {
            "name": "asset",
            "field": "subject.asset",
            "kind": "serial",
            "levels": [{"at": 1.0, "weight": 6}],
            "otherwise": -6,
        },
        {
            "name": "symptom",
            "field": "work.symptom",
            "levels": [{"at": 1.0, "weight": 5}],
            "otherwise": -3,
        },
        {
            "name": "words",
            "field": "work.description",
            "kind": "tokens",
            "levels": [{"at": 0.9, "weight": 4}, {"at": 0.5, "weight": 2}],
            "otherwise": -1,
        },
    ],
    "keys": [{"name": "serial", "parts": [{"field": "subject.serial", "form": "serial"}]}],
    "window": {
        "field": "reported",
        "anchor": "latest",
        "ages": [{"within": "2d", "weight": 2}, {"within": "14d", "weight": 1}],
        "otherwise": -1,
    },
    "scope": {"field": "type", "across": "ask"},
}


EASY: Final[Mapping[str, Any]] = {**RULES, "prior": 0}
"""Rules by which two reports may be twins without an asset."""


def service(registry: Registry | None = None, rules: Mapping[str, Any] = RULES, **more: Any) -> Catalog:
    """Return a catalog of breakdowns and planned maintenance with match rules."""
    used = registry or Registry()
    work = Lifecycle.load(WORK, registry=used)
    types = (
        JobType(id="breakdown"),
        JobType(id="maintenance", category="maintenance"),
    )
    built = Catalog.of(
        "service",
        [TypeRules(type=each, lifecycles={"work": work}) for each in types],
        queues=[Queue(name="all", owner="triage")],
        registry=used,
    )
    return attrs.evolve(built, **{"duplicates": MatchRules.load(rules, used), **more})


def reported(
    desk: Desk,
    asset: str | None = "EX-12",
    symptom: str | None = "leak",
    words: str | None = None,
    *,
    at: datetime = NOW,
    job_type: str = "breakdown",
    **more: Any,
) -> Job:
    """Return a job as it was taken in."""
    subject = {} if asset is None else {"asset": asset}
    work = {name: told for name, told in (("symptom", symptom), ("description", words)) if told is not None}
    request = {"subject": subject, "work": work}
    return desk.submit(job_type, request, by=CALLER, at=at, **more).job
