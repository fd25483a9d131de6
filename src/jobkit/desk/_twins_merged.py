"""Merging by machine, where rules allow it: what is the same beyond doubt, and nothing else."""

from datetime import datetime

import attrs

from jobkit.desk._merge import merge
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._record import Done
from jobkit.desk._steps import Steps
from jobkit.errors import JobkitError


def merged_by_machine(office: Office, done: Done, at: datetime) -> Steps[Done]:
    """
    Merge a job that was just taken in with its only twin, if that is the same and the rules merge by machine.

    It is a step of its own after the job is recorded: where anything speaks against the merge or fails, the
    job stays as it is and people are asked.
    """
    rules = office.catalog.duplicates
    if rules is None or not rules.data.auto_merge or done.repeated:
        return done
    twins = done.job.triage.suspects
    if len(twins) != 1 or twins[0].band != "same" or twins[0].decided is not None:
        return done
    try:
        merged = yield from merge(office, done.job.id, twin=twins[0].id, by=SYSTEM, at=at)
    except JobkitError:
        return done
    jobs = sorted(merged.jobs, key=lambda job: job.id != done.job.id)
    return attrs.evolve(
        merged,
        jobs=tuple(jobs),
        events=(*done.events, *merged.events),
        effects=(*done.effects, *merged.effects),
    )
