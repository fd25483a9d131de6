"""The promises about values: nothing is bent, cut or kept longer than it may be."""

import attrs
import pytest

from jobkit.errors import Conflict, Invalid
from jobkit.history import FieldChange, verify
from jobkit.model import Contact, Subject, Work
from jobkit.ports import Change
from jobkit.privacy import Erased, Redacted
from jobkit.testing._builders import NOW, a_job, commit_of, following, index_of, notes, opening
from jobkit.testing._contract._promise import Promises, Store, codes, job_of, put, refused

BERG = Redacted("Frieda Berg", salt="a1" * 16)
DORN = Redacted("Dr. Ümit Dorn, 5. Stock 🛠", salt="b2" * 16)

TEXTS = (
    "",
    " leading and trailing ",
    'it\'s "quoted" \\ and %s {} ; DROP TABLE',
    "line\nbreak\ttab",
    "nul\x00inside",
    "e\u0301 is not \u00e9",
    "🛠️ עברית \u202eright to left",
)
PLAIN: tuple[object, ...] = (
    0,
    -1,
    2**53,
    True,
    False,
    "",
    "0",
    "12.50",
    [],
    [[], {}],
    {"a": {"b": [1, "1", True]}},
)


def served(name: Redacted = BERG, id: str = "J-1") -> Change:
    """Return a new job with a private name on it and another one in its event."""
    job = a_job(id, subject=Subject(contacts=(Contact(id="c-1", name=name),)))
    return opening(job, data={"witness": DORN})


class ValuePromises(Promises):
    """What is read is what was written."""

    @pytest.mark.parametrize("text", TEXTS)
    def test_text_is_kept_to_the_letter(self, store: Store, text: str) -> None:
        """
        Any text is read back as it was written, as a value and as a name.
        """
        change = opening(a_job(work=Work(description=text)), index_of(a_job(), assets=(text,)), note=text)

        put(store, change, tenant=text)

        assert change.job == job_of(store, tenant=text)
        assert change.events == store.history(text, "J-1")
        assert ("J-1",) == store.by_asset(text, text)

    @pytest.mark.parametrize("value", PLAIN, ids=repr)
    def test_plain_value_keeps_its_type(self, store: Store, value: object) -> None:
        """
        Numbers, truths, texts, lists and objects in an event's data keep their types.
        """
        change = opening(a_job(), data={"value": value})

        put(store, change)

        (event,) = store.history("", "J-1")
        assert repr(value) == repr(event.data["value"])

    def test_instants_keep_their_microseconds(self, store: Store) -> None:
        """
        Instants are exact to the microsecond.
        """
        at = NOW.replace(microsecond=123_457)
        put(store, opening(a_job(), occurred_at=at, claimed_at=at, recorded_at=at))

        (event,) = store.history("", "J-1")
        assert (at, at, at) == (event.occurred_at, event.claimed_at, event.recorded_at)

    def test_long_text_is_not_cut(self, store: Store) -> None:
        """
        A note of a million characters is read back whole.
        """
        note = "ä" * 999_999 + "z"
        put(store, opening(a_job(), note=note))

        (event,) = store.history("", "J-1")
        assert note == event.note

    def test_caller_cannot_change_what_was_committed(self, store: Store) -> None:
        """
        Data that the caller goes on changing does not change in the store.
        """
        data = {"list": ["a"]}
        put(store, opening(a_job(), data=data))
        data["list"].append("b")

        (event,) = store.history("", "J-1")
        assert ["a"] == list(event.data["list"])


class PrivacyPromises(Promises):
    """Private values come back to those who may ask, and are gone for good when they are erased."""

    def test_private_values_read_back(self, store: Store) -> None:
        """
        Private values stand in the job and in its events again when they are read.
        """
        change = served()

        put(store, change)

        assert change.job == job_of(store)
        assert change.events == store.history("", "J-1") == store.feed("").events

    def test_erased_value_is_erased_everywhere(self, store: Store) -> None:
        """
        After an erasure the job, its history and the feed have the digest only, and the rest as before.
        """
        put(store, served())

        assert 1 == store.erase("", "J-1", [BERG.digest])

        (event,) = store.history("", "J-1")
        assert Erased(BERG.digest) == job_of(store).subject.contacts[0].name
        assert (event,) == store.feed("").events
        assert event.data["witness"] == DORN
        assert Erased(BERG.digest) in leaves_of(event.changes)

    def test_erasing_is_told_once(self, store: Store) -> None:
        """
        Erasing counts what was there: nothing the second time, nothing for a digest that nobody knows.
        """
        put(store, served())

        counts = [store.erase("", "J-1", [BERG.digest, "0" * 64]) for _ in range(2)]

        assert [1, 0] == counts
        assert 0 == store.erase("", "J-9", [DORN.digest])

    def test_erasing_leaves_other_jobs_alone(self, store: Store) -> None:
        """
        The same private value on another job or with another tenant stays.
        """
        put(store, served(), served(id="J-2"))
        put(store, served(), tenant="acme")

        store.erase("", "J-1", [BERG.digest])

        assert job_of(store, "J-2").subject.contacts[0].name == BERG
        assert job_of(store, tenant="acme").subject.contacts[0].name == BERG

    def test_history_verifies_after_an_erasure(self, store: Store) -> None:
        """
        An erasure breaks no seal, and the job goes on.
        """
        change = served()
        put(store, change)
        store.erase("", "J-1", [BERG.digest, DORN.digest])
        put(store, notes(change, 1))

        assert verify(store.history("", "J-1")).ok
        assert 2 == job_of(store).version

    def test_late_commit_does_not_bring_an_erased_value_back(self, store: Store) -> None:
        """
        A commit that was made before an erasure and is written after it leaves the value erased.
        """
        change = served()
        put(store, change)
        bare = attrs.evolve(change.job, subject=Subject(asset="A-1"))
        late = following(change, bare)
        store.erase("", "J-1", [BERG.digest])

        put(store, late)

        assert 0 == store.erase("", "J-1", [BERG.digest])
        assert BERG not in leaves_of(*(event.changes for event in store.history("", "J-1")))

    def test_refused_commit_keeps_no_private_value(self, store: Store) -> None:
        """
        A commit that is not written leaves no private value behind.
        """
        refused(store, commit_of(served(), scopes={"day:14": 3}), Conflict)

        assert 0 == store.erase("", "J-1", [BERG.digest, DORN.digest])

    def test_private_value_in_an_index_is_refused(self, store: Store) -> None:
        """
        No private value gets into an index, where it could not be erased.
        """
        job = a_job()
        change = opening(job, index_of(job, people=(BERG,)))

        error = refused(store, commit_of(change), Invalid)

        assert ["stores.private_outside"] == codes(error)
        assert "Frieda" not in str(error)

    def test_erasures_survive_reopening(self, store: Store) -> None:
        """
        What was erased is erased after the store is opened again, and what was not is there.
        """
        put(store, served())
        store.erase("", "J-1", [BERG.digest])

        job = job_of(self.reopen(store))
        (event,) = self.reopen(store).history("", "J-1")

        assert Erased(BERG.digest) == job.subject.contacts[0].name
        assert event.data["witness"] == DORN


def leaves_of(*values: object) -> list[object]:
    """Return every value below field changes, lists and mappings."""
    found: list[object] = []
    left = list(values)
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, (list, tuple)):
            left.extend(value)
        elif isinstance(value, FieldChange):
            left.extend((value.old, value.new))
        else:
            found.append(value)
    return found
