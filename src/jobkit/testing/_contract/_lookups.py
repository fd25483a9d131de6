"""The promises of the look-ups: complete, ordered, paged, and each tenant for itself."""

from datetime import datetime, timedelta

import attrs
import pytest

from jobkit.errors import Conflict, Invalid, JobkitError
from jobkit.model import Job
from jobkit.ports import Change, IndexFacts, QueueKey
from jobkit.testing._builders import NOW, a_job, commit_of, effect_of, following, index_of, notes, opening
from jobkit.testing._contract._promise import Promises, Store, codes, everything, put, refused
from jobkit.wakeups import Wakeup


def indexed(id: str, **facts: object) -> Change:
    """Return a new job with index facts."""
    job = a_job(id)
    return opening(job, index_of(job, **facts))


def reindexed(before: Change, **facts: object) -> Change:
    """Return a note after which other index facts hold; what is not named is gone."""
    return following(before, index=index_of(before.job, **facts))


def ended(before: Change) -> Change:
    """Return the same index facts for a job that is not open any more."""
    return following(before, index=attrs.evolve(before.index, open=False, category="closed"))


class JobPromises(Promises):
    """Jobs and histories by id."""

    def test_jobs_come_in_the_order_asked(self, store: Store) -> None:
        """
        Jobs are returned in the order of the ids asked for, None where there is none.
        """
        put(store, opening(a_job("J-1")), opening(a_job("J-2")))

        found = store.jobs("", ["J-2", "J-9", "J-1", "J-2"])

        assert [job and job.id for job in found] == ["J-2", None, "J-1", "J-2"]

    def test_history_is_in_recording_order(self, store: Store) -> None:
        """
        A history is in the order of recording, whenever its events are said to have happened.
        """
        first = opening(a_job())
        put(store, first)
        put(store, following(first, occurred_at=NOW - timedelta(days=400)))

        assert [event.seq for event in store.history("", "J-1")] == [1, 2]

    def test_history_is_of_one_job(self, store: Store) -> None:
        """
        A history has the events of its job only; an unknown job has none.
        """
        put(store, opening(a_job("J-1")), opening(a_job("J-10")))

        assert [event.job_id for event in store.history("", "J-1")] == ["J-1"]
        assert () == store.history("", "J")

    def test_reading_changes_nothing(self, store: Store) -> None:
        """
        However often everything is read, nothing moves.
        """
        change = indexed("J-1", queues=(QueueKey("triage"),), assets=("A-1",), wakeups=(wakeup("J-1", 0),))
        put(store, change, effects=(effect_of(change),), scopes={"asset:A-1": 0})
        before = everything(store)
        store.due("", NOW)
        store.receipt("", "c-1", "")
        store.by_person("", "p-1")

        assert before == everything(store)
        assert 1 == len(store.due("", NOW))


class IndexPromises(Promises):
    """Jobs by what jobkit says about them: external ids, assets, people."""

    def test_index_facts_come_back_as_they_were_committed_last(self, store: Store) -> None:
        """
        What a store was told about a job for its look-ups it tells again; of an unknown job there is none.
        """
        first, other = indexed("J-1", assets=("A-1",), people=("p-1",)), waiting("J-2", "5")
        put(store, first, other)
        after = reindexed(first, people=("p-2",))
        put(store, after)

        assert (other.index, None, after.index) == store.index("", ("J-2", "J-9", "J-1"))
        assert (None,) == store.index("another tenant", ("J-1",))

    def test_external_id_finds_its_job(self, store: Store) -> None:
        """
        A job is found by the id that another system has for it, and by no other system's.
        """
        put(store, indexed("J-1", external_ids=(("erp", "4711"), ("crm", "x"))))

        assert "J-1" == store.by_external_id("", "erp", "4711")
        assert store.by_external_id("", "crm", "4711") is None

    def test_external_id_is_unique(self, store: Store) -> None:
        """
        A second job with the same external id is a conflict that names the first.
        """
        put(store, indexed("J-1", external_ids=(("erp", "4711"),)))

        error = refused(store, commit_of(indexed("J-2", external_ids=(("erp", "4711"),))), Conflict)

        assert ["stores.external_id_taken"] == codes(error)
        assert "J-1" in error.message
        assert "J-1" == store.by_external_id("", "erp", "4711")

    def test_external_id_is_unique_within_a_commit(self, store: Store) -> None:
        """
        Two jobs of one commit cannot have the same external id.
        """
        pair = [indexed(id, external_ids=(("erp", "4711"),)) for id in ("J-1", "J-2")]

        assert ["stores.external_id_taken"] == codes(refused(store, commit_of(*pair), Conflict))

    def test_external_id_that_is_given_up_is_free(self, store: Store) -> None:
        """
        An external id passes from one job to another, in one commit or in two.
        """
        one, two = indexed("J-1", external_ids=(("erp", "4711"),)), indexed("J-2")
        put(store, one, two)
        taken = reindexed(two, external_ids=(("erp", "4711"),))

        put(store, taken, reindexed(one))

        assert "J-2" == store.by_external_id("", "erp", "4711")
        put(store, reindexed(taken))
        assert store.by_external_id("", "erp", "4711") is None

    def test_jobs_on_an_asset_come_newest_first(self, store: Store) -> None:
        """
        Jobs on an asset are found with the newest first, as many as asked for.
        """
        changes = [indexed(id, assets=("A-1", "A-2")) for id in ("J-2", "J-3", "J-1")]
        for change in changes:
            put(store, change)
        put(store, notes(changes[0], 1))

        assert ("J-1", "J-3", "J-2") == store.by_asset("", "A-1")
        assert ("J-1", "J-3") == store.by_asset("", "A-2", limit=2)

    def test_ended_job_on_an_asset_is_found_when_asked_for(self, store: Store) -> None:
        """
        A job that has ended is not among the open ones of its asset, but among all of them.
        """
        done, live = indexed("J-1", assets=("A-1",)), indexed("J-2", assets=("A-1",))
        put(store, done, live)
        put(store, ended(done))

        assert ("J-2",) == store.by_asset("", "A-1")
        assert ("J-2", "J-1") == store.by_asset("", "A-1", open_only=False)

    def test_job_moves_to_another_asset(self, store: Store) -> None:
        """
        A job whose asset was corrected is found on the new one only.
        """
        change = indexed("J-1", assets=("A-1",))
        put(store, change)
        put(store, reindexed(change, assets=("A-2",)))

        assert (store.by_asset("", "A-1"), store.by_asset("", "A-2")) == ((), ("J-1",))

    def test_open_jobs_of_a_person(self, store: Store) -> None:
        """
        A person's open jobs are ordered by id; ended and reassigned ones are not among them.
        """
        given = {id: indexed(id, people=("p-1", "p-2")) for id in ("J-3", "J-1", "J-2", "J-4")}
        put(store, *given.values())
        put(store, ended(given["J-2"]), reindexed(given["J-4"], people=("p-2",)))

        assert ("J-1", "J-3") == store.by_person("", "p-1")
        assert ("J-1",) == store.by_person("", "p-1", limit=1)

    @pytest.mark.parametrize("limit", [0, -1])
    def test_limit_below_one_is_refused(self, store: Store, limit: int) -> None:
        """
        A look-up that asks for no rows at all is refused.
        """
        for look_up in (store.feed, store.outbox):
            with pytest.raises(Invalid):
                look_up("", limit=limit)
        for look_up_name in (store.queue, store.by_asset, store.by_person):
            with pytest.raises(Invalid):
                look_up_name("", "x", limit=limit)


def waiting(id: str, order: str, queue: str = "triage") -> Change:
    """Return a new job that stands in a queue."""
    return indexed(id, queues=(QueueKey(queue, order),))


class QueuePromises(Promises):
    """Queues in their order, page by page."""

    def pages(self, store: Store, limit: int) -> list[str]:
        """Return all job ids of a queue, read page by page."""
        found: list[str] = []
        after: str | None = None
        while True:
            page = store.queue("", "triage", after=after, limit=limit)
            found.extend(page.job_ids)
            after = page.after
            if after is None:
                return found

    def test_queue_is_ordered_by_key_then_id(self, store: Store) -> None:
        """
        A queue is ordered by its keys, and by job id where keys are the same.
        """
        put(
            store, waiting("J-3", "b"), waiting("J-2", "a"), waiting("J-1", "b"), waiting("J-0", "a", "other")
        )

        assert ("J-2", "J-1", "J-3") == store.queue("", "triage").job_ids

    def test_order_is_that_of_code_points(self, store: Store) -> None:
        """
        Keys compare by code point: not by a language, not by case, not by UTF-16 units.
        """
        keys = ["", "1", "10", "2", "B", "a", "é", "\uffff", "\U0001d11e"]
        put(store, *(waiting(f"J-{9 - place}", key) for place, key in enumerate(keys)))

        expected = tuple(f"J-{9 - place}" for place in range(len(keys)))
        assert expected == store.queue("", "triage").job_ids

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
    def test_pages_cover_the_queue_once(self, store: Store, limit: int) -> None:
        """
        Page after page, every job of the queue comes exactly once, whatever the page's size.
        """
        put(store, *(waiting(f"J-{number}", str(number % 3)) for number in range(7)))

        assert ["J-0", "J-3", "J-6", "J-1", "J-4", "J-2", "J-5"] == self.pages(store, limit)

    def test_last_page_has_no_cursor(self, store: Store) -> None:
        """
        A page that ends with the queue's last job says that there is no other.
        """
        put(store, waiting("J-1", "a"), waiting("J-2", "b"))

        assert store.queue("", "triage", limit=2).after is None
        assert store.queue("", "empty").after is None

    def test_paging_is_stable_under_inserts(self, store: Store) -> None:
        """
        Jobs that come before or leave a page already read neither repeat nor hide others on the next.
        """
        second = waiting("J-2", "b")
        put(store, second, waiting("J-4", "d"), waiting("J-6", "f"))
        page = store.queue("", "triage", limit=2)

        put(store, waiting("J-1", "a"), waiting("J-3", "c"), waiting("J-5", "e"), reindexed(second))

        assert ("J-5", "J-6") == store.queue("", "triage", after=page.after).job_ids

    def test_job_leaves_and_changes_its_queues(self, store: Store) -> None:
        """
        A job leaves a queue, enters another or changes its place with the commit that says so.
        """
        one, two = waiting("J-1", "b"), waiting("J-2", "a")
        put(store, one, two)

        put(store, reindexed(one, queues=(QueueKey("triage", "0"), QueueKey("parts"))), reindexed(two))

        assert ("J-1",) == store.queue("", "triage").job_ids
        assert ("J-1",) == store.queue("", "parts").job_ids

    @pytest.mark.parametrize("cursor", ["", "x", "[]", '["a"]', "[1,2]", "{}", "[[" * 40_000, "null"])
    def test_foreign_cursor_is_refused(self, store: Store, cursor: str) -> None:
        """
        A cursor that no queue gave out raises a JobkitError.
        """
        with pytest.raises(JobkitError):
            store.queue("", "triage", after=cursor)


def wakeup(id: str, minutes: int, kind: str = "age") -> Wakeup:
    """Return a wake-up some minutes after the first event."""
    return Wakeup(at=NOW + timedelta(minutes=minutes), job_id=id, kind=kind, name="n")


class WakeupPromises(Promises):
    """What time alone changes is found when it is due."""

    def test_due_wakeups_come_earliest_first(self, store: Store) -> None:
        """
        Wake-ups at or before an instant are found, the earliest first; those after it are not.
        """
        late, early = wakeup("J-1", 5), wakeup("J-2", -5)
        put(store, indexed("J-1", wakeups=(late, wakeup("J-1", 6))), indexed("J-2", wakeups=(early,)))

        assert (early, late) == store.due("", NOW + timedelta(minutes=5))
        assert (early,) == store.due("", NOW + timedelta(minutes=5), limit=1)

    def test_due_is_exact_to_the_microsecond(self, store: Store) -> None:
        """
        A wake-up is due at its very instant and not a microsecond before.
        """
        put(store, indexed("J-1", wakeups=(wakeup("J-1", 0),)))

        assert () == store.due("", NOW - timedelta(microseconds=1))
        assert 1 == len(store.due("", NOW))

    def test_wakeups_are_replaced_by_the_next_commit(self, store: Store) -> None:
        """
        A job has the wake-ups of its last commit and no earlier ones.
        """
        change = indexed("J-1", wakeups=(wakeup("J-1", 0), wakeup("J-1", 0, "timer")))
        put(store, change)
        put(store, reindexed(change, wakeups=(wakeup("J-1", 1),)))

        assert (wakeup("J-1", 1),) == store.due("", NOW + timedelta(days=1))

    def test_naive_time_is_refused(self, store: Store) -> None:
        """
        An instant without a zone raises a JobkitError.
        """
        with pytest.raises(JobkitError):
            store.due("", datetime(2026, 3, 14))  # noqa: DTZ001


class FeedPromises(Promises):
    """Everything that was committed, once and in order."""

    def test_feed_is_in_commit_order(self, store: Store) -> None:
        """
        The feed has every event in the order of commits, changes and numbers.
        """
        one, two = opening(a_job("J-1")), opening(a_job("J-2"))
        put(store, two, one)
        put(store, notes(one, 2), notes(two, 1))

        assert [event.id for event in store.feed("").events] == ["J-2/1", "J-1/1", "J-1/2", "J-1/3", "J-2/2"]

    @pytest.mark.parametrize("limit", [1, 2, 3, 1000])
    def test_reader_of_the_feed_misses_none(self, store: Store, limit: int) -> None:
        """
        A reader that goes on from its position gets each event once, while others are writing.
        """
        change = opening(a_job())
        put(store, change)
        position = 0
        seen: list[int] = []
        for _ in range(12):
            change = notes(change, 2) if len(seen) < 6 else change
            store.commit(commit_of(change, command_key=change.events[-1].id, command_digest="same"))
            feed = store.feed("", after=position, limit=limit)
            position = feed.position
            seen.extend(event.seq for event in feed.events)
        seen.extend(event.seq for event in store.feed("", after=position).events)

        assert list(range(1, change.job.version + 1)) == seen

    def test_position_stays_where_nothing_is_new(self, store: Store) -> None:
        """
        A reader at the end of the feed stays there, and goes on with what comes next.
        """
        change = opening(a_job())
        put(store, change)
        end = store.feed("").position

        assert end == store.feed("", after=end).position
        put(store, notes(change, 1))
        assert [event.seq for event in store.feed("", after=end).events] == [2]

    @pytest.mark.parametrize("after", [-1, 0, 2**70])
    def test_any_position_can_be_asked_for(self, store: Store, after: int) -> None:
        """
        A position before the beginning reads from the beginning, and one far beyond the end reads nothing.
        """
        put(store, opening(a_job("J-1")), opening(a_job("J-2")))

        found = [event.job_id for event in store.feed("", after=after).events]
        assert (["J-1", "J-2"] if after < 1 else []) == found


class TenantPromises(Promises):
    """What one tenant wrote no other sees."""

    def facts(self, job: Job) -> IndexFacts:
        """Return index facts that every look-up could find."""
        return index_of(
            job,
            queues=(QueueKey("triage"),),
            assets=("A-1",),
            external_ids=(("erp", "4711"),),
            people=("p-1",),
            wakeups=(wakeup(job.id, 0),),
        )

    def test_other_tenant_sees_nothing(self, store: Store) -> None:
        """
        No look-up of another tenant finds a job, an event, an index row, a scope, a receipt or an effect.
        """
        job = a_job()
        change = opening(job, self.facts(job))
        told = {"effects": (effect_of(change),), "scopes": {"asset:A-1": 0}}
        put(store, change, tenant="acme", command_key="c-1", command_digest="d", **told)

        seen = (
            *store.jobs("", ["J-1"]),
            *store.history("", "J-1"),
            *store.feed("").events,
            *store.outbox(""),
            *store.queue("", "triage").job_ids,
            *store.by_asset("", "A-1", open_only=False),
            *store.by_person("", "p-1"),
            *store.due("", NOW),
            store.by_external_id("", "erp", "4711"),
            store.receipt("", "c-1", "d"),
            store.scopes("", ["asset:A-1"])["asset:A-1"] or None,
        )
        assert {None} == set(seen)

    def test_tenants_use_the_same_names(self, store: Store) -> None:
        """
        Two tenants have jobs, events, external ids, scopes and command keys of the same name.
        """
        job = a_job()
        change = opening(job, self.facts(job))
        for tenant in ("acme", "zenith"):
            receipt = store.commit(
                commit_of(change, tenant=tenant, scopes={"s": 0}, command_key="c-1", command_digest=tenant)
            )
            assert not receipt.repeated

        assert 1 == len(store.feed("acme").events) == len(store.feed("zenith").events)

    def test_confirming_is_each_tenants_own(self, store: Store) -> None:
        """
        One tenant's confirmation leaves another's effect of the same name waiting.
        """
        change = opening(a_job())
        for tenant in ("acme", "zenith"):
            put(store, change, tenant=tenant, effects=(effect_of(change),))

        store.delivered("acme", [(change.events[-1].id, 0)])

        assert (len(store.outbox("acme")), len(store.outbox("zenith"))) == (0, 1)
