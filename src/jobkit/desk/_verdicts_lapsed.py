"""Verdicts that wait again: what they were passed about was told otherwise before the job passed."""

from collections.abc import Iterator
from typing import Final

import attrs

from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, event, field_changes
from jobkit.desk._gate_rules import asked_by
from jobkit.desk._office import SYSTEM, Office
from jobkit.history import MERGED, UNMERGED, FieldChange, apply
from jobkit.intake import lapsed

LAPSED: Final = "verdict_lapsed"
"""The kind of the event by which jobkit lets verdicts wait again."""


def with_lapsed(office: Office, draft: Draft) -> Draft:
    """
    Return a draft with the verdicts that wait again, as it tells otherwise what they were passed about.

    Only of a job that did not pass the gate yet; a merge takes over what others told and judged nothing.
    """
    rules, before = office.catalog.intake, draft.before
    if rules is None or before is None or before.triage.passed is not None or not before.triage.verdicts:
        return draft
    last = draft.events[-1]
    waiting = {each.id: each for each in lapsed(rules, before, _told(draft), at=last.occurred_at)}
    triage = draft.job.triage
    # What the same command judges anew was judged with the new words before it.
    stale = {each.id for each in before.triage.verdicts if each in triage.verdicts} & waiting.keys()
    if not stale:
        return draft
    verdicts = tuple(waiting[each.id] if each.id in stale else each for each in triage.verdicts)
    after = attrs.evolve(draft.job, triage=attrs.evolve(triage, verdicts=verdicts))
    told = event(
        office,
        draft.job.id,
        LAPSED,
        name=",".join(sorted(stale))[:80],
        by=SYSTEM,
        when=Moment(occurred_at=last.occurred_at, recorded_at=last.recorded_at),
        changes=field_changes(draft.job, after),
        rules=asked_by(rules),
    )
    return attrs.evolve(draft, job=apply(draft.job, told), events=(*draft.events, told))


def _told(draft: Draft) -> Iterator[FieldChange]:
    for each in draft.events:
        if each.kind not in (MERGED, UNMERGED):
            yield from each.changes
