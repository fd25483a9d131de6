"""Private values: where they must never be seen, however they came in."""

import pickle
from pathlib import Path
from typing import Any

import pytest

from jobkit.catalog import Catalog
from jobkit.desk import Desk, Store
from jobkit.errors import JobkitError
from jobkit.stores.sqlite import SQLiteStore
from tests.desk.building import BOSS, DEALER, NOW, PLANNER, VISIT, closed, scheduled, submitted

SECRET = "Frieda Berg"


def test_private_values_are_in_no_repr(desk: Desk, store: Store) -> None:
    """
    Jobs, events, effects and what verbs return show no private value.
    """
    job = closed(desk)
    done = desk.note(job.id, f"{SECRET} called.", by=DEALER, at=VISIT.end)

    shown = repr((done, desk.history(job.id), desk.job(job.id), store.outbox(""), desk.on_asset("EX-77")))

    assert SECRET not in shown


@pytest.mark.parametrize(
    "values",
    [
        {"$.subject.contacts[c1].name": SECRET, "$.states": 1},
        {"$.subject.contacts[c1].name": SECRET, "$.work.crew_size": "two"},
        {"$.subject.contacts[c9].name": SECRET},
        {"$.subject.contacts[c1]": {"id": "c2", "name": SECRET}},
        {"$.subject.contacts[c1]": {"id": "c1", "name": SECRET, "colour": "red"}},
    ],
)
def test_private_values_are_in_no_error(desk: Desk, values: dict[str, Any]) -> None:
    """
    What refuses a private value, or something beside it, does not repeat it.
    """
    job = submitted(desk)

    with pytest.raises(JobkitError) as refused:
        desk.amend(job.id, values, by=BOSS, at=NOW)
    answer = desk.ask(job.id, "submit", by=DEALER, at=NOW, values=values)

    told = (str(refused.value), repr(refused.value), refused.value.to_dict(), str(answer), repr(answer))
    assert SECRET not in repr(told)
    assert SECRET.encode() not in pickle.dumps(refused.value)


def test_private_values_are_nowhere_after_an_erasure(after_sales: Catalog, tmp_path: Path) -> None:
    """
    After an erasure no byte of a private value is left in the file, be it in tables, receipts or effects.
    """
    path = tmp_path / "jobs.db"
    with SQLiteStore(path) as store:
        desk = Desk(after_sales, store)
        job = closed(desk)
        desk.note(job.id, f"{SECRET} called.", by=DEALER, at=VISIT.end, command_key="n")
        assert SECRET.encode() in everything(tmp_path)

        desk.erase(job.id, by=BOSS, at=VISIT.end, reason="asked_to")

        assert SECRET.encode() not in everything(tmp_path)
    assert SECRET.encode() not in everything(tmp_path)


def everything(folder: Path) -> bytes:
    """Return every byte in a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_private_values_are_in_no_index(desk: Desk, store: Store) -> None:
    """
    What a store indexes names people who work on a job, never the customer's.
    """
    job = scheduled(desk)
    desk.assign(job.id, "tom", by=PLANNER, at=NOW)

    assert ((), ()) == (store.by_person("", SECRET), store.by_asset("", SECRET))
    assert ((job.id,), (job.id,)) == (store.by_person("", "tom"), store.by_asset("", "EX-77"))
