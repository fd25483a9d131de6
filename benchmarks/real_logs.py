"""What clocks say of two real incident logs: recorded verdicts reproduced, and promises counted."""

from collections.abc import Sequence
from datetime import timedelta

from benchmarks._measure import Line, table
from jobkit.durations import write_duration
from tests.clocks import _servicenow, _volvo


def run() -> None:
    """Print agreements and totals; a log that is not here is said to be missing."""
    if _servicenow.LOG.exists():
        _verdicts(_servicenow.incidents())
    else:
        print("\nThe excerpt of the ServiceNow incident log is not here.")
    if _volvo.LOG.exists():
        _totals(_volvo.cases(), _volvo.Bench())
    else:
        print("\nThe incident log of the BPI Challenge 2013 is not here.")


def _verdicts(cases: Sequence[_servicenow.Incident]) -> None:
    middle = len(cases) // 2
    earlier, later = cases[:middle], cases[middle:]
    for name, taught, asked in (("earlier", earlier, later), ("later", later, earlier)):
        found = _servicenow.limits(taught)
        lines = [
            Line(what=f"target found for {priority}", figure=write_duration(limit.target))
            for priority, limit in found.items()
        ]
        for policy in ("forget", "keep"):
            agreed, others = _servicenow.judged(asked, found, policy)
            share = f"{agreed} of {len(asked)}"
            lines.append(Line(what=f"as recorded, past_breach = {policy}", figure=share))
            lines += [_disagreement(each) for each in others]
        table(f"Verdicts of ServiceNow, targets found from the {name} half", lines)


def _disagreement(each: _servicenow.Disagreement) -> Line:
    number, recorded = each.incident.number, "kept" if each.incident.made else "broken"
    return Line(what=f"  {number}, recorded as {recorded}, by {each.field}", figure=each.because)


def _totals(log: Sequence[_volvo.Case], bench: _volvo.Bench) -> None:
    end = max(moments[-1][0] for _, moments in log)
    for name, milestone in bench.milestones.items():
        told = _volvo.totals(log, name, bench, end)
        counts = {**told.states, **{f"broken, target {target}": count for target, count in told.late.items()}}
        lines = [Line(what=what, figure=f"{count:,}") for what, count in counts.items()]
        lines.append(Line(what="counted", figure=_hours(told.elapsed)))
        lines += [Line(what=f"paused: {reason}", figure=_hours(lost)) for reason, lost in told.paused.items()]
        table(f"{milestone.label} in Stockholm's hours, {len(log):,} cases", lines)


def _hours(amount: timedelta) -> str:
    return f"{amount / timedelta(hours=1):,.0f} h"
