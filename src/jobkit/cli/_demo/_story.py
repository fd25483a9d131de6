"""The scenes of the demo, in order: each plays on a stage and says what to notice."""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from jobkit.cli._demo import _facts as facts
from jobkit.cli._demo._closing import close_up, look_back, read_next
from jobkit.cli._demo._facts import DEALER, DISPATCHER, FIRST, MOVED, PLANNER, SECOND, TECHNICIAN, TRIAGE
from jobkit.cli._demo._stage import JOB, Stage, wire_window
from jobkit.errors import Refused

Scene = Callable[[Stage], None]


def request(stage: Stage) -> None:
    """A dealer submits too little."""
    stage.scene("The dealer asks for a repair", 2, 8)
    stage.submit(DEALER, facts.REQUEST)
    stage.out.say(f'All there is to go by: "{stage.job.work.description}"')
    contact = stage.job.subject.contacts[0]
    stage.tell(f"The contact's name was hidden as it came in; it prints as {contact.name}.")
    stage.tell_queues()


def triage(stage: Stage) -> None:
    """Approving is refused with every reason at once, and nothing is written."""
    stage.scene("Triage wants to approve it", 2, 9)
    stage.fire(TRIAGE, "take_up")
    stage.ask(TRIAGE, "approve")
    before = stage.job
    with suppress(Refused):
        stage.desk.fire(JOB, "approve", by=TRIAGE, at=stage.now)
    if stage.job == before:
        stage.tell(
            "Doing it all the same raises Refused with exactly these findings, and nothing is written."
        )


def enrich(stage: Stage) -> None:
    """What was missing is recorded, and the same question is open."""
    stage.scene("Triage asks the dealer and fills the gaps", 2, 10)
    stage.amend(TRIAGE, facts.ENRICHED, "asset, serial, site, symptom, photo, wish and the warranty's cover")
    stage.ask(TRIAGE, "approve")
    stage.judge(TRIAGE, facts.TOPICS)
    stage.ask(TRIAGE, "approve")
    stage.fire(TRIAGE, "approve")
    stage.tell_queues()


def plan(stage: Stage) -> None:
    """Scheduling needs skills, a duration and a window."""
    stage.scene("The planner looks for a date", 2, 13)
    stage.ask(PLANNER, "schedule")
    stage.amend(TRIAGE, facts.NEEDED, "skills, duration, part 4711 and the safety procedure LOTO, version 3")
    stage.plan(PLANNER, "V-1", FIRST)
    stage.fire(PLANNER, "schedule")
    stage.move_parts(PLANNER, "need_parts")
    stage.tell("Parts and billing move beside the work, each by a lifecycle of its own.")
    stage.tell_queues()


def confirm(stage: Stage) -> None:
    """Scheduled is not confirmed: the site and the part have a say."""
    stage.scene("Scheduled is not confirmed", 3, 9)
    stage.ask(DISPATCHER, "confirm")
    stage.sign_off(DISPATCHER, "V-1", FIRST, 1)
    stage.amend(PLANNER, {"$.parts[P-1].staged": True}, "that part 4711 is staged")
    stage.move_parts(PLANNER, "stage")
    stage.fire(DISPATCHER, "confirm")
    stage.tell_queues()


def storm(stage: Stage) -> None:
    """A reschedule has a reason and a window, and voids what was signed off for the old one."""
    stage.scene("A storm warning", 9, 15)
    stage.ask(DISPATCHER, "reschedule")
    stage.fire(DISPATCHER, "reschedule", reason="weather", data={"new_window": wire_window(MOVED)})
    stage.tell(
        "The customer's notice carries both windows and the reason; the old sign-off no longer counts:"
    )
    stage.ask(DISPATCHER, "confirm")
    stage.sign_off(DISPATCHER, "V-1", MOVED, 2)
    stage.fire(DISPATCHER, "confirm")


def nobody_there(stage: Stage) -> None:
    """No access is how a visit ended; the job goes on."""
    stage.scene("Nobody opens the gate", 11, 8)
    stage.ask(TECHNICIAN, "depart")
    stage.crew(DISPATCHER, TECHNICIAN, "V-1")
    stage.fire(TECHNICIAN, "depart")
    stage.fire(TECHNICIAN, "no_access", reason="nobody_on_site")
    stage.tell("No access is the outcome of the visit. The job is approved again and waits for another one:")
    stage.tell_flags()
    stage.tell_queues()


def second_visit(stage: Stage) -> None:
    """The same way again, for the second visit."""
    stage.scene("A second visit", 11, 13)
    stage.plan(PLANNER, "V-2", SECOND)
    stage.fire(PLANNER, "schedule")
    stage.sign_off(DISPATCHER, "V-2", SECOND, 3)
    stage.fire(DISPATCHER, "confirm")
    stage.crew(DISPATCHER, TECHNICIAN, "V-2")
    stage.tell_readiness(TECHNICIAN, "V-2")


def work(stage: Stage) -> None:
    """The start is refused until the procedure is acknowledged in its current version."""
    stage.scene("On site", 13, 9)
    stage.fire(TECHNICIAN, "depart")
    stage.fire(TECHNICIAN, "arrive")
    stage.tell_clock("on_site")
    stage.amend(
        TECHNICIAN, facts.acknowledged("2", "2026-03-13T09:20:00Z"), "that she has read LOTO, version 2"
    )
    stage.ask(TECHNICIAN, "start")
    stage.amend(
        TECHNICIAN, facts.acknowledged("3", "2026-03-13T09:30:00Z"), "that she has read LOTO, version 3"
    )
    stage.fire(TECHNICIAN, "start")
    stage.let_pass(hours=2)
    stage.amend(
        TECHNICIAN, facts.INSTALLED, "the installed cylinder by serial, her notes and a recommendation"
    )
    stage.fire(TECHNICIAN, "complete")
    stage.move_parts(TECHNICIAN, "consume")
    stage.tell_queues()


def finish(stage: Stage) -> None:
    """Completed is not closed: evidence is missing."""
    stage.scene("Completed is not closed", 13, 13)
    stage.ask(TECHNICIAN, "close")
    stage.amend(TECHNICIAN, facts.EVIDENCE, "acceptance, cause, labour, signature and the warranty photo")
    stage.fire(TECHNICIAN, "close")
    stage.tell_queues()


SCENES: Final[tuple[Scene, ...]] = (
    request,
    triage,
    enrich,
    plan,
    confirm,
    storm,
    nobody_there,
    second_visit,
    work,
    finish,
    look_back,
    close_up,
    read_next,
)
"""The whole story."""
