"""What conditions may ask of intake: complete or not, how far, and what look-ups answered."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import attrs

from jobkit.catalog import Catalog
from jobkit.findings import blocking
from jobkit.intake import Inspection, IntakeRules, inspect
from jobkit.model import Job


@attrs.frozen(eq=False, slots=False)
class _Seen:
    """A job as intake sees it, looked at only when a condition asks: look-ups take their time."""

    rules: IntakeRules
    job: Job
    now: datetime
    facts: Mapping[str, Any]

    @cached_property
    def inspection(self) -> Inspection:
        return inspect(self.rules, self.job, now=self.now, facts=self.facts)


@attrs.frozen(eq=False)
class IntakeSeen:
    """The facts `intake.*` of one job: `open`, `score` from 0 to 1, and how much is `missing`."""

    _seen: _Seen

    @property
    def open(self) -> bool:
        """Whether the package holds and every look-up that blocks has answered."""
        return self._seen.inspection.open

    @property
    def score(self) -> float:
        """The weighted share of what is met."""
        return self._seen.inspection.score

    @property
    def missing(self) -> int:
        """How many findings block."""
        return len(blocking(self._seen.inspection.findings))


@attrs.frozen(eq=False)
class LookupsSeen:
    """The facts `lookup.*` of one job, by the names of the look-ups."""

    _seen: _Seen

    def __getattr__(self, name: str) -> Any:
        found: Mapping[str, Any] = self._seen.inspection.facts["lookup"]
        if name not in found:
            raise AttributeError(name)
        return found[name]


def intake_facts(catalog: Catalog, job: Job, now: datetime, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the namespaces `intake` and `lookup` of a job at *now*; none where the catalog asks nothing."""
    if catalog.intake is None:
        return {}
    seen = _Seen(catalog.intake, job, now, facts)
    return {"intake": IntakeSeen(seen), "lookup": LookupsSeen(seen)}
