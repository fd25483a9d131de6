"""What jobkit asks of a host's persistence: one commit, a few look-ups, an archive of rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import attrs

from jobkit.history import Event
from jobkit.mappings import EMPTY
from jobkit.model import Job
from jobkit.wakeups import Wakeup


@attrs.frozen
class QueueKey:
    """That a job stands in a queue, and its place there: smaller keys come first, ties by job id."""

    queue: str
    order: str = ""


@attrs.frozen(kw_only=True)
class IndexFacts:
    """What a store indexes about a job, computed by jobkit: stores never interpret events."""

    category: str
    open: bool
    queues: tuple[QueueKey, ...] = ()
    assets: tuple[str, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()
    people: tuple[str, ...] = ()
    wakeups: tuple[Wakeup, ...] = ()


@attrs.frozen(kw_only=True)
class Change:
    """One job's share of a commit: sealed events after *expected_version*, their fold, its index facts."""

    job_id: str
    expected_version: int
    events: tuple[Event, ...]
    job: Job
    index: IndexFacts


@attrs.frozen(kw_only=True)
class Effect:
    """
    Something for the outside world to do, delivered at least once; its id is (event id, number).

    The event stands in the same commit. The data holds wire values, and no private ones.
    """

    event_id: str
    number: int
    name: str
    data: Mapping[str, Any] = EMPTY


@attrs.frozen(kw_only=True)
class Commit:
    """
    All or nothing: changes of several jobs, scopes that must not have moved, effects for the outbox.

    `scopes` maps a scope's name to the version that was read (0 when it was never written); committing moves
    it by one. `command_key` with `command_digest` makes a repeated command return its first receipt.
    `rules` maps hashes to the canonical text of rule parts that judged the events.
    """

    tenant: str = ""
    changes: tuple[Change, ...]
    scopes: Mapping[str, int] = EMPTY
    effects: tuple[Effect, ...] = ()
    command_key: str | None = None
    command_digest: str = ""
    rules: Mapping[str, str] = EMPTY


@attrs.frozen(kw_only=True)
class Receipt:
    """What a commit did: the new version of each job and the position of its last event in the feed."""

    versions: Mapping[str, int]
    position: int
    repeated: bool = False


@attrs.frozen
class Page:
    """One page of job ids, and the cursor to give for the next one (None at the end)."""

    job_ids: tuple[str, ...]
    after: str | None = None


@attrs.frozen
class Feed:
    """Events since a position, in the order of their commits, without gaps; *position* is where to go on."""

    events: tuple[Event, ...]
    position: int


class JobStore(Protocol):
    """
    A host's persistence. Every method takes the tenant first; what one tenant wrote no other sees.

    `commit` raises `Conflict` when a job or a scope has moved, or an external id, an event id or a command
    key is taken; `Invalid` when the commit does not hold together or carries a private value outside of
    events and jobs; `StoreFailed` when the medium fails. Then nothing was written. Only `commit`, `delivered`
    and `erase` write; a limit below one is `Invalid`. `jobkit.testing.JobStoreContract` tests all of this.
    """

    def commit(self, commit: Commit, /) -> Receipt:
        """Write all of *commit* or nothing; look the command key up before any version."""

    def receipt(self, tenant: str, command_key: str, digest: str, /) -> Receipt | None:
        """Return the receipt of a command that was committed before; another digest is a `Conflict`."""

    def jobs(self, tenant: str, job_ids: Sequence[str], /) -> tuple[Job | None, ...]:
        """Return each job, or None where there is none, in the order of *job_ids*."""

    def index(self, tenant: str, job_ids: Sequence[str], /) -> tuple[IndexFacts | None, ...]:
        """Return the index facts of each job as they were committed last, or None where there is none."""

    def history(self, tenant: str, job_id: str, /) -> tuple[Event, ...]:
        """Return a job's events in recording order; none for an unknown job."""

    def by_external_id(self, tenant: str, system: str, external_id: str, /) -> str | None:
        """Return the id of the job that another system knows under *external_id*."""

    def by_asset(
        self, tenant: str, asset: str, *, open_only: bool = True, limit: int = 100
    ) -> tuple[str, ...]:
        """Return ids of jobs on *asset*, the newest first."""

    def by_person(self, tenant: str, person: str, *, limit: int = 1000) -> tuple[str, ...]:
        """Return ids of open jobs that *person* is assigned to, ordered by id."""

    def queue(self, tenant: str, name: str, *, after: str | None = None, limit: int = 50) -> Page:
        """Return a page of the jobs that stand in the queue *name*, ordered by key, then job id."""

    def due(self, tenant: str, now: datetime, *, limit: int = 100) -> tuple[Wakeup, ...]:
        """Return wake-ups at or before *now*, earliest first."""

    def feed(self, tenant: str, *, after: int = 0, limit: int = 1000) -> Feed:
        """Return committed events after a position; a reader that follows it misses none."""

    def scopes(self, tenant: str, names: Sequence[str], /) -> Mapping[str, int]:
        """Return the version of each scope, 0 for one never written."""

    def outbox(self, tenant: str, *, limit: int = 100) -> tuple[Effect, ...]:
        """Return effects not yet confirmed as delivered, oldest first."""

    def delivered(self, tenant: str, effects: Sequence[tuple[str, int]], /) -> None:
        """Forget delivered effects, named by (event id, number); unknown ones are no error."""

    def erase(self, tenant: str, job_id: str, digests: Sequence[str], /) -> int:
        """
        Destroy private values and salts of a job for good; return how many there were.

        They read as `Erased` from then on, and a commit made before does not bring them back.
        """

    def new_id(self) -> str:
        """Return an id that nothing has yet, from the host's randomness."""

    def new_salt(self) -> str:
        """Return a salt for one private value, from the host's randomness: at least 16 bytes, as hex."""


class RuleArchive(Protocol):
    """Keeps every rule part that ever judged an event, by its hash."""

    def rule(self, digest: str, /) -> str | None:
        """Return the canonical text of the part with this hash, or None."""
