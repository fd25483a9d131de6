"""The generator form in which every verb is written once: it yields port calls and returns its result."""

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import attrs

from jobkit.history import Event
from jobkit.mappings import EMPTY
from jobkit.model import Job
from jobkit.ports import Commit, Effect, Feed, IndexFacts, Page, Receipt
from jobkit.wakeups import Wakeup

P = ParamSpec("P")
R = TypeVar("R")

Trace = Callable[[str], AbstractContextManager[Any]]
"""Opens a context around the verb that it is told the name of."""


class Traced(Protocol):
    """What a verb works with, as far as its drivers need to know it."""

    @property
    def trace(self) -> Trace:
        """Return the hook that is told of every verb."""


Wiring = TypeVar("Wiring", bound=Traced)


@attrs.frozen
class Call:
    """One request to the store: the port method and its arguments."""

    method: str
    args: tuple[Any, ...] = ()
    options: Mapping[str, Any] = EMPTY


Steps = Generator[Call, Any, R]


def run(steps: Steps[R], store: object) -> R:
    """Drive *steps* on a store whose methods answer at once."""
    try:
        call = next(steps)
        while True:
            try:
                reply = getattr(store, call.method)(*call.args, **call.options)
            except Exception as error:
                call = steps.throw(error)
            else:
                call = steps.send(reply)
    except StopIteration as done:
        result: R = done.value
        return result


async def run_async(steps: Steps[R], store: object) -> R:
    """Drive *steps* on a store whose methods are awaited."""
    try:
        call = next(steps)
        while True:
            try:
                reply = await getattr(store, call.method)(*call.args, **call.options)
            except Exception as error:
                call = steps.throw(error)
            else:
                call = steps.send(reply)
    except StopIteration as done:
        result: R = done.value
        return result


class _Seat(Protocol[Wiring]):
    office: Wiring
    store: Any


def verb(
    written: Callable[Concatenate[Wiring, P], Steps[R]],
) -> Callable[Concatenate[_Seat[Wiring], P], R]:
    """Turn a generator verb into a method that answers at once; the office's trace is around it."""

    @wraps(written)
    def method(seat: _Seat[Wiring], /, *args: P.args, **options: P.kwargs) -> R:
        with seat.office.trace(written.__name__):
            return run(written(seat.office, *args, **options), seat.store)

    return method


def async_verb(
    written: Callable[Concatenate[Wiring, P], Steps[R]],
) -> Callable[Concatenate[_Seat[Wiring], P], Awaitable[R]]:
    """Turn a generator verb into a method to await; the office's trace is around it."""

    @wraps(written)
    async def method(seat: _Seat[Wiring], /, *args: P.args, **options: P.kwargs) -> R:
        with seat.office.trace(written.__name__):
            return await run_async(written(seat.office, *args, **options), seat.store)

    return method


def commit(what: Commit) -> Steps[Receipt]:
    """Ask the store to write all of *what* or nothing."""
    answer: Receipt = yield Call("commit", (what,))
    return answer


def receipt(tenant: str, key: str, digest: str) -> Steps[Receipt | None]:
    """Ask for the receipt of a command that was committed before."""
    answer: Receipt | None = yield Call("receipt", (tenant, key, digest))
    return answer


def jobs(tenant: str, ids: Sequence[str]) -> Steps[tuple[Job | None, ...]]:
    """Ask for several jobs at once."""
    answer: tuple[Job | None, ...] = yield Call("jobs", (tenant, ids))
    return answer


def index(tenant: str, ids: Sequence[str]) -> Steps[tuple[IndexFacts | None, ...]]:
    """Ask for the index facts of several jobs at once."""
    answer: tuple[IndexFacts | None, ...] = yield Call("index", (tenant, ids))
    return answer


def history(tenant: str, job_id: str) -> Steps[tuple[Event, ...]]:
    """Ask for a job's events."""
    answer: tuple[Event, ...] = yield Call("history", (tenant, job_id))
    return answer


def scopes(tenant: str, names: Sequence[str]) -> Steps[Mapping[str, int]]:
    """Ask for the versions of scopes."""
    answer: Mapping[str, int] = yield Call("scopes", (tenant, names))
    return answer


def by_asset(tenant: str, asset: str, open_only: bool = True, limit: int = 100) -> Steps[tuple[str, ...]]:
    """Ask for the jobs on an asset."""
    answer: tuple[str, ...] = yield Call(
        "by_asset", (tenant, asset), {"open_only": open_only, "limit": limit}
    )
    return answer


def by_external_id(tenant: str, system: str, external_id: str) -> Steps[str | None]:
    """Ask for the job behind another system's id."""
    answer: str | None = yield Call("by_external_id", (tenant, system, external_id))
    return answer


def by_person(tenant: str, person: str, limit: int) -> Steps[tuple[str, ...]]:
    """Ask for the open jobs of a person."""
    answer: tuple[str, ...] = yield Call("by_person", (tenant, person), {"limit": limit})
    return answer


def queue(tenant: str, name: str, after: str | None, limit: int) -> Steps[Page]:
    """Ask for a page of a queue."""
    answer: Page = yield Call("queue", (tenant, name), {"after": after, "limit": limit})
    return answer


def due(tenant: str, now: datetime, limit: int) -> Steps[tuple[Wakeup, ...]]:
    """Ask for the wake-ups that are due."""
    answer: tuple[Wakeup, ...] = yield Call("due", (tenant, now), {"limit": limit})
    return answer


def feed(tenant: str, after: int, limit: int) -> Steps[Feed]:
    """Ask for committed events after a position."""
    answer: Feed = yield Call("feed", (tenant,), {"after": after, "limit": limit})
    return answer


def outbox(tenant: str, limit: int) -> Steps[tuple[Effect, ...]]:
    """Ask for effects not yet confirmed as delivered."""
    answer: tuple[Effect, ...] = yield Call("outbox", (tenant,), {"limit": limit})
    return answer


def delivered(tenant: str, effects: Sequence[tuple[str, int]]) -> Steps[None]:
    """Tell the store which effects were delivered."""
    yield Call("delivered", (tenant, effects))


def erase(tenant: str, job_id: str, digests: Sequence[str]) -> Steps[int]:
    """Ask the store to destroy private values."""
    answer: int = yield Call("erase", (tenant, job_id, digests))
    return answer


def rule(digest: str) -> Steps[str | None]:
    """Ask the archive for the text of a rule part."""
    answer: str | None = yield Call("rule", (digest,))
    return answer
