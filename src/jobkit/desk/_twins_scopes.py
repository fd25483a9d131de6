"""The scopes of looking for twins: what two requests share that would find each other."""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.desk._twins_keys import asset_name, key_names
from jobkit.errors import Conflict
from jobkit.findings import Finding
from jobkit.model import Job

_PREFIX: Final = "~twins:"
T = TypeVar("T")


def scopes_of(office: Office, job: Job) -> Iterator[str]:
    """
    Yield the scopes of a job's intake: its asset, and every blocking key that may join it with another.

    All reports on an asset are compared with each other, so it is a scope by itself, whatever the symptom.
    """
    if job.subject.asset is not None:
        yield asset_name(job.subject.asset)
    yield from key_names(office, job)


def was_beaten(finding: Finding) -> bool:
    """Whether what moved is the scope of an intake; nothing else may be asked twice unbidden."""
    return str(finding.params.get("scope", "")).startswith(_PREFIX)


def again(
    attempt: Callable[[], Steps[T]],
    *,
    tries: int = 16,
    beaten: Callable[[Finding], bool] = was_beaten,
) -> Steps[T]:
    """
    Do *attempt*, and do it anew when somebody was quicker in a way that *beaten* allows for.

    By default that is another request on the same matter: the loser then sees the winner, and is recorded
    with it as its twin. After so many *tries* the `Conflict` of the last one is raised.
    """
    for _ in range(tries - 1):
        try:
            return (yield from attempt())
        except Conflict as conflict:
            if not all(beaten(finding) for finding in conflict.findings):
                raise
    return (yield from attempt())
