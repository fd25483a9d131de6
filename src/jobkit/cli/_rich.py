"""The same words with colours, rules and a progress bar; loaded only when rich is installed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TextIO

import attrs
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from jobkit.cli._screen import WIDTH, Tone, harmless, numeric, wrapped

_STYLES: Final[Mapping[Tone, str]] = {
    "plain": "",
    "good": "green",
    "bad": "bold red",
    "help": "cyan",
    "quiet": "dim",
}


@attrs.frozen
class RichScreen:
    """Text with colours and rules, on a terminal."""

    console: Console

    @classmethod
    def on(cls, out: TextIO) -> "RichScreen":
        """Return a screen that writes to *out*, no wider than the plain one."""
        console = Console(file=out, highlight=False, markup=False, emoji=False)
        console.width = min(console.width, WIDTH)
        return cls(console)

    def heading(self, text: str) -> None:
        """Begin a section."""
        self.console.print()
        self.console.rule(Text(harmless(text), style="bold"), align="left", style="dim")

    def say(self, text: str, tone: Tone = "plain", indent: int = 0) -> None:
        """Write a paragraph, *indent* steps to the right."""
        for line in wrapped(text, indent, self.console.width):
            self.console.print(Text(line, style=_STYLES[tone]))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write rows below their column heads."""
        table = Table(box=SIMPLE_HEAD)
        for column, right in zip(columns, numeric(rows, len(columns)), strict=True):
            table.add_column(Text(harmless(column)), justify="right" if right else "left")
        for row in rows:
            table.add_row(*(Text(harmless(cell)) for cell in row))
        self.console.print(table)


@attrs.define
class Bars:
    """One bar for each stage that was told of."""

    progress: Progress
    stages: dict[str, TaskID] = attrs.field(factory=dict)

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Move the bar of *stage*; a total of 0 is not known yet."""
        if stage not in self.stages:
            self.stages[stage] = self.progress.add_task(stage, total=None)
        self.progress.update(self.stages[stage], completed=done, total=total or None)


@contextmanager
def bars(out: TextIO) -> Iterator[Bars]:
    """Show progress bars on *out* while the block runs."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=out)) as progress:
        yield Bars(progress)
