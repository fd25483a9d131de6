"""The table of practices in the docs is true: every path that it names exists on a job."""

import re
from pathlib import Path

import pytest

from jobkit.model import Job
from jobkit.model._shapes import shape_of
from jobkit.paths import parse

PAGE = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| P")]
PATHS = sorted(set(re.findall(r"`(\$\.[^`]+)`", "\n".join(ROWS))))


@pytest.mark.parametrize("path", PATHS)
def test_path_of_a_practice_exists(path: str) -> None:
    """
    Where the docs say that a fact stands, a job has a place for it.
    """
    shape = shape_of(Job)
    for step in parse(path):
        shape = shape.shape_below(step)

    assert shape.kind is not None


def test_every_practice_of_the_record_is_in_the_table() -> None:
    """
    No fact that the trade relies on is forgotten.
    """
    named = {int(number) for row in ROWS for number in re.findall(r"P(\d+)", row.split("|")[1])}
    wanted = {*range(1, 28), *range(118, 122), *range(129, 134)} - {6}

    assert set() == wanted - named
