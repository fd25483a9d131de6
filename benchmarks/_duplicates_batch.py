"""A batch of 10,000 jobs compared at once, beside rapidfuzz over all pairs, recordlinkage and Splink."""

import logging
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib.util import find_spec
from typing import Any

import attrs
from rapidfuzz import fuzz, process

from benchmarks._measure import Line
from jobkit.duplicates import Index, MatchRules, Record, match_all

_SAMPLE = 200
_PAIRS = 20


def batch(records: Mapping[str, Record], policy: MatchRules) -> list[Line]:
    """Return how long a batch takes by *policy*, every pair on one asset compared, here and elsewhere."""
    keys = tuple(key for key in policy.data.keys if key.name == "asset")
    rules = MatchRules.load(attrs.evolve(policy.data, keys=keys))
    found, took = _timed(lambda: match_all(rules, records))
    asked, one_by_one = _timed(lambda: _one_by_one(rules, records))
    lines = [
        Line(
            what=f"{len(records):,} jobs at once: {len(found.pairs):,} pairs on one asset",
            figure=f"{took:.2f} s",
        ),
        Line(
            what=f"{len(records):,} jobs one by one into the index: {asked:,} compared",
            figure=f"{one_by_one:.2f} s",
            ratio=one_by_one / took,
        ),
    ]
    rows = [{"id": id, **record} for id, record in records.items()]
    for name, peer in (("rapidfuzz", _rapidfuzz), ("recordlinkage", _recordlinkage), ("splink", _splink)):
        if find_spec(name) is None:
            lines.append(Line(what=f"{name} is not installed", figure="skipped"))
        else:
            lines += [
                Line(what=what, figure=f"{each:.3f} s", ratio=each / took if whole else None)
                for what, each, whole in peer(rows)
            ]
    return lines


def _timed(task: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    done = task()
    return done, time.perf_counter() - start


def _one_by_one(rules: MatchRules, records: Mapping[str, Record]) -> int:
    index, compared = Index(rules), 0
    for id, record in records.items():
        compared += index.find(record).considered
        index.add(id, record)
    return compared


def _rapidfuzz(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, float, bool]]:
    texts = [row["summary"] for row in rows]
    _, took = _timed(lambda: process.cdist(texts[:_SAMPLE], texts, scorer=fuzz.token_set_ratio, workers=1))
    return [("rapidfuzz: texts of all pairs, from a sample", took * len(texts) / _SAMPLE / 2, True)]


def _recordlinkage(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, float, bool]]:
    import pandas
    import recordlinkage

    frame = pandas.DataFrame(rows).set_index("id")

    def link() -> Any:
        pairs = recordlinkage.Index().block("asset").index(frame)
        compared = recordlinkage.Compare()
        compared.exact("asset", "asset")
        compared.string("summary", "summary", method="jarowinkler")
        compared.exact("channel", "channel")
        return compared.compute(pairs, frame)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, took = _timed(link)
    return [(f"recordlinkage: {len(found):,} pairs on one asset", took, True)]


def _splink(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, float, bool]]:
    import pandas
    import splink.internals.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.disable(logging.WARNING)
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[block_on("asset")],
        comparisons=[
            cl.ExactMatch("asset"),
            cl.JaroWinklerAtThresholds("summary", [0.9, 0.7]),
            cl.ExactMatch("channel"),
        ],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = Linker(DuckDBAPI().register(pandas.DataFrame(plain)), settings)
        found, took = _timed(lambda: linker.inference.predict().as_pandas_dataframe())
        _, pairs = _timed(
            lambda: [linker.inference.score_pair(plain[n], plain[n + 1]) for n in range(_PAIRS)]
        )
    logging.disable(logging.NOTSET)
    return [
        (f"Splink: {len(found):,} pairs on one asset, untrained", took, True),
        ("Splink: score_pair, one pair", pairs / _PAIRS, False),
    ]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
