"""Work orders of five mining excavators: taken in by a desk in arrival order, repeats judged by a person."""

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import attrs

from jobkit import Actor, Catalog, Desk, Lifecycle, Refused, presets
from jobkit.documents import read_toml
from jobkit.model import Job
from jobkit.stores import MemoryStore
from tests._city import WORK

LOG: Final = Path(__file__).parent.parent.parent / "shared" / "data" / "nestor_excavators_mwo.csv.gz"
NEAR: Final = timedelta(days=14)
MOST: Final = 100
"""How many candidates of one order are compared at most; five machines have thousands of orders."""

RULES: Final = """
id = "mine"
version = "1"

[types.breakdown]
lifecycles = ["city-work"]

[types.preventive-maintenance]
lifecycles = ["city-work"]

[intake]
id = "mine-intake"
version = "1"
topics = []

[[intake.packages]]
id = "orders"
types = ["breakdown", "preventive-maintenance"]

  [[intake.packages.requirements]]
  id = "asset"
  field = "job.subject.asset"

  [[intake.packages.requirements]]
  id = "described"
  condition = "known(job.work.symptom) or known(job.work.description)"
"""

# One of five machines says little, the place on it more, and the words most: a repeat is common in a mine.
OWN: Final = """
id = "mine-duplicates"
version = "1"
prior = -4.0
cap = 40

[bands]
same = 8.0
ask = 2.0

[[rules]]
name = "machine"
field = "subject.asset"
levels = [{ at = 1.0, weight = 2.0 }]
otherwise = -8.0

[[rules]]
name = "place"
field = "subject.site"
levels = [{ at = 1.0, weight = 3.0 }]
otherwise = -2.0

[[rules]]
name = "system"
field = "work.symptom"
levels = [{ at = 1.0, weight = 2.0 }]
otherwise = -2.0

[[rules]]
name = "words"
field = "work.description"
kind = "tokens"
levels = [{ at = 0.8, weight = 4.0 }, { at = 0.5, weight = 1.5 }]
otherwise = -1.0

[window]
field = "reported"
anchor = "latest"
ages = [
  { within = "1d", weight = 2.0 },
  { within = "3d", weight = 1.0 },
  { within = "7d", weight = 0.0 },
  { within = "14d", weight = -1.0 },
]
otherwise = -4.0

[scope]
field = "type"
across = "never"

[[keys]]
name = "machine"
parts = [{ field = "subject.asset" }]
"""


@attrs.frozen(kw_only=True)
class Order:
    """One work order as the mine recorded it."""

    number: str
    machine: str
    system: str | None
    place: str
    text: str
    planned: bool
    came: datetime

    @property
    def matter(self) -> tuple[str, str]:
        """The machine and the place on it."""
        return self.machine, self.place


def orders(limit: int | None = None) -> list[Order]:
    """Return the work orders in arrival order, all of them or the first few."""
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as file:
        given = sorted(csv.DictReader(file), key=lambda row: row["BscStartDate"])
    return [_order(at, row) for at, row in enumerate(given[:limit])]


def _order(at: int, row: Mapping[str, str]) -> Order:
    return Order(
        number=f"W-{at:05}",
        machine=row["Asset"],
        system=None if row["MajorSystem"] == "NA" else row["MajorSystem"],
        place=row["FuncLocation"],
        text=row["OriginalShorttext"],
        planned=row["PMType"] in ("PM02", "PM06"),
        came=datetime.fromisoformat(row["BscStartDate"]).replace(tzinfo=UTC) + timedelta(seconds=at),
    )


def desk(*, own: bool = True, auto_merge: bool = False) -> Desk:
    """
    Return a desk in memory with the mine's own match rules, or with the ready ones of after-sales.

    The ready ones take their candidates from the newest hundred orders of the machine.
    """
    ready = {**read_toml(presets.text("duplicates")), "cap": MOST}
    matching = {**(read_toml(OWN) if own else ready), "auto_merge": auto_merge}
    data = {**read_toml(RULES), "duplicates": matching}
    return Desk(Catalog.load(data, lifecycles=[Lifecycle.load(WORK)]), MemoryStore())


CLERK: Final = Actor(id="clerk", role="clerk")
ROBOT: Final = Actor(id="robot", role="system")
CREW: Final = Actor(id="crew", role="crew")


@attrs.frozen(kw_only=True)
class Taken:
    """What was found about one order on the day it came in."""

    order: Order
    job: Job
    kept_back: bool
    merged: bool
    repeats: bool = False
    """Whether an order for the same place of the machine came in the fourteen days before."""

    @property
    def bands(self) -> tuple[str, ...]:
        """The bands of the twins it was flagged with."""
        return tuple(each.band for each in self.job.triage.suspects)


def request(order: Order) -> dict[str, Any]:
    """Return an order as the plain data of a request."""
    return {
        "subject": {"asset": order.machine, "site": order.place},
        "work": {"symptom": order.system, "description": order.text},
    }


def take_in(desk: Desk, given: Iterable[Order]) -> Iterator[Taken]:
    """Submit each order when it came; a person calls each flagged one a repeat, and all are worked off."""
    last: dict[tuple[str, str], datetime] = {}
    for order in given:
        type_ = "preventive-maintenance" if order.planned else "breakdown"
        job = desk.submit(type_, request(order), by=CLERK, at=order.came, job_id=order.number).job
        kept_back = not desk.ask(job.id, "accept", by=CLERK, at=order.came).open
        before = last.get(order.matter)
        repeats = before is not None and order.came - before <= NEAR
        last[order.matter] = order.came
        twins = [each.id for each in job.triage.suspects]
        merged = any(_merges(desk, job.id, twin, order.came) for twin in twins)
        yield Taken(order=order, job=job, kept_back=kept_back, merged=merged, repeats=repeats)
        if twins:
            desk.decide_twin(job.id, twins, "different", by=CLERK, at=order.came, reason="repeat")
        desk.fire(job.id, "accept", by=CLERK, at=order.came)
        desk.fire(job.id, "close", by=CREW, at=order.came)


def _merges(desk: Desk, one: str, other: str, at: datetime) -> bool:
    """Let a machine try to merge two orders, and tell whether it could."""
    try:
        desk.merge(one, into=other, by=ROBOT, at=at)
    except Refused:
        return False
    return True
