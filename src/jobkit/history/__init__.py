"""The append-only history of a job: events, fold, seal, verify, merge."""

from jobkit.history._event import FORMAT, Event, FieldChange, Head

__all__ = ["FORMAT", "Event", "FieldChange", "Head"]
