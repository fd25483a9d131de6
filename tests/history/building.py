"""Short ways to build the events with which the tests of the history tell their stories."""

from datetime import UTC, datetime, timedelta
from typing import Any

from jobkit.history import Event, FieldChange, opening, seal
from jobkit.model import Actor, Job, State, Visit
from jobkit.privacy import Redacted

MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
ANNA = Actor(id="anna", role="triage")
JOB = Job(
    id="j1",
    type="repair",
    states={"work": State(name="draft", category="draft", since=MONDAY)},
    visits=(Visit(id="v1"),),
)
CATEGORIES = {"draft": "draft", "triage": "triage", "approved": "open", "started": "active"}


def minute(number: float) -> datetime:
    """
    The instant so many minutes after the job began.
    """
    return MONDAY + timedelta(minutes=number)


def event(id: str, at: float = 0, kind: str = "amended", job_id: str = "j1", **told: Any) -> Event:
    """
    An unsealed event that occurred and was recorded at a minute.
    """
    ready = {"actor": ANNA, "occurred_at": minute(at), "recorded_at": minute(at), **told}
    return Event(id=id, job_id=job_id, kind=kind, **ready)


def opened(job: Job = JOB, at: float = 0) -> Event:
    """
    The event that creates a job.
    """
    return event(f"{job.id}-opened", at, "created", job_id=job.id, changes=opening(job))


def sets(path: str, old: Any, new: Any) -> dict[str, Any]:
    """
    The arguments of an event with one change.
    """
    return {"changes": (FieldChange(path, old, new),)}


def state(name: str, at: float) -> dict[str, Any]:
    """
    A state in wire form, entered at a minute.
    """
    since = minute(at).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {"name": name, "category": CATEGORIES[name], "since": since}


def moved(id: str, at: float, old: dict[str, Any], new: dict[str, Any], **told: Any) -> Event:
    """
    The event of a move from one state to another.
    """
    return event(id, at, "moved", name=f"to {new['name']}", **sets("$.states[work]", old, new), **told)


def secret(text: str = "+49 30 1234", salt: str = "5a" * 16) -> Redacted:
    """
    A private value.
    """
    return Redacted(text, salt=salt)


def story() -> tuple[Event, ...]:
    """
    A sealed history of five entries: opened, sent to triage, noted with a private value, approved, amended.
    """
    call = {"channel": "phone", "words": secret("call Frieda after four")}
    return seal(
        (
            opened(),
            moved("e2", 10, state("draft", 0), state("triage", 10), rules={"lifecycle": "ab" * 32}),
            event("e3", 20, "noted", data=call),
            moved("e4", 30, state("triage", 10), state("approved", 30), reason="covered", note="go ahead"),
            event("e5", 40, **sets("$.work.symptom", None, "leak"), origin="van-7", origin_seq=3),
        )
    )
