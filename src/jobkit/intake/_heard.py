"""What look-ups said of a job: what is shown, which verdicts it leads to, what it suggests."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from jobkit.documents import check_wire, thaw
from jobkit.errors import Invalid
from jobkit.intake._lookups import LookedUp, Prepared, look_up
from jobkit.intake._places import place_of
from jobkit.intake._rules import IntakeRules
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Job, Suggestion, take


@attrs.frozen(kw_only=True)
class Shown:
    """What a look-up knows that people are to see, such as earlier jobs, recalls or suggested parts."""

    lookup: str
    name: str
    label: str
    value: Any


@attrs.frozen(kw_only=True)
class Proposed:
    """A verdict that a look-up's answer leads to; it counts once it is recorded."""

    topic: str
    status: Literal["passed", "refused", "unavailable"]
    source: str


@attrs.frozen(kw_only=True)
class Heard:
    """All that look-ups said of a job at one instant; `facts` are those of the job with theirs."""

    lookups: tuple[LookedUp, ...] = ()
    shown: tuple[Shown, ...] = ()
    verdicts: tuple[Proposed, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    facts: Mapping[str, Any] = attrs.field(default=EMPTY, repr=False)


def heard(
    rules: IntakeRules,
    job: Job,
    facts: Mapping[str, Any],
    now: datetime,
    looked_up: Iterable[LookedUp] | None,
) -> Heard:
    """Ask the look-ups about a job, unless their answers are brought along, and say what these come to."""
    answers = _looked_up(rules, job, facts, now) if looked_up is None else tuple(looked_up)
    known = FrozenMap({**facts, "lookup": FrozenMap({each.id: each.facts for each in answers})})
    return Heard(
        lookups=answers,
        shown=tuple(_shown(rules, answers)),
        verdicts=tuple(_proposed(rules, answers, known, now)),
        suggestions=tuple(_offers(rules, answers, job, now)),
        facts=known,
    )


def _looked_up(rules: IntakeRules, job: Job, facts: Mapping[str, Any], now: datetime) -> tuple[LookedUp, ...]:
    """Ask the look-ups in their order; each sees what those before it found out."""
    found: dict[str, LookedUp] = {}
    for prepared in rules.lookups:
        seen = FrozenMap({id: each.facts for id, each in found.items()})
        found[prepared.data.id] = look_up(prepared, job, {**facts, "lookup": seen}, now)
    return tuple(found.values())


def _shown(rules: IntakeRules, answers: Iterable[LookedUp]) -> Iterator[Shown]:
    by_id = _by_id(rules)
    for each in answers:
        for name, label in by_id[each.id].data.shown.items() if each.id in by_id else ():
            value = _at(each.facts, name)
            if value is not None:
                yield Shown(lookup=each.id, name=name, label=label, value=value)


def _at(facts: Mapping[str, Any], name: str) -> Any:
    """Return what an answer holds under a dotted name; of a list the whole."""
    here: Any = facts
    for step in name.split("[", 1)[0].split("."):
        here = here.get(step) if isinstance(here, Mapping) else None
    return here


def _by_id(rules: IntakeRules) -> Mapping[str, Prepared]:
    return {prepared.data.id: prepared for prepared in rules.lookups}


def _proposed(
    rules: IntakeRules, answers: Iterable[LookedUp], facts: Mapping[str, Any], now: datetime
) -> Iterator[Proposed]:
    by_id = _by_id(rules)
    for each in answers:
        prepared = by_id.get(each.id)
        topic = None if prepared is None else prepared.data.topic
        if prepared is None or topic is None or each.status == "unasked":
            continue
        if each.waits:
            yield Proposed(topic=topic, status="unavailable", source=each.id)
        elif prepared.refused is not None and prepared.refused(facts, now):
            yield Proposed(topic=topic, status="refused", source=each.id)
        elif prepared.passed is not None and prepared.passed(facts, now):
            yield Proposed(topic=topic, status="passed", source=each.id)


def _offers(rules: IntakeRules, answers: Iterable[LookedUp], job: Job, now: datetime) -> Iterator[Suggestion]:
    """Yield what answers suggest for fields that nobody has told yet."""
    by_id = _by_id(rules)
    known = {each.id for each in job.triage.suggestions}
    for each in answers:
        for field, name in by_id[each.id].data.offers.items() if each.id in by_id else ():
            id, place, value = f"{each.id}:{field}", place_of(field), _at(each.facts, name)
            if value is None or id in known or take(job, place) not in (None, []):
                continue
            try:
                plain = check_wire(thaw(value))
            except Invalid:
                continue
            source = by_id[each.id].data.title
            yield Suggestion(id=id, path=place, value=plain, source=source, at=now)
