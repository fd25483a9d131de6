"""Deeds: what a transition changes on the job beside its state, named in data and done in the same event."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.documents import structure
from jobkit.errors import JobkitError, Refused
from jobkit.findings import Finding, Template
from jobkit.history import FieldChange
from jobkit.lifecycle._definition import EffectRule
from jobkit.lifecycle._visits import (
    Deed,
    confirm_changes,
    current_visit,
    propose_changes,
    reopen_changes,
    reschedule_changes,
    visit_changes,
    withdraw_changes,
)
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Job, VisitOutcome, Window, put_all, take

NO_VISIT = Template(
    "lifecycle.no_current_visit",
    "Job {job} has no visit that is planned or under way.",
    "Plan a visit first, or name one as visit.",
)
NO_NEW_WINDOW = Template(
    "lifecycle.no_new_window",
    "Rescheduling job {job} does not say when the visit takes place instead.",
    "Give the new window as new_window with its start and end.",
)


@attrs.frozen(kw_only=True)
class Occasion:
    """On what occasion a deed is done: the reason, when, what the mover told, and what the rule says."""

    at: datetime
    reason: str | None = None
    told: Mapping[str, Any] = EMPTY
    rule: Mapping[str, Any] = EMPTY


_OUTCOME: Any = VisitOutcome

DeedRule = Callable[[Job, Occasion], Deed]


def _visit_id(job: Job, occasion: Occasion) -> str:
    named = occasion.told.get("visit")
    visit = current_visit(job)
    if named is not None:
        return str(named)
    if visit is None:
        raise Refused.of(NO_VISIT, path="$.visits", job=job.id)
    return visit.id


def _reschedule(job: Job, occasion: Occasion) -> Deed:
    window = occasion.told.get("new_window")
    if window is None:
        raise Refused.of(NO_NEW_WINDOW, path="$.data.new_window", who="planner", job=job.id)
    read = structure(Window, window, "$.data.new_window")
    return reschedule_changes(job, _visit_id(job, occasion), read, occasion.reason or "")


def _withdraw(job: Job, occasion: Occasion) -> Deed:
    return withdraw_changes(job, _visit_id(job, occasion), occasion.reason or "")


def _propose(job: Job, occasion: Occasion) -> Deed:
    if occasion.told.get("visit") is None and current_visit(job) is None:
        return Deed()
    return propose_changes(job, _visit_id(job, occasion))


def _confirm(job: Job, occasion: Occasion) -> Deed:
    return confirm_changes(job, _visit_id(job, occasion))


def _end_visit(job: Job, occasion: Occasion) -> Deed:
    outcome: VisitOutcome = structure(_OUTCOME, occasion.rule.get("outcome"), "$.effects[end_visit].outcome")
    if occasion.rule.get("if_any") and occasion.told.get("visit") is None and current_visit(job) is None:
        return Deed()
    window = occasion.told.get("actual")
    actual = None if window is None else structure(Window, window, "$.data.actual")
    return visit_changes(job, _visit_id(job, occasion), outcome, actual=actual, reason=occasion.reason)


def _count_reopening(job: Job, occasion: Occasion) -> Deed:
    return reopen_changes(job, str(occasion.told.get("undoes") or ""))


def _tell(job: Job, occasion: Occasion) -> Deed:
    told = {name: take(job, str(path)) for name, path in occasion.rule.items()}
    return Deed(data=FrozenMap({name: value for name, value in told.items() if value is not None}))


DEEDS: Final[Mapping[str, DeedRule]] = FrozenMap(
    reschedule_visit=_reschedule,
    withdraw_visit=_withdraw,
    propose_visit=_propose,
    confirm_visit=_confirm,
    end_visit=_end_visit,
    count_reopening=_count_reopening,
    tell=_tell,
)
"""The deeds that an internal effect may name; a host adds its own under the registry's kind `deed`."""


def done_deeds(
    job: Job,
    effects: Iterable[EffectRule],
    occasion: Occasion,
    deeds: Mapping[str, DeedRule] = DEEDS,
) -> Deed:
    """
    Do every deed among *effects* in order and return all their changes and what they tell.

    What speaks against a deed is raised as `Refused`, all findings at once; other effects are passed over.
    """
    changes: list[FieldChange] = []
    told: dict[str, Any] = {}
    findings: list[Finding] = []
    for effect in effects:
        rule = None if effect.outbound else deeds.get(effect.name)
        if rule is None:
            continue
        try:
            deed = rule(job, attrs.evolve(occasion, rule=effect.data))
        except JobkitError as error:
            findings += error.findings
            continue
        changes += deed.changes
        told |= deed.data
        job = put_all(job, ((change.path, change.new) for change in deed.changes))
    if findings:
        raise Refused(findings)
    return Deed(changes=tuple(changes), data=FrozenMap(told))
