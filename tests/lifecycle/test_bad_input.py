"""Promises about hostile definitions: one typed refusal with a path, quickly, whatever they hold."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from jobkit.errors import Invalid, JobkitError
from jobkit.lifecycle import Changes, Lifecycle
from tests.lifecycle.orders import tables

DEEP = 10_000


def looped() -> dict[str, Any]:
    """Return tables that contain themselves."""
    data = tables()
    data["states"]["here"]["fields"] = data
    return data


def nested(depth: int) -> Any:
    """Return a condition of *depth* negations."""
    rule: Any = {"field": "ready", "is": True}
    for _ in range(depth):
        rule = {"not": rule}
    return rule


def with_guard(when: Any) -> dict[str, Any]:
    """Return tables with one guard."""
    way = {"trigger": "go", "from": "here", "to": "there", "guards": [{"id": "a", "when": when}]}
    return tables(transitions=[way])


HOSTILE: dict[str, Any] = {
    "empty text": "\n",
    "no toml": "id = = 1\n",
    "no json": "{",
    "a json list": '{"id": [',
    "duplicate keys in toml": 'id = "a"\nid = "b"\n',
    "duplicate keys in json": '{"id": "a", "id": "b"}',
    "nan": '{"id": NaN}',
    "a number beyond all bounds": '{"id": 1e999}',
    "a long number": '{"id": ' + "9" * 5_000 + "}",
    "half a character": '{"id": "\\ud800"}',
    "deep json": '{"id": ' + "[" * DEEP,
    "deep toml": "id = " + "[" * DEEP + "]" * DEEP + "\n",
    "deep keys": ".".join("a" * 1 for _ in range(DEEP)) + " = 1\n",
    "a loop": looped(),
    "keys that are no text": {1: 2},
    "a private object": tables(id=object()),
    "bytes": tables(id=b"order"),
    "a deep condition": with_guard(nested(DEEP)),
    "a deep line": with_guard("not " * DEEP + "ready"),
    "a line of brackets": with_guard("(" * DEEP + "ready" + ")" * DEEP),
    "code in a line": with_guard("__import__('os').system('true')"),
    "a hostile pattern": with_guard('matches(ready, "(a+)+$")'),
    "nothing in a condition": with_guard({}),
    "a condition of a number": with_guard(7),
    "many transitions": tables(
        transitions=[{"trigger": f"t{n}", "from": "*", "to": "here"} for n in range(5_000)]
    ),
    "a long name": tables(id="x" * 100_000),
    "a name with a line break": tables(
        states={"a\nb": {"category": "open", "initial": True}}, transitions=[]
    ),
    "roles of numbers": tables(roles=[1, 2]),
    "states of nothing": tables(states={"here": None}, transitions=[]),
    "facts of an unknown kind": tables(facts={"ready": "maybe"}),
    "a fact with a bad name": tables(facts={"__class__": "text"}, transitions=[]),
    "sources of nothing": tables(transitions=[{"trigger": "go", "from": [None], "to": "there"}]),
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_definitions_are_refused_quickly(source: Any) -> None:
    """
    Whatever a definition holds, loading it ends within two seconds in one Invalid with a path.
    """
    start = time.process_time()

    with pytest.raises(Invalid) as refused:
        Lifecycle.load(source)

    assert refused.value.path.startswith("$")
    assert all(finding.unblock for finding in refused.value.findings)
    json.dumps(refused.value.to_dict())
    assert 2 > time.process_time() - start


@pytest.mark.parametrize("source", ["{", "\n", looped(), {"add": {"states": {"a": float("nan")}}}])
def test_hostile_changes_are_refused(source: Any) -> None:
    """
    Changes of a base are read as strictly as definitions.
    """
    with pytest.raises(Invalid):
        Changes.load(source)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00", b"id = '\xc3'"])
def test_files_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    """
    A file that is not UTF-8 text is refused like any other bad document.
    """
    path = tmp_path / "order.toml"
    path.write_bytes(content)

    with pytest.raises(JobkitError):
        Lifecycle.load(path)


def test_a_folder_is_not_a_lifecycle(tmp_path: Path) -> None:
    """
    What cannot be opened as a file is told as not found.
    """
    with pytest.raises(JobkitError, match="no lifecycle file"):
        Lifecycle.load(tmp_path)


@pytest.mark.parametrize("name", ["a\x00b", "x" * 5_000])
def test_impossible_file_names_are_refused(name: str) -> None:
    """
    A name that no file can have is not found, rather than an error of the operating system.
    """
    with pytest.raises(JobkitError):
        Lifecycle.load(name)
