"""The band of a job on the desk: what rules are asked about it, what is recorded of it, and by whom."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, edited
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._routing_facts import route_facts
from jobkit.findings import Finding, Template
from jobkit.instants import utc
from jobkit.model import PRIMARY, Job
from jobkit.paths import Item, join
from jobkit.priority import Override, Place, PriorityRules, deferred_since, rank

UNSPOKEN = Template(
    "desk.override_unspoken",
    "Job {job} is given a priority by hand, and no recorded word of a person says so.",
    "Use override_priority, which records who and why.",
)

PRIORITISED: Final = "prioritised"
"""The kind of the event that records a job's band, by the rules or by a person's word."""

_NEW: Final = frozenset({"draft", "triage"})


def ranking_facts(office: Office, job: Job, now: datetime) -> Mapping[str, Any]:
    """Return what priority and capacity rules may ask about a job: itself, route, deferrals, host's facts."""
    return {
        "job": job,
        "route": route_facts(office.catalog, job, now),
        "deferral": {"since": deferred_since(job), "count": len(job.terms.deferrals)},
        **office.facts(job, now),
    }


def overrides_of(job: Job, rules: PriorityRules) -> Iterator[Override]:
    """
    Yield the words of persons that a job carries, as far as *rules* still know the bands that they name.

    Of two given at the same instant the one recorded last counts.
    """
    bands = {band.id for band in rules.data.bands}
    for word in {utc(each.at): each for each in job.terms.overrides}.values():
        if word.band is not None and word.band not in bands:
            continue
        yield Override(
            job=job.id,
            by=word.by,
            reason=word.reason,
            at=word.at,
            band=word.band,
            points=word.points,
            until=word.until,
        )


def place_of(office: Office, job: Job, now: datetime) -> Place | None:
    """Return the place of a job ranked alone, which tells its band; None where the catalog has no rules."""
    rules = office.catalog.priority
    if rules is None:
        return None
    return rank([ranking_facts(office, job, now)], rules, now, overrides=overrides_of(job, rules))[0]


def unspoken(drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Yield the overrides that came onto a job by another way than a person's recorded word."""
    for draft in drafts:
        known = set() if draft.before is None else set(draft.before.terms.overrides)
        spoken = {event.actor.id for event in draft.events if event.kind == PRIORITISED}
        for word in draft.job.terms.overrides:
            if word not in known and word.by not in spoken:
                path = join("$.terms.overrides", Item(word.id))
                yield Finding.of(UNSPOKEN, path=path, job=draft.job.id)


def with_band(office: Office, draft: Draft, now: datetime) -> Draft:
    """
    Record the band that the rules give a job when it comes in and when it is let pass, if it is another.

    What was defaulted, promoted and overridden on the way is in the event.
    """
    place = place_of(office, draft.job, now) if _is_judged(draft) else None
    if place is None or office.catalog.priority is None:
        return draft
    number = office.catalog.priority.at(now).places[place.band] + 1
    if draft.job.terms.band == number:
        return draft
    after = attrs.evolve(draft.job, terms=attrs.evolve(draft.job.terms, band=number))
    last = draft.events[-1]
    when = Moment(occurred_at=last.occurred_at, recorded_at=last.recorded_at)
    more = draft.then(
        edited(
            office,
            draft.job,
            after,
            PRIORITISED,
            lifecycles=draft.lifecycles,
            by=SYSTEM,
            when=when,
            name=place.band,
            data=_told(place),
        )
    )
    return attrs.evolve(more, asleep=draft.asleep)


def _is_judged(draft: Draft) -> bool:
    """Whether a draft opens a job, or moves it out of the categories in which nobody works on it yet."""
    if draft.before is None:
        return draft.events[0].name != "replayed"
    before, after = draft.before.states.get(PRIMARY), draft.job.states.get(PRIMARY)
    if before is None or after is None or not draft.job.is_open:
        return False
    return before.category in _NEW and after.category not in _NEW


def _told(place: Place) -> Mapping[str, Any]:
    return {
        "band": place.band,
        "natural": place.natural,
        "score": place.score,
        "rules": place.rules,
        "promoted_by": list(place.promoted_by) or None,
        "defaulted": [{"fact": each.fact, "value": each.value} for each in place.defaulted] or None,
    }
