"""Escalation: whom a job is brought before, by a published rule, because it is as it is."""

from collections.abc import Iterable
from datetime import datetime

import attrs

from jobkit.instants import utc
from jobkit.priority._asked import earliest
from jobkit.priority._defaults import fill
from jobkit.priority._judge import Rules, Subject, facts_of, version_at
from jobkit.priority._override import Override
from jobkit.priority._rank import rank
from jobkit.priority._scales import word
from jobkit.priority._turns import next_change


@attrs.frozen(kw_only=True)
class Escalated:
    """That a job is to be brought before a queue, a person or both: by which rule, the reason, and why."""

    job: str
    rule: str
    reason: str
    queue: str | None = None
    who: str | None = None
    band: str
    because: str
    rules: str


def escalations(
    job: Subject, rules: Rules, now: datetime, *, overrides: Iterable[Override] = ()
) -> tuple[Escalated, ...]:
    """
    Return every escalation that the rules ask for at *now*, in their order; nothing is done.

    What `rank` refuses of a job is refused here.

    >>> from datetime import UTC
    >>> from jobkit.priority import PriorityRules
    >>> rules = PriorityRules.load({
    ...     "id": "order", "direction": "one_highest", "tie_break": ["id"], "bands": [{"id": "all"}],
    ...     "escalations": [{"id": "down", "when": 'kind == "breakdown"', "who": "supervisor",
    ...                      "reason": "breakdown"}],
    ... })
    >>> told = escalations({"id": "J1", "kind": "breakdown"}, rules, datetime(2026, 3, 10, tzinfo=UTC))
    >>> told[0].who, told[0].because
    ('supervisor', 'kind is breakdown')
    """
    instant = utc(now, "$.now")
    held = version_at(rules, instant)
    place = rank([job], held, instant, overrides=overrides)[0]
    facts, _ = fill(held.defaults, facts_of(job), instant)
    return tuple(
        Escalated(
            job=place.id,
            rule=rule.id,
            reason=rule.reason,
            queue=rule.queue,
            who=rule.who,
            band=place.band,
            because=" and ".join(
                f"{leaf.field} is {word(leaf.observed)}" for leaf in condition.verdict(facts, instant).leaves
            ),
            rules=held.source,
        )
        for rule, condition in held.escalations
        if (not rule.bands or place.band in rule.bands) and condition(facts, instant)
    )


def next_escalation(
    job: Subject, rules: Rules, now: datetime, *, overrides: Iterable[Override] = ()
) -> datetime | None:
    """Return the next instant at which time alone may change what escalates, None if it never does."""
    instant = utc(now, "$.now")
    held = version_at(rules, instant)
    facts, _ = fill(held.defaults, facts_of(job), instant)
    turns = (condition.changes_at(facts, instant) for _, condition in held.escalations)
    return earliest(next_change(job, rules, instant, overrides=overrides), *turns)
