"""One fact by its path, read as its kind: for rules that need the value itself and not a truth."""

from collections.abc import Callable, Mapping
from typing import Any

from jobkit.conditions._kinds import EXACT, READERS, Kind
from jobkit.conditions._reach import reach
from jobkit.paths import parse
from jobkit.privacy import Redacted

FactReader = Callable[[Mapping[str, Any]], Any]
"""Facts in, the typed value out; None when it is unknown."""


def fact_reader(path: str, kind: Kind = "any") -> FactReader:
    """
    Return what reads the one fact at *path* as *kind*; what is missing, private or of another kind is None.

    What is no path is refused; one that names every item of a list has no one value and reads as unknown.

    >>> fact_reader("job.since", "instant")({"job": {"since": "2026-03-10T08:00:00Z"}}).isoformat()
    '2026-03-10T08:00:00+00:00'
    """
    get, read, exact = reach(parse(path)), READERS[kind], EXACT.get(kind)

    def one(facts: Mapping[str, Any]) -> Any:
        raw = get(facts)
        if type(raw) is exact:
            return raw
        # A private value would be told in every explanation that names it.
        return None if raw is None or isinstance(raw, Redacted) else read(raw)

    return one
