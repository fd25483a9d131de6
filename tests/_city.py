"""Requests to the City of Los Angeles: read from the shared data, taken in by a desk in arrival order."""

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from jobkit import Actor, Catalog, Desk, Lifecycle, Refused
from jobkit.documents import read_toml
from jobkit.findings import Finding
from jobkit.model import Job
from jobkit.registry import Registry
from jobkit.stores import MemoryStore

LOG: Final = Path(__file__).parent.parent.parent / "shared" / "data" / "la311_2020_requests.csv.gz"
ZONE: Final = ZoneInfo("America/Los_Angeles")
DRIVER: Final = "Driver Self Report"

WORK: Final = """
id = "city-work"
version = "1"
roles = ["clerk", "crew", "system"]

[states.received]
category = "triage"
initial = true

[states.accepted]
category = "open"

[states.done]
category = "closed"
end = "closed"

[states.merged]
category = "closed"
end = "merged"

[[transitions]]
trigger = "accept"
from = ["received"]
to = "accepted"
roles = ["clerk"]

[[transitions]]
trigger = "merge"
from = ["received", "accepted"]
to = "merged"
roles = ["clerk", "system"]

[[transitions]]
trigger = "close"
from = ["accepted"]
to = "done"
roles = ["crew"]
"""

# A request has an address and no asset. A driver's own report tells what was taken along, piece by piece.
RULES: Final = """
id = "city"
version = "1"

[types.pickup]
label = "Something to be taken away"
lifecycles = ["city-work"]
[[types.pickup.fields]]
name = "place"
type = "text"
[[types.pickup.fields]]
name = "reporter"
type = "text"

[types.repair]
label = "Something to be put right"
lifecycles = ["city-work"]
[[types.repair.fields]]
name = "place"
type = "text"
[[types.repair.fields]]
name = "reporter"
type = "text"

[intake]
id = "city-intake"
version = "1"
topics = []

[[intake.packages]]
id = "where"
types = ["repair"]

  [[intake.packages.requirements]]
  id = "address"
  field = "job.subject.site"

  [[intake.packages.requirements]]
  id = "zip"
  kind = "format"
  field = "job.subject.postal_code"
  options = { pattern = "9[0-9]{4}", example = "91406" }

  [[intake.packages.requirements]]
  id = "place"
  field = "job.fields.place"
  label = "the point on the map"
  help = { why = "Crews are sent by district.", example = "A crew searched a street of nine miles." }

  [[intake.packages.requirements]]
  id = "described"
  applies_when = 'job.work.service_type == "Other"'
  field = "job.work.description"
  help = { why = "Nobody knows whom to send to something else.", example = "A tow truck came for a sofa." }

  [[intake.packages.requirements]]
  id = "reachable"
  field = "job.subject.contacts[].role"
  condition = "count(job.subject.contacts) >= 1"
  severity = "warn"
  message = "Nobody can be told what came of it"
  unblock = "Ask for a name and a number"

[[intake.packages]]
id = "pickup"
types = ["pickup"]
includes = ["where"]

  [[intake.packages.requirements]]
  id = "house_number"
  condition = 'matches(job.subject.site, "[0-9]+ .*")'
  message = "The truck needs a house number, and the address has none"
  unblock = "Ask for the number of the house before which it lies"

[duplicates]
id = "city-duplicates"
version = "1"
prior = -5.0
cap = 50

[duplicates.bands]
same = 4.0
ask = 1.0

[[duplicates.rules]]
name = "address"
field = "subject.site"
kind = "address"
levels = [{ at = 1.0, weight = 6.0 }, { at = 0.9, weight = 3.0 }]
otherwise = -4.0

[[duplicates.rules]]
name = "kind"
field = "work.service_type"
kind = "exact"
levels = [{ at = 1.0, weight = 3.0 }]
otherwise = -6.0

[[duplicates.rules]]
name = "point"
field = "fields.place"
kind = "exact"
levels = [{ at = 1.0, weight = 1.0 }]
otherwise = -1.0

[duplicates.window]
field = "reported"
anchor = "latest"
ages = [{ within = "1d", weight = 1.0 }, { within = "7d", weight = 0.0 }]
otherwise = -3.0

# What is missing on a side is at most asked about: a driver's own report has no citizen behind it.
[duplicates.scope]
field = "fields.reporter"

[[duplicates.keys]]
name = "address"
parts = [{ field = "subject.site", form = "address" }, { field = "work.service_type" }]
"""

_REPAIRS: Final = frozenset(
    {"Graffiti Removal", "Single Streetlight Issue", "Multiple Streetlight Issue", "Report Water Waste",
     "Homeless Encampment", "Other"}
)  # fmt: skip


@attrs.frozen(kw_only=True)
class Row:
    """One request as the city recorded it; the address is somebody's, and is never printed."""

    number: str
    kind: str
    source: str
    came: datetime
    address: str
    zip: str
    place: str | None
    anonymous: bool

    @property
    def by_driver(self) -> bool:
        """Whether a driver reported it on the round."""
        return self.source == DRIVER

    @property
    def matter(self) -> tuple[str, str]:
        """What two reports of the same matter certainly share."""
        return self.kind, self.address.casefold()


def rows(limit: int | None = None) -> list[Row]:
    """Return the requests in arrival order, all of them or the first few."""
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as file:
        read = sorted((_row(each) for each in csv.DictReader(file)), key=lambda row: (row.came, row.number))
    return read[:limit]


def _row(given: Mapping[str, str]) -> Row:
    place = f"{given['latitude']},{given['longitude']}" if given["latitude"] else None
    came = datetime.strptime(given["createddate"], "%m/%d/%y %H:%M").replace(tzinfo=ZONE)
    return Row(
        number=given["srnumber"],
        kind=given["requesttype"],
        source=given["requestsource"],
        came=came,
        address=given["address"].removesuffix(f", {given['zipcode']}"),
        zip=given["zipcode"],
        place=place,
        anonymous=given["anonymous"] == "Y",
    )


def catalog(*, auto_merge: bool = False) -> Catalog:
    """Return the city's catalog; with *auto_merge*, machines may merge what is surely the same."""
    data = read_toml(RULES)
    data["duplicates"]["auto_merge"] = auto_merge
    return Catalog.load(data, lifecycles=[Lifecycle.load(WORK)], registry=Registry())


def request(row: Row) -> dict[str, Any]:
    """Return a row as the plain data of a request; what it does not say is left out."""
    contact = {"id": "caller", "role": "caller"}
    given: dict[str, Any] = {
        "subject": {
            "site": row.address or None,
            "postal_code": row.zip or None,
            "contacts": [] if row.anonymous or row.by_driver else [contact],
        },
        "work": {"service_type": row.kind},
        "terms": {"channel": row.source},
        "links": {"external_ids": [{"system": "la311", "id": row.number}]},
        "fields": {
            **({} if row.place is None else {"place": row.place}),
            **({} if row.by_driver else {"reporter": "citizen"}),
        },
    }
    return given


CLERK: Final = Actor(id="clerk", role="clerk")
ROBOT: Final = Actor(id="robot", role="system")


@attrs.frozen(kw_only=True)
class Taken:
    """What became of one request on the day it came in."""

    row: Row
    job: Job
    kept_back_by: tuple[str, ...]
    """The requirements, or else the codes, of what kept it back; none when it was taken in."""
    repeats: bool = False
    """Whether a request of the same kind for the same address came before."""

    @property
    def bands(self) -> tuple[str, ...]:
        """The bands of the twins it was flagged with."""
        return tuple(each.band for each in self.job.triage.suspects)


def take_in(desk: Desk, requests: Iterable[Row]) -> Iterator[Taken]:
    """Submit each request when it came, and take in what nothing speaks against."""
    seen: set[tuple[str, str]] = set()
    for row in requests:
        type_ = "repair" if row.kind in _REPAIRS else "pickup"
        job = desk.submit(type_, request(row), by=CLERK, at=row.came, job_id=row.number).job
        answer = desk.ask(job.id, "accept", by=CLERK, at=row.came)
        kept = tuple(_named(finding) for finding in answer.findings if finding.blocks)
        if answer.open:
            job = desk.fire(job.id, "accept", by=CLERK, at=row.came).job
        yield Taken(row=row, job=job, kept_back_by=kept, repeats=row.matter in seen)
        seen.add(row.matter)


def _named(finding: Finding) -> str:
    return finding.source.partition("@")[0] if finding.source else finding.code


def merged_by_machine(desk: Desk, taken: Iterable[Taken]) -> list[Taken]:
    """Let a machine try to merge what is flagged into each of its twins; return what it merged."""
    return [
        each for each in taken if any(_merges(desk, each, suspect.id) for suspect in each.job.triage.suspects)
    ]


def _merges(desk: Desk, each: Taken, other: str) -> bool:
    try:
        desk.merge(each.job.id, into=other, by=ROBOT, at=each.row.came)
    except Refused:
        return False
    return True


def desk(*, auto_merge: bool = False) -> Desk:
    """Return a desk in memory."""
    return Desk(catalog(auto_merge=auto_merge), MemoryStore())
