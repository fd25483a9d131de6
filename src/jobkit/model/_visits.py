"""Looking at a job's visits and parts: which visit comes next, and what will be missing there."""

from datetime import datetime

from jobkit.instants import utc
from jobkit.model._job import Job
from jobkit.model._visit import Visit, Window
from jobkit.model._work import Part


def best_window(visit: Visit) -> Window | None:
    """
    Return the window that says most about when the visit is: what happened, else what was agreed last.

    The order is actual, confirmed, planned, promised, requested.
    """
    known = (visit.actual, visit.confirmed, visit.planned, visit.promised, visit.requested)
    return next((window for window in known if window is not None), None)


def next_visit(job: Job) -> Visit | None:
    """Return the earliest visit without an outcome; visits without any window come last, in their order."""
    left = [visit for visit in job.visits if visit.outcome is None]
    windows = [(best_window(visit), visit) for visit in left]
    dated = [(window.start, visit) for window, visit in windows if window is not None]
    return min(dated, key=lambda pair: pair[0])[1] if dated else next(iter(left), None)


def is_held(part: Part) -> bool:
    """Whether someone put the part on hold and nobody has released it."""
    return part.hold is not None and part.hold_released is None


def is_there_by(part: Part, instant: datetime) -> bool | None:
    """
    Whether the part will be at hand at *instant*: None when nobody knows.

    A part on hold is not; one on the van, at the depot or staged is; an ordered one is when its date comes
    before. A naive instant is refused.
    """
    if is_held(part):
        return False
    if part.staged or part.installed or part.availability in ("on_van", "depot"):
        return True
    if part.expected is None:
        return None
    return part.expected <= utc(instant)


def parts_missing(job: Job, instant: datetime) -> tuple[Part, ...]:
    """Return the parts that will not be at hand at *instant*, or of which nobody knows."""
    return tuple(part for part in job.parts if not is_there_by(part, instant))
