"""The promise of the gate for every call of a desk: a verb that nobody has thought of fails these tests."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import pytest

from jobkit.desk import AsyncDesk, Desk, Logged, LoggedCase
from jobkit.errors import JobkitError
from jobkit.history import Event, EventSet, FieldChange
from jobkit.lifecycle import Migration
from jobkit.model import SignOff, Task, Window
from jobkit.stores import MemoryStore
from tests.desk.gated import (
    CALLER,
    DAY,
    HOUR,
    NOW,
    SENSOR,
    TINA,
    WORK,
    approved,
    inside,
    service,
    sneaked,
    told,
)

Attempt = Callable[[Desk], object]

WINDOW: Final = Window(NOW + DAY, NOW + DAY + HOUR)
PROMISED: Final = {"start": "2026-03-11T08:00:00Z", "end": "2026-03-11T09:00:00Z"}
BEHIND: Final = {"name": "approved", "category": "open", "since": "2026-03-10T08:00:00.000000Z"}
TRIGGERS: Final = tuple(dict.fromkeys(each["trigger"] for each in WORK["transitions"]))

READS: Final = frozenset(
    (
        "ask", "ask_many", "pending", "readiness", "flags", "due", "clock", "clocks", "clock_columns",
        "at_risk", "job", "find", "on_asset", "history", "intake", "auto_reply", "provenance", "queue",
        "feed", "outbox", "rank", "route", "board", "overbooked", "admission", "displaceable", "twins",
        "promotion", "request_status", "playbook_of", "playbook_gains", "planned_visits", "tasks_of",
        "resolve", "conversation",
    )
)  # fmt: skip
"""The verbs that write nothing."""


def every_trigger(desk: Desk) -> None:
    """Fire everything at everybody, one after the other, with all that may be said along."""
    for job_id in ("draft", "J", "ended", "held"):
        for trigger in TRIGGERS:
            for by in (TINA, SENSOR, CALLER):
                with suppress(JobkitError):
                    desk.fire(job_id, trigger, by=by, at=NOW, values={"$.subject.asset": "EX-1"})
        with suppress(JobkitError):
            desk.fire(job_id, "stage", by=TINA, at=NOW, facet="parts")


def every_field(desk: Desk) -> None:
    """Set by hand what would make a job look as if it had passed."""
    values: Mapping[str, Any] = {
        "$.states[work]": BEHIND,
        "$.states[work].category": "open",
        "$.triage.passed": "2026-03-10T08:00:00Z",
        "$.triage": {"passed": "2026-03-10T08:00:00Z"},
        "$.triage.verdicts": [
            {"id": "ownership", "status": "passed", "by": "x", "at": "2026-03-10T08:00:00Z"}
        ],
        "$.visits[v1].promised": PROMISED,
    }
    for path, value in values.items():
        with suppress(JobkitError):
            desk.amend("J", {path: value}, by=TINA, at=NOW)
        with suppress(JobkitError):
            desk.fire("J", "approve", by=TINA, at=NOW, values={path: value})


def born_in_every_state(desk: Desk) -> None:
    """Open jobs in every state there is, with the marks of one that passed."""
    for state in WORK["states"]:
        for more in ({}, {"triage": {"passed": "2026-03-10T08:00:00Z"}}):
            with suppress(JobkitError):
                desk.submit("repair", more, by=TINA, at=NOW, state=state)
            with suppress(JobkitError):
                desk.start("yearly", more, by=TINA, at=NOW, state=state)


def adopted_in_every_state(desk: Desk) -> None:
    """Adopt jobs in every state there is, with the marks of one that passed."""
    for state in WORK["states"]:
        for more in ({}, {"triage": {"passed": "2026-03-10T08:00:00Z"}}):
            job = {"type": "repair", "states": {"work": state}, **more}
            with suppress(JobkitError):
                desk.adopt(job, by=TINA, at=NOW, since=NOW - DAY, evidence="old system")


def replayed(desk: Desk) -> None:
    """Replay a log in which a job was approved."""
    rows = (Logged(1, NOW, "triage", CALLER), Logged(2, NOW, "approved", CALLER))
    for case in (rows, rows[1:]):
        with suppress(JobkitError):
            desk.replay([LoggedCase("log", "repair", case)], at=NOW)


def received(desk: Desk) -> None:
    """Let devices bring every kind of event that would lead there."""
    head = desk.history("J").head
    passed = FieldChange("$.triage.passed", None, "2026-03-10T08:00:00.000000Z")
    state = FieldChange("$.states[work]", None, BEHIND)
    for number, kind in enumerate(("moved", "amended", "triaged", "judged", "created", "migrated", "merged")):
        event = Event(
            id=f"d{number}",
            job_id="J",
            kind=kind,
            name="approve",
            actor=TINA,
            occurred_at=NOW,
            recorded_at=NOW,
            changes=(state, passed),
        )
        with suppress(JobkitError):
            desk.receive("J", [EventSet(origin=f"t{number}", events=(event,), base=head)], at=NOW)


def time_passes(desk: Desk) -> None:
    """Let every timer ring."""
    for days in (1, 3, 10, 400):
        with suppress(JobkitError):
            desk.advance(NOW + days * DAY)


def merged_and_back(desk: Desk) -> None:
    """Merge with approved work in both directions, and take it apart again."""
    for job_id, other in (("J", "approved"), ("approved", "J"), ("draft", "J"), ("held", "approved")):
        with suppress(JobkitError):
            desk.merge(job_id, into=other, by=TINA, at=NOW, reason="one fault")
        with suppress(JobkitError):
            desk.unmerge(job_id, by=TINA, at=NOW + HOUR, reason="two after all")


def migrated(desk: Desk) -> None:
    """Pin the job to rules by another mapping of its states."""
    digest = desk.job("J").pins["work"]
    for target in WORK["states"]:
        with suppress(JobkitError):
            migration = Migration(from_hash=digest, to_hash=digest, mapping={"triage": target})
            desk.migrate("J", migration, by=TINA, at=NOW)


def alarmed(desk: Desk) -> None:
    """Let a machine raise alarms, and decide about them."""
    alarms = [
        desk.alarm("EX-9", "E-1", by=SENSOR, at=NOW),
        desk.alarm("EX-9", "E-1", by=SENSOR, at=NOW + DAY),
    ]
    for by in (SENSOR, TINA):
        for job_id in ("draft", *(each.job.id for each in alarms)):
            with suppress(JobkitError):
                desk.decide_alarm(job_id, "dispatch", by=by, at=NOW + DAY, reason="now")
            with suppress(JobkitError):
                desk.decide_alarm(job_id, "fold", into="approved", by=by, at=NOW + DAY, reason="later")


def decided(desk: Desk) -> None:
    """Say of every job that it is no twin, which takes nothing else off it."""
    with suppress(JobkitError):
        desk.decide_twin("J", ["approved", "draft"], "different", by=TINA, at=NOW, reason="others")
    with suppress(JobkitError):
        desk.decide_twin("J", "approved", "same", by=TINA, at=NOW, reason="one")


def promoted_into_every_state(desk: Desk) -> None:
    """Open jobs from a ticket in every state there is."""
    ticket = desk.submit("ticket", {}, by=CALLER, at=NOW).job
    for state in WORK["states"]:
        with suppress(JobkitError):
            desk.promote(ticket.id, "repair", by=TINA, at=NOW, state=state, needs=("dispatch",))


def task() -> Task:
    """Return a task to call somebody."""
    return Task(id="t1", title="Call", owner="tina", due=NOW + DAY, status="open")


ATTEMPTS: Final[Mapping[str, Attempt]] = {
    "submit": born_in_every_state,
    "start": born_in_every_state,
    "adopt": adopted_in_every_state,
    "replay": replayed,
    "fire": every_trigger,
    "amend": every_field,
    "receive": received,
    "advance": time_passes,
    "merge": merged_and_back,
    "unmerge": merged_and_back,
    "migrate": migrated,
    "alarm": alarmed,
    "decide_alarm": alarmed,
    "decide_twin": decided,
    "look_for_twins": lambda desk: desk.look_for_twins("J", by=TINA, at=NOW),
    "look_up": lambda desk: desk.look_up("J", by=TINA, at=NOW),
    "judge": lambda desk: desk.judge("J", "ownership", "passed", by=TINA, at=NOW),
    "suggest": lambda desk: desk.suggest(
        "J", "$.work.symptom", "leak", source="model", by=SENSOR, at=NOW, suggestion_id="s1"
    ),
    "confirm_suggestion": lambda desk: desk.confirm_suggestion("J", "s1", by=TINA, at=NOW),
    "decline_suggestion": lambda desk: desk.decline_suggestion("J", "s1", by=TINA, at=NOW),
    "promote": promoted_into_every_state,
    "adopt_playbook": lambda desk: desk.adopt_playbook("J", "yearly", by=TINA, at=NOW),
    "note": lambda desk: desk.note("J", "called", by=TINA, at=NOW),
    "erase": lambda desk: desk.erase("J", by=TINA, at=NOW, reason="asked to"),
    "plan_visit": lambda desk: desk.plan_visit("J", WINDOW, by=TINA, at=NOW, visit_id="v1"),
    "record_visit": lambda desk: desk.record_visit("J", "v1", "done", by=TINA, at=NOW),
    "sign_off": lambda desk: desk.sign_off(
        ("J",), SignOff(id="s", party="site", window=WINDOW, by="x", at=NOW), by=TINA, at=NOW
    ),
    "assign": lambda desk: desk.assign("J", "tom", by=TINA, at=NOW),
    "accept": lambda desk: desk.accept("J", "a1", by=TINA, at=NOW),
    "decline": lambda desk: desk.decline("J", "a1", by=TINA, at=NOW, reason="ill"),
    "reassign": lambda desk: desk.reassign("tim", "tom", by=TINA, at=NOW, reason="ill"),
    "add_task": lambda desk: desk.add_task("J", task(), by=TINA, at=NOW),
    "activate_task": lambda desk: desk.activate_task("J", "t1", by=TINA, at=NOW),
    "complete_task": lambda desk: desk.complete_task("J", "t1", by=TINA, at=NOW),
    "drop_task": lambda desk: desk.drop_task("J", "t1", by=TINA, at=NOW, reason="done"),
    "open_task": lambda desk: desk.open_task("customer", "C-1", task(), by=TINA, at=NOW),
    "refresh": lambda desk: desk.refresh(now=NOW + DAY),
    "delivered": lambda desk: desk.delivered([]),
    "override_priority": lambda desk: desk.override_priority("J", by=TINA, at=NOW, reason="now", points=1),
    "admit": lambda desk: desk.admit("J", by=TINA, at=NOW),
    "withdraw": lambda desk: desk.withdraw("J", by=TINA, at=NOW, reason="no"),
    "defer": lambda desk: desk.defer(
        "J", rule="r", until=NOW + DAY, reason="season", told="e1", by=TINA, at=NOW
    ),
}
"""What each writing verb could do to get a job past the gate."""


@pytest.fixture
def desk() -> Desk:
    """Return a desk with jobs at every stage before the gate, and one behind it."""
    desk = Desk(service(), MemoryStore())
    told(desk, "draft", "draft")
    told(desk, "J")
    told(desk, "ended")
    desk.fire("ended", "reject", by=TINA, at=NOW)
    told(desk, "held")
    desk.fire("held", "hold", by=TINA, at=NOW)
    approved(desk, "approved")
    return desk


def verbs(kind: type[Any]) -> set[str]:
    """Return the public verbs of a desk."""
    return {name for name in vars(kind) if not name.startswith("_")}


@pytest.mark.parametrize("kind", [Desk, AsyncDesk])
def test_every_verb_was_thought_of(kind: type[Any]) -> None:
    """
    Each verb of both desks is either known to write nothing, or has somebody who tries to cheat with it.
    """
    assert verbs(kind) == READS | set(ATTEMPTS)
    assert not READS & set(ATTEMPTS)


@pytest.mark.parametrize("verb", sorted(ATTEMPTS))
def test_no_verb_leads_past_the_gate(desk: Desk, verb: str) -> None:
    """
    Whatever is tried with a verb, no job of which something is open stands behind the gate afterwards.
    """
    with suppress(JobkitError):
        ATTEMPTS[verb](desk)

    assert {"approved"} >= {job.id for job in inside(desk)}
    assert not sneaked(desk)


def test_all_verbs_together_lead_nobody_past_the_gate(desk: Desk) -> None:
    """
    One after the other, twice over, the verbs do no more than each alone; what they need is never all there.
    """
    for _ in range(2):
        for name, attempt in ATTEMPTS.items():
            if name != "judge":
                with suppress(JobkitError):
                    attempt(desk)

    assert not sneaked(desk)
    assert all(job.triage.passed for job in inside(desk))


def test_reads_write_nothing(desk: Desk) -> None:
    """
    What is known to write nothing is told apart by its own promise: it takes nobody's word.
    """
    takes_words = {name for name in READS if "command_key" in getattr(Desk, name).__wrapped__.__annotations__}

    assert set() == takes_words
