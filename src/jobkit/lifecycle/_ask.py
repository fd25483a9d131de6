"""Everything that speaks against a move, told apart, with what unblocks each."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from jobkit.conditions import Verdict
from jobkit.findings import Finding, Template
from jobkit.instants import write_instant
from jobkit.lifecycle._rule import Asked, Checked, Need, Rule
from jobkit.lifecycle._structure import SYSTEM

ROLE = Template(
    "lifecycle.role",
    "{trigger} is not for {actor} in the role {role}.",
    "Ask someone in one of the roles: {roles}.",
)
MISSING_FIELD = Template(
    "lifecycle.missing_field",
    "{field} is missing, and {trigger} to {target} needs it.",
    "Record {field}.",
)
REASON_MISSING = Template(
    "lifecycle.reason_missing", "{trigger} needs a reason.", "Give one of the reasons: {choices}."
)
REASON_UNKNOWN = Template(
    "lifecycle.reason_unknown",
    "{reason} is no reason for {trigger}.",
    "Give one of the reasons: {choices}.",
)
CONDITION_FALSE = Template(
    "lifecycle.condition_false",
    "Guard {guard} of {trigger} does not hold: {observed}.",
    "Bring about that {wanted}.",
)
CONDITION_UNKNOWN = Template(
    "lifecycle.condition_unknown",
    "Whether guard {guard} of {trigger} holds is not known: {observed}.",
    "Find out and record {fields}.",
)
RULE_RAISED = Template(
    "lifecycle.rule_raised",
    "Guard {guard} of {trigger} raised {error}.",
    "Mend guard {guard}, or what it calls.",
)
TOO_EARLY = Template(
    "lifecycle.too_early",
    "{trigger} fires by itself at {due}, not before.",
    "Wait until {due}.",
)

NO_ONE: Final = "nobody"


def objections(rule: Rule, asked: Asked) -> tuple[Finding, ...]:
    """Return everything that speaks against one transition, in a fixed order; each guard is asked alone."""
    if rule.reads_actor and "actor" not in asked.facts:
        facts = {**asked.facts, "actor": asked.by}
        asked = Asked(
            state=asked.state,
            trigger=asked.trigger,
            facts=facts,
            by=asked.by,
            reason=asked.reason,
            at=asked.at,
        )
    return (
        *_against_role(rule, asked),
        *_against_time(rule, asked),
        *_against_reason(rule, asked),
        *_against_needs(rule, asked),
        *_against_guards(rule, asked),
    )


def _against_role(rule: Rule, asked: Asked) -> Iterator[Finding]:
    roles, by = rule.roles, asked.by
    if roles is None or (by is not None and by.role in roles):
        return
    wanted = sorted(roles)
    yield Finding.of(
        ROLE,
        path="$.by",
        who=", ".join(wanted),
        source=rule.source_id,
        trigger=asked.trigger,
        actor=NO_ONE if by is None else by.id,
        role=(by and by.role) or "none",
        roles=wanted,
    )


def _against_time(rule: Rule, asked: Asked) -> Iterator[Finding]:
    after, since = rule.edge.transition.after, asked.state.since
    by_system = asked.by is not None and asked.by.role == SYSTEM
    if not by_system or not isinstance(after, timedelta) or since is None or asked.at is None:
        return
    if asked.at < since + after:
        due = write_instant(since + after)
        yield Finding.of(TOO_EARLY, path="$.at", source=rule.source_id, trigger=asked.trigger, due=due)


def _against_reason(rule: Rule, asked: Asked) -> Iterator[Finding]:
    if rule.reasons is None or asked.reason in rule.reasons:
        return
    choices = list(rule.reasons)
    if asked.reason is None:
        yield Finding.of(
            REASON_MISSING, path="$.reason", source=rule.source_id, trigger=asked.trigger, choices=choices
        )
    else:
        yield Finding.of(
            REASON_UNKNOWN,
            path="$.reason",
            source=rule.source_id,
            trigger=asked.trigger,
            reason=asked.reason,
            choices=choices,
        )


def _against_needs(rule: Rule, asked: Asked) -> Iterator[Finding]:
    for need in rule.needs:
        if not _is_known(need, asked):
            yield Finding.of(
                MISSING_FIELD,
                path=field_path(need.path),
                source=rule.source_id,
                trigger=asked.trigger,
                target=rule.landing.name,
                field=spoken_field(need.path),
            )


def _is_known(need: Need, asked: Asked) -> bool:
    try:
        return need.condition(asked.facts, asked.at) is True
    except Exception:
        # A fact that cannot be read is not known.
        return False


def _against_guards(rule: Rule, asked: Asked) -> Iterator[Finding]:
    for checked in rule.guards:
        try:
            verdict = checked.condition.verdict(asked.facts, asked.at)
        except Exception as error:
            # The exception's own text may hold private values, so only its type is told.
            yield _raised(rule, checked, asked, type(error).__name__)
        else:
            yield from _against_verdict(rule, checked, asked, verdict)


def _against_verdict(rule: Rule, checked: Checked, asked: Asked, verdict: Verdict) -> Iterator[Finding]:
    if verdict.value is True:
        return
    if verdict.failed:
        yield _raised(rule, checked, asked, str(verdict.failed[0].failed))
        return
    told = tuple(_explained(checked, asked))
    yield from told or (_unmet(rule, checked, asked, verdict),)


def _raised(rule: Rule, checked: Checked, asked: Asked, error: str) -> Finding:
    return Finding.of(
        RULE_RAISED,
        source=f"{rule.source_id}/{checked.guard.id}",
        severity=checked.guard.severity,
        guard=checked.guard.id,
        trigger=asked.trigger,
        error=error,
    )


def _unmet(rule: Rule, checked: Checked, asked: Asked, verdict: Verdict) -> Finding:
    guard = checked.guard
    words = CONDITION_FALSE if verdict.value is False else CONDITION_UNKNOWN
    fields = [leaf.field for leaf in verdict.leaves if leaf.field] or sorted(checked.condition.fields_read)
    return Finding.of(
        Template(words.code, guard.message or words.message, guard.unblock or words.unblock),
        path=field_path(fields[0]) if fields else "$",
        who=guard.who,
        source=f"{rule.source_id}/{guard.id}",
        severity=guard.severity,
        guard=guard.id,
        trigger=asked.trigger,
        observed=[leaf.sentence.removesuffix(".") for leaf in verdict.leaves],
        wanted=[f"{leaf.field or leaf.text} is {leaf.wanted}" for leaf in verdict.leaves],
        fields=[spoken_field(field) for field in fields],
    )


def _explained(checked: Checked, asked: Asked) -> Iterator[Finding]:
    """Let the guard's own predicates say what is missing; one that cannot leaves it to the guard."""
    for explain in checked.explains:
        try:
            findings = explain(asked.facts, asked.at)
        except Exception:
            # The verdict stands without the words; the guard's own message tells it.
            continue
        yield from (finding_of_guard(finding, checked) for finding in findings)


def finding_of_guard(finding: Finding, checked: Checked) -> Finding:
    """Give a predicate's finding the guard's severity, and its helper where it names none."""
    return Finding(
        template=finding.template,
        path=finding.path,
        params=finding.params,
        severity=checked.guard.severity,
        who=finding.who or checked.guard.who,
        source=finding.source or checked.guard.id,
    )


def spoken_field(path: str) -> str:
    """Return a fact's path as people say it: a job's own fields without `job.`."""
    return path.removeprefix("job.")


def field_path(path: str) -> str:
    """Return where a fact stands: a job's own fields count from its root."""
    return f"$.{spoken_field(path)}"
