"""Plain data: the few kinds of value that may stand in events, documents and stores, and their limits."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, Final

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, Step, write
from jobkit.privacy import Erased, Redacted

Wire = Any
"""str, bool, int up to 2**53, None (absent), list, dict with text keys, finite float, Redacted or Erased."""

NOT_PLAIN = Template(
    "documents.not_plain",
    "A {found} at {path} is not plain data.",
    "Give text, true or false, a whole number, a list or an object; write decimals and instants as text.",
)
NOT_FINITE = Template(
    "documents.not_finite",
    "The number at {path} is not finite.",
    "Leave the value out when it is not known, or give a finite number.",
)
TOO_BIG = Template(
    "documents.too_big",
    "The whole number at {path} is beyond 2**53, where other programs round it.",
    "Write it as text.",
)
SURROGATE = Template(
    "documents.surrogate",
    "The text at {path} holds half of a character (a lone surrogate).",
    "Send the text in valid Unicode.",
)
KEY = Template(
    "documents.key",
    "A key at {path} is {found} and not text.",
    "Use text for every key of an object.",
)
DUPLICATE_KEY = Template(
    "documents.duplicate_key",
    "The key {key} at {path} stands there twice.",
    "Keep one of the two.",
)
TOO_DEEP = Template(
    "documents.too_deep",
    "The data at {path} is nested more than {limit} levels deep, or contains itself.",
    "Flatten the data, or raise the limit of depth for input you trust.",
)
TOO_LONG = Template(
    "documents.too_long",
    "The document is {length} characters long and the limit is {limit}.",
    "Send it in smaller pieces, or raise the limit of characters for input you trust.",
)
TOO_MANY = Template(
    "documents.too_many",
    "The data has more than {limit} items.",
    "Send it in smaller pieces, or raise the limit of items for input you trust.",
)

LARGEST_INT: Final = 2**53
_LEAVES: Final = frozenset({str, bool, int, float, type(None), Redacted, Erased})
_MOST_PROBLEMS: Final = 100


@attrs.frozen(kw_only=True)
class Limits:
    """
    How much a reader takes before it parses anything: characters, levels of nesting, and items in all.

    >>> Limits(depth=8)
    Limits(characters=4000000, depth=8, items=500000)
    """

    characters: int = 4_000_000
    depth: int = 64
    items: int = 500_000


ORDINARY: Final = Limits()


class Repeated(dict[str, Any]):
    """An object in which keys stood twice; the walk over plain data reports them with their path."""

    keys_twice: tuple[str, ...] = ()


class Oversized:
    """Stands for a whole number with too many digits to be worth parsing."""


Trail = tuple[Any, Step] | None


def place(trail: Trail, root: str = "$") -> str:
    """Return the path that a *trail* of steps leads to."""
    steps: list[Step] = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    return root + write(reversed(steps))[1:]


def wire_problems(value: object, path: str = "$", limits: Limits = ORDINARY) -> tuple[Finding, ...]:
    """
    Return what keeps *value* from being plain data, at most a hundred findings.

    Refused are foreign types, NaN and infinities, whole numbers beyond 2**53, lone surrogates, keys that are
    not text, and whatever is longer or deeper than the limits or contains itself.

    >>> [finding.path for finding in wire_problems({"a": [1.5, float("nan")], "b": {1: 2}})]
    ['$.b', '$.a[1]']
    """
    found: list[Finding] = []
    for finding in _walk(value, path, limits):
        found.append(finding)
        if len(found) >= _MOST_PROBLEMS:
            break
    return tuple(found)


def _walk(value: object, root: str, limits: Limits) -> Iterator[Finding]:
    # A stack of our own: data from outside must never drive Python's.
    stack: list[tuple[object, Trail, int]] = [(value, None, 0)]
    items = letters = 0
    while stack:
        here, trail, depth = stack.pop()
        letters += _letters(here)
        if letters > limits.characters:
            told = f"more than {limits.characters}"
            yield Finding.of(TOO_LONG, path=root, length=told, limit=limits.characters)
            return
        if isinstance(here, (dict, list, tuple, Mapping)):
            items += len(here)
            if depth >= limits.depth:
                yield Finding.of(TOO_DEEP, path=place(_cut(trail), root), limit=limits.depth)
                return
            if items > limits.items:
                yield Finding.of(TOO_MANY, path=root, limit=limits.items)
                return
            yield from _open(here, trail, depth, stack, root)
        elif (template := _leaf_problem(here)) is not None:
            yield Finding.of(template, path=place(trail, root), found=type(here).__name__)


def check_size(value: object, path: str = "$", limits: Limits = ORDINARY) -> None:
    """
    Refuse data that is larger, longer or deeper than *limits*, or contains itself, whatever its kinds.

    What shares its parts counts every time it is reached, as a reader would meet it.
    """
    items = letters = 0
    level: list[Any] = [value]
    for _ in range(limits.depth + 1):
        # Stores read jobs and events through here: asking an ABC about every leaf took most of the time.
        holders = [
            here
            for here in level
            if type(here) not in _LEAVES and isinstance(here, (dict, list, tuple, Mapping))
        ]
        items += sum(map(len, holders))
        letters += sum([len(here) for here in level if type(here) is str]) + sum(map(_letters, holders))
        if items > limits.items:
            raise Invalid.of(TOO_MANY, path=path, limit=limits.items)
        if letters > limits.characters:
            told = f"more than {limits.characters}"
            raise Invalid.of(TOO_LONG, path=path, length=told, limit=limits.characters)
        if not holders:
            return
        level = [
            part for here in holders for part in (here if isinstance(here, (list, tuple)) else here.values())
        ]
    raise Invalid.of(TOO_DEEP, path=path, limit=limits.depth)


def _letters(here: object) -> int:
    if isinstance(here, str):
        return len(here)
    return sum([len(key) for key in here if isinstance(key, str)]) if isinstance(here, dict) else 0


def _cut(trail: Trail) -> Trail:
    """Keep the outermost eight steps of a trail that is too deep to be worth reading."""
    steps: list[Step] = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    short: Trail = None
    for step in reversed(steps[-8:]):
        short = (short, step)
    return short


def _open(
    here: Any, trail: Trail, depth: int, stack: list[tuple[object, Trail, int]], root: str
) -> Iterator[Finding]:
    if isinstance(here, (list, tuple)):
        stack.extend((item, (trail, step_of(item, place)), depth + 1) for place, item in enumerate(here))
        return
    for key in getattr(here, "keys_twice", ()):
        yield Finding.of(DUPLICATE_KEY, path=place(trail, root), key=key)
    for key, item in here.items():
        if not isinstance(key, str):
            yield Finding.of(KEY, path=place(trail, root), found=type(key).__name__)
        elif has_surrogate(key):
            yield Finding.of(SURROGATE, path=place(trail, root))
        else:
            stack.append((item, (trail, key), depth + 1))


def step_of(item: object, position: int) -> Item:
    """Return the step to a list item: by its id where it has one, else by its position."""
    id = item.get("id") if isinstance(item, dict) else None
    return Item(id if isinstance(id, str) and not has_surrogate(id) else str(position))


def _leaf_problem(value: object) -> Template | None:
    kind = type(value)
    if kind is str:
        return SURROGATE if has_surrogate(value) else None  # type: ignore[arg-type]
    if kind is bool or value is None or kind is Erased:
        return None
    if isinstance(value, Redacted):
        return _leaf_problem(value.reveal())
    if kind is int:
        return None if -LARGEST_INT <= value <= LARGEST_INT else TOO_BIG  # type: ignore[operator]
    if isinstance(value, float):
        return None if isfinite(value) else NOT_FINITE
    return TOO_BIG if kind is Oversized else NOT_PLAIN


def has_surrogate(text: str) -> bool:
    """Whether *text* holds half of a character."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def check_wire(value: Wire, path: str = "$", limits: Limits = ORDINARY) -> Wire:
    """Return *value* itself when it is plain data; anything else is refused with all its places."""
    if problems := wire_problems(value, path, limits):
        raise Invalid(problems)
    return value


def freeze(value: Wire) -> Any:
    """
    Return plain data that cannot change: lists become tuples, objects `FrozenMap`.

    Whatever is not plain data is refused.

    >>> freeze({"sizes": [1, 2]})
    {'sizes': (1, 2)}
    """
    kind = type(value)
    if kind is bool or value is None:
        return value
    if kind is str and len(value) <= ORDINARY.characters and not has_surrogate(value):
        return value
    return _frozen(check_wire(value))


def _frozen(value: Wire) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(map(_frozen, value))
    if isinstance(value, Mapping):
        return FrozenMap({key: _frozen(item) for key, item in value.items()})
    return value


def thaw(value: Any) -> Wire:
    """Return frozen plain data in its wire form: tuples become lists, maps plain dicts."""
    if isinstance(value, (list, tuple)):
        return [thaw(item) for item in value]
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    return value
