"""
One breakdown, three channels.

A dealer writes, the customer phones, the press itself rings the alarm. Three jobs, three numbers, one
machine that stands. Triage makes them one: one number answers, every word stays where it was said, and
whoever reported it hears how it ended. One of the three turns out to be about another press; it is taken
out again, as if nothing had been.
"""

from datetime import UTC, datetime, timedelta

from jobkit import Catalog, Desk
from jobkit.errors import Refused
from jobkit.model import Actor, Task
from jobkit.stores import MemoryStore

MORNING = datetime(2026, 3, 10, 8, tzinfo=UTC)
DEALER = Actor(id="dora", role="dealer", org="north")
DESK = Actor(id="tina", role="triage", org="maker")
BOSS = Actor(id="sue", role="supervisor", org="maker")
PRESS = Actor(id="press-7", role="telemetry", org="maker")


def at(minutes: int) -> datetime:
    """Return the instant so many minutes into the morning."""
    return MORNING + timedelta(minutes=minutes)


ids = (f"J-{number}" for number in range(1, 1000))
salts = (f"{number:064x}" for number in range(1, 1000))
desk = Desk(
    Catalog.preset("after-sales"),
    MemoryStore(),
    new_id=lambda: next(ids),
    new_salt=lambda: next(salts),
)


def reported(number: str, channel: str, by: Actor, minutes: int, **told: object) -> str:
    """Take a report in over one channel and return the job's id."""
    request = {"links": {"number": number}, "terms": {"channel": channel}, **told}
    return desk.submit("warranty-repair", request, by=by, at=at(minutes), job_id=f"job-{number}").job.id


print("Three reports")
portal = reported("A-1001", "portal", DEALER, 0, subject={"customer": "C-5", "asset": "PRESS-7"})
phone = reported("A-1002", "phone", DESK, 40, subject={"customer": "C-5", "site": "hall 2"})
alarm = reported("A-1003", "telemetry", PRESS, 42, subject={"asset": "PRESS-9"})
desk.note(phone, "The press stands again.", by=DESK, at=at(41), private=False)
desk.add_task(phone, Task(id="call-back", title="Call back", owner="tina"), by=DESK, at=at(41))
for job_id in (portal, phone, alarm):
    job = desk.job(job_id)
    print(f"  {job.links.number} over {job.terms.channel}: {job.state.name}")

print("Triage makes them one")
for other in (phone, alarm):
    desk.merge(other, into=portal, by=DESK, at=at(60), reason="One press stands.")
for number in ("A-1001", "A-1002", "A-1003"):
    print(f"  {number} is answered by {desk.resolve(number).links.number}")
survivor = desk.job(portal)
print(f"  taken over: site {survivor.subject.site}, {', '.join(task.id for task in survivor.tasks)}")

print("Nobody forks the thread")
try:
    desk.note(phone, "Any news?", by=DESK, at=at(65))
except Refused as refused:
    print(f"  {refused.findings[0].message}")
    print(f"  {refused.findings[0].unblock}")
again = desk.merge(portal, into=phone, by=BOSS, at=at(66))
print(f"  merged the other way round: {len(again.events)} events, {again.job.links.number} answers")

print("The press that rang was another one")
desk.note(portal, "Hall 2 is press 7; press 9 stands in hall 4.", by=DESK, at=at(70), private=False)
desk.complete_task(portal, "call-back", by=DESK, at=at(75))
freed, left = desk.unmerge(alarm, by=DESK, at=at(80), reason="Press 9 is not press 7.").jobs
print(f"  {freed.links.number} is {freed.state.name} again, on {freed.subject.asset}")
print(f"  {left.links.number} answers for {', '.join(left.links.former_numbers)}")

print("The conversation")
for line in desk.conversation(phone).lines:
    if line.event.kind in ("created", "noted", "absorbed", "unmerged"):
        said = line.event.data.get("text", "")
        print(f"  {line.at:%H:%M} {line.number} {line.channel}: {line.event.kind} {said}".rstrip())
print(f"  the dealer sees {len(desk.conversation(phone, org='north').lines)} lines of its own")

print("It ends, and every channel hears of it")
done = desk.fire(portal, "cancel", by=BOSS, at=at(120), reason="solved_remotely")
for effect in done.effects:
    if effect.data.get("about") == "closed":
        told = effect.data
        print(f"  {told['number']} over {told['channel']}: {told['end']}, as {told['answered_by_number']}")
