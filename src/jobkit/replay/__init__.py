"""Replaying real event logs: any CSV through a small mapping file, folded into jobs and reported."""

from jobkit.replay._learn import learn
from jobkit.replay._mapping import LogMapping, StateHint
from jobkit.replay._report import RefusedPair, Report, StateTime
from jobkit.replay._run import Progress, replay_log

__all__ = [
    "LogMapping",
    "Progress",
    "RefusedPair",
    "Report",
    "StateHint",
    "StateTime",
    "learn",
    "replay_log",
]
