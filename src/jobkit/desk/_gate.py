"""The gate between intake and work: what must hold before a job is approved, on every path."""

from collections.abc import Sequence
from datetime import datetime

from jobkit.desk._draft import Draft
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.findings import Finding


def guarded(office: Office, drafts: Sequence[Draft], now: datetime) -> Steps[tuple[Finding, ...]]:
    """Return what keeps jobs of *drafts* from passing the gate between intake and work."""
    yield from ()
    return ()
