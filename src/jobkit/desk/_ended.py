"""What a job that has ended no longer takes, whatever its lifecycle forgot to forbid."""

from jobkit.answers import Answer
from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycles, permits
from jobkit.model import PRIMARY, Job

ENDED = Template(
    "desk.ended",
    "Job {job} has ended as {end}, and {operation} is not done on it any more.",
    "Reopen job {job} first, or submit a new one.",
)


def must_take(job: Job, lifecycles: Lifecycles, operation: str) -> None:
    """Refuse *operation* where the job's state forbids it, and on a job that has ended."""
    findings = permits(job, lifecycles, operation).findings
    end = job.state.end
    if not findings and end is not None:
        path = f"$.states[{PRIMARY}]"
        findings = (Finding.of(ENDED, path=path, job=job.id, end=end, operation=operation),)
    Answer(operation, findings).must()
