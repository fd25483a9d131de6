"""Two kinds of duration that must never be mixed: elapsed time and working time."""

import re
from datetime import timedelta
from typing import Literal

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Template

UNREADABLE = Template(
    "durations.unreadable",
    "{value} at {path} is not a duration.",
    "Write elapsed time as '8h', '2d', '90min' or 'PT8H', and working time as '8 working hours'.",
)
MONTHS = Template(
    "durations.months",
    "{value} at {path} counts months or years, which have no fixed length.",
    "Write the duration in weeks, days, hours, minutes or seconds.",
)
NO_FORM = Template(
    "durations.no_form",
    "{value} has no stored form, as it is negative, not in whole seconds, or beyond ten million days.",
    "Give a duration of whole seconds that is not negative.",
)

_LARGEST = timedelta(days=9_999_999)
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "min": 60, "m": 60, "s": 1}
_SHORT = re.compile(r"([0-9]{1,7})\s?(w|d|h|min|s)")
_ISO = re.compile(
    r"P(?:([0-9]{1,7})W)?(?:([0-9]{1,7})D)?(?:T(?:([0-9]{1,7})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,7})S)?)?"
)
_WORKING = re.compile(r"([0-9]{1,5}) working (hour|day|minute)s?")
_MONTHS = re.compile(r"P[0-9]{1,7}[YM].*|[0-9]{1,7}\s?(?:months?|years?|mo|y)")
_LONGEST = 60


@attrs.frozen
class Working:
    """An amount of working time, measured by a calendar: hours, minutes or whole working days."""

    amount: int
    unit: Literal["hour", "day", "minute"]

    def __str__(self) -> str:
        return f"{self.amount} working {self.unit}{'' if self.amount == 1 else 's'}"


Duration = timedelta | Working


def read_duration(text: str, path: str = "$") -> Duration:
    """
    Read an elapsed ('8h', '1h 30min', 'PT8H', '2w') or a working duration ('8 working hours').

    Months, years and anything else are refused with their *path*. A day is 24 hours, a week seven days.

    >>> read_duration("1h 30min"), str(read_duration("2 working days"))
    (datetime.timedelta(seconds=5400), '2 working days')
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise Invalid.of(UNREADABLE, path=path, value=str(text)[:_LONGEST])
    working = _WORKING.fullmatch(text)
    if working:
        return Working(int(working[1]), working[2])  # type: ignore[arg-type]
    if _MONTHS.fullmatch(text):
        raise Invalid.of(MONTHS, path=path, value=text)
    seconds = _short_seconds(text)
    if seconds is None:
        seconds = _iso_seconds(text)
    if seconds is None:
        raise Invalid.of(UNREADABLE, path=path, value=text)
    return timedelta(seconds=seconds)


def read_elapsed(text: str, path: str = "$") -> timedelta:
    """Read an elapsed duration; a working duration is refused."""
    duration = read_duration(text, path)
    if isinstance(duration, Working):
        raise Invalid.of(UNREADABLE, path=path, value=text)
    return duration


def _short_seconds(text: str) -> int | None:
    if not re.fullmatch(r"[0-9]{1,7}\s?(?:w|d|h|min|s)(?:\s[0-9]{1,7}\s?(?:w|d|h|min|s)){0,4}", text):
        return None
    return sum(int(amount) * _SECONDS[unit] for amount, unit in _SHORT.findall(text))


def _iso_seconds(text: str) -> int | None:
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()) or text.endswith("T"):
        return None
    return sum(int(amount or 0) * unit for amount, unit in zip(match.groups(), _SECONDS_OF_ISO, strict=True))


_SECONDS_OF_ISO = (604_800, 86_400, 3_600, 60, 1)


def write_duration(duration: Duration) -> str:
    """
    Return the shortest text that `read_duration` reads back to the same value.

    A negative duration and a fraction of a second have none and are refused.

    >>> write_duration(timedelta(hours=36)), write_duration(Working(8, "hour"))
    ('1d 12h', '8 working hours')
    """
    if isinstance(duration, Working):
        return str(duration)
    if duration.microseconds or not timedelta(0) <= duration <= _LARGEST:
        raise Invalid.of(NO_FORM, value=str(duration))
    left = duration.days * 86_400 + duration.seconds
    parts = []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        amount, left = divmod(left, seconds)
        if amount:
            parts.append(f"{amount}{unit}")
    return " ".join(parts) or "0s"
