"""The event: one recorded fact about a job, never changed after it is sealed."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

import attrs

from jobkit.mappings import EMPTY
from jobkit.model import Actor

FORMAT: Final = 1
"""The number of the stored form that this release writes."""

OPENING: Final = "created"
"""The kind of the first event of every history: it carries all that the job began with."""


@attrs.frozen
class FieldChange:
    """That the value at *path* went from *old* to *new*; both are wire values, None is absent."""

    path: str
    old: Any = None
    new: Any = None


_new_change = partial(object.__new__, FieldChange)
_put_path, _put_old, _put_new = (getattr(FieldChange, name).__set__ for name in ("path", "old", "new"))


def field_change(path: str, old: Any, new: Any) -> FieldChange:
    """Return the change slot by slot, in half the time of the constructor: every move makes one."""
    change: FieldChange = _new_change()
    _put_path(change, path)
    _put_old(change, old)
    _put_new(change, new)
    return change


# Without slots an event is made in half the time; every move makes one.
@attrs.frozen(kw_only=True, slots=False)
class Event:
    """
    One recorded fact: what changed, who did it, when it is said to have happened and when it was recorded.

    `kind` is the sort of fact (created, moved, amended, noted, observed, migrated, …), `name` its own word,
    such as the trigger of a move. `claimed_at` is the device's word, `occurred_at` what was accepted.
    `rules` names each rule part that judged it, with its hash. Unsealed, `seq` is 0 and `hash` empty.
    `original` is the document of an event sealed in an older format: its hash holds for that document.
    """

    id: str
    job_id: str
    kind: str
    name: str = ""
    actor: Actor
    occurred_at: datetime
    recorded_at: datetime
    claimed_at: datetime | None = None
    origin: str = ""
    origin_seq: int = 0
    reason: str | None = None
    note: str | None = None
    changes: tuple[FieldChange, ...] = ()
    data: Mapping[str, Any] = EMPTY
    rules: Mapping[str, str] = EMPTY
    decisions: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    format: int = FORMAT
    seq: int = 0
    prev: str = ""
    hash: str = ""
    original: Mapping[str, Any] | None = attrs.field(default=None, repr=False)

    @property
    def is_sealed(self) -> bool:
        """Whether the event has its place in a chain."""
        return self.seq > 0


_BLANK: Final = {
    field.name: field.default for field in attrs.fields(Event) if field.default is not attrs.NOTHING
}


def written(parts: Mapping[str, Any]) -> Event:
    """
    Return the event of its *parts* and the defaults of all others, in half the time of the constructor.

    Every move makes one. The parts are trusted: every field without a default must be among them.
    """
    event = object.__new__(Event)
    fields = event.__dict__
    fields.update(_BLANK)
    fields.update(parts)
    return event


@attrs.frozen
class Head:
    """
    The exported end of a chain: with it a later truncation is found.

    `at` is when the last event occurred, where that is known.
    """

    job_id: str
    seq: int
    hash: str
    at: datetime | None = attrs.field(default=None, eq=False)
