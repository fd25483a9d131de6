"""The hook for logging and tracing: around every verb, of both desks."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jobkit.desk import AsyncDesk, Desk, Store
from jobkit.errors import NotFound
from tests.desk.building import NOW, TRIAGE, on_bench, seated, workshop


class Log:
    """A tracing hook that writes down what it sees."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @contextmanager
    def __call__(self, verb: str) -> Iterator[None]:
        self.lines.append(f"start {verb}")
        try:
            yield
        except NotFound as error:
            self.lines.append(f"{error.code} in {verb}")
            raise
        finally:
            self.lines.append(f"end {verb}")


def test_trace_sees_start_and_end(store: Store, awaited: bool) -> None:
    """
    Every verb is told when it starts and when it ends.
    """
    log = Log()
    desk = seated(workshop(), store, awaited=awaited, trace=log)

    job = on_bench(desk)
    desk.ask(job.id, "begin", by=TRIAGE, at=NOW)

    assert ["start submit", "end submit", "start ask", "end ask"] == log.lines


def test_trace_sees_errors(store: Store, awaited: bool) -> None:
    """
    What a verb raises passes through the hook, and comes out unchanged.
    """
    log = Log()
    desk = seated(workshop(), store, awaited=awaited, trace=log)

    with pytest.raises(NotFound):
        desk.job("J-0")

    assert ["start job", "desk.no_job in job", "end job"] == log.lines


def test_trace_spans_the_waiting(store: Store) -> None:
    """
    The context of an awaited verb is open until its last answer has come.
    """
    log = Log()

    class Slow:
        new_id, new_salt = store.new_id, store.new_salt

        async def jobs(self, tenant: str, ids: tuple[str, ...]) -> tuple[None, ...]:
            log.lines.append("asked")
            await asyncio.sleep(0)
            log.lines.append("answered")
            return (None,)

    desk = AsyncDesk(workshop(), Slow(), trace=log)
    with pytest.raises(NotFound):
        asyncio.run(whole(desk))

    assert ["start job", "asked", "answered", "desk.no_job in job", "end job"] == log.lines


async def whole(desk: AsyncDesk) -> None:
    """Ask for a job that is not there."""
    await desk.job("J-0")


def test_every_public_verb_is_on_both_desks() -> None:
    """
    AsyncDesk has the verbs of Desk, each under its own name.
    """
    verbs = {name for name in vars(Desk) if not name.startswith("_")}

    assert verbs == {name for name in vars(AsyncDesk) if not name.startswith("_")}
    assert verbs == {getattr(Desk, name).__name__ for name in verbs}
