"""The catalog: job types with their lifecycles, queues and rules as one versioned value."""

from jobkit.catalog._catalog import Catalog
from jobkit.catalog._checks import words_of
from jobkit.catalog._clocks import BREACHED, ClockFacts, ClocksSeen, Escalation, clock_words
from jobkit.catalog._publish import publish
from jobkit.catalog._telemetry import TelemetryRules, draft_state
from jobkit.catalog._values import Queue, TypeRules

__all__ = [
    "Catalog",
    "Queue",
    "TypeRules",
    "TelemetryRules",
    "draft_state",
    "Escalation",
    "BREACHED",
    "ClockFacts",
    "ClocksSeen",
    "clock_words",
    "words_of",
    "publish",
]
