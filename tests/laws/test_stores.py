"""Laws of the stores: any value comes back as it was, and all stores answer alike."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit.errors import JobkitError
from jobkit.history import fold, verify
from jobkit.model import Job
from jobkit.ports import Change, Commit, IndexFacts
from jobkit.stores import MemoryStore
from jobkit.stores.sqlite import SQLiteStore
from jobkit.testing import Store, commit_of, effect_of, following, opening
from jobkit.testing.strategies import index_facts, jobs, names, private_values, texts, wire_values

END = datetime(2100, 1, 1, tzinfo=UTC)
IDS = ("J-1", "J-2", "J-3")


@given(jobs(), index_facts(), st.dictionaries(names(), wire_values() | private_values(), max_size=3), texts())
def test_what_is_read_is_what_was_written(
    job: Job, index: IndexFacts, data: dict[str, Any], note: str
) -> None:
    """
    Any job and any event come back equal, and the history still makes the job.
    """
    change = opening(job, index, data=data, note=note)

    with SQLiteStore(":memory:") as store:
        store.commit(commit_of(change))
        events = store.history("", "J-1")

        assert change.events == events
        assert (change.job,) == store.jobs("", ["J-1"])
        assert fold(events) == change.job
        assert verify(events).ok


@attrs.frozen(kw_only=True)
class Wish:
    """Something a caller tries: a job as it should be, made from the newest or from an old state."""

    id: str
    job: Job
    index: IndexFacts
    stale: bool
    scopes: tuple[str, ...]
    key: str | None
    digest: str
    erase: bool
    deliver: bool


def wishes() -> st.SearchStrategy[Wish]:
    """Return wishes that often collide."""
    return st.sampled_from(IDS).flatmap(
        lambda id: st.builds(
            Wish,
            id=st.just(id),
            job=jobs(id),
            index=index_facts(id),
            stale=st.integers(0, 4).map(lambda number: number == 0),
            scopes=st.lists(names(), max_size=2, unique=True).map(tuple),
            key=st.none() | names(),
            digest=st.sampled_from(["d", "e"]),
            erase=st.booleans(),
            deliver=st.booleans(),
        )
    )


def told(ask: Callable[[], object]) -> object:
    """Return what a store answers: a value, or the kind and codes of its "no"."""
    try:
        return ask()
    except JobkitError as error:
        return (error.kind, [finding.code for finding in error.findings])


def everything(store: Store) -> list[object]:
    """Return all that can be looked up, but the numbers of positions."""
    found: list[object] = [*store.jobs("", IDS), *(store.history("", id) for id in IDS)]
    found += [store.feed("").events, store.outbox(""), store.due("", END)]
    for name in ("a", "b", "B", "é", "a-1", "a 1", 'it"s'):
        found += [store.queue("", name), store.by_asset("", name), store.by_person("", name)]
        found += [store.by_asset("", name, open_only=False), dict(store.scopes("", [name]))]
    return found


def carried_out(store: Store, wish: Wish, commit: Commit) -> list[object]:
    """Try a wish on one store and return its answers."""
    answers = [told(lambda: store.commit(commit))]
    if wish.erase:
        digests = [leaf.digest for leaf in [wish.job.subject.contacts[0].name] if leaf]
        answers.append(told(lambda: store.erase("", wish.id, digests)))
    if wish.deliver:
        answers.append(
            told(lambda: store.delivered("", [(e.event_id, e.number) for e in store.outbox("")[:1]]))
        )
    return answers


@given(st.lists(wishes(), max_size=6))
def test_all_stores_answer_alike(wanted: list[Wish]) -> None:
    """
    Whatever callers try, in whatever order, memory and SQLite give the same answers and hold the same.
    """
    known: dict[str, list[Change]] = {}
    memory = MemoryStore()
    with SQLiteStore(":memory:") as file:
        for number, wish in enumerate(wanted):
            commit = commit_for(wish, known.get(wish.id, []), file, f"e-{number}")
            answers = carried_out(memory, wish, commit)

            assert answers == carried_out(file, wish, commit)
            if not isinstance(answers[0], tuple) and not getattr(answers[0], "repeated", True):
                known.setdefault(wish.id, []).append(commit.changes[0])
        assert everything(memory) == everything(file)


def commit_for(wish: Wish, known: list[Change], store: Store, event_id: str) -> Commit:
    """Return the commit that a wish makes of what it knows of its job."""
    if not known:
        change = opening(wish.job, wish.index, id=event_id)
    else:
        base = known[0] if wish.stale else known[-1]
        job = attrs.evolve(wish.job, version=base.job.version, head=base.job.head)
        change = following(base, job, wish.index, id=event_id)
    return commit_of(
        change,
        effects=(effect_of(change),),
        scopes=store.scopes("", wish.scopes),
        command_key=wish.key,
        command_digest=wish.digest,
    )
