"""A compressor that raises alarms: one draft for a flood of them, judged by a person, folded into a visit."""

from datetime import UTC, datetime, timedelta

from jobkit import Actor, Catalog, Desk, Refused, Window
from jobkit.stores import MemoryStore

monday = datetime(2026, 3, 9, 6, tzinfo=UTC)
minute, day = timedelta(minutes=1), timedelta(days=1)
machine = Actor(id="edge-7", role="telemetry")
triage, planner = Actor(id="tina", role="triage"), Actor(id="paul", role="planner")

# The rules of telemetry stand in the catalog; here the gate is off, so that the story stays short.
desk = Desk(Catalog.preset("after-sales").without_intake(), MemoryStore())

# 1. A planned visit is coming on the compressor.
site = {"asset": "C-900", "site": "mill", "customer": "C-5"}
visit = desk.submit(
    "preventive-maintenance",
    {"subject": site, "work": {"service_type": "yearly"}, "terms": {"entitlement": {"status": "covered"}}},
    by=triage,
    at=monday,
    state="submitted",
).job
desk.fire(visit.id, "take_up", by=triage, at=monday)
desk.fire(visit.id, "approve", by=triage, at=monday)
start = monday + 4 * day
window = Window(start=start, end=start + timedelta(hours=4))
desk.plan_visit(visit.id, window, by=planner, at=monday, visit_id="v1")

# 2. The first alarm begins a draft: what the machine suggests is kept apart until a person confirms it.
first = desk.alarm(
    "C-900",
    "OIL_TEMP",
    by=machine,
    at=monday,
    seen_at=monday,
    value="104.5",
    threshold=95,
    unit="Cel",
    request={"subject": site},
    suggestions=[
        {"path": "work.symptom", "value": "temperature.high", "source": "model-3", "confidence": "0.82"},
        {"path": "work.skills", "value": "refrigeration", "source": "model-3", "confidence": "0.70"},
    ],
).job
print("the alarm is a", first.state.name, "and the symptom is", first.work.symptom)
for told in first.triage.suggestions:
    print(f"  suggested: {told.path[2:]} = {told.value} ({told.confidence} from {told.source})")

# 3. A flood: every repeat folds into the draft, late and doubled deliveries too. No queue sees any of them.
for number in (*range(1, 200), 40, 41, 42):
    seen = monday + number * minute
    job = desk.alarm("C-900", "OIL_TEMP", by=machine, at=monday + day, seen_at=seen, value="106").job
alarm = job.triage.alarm
assert alarm is not None
print(f"202 deliveries later: {job.id == first.id}, {alarm.count} times, last seen {alarm.last_seen:%H:%M}")
print("waiting alarms:", len(desk.queue("alarms").jobs), "on the asset:", len(desk.on_asset("C-900")))

# 4. A machine never gets past the draft. A person decides: now, or with the next planned visit.
try:
    desk.decide_alarm(job.id, "dispatch", by=machine, at=monday + day)
except Refused as refused:
    print(f"refused: {refused.findings[0].code}. {refused.unblock}")
for coming in desk.planned_visits(job.id, at=monday + day):
    planned = coming.visit.planned
    print("coming:", coming.job.type, "on", f"{planned.start:%a %d %b %H:%M}" if planned else "no day yet")
folded = desk.decide_alarm(job.id, "fold", into=visit.id, by=triage, at=monday + day).job
print("tasks of the visit:", [task.title for task in folded.tasks if task.kind == "alarm"])
print("the draft:", desk.job(job.id).state.end, "into the visit:", desk.resolve(job.id).id == visit.id)

# 5. Seen again before the visit, it is counted there.
again = desk.alarm("C-900", "OIL_TEMP", by=machine, at=monday + 2 * day, seen_at=monday + 2 * day).job
counted = again.triage.alarm
print("seen again:", again.id == visit.id, counted.count if counted else 0, "times")
