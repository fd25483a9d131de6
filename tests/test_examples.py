"""The examples are stories that run: each ends well and says what its transcript says."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
STORIES = sorted(EXAMPLES.glob("*.py"))


def run(story: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run *story* as a reader would, in an empty folder, with every warning an error."""
    command = [sys.executable, "-W", "error", str(story)]

    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_example_runs(story: Path, tmp_path: Path) -> None:
    """
    An example ends without an error or a warning, and prints its transcript if one lies beside it.
    """
    told = run(story, tmp_path)

    assert (0, "") == (told.returncode, told.stderr)
    transcript = story.with_suffix(".out")
    if transcript.exists():
        assert transcript.read_text(encoding="utf-8") == told.stdout


def test_transcripts_have_a_story() -> None:
    """
    No transcript is left behind by an example that was renamed or removed.
    """
    transcripts = {path.stem for path in EXAMPLES.glob("*.out")}

    assert set() == transcripts - {story.stem for story in STORIES}
