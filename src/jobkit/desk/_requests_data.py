"""What of a request goes into the job that is opened for it, and how private values go along."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from jobkit.documents import unstructure
from jobkit.model import Job
from jobkit.privacy import Erased, Redacted

_CARRIED: Final[Mapping[str, tuple[str, ...]]] = {
    "subject": (),
    "work": (),
    "safety": (),
    "parts": (),
    "fields": (),
    "terms": (
        "channel",
        "urgency",
        "contract",
        "tier",
        "purchase_order",
        "credit_hold",
        "entitlement",
        "requested",
        "due",
    ),
    "evidence": ("attachments",),
    "links": ("conversation", "watchers"),
}
"""What a job takes over from its request: all of a part, or only the fields that are named."""


def carried(request: Job) -> dict[str, Any]:
    """
    Return what a job takes over from *request*, in the shape of a job's data.

    Notes, tasks, external ids and what came of the request stay with it; they are found by the link.
    """
    told: Any = unstructure(request)
    return {
        part: {name: value for name, value in told[part].items() if name in names} if names else told[part]
        for part, names in _CARRIED.items()
        if part in told
    }


def hidden_anew(value: Any, salts: Callable[[], str]) -> Any:
    """
    Return plain data in which every private value is hidden again, with a salt of its own.

    So it is erased on each record by itself, and equal digests betray nothing. What was erased is left out.
    """
    if isinstance(value, Redacted):
        return Redacted(value.reveal(), salt=salts())
    if isinstance(value, Mapping):
        kept = {name: item for name, item in value.items() if not isinstance(item, Erased)}
        return {name: hidden_anew(item, salts) for name, item in kept.items()}
    if isinstance(value, (list, tuple)):
        return [hidden_anew(item, salts) for item in value if not isinstance(item, Erased)]
    return value


def laid_over(base: Any, more: Any) -> Any:
    """
    Return plain data with *more* told on top of *base*; of that nothing is lost but what is told otherwise.

    Tables are joined name by name, lists item by item: records by their ids, everything else by being equal.
    """
    if isinstance(base, Mapping) and isinstance(more, Mapping):
        joined = {name: laid_over(base[name], more[name]) for name in base if name in more}
        return {**base, **more, **joined}
    if isinstance(base, (list, tuple)) and isinstance(more, (list, tuple)):
        return _joined(base, more)
    return base if more is None else more


def _joined(base: Any, more: Any) -> list[Any]:
    told = {_name(item): item for item in more if _name(item) is not None}
    kept = [laid_over(item, told[_name(item)]) if _name(item) in told else item for item in base]
    known = [_name(item) for item in base if _name(item) is not None]
    return [*kept, *(item for item in more if item not in base and _name(item) not in known)]


def _name(item: Any) -> Any:
    name = item.get("id") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) else None
