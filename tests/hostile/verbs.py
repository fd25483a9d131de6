"""The verbs of a desk as doors: what a caller, a form or a device hands to them."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import count
from typing import Any, Final

from jobkit.desk import Desk
from jobkit.model import Actor
from jobkit.stores.sqlite import SQLiteStore
from tests.desk.building import DEALER, NOW, VISIT, on_bench, seated, workshop
from tests.hostile.slots import Enter

_NUMBERS: Final = count(1)


@lru_cache(maxsize=1)
def desk() -> Desk:
    """Return a desk of the small workshop."""
    return seated(workshop(), SQLiteStore(":memory:"))


def bench() -> str:
    """Return the id of a fresh job."""
    return on_bench(desk(), asset=f"A-{next(_NUMBERS)}").id


def submit(request: Any, **more: Any) -> object:
    """Submit a job and read it back: what is taken must not poison the store."""
    done = desk().submit("bench", request, **{"by": DEALER, "at": NOW, **more})
    assert desk().job(done.job.id) == done.job
    return done


def adopt(job: Any, **more: Any) -> object:
    """Adopt a job."""
    return desk().adopt(job, **{"by": DEALER, "at": NOW, "since": NOW, "evidence": "ledger", **more})


def amend(values: Any, **more: Any) -> object:
    """Amend a fresh job and read it back."""
    done = desk().amend(bench(), values, by=DEALER, at=NOW, **more)
    assert desk().job(done.job.id) == done.job
    return done


def fire(**more: Any) -> object:
    """Fire a trigger of a fresh job."""
    return desk().fire(bench(), **{"trigger": "handle", "by": DEALER, "at": NOW, **more})


def ask(data: Any) -> object:
    """Ask for a trigger of a fresh job, and raise what speaks against it."""
    return desk().ask(bench(), "handle", by=DEALER, at=NOW, data=data).must()


DATA: Final[Mapping[str, Enter]] = {
    "subject of a request": lambda value: submit({"subject": value}),
    "contacts of a request": lambda value: submit({"subject": {"contacts": value}}),
    "symptom of a request": lambda value: submit({"work": {"symptom": value}}),
    "symptom under a command key": lambda value: submit(
        {"work": {"symptom": value}}, command_key=f"k{next(_NUMBERS)}"
    ),
    "fields of a request": lambda value: submit({"fields": value}),
    "a field of a request": lambda value: submit({"fields": {"depth": value}}),
    "a private field of a request": lambda value: submit({"fields": {"nurse": value}}),
    "external ids of a request": lambda value: submit({"external_ids": value}),
    "type of an adopted job": lambda value: adopt({"type": value}),
    "id of an adopted job": lambda value: adopt({"type": "bench", "id": value}),
    "states of an adopted job": lambda value: adopt({"type": "bench", "states": value}),
    "a state of an adopted job": lambda value: adopt({"type": "bench", "states": {"work": value}}),
    "an amended field": lambda value: amend({"work.symptom": value}),
    "an amended group": lambda value: amend({"$.work": value}),
    "an amended decimal": lambda value: amend({"fields.depth": value}),
    "an amended field under a command key": lambda value: amend(
        {"fields.depth": value}, command_key=f"k{next(_NUMBERS)}"
    ),
    "data of a move": lambda value: fire(data={"x": value}),
    "a value of a move": lambda value: fire(values={"work.symptom": value}),
    "data of a question": lambda value: ask({"x": value}),
}
"""Places within data that a caller hands over."""

TABLES: Final[Mapping[str, Enter]] = {
    "a request": submit,
    "an adopted job": adopt,
    "an amendment": amend,
    "values of a move": lambda value: fire(values=value),
    "all data of a move": lambda value: fire(data=value),
}
"""Arguments that are tables as a whole."""

TEXTS: Final[Mapping[str, Enter]] = {
    "type of a request": lambda value: desk().submit(value, {}, by=DEALER, at=NOW),
    "state of a request": lambda value: submit({}, state=value),
    "id of a new job": lambda value: submit({}, job_id=value),
    "a command key": lambda value: submit({}, command_key=value),
    "the id of an actor": lambda value: submit({}, by=Actor(id=value)),
    "evidence": lambda value: adopt({"type": "bench"}, evidence=value),
    "a path of an amendment": lambda value: amend({value: 1}),
    "a reason": lambda value: amend({"work.symptom": "hum"}, reason=value),
    "a trigger": lambda value: fire(trigger=value),
    "a facet": lambda value: fire(facet=value),
    "the reason of a move": lambda value: fire(reason=value),
    "the note of a move": lambda value: fire(note=value),
    "a note": lambda value: desk().note(bench(), value, by=DEALER, at=NOW),
    "a note in the open": lambda value: desk().note(bench(), value, by=DEALER, at=NOW, private=False),
    "the channel of a note": lambda value: desk().note(bench(), "hi", by=DEALER, at=NOW, channel=value),
    "the id of a visit": lambda value: desk().plan_visit(bench(), VISIT, by=DEALER, at=NOW, visit_id=value),
    "the crew of a visit": lambda value: desk().plan_visit(bench(), VISIT, by=DEALER, at=NOW, crew=[value]),
    "the id of a job": lambda value: desk().job(value),
    "the name of a queue": lambda value: desk().queue(value),
}
"""Arguments that are text."""

INSTANTS: Final[Mapping[str, Enter]] = {
    "the instant of a request": lambda value: submit({}, at=value),
    "since when an adopted job stands": lambda value: adopt({"type": "bench"}, since=value),
    "the instant of a move": lambda value: fire(at=value),
    "the claim of a move": lambda value: fire(claimed_at=value),
    "an instant within a request": lambda value: submit({"terms": {"requested": {"start": value}}}),
}
"""Arguments that are instants."""
