"""The append-only history of a job: events, fold, seal, verify, merge."""

from jobkit.history._accept import CLOCK_AHEAD, CLOCK_BEHIND, Accepted, accept
from jobkit.history._canonical import Real, canonical, digest
from jobkit.history._chain import head, seal
from jobkit.history._clashes import Clash
from jobkit.history._document import event_document, event_hash, sealed_size, stored_text, write_line
from jobkit.history._effective import (
    ABSORBED,
    MERGED,
    UNMERGED,
    Items,
    as_owned,
    effective,
    fold_effective,
    items_of,
    kept_share,
    owned_events,
    owned_share,
    since,
)
from jobkit.history._erasure import erase, private_digests, private_values
from jobkit.history._event import FORMAT, OPENING, Event, FieldChange, Head, field_change, written
from jobkit.history._facts import CONFLICT, REJECTED, offered
from jobkit.history._fold import apply, fold, opening
from jobkit.history._formats import upcast
from jobkit.history._merge import Conflicting, Judge, Merged, Rejection, merge, rejoin
from jobkit.history._offers import EventSet
from jobkit.history._read import Secrets, read_event, read_line
from jobkit.history._rejudge import ERASED, Rejudged, is_decision, rejudge
from jobkit.history._timeline import History, Stay, timeline
from jobkit.history._verify import Verification, check, verify

__all__ = [
    "ABSORBED",
    "CLOCK_AHEAD",
    "CLOCK_BEHIND",
    "CONFLICT",
    "ERASED",
    "FORMAT",
    "MERGED",
    "OPENING",
    "REJECTED",
    "UNMERGED",
    "Accepted",
    "Clash",
    "Conflicting",
    "Event",
    "EventSet",
    "FieldChange",
    "Head",
    "History",
    "Items",
    "Judge",
    "Merged",
    "Real",
    "Rejection",
    "Rejudged",
    "Secrets",
    "Stay",
    "Verification",
    "accept",
    "apply",
    "as_owned",
    "canonical",
    "check",
    "digest",
    "effective",
    "erase",
    "event_document",
    "event_hash",
    "field_change",
    "written",
    "fold",
    "fold_effective",
    "head",
    "is_decision",
    "items_of",
    "kept_share",
    "merge",
    "offered",
    "opening",
    "owned_events",
    "owned_share",
    "private_digests",
    "private_values",
    "read_event",
    "read_line",
    "rejoin",
    "rejudge",
    "seal",
    "sealed_size",
    "since",
    "stored_text",
    "timeline",
    "upcast",
    "verify",
    "write_line",
]
