"""A small regional service with routing, priority and boards, for the tests of the desk."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from jobkit.catalog import Catalog
from jobkit.desk import Desk
from jobkit.lifecycle import Lifecycle
from jobkit.model import Actor, Job, Window
from jobkit.registry import Registry

NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
DAY: Final = date(2026, 3, 12)
START: Final = datetime(2026, 3, 12, 8, tzinfo=UTC)
WINDOW: Final = Window(START, START + timedelta(hours=1))
TOMORROW: Final = Window(START + timedelta(days=1), START + timedelta(days=1, hours=1))

PAUL: Final = Actor(id="paul", role="planner")
TOM: Final = Actor(id="tom", role="technician")

WORK: Final[Mapping[str, Any]] = {
    "id": "field",
    "version": "1",
    "facts": {"route.region": "text"},
    "states": {
        "new": {"category": "draft", "initial": True},
        "open": {"category": "open", "initial": True},
        "done": {"category": "closed", "end": "closed"},
        "cancelled": {"category": "closed", "end": "cancelled"},
    },
    "transitions": [
        {"trigger": "approve", "from": "new", "to": "open"},
        {
            "trigger": "confirm",
            "from": "open",
            "to": "@same",
            "effects": [{"name": "confirm_visit", "outbound": False}],
        },
        {
            "trigger": "reschedule",
            "from": "open",
            "to": "@same",
            "effects": [{"name": "reschedule_visit", "outbound": False}],
        },
        {
            "trigger": "unplan",
            "from": "open",
            "to": "@same",
            "effects": [{"name": "withdraw_visit", "outbound": False}],
        },
        {
            "trigger": "no_access",
            "from": "open",
            "to": "@same",
            "effects": [{"name": "end_visit", "data": {"outcome": "no_access"}, "outbound": False}],
        },
        {
            "trigger": "ship",
            "from": "open",
            "to": "@same",
            "guards": [{"id": "north-only", "when": 'route.region == "north"'}],
        },
        {"trigger": "cancel", "from": ["new", "open"], "to": "cancelled"},
        {"trigger": "finish", "from": "open", "to": "done"},
        {"trigger": "again", "from": "cancelled", "to": "open"},
    ],
}

ORDER: Final[Mapping[str, Any]] = {
    "id": "order",
    "version": "2",
    "direction": "larger_higher",
    "tie_break": ["job.id"],
    "bands": [
        {"id": "emergency", "when": 'job.work.work_type == "breakdown"'},
        {"id": "standard", "when": 'job.work.work_type == "repair"'},
        {"id": "preventive"},
    ],
    "terms": [{"id": "tier", "scale": {"fact": "job.terms.tier", "levels": ["gold", "basic"]}}],
    "defaults": [{"id": "no-tier", "fact": "job.terms.tier", "value": "basic"}],
}

ROUTES: Final[Mapping[str, Any]] = {
    "id": "regions",
    "unmatched": "dispatch",
    "country": "DE",
    "rules": [
        {"id": "north", "queue": "dispatch-north", "region": "north", "zone": "N", "prefixes": ["2"]},
        {"id": "south", "queue": "dispatch-south", "region": "south", "zone": "S", "prefixes": ["8"]},
    ],
}

CAPACITY: Final[Mapping[str, Any]] = {
    "id": "boards",
    "version": "3",
    "zone": "Europe/Berlin",
    "bands": ["emergency", "standard", "preventive"],
    "pools": [
        {
            "id": "vans",
            "slots": 4,
            "reserves": [
                {"id": "flex", "bands": ["emergency"], "slots": 1},
                {"id": "pm", "bands": ["preventive"], "slots": 1, "kept": "until_used"},
            ],
        }
    ],
    "buffers": [{"id": "waiting", "slots": 1, "cutoff": "18h"}],
    "deferrals": [
        {"id": "storm", "bands": ["preventive"], "favours": ["emergency"], "most": 2, "longest": "14d"}
    ],
}


GOLD: Final = 'route.region == "north" and job.terms.tier == "gold"'
EVERYBODY: Final = 'job.states["work"].category == "open"'


def service(registry: Registry | None = None, **changes: Any) -> Catalog:
    """Return the catalog of the service, with tables changed or taken out (None)."""
    tables = {"priority": ORDER, "routing": ROUTES, "capacity": CAPACITY, **changes}
    queues = {"everybody": {"owner": "boss", "when": EVERYBODY}}
    if tables["routing"] is not None:
        queues["north-gold"] = {"owner": "boss", "when": GOLD}
    data = {
        "id": "service",
        "version": "1",
        "types": {"visit": {"lifecycles": ["field"]}},
        "queues": queues,
        **{name: table for name, table in tables.items() if table is not None},
    }
    return Catalog.load(data, lifecycles=[Lifecycle.load(WORK)], registry=registry)


def unrouted() -> Catalog:
    """Return the catalog of a service that neither routes nor ranks."""
    return service(routing=None, priority=None)


def opened(desk: Desk, id: str, kind: str = "repair", code: str = "20095", **more: Any) -> Job:
    """Return an open job of the north."""
    request = {"subject": {"postal_code": code}, "work": {"work_type": kind}, **more}
    return desk.submit("visit", request, by=PAUL, at=NOW, state="open", job_id=id).job


def planned(desk: Desk, id: str, kind: str = "repair", window: Window = WINDOW, **more: Any) -> Job:
    """Return a job whose visit v1 is planned and not confirmed."""
    opened(desk, id, kind, **more)
    return desk.plan_visit(id, window, by=PAUL, at=NOW, visit_id="v1").job


def sure(desk: Desk, id: str, kind: str = "repair", window: Window = WINDOW, **more: Any) -> Job:
    """Return a job whose visit v1 is confirmed."""
    planned(desk, id, kind, window, **more)
    return desk.fire(id, "confirm", by=PAUL, at=NOW).job


def admitted(desk: Desk, id: str, kind: str = "repair", window: Window = WINDOW, **more: Any) -> Job:
    """Return a job whose confirmed visit stands on the board of its day."""
    sure(desk, id, kind, window, **more)
    return desk.admit(id, by=PAUL, at=NOW).job


def on_board(desk: Desk, day: date = DAY, region: str = "north", now: datetime = NOW) -> list[str]:
    """Return the jobs that stand on a board."""
    return [each.job for each in desk.board(region, day, now=now).board.bookings]


def said(desk: Desk, id: str, audience: str | None = "customer", channel: str | None = "phone") -> str:
    """Tell the customer, and return the event that records it."""
    done = desk.note(id, "We come later.", by=PAUL, at=NOW, channel=channel, audience=audience)
    return done.events[0].id
