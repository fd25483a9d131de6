"""What the screens and the progress lines do with text."""

import io

import pytest

from jobkit.cli._choose import screen
from jobkit.cli._progress import Lines, progress
from jobkit.cli._screen import PlainScreen, harmless
from tests.cli.running import Terminal, words

ROWS = (("ann", "7"), ("bob", "1,250"))


def test_plain_table_aligns_figures() -> None:
    """
    Names stand to the left and figures to the right.
    """
    out = io.StringIO()
    PlainScreen(out).table(("who", "hours"), ROWS)

    assert "\n  who  hours\n  ---  -----\n  ann      7\n  bob  1,250\n\n" == out.getvalue()


def test_rich_table_has_the_same_words() -> None:
    """
    On a terminal a table has lines around it and the same words.
    """
    plain, terminal = io.StringIO(), Terminal()
    screen(plain).table(("who", "hours"), ROWS)
    screen(terminal).table(("who", "hours"), ROWS)

    assert words(plain.getvalue()) == words(terminal.getvalue())


def test_plain_is_plain_on_a_terminal() -> None:
    """
    Asked for plain text, a terminal gets no colours.
    """
    terminal = Terminal()
    screen(terminal, plain=True).say("Refused.", "bad")

    assert "  Refused.\n" == terminal.getvalue()


@pytest.mark.parametrize("mark", ["\x1b", "\x07", "\x9b", "\u202e", "\ud800", "\u2028"])
def test_controls_are_spelled_out(mark: str) -> None:
    """
    No character that moves the cursor, rings, turns text around or cannot be written gets through.
    """
    assert harmless(f"a{mark}b").isprintable()


def test_markup_is_no_markup() -> None:
    """
    What looks like rich's markup is printed as it stands.
    """
    terminal = Terminal()
    screen(terminal).say("[red]not red[/red]")

    assert "[red]not red[/red]" in terminal.getvalue()


def test_progress_lines_are_sparse() -> None:
    """
    A stage of a thousand steps takes four lines, the last one without a total.
    """
    out = io.StringIO()
    told = Lines(out)
    for done in range(1, 1_001):
        told("replay", done, 1_000)

    assert ["replay: 250 of 1,000", "replay: 500 of 1,000", "replay: 750 of 1,000", "replay: 1,000"] == (
        out.getvalue().splitlines()
    )


def test_progress_bars_name_the_stage() -> None:
    """
    On a terminal each stage has a bar.
    """
    terminal = Terminal()
    with progress(terminal) as told:
        told("read", 5, 0)
        told("check", 2, 4)

    assert {"read", "check", "2/4"} <= set(words(terminal.getvalue()))
