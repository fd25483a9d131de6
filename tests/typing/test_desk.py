"""What a host's type checker sees of the desk; each is checked by mypy and when it runs."""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from typing import assert_type

from jobkit.answers import Answer
from jobkit.catalog import Catalog
from jobkit.desk import Advanced, AsyncDesk, Desk, Done, QueuePage, Received
from jobkit.history import History
from jobkit.lifecycle import Flag, Option, Pending
from jobkit.model import Actor, Job
from jobkit.readiness import Package
from jobkit.stores import MemoryStore
from tests.desk.building import AsyncStore

NOW = datetime(2026, 3, 10, tzinfo=UTC)
DEALER = Actor(id="dora", role="dealer")


def test_verbs_keep_their_types() -> None:
    """
    A verb that is made from its generator takes what it takes and returns what it returns.
    """
    desk = Desk(Catalog.preset("after-sales"), MemoryStore())
    done = desk.submit("breakdown", by=DEALER, at=NOW)
    id = done.job.id

    assert_type(done, Done)
    assert_type(done.job, Job)
    assert_type(desk.ask(id, "submit", by=DEALER, at=NOW), Answer[Option])
    assert_type(desk.ask_many((id,), "submit", by=DEALER, at=NOW), Mapping[str, Answer[Option]])
    assert_type(desk.pending(id, at=NOW), tuple[Pending, ...])
    assert_type(desk.readiness(id, NOW), Answer[Package])
    assert_type(desk.flags(id, NOW), tuple[Flag, ...])
    assert_type(desk.history(id), History)
    assert_type(desk.queue("triage"), QueuePage)
    assert_type(desk.find("erp", "1"), Job | None)
    assert_type(desk.advance(NOW), Advanced)
    assert_type(desk.receive(id, (), at=NOW), Received)
    assert_type(desk.reassign("a", "b", by=DEALER, at=NOW, reason="left"), tuple[Done, ...])
    assert done.job.is_open


def test_async_verbs_are_awaited() -> None:
    """
    The same verbs of an AsyncDesk give the same types when they are awaited.
    """
    desk = AsyncDesk(Catalog.preset("after-sales"), AsyncStore(MemoryStore()))
    waiting = desk.submit("breakdown", by=DEALER, at=NOW)
    assert_type(waiting, Awaitable[Done])

    async def story() -> Job:
        done = await waiting
        assert_type(done, Done)
        return await desk.job(done.job.id)

    assert "draft" == asyncio.run(story()).state.name
