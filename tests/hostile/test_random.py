"""Laws about random data: each door gives a value or a JobkitError, and nothing else escapes."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.calendars import load_calendars
from jobkit.catalog import Catalog
from jobkit.codes import CodeList
from jobkit.conditions import Condition, Pattern
from jobkit.documents import read_json, read_toml, structure, unstructure
from jobkit.durations import read_duration
from jobkit.errors import JobkitError
from jobkit.history import read_event, read_line
from jobkit.instants import read_instant
from jobkit.lifecycle import Changes, Lifecycle
from jobkit.model import Job
from jobkit.paths import parse
from jobkit.priority import publish
from jobkit.registry import Registry
from jobkit.replay import LogMapping
from jobkit.requirements import Package
from tests.desk.building import BENCH, REQUEST
from tests.desk.dispatch import CAPACITY, ORDER, ROUTES
from tests.hostile import orders
from tests.hostile.slots import CALENDAR, CATALOG, EVENT, LIFECYCLES, MAPPING, Enter
from tests.hostile.verbs import adopt, amend, fire, submit

WORDS: Final = st.sampled_from(
    ("", "a", "id", "work", "open", "job.id == 'a'", "8h", "@same", "*", "$private", "2026-03-10T08:00:00Z")
)
LEAVES: Final = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), WORDS, st.binary(max_size=4)
)
DATA: Final = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, st.text(max_size=4)), inner, max_size=3)
    ),
    max_leaves=8,
)

CONDITION: Final[Mapping[str, Any]] = {
    "all": [
        {"field": "job.work.symptom", "in": ["hum", "leak"]},
        {"not": {"every": "job.parts[]", "that": {"field": "item.staged", "is": True}}},
        {"any": [{"field": "job.tasks[]", "count": {"at_least": 1}}, {"call": "x", "with": {"a": [1]}}]},
    ]
}
PACKAGE: Final[Mapping[str, Any]] = {
    "id": "intake",
    "requirements": [
        {"id": "asset", "field": "job.subject.asset", "weight": 2, "help": {"why": "Parts."}},
        {"id": "age", "condition": CONDITION, "applies_when": "known(job.work.symptom)", "who": "dealer"},
    ],
}
CODES: Final[Mapping[str, Any]] = {"id": "l", "codes": [{"id": "A", "labels": {"en": "a"}}, {"id": "A.1"}]}
CHANGES: Final[Mapping[str, Any]] = {
    "base": "bench@1",
    "id": "own",
    "version": "1",
    "add": {"states": {"more": {"category": "open"}}},
}
FULL_CATALOG: Final[Mapping[str, Any]] = {
    **CATALOG,
    "calendar": CALENDAR,
    "queues": {"q": {"owner": "o", "when": "job.work.symptom == 'hum'", "order": ["work.estimated"]}},
}
FULL_CALENDAR: Final[Mapping[str, Any]] = {
    "zone": "Europe/Berlin",
    "weekly": {"mon-fri": "08:00-12:00 22:00-06:00"},
    "breaks": {"mon": "09:00-09:15"},
    "holidays": [{"name": "A", "on": "easter +39", "observed": "friday", "closed": "12:00-24:00"}],
    "openings": [{"date": "2026-05-02", "hours": "10:00-12:00"}],
    "closures": [{"start": "2026-05-03T00:00:00Z", "end": "2026-05-04T00:00:00Z", "name": "move"}],
    "policies": {"fold": "second", "overnight": "civil_day"},
}
FULL_EVENT: Final[Mapping[str, Any]] = {
    **EVENT,
    "changes": [{"path": "$.work.symptom", "old": "hum", "new": {"$private": "0" * 64}}],
    "data": {"a": [1, {"b": None}]},
    "rules": {"lifecycle.work": "0" * 64},
}
FULL_MAPPING: Final[Mapping[str, Any]] = {
    **MAPPING,
    "fields": {"team": "group"},
    "states": {"new": {"category": "open"}},
    "time_format": "%d.%m.%Y",
}
ADOPTED: Final[Mapping[str, Any]] = {"type": "bench", "states": {"work": "open"}, "subject": {"asset": "A"}}
VALUES: Final[Mapping[str, Any]] = {"work.symptom": "hum", "fields.depth": "1.5", "subject.asset": "A"}

DOCUMENTS: Final[Mapping[str, tuple[Enter, Any]]] = {
    "Condition.load": (Condition.load, CONDITION),
    "Lifecycle.load": (Lifecycle.load, BENCH),
    "Changes.load": (Changes.load, CHANGES),
    "Package.load": (Package.load, PACKAGE),
    "Catalog.load": (lambda data: Catalog.load(data, lifecycles=LIFECYCLES), FULL_CATALOG),
    "structure of a job": (lambda data: structure(Job, data), REQUEST),
    "structure of a code list": (lambda data: structure(CodeList, data), CODES),
    "structure of a mapping": (lambda data: structure(LogMapping, data), FULL_MAPPING),
    "read_event": (read_event, FULL_EVENT),
    "Milestone.load": (lambda data: orders.promise(**data), orders.PROMISE),
    "PriorityRules.load": (lambda data: publish(orders.order(**data)), ORDER),
    "RoutingRules.load": (lambda data: orders.routes(**data), ROUTES),
    "CapacityRules.load": (lambda data: orders.capacity(**data), CAPACITY),
    "Compiled.load": (lambda data: orders.verified(**data), orders.COMPILED),
    "load_calendars": (lambda data: load_calendars({"a": data}), FULL_CALENDAR),
    "submit": (submit, REQUEST),
    "adopt": (adopt, ADOPTED),
    "amend": (amend, VALUES),
    "values of a move": (lambda data: fire(values=data), VALUES),
    "data of a move": (lambda data: fire(data=data), {"a": [1, {"b": "c"}]}),
}
"""Each structured door with something sound to spoil."""

TEXTS: Final[Mapping[str, Enter]] = {
    "read_json": read_json,
    "read_toml": read_toml,
    "read_line": read_line,
    "Condition.load": Condition.load,
    "Pattern.load": Pattern.load,
    "Package.load": Package.load,
    "LogMapping.load": LogMapping.load,
    "parse": parse,
    "read_instant": read_instant,
    "read_duration": read_duration,
}


def places(data: Any, trail: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside *data*."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, part in inside:
        yield (*trail, key)
        yield from places(part, (*trail, key))


def spoiled(sound: Any, trail: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of *sound* with *value* at one place."""
    copy = deepcopy(sound)
    here = copy
    for step in trail[:-1]:
        here = here[step]
    here[trail[-1]] = value
    return copy


def entered(enter: Enter, data: Any) -> None:
    """Go through a door; being refused is as good as being let in."""
    try:
        enter(data)
    except JobkitError as error:
        told = error.to_dict()["findings"]
    else:
        told = []
    assert all(finding["unblock"] and finding["path"].startswith("$") for finding in told)


@pytest.mark.parametrize("door", DOCUMENTS)
@given(st.data())
def test_spoiled_documents_are_taken_or_refused(door: str, choice: st.DataObject) -> None:
    """
    A sound document with random data at one place is taken or refused, and nothing else happens.
    """
    enter, sound = DOCUMENTS[door]
    thawed = deepcopy(dict(sound))
    trail = choice.draw(st.sampled_from(list(places(thawed))))

    entered(enter, spoiled(thawed, trail, choice.draw(DATA)))


@pytest.mark.parametrize("door", DOCUMENTS)
@given(data=st.dictionaries(st.one_of(WORDS, st.text(max_size=4)), DATA, max_size=4))
def test_random_tables_are_taken_or_refused(door: str, data: dict[str, Any]) -> None:
    """
    A table of random data is taken or refused, and nothing else happens.
    """
    entered(DOCUMENTS[door][0], data)


@pytest.mark.parametrize("door", TEXTS)
@given(text=st.one_of(st.text(), st.text(alphabet="()[]{}\"'\\.,:=$a1 \n-T+*?|#\ud800")))
def test_random_text_is_taken_or_refused(door: str, text: str) -> None:
    """
    A random line, also of signs that mean something, is taken or refused, and nothing else happens.
    """
    entered(TEXTS[door], text)


@given(data=DATA)
def test_random_conditions_are_taken_or_refused(data: Any) -> None:
    """
    Random data of any kind is a condition or refused as one.
    """
    entered(Condition.load, data)


def test_sound_documents_are_taken() -> None:
    """
    What the laws spoil is sound as long as nobody spoils it.
    """
    Lifecycle.load(BENCH)
    Package.load(PACKAGE, registry=Registry.of(predicate={"x": lambda facts, now, a: True}))
    Catalog.load(FULL_CATALOG, lifecycles=LIFECYCLES)
    structure(CodeList, CODES)
    structure(LogMapping, FULL_MAPPING)
    read_event(FULL_EVENT)
    amend({**VALUES, "subject.asset": "of its own"})
    fire(values={**VALUES, "subject.asset": "of its own, too"})

    assert unstructure(structure(CodeList, CODES)) == CODES
