"""The promises around a commit: scopes, command keys, effects and rules."""

import attrs
import pytest

from jobkit.errors import Conflict, Invalid
from jobkit.ports import Commit, Effect
from jobkit.privacy import Redacted
from jobkit.testing._builders import a_job, commit_of, effect_of, following, opening
from jobkit.testing._contract._promise import Promises, Store, codes, put, refused


class ScopePromises(Promises):
    """An invariant over several jobs is held by a version that moves with every commit that names it."""

    def test_scope_never_written_has_version_zero(self, store: Store) -> None:
        """
        A scope that nobody has named in a commit reads as version 0.
        """
        assert {"asset:A-1": 0} == dict(store.scopes("", ["asset:A-1"]))

    def test_commit_moves_the_scopes_it_names(self, store: Store) -> None:
        """
        A commit moves each scope that it names by one, and no other.
        """
        put(store, opening(a_job("J-1")), scopes={"asset:A-1": 0, "day:14": 0})
        put(store, opening(a_job("J-2")), scopes={"asset:A-1": 1})

        assert dict(store.scopes("", ["asset:A-1", "day:14", "else"])) == {
            "asset:A-1": 2,
            "day:14": 1,
            "else": 0,
        }

    def test_scope_that_moved_is_a_conflict(self, store: Store) -> None:
        """
        Of two commands that read the same scope one is written; the other conflicts, even on another job.
        """
        put(store, opening(a_job("J-1")), scopes={"asset:A-1": 0})

        error = refused(store, commit_of(opening(a_job("J-2")), scopes={"asset:A-1": 0}), Conflict)

        assert ["stores.scope_moved"] == codes(error)
        assert (None,) == store.jobs("", ["J-2"])

    def test_loser_of_a_race_wins_after_reading_again(self, store: Store) -> None:
        """
        A commit that lost on a scope is written once it names the version that it has now.
        """
        put(store, opening(a_job("J-1")), scopes={"asset:A-1": 0})
        late = commit_of(opening(a_job("J-2")), scopes={"asset:A-1": 0})
        refused(store, late, Conflict)

        store.commit(attrs.evolve(late, scopes=store.scopes("", ["asset:A-1"])))

        assert {"asset:A-1": 2} == dict(store.scopes("", ["asset:A-1"]))


class CommandPromises(Promises):
    """A command that is sent twice is carried out once."""

    def first(self) -> Commit:
        """Return a commit under a command key."""
        return commit_of(opening(a_job()), command_key="c-1", command_digest="d-1")

    def test_repeated_command_returns_its_receipt(self, store: Store) -> None:
        """
        The same command again returns the first receipt, marked as repeated, and writes nothing.
        """
        receipt = store.commit(self.first())

        again = store.commit(self.first())

        assert attrs.evolve(receipt, repeated=True) == again
        assert 1 == len(store.history("", "J-1"))

    def test_command_key_comes_before_versions(self, store: Store) -> None:
        """
        A repeated command is recognised although its job and scopes have moved on since.
        """
        change = opening(a_job())
        command = commit_of(change, scopes={"day:14": 0}, command_key="c-1", command_digest="d-1")
        store.commit(command)
        put(store, following(change), scopes={"day:14": 1})

        assert store.commit(command).repeated

    def test_command_key_with_other_arguments_is_a_conflict(self, store: Store) -> None:
        """
        A command key that was used for another command is a conflict.
        """
        store.commit(self.first())
        other = commit_of(opening(a_job("J-2")), command_key="c-1", command_digest="d-2")

        assert ["stores.key_reused"] == codes(refused(store, other, Conflict))
        assert (None,) == store.jobs("", ["J-2"])

    def test_receipt_can_be_looked_up(self, store: Store) -> None:
        """
        A receipt is found by its command key; an unknown key has none, and another digest conflicts.
        """
        receipt = store.commit(self.first())

        assert attrs.evolve(receipt, repeated=True) == store.receipt("", "c-1", "d-1")
        assert store.receipt("", "c-2", "d-1") is None
        assert ["stores.key_reused"] == codes(looked_up(store, "c-1", "d-2"))

    def test_refused_command_leaves_no_receipt(self, store: Store) -> None:
        """
        A command that was refused may be sent again under the same key and is then carried out.
        """
        late = attrs.evolve(self.first(), scopes={"day:14": 7})
        refused(store, late, Conflict)

        receipt = store.commit(self.first())

        assert not receipt.repeated

    def test_receipts_survive_reopening(self, store: Store) -> None:
        """
        After the store is opened again, a repeated command still returns its receipt.
        """
        receipt = store.commit(self.first())

        again = self.reopen(store).commit(self.first())

        assert attrs.evolve(receipt, repeated=True) == again

    def test_commits_survive_reopening(self, store: Store) -> None:
        """
        After the store is opened again, jobs, histories, scopes and effects are as they were.
        """
        change = opening(a_job())
        put(store, change, effects=(effect_of(change),), scopes={"day:14": 0})

        reopened = self.reopen(store)

        assert (change.job,) == reopened.jobs("", ["J-1"])
        assert change.events == reopened.history("", "J-1")
        assert {"day:14": 1} == dict(reopened.scopes("", ["day:14"]))
        assert 1 == len(reopened.outbox(""))


def looked_up(store: Store, key: str, digest: str) -> Conflict:
    """Return the conflict that looking a receipt up is expected to raise."""
    try:
        store.receipt("", key, digest)
    except Conflict as conflict:
        return conflict
    raise AssertionError(f"key {key} with digest {digest} was no conflict")


class EffectPromises(Promises):
    """What is to be done outside is kept with the commit and handed out until it is confirmed."""

    def effects(self, store: Store) -> tuple[Effect, ...]:
        """Commit three effects of two jobs and return them in order."""
        one, two = opening(a_job("J-1")), opening(a_job("J-2"))
        wanted = (effect_of(two, 0, {"to": "dealer"}), effect_of(one), effect_of(two, 1))
        put(store, one, two, effects=wanted)
        return wanted

    def test_effects_wait_in_order(self, store: Store) -> None:
        """
        Effects wait in the order in which they were committed, with their data.
        """
        wanted = self.effects(store)

        assert wanted == store.outbox("")
        assert wanted[:2] == store.outbox("", limit=2)

    def test_effect_is_handed_out_until_confirmed(self, store: Store) -> None:
        """
        Reading the outbox takes nothing out: an effect is delivered at least once.
        """
        wanted = self.effects(store)
        store.outbox("")

        assert wanted == store.outbox("")

    def test_confirmed_effect_is_forgotten(self, store: Store) -> None:
        """
        A confirmed effect is handed out no more; confirming it twice, or an unknown one, is no error.
        """
        one, two, three = self.effects(store)

        store.delivered("", [(two.event_id, two.number), ("nobody", 0)])
        store.delivered("", [(two.event_id, two.number)])

        assert (one, three) == store.outbox("")

    def test_repeated_command_adds_no_effect(self, store: Store) -> None:
        """
        A command that is sent twice leaves its effects once, and a delivered one does not come back.
        """
        change = opening(a_job())
        command = commit_of(change, effects=(effect_of(change),), command_key="c-1", command_digest="d")
        store.commit(command)
        store.delivered("", [(change.events[-1].id, 0)])

        store.commit(command)

        assert () == store.outbox("")

    def test_effect_of_no_event_is_refused(self, store: Store) -> None:
        """
        An effect belongs to an event of its own commit, under a number of its own.
        """
        one, two = opening(a_job("J-1")), opening(a_job("J-2"))

        error = refused(store, commit_of(one, effects=(effect_of(two),)), Invalid)

        assert ["stores.foreign_effect"] == codes(error)

    @pytest.mark.parametrize("value", [object(), {1: "one"}, float("nan"), 2**60, "\ud800"], ids=type)
    def test_effect_data_is_plain(self, store: Store, value: object) -> None:
        """
        Data that no other system could read back as it was is refused, not bent.
        """
        change = opening(a_job())

        refused(store, commit_of(change, effects=(effect_of(change, 0, {"value": value}),)), Invalid)

        assert (None,) == store.jobs("", ["J-1"])

    def test_private_value_in_an_effect_is_refused(self, store: Store) -> None:
        """
        No private value gets into the outbox, however deep it stands.
        """
        change = opening(a_job())
        told = {"people": [{"name": Redacted("Frieda Berg", salt="00" * 16)}]}

        error = refused(store, commit_of(change, effects=(effect_of(change, 0, told),)), Invalid)

        assert ["stores.private_outside"] == codes(error)
        assert "Frieda" not in str(error)


class RulePromises(Promises):
    """Every rule part that ever judged an event can be looked up by its hash."""

    def test_rule_is_kept(self, store: Store) -> None:
        """
        A rule part comes with the commit that it judged and is found by its hash.
        """
        put(store, opening(a_job()), rules={"r-1": '{"id":"order"}'})

        assert '{"id":"order"}' == store.rule("r-1")
        assert store.rule("r-2") is None

    def test_rule_never_changes(self, store: Store) -> None:
        """
        What stands under a hash stays: a later text under the same hash does not replace it.
        """
        put(store, opening(a_job("J-1")), rules={"r-1": "first"})
        put(store, opening(a_job("J-2")), rules={"r-1": "second", "r-2": "other"})

        assert (store.rule("r-1"), store.rule("r-2")) == ("first", "other")
