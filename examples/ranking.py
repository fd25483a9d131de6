"""A dispatcher's morning in January: who comes first, why, and what a promise to the mayor changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from jobkit.conditions import Vocabulary
from jobkit.priority import (
    Override,
    PriorityRules,
    compare,
    escalations,
    next_change,
    overtaking_bound,
    publish,
    rank,
)

NOW = datetime(2026, 1, 12, 7, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

RULES = PriorityRules.load(
    """
    id = "workshop"
    version = "2026"
    title = "Which job comes first"
    direction = "larger_higher"
    tie_break = ["reported", "id"]
    zone = "America/Chicago"

    [[bands]]
    id = "life_safety"
    when = "hazard == true"
    why = "Nothing outranks people."

    [[bands]]
    id = "promise_at_risk"
    within = [{ due = "clock.on_site.due_at", left = "2h" }]

    [[bands]]
    id = "repair"
    when = 'kind == "repair"'

    [[bands]]
    id = "maintenance"

    [[terms]]
    id = "matter"
    weight = 10

    [terms.table]
    rows = { fact = "impact", levels = ["plant", "line", "comfort"] }
    columns = { fact = "urgency", levels = ["today", "week", "any"] }

    [[terms]]
    id = "tier"
    scale = { fact = "tier", levels = ["gold", "silver", "basic"], points = [20, 10, 0] }

    [[terms]]
    id = "age"
    age = { since = "reported", points = 8, per = "1d", cap = 112 }

    [[promotions]]
    id = "maintenance_overdue"
    bands = ["maintenance"]
    to = "repair"
    when = 'older_than(reported, "60d")'

    [[defaults]]
    id = "gold_is_urgent"
    fact = "urgency"
    value = "week"
    when = 'tier == "gold"'

    [[seasons]]
    id = "heating"
    begins = "11-01"
    ends = "03-01"
    weights = { tier = 2 }

    [[escalations]]
    id = "breakdown"
    when = "broken_down == true"
    who = "supervisor"
    reason = "breakdown"
    """,
    Vocabulary.of(
        {
            "id": "text",
            "hazard": "bool",
            "broken_down": "bool",
            "kind": "code",
            "impact": "code",
            "urgency": "code",
            "tier": "code",
            "reported": "instant",
            "clock.on_site.due_at": "instant",
        }
    ),
)


def job(id: str, kind: str, impact: str, tier: str, reported: datetime, **more: Any) -> dict[str, Any]:
    """Return what is known of a job."""
    said = {"kind": kind, "impact": impact, "tier": tier, "reported": reported}
    return {"id": id, "hazard": False, **said, **more}


jobs = [
    job("J-1 rooftop unit", "repair", "comfort", "basic", NOW - 6 * DAY, urgency="today"),
    job("J-2 press", "repair", "line", "gold", NOW - 1 * DAY),
    job("J-3 filters", "maintenance", "comfort", "silver", NOW - 75 * DAY, urgency="any"),
    job("J-4 boiler", "repair", "plant", "basic", NOW - 2 * HOUR, urgency="today", broken_down=True),
    job("J-5 gas smell", "repair", "comfort", "basic", NOW, urgency="any", hazard=True),
    job("J-6 chiller", "repair", "comfort", "silver", NOW, clock={"on_site": {"due_at": NOW + 5 * HOUR}}),
]

print("The morning:")
morning = rank(jobs, RULES, NOW)
for place in morning:
    print(place.explain())

print("\nWhy does the rooftop unit come before the boiler?")
by_id = {place.id: place for place in morning}
print(compare(by_id["J-1 rooftop unit"], by_id["J-4 boiler"]))

print("\nWho must hear of it?")
for told in escalations(jobs[3], RULES, NOW):
    print(f"{told.who}, as {told.because}: {told.reason}")

print("\nWhen does the chiller move by itself?")
at = next_change(jobs[5], RULES, NOW)
if at is not None:
    print(f"{at:%H:%M}: {rank([jobs[5]], RULES, at)[0].band}")

print("\nThe mayor calls about the filters:")
word = Override(
    job="J-3 filters", by="lena", reason="The council meets on Tuesday.", at=NOW, band="promise_at_risk"
)
print(rank(jobs, RULES, NOW, overrides=[word])[1].explain())

print("\nHow many newer repairs can come before one that waits two weeks?")
print(overtaking_bound(RULES, "repair", arrivals=3, per=DAY, within=14 * DAY, now=NOW).because)

print("\nThe rules hang on the wall:")
print("\n".join(publish(RULES).splitlines()[4:12]))
