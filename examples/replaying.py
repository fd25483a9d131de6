"""A log of another system becomes jobs with histories; the report says what rules would have refused."""

from pathlib import Path

from jobkit.replay import LogMapping, replay_log
from jobkit.stores.sqlite import SQLiteStore

Path("log.csv").write_text(
    """ticket,at,status,who
a,2026-01-01T08:00:00+01:00,new,ann
a,2026-01-01T09:00:00+01:00,doing,bob
a,2026-01-01T12:00:00+01:00,closed,ann
b,2026-01-02T08:00:00+01:00,new,ann
b,2026-01-02T08:30:00+01:00,closed,ann
b,2026-01-02T11:00:00+01:00,doing,bob
b,not a time,closed,ann
"""
)
mapping = LogMapping.load("""
case = "ticket"
time = "at"
state = "status"
actor = "who"

[states]
new = { category = "triage" }
doing = { category = "active" }
closed = { category = "closed", end = "closed" }
""")

with SQLiteStore("replayed.db") as store:
    report = replay_log(Path("log.csv"), mapping, store, check=True)

print(f"{report.cases} cases, {report.events} events")
print(f"{report.opened} opened a job, {report.moved} moved it, {report.observed} were refused and observed")
for move in report.refused:
    print(f"  {move.source} -> {move.target}: {move.count} refused, for example {move.examples}")
print(f"{report.reopenings} reopening")
for finding in report.bad_rows:
    print(f"  line left out: {finding.message}")
