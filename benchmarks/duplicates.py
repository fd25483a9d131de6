"""Twins: one request against a million open jobs beside a hand-written floor and peers; a batch."""

import csv
import gc
import gzip
import re
import time
import tracemalloc
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import attrs
from rapidfuzz import fuzz, process

from benchmarks._duplicates_batch import batch
from benchmarks._measure import Line, table
from jobkit.duplicates import Found, Index, MatchRules, Record, with_terms
from tests.duplicates._real import POLICY

NOW = datetime(2026, 3, 31, tzinfo=UTC)
_LOG = Path(__file__).parents[2] / "shared" / "data" / "nestor_excavators_mwo.csv.gz"
_DAY = 86_400.0
_DAYS = 90
_WINDOW = 14
_REACH = timedelta(days=_WINDOW)
_FIRST = NOW - timedelta(days=_DAYS)
_CHANNELS = ("dealer", "portal", "phone", "telemetry")
_TOKEN = re.compile(r"[a-z0-9]+")
_SIGNS = re.compile(r"[^A-Z0-9]+")
_LIMIT = 5
_BY_ASSET = 3_000
_BY_WORDS = 1_000
_COUNTED = 20_000
_BATCH = 10_000
_SIZES = (10_000, 100_000, 1_000_000)


def _texts() -> list[str]:
    """Return the descriptions of the excavator log, or made-up ones where it is absent."""
    if _LOG.is_file():
        with gzip.open(_LOG, "rt", encoding="utf-8", errors="replace") as file:
            return [row["OriginalShorttext"] for row in csv.DictReader(file) if row["OriginalShorttext"]]
    print("  The excavator log is not there; words are made up.")
    chance = Random(3)
    words = ["".join(chance.choices("abcdefghiklmnoprstu", k=chance.randint(3, 8))) for _ in range(2_000)]
    return [" ".join(words[int(2_000 * chance.random() ** 3)] for _ in range(5)) for _ in range(5_000)]


@attrs.frozen
class Jobs:
    """Open jobs in the order of their reports: four an asset, some assets far more often than others."""

    texts: Sequence[str]
    rows: Sequence[tuple[float, str, str, str]]

    @classmethod
    def of(cls, count: int) -> "Jobs":
        """Make up so many jobs of the last ninety days."""
        chance, texts, assets = Random(7), _texts(), max(1, count // 4)
        rows = [
            (
                chance.uniform(0, _DAYS * _DAY),
                f"EX-{int(assets * chance.random() ** 2):06}",
                chance.choice(texts),
                chance.choice(_CHANNELS),
            )
            for _ in range(count)
        ]
        return cls(texts, sorted(rows))

    def record(self, place: int) -> Record:
        """Return a job as a host would hand it over."""
        opened, asset, text, channel = self.rows[place]
        return {
            "asset": asset,
            "summary": text,
            "channel": channel,
            "opened": _FIRST + timedelta(seconds=opened),
        }

    def recent(self, chance: Random) -> int:
        """Return the place of some job of the last fourteen days."""
        return chance.randrange(bisect_left(self.rows, ((_DAYS - _WINDOW) * _DAY,)), len(self.rows))


def counted(jobs: Jobs) -> MatchRules:
    """Return the policy with its words counted in twenty thousand of the jobs, evenly drawn."""
    step = max(1, len(jobs.rows) // _COUNTED)
    return with_terms(POLICY, {f"J{place}": jobs.record(place) for place in range(0, len(jobs.rows), step)})


def _garbled(text: str, chance: Random) -> str:
    """Return a text as somebody else would type it: a word left out, two letters swapped."""
    words = text.split()
    if len(words) > 2:
        del words[chance.randrange(len(words))]
    place = chance.randrange(len(words))
    word = words[place]
    if len(word) > 3:
        at = chance.randrange(1, len(word) - 1)
        words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


class Floor:
    """What a day's work makes of it: an asset index in a window, and the two rarest words without one."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.assets: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self.words: dict[str, list[int]] = defaultdict(list)
        for place, (opened, asset, text, _) in enumerate(jobs.rows):
            self.assets[_SIGNS.sub("", asset.upper())].append((opened, place))
            for word in set(_TOKEN.findall(text.lower())):
                self.words[word].append(place)
        self.since = bisect_left(jobs.rows, ((_DAYS - _WINDOW) * _DAY,))

    def by_asset(self, asset: str, text: str) -> list[tuple[float, int]]:
        """Score what stands on the asset in the window."""
        entries = self.assets.get(_SIGNS.sub("", asset.upper()))
        if not entries:
            return []
        now, width, rows = _DAYS * _DAY, _WINDOW * _DAY, self.jobs.rows
        found = []
        begin = bisect_left(entries, (now - width,))
        for opened, place in entries[begin : bisect_right(entries, (now, 1 << 60))]:
            alike = fuzz.token_set_ratio(text, rows[place][2]) / 100
            score = 0.6 * alike + 0.4 * (1 - (now - opened) / width)
            if score > 0.5:
                found.append((score, place))
        return sorted(found, reverse=True)[:_LIMIT]

    def by_words(self, text: str) -> list[tuple[float, int]]:
        """Score the newest two thousand in the window of each of the two rarest words."""
        known = [word for word in set(_TOKEN.findall(text.lower())) if word in self.words]
        chosen: set[int] = set()
        for word in sorted(known, key=lambda word: len(self.words[word]))[:2]:
            entries = self.words[word]
            chosen.update(entries[bisect_left(entries, self.since) :][-2_000:])
        rows = self.jobs.rows
        scored = ((fuzz.token_set_ratio(text, rows[place][2]), place) for place in chosen)
        return sorted(scored, reverse=True)[:_LIMIT]


@attrs.frozen(kw_only=True)
class Run:
    """The times of many requests in seconds, sorted, and in which part of them the twin was listed."""

    times: Sequence[float]
    recall: float

    def at(self, part: float) -> float:
        """Return the time within which a part of the requests was answered."""
        return self.times[min(len(self.times) - 1, int(part * len(self.times)))]


def _both(
    asks: Sequence[tuple[Callable[[Any], Any], Callable[[Any], set[str]]]],
    requests: Sequence[tuple[Any, str]],
) -> list[Run]:
    """Put the same requests to all in turns, and note who lists the truth."""
    times: list[list[float]] = [[] for _ in asks]
    hits = [0] * len(asks)
    gc.collect()
    gc.disable()
    for request, truth in requests:
        for which, (ask, told) in enumerate(asks):
            start = time.process_time()
            found = ask(request)
            times[which].append(time.process_time() - start)
            hits[which] += truth in told(found)
    gc.enable()
    return [
        Run(times=sorted(taken), recall=hit / len(requests)) for taken, hit in zip(times, hits, strict=True)
    ]


def _requests(jobs: Jobs, count: int, with_asset: bool) -> list[tuple[Record, str]]:
    """Return requests that repeat a recent job in other words, each with its id or, without asset, text."""
    chance = Random(11)
    made: list[tuple[Record, str]] = []
    for _ in range(count):
        place = jobs.recent(chance)
        _, asset, text, _ = jobs.rows[place]
        request: dict[str, Any] = {"summary": _garbled(text, chance), "channel": "phone", "opened": NOW}
        if with_asset:
            request["asset"] = asset.lower().replace("-", " ")
        made.append((request, f"J{place}" if with_asset else text))
    return made


def _index(jobs: Jobs, rules: MatchRules) -> tuple[Index, float, float]:
    """Return the index, the seconds and the bytes that one job takes in it."""
    part = min(len(jobs.rows), 50_000)
    tracemalloc.start()
    small = Index(rules)
    for place in range(part):
        small.add(f"J{place}", jobs.record(place))
    size = tracemalloc.get_traced_memory()[0] / part
    tracemalloc.stop()
    del small
    index = Index(rules)
    start = time.process_time()
    for place in range(len(jobs.rows)):
        index.add(f"J{place}", jobs.record(place))
    return index, (time.process_time() - start) / len(jobs.rows), size


def _against(count: int) -> list[Line]:
    """Return how one request fares against so many open jobs."""
    jobs = Jobs.of(count)
    rules = counted(jobs)
    start = time.process_time()
    floor = Floor(jobs)
    floor_took = (time.process_time() - start) / count
    index, took, size = _index(jobs, rules)

    def texts(found: Found) -> set[str]:
        return {jobs.rows[int(one.id[1:])][2] for one in found.matches}

    by_asset = _both(
        [
            (lambda asked: floor.by_asset(asked["asset"], asked["summary"]), _ids),
            (
                lambda asked: index.find(asked, limit=_LIMIT, within=_REACH),
                lambda found: {one.id for one in found.matches},
            ),
        ],
        _requests(jobs, _BY_ASSET, True),
    )
    by_words = _both(
        [
            (
                lambda asked: floor.by_words(asked["summary"]),
                lambda found: {jobs.rows[place][2] for _, place in found},
            ),
            (lambda asked: index.find(asked, limit=_LIMIT, different=True, within=_REACH), texts),
        ],
        _requests(jobs, _BY_WORDS, False),
    )
    return [
        Line(what=f"{count:,} jobs: the floor's indexes, a job", figure=f"{1e6 * floor_took:.1f} µs"),
        Line(
            what=f"{count:,} jobs: the index, a job", figure=f"{1e6 * took:.1f} µs", ratio=took / floor_took
        ),
        Line(what=f"{count:,} jobs: memory of the index, a job", figure=f"{size:,.0f} bytes"),
        *_lines(count, "asset", 1e6, "µs", by_asset, (0.5, _held(count, 5.0)), (0.99, None)),
        *_lines(count, "words", 1e3, "ms", by_words, (0.5, None), (0.99, _held(count, 0.25))),
        *_everything(jobs),
    ]


def _held(count: int, limit: float) -> float | None:
    """Return the limit where it is promised: among a million."""
    return limit if count == _SIZES[-1] else None


def _ids(found: list[tuple[float, int]]) -> set[str]:
    return {f"J{place}" for _, place in found}


def _lines(
    count: int, how: str, unit: float, name: str, runs: Sequence[Run], *parts: tuple[float, float | None]
) -> list[Line]:
    floor, ours = runs
    lines = []
    for part, limit in parts:
        what = f"{count:,} jobs, by {how}, p{100 * part:.0f}"
        lines += [
            Line(what=f"{what}: the floor", figure=f"{unit * floor.at(part):.2f} {name}"),
            Line(
                what=f"{what}: explained",
                figure=f"{unit * ours.at(part):.2f} {name}",
                ratio=ours.at(part) / floor.at(part),
                limit=limit,
            ),
        ]
    recall = Line(
        what=f"{count:,} jobs, by {how}: recall at {_LIMIT}, floor | ours",
        figure=f"{floor.recall:.3f} | {ours.recall:.3f}",
        ratio=floor.recall / ours.recall,
        limit=_held(count, 1.0),
    )
    return [*lines, recall]


def _everything(jobs: Jobs) -> list[Line]:
    """Return how long rapidfuzz takes over every text."""
    texts = [row[2] for row in jobs.rows]
    start = time.process_time()
    process.cdist([jobs.texts[0]], texts, scorer=fuzz.token_set_ratio, workers=1)
    took = time.process_time() - start
    return [Line(what=f"{len(texts):,} jobs: rapidfuzz over all texts", figure=f"{1e3 * took:.0f} ms")]


def run() -> None:
    """Print the figures and how they grow."""
    print(f"\nOne policy for jobs and for texts: {POLICY.digest[:12]}, a cap of {POLICY.data.cap}.")
    for count in _SIZES:
        table(f"twins among {count:,} open jobs", _against(count))
    jobs = Jobs.of(_BATCH)
    records = {f"J{place}": jobs.record(place) for place in range(_BATCH)}
    table("twins in a batch", batch(records, counted(jobs)))
