"""Looking for twins of a job when it comes in, whichever verb brings it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.desk import _steps
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, event, field_changes
from jobkit.desk._gate_rules import BEFORE, BEHIND, TWINS
from jobkit.desk._moments import ADOPTED
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._steps import Steps
from jobkit.desk._twins_records import LATEST, REPORTED, record_of
from jobkit.desk._twins_scopes import scopes_of
from jobkit.desk._twins_scores import Looked, looked
from jobkit.desk._twins_threads import nearby
from jobkit.history import FieldChange, apply
from jobkit.instants import write_instant
from jobkit.model import Job, Suspect, Triage, TriageVerdict, put

COMPARED: Final = "compared"
"""The kind of the event by which jobkit tells what it found when it looked for twins."""

SOUGHT: Final = "sought"
"""The kind of the event by which somebody has jobkit look again."""

_MOVING: Final = frozenset({REPORTED, LATEST})


def suspected(
    office: Office, drafts: Sequence[Draft], now: datetime
) -> Steps[tuple[tuple[Draft, ...], Mapping[str, int]]]:
    """
    Return *drafts* with the twins they may have, and the scopes as read before looking.

    Looked at are jobs that are born open or come back before the gate, and those that did not pass it yet,
    wherever they wait, when something compared changes or nobody compared them before. Two of them that would
    find each other share a scope, so that they cannot both be committed unseen.
    """
    if office.catalog.duplicates is None:
        return tuple(drafts), {}
    stamped = [_stamped(draft) for draft in drafts]
    asked = [draft for draft in stamped if _is_new_here(office, draft)]
    if not asked:
        return tuple(stamped), {}
    names = dict.fromkeys(name for draft in asked for name in scopes_of(office, draft.job))
    versions = (yield from _steps.scopes(office.tenant, tuple(names))) if names else {}
    known = {draft.job.id: draft.job for draft in stamped}
    done = {}
    for draft in asked:
        done[draft.job.id] = yield from compared(office, draft, known, now)
    return tuple(done.get(draft.job.id, draft) for draft in stamped), dict(versions)


def _stamped(draft: Draft) -> Draft:
    """Record with a birth when the job came in, for later reports to be near or far."""
    if draft.before is not None or draft.job.triage.reported is not None:
        return draft
    born, *rest = draft.events
    told = born.data.get("since") if born.name == ADOPTED else None
    told = told or write_instant(born.occurred_at)
    change = FieldChange("$.triage.reported", None, told)
    stamped = attrs.evolve(born, changes=(*born.changes, change))
    return attrs.evolve(draft, job=put(draft.job, change.path, told), events=(stamped, *rest))


def _is_new_here(office: Office, draft: Draft) -> bool:
    """Whether a draft brings something to compare: a birth, a way back, other words, a wish to look."""
    if not draft.job.is_open:
        return False
    if draft.before is None or any(told.kind == SOUGHT for told in draft.events):
        return True
    if draft.job.state.category in BEFORE and draft.before.state.category not in BEFORE:
        return True
    if _has_passed(draft.before) or _is_of_triage(draft):
        return False
    was_compared = draft.before.triage.reported is not None
    return not was_compared or _words(office, draft.before) != _words(office, draft.job)


def _has_passed(job: Job) -> bool:
    return job.triage.passed is not None or job.state.category in BEHIND


def _is_of_triage(draft: Draft) -> bool:
    """Whether nothing changes but what triage knows; a flood of alarms is not compared again and again."""
    return all(change.path.startswith("$.triage.") for told in draft.events for change in told.changes)


def _words(office: Office, job: Job) -> dict[str, Any]:
    rules = office.catalog.duplicates
    fields = () if rules is None else rules.fields()
    return record_of(job, (field for field in fields if field not in _MOVING))


def compared(office: Office, draft: Draft, known: Mapping[str, Job], now: datetime) -> Steps[Draft]:
    """
    Return the draft with an event of jobkit's own that tells which twins the job may have.

    What people decided stays. Nothing is told where nothing was found and nothing had been.
    """
    near = yield from nearby(office, draft.job, known)
    found = yield from looked(office, draft.job, near, known, now)
    triage = _triage(draft.job.triage, found, now)
    if triage == draft.job.triage:
        return draft
    after = attrs.evolve(draft.job, triage=triage)
    told = event(
        office,
        draft.job.id,
        COMPARED,
        name="twins",
        by=SYSTEM,
        when=_moment(draft),
        changes=field_changes(draft.job, after),
        data=found.data,
        rules=_rules(office),
    )
    return attrs.evolve(draft, job=apply(draft.job, told), events=(*draft.events, told))


def _moment(draft: Draft) -> Moment:
    last = draft.events[-1]
    return Moment(occurred_at=last.occurred_at, recorded_at=last.recorded_at)


def _rules(office: Office) -> dict[str, str]:
    rules = office.catalog.duplicates
    return {} if rules is None else {"duplicates": rules.digest}


def _triage(before: Triage, found: Looked, now: datetime) -> Triage:
    kept = [each for each in before.suspects if each.decided is not None]
    known = {each.id: each for each in before.suspects}
    new = [_unchanged(known.get(each.id), each) for each in found.suspects]
    suspects = (*kept, *(each for each in new if each.id not in {one.id for one in kept}))
    return attrs.evolve(before, suspects=suspects, verdicts=tuple(_verdicts(before, found, now)))


def _unchanged(known: Suspect | None, new: Suspect) -> Suspect:
    """Keep when a twin was found first, where it weighs as before."""
    if known is None or attrs.evolve(new, found=known.found) != known:
        return new
    return known


def _verdicts(before: Triage, found: Looked, now: datetime) -> Iterator[TriageVerdict]:
    """Let the verdict on duplicates wait while somebody could not answer; what a person judged stays."""
    judged = False
    for verdict in before.verdicts:
        if verdict.id == TWINS and verdict.by == SYSTEM.id:
            continue
        judged = judged or verdict.id == TWINS
        yield verdict
    if found.failed and not judged:
        said = " ".join(each.message for each in found.failed)[:500]
        yield TriageVerdict(id=TWINS, status="unavailable", by=SYSTEM.id, at=now, reason=said)
