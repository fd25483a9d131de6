"""Which package governs a job: the version of the day, what it includes, and what its account changes."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

import attrs

from jobkit.findings import Finding, Severity, Template
from jobkit.intake._values import Account, Hardened, PackageData, Relaxed
from jobkit.mappings import FrozenMap
from jobkit.requirements import Package, Requirement, Requirements

RELAXED = Template(
    "intake.relaxed",
    "The requirement {requirement} asks less of the account {account}, by the word of {by}: {reason}.",
    "Nothing is to be done.",
)

RANKS: Final[Mapping[Severity, int]] = FrozenMap({"info": 0, "warn": 1, "block": 2})
"""How much a severity asks for."""


@attrs.frozen(kw_only=True, slots=False)
class Governing:
    """
    The package that a job is held to, with the accounts whose overlays are in it.

    `relaxed` tells what those ask less of, each with the authority that allowed it.
    """

    package: Package
    accounts: tuple[str, ...] = ()
    relaxed: tuple[Finding, ...] = ()

    @property
    def id(self) -> str:
        """The id of the package."""
        return self.package.id

    @property
    def version(self) -> str:
        """Its version."""
        return self.package.data.version

    @cached_property
    def hash(self) -> str:
        """The hash of all that it holds, so also of its overlays."""
        return self.package.digest


def composed(own: PackageData, included: Iterable[PackageData], accounts: Iterable[Account]) -> Requirements:
    """
    Put a package together: what it includes, its own, and then what accounts change, in their order.

    Of two requirements with the same id the later one counts, in the place of the earlier.
    """
    asked = {one.id: one for package in (*included, own) for one in package.requirements}
    for account in accounts:
        asked |= {one.id: one for one in account.add}
        asked |= {hard.id: hardened(asked[hard.id], hard) for hard in account.harden if hard.id in asked}
        weaker = {less.id: weakened(asked[less.id], less) for less in account.relax if less.id in asked}
        asked = {id: one for id, one in {**asked, **weaker}.items() if one is not None}
    return Requirements(id=own.id, version=own.version, requirements=tuple(asked.values()))


def hardened(requirement: Requirement, hard: Hardened) -> Requirement:
    """Return a requirement that asks more, and for less in nothing, whatever its version asks already."""
    return attrs.evolve(
        requirement,
        severity=max(hard.severity or "info", requirement.severity, key=RANKS.__getitem__),
        weight=max(hard.weight or 1, requirement.weight),
        applies_when=None if hard.always else requirement.applies_when,
    )


def asks_more(requirement: Requirement, hard: Hardened) -> bool:
    """Whether *hard* asks for more than the requirement itself and for less in nothing."""
    severity, weight = hard.severity or requirement.severity, hard.weight or requirement.weight
    if RANKS[severity] < RANKS[requirement.severity] or weight < requirement.weight:
        return False
    always = hard.always and requirement.applies_when is not None
    return always or RANKS[severity] > RANKS[requirement.severity] or weight > requirement.weight


def weakened(requirement: Requirement, less: Relaxed) -> Requirement | None:
    """Return a requirement that asks less, None where nothing is left of it; it never asks more."""
    if less.severity is None:
        return None
    return attrs.evolve(requirement, severity=min(less.severity, requirement.severity, key=RANKS.__getitem__))


def relaxed_findings(accounts: Iterable[Account], requirements: Mapping[str, Requirement]) -> list[Finding]:
    """Return a word on each requirement that accounts relax."""
    return [
        Finding.of(
            RELAXED,
            path="$",
            severity="info",
            source=account.key,
            requirement=less.id,
            account=account.id,
            by=less.by,
            reason=less.reason.rstrip("."),
        )
        for account in accounts
        for less in account.relax
        if less.id in requirements
    ]
