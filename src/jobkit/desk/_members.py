"""Who belongs together: a job with those that were merged into it, and what was declared different."""

from collections.abc import Iterator, Mapping

from jobkit.desk import _steps
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.findings import Finding, Template
from jobkit.mappings import FrozenMap
from jobkit.model import Job

DECLARED_DIFFERENT = Template(
    "desk.declared_different",
    "{by} decided that the jobs {one} and {other} are different, so {loser} is not merged into {survivor}.",
    "Change the decision on {one} with decide_twin first, if it does not hold any more.",
)


def family(office: Office, job: Job) -> Steps[Mapping[str, Job]]:
    """Return a job with every job that was merged into it, by id; one that is not there is left out."""
    ids = tuple(member.id for member in job.links.members if member.id != job.id)
    found = (yield from _steps.jobs(office.tenant, ids)) if ids else ()
    return FrozenMap({job.id: job, **{member.id: member for member in found if member is not None}})


def declared_different(loser: Mapping[str, Job], survivor: Mapping[str, Job]) -> Iterator[Finding]:
    """Yield the decisions that keep two families apart: of any member of the one on any of the other."""
    (first, *_), (second, *_) = loser, survivor
    for one, others in ((loser, survivor), (survivor, loser)):
        for job in one.values():
            for suspect in job.triage.suspects:
                if suspect.decided == "different" and suspect.id in others:
                    yield Finding.of(
                        DECLARED_DIFFERENT,
                        path=f"$.triage.suspects[{suspect.id}]",
                        by=suspect.by or "Somebody",
                        one=job.id,
                        other=suspect.id,
                        loser=first,
                        survivor=second,
                    )
