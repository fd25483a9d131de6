"""Index facts as rows: what a look-up reads, and what a commit takes out and puts in."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from jobkit.instants import write_instant
from jobkit.ports import IndexFacts

TABLES: Final = ("assets", "people", "external_ids", "queues", "wakeups")
"""The kinds of index rows, each ordered by the columns that its look-up goes by."""

Row = tuple[Any, ...]
Turnover = Mapping[str, tuple[frozenset[Row], frozenset[Row]]]
"""The rows to take out and to put in, by table."""


@attrs.frozen(kw_only=True)
class Rows:
    """The index rows of one job."""

    assets: frozenset[Row] = frozenset()
    people: frozenset[Row] = frozenset()
    external_ids: frozenset[Row] = frozenset()
    queues: frozenset[Row] = frozenset()
    wakeups: frozenset[Row] = frozenset()


NONE: Final = Rows()


def rows(index: IndexFacts, job_id: str, serial: int) -> Rows:
    """Return the rows of a job, the *serial*-th of its store; a person is looked up by open jobs only."""
    return Rows(
        assets=frozenset((asset, int(index.open), serial, job_id) for asset in index.assets),
        people=frozenset((person, job_id) for person in index.people if index.open),
        external_ids=frozenset((system, id, job_id) for system, id in index.external_ids),
        queues=frozenset((key.queue, key.order, job_id) for key in index.queues),
        wakeups=frozenset((write_instant(each.at), job_id, each.kind, each.name) for each in index.wakeups),
    )


def turnover(before: Rows, after: Rows) -> Turnover:
    """Return the rows to take out and to put in; tables that stay as they are are left out."""
    return {
        table: (old - new, new - old)
        for table in TABLES
        if (old := getattr(before, table)) != (new := getattr(after, table))
    }
