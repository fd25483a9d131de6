"""From a ticket to a job: what stays a ticket, what is promoted, and what the customer hears of it."""

from datetime import UTC, datetime, timedelta

from jobkit import Actor, Catalog, Desk, Refused, Window
from jobkit.model import SignOff, Task
from jobkit.stores import MemoryStore

monday = datetime(2026, 3, 9, 8, tzinfo=UTC)
customer, triage = Actor(id="carla", role="customer"), Actor(id="tina", role="triage")
planner, technician = Actor(id="paul", role="planner"), Actor(id="tom", role="technician")
supervisor = Actor(id="sue", role="supervisor")

# The gate of intake has an example of its own; this one is about the ticket.
desk = Desk(Catalog.preset("after-sales").without_intake(), MemoryStore())

print("Before there is any request, a call to return is kept with the customer.")
call = Task(id="call", title="Call back about the service contract", owner="tina", due=monday)
desk.open_task("customer", "C-5", call, by=triage, at=monday)
print("  tina has to do:", [each.task.title for each in desk.tasks_of("tina")])


def ask(number: str, words: str, **more: str) -> str:
    """Send a request over the portal, and return its id."""
    told = {
        "subject": {
            "customer": "C-5",
            "asset": "K-17",
            "site": "mill",
            "contacts": [{"id": "c1", "role": "site", "name": "Frieda Berg", "phone": "+49 30 12345"}],
        },
        "work": {"description": words, **more},
        "terms": {"channel": "portal", "entitlement": {"status": "covered"}},
        "links": {"number": number},
    }
    return desk.submit("request", told, by=customer, at=monday).job.id


print("\nA question is answered and stays a ticket.")
question = ask("R-100", "Which oil do we need for the K-17?")
try:
    desk.promote(question, "preventive-maintenance", by=triage, at=monday)
except Refused as refused:
    print(" ", refused.unblock)
desk.amend(question, {"$.outcome.notes": "OIL-46, 12 litres."}, by=triage, at=monday)
desk.fire(question, "answer", by=triage, at=monday)
print("  R-100:", desk.request_status(question).said)

print("\nA yearly service needs dispatch and parts: it becomes a job, begun from the playbook.")
ticket = ask("R-101", "The yearly service is due. We would like the filters changed as well.")
print(
    "  open?", desk.promotion(ticket, "preventive-maintenance", by=triage, at=monday, needs=["dispatch"]).open
)
job = desk.promote(
    ticket,
    "preventive-maintenance",
    {"links": {"number": "J-2001"}},
    by=triage,
    at=monday,
    needs=["dispatch", "parts"],
    playbook="compressor-service",
    state="submitted",
    command_key="promote-R-101",
).job
playbook = job.links.playbook
assert playbook is not None
print(f"  {job.links.number} from {playbook.id}, version {playbook.version}")
print("  in the customer's words:", job.work.description)
print("  kit:", [f"{part.quantity} x {part.number}" for part in job.parts])
print("  tasks:", [task.id for task in job.tasks])
print("  contact hidden on both:", job.subject.contacts[0].name != desk.job(ticket).subject.contacts[0].name)


def told(at: str) -> None:
    """Print what the customer hears, read off the job."""
    status = desk.request_status(ticket)
    print(f"  {at:<12} {' / '.join(status.numbers)}: {status.said}")


print("\nThe ticket stands as its job does.")
told("promoted")
desk.fire(job.id, "take_up", by=triage, at=monday)
desk.fire(job.id, "approve", by=triage, at=monday)
wednesday = Window(monday + timedelta(days=2), monday + timedelta(days=2, hours=3))
desk.plan_visit(job.id, wednesday, by=planner, at=monday, visit_id="v1")
desk.fire(job.id, "schedule", by=planner, at=monday)
told("scheduled")
word = SignOff(id="s1", party="site", window=wednesday, by="site", at=monday, site="mill")
desk.sign_off((job.id,), word, by=planner, at=monday)
print("\nThe kit of the playbook is planned, so that nobody drives without it.")
try:
    desk.fire(job.id, "confirm", by=planner, at=monday)
except Refused as refused:
    print(" ", refused.findings[0].message)
staged = {f"$.parts[{part.id}].staged": True for part in job.parts}
desk.amend(job.id, staged, by=planner, at=monday)
desk.complete_task(job.id, "pick-kit", by=planner, at=monday)
desk.fire(job.id, "confirm", by=planner, at=monday)
offered = desk.assign(job.id, "tom", by=planner, at=monday).job.assignments[-1]
desk.accept(job.id, offered.id, by=technician, at=monday)
desk.fire(job.id, "arrive", by=technician, at=wednesday.start)
told("on site")

print("\nThe checklist keeps its order.")
try:
    desk.complete_task(job.id, "leak-test", by=technician, at=wednesday.start)
except Refused as refused:
    print(" ", refused.unblock)
for step in ("isolated", "leak-test", "hours"):
    desk.complete_task(job.id, step, by=technician, at=wednesday.start)

print("\nThe customer wants a name forgotten: the erasure names the copy, and both are erased.")
erased = desk.erase(ticket, by=supervisor, at=wednesday.end, reason="asked_for")
for copy in erased.events[0].data["copies"]:
    desk.erase(copy, by=supervisor, at=wednesday.end, reason="asked_for")
print("  on the ticket:", desk.job(ticket).subject.contacts[0].name)
print("  on the job:   ", desk.job(job.id).subject.contacts[0].name)
