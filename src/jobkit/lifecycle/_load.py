"""Reading a lifecycle from its document: TOML, JSON or plain tables."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

from jobkit.documents import Limits, check_wire, read_json, read_toml
from jobkit.errors import NotFound
from jobkit.findings import Template
from jobkit.lifecycle._definition import (
    Definition,
    EffectRule,
    FieldFlag,
    Guard,
    GuardSeverity,
    Limit,
    StateRule,
    Transition,
)
from jobkit.lifecycle._read import (
    Problems,
    flag,
    item_path,
    map_of,
    name,
    one_of,
    plain,
    shape,
    span,
    table,
    text,
    tuple_of,
    whole,
    wrong,
)
from jobkit.model import Category, End

NO_FILE = Template(
    "lifecycle.no_file", "There is no lifecycle file {file}.", "Name a TOML or JSON file that can be read."
)

# One byte more than the longest document may take, so that an endless file is refused as too long.
_MOST_BYTES: Final = 4 * Limits().characters + 1


def _data(value: Any, path: str, problems: Problems) -> Any:
    return (
        plain(value, path, problems)
        if isinstance(value, Mapping)
        else wrong(value, path, problems, "a table")
    )


_LIMIT: Final = shape(after=span, queue=name, required=["after"])
_EFFECT: Final = shape(name=name, data=_data, outbound=flag, required=["name"])
_GUARD: Final = shape(
    id=name,
    when=plain,
    message=text,
    unblock=text,
    who=name,
    severity=one_of(get_args(GuardSeverity)),
    required=["id", "when"],
)


def read_definition(source: str | Path | Mapping[str, Any], problems: Problems) -> Definition:
    """
    Read a lifecycle definition from a TOML or JSON file, from TOML or JSON text, or from tables.

    A text with a line break, a brace or an equals sign is the document itself, any other names a file. What
    is wrong is added to *problems*; it raises `Invalid` itself only when too little is left to go on.
    """
    read = table(read_tables(source), "$", problems, _DEFINITION)
    if read is None:
        problems.check()
    return Definition(**{"transitions": (), **(read or {})})


def read_tables(source: str | Path | Mapping[str, Any]) -> Any:
    """Return the tables of a document: a file's, a text's, or those given; other data is refused."""
    if isinstance(source, Mapping):
        return check_wire(source)
    if not isinstance(source, (str, Path)):
        raise TypeError(f"a lifecycle is read from a path, a text or a mapping, not {type(source).__name__}")
    if isinstance(source, Path) or not _is_document(source):
        return _file(Path(source))
    return read_json(source) if source.lstrip().startswith("{") else read_toml(source)


def _is_document(source: str) -> bool:
    return "\n" in source or "{" in source or "=" in source


def _file(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        raise NotFound.of(NO_FILE, file=str(path)[:200]) from error
    return read_json(content) if path.suffix == ".json" else read_toml(content)


def _limit(value: Any, path: str, problems: Problems) -> Limit | None:
    read = table(value, path, problems, _LIMIT)
    return None if read is None else Limit(**read)


def _effect(value: Any, path: str, problems: Problems) -> EffectRule | None:
    read = table(value, _named(path, value, "name"), problems, _EFFECT)
    return None if read is None else EffectRule(**read)


def _guard(value: Any, path: str, problems: Problems) -> Guard | None:
    read = table(value, _named(path, value, "id"), problems, _GUARD)
    return None if read is None else Guard(**read)


def _named(path: str, value: Any, key: str) -> str:
    """Return the path of a list's item by its own name."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return item_path(path.removesuffix("[]"), found)


def _sources(value: Any, path: str, problems: Problems) -> tuple[str, ...]:
    return _names_or_one([value] if isinstance(value, str) else value, path, problems) or ()


def _source(value: Any, path: str, problems: Problems) -> str | None:
    return value if value == "*" else _at_name(value, path, problems)


def _at_name(value: Any, path: str, problems: Problems) -> str | None:
    bare = value.removeprefix("@") if isinstance(value, str) else value
    return value if name(bare, path, problems) is not None else None


_names: Final = tuple_of(name)
_names_or_one: Final = tuple_of(_source)

_STATE: Final = shape(
    category=one_of(get_args(Category)),
    end=one_of(get_args(End)),
    initial=flag,
    parent=name,
    owner=name,
    limit=_limit,
    fields=map_of(one_of(get_args(FieldFlag))),
    permits=_names,
    forbids=_names,
    label=text,
    required=["category"],
)
_TRANSITION: Final = shape(
    id=text,
    trigger=name,
    **{"from": _sources},
    to=_at_name,
    roles=_names,
    needs=tuple_of(text),
    reason=name,
    guards=tuple_of(_guard),
    effects=tuple_of(_effect),
    after=span,
    order=whole,
    label=text,
    renamed={"from": "sources", "to": "target"},
    required=["trigger", "from", "to"],
)


def _states(value: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, Mapping):
        return wrong(value, path, problems, "a table")
    return tuple(
        StateRule(name=name(key, path, problems) or "", **_state(rule, key, value, path, problems))
        for key, rule in value.items()
    )


def _state(rule: Any, key: Any, states: Mapping[str, Any], path: str, problems: Problems) -> dict[str, Any]:
    read = table(_with_category(rule, states), item_path(path, key), problems, _STATE)
    return read or {"category": "open"}


def _with_category(rule: Any, states: Mapping[str, Any]) -> Any:
    """Give a state without a category that of its nearest superstate that has one."""
    if not isinstance(rule, Mapping) or rule.get("category") is not None:
        return rule
    above: Any = rule
    for _ in range(len(states)):
        above = states.get(above.get("parent")) if isinstance(above.get("parent"), str) else None
        if not isinstance(above, Mapping):
            break
        if above.get("category") is not None:
            return {**rule, "category": above["category"]}
    return rule


def _transitions(value: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, (list, tuple)):
        return wrong(value, path, problems, "a list of tables")
    ids = _default_ids(value)
    read = [
        (id, table(rule, item_path(path, id), problems, _TRANSITION))
        for id, rule in zip(ids, value, strict=True)
    ]
    return tuple(Transition(**{"id": id, **fields}) for id, fields in read if fields is not None)


def _default_ids(rules: list[Any] | tuple[Any, ...]) -> list[str]:
    """Return each transition's own id, else its trigger, else trigger:sources where a trigger repeats."""
    triggers = [rule.get("trigger") if isinstance(rule, Mapping) else None for rule in rules]
    return [
        _default_id(rule, trigger, triggers.count(trigger))
        for rule, trigger in zip(rules, triggers, strict=True)
    ]


def _default_id(rule: Any, trigger: Any, times: int) -> str:
    if not isinstance(rule, Mapping):
        return ""
    if isinstance(rule.get("id"), str):
        return str(rule["id"])
    if times < 2 or not isinstance(trigger, str):
        return trigger if isinstance(trigger, str) else ""
    sources = rule.get("from")
    listed = [sources] if isinstance(sources, str) else sources if isinstance(sources, (list, tuple)) else []
    return f"{trigger}:{'+'.join(map(str, listed))}"


_DEFINITION: Final = shape(
    id=name,
    version=text,
    facet=name,
    base=text,
    roles=_names,
    reasons=map_of(_names, read_key=name),
    facts=map_of(text),
    states=_states,
    transitions=_transitions,
    required=["id", "version", "states"],
)
