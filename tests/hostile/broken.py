"""Doors that are broken, each in its own way: the judge must find every one of them."""

import os
import signal
from collections.abc import Mapping
from time import process_time
from typing import Any, Final, NoReturn

from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from tests.hostile.cases import Case

_SOUND: Final = Template("test.sound", "This is refused.", "Do something else.")
_HELPLESS: Final = Template("test.helpless", "This is refused.", " ")


def lets_pass(value: Any) -> str:
    """Take everything."""
    return "fine"


def raises(value: Any) -> NoReturn:
    """Let a foreign error out."""
    raise KeyError("a")


def hoards(value: Any) -> NoReturn:
    """Take more memory than there is before refusing."""
    raise Invalid.of(_SOUND, hoard=len(bytearray(300 * 2**20)))


def dawdles(value: Any) -> NoReturn:
    """Compute for too long before refusing."""
    ends = process_time() + 2.1
    while process_time() < ends:
        pass
    raise Invalid.of(_SOUND)


def dies(value: Any) -> NoReturn:
    """End the whole process, as a stack that overflows does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def is_lost(value: Any) -> NoReturn:
    """Refuse without a place."""
    raise Invalid.of(_SOUND, path="somewhere")


def is_no_help(value: Any) -> NoReturn:
    """Refuse without saying what helps."""
    raise Invalid.of(_HELPLESS)


def rambles(value: Any) -> NoReturn:
    """Refuse with a report that nobody can read."""
    raise Invalid(Finding.of(_SOUND) for _ in range(5_000))


def refuses(value: Any) -> NoReturn:
    """Refuse as one should."""
    raise Invalid.of(_SOUND)


FOUND: Final[Mapping[str, str]] = {
    "lets_pass": "was taken",
    "raises": "raised KeyError: 'a'",
    "hoards": "raised MemoryError: ",
    "dawdles": "took 2",
    "dies": "ended its process with status -9",
    "is_lost": "tells no path: somewhere",
    "is_no_help": "does not say what helps",
    "rambles": "tells 765",
    "refuses": "",
}
"""What the judge says of each, or how that begins."""


def broken_cases() -> tuple[Case, ...]:
    """Return one case for each broken door, and the sound one after them."""
    doors = (lets_pass, raises, hoards, dawdles, dies, is_lost, is_no_help, rambles, refuses)
    return tuple(Case(door.__name__, "anything", door, str) for door in doors)
