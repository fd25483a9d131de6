"""One breakdown on a database: asked, refused, moved, rescheduled, queued, and verified in the end."""

from datetime import UTC, datetime, timedelta

from jobkit import Actor, Catalog, Desk, Refused, Window
from jobkit.history import verify
from jobkit.model import SignOff
from jobkit.stores.sqlite import SQLiteStore

monday = datetime(2026, 3, 9, 8, tzinfo=UTC)
dealer, triage = Actor(id="dora", role="dealer"), Actor(id="tina", role="triage")
planner, technician = Actor(id="paul", role="planner"), Actor(id="tom", role="technician")

with SQLiteStore("jobs.db") as store:
    desk = Desk(Catalog.preset("after-sales"), store)

    request = {
        "subject": {"customer": "C-5", "asset": "EX-77", "contacts": [{"id": "c1", "name": "Frieda Berg"}]},
        "work": {"description": "It makes a noise."},
    }
    job = desk.submit("breakdown", request, by=dealer, at=monday, job_id="J-1001", command_key="form-88").job
    print(f"{job}, reported by {job.subject.contacts[0].name}")
    print(
        "sent twice:", desk.submit("breakdown", request, by=dealer, at=monday, command_key="form-88").repeated
    )

    desk.fire(job.id, "submit", by=dealer, at=monday)
    desk.fire(job.id, "take_up", by=triage, at=monday)
    print("in triage:", [waiting.id for waiting in desk.queue("triage").jobs])
    try:
        desk.fire(job.id, "approve", by=triage, at=monday)
    except Refused as refused:
        for finding in refused.findings:
            print(f"  {finding.message} {finding.unblock}")

    values = {
        "$.subject.site": "quarry",
        "$.subject.bill_to": "C-5",
        "$.work.symptom": "motion.drops",
        "$.work.skills": ["hydraulics"],
        "$.work.estimated": timedelta(hours=2),
        "$.terms.urgency": "high",
        "$.terms.tier": "gold",
        "$.terms.requested": Window(monday + timedelta(days=1), monday + timedelta(days=5)),
        "$.terms.entitlement": {"status": "covered"},
    }
    topics = ["ownership", "entitlement", "duplicates", "parts"]
    desk.judge(job.id, topics, "passed", by=triage, at=monday, reason="no other report, parts on the shelf")
    desk.fire(job.id, "approve", by=triage, at=monday, values=values)

    wednesday = Window(monday + timedelta(days=2), monday + timedelta(days=2, hours=2))
    friday = Window(monday + timedelta(days=4), monday + timedelta(days=4, hours=2))
    desk.plan_visit(job.id, wednesday, by=planner, at=monday, visit_id="v1", crew=["tom"])
    desk.fire(job.id, "schedule", by=planner, at=monday)

    done = desk.fire(
        job.id, "reschedule", by=planner, at=monday, reason="weather", data={"new_window": friday}
    )
    notice = done.effects[0].data
    print(f"tell the {notice['audience']}: {notice['reason']}, {notice['new_window']['start']}")

    word = SignOff(id="s1", party="site", window=friday, by="Frieda", at=monday, site="quarry")
    desk.sign_off([job.id], word, by=planner, at=monday)
    desk.fire(job.id, "confirm", by=planner, at=monday)
    offered = desk.assign(job.id, "tom", by=planner, at=monday, visit="v1").job.assignments[0]
    desk.accept(job.id, offered.id, by=technician, at=monday)
    desk.fire(job.id, "arrive", by=technician, at=friday.start)
    desk.fire(job.id, "no_access", by=technician, at=friday.start, reason="site_closed")
    print("left to do:", [str(flag) for flag in desk.flags(job.id, friday.end)])

    late = friday.start + timedelta(days=4)
    desk.advance(late)
    print("unscheduled for too long:", [each.id for each in desk.queue("unscheduled").jobs])

    history = desk.history(job.id)
    print(f"{len(history.events)} events, whole: {verify(history.events, history.head).ok}")
    print("stored job is what they make:", history.job == desk.job(job.id))
