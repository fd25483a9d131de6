"""A store in memory: for tests, trials and hosts that keep nothing. It forgets everything when it goes."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from threading import RLock
from typing import Final

import attrs

from jobkit.history import Event
from jobkit.instants import write_instant
from jobkit.model import Job
from jobkit.ports import Commit, Effect, Feed, IndexFacts, Page, Receipt
from jobkit.stores._checks import Standing, check, compare, same_command
from jobkit.stores._documents import (
    Prepared,
    PrivateValues,
    effect_text,
    prepare,
    read_effect,
    read_index,
    read_job,
    read_receipt,
    read_stored_event,
    read_wakeup,
    receipt_text,
)
from jobkit.stores._index import NONE, TABLES, Row, Rows, rows, turnover
from jobkit.stores._pages import page, read_cursor, size
from jobkit.stores.ids import random_id, random_salt
from jobkit.wakeups import Wakeup

_LAST: Final = chr(0x10FFFF)


@attrs.frozen
class _Entry:
    """One stored event: its id and its text."""

    id: str
    text: str


@attrs.frozen(kw_only=True)
class _Record:
    """What stands in the store about one job now."""

    version: int
    head: str
    job: str
    index: str
    serial: int
    rows: Rows


@attrs.define
class _Tenant:
    """Everything of one tenant; rows are kept in lists sorted by their first columns."""

    records: dict[str, _Record] = attrs.field(factory=dict)
    events: dict[str, list[_Entry]] = attrs.field(factory=dict)
    event_ids: set[str] = attrs.field(factory=set)
    feed: list[tuple[str, int]] = attrs.field(factory=list)
    private: dict[str, dict[str, tuple[str, str] | None]] = attrs.field(factory=dict)
    scopes: dict[str, int] = attrs.field(factory=dict)
    receipts: dict[str, tuple[str, str]] = attrs.field(factory=dict)
    outbox: dict[tuple[str, int], tuple[str, str]] = attrs.field(factory=dict)
    holders: dict[tuple[str, str], str] = attrs.field(factory=dict)
    tables: dict[str, list[Row]] = attrs.field(factory=lambda: {table: [] for table in TABLES})


class MemoryStore:
    """
    A JobStore and RuleArchive in memory, safe to share between threads: one lock guards every call.

    It keeps the same texts as a database would, so a value that no database can hold is refused here too.

    >>> MemoryStore().jobs("", ["J-1"])
    (None,)
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._tenants: dict[str, _Tenant] = {}
        self._rules: dict[str, str] = {}

    def commit(self, commit: Commit, /) -> Receipt:
        """
        Write all of *commit* or nothing; a command that was committed before returns its first receipt.

        Raises Conflict when something has moved or is taken, Invalid when the commit does not hold together.
        """
        check(commit)
        prepared = [prepare(change) for change in commit.changes]
        effects = _effects(commit)
        with self._lock:
            tenant = self._tenants.get(commit.tenant, _Tenant())
            if (first := _kept(tenant, commit.command_key, commit.command_digest)) is not None:
                return first
            compare(commit, _standing(tenant, commit))
            receipt = _write(tenant, commit, prepared)
            tenant.outbox.update(effects)
            self._rules = {**commit.rules, **self._rules} if commit.rules else self._rules
            self._tenants[commit.tenant] = tenant
            return receipt

    def receipt(self, tenant: str, command_key: str, digest: str, /) -> Receipt | None:
        """Return the receipt of a command that was committed before; another digest is a Conflict."""
        with self._lock:
            return _kept(self._of(tenant), command_key, digest)

    def jobs(self, tenant: str, job_ids: Sequence[str], /) -> tuple[Job | None, ...]:
        """Return each job, or None where there is none, in the order of *job_ids*."""
        with self._lock:
            held = self._of(tenant)
            return tuple(_job(held, job_id) for job_id in job_ids)

    def index(self, tenant: str, job_ids: Sequence[str], /) -> tuple[IndexFacts | None, ...]:
        """Return the index facts of each job, or None where there is none, in the order of *job_ids*."""
        with self._lock:
            records = self._of(tenant).records
            found = [records[job_id].index if job_id in records else None for job_id in job_ids]
        return tuple(
            None if text is None else read_index(text, f"job {id}")
            for text, id in zip(found, job_ids, strict=True)
        )

    def history(self, tenant: str, job_id: str, /) -> tuple[Event, ...]:
        """Return a job's events in recording order; none for an unknown job."""
        with self._lock:
            held = self._of(tenant)
            private = _private(held, job_id)
            return tuple(_event(entry, private) for entry in held.events.get(job_id, ()))

    def by_external_id(self, tenant: str, system: str, external_id: str, /) -> str | None:
        """Return the id of the job that *system* knows under *external_id*, or None."""
        with self._lock:
            return self._of(tenant).holders.get((system, external_id))

    def by_asset(
        self, tenant: str, asset: str, *, open_only: bool = True, limit: int = 100
    ) -> tuple[str, ...]:
        """Return ids of jobs on *asset*, the newest first; a limit below one is refused."""
        with self._lock:
            on_asset = _between(self._of(tenant).tables["assets"], (asset, int(open_only)), (asset, 2))
        newest = sorted(on_asset, key=lambda row: -int(row[2]))
        return tuple(job_id for *_, job_id in newest[: size(limit)])

    def by_person(self, tenant: str, person: str, *, limit: int = 1000) -> tuple[str, ...]:
        """Return ids of open jobs of *person*, ordered by id; a limit below one is refused."""
        with self._lock:
            found = _between(self._of(tenant).tables["people"], (person,), (person, _LAST))
        return tuple(job_id for _, job_id in found[: size(limit)])

    def queue(self, tenant: str, name: str, *, after: str | None = None, limit: int = 50) -> Page:
        """Return a page of a queue by key, then job id; a foreign cursor or a limit below one is refused."""
        start = (name, *read_cursor(after))
        with self._lock:
            table = self._of(tenant).tables["queues"]
            place = bisect_right(table, start)
            found = table[place : place + size(limit) + 1]
        return page([(order, job_id) for queue, order, job_id in found if queue == name], limit)

    def due(self, tenant: str, now: datetime, *, limit: int = 100) -> tuple[Wakeup, ...]:
        """Return wake-ups at or before *now*, earliest first; a naive time, a limit below one are refused."""
        last = (write_instant(now), _LAST)
        with self._lock:
            found = _between(self._of(tenant).tables["wakeups"], (), last)
        return tuple(read_wakeup(*row) for row in found[: size(limit)])

    def feed(self, tenant: str, *, after: int = 0, limit: int = 1000) -> Feed:
        """Return committed events after a position, without gaps; a limit below one is refused."""
        start = max(after, 0)
        with self._lock:
            held = self._of(tenant)
            found = held.feed[start : start + size(limit)]
            private = {job_id: _private(held, job_id) for job_id, _ in found}
            events = tuple(_event(held.events[job_id][place], private[job_id]) for job_id, place in found)
        return Feed(events, start + len(found))

    def scopes(self, tenant: str, names: Sequence[str], /) -> Mapping[str, int]:
        """Return the version of each scope, 0 for one never written."""
        with self._lock:
            held = self._of(tenant)
            return {name: held.scopes.get(name, 0) for name in names}

    def outbox(self, tenant: str, *, limit: int = 100) -> tuple[Effect, ...]:
        """Return effects not yet confirmed as delivered, oldest first; a limit below one is refused."""
        with self._lock:
            waiting = list(self._of(tenant).outbox.items())[: size(limit)]
        return tuple(read_effect(*key, *told) for key, told in waiting)

    def delivered(self, tenant: str, effects: Sequence[tuple[str, int]], /) -> None:
        """Forget delivered effects, named by (event id, number); unknown ones are no error."""
        with self._lock:
            held = self._of(tenant)
            for key in effects:
                held.outbox.pop(key, None)

    def erase(self, tenant: str, job_id: str, digests: Sequence[str], /) -> int:
        """Destroy private values of a job for good and return how many there were; unknown ones are none."""
        with self._lock:
            kept = self._of(tenant).private.get(job_id, {})
            there = {digest for digest in digests if kept.get(digest) is not None}
            kept.update(dict.fromkeys(there))
            return len(there)

    def rule(self, digest: str, /) -> str | None:
        """Return the canonical text of the rule part with this hash, or None."""
        with self._lock:
            return self._rules.get(digest)

    def new_id(self) -> str:
        """Return a new id: 128 random bits as hex."""
        return random_id()

    def new_salt(self) -> str:
        """Return a new salt for one private value: 256 random bits as hex."""
        return random_salt()

    def _of(self, tenant: str) -> _Tenant:
        return self._tenants.get(tenant) or _Tenant()


def _effects(commit: Commit) -> dict[tuple[str, int], tuple[str, str]]:
    return {(effect.event_id, effect.number): (effect.name, effect_text(effect)) for effect in commit.effects}


def _kept(tenant: _Tenant, key: str | None, digest: str) -> Receipt | None:
    if key is None or key not in tenant.receipts:
        return None
    kept, text = tenant.receipts[key]
    return same_command(key, (kept, read_receipt(text, f"receipt {key}")), digest)


def _standing(tenant: _Tenant, commit: Commit) -> Standing:
    records = {change.job_id: tenant.records.get(change.job_id) for change in commit.changes}
    return Standing(
        heads={job_id: (record.version, record.head) for job_id, record in records.items() if record},
        scopes=tenant.scopes,
        holders=tenant.holders,
        event_ids=frozenset(
            event.id for change in commit.changes for event in change.events if event.id in tenant.event_ids
        ),
    )


def _write(tenant: _Tenant, commit: Commit, prepared: Iterable[Prepared]) -> Receipt:
    for each in prepared:
        _append(tenant, each)
        _replace(tenant, each)
    for name in commit.scopes:
        tenant.scopes[name] = tenant.scopes.get(name, 0) + 1
    versions = {change.job_id: change.job.version for change in commit.changes}
    receipt = Receipt(versions=versions, position=len(tenant.feed))
    if commit.command_key is not None:
        tenant.receipts[commit.command_key] = (commit.command_digest, receipt_text(receipt))
    return receipt


def _append(tenant: _Tenant, prepared: Prepared) -> None:
    """Add the events, and the private values that were not erased before."""
    job_id, events = prepared.change.job_id, prepared.change.events
    entries = tenant.events.setdefault(job_id, [])
    tenant.feed.extend((job_id, event.seq - 1) for event in events)
    tenant.event_ids.update(event.id for event in events)
    entries.extend(_Entry(event.id, text) for event, text in zip(events, prepared.events, strict=True))
    kept = tenant.private.setdefault(job_id, {})
    for digest, salt, text in prepared.private:
        kept.setdefault(digest, (salt, text))


def _replace(tenant: _Tenant, prepared: Prepared) -> None:
    """Put the job in the place of what it was, and turn its index rows over."""
    change = prepared.change
    before = tenant.records.get(change.job_id)
    serial = before.serial if before else len(tenant.records)
    after = rows(change.index, change.job_id, serial)
    _turn(tenant, before.rows if before else NONE, after)
    tenant.records[change.job_id] = _record(change.job, prepared, serial, after)


def _record(job: Job, prepared: Prepared, serial: int, rows: Rows) -> _Record:
    return _Record(
        version=job.version,
        head=job.head,
        job=prepared.job,
        index=prepared.index,
        serial=serial,
        rows=rows,
    )


def _turn(tenant: _Tenant, before: Rows, after: Rows) -> None:
    for name, (gone, come) in turnover(before, after).items():
        table = tenant.tables[name]
        for row in gone:
            del table[bisect_left(table, row)]
        for row in come:
            insort(table, row)
    for system, id, job_id in before.external_ids - after.external_ids:
        if tenant.holders[system, id] == job_id:  # another change of the same commit may have it by now
            del tenant.holders[system, id]
    tenant.holders.update({(system, id): job_id for system, id, job_id in after.external_ids})


def _private(tenant: _Tenant, job_id: str) -> dict[str, tuple[str, str]]:
    kept = tenant.private.get(job_id, {})
    return {digest: value for digest, value in kept.items() if value is not None}


def _job(tenant: _Tenant, job_id: str) -> Job | None:
    record = tenant.records.get(job_id)
    if record is None:
        return None
    return read_job(record.job, _private(tenant, job_id), f"job {job_id}")


def _event(entry: _Entry, private: PrivateValues) -> Event:
    return read_stored_event(entry.text, private, f"event {entry.id}")


def _between(table: list[Row], first: Row, last: Row) -> list[Row]:
    return table[bisect_left(table, first) : bisect_right(table, last)]
