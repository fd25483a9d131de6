"""Which screen to write on: rich where it is installed and a person looks, plain text otherwise."""

import sys
from importlib.util import find_spec
from typing import TextIO

from jobkit.cli._screen import PlainScreen, Screen


def screen(out: TextIO | None = None, *, plain: bool = False) -> Screen:
    """Return a rich screen when rich is installed and *out* is a terminal, and a plain one otherwise."""
    stream = out or sys.stdout
    if plain or not stream.isatty() or not has_rich():
        return PlainScreen(stream)
    from jobkit.cli._rich import RichScreen

    return RichScreen.on(stream)


def has_rich() -> bool:
    """Whether the extra `cli` is installed."""
    try:
        return find_spec("rich") is not None
    except ValueError:
        return False
