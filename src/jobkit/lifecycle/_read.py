"""Reading tables of a document: all that is wrong with keys and types at once, each with its path."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

import attrs

from jobkit.durations import read_duration
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.paths import Item, write

UNKNOWN_KEY = Template(
    "lifecycle.unknown_key", "{place} has no key {key}.", "Remove {key}, or use one of: {near}."
)
WRONG_TYPE = Template(
    "lifecycle.wrong_type", "{place} is {found}, not {wanted}.", "Write {wanted} at {place}."
)
MISSING = Template("lifecycle.missing", "{place} lacks {key}.", "Write {key} at {place}.")
BAD_NAME = Template(
    "lifecycle.bad_name",
    "{name} at {place} cannot be used as a name.",
    "Begin with a letter and use at most 80 letters, digits, '_', '-', '.', ':', '+', '@', '*' or spaces.",
)
NOT_ONE_OF = Template("lifecycle.not_one_of", "{name} at {place} is not known.", "Use one of: {choices}.")
TOO_LONG = Template(
    "lifecycle.too_long",
    "The text at {place} has {length} characters, more than {limit}.",
    "Say it in at most {limit} characters.",
)
NOT_PLAIN = Template(
    "lifecycle.not_plain",
    "{place} holds {found}, which rules do not keep.",
    "Write text, whole numbers, true or false, lists or tables; write decimals and instants as text.",
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-.:+@* ]{0,79}")
_LONGEST_TEXT: Final = 200

Reader = Callable[[Any, str, "Problems"], Any]


class Problems:
    """What is wrong so far; readers add to it and go on."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, template: Template, path: str, **params: Any) -> None:
        """Note one problem at *path*."""
        self.findings.append(Finding.of(template, path=path, place=path, **params))

    def take(self, error: Invalid) -> None:
        """Note what a reader further down refused."""
        self.findings.extend(error.findings)

    def check(self) -> None:
        """Raise `Invalid` with everything noted, if anything was."""
        if self.findings:
            raise Invalid(self.findings)


@attrs.frozen
class Key:
    """One key of a table: how its value is read, which attribute it fills, whether it must be there."""

    read: Reader
    fills: str
    required: bool = False


Shape = Mapping[str, Key]


def shape(required: Iterable[str] = (), renamed: Mapping[str, str] | None = None, **keys: Reader) -> Shape:
    """Describe a table by its keys; *renamed* maps a key to the attribute of another name."""
    needed, names = set(required), renamed or {}
    return {key: Key(read, names.get(key, key), key in needed) for key, read in keys.items()}


def table(value: Any, path: str, problems: Problems, keys: Shape) -> dict[str, Any] | None:
    """
    Read a table of fixed *keys* into attributes; None when it is no table or lacks what is required.

    What could not be read is left out, so that the rest can still be checked.
    """
    if not isinstance(value, Mapping):
        wrong(value, path, problems, "a table")
        return None
    for key in value:
        if key not in keys:
            problems.add(UNKNOWN_KEY, path, key=str(key)[:80], near=near(str(key), keys))
    for key, wanted in keys.items():
        if wanted.required and value.get(key) is None:
            problems.add(MISSING, path, key=key)
    read = {
        wanted.fills: wanted.read(value[key], f"{path}.{key}", problems)
        for key, wanted in keys.items()
        if value.get(key) is not None
    }
    complete = all(read.get(wanted.fills) is not None for wanted in keys.values() if wanted.required)
    return {fills: item for fills, item in read.items() if item is not None} if complete else None


def item_path(path: str, id: Any) -> str:
    """Return the path of the item *id* below *path*; an item without an id is any of the list."""
    return path + write((Item(id[:80] if isinstance(id, str) else None),))[1:]


def near(name: str, known: Collection[str]) -> list[str]:
    """Return the known names that resemble *name*, or the first few of all."""
    return get_close_matches(name, known, n=3, cutoff=0.6) or sorted(known)[:8]


def wrong(value: Any, path: str, problems: Problems, wanted: str) -> Any:
    """Note that *value* has another type than *wanted*, and read it as nothing."""
    problems.add(WRONG_TYPE, path, found=_kind(value), wanted=wanted)
    return None


_KINDS: Final = {str: "text", bool: "true or false", int: "a whole number", float: "a decimal number"}


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "nothing" if value is None else _KINDS.get(type(value), f"a {type(value).__name__}")


def text(value: Any, path: str, problems: Problems) -> Any:
    """Read a text of ordinary length."""
    if not isinstance(value, str):
        return wrong(value, path, problems, "text")
    if len(value) > _LONGEST_TEXT:
        problems.add(TOO_LONG, path, length=len(value), limit=_LONGEST_TEXT)
    return value


def name(value: Any, path: str, problems: Problems) -> Any:
    """Read a name: of a state, a trigger, a role."""
    if not isinstance(value, str):
        return wrong(value, path, problems, "text")
    if not _NAME.fullmatch(value):
        problems.add(BAD_NAME, path, name=value[:80])
    return value


def flag(value: Any, path: str, problems: Problems) -> Any:
    """Read true or false."""
    return value if isinstance(value, bool) else wrong(value, path, problems, "true or false")


def whole(value: Any, path: str, problems: Problems) -> Any:
    """Read a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return wrong(value, path, problems, "a whole number")


def span(value: Any, path: str, problems: Problems) -> Any:
    """Read an elapsed or a working duration."""
    if not isinstance(value, str):
        return wrong(value, path, problems, "a duration such as '5d'")
    try:
        return read_duration(value, path)
    except Invalid as error:
        problems.take(error)
        return None


def one_of(choices: Iterable[str]) -> Reader:
    """Return a reader that takes one of *choices*."""
    known = tuple(choices)

    def read(value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, str):
            return wrong(value, path, problems, "text")
        if value not in known:
            problems.add(NOT_ONE_OF, path, name=value[:80], choices=list(known))
        return value

    return read


def tuple_of(read_item: Reader) -> Reader:
    """Return a reader of a list that becomes a tuple."""

    def read(value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, (list, tuple)):
            return wrong(value, path, problems, "a list")
        read_all = [read_item(item, item_path(path, item), problems) for item in value]
        return tuple(item for item in read_all if item is not None)

    return read


def map_of(read_item: Reader, *, read_key: Reader = text) -> Reader:
    """Return a reader of a table whose keys are free."""

    def read(value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, Mapping):
            return wrong(value, path, problems, "a table")
        for key in value:
            read_key(key, path, problems)
        return {key: read_item(item, item_path(path, key), problems) for key, item in value.items()}

    return read


def plain(value: Any, path: str, problems: Problems) -> Any:
    """Read wire data of any shape; decimal numbers, nothing and private values are refused."""
    if isinstance(value, Mapping):
        return {key: plain(item, item_path(path, key), problems) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, path, problems) for item in value]
    if not isinstance(value, (str, bool, int)):
        problems.add(NOT_PLAIN, path, found=_kind(value))
    return value
