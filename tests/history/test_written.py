"""The short way to an event: the same value as the constructor's."""

from datetime import UTC, datetime
from typing import Any

from jobkit.history import Event, FieldChange, written
from jobkit.model import Actor

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


def test_written_is_what_the_constructor_makes() -> None:
    """
    An event made of its parts alone equals the constructor's, in every field and its default.
    """
    parts: dict[str, Any] = {
        "id": "e1",
        "job_id": "J1",
        "kind": "moved",
        "actor": Actor(id="ann"),
        "occurred_at": AT,
        "recorded_at": AT,
        "changes": (FieldChange("$.work.symptom", None, "leak"),),
    }

    made = written(parts)

    assert Event(**parts) == made
    assert repr(Event(**parts)) == repr(made)
    assert vars(Event(**parts)) == vars(made)
