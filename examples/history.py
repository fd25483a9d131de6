"""
A morning's history: a van joins in late, somebody meddles, and a customer asks to be forgotten.

Run it with nothing but jobkit installed. It uses the history alone: no lifecycle, no database.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from jobkit.findings import Finding
from jobkit.history import (
    Event,
    EventSet,
    FieldChange,
    History,
    erase,
    fold,
    head,
    opening,
    private_values,
    rejoin,
    seal,
    verify,
)
from jobkit.model import Actor, Contact, Job, State, Subject, Visit
from jobkit.privacy import Redacted

EIGHT = datetime(2026, 1, 5, 8, tzinfo=UTC)
ANNA = Actor(id="anna", role="triage")
BEN = Actor(id="ben", role="technician")


def event(id: str, minute: int, kind: str, by: Actor, *changes: tuple[str, Any, Any], **told: Any) -> Event:
    """An event of the job J-1, so many minutes after eight."""
    at = EIGHT + timedelta(minutes=minute)
    return Event(
        id=id,
        job_id="J-1",
        kind=kind,
        actor=by,
        occurred_at=at,
        recorded_at=at,
        changes=tuple(FieldChange(*change) for change in changes),
        **told,
    )


def nobody_objects(job: Job, event: Event) -> Iterable[Finding]:
    """A judge with no rules; a lifecycle would say here which moves it refuses."""
    return ()


print("1. A dealer reports a leaking press. The first event carries all that the job began with.")
frieda = Redacted("Frieda Berg", salt="5a" * 16)
begun = Job(
    id="J-1",
    type="repair",
    states={"work": State(name="draft", category="draft", since=EIGHT)},
    subject=Subject(asset="press-7", contacts=(Contact(id="c1", name=frieda),)),
    visits=(Visit(id="v1"),),
)
first = event("e1", 0, "created", ANNA)
history = seal(
    [
        attrs.evolve(first, changes=opening(begun)),
        event("e2", 15, "amended", ANNA, ("$.work.symptom", None, "leak")),
        event("e3", 30, "amended", ANNA, ("$.visits[v1].crew", [], ["ben"])),
    ]
)
exported = head(history)
print("  ", fold(history), "version", fold(history).version)

print("2. Ben's van was offline, and its clock is a year ahead. What it recorded joins the history.")
year = timedelta(days=365)
van = [
    event("v7-1", 20, "amended", BEN, ("$.work.symptom", None, "worn seal"), origin_seq=1),
    event("v7-2", 95, "amended", BEN, ("$.visits[v1].outcome", None, "done"), origin_seq=2),
]
sent = EventSet(
    origin="van-7",
    events=(van[0], attrs.evolve(van[1], claimed_at=van[1].occurred_at + year)),
)
merged = rejoin(history, [sent, sent], nobody_objects, recorded_at=EIGHT + timedelta(minutes=120))
for applied in merged.applied:
    print("  ", applied.id, "applied", *applied.flags)
for conflict in merged.conflicting:
    print("  ", conflict.findings[0].message)

print("3. The chain goes on, and verifies against the head that was exported before.")
history = (*history, *seal(merged.events, exported))
print("  ", len(history), "entries, verified:", verify(history, exported).ok)

print("4. What did we know at half past eight, and what do we know of it now?")
half_past = EIGHT + timedelta(minutes=30)
told = History(history)
print("   then:", told.at(half_past, known_at=half_past).work.symptom)
print("   now: ", told.at(half_past).work.symptom)

print("5. Somebody rewrites an entry, and somebody else drops one.")
forged = attrs.evolve(history[1], note="the customer broke it")
for finding in verify((history[0], forged, *history[3:])).findings:
    print("  ", finding.message)

print("6. Frieda asks to be forgotten. Her name goes; the history holds.")
digests = [value.digest for entry in history for value in private_values(entry)]
left = erase(history, digests)
print("  ", fold(left).subject.contacts[0].name, "verified:", verify(left, head(history)).ok)
