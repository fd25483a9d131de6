"""The gate between intake and work: what must hold before a job is approved, on every path."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.desk._births import NOT_YOURS
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, event, field_changes
from jobkit.desk._gate_rules import BEFORE, BEHIND, Entry, against, has_gate, kept_up, seals, texts, told_of
from jobkit.desk._intents import Intent
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._verdicts_lapsed import with_lapsed
from jobkit.findings import Finding, blocking
from jobkit.history import Event, apply
from jobkit.lifecycle import Lifecycles, Option
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Job, State, blank
from jobkit.ports import Effect

TRIAGED: Final = "triaged"
"""The kind of the event that records that a job passed the gate, or stands before it again."""

LIVED_BEFORE: Final = frozenset({"adopted", "replayed"})
"""The names of the events that open the history of a job that lived elsewhere before."""

_NOTICE: Final = "triage_complete"
_FOUND_OUT: Final = ("$.triage.passed", "$.triage.verdicts", "$.triage.suspects")


@attrs.frozen(kw_only=True)
class Gated:
    """Drafts with what is recorded about their passing, what speaks against it, and the rules they name."""

    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...] = ()
    rules: Mapping[str, str] = EMPTY


def guarded(office: Office, drafts: Sequence[Draft]) -> Gated:
    """
    Return what keeps jobs of *drafts* from passing the gate.

    Of those that pass it is recorded when and by which rules, and the customer gets a notice, once each time.
    """
    done, findings = list[Draft](), list[Finding]()
    for draft in drafts:
        if not has_gate(office, draft.job):
            done.append(draft)
            continue
        draft = with_lapsed(office, draft)
        entries = tuple(_entries(office, draft))
        spoken = tuple(_against(office, draft, entries))
        findings += spoken
        done.append(draft if blocking(spoken) else _recorded(office, draft, entries))
    return Gated(drafts=tuple(done), findings=tuple(findings), rules=texts(office, done))


def objections(office: Office, draft: Draft) -> tuple[Finding, ...]:
    """Return everything that the gate says against one draft, whichever verb made it."""
    if not has_gate(office, draft.job):
        return ()
    return tuple(_against(office, draft, _entries(office, draft)))


def _against(office: Office, draft: Draft, entries: Iterable[Entry]) -> Iterator[Finding]:
    yield from _brought_along(office, draft)
    for entry in entries:
        yield from against(office, entry, draft.job)
    yield from kept_up(office, draft.before, draft.job)


def _brought_along(office: Office, draft: Draft) -> Iterator[Finding]:
    """Yield what a job cannot bring along at birth: that it passed, was judged, or is nobody's twin."""
    if draft.before is not None or _is_trusted(office, draft.events[0]):
        return
    for change in draft.events[0].changes:
        if change.path.startswith(_FOUND_OUT):
            field = change.path.removeprefix("$.")
            yield Finding.of(NOT_YOURS, path=change.path, field=field)


def ahead(
    office: Office, job: Job, lifecycles: Lifecycles, intent: Intent, option: Option
) -> tuple[Finding, ...]:
    """Return what the gate would say if *job* went where *option* leads, from which other things keep it."""
    rules, name = lifecycles.get(PRIMARY), option.target
    if intent.facet != PRIMARY or rules is None or name is None or name not in rules.states:
        return ()
    if not has_gate(office, job):
        return ()
    at = intent.when.occurred_at
    source, target = job.state, rules.state(name, at)
    after = attrs.evolve(job, states=FrozenMap({**job.states, PRIMARY: target}))
    passed = job.triage.passed is not None and source.category not in BEFORE
    crosses = _crosses(source, target, passed)
    return against(office, Entry(source=source, job=after, by=intent.by, at=at, crosses=crosses), job)


def _crosses(source: State | None, target: State, passed: bool) -> bool:
    """Whether going from *source* to *target* leads past the gate; what was behind it already stays there."""
    was_there = source is not None and source.category in BEHIND
    return target.category in BEHIND and not was_there and not passed


def _entries(office: Office, draft: Draft) -> Iterator[Entry]:
    """Yield each entry into another state that the events of a draft tell, with the job as it was then."""
    if not any(_moves(event) for event in draft.events):
        return
    trusted = draft.before is None and _is_trusted(office, draft.events[0])
    job = blank(draft.job.id) if draft.before is None else draft.before
    passed = job.triage.passed is not None
    for told in draft.events:
        source, job = job.states.get(PRIMARY), apply(job, told)
        target = job.states.get(PRIMARY)
        if target is None or target == source:
            continue
        was_before = source is not None and source.category in BEFORE
        passed = passed and not was_before and target.category not in BEFORE
        crosses = _crosses(source, target, passed)
        passed = passed or crosses
        yield Entry(
            source=source, job=job, by=told.actor, at=told.occurred_at, crosses=crosses, trusted=trusted
        )


def _moves(event: Event) -> bool:
    return any(change.path.startswith("$.states") for change in event.changes)


def _is_trusted(office: Office, opening: Event) -> bool:
    intake = office.catalog.intake
    return opening.name in LIVED_BEFORE and intake is not None and intake.data.adopted == "trusted"


def _recorded(office: Office, draft: Draft, entries: Sequence[Entry]) -> Draft:
    """Record that the job passed, with its notice, or that it stands before the gate again."""
    if not entries:
        return draft
    if entries[-1].job.state.category in BEFORE:
        known = draft.job.triage.passed is not None
        return _with_passed(office, draft, entries[-1], "back", None) if known else draft
    crossed = [entry for entry in entries if entry.crosses]
    if not crossed:
        return draft
    last = crossed[-1]
    if last.trusted:
        return _with_passed(office, draft, last, "trusted", last.at)
    return _noticed(draft, _with_passed(office, draft, last, "passed", last.at))


def _with_passed(office: Office, draft: Draft, entry: Entry, name: str, passed: datetime | None) -> Draft:
    job, last = draft.job, draft.events[-1]
    after = attrs.evolve(job, triage=attrs.evolve(job.triage, passed=passed))
    told = event(
        office,
        job.id,
        TRIAGED,
        name=name,
        by=SYSTEM,
        when=Moment(occurred_at=last.occurred_at, recorded_at=last.recorded_at),
        changes=field_changes(job, after),
        data=told_of(office, entry) if name == "passed" else EMPTY,
        rules=seals(office) if name == "passed" else EMPTY,
    )
    more = Draft(before=job, job=apply(job, told), events=(told,), lifecycles=draft.lifecycles)
    return attrs.evolve(draft.then(more), asleep=draft.asleep)


def _noticed(draft: Draft, recorded: Draft) -> Draft:
    """Tell the customer over the job's channel that triage is over, unless the move does so already."""
    if any(each.name == "notify" and each.data.get("about") == _NOTICE for each in draft.effects):
        return attrs.evolve(recorded, effects=tuple(_addressed(each, draft.job) for each in recorded.effects))
    event_id = recorded.events[-1].id
    notice = Effect(event_id=event_id, number=0, name="notify", data=FrozenMap(_notice(draft.job)))
    return attrs.evolve(recorded, effects=(*recorded.effects, notice))


def _addressed(effect: Effect, job: Job) -> Effect:
    if effect.name != "notify" or effect.data.get("about") != _NOTICE:
        return effect
    return attrs.evolve(effect, data=FrozenMap({**_notice(job), **effect.data}))


def _notice(job: Job) -> Mapping[str, Any]:
    told = {
        "audience": "customer",
        "about": _NOTICE,
        "job": job.id,
        "channel": job.terms.channel,
        "number": job.links.number,
        "customer": job.subject.customer,
    }
    return {name: value for name, value in told.items() if value is not None}
