"""What a replay came to: every event accounted for, refused moves with examples, time per state."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import attrs

from jobkit.desk import Logged, LoggedCase, RefusedMove
from jobkit.findings import Finding
from jobkit.mappings import EMPTY

_EXAMPLES = 3


@attrs.frozen(kw_only=True)
class RefusedPair:
    """A move that the lifecycle refuses: how often it was logged, in how many cases, and a few examples."""

    source: str
    target: str
    count: int
    cases: int
    message: str
    examples: tuple[tuple[str, int], ...]


@attrs.frozen(kw_only=True)
class StateTime:
    """How long cases stood in a state altogether, in how many stays; a stay that goes on is not counted."""

    state: str
    total: timedelta
    stays: int


@attrs.frozen(kw_only=True)
class Report:
    """
    A replay's result.

    `events` = `moved` + `observed` + `opened`; `learned` cases taught the lifecycle and are judged by it too,
    `refused` counts only moves of the other ones. `reopenings` are moves out of performed or closed states.
    `digest` is SHA-256 over the heads of all histories by job id: the same log gives the same digest.
    """

    cases: int
    events: int
    opened: int
    moved: int
    observed: int
    learned_cases: int
    judged_events: int
    refused: tuple[RefusedPair, ...]
    reopenings: int
    reopened_cases: int
    time_in_state: tuple[StateTime, ...]
    bad_rows: tuple[Finding, ...]
    digest: str
    checked: bool = False
    seconds: Mapping[str, float] = EMPTY

    @property
    def refused_moves(self) -> int:
        """How many logged moves the lifecycle refuses."""
        return sum(pair.count for pair in self.refused)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON-plain data; durations are seconds."""
        told = attrs.asdict(self, recurse=False)
        told["refused"] = [attrs.asdict(pair) for pair in self.refused]
        told["refused_moves"] = self.refused_moves
        told["time_in_state"] = [
            {"state": each.state, "seconds": each.total.total_seconds(), "stays": each.stays}
            for each in self.time_in_state
        ]
        told["bad_rows"] = [finding.to_dict() for finding in self.bad_rows]
        told["seconds"] = dict(self.seconds)
        return told


def pairs(refused: Iterable[RefusedMove]) -> tuple[RefusedPair, ...]:
    """Count refused moves by source and target, the most frequent first."""
    grouped: dict[tuple[str, str], list[RefusedMove]] = {}
    for move in refused:
        grouped.setdefault((move.source, move.target), []).append(move)
    found = (
        RefusedPair(
            source=source,
            target=target,
            count=len(moves),
            cases=len({move.job_id for move in moves}),
            message=moves[0].findings[0].message,
            examples=tuple((move.job_id, move.line) for move in moves[:_EXAMPLES]),
        )
        for (source, target), moves in grouped.items()
    )
    return tuple(sorted(found, key=lambda pair: (-pair.count, pair.source, pair.target)))


def time_in_state(cases: Iterable[LoggedCase]) -> tuple[StateTime, ...]:
    """Add up how long cases stood in each state, the longest first."""
    total: Counter[str] = Counter()
    stays: Counter[str] = Counter()
    for case in cases:
        for row, after in pairwise(case.rows):
            total[row.state] += (after.at - row.at) // timedelta(microseconds=1)
            stays[row.state] += row.state != after.state
    return tuple(
        StateTime(state=state, total=timedelta(microseconds=amount), stays=stays[state])
        for state, amount in total.most_common()
    )


def reopenings(cases: Iterable[LoggedCase], done: frozenset[str]) -> tuple[int, int]:
    """Count moves from a *done* state to one that is not, and the cases in which there is any."""
    counts = [_reopened(case.rows, done) for case in cases]
    return sum(counts), sum(count > 0 for count in counts)


def _reopened(rows: Sequence[Logged], done: frozenset[str]) -> int:
    return sum(row.state in done and after.state not in done for row, after in pairwise(rows))
