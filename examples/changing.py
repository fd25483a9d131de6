"""Rules that change: checked before use, compared with the old ones, rehearsed, and then recorded."""

from datetime import UTC, datetime
from typing import Any

from jobkit.lifecycle import Lifecycle, Migration, check, diff, migrate, rehearse
from jobkit.model import Actor, Job

now = datetime(2026, 3, 10, 8, tzinfo=UTC)
RULES: dict[str, Any] = {
    "id": "order",
    "version": "1",
    "roles": ["clerk"],
    "states": {
        "draft": {"category": "draft", "initial": True},
        "open": {"category": "open"},
        "parked": {"category": "waiting", "limit": {"after": "5d"}},
        "done": {"category": "closed", "end": "closed"},
    },
    "transitions": [
        {"trigger": "send", "from": "draft", "to": "open"},
        {"trigger": "park", "from": "open", "to": "parked"},
        {"trigger": "finish", "from": ["open", "parked"], "to": "done"},
    ],
}
old = Lifecycle.load(RULES)

print("What is doubtful about the rules:")
for finding in check(old):
    print(f"  {finding.severity}: {finding.message}")

states = {**RULES["states"], "waiting": RULES["states"]["parked"]}
del states["parked"]
new = Lifecycle.load(
    {
        **RULES,
        "version": "2",
        "roles": [],
        "states": states,
        "transitions": [
            {"trigger": "send", "from": "draft", "to": "open"},
            {"trigger": "park", "from": "open", "to": "waiting"},
            {"trigger": "finish", "from": ["open", "waiting"], "to": "done"},
        ],
    }
)

print("\nWhat the new version means for live jobs:")
for state in diff(old, new).states:
    print(f"  {state.state}: {state.fate}")

jobs = [
    Job(id=f"J-{number}", type="order", states={"work": old.state(name, now)})
    for number, name in enumerate(["open", "parked", "parked"], 1)
]

print("\nRehearsed without a word about parked jobs:")
plan = Migration(from_hash=old.hash, to_hash=new.hash, reason="parked is called waiting now")
for job_id, findings in rehearse(jobs, old, new, plan).refused.items():
    print(f"  {job_id}: {findings[0].message}")

print("\nRehearsed with a mapping:")
plan = Migration(from_hash=old.hash, to_hash=new.hash, reason=plan.reason, mapping={"parked": "waiting"})
for (before, after), number in rehearse(jobs, old, new, plan).moved.items():
    print(f"  {before} -> {after}: {number}")

moved = migrate(jobs[1], old, new, plan, event_id="e-1", by=Actor(id="ada", role="admin"), at=now)
print(f"\nRecorded: {moved.event.kind}, {moved.job}")
