"""Every problem of one load, told at once."""

from typing import Any, Final

from jobkit.errors import Invalid
from jobkit.findings import Finding, Template

MOST: Final = 100
"""How many problems one error names at most."""


class Problems:
    """Collects findings while a rule is read, and raises them together."""

    __slots__ = ("findings",)

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, template: Template, path: str, **params: Any) -> None:
        """Remember one problem; past the hundredth nothing is added."""
        if len(self.findings) < MOST:
            self.findings.append(Finding.of(template, path=path, **params))

    def also(self, error: Invalid, path: str) -> None:
        """Remember what *error* says, placed at *path*."""
        room = MOST - len(self.findings)
        self.findings.extend(finding.at(path) for finding in error.findings[:room])

    def place(self, path: str) -> None:
        """Put every problem at *path*: one line of text has no places within."""
        self.findings = [finding.at(path) for finding in self.findings]

    def settle(self) -> None:
        """Raise `Invalid` with every problem, if there is one."""
        if self.findings:
            raise Invalid(self.findings)
