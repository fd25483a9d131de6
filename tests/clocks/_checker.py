"""An independent auditor: recomputes a verdict from a reading's derivation and raw opening hours alone."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

Hours = Callable[[datetime, datetime], timedelta]
ZERO = timedelta(0)


def complaints(told: dict[str, Any], hours: Mapping[str, Hours]) -> list[str]:
    """Return what does not add up in a reading's plain data; *hours* measure open time by each calendar."""
    spans = [{**span, "start": at(span["start"]), "end": at(span["end"])} for span in told.get("spans", [])]
    total = sum((seconds(span["amount"]) for span in spans), ZERO)
    wrong = [f"hole at {one['end']}" for one, two in pairwise(spans) if one["end"] != two["start"]]
    for span in spans:
        measured = hours[span["calendar"]](span["start"], span["end"]) if span["counted"] else ZERO
        if seconds(span["amount"]) != measured:
            wrong.append(f"{span['start']} counts {span['amount']} and is {measured}")
    if total != seconds(told["elapsed"]):
        wrong.append(f"the spans add up to {total}, not to {told['elapsed']}")
    if "target" in told and seconds(told["left"]) != seconds(told["target"]) - total:
        wrong.append("elapsed and left do not make the target")
    breach = kept(told) or broken(told, spans)
    if breach != at(told.get("breached_at")):
        wrong.append(f"broken at {breach}, not at {told.get('breached_at')}")
    return wrong + ([] if told["state"] == verdict(told, spans, breach) else [f"not {told['state']}"])


def kept(told: dict[str, Any]) -> Any:
    """Return a breach of an earlier cycle that was kept, if one was marked then."""
    breach, marks = told.get("breached_at"), told.get("marks", [])
    earlier = breach is not None and breach < told["started_at"]
    return (
        at(breach)
        if earlier and any((mark["what"], mark["at"]) == ("breached", breach) for mark in marks)
        else None
    )


def broken(told: dict[str, Any], spans: list[dict[str, Any]]) -> datetime | None:
    """Walk the spans of the last cycle against the targets in force, and return when the promise broke."""
    found, target, due = None, None, None
    used, now = ZERO, at(told["now"])
    last = {"start": now, "end": now, "amount": 0, "cycle": told["cycle"], "why": "now"}
    for span in [*spans, last] if "stopped_at" not in told else spans:
        for begins, what, length, date in changes(told):
            if begins == span["start"]:
                found = None if what == "cleared_breach" else found
                target, due = (target, due) if what == "cleared_breach" else (length, date)
        if found is None and span["cycle"] == told["cycle"] and span["why"] != "ended":
            found = passed(span, used, target, due)
        used += seconds(span["amount"])
    return found


def passed(span: dict[str, Any], used: timedelta, target: Any, due: Any) -> Any:
    """Return when the target is used up in a span, before its end."""
    start, end = span["start"], span["end"]
    if (target is not None and used >= target) or (due is not None and due <= start):
        return start
    if span["why"] == "paused":
        return None
    if due is not None and due < end:
        return due
    reached = target is not None and used + seconds(span["amount"]) > target
    return start + (target - used) if reached else None


def changes(told: dict[str, Any]) -> Iterator[tuple[Any, str, Any, Any]]:
    """Yield from when on which target was in force, and when a breach was forgiven."""
    for mark in told.get("marks", []):
        if mark["what"] in ("started", "restarted", "retargeted", "moved", "cleared_breach"):
            length = seconds(mark["target"]) if "target" in mark else None
            yield at(mark["at"]), mark["what"], length, at(mark.get("due"))


def verdict(told: dict[str, Any], spans: list[dict[str, Any]], breach: datetime | None) -> str:
    """Return the state that the spans and the breach amount to."""
    if "started_at" not in told:
        return "not_started"
    if "stopped_at" in told:
        ends = [mark["what"] for mark in told["marks"] if mark["what"] in ("met", "met_late", "cancelled")]
        return "cancelled" if ends[-1] == "cancelled" else "met" if breach is None else "met_late"
    paused = "paused_for" in told
    return "breached" if breach is not None else "paused" if paused else "running"


def at(text: Any) -> Any:
    """Read an instant."""
    return None if text is None else datetime.fromisoformat(text)


def seconds(amount: float) -> timedelta:
    """Read a length of time."""
    return timedelta(seconds=amount)
