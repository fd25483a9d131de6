"""Which columns of a log say what: a small mapping file in TOML."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import attrs

from jobkit import documents
from jobkit.calendars import zone_info
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.mappings import EMPTY
from jobkit.model import Category, End

NO_COLUMN = Template(
    "replay.no_column",
    "The log has no column {column}, which {path} names.",
    "Name one of its columns: {columns}.",
)
TIME_FORMAT = Template(
    "replay.time_format",
    "The time format {format} cannot be used.",
    "Write it as strptime takes it, each part once, such as %d.%m.%Y %H:%M.",
)

_LONGEST_FORMAT = 100


@attrs.frozen(kw_only=True)
class StateHint:
    """What a logged state means: the category behind it and, if it is final, how it ends."""

    category: Category
    end: End | None = None


@attrs.frozen(kw_only=True)
class LogMapping:
    """
    Names the columns of an event log: one row is one event of one case.

    `case`, `time` and `state` are columns; `actor` and `role` say who. `fields` copies columns (job field =
    column) onto the job, each change recorded. `states` gives the category of a logged state; a state that
    it does not name is `open`. `time_format` (strptime) and `zone` read times that are not ISO 8601 with an
    offset; one that names a part twice is refused.
    """

    case: str
    time: str
    state: str
    actor: str | None = None
    role: str | None = None
    org: str | None = None
    job_type: str = "case"
    delimiter: str = ","
    encoding: str = "utf-8"
    time_format: str | None = None
    zone: str | None = None
    null: tuple[str, ...] = ("",)
    fields: Mapping[str, str] = EMPTY
    states: Mapping[str, StateHint] = EMPTY

    def __attrs_post_init__(self) -> None:
        if self.time_format is not None and not _is_format(self.time_format):
            raise Invalid.of(TIME_FORMAT, path="$.time_format", format=self.time_format[:_LONGEST_FORMAT])
        if self.zone is not None:
            zone_info(self.zone)

    @classmethod
    def load(cls, source: str | Path) -> "LogMapping":
        """Read a mapping from a TOML file, or from its text; all problems are told at once."""
        text = documents.read_file(source) if isinstance(source, Path) else source
        return documents.structure(cls, documents.read_toml(text))

    def columns(self) -> Mapping[str, str]:
        """Return each path of the mapping with the column it names."""
        named = {"$.case": self.case, "$.time": self.time, "$.state": self.state}
        optional = {"$.actor": self.actor, "$.role": self.role, "$.org": self.org}
        named |= {path: column for path, column in optional.items() if column is not None}
        return named | {f"$.fields[{field}]": column for field, column in self.fields.items()}

    def check(self, header: list[str]) -> None:
        """Refuse a log that lacks a column which the mapping names."""
        findings = [
            Finding.of(NO_COLUMN, path=path, column=column, columns=header)
            for path, column in self.columns().items()
            if column not in header
        ]
        if findings:
            raise Invalid(findings)


def _is_format(text: str) -> bool:
    """Whether strptime makes a pattern of *text*; whether a time has that form is for the rows to show."""
    if len(text) > _LONGEST_FORMAT:
        return False
    try:
        datetime.strptime("", text)  # noqa: DTZ007 - nothing is read
    except re.error:
        return False
    except ValueError:
        pass
    return True
