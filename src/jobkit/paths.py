"""One path syntax for findings, conditions, changes and forms; list items go by id, never by position."""

import re
from collections.abc import Iterable
from functools import lru_cache

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Template

UNREADABLE = Template(
    "paths.unreadable",
    "{text} is not a path.",
    "Write names joined by dots, list items by id in brackets: $.visits[v1].outcome or parts[].status.",
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")
_STEP = re.compile(
    r'\.?([A-Za-z_][A-Za-z0-9_\-]*)|\[([A-Za-z0-9_\-:./@ ]*)\]|\["((?:[^"\\]|\\["\\]){0,400})"\]'
)
_PLAIN_ID = re.compile(r"[A-Za-z0-9_\-:./@ ]+")
_LONGEST = 1000


@attrs.frozen
class Item:
    """A step into a list: the item with this id, or every item when *id* is None."""

    id: str | None


Step = str | Item


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[Step, ...]:
    """
    Split a path into its steps; the root `$` is optional.

    What is not a path is refused.

    >>> parse("$.visits[v1].outcome")
    ('visits', Item(id='v1'), 'outcome')
    >>> parse("parts[].status")
    ('parts', Item(id=None), 'status')
    """
    if not isinstance(text, str):
        # Paths are often the keys of somebody's data, and those may be anything.
        raise Invalid.of(UNREADABLE, text=f"A key of the type {type(text).__name__}")
    rest = text.removeprefix("$")
    if len(text) > _LONGEST or not _begins_well(text, rest):
        raise Invalid.of(UNREADABLE, text=text[:100])
    steps: list[Step] = []
    at = 0
    while at < len(rest):
        step = _STEP.match(rest, at)
        if step is None or (at and step[1] and rest[at] != "."):
            raise Invalid.of(UNREADABLE, text=text[:100])
        steps.append(_step(step))
        at = step.end()
    return tuple(steps)


def _begins_well(text: str, rest: str) -> bool:
    return rest[:1] in ("", ".", "[") if text.startswith("$") else not rest.startswith(".")


def _step(match: re.Match[str]) -> Step:
    name, plain, quoted = match.groups()
    if name is not None:
        return str(name)
    if quoted is not None:
        return Item(re.sub(r'\\(["\\])', r"\1", quoted))
    return Item(plain or None)


def write(steps: Iterable[Step]) -> str:
    """
    Join steps into a path that `parse` reads back.

    >>> write(("visits", Item('say "v1"'), "outcome"))
    '$.visits["say \\\\"v1\\\\""].outcome'
    """
    return "$" + "".join(_written(step) for step in steps)


def _written(step: Step) -> str:
    if isinstance(step, Item):
        return _written_item(step.id)
    return f".{step}" if _NAME.fullmatch(step) else _written_item(step)


def _written_item(id: str | None) -> str:
    if id is None:
        return "[]"
    if _PLAIN_ID.fullmatch(id):
        return f"[{id}]"
    escaped = id.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def join(*parts: str | Step) -> str:
    """
    Extend a path by further steps.

    >>> join("$.visits", Item("v1"), "outcome")
    '$.visits[v1].outcome'
    """
    head, *rest = parts
    steps = parse(head) if isinstance(head, str) else (head,)
    return write((*steps, *rest))
