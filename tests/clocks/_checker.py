"""An independent auditor: recomputes a verdict from a reading's derivation and raw opening hours alone."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

Hours = Callable[[datetime, datetime], timedelta]
ZERO = timedelta(0)
AIMS = ("started", "restarted", "retargeted", "moved")


def complaints(told: dict[str, Any], hours: Mapping[str, Hours]) -> list[str]:
    """Return what does not add up in a reading's plain data; *hours* measure open time by each calendar."""
    spans = [timed(span) for span in told["spans"]]
    total = sum((span["amount"] for span in spans), ZERO)
    wrong = [f"hole at {one['end']}" for one, two in pairwise(spans) if one["end"] != two["start"]]
    for span in spans:
        measured = hours[span["calendar"]](span["start"], span["end"]) if span["counted"] else ZERO
        wrong += [f"{span} is {measured}"] if span["amount"] != measured else []
    short = "target" in told and told["left"] != told["target"] - told["elapsed"]
    if short or total != seconds(told["elapsed"]):
        wrong.append(f"the spans add up to {total}")
    breach = kept(told) or broken(told, spans)
    if (breach, verdict(told, breach)) != (at(told.get("breached_at")), told["state"]):
        wrong.append(f"broken at {breach} and {verdict(told, breach)}")
    return wrong


def kept(told: dict[str, Any]) -> Any:
    """Return a breach of an earlier cycle that was kept, if one was marked then."""
    marked = [mark["at"] for mark in told["marks"] if mark["what"] == "breached"]
    breach = told.get("breached_at")
    return at(breach) if breach in marked and breach < told["started_at"] else None


def broken(told: dict[str, Any], spans: list[dict[str, Any]]) -> Any:
    """Walk the spans of the last cycle against the targets in force, and return when the promise broke."""
    found, target, due, used, before = None, None, None, ZERO, ""
    why = "paused" if "paused_for" in told else "now"
    now = timed({"start": told["now"], "end": told["now"], "amount": 0, "cycle": told["cycle"], "why": why})
    for span in [*spans, now] if "stopped_at" not in told else spans:
        for mark in (mark for mark in told["marks"] if at(mark["at"]) == span["start"]):
            if mark["what"] == "cleared_breach":
                found = None
            elif mark["what"] in AIMS:
                target, due, before = seconds(mark.get("target")), at(mark.get("due")), ""
        # A date that comes while the clock stays paused breaks nothing.
        stays = span["why"] == before == "paused"
        if found is None and span["cycle"] == told["cycle"] and span["why"] != "ended" and not stays:
            found = passed(span, used, target, due)
        used, before = used + span["amount"], span["why"]
    return found or exceeded(told, used)


def exceeded(told: dict[str, Any], used: timedelta) -> Any:
    """Return the instant of a stop past a target or date that holds since that very instant."""
    end = told.get("stopped_at")
    here = [mark["what"] for mark in told["marks"] if mark["at"] == end]
    aims = [mark for mark in told["marks"] if mark["what"] in AIMS]
    if end is None or here[-1] == "cancelled" or not aims:
        return None
    target, due = seconds(aims[-1].get("target")), at(aims[-1].get("due"))
    anew = any(what in (*AIMS, "resumed", "reopened") for what in here)
    late = (target is not None and used > target) or (due is not None and due < at(end) and anew)
    return at(end) if late else None


def passed(span: dict[str, Any], used: timedelta, target: Any, due: Any) -> Any:
    """Return when the target is used up in a span, before its end."""
    if (target is not None and used >= target) or (due is not None and due <= span["start"]):
        return span["start"]
    if target is not None and used + span["amount"] > target:
        return span["start"] + (target - used)
    return due if due is not None and due < span["end"] and span["why"] != "paused" else None


def verdict(told: dict[str, Any], breach: datetime | None) -> str:
    """Return the state that the marks and the breach amount to."""
    if "stopped_at" in told:
        ends = [mark["what"] for mark in told["marks"] if mark["what"] in ("met", "met_late", "cancelled")]
        return "cancelled" if ends[-1] == "cancelled" else "met" if breach is None else "met_late"
    alive = "breached" if breach is not None else "paused" if "paused_for" in told else "running"
    return alive if "started_at" in told else "not_started"


def timed(span: dict[str, Any]) -> dict[str, Any]:
    """Return a span with its instants and its length read."""
    return {**span, "start": at(span["start"]), "end": at(span["end"]), "amount": seconds(span["amount"])}


def at(text: Any) -> Any:
    """Read an instant."""
    return None if text is None else datetime.fromisoformat(text)


def seconds(amount: float | None) -> Any:
    """Read a length of time."""
    return None if amount is None else timedelta(seconds=amount)
