"""Where stores find jobs that may be twins: a place for each blocking key, kept like a queue."""

from collections.abc import Iterator
from typing import Final

from jobkit.desk._office import Office
from jobkit.desk._sorting import sortable
from jobkit.desk._twins_records import record_of, reported
from jobkit.errors import JobkitError
from jobkit.history import digest
from jobkit.instants import tick_of
from jobkit.model import Job
from jobkit.ports import QueueKey

MOST_KEYS: Final = 32
"""How many keys of one job are used: the words of a long text may be more."""

_LONGEST: Final = 100


def twin_places(office: Office, job: Job) -> Iterator[QueueKey]:
    """Yield where a job stands for those that share a blocking key with it, and for repeats of its alarm."""
    alarm, asset = job.triage.alarm, job.subject.asset
    if office.catalog.duplicates is None and alarm is None:
        return
    came = reported(job)
    order = sortable(None if came is None else -tick_of(came))
    for name in key_names(office, job):
        yield QueueKey(name, order)
    if alarm is not None and asset is not None:
        yield QueueKey(alarm_name(asset, alarm.code), order)


def key_names(office: Office, job: Job) -> tuple[str, ...]:
    """
    Return the names of the blocking keys of a job: of their places, and of the scopes of its intake.

    A job whose values cannot be read as the rules want has none: what is wrong is told when it is compared.
    """
    from jobkit.duplicates import keys_of

    rules = office.catalog.duplicates
    if rules is None or not rules.data.keys:
        return ()
    try:
        keys = keys_of(rules, record_of(job, rules.fields()))
    except JobkitError:
        return ()
    named = dict.fromkeys(f"~twins:{key.name}:{_short(key.value)}" for key in keys)
    return tuple(sorted(named)[:MOST_KEYS])


def asset_name(asset: str) -> str:
    """Return the name of the scope of an asset; a long one is named by its digest."""
    return f"~twins:asset:{asset if len(asset) <= _LONGEST else _short(asset)}"


def alarm_name(asset: str, code: str) -> str:
    """Return the name of the place, and of the scope, of one alarm of one asset."""
    return f"~alarm:{_short([asset, code])}"


def _short(value: object) -> str:
    return digest(value)[:32]
