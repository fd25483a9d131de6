"""May this visit be confirmed? One rule, three answers, and the hour at which time changes its mind."""

from datetime import UTC, datetime, timedelta

from jobkit.conditions import Condition, Vocabulary

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)

# The facts that a rule may name, with their kinds.
words = Vocabulary.of(
    {
        "start": "instant",
        "contact": "text",
        "parts[].staged": "bool",
        "parts[].expected": "instant",
    }
)

# One readable line: somebody opens the door, and each part is there before the visit starts.
rule = Condition.load("known(contact) and every(parts, item.staged or before(item.expected, start))", words)

print("The rule as data:", rule.to_data())
print("It reads:", ", ".join(rule.fields_read))

start = NOW + timedelta(days=2)
parts = [
    {"id": "4711", "staged": False, "expected": start + timedelta(days=1)},
    {"id": "4712", "staged": True},
]

print("\nThe part 4711 comes a day late, and nobody opens the door:")
print(rule.verdict({"start": start, "contact": None, "parts": parts}))

print("\nNobody knows when it comes:")
print(rule.verdict({"start": start, "contact": "c-9", "parts": [{"id": "4711", "staged": False}]}))

print("\nIt is staged:")
print(rule({"start": start, "contact": "c-9", "parts": [{"id": "4711", "staged": True}]}))

# Time alone turns this one, and it says when.
remind = Condition.load('within(start, "48h") or older_than(asked, "5d")')
facts = {"start": NOW + timedelta(days=3), "asked": NOW}
print("\nRemind now?", remind(facts, NOW), "- next turn:", remind.changes_at(facts, NOW))
