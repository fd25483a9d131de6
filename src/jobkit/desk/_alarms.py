"""Alarms of machines: each begins a draft for people to judge, and its repeats fold into what it began."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final

import attrs

from jobkit.catalog import TelemetryRules, draft_state
from jobkit.desk import _steps
from jobkit.desk._alarms_threads import Running, running
from jobkit.desk._births import SET_BY_JOBKIT, created, new_job
from jobkit.desk._commands import Command, command, decimal_told, must_say, plain
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, edited
from jobkit.desk._office import Office
from jobkit.desk._opening import refuse_findings
from jobkit.desk._record import Done, committed, done_before, made_ready
from jobkit.desk._steps import Steps
from jobkit.desk._suggestions import must_fit
from jobkit.desk._twins_keys import alarm_name
from jobkit.desk._twins_scopes import again
from jobkit.documents import check_wire, structure
from jobkit.errors import Invalid, Refused
from jobkit.findings import Finding, Template
from jobkit.instants import utc, write_instant
from jobkit.lifecycle import initial_states
from jobkit.mappings import EMPTY
from jobkit.model import PRIMARY, Actor, Alarm, Job, Suggestion
from jobkit.paths import parse, write

NO_TELEMETRY = Template(
    "desk.no_telemetry",
    "The catalog {catalog} has no rules of telemetry, so that nobody knows what an alarm begins.",
    "Give the catalog its rules as telemetry.",
)
NO_DRAFT = Template(
    "desk.no_draft",
    "Jobs of the type {type} have no state of the category draft to begin in, as alarms do.",
    "Name another job type, or let its lifecycle begin with a draft.",
)
NO_COUNT = Template(
    "desk.alarm_times",
    "An alarm is told as seen {times} times.",
    "Say how often it was seen as a whole number from 1 on.",
)
TOO_MANY = Template(
    "desk.alarm_suggestions",
    "An alarm brings more than {most} suggestions.",
    "Send the {most} likeliest.",
)
TOO_LONG = Template(
    "desk.alarm_name",
    "The {name} of an alarm has {length} characters.",
    "Name it in at most {most} characters.",
)

ALARMED: Final = "alarmed"
"""The kind of the event by which a repeat of an alarm is counted."""

_LONGEST: Final = 200
_MOST_TIMES: Final = 10**12
_MOST_SUGGESTED: Final = 100
_MOST_TRIES: Final = 256
_MOVED: Final = frozenset({"stores.moved", "stores.scope_moved"})


@attrs.frozen(kw_only=True)
class _Told:
    """One delivery of an alarm: what was seen, how often and when, and what comes along with it."""

    asset: str
    code: str
    by: Actor
    at: datetime
    seen: datetime
    times: int
    reading: Mapping[str, Any]
    request: Mapping[str, Any]
    suggestions: tuple[Suggestion, ...]

    def alarm(self) -> Alarm:
        """Return the alarm as it is seen for the first time."""
        told: dict[str, Any] = {"first_seen": self.seen, "last_seen": self.seen}
        return Alarm(code=self.code, source=self.by.id, count=self.times, **told, **self.reading)

    def data(self) -> dict[str, Any]:
        """Return what an event keeps of the delivery."""
        reading = {name: None if value is None else str(value) for name, value in self.reading.items()}
        times = None if self.times == 1 else self.times
        return {"seen_at": write_instant(self.seen), "times": times, **reading}


def alarm(
    office: Office,
    asset: str,
    code: str,
    *,
    by: Actor,
    at: datetime,
    seen_at: datetime | None = None,
    times: int = 1,
    value: Decimal | int | str | None = None,
    threshold: Decimal | int | str | None = None,
    unit: str | None = None,
    request: Mapping[str, Any] = EMPTY,
    suggestions: Iterable[Mapping[str, Any]] = (),
    job_type: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Take in that a machine saw the alarm *code* of *asset*: a draft for a person to judge, or a repeat of one.

    A delivery with *seen_at*, the machine's word, is recognised when it comes again, in whatever order;
    *times* is for gateways that count. *request* is what is known of the asset, *suggestions* are mappings of
    `path`, `value`, `source`, `confidence`. Repeats are counted and set off nothing. Refused are a catalog
    without rules of telemetry, blank names, and the wrong shape.
    """
    must_say("alarm", asset=asset, code=code)
    now = utc(at, "$.at")
    told = _Told(
        asset=_short(asset, "asset"),
        code=_short(code, "code"),
        by=by,
        at=now,
        seen=_seen(seen_at, now),
        times=_counting(times),
        reading=_reading(value, threshold, unit),
        request=plain(request),
        suggestions=_suggestions(suggestions, by, now),
    )
    asked = _command(command_key, told, seen_at)
    attempt = _Attempt(office=office, rules=telemetry_of(office, job_type), told=told, asked=asked)
    return (yield from again(attempt.made, tries=_MOST_TRIES, beaten=moved_meanwhile))


def moved_meanwhile(finding: Finding) -> bool:
    """Whether somebody wrote to the job, or began it, meanwhile: a count is then taken from what is there."""
    return finding.code in _MOVED


def telemetry_of(office: Office, job_type: str | None = None) -> TelemetryRules:
    """Return the rules of telemetry, for drafts of another type if one is given; none are refused."""
    rules = office.catalog.telemetry
    if rules is None:
        raise Refused.of(NO_TELEMETRY, catalog=office.catalog.id)
    return rules if job_type is None else attrs.evolve(rules, type=job_type, state=None)


def _short(text: str, name: str) -> str:
    if len(text) > _LONGEST:
        raise Invalid.of(TOO_LONG, path=f"$.{name}", name=name, length=len(text), most=_LONGEST)
    return text


def _counting(times: int) -> int:
    if type(times) is not int or not 0 < times < _MOST_TIMES:
        raise Invalid.of(NO_COUNT, path="$.times", times=times)
    return times


def _seen(seen_at: datetime | None, now: datetime) -> datetime:
    """Return when an alarm was seen: a device whose clock is ahead would make every later word look late."""
    return now if seen_at is None else min(now, utc(seen_at, "$.seen_at"))


def _reading(value: Any, threshold: Any, unit: str | None) -> dict[str, Any]:
    numbers = {"value": decimal_told(value, "$.value"), "threshold": decimal_told(threshold, "$.threshold")}
    return {**numbers, "unit": unit}


def _suggestions(given: Iterable[Mapping[str, Any]], by: Actor, now: datetime) -> tuple[Suggestion, ...]:
    some = tuple(islice(given, _MOST_SUGGESTED + 1))
    if len(some) > _MOST_SUGGESTED:
        raise Invalid.of(TOO_MANY, path="$.suggestions", most=_MOST_SUGGESTED)
    return tuple(_suggestion(each, number, by, now) for number, each in enumerate(some))


def _suggestion(given: Mapping[str, Any], number: int, by: Actor, now: datetime) -> Suggestion:
    """Read a suggestion; its id is its place, its source the machine, unless they are given."""
    path = f"$.suggestions[{number}]"
    told = check_wire(plain(given), path)
    meant = {"id": f"s{number + 1}", "source": by.id, "at": write_instant(now)}
    suggestion = structure(Suggestion, {**meant, **told} if isinstance(told, dict) else told, path)
    return attrs.evolve(suggestion, path=write(parse(suggestion.path)))


def _command(key: str | None, told: _Told, seen_at: datetime | None) -> Command:
    """Recognise a delivery by what was seen when, whatever key it has: the same occurrence counts once."""
    if seen_at is None:
        arguments: dict[str, Any] = {"reading": dict(told.reading), "times": told.times, "by": told.by}
        return command(key, "alarm", asset=told.asset, code=told.code, **arguments)
    seen = write_instant(utc(seen_at, "$.seen_at"))
    name = f"{alarm_name(told.asset, told.code)}:{seen}"
    return command(name, "alarm", asset=told.asset, code=told.code, seen_at=seen)


@attrs.frozen(kw_only=True)
class _Attempt:
    """One try to take an alarm in; when another delivery was quicker, the next one finds what that began."""

    office: Office
    rules: TelemetryRules
    told: _Told
    asked: Command

    def made(self) -> Steps[Done]:
        """Fold the alarm into the job it belongs to, or begin a draft; unless it was done before."""
        office, told = self.office, self.told
        before = yield from done_before(office, self.asked)
        if before is not None:
            return before
        scope = alarm_name(told.asset, told.code)
        scopes = yield from _steps.scopes(office.tenant, (scope,))
        found = yield from running(office, told.asset, told.code, told.seen, self.rules)
        if found.job is not None and self._is_chatter(found.job):
            return Done(jobs=(found.job,))
        draft = self._begun() if found.job is None else (yield from self._counted(found, found.job))
        ready = yield from made_ready(office, (draft,), told.at)
        # A repeat moves its job, which guards it; only a birth could pass another one unseen.
        held = dict(scopes) if found.job is None else {}
        ready = attrs.evolve(ready, scopes={**ready.scopes, **held})
        return (yield from committed(office, ready, self.asked))

    def _is_chatter(self, job: Job) -> bool:
        alarm = job.triage.alarm
        if alarm is None or alarm.code != self.told.code or self.told.times > 1:
            return False
        return abs(self.told.seen - alarm.last_seen) < self.rules.quiet

    def _begun(self) -> Draft:
        """Draft a job for people to judge, with what the machine suggests."""
        office, told = self.office, self.told
        rules = office.catalog.rules(self.rules.type)
        state = draft_state(self.rules, rules.lifecycles[PRIMARY])
        if state is None:
            raise Refused.of(NO_DRAFT, path="$.job_type", type=rules.type.id)
        states = initial_states(rules.lifecycles, {PRIMARY: state}, at=told.at)
        refuse_findings(told.request)
        withheld = (*SET_BY_JOBKIT, "visits", "assignments")
        bare = new_job(office, rules, _with_asset(told), states, withheld=withheld)
        for each in told.suggestions:
            must_fit(bare, rules.lifecycles, each)
        triage = attrs.evolve(bare.triage, alarm=told.alarm(), suggestions=told.suggestions)
        job = attrs.evolve(bare, triage=triage)
        when = Moment.of(told.at)
        draft = created(office, rules, job, by=told.by, when=when, name="alarm", data=told.data())
        (born,) = draft.events
        named = attrs.evolve(born, rules={**born.rules, "telemetry": self.rules.digest})
        return attrs.evolve(draft, events=(named,))

    def _counted(self, found: Running, job: Job) -> Steps[Draft]:
        """Draft that the alarm was seen again, on the job that answers for it."""
        lifecycles = yield from self.office.lifecycles(job)
        new = _fresh(job, self.told.suggestions) if found.how == "draft" else ()
        for each in new:
            must_fit(job, lifecycles, each)
        return edited(
            self.office,
            job,
            repeated(job, self.told, new),
            ALARMED,
            lifecycles=lifecycles,
            by=self.told.by,
            when=Moment.of(self.told.at),
            name=self.told.code,
            data=self.told.data(),
            rules={"telemetry": self.rules.digest},
        )


def _with_asset(told: _Told) -> dict[str, Any]:
    """Return the request with its asset and channel; what it says otherwise of them is passed over."""
    subject, terms = told.request.get("subject", {}), told.request.get("terms", {})
    given = {name: each for name, each in (("subject", subject), ("terms", terms)) if type(each) is not dict}
    if given:
        return {**told.request}
    return {
        **told.request,
        "subject": {**subject, "asset": told.asset},
        "terms": {**terms, "channel": "telemetry"},
    }


def repeated(job: Job, told: _Told, suggestions: tuple[Suggestion, ...] = ()) -> Job:
    """Return the job with one more sighting of its alarm; other work counts it beside its own alarm."""
    alarm = job.triage.alarm
    if alarm is None or alarm.code != told.code:
        name = f"alarm:{told.code}"
        return attrs.evolve(job, counts={**job.counts, name: job.counts.get(name, 0) + told.times})
    is_late = told.seen < alarm.last_seen
    seen = attrs.evolve(
        alarm,
        count=alarm.count + told.times,
        first_seen=min(alarm.first_seen, told.seen),
        last_seen=max(alarm.last_seen, told.seen),
        **({} if is_late else {name: each for name, each in told.reading.items() if each is not None}),
    )
    known = job.triage.suggestions
    return attrs.evolve(job, triage=attrs.evolve(job.triage, alarm=seen, suggestions=(*known, *suggestions)))


def _fresh(job: Job, suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """Return what is suggested for the first time, under ids that the job does not have."""
    known = {(each.path, str(each.value)) for each in job.triage.suggestions}
    ids = {each.id for each in job.triage.suggestions}
    return tuple(_renamed(each, ids) for each in suggestions if (each.path, str(each.value)) not in known)


def _renamed(given: Suggestion, taken: set[str]) -> Suggestion:
    """Give a suggestion an id that the job does not have yet, counting on from its own."""
    name, number = given.id, 1
    while name in taken:
        number += 1
        name = f"{given.id}-{number}"
    taken.add(name)
    return attrs.evolve(given, id=name)
