"""Short ways to real values: jobs with sealed histories, ready to be committed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs

from jobkit.history import OPENING, Event, FieldChange, Head, seal
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Actor, Category, End, Job, State, blank, changed
from jobkit.ports import Change, Commit, Effect, IndexFacts

NOW: Final = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
"""The instant at which the first event of every built history occurs; each later one comes a minute after."""

DISPATCHER: Final = Actor(id="u-1", role="dispatcher")
"""Who records the built events."""


def a_job(
    id: str = "J-1", state: str = "draft", category: Category = "draft", end: End | None = None, **facts: Any
) -> Job:
    """
    Return a job in one state that nothing was recorded about yet.

    >>> a_job("J-7", "closed", "closed", "cancelled").is_open
    False
    """
    states = FrozenMap({PRIMARY: State(name=state, category=category, end=end)})
    return Job(id=id, type="repair", states=states, **facts)


def index_of(job: Job, **facts: Any) -> IndexFacts:
    """Return index facts of a job: its category and whether it is open, and what is named."""
    return IndexFacts(category=job.state.category, open=job.is_open, **facts)


def opening(job: Job, index: IndexFacts | None = None, **told: Any) -> Change:
    """
    Return the change that records a new *job*; *told* are further fields of its event.

    >>> opening(a_job()).events[0].seq
    1
    """
    changes = _differences(blank(job.id), job)
    return _recorded(job, Head(job.id, 0, ""), ({"kind": OPENING, "changes": changes, **told},), index)


def following(before: Change, job: Job | None = None, index: IndexFacts | None = None, **told: Any) -> Change:
    """
    Return the change after *before*: an amendment to what *job* is, or a mere note without one.

    >>> following(opening(a_job())).job.version
    2
    """
    after = before.job if job is None else job
    changes = _differences(before.job, after)
    kind = "amended" if changes else "noted"
    head = Head(before.job_id, before.job.version, before.job.head)
    return _recorded(after, head, ({"kind": kind, "changes": changes, **told},), index or before.index)


def notes(before: Change, count: int, **told: Any) -> Change:
    """Return the change after *before* that records *count* notes at once."""
    head = Head(before.job_id, before.job.version, before.job.head)
    return _recorded(before.job, head, [{"kind": "noted", **told}] * count, before.index)


def _differences(before: Job, after: Job) -> tuple[FieldChange, ...]:
    bare = attrs.evolve(after, version=before.version, head=before.head)
    return tuple(FieldChange(*told) for told in changed(before, bare))


def _recorded(job: Job, head: Head, told: Sequence[Mapping[str, Any]], index: IndexFacts | None) -> Change:
    unsealed = (_event(job.id, seq, each) for seq, each in enumerate(told, head.seq + 1))
    events = seal(unsealed, head)
    folded = attrs.evolve(job, version=events[-1].seq, head=events[-1].hash)
    return Change(
        job_id=job.id,
        expected_version=head.seq,
        events=events,
        job=folded,
        index=index or index_of(job),
    )


def _event(job_id: str, seq: int, told: Mapping[str, Any]) -> Event:
    at = NOW + timedelta(minutes=seq - 1)
    given = {"id": f"{job_id}/{seq}", "actor": DISPATCHER, "occurred_at": at, "recorded_at": at, **told}
    return Event(job_id=job_id, **given)


def commit_of(*changes: Change, **told: Any) -> Commit:
    """
    Return a commit of some changes; *told* are its other fields.

    >>> commit_of(opening(a_job()), tenant="acme").tenant
    'acme'
    """
    return Commit(changes=changes, **told)


def effect_of(change: Change, number: int = 0, data: Mapping[str, Any] = EMPTY) -> Effect:
    """Return an effect of the change's last event."""
    return Effect(event_id=change.events[-1].id, number=number, name="notify", data=data)
