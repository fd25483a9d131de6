"""A service whose machines raise alarms, and a planned visit on one of them."""

from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from jobkit.catalog import Catalog, TelemetryRules
from jobkit.desk import Desk
from jobkit.model import Job, Window
from tests.desk.twinned import CALLER, DAY, JUDGE, NOW, SENSOR, service

TELEMETRY: Final = TelemetryRules(type="breakdown", dispatch="take_up", window=timedelta(days=14))


def watched(rules: TelemetryRules | None = TELEMETRY, **more: Any) -> Catalog:
    """Return the catalog of the service with rules of telemetry."""
    return attrs.evolve(service(**more), telemetry=rules)


def seen(desk: Desk, code: str = "OIL_TEMP", *, at: datetime = NOW, asset: str = "EX-12", **more: Any) -> Job:
    """Return the job that an alarm belongs to, after it was seen."""
    return desk.alarm(asset, code, by=SENSOR, at=at, **more).job


def planned(desk: Desk, *, days: int = 5, asset: str = "EX-12") -> Job:
    """Return a maintenance job with a visit so many days ahead."""
    request = {"subject": {"asset": asset}, "work": {"symptom": f"service-{days}"}}
    job = desk.submit("maintenance", request, by=CALLER, at=NOW).job
    for trigger in ("take_up", "approve"):
        desk.fire(job.id, trigger, by=JUDGE, at=NOW)
    start = NOW + days * DAY
    window = Window(start=start, end=start + timedelta(hours=4))
    return desk.plan_visit(job.id, window, by=JUDGE, at=NOW, visit_id="v1").job
