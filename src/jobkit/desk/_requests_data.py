"""What of a request goes into the job that is opened for it, and how private values go along."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from jobkit.desk._office import Office
from jobkit.documents import unstructure
from jobkit.intake import IntakeRules, mapped
from jobkit.model import Job
from jobkit.privacy import Erased, Redacted

_LINKS: Final = ("conversation", "watchers")


@lru_cache(maxsize=1)
def _plain_rules() -> IntakeRules:
    return IntakeRules.load({"id": "plain"})


def rules_of(office: Office) -> IntakeRules:
    """Return the catalog's rules of intake; without any, plain ones by which every field keeps its place."""
    return office.catalog.intake or _plain_rules()


def carried(office: Office, request: Job) -> tuple[dict[str, Any], tuple[str, ...]]:
    """
    Return what a job takes over from *request*, in the shape of a job's data, and the paths of what stays.

    Private values are hidden anew. Who watches and the conversation go along; other links stay.
    """
    told = mapped(rules_of(office), request)
    links: Any = unstructure(request.links)
    along = {name: links[name] for name in _LINKS if name in links}
    kept = tuple(
        path for path in told.kept if not path.startswith(tuple(f"$.links.{name}" for name in along))
    )
    return {**hidden_anew(told.data, office.new_salt), **({"links": along} if along else {})}, kept


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
    joined = list(base)
    places = {_name(item): place for place, item in enumerate(base) if _name(item) is not None}
    for item in more:
        # An id that is told twice finds its place taken and stays doubled, which is refused later on.
        place = places.pop(_name(item), None)
        if place is not None:
            joined[place] = laid_over(base[place], item)
        elif _name(item) is not None or item not in base:
            joined.append(item)
    return joined


def _name(item: Any) -> Any:
    name = item.get("id") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) else None
