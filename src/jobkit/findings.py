"""Findings: one reason each, with the place it concerns and the deed that helps."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

Severity = Literal["block", "warn", "info"]

_SLOT = re.compile(r"\{([a-z_]+)\}")
_LONGEST_WORD = 200
_LONGEST_PARAM = 1_000
_LARGEST_NUMBER = 10**30


def _spoken(value: object) -> str:
    """Render one parameter for a sentence; long values are cut, lists are joined."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_spoken, value)) or "none"
    if isinstance(value, int) and not -_LARGEST_NUMBER < value < _LARGEST_NUMBER:
        # Python refuses to spell out a number of more than 4,300 digits.
        return "a number of many digits"
    text = _whole(str(value))
    return text if len(text) <= _LONGEST_WORD else f"{text[:_LONGEST_WORD]}…"


def _whole(text: str) -> str:
    """Cut what is too long for any report, and spell out half characters, which nobody could write."""
    short = text if len(text) <= _LONGEST_PARAM else f"{text[:_LONGEST_PARAM]}…"
    return short if short.isascii() else short.encode("utf-8", "backslashreplace").decode()


def _fill(text: str, params: Mapping[str, object]) -> str:
    return _SLOT.sub(lambda slot: _spoken(params.get(slot[1], slot[0])), text)


@attrs.frozen
class Template:
    """
    The wording of one "no": a unique code, what happened, and the deed that helps.

    Slots are `{name}` and nothing else, so that a host's translation cannot reach into values; `{path}` is
    always there and is the finding's own place.
    """

    code: str
    message: str
    unblock: str


@attrs.frozen(kw_only=True)
class Finding:
    """
    One reason, told with its place, its parameters and the deed that unblocks it.

    >>> missing = Template("intake.missing", "{field} is missing.", "Record {field}.")
    >>> finding = Finding.of(missing, path="$.subject.asset", field="subject.asset")
    >>> finding.message, finding.unblock
    ('subject.asset is missing.', 'Record subject.asset.')
    """

    template: Template = attrs.field(repr=lambda template: template.code)
    path: str = "$"
    params: Mapping[str, Any] = attrs.field(factory=dict)
    severity: Severity = "block"
    who: str | None = None
    source: str | None = None

    @classmethod
    def of(
        cls,
        template: Template,
        *,
        path: str = "$",
        severity: Severity = "block",
        who: str | None = None,
        source: str | None = None,
        **params: Any,
    ) -> "Finding":
        """Build a finding from *template*; *params* fill its slots and must be JSON-plain."""
        return cls(template=template, path=path, severity=severity, who=who, source=source, params=params)

    @property
    def code(self) -> str:
        """The stable code that programs and translations go by."""
        return self.template.code

    @property
    def message(self) -> str:
        """What happened, in jobkit's own English words."""
        return _fill(self.template.message, {"path": self.path, **self.params})

    @property
    def unblock(self) -> str:
        """The deed that helps, in jobkit's own English words."""
        return _fill(self.template.unblock, {"path": self.path, **self.params})

    @property
    def blocks(self) -> bool:
        """Whether this finding alone keeps an answer from being open."""
        return self.severity == "block"

    def render(self, words: Mapping[str, Template]) -> "Finding":
        """Return the finding in the host's *words* (code → template); unknown codes keep ours."""
        return attrs.evolve(self, template=words.get(self.code, self.template))

    def at(self, path: str) -> "Finding":
        """Return the same finding placed at *path*."""
        return attrs.evolve(self, path=path)

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON-plain data; texts of more than a thousand characters are cut."""
        told = {
            "code": self.code,
            "message": self.message,
            "unblock": self.unblock,
            "path": _whole(self.path),
            "severity": self.severity,
            "params": {name: _plain(value) for name, value in self.params.items()},
            "who": self.who,
            "source": self.source,
        }
        return {name: value for name, value in told.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return _whole(value)
    if value is None or (isinstance(value, int) and abs(value) < _LARGEST_NUMBER):
        return value
    return _spoken(value)


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that block, in their order."""
    return tuple(finding for finding in findings if finding.severity == "block")
