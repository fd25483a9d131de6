"""One warranty job on the after-sales lifecycle, moved by hand, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from jobkit.lifecycle import Occasion, ask, done_deeds, flags, move, pending
from jobkit.model import Actor, Entitlement, Job, Party, SignOff, Subject, Terms, Visit, Window, Work
from jobkit.presets import after_sales
from jobkit.readiness import readiness

rules = after_sales()
now = datetime(2026, 3, 10, 8, tzinfo=UTC)
visit_day = Window(now + timedelta(days=2), now + timedelta(days=2, hours=2))
next_week = {"start": "2026-03-19T08:00:00Z", "end": "2026-03-19T10:00:00Z"}

triage = Actor(id="tina", role="triage")
planner = Actor(id="paul", role="planner")

job = Job(
    id="J-1001",
    type="warranty-repair",
    states={"work": rules["work"].state("triage", now)},
    subject=Subject(asset="EX-77", site="quarry", customer="C-5"),
    terms=Terms(entitlement=Entitlement(status="covered")),
)


def go(job: Job, trigger: str, by: Actor, reason: str | None = None, **told: Any) -> Job:
    """Move the job with everything that the transition does beside the state."""
    (way,) = [way for way in rules["work"].definition.transitions if way.trigger == trigger]
    deed = done_deeds(job, way.effects, Occasion(at=now, reason=reason, told=told))
    moved = move(
        job,
        rules,
        trigger,
        event_id=f"{job.id}-{trigger}",
        by=by,
        at=now,
        reason=reason,
        changes=deed.changes,
        data={**told, **deed.data},
    )
    print(f"{trigger}: {job.state.name} -> {moved.job.state.name}")
    for effect in moved.effects:
        if effect.name == "notify":
            print(f"  tell the {effect.data['audience']}: {effect.data['about']}")
    return moved.job


print("Free text alone is not enough:")
print(ask(job, rules, "approve", by=triage, at=now))

job = attrs.evolve(job, work=Work(symptom="bucket drops"))
job = go(job, "approve", triage)

print("\nScheduling says who supplies what is missing:")
print(ask(job, rules, "schedule", by=planner, at=now))

job = attrs.evolve(
    job,
    work=attrs.evolve(job.work, skills=("hydraulics",), estimated=timedelta(hours=2)),
    subject=attrs.evolve(job.subject, parties=(Party(id="quarry-gmbh", role="site", must_confirm=True),)),
    visits=(Visit(id="v1", planned=visit_day),),
)
job = go(job, "schedule", planner)

print("\nThe site has to agree to the window:")
print(ask(job, rules, "confirm", by=planner, at=now))

signed = SignOff(id="s1", party="quarry-gmbh", window=visit_day, by="Ms Stein", at=now, site="quarry")
job = attrs.evolve(job, visits=(attrs.evolve(job.visits[0], sign_offs=(signed,)),))
job = go(job, "confirm", planner)

print("\nA reschedule has a reason and asks the site again:")
job = go(job, "reschedule", planner, reason="parts_delay", new_window=next_week)
print(ask(job, rules, "confirm", by=planner, at=now))

print("\nWhose turn is it?")
print(pending(job, rules, now=now).owner)

print("\nA week after the window nobody has recorded anything:")
for flag in flags(job, rules, now + timedelta(days=16)):
    print(flag)

print("\nAnd what would the technician still lack?")
print(", ".join(readiness(job, now).subject.lacking))
