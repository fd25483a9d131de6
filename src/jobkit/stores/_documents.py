"""The texts that a store keeps: jobs, events, index facts, effects and receipts as compact JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from json.encoder import JSONEncoder
from typing import Any, TypeVar

import attrs

from jobkit.documents import structure, unstructure
from jobkit.errors import Invalid, JobkitError, StoreFailed
from jobkit.findings import Template
from jobkit.history import Event, canonical, read_event, stored_text
from jobkit.instants import read_instant, write_instant
from jobkit.mappings import FrozenMap
from jobkit.model import Job
from jobkit.ports import Change, Effect, IndexFacts, QueueKey, Receipt
from jobkit.privacy import PRIVATE_KEY, Erased, Redacted, sealed
from jobkit.wakeups import Wakeup

UNREADABLE = Template(
    "stores.unreadable",
    "What the store holds as {what} cannot be read.",
    "Restore {what} from a backup; something other than jobkit has written it.",
)
UNSTORABLE = Template(
    "stores.unstorable",
    "{what} holds a value that no store can keep: {error}.",
    "Give wire values only: text, whole numbers, booleans, lists and objects.",
)

PrivateValues = Mapping[str, tuple[str, str]]
"""Salt and text by digest; what is not there was erased."""

T = TypeVar("T")


def _leaf(value: object) -> dict[str, Any]:
    if isinstance(value, (Redacted, Erased)):
        return sealed(value)
    raise TypeError(f"a {type(value).__name__} is no wire value")


_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_leaf).encode


def text_of(value: object, what: str) -> str:
    """
    Return wire data as compact JSON text; private leaves stand as their digests.

    What JSON cannot hold, and text that UTF-8 cannot, is refused by the name *what*.
    """
    try:
        text = _encode(value)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid.of(UNSTORABLE, what=what, error=type(error).__name__) from error
    return text


def _read(read: Callable[[], T], what: str) -> T:
    try:
        return read()
    except (JobkitError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise StoreFailed.of(UNREADABLE, what=what) from error


def event_text(event: Event) -> str:
    """Return the text of a sealed event with its hash, its private leaves as digests."""
    try:
        return stored_text(event)
    except Invalid as error:
        raise Invalid.of(UNSTORABLE, what=f"event {event.id}", error=error.code) from error


def job_text(job: Job) -> str:
    """Return the text of a job, its private leaves as digests."""
    return text_of(unstructure(job), f"job {job.id}")


def read_job(text: str, private: PrivateValues, what: str) -> Job:
    """
    Return the job of a stored text; a private leaf that is not among *private* comes back as `Erased`.

    A text that is no job raises StoreFailed, named *what*.
    """
    return _read(lambda: structure(Job, _opened(text, private)), what)


def _opened(text: str, private: PrivateValues) -> Any:
    if PRIVATE_KEY not in text:
        return json.loads(text)

    def restore(found: dict[str, Any]) -> Any:
        if found.keys() != {PRIVATE_KEY}:
            return found
        digest = found[PRIVATE_KEY]
        kept = private.get(digest)
        return Erased(digest) if kept is None else Redacted(kept[1], salt=kept[0])

    return json.loads(text, object_hook=restore)


def read_stored_event(text: str, private: PrivateValues, what: str) -> Event:
    """Return the event of a stored text; a text that is no event raises StoreFailed, named *what*."""
    return _read(lambda: read_event(json.loads(text), private), what)


def private_leaves(change: Change, texts: Iterable[str]) -> Iterator[Redacted]:
    """Yield the private values that a change brings, wherever they stand in its events with these *texts*."""
    for event, text in zip(change.events, texts, strict=True):
        if PRIVATE_KEY in text:
            yield from _private_in([event.data, *((each.old, each.new) for each in event.changes)])


def _private_in(values: Iterable[object]) -> Iterator[Redacted]:
    left = list(values)
    while left:
        value = left.pop()
        if isinstance(value, Redacted):
            yield value
        elif isinstance(value, Mapping):
            left.extend(value.values())
        elif isinstance(value, (list, tuple)):
            left.extend(value)


def index_text(index: IndexFacts) -> str:
    """Return index facts as text; equal facts have equal texts."""
    told = {
        "category": index.category,
        "open": index.open,
        "queues": [[key.queue, key.order] for key in index.queues],
        "assets": index.assets,
        "external_ids": index.external_ids,
        "people": index.people,
        "wakeups": [[write_instant(each.at), each.job_id, each.kind, each.name] for each in index.wakeups],
    }
    return text_of(told, "index facts")


def read_index(text: str, what: str) -> IndexFacts:
    """Return the index facts of a stored text; any other text raises StoreFailed, named *what*."""
    return _read(lambda: _index(json.loads(text)), what)


def _index(told: dict[str, Any]) -> IndexFacts:
    return IndexFacts(
        category=told["category"],
        open=told["open"],
        queues=tuple(QueueKey(queue, order) for queue, order in told["queues"]),
        assets=tuple(told["assets"]),
        external_ids=tuple((system, id) for system, id in told["external_ids"]),
        people=tuple(told["people"]),
        wakeups=tuple(read_wakeup(*row) for row in told["wakeups"]),
    )


def read_wakeup(at: str, job_id: str, kind: str, name: str) -> Wakeup:
    """Return a wake-up from its four stored texts; an unreadable instant is refused."""
    return Wakeup(at=read_instant(at), job_id=job_id, kind=kind, name=name)


def effect_text(effect: Effect) -> str:
    """Return the text of an effect's data; what is no wire value is refused with its path."""
    return canonical(effect.data, f"$.effects[{effect.event_id}/{effect.number}].data").decode()


def read_effect(event_id: str, number: int, name: str, text: str) -> Effect:
    """Return an effect from its stored parts; a text that is no JSON raises StoreFailed."""
    data = _read(lambda: json.loads(text), f"effect {name} of event {event_id}")
    return Effect(event_id=event_id, number=number, name=name, data=FrozenMap(data))


def receipt_text(receipt: Receipt) -> str:
    """Return a receipt as text."""
    return text_of({"versions": receipt.versions, "position": receipt.position}, "a receipt")


def read_receipt(text: str, what: str) -> Receipt:
    """Return the receipt of a stored text; any other text raises StoreFailed, named *what*."""
    return _read(lambda: _receipt(json.loads(text)), what)


def _receipt(told: dict[str, Any]) -> Receipt:
    return Receipt(versions=told["versions"], position=told["position"])


@attrs.frozen(kw_only=True)
class Prepared:
    """A change as texts, made before a store takes its write lock; `private` are (digest, salt, text)."""

    change: Change
    job: str
    index: str
    events: tuple[str, ...]
    private: tuple[tuple[str, str, str], ...]


def prepare(change: Change) -> Prepared:
    """
    Return the texts of *change*; what JSON or UTF-8 cannot hold is refused.

    >>> from jobkit.testing import a_job, opening
    >>> prepare(opening(a_job())).index
    '{"category":"draft","open":true,"queues":[],"assets":[],"external_ids":[],"people":[],"wakeups":[]}'
    """
    events = tuple(event_text(event) for event in change.events)
    leaves = {leaf.digest: leaf for leaf in private_leaves(change, events)}
    return Prepared(
        change=change,
        job=job_text(change.job),
        index=index_text(change.index),
        events=events,
        private=tuple((digest, leaf.salt, leaf.reveal()) for digest, leaf in leaves.items()),
    )
