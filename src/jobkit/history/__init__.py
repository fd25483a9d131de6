"""The append-only history of a job: events, fold, seal, verify, merge."""

from jobkit.history._canonical import Real, canonical, digest
from jobkit.history._chain import head, seal
from jobkit.history._document import event_document, event_hash, write_line
from jobkit.history._event import FORMAT, OPENING, Event, FieldChange, Head
from jobkit.history._formats import upcast
from jobkit.history._read import Secrets, read_event, read_line
from jobkit.history._verify import Verification, check, verify

__all__ = [
    "FORMAT",
    "OPENING",
    "Event",
    "FieldChange",
    "Head",
    "Real",
    "Secrets",
    "Verification",
    "canonical",
    "check",
    "digest",
    "event_document",
    "event_hash",
    "head",
    "read_event",
    "read_line",
    "seal",
    "upcast",
    "verify",
    "write_line",
]
