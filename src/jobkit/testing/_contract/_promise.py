"""What every part of the contract stands on: the store under test, and how its "no" is caught."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

import pytest

from jobkit.errors import JobkitError
from jobkit.model import Job
from jobkit.ports import Change, Commit, JobStore, RuleArchive
from jobkit.testing._builders import commit_of

E = TypeVar("E", bound=JobkitError)


class Store(JobStore, RuleArchive, Protocol):
    """What a host's store is: both ports in one."""


class Promises:
    """Each test takes the store that a fixture named `store` gives: empty, and new for every test."""

    def reopen(self, store: Store) -> Store:
        """Return another store on the same data; override it for a store that keeps data on a medium."""
        return store


def put(store: JobStore, *changes: Change, **told: Any) -> None:
    """Commit changes that are expected to be written."""
    store.commit(commit_of(*changes, **told))


def refused(store: JobStore, commit: Commit, kind: type[E]) -> E:
    """Return the error that a commit is expected to raise."""
    with pytest.raises(kind) as raised:
        store.commit(commit)
    return raised.value


def codes(error: JobkitError) -> list[str]:
    """Return the codes of all findings, in order."""
    return [finding.code for finding in error.findings]


def job_of(store: JobStore, id: str = "J-1", tenant: str = "") -> Job:
    """Return a job that is expected to be there."""
    (job,) = store.jobs(tenant, [id])
    assert job is not None, f"job {id} is not in the store"
    return job


def everything(
    store: Store, tenant: str = "", ids: tuple[str, ...] = ("J-1", "J-2", "J-3")
) -> Mapping[str, Any]:
    """Return what a few look-ups tell, to be compared before and after something that must not write."""
    return {
        "jobs": store.jobs(tenant, ids),
        "history": [store.history(tenant, id) for id in ids],
        "feed": store.feed(tenant),
        "outbox": store.outbox(tenant),
        "scopes": dict(store.scopes(tenant, ["asset:A-1"])),
        "queue": store.queue(tenant, "triage"),
        "asset": store.by_asset(tenant, "A-1"),
        "rule": store.rule("r-1"),
    }
