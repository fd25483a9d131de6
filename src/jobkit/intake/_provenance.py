"""Who told what: the origin of each field, over which channel, and what it was corrected from."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

import attrs

from jobkit.findings import Finding, Template
from jobkit.history import Event
from jobkit.instants import write_instant
from jobkit.intake._places import TOLD, field_name
from jobkit.mappings import FrozenMap
from jobkit.model import Actor
from jobkit.paths import Item, Step, parse, write
from jobkit.privacy import Redacted

ERASED = Template(
    "intake.told_by_another",
    "{field} was told by {teller} on {at} and would be taken away.",
    "Record what {field} is instead: a correction keeps what was told before.",
)

_SET_BY_JOBKIT: Final = ("id", "type", "states", "version", "head", "pins", "counts", "flags", "clocks")
_CHANNEL: Final = ("terms", "channel")

Steps = tuple[Step, ...]


@attrs.frozen(kw_only=True)
class Told:
    """
    One value that was told: by whom, over which channel, when, and in which event.

    A private value stays hidden, an erased one stays erased; None says that the value was taken away.
    """

    value: Any
    by: Actor
    channel: str | None
    at: datetime
    event: str

    def __str__(self) -> str:
        over = "" if self.channel is None else f" over {self.channel}"
        return f"{_spoken(self.value)} by {self.by.id}{over} on {write_instant(self.at)}"


@attrs.frozen(kw_only=True)
class Provenance:
    """
    Where the value of one field comes from: the last word on it, and those before it, the oldest first.

    `str` of one is a sentence for people; private values are hidden in it.
    """

    path: str
    last: Told
    earlier: tuple[Told, ...] = ()

    @property
    def value(self) -> Any:
        """The value as plain data; None when it was taken away."""
        return self.last.value

    @property
    def by(self) -> Actor:
        """Who told it last."""
        return self.last.by

    @property
    def channel(self) -> str | None:
        """The channel over which it was told last."""
        return self.last.channel

    @property
    def at(self) -> datetime:
        """When it was told last."""
        return self.last.at

    @property
    def corrected(self) -> bool:
        """Whether it was something else before."""
        return any(told.value is not None for told in self.earlier)

    def __str__(self) -> str:
        before = "; ".join(f"before that {told}" for told in reversed(self.earlier))
        return f"{field_name(self.path)}: {self.last}{'; ' if before else ''}{before}."


def _spoken(value: Any) -> str:
    return "taken away" if value is None else str(value)[:80]


def provenance(events: Iterable[Event]) -> Mapping[str, Provenance]:
    """
    Return where each field of a job comes from, by its path, from the whole history of the job.

    Fields that jobkit sets itself are left out. The channel is what an event says of itself, else the one by
    which the job came in as far as it was known then.

    >>> from datetime import UTC
    >>> from jobkit.history import FieldChange
    >>> at = datetime(2026, 3, 10, tzinfo=UTC)
    >>> def told(id, who, channel, old, new):
    ...     change = FieldChange("$.work.symptom", old, new)
    ...     return Event(
    ...         id=id, job_id="J", kind="amended", actor=Actor(id=who), occurred_at=at, recorded_at=at,
    ...         changes=(change,), data={"channel": channel},
    ...     )
    >>> first = told("e1", "customer", "portal", None, "LEAK")
    >>> second = told("e2", "dealer", "phone", "LEAK", "LEAK.OIL")
    >>> print(provenance([first, second])["$.work.symptom"].last)
    LEAK.OIL by dealer over phone on 2026-03-10T00:00:00.000000Z
    """
    ledger = _Ledger()
    for event in events:
        ledger.enter(event)
    return FrozenMap({write(steps): _provenance(steps, told) for steps, told in ledger.told.items()})


def carried_over(
    own: Mapping[str, Provenance],
    before: Mapping[str, Provenance],
    origins: Mapping[str, str],
    birth: str,
) -> Mapping[str, Provenance]:
    """
    Return the provenance of a job that was opened for a request, with who told the request what it took over.

    *own* is that of the job alone, *before* that of the request as it was then, *origins* says where each
    field came from, and *birth* is the event that opened the job. What was said otherwise stays its own.
    """
    return FrozenMap(
        {path: _with_source(told, before.get(origins.get(path, "")), birth) for path, told in own.items()}
    )


def _with_source(told: Provenance, source: Provenance | None, birth: str) -> Provenance:
    first, *later = (*told.earlier, told.last)
    if source is None or first.event != birth or _shown(first.value) != _shown(source.value):
        return told
    words = (*source.earlier, source.last, *later)
    return Provenance(path=told.path, last=words[-1], earlier=words[:-1])


def _shown(value: Any) -> Any:
    # A private value has another salt on each record.
    return ("private", value.reveal()) if isinstance(value, Redacted) else value


def _provenance(steps: Steps, told: list[Told]) -> Provenance:
    return Provenance(path=write(steps), last=told[-1], earlier=tuple(told[:-1]))


@attrs.define
class _Ledger:
    """What was told of each field so far, in the order in which it was recorded."""

    told: dict[Steps, list[Told]] = attrs.field(factory=dict)
    below: dict[Steps, set[Steps]] = attrs.field(factory=dict)
    channel: str | None = None

    def enter(self, event: Event) -> None:
        changes = [(parse(change.path), change.new) for change in event.changes]
        told = [(steps, new) for steps, new in changes if steps and steps[0] not in _SET_BY_JOBKIT]
        for steps, new in told:
            if steps == _CHANNEL:
                self.channel = new
        channel = event.data.get("channel") or self.channel
        for steps, new in told:
            word = Told(value=None, by=event.actor, channel=channel, at=event.occurred_at, event=event.id)
            self._change(steps, new, word)

    def _change(self, steps: Steps, new: Any, word: Told) -> None:
        self._open(steps)
        leaves = dict(leaves_of(steps, new))
        for place in sorted(self.below.get(steps, set()) - leaves.keys(), key=write):
            if place in self.told and self.told[place][-1].value is not None:
                self.told[place].append(word)
        for place, value in leaves.items():
            before = self.told.get(place)
            if value is not None or before is not None:
                self._add(place, [attrs.evolve(word, value=value)])

    def _add(self, place: Steps, words: list[Told]) -> None:
        """Add words on one field, and remember below which places it stands."""
        if place not in self.told:
            for length in range(1, len(place) + 1):
                self.below.setdefault(place[:length], set()).add(place)
        self.told.setdefault(place, []).extend(words)

    def _open(self, steps: Steps) -> None:
        """Take a value that was told as a whole apart, when a part of it is told anew."""
        for length in range(1, len(steps)):
            whole = self.told.get(steps[:length])
            if whole is None or not isinstance(whole[-1].value, Mapping):
                continue
            del self.told[steps[:length]]
            for name in whole[-1].value:
                parts = [(one, one.value.get(name)) for one in whole if isinstance(one.value, Mapping)]
                words = [attrs.evolve(one, value=value) for one, value in parts if value is not None]
                if words:
                    self._add((*steps[:length], name), words)


def leaves_of(steps: Steps, value: Any) -> Iterator[tuple[Steps, Any]]:
    """Yield the fields that *value* at *steps* holds: items of lists field by field, all else whole."""
    if steps[0] == "fields":
        yield steps, value
    elif isinstance(steps[-1], Item) and isinstance(value, Mapping):
        for name, part in value.items():
            yield from leaves_of((*steps, name), part)
    elif isinstance(value, (list, tuple)) and value and all(_key(item) for item in value):
        for item in value:
            yield from leaves_of((*steps, Item(_key(item))), item)
    else:
        yield steps, value


def _key(item: Any) -> str | None:
    """Return by what a list item is named, None for what is no item."""
    id = item.get("id") if isinstance(item, Mapping) else None
    if not isinstance(id, str):
        return None
    return f"{item['system']}:{id}" if isinstance(item.get("system"), str) else id


class ChangeLike(Protocol):
    """A change of a field, such as `history.FieldChange`: its path and the new plain value."""

    @property
    def path(self) -> str:
        """The path of the field."""

    @property
    def new(self) -> Any:
        """The value that it is to have; None takes it away."""


def erasures(
    told: Iterable[Event] | Mapping[str, Provenance], changes: Iterable[ChangeLike], by: Actor
) -> tuple[Finding, ...]:
    """
    Return a finding for each value that *changes* would take away from somebody else than *by*.

    *told* is the history of the job, or its provenance where that is known already.

    A correction is none: it puts another value in the place, and the history keeps the one before. Only what
    people tell of a job counts: subject, work, terms, safety, parts, evidence and fields.
    """
    origins = told if isinstance(told, Mapping) else provenance(told)
    known = {parse(path): origin for path, origin in origins.items()}
    found: dict[Steps, Provenance] = {}
    for change in changes:
        steps = parse(change.path)
        if not steps:
            continue
        left = {place for place, value in leaves_of(steps, change.new) if not _is_empty(value)}
        for place, origin in known.items():
            if place[: len(steps)] == steps and place not in left and _is_anothers(origin, by):
                found[place] = origin
    return tuple(
        Finding.of(
            ERASED,
            path=write(place),
            field=field_name(write(place)),
            teller=origin.by.id,
            at=write_instant(origin.at),
        )
        for place, origin in found.items()
        if place[0] in TOLD
    )


def _is_anothers(origin: Provenance, by: Actor) -> bool:
    return not _is_empty(origin.value) and origin.by.id != by.id


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], (), {})
