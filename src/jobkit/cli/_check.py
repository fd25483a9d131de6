"""`jobkit check` and `jobkit diagram`: what is doubtful about a lifecycle, and how it looks."""

import json
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence

from jobkit.cli._choose import screen
from jobkit.cli._rules import read_lifecycle
from jobkit.cli._screen import Screen
from jobkit.cli._telling import tell_finding
from jobkit.findings import Finding, Severity, blocking
from jobkit.lifecycle import Lifecycle, check, graphviz, mermaid

_ORDER: tuple[Severity, ...] = ("block", "warn", "info")
_DRAWN = {"mermaid": mermaid, "dot": graphviz}


def run_check(chosen: Namespace) -> int:
    """Print every finding about the chosen lifecycle; 1 when one of them blocks, else 0."""
    lifecycle = read_lifecycle(chosen.file, chosen.predicate)
    findings = sorted(check(lifecycle), key=lambda finding: _ORDER.index(finding.severity))
    if chosen.json:
        print(json.dumps(_plain(lifecycle, findings), indent=2, ensure_ascii=True))
    else:
        _tell(screen(plain=chosen.plain), lifecycle, findings)
    return 1 if blocking(findings) else 0


def run_diagram(chosen: Namespace) -> int:
    """Print the chosen lifecycle as a diagram's text."""
    sys.stdout.write(_DRAWN[chosen.format](read_lifecycle(chosen.file, chosen.predicate)))
    return 0


def _plain(lifecycle: Lifecycle, findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "id": lifecycle.definition.id,
        "version": lifecycle.definition.version,
        "hash": lifecycle.hash,
        "findings": [finding.to_dict() for finding in findings],
    }


def _tell(out: Screen, lifecycle: Lifecycle, findings: Sequence[Finding]) -> None:
    definition = lifecycle.definition
    moves = len(definition.transitions)
    out.heading(f"{lifecycle.digest}: {len(lifecycle.states)} states, {moves} transitions")
    for finding in findings:
        tell_finding(out, finding)
    counts = Counter(finding.severity for finding in findings)
    told = ", ".join(f"{counts[severity]} {severity}" for severity in _ORDER if counts[severity])
    if counts["block"]:
        out.say(f"Not fit for use: {told}.", "bad")
    else:
        out.say(f"Nothing blocks: {told or 'no findings'}.", "good")
