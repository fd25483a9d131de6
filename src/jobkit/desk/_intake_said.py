"""What look-ups said of a job, as triage keeps it beside what people judged."""

from collections.abc import Iterator
from datetime import datetime

import attrs

from jobkit.intake import Inspection, Proposed
from jobkit.model import Job, Triage, TriageVerdict


def with_refusals(job: Job, found: Inspection, at: datetime) -> Job:
    """Return a job with what look-ups refuse by now, which nobody may have recorded yet."""
    refused = {name: told for name, told in _verdicts(job.triage, found, at) if told.status == "refused"}
    kept = (each for each in job.triage.verdicts if each.id not in refused)
    triage = attrs.evolve(job.triage, verdicts=(*kept, *refused.values()))
    return attrs.evolve(job, triage=triage)


def with_answers(triage: Triage, found: Inspection, at: datetime) -> Triage:
    """Return what triage knows with what the look-ups propose."""
    verdicts = dict(_verdicts(triage, found, at))
    kept = [verdicts.pop(each.id, each) for each in triage.verdicts]
    suggestions = (*triage.suggestions, *found.suggestions)
    return attrs.evolve(triage, verdicts=(*kept, *verdicts.values()), suggestions=suggestions)


def _verdicts(triage: Triage, found: Inspection, at: datetime) -> Iterator[tuple[str, TriageVerdict]]:
    known = {each.id: each for each in triage.verdicts}
    for proposed in found.verdicts:
        before = known.get(proposed.topic)
        if before is not None and before.source is None:
            continue
        if before is None or (before.status, before.source) != (proposed.status, proposed.source):
            yield proposed.topic, _verdict(proposed, at)


def _verdict(proposed: Proposed, at: datetime) -> TriageVerdict:
    reason = None if proposed.status == "passed" else f"{proposed.source} says so"
    if proposed.status == "unavailable":
        reason = f"{proposed.source} did not answer"
    return TriageVerdict(
        id=proposed.topic,
        status=proposed.status,
        by=proposed.source,
        at=at,
        reason=reason,
        source=proposed.source,
    )
