"""Files as doors: logs that are replayed, mappings, and what the command line is pointed at."""

import gzip
import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from jobkit.cli import main
from jobkit.errors import Refused
from jobkit.findings import Template
from jobkit.lifecycle import Lifecycle
from jobkit.replay import LogMapping, replay_log
from jobkit.stores import MemoryStore
from tests.cli.running import LOG, MAPPING
from tests.hostile.matter import Make

TOLD: Final = Template("prompt.told", "{words}", "{words}")
HEADER: Final = LOG.splitlines(keepends=True)[0].encode()


def replayed(content: bytes, name: str = "log.csv", mapping: str = MAPPING) -> object:
    """Replay a log with this content."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        return replay_log(file, LogMapping.load(mapping), MemoryStore())


def packed(content: bytes) -> object:
    """Replay a packed log with this content."""
    return replayed(content, "log.csv.gz")


def mapped(more: str) -> object:
    """Replay a sound log by a mapping with one line more."""
    return replayed(LOG.encode(), mapping=f"{MAPPING}{more}\n")


def loaded(content: bytes) -> object:
    """Load a lifecycle from a file with this content."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "order.toml"
        file.write_bytes(content)
        return Lifecycle.load(file)


def checked(content: bytes) -> int:
    """Run `jobkit check` on a file with this content; what it tells on a refusal is raised."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "order.toml"
        file.write_bytes(content)
        return prompted("check", str(file))


def run(content: bytes) -> int:
    """Run `jobkit replay` on a log with this content; what it tells on a refusal is raised."""
    with TemporaryDirectory() as folder:
        log, mapping = Path(folder) / "log.csv", Path(folder) / "map.toml"
        log.write_bytes(content)
        mapping.write_text(MAPPING)
        return prompted("replay", str(log), "--map", str(mapping))


def prompted(*arguments: str) -> int:
    """Run one command; a refusal has the status 2, says so in words, and shows no traceback."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as said:
        status = main(arguments)
    assert "Traceback" not in said.getvalue()
    if status == 2:
        raise Refused.of(TOLD, words=said.getvalue())
    return status


LOGS: Final[Mapping[str, Make]] = {
    "nothing": bytes,
    "a header alone": lambda: HEADER,
    "NULs": lambda: b"\0" * 100,
    "NULs below a header": lambda: HEADER + b"\0,\0,\0,\0\n",
    "all bytes": lambda: bytes(range(256)) * 1_000,
    "other columns": lambda: b"a,b\n1,2\n",
    "one line of fifty million letters": lambda: b"x" * 50_000_000,
    "a row of fifty million letters": lambda: HEADER + b"x" * 50_000_000,
    "a quote over ten million lines": lambda: HEADER + b'"' + b"x\n" * 10_000_000,
    "a header of fifty million commas": lambda: b"," * 50_000_000,
    "a row of ten million commas": lambda: HEADER + b"," * 10_000_000,
    "a million quotes": lambda: HEADER + b'"' * 1_000_000,
    "a million bad rows": lambda: HEADER + b"x\n" * 1_000_000,
    "ten million blank lines": lambda: HEADER + b"\n" * 10_000_000,
    "naive times": lambda: HEADER + b"a,2026-03-02T08:00:00,new,ann\n" * 3,
    "the year 99999": lambda: HEADER + b"a,99999-03-02T08:00:00Z,new,ann\n",
    "bytes that are no text": lambda: HEADER + b"a,2026-03-02T08:00:00Z,\x80,ann\n",
    "a case of spaces": lambda: HEADER + b" ,2026-03-02T08:00:00Z,new,ann\n",
}
"""Contents that are no log."""

PACKED: Final[Mapping[str, Make]] = {
    "no archive": LOG.encode,
    "an archive cut short": lambda: gzip.compress(LOG.encode())[:-20],
    "an archive with a damaged end": lambda: gzip.compress(LOG.encode() * 100)[:40] + b"\xff" * 50,
    "a bomb of one line": lambda: gzip.compress(bytes(200_000_000), 1),
    "a bomb of blank lines": lambda: gzip.compress(HEADER + b"\n" * 100_000_000, 1),
    "a bomb of bad rows": lambda: gzip.compress(HEADER + b"x\n" * 20_000_000, 1),
}
"""Contents that are no packed log."""

MAPPINGS: Final[Mapping[str, Make]] = {
    "two delimiters": lambda: 'delimiter = ";;"',
    "no delimiter": lambda: 'delimiter = ""',
    "an encoding of nobody": lambda: 'encoding = "nope"',
    "an encoding that is none of text": lambda: 'encoding = "hex"',
    "an encoding with a NUL": lambda: 'encoding = "\\u0000"',
    "a time format with a part twice": lambda: 'time_format = "%Y%Y"',
    "a time format of many parts": lambda: f'time_format = "{"%d" * 100_000}"',
    "a time format of no part": lambda: 'time_format = "("',
    "an unknown key": lambda: 'colour = "red"',
    "a column that is not there": lambda: 'role = "rank"',
    "a category of nobody": lambda: 'states = {new = {category = "odd"}}',
}
"""Lines that spoil a mapping."""
