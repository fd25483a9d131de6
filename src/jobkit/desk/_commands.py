"""The digest of a command: what it asks for, without time and ids."""

from collections.abc import Mapping
from typing import Any

from jobkit.desk._record import Command
from jobkit.documents import unstructure
from jobkit.history import digest


def command(key: str | None, verb: str, **arguments: Any) -> Command:
    """Return the caller's key with the digest of *verb* and *arguments*; without a key there is no digest."""
    if key is None:
        return Command()
    return Command(
        key=key, digest=digest({"verb": verb, **{name: _wire(value) for name, value in arguments.items()}})
    )


def _wire(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _wire(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_wire(item) for item in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return unstructure(value)
