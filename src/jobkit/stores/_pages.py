"""Cursors: where a page of a queue ended, as one opaque text."""

import json
from typing import Final

from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.ports import Page

BAD_CURSOR = Template(
    "stores.bad_cursor",
    "The cursor {cursor} was not given out by a queue.",
    "Begin without a cursor, then pass on the one of the page before.",
)
BAD_LIMIT = Template(
    "stores.bad_limit",
    "A limit of {limit} asks for nothing.",
    "Give a limit of at least 1.",
)
LONGEST: Final = 1_000_000
"""The most rows that one look-up returns."""


def page(found: list[tuple[str, str]], limit: int) -> Page:
    """
    Return a page of at most *limit* jobs out of (order, job id) pairs, of which one more was looked up.

    >>> page([("a", "J-1"), ("b", "J-2")], 1)
    Page(job_ids=('J-1',), after='["a", "J-1"]')
    """
    shown = found[:limit]
    ids = tuple(job_id for _, job_id in shown)
    return Page(ids, json.dumps(shown[-1]) if shown and len(found) > limit else None)


def read_cursor(after: str | None) -> tuple[str, str]:
    """
    Return the (order, job id) that a page ended with; what no page gave out is refused.

    >>> read_cursor('["a", "J-1"]')
    ('a', 'J-1')
    """
    if after is None:
        return ("", "")
    try:
        order, job_id = json.loads(after)
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid.of(BAD_CURSOR, cursor=after) from error
    if not (isinstance(order, str) and isinstance(job_id, str)):
        raise Invalid.of(BAD_CURSOR, cursor=after)
    return (order, job_id)


def size(limit: int) -> int:
    """Return how many rows to look up for *limit*; less than one is refused."""
    if limit < 1:
        raise Invalid.of(BAD_LIMIT, limit=limit)
    return min(limit, LONGEST)
