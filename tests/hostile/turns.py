"""Hosts that fail, devices that speak as desks, and data from elsewhere that turns in circles."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import count
from typing import Any, Final

from jobkit.catalog import Catalog
from jobkit.desk import Desk
from jobkit.errors import JobkitError
from jobkit.history import Event, EventSet, FieldChange, Head
from jobkit.model import Actor, Job
from jobkit.registry import Registry
from jobkit.stores import MemoryStore
from jobkit.stores.sqlite import SQLiteStore
from tests.desk.gated import CALLER, NOW, TINA, service
from tests.hostile import triage
from tests.hostile.arrivals import Answering
from tests.hostile.matter import Make
from tests.hostile.slots import Enter

LOOKUP: Final[Mapping[str, Any]] = {
    "id": "base",
    "call": "acme.base",
    "topic": "entitlement",
    "facts": {"owner": "text", "parts": "list[text]"},
    "passed_when": "lookup.base.owner == job.subject.customer",
    "offers": {"work.skills": "parts", "terms.tier": "owner"},
}
_NUMBERS: Final = count(1)
SOURCE: Final = Answering()
LOOKED: Final = Answering()


def _candidates(record: Any, keys: Any) -> Any:
    given = SOURCE.given
    if isinstance(given, BaseException):
        raise given
    return given() if callable(given) else given


@lru_cache(maxsize=1)
def hosted() -> Desk:
    """Return a desk whose host has a source of candidates and a look-up, which answer what they are given."""
    registry = Registry.of(lookup={"acme.base": LOOKED}, candidates={"acme.twins": _candidates})
    trusted = {"adopted": "trusted", "lookups": [LOOKUP]}
    return Desk(service(trusted, registry), SQLiteStore(":memory:"))


def taken_in(desk: Desk, asset: str | None, **more: Any) -> Job:
    """Return a job as it was taken in, read back from the store."""
    subject = {} if asset is None else {"asset": asset}
    request = {"subject": subject, "work": {"symptom": "leak"}, **more}
    job = desk.submit("repair", request, by=CALLER, at=NOW, state="triage").job
    assert job == desk.job(job.id)
    return job


def sought(value: Any) -> object:
    """Take requests in while the host's source of candidates fails: none is lost, and all can be shown."""
    SOURCE.given = value
    for asset in (None, f"F-{next(_NUMBERS)}"):
        job = taken_in(hosted(), asset)
        hosted().twins(job.id)
        hosted().look_for_twins(job.id, by=TINA, at=NOW)
        assert all(hosted().job(each.id) for each in job.triage.suspects)
    return job


def asked(value: Any) -> object:
    """Ask a look-up about a job on the desk: the job waits in triage and is told what is open."""
    LOOKED.given, SOURCE.given = value, ()
    job = taken_in(hosted(), f"F-{next(_NUMBERS)}")
    assert not hosted().ask(job.id, "approve", by=TINA, at=NOW).open
    hosted().intake(job.id, at=NOW)
    assert str(hosted().auto_reply(job.id, at=NOW))
    return hosted().look_up(job.id, by=TINA, at=NOW)


HOSTS: Final[Mapping[str, Enter]] = {
    "what a source of candidates hands over": sought,
    "a candidate of a source": lambda value: sought([value]),
    "the id of a candidate of a source": lambda value: sought([(value, {})]),
    "what a look-up answers the desk": asked,
    "a fact that a look-up answers the desk": lambda value: asked({"owner": value}),
    "a list that a look-up answers the desk": lambda value: asked({"parts": [value]}),
}
"""Answers of hosts to a desk: whatever they are, no request is lost."""

RAISED: Final[Mapping[str, Make]] = {
    error.__name__: error for error in (KeyError, RecursionError, MemoryError, TimeoutError, StopIteration)
}
"""Errors that hosts raise."""
ENDLESS: Final[Mapping[str, Make]] = {
    "candidates without end": lambda: lambda: ((f"X-{number}", {}) for number in count()),
    "one candidate without end": lambda: lambda: (("X-1", {}) for _ in count()),
    "candidates that stop": lambda: lambda: _stopping(),
}


def _stopping() -> Iterator[tuple[str, Any]]:
    yield "X-1", {}
    raise KeyError("gone")


@lru_cache(maxsize=1)
def trusting() -> Catalog:
    """Return a catalog that takes what lived elsewhere as it was there."""
    return service({"adopted": "trusted"})


def loaded(merges: Mapping[str, str | None], **links: Any) -> Callable[[], Desk]:
    """Return what makes a desk with jobs that were merged elsewhere (id, into what), and a fresh one."""

    def made() -> Desk:
        desk = Desk(trusting(), MemoryStore())
        for id, into in merges.items():
            state = {"work": "triage" if into is None else "merged"}
            told = {"type": "repair", "id": id, "states": state, "links": {"merged_into": into, **links}}
            desk.adopt(told, by=TINA, at=NOW, since=NOW, evidence="ledger")
        desk.submit("repair", {"subject": {"asset": "FRESH"}}, by=CALLER, at=NOW, job_id="fresh")
        return desk

    return made


def through(made: Callable[[], Desk], act: Callable[[Desk], Any]) -> Enter:
    """Return a door to a world of loaded data, which stays as it is when the deed is refused."""

    def enter(value: Any) -> object:
        desk = made()
        before = desk.feed(limit=10_000).position
        try:
            return act(desk)
        except JobkitError:
            assert before == desk.feed(limit=10_000).position, "something was written all the same"
            raise

    return enter


TURNING: Final[Mapping[str, Callable[[], Desk]]] = {
    "a ring": loaded({"a": "b", "b": "c", "c": "a"}),
    "a long ring": loaded({"a": "j1", **{f"j{at}": f"j{at + 1}" for at in range(1, 30)}, "j30": "a"}),
    "a job merged into nothing": loaded({"a": "nowhere"}),
    "a job merged into itself": loaded({"a": "a"}),
}
DEEDS: Final[Mapping[str, Callable[[Desk], Any]]] = {
    "resolve": lambda desk: desk.resolve("a"),
    "converse": lambda desk: desk.conversation("a"),
    "note": lambda desk: desk.note("a", "x", by=TINA, at=NOW),
    "amend": lambda desk: desk.amend("a", {"work.symptom": "x"}, by=TINA, at=NOW),
    "merge": lambda desk: desk.merge("a", into="fresh", by=TINA, at=NOW),
    "merge into": lambda desk: desk.merge("fresh", into="a", by=TINA, at=NOW),
    "merge with": lambda desk: desk.merge("fresh", twin="a", by=TINA, at=NOW),
    "unmerge": lambda desk: desk.unmerge("a", by=TINA, at=NOW, reason="two"),
    "judge": lambda desk: desk.judge("a", "ownership", "passed", by=TINA, at=NOW),
    "fire": lambda desk: desk.fire("a", "reopen", by=TINA, at=NOW),
}
CIRCLES: Final[Mapping[str, tuple[Enter, Make]]] = {
    f"{deed} {world}": (through(made, act), list)
    for world, made in TURNING.items()
    for deed, act in DEEDS.items()
}
"""Deeds on jobs that data from elsewhere merged into circles, and into nothing."""


def sent(kind: str, **data: Any) -> object:
    """Let a device send an event that only a desk records, then read and use the job in every way."""
    desk = triage.desk()
    job = desk.job(triage.report())
    changes = (FieldChange("$.links.merged_into", None, "nobody"), FieldChange("$.triage.passed", None, "x"))
    seen: dict[str, Any] = {"occurred_at": NOW, "recorded_at": NOW, "claimed_at": NOW, "origin": "d"}
    who = Actor(id="tom", role="technician")
    said: dict[str, Any] = {
        "id": f"dev-{next(_NUMBERS)}",
        "kind": kind,
        "actor": who,
        "origin_seq": 1,
        "data": data,
    }
    told = Event(job_id=job.id, changes=changes, **said, **seen)
    base = Head(job.id, job.version, job.head)
    desk.receive(job.id, (EventSet(origin="d", events=(told,), base=base),), at=NOW)
    assert desk.job(job.id).links == job.links
    assert desk.job(job.id).triage == job.triage
    desk.conversation(job.id)
    desk.provenance(job.id)
    desk.merge(job.id, into=triage.report(), by=TINA, at=NOW)
    return desk.unmerge(job.id, by=TINA, at=NOW, reason="two")


def _sending(kind: str, name: str) -> Enter:
    return lambda value: sent(kind, **{name: value})


_TOLD: Final = (("unmerged", "owned"), ("unmerged", "survivor"), ("absorbed", "taken"), ("merged", "into"))
DEVICES: Final[Mapping[str, Enter]] = {
    f"{name} of an event {kind} from a device": _sending(kind, name) for kind, name in _TOLD
}
"""What devices send as if they were a desk."""
