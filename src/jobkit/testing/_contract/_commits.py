"""The promises of a commit: all or nothing, linked, and never over somebody else's."""

import attrs
import pytest

from jobkit.errors import Conflict, Invalid, JobkitError
from jobkit.history import verify
from jobkit.model import Work
from jobkit.ports import Change
from jobkit.testing._builders import a_job, commit_of, effect_of, following, index_of, notes, opening
from jobkit.testing._contract._promise import Promises, Store, codes, everything, job_of, put, refused


def described(before: Change, text: str) -> Change:
    """Return an edit that leaves every state as it is."""
    return following(before, attrs.evolve(before.job, work=Work(description=text)))


class CommitPromises(Promises):
    """Versions, links and several jobs at once."""

    def test_committed_job_reads_back_equal(self, store: Store) -> None:
        """
        A job that was committed is read back as it was, with its version and head.
        """
        change = opening(a_job(work=Work(symptom="E42")))

        put(store, change)

        assert change.job == job_of(store)

    def test_committed_events_read_back_equal(self, store: Store) -> None:
        """
        Every event that was committed is read back as it was, with its seal.
        """
        first = opening(a_job())
        second = described(first, "Leaks at the flange.")

        put(store, first)
        put(store, second)

        assert (*first.events, *second.events) == store.history("", "J-1")
        assert verify(store.history("", "J-1")).ok

    def test_receipt_tells_versions_and_position(self, store: Store) -> None:
        """
        The receipt names each job's new version, and the feed goes on after its position.
        """
        receipt = store.commit(commit_of(opening(a_job()), notes_from("J-2")))

        assert {"J-1": 1, "J-2": 2} == dict(receipt.versions)
        assert not receipt.repeated
        assert () == store.feed("", after=receipt.position).events

    def test_second_commit_for_one_version_conflicts(self, store: Store) -> None:
        """
        Of two commits made for the same version one is written; the other learns that the job has moved.
        """
        first = opening(a_job())
        put(store, first)
        put(store, described(first, "mine"))

        error = refused(store, commit_of(described(first, "yours")), Conflict)

        assert ["stores.moved"] == codes(error)
        assert "mine" == job_of(store).work.description

    def test_job_is_created_once(self, store: Store) -> None:
        """
        A second job under the same id is a conflict, and the first one stays.
        """
        put(store, opening(a_job()))

        error = refused(store, commit_of(opening(a_job(work=Work(symptom="other")))), Conflict)

        assert ["stores.moved"] == codes(error)
        assert job_of(store).work.symptom is None

    def test_commit_for_a_version_to_come_conflicts(self, store: Store) -> None:
        """
        A commit made for a version that the job has not reached yet is a conflict.
        """
        first = opening(a_job())

        error = refused(store, commit_of(described(first, "early")), Conflict)

        assert ["stores.moved"] == codes(error)
        assert (None,) == store.jobs("", ["J-1"])

    def test_same_state_edits_are_not_lost(self, store: Store) -> None:
        """
        Two edits that leave the state alone collide as well, and after asking again both are there.
        """
        first = opening(a_job())
        put(store, first)
        mine = described(first, "mine")
        put(store, mine)
        refused(store, commit_of(notes(first, 1)), Conflict)

        put(store, notes(mine, 1))

        assert [event.seq for event in store.history("", "J-1")] == [1, 2, 3]
        assert "mine" == job_of(store).work.description

    def test_one_stale_job_of_several_stops_all(self, store: Store) -> None:
        """
        When one of several jobs has moved, nothing at all of the commit is written.
        """
        stale = opening(a_job("J-2"))
        put(store, stale)
        put(store, described(stale, "moved on"))
        fresh = opening(a_job("J-1"), index_of(a_job(), assets=("A-1",)))
        before = everything(store)

        refused(
            store,
            commit_of(
                *(fresh, notes(stale, 1), opening(a_job("J-3"))),
                effects=(effect_of(fresh),),
                scopes={"asset:A-1": 0},
                rules={"r-1": "{}"},
                command_key="c-1",
            ),
            Conflict,
        )

        assert before == everything(store)
        assert store.receipt("", "c-1", "") is None

    def test_jobs_of_one_commit_are_written_together(self, store: Store) -> None:
        """
        Several jobs change in one commit, some new, some known.
        """
        known = opening(a_job("J-1"))
        put(store, known)

        put(store, described(known, "split"), opening(a_job("J-2")), opening(a_job("J-3")))

        assert [job.version for job in store.jobs("", ["J-1", "J-2", "J-3"]) if job] == [2, 1, 1]

    def test_every_conflict_is_told_at_once(self, store: Store) -> None:
        """
        A commit that is late in several ways learns of all of them.
        """
        one, two = opening(a_job("J-1")), opening(a_job("J-2"))
        put(store, one, two, scopes={"asset:A-1": 0})

        error = refused(store, commit_of(one, two, scopes={"asset:A-1": 0}), Conflict)

        assert {"stores.moved", "stores.scope_moved"} <= set(codes(error))
        assert len(error.findings) >= 3

    def test_wrong_number_is_refused(self, store: Store) -> None:
        """
        Events that leave out or repeat a number are refused, and nothing is written.
        """
        change = notes_from("J-1")
        skipping = attrs.evolve(change, events=change.events[1:])

        error = refused(store, commit_of(skipping), Invalid)

        assert "stores.unlinked" in codes(error)
        assert (None,) == store.jobs("", ["J-1"])

    def test_broken_link_inside_is_refused(self, store: Store) -> None:
        """
        An event that was not sealed after the event before it is refused.
        """
        change = notes_from("J-1")
        cut = attrs.evolve(change.events[1], prev="0" * 64)

        error = refused(store, commit_of(attrs.evolve(change, events=(change.events[0], cut))), Invalid)

        assert "stores.unlinked" in codes(error)

    def test_link_to_another_head_is_refused(self, store: Store) -> None:
        """
        A first event that is not linked to the job's head is refused, though its number fits.
        """
        put(store, opening(a_job()))
        elsewhere = opening(a_job(work=Work(symptom="another history")))

        error = refused(store, commit_of(described(elsewhere, "grafted")), Invalid)

        assert ["stores.unlinked"] == codes(error)
        assert 1 == job_of(store).version

    def test_unsealed_event_is_refused(self, store: Store) -> None:
        """
        An event without a hash is refused: what is stored is sealed.
        """
        change = opening(a_job())
        bare = attrs.evolve(change.events[0], hash="")

        error = refused(store, commit_of(attrs.evolve(change, events=(bare,))), Invalid)

        assert "stores.unlinked" in codes(error)

    def test_job_that_is_not_the_fold_is_refused(self, store: Store) -> None:
        """
        A job whose version or head is not that of its last event is refused.
        """
        change = opening(a_job())

        error = refused(store, commit_of(attrs.evolve(change, job=a_job())), Invalid)

        assert ["stores.unfolded"] == codes(error)

    def test_change_without_events_is_refused(self, store: Store) -> None:
        """
        A job never changes without an event that says so.
        """
        first = opening(a_job())
        put(store, first)
        silent = Change(job_id="J-1", expected_version=1, events=(), job=first.job, index=first.index)

        assert ["stores.no_events"] == codes(refused(store, commit_of(silent), Invalid))

    def test_job_twice_in_a_commit_is_refused(self, store: Store) -> None:
        """
        One commit has at most one change of each job.
        """
        first = opening(a_job())

        error = refused(store, commit_of(first, described(first, "again")), Invalid)

        assert ["stores.twice"] == codes(error)

    def test_event_of_another_job_is_refused(self, store: Store) -> None:
        """
        A change carries no event of another job.
        """
        change = attrs.evolve(opening(a_job("J-2")), job_id="J-1")

        error = refused(store, commit_of(change), Invalid)

        assert "stores.foreign_event" in codes(error)
        assert () == store.history("", "J-1")

    def test_event_is_recorded_once(self, store: Store) -> None:
        """
        An event id that is recorded already, on whatever job, is a conflict.
        """
        put(store, opening(a_job("J-1"), id="e-1"))

        error = refused(store, commit_of(opening(a_job("J-2"), id="e-1")), Conflict)

        assert ["stores.event_taken"] == codes(error)
        assert (None,) == store.jobs("", ["J-2"])

    def test_many_events_and_jobs_fit_in_one_commit(self, store: Store) -> None:
        """
        A commit of a hundred jobs with ten events each is written whole and in order.
        """
        changes = [notes_from(f"J-{number}", 10) for number in range(100)]

        put(store, *changes)

        expected = [event.id for change in changes for event in change.events]
        assert [event.id for event in store.feed("").events] == expected

    def test_text_no_database_can_hold_is_refused(self, store: Store) -> None:
        """
        Half a character in an id raises a JobkitError, and nothing is written.
        """
        with pytest.raises(JobkitError):
            put(store, opening(a_job("J-\ud800")))

        assert () == store.feed("").events


def notes_from(id: str, count: int = 2) -> Change:
    """Return the change that records a new job by *count* events at once."""
    first = opening(a_job(id))
    if count == 1:
        return first
    rest = notes(first, count - 1)
    return attrs.evolve(rest, expected_version=0, events=(*first.events, *rest.events))
