"""A dealer hands in a job, learns what is missing, and comes back with the least that was asked for."""

from datetime import UTC, datetime

from jobkit.facts import declare, gather
from jobkit.model import Job, State, put
from jobkit.requirements import Package, review

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)

INTAKE = Package.load(
    """
    id = "intake"

    [[requirements]]
    id = "asset"
    field = "job.subject.asset"
    who = "dealer"
    weight = 2
    help = { why = "the crew loads parts by it" }

    [[requirements]]
    id = "what"
    condition = "known(job.work.symptom) or known(job.work.service_type)"
    who = "dealer"

    [[requirements]]
    id = "access"
    applies_when = 'job.terms.channel == "portal"'
    field = "job.work.access_notes"
    severity = "warn"
    """,
    declare(),
)

job = Job(id="J-1", type="repair", states={"work": State(name="submitted", category="triage")})
job = put(job, "$.terms.channel", "dealer")

first = review(INTAKE, gather(job), NOW)
print(first.answer("approve J-1"))
print(f"score {first.score:.2f}; the least that unblocks:")
for deed in first.unblocking.deeds:
    print(f"  {deed.unblock}")

job = put(put(job, "$.subject.asset", "press-7"), "$.work.symptom", "LEAK.OIL")
second = review(INTAKE, gather(job), NOW)
print(second.answer("approve J-1"))
print(f"score {second.score:.2f}; not applicable: {', '.join(second.idle)}")
