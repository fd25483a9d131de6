"""One root error and nine kinds below it; each carries the findings that caused it."""

from collections.abc import Iterable
from typing import Any, Self

from jobkit.findings import Finding, Severity, Template


class JobkitError(Exception):
    """
    The root of everything jobkit raises about data, rules and stores.

    Carries at least one finding; `code`, `path` and `unblock` are those of the first one that blocks.
    Wrong Python arguments stay `TypeError`.
    """

    kind = "error"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        if not self.findings:
            raise TypeError(f"{type(self).__name__} needs at least one finding")
        super().__init__(self.findings)

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
    ) -> Self:
        """Build the error from a single finding."""
        found = Finding.of(template, path=path, severity=severity, who=who, source=source, **params)
        return cls((found,))

    @property
    def first(self) -> Finding:
        """The finding that decides: the first that blocks, else the first of all."""
        return next((finding for finding in self.findings if finding.blocks), self.findings[0])

    @property
    def code(self) -> str:
        """The code of the deciding finding."""
        return self.first.code

    @property
    def path(self) -> str:
        """The place of the deciding finding."""
        return self.first.path

    @property
    def unblock(self) -> str:
        """The deed that helps with the deciding finding."""
        return self.first.unblock

    @property
    def message(self) -> str:
        """Every finding's message, in order."""
        return " ".join(finding.message for finding in self.findings)

    def __str__(self) -> str:
        return "\n".join(
            f"{finding.message} {finding.unblock} [{finding.code} at {finding.path}]"
            for finding in self.findings
        )

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[Finding, ...]]]:
        return type(self), (self.findings,)

    def to_dict(self) -> dict[str, Any]:
        """Return the error as JSON-plain data."""
        return {
            "kind": self.kind,
            "code": self.code,
            "message": self.message,
            "path": self.first.to_dict()["path"],
            "unblock": self.unblock,
            "findings": [finding.to_dict() for finding in self.findings],
        }


class Refused(JobkitError):
    """A rule says no; the findings are those that asking would have told."""

    kind = "refused"


class Invalid(JobkitError):
    """Data from outside does not have the shape it must have."""

    kind = "invalid"


class Conflict(JobkitError):
    """Somebody else was first, or a command key is used for another command."""

    kind = "conflict"


class NotFound(JobkitError):
    """No record has the id or name that was given."""

    kind = "not_found"


class Unavailable(JobkitError):
    """A look-up outside jobkit could not answer; trying again later may help."""

    kind = "unavailable"


class RuleFailed(JobkitError):
    """A host's or plugin's callable raised; the cause is chained."""

    kind = "rule_failed"


class Tampered(JobkitError):
    """A history does not match its own seals."""

    kind = "tampered"


class Unsupported(JobkitError):
    """Data is in a newer format, or an extra is not installed."""

    kind = "unsupported"


class StoreFailed(JobkitError):
    """The database or disk below a store failed; nothing was half-written."""

    kind = "store_failed"
