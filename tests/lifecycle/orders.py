"""A small service order, as the tests of the lifecycle tell it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jobkit.calendars import Calendar
from jobkit.lifecycle import Lifecycle, Lifecycles, by_facet
from jobkit.model import Actor, Job, State, Subject, Work

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)

WEEK = Calendar(zone="Europe/Berlin", weekly={"mon-fri": "08:00-12:00 13:00-17:00"})

DEALER = Actor(id="d-1", role="dealer")
PLANNER = Actor(id="p-1", role="planner")
TRIAGE = Actor(id="t-1", role="triage")

ORDER = """
id = "order"
version = "1"
roles = ["dealer", "triage", "planner"]

[reasons]
reschedule = ["weather", "illness"]

[facts]
covered = "bool"

[states.intake]
category = "draft"
owner = "dealer"
forbids = ["plan_visit"]

[states.draft]
parent = "intake"
initial = true
limit = { after = "5d", queue = "ageing" }

[states.triage]
category = "triage"
parent = "intake"
owner = "triage"
limit = { after = "2 working days", queue = "triage" }

[states.scheduled]
category = "scheduled"
owner = "planner"

[states.scheduled.fields]
"job.subject.asset" = "required"
"job.terms.contract" = "read_only"
"job.safety.notes" = "hidden"

[states.on_hold]
category = "waiting"
owner = "planner"
permits = ["note"]

[states.closed]
category = "closed"
end = "closed"

[states.cancelled]
category = "closed"
end = "cancelled"

[[transitions]]
trigger = "submit"
from = "draft"
to = "triage"
roles = ["dealer"]
needs = ["job.work.symptom"]

[[transitions]]
trigger = "schedule"
from = ["triage"]
to = "scheduled"
roles = ["triage", "planner"]
effects = [{ name = "notify", data = { audience = "customer", carries = ["reason", "window"] } }]

  [[transitions.guards]]
  id = "entitled"
  when = "covered == True"
  message = "The asset is not covered."
  unblock = "Record covered."
  who = "triage"

  [[transitions.guards]]
  id = "notes"
  when = "known(job.subject.site)"
  severity = "warn"
  message = "No site is recorded."
  unblock = "Record subject.site."

[[transitions]]
trigger = "reschedule"
from = "scheduled"
to = "@same"
roles = ["planner"]
reason = "reschedule"

[[transitions]]
trigger = "hold"
from = ["intake", "scheduled"]
to = "on_hold"

[[transitions]]
trigger = "resume"
from = "@waiting"
to = "@resume"

[[transitions]]
trigger = "finish"
from = "scheduled"
to = "closed"
roles = ["planner"]

[[transitions]]
trigger = "cancel"
from = "*"
to = "cancelled"
roles = ["planner"]

[[transitions]]
trigger = "expire"
from = "draft"
to = "cancelled"
after = "14d"
"""

PARTS: Mapping[str, Any] = {
    "id": "parts",
    "version": "1",
    "facet": "parts",
    "states": {
        "open": {"category": "open", "initial": True, "fields": {"job.parts": "read_only"}},
        "staged": {"category": "scheduled"},
    },
    "transitions": [
        {"trigger": "stage", "from": "open", "to": "staged"},
        {
            "trigger": "unstage",
            "from": "staged",
            "to": "open",
            "guards": [{"id": "not_closed", "when": 'job.states["work"].name != "closed"'}],
        },
    ],
}


def order() -> Lifecycle:
    """Return the order's lifecycle."""
    return Lifecycle.load(ORDER)


def lifecycles() -> Lifecycles:
    """Return work and parts side by side."""
    return by_facet(order(), Lifecycle.load(PARTS))


def a_job(state: str = "draft", *, since: datetime = AT, **fields: Any) -> Job:
    """Return a job in *state*, with a symptom and an asset unless told otherwise."""
    plain: dict[str, Any] = {
        "work": Work(symptom="no_heat"),
        "subject": Subject(asset="press-7", site="hall-2"),
    }
    states = {"work": order().state(state, since), "parts": State(name="open", category="open", since=since)}
    return Job(id="J-1", type="repair", states=states, **{**plain, **fields})


def one(**transition: Any) -> Lifecycle:
    """Return a lifecycle of two states and a single transition between them."""
    return Lifecycle.load(
        tables(transitions=[{"trigger": "go", "from": "here", "to": "there", **transition}])
    )


def tables(**changed: Any) -> dict[str, Any]:
    """Return the tables of a small lifecycle with some of its keys *changed*."""
    return {
        "id": "small",
        "version": "1",
        "facts": {"ready": "bool", "size": "integer", "seen": "instant"},
        "roles": ["planner"],
        "reasons": {"why": ["weather"]},
        "states": {
            "here": {"category": "open", "initial": True},
            "there": {"category": "closed", "end": "closed"},
        },
        "transitions": [{"trigger": "go", "from": "here", "to": "there"}],
        **changed,
    }
