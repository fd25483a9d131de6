"""A dealer's form gets its JSON Schema: what the schema says, and what it leaves to the library."""

import json
from datetime import UTC, datetime

from jobkit.codes import Code, CodeList
from jobkit.facts import declare
from jobkit.fields import FieldSpec, Help
from jobkit.requirements import Package, json_schema, review

now = datetime(2026, 3, 10, 8, tzinfo=UTC)
hose = Help(why="The van is loaded by it.", example="A crew came with the hose of another model.")
fields = [FieldSpec(name="hose", type="code", codes="hose", required=True, help=hose)]
hoses = CodeList(
    id="hose", version="7", codes=(Code(id="H-12"), Code(id="H-16"), Code(id="H-20", retired=True))
)
dealers = Package.load(
    """
    id = "dealer-intake"

    [[requirements]]
    id = "serial"
    kind = "format"
    field = "job.subject.serial"
    options = { pattern = '[A-Z]{2}-?\\d{4,8}', example = "KX-20417" }

    [[requirements]]
    id = "photo"
    applies_when = 'job.work.symptom == "LEAK"'
    kind = "attachment"
    options = { purpose = "photo" }
    waivers = ["supervisor"]

    [[requirements]]
    id = "notice"
    condition = 'not within(job.terms.requested.start, "4h")'
    severity = "warn"
    """,
    declare(),
)

export = json_schema(dealers, at=now, fields=fields, codes={"hose": hoses})
print("The schema, as a form or a gateway takes it:")
print(json.dumps(export.schema, indent=2))
print("\nWhat it leaves to the library:")
for rest in export.rest:
    print(f"  {rest.said}")

request = {"subject": {"serial": "20417"}, "work": {"symptom": None}}
print("\nOne request, as the library sees it. The schema refuses it for the same two, by their titles:")
for finding in review(dealers, {"job": request}, now).findings:
    if finding.severity == "block":
        print(f"  {finding.message} {finding.unblock}")
