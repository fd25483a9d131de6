"""The rules of intake: loaded, checked as a whole, and ready to look at jobs at any instant."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import attrs

from jobkit.codes import CodeList
from jobkit.conditions import Condition, FactSpec, Vocabulary
from jobkit.documents import unstructure, write_json
from jobkit.errors import NotFound
from jobkit.facts import declare
from jobkit.findings import Finding, Template
from jobkit.instants import utc
from jobkit.intake._forms import Form
from jobkit.intake._governing import Governing, composed, relaxed_findings
from jobkit.intake._load import Bench, loaded
from jobkit.intake._lookups import Prepared
from jobkit.intake._values import Account, IntakeData, PackageData, Topic
from jobkit.mappings import EMPTY
from jobkit.model import Actor, Job
from jobkit.registry import Registry
from jobkit.requirements import Package
from jobkit.versions import Versions

NO_FORM = Template(
    "intake.no_form",
    "The rules of intake {rules} have no form for the channel {channel} and the role {role}.",
    "Add a form without channel and role, which is for any.",
)

_NO_NAMES: Final = Registry()
_ANY_FIELD: Final = {"job.fields.*": FactSpec(kind="any")}


@attrs.frozen(kw_only=True, eq=False, slots=False)
class IntakeRules:
    """
    The rules of intake, checked: packages by job type and account, look-ups, forms, replies, topics.

    >>> rules = IntakeRules.load(
    ...     {
    ...         "id": "intake",
    ...         "packages": [
    ...             {
    ...                 "id": "repairs",
    ...                 "types": ["repair"],
    ...                 "requirements": [{"id": "asset", "field": "job.subject.asset"}],
    ...             }
    ...         ],
    ...     }
    ... )
    >>> rules.id, [package.key for package in rules.data.packages]
    ('intake', ['repairs@1'])
    """

    data: IntakeData
    bench: Bench = attrs.field(repr=False)
    lists: Mapping[str, Versions[CodeList]] = attrs.field(repr=False)
    lookups: tuple[Prepared, ...] = attrs.field(repr=False)
    packages: Mapping[str, Versions[PackageData]] = attrs.field(repr=False)
    forms: tuple[Form, ...] = attrs.field(repr=False)
    promoted_when: Condition | None = attrs.field(default=None, repr=False)
    _made: dict[tuple[str, ...], Package] = attrs.field(factory=dict, init=False, repr=False)

    @classmethod
    def load(
        cls,
        source: str | Mapping[str, Any] | IntakeData,
        vocabulary: Vocabulary | None = None,
        registry: Registry = _NO_NAMES,
        *,
        codes: Mapping[str, Versions[CodeList]] = EMPTY,
        types: Collection[str] = (),
        path: str = "$",
    ) -> "IntakeRules":
        """
        Load rules from TOML text, data or values.

        Without a *vocabulary*, conditions may name every fact of a job and of who acts. *codes* are lists
        that stand elsewhere, *types* the job types there are, where that is known. Refused, all at once and
        with their places under *path*: unknown keys, facts, types, lists, look-ups, topics and requirements,
        two packages for one type, overlays that do not do what they say, and forms that cannot be asked.
        """
        words = declare() | _ANY_FIELD if vocabulary is None else vocabulary
        return cls(**loaded(source, words, registry, codes, types, path))

    @property
    def id(self) -> str:
        """The id of the rules."""
        return self.data.id

    @property
    def version(self) -> str:
        """Their version."""
        return self.data.version

    @property
    def words(self) -> Vocabulary:
        """The facts that their conditions may name."""
        return self.bench.words

    def to_data(self) -> dict[str, Any]:
        """Return the rules as plain data that load back to them."""
        plain: dict[str, Any] = unstructure(self.data)
        return plain

    @cached_property
    def digest(self) -> str:
        """The hash of their content: equal rules have equal digests."""
        return hashlib.sha256(write_json(self.to_data()).encode()).hexdigest()

    def is_machine(self, actor: Actor) -> bool:
        """Whether an actor is no person, by its role."""
        return actor.role in self.data.machines

    def topics(self, type_: str) -> tuple[Topic, ...]:
        """Return what triage verifies of jobs of a type."""
        return tuple(topic for topic in self.data.topics if not topic.types or type_ in topic.types)

    def governing(self, type_: str, account: str | None, now: datetime) -> Governing | None:
        """
        Return the package that jobs of a type are held to for an account at *now*, None if there is none.

        A naive instant is refused.
        """
        moment = utc(now, "$.now")
        version = self.packages[type_].find(moment) if type_ in self.packages else None
        if version is None or type_ not in version.value.types:
            return None
        own = version.value
        included = [found.value for id in own.includes if (found := self.packages[f"#{id}"].find(moment))]
        overlays = [each for each in self.data.accounts if each.governs(type_, account, moment)]
        package = self._package(own, included, overlays)
        known = {one.id: one for each in (*included, own) for one in each.requirements}
        return Governing(
            package=package,
            accounts=tuple(each.key for each in overlays),
            relaxed=tuple(relaxed_findings(overlays, known)),
        )

    def _package(self, own: PackageData, included: list[PackageData], overlays: list[Account]) -> Package:
        """Return a package put together of its parts, the same one every time."""
        key = (own.key, *(each.key for each in included), "", *(each.key for each in overlays))
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self.bench.package(composed(own, included, overlays), "$")
        return made

    def form(self, channel: str | None = None, role: str | None = None) -> Form:
        """
        Return the form for a channel and role: theirs, else the channel's, the role's, or that for any.

        Where there is none of these, it is refused.
        """
        by_place = {(form.data.channel, form.data.role): form for form in self.forms}
        for place in ((channel, role), (channel, None), (None, role), (None, None)):
            if place in by_place:
                return by_place[place]
        asked = {"channel": channel or "none", "role": role or "none"}
        raise NotFound((Finding(template=NO_FORM, params={"rules": self.id, **asked}),))


def account_of(job: Job) -> str | None:
    """Return the account that a job is for: its customer."""
    return job.subject.customer
