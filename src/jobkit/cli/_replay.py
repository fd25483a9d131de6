"""`jobkit replay`: an event log folded into jobs, with progress, and its report."""

import json
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from jobkit.cli._choose import screen
from jobkit.cli._progress import progress
from jobkit.cli._rules import read_lifecycle
from jobkit.cli._screen import Screen
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.replay import LogMapping, Report, replay_log
from jobkit.stores.sqlite import SQLiteStore

UNWRITABLE = Template(
    "cli.unwritable",
    "{file} cannot be written: {error}.",
    "Name a file in a folder that exists and that you may write to.",
)


def run_replay(chosen: Namespace) -> int:
    """Replay the chosen log and print what came of it; bad rows and refused moves are no failure."""
    mapping = LogMapping.load(Path(chosen.map))
    lifecycle = None if chosen.lifecycle is None else read_lifecycle(chosen.lifecycle, chosen.predicate)
    with ExitStack() as stack:
        kept = None if chosen.report is None else stack.enter_context(_writable(Path(chosen.report)))
        store = stack.enter_context(_store(chosen.db))
        with progress(sys.stderr, plain=chosen.plain) as told:
            report = replay_log(
                Path(chosen.log), mapping, store, lifecycle=lifecycle, check=chosen.check, progress=told
            )
        if kept is not None:
            kept.write_text(json.dumps(report.to_dict(), indent=2) + "\n", encoding="utf-8")
    _tell(screen(plain=chosen.plain), report, max(chosen.top, 0))
    return 0


@contextmanager
def _store(file: str | None) -> Iterator[SQLiteStore]:
    """Open the store in *file*, or one in a temporary file that nobody will miss after a crash."""
    if file is not None:
        with SQLiteStore(file) as store:
            yield store
        return
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        SQLiteStore(Path(folder) / "replay.db", durability="normal") as store,
    ):
        yield store


@contextmanager
def _writable(file: Path) -> Iterator[Path]:
    """Find out before the long work whether *file* can be written."""
    try:
        file.touch()
        yield file
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Invalid.of(UNWRITABLE, file=file.name, error=reason) from error


def _tell(out: Screen, report: Report, top: int) -> None:
    _tell_sums(out, report)
    _tell_refused(out, report, top)
    _tell_times(out, report, top)
    _tell_bad_rows(out, report, top)
    out.heading("Where it ends")
    if report.checked:
        out.say("Every history verifies and folds to the logged state at each event.", "good")
    out.say(f"digest {report.digest}", "quiet")


def _tell_sums(out: Screen, report: Report) -> None:
    out.heading("The log")
    out.table(
        ("what", "how many"),
        (
            ("cases, one job each", f"{report.cases:,}"),
            ("events", f"{report.events:,}"),
            ("of these opened a job", f"{report.opened:,}"),
            ("moved it by a rule", f"{report.moved:,}"),
            ("were refused and only observed", f"{report.observed:,}"),
            ("rows that could not be read", f"{len(report.bad_rows):,}"),
            ("reopenings", f"{report.reopenings:,}"),
            ("jobs reopened", f"{report.reopened_cases:,}"),
        ),
    )
    speed = _speed(report)
    if speed:
        out.say(speed, "quiet")


def _speed(report: Report) -> str:
    took = report.seconds.get("replay", 0.0)
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items())
    return f"{stages}; {report.events / took:,.0f} events/s committed" if took > 0 else stages


def _tell_refused(out: Screen, report: Report, top: int) -> None:
    out.heading("Moves that the lifecycle refuses")
    if report.learned_cases:
        judged = report.cases - report.learned_cases
        told = f"Learned from the first {report.learned_cases:,} cases, judged on the other {judged:,}"
        out.say(f"{told} with {report.judged_events:,} events.")
    if not report.refused:
        out.say("None.", "good")
        return
    out.say(f"{report.refused_moves:,} moves of {len(report.refused):,} kinds.")
    rows = [
        (
            each.source or "(begins)",
            each.target,
            f"{each.count:,}",
            f"{each.cases:,}",
            _examples(each.examples),
        )
        for each in report.refused[:top]
    ]
    out.table(("from", "to", "moves", "cases", "for example"), rows)
    _tell_rest(out, len(report.refused) - top)


def _examples(examples: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{case} (line {line})" for case, line in examples[:2])


def _tell_times(out: Screen, report: Report, top: int) -> None:
    out.heading("Time per state")
    rows = [
        (each.state, f"{each.stays:,}", f"{each.total.total_seconds() / 3600:,.0f}")
        for each in report.time_in_state[:top]
    ]
    out.table(("state", "stays", "hours"), rows)
    _tell_rest(out, len(report.time_in_state) - top)


def _tell_bad_rows(out: Screen, report: Report, top: int) -> None:
    if not report.bad_rows:
        return
    out.heading("Rows left out")
    for finding in report.bad_rows[:top]:
        out.say(finding.message, "bad")
    _tell_rest(out, len(report.bad_rows) - top)


def _tell_rest(out: Screen, left: int) -> None:
    if left > 0:
        out.say(f"... and {left:,} more; --report FILE writes them all.", "quiet")
