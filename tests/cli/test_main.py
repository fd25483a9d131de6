"""The command line around its commands: usage, interruptions, closed pipes, poor terminals."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

import jobkit
from jobkit.cli import main

WITHOUT_RICH = "import sys; sys.modules['rich'] = None; from jobkit.cli import main; sys.exit(main({}))"


def test_no_command_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Without a command every command is listed, and the status is 2.
    """
    assert 2 == main([])
    told = capsys.readouterr().out
    assert all(name in told for name in ("demo", "check", "diagram", "replay"))


def test_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """
    An unknown command ends with status 2 and the list of those there are.
    """
    with pytest.raises(SystemExit) as ended:
        main(["explode"])

    assert 2 == ended.value.code
    assert "demo" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """
    --version prints the installed version.
    """
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert (0, f"jobkit {jobkit.__version__}\n") == (ended.value.code, capsys.readouterr().out)


def test_interruption_gives_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Ctrl-C ends a command with the shell's status for it, and without a traceback.
    """

    def interrupted(*told: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("jobkit.cli._demo._run.play", interrupted)

    assert 130 == main(["demo"])


def test_closed_pipe_is_quiet() -> None:
    """
    When nobody reads on, the command ends without a word on the error stream.
    """
    command = [sys.executable, "-m", "jobkit", "diagram", "after_sales"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        told = running.stderr.read()

    assert (141, b"") == (running.returncode, told)


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONUTF8": "0", "LC_ALL": "C"}])
def test_poor_terminal_is_no_error(environment: Mapping[str, str]) -> None:
    """
    A terminal without a letter gets it spelled out.
    """
    command = [sys.executable, "-m", "jobkit", "check", "s\u00fc\u00df.toml"]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, timeout=60, check=False
    )

    assert 2 == done.returncode
    assert b"Traceback" not in done.stderr
    assert b".toml" in done.stderr


@pytest.mark.parametrize("arguments", [["check", "after_sales"], ["demo"]])
def test_rich_is_not_needed(arguments: list[str]) -> None:
    """
    Without rich each command does the same, in plain text.
    """
    command = [sys.executable, "-W", "error", "-c", WITHOUT_RICH.format(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert "after-sales" in done.stdout
