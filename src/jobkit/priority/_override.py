"""A person's word over the rules: who gave it, why, and until when."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import utc, write_instant
from jobkit.paths import Item, join

NO_ACTOR = Template(
    "priority.override_by",
    "The override of job {job} does not say who gave it.",
    "Name the person in by.",
)
NO_REASON = Template(
    "priority.override_reason", "The override of job {job} gives no reason.", "Say why in reason."
)
NO_EFFECT = Template(
    "priority.override_effect",
    "The override of job {job} changes nothing.",
    "Give a band, or points other than 0.",
)
NO_POINTS = Template(
    "priority.override_points",
    "The override of job {job} gives points that are no whole number between -2**53 and 2**53.",
    "Give whole points in the declared direction.",
)
NEVER = Template(
    "priority.override_never",
    "The override of job {job} ends before it begins.",
    "Give until an instant after at.",
)
NO_BAND = Template(
    "priority.override_band",
    "The override of job {job} names the band {band}, which the rules do not have.",
    "Use one of: {names}.",
)
TWO_WORDS = Template(
    "priority.override_twice",
    "Two overrides of job {job} were given at {instant} and both hold.",
    "Take one of them back, or give it another instant.",
)

_MOST: Final = 2**53


@attrs.frozen(kw_only=True)
class Override:
    """
    That *by* moved a job to `band`, or gave it more or fewer `points` in its band, and the `reason`.

    Points are in the declared direction of the rules. It holds from `at` until `until`. Refused are a blank
    actor or reason, points that are not whole, an override that changes nothing, one that ends before it
    begins, and naive instants.
    """

    job: str
    by: str
    reason: str
    at: datetime
    band: str | None = None
    points: int = 0
    until: datetime | None = None

    def __attrs_post_init__(self) -> None:
        begin = utc(self.at, "$.at")
        refused = [
            (not self.by.strip(), NO_ACTOR, "$.by"),
            (not self.reason.strip(), NO_REASON, "$.reason"),
            (not _is_whole(self.points), NO_POINTS, "$.points"),
            (self.band is None and self.points == 0, NO_EFFECT, "$.band"),
            (self.until is not None and utc(self.until, "$.until") <= begin, NEVER, "$.until"),
        ]
        found = [Finding.of(template, path=path, job=self.job) for no, template, path in refused if no]
        if found:
            raise Invalid(found)

    def holds(self, now: datetime) -> bool:
        """Whether the override is in force at *now*; a naive instant is refused."""
        instant = utc(now, "$.now")
        return utc(self.at) <= instant and (self.until is None or instant < utc(self.until))

    def __str__(self) -> str:
        what = f"to {self.band}" if self.band is not None else f"by {self.points:+} points"
        return f"moved {what} by {self.by}: {self.reason}"


def _is_whole(points: object) -> bool:
    return type(points) is int and abs(points) <= _MOST


def in_force(overrides: Iterable[Override], bands: Iterable[str], now: datetime) -> Mapping[str, Override]:
    """
    Return the override of each job that holds at *now*: of several the one given last.

    Bands that there are not, and two given at one instant, are refused, all at once.
    """
    names, found = list(bands), dict[str, Override]()
    problems: list[Finding] = []
    for override in overrides:
        at = join("$.overrides", Item(override.job))
        if override.band is not None and override.band not in names:
            told = {"job": override.job, "band": override.band, "names": names}
            problems.append(Finding(template=NO_BAND, path=at, params=told))
        elif override.holds(now):
            other = found.get(override.job)
            if other is not None and utc(other.at) == utc(override.at) and other != override:
                instant = write_instant(override.at)
                problems.append(Finding.of(TWO_WORDS, path=at, job=override.job, instant=instant))
            elif other is None or utc(other.at) < utc(override.at):
                found[override.job] = override
    if problems:
        raise Invalid(problems)
    return found


def next_override(overrides: Iterable[Override], job: str, now: datetime) -> datetime | None:
    """Return the next instant at which an override of *job* begins or ends."""
    mine = [one for one in overrides if one.job == job]
    turns = [utc(at) for one in mine for at in (one.at, one.until) if at is not None]
    return min((at for at in turns if at > now), default=None)
