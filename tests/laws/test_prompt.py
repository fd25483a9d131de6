"""Laws of the command line: whatever the data, a status and printable words."""

import contextlib
import io
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from jobkit.cli import main
from jobkit.cli._screen import PlainScreen, harmless
from tests.cli.running import LOG, MAPPING, SOUND


def ended(arguments: list[str]) -> tuple[int, str]:
    """Run a command and return its status and everything it printed."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        status = main(arguments)
    return status, told.getvalue()


def damaged(text: str) -> st.SearchStrategy[bytes]:
    """Return strategies for *text* with a stretch of it replaced by any bytes."""
    whole = text.encode()
    place = st.integers(0, len(whole))
    return st.builds(
        lambda start, length, put: whole[:start] + put + whole[start + length :],
        place,
        st.integers(0, 12),
        st.binary(max_size=12),
    )


def files(folder: str, **contents: bytes) -> list[str]:
    """Write files into *folder* and return their paths."""
    for name, content in contents.items():
        Path(folder, name).write_bytes(content)
    return [str(Path(folder, name)) for name in contents]


@given(st.text(alphabet=st.characters()))
@example("\x1b]0;title\x07\u202e\ud800")
def test_harmless_text_is_printable(text: str) -> None:
    """
    Whatever a name holds, what reaches the terminal is printable, and printable text stays as it is.
    """
    shown = harmless(text)

    assert shown.isprintable()
    assert shown == harmless(shown)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_table_has_a_line_for_each_row(rows: list[tuple[str, str]]) -> None:
    """
    A table is one line for each row below its head, whatever stands in it.
    """
    out = io.StringIO()
    PlainScreen(out).table(("one", "two"), rows)

    # Beside the rows: an empty line, the head, its rule, and an empty line.
    assert len(rows) + 4 == out.getvalue().count("\n")


@given(damaged(SOUND))
def test_check_always_ends_with_a_status(content: bytes) -> None:
    """
    Whatever bytes a lifecycle file holds, checking ends with 0, 1 or 2 and says something.
    """
    with tempfile.TemporaryDirectory() as folder:
        status, told = ended(["check", *files(folder, rules=content)])

    assert status in (0, 1, 2)
    assert told.strip()


@given(damaged(LOG))
def test_replay_always_ends_with_a_status(content: bytes) -> None:
    """
    Whatever bytes a log holds, replaying ends with 0 or 2 and says something.
    """
    with tempfile.TemporaryDirectory() as folder:
        log, mapping = files(folder, log=content, mapping=MAPPING.encode())
        status, told = ended(["replay", log, "--map", mapping])

    assert status in (0, 2)
    assert told.strip()
