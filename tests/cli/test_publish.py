"""Publishing the rules of a catalog at the prompt."""

from pathlib import Path

import pytest

from jobkit.catalog import Catalog, publish
from jobkit.cli import main
from tests.cli.running import SOUND, written

HOUSE = """
id = "house"
version = "2"
[types.door]
lifecycles = ["door"]
[routing]
id = "regions"
unmatched = "dispatch"
"""
ORDER = """
[priority]
id = "order"
direction = "one_highest"
tie_break = ["job.id"]
[[priority.bands]]
id = "paid"
when = { call = "acme.paid" }
[[priority.bands]]
id = "rest"
"""


def test_preset_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    """
    The page at the prompt is the one that the catalog publishes.
    """
    assert 0 == main(["publish", "after-sales"])
    assert publish(Catalog.preset("after-sales")) == capsys.readouterr().out


def test_own_catalog_is_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A catalog of one's own is read with its lifecycles, and with predicates that only a program registers.
    """
    house, door = written(tmp_path, "house.toml", HOUSE + ORDER), written(tmp_path, "door.toml", SOUND)

    assert 0 == main(["publish", house, "--lifecycle", door, "--predicate", "acme.paid"])
    told = capsys.readouterr().out
    assert "# Rules of house, version 2" == told.splitlines()[0]
    assert '- **1 paid**: `call("acme.paid")`.' in told
    assert "- Work that no rule fits goes to the queue dispatch, and a finding says so." in told


def test_lifecycle_of_ones_own_stands_for_the_ready_one(tmp_path: Path) -> None:
    """
    A lifecycle with the id of a preset is taken instead of it.
    """
    own = written(tmp_path, "own.toml", SOUND.replace('id = "door"', 'id = "after-sales"'))
    house = written(tmp_path, "house.toml", HOUSE.replace('"door"', '"after-sales"'))

    assert 0 == main(["publish", house, "--lifecycle", own])


@pytest.mark.parametrize(
    "arguments", [["nowhere.toml"], ["after-sales", "--zone", "Mars"]], ids=["no file", "no zone"]
)
def test_what_cannot_be_read_gives_status_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A file that is not there, and a zone that is none, are told with what helps, and nothing is printed.
    """
    assert 2 == main(["publish", *arguments])
    told = capsys.readouterr()
    assert ("", True) == (told.out, "-> " in told.err)


def test_calendars_that_do_not_load_are_told_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Where calendars are refused, rules that name them are not said to miss them.
    """
    main(["publish", "after-sales", "--zone", "Mars"])

    assert "priority.no_calendar" not in capsys.readouterr().err
