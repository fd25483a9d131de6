"""The chain: each entry is sealed over its content, its place and the entry before it."""

import hashlib
from collections.abc import Iterable, Sequence

from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.history._document import SEALED, sealed_bytes
from jobkit.history._event import Event, Head

ALREADY_SEALED = Template(
    "history.already_sealed",
    "Event {event} of job {job} is already sealed as entry {seq}.",
    "Record a new event with an id of its own.",
)
OTHER_JOB = Template(
    "history.other_job",
    "Event {event} belongs to job {job} and cannot be sealed into the history of job {expected}.",
    "Seal the events of job {job} with that job's own head.",
)


def head(events: Sequence[Event]) -> Head | None:
    """Return the end of a chain, for export to where the chain's keeper cannot write; None of no events."""
    if not events:
        return None
    last = events[-1]
    return Head(last.job_id, last.seq, last.hash, max(event.occurred_at for event in events))


def seal(events: Iterable[Event], head: Head | None = None) -> tuple[Event, ...]:
    """
    Give each event its number, the hash of the entry before it, and its own hash.

    Refuses an event that is sealed already, one of another job, and a value that cannot stand in a history.
    """
    seq, prev, job_id = (head.seq, head.hash, head.job_id) if head else (0, "", None)
    chain: list[Event] = []
    for event in events:
        job_id = job_id or event.job_id
        _check_sealable(event, job_id)
        seq += 1
        chain.append(_sealed(event, seq, prev, sealed_bytes(event, seq, prev)))
        prev = chain[-1].hash
    return tuple(chain)


def _check_sealable(event: Event, job_id: str) -> None:
    if event.seq:
        raise Invalid.of(ALREADY_SEALED, event=event.id, job=event.job_id, seq=event.seq)
    if event.job_id != job_id:
        raise Invalid.of(OTHER_JOB, event=event.id, job=event.job_id, expected=job_id)


def _sealed(event: Event, seq: int, prev: str, text: bytes) -> Event:
    # One dict is copied: attrs.evolve takes six times as long, and this runs for every event recorded.
    made = object.__new__(Event)
    own = hashlib.sha256(text).hexdigest()
    made.__dict__.update(event.__dict__, seq=seq, prev=prev, hash=own)
    made.__dict__[SEALED] = text
    return made
