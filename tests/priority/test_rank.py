"""Promises of a ranking: bands first, an explained score inside, one total order."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from jobkit.errors import Invalid
from jobkit.facts import declare, gather
from jobkit.model import Job, State, Terms
from jobkit.priority import Mark, Place, PriorityRules, compare, in_order, rank
from jobkit.versions import Version, Versions
from tests.priority.orders import BANDS, DAY, HOUR, NOW, RULES, job, load, simple


def order(jobs: Sequence[Mapping[str, Any]], rules: PriorityRules, **more: Any) -> list[str]:
    """Return the ids of jobs in their order."""
    return [place.id for place in rank(jobs, rules, NOW, **more)]


def place(rules: PriorityRules, now: datetime = NOW, **facts: Any) -> Place:
    """Return the place of one job alone."""
    return rank([job("J1", **facts)], rules, now)[0]


def test_bands_come_before_any_score() -> None:
    """
    However much a job scores, it stays behind every job of the bands above its own.
    """
    jobs = [
        job("old-gold", kind="preventive", tier="gold", impact="high", urgency="high", since=NOW - 90 * DAY),
        job("deferred", since=NOW - 400 * DAY),
        job("breaching", due=NOW + 3 * HOUR),
        job("breached", due=NOW - HOUR),
        job("stopped", stopped=True),
        job("gas", hazard=True),
        job("warranty", kind="warranty"),
    ]

    expected = ["gas", "stopped", "breached", "breaching", "warranty", "old-gold", "deferred"]
    assert expected == order(jobs, load())


def test_score_is_told_term_by_term() -> None:
    """
    Each term of the score names the value seen, its points with the weight in them, and why.
    """
    found = place(load(), impact="high", urgency="medium", tier="gold", since=NOW - 3 * DAY - HOUR)

    assert 40 + 20 + 3 == found.score
    assert (
        Mark("matter", "high / medium", 40, "impact is high and urgency is medium, times 10"),
        Mark("tier", "gold", 20, "tier is gold"),
        Mark("age", "3 times 1d", 3, "since is 3 times 1d ago"),
    ) == found.terms


def test_explanation_reads_from_the_place() -> None:
    """
    The words of a place begin with its position and end with what could still lift it.
    """
    found = rank([{"id": "J1", "tier": "gold", "hazard": False, "kind": "contract"}], load(), NOW)[0]

    assert found.explain().splitlines() == [
        "1. J1: repair, score 30 (order@1)",
        "  matter: +10 (impact is not on the scale and counts as low"
        " and urgency is not on the scale and counts as low, times 10)",
        "  tier: +20 (tier is gold)",
        "  age: +0 (since is unknown)",
        "  would stand in stopped if more were known",
        "  would stand in breach if more were known",
    ]
