"""Four vans, one Thursday: what is kept for whom, who has to wait, and what an emergency may push aside."""

from datetime import UTC, date, datetime, timedelta

from jobkit import Catalog
from jobkit.answers import Answer
from jobkit.desk import Desk, PutOff
from jobkit.lifecycle import Lifecycle
from jobkit.model import Actor, Window
from jobkit.stores import MemoryStore

field_work = Lifecycle.load(
    """
    id = "field"
    version = "1"

    [states]
    open = { category = "open", initial = true }
    cancelled = { category = "closed", end = "cancelled" }

    [[transitions]]
    trigger = "confirm"
    from = "open"
    to = "@same"
    effects = [{ name = "confirm_visit", outbound = false }]

    [[transitions]]
    trigger = "cancel"
    from = "open"
    to = "cancelled"
    """
)
catalog = Catalog.load(
    """
    id = "cooling-service"
    version = "1"

    [types.visit]
    lifecycles = ["field"]

    [routing]
    id = "regions"
    unmatched = "dispatch"
    country = "DE"
    rules = [{ id = "hamburg", queue = "dispatch-north", region = "north", zone = "HH", prefixes = ["20"] }]

    [priority]
    id = "order"
    direction = "larger_higher"
    tie_break = ["job.id"]
    bands = [
      { id = "emergency", when = "job.work.work_type == 'breakdown'" },
      { id = "standard", when = "job.work.work_type == 'repair'" },
      { id = "preventive" },
    ]

    [capacity]
    id = "boards"
    version = "7"
    zone = "Europe/Berlin"
    bands = ["emergency", "standard", "preventive"]

    [[capacity.pools]]
    id = "vans"
    slots = 4
    weekdays = ["mon", "tue", "wed", "thu", "fri"]

    [[capacity.pools.reserves]]
    id = "emergency-flex"
    bands = ["emergency"]
    slots = 1
    released = "6h"

    [[capacity.pools.reserves]]
    id = "protected-maintenance"
    bands = ["preventive"]
    slots = 1
    kept = "until_used"

    [[capacity.buffers]]
    id = "waiting"
    slots = 1
    cutoff = "18h"

    [[capacity.deferrals]]
    id = "heat-wave"
    bands = ["preventive"]
    favours = ["emergency"]
    longest = "21d"
    """,
    lifecycles=[field_work],
)

desk = Desk(catalog, MemoryStore())
petra = Actor(id="petra", role="planner")
tuesday = datetime(2026, 7, 14, 8, tzinfo=UTC)
thursday = date(2026, 7, 16)
morning = Window(datetime(2026, 7, 16, 7, tzinfo=UTC), datetime(2026, 7, 16, 9, tzinfo=UTC))


def planned(id: str, work_type: str, *, confirmed: bool = True) -> None:
    """Take a job in and plan it for Thursday morning."""
    told = {"subject": {"postal_code": "20095"}, "work": {"work_type": work_type}}
    desk.submit("visit", told, by=petra, at=tuesday, job_id=id)
    desk.plan_visit(id, morning, by=petra, at=tuesday, visit_id="v1")
    if confirmed:
        desk.fire(id, "confirm", by=petra, at=tuesday)


def admit(id: str) -> None:
    """Ask the board, do what it lets pass, and say what it says."""
    answer: Answer[str] = desk.admission(id, by=petra, at=tuesday)
    print(f"{id}: {'yes' if answer.open else 'no'}")
    for finding in answer.findings:
        print(f"  {finding.message}\n  -> {finding.unblock}")
    if answer.open:
        desk.admit(id, by=petra, at=tuesday)


print("Thursday's board in the north, filled on Tuesday")
for id, work_type in (
    ("pump", "repair"),
    ("service", "preventive"),
    ("chiller", "repair"),
    ("fan", "repair"),
):
    planned(id, work_type)
    admit(id)

planned("visit-to-be-confirmed", "repair", confirmed=False)
desk.withdraw("chiller", reason="customer asked for another week", by=petra, at=tuesday)
admit("visit-to-be-confirmed")

print("\nTwo hospitals call")
for id in ("hospital", "clinic"):
    planned(id, "breakdown")
    admit(id)

found = desk.displaceable("clinic", rule="heat-wave", now=tuesday)
print(f"\nBy the rule heat-wave {', '.join(each.job for each in found.subject.bookings)} could be put off.")
note = desk.note(
    "service", "May we come on the 28th?", by=petra, at=tuesday, channel="phone", audience="customer"
)
put_off = PutOff(job="service", until=tuesday + timedelta(days=14), told=note.events[0].id)
done = desk.admit("clinic", rule="heat-wave", displacing=[put_off], by=petra, at=tuesday)
deferral = done.jobs[1].terms.deferrals[0]
print(f"service: {deferral.reason}, until {deferral.until:%d %B}, by {deferral.rule}.")

print("\nOn Wednesday morning what is still not confirmed makes room")
(wakeup,) = desk.due(tuesday + timedelta(days=2))
desk.advance(wakeup.at)
board = desk.board("north", thursday, now=wakeup.at)
for booking in board.board.bookings:
    print(f"  {booking.band:>10}  {booking.job}")
(vans,) = board.standing
print(f"  {vans.booked} of {vans.bookable} vans are booked; a repair may still have {vans.room('standard')}.")

print("\nWhy did the service visit leave the board?")
for event in desk.history("service").events:
    if event.kind in ("admitted", "noted", "deferred"):
        print(f"  {event.kind}: {event.name} {event.reason or ''}".rstrip())
