"""
A first job: a washing machine that does not drain, from the phone call to the signature.

Only the ready rules of the preset are used, and a store in memory. Read it from top to bottom; it prints what
stands beside it in `first_job.out`.
"""

from datetime import UTC, datetime, timedelta

from jobkit import Actor, Catalog, Desk, Refused, Window
from jobkit.model import SignOff
from jobkit.stores import MemoryStore

# Time, people and roles are yours to tell: jobkit reads no clock and keeps no accounts.
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
THURSDAY = Window(MONDAY + timedelta(days=3), MONDAY + timedelta(days=3, hours=2))
customer = Actor(id="c-19", role="customer")
tom, petra, tina = (
    Actor(id="tom", role="triage"),
    Actor(id="petra", role="planner"),
    Actor(id="tina", role="technician"),
)

desk = Desk(Catalog.preset("after-sales"), MemoryStore())

# The customer calls. Names and numbers are hidden as they come in; everything else is plain data.
request = {
    "subject": {
        "customer": "c-19",
        "asset": "washer-7",
        "site": "home-19",
        "contacts": [{"id": "self", "role": "customer", "name": "Ada Stone", "phone": "+44 20 0000 0000"}],
    },
    "work": {"work_type": "repair", "symptom": "flow.does_not_drain"},
    "terms": {"channel": "phone", "urgency": "normal"},
}
job = desk.submit("breakdown", request, by=customer, at=MONDAY, state="submitted", job_id="B-19").job
print("opened:", job.state.name, "- contact:", job.subject.contacts[0].name)

# Asking tells all reasons at once and changes nothing.
desk.fire(job.id, "take_up", by=tom, at=MONDAY)
print(desk.ask(job.id, "approve", by=tom, at=MONDAY))

# What is missing is recorded, and triage says what it found; then doing succeeds exactly as asking says.
missing = {
    "$.subject.bill_to": "c-19",
    "$.terms.tier": "basic",
    "$.terms.requested": Window(MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)),
    "$.terms.entitlement.status": "covered",
}
desk.amend(job.id, missing, by=tom, at=MONDAY, channel="phone")
desk.judge(job.id, ["ownership", "entitlement", "duplicates", "parts"], "passed", by=tom, at=MONDAY)
desk.fire(job.id, "approve", by=tom, at=MONDAY)

# Planning needs skills, a duration and a window. Confirming needs somebody's word for that window.
desk.amend(job.id, {"$.work.skills": ["white_goods"], "$.work.estimated": "PT1H"}, by=tom, at=MONDAY)
desk.plan_visit(job.id, THURSDAY, by=petra, at=MONDAY, visit_id="v1")
desk.fire(job.id, "schedule", by=petra, at=MONDAY)
word = SignOff(id="s1", party="c-19", window=THURSDAY, by="c-19", at=MONDAY, channel="phone")
desk.sign_off([job.id], word, by=petra, at=MONDAY)
confirmed = desk.fire(job.id, "confirm", by=petra, at=MONDAY).job
print("confirmed:", confirmed.visits[0].confirmed == THURSDAY)

# A technician is asked, accepts, and does the work.
offered = desk.assign(job.id, "tina", by=petra, at=MONDAY, visit="v1").job.assignments[0]
desk.accept(job.id, offered.id, by=tina, at=MONDAY)
for minutes, trigger in ((0, "depart"), (20, "arrive"), (25, "start")):
    desk.fire(job.id, trigger, by=tina, at=THURSDAY.start + timedelta(minutes=minutes))
done = THURSDAY.start + timedelta(hours=1)
desk.fire(
    job.id, "complete", by=tina, at=done, values={"$.outcome.notes": "Pump blocked by a coin; cleared."}
)

# Completed is not closed: doing too early raises one error with every finding.
try:
    desk.fire(job.id, "close", by=tina, at=done)
except Refused as refused:
    print("not closed:", " ".join(finding.unblock for finding in refused.findings))
evidence = {
    "$.outcome.accepted": True,
    "$.outcome.cause": "foreign_object",
    "$.evidence.labour": [{"id": "l1", "person": "tina", "hours": "0.75", "code": "WG"}],
}
closed = desk.fire(job.id, "close", by=tina, at=done, values=evidence).job
print("closed:", closed.state.end)

# The history is the truth: it says what was known when, and folds to the job.
history = desk.history(job.id)
print("states:", " > ".join(stay.state for stay in history.states()))
print("on Tuesday:", history.at(MONDAY + timedelta(days=1)).state.name, "- same job:", history.job == closed)
