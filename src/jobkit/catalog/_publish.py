"""The rules of a catalog as one page that people read: promises, order of work, and how work comes in."""

import re
from collections.abc import Iterator
from typing import Final

from jobkit import clocks
from jobkit.catalog._catalog import Catalog
from jobkit.catalog._clocks import Escalation
from jobkit.catalog._publish_intake import publish_intake, publish_matching, publish_playbooks
from jobkit.documents import page_code, page_line, page_section
from jobkit.priority import publish as publish_priority
from jobkit.priority import publish_capacity, publish_routing

_HEADING: Final = re.compile(r"^#", re.MULTILINE)
_TOLD: Final = "Whom a clock is brought before when it reaches a point."


def publish(catalog: Catalog) -> str:
    """
    Return the published rules of *catalog* as one page in Markdown; what it does not have is left out.

    >>> print(publish(Catalog.preset("after-sales")).splitlines()[0])
    # Rules of after-sales, version 1
    """
    head = f"# Rules of {page_line(catalog.id)}, version {page_line(catalog.version)}\n"
    # No line of a page but a heading begins with its sign, for data stands behind other words.
    return "\n".join([head, *(_HEADING.sub("##", page) for page in _pages(catalog))])


def _pages(catalog: Catalog) -> Iterator[str]:
    if catalog.milestones:
        yield clocks.publish(catalog.milestones.values())
    if told := page_section("Who is told", _escalations(catalog), _TOLD):
        yield told
    if catalog.priority is not None:
        yield publish_priority(catalog.priority)
    if catalog.routing is not None:
        yield publish_routing(catalog.routing)
    if catalog.capacity is not None:
        yield publish_capacity(catalog.capacity)
    if catalog.intake is not None:
        yield publish_intake(catalog.intake)
    if catalog.duplicates is not None:
        yield publish_matching(catalog.duplicates)
    if len(catalog.playbooks):
        yield publish_playbooks(catalog.playbooks)


def _escalations(catalog: Catalog) -> Iterator[str]:
    for (name, version), rules in catalog.escalations.items():
        several = len(catalog.milestones[name].promises) > 1
        clock = f"**{page_line(name)}**{f' version {page_line(version)}' if several else ''}"
        yield from (f"- {clock}, {_escalation(rule)}." for rule in rules)


def _escalation(rule: Escalation) -> str:
    asked = "" if rule.when is None else f" if {page_code(rule.when.to_text())}"
    queue = "" if rule.queue is None else f" and stands in the queue {page_line(rule.queue)}"
    return f"{page_line(rule.on)}{asked}: goes to {page_line(rule.who or 'nobody in particular')}{queue}"
