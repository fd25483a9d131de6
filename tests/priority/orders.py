"""Published rules and jobs that the tests of the order of work share."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from jobkit.conditions import Vocabulary
from jobkit.priority import OpenTime, PriorityRules
from jobkit.registry import Registry

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

WORDS = Vocabulary.of(
    {
        "id": "text",
        "hazard": "bool",
        "stopped": "bool",
        "kind": "code",
        "tier": "code",
        "impact": "code",
        "urgency": "code",
        "asset_class": "code",
        "criticality": "integer",
        "since": "instant",
        "deferred": "instant",
        "due": "instant",
        "left": "duration",
        "work": "duration",
        "phone": "text",
        "parts[].status": "code",
    }
)

BANDS: list[dict[str, Any]] = [
    {"id": "life_safety", "when": "hazard == true"},
    {"id": "stopped", "when": "stopped == true"},
    {"id": "breach", "within": [{"due": "due", "left": "4h"}]},
    {"id": "repair", "when": 'kind in ["warranty", "contract", "breakdown"]'},
    {"id": "planned", "when": 'kind == "preventive"'},
    {"id": "deferred"},
]
TERMS: list[dict[str, Any]] = [
    {
        "id": "matter",
        "weight": 10,
        "table": {
            "rows": {"fact": "impact", "levels": ["high", "medium", "low"]},
            "columns": {"fact": "urgency", "levels": ["high", "medium", "low"]},
        },
    },
    {"id": "tier", "scale": {"fact": "tier", "levels": ["gold", "silver", "basic"], "points": [20, 10, 0]}},
    {"id": "age", "age": {"since": "since", "points": 1, "per": "1d", "cap": 14}},
]
RULES: dict[str, Any] = {
    "id": "order",
    "direction": "larger_higher",
    "tie_break": ["since", "id"],
    "bands": BANDS,
    "terms": TERMS,
}


def load(
    registry: Registry | None = None,
    calendars: Mapping[str, OpenTime] | None = None,
    path: str = "$",
    **parts: Any,
) -> PriorityRules:
    """Load the shared rules with some parts replaced."""
    data = {**RULES, **parts}
    return PriorityRules.load(data, WORDS, registry or Registry(), calendars=calendars or {}, path=path)


def simple(*terms: Mapping[str, Any], **parts: Any) -> PriorityRules:
    """Load rules of one band with the given terms."""
    return load(**{"bands": [{"id": "all"}], "tie_break": ["id"], "terms": list(terms), **parts})


def job(id: str, **facts: Any) -> dict[str, Any]:
    """Return a job of the lowest rank, with the given facts."""
    known = {"hazard": False, "stopped": False, "kind": "other", "impact": "low", "urgency": "low"}
    return {"id": id, **known, "tier": "basic", "since": NOW, **facts}
