"""What a machine suggests counts as missing until a person confirms it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.answers import Answer
from jobkit.conditions import Condition
from jobkit.documents import thaw
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import utc, write_instant
from jobkit.intake._places import field_name, place_of, place_problems, steps_of
from jobkit.model import Actor, Job, Part, Suggestion, hide, put_all, take
from jobkit.paths import Item, Step, join, parse
from jobkit.requirements import Requirement, Worded

SUGGESTED = Template(
    "intake.suggested",
    "{what} is only suggested: {offered}.",
    "Confirm the suggestion {id} ({offered}) or record {field}.",
)
SUGGESTED_PART = Template(
    "intake.suggested_part",
    "The part {number} is only presumed: {origin}.",
    "Confirm the part {id} ({number}, {origin}) or record another one under parts.",
)
OPEN = Template(
    "intake.open_suggestion",
    "Nobody has judged the suggestion {id} for {field}: {offered}.",
    "Confirm or decline the suggestion {id}.",
)
NO_SUGGESTION = Template(
    "intake.no_suggestion",
    "Job {job} has no suggestion {id}.",
    "Name one of its open suggestions: {known}.",
)
ALREADY_JUDGED = Template(
    "intake.already_judged",
    "The suggestion {id} for job {job} was judged by {by} before.",
    "Amend {field} if it is to be something else.",
)
NO_PERSON = Template(
    "intake.no_person",
    "{actor} is a machine and cannot judge the suggestion {id} for job {job}.",
    "Let a person confirm or decline it.",
)

Change = tuple[str, Any]
"""A path of the job and the plain value to put there."""

PARTS: Final = "parts"


def is_presumed(part: Part) -> bool:
    """Whether a part has a source other than people's word and nobody has confirmed it."""
    return part.source is not None and part.confirmed_by is None


def as_told(job: Job) -> Job:
    """Return the job without what is only presumed, as conditions of intake are to see it."""
    told = tuple(part for part in job.parts if not is_presumed(part))
    return job if len(told) == len(job.parts) else attrs.evolve(job, parts=told)


def open_suggestions(job: Job) -> tuple[Suggestion, ...]:
    """Return the suggestions that nobody has judged."""
    return tuple(each for each in job.triage.suggestions if each.is_open)


def offered(suggestion: Suggestion) -> str:
    """
    Return what is suggested, how sure that is, and by what; private values stay hidden.

    >>> from datetime import UTC
    >>> from decimal import Decimal
    >>> offered(
    ...     Suggestion(
    ...         id="s1",
    ...         path="$.work.symptom",
    ...         value="LEAK.OIL",
    ...         source="symptom model",
    ...         confidence=Decimal("0.82"),
    ...         at=datetime(2026, 3, 10, tzinfo=UTC),
    ...     )
    ... )
    'LEAK.OIL, 0.82 from symptom model'
    """
    value = _hidden(suggestion)
    return f"{_spoken(value)}, {_origin(suggestion.confidence, suggestion.source)}"


def _hidden(suggestion: Suggestion) -> Any:
    """Return the suggested value as it may be shown: hidden where a private value belongs."""
    try:
        return hide(thaw(suggestion.value), lambda: "00" * 16, path=place_of(suggestion.path))
    except Invalid:
        return "a value without a place"


def _origin(confidence: Any, source: str | None) -> str:
    return f"from {source}" if confidence is None else f"{confidence} from {source}"


def _spoken(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("number", value.get("id", "a value"))
    if isinstance(value, (list, tuple)):
        return " and ".join(map(_spoken, value))
    return str(value)[:80]


def fields_of(requirement: Requirement, question: Callable[..., Any]) -> frozenset[str]:
    """Return the fields of the job by which a requirement is met."""
    bare = question.question if isinstance(question, Worded) else question
    read = bare.fields_read if isinstance(bare, Condition) else ()
    named = (requirement.field, *read) if requirement.field else read
    return frozenset(field_name(str(name)) for name in named)


def way_out(finding: Finding, fields: Iterable[str], job: Job) -> Finding:
    """Return the finding with the suggestion that would meet it as the way out, if there is one."""
    named = {_group(field) for field in fields if _is_path(field)}
    for suggestion in open_suggestions(job):
        if _is_path(suggestion.path) and _group(suggestion.path) in named:
            told = {
                "what": finding.params.get("what") or field_name(suggestion.path),
                "offered": offered(suggestion),
                "id": suggestion.id,
                "field": field_name(suggestion.path),
            }
            return attrs.evolve(finding, template=SUGGESTED, params=told)
    presumed = next((part for part in job.parts if is_presumed(part)), None)
    if presumed is not None and (PARTS,) in named:
        told = {"number": presumed.number, "id": presumed.id}
        told["origin"] = _origin(presumed.confidence, presumed.source)
        return attrs.evolve(finding, template=SUGGESTED_PART, params=told)
    return finding


def _is_path(field: str) -> bool:
    """Whether *field* can be read as a path."""
    try:
        return bool(parse(field_name(field)))
    except Invalid:
        return False


def _group(field: str) -> tuple[Step, ...]:
    """Return the part of a path that a requirement and a suggestion have in common: lists as a whole."""
    steps = steps_of(field)
    if steps[0] == "fields":
        return steps[:2]
    return steps[: next((at for at, step in enumerate(steps) if isinstance(step, Item)), len(steps))]


def open_findings(job: Job, told: Iterable[Finding]) -> list[Finding]:
    """Return a word on each open suggestion that no finding of *told* names yet."""
    named = {finding.params.get("id") for finding in told if finding.template is SUGGESTED}
    return [
        Finding.of(
            OPEN,
            path=join("$.triage.suggestions", Item(each.id)),
            severity="info",
            id=each.id,
            field=field_name(each.path),
            offered=offered(each),
        )
        for each in open_suggestions(job)
        if each.id not in named
    ]


def judging(job: Job, suggestion_id: str, by: Actor, machines: Iterable[str]) -> Answer[Suggestion | None]:
    """Say whether *by* may confirm or decline a suggestion: a person may, and once."""
    path = join("$.triage.suggestions", Item(suggestion_id[:60]))
    each = next((one for one in job.triage.suggestions if one.id == suggestion_id), None)
    told: dict[str, Any] = {"job": job.id, "id": suggestion_id[:60]}
    findings = []
    if each is None:
        known = [one.id for one in open_suggestions(job)][:10]
        findings.append(Finding(template=NO_SUGGESTION, path=path, params={**told, "known": known}))
    elif not each.is_open:
        more = {"by": each.confirmed_by or each.declined_by, "field": field_name(each.path)}
        findings.append(Finding(template=ALREADY_JUDGED, path=path, params={**told, **more}))
    if by.role in tuple(machines):
        findings.append(Finding(template=NO_PERSON, path=path, params={**told, "actor": by.id}))
    return Answer(each, tuple(findings))


def confirmed(
    job: Job,
    suggestion_id: str,
    *,
    by: Actor,
    at: datetime,
    machines: Iterable[str] = ("system", "telemetry"),
) -> tuple[Change, ...]:
    """
    Return the changes by which a person takes a suggestion: the value at its path, and who confirmed it.

    To a list the value is added. Refused are machines, an unknown or judged suggestion, and a value that has
    no place there.
    """
    each = judging(job, suggestion_id, by, machines).must().subject
    assert each is not None
    # States and the like have verbs of their own, whose rules a suggestion would pass by.
    if wrong := place_problems(each.path, join("$.triage.suggestions", Item(each.id), "path")):
        raise Invalid(wrong)
    changes = ((place_of(each.path), _value(job, each)), *_judged(each, "confirmed_by", by, at))
    put_all(job, changes)
    return changes


def declined(
    job: Job,
    suggestion_id: str,
    *,
    by: Actor,
    at: datetime,
    machines: Iterable[str] = ("system", "telemetry"),
) -> tuple[Change, ...]:
    """Return the changes by which a person declines a suggestion; refused is what `confirmed` refuses."""
    each = judging(job, suggestion_id, by, machines).must().subject
    assert each is not None
    return _judged(each, "declined_by", by, at)


def _value(job: Job, each: Suggestion) -> Any:
    """Return what is to stand at the path of a suggestion."""
    value, now = thaw(each.value), take(job, place_of(each.path))
    if not isinstance(now, list):
        return value
    more = value if isinstance(value, list) else [value]
    return [*now, *(one for one in more if one not in now)]


def _judged(each: Suggestion, field: str, by: Actor, at: datetime) -> tuple[Change, ...]:
    path = join("$.triage.suggestions", Item(each.id))
    return ((f"{path}.{field}", by.id), (f"{path}.judged", write_instant(utc(at, "$.at"))))


def confirmed_part(
    job: Job, part_id: str, *, by: Actor, machines: Iterable[str] = ("system", "telemetry")
) -> tuple[Change, ...]:
    """Return the change by which a person confirms a presumed part; refused is what `confirmed` refuses."""
    path = join("$.parts", Item(part_id[:60]))
    told: dict[str, Any] = {"job": job.id, "id": part_id[:60]}
    presumed = [part.id for part in job.parts if is_presumed(part)]
    findings = []
    if part_id not in presumed:
        params = {**told, "known": presumed[:10]}
        findings.append(Finding(template=NO_SUGGESTION, path=path, params=params))
    if by.role in tuple(machines):
        findings.append(Finding(template=NO_PERSON, path=path, params={**told, "actor": by.id}))
    Answer(part_id, tuple(findings)).must()
    return ((f"{path}.confirmed_by", by.id),)
