"""Commands: their digest (what they ask for, without time and ids), and their arguments as plain data."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import attrs

from jobkit.documents import Wire, check_size, structure, unstructure
from jobkit.errors import Refused
from jobkit.findings import Finding, Template
from jobkit.history import digest
from jobkit.privacy import Erased, Redacted

_DEEPEST: Final = 70
"""Deeper data is passed on as it is: whoever reads it refuses it."""

_LARGEST: Final = 10**30
_SCALARS: Final = (str, bool, int, float, Redacted, Erased)


@attrs.frozen(kw_only=True)
class Command:
    """
    The caller's key for a command, the digest of its arguments, and the jobs that it is about.

    A command without a key is not recognised when it comes again.
    """

    key: str | None = None
    digest: str = ""
    jobs: tuple[str, ...] = ()


BLANK = Template(
    "desk.blank",
    "{verb} is told no {name}.",
    "Give {name} as text that says something.",
)

NO_COMMAND: Final = Command()


def command(key: str | None, verb: str, jobs: tuple[str, ...] = (), **arguments: Any) -> Command:
    """
    Return the caller's key with the digest of *verb*, *jobs* and *arguments*; without a key there is none.

    Private values leave no trace in the digest, for it outlives them: guesses could be tried against it.
    """
    if key is None:
        return Command(jobs=jobs)
    check_size(key, "$.command_key")
    told = {"verb": verb, "jobs": list(jobs), **{name: plain(value) for name, value in arguments.items()}}
    return Command(key=key, digest=digest(_without_private(told)), jobs=jobs)


def must_say(verb: str, **told: str) -> None:
    """Refuse what a verb is told when it is empty or nothing but blanks."""
    empty = [name for name, text in told.items() if not text.strip()]
    if empty:
        raise Refused(Finding.of(BLANK, path=f"$.{name}", verb=verb, name=name) for name in empty)


def decimal_told(given: Decimal | float | str | None, path: str) -> Decimal | None:
    """Return a number told as text or as a number; what is none, or none of a sane size, is refused."""
    if given is None:
        return None
    # Whole numbers of more than 4,300 digits cannot even be spelt out.
    is_sane = isinstance(given, (str, float, Decimal)) or (isinstance(given, int) and abs(given) < _LARGEST)
    return structure(Decimal, str(given) if is_sane else given, path)


def plain(value: Any) -> Wire:
    """
    Return arguments as plain data: model values, instants, decimals and durations as documents write them.

    Data beyond the ordinary limits is refused. What has no place in a document is passed on as it is: whoever
    reads it refuses it, with its place.
    """
    check_size(value)
    return _plain(value, 0)


def _plain(value: Any, depth: int) -> Wire:
    if value is None or isinstance(value, _SCALARS) or depth > _DEEPEST:
        return value
    if isinstance(value, Mapping):
        return {name: _plain(item, depth + 1) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    try:
        return unstructure(value)
    except TypeError:
        return value


def _without_private(value: Any, depth: int = 0) -> Any:
    if isinstance(value, (Redacted, Erased)):
        return "private"
    if depth > _DEEPEST:
        return value
    if isinstance(value, Mapping):
        return {name: _without_private(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_private(item, depth + 1) for item in value]
    return value
