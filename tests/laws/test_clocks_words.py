"""Every short life of a clock: all words in all orders, beside the walked reference."""

from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import settings

from jobkit.clocks import ClockState, Milestone, advance, reading
from tests.laws._clocks import START, STEP, Reference

HOUR: Final = timedelta(hours=1)
AT_ONCE: Final = timedelta(0)
WORDS: Final[dict[str, dict[str, Any]]] = {
    "start": {"begun": True},
    "pause a": {"wait": "a"},
    "pause b": {"wait": "b"},
    "resume": {"wait": None},
    "stop": {"ended": "stop"},
    "cancel": {"ended": "cancel"},
    "reset": {},
    "retarget": {},
    "reopen": {"begun": True, "ended": None},
}
TURNS: Final = {"reset": "reset", "retarget": "gold"}
NOTHING: Final = {"begun": False, "wait": None, "ended": None, "reset": False, "gold": False}
ORDERS: Final = (
    ("cancel", "stop", "reset", "start", "pause"),
    ("pause", "start", "reset", "stop", "cancel"),
    ("retarget", "reset", "stop", "start", "pause", "cancel"),
)
CHOICES: Final = tuple(
    product(("keep", "restart", "clear"), ("keep", "forget"), ("stay", "resume", "restart"))
)
POLICIES: Final = tuple(
    {
        "retarget": retarget,
        "past_breach": past,
        "reopen": reopen,
        "order": ORDERS[(place + place // 3) % 3],
    }
    for place, (retarget, past, reopen) in enumerate(CHOICES)
)
THOROUGH: Final = settings().max_examples > 1_000
TRIED: Final = POLICIES if THOROUGH else POLICIES[::4]
Facts = dict[str, Any]


def rules(policies: dict[str, Any]) -> dict[str, Any]:
    """Return a milestone of two targets and two pauses under the policies."""
    return {
        "starts": "begun",
        "stops": 'ended == "stop"',
        "cancels": 'ended == "cancel"',
        "resets": "reset",
        "pauses": [{"when": f'wait == "{name}"', "reason": name} for name in "ab"],
        "calendars": [],
        "targets": [{"name": "gold", "within": "1h", "when": "gold"}, {"name": "basic", "within": "2h"}],
        "policies": policies,
    }


def after(word: str, known: Facts) -> Facts:
    """Return the facts after a word; a reset is true until it is taken back, and so is a retarget."""
    turned: Facts = {name: not known[name] for name in ("reset", "gold") if TURNS.get(word) == name}
    return {**known, **turned, **WORDS[word]}


class Walk:
    """A life so far: what is known, what the clock carries, and where the reference stands."""

    def __init__(self, at: datetime, known: Facts, state: ClockState, reference: Reference) -> None:
        self.at, self.known, self.state, self.reference = at, known, state, reference

    def heard(self, word: str, gap: timedelta, milestone: Milestone) -> "Walk":
        """Return the life after one more word, *gap* later."""
        known, at = after(word, self.known), self.at + gap
        state = advance(self.state, milestone, {}, self.known, at, known)
        reference = waited(self.reference, self.at, gap)
        reference.moment(known, at)
        return Walk(at, known, state, reference)

    def key(self) -> Any:
        """Return all that the rest of the life depends on, instants told by how long ago they were."""
        ago = [
            None if at is None else (self.state.horizon or 0) - at
            for at in (self.state.since, self.state.breached)
        ]
        plain = [
            getattr(self.state, name) for name in ("phase", "used", "target", "choice", "reason", "held")
        ]
        begun = self.state.cycle > 0
        walked = self.reference
        past = [None if at is None else self.at - at for at in (walked.exhausted, walked.breached)]
        stands = [walked.state, walked.reason, walked.used, walked.goal, sorted(walked.seen.items())]
        return repr((ago, plain, begun, past, stands, list(self.known.values())))

    def doubts(self, milestone: Milestone) -> list[str]:
        """Return where clock and reference differ, now and half an hour later, or a pause was lost."""
        found = []
        for gap in (AT_ONCE, STEP):
            told = reading(self.state, milestone, {}, self.known, self.at + gap)
            wanted = waited(self.reference, self.at, gap).told(self.at + gap)
            given = told.state, told.paused_for, told.elapsed, told.breached_at
            found += [f"{given} instead of {wanted}"] if given != wanted else []
            if self.state.is_live and told.paused_for != self.known["wait"]:
                found.append(f"{told.paused_for} while {self.known['wait']}")
        return found


def waited(reference: Reference, at: datetime, gap: timedelta) -> Reference:
    """Return the reference after it has walked through the gap."""
    walked = copy(reference)
    walked.seen = dict(reference.seen)
    for step in range(1, gap // STEP + 1):
        walked.tick(at + step * STEP)
    return walked


def lives(policies: dict[str, Any], gaps: tuple[timedelta, ...], length: int) -> Iterator[list[str]]:
    """
    Yield what is doubtful about every life of so many words, each after one of the gaps.

    Lives that have become equal go on as one, so that all of them are tried in a bounded time.
    """
    data = rules(policies)
    milestone = Milestone.load("clock", data)
    ahead: list[tuple[tuple[str, ...], Walk]] = [((), Walk(START, NOTHING, ClockState(), Reference(data)))]
    met = set[str]()
    for _ in range(length):
        born, ahead = ahead, []
        for (path, walk), word, gap in product(born, WORDS, gaps):
            life = walk.heard(word, gap, milestone)
            key = life.key()
            if key not in met:
                met.add(key)
                ahead.append(((*path, word if gap else f"{word} at once"), life))
                yield [f"{doubt} after {ahead[-1][0]}" for doubt in life.doubts(milestone)]


def named(policies: dict[str, Any]) -> str:
    """Return policies as the name of a test."""
    return f"{policies['retarget']}-{policies['past_breach']}-{policies['reopen']}-{policies['order'][0]}"


@pytest.mark.parametrize("policies", TRIED, ids=named)
def test_no_life_of_six_words_differs_from_the_reference(policies: dict[str, Any]) -> None:
    """
    However start, pauses, stop, cancel, reset, retarget and reopen follow each other an hour apart, state,
    pause, elapsed time and breach are those of the reference, and no pause is lost.
    """
    doubts = list(lives(policies, (HOUR,), 6))

    assert len(doubts) > 1_500
    assert [] == [doubt for found in doubts for doubt in found]


@pytest.mark.parametrize("policies", TRIED, ids=named)
def test_no_words_at_one_instant_differ_from_the_reference(policies: dict[str, Any]) -> None:
    """
    Nor do they differ where any of the words come at one instant, in whatever order the timeline has them.
    """
    doubts = list(lives(policies, (HOUR, AT_ONCE), 6 if THOROUGH else 4))

    assert len(doubts) > 400
    assert [] == [doubt for found in doubts for doubt in found]
