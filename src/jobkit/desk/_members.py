"""Who belongs together: a job with those that were merged into it, and what was declared different."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from jobkit.desk import _steps
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.findings import Finding, Template
from jobkit.mappings import FrozenMap
from jobkit.model import Job

DECLARED_DIFFERENT = Template(
    "desk.declared_different",
    "{by} decided that the jobs {one} and {other} are different, so {loser} is not merged into {survivor}.",
    "If that does not hold any more, decide with decide_twin that {loser} and {survivor} are the same.",
)


def family(office: Office, job: Job) -> Steps[Mapping[str, Job]]:
    """Return a job with every job that was merged into it, by id; one that is not there is left out."""
    ids = tuple(member.id for member in job.links.members if member.id != job.id)
    found = (yield from _steps.jobs(office.tenant, ids)) if ids else ()
    return FrozenMap({job.id: job, **{member.id: member for member in found if member is not None}})


def declared_different(loser: Mapping[str, Job], survivor: Mapping[str, Job]) -> Iterator[Finding]:
    """
    Yield the decisions that keep two families apart: of any member of the one on any of the other.

    A decision counts until the jobs that answer for both are decided to be the same, knowing of the member.
    """
    (first, *_), (second, *_) = loser, survivor
    told_of: set[frozenset[str]] = set()
    since = _decided_same(loser[first], survivor[second])
    joined = {each.id: each.merged for job in (loser[first], survivor[second]) for each in job.links.members}
    for one, others in ((loser, survivor), (survivor, loser)):
        for job in one.values():
            for suspect in job.triage.suspects:
                known = (suspect.at, joined.get(job.id), joined.get(suspect.id))
                if suspect.decided != "different" or suspect.id not in others or _follows(since, known):
                    continue
                if frozenset((job.id, suspect.id)) in told_of:
                    continue
                told_of.add(frozenset((job.id, suspect.id)))
                told: dict[str, Any] = {"by": suspect.by or "Somebody", "one": job.id, "other": suspect.id}
                path = f"$.triage.suspects[{suspect.id}]"
                yield Finding.of(DECLARED_DIFFERENT, path=path, loser=first, survivor=second, **told)


def _decided_same(one: Job, other: Job) -> datetime | None:
    """Return when the two that answer were last decided to be the same, None if they are not."""
    pairs = ((one, other.id), (other, one.id))
    found = [each for job, id in pairs for each in job.triage.suspects if each.id == id and each.decided]
    if any(each.decided == "different" for each in found):
        return None
    return max((each.at for each in found if each.at is not None), default=None)


def _follows(since: datetime | None, known: Iterable[datetime | None]) -> bool:
    return since is not None and all(at is None or at <= since for at in known)
