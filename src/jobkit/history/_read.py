"""Reading events back: strictly, with private values put in place or found erased."""

from collections.abc import Mapping
from typing import Any

from jobkit.documents import Limits, check_size, check_wire, read_json
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.history._canonical import DEEPEST, LARGEST, Real, Unusual, declared
from jobkit.history._document import write_line
from jobkit.history._event import FORMAT, Event, FieldChange
from jobkit.history._formats import format_of, upcast
from jobkit.history._shape import check
from jobkit.instants import read_instant
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Actor
from jobkit.privacy import PRIVATE_KEY, Erased, Redacted

Secrets = Mapping[str, tuple[str, str]]
"""Private values as a store keeps them: digest → (salt, text)."""

NOT_CANONICAL = Template(
    "history.not_canonical",
    "The stored event at {path} is not in the one spelling in which jobkit writes events.",
    "Restore the event from a backup; its text was changed after it was written.",
)

NO_VALUE = Template(
    "history.no_value",
    "The stored event at {path} holds a float beyond 2**53 or a private value that is no digest.",
    "Restore the event from a backup; jobkit writes neither.",
)

_ORDINARY = Limits()


def read_event(document: Mapping[str, Any], private: Secrets = EMPTY, path: str = "$") -> Event:
    """
    Read an event from its document, with its hash if that stands in it; older formats are brought up to date.

    A private value that is not among *private* is `Erased`. A newer format is `Unsupported`; unknown keys,
    missing keys and wrong types are refused all at once, with their paths.
    """
    number = format_of(document, path)
    if number < FORMAT:
        check_size(document, path)
    current = upcast(document, path) if number < FORMAT else document
    check(current, path)
    try:
        event = _event(current, private, path, number, None if number == FORMAT else _original(document))
    except Unusual as error:
        check_wire(document, path)
        raise Invalid.of(NO_VALUE, path=path) from error
    return event


def _event(
    document: Mapping[str, Any],
    private: Secrets,
    path: str,
    number: int,
    original: Mapping[str, Any] | None,
) -> Event:
    told = document.get
    claimed = told("claimed_at")
    return Event(
        id=document["id"],
        job_id=document["job_id"],
        kind=document["kind"],
        name=told("name") or "",
        actor=Actor(**document["actor"]),
        occurred_at=read_instant(document["occurred_at"], f"{path}.occurred_at"),
        recorded_at=read_instant(document["recorded_at"], f"{path}.recorded_at"),
        claimed_at=None if claimed is None else read_instant(claimed, f"{path}.claimed_at"),
        origin=told("origin") or "",
        origin_seq=told("origin_seq") or 0,
        reason=told("reason"),
        note=told("note"),
        changes=tuple(_change(change, private, f"{path}.changes") for change in told("changes") or ()),
        data=FrozenMap(_revived_whole(told("data") or EMPTY, private, 1, f"{path}.data")),
        rules=FrozenMap(told("rules") or EMPTY),
        decisions=tuple(told("decisions") or ()),
        flags=tuple(told("flags") or ()),
        format=number,
        seq=told("seq") or 0,
        prev=told("prev") or "",
        hash=told("hash") or "",
        original=original,
    )


def _change(change: Mapping[str, Any], private: Secrets, path: str) -> FieldChange:
    old, new = change.get("old"), change.get("new")
    where = change["path"]
    return FieldChange(where, _revived_whole(old, private, 3, path), _revived_whole(new, private, 3, path))


def _revived_whole(value: Any, private: Secrets, depth: int, path: str) -> Any:
    if isinstance(value, (dict, list, tuple, Mapping)):
        check_size(value, path)
    return _revived(value, private, depth)


def _revived(value: Any, private: Secrets, depth: int) -> Any:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int and -LARGEST <= value <= LARGEST:
        return value
    if isinstance(value, float) and -LARGEST <= value <= LARGEST:
        return Real(value)
    if depth >= DEEPEST:
        raise Unusual
    if isinstance(value, Mapping):
        return _revived_mapping(value, private, depth + 1)
    if kind is list or kind is tuple:
        return [_revived(item, private, depth + 1) for item in value]
    raise Unusual


def _revived_mapping(value: Mapping[Any, Any], private: Secrets, depth: int) -> Any:
    if PRIVATE_KEY in value:
        return _private(value, private)
    revived = {}
    for key, item in value.items():
        if type(key) is not str:
            raise Unusual
        if item is not None:
            revived[key] = _revived(item, private, depth)
    return revived


def _private(leaf: Mapping[str, Any], private: Secrets) -> Redacted | Erased:
    digest = leaf[PRIVATE_KEY]
    if type(digest) is not str or len(leaf) != 1:
        raise Unusual
    if digest not in private:
        return Erased(digest)
    salt, text = private[digest]
    return Redacted(text, salt=salt)


def _original(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return FrozenMap({key: item for key, item in declared(document).items() if key != "hash"})


def read_line(
    line: str | bytes, private: Secrets = EMPTY, path: str = "$", limits: Limits = _ORDINARY
) -> Event:
    """
    Read a line that `write_line` wrote.

    Refuses what `read_event` refuses, and any other spelling of the same event: not one byte may differ.
    """
    document = read_json(line, limits=limits, path=path)
    # Compared without private values: a false one is for verification to find.
    bare = read_event(document, path=path)
    if write_line(bare) != (line.decode() if isinstance(line, bytes) else line):
        raise Invalid.of(NOT_CANONICAL, path=path)
    return read_event(document, private, path) if private else bare
