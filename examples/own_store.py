"""
A store of your own: everything in one JSON file, replaced as a whole at each commit.

It suits a device with a few hundred jobs. `jobkit.stores` brings what every store needs: `check` and
`compare` refuse what must not be written, `prepare` makes texts, `read_job` and its kin make values again.
What is left is where the texts lie. Whether that was done right says `jobkit.testing.JobStoreContract`.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from jobkit import stores
from jobkit.history import Event, FieldChange, fold, seal
from jobkit.instants import utc
from jobkit.model import Actor, Job
from jobkit.ports import Change, Commit, Effect, Feed, IndexFacts, Page, QueueKey, Receipt
from jobkit.stores.ids import random_id, random_salt
from jobkit.wakeups import Wakeup

Ids = tuple[str, ...]
Held = dict[str, Any]
NOTHING = '{"jobs": {}, "private": {}, "scopes": {}, "receipts": {}, "events": [], "outbox": []}'


class FileStore:
    """A JobStore in one JSON file, for one process; its threads take turns."""

    new_id, new_salt = staticmethod(random_id), staticmethod(random_salt)

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()

    @contextmanager
    def _held(self, tenant: str, *, write: bool = False) -> Iterator[Held]:
        """Lend what is held of a tenant; an error on the way leaves the file as it was."""
        with self._lock:
            everything = json.loads(self._path.read_text("utf-8") if self._path.exists() else "{}")
            held = everything.setdefault("tenants", {}).setdefault(tenant, json.loads(NOTHING))
            yield held | {"rules": everything.setdefault("rules", {})}
            if write:
                fresh = self._path.with_suffix(".new")
                with fresh.open("w", encoding="utf-8") as file:
                    json.dump(everything, file)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(fresh, self._path)

    def commit(self, commit: Commit, /) -> Receipt:
        stores.check(commit)
        prepared = [stores.prepare(change) for change in commit.changes]
        with self._held(commit.tenant, write=True) as held:
            first = kept_receipt(held, commit.command_key, commit.command_digest)
            if first is not None:
                return first
            stores.compare(commit, standing(held))
            for each in prepared:
                write(held, each)
            held["scopes"].update({name: version + 1 for name, version in commit.scopes.items()})
            held["outbox"] += [[e.event_id, e.number, e.name, stores.effect_text(e)] for e in commit.effects]
            held["rules"].update({**commit.rules, **held["rules"]})
            versions = {change.job_id: change.job.version for change in commit.changes}
            receipt = Receipt(versions=versions, position=len(held["events"]))
            if commit.command_key is not None:
                held["receipts"][commit.command_key] = [commit.command_digest, stores.receipt_text(receipt)]
            return receipt

    def receipt(self, tenant: str, command_key: str, digest: str, /) -> Receipt | None:
        with self._held(tenant) as held:
            return kept_receipt(held, command_key, digest)

    def jobs(self, tenant: str, job_ids: Sequence[str], /) -> tuple[Job | None, ...]:
        with self._held(tenant) as held:
            return tuple(job_of(held, id) if id in held["jobs"] else None for id in job_ids)

    def index(self, tenant: str, job_ids: Sequence[str], /) -> tuple[IndexFacts | None, ...]:
        with self._held(tenant) as held:
            return tuple(map(dict(indexes(held)).get, job_ids))

    def history(self, tenant: str, job_id: str, /) -> tuple[Event, ...]:
        with self._held(tenant) as held:
            return tuple(event_of(held, row) for row in held["events"] if row[0] == job_id)

    def by_external_id(self, tenant: str, system: str, external_id: str, /) -> str | None:
        with self._held(tenant) as held:
            return standing(held).holders.get((system, external_id))

    def by_asset(self, tenant: str, asset: str, *, open_only: bool = True, limit: int = 100) -> Ids:
        with self._held(tenant) as held:
            found = [id for id, i in indexes(held) if asset in i.assets and (i.open or not open_only)]
        return tuple(found[::-1][: stores.size(limit)])

    def by_person(self, tenant: str, person: str, *, limit: int = 1000) -> Ids:
        with self._held(tenant) as held:
            found = sorted(id for id, i in indexes(held) if person in i.people and i.open)
        return tuple(found[: stores.size(limit)])

    def queue(self, tenant: str, name: str, *, after: str | None = None, limit: int = 50) -> Page:
        start = stores.read_cursor(after)
        with self._held(tenant) as held:
            places = sorted((k.order, id) for id, i in indexes(held) for k in i.queues if k.queue == name)
        return stores.page([place for place in places if place > start][: stores.size(limit) + 1], limit)

    def due(self, tenant: str, now: datetime, *, limit: int = 100) -> tuple[Wakeup, ...]:
        last = utc(now)
        with self._held(tenant) as held:
            found = sorted(w for _, i in indexes(held) for w in i.wakeups if w.at <= last)
        return tuple(found[: stores.size(limit)])

    def feed(self, tenant: str, *, after: int = 0, limit: int = 1000) -> Feed:
        with self._held(tenant) as held:
            rows = held["events"][max(after, 0) :][: stores.size(limit)]
            return Feed(tuple(event_of(held, row) for row in rows), max(after, 0) + len(rows))

    def scopes(self, tenant: str, names: Sequence[str], /) -> Mapping[str, int]:
        with self._held(tenant) as held:
            return {name: held["scopes"].get(name, 0) for name in names}

    def outbox(self, tenant: str, *, limit: int = 100) -> tuple[Effect, ...]:
        with self._held(tenant) as held:
            rows = held["outbox"][: stores.size(limit)]
        return tuple(stores.read_effect(*row) for row in rows)

    def delivered(self, tenant: str, effects: Sequence[tuple[str, int]], /) -> None:
        with self._held(tenant, write=True) as held:
            held["outbox"][:] = [row for row in held["outbox"] if (row[0], row[1]) not in effects]

    def erase(self, tenant: str, job_id: str, digests: Sequence[str], /) -> int:
        with self._held(tenant, write=True) as held:
            kept = held["private"].get(job_id, {})
            gone = {digest for digest in digests if kept.get(digest)}
            kept.update(dict.fromkeys(gone))
            return len(gone)

    def rule(self, digest: str, /) -> str | None:
        with self._held("") as held:
            return None if digest not in held["rules"] else str(held["rules"][digest])


def write(held: Held, prepared: stores.Prepared) -> None:
    """Put one job, its events and its private values in their places; an erased value stays erased."""
    id, job = prepared.change.job_id, prepared.change.job
    held["jobs"][id] = [job.version, job.head, prepared.job, prepared.index]
    texts = zip(prepared.change.events, prepared.events, strict=True)
    held["events"] += [[id, event.id, text] for event, text in texts]
    private = held["private"].setdefault(id, {})
    for digest, salt, text in prepared.private:
        private.setdefault(digest, [salt, text])


def standing(held: Held) -> stores.Standing:
    """Return what a commit is compared with."""
    return stores.Standing(
        heads={id: (job[0], job[1]) for id, job in held["jobs"].items()},
        scopes=held["scopes"],
        holders={key: id for id, index in indexes(held) for key in index.external_ids},
        event_ids=frozenset(row[1] for row in held["events"]),
    )


def kept_receipt(held: Held, key: str | None, digest: str) -> Receipt | None:
    """Return the receipt of a command that was committed before."""
    if key not in held["receipts"]:
        return None
    kept, text = held["receipts"][key]
    return stores.same_command(str(key), (kept, stores.read_receipt(text, f"receipt {key}")), digest)


def indexes(held: Held) -> Iterator[tuple[str, IndexFacts]]:
    """Yield the index facts of every job, the oldest job first."""
    return ((id, stores.read_index(job[3], f"job {id}")) for id, job in held["jobs"].items())


def private_of(held: Held, id: str) -> dict[str, tuple[str, str]]:
    """Return the private values of a job that are not erased, by their digests."""
    return {digest: (pair[0], pair[1]) for digest, pair in held["private"].get(id, {}).items() if pair}


def job_of(held: Held, id: str) -> Job:
    """Return a job with its private values."""
    return stores.read_job(held["jobs"][id][2], private_of(held, id), f"job {id}")


def event_of(held: Held, row: list[str]) -> Event:
    """Return an event with its private values."""
    return stores.read_stored_event(row[2], private_of(held, row[0]), f"event {row[1]}")


def story() -> None:
    """Record one job and find it again in a queue."""
    now = datetime(2026, 3, 14, 9, tzinfo=UTC)
    told = (
        FieldChange("$.type", None, "repair"),
        FieldChange("$.states[work]", None, {"name": "triage", "category": "triage"}),
    )
    first = Event(
        id="e-1",
        job_id="J-1",
        kind="created",
        actor=Actor(id="u-1"),
        occurred_at=now,
        recorded_at=now,
        changes=told,
    )
    events = seal([first])
    index = IndexFacts(category="triage", open=True, queues=(QueueKey("triage", "1"),))
    change = Change(job_id="J-1", expected_version=0, events=events, job=fold(events), index=index)

    store = FileStore(Path("jobs.json"))
    store.commit(Commit(changes=(change,), command_key="submit-1", command_digest="d"))
    again = store.commit(Commit(changes=(change,), command_key="submit-1", command_digest="d"))

    print("In triage:", *FileStore(Path("jobs.json")).queue("", "triage").job_ids)
    print("Sent twice, written once:", again.repeated, len(store.history("", "J-1")))


if __name__ == "__main__":
    story()
