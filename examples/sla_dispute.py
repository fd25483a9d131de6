"""A dispute about a promise: the customer says it was broken, and the clock shows why it was not."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jobkit import Actor, Catalog, Desk, Window, documents, presets
from jobkit.calendars import BusinessTime, Calendar, Edition, Editions, Holiday, verify
from jobkit.errors import Invalid
from jobkit.model import SignOff
from jobkit.stores.sqlite import SQLiteStore

VIENNA = ZoneInfo("Europe/Vienna")
dealer, triage, planner, technician = (
    Actor(id=role, role=role) for role in ("dealer", "triage", "planner", "technician")
)


def at(day: int, hour: int, minute: int = 0, *, month: int = 10) -> datetime:
    """Return an instant of the story as the clocks in Vienna show it."""
    return datetime(2026, month, day, hour, minute, tzinfo=VIENNA)


# The contract: open on workdays and through Saturday night, closed on the national holiday, 26 October.
business = Calendar(
    id="business",
    zone="Europe/Vienna",
    weekly={"mon-fri": "08:00-18:00", "sat": "22:00-06:00"},
    holidays=[Holiday(name="National holiday", on="10-26")],
)
# On site in 24 open hours, in 20 if urgent. A hold for the customer pauses, and one for our parts does not.
WAITS = 'job.states["work"].name == "on_hold" and job.states["work"].reason == "customer_decision"'
PROMISE: dict[str, Any] = {
    "pauses": [{"when": WAITS, "reason": "customer_decision"}],
    "targets": [
        {"name": "gold, urgent", "within": "20 working hours", "when": 'job.terms.urgency == "high"'},
        {"name": "gold", "within": "24 working hours"},
    ],
}


def catalog(business: BusinessTime) -> Catalog:
    """Return the after-sales catalog with this contract's promise, counted by *business*."""
    tables = ("after_sales_catalog", "milestones", "milestones_calendars")
    data, milestones, calendars = (documents.read_toml(presets.text(table)) for table in tables)
    data["milestones"] = {**milestones, "on_site": {**milestones["on_site"], **PROMISE}}
    data["calendars"] = {name: {"zone": VIENNA.key, **hours} for name, hours in calendars.items()}
    data["calendars"]["business"] = business.dump()
    return Catalog.load(
        data,
        lifecycles=[*presets.after_sales().values(), presets.after_sales_request()],
        registry=presets.registry(),
    )


store = SQLiteStore(":memory:")
desk = Desk(catalog(business), store)
compiled = business.compile(at(1, 0), at(1, 0, month=11))

# Thursday and Friday: approved at 16:00, four hours of waiting for the customer; then it is urgent.
request = {
    "subject": {"customer": "C-9", "asset": "PRESS-4", "site": "hall-2"},
    "work": {"symptom": "no_pressure", "skills": ["hydraulics"], "estimated": "2h"},
    "terms": {"tier": "gold", "urgency": "normal", "entitlement": {"status": "covered"}},
}
job = desk.submit("breakdown", request, by=dealer, at=at(22, 14), state="submitted", job_id="D-7").job
desk.fire(job.id, "take_up", by=triage, at=at(22, 15))
desk.fire(job.id, "approve", by=triage, at=at(22, 16))
desk.fire(job.id, "hold", by=planner, at=at(23, 10), reason="customer_decision")
desk.fire(job.id, "resume", by=planner, at=at(23, 14))
desk.amend(job.id, {"$.terms.urgency": "high"}, by=planner, at=at(23, 15))
desk.plan_visit(job.id, Window(at(27, 8, 30), at(27, 10, 30)), by=planner, at=at(23, 16), visit_id="v1")
desk.fire(job.id, "schedule", by=planner, at=at(23, 16))

# Tuesday: our part is late, so the visit is moved; the technician arrives where the tablet has no signal.
later = Window(at(27, 10, 30), at(27, 12, 30))
desk.fire(job.id, "reschedule", by=planner, at=at(27, 8), reason="parts_delay", data={"new_window": later})
desk.fire(job.id, "hold", by=planner, at=at(27, 8, 10), reason="parts")
desk.fire(job.id, "resume", by=planner, at=at(27, 9, 30))
word = SignOff(id="s1", party="site", window=later, by="Ms Huber", at=at(27, 9, 35), site="hall-2")
desk.sign_off([job.id], word, by=planner, at=at(27, 9, 35))
desk.fire(job.id, "confirm", by=planner, at=at(27, 9, 40))
offer = desk.assign(job.id, "tom", by=planner, at=at(27, 9, 40), visit="v1").job.assignments[0]
desk.accept(job.id, offer.id, by=technician, at=at(27, 9, 45))

desk.advance(at(27, 11, 30))
told = [each for each in desk.outbox(limit=100) if each.data.get("clock") == "on_site"]
print("On Tuesday before noon the office was told:", ", ".join(str(each.data["point"]) for each in told))
desk.fire(job.id, "arrive", by=technician, at=at(27, 12, 30), claimed_at=at(27, 10, 45))

november = at(12, 9, month=11)
print(
    "\nThe customer: you moved the visit, and from Thursday to Tuesday is more than twenty hours. The clock:"
)
print(desk.clock(job.id, "on_site", november))

night = business.elapsed(at(24, 20), at(25, 12))
print(f"\nWhen the clocks go back, the night from 22:00 to 06:00 lasts {night}; Monday was the holiday.")
print("Moving the visit changed nothing, and on Tuesday the wait for a part of ours counted on.")

print("\nWhat it said of Tuesday 11:30, before the tablet had a signal and since:")
for known_at in (at(27, 11, 30), november):
    then = desk.clock(job.id, "on_site", at(27, 11, 30), known_at=known_at)
    print(f"  known on {known_at:%d %B}: {then.state}, {then.elapsed} of {then.target}")

print("\nThe house changes its hours for December. Three ways to write that down:")
wider = Calendar(id="business", zone="Europe/Vienna", weekly={"mon-fri": "06:00-20:00", "sat": "22:00-06:00"})
first = Editions(id="business", editions=[Edition(calendar=business)])
edited = first.edited(wider, effective_from=at(1, 0, month=12), known_from=at(20, 9, month=11))
for way, calendar in (("as an edition from December on", edited), ("over the old hours", wider)):
    again = Desk(catalog(calendar), store).clock(job.id, "on_site", november)
    print(f"  {way}: {again.state}, {again.elapsed} of {again.target}")
    for finding in verify(compiled, calendar):
        print(f"    {finding.code}: other hours than were compiled, first at {finding.params['instant']}")
try:
    first.edited(wider, effective_from=at(1, 0), known_from=at(20, 9, month=11))
except Invalid as refused:
    print(f"  as an edition from October on, refused: {refused.findings[0].message}")
print(f"\nThe verdict was made with the hours {compiled.digest[:16]} of October.")
store.close()
