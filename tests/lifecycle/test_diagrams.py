"""Diagrams: every state and arrow is drawn, and no name breaks out of its label."""

import re
from typing import Any

import attrs
import pytest

from jobkit.lifecycle import Lifecycle, graphviz, mermaid, transition_table

DATA: dict[str, Any] = {
    "id": "order",
    "version": "1",
    "states": {
        "work": {"category": "open"},
        "draft": {"category": "draft", "parent": "work", "initial": True},
        "open": {"category": "open", "parent": "work"},
        "wait": {"category": "waiting", "limit": {"after": "5d"}},
        "done": {"category": "closed", "end": "closed"},
    },
    "transitions": [
        {"trigger": "send", "from": "draft", "to": "open"},
        {"trigger": "hold", "from": "work", "to": "wait"},
        {"trigger": "resume", "from": "wait", "to": "@resume"},
        {"trigger": "shout", "from": "@open", "to": "@same"},
        {"trigger": "finish", "from": ["open"], "to": "done"},
        {"trigger": "forget", "from": "wait", "to": "done", "after": "90d"},
    ],
}

HOSTILE = [
    'x" as y {\n[*] --> z',
    "a\nb --> c",
    "end note",
    "%% comment",
    '"]; evil [label="',
    "</script><script>",
    'back\\"slash',
    "a:b;c#d",
    "\u202ereversed\x00",
]

EFFECTS = [{"name": "notify", "data": {"about": "a|b <i> `c`"}}]


def lifecycle() -> Lifecycle:
    """Return a lifecycle with a superstate, a hold, a category source and a timer."""
    return Lifecycle.load(DATA)


def test_mermaid() -> None:
    """
    Superstates nest their states, a way back is drawn to each state it can return to, time is named.
    """
    expected = """\
stateDiagram-v2
    state "work" as s0 {
        state "draft" as s1
        state "open" as s2
    }
    state "wait" as s3
    state "done" as s4
    [*] --> s1
    s1 --> s2 : send
    s0 --> s3 : hold
    s3 --> s1 : resume
    s3 --> s2 : resume
    s2 --> s2 : shout
    s2 --> s4 : finish
    s3 --> s4 : forget (by time)
    s4 --> [*]
"""

    assert expected == mermaid(lifecycle())


def test_graphviz() -> None:
    """
    A superstate is a cluster, an arrow from it leaves each of its states, an end has two borders.
    """
    drawn = graphviz(lifecycle())

    assert 'subgraph cluster_s0 {\n        label="work";' in drawn
    assert ['s1 -> s3 [label="hold"];', 's2 -> s3 [label="hold"];'] == re.findall(r"s. -> s3 .*", drawn)
    assert 's4 [label="done", peripheries=2];' in drawn


def hostile(label: str) -> Lifecycle:
    """Return the lifecycle with *label* on a state and on a transition."""
    definition = lifecycle().definition
    states = tuple(attrs.evolve(state, label=label) for state in definition.states)
    transitions = tuple(attrs.evolve(way, label=label) for way in definition.transitions)
    return Lifecycle.from_definition(attrs.evolve(definition, states=states, transitions=transitions))


@pytest.mark.parametrize("label", HOSTILE)
def test_mermaid_label_stays_inside(label: str) -> None:
    """
    A hostile label changes no line's shape: the diagram has the same lines, ids and arrows as a harmless one.
    """
    assert _shape(mermaid(hostile("plain")), "plain") == _shape(mermaid(hostile(label)), _escaped(label))


def _escaped(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9 _.,'()/+-]", lambda found: f"#{ord(found[0])};", label)


def _shape(drawn: str, label: str) -> list[str]:
    return [line.replace(label, "LABEL") for line in drawn.split("\n")]


@pytest.mark.parametrize("label", HOSTILE)
def test_graphviz_label_stays_inside(label: str) -> None:
    """
    Every label is one string: without its strings the drawing is the same as with a harmless label.
    """
    assert _unlabelled(graphviz(hostile("plain"))) == _unlabelled(graphviz(hostile(label)))


def _unlabelled(drawn: str) -> str:
    return re.sub(r'"(?:[^"\\\n]|\\["\\])*"', "STRING", drawn)


def test_table_has_a_row_per_transition() -> None:
    """
    The table names sources, target, who may, and the time after which a transition fires by itself.
    """
    rows = transition_table(lifecycle()).splitlines()

    assert 2 + len(DATA["transitions"]) == len(rows)
    assert "| forget | wait | done | by itself after 90d |  |  |  |" == rows[-1]


def test_table_cell_stays_inside() -> None:
    """
    What would end a cell or begin markup is escaped.
    """
    data = {
        **DATA,
        "transitions": [*DATA["transitions"][:-1], {**DATA["transitions"][-1], "effects": EFFECTS}],
    }
    row = transition_table(Lifecycle.load(data)).splitlines()[-1]

    assert row.endswith("| notify a\\|b \\<i\\> \\`c\\` |")


def test_long_label_is_cut() -> None:
    """
    A label of any length takes one line of ordinary width.
    """
    drawn = mermaid(hostile("x" * 10_000))

    assert max(map(len, drawn.splitlines())) < 150
