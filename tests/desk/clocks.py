"""A workshop that promises something, for the tests of clocks on a desk."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from jobkit.catalog import Catalog, clock_words
from jobkit.desk import Desk, Store
from jobkit.lifecycle import Lifecycle
from tests.desk.building import BENCH, NOW, seated

HOUR: Final = timedelta(hours=1)
DUE: Final = NOW + 8 * HOUR
HALF: Final = NOW + 4 * HOUR

REPLY: Final[Mapping[str, Any]] = {
    "label": "First reply",
    "starts": "job.states['work'].name == 'open'",
    "stops": "job.states['work'].name in ['busy', 'done']",
    "targets": [{"name": "urgent", "when": "job.terms.tier == 'gold'", "within": "2h"}, {"within": "8h"}],
    "warnings": [{"name": "half", "share": 0.5}],
    "data": {
        "escalate": [
            {"on": "breached", "when": "job.work.work_type == 'breakdown'", "who": "boss", "queue": "hot"},
            {"on": "breached", "when": "job.work.work_type == 'breakdown'", "who": "crew", "effect": "page"},
        ]
    },
}
DONE: Final[Mapping[str, Any]] = {
    "starts": "job.states['work'].name in ['open', 'busy']",
    "stops": "job.states['work'].name == 'done'",
    "calendar": "shop",
    "targets": [{"within": "2 working days"}],
}

DATA: Final[Mapping[str, Any]] = {
    "id": "shop",
    "version": "1",
    "calendar": "shop",
    "calendars": {"shop": {"zone": "UTC", "weekly": {"mon-fri": "08:00-16:00"}}},
    "milestones": {"reply": REPLY, "done": DONE},
    "types": {
        "bench": {"lifecycles": ["bench"]},
        "polish": {"lifecycles": ["bench"], "milestones": ["done"]},
    },
    "queues": {
        "late": {
            "owner": "boss",
            "when": "clock.reply.verdict == 'breached'",
            "order": ["job.work.territory", "clock.reply.due_at"],
        },
        "soon": {"owner": "boss", "when": "within(clock.reply.due_at, '1h')"},
    },
}


def promising(changes: Mapping[str, Any] | None = None, **lifecycle: Any) -> Catalog:
    """Return the catalog of the workshop with some keys changed, and some of its lifecycle's."""
    words = clock_words(["reply", "done"])
    bench = Lifecycle.load({**BENCH, **lifecycle}, vocabulary=words)
    return Catalog.load({**DATA, **(changes or {})}, lifecycles=[bench])


def promised(store: Store, awaited: bool, changes: Mapping[str, Any] | None = None) -> Desk:
    """Return a desk of the workshop."""
    return seated(promising(changes), store, awaited=awaited)


def told(desk: Desk, job_id: str) -> list[tuple[str, datetime]]:
    """Return the points of clocks that a history says were told, in recording order."""
    events = desk.history(job_id).events
    return [(event.name, event.occurred_at) for event in events if event.kind == "clock"]
