"""Progress of long work on the error stream: bars when rich is there, a few lines otherwise."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Final, TextIO

import attrs

from jobkit.cli._choose import has_rich

Told = Callable[[str, int, int], None]

_QUARTERS: Final = 4
_UNKNOWN_STEP: Final = 50_000


@attrs.define
class Lines:
    """A line at each quarter of a stage; while its length is unknown, one each fifty thousand."""

    out: TextIO
    told: dict[str, int] = attrs.field(factory=dict)

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Write a line if *done* has passed a mark that none was written for."""
        mark = done * _QUARTERS // total if total else done // _UNKNOWN_STEP
        if mark > self.told.get(stage, 0):
            self.told[stage] = mark
            of = f" of {total:,}" if total and done < total else ""
            print(f"{stage}: {done:,}{of}", file=self.out)


def progress(out: TextIO, *, plain: bool = False) -> AbstractContextManager[Told]:
    """Return what is to be told of progress on *out*: bars on a terminal with rich, lines elsewhere."""
    if plain or not out.isatty() or not has_rich():
        return nullcontext(Lines(out))
    from jobkit.cli._rich import bars

    return bars(out)
