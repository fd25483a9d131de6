"""Checking and drawing lifecycles at the prompt."""

import json
from pathlib import Path

import pytest

from jobkit.cli import main
from jobkit.presets import AFTER_SALES
from tests.cli.running import SOUND, written

STUCK = SOUND.replace(
    'states.gone = { category = "closed", end = "closed" }', 'states.gone = { category = "open" }'
)
CALLING = SOUND + '[[transitions.guards]]\nid = "own"\nwhen = { call = "mine.ready" }\n'


@pytest.mark.parametrize("preset", AFTER_SALES)
def test_presets_are_fit_for_use(preset: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Every preset is checked by its name, and nothing blocks.
    """
    assert 0 == main(["check", preset])
    assert "Nothing blocks" in capsys.readouterr().out


def test_defect_gives_status_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A state without a way out is told with severity, place, the walk to it and what helps; status 1.
    """
    assert 1 == main(["check", written(tmp_path, "door.toml", STUCK)])
    told = capsys.readouterr().out
    assert "block  lifecycle.dead_end  $.states[gone]" in told
    assert "shut --remove--> gone" in told
    assert "-> Give gone a transition" in told
    assert "Not fit for use" in told


def test_findings_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    With --json the same findings are data: severity, path and witness.
    """
    assert 1 == main(["check", "--json", written(tmp_path, "door.toml", STUCK)])
    told = json.loads(capsys.readouterr().out)
    found = {finding["code"]: finding for finding in told["findings"]}
    assert ("door", "1", 64) == (told["id"], told["version"], len(told["hash"]))
    assert ("block", "$.states[gone]") == (
        found["lifecycle.dead_end"]["severity"],
        found["lifecycle.dead_end"]["path"],
    )
    assert ["shut --remove--> gone"] == found["lifecycle.dead_end"]["params"]["witness"]


@pytest.mark.parametrize(
    "text",
    ["id = ", "", "[" * 10_000, '{"a": NaN}', '{"id": 1, "id": 2}', "\x00", 'id = "x"\nunknown = 1\n'],
    ids=["torn", "empty", "deep", "nan", "doubled", "nul", "foreign"],
)
def test_unreadable_file_gives_status_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """
    Whatever stands in the file, the command says what is wrong and how to go on, and ends with status 2.
    """
    assert 2 == main(["check", written(tmp_path, "bad.toml", text)])
    told = capsys.readouterr()
    assert "" == told.out
    assert "-> " in told.err


def test_endless_file_gives_status_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A file of two gigabytes is refused for its length without being read whole.
    """
    file = tmp_path / "zeros.toml"
    with file.open("wb") as zeros:
        zeros.truncate(2**31)

    assert 2 == main(["check", str(file)])
    assert "documents.too_long" in capsys.readouterr().err


def test_every_problem_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Two mistakes in one file are two messages with their places.
    """
    wrong = SOUND.replace('category = "open"', 'category = "ajar"').replace('to = "gone"', 'to = "away"')

    assert 2 == main(["check", written(tmp_path, "bad.toml", wrong)])
    told = capsys.readouterr().err
    assert "$.states[shut].category" in told
    assert "$.transitions" in told


@pytest.mark.parametrize("where", ["missing.toml", "."])
def test_no_file_gives_status_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    """
    A missing file and a folder are refused by name.
    """
    monkeypatch.chdir(tmp_path)

    assert 2 == main(["check", where])
    assert "[" in capsys.readouterr().err


def test_error_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """
    With --json a refusal is data too.
    """
    assert 2 == main(["check", "--json", "missing.toml"])
    assert "not_found" == json.loads(capsys.readouterr().out)["error"]["kind"]


def test_own_predicate_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A predicate that only the host registers is unknown, until --predicate names it.
    """
    file = written(tmp_path, "door.toml", CALLING)

    assert 2 == main(["check", file])
    assert "mine.ready" in capsys.readouterr().err
    assert 0 == main(["check", file, "--predicate", "mine.ready"])


def test_names_cannot_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A control sequence in a file is spelled out, wherever it is repeated.
    """
    main(["check", written(tmp_path, "door.toml", SOUND.replace('"open"', '"\\u001b[31mred"'))])
    told = capsys.readouterr()

    assert "\x1b" not in told.out + told.err
    assert "red" in told.err


@pytest.mark.parametrize(
    ("form", "opening"), [("mermaid", "stateDiagram-v2"), ("dot", 'digraph "after-sales" {')]
)
def test_diagram(form: str, opening: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A preset is drawn in the chosen form, and nothing else is printed.
    """
    assert 0 == main(["diagram", "after_sales", "--format", form])
    told = capsys.readouterr().out
    assert told.startswith(opening)
    assert "confirm" in told


HOUSE = """
id = "house"
version = "2"
[types.door]
lifecycles = ["door"]
[calendars.shop]
zone = "UTC"
weekly = { mon-fri = "08:00-16:00" }
[milestones.leave]
starts = 'job.states["work"].name == "shut"'
stops = 'job.states["work"].name == "lost"'
calendar = "shop"
targets = [{ within = "8 working hours" }]
"""


def test_preset_catalog_is_checked_as_a_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """
    The ready catalog is checked by its name, with its clocks and its order of work, and nothing blocks.
    """
    assert 0 == main(["check", "after-sales"])
    told = capsys.readouterr().out
    assert "11 milestones" in told
    assert "Nothing blocks" in told


def test_doubts_about_milestones_of_a_catalog_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    What is doubtful about a promise is told at its place; as data it stands beside the catalog's id.
    """
    house = written(tmp_path, "house.toml", HOUSE)
    door = written(tmp_path, "door.toml", SOUND)

    assert 0 == main(["check", "--json", house, "--lifecycle", door])

    told = json.loads(capsys.readouterr().out)
    assert ("house", "2") == (told["id"], told["version"])
    assert any(finding["path"].startswith("$.milestones[leave]") for finding in told["findings"])


def test_what_blocks_in_a_catalog_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A catalog that names an unknown calendar is refused with its place and status two.
    """
    house = written(tmp_path, "house.toml", HOUSE.replace('calendar = "shop"', 'calendar = "gone"'))

    assert 2 == main(["check", house, "--lifecycle", written(tmp_path, "door.toml", SOUND)])
    assert "$.milestones[leave]" in capsys.readouterr().err
