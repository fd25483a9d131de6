"""A night at the service desk: four reports of two breakdowns, and which of them belong together."""

from datetime import UTC, datetime, timedelta

from jobkit.duplicates import Index, MatchRules, Record, compare

EVENING = datetime(2026, 2, 3, 19, tzinfo=UTC)
HOUR = timedelta(hours=1)

RULES = MatchRules.load(
    """
    id = "night-desk"
    version = "2026"
    bands = { same = 10, ask = 3 }
    prior = -4
    cap = 100

    [[rules]]
    name = "serial"
    field = "serial"
    kind = "serial"
    label = "The serial number"
    levels = [{ at = 1, weight = 8 }, { at = 0.8, weight = 2 }]
    otherwise = -5

    [[rules]]
    name = "caller"
    field = "phone"
    kind = "phone"
    label = "The caller's number"
    levels = [{ at = 0.95, weight = 3 }]
    otherwise = -0.5

    [[rules]]
    name = "symptom"
    field = "symptom"
    kind = "code"
    label = "The symptom"
    levels = [{ at = 1, weight = 3 }, { at = 0.5, weight = 1 }]
    otherwise = -2

    [[rules]]
    name = "words"
    field = "text"
    kind = "text"
    label = "The description"
    levels = [{ at = 0.9, weight = 6 }, { at = 0.4, weight = 2 }]
    otherwise = -1

    [[rules]]
    name = "place"
    field = "place"
    kind = "distance"
    label = "The place"
    reach = 2000
    levels = [{ at = 0.9, weight = 2 }, { at = 0.1, weight = 1 }]
    otherwise = -3

    [[keys]]
    name = "serial"
    parts = [{ field = "serial", form = "serial" }]

    [[keys]]
    name = "caller"
    parts = [{ field = "phone", form = "phone", last = 7 }]

    [[keys]]
    name = "words"
    parts = [{ field = "text", form = "text", each = true }]
    unless = ["serial"]

    [window]
    field = "opened"
    anchor = "latest"
    ages = [{ within = "1d", weight = 2 }, { within = "14d", weight = 0 }]
    otherwise = -3

    [scope]
    field = "kind"
    groups = [["breakdown", "warranty"], ["planned"]]
    """
)

print("Two jobs are open when the evening begins.")
index = Index(RULES)
dealer: Record = {
    "kind": "breakdown",
    "serial": "CX-00418O",
    "symptom": "PRESSURE.LOW",
    "text": "Compressor does not build up pressure",
    "place": (41.8790, -87.6360),
    "opened": EVENING - 30 * HOUR,
    "latest": EVENING - 5 * HOUR,
}
index.add("J-1", dealer)
index.add("J-2", {**dealer, "kind": "planned", "symptom": None, "text": "Yearly inspection"})

print("\nThe customer phones about the same machine, reading the plate in the dark.")
phoned: Record = {
    "kind": "breakdown",
    "serial": "cx 4180",
    "phone": "(312) 555-0123",
    "symptom": "PRESSURE",
    "text": "no pressure, compressor does not build up any",
    "opened": EVENING,
}
found = index.find(phoned)
for one in found.matches:
    print(f"{one.id}: {one.match.explain()}")
print(f"{found.considered} records compared; merged by machine: {found.matches[0].match.automatic}")

print("\nA second caller knows no serial number; the words lead to the job.")
passer_by: Record = {
    "kind": "breakdown",
    "phone": "+1 312 555 0123 ext. 7",
    "text": "compressor does not build up pressure",
    "place": (41.8795, -87.6366),
    "opened": EVENING + HOUR,
}
for one in index.find(passer_by).matches:
    print(f"{one.id}: {one.match.score:+.1f} bits, {one.match.band}")

print("\nA pump across town is another matter.")
pump: Record = {
    "kind": "breakdown",
    "serial": "PU-77",
    "text": "Pump is loud",
    "place": (41.97, -87.9),
    "opened": EVENING,
}
print(f"Found: {list(index.find(pump).matches)}")
print(compare(RULES, pump, dealer).explain())

print("\nThe rules are data, and anybody can tell whether they are still the same.")
print(f"{RULES.id} {RULES.version}: {MatchRules.load(RULES.to_data()).digest == RULES.digest}")
