"""After a catalog changed: the open jobs follow it without an event of their own."""

from typing import Any

import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import NotFound
from tests.desk.building import BOSS, NOW, is_whole, on_bench
from tests.desk.clocks import DATA, HOUR, REPLY, promised, told

QUICK = {**REPLY, "targets": [{"within": "90min"}]}
CHANGED: dict[str, Any] = {
    "milestones": {**DATA["milestones"], "reply": QUICK},
    "queues": {**DATA["queues"], "open": {"owner": "boss", "when": "job.states['work'].name == 'open'"}},
}


@pytest.fixture
def shop(store: Store, awaited: bool) -> Desk:
    """Return a desk of the workshop that promises something."""
    return promised(store, awaited)


def stood(desk: Desk, name: str) -> list[str]:
    """Return the ids of the jobs in a queue."""
    return [job.id for job in desk.queue(name).jobs]


def test_refreshed_job_follows_the_changed_catalog(store: Store, awaited: bool) -> None:
    """
    Queues, wake-ups and clocks of open jobs follow other rules at once; an event says which.
    """
    old = promised(store, awaited)
    job = on_bench(old)
    new = promised(store, awaited, CHANGED)
    assert [] == stood(new, "open")

    done = new.refresh(now=NOW + HOUR / 2).done

    assert ["refreshed"] == [event.kind for each in done for event in each.events]
    assert {"catalog": "shop", "version": "1"} == done[0].events[0].data
    assert [job.id] == stood(new, "open")
    assert NOW + 1.5 * HOUR in [each.at for each in new.due(NOW + 2 * HOUR)]
    assert is_whole(new, job.id)


def test_refreshing_twice_writes_once(store: Store, awaited: bool) -> None:
    """
    A job with which nothing is otherwise than it stands in the store is left alone.
    """
    job = on_bench(promised(store, awaited))
    new = promised(store, awaited, CHANGED)
    new.refresh(now=NOW + HOUR)
    before = new.history(job.id).events

    assert () == new.refresh(now=NOW + HOUR).done
    assert () == new.refresh(now=NOW + HOUR, job_ids=[job.id, job.id]).done
    assert before == new.history(job.id).events


def test_job_that_nothing_changed_for_is_not_written(shop: Desk) -> None:
    """
    Under the same catalog there is nothing to refresh, though words were spoken since.
    """
    job = on_bench(shop)
    shop.note(job.id, "Called.", by=BOSS, at=NOW)

    assert () == shop.refresh(now=NOW + HOUR).done


def test_open_jobs_are_refreshed_page_by_page(store: Store, awaited: bool) -> None:
    """
    From page to page every open job is refreshed once, and the last page says that it is the last.
    """
    old = promised(store, awaited)
    ids = {on_bench(old, f"A-{number}").id for number in range(5)}
    new, after = promised(store, awaited, CHANGED), None
    pages: list[list[str]] = []
    while not pages or after is not None:
        page = new.refresh(now=NOW + HOUR, after=after, limit=2)
        pages.append([each.job.id for each in page.done])
        after = page.after

    assert ids == {id for page in pages for id in page}
    assert 5 == sum(map(len, pages))
    assert [2, 2, 1] == [len(page) for page in pages if page]


def test_what_new_promises_reached_before_they_came_is_not_told(store: Store, awaited: bool) -> None:
    """
    A refresh announces nothing that only the new rules find in the past; what comes after it is told.
    """
    job = on_bench(promised(store, awaited))
    new = promised(store, awaited, CHANGED)

    new.refresh(now=NOW)
    assert [] == told(new, job.id)

    new.advance(NOW + 2 * HOUR)
    assert {"reply.half", "reply.breached"} == {name for name, _ in told(new, job.id)}


def test_unknown_job_is_not_refreshed(shop: Desk) -> None:
    """
    A job that is not there is refused.
    """
    with pytest.raises(NotFound):
        shop.refresh(now=NOW, job_ids=["J-9"])
