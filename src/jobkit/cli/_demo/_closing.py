"""The end of the demo: what the database holds, whether it can be trusted, and what to read next."""

import attrs

from jobkit.cli._demo._facts import at_march
from jobkit.cli._demo._stage import JOB, Stage, spoken_effect
from jobkit.cli._telling import spoken_window
from jobkit.history import Head, fold, verify
from jobkit.model import Visit


def look_back(stage: Stage) -> None:
    """Visits, time per state and the outbox, read from the store."""
    stage.scene("What the database holds", 13, 15)
    stage.out.table(
        ("visit", "planned", "reschedules", "outcome", "reason"), [_row(each) for each in stage.job.visits]
    )
    stays = stage.desk.history(JOB).states()
    ended = [
        (each.state, f"{(each.end - each.start).total_seconds() / 3600:.1f}") for each in stays if each.end
    ]
    stage.out.table(("state", "hours in it"), ended)
    effects = stage.desk.outbox()
    stage.out.say(f"{len(effects)} effects wait in the outbox until the host confirms them, the last ones:")
    for effect in effects[-4:]:
        stage.out.say(f"- {spoken_effect(effect)}", indent=1)


def close_up(stage: Stage) -> None:
    """The history verifies, folds to the stored job, and tells what was known when."""
    stage.scene("Can it be trusted?", 13, 16)
    job, history = stage.job, stage.desk.history(JOB)
    head = Head(job.id, job.version, job.head)
    if verify(history.events, head).ok:
        stage.out.say(
            f"The history verifies: {len(history.events)} events up to head {job.head[:12]}.", "good"
        )
    if fold(history.events) == job:
        stage.out.say("Folding the events, without any rule, gives the stored job.", "good")
    storm = history.at(at_march(9, 14))
    stage.out.say(f"On 9 March at 14:00, before the storm, the job was {storm.state.name}.", "good")
    forged = attrs.evolve(history.events[4], note="never happened")
    found = verify((*history.events[:4], forged, *history.events[5:]), head).findings
    stage.out.say(f"And were the fifth event forged: {found[0].message}", "bad")


def read_next(stage: Stage) -> None:
    """Where to go from here."""
    stage.out.heading("What to read next")
    for what, where in (
        ("your first job in five minutes", "docs/tutorial.md"),
        ("the other commands", "docs/cli.md, or: jobkit --help"),
        ("the rules of this job as a picture", "jobkit diagram after_sales"),
        ("what is doubtful about rules of your own", "jobkit check FILE"),
        ("a log of yours, replayed", "jobkit replay LOG --map MAPPING.toml"),
    ):
        stage.out.say(f"- {what}: {where}")


def _row(visit: Visit) -> tuple[str, ...]:
    planned = "" if visit.planned is None else spoken_window(visit.planned)
    return visit.id, planned, str(visit.reschedules), visit.outcome or "", visit.outcome_reason or ""
