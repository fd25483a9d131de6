"""The demo tells one story, the same each time, and its job is there to be looked at afterwards."""

import io
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobkit.catalog import Catalog
from jobkit.cli import main
from jobkit.cli._choose import screen
from jobkit.cli._demo._run import play
from jobkit.cli._screen import PlainScreen
from jobkit.desk import Desk
from jobkit.history import verify
from jobkit.stores.sqlite import SQLiteStore
from tests.cli.running import Terminal, words

TRANSCRIPT = Path(__file__).parent / "demo.txt"


def told(folder: Path, name: str = "demo.db") -> str:
    """Return the demo's plain words."""
    out = io.StringIO()
    play(PlainScreen(out), folder / name)
    return out.getvalue()


def masked(text: str) -> str:
    """Hide what follows from the rules' hashes: the head of the chain, and counted ids."""
    return re.sub(r"id-\d{4}", "id-NNNN", re.sub(r"head [0-9a-f]{12}", "head HEAD", text))


def test_demo_tells_its_transcript(tmp_path: Path) -> None:
    """
    The demo says word for word what its transcript says.
    """
    expected = TRANSCRIPT.read_text(encoding="utf-8")

    assert masked(expected) == masked(told(tmp_path))


def test_demo_is_the_same_twice(tmp_path: Path) -> None:
    """
    Two runs tell the same story to the last digit of the head.
    """
    first = told(tmp_path, "first.db")

    assert first == told(tmp_path, "second.db")


def test_demo_on_a_terminal_has_the_same_words(tmp_path: Path) -> None:
    """
    Rich adds colours and lines to the demo and no word.
    """
    terminal = Terminal()
    play(screen(terminal), tmp_path / "rich.db")

    assert words(told(tmp_path)) == words(terminal.getvalue())


@pytest.mark.parametrize("secret", ["Frieda Berg", "+49 40"])
def test_demo_prints_nothing_private(tmp_path: Path, secret: str) -> None:
    """
    A private value that the dealer submitted appears nowhere in the story.
    """
    assert secret not in told(tmp_path)


@pytest.mark.parametrize(
    "moment",
    [
        "may I approve? No, 14 reasons:",
        "may I approve? No, 4 reasons:",
        "judges ownership, entitlement, duplicates, parts: passed.",
        "may I schedule? No, 3 reasons:",
        "may I confirm? No, 2 reasons:",
        "reschedule because of weather: confirmed -> scheduled.",
        "old_window 10 Mar 08:00-11:00, new_window 11 Mar",
        "no_access because of nobody_on_site: en_route -> approved.",
        "acknowledged in version 2, and its current version is 3.",
        "close: completed -> closed.",
        "The history verifies:",
        "gives the stored job.",
        "What to read next",
    ],
)
def test_demo_shows(tmp_path: Path, moment: str) -> None:
    """
    Each promised moment is in the story.
    """
    assert moment in told(tmp_path)


def test_demo_keeps_its_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    With --db the finished job can be opened again, and its history verifies.
    """
    file = tmp_path / "kept.db"

    assert 0 == main(["demo", "--db", str(file)])
    with SQLiteStore(file) as store:
        desk = Desk(Catalog.preset("after-sales"), store)
        assert "closed" == desk.job("J-1001").state.name
        assert verify(desk.history("J-1001").events).ok


def test_demo_spares_an_existing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A file that is there already is refused by name and left as it was.
    """
    file = tmp_path / "mine.txt"
    file.write_text("mine", encoding="utf-8")

    assert 2 == main(["demo", "--db", str(file)])
    assert "There is already a file mine.txt" in capsys.readouterr().err
    assert "mine" == file.read_text(encoding="utf-8")


def test_demo_runs_as_a_module(tmp_path: Path) -> None:
    """
    `python -m jobkit demo` ends well within twenty seconds, without a warning.
    """
    begun = time.monotonic()
    command = [sys.executable, "-W", "error", "-m", "jobkit", "demo"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert time.monotonic() - begun < 20
    assert [] == list(tmp_path.iterdir())
