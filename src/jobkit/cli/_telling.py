"""How findings, answers and errors are told on a screen."""

import re
from collections.abc import Iterable
from typing import Any

from jobkit.answers import Answer
from jobkit.cli._screen import Screen, Tone
from jobkit.errors import JobkitError
from jobkit.findings import Finding, Severity, blocking
from jobkit.instants import read_instant
from jobkit.model import Window

_TONES: dict[Severity, Tone] = {"block": "bad", "warn": "plain", "info": "quiet"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FULL_MINUTE = re.compile(r"(T\d\d:\d\d):00\.000000Z")


def tell_finding(screen: Screen, finding: Finding) -> None:
    """Tell a finding with its severity, code, place, message and what unblocks it."""
    screen.say(f"{finding.severity}  {finding.code}  {finding.path}", _TONES[finding.severity])
    screen.say(finding.message, indent=1)
    screen.say(f"-> {finding.unblock}", "help", indent=1)


def tell_reasons(screen: Screen, findings: Iterable[Finding]) -> None:
    """Tell each reason with the deed that helps and who can do it."""
    for finding in findings:
        who = f" ({finding.who})" if finding.who else ""
        mark = "- " if finding.blocks else "- warning: "
        screen.say(f"{mark}{short(finding.message)}", _TONES[finding.severity], indent=1)
        screen.say(f"-> {short(finding.unblock)}{who}", "help", indent=2)


def tell_answer(screen: Screen, asked: str, answer: Answer[Any]) -> None:
    """Tell the question that was *asked* and everything that speaks against it."""
    if answer.open:
        screen.say(f"{asked} Yes.", "good")
    else:
        blocked = blocking(answer.findings)
        screen.say(f"{asked} No, {len(blocked)} {'reason' if len(blocked) == 1 else 'reasons'}:")
    tell_reasons(screen, answer.findings)


def short(text: str) -> str:
    """
    Return *text* with instants at a full minute cut to it.

    >>> short("From 2026-03-10T08:00:00.000000Z on.")
    'From 2026-03-10T08:00Z on.'
    """
    return _FULL_MINUTE.sub(r"\1Z", text)


def tell_error(screen: Screen, error: JobkitError) -> None:
    """Tell an error: each finding's message, place and what unblocks it."""
    for finding in error.findings:
        screen.say(f"{finding.message} [{finding.code} at {finding.path}]", "bad")
        screen.say(f"-> {finding.unblock}", "help", indent=1)


def spoken_window(window: Window) -> str:
    """Return a window as people read it, in UTC."""
    start, end = window.start, window.end
    day = f"{start.day} {_MONTHS[start.month - 1]}"
    if start.date() == end.date():
        return f"{day} {start:%H:%M}-{end:%H:%M}"
    return f"{day} {start:%H:%M} - {end.day} {_MONTHS[end.month - 1]} {end:%H:%M}"


def spoken_value(value: object) -> str:
    """Return a wire value as people read it; a private one stays hidden."""
    if isinstance(value, dict) and set(value) == {"start", "end"}:
        return spoken_window(Window(read_instant(value["start"]), read_instant(value["end"])))
    if isinstance(value, (list, tuple)):
        return ", ".join(map(spoken_value, value))
    return str(value)
