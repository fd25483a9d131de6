"""Rules of telemetry in a catalog: read with its other parts, and held to its job types."""

from datetime import timedelta
from typing import Any

import pytest

from jobkit.catalog import Catalog, TelemetryRules
from jobkit.duplicates import MatchRules
from jobkit.errors import Invalid
from jobkit.lifecycle import Lifecycle
from tests.desk.building import BENCH
from tests.desk.twinned import WORK

LEVEL = {"at": 1.0, "weight": 1}
GOOD: dict[str, Any] = {"type": "breakdown", "dispatch": "take_up"}


def loaded(telemetry: Any) -> Catalog:
    """Return a catalog with rules of telemetry, read from data."""
    types = {"breakdown": {"lifecycles": ["intake"]}, "bench": {"lifecycles": ["bench"]}}
    data = {"id": "plant", "version": "1", "types": types, "telemetry": telemetry}
    return Catalog.load(data, lifecycles=[Lifecycle.load(WORK), Lifecycle.load(BENCH)])


def test_telemetry_loads() -> None:
    """
    Rules are read with durations as texts, and their hash is that of their content.
    """
    given = {**GOOD, "window": "7d", "quiet": "30s", "planned": ["bench"], "fold_end": "cancel"}

    rules = loaded(given).telemetry

    assert rules is not None
    assert (timedelta(days=7), timedelta(seconds=30)) == (rules.window, rules.quiet)
    assert (
        TelemetryRules(**{**given, "window": rules.window, "quiet": rules.quiet, "planned": ("bench",)})
        == rules
    )
    assert rules.digest != TelemetryRules(**GOOD).digest == TelemetryRules(**GOOD).digest


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"type": "nothing"}, "catalog.telemetry_type", "$.telemetry"),
        ({"planned": ["nothing"]}, "catalog.telemetry_type", "$.telemetry"),
        ({"type": "bench"}, "catalog.telemetry_draft", "$.telemetry.state"),
        ({"state": "triage"}, "catalog.telemetry_draft", "$.telemetry.state"),
        ({"dispatch": "approve"}, "catalog.telemetry_dispatch", "$.telemetry.dispatch"),
        ({"fold_end": "close"}, "catalog.telemetry_dispatch", "$.telemetry.fold_end"),
        ({"window": "-1d"}, None, "$.telemetry.window"),
        ({"surprise": 1}, None, "$.telemetry"),
    ],
)
def test_telemetry_that_does_not_fit(more: dict[str, Any], code: str | None, path: str) -> None:
    """
    Unknown types, no draft to begin in, no way on from it, and what cannot be read, are refused.
    """
    with pytest.raises(Invalid) as caught:
        loaded({**GOOD, **more})

    assert [path] == [finding.path for finding in caught.value.findings]
    assert code in (None, caught.value.code)


def test_span_below_zero() -> None:
    """
    Rules that are built with a time below zero are refused as well.
    """
    rules = TelemetryRules(**GOOD, window=-timedelta(days=1), quiet=-timedelta(1))
    with pytest.raises(Invalid) as caught:
        loaded(None).with_intake(telemetry=rules)

    assert ["catalog.telemetry_span"] * 2 == [finding.code for finding in caught.value.findings]


def test_preset_takes_alarms() -> None:
    """
    The after-sales preset begins breakdowns with alarms and folds them into planned work.
    """
    rules = Catalog.preset("after-sales").telemetry

    assert rules is not None
    assert ("breakdown", "submit") == (rules.type, rules.dispatch)


def test_rules_compare_what_jobs_have() -> None:
    """
    Rules for duplicates that name a field which no job has are refused: it would be missing for ever.
    """
    rules = MatchRules.load(
        {
            "id": "typo",
            "bands": {"same": 9, "ask": 4},
            "rules": [
                {"name": "asset", "field": "subject.aset", "levels": [{"at": 1.0, "weight": 5}]},
                {"name": "depth", "field": "fields.depth", "levels": [{"at": 1.0, "weight": 5}]},
                {"name": "when", "field": "latest", "kind": "time", "span": "1d", "levels": [LEVEL]},
                {"name": "phone", "field": "subject.contacts[c1].phone", "levels": [LEVEL]},
            ],
        }
    )
    with pytest.raises(Invalid) as caught:
        loaded(None).with_intake(duplicates=rules)

    assert ["subject.aset"] == [finding.params["field"] for finding in caught.value.findings]
