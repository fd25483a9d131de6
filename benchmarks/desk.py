"""What eleven clocks cost: the same verbs on the same job, with the ready promises and without any."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import attrs

from benchmarks._measure import Line, interleaved, rate, table
from jobkit.catalog import Catalog
from jobkit.desk import Desk
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Actor, Window
from jobkit.stores import MemoryStore
from jobkit.stores.sqlite import SQLiteStore

_NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
_TICK: Final = timedelta(milliseconds=1)
_VISIT: Final = Window(_NOW + timedelta(days=2), _NOW + timedelta(days=2, hours=2))
_OF_CLOCKS: Final = ("at_risk", "breached", "escalated")
_TRIAGE, _PLANNER = Actor(id="tina", role="triage"), Actor(id="paul", role="planner")
_REQUEST: Final = {
    "subject": {"customer": "C-5", "asset": "EX-77", "site": "quarry"},
    "work": {"symptom": "motion.drops", "skills": ["hydraulics"], "estimated": "2h"},
    "terms": {"tier": "gold", "entitlement": {"status": "covered"}},
}


class Work:
    """One scheduled job on a desk, on which verbs are repeated; every one has an instant of its own."""

    def __init__(self, catalog: Catalog, store: MemoryStore | SQLiteStore) -> None:
        self.desk, self.now, self.number, self.tiers = Desk(catalog, store), _NOW, 0, ("gold", "silver")
        self.id = self.desk.submit("warranty-repair", _REQUEST, by=_PLANNER, at=_NOW).job.id
        for trigger in ("submit", "take_up", "approve"):
            self.desk.fire(self.id, trigger, by=_TRIAGE, at=_NOW)
        self.desk.plan_visit(self.id, _VISIT, by=_PLANNER, at=_NOW, visit_id="v1")
        self.desk.fire(self.id, "schedule", by=_PLANNER, at=_NOW)

    def note(self) -> None:
        """Record a word, which changes no field."""
        self.desk.note(self.id, "Called.", by=_PLANNER, at=self._next())

    def amend(self) -> None:
        """Change a field that no clock reads."""
        values = {"$.work.symptom": f"drops {self.number}"}
        self.desk.amend(self.id, values, by=_PLANNER, at=self._next())

    def tier(self) -> None:
        """Change the field by which targets are chosen."""
        self.tiers = self.tiers[::-1]
        self.desk.amend(self.id, {"$.terms.tier": self.tiers[0]}, by=_PLANNER, at=self._next())

    def fire(self) -> None:
        """Put the job on hold and take it off again: every living clock pauses and resumes."""
        self.desk.fire(self.id, "hold", by=_PLANNER, at=self._next(), reason="parts")
        self.desk.fire(self.id, "resume", by=_PLANNER, at=self._next())

    def _next(self) -> datetime:
        self.number += 1
        self.now += _TICK
        return self.now


def promising() -> Catalog:
    """Return the ready catalog."""
    return Catalog.preset("after-sales").without_intake()


def bare() -> Catalog:
    """Return the ready catalog without its milestones and the queues that ask about them."""
    ready = promising()
    queues = {name: queue for name, queue in ready.queues.items() if name not in _OF_CLOCKS}
    return attrs.evolve(ready, milestones=EMPTY, escalations=EMPTY, queues=FrozenMap(queues))


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        for name, limit, with_clocks, without in (
            ("in memory", 2.5, MemoryStore(), MemoryStore()),
            ("on SQLite", 1.5, SQLiteStore(Path(folder) / "a.db"), SQLiteStore(Path(folder) / "b.db")),
        ):
            works = Work(promising(), with_clocks), Work(bare(), without)
            clocks = len(works[0].desk.job(works[0].id).clocks)
            table(f"Desk {name}: {clocks} clocks and without", _lines(*works, limit=limit))


def _lines(promised: Work, plain: Work, limit: float) -> Iterator[Line]:
    tasks = {"note": 1, "amend": 1, "tier": 1, "fire": 2}
    for verb, count in tasks.items():
        first, floor = interleaved([(getattr(promised, verb), count), (getattr(plain, verb), count)])
        yield Line(what=f"{verb}, without clocks", figure=rate(floor), ratio=1.0)
        yield Line(what=f"{verb}, with clocks", figure=rate(first), ratio=first / floor, limit=limit)
