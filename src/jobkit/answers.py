"""Ask, then do: the answer to "may I?" with every finding at once."""

from collections.abc import Iterable
from typing import Generic, TypeVar

import attrs

from jobkit.errors import Refused
from jobkit.findings import Finding, blocking

T = TypeVar("T")


@attrs.frozen
class Answer(Generic[T]):
    """
    A question's result: the *subject* asked about and all findings; it is open when none of them blocks.

    >>> Answer("approve").open
    True
    """

    subject: T
    findings: tuple[Finding, ...] = ()

    @property
    def open(self) -> bool:
        """Whether doing it now would succeed."""
        return not blocking(self.findings)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that may be acknowledged and then do not block."""
        return tuple(finding for finding in self.findings if finding.severity == "warn")

    def must(self) -> "Answer[T]":
        """Return the answer itself when it is open; raise `Refused` with its findings otherwise."""
        if not self.open:
            raise Refused(self.findings)
        return self

    def also(self, findings: Iterable[Finding]) -> "Answer[T]":
        """Return the answer with more findings."""
        return Answer(self.subject, (*self.findings, *findings))

    def __str__(self) -> str:
        blocked = blocking(self.findings)
        if not blocked:
            return f"{self.subject} is open"
        count = f"{len(blocked)} finding{'' if len(blocked) == 1 else 's'}"
        lines = [f"{self.subject} is not open: {count}"]
        lines += [f"  {finding.message}  {finding.unblock}" + _helper(finding.who) for finding in blocked]
        return "\n".join(lines)


def _helper(who: str | None) -> str:
    return f"  ({who})" if who else ""
