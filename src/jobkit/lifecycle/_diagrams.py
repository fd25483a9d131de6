"""A lifecycle drawn as text: Mermaid, Graphviz and a table, with every label made harmless."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from jobkit.durations import write_duration
from jobkit.lifecycle._ask import spoken_field
from jobkit.lifecycle._definition import RESUME, SAME, Definition, EffectRule, StateRule, Transition
from jobkit.lifecycle._lifecycle import Lifecycle
from jobkit.lifecycle._structure import Edge, Structure, structure

_LONGEST: Final = 80
_SAFE: Final = re.compile(r"[^A-Za-z0-9 _.,'()/+-]")

Arrow = tuple[str, str, Transition]


def mermaid(lifecycle: Lifecycle) -> str:
    """
    Return the lifecycle as a Mermaid `stateDiagram-v2`, superstates nested.

    States get ids of the diagram's own (s0, s1, …); labels are cut and escaped, so no name can break out.
    """
    definition = lifecycle.definition
    ids = _ids(definition)
    lines = ["stateDiagram-v2", *_mermaid_states(definition, ids, None, "    ")]
    lines += [f"    [*] --> {ids[state.name]}" for state in definition.states if state.initial]
    for source, target, transition in _arrows(definition):
        lines.append(f"    {ids[source]} --> {ids[target]} : {_mermaid_text(_spoken(transition))}")
    lines += [f"    {ids[state.name]} --> [*]" for state in definition.states if state.end is not None]
    return "\n".join(lines) + "\n"


def graphviz(lifecycle: Lifecycle) -> str:
    """
    Return the lifecycle as Graphviz text, superstates as clusters; labels are cut and escaped.

    An arrow from a superstate is drawn from each of its states.
    """
    definition = lifecycle.definition
    ids = _ids(definition)
    lines = [
        f"digraph {_quoted(definition.id)} {{",
        "    rankdir=LR;",
        "    node [shape=box, style=rounded];",
    ]
    lines += _graphviz_states(definition, ids, None, "    ")
    found = structure(definition)
    for source, target, transition in _arrows(definition):
        for leaf in _leaves(source, found):
            lines.append(f"    {ids[leaf]} -> {ids[target]} [label={_quoted(_spoken(transition))}];")
    return "\n".join([*lines, "}"]) + "\n"


def transition_table(lifecycle: Lifecycle) -> str:
    """
    Return every transition as a Markdown table, in the order of the definition; labels are escaped.

    Guards are named by their ids; a time after which a transition fires by itself stands beside the roles.
    """
    rows = [
        (
            way.trigger,
            _listed(way.sources),
            way.target,
            _who(way),
            way.reason or "",
            _listed((*(spoken_field(path) for path in way.needs), *(guard.id for guard in way.guards))),
            _listed(_announced(effect) for effect in way.effects),
        )
        for way in lifecycle.definition.transitions
    ]
    head = ("Trigger", "From", "To", "Who", "Reason", "Needs", "Sets off")
    lines = [head, tuple("---" for _ in head), *(tuple(map(_cell, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _who(way: Transition) -> str:
    timed = () if way.after is None else (f"by itself after {write_duration(way.after)}",)
    return _listed((*way.roles, *timed)) or "anyone"


def _announced(effect: EffectRule) -> str:
    detail = effect.data.get("about") or effect.data.get("kind") or effect.data.get("outcome")
    return effect.name if detail is None else f"{effect.name} {detail}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _cell(text: str) -> str:
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return re.sub(r"([\\|`*_<>\[\]])", r"\\\1", plain)


def _ids(definition: Definition) -> dict[str, str]:
    return {state.name: f"s{number}" for number, state in enumerate(definition.states)}


def _arrows(definition: Definition) -> Iterator[Arrow]:
    """Yield each arrow once: from a named source as it is, from a category or wildcard per state."""
    found = structure(definition)
    known = {**found.states, **found.children}
    edges: dict[str, list[Edge]] = {}
    for edge in (edge for leaving in found.edges.values() for edge in leaving):
        edges.setdefault(edge.transition.id, []).append(edge)
    for transition in definition.transitions:
        named = dict.fromkeys(name for name in transition.sources if name in known)
        covered = {leaf for name in named for leaf in _leaves(name, found)}
        own = edges.get(transition.id, [])
        wide = [edge.source for edge in own if edge.source not in covered]
        for source in (*named, *wide):
            yield from ((source, target, transition) for target in _targets(source, transition, own, found))


def _leaves(source: str, found: Structure) -> tuple[str, ...]:
    return found.children.get(source, (source,))


def _targets(source: str, transition: Transition, own: list[Edge], found: Structure) -> tuple[str, ...]:
    if transition.target == SAME:
        return (source,)
    if transition.target != RESUME:
        return (transition.target,)
    leaves = _leaves(source, found)
    return next((edge.targets for edge in own if edge.source in leaves), ())


def _spoken(transition: Transition) -> str:
    word = transition.label or transition.trigger
    return f"{word} (by time)" if transition.after is not None and not transition.roles else word


def _below(definition: Definition, parent: str | None) -> list[StateRule]:
    return [state for state in definition.states if state.parent == parent]


def _mermaid_states(
    definition: Definition, ids: dict[str, str], parent: str | None, indent: str
) -> Iterator[str]:
    for state in _below(definition, parent):
        named = f'{indent}state "{_mermaid_text(state.label or state.name)}" as {ids[state.name]}'
        if not _below(definition, state.name):
            yield named
            continue
        yield f"{named} {{"
        yield from _mermaid_states(definition, ids, state.name, f"{indent}    ")
        yield f"{indent}}}"


def _graphviz_states(
    definition: Definition, ids: dict[str, str], parent: str | None, indent: str
) -> Iterator[str]:
    for state in _below(definition, parent):
        label = f"label={_quoted(state.label or state.name)}"
        if not _below(definition, state.name):
            shape = ", peripheries=2" if state.end is not None else ", penwidth=2" if state.initial else ""
            yield f"{indent}{ids[state.name]} [{label}{shape}];"
            continue
        yield f"{indent}subgraph cluster_{ids[state.name]} {{"
        yield f"{indent}    {label};"
        yield from _graphviz_states(definition, ids, state.name, f"{indent}    ")
        yield f"{indent}}}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _mermaid_text(text: str) -> str:
    """Write what Mermaid might take for syntax as character numbers; it has no other escape."""
    return _SAFE.sub(lambda found: f"#{ord(found[0])};", _cut(text))


def _quoted(text: str) -> str:
    """Return a Graphviz string: quotes and backslashes escaped, control characters as spaces."""
    plain = "".join(sign if sign.isprintable() else " " for sign in _cut(text))
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
