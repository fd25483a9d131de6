"""The order of work on the desk: queues ranked by the published rules, and a person's word over them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.desk import _steps
from jobkit.desk._commands import command, must_say
from jobkit.desk._draft import Draft
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited
from jobkit.desk._office import Office
from jobkit.desk._ranking_band import PRIORITISED, overrides_of, ranking_facts
from jobkit.desk._record import Done, on_job
from jobkit.desk._steps import Steps
from jobkit.errors import Invalid, NotFound
from jobkit.findings import Finding, Severity, Template
from jobkit.instants import utc
from jobkit.lifecycle import Lifecycles
from jobkit.model import Actor, Job, PriorityOverride
from jobkit.priority import Place, PriorityRules
from jobkit.priority import rank as ranked

NO_RULES = Template(
    "desk.no_priority",
    "The catalog {catalog} has no priority rules.",
    "Give the catalog a priority table.",
)
TOO_MANY = Template(
    "desk.too_many_to_rank",
    "More than {most} jobs stand in the queue {queue}.",
    "Rank at most {most} at once: raise the limit, or split the queue.",
)
UNKNOWN_BAND = Template(
    "desk.override_band",
    "Job {job} is to be put into the band {band}, which the rules {rules} do not have.",
    "Name one of their bands: {bands}.",
)

_PAGE: Final = 500


@attrs.frozen(kw_only=True)
class Ranking:
    """
    A queue in the published order: the place of each job, the first first, and the jobs in that order.

    `findings` tell which persons' words name bands that the rules do not have any more: these do not count.
    """

    queue: str
    rules: str
    places: tuple[Place, ...]
    jobs: tuple[Job, ...]
    findings: tuple[Finding, ...] = ()


def rank(office: Office, queue: str, *, now: datetime, limit: int = 10_000) -> Steps[Ranking]:
    """
    Return every job of *queue* in the order of the catalog's priority rules, each place explained.

    Refused are an unknown queue, a catalog without rules, a naive *now*, and more than *limit* jobs.
    """
    rules, instant = _rules(office), utc(now, "$.now")
    office.catalog.queue(queue)
    jobs = yield from _standing(office, queue, limit)
    facts = [ranking_facts(office, job, instant) for job in jobs]
    overrides = [word for job in jobs for word in overrides_of(job, rules)]
    places = ranked(facts, rules, instant, overrides=overrides)
    by_id = {job.id: job for job in jobs}
    return Ranking(
        queue=queue,
        rules=rules.source,
        places=places,
        jobs=tuple(by_id[place.id] for place in places),
        findings=tuple(found for job in jobs for found in _unknown(job, rules, job.terms.overrides, "warn")),
    )


def _standing(office: Office, queue: str, limit: int) -> Steps[tuple[Job, ...]]:
    """Page through the jobs of a queue; more than *limit* are refused."""
    ids: list[str] = []
    after: str | None = None
    while True:
        page = yield from _steps.queue(office.tenant, queue, after, min(_PAGE, limit + 1))
        ids += page.job_ids
        after = page.after
        if len(ids) > limit:
            raise Invalid.of(TOO_MANY, path="$.limit", most=limit, queue=queue)
        if after is None:
            return (yield from office.jobs(tuple(ids)))


def _rules(office: Office) -> PriorityRules:
    if office.catalog.priority is None:
        raise NotFound.of(NO_RULES, catalog=office.catalog.id)
    return office.catalog.priority


def override_priority(
    office: Office,
    job_id: str,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    band: str | None = None,
    points: int = 0,
    until: datetime | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Put a job into another *band*, or give it *points* in its own, by a person's word that is recorded.

    Refused are an empty reason, a band that the rules do not have, a word that changes nothing or never
    holds, a job that has ended, a state that forbids override_priority, and a catalog without rules.
    """
    must_say("override_priority", reason=reason)
    rules = _rules(office)
    told: dict[str, Any] = {"band": band, "points": points, "until": until}
    ends = None if until is None else utc(until, "$.until")
    asked = command(command_key, "override_priority", (job_id,), by=by, reason=reason, **told)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "override_priority")
        when = Moment.of(at)
        said = PriorityOverride(
            id=office.new_id(), by=by.id, reason=reason, at=when.recorded_at, **{**told, "until": ends}
        )
        _must_hold(job, rules, said)
        after = _with_word(job, said)
        return edited(
            office,
            job,
            after,
            PRIORITISED,
            lifecycles=lifecycles,
            by=by,
            when=when,
            name="override",
            reason=reason,
            data={"band": band, "points": points or None},
        )

    return (yield from on_job(office, job_id, asked, at, drafted))


def _with_word(job: Job, said: PriorityOverride) -> Job:
    terms = attrs.evolve(job.terms, overrides=(*job.terms.overrides, said))
    return attrs.evolve(job, terms=terms)


def _must_hold(job: Job, rules: PriorityRules, said: PriorityOverride) -> None:
    """Refuse a word that the rules could not take: an unknown band, and one that says nothing."""
    if found := tuple(_unknown(job, rules, (said,), "block")):
        raise Invalid(found)
    tuple(overrides_of(_with_word(job, said), rules))


def _unknown(
    job: Job, rules: PriorityRules, words: Iterable[PriorityOverride], severity: Severity
) -> Iterator[Finding]:
    bands = [band.id for band in rules.data.bands]
    for word in words:
        if word.band is not None and word.band not in bands:
            told: dict[str, Any] = {"band": word.band, "rules": rules.source, "bands": bands}
            yield Finding.of(UNKNOWN_BAND, path="$.band", severity=severity, job=job.id, **told)
