"""Duplicate detection at its limits: hosts that fail or never end, floods of records, odd lessons."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count, repeat
from typing import Any, Final, NoReturn

import pytest

from jobkit.duplicates import (
    Index,
    MatchRules,
    Scored,
    choose_survivor,
    cluster_all,
    clusters,
    compare,
    learn,
    look_up,
    match_all,
    merged_fields,
    unscored,
)
from jobkit.errors import JobkitError
from jobkit.registry import Registry
from tests.duplicates.policies import ASSET, KEYS, load, request
from tests.hostile.matching import Handing, everywhere, key, merged, merging, rule, rules, window
from tests.hostile.matter import Make
from tests.hostile.slots import Enter

MILLION: Final = 1_000_000
AA, AB, BC, AC = ("a", "a"), ("a", "b"), ("b", "c"), ("a", "c")
WORDS: Final = " ".join(f"{number} pump-{number % 977}" for number in range(70_000))


def _failing(error: BaseException) -> Enter:
    """Return the door of a host's database and of a comparator that raise."""

    def raising(*given: Any) -> NoReturn:
        raise error

    own = load(Registry.of(comparator={"acme.own": raising}), rules=[{**ASSET, "kind": "acme.own"}])
    index = Index(own)
    index.add("J-1", request())
    ways: tuple[Callable[[], object], ...] = (
        lambda: compare(own, request(), request()),
        lambda: index.find(request()),
        lambda: match_all(own, _many(2, **request())),
        lambda: learn(own, _many(10, **request()), seed=1),
        lambda: look_up(rules(), request(), Handing(raising)),
    )

    def enter(value: Any) -> object:
        for way in ways:
            with pytest.raises(JobkitError):
                way()
        return ways[-1]()

    return enter


def _stops_late() -> Iterator[tuple[str, Any]]:
    yield "J-1", request()
    raise KeyError("gone")


def _without_end(different: bool) -> object:
    """Look up in a database that never ends, with ids of its own or always the same."""
    ids = (f"J-{number}" for number in count()) if different else repeat("J-1")
    found = look_up(rules(), request(), Handing(lambda: ((id, request()) for id in ids)), exclude=["J-2"])
    assert found.considered <= rules().data.cap
    assert ["duplicates.capped"] == [finding.code for finding in found.findings]
    return found


def _pairs(*ends: tuple[str, str], score: float = 5.0) -> list[Scored]:
    return [Scored(left=left, right=right, score=score) for left, right in ends]


def _kept_apart(apart: Iterable[tuple[str, str]], groups: Any) -> object:
    """Cluster a chain of three, some of whom are told apart."""
    found = clusters(_pairs(AB, BC, AC), at=0, apart=apart)
    assert groups == found.groups
    return found


def _learnt(records: Mapping[str, Any], **how: Any) -> object:
    """Learn, and read what was learnt back."""
    learned = learn(rules(), records, seed=1, **how)
    assert learned.rules.digest == MatchRules.load(learned.rules.to_data()).digest
    return match_all(learned.rules, records)


def _many(size: int, **record: Any) -> dict[str, Any]:
    return {f"J-{number}": {**record} for number in range(size)}


def _crowd(rules_: MatchRules, size: int) -> object:
    """Take a crowd of equal records into an index, a batch and clusters."""
    index = Index(rules_)
    for id, record in _many(size, **request()).items():
        index.add(id, record)
    found = index.find(request(), exclude=[f"J-{number}" for number in range(0, size, 2)], different=True)
    assert found.considered <= rules_.data.cap
    for number in range(size):
        index.remove(f"J-{number}")
    assert len(index) == 0
    return cluster_all(rules_, _many(min(size, 200), **request()))


REFUSED: Final[Mapping[str, tuple[Enter, Make]]] = {
    "two rules with one name": (lambda value: load(rules=[ASSET, ASSET]), list),
    "two keys with one name": (lambda value: load(keys=[KEYS[0], KEYS[0]]), list),
    "a rule named as the prior": (lambda value: rule(name="prior"), list),
    "a hundred thousand rules": (lambda value: load(rules=value), lambda: [ASSET] * 100_000),
    "ages that fall": (
        lambda value: window(ages=value),
        lambda: [{"within": "2d", "weight": 1}, {"within": "1d", "weight": 2}],
    ),
    "a key of two words": (
        lambda value: key(parts=value),
        lambda: [{"field": "text", "each": True}, {"field": "more", "each": True}],
    ),
    "a host that raises KeyError": (_failing(KeyError("gone")), list),
    "a host that raises RecursionError": (_failing(RecursionError()), list),
    "a host that raises MemoryError": (_failing(MemoryError()), list),
    "a host that raises TimeoutError": (_failing(TimeoutError()), list),
    "a host that raises StopIteration": (_failing(StopIteration()), list),
    "a host that raises half-way": (
        lambda value: look_up(rules(), request(), Handing(_stops_late)),
        list,
    ),
    "a score that is no number": (
        lambda value: clusters(_pairs(AB, score=float("nan")), at=0),
        list,
    ),
    "a score that is no number among good ones": (
        lambda value: unscored([*_pairs(AB, BC), *_pairs(AC, score=float("nan"))], 0),
        list,
    ),
    "a threshold that is no number": (
        lambda value: clusters(_pairs(AB), at=float("nan")),
        list,
    ),
    "sources that are lists": (
        lambda value: clusters(_pairs(AB), at=0, one_to_one={"a": ["x"], "b": {"x": 1}}),
        list,
    ),
    "no records to learn from": (lambda value: learn(rules(), value, seed=1), dict),
    "one record to learn from": (lambda value: learn(rules(), value, seed=1), lambda: _many(1, asset="a")),
    "nobody to go on": (lambda value: choose_survivor(merging(), value), dict),
    "a naive date in a merge": (merged, lambda: datetime(2026, 3, 10, 8)),
    "a criterion twice": (lambda value: merging(survivor=[{"field": "a"}, {"field": "a"}]), list),
}
"""What is refused for a reason of its own."""

TAKEN: Final[Mapping[str, tuple[Enter, Make]]] = {
    "a record of nothing": (everywhere, dict),
    "a record of a million characters": (everywhere, lambda: {**request(), "text": WORDS}),
    "one word of a million characters": (everywhere, lambda: {**request(), "text": "x" * MILLION}),
    "a million marks over one letter": (everywhere, lambda: {**request(), "text": "a" + "\u0301" * MILLION}),
    "a million ligatures": (everywhere, lambda: {**request(), "text": "\ufdfa" * MILLION}),
    "a serial of a million zeros": (everywhere, lambda: {**request(), "asset": "0" * MILLION}),
    "a phone of a million digits": (everywhere, lambda: {**request(), "phone": "+" + "4" * MILLION}),
    "a text of nothing but signs": (everywhere, lambda: {**request(), "asset": "---", "text": "\x00\u200b"}),
    "a hundred thousand texts": (everywhere, lambda: {**request(), "text": ["noise"] * 100_000}),
    "candidates without end": (lambda value: _without_end(different=True), list),
    "the same candidate without end": (lambda value: _without_end(different=False), list),
    "a record that is its own candidate": (
        lambda value: look_up(rules(), request(), Handing([("J-1", request())]), exclude=["J-1"]),
        list,
    ),
    "a pair of one record with itself": (
        lambda value: _expect(clusters(_pairs(AA), at=0).groups, ()),
        list,
    ),
    "scores without end": (
        lambda value: _expect(
            clusters([*_pairs(AB, score=float("inf")), *_pairs(BC, score=float("-inf"))], at=0).groups,
            (("a", "b"),),
        ),
        list,
    ),
    "a threshold without end": (
        lambda value: clusters(_pairs(AB, score=float("inf")), at=float("inf")),
        list,
    ),
    "all told apart": (lambda value: _kept_apart([AB, BC, AC], ()), list),
    "told apart from oneself": (lambda value: _kept_apart([AA], (("a", "b", "c"),)), list),
    "told apart from nobody known": (
        lambda value: _kept_apart([("x", "y"), ("a", "x")], (("a", "b", "c"),)),
        list,
    ),
    "a star of twenty thousand pairs": (
        lambda value: clusters(
            (Scored(left="hub", right=f"J-{at}", score=5.0) for at in range(20_000)), at=0
        ),
        list,
    ),
    "a chain of twenty thousand pairs": (
        lambda value: unscored(_pairs(*((f"J-{at}", f"J-{at + 1}") for at in range(20_000))), 0),
        list,
    ),
    "equal records to learn from": (_learnt, lambda: _many(40, **request())),
    "records of nothing to learn from": (_learnt, lambda: _many(40)),
    "strangers to learn from": (
        _learnt,
        lambda: {f"J-{at}": request(f"A-{at}", f"word{at}") for at in range(40)},
    ),
    "neighbours of nothing to learn from": (
        lambda value: _learnt(value, against="neighbours"),
        lambda: _many(40),
    ),
    "one source to learn from": (_learnt, lambda: _many(40, **request(), source="s")),
    "the largest weights to learn beside": (
        lambda value: learn(
            load(rules=[{**ASSET, "levels": [{"at": 1, "weight": 1_000}], "otherwise": -1_000}]),
            value,
            seed=1,
        ),
        lambda: _many(40, **request()),
    ),
    "no draws to learn from": (lambda value: _learnt(value, draws=0), lambda: _many(40, **request())),
    "a crowd of equal records": (lambda value: _crowd(rules(), value), lambda: 3_000),
    "members without end of a list": (merged, lambda: [f"t{at}" for at in range(20_000)]),
    "items that say nothing": (merged, lambda: [{}, {"id": None}, {"id": 7}, {"id": "a"}, {"id": "a"}]),
    "no members at all": (lambda value: merged_fields(merging(), {}, {}), list),
}
"""What must be taken, and come to an end."""


def _expect(found: object, expected: object) -> object:
    assert expected == found
    return found
