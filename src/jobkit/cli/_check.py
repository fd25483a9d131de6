"""`jobkit check` and `jobkit diagram`: what is doubtful about rules, and how a lifecycle looks."""

import json
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from jobkit.catalog import Catalog
from jobkit.cli._choose import screen
from jobkit.cli._rules import names_catalog, read_catalog, read_lifecycle
from jobkit.cli._screen import Screen
from jobkit.cli._telling import tell_finding
from jobkit.findings import Finding, Severity, blocking
from jobkit.lifecycle import Lifecycle, check, graphviz, mermaid

_ORDER: tuple[Severity, ...] = ("block", "warn", "info")
_DRAWN = {"mermaid": mermaid, "dot": graphviz}


@attrs.frozen(kw_only=True)
class _Told:
    """What was checked: its names, how large it is, and what was found."""

    names: Mapping[str, str]
    heading: str
    findings: tuple[Finding, ...]


def run_check(chosen: Namespace) -> int:
    """Print every finding about the chosen lifecycle or catalog; 1 when one of them blocks, else 0."""
    if chosen.lifecycle or names_catalog(chosen.file):
        told = _of_catalog(read_catalog(chosen.file, chosen.lifecycle, chosen.predicate))
    else:
        told = _of_lifecycle(read_lifecycle(chosen.file, chosen.predicate))
    if chosen.json:
        print(json.dumps(_plain(told), indent=2, ensure_ascii=True))
    else:
        _tell(screen(plain=chosen.plain), told)
    return 1 if blocking(told.findings) else 0


def run_diagram(chosen: Namespace) -> int:
    """Print the chosen lifecycle as a diagram's text."""
    sys.stdout.write(_DRAWN[chosen.format](read_lifecycle(chosen.file, chosen.predicate)))
    return 0


def _of_lifecycle(lifecycle: Lifecycle) -> _Told:
    definition = lifecycle.definition
    moves = len(definition.transitions)
    return _Told(
        names={"id": definition.id, "version": definition.version, "hash": lifecycle.hash},
        heading=f"{lifecycle.digest}: {len(lifecycle.states)} states, {moves} transitions",
        findings=_in_order(check(lifecycle)),
    )


def _of_catalog(catalog: Catalog) -> _Told:
    parts = {
        "job types": len(catalog.types),
        "queues": len(catalog.queue_names()),
        "calendars": len(catalog.calendars),
        "milestones": len(catalog.milestones),
        "priority": catalog.priority is not None,
        "routing": catalog.routing is not None,
        "capacity": catalog.capacity is not None,
    }
    told = (name if count is True else f"{count} {name}" for name, count in parts.items() if count)
    return _Told(
        names={"id": catalog.id, "version": catalog.version},
        heading=f"{catalog.id} {catalog.version}: {', '.join(told)}",
        findings=_in_order(catalog.findings),
    )


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.severity)))


def _plain(told: _Told) -> dict[str, object]:
    return {**told.names, "findings": [finding.to_dict() for finding in told.findings]}


def _tell(out: Screen, told: _Told) -> None:
    out.heading(told.heading)
    for finding in told.findings:
        tell_finding(out, finding)
    counts = Counter(finding.severity for finding in told.findings)
    summary = ", ".join(f"{counts[severity]} {severity}" for severity in _ORDER if counts[severity])
    if counts["block"]:
        out.say(f"Not fit for use: {summary}.", "bad")
    else:
        out.say(f"Nothing blocks: {summary or 'no findings'}.", "good")
