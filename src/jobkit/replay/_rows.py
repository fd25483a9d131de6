"""Rows of a log, read one by one: a bad row is listed with its line and the good ones are kept."""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

import attrs

from jobkit.calendars import zone_info
from jobkit.documents import UNREADABLE_FILE
from jobkit.errors import Invalid, JobkitError
from jobkit.findings import Finding, Template
from jobkit.instants import read_instant, utc
from jobkit.replay._mapping import LogMapping

BAD_ROW = Template(
    "replay.bad_row",
    "Line {line} is not a row of the log: {problem}.",
    "Mend the line, or leave it out; the other rows are kept.",
)
HOPELESS = Template(
    "replay.hopeless",
    "{file} has more than {limit} lines that are no rows of a log, and fewer that are.",
    "Check the mapping's delimiter, encoding and time format against the log.",
)
EMPTY_LOG = Template("replay.empty", "{file} holds no header line.", "Give a CSV file with a header line.")
LONG_LINE = Template(
    "replay.long_line",
    "{file} has a line of more than {limit} characters.",
    "Give a CSV file with one event on each line, and check its encoding.",
)
DELIMITER = Template(
    "replay.delimiter",
    "The delimiter {delimiter} does not separate cells.",
    "Give delimiter as one character, such as a comma, a semicolon or a tab.",
)

_LONGEST_CELL = 10_000
_LONGEST_LINE = 1_000_000
_MOST_LOST = 100_000
"""Lines without a row, bad or blank: past these, and outnumbering the rows, the file is no log."""


class _Cells(Protocol):
    line_num: int

    def __next__(self) -> list[str]: ...


@attrs.frozen
class Row:
    """One event of a log: its line, case, instant, logged state, who, and the fields to copy."""

    line: int
    case: str
    at: datetime
    state: str
    actor: str
    role: str | None
    org: str | None
    fields: tuple[tuple[str, str | None], ...]


@attrs.define
class Rows:
    """Iterates over the good rows of a log file and collects a finding for each bad one."""

    file: Path
    mapping: LogMapping
    bad: list[Finding] = attrs.field(factory=list)
    kept: int = 0
    lost: int = 0

    def __iter__(self) -> Iterator[Row]:
        with _opened(self.file, self.mapping.encoding) as lines:
            yield from self._rows(_reader(_bounded(lines, self.file), self.mapping.delimiter))

    def _rows(self, reader: _Cells) -> Iterator[Row]:
        header = self._header(reader)
        place = {name: position for position, name in enumerate(header)}
        while True:
            begins = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, UnicodeError) as error:
                self._refuse(begins, str(error))
                continue
            if not cells:
                self._lose()
            else:
                row = self._row(cells, place, begins)
                if row is not None:
                    self.kept += 1
                    yield row

    def _header(self, reader: _Cells) -> list[str]:
        try:
            header = next(reader)
        except StopIteration:
            header = []
        except (csv.Error, UnicodeError) as error:
            raise Invalid.of(BAD_ROW, line=1, problem=str(error)) from error
        if not header:
            raise Invalid.of(EMPTY_LOG, file=self.file.name)
        self.mapping.check(header)
        return header

    def _row(self, cells: list[str], place: dict[str, int], line: int) -> Row | None:
        problem = _problem(cells, len(place))
        if problem is None:
            try:
                return _read(cells, place, line, self.mapping)
            except JobkitError as error:
                problem = error.first.message.rstrip(".")
            except (ValueError, re.error) as error:
                problem = str(error)
        self._refuse(line, problem)
        return None

    def _lose(self) -> None:
        self.lost += 1
        if self.lost > _MOST_LOST and self.lost > self.kept:
            raise Invalid.of(HOPELESS, file=self.file.name, limit=_MOST_LOST)

    def _refuse(self, line: int, problem: str) -> None:
        self._lose()
        self.bad.append(Finding.of(BAD_ROW, path=f"$.lines[{line}]", line=line, problem=problem[:200]))


def _reader(lines: Iterator[str], delimiter: str) -> _Cells:
    try:
        return csv.reader(lines, delimiter=delimiter, strict=True)
    except (TypeError, ValueError) as error:
        raise Invalid.of(DELIMITER, path="$.delimiter", delimiter=delimiter[:20]) from error


def _bounded(lines: IO[str], file: Path) -> Iterator[str]:
    """Yield line by line; one that never ends is refused before it fills the memory."""
    while line := lines.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise Invalid.of(LONG_LINE, file=file.name, limit=_LONGEST_LINE)
        yield line


def _problem(cells: list[str], width: int) -> str | None:
    if len(cells) != width:
        return f"it has {len(cells)} cells, the header has {width}"
    if any(len(cell) > _LONGEST_CELL for cell in cells):
        return f"a cell is longer than {_LONGEST_CELL} characters"
    if not all(_is_text(cell) for cell in cells):
        return "a cell holds bytes that are no text in the log's encoding"
    return None


def _is_text(cell: str) -> bool:
    return cell.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in cell)


def _read(cells: list[str], place: dict[str, int], line: int, mapping: LogMapping) -> Row:
    def cell(column: str | None) -> str | None:
        value = cells[place[column]].strip() if column is not None else None
        return None if value in mapping.null else value

    case, state, time = cell(mapping.case), cell(mapping.state), cell(mapping.time)
    if case is None or state is None or time is None:
        raise ValueError("its case, state or time is empty")
    return Row(
        line=line,
        case=case,
        at=_instant(time, mapping),
        state=state,
        actor=cell(mapping.actor) or "unknown",
        role=cell(mapping.role),
        org=cell(mapping.org),
        fields=tuple((field, cell(column)) for field, column in mapping.fields.items()),
    )


def _instant(text: str, mapping: LogMapping) -> datetime:
    if mapping.time_format is None:
        return read_instant(text, "$.time")
    value = datetime.strptime(text, mapping.time_format)  # noqa: DTZ007 - the mapping's zone follows
    if value.tzinfo is None and mapping.zone is not None:
        value = value.replace(tzinfo=zone_info(mapping.zone))
    return utc(value, "$.time")


@contextmanager
def _opened(file: Path, encoding: str) -> Iterator[IO[str]]:
    try:
        if file.suffix == ".gz":
            with gzip.open(file, "rt", encoding=encoding, errors="surrogateescape", newline="") as unpacked:
                yield unpacked
        else:
            with file.open(encoding=encoding, errors="surrogateescape", newline="") as plain:
                yield plain
    except (OSError, ValueError, EOFError, LookupError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Invalid.of(UNREADABLE_FILE, file=file.name, error=reason) from error
