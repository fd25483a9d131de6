"""The match rules that the tests of duplicates share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from jobkit.duplicates import MatchRules, Record
from jobkit.registry import Registry

NO_NAMES = Registry()
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ASSET: dict[str, Any] = {
    "name": "asset",
    "field": "asset",
    "kind": "serial",
    "levels": [{"at": 1, "weight": 7}, {"at": 0.8, "weight": 2}],
    "otherwise": -5,
}
TEXT: dict[str, Any] = {
    "name": "text",
    "field": "text",
    "kind": "text",
    "levels": [{"at": 0.9, "weight": 5}, {"at": 0.5, "weight": 2}],
    "otherwise": -1,
}
PHONE: dict[str, Any] = {
    "name": "phone",
    "field": "phone",
    "kind": "phone",
    "levels": [{"at": 1, "weight": 4}],
    "otherwise": -0.5,
    "missing": -0.25,
}
KEYS: list[dict[str, Any]] = [
    {"name": "asset", "parts": [{"field": "asset", "form": "serial"}]},
    {"name": "phone", "parts": [{"field": "phone", "form": "phone", "last": 7}]},
    {"name": "words", "parts": [{"field": "text", "form": "text", "each": True}], "unless": ["asset"]},
]
WINDOW: dict[str, Any] = {
    "field": "opened",
    "anchor": "latest",
    "ages": [{"within": "1d", "weight": 2}, {"within": "14d", "weight": 0}],
    "otherwise": -3,
}
SCOPE: dict[str, Any] = {"field": "type", "groups": [["breakdown", "repair"], ["planned", "inspection"]]}
RULES: dict[str, Any] = {
    "id": "requests",
    "version": "3",
    "bands": {"same": 10, "ask": 4},
    "prior": -3,
    "rules": [ASSET, TEXT, PHONE],
    "keys": KEYS,
    "window": WINDOW,
    "scope": SCOPE,
}


def load(registry: Registry = NO_NAMES, **parts: Any) -> MatchRules:
    """Load the shared rules with some of their parts exchanged."""
    return MatchRules.load({**RULES, **parts}, registry)


def one_rule(registry: Registry = NO_NAMES, **parts: Any) -> MatchRules:
    """Load rules that compare the field `it` by a single rule and nothing else."""
    rule = {"name": "it", "field": "it", "levels": [{"at": 1, "weight": 1}], **parts}
    return MatchRules.load({"id": "one", "bands": {"same": 8, "ask": 1}, "rules": [rule]}, registry)


def request(asset: str | None = "EX-0012", text: str | None = "Won't start", **further: Any) -> Record:
    """Return a breakdown reported now."""
    return {"asset": asset, "text": text, "type": "breakdown", "opened": NOW, **further}
