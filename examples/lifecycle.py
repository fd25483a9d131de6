"""One job from draft to confirmed: refused with reasons, mended, moved, and moved on by time alone."""

from datetime import UTC, datetime, timedelta

from jobkit.errors import Refused
from jobkit.lifecycle import Lifecycle, advance, by_facet, initial_states, move, pending
from jobkit.model import Actor, Job, put

order = Lifecycle.load("""
id = "order"
version = "1"
roles = ["dealer", "planner"]

[states]
draft = { category = "draft", initial = true, owner = "dealer" }
scheduled = { category = "scheduled", owner = "planner", fields = { "job.subject.asset" = "required" } }
closed = { category = "closed", end = "closed" }

[[transitions]]
trigger = "schedule"
from = "draft"
to = "scheduled"
roles = ["dealer"]

[[transitions.guards]]
id = "described"
when = "known(job.work.symptom)"
message = "Nobody has said what is wrong."
unblock = "Record work.symptom."
who = "dealer"

[[transitions]]
trigger = "lapse"
from = "scheduled"
to = "closed"
after = "30d"
""")

lifecycles = by_facet(order)
monday = datetime(2026, 3, 2, 8, tzinfo=UTC)
dealer = Actor(id="frieda", role="dealer")
job = Job(id="J-1", type="repair", states=initial_states(lifecycles, at=monday))

try:
    move(job, lifecycles, "schedule", event_id="e-1", by=dealer, at=monday)
except Refused as refused:
    for finding in refused.findings:
        print(f"{finding.message}  ->  {finding.unblock}")

print("still with:", ", ".join(pending(job, lifecycles, now=monday).left))

job = put(put(job, "$.subject.asset", "press-7"), "$.work.symptom", "no_heat")
moved = move(job, lifecycles, "schedule", event_id="e-1", by=dealer, at=monday)
print(moved.event.name, "->", moved.job.state.name)

later = advance(moved.job, lifecycles, monday + timedelta(days=45), event_ids=["e-2"])
print(later.moves[0].event.name, "at", later.moves[0].event.occurred_at.date(), "->", later.job.state.name)
