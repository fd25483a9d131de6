"""What a move changes beside the state: windows, sign-offs, outcomes, and the count of reopenings."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from jobkit.errors import Invalid, NotFound
from jobkit.findings import Template
from jobkit.history import FieldChange
from jobkit.instants import write_instant
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Job, SignOff, Visit, VisitOutcome, Window, changed, next_visit

UNKNOWN_VISIT = Template(
    "lifecycle.unknown_visit",
    "Job {job} has no visit {visit}; its visits are: {visits}.",
    "Name one of the job's visits, or plan the visit first.",
)
VISIT_ENDED = Template(
    "lifecycle.visit_ended",
    "Visit {visit} of job {job} has already ended with the outcome {outcome}.",
    "Plan another visit instead of changing this one.",
)
OTHER_SITE = Template(
    "lifecycle.sign_off_site",
    "Sign-off {sign_off} is for site {site}, and job {job} is at site {actual}.",
    "Record the sign-off on a job at site {site}, or correct subject.site.",
)
NO_PLAN = Template(
    "lifecycle.visit_unplanned",
    "Visit {visit} of job {job} has no planned window.",
    "Record visits[{visit}].planned first.",
)
UNDOES = Template(
    "lifecycle.undoes_missing",
    "Reopening job {job} does not say which closure it undoes.",
    "Give the id of the event that closed the job as undoes.",
)


@attrs.frozen(kw_only=True)
class Deed:
    """What one move records beside the state: the changed fields, and the data that its effects carry."""

    changes: tuple[FieldChange, ...] = ()
    data: Mapping[str, Any] = EMPTY


def current_visit(job: Job) -> Visit | None:
    """Return the visit next or under way: the earliest without an outcome; None when there is none."""
    return next_visit(job)


def reschedule_changes(job: Job, visit_id: str, window: Window, reason: str) -> Deed:
    """
    Move the planned window of a visit, void every sign-off given for the old one, and count it.

    The data carries both windows and the reason, so that the customer's notice can name them. A visit that is
    not there, or has ended, is refused.
    """
    visit = _open_visit(job, visit_id)
    moved = attrs.evolve(_unplanned(visit, reason), planned=window, reschedules=visit.reschedules + 1)
    return _deed(job, moved, {**_withdrawn(visit, reason), "new_window": _told(window)})


def withdraw_changes(job: Job, visit_id: str, reason: str) -> Deed:
    """
    Take the planned window of a visit back and void every sign-off given for it.

    A visit that is not there, or has ended, is refused.
    """
    visit = _open_visit(job, visit_id)
    return _deed(job, _unplanned(visit, reason), _withdrawn(visit, reason))


def sign_off_changes(job: Job, visit_id: str, sign_off: SignOff) -> Deed:
    """
    Record one party's word on a visit; the same sign-off may be recorded on every job at the site.

    A sign-off for another site is refused, and so is a visit that is not there or has ended.
    """
    visit = _open_visit(job, visit_id)
    if sign_off.site is not None and sign_off.site != job.subject.site:
        raise Invalid.of(
            OTHER_SITE, job=job.id, sign_off=sign_off.id, site=sign_off.site, actual=job.subject.site
        )
    kept = tuple(given for given in visit.sign_offs if given.id != sign_off.id)
    signed = attrs.evolve(visit, sign_offs=(*kept, sign_off))
    return _deed(job, signed, {"visit": visit_id, "party": sign_off.party})


def shared_sign_off(jobs: Iterable[Job], sign_off: SignOff) -> dict[str, Deed]:
    """
    Record one sign-off on every job at its site whose current visit is planned inside its window.

    Other jobs are left out; the result is keyed by job id.
    """
    fitting = ((job, current_visit(job)) for job in jobs if job.subject.site == sign_off.site)
    return {
        job.id: sign_off_changes(job, visit.id, sign_off)
        for job, visit in fitting
        if visit is not None and covers(sign_off.window, visit.planned)
    }


def propose_changes(job: Job, visit_id: str) -> Deed:
    """Tell the planned window of a visit, changing nothing; one that is not there or has ended is refused."""
    visit = _open_visit(job, visit_id)
    return _deed(job, visit, {"visit": visit_id, "window": _told(visit.planned)})


def confirm_changes(job: Job, visit_id: str) -> Deed:
    """Take the planned window of a visit as confirmed; a visit without a planned window is refused."""
    visit = _open_visit(job, visit_id)
    if visit.planned is None:
        raise Invalid.of(NO_PLAN, path=f"$.visits[{visit_id}].planned", job=job.id, visit=visit_id)
    told = {"visit": visit_id, "window": _told(visit.planned)}
    return _deed(job, attrs.evolve(visit, confirmed=visit.planned), told)


def visit_changes(
    job: Job, visit_id: str, outcome: VisitOutcome, *, actual: Window | None = None, reason: str | None = None
) -> Deed:
    """
    End a visit with its outcome and, where known, its actual window.

    A visit that is not there, or has ended, is refused.
    """
    visit = _open_visit(job, visit_id)
    ended = attrs.evolve(visit, outcome=outcome, actual=actual or visit.actual, outcome_reason=reason)
    told = {"visit": visit_id, "outcome": outcome, "reason": reason, "window": _told(visit.planned)}
    return _deed(job, ended, told)


def no_access_changes(job: Job, visit_id: str, reason: str, *, actual: Window | None = None) -> Deed:
    """End a visit for want of access; the job itself goes on and needs a follow-up."""
    return visit_changes(job, visit_id, "no_access", actual=actual, reason=reason)


def reopen_changes(job: Job, undoes: str) -> Deed:
    """
    Count a reopening, name the closing event that it *undoes*, and withdraw the customer's acceptance.

    A reopening that names no event is refused.
    """
    if not undoes:
        raise Invalid.of(UNDOES, path="$.undoes", job=job.id)
    counts = FrozenMap({**job.counts, "reopened": job.counts.get("reopened", 0) + 1})
    reopened = attrs.evolve(job, counts=counts, outcome=attrs.evolve(job.outcome, accepted=None))
    return Deed(changes=_changes(job, reopened), data=FrozenMap(undoes=undoes))


def covers(outer: Window, inner: Window | None) -> bool:
    """Whether *inner* is known and lies wholly in *outer*."""
    return inner is not None and outer.start <= inner.start and inner.end <= outer.end


def _open_visit(job: Job, visit_id: str) -> Visit:
    visit = next((visit for visit in job.visits if visit.id == visit_id), None)
    path = f"$.visits[{visit_id}]"
    if visit is None:
        known = [visit.id for visit in job.visits]
        raise NotFound.of(UNKNOWN_VISIT, path=path, job=job.id, visit=visit_id, visits=known)
    if visit.outcome is not None:
        raise Invalid.of(VISIT_ENDED, path=path, job=job.id, visit=visit_id, outcome=visit.outcome)
    return visit


def _unplanned(visit: Visit, reason: str) -> Visit:
    voided = tuple(_voided(sign_off, reason) for sign_off in visit.sign_offs)
    return attrs.evolve(visit, planned=None, confirmed=None, sign_offs=voided)


def _withdrawn(visit: Visit, reason: str) -> dict[str, Any]:
    voided = [sign_off.id for sign_off in visit.sign_offs if sign_off.voided is None]
    return {"visit": visit.id, "old_window": _told(visit.planned), "reason": reason, "voided": voided}


def _voided(sign_off: SignOff, reason: str) -> SignOff:
    return sign_off if sign_off.voided is not None else attrs.evolve(sign_off, voided=reason)


def _deed(job: Job, visit: Visit, told: Mapping[str, Any]) -> Deed:
    visits = tuple(visit if old.id == visit.id else old for old in job.visits)
    data = FrozenMap({name: value for name, value in told.items() if value is not None})
    return Deed(changes=_changes(job, attrs.evolve(job, visits=visits)), data=data)


def _changes(old: Job, new: Job) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(*change) for change in changed(old, new))


def _told(window: Window | None) -> dict[str, str] | None:
    if window is None:
        return None
    return {"start": write_instant(window.start), "end": write_instant(window.end)}
