"""What every store refuses before it writes: a commit that does not hold together, or that came second."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from jobkit.errors import Conflict, Invalid
from jobkit.findings import Finding, Template
from jobkit.history import Event
from jobkit.mappings import EMPTY
from jobkit.paths import Item, join
from jobkit.ports import Change, Commit, Effect, IndexFacts, Receipt
from jobkit.privacy import Erased, Redacted

TWICE = Template(
    "stores.twice",
    "Job {job} stands in one commit twice.",
    "Put all events of job {job} into one change.",
)
NO_EVENTS = Template(
    "stores.no_events",
    "The change of job {job} has no event.",
    "Leave job {job} out of the commit, or record what happened to it.",
)
FOREIGN = Template(
    "stores.foreign_event",
    "A change of job {job} carries event {event} or a folded value of job {other}.",
    "Put it into the change of job {other}.",
)
UNLINKED = Template(
    "stores.unlinked",
    "Event {event} of job {job} has seq {seq} and no link to the one before it; seq {expected} is next.",
    "Read the head of job {job} again and seal its events from there, in order.",
)
UNFOLDED = Template(
    "stores.unfolded",
    "Job {job} is given at version {version}, and its last event has seq {seq}.",
    "Fold the sealed events into the job before committing.",
)
PRIVATE = Template(
    "stores.private_outside",
    "A private value stands at {path}, where it could not be erased.",
    "Leave it out, or name what it belongs to by an id.",
)
FOREIGN_EFFECT = Template(
    "stores.foreign_effect",
    "Effect {effect} of event {event} has number {number} twice, or no such event is in this commit.",
    "Number the effects of each event from 0 and commit them with it.",
)
MOVED = Template(
    "stores.moved",
    "Job {job} is at version {found}, and this commit was made for version {expected}.",
    "Read job {job} again and ask once more.",
)
SCOPE_MOVED = Template(
    "stores.scope_moved",
    "Scope {scope} is at version {found}, and this commit was made for version {expected}.",
    "Read scope {scope} again and ask once more.",
)
TAKEN = Template(
    "stores.external_id_taken",
    "{system} already knows job {holder} as {external_id}, so job {job} cannot have it.",
    "Use job {holder}, or take the external id from it first.",
)
EVENT_TAKEN = Template(
    "stores.event_taken",
    "Event {event} is already recorded.",
    "Give the event an id of its own.",
)
KEY_REUSED = Template(
    "stores.key_reused",
    "Command key {key} was used for another command.",
    "Give each command a key of its own; repeat a key only with the same arguments.",
)


@attrs.frozen(kw_only=True)
class Standing:
    """
    What a store holds about the things that a commit touches, read under its write lock.

    `heads` are (version, hash) by job id, `scopes` versions by name, `holders` job ids by external id; what a
    store does not hold is left out. `event_ids` are those of the commit's events that are already recorded.
    """

    heads: Mapping[str, tuple[int, str]] = EMPTY
    scopes: Mapping[str, int] = EMPTY
    holders: Mapping[tuple[str, str], str] = EMPTY
    event_ids: frozenset[str] = frozenset()


def check(commit: Commit) -> None:
    """
    Make sure that *commit* holds together, before any look at the store.

    Raises Invalid with all findings: a job twice, a change without events, events out of order or of another
    job, a job that is not their fold, an effect of no event here, a private value in an index or an effect.

    >>> from jobkit.testing import a_job, commit_of, opening
    >>> check(commit_of(opening(a_job())))
    """
    found = [*_doubled(commit), *_unsound_changes(commit), *_unsound_effects(commit)]
    if found:
        raise Invalid(found)


def compare(commit: Commit, standing: Standing) -> None:
    """
    Make sure that nothing has moved since *commit* was made.

    Raises Conflict with all findings: a moved job or scope, a taken external id; if there are none, an event
    id that is taken. Raises Invalid if a first event is not linked to the head that its job has.

    >>> from jobkit.testing import a_job, commit_of, opening
    >>> compare(commit_of(opening(a_job())), Standing(heads={"J-1": (4, "5e3a")}))
    Traceback (most recent call last):
    jobkit.errors.Conflict: Job J-1 is at version 4, and this commit was made for version 0. ...
    """
    moved = [
        *_moved_jobs(commit, standing),
        *_moved_scopes(commit, standing),
        *_taken_ids(commit, standing),
    ]
    # A command that came second often bears the event ids of the first: that is no reason of its own.
    found = moved or [*_taken_events(commit, standing)]
    if found:
        raise Conflict(found)
    broken = [*_broken_links(commit, standing)]
    if broken:
        raise Invalid(broken)


def same_command(key: str, kept: tuple[str, Receipt] | None, digest: str) -> Receipt | None:
    """
    Return the receipt *kept* (with its digest) for a command key, marked as repeated; None if none is kept.

    Raises Conflict if it was kept for a command with another digest.

    >>> same_command("form-17", ("5e3a", Receipt(versions={}, position=1)), "5e3a").repeated
    True
    """
    if kept is None:
        return None
    if kept[0] != digest:
        raise Conflict.of(KEY_REUSED, key=key)
    return attrs.evolve(kept[1], repeated=True)


def _at(change: Change, *rest: str) -> str:
    return join("$.changes", Item(change.job_id), *rest)


def _doubled(commit: Commit) -> Iterator[Finding]:
    seen: set[str] = set()
    for change in commit.changes:
        if change.job_id in seen:
            yield Finding.of(TWICE, path=_at(change), job=change.job_id)
        seen.add(change.job_id)


def _unsound_changes(commit: Commit) -> Iterator[Finding]:
    for change in commit.changes:
        if not change.events:
            yield Finding.of(NO_EVENTS, path=_at(change), job=change.job_id)
            continue
        yield from _foreign(change)
        yield from _disordered(change)
        yield from _unfolded(change)
        if _holds_private(_indexed(change.index)):
            path = _at(change, "index")
            yield Finding.of(PRIVATE, path=path)


def _foreign(change: Change) -> Iterator[Finding]:
    if change.job.id != change.job_id:
        last = change.events[-1].id
        yield Finding.of(FOREIGN, path=_at(change), job=change.job_id, other=change.job.id, event=last)
    for event in change.events:
        if event.job_id != change.job_id:
            yield Finding.of(FOREIGN, path=_at(change), job=change.job_id, other=event.job_id, event=event.id)


def _disordered(change: Change) -> Iterator[Finding]:
    prev: str | None = None
    for expected, event in enumerate(change.events, change.expected_version + 1):
        if event.seq != expected or not event.hash or (prev is not None and event.prev != prev):
            yield _unlinked(change, event, expected)
        prev = event.hash


def _unlinked(change: Change, event: Event, expected: int) -> Finding:
    return Finding.of(
        UNLINKED, path=_at(change), job=change.job_id, event=event.id, seq=event.seq, expected=expected
    )


def _unfolded(change: Change) -> Iterator[Finding]:
    last, job = change.events[-1], change.job
    if (job.version, job.head) != (last.seq, last.hash):
        yield Finding.of(UNFOLDED, path=_at(change), job=change.job_id, version=job.version, seq=last.seq)


def _indexed(index: IndexFacts) -> Iterator[object]:
    yield from (index.category, *index.assets, *index.people)
    for key in index.queues:
        yield from (key.queue, key.order)
    for pair in index.external_ids:
        yield from pair
    for wakeup in index.wakeups:
        yield from (wakeup.job_id, wakeup.kind, wakeup.name)


def _holds_private(values: Iterable[object]) -> bool:
    """Search *values* and what they contain, without recursion: effects may be deep."""
    left = list(values)
    while left:
        value = left.pop()
        if isinstance(value, (Redacted, Erased)):
            return True
        if isinstance(value, Mapping):
            left.extend(value.values())
        elif isinstance(value, (list, tuple)):
            left.extend(value)
    return False


def _unsound_effects(commit: Commit) -> Iterator[Finding]:
    events = {event.id for change in commit.changes for event in change.events}
    seen: set[tuple[str, int]] = set()
    for effect in commit.effects:
        path = join("$.effects", Item(f"{effect.event_id}/{effect.number}"))
        key = (effect.event_id, effect.number)
        if effect.event_id not in events or key in seen:
            yield _foreign_effect(effect, path)
        seen.add(key)
        if _holds_private((effect.name, effect.data)):
            yield Finding.of(PRIVATE, path=path)


def _foreign_effect(effect: Effect, path: str) -> Finding:
    return Finding.of(
        FOREIGN_EFFECT, path=path, effect=effect.name, number=effect.number, event=effect.event_id
    )


def _moved_jobs(commit: Commit, standing: Standing) -> Iterator[Finding]:
    for change in commit.changes:
        found = standing.heads.get(change.job_id, (0, ""))[0]
        if found != change.expected_version:
            expected = change.expected_version
            yield Finding.of(MOVED, path=_at(change), job=change.job_id, found=found, expected=expected)


def _moved_scopes(commit: Commit, standing: Standing) -> Iterator[Finding]:
    for name, expected in commit.scopes.items():
        found = standing.scopes.get(name, 0)
        if found != expected:
            path = join("$.scopes", Item(name))
            yield Finding.of(SCOPE_MOVED, path=path, scope=name, found=found, expected=expected)


def _taken_ids(commit: Commit, standing: Standing) -> Iterator[Finding]:
    """An external id that a job of this commit gives up is free for another one of it."""
    inside = {change.job_id for change in commit.changes}
    given: dict[tuple[str, str], str] = {}
    for change in commit.changes:
        for key in change.index.external_ids:
            held = standing.holders.get(key)
            outside = None if held in inside else held
            holder = given.setdefault(key, outside or change.job_id)
            if holder != change.job_id:
                yield _taken(change, key, holder)


def _taken(change: Change, key: tuple[str, str], holder: str) -> Finding:
    system, external_id = key
    path = _at(change, "index", "external_ids")
    params: dict[str, Any] = {"system": system, "external_id": external_id, "holder": holder}
    return Finding.of(TAKEN, path=path, job=change.job_id, **params)


def _taken_events(commit: Commit, standing: Standing) -> Iterator[Finding]:
    seen = set(standing.event_ids)
    for change in commit.changes:
        for event in change.events:
            if event.id in seen:
                yield Finding.of(EVENT_TAKEN, path=_at(change, "events"), event=event.id)
            seen.add(event.id)


def _broken_links(commit: Commit, standing: Standing) -> Iterator[Finding]:
    for change in commit.changes:
        head = standing.heads.get(change.job_id, (0, ""))[1]
        if change.events[0].prev != head:
            yield _unlinked(change, change.events[0], change.expected_version + 1)
