"""An event as a document: the wire form that is sealed and stored."""

import hashlib
from collections.abc import Callable
from typing import Any, Final

import attrs

from jobkit.history._canonical import Unusual, declared, encode, lean, plain, spell
from jobkit.history._event import Event, FieldChange
from jobkit.instants import write_instant
from jobkit.model import Actor

Keep = Callable[[Any], Any]

SEALED: Final = "_sealed"
"""Where an event that was just sealed keeps its canonical bytes; no field, so that no copy inherits it."""

_OUTER: Final = 3
"""Levels of nesting that an event itself adds around the values of its changes."""


def event_document(event: Event) -> dict[str, Any]:
    """
    Return the wire form of *event* without its hash: private values as digests, what is absent left out.

    A value that cannot stand in a history is refused with its path. An event of an older format keeps
    the document that was sealed.
    """
    if event.original is not None:
        return dict(event.original)
    return document_at(event, event.seq, event.prev)


def document_at(event: Event, seq: int, prev: str) -> dict[str, Any]:
    """Return the document that *event* has at a place in a chain."""
    try:
        document = _document(event, seq, prev, _leanly)
    except Unusual:
        document = _in_full(event, seq, prev)
    return document


def sealed_bytes(event: Event, seq: int, prev: str) -> bytes:
    """Return the canonical bytes that seal *event* at a place in a chain."""
    try:
        return encode(_document(event, seq, prev, _leanly))
    except (Unusual, UnicodeEncodeError):
        return spell(_in_full(event, seq, prev))


def seal_of(event: Event, seq: int, prev: str) -> str:
    """Return the hash that *event* gets at a place in a chain."""
    return hashlib.sha256(sealed_bytes(event, seq, prev)).hexdigest()


def stored_text(event: Event) -> str:
    """
    Return *event* with its hash as JSON text for a store: what `write_line` holds, its keys in any order.

    An event that was sealed in this process still has the bytes it was sealed over; they are not made twice.
    """
    sealed = event.__dict__.get(SEALED)
    if sealed is None:
        return write_line(event)
    return f'{sealed[:-1].decode()},"hash":"{event.hash}"}}'


def event_hash(event: Event) -> str:
    """
    Return the hash that belongs to *event* as it stands, whatever its `hash` says.

    An event of an older format is hashed over the document it was sealed with.
    """
    if event.original is None:
        return seal_of(event, event.seq, event.prev)
    return hashlib.sha256(spell(event.original)).hexdigest()


def write_line(event: Event) -> str:
    """
    Return *event* with its hash as one line of canonical JSON, as stores, logs and exports hold it.

    Private values stand in it as digests only; a value that cannot stand in a history is refused.
    """
    if event.original is not None:
        return spell({**event.original, "hash": event.hash}).decode()
    seal = {"hash": event.hash} if event.hash else {}
    try:
        text = encode({**_document(event, event.seq, event.prev, _leanly), **seal})
    except (Unusual, UnicodeEncodeError):
        text = spell({**_in_full(event, event.seq, event.prev), **seal})
    return text.decode()


def sealed_size(event: Event) -> int:
    """Return how many bytes the document of *event* takes, without its hash."""
    sealed = event.__dict__.get(SEALED)
    return len(sealed_bytes(event, event.seq, event.prev) if sealed is None else sealed)


def _leanly(value: Any) -> Any:
    return lean(value, _OUTER)


def _as_it_is(value: Any) -> Any:
    return value


def _in_full(event: Event, seq: int, prev: str) -> dict[str, Any]:
    """Return the document by the long way, which writes what is unusual and refuses what is not allowed."""
    # What a change replaces was recorded before, so a float in it had been declared then.
    changes = tuple(FieldChange(told.path, declared(told.old), told.new) for told in event.changes)
    document: dict[str, Any] = plain(_document(attrs.evolve(event, changes=changes), seq, prev, _as_it_is))
    return document


def _document(event: Event, seq: int, prev: str, keep: Keep) -> dict[str, Any]:
    # Every event recorded passes here: what is absent is never written rather than taken out again.
    recorded_at, occurred_at = write_instant(event.recorded_at), event.occurred_at
    document = {
        "id": event.id,
        "job_id": event.job_id,
        "kind": event.kind,
        "actor": _actor(event.actor),
        "recorded_at": recorded_at,
        "occurred_at": recorded_at if occurred_at is event.recorded_at else write_instant(occurred_at),
        "format": event.format,
        "seq": seq,
    }
    if prev:
        document["prev"] = prev
    if event.name:
        document["name"] = event.name
    if event.changes:
        document["changes"] = [_change(change, keep) for change in event.changes]
    if event.rules:
        document["rules"] = keep(event.rules)
    if event.data:
        document["data"] = keep(event.data)
    _add_rest(document, event)
    return document


def _actor(actor: Actor) -> dict[str, str]:
    told = {"id": actor.id}
    if actor.role is not None:
        told["role"] = actor.role
    if actor.org is not None:
        told["org"] = actor.org
    if actor.org_type is not None:
        told["org_type"] = actor.org_type
    return told


def _change(change: FieldChange, keep: Keep) -> dict[str, Any]:
    told = {"path": change.path}
    if change.old is not None:
        told["old"] = keep(change.old)
    if change.new is not None:
        told["new"] = keep(change.new)
    return told


def _add_rest(document: dict[str, Any], event: Event) -> None:
    if event.origin:
        document["origin"] = event.origin
    if event.origin_seq:
        document["origin_seq"] = event.origin_seq
    if event.claimed_at is not None:
        document["claimed_at"] = write_instant(event.claimed_at)
    if event.reason is not None:
        document["reason"] = event.reason
    if event.note is not None:
        document["note"] = event.note
    if event.decisions:
        document["decisions"] = list(event.decisions)
    if event.flags:
        document["flags"] = list(event.flags)
