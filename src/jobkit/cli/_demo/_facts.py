"""The people and the data of the demo: one excavator whose boom sinks under load."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from jobkit.model import Actor, Window

DEALER: Final = Actor(id="dora", role="dealer", org="north-machines", org_type="dealer")
TRIAGE: Final = Actor(id="tom", role="triage")
PLANNER: Final = Actor(id="petra", role="planner")
DISPATCHER: Final = Actor(id="dan", role="dispatcher")
TECHNICIAN: Final = Actor(id="tina", role="technician")

REQUEST: Final[Mapping[str, Any]] = {
    "subject": {
        "customer": "C-77",
        "bill_to": "maker",
        "contacts": [{"id": "gate", "role": "site", "name": "Frieda Berg", "phone": "+49 40 000 123"}],
        "parties": [{"id": "site", "role": "site", "must_confirm": True}],
    },
    "work": {"work_type": "warranty", "description": "The boom sinks under load."},
    "terms": {"channel": "dealer", "band": 2},
}

ENRICHED: Final[Mapping[str, Any]] = {
    "$.subject.asset": "EX-4471",
    "$.subject.serial": "SN-88210",
    "$.subject.site": "quarry-north",
    "$.work.symptom": "motion.drifts",
    "$.terms.urgency": "high",
    "$.terms.tier": "standard",
    "$.terms.requested": {"start": "2026-03-09T06:00:00Z", "end": "2026-03-13T16:00:00Z"},
    "$.terms.entitlement.status": "covered",
    "$.terms.entitlement.kind": "warranty",
    "$.evidence.attachments[PH-0]": {
        "purpose": "photo",
        "media_type": "image/jpeg",
        "hash": "sha256:41d0",
        "ref": "photos/PH-0.jpg",
        "taken": "2026-03-02T09:50:00Z",
    },
}

TOPICS: Final = ("ownership", "entitlement", "duplicates", "parts")

NEEDED: Final[Mapping[str, Any]] = {
    "$.work.skills": ["hydraulics"],
    "$.work.estimated": "PT3H",
    "$.parts": [{"id": "P-1", "number": "4711", "description": "Boom cylinder", "availability": "depot"}],
    "$.safety.prerequisites": [{"id": "lockout", "procedure": "LOTO", "version": "3"}],
}

INSTALLED: Final[Mapping[str, Any]] = {
    "$.parts[P-1].installed": True,
    "$.parts[P-1].serial": "CYL-90311",
    "$.outcome.notes": "Cylinder seal torn; cylinder replaced, boom holds 8 t for 10 minutes.",
    "$.outcome.recommendations": [
        {"id": "R-1", "text": "Change the hydraulic oil", "owner": "dora", "target": "2026-04-15T00:00:00Z"}
    ],
}


def at_march(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant in March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


FIRST: Final = Window(at_march(10, 8), at_march(10, 11))
MOVED: Final = Window(at_march(11, 8), at_march(11, 11))
SECOND: Final = Window(at_march(13, 9), at_march(13, 12))


def acknowledged(version: str, at: str) -> Mapping[str, Any]:
    """Return the technician's word that a version of the safety procedure was read."""
    word = {"id": f"A-{version}", "procedure": "LOTO", "version": version, "by": "tina", "at": at}
    return {f"$.safety.acknowledgements[A-{version}]": word}


EVIDENCE: Final[Mapping[str, Any]] = {
    "$.outcome.accepted": True,
    "$.outcome.cause": "seal_torn",
    "$.evidence.labour": [{"id": "L-1", "person": "tina", "hours": "2.25", "code": "HYD", "visit": "V-2"}],
    "$.evidence.signatures": [
        {"id": "G-1", "role": "customer", "signed": "2026-03-13T13:00:00Z", "name": "Frieda Berg"}
    ],
    "$.evidence.attachments[PH-1]": {
        "purpose": "warranty_photo",
        "media_type": "image/jpeg",
        "hash": "sha256:9f2c",
        "ref": "photos/9f2c.jpg",
    },
}
