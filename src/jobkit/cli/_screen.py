"""Where the command line writes: plain text, or rich when it is there; the words are the same."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, Literal, Protocol, TextIO

import attrs

Tone = Literal["plain", "good", "bad", "help", "quiet"]
"""What a line is: ordinary, a success, a refusal, what helps, or an aside."""

WIDTH: Final = 100
_MARGIN: Final = "  "


class Screen(Protocol):
    """What the commands write on; every text is made harmless for a terminal first."""

    def heading(self, text: str) -> None:
        """Begin a section."""

    def say(self, text: str, tone: Tone = "plain", indent: int = 0) -> None:
        """Write a paragraph, *indent* steps to the right."""

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write rows below their column heads; a column whose cells are all numbers stands to the right."""


@attrs.define
class PlainScreen:
    """Text without colours or boxes; two empty lines in a row become one."""

    out: TextIO
    _gap: bool = attrs.field(default=False, init=False)

    def heading(self, text: str) -> None:
        """Begin a section."""
        self._lines("", harmless(text), "")

    def say(self, text: str, tone: Tone = "plain", indent: int = 0) -> None:
        """Write a paragraph, *indent* steps to the right."""
        self._lines(*wrapped(text, indent))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write rows below their column heads."""
        cells = [[harmless(cell) for cell in row] for row in (columns, *rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        right = numeric(rows, len(columns))
        head, *body = ["  ".join(_cells(row, widths, right)).rstrip() for row in cells]
        rule = "  ".join("-" * width for width in widths)
        self._lines("", *(f"{_MARGIN}{line}" for line in (head, rule, *body)), "")

    def _lines(self, *lines: str) -> None:
        for line in lines:
            if line or not self._gap:
                print(line, file=self.out)
            self._gap = not line


def _cells(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    for cell, width, to_the_right in zip(row, widths, right, strict=True):
        yield cell.rjust(width) if to_the_right else cell.ljust(width)


def wrapped(text: str, indent: int, width: int = WIDTH) -> list[str]:
    """
    Return *text* in lines, *indent* steps to the right; below a list's mark the lines stand under the words.

    >>> wrapped("- one two three", 0, 11)
    ['  - one two', '    three']
    """
    margin = _MARGIN * (indent + 1)
    mark = next((mark for mark in ("-> ", "- ") if text.startswith(mark)), "")
    hanging = margin + " " * len(mark)
    return textwrap.wrap(harmless(text), width, initial_indent=margin, subsequent_indent=hanging)


def numeric(rows: Sequence[Sequence[str]], count: int) -> tuple[bool, ...]:
    """Return which of *count* columns hold nothing but numbers."""
    figures = set("0123456789.,:% hd")
    return tuple(bool(rows) and all(set(row[place]) <= figures for row in rows) for place in range(count))


def harmless(text: str) -> str:
    """
    Return *text* on one line with every control character spelled out.

    A name in a file may hold anything; it must not move the cursor or recolour the terminal.

    >>> harmless("red\\x1b[31m")
    'red\\\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else _spelled(mark) for mark in text)


def _spelled(mark: str) -> str:
    return " " if mark in "\n\t" else mark.encode("unicode_escape", "surrogatepass").decode()
