"""The table of extension points tells what there is: every registry kind of the code, and nothing else."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
CALLABLES, VALUES = PAGE.split("## Values")[0], PAGE.split("## Values")[1].split("## An example")[0]
_ASKED = re.compile(
    r"(?:registry\.find|\.call|\.names|\.with_)\(\"([a-z_]+)\"|partial\(registry\.call, \"([a-z_]+)\""
)


def rows(part: str) -> list[list[str]]:
    """Return the cells of each row of the table in a part of the page, without its head."""
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def kinds() -> set[str]:
    """Return every kind that the code asks a registry for."""
    files = (ROOT / "src" / "jobkit").rglob("*.py")
    found = _ASKED.findall("\n".join(file.read_text(encoding="utf-8") for file in files))
    return {name for pair in found for name in pair if name}


def test_every_registry_kind_stands_in_the_table() -> None:
    """
    What the code looks up in a registry is what the page says can be registered, each kind once.
    """
    listed = [row[1].strip("`") for row in rows(CALLABLES)]

    assert sorted(kinds()) == sorted(listed)


@pytest.mark.parametrize("row", rows(VALUES), ids=lambda row: row[0])
def test_every_value_of_the_table_exists(row: list[str]) -> None:
    """
    Each value that the page names can be imported from where it says.
    """
    module, _, name = row[1].strip("`").rpartition(".")

    assert hasattr(import_module(module), name)


@pytest.mark.parametrize("row", [*rows(CALLABLES), *rows(VALUES)], ids=lambda row: row[0])
def test_every_row_is_whole(row: list[str]) -> None:
    """
    Each extension point says its shape, where it is checked, and shows a line of Python.
    """
    assert 5 == len(row)
    assert all(row)
    ast.parse(row[4].strip("`"), mode="eval")


def test_registered_kind_is_named_in_its_example() -> None:
    """
    The example of each kind registers something of that kind.
    """
    for row in rows(CALLABLES):
        assert f"Registry.of({row[1].strip('`')}=" in row[4]
