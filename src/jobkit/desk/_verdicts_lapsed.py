"""Verdicts that wait again: what they were passed about was told otherwise before the job passed."""

from typing import Final

import attrs

from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, event, field_changes
from jobkit.desk._gate_rules import asked_by
from jobkit.desk._office import SYSTEM, Office
from jobkit.history import apply
from jobkit.intake import lapsed

LAPSED: Final = "verdict_lapsed"
"""The kind of the event by which jobkit lets verdicts wait again."""


def with_lapsed(office: Office, draft: Draft) -> Draft:
    """
    Return a draft with the verdicts that wait again, as it tells otherwise what they were passed about.

    Only of a job that did not pass the gate yet, whichever verb tells it.
    """
    rules, before = office.catalog.intake, draft.before
    if rules is None or before is None or before.triage.passed is not None or not before.triage.verdicts:
        return draft
    last, triage = draft.events[-1], draft.job.triage
    changes = [change for told in draft.events for change in told.changes]
    waiting = {each.id: each for each in lapsed(rules, before, changes, at=last.occurred_at)}
    if not waiting:
        return draft
    verdicts = tuple(waiting.get(each.id, each) for each in triage.verdicts)
    after = attrs.evolve(draft.job, triage=attrs.evolve(triage, verdicts=verdicts))
    told = event(
        office,
        draft.job.id,
        LAPSED,
        name=",".join(sorted(waiting))[:80],
        by=SYSTEM,
        when=Moment(occurred_at=last.occurred_at, recorded_at=last.recorded_at),
        changes=field_changes(draft.job, after),
        rules=asked_by(rules),
    )
    return attrs.evolve(draft, job=apply(draft.job, told), events=(*draft.events, told))
