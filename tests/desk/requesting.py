"""Customers' requests on the after-sales service without its gate, for the tests of what becomes of them."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jobkit.catalog import Catalog
from jobkit.desk import Desk, RequestStatus, Store
from jobkit.model import Actor, Job
from tests.desk.building import NOW, TRIAGE, seated

CUSTOMER: Final = Actor(id="carla", role="customer")
MACHINE: Final = Actor(id="probe-9", role="telemetry")

ASKED: Final[Mapping[str, Any]] = {
    "subject": {
        "customer": "C-5",
        "asset": "EX-77",
        "site": "quarry",
        "contacts": [{"id": "c1", "role": "site", "name": "Frieda Berg", "phone": "+49 30 1"}],
    },
    "work": {
        "symptom": "bucket drops",
        "description": "Since Monday the bucket drops when the engine is cold.",
        "access_notes": "The key hangs behind the third post.",
    },
    "terms": {"channel": "portal", "urgency": "high", "entitlement": {"status": "covered"}},
    "evidence": {
        "attachments": [
            {"id": "a1", "purpose": "photo", "media_type": "image/jpeg", "hash": "00", "ref": "s3://a1"}
        ]
    },
    "links": {"number": "R-100", "conversation": "mail-7"},
    "triage": {"needs": ["dispatch"]},
}


@cache
def _catalog() -> Catalog:
    return Catalog.preset("after-sales").without_intake()


def service(store: Store, *, awaited: bool = False, **parts: Any) -> Desk:
    """Return a desk of the after-sales service without rules of intake and twins."""
    catalog = _catalog()
    if "playbooks" in parts:
        catalog = catalog.with_playbooks(parts.pop("playbooks"))
    return seated(catalog, store, awaited=awaited, **parts)


def asked(desk: Desk, **more: Any) -> Job:
    """Return a request that a customer sent over the portal."""
    return desk.submit("request", {**ASKED, **more}, by=CUSTOMER, at=NOW).job


def opened(desk: Desk, request: Job, number: str, **more: Any) -> Job:
    """Return a job opened for a request, under a number of its own."""
    told = {"links": {"number": number}}
    return desk.promote(request.id, "breakdown", told, by=TRIAGE, at=NOW, state="submitted", **more).job


def standing(desk: Desk, request: Job) -> str:
    """Return how a request stands, in one word."""
    told: RequestStatus = desk.request_status(request.id)
    return told.standing
