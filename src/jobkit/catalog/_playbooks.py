"""Playbooks in a catalog: read with its job types, and held to them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jobkit.calendars import BusinessTime
from jobkit.catalog._values import TypeRules
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.paths import Item, join
from jobkit.playbooks import Playbook, Playbooks

UNKNOWN_TYPE = Template(
    "catalog.playbook_type",
    "The playbook {playbook} begins jobs of the type {type}, which the catalog does not have.",
    "Add the job type {type}, or name one of: {known}.",
)
BEGINS_REQUEST = Template(
    "catalog.playbook_request",
    "The playbook {playbook} begins records of the type {type}, which are requests and not work.",
    "Name a job type whose jobs are worked on: {known}.",
)
NO_CALENDAR = Template(
    "catalog.playbook_calendar",
    "The playbook {playbook} has tasks that are due in working time, and the catalog has no calendar.",
    "Give the catalog a calendar, or write due times as elapsed time.",
)


def load_playbooks(data: Mapping[str, Any], findings: list[Finding]) -> Playbooks:
    """Read the table `playbooks` of a catalog; what is wrong with it is added to *findings*."""
    try:
        return Playbooks.load(data, "$.playbooks")
    except Invalid as error:
        findings += error.findings
        return Playbooks()


def shelved(playbooks: Iterable[Playbook], findings: list[Finding]) -> Playbooks:
    """Return versions of playbooks as a catalog holds them; what is wrong is added to *findings*."""
    try:
        return Playbooks.of(playbooks, "$.playbooks")
    except Invalid as error:
        findings += error.findings
        return Playbooks()


def playbook_problems(
    playbooks: Playbooks, types: Iterable[TypeRules], calendar: BusinessTime | None
) -> Iterator[Finding]:
    """Yield playbooks whose job type is not there or not work, and due times that nothing counts."""
    known = {rules.type.id: rules.type for rules in types}
    work = sorted(id for id, job_type in known.items() if not job_type.is_request)
    for playbook in playbooks:
        path = join("$.playbooks", Item(playbook.id), Item(playbook.version))
        found = known.get(playbook.job_type)
        if found is None or found.is_request:
            yield _wrong_type(playbook, path, work, UNKNOWN_TYPE if found is None else BEGINS_REQUEST)
        if calendar is None and playbook.counts_working_time:
            yield Finding.of(NO_CALENDAR, path=f"{path}.tasks", playbook=playbook.source)


def _wrong_type(playbook: Playbook, path: str, known: list[str], template: Template) -> Finding:
    told: dict[str, Any] = {"type": playbook.job_type, "known": known}
    return Finding.of(template, path=f"{path}.job_type", playbook=playbook.source, **told)
