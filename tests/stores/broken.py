"""Stores that are wrong, each in one way that real stores were wrong in; the contract must find them all."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import attrs

from jobkit.errors import Conflict, Invalid
from jobkit.history import Event
from jobkit.model import Job
from jobkit.ports import Change, Commit, Effect, Feed, IndexFacts, Page, QueueKey, Receipt
from jobkit.stores import MemoryStore
from jobkit.wakeups import Wakeup


class Attempt(MemoryStore):
    """A store whose author changes a commit until it is accepted, instead of letting it fail."""

    def commit(self, commit: Commit, /) -> Receipt:
        try:
            return super().commit(commit)
        except Conflict as conflict:
            return super().commit(self.bent(commit, conflict))

    def bent(self, commit: Commit, conflict: Conflict) -> Commit:
        """Return what is committed instead; raise the conflict to give up."""
        raise conflict


class LastWriterWins(MemoryStore):
    """Takes a job's events away and starts over when somebody else was first."""

    def commit(self, commit: Commit, /) -> Receipt:
        try:
            return super().commit(commit)
        except Conflict as conflict:
            if {"stores.moved"} != {finding.code for finding in conflict.findings}:
                raise
        held = self._tenants[commit.tenant]
        for change in commit.changes:
            if change.job_id in held.records:
                record = held.records[change.job_id]
                head = change.events[0].prev
                held.records[change.job_id] = attrs.evolve(record, version=change.expected_version, head=head)
                held.event_ids.difference_update(event.id for event in change.events)
        return super().commit(commit)


class HalfCommits(MemoryStore):
    """Commits the jobs of a commit one by one, so that a conflict leaves the first ones written."""

    def commit(self, commit: Commit, /) -> Receipt:
        try:
            return super().commit(commit)
        except Conflict as conflict:
            for change in commit.changes[:-1]:
                self._written(Commit(tenant=commit.tenant, changes=(change,)))
            raise conflict

    def _written(self, commit: Commit) -> None:
        try:
            super().commit(commit)
        except (Conflict, Invalid):
            return


class ForgetsScopes(Attempt):
    """Never compares a scope's version with the one that was read."""

    def bent(self, commit: Commit, conflict: Conflict) -> Commit:
        if {"stores.scope_moved"} != {finding.code for finding in conflict.findings}:
            raise conflict
        return attrs.evolve(commit, scopes=self.scopes(commit.tenant, list(commit.scopes)))


class LooksAtVersionsFirst(MemoryStore):
    """Compares versions before it looks a command key up."""

    def commit(self, commit: Commit, /) -> Receipt:
        super().commit(attrs.evolve(commit, changes=(), scopes={}, effects=(), command_key=None))
        for change in commit.changes:
            (job,) = self.jobs(commit.tenant, [change.job_id])
            if job is not None and job.version > change.job.version:
                return super().commit(attrs.evolve(commit, command_key=None))
        return super().commit(commit)


class IgnoresDigests(MemoryStore):
    """Returns a receipt for any command under its key, whatever the command was."""

    def commit(self, commit: Commit, /) -> Receipt:
        return super().commit(attrs.evolve(commit, command_digest=""))

    def receipt(self, tenant: str, command_key: str, digest: str, /) -> Receipt | None:
        return super().receipt(tenant, command_key, "")


class RemembersNothing(MemoryStore):
    """Forgets every receipt, so that a repeated command is carried out or refused."""

    def commit(self, commit: Commit, /) -> Receipt:
        receipt = super().commit(commit)
        self._tenants[commit.tenant].receipts.clear()
        return receipt


class KeepsReceiptsOfFailures(MemoryStore):
    """Writes the receipt before the work, and leaves it when the work fails."""

    def commit(self, commit: Commit, /) -> Receipt:
        try:
            return super().commit(commit)
        except Conflict:
            bare = attrs.evolve(commit, changes=(), scopes={}, effects=(), rules={})
            if commit.command_key and super().receipt(commit.tenant, commit.command_key, "other") is None:
                super().commit(bare)
            raise


class MixesTenants(MemoryStore):
    """Keeps all tenants in one queue."""

    def queue(self, tenant: str, name: str, *, after: str | None = None, limit: int = 50) -> Page:
        for other in self._tenants or [tenant]:
            page = super().queue(other, name, after=after, limit=limit)
            if page.job_ids:
                return page
        return super().queue(tenant, name, after=after, limit=limit)


class PagesByOffset(MemoryStore):
    """Remembers how many jobs it has shown, not which was the last."""

    def queue(self, tenant: str, name: str, *, after: str | None = None, limit: int = 50) -> Page:
        if limit < 1 or (after is not None and not after.isdigit()):
            return super().queue(tenant, name, after=after, limit=limit)
        start = int(after or 0)
        ids = super().queue(tenant, name, limit=1_000).job_ids
        more = str(start + limit) if len(ids) > start + limit else None
        return Page(ids[start : start + limit], more)


class SortsByLanguage(MemoryStore):
    """Orders a queue without regard to case, as a database's own collation may."""

    def commit(self, commit: Commit, /) -> Receipt:
        return super().commit(
            attrs.evolve(commit, changes=tuple(self._folded(each) for each in commit.changes))
        )

    def _folded(self, change: Change) -> Change:
        queues = tuple(QueueKey(key.queue, key.order.casefold()) for key in change.index.queues)
        return attrs.evolve(change, index=attrs.evolve(change.index, queues=queues))


class SkipsInTheFeed(MemoryStore):
    """Tells the end of everything as the position of a page that was cut."""

    def feed(self, tenant: str, *, after: int = 0, limit: int = 1000) -> Feed:
        end = super().feed(tenant, after=after, limit=1_000).position
        return attrs.evolve(super().feed(tenant, after=after, limit=limit), position=end)


class DeliversAtMostOnce(MemoryStore):
    """Forgets an effect as soon as it has handed it out."""

    def outbox(self, tenant: str, *, limit: int = 100) -> tuple[Effect, ...]:
        found = super().outbox(tenant, limit=limit)
        self.delivered(tenant, [(effect.event_id, effect.number) for effect in found])
        return found


class NeverForgetsEffects(MemoryStore):
    """Hands confirmed effects out again."""

    def delivered(self, tenant: str, effects: Sequence[tuple[str, int]], /) -> None:
        return


class LetsExternalIdsPass(Attempt):
    """Drops an external id that is taken, and commits the rest."""

    def bent(self, commit: Commit, conflict: Conflict) -> Commit:
        if {"stores.external_id_taken"} != {finding.code for finding in conflict.findings}:
            raise conflict
        return attrs.evolve(commit, changes=tuple(self._bare(change) for change in commit.changes))

    def _bare(self, change: Change) -> Change:
        return attrs.evolve(change, index=attrs.evolve(change.index, external_ids=()))


class AcceptsAnyLink(MemoryStore):
    """Looks at the number of a first event, and not at what it is linked to."""

    def commit(self, commit: Commit, /) -> Receipt:
        held = self._tenants.get(commit.tenant)
        for change in commit.changes:
            record = held.records.get(change.job_id) if held else None
            if held and record and change.events and record.version == change.expected_version:
                held.records[change.job_id] = attrs.evolve(record, head=change.events[0].prev)
        return super().commit(commit)


class SortsHistoryByTime(MemoryStore):
    """Orders a history by when things are said to have happened."""

    def history(self, tenant: str, job_id: str, /) -> tuple[Event, ...]:
        return tuple(sorted(super().history(tenant, job_id), key=lambda event: event.occurred_at))


class OldestFirst(MemoryStore):
    """Shows the oldest jobs on an asset and cuts the newest."""

    def by_asset(
        self, tenant: str, asset: str, *, open_only: bool = True, limit: int = 100
    ) -> tuple[str, ...]:
        super().by_asset(tenant, asset, limit=limit)
        return super().by_asset(tenant, asset, open_only=open_only)[::-1][:limit]


class KeepsOldRows(MemoryStore):
    """Adds index rows and never takes one out: a job stays on every asset it was ever on."""

    def commit(self, commit: Commit, /) -> Receipt:
        held = self._tenants.get(commit.tenant)
        kept = list(held.tables["assets"]) if held else []
        receipt = super().commit(commit)
        table = self._tenants[commit.tenant].tables["assets"]
        table[:] = sorted({*table, *(row for row in kept if row[1])})
        return receipt


class WakesTooLate(MemoryStore):
    """Takes "at or before" for "before"."""

    def due(self, tenant: str, now: datetime, *, limit: int = 100) -> tuple[Wakeup, ...]:
        return super().due(tenant, now - timedelta(microseconds=1), limit=limit)


class TakesWakeupsOut(MemoryStore):
    """Forgets a wake-up when it is looked up."""

    def due(self, tenant: str, now: datetime, *, limit: int = 100) -> tuple[Wakeup, ...]:
        found = super().due(tenant, now, limit=limit)
        if tenant in self._tenants:
            self._tenants[tenant].tables["wakeups"].clear()
        return found


class CutsLongText(MemoryStore):
    """Cuts a note at 65,535 characters, as a column of fixed width may."""

    def history(self, tenant: str, job_id: str, /) -> tuple[Event, ...]:
        return tuple(
            attrs.evolve(event, note=event.note and event.note[:65_535])
            for event in super().history(tenant, job_id)
        )


class RoundsInstants(MemoryStore):
    """Keeps milliseconds only."""

    def history(self, tenant: str, job_id: str, /) -> tuple[Event, ...]:
        return tuple(
            attrs.evolve(
                event,
                occurred_at=event.occurred_at.replace(microsecond=event.occurred_at.microsecond // 1000),
            )
            for event in super().history(tenant, job_id)
        )


class BringsErasedValuesBack(MemoryStore):
    """Deletes a private value without a trace, so that a commit made before writes it again."""

    def erase(self, tenant: str, job_id: str, digests: Sequence[str], /) -> int:
        gone = super().erase(tenant, job_id, digests)
        if tenant in self._tenants:
            kept = self._tenants[tenant].private.get(job_id, {})
            for digest in [digest for digest, value in kept.items() if value is None]:
                del kept[digest]
        return gone


class ErasesTooMuch(MemoryStore):
    """Erases a value wherever it stands, on other jobs and with other tenants too."""

    def erase(self, tenant: str, job_id: str, digests: Sequence[str], /) -> int:
        for other, held in self._tenants.items():
            for id in held.private.keys() - {job_id}:
                super().erase(other, id, digests)
        return super().erase(tenant, job_id, digests)


class KeepsErasedValuesInJobs(MemoryStore):
    """Erases a value from the history and keeps the job as it was."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs: dict[tuple[str, str], Job] = {}

    def commit(self, commit: Commit, /) -> Receipt:
        receipt = super().commit(commit)
        if not receipt.repeated:
            self._jobs.update({(commit.tenant, change.job_id): change.job for change in commit.changes})
        return receipt

    def jobs(self, tenant: str, job_ids: Sequence[str], /) -> tuple[Job | None, ...]:
        return tuple(self._jobs.get((tenant, job_id)) for job_id in job_ids)


class IndexesPrivateValues(MemoryStore):
    """Writes a private value into an index by showing it."""

    def commit(self, commit: Commit, /) -> Receipt:
        return super().commit(
            attrs.evolve(commit, changes=tuple(self._shown(change) for change in commit.changes))
        )

    def _shown(self, change: Change) -> Change:
        index: IndexFacts = attrs.evolve(
            change.index, people=tuple(str(person) for person in change.index.people)
        )
        return attrs.evolve(change, index=index)


class ReplacesRules(MemoryStore):
    """Lets a later text take the place of a rule part that judged earlier events."""

    def commit(self, commit: Commit, /) -> Receipt:
        receipt = super().commit(commit)
        self._rules.update(commit.rules)
        return receipt


class CountsScopesOnce(MemoryStore):
    """Sets a scope to 1 whenever it is written."""

    def scopes(self, tenant: str, names: Sequence[str], /) -> Mapping[str, int]:
        return {name: min(version, 1) for name, version in super().scopes(tenant, names).items()}


REASONS: Mapping[type[MemoryStore], str] = {
    LastWriterWins: "test_second_commit_for_one_version_conflicts",
    HalfCommits: "test_one_stale_job_of_several_stops_all",
    ForgetsScopes: "test_scope_that_moved_is_a_conflict",
    LooksAtVersionsFirst: "test_command_key_comes_before_versions",
    IgnoresDigests: "test_command_key_with_other_arguments_is_a_conflict",
    RemembersNothing: "test_repeated_command_returns_its_receipt",
    KeepsReceiptsOfFailures: "test_refused_command_leaves_no_receipt",
    MixesTenants: "test_other_tenant_sees_nothing",
    PagesByOffset: "test_paging_is_stable_under_inserts",
    SortsByLanguage: "test_order_is_that_of_code_points",
    SkipsInTheFeed: "test_reader_of_the_feed_misses_none",
    DeliversAtMostOnce: "test_effect_is_handed_out_until_confirmed",
    NeverForgetsEffects: "test_confirmed_effect_is_forgotten",
    LetsExternalIdsPass: "test_external_id_is_unique",
    AcceptsAnyLink: "test_link_to_another_head_is_refused",
    SortsHistoryByTime: "test_history_is_in_recording_order",
    OldestFirst: "test_jobs_on_an_asset_come_newest_first",
    KeepsOldRows: "test_job_moves_to_another_asset",
    WakesTooLate: "test_due_is_exact_to_the_microsecond",
    TakesWakeupsOut: "test_reading_changes_nothing",
    CutsLongText: "test_long_text_is_not_cut",
    RoundsInstants: "test_instants_keep_their_microseconds",
    BringsErasedValuesBack: "test_late_commit_does_not_bring_an_erased_value_back",
    ErasesTooMuch: "test_erasing_leaves_other_jobs_alone",
    KeepsErasedValuesInJobs: "test_erased_value_is_erased_everywhere",
    IndexesPrivateValues: "test_private_value_in_an_index_is_refused",
    ReplacesRules: "test_rule_never_changes",
    CountsScopesOnce: "test_commit_moves_the_scopes_it_names",
}
"""For each broken store the promise that it breaks and that says why."""
