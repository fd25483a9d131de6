"""Processes that work on one SQLite file at the same time, and an audit of what they leave."""

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import attrs

from jobkit.errors import Conflict
from jobkit.history import Event, fold, verify
from jobkit.mappings import FrozenMap
from jobkit.model import PRIMARY, Category, Job, State
from jobkit.ports import Change
from jobkit.stores.sqlite import Durability, SQLiteStore
from jobkit.testing import a_job, commit_of, effect_of, following, index_of, opening

WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "draft": ("open",),
    "open": ("active", "waiting"),
    "active": ("open", "waiting"),
    "waiting": ("open",),
}
"""The legal moves of the crowd's little lifecycle."""

CATEGORIES: Final[Mapping[str, Category]] = {
    "draft": "draft",
    "open": "open",
    "active": "active",
    "waiting": "waiting",
}
EDITS: Final = "edits"


def hot_jobs(count: int) -> tuple[str, ...]:
    """Return the ids of the jobs that everybody works on."""
    return tuple(f"J-{number}" for number in range(count))


def prepare(path: Path, jobs: int) -> None:
    """Make the file with its jobs."""
    with SQLiteStore(path) as store:
        store.commit(commit_of(*(opening(a_job(id)) for id in hot_jobs(jobs))))


def as_change(job: Job) -> Change:
    """Return a stored job as the change that the next one follows."""
    return Change(job_id=job.id, expected_version=0, events=(), job=job, index=index_of(job))


def moved(job: Job, target: str) -> Job:
    """Return the job in another state."""
    return attrs.evolve(job, states=FrozenMap({PRIMARY: State(name=target, category=CATEGORIES[target])}))


def edited(job: Job) -> Job:
    """Return the job with one more edit counted, in the state where it is."""
    return attrs.evolve(job, counts=FrozenMap({EDITS: job.counts.get(EDITS, 0) + 1}))


def step(job: Job, chance: random.Random, event_id: str) -> Change:
    """Return a legal move of the job, or an edit that leaves its state alone."""
    if chance.random() < 0.5:
        return following(as_change(job), edited(job), index=index_of(job), id=event_id)
    after = moved(job, chance.choice(WAYS[job.state.name]))
    return following(as_change(job), after, index=index_of(after), id=event_id, kind="moved")


def transition(store: SQLiteStore, ids: Sequence[str], chance: random.Random, key: str) -> None:
    """Change every job of *ids* in one commit, asking again as often as somebody else was first."""
    while True:
        jobs = [job for job in store.jobs("", ids) if job is not None]
        changes = [step(job, chance, f"{key}/{job.id}") for job in jobs]
        try:
            store.commit(
                commit_of(
                    *changes,
                    effects=(effect_of(changes[0]),),
                    scopes=store.scopes("", ["crowd"]) if len(ids) > 1 else {},
                    command_key=key,
                    command_digest=key,
                )
            )
        except Conflict:
            continue
        return


def work(path: Path, name: str, count: int, jobs: int, together: int, durability: Durability) -> None:
    """Carry out *count* transitions of *together* jobs each and acknowledge each one by a line."""
    chance = random.Random(name)
    with SQLiteStore(path, durability=durability) as store:
        for number in range(count):
            key = f"{name}-{number}"
            transition(store, chance.sample(hot_jobs(jobs), together), chance, key)
            sys.stdout.write(f"{key}\n")
            sys.stdout.flush()


@attrs.frozen(kw_only=True)
class Audit:
    """What stands in a file, and whatever is wrong with it."""

    keys: Mapping[str, int]
    """How many events each acknowledged or unacknowledged command left, by its key."""
    faults: tuple[str, ...]


def audit(path: Path, jobs: int, together: int) -> Audit:
    """Read everything back and look for what is lost, doubled, torn, gapped or illegal."""
    with SQLiteStore(path) as store:
        events = [event for event in all_events(store) if "/" in event.id and event.seq > 1]
        keys = [event.id.rpartition("/")[0] for event in events]
        counted = {key: keys.count(key) for key in set(keys)}
        faults = [fault for id in hot_jobs(jobs) for fault in faults_of(store, id)]
        faults.extend(f"{key} is torn" for key, count in counted.items() if count != together)
        faults.extend(f"{key} has no receipt" for key in counted if store.receipt("", key, key) is None)
        if len(store.outbox("", limit=1_000_000)) != len(counted):
            faults.append("effects are lost or doubled")
        sane = store._connection.raw.execute("PRAGMA integrity_check").fetchone()[0]
    return Audit(keys=counted, faults=(*faults, *(() if sane == "ok" else (sane,))))


def all_events(store: SQLiteStore) -> Iterator[Event]:
    """Follow the feed to its end."""
    position = 0
    while (feed := store.feed("", after=position)).events:
        yield from feed.events
        position = feed.position


def faults_of(store: SQLiteStore, id: str) -> Iterator[str]:
    """Yield what is wrong with one job and its history."""
    events = store.history("", id)
    (job,) = store.jobs("", [id])
    found = verify(events).findings
    if found or [event.seq for event in events] != list(range(1, len(events) + 1)):
        yield f"{id} has gaps or broken seals: {[finding.message for finding in found]}"
        return
    if fold(events) != job:
        yield f"{id} is not what its history says"
    yield from illegal_moves(events)
    if edits_of(events) != list(range(1, len(edits_of(events)) + 1)):
        yield f"an edit of {id} was lost"


def illegal_moves(events: Sequence[Event]) -> Iterator[str]:
    """Yield moves that do not begin where the one before ended, or that the lifecycle does not have."""
    moves = [
        (change.old, change.new)
        for event in events
        for change in event.changes
        if change.path.startswith("$.states")
    ]
    for (_, before), (old, new) in pairwise(moves):
        if before["name"] != old["name"] or new["name"] not in WAYS[old["name"]]:
            yield f"{old['name']} to {new['name']} is illegal"


def edits_of(events: Sequence[Event]) -> list[int]:
    """Return the counts that the edits of a job wrote, in order."""
    return [
        change.new
        for event in events
        for change in event.changes
        if change.path.startswith("$.counts") and event.seq > 1
    ]
