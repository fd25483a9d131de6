"""What a machine may merge: what the present rules call the same without asking, and nothing beside it."""

from collections.abc import Mapping
from typing import Any

from jobkit.desk import _steps
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.desk._twins_scores import nearest
from jobkit.desk._twins_threads import Thread
from jobkit.duplicates import MatchRules
from jobkit.errors import JobkitError
from jobkit.findings import Finding, Template
from jobkit.history import UNMERGED
from jobkit.model import Actor, Job

BY_MACHINE = Template(
    "desk.merge_by_machine",
    "{actor} is a machine, and the jobs {loser} and {survivor} are not merged without a person: {why}.",
    "Let a person merge them.",
)


def by_machine(
    office: Office, loser: Mapping[str, Job], survivor: Mapping[str, Job], by: Actor
) -> Steps[tuple[Finding, ...]]:
    """
    Return why a machine does not merge two families, each with the job that answers first.

    It merges one type only, what was suspected, what the rules still call the same as the jobs are now, and
    nothing that a person has parted.
    """
    why = _why_not(office, loser, survivor)
    if why is None and (yield from _were_parted(office, loser, survivor)):
        why = "a person has parted them before"
    if why is None:
        return ()
    told: dict[str, Any] = {"actor": by.id, "loser": next(iter(loser)), "survivor": next(iter(survivor))}
    return (Finding.of(BY_MACHINE, **told, why=why),)


def _why_not(office: Office, loser: Mapping[str, Job], survivor: Mapping[str, Job]) -> str | None:
    rules = office.catalog.duplicates
    if rules is None or not rules.data.auto_merge:
        return "no rules for duplicates allow it"
    if len({job.type for family in (loser, survivor) for job in family.values()}) > 1:
        return "their types differ, or those of jobs merged into them"
    if not _are_the_same(rules, loser, survivor):
        return "the present rules do not call them the same"
    return None


def _are_the_same(rules: MatchRules, loser: Mapping[str, Job], survivor: Mapping[str, Job]) -> bool:
    """Whether one was suspected to be the same as the other, and still is as both are now."""
    (first, *_), (second, *_) = loser.values(), survivor.values()
    known = [
        each
        for one, other in ((first, second), (second, first))
        for each in one.triage.suspects
        if each.id == other.id
    ]
    if not any(each.band == "same" and each.rules == rules.digest for each in known):
        return False
    try:
        return nearest(rules, first, Thread(job=second, reports=tuple(survivor.values()))).band == "same"
    except JobkitError:
        return False


def _were_parted(office: Office, loser: Mapping[str, Job], survivor: Mapping[str, Job]) -> Steps[bool]:
    """Return whether a merge of any of the one family with any of the other was undone."""
    for id in loser:
        events = yield from _steps.history(office.tenant, id)
        if any(event.kind == UNMERGED and event.name in survivor for event in events):
            return True
    return False
