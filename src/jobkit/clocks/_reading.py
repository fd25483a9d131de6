"""What a clock says at an instant, and the derivation from which anyone can compute it again."""

from datetime import datetime, timedelta
from typing import Any, Literal

import attrs

from jobkit.findings import Finding
from jobkit.instants import write_instant

Verdict = Literal["not_started", "running", "paused", "met", "breached", "met_late", "cancelled"]
Why = Literal["before_start", "open", "closed", "paused", "earlier_cycle", "ended"]

_WORDS = {
    "before_start": "the clock had not started",
    "open": "open by {calendar}",
    "closed": "closed by {calendar}",
    "paused": "paused: {reason}",
    "earlier_cycle": "the clock began again later",
    "ended": "the clock had ended",
}
_BECAUSE = {
    "break": "a break",
    "closed_date": "a closed date",
    "holiday": "a holiday",
    "opening": "a single opening",
    "closure": "a single closure",
    "excluded": "taken out",
}


@attrs.frozen(kw_only=True)
class Span:
    """
    A half-open stretch of the derivation: whether it counted, why, and how much open time it added.

    The amounts of all spans add up to the elapsed time; only spans that count have one. Where the calendar
    can explain itself, `because` is the kind of rule by which it is closed, or open as an exception, `rule`
    the name of that rule, such as a holiday's, and `edition` when the edition that has it came into force.
    """

    start: datetime
    end: datetime
    counted: bool
    why: Why
    reason: str | None = None
    calendar: str | None = None
    cycle: int = 0
    amount: timedelta = timedelta(0)
    because: str | None = None
    rule: str | None = None
    edition: datetime | None = None

    def __str__(self) -> str:
        why = _WORDS[self.why].format(calendar=self.calendar, reason=self.reason)
        told = self.rule or _BECAUSE.get(self.because or "")
        because = why if told is None else f"{why}: {told}"
        counted = f"{write_length(self.amount)} counted, " if self.counted else ""
        return f"{shown(self.start)} to {shown(self.end)}  {counted}{because}"

    def to_dict(self) -> dict[str, Any]:
        """Return the span as JSON-plain data, lengths in seconds."""
        return plain_of(self)


@attrs.frozen(kw_only=True)
class Mark:
    """Something that happened to the clock at *at*, with the target or date in force from then on."""

    at: datetime
    what: Literal[
        "started", "restarted", "resumed", "reopened", "paused", "retargeted", "moved",
        "breached", "cleared_breach", "met", "met_late", "cancelled",
    ]  # fmt: skip
    reason: str | None = None
    choice: str | None = None
    target: timedelta | None = None
    due: datetime | None = None
    calendar: str | None = None

    def __str__(self) -> str:
        told = [self.what.replace("_", " ")]
        if self.reason is not None:
            told.append(f"({self.reason})")
        if self.what in ("started", "restarted", "retargeted", "moved"):
            told.append(f"target {self.choice or 'none'}")
        return f"{shown(self.at)}  {' '.join(told)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the mark as JSON-plain data, lengths in seconds."""
        return plain_of(self)


@attrs.frozen(kw_only=True)
class Warned:
    """One warning of a reading: when it was reached or will be, and whether it has passed."""

    name: str
    at: datetime | None = None
    passed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the warning as JSON-plain data."""
        return plain_of(self)


@attrs.frozen(kw_only=True)
class Reading:
    """
    One clock at one instant: the verdict, what has counted, what is left, and why.

    `elapsed` and `left` are open time of `calendar`; `left` is negative past the target and None without one.
    `due_at` is None while the clock is paused, when a due instant has no meaning; `due_if_resumed` is what it
    would be if the clock resumed now. A clock may be breached and `paused_for` a reason at once.
    `spans` and `marks` are the derivation; only `read`, which sees the whole timeline, gives them. `findings`
    tell why a living clock that promises something will never be due as its calendar stands.
    """

    milestone: str
    label: str
    version: str | None = None
    state: Verdict
    now: datetime
    cycle: int = 0
    elapsed: timedelta = timedelta(0)
    left: timedelta | None = None
    target: timedelta | None = None
    target_name: str | None = None
    calendar: str = "always"
    due_at: datetime | None = None
    due_if_resumed: datetime | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    paused_for: str | None = None
    warnings: tuple[Warned, ...] = ()
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the clock has started and not ended."""
        return self.started_at is not None and self.stopped_at is None

    @property
    def has_target(self) -> bool:
        """Whether anything is promised: a length or a date."""
        promised = self.target is not None or self.due_at is not None or self.due_if_resumed is not None
        return promised or bool(self.findings)

    def __str__(self) -> str:
        return "\n".join([_headline(self), *_facts_told(self), *map(str, self.marks), *map(str, self.spans)])

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as JSON-plain data: instants as text, lengths in seconds."""
        return plain_of(self)


def _headline(reading: Reading) -> str:
    paused = reading.paused_for
    state = reading.state.replace("_", " ")
    why = "" if paused is None else f" ({paused})" if state == "paused" else f", paused ({paused})"
    return f"{reading.label} at {shown(reading.now)}: {state}{why}"


def _facts_told(reading: Reading) -> list[str]:
    if reading.started_at is None:
        return []
    left = f", left {write_length(reading.left)}" if reading.left is not None else ""
    told = [
        f"  target {reading.target_name or 'none'}",
        f"  elapsed {write_length(reading.elapsed)}{left}, by {reading.calendar}",
    ]
    instants = {
        "due": reading.due_at,
        "due if resumed now": reading.due_if_resumed,
        "breached": reading.breached_at,
        "stopped": reading.stopped_at,
    }
    told += [f"  {name} {shown(at)}" for name, at in instants.items() if at is not None]
    return told + [f"  {finding.message}" for finding in reading.findings]


def shown(at: datetime) -> str:
    """
    Return an instant as short as it can be told exactly, in UTC.

    >>> from datetime import UTC
    >>> shown(datetime(2026, 3, 10, 14, tzinfo=UTC))
    '2026-03-10 14:00Z'
    """
    text = write_instant(at).replace("T", " ")
    for tail in (".000000Z", ":00Z"):
        text = f"{text.removesuffix(tail)}Z" if text.endswith(tail) else text
    return text


def write_length(amount: timedelta) -> str:
    """
    Return a length of time for people, to the microsecond.

    >>> write_length(timedelta(hours=26, minutes=5)), write_length(-timedelta(minutes=90))
    ('26h 5min', '-1h 30min')
    """
    if amount < timedelta(0):
        return f"-{write_length(-amount)}"
    minutes, rest = divmod(amount, timedelta(minutes=1))
    hours, left = divmod(minutes, 60)
    seconds = f"{rest.total_seconds():.6f}".rstrip("0").rstrip(".")
    parts = [f"{hours}h" if hours else "", f"{left}min" if left else "", f"{seconds}s" if rest else ""]
    return " ".join(part for part in parts if part) or "0min"


def plain_of(value: Any) -> dict[str, Any]:
    """Return an attrs value as JSON-plain data: instants as text, lengths in seconds, None left out."""
    pairs = ((field.name, getattr(value, field.name)) for field in attrs.fields(type(value)))
    return {name: _plain(item) for name, item in pairs if item is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, timedelta):
        return value / timedelta(seconds=1) if value.microseconds else value // timedelta(seconds=1)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Finding):
        return value.to_dict()
    return plain_of(value) if attrs.has(type(value)) else value
