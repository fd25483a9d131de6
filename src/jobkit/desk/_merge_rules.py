"""By which rules a desk merges, and jobs as the plain records that those rules look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import attrs

from jobkit.desk._commands import plain
from jobkit.desk._office import Office
from jobkit.duplicates import Criterion, FieldRule, MergeRules, MergeRulesData
from jobkit.facts import declare
from jobkit.history import Event
from jobkit.instants import read_instant
from jobkit.model import Job, Safety, Subject, Terms, Work, take
from jobkit.paths import Item, parse
from jobkit.privacy import Erased, Redacted

_FILL: Final[FieldRule] = "filled"
_JOIN: Final[FieldRule] = "union"
_FILLED: Final = (
    "subject.asset", "subject.model", "subject.serial", "subject.site", "subject.postal_code",
    "subject.customer", "work.work_type", "work.service_type", "work.symptom", "work.description",
    "work.estimated", "work.instructions", "work.site_notes", "work.preferences", "work.crew_size",
    "terms.requested", "terms.due", "terms.tier", "terms.urgency",
)  # fmt: skip
_JOINED: Final = (
    "work.skills", "work.certifications", "work.tools", "work.languages", "safety.notes",
    "safety.constraints", "safety.prerequisites", "safety.hazards_left", "evidence.attachments",
    "evidence.readings", "links.requests", "links.watchers", "parts", "tasks", "flags",
)  # fmt: skip
_BY_FIELD: Final[Mapping[str, FieldRule]] = {
    **dict.fromkeys(_FILLED, _FILL),
    **dict.fromkeys(_JOINED, _JOIN),
    "safety.signal": "ranked",
}
_FURTHEST: Final = ("closed", "performed", "waiting", "active", "scheduled", "open", "triage", "draft")

STANDARD: Final = MergeRulesData(
    id="standard",
    version="1",
    survivor=(Criterion(field="category", order=_FURTHEST), Criterion(field="created")),
    fields=_BY_FIELD,
    orders={"safety.signal": ("injury", "near_miss")},
    handoff="job.states['billing'].category != 'open'",
)
"""The rules of a catalog that has none: what is missing is filled, lists are joined, the rest stays."""

_SECTIONS: Final[Mapping[str, type[Any]]] = {
    "subject": Subject, "work": Work, "terms": Terms, "safety": Safety,
}  # fmt: skip
_OVER: Final = ("done", "dropped")


def merge_rules(office: Office) -> MergeRules:
    """Return the rules by which a desk merges: those of its catalog, or the standard ones."""
    rules: MergeRules | None = office.catalog.merging
    return _standard() if rules is None else rules


@lru_cache(maxsize=1)
def _standard() -> MergeRules:
    return MergeRules.load(STANDARD, declare())


def begun(events: Sequence[Event]) -> datetime:
    """Return when a job began, also one that lived elsewhere before."""
    first = events[0]
    since = first.data.get("since") if first.name == "adopted" else None
    return first.occurred_at if since is None else read_instant(since)


def record_of(job: Job, events: Sequence[Event], rules: MergeRules) -> dict[str, Any]:
    """
    Return a job as a record of plain values by path, with its `category` and when it was `created`.

    Lists are as documents write them; private values, and items that hold some, are left out: they stay where
    their erasure reaches them.
    """
    given = {"category": job.state.category, rules.data.dated: begun(events)}
    fields = (field for field in _fields(rules) if field not in given)
    return {**given, **{field: _value(job, field, rules) for field in fields}}


def _fields(rules: MergeRules) -> Iterator[str]:
    yield from (criterion.field for criterion in rules.data.survivor)
    yield from rules.data.fields
    if rules.data.otherwise != "survivor":
        for section, kind in _SECTIONS.items():
            yield from (f"{section}.{field.name}" for field in attrs.fields(kind))


def _value(job: Job, field: str, rules: MergeRules) -> Any:
    if rules.rule_of(field) == "union":
        return [item for item in _listed(take(job, f"$.{field}")) if not _has_private(item)]
    value: Any = job
    for step in parse(field):
        name = step.id if isinstance(step, Item) else step
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, str(name), None)
    return None if _has_private(value) else value


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple)) else () if value is None else (value,)


def _has_private(value: Any) -> bool:
    if isinstance(value, (Redacted, Erased)):
        return True
    if attrs.has(type(value)):
        return _has_private(plain(value))
    if isinstance(value, Mapping):
        return any(map(_has_private, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_has_private, value))


def takeable(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with those tasks only that are still to be done: what is over stays where it was."""
    tasks = [task for task in record.get("tasks", ()) if task.get("status") not in _OVER]
    return {**record, "tasks": tasks}
