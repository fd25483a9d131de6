"""The table of all cases: a door and what comes to it, each of which must be refused, or may be taken."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.calendars import Calendar
from jobkit.conditions import Condition, Pattern
from jobkit.documents import read_json, read_toml
from jobkit.durations import read_duration, read_elapsed
from jobkit.history import read_line
from jobkit.instants import local, read_instant
from jobkit.lifecycle import Lifecycle
from jobkit.paths import parse
from jobkit.replay import LogMapping
from jobkit.requirements import Package
from tests.desk.building import NOW
from tests.hostile import files, lines, matter, orders, planning, slots, verbs
from tests.hostile.matter import Make
from tests.hostile.slots import Enter


@attrs.frozen
class Case:
    """What comes to a door; *may_pass* when the door also has sound reasons to take it."""

    door: str
    what: str
    enter: Enter
    make: Make
    may_pass: bool = False


Fits = Callable[[Any], bool]


def _any(value: Any) -> bool:
    return True


def crossed(
    doors: Mapping[str, Enter], things: Mapping[str, Make], fits: Fits = _any, may_pass: bool = False
) -> Iterator[Case]:
    """Yield every thing at every door, of those that *fits* lets through."""
    fitting = {what: make for what, make in things.items() if fits is _any or fits(make())}
    for door, enter in doors.items():
        for what, make in fitting.items():
            yield Case(door, what, enter, make, may_pass or (door, what) in SOUND)


def is_text(value: Any) -> bool:
    """Whether an argument of type text takes it."""
    return isinstance(value, str)


def is_table(value: Any) -> bool:
    """Whether an argument that is a table takes it."""
    return isinstance(value, dict)


def is_whole(value: Any) -> bool:
    """Whether an argument that is a whole number takes it."""
    return isinstance(value, int)


def is_instant(value: Any) -> bool:
    """Whether an argument that is an instant takes it."""
    return isinstance(value, datetime)


SOUND: Final = frozenset(
    {
        ("a condition's list", "a set"),
        ("check_wire", "a private mark"),
        ("freeze", "a private mark"),
        ("a field of floats", "an integer just too large"),
        ("a job's fields", "a private mark"),
        ("rules of an event", "a private mark"),
        ("new value of a change", "ten million letters"),
    }
)
"""What a door takes for good reasons, however odd it looks."""


def _is_long(what: str) -> bool:
    return what.startswith(("many", "the same key often", "too many"))


TEXTS: Final[Mapping[str, tuple[Enter, Mapping[str, Make]]]] = {
    "read_json": (read_json, matter.JSON),
    "read_toml": (read_toml, matter.TOML),
    "read_line": (read_line, {what: make for what, make in matter.JSON.items() if not _is_long(what)}),
    "a lifecycle's text": (lambda text: Lifecycle.load(f"\n{text}"), {**lines.NOISE, **lines.PATHS}),
    "a package's text": (Package.load, lines.NOISE),
    "a mapping's text": (LogMapping.load, lines.NOISE),
    "a condition's line": (Condition.load, {**lines.NOISE, **lines.CONDITIONS}),
    "a pattern": (Pattern.load, lines.PATTERNS),
    "a path": (parse, {**lines.NOISE, **lines.PATHS}),
    "an instant": (read_instant, {**lines.NOISE, **lines.INSTANTS}),
    "a duration": (read_duration, {**lines.NOISE, **lines.DURATIONS}),
    "an elapsed duration": (read_elapsed, {**lines.NOISE, **lines.DURATIONS}),
    "a zone to show": (lambda zone: local(NOW, zone), lines.NOISE),
    "a zone": (lambda zone: Calendar(zone=zone, weekly={"mon": "08:00-12:00"}), lines.NOISE),
    "days": (lambda days: Calendar(zone="Europe/Berlin", weekly={days: "08:00-12:00"}), lines.NOISE),
    "replay_log": (files.replayed, files.LOGS),
    "replay_log of an archive": (files.packed, files.PACKED),
    "a mapping": (files.mapped, files.MAPPINGS),
    "jobkit replay": (files.run, {what: files.LOGS[what] for what in ("nothing", "all bytes")}),
}
"""Doors that read text or bytes."""

_BYTES: Final = {
    what: make for what, make in {**matter.JSON, **matter.TOML}.items() if isinstance(make(), bytes)
}
_FILES: Final[Mapping[str, Enter]] = {"Lifecycle.load of a file": files.loaded, "jobkit check": files.checked}
_FLOODED: Final = (
    "check_wire",
    "new value of a change",
    "part of an effect's data",
    "a condition's value",
    "a condition's parts",
    "a requirement's kind",
    "a job type",
    "an event",
    "subject of a request",
    "symptom under a command key",
)
"""Doors of every kind: floods are heavy to pour, and one of each kind tells enough."""


def all_cases() -> tuple[Case, ...]:
    """Return the whole table, the cheap cases first."""
    sound = {**slots.SLOTS, **orders.SLOTS, **verbs.DATA, **planning.DATA}
    loose = {**slots.LOOSE, **orders.FACTS, **planning.DEVICES}
    whole = {**slots.WHOLE, **orders.WHOLE, **verbs.TABLES}
    texts = {**verbs.TEXTS, **planning.TEXTS}
    instants = {**orders.INSTANTS, **verbs.INSTANTS, **planning.INSTANTS, **planning.DERIVED}
    answering = {**orders.INSTANTS, **planning.INSTANTS}
    flooded = {door: {**slots.PLAIN, **sound, **loose}[door] for door in _FLOODED}
    values, floods, kinds = matter.VALUES, matter.FLOODS, matter.KINDS
    long = {what: make for what, make in floods.items() if what == "ten million letters"}
    return (
        *(
            Case(door, what, enter, make)
            for door, (enter, things) in TEXTS.items()
            for what, make in things.items()
        ),
        *crossed(_FILES, _BYTES),
        *crossed({**slots.PLAIN, **sound}, values),
        *crossed(loose, values, may_pass=True),
        *crossed(whole, values, is_table),
        *crossed(texts, {**values, **long}, is_text),
        *crossed(instants, values, is_instant),
        *crossed(planning.SEARCHES, {**values, **long}, is_text, may_pass=True),
        *crossed(planning.EXTREMES, {**values, **kinds}, is_whole, may_pass=True),
        *crossed(answering, orders.EDGES, may_pass=True),
        *(Case("rules without number", what, enter, make) for what, (enter, make) in orders.GROWTH.items()),
        *crossed({**sound, **loose}, kinds, may_pass=True),
        *crossed(whole, kinds, is_table, may_pass=True),
        *crossed({**texts, **planning.SEARCHES}, kinds, is_text, may_pass=True),
        *crossed(flooded, floods),
        *crossed(whole, floods, is_table),
    )
