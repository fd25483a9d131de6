"""The playbooks of a host: every version of each, and which one is in force when."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import attrs

from jobkit.documents import read_json, read_toml, structure
from jobkit.errors import Invalid, NotFound
from jobkit.findings import Finding, Template
from jobkit.history import canonical
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.paths import Item, join
from jobkit.playbooks._playbook import Playbook
from jobkit.versions import Version, Versions

UNKNOWN = Template(
    "playbooks.unknown",
    "There is no playbook {playbook}.",
    "Use one of the playbooks: {known}.",
)
UNKNOWN_VERSION = Template(
    "playbooks.unknown_version",
    "The playbook {playbook} has no version {version}.",
    "Use one of its versions: {known}.",
)
OTHER_ID = Template(
    "playbooks.other_id",
    "A version under the name {playbook} calls itself {id}.",
    "Leave its id out: it bears the name under which it stands.",
)
SAME_VERSION = Template(
    "playbooks.same_version",
    "The playbook {playbook} has the version {version} twice.",
    "Give every version a name of its own.",
)


@attrs.frozen
class Playbooks:
    """
    Playbooks by id, each with all its versions, of which one is in force at any instant after the first.

    >>> shelf = Playbooks.load({"oil-service": [
    ...     {"version": "1", "effective_from": "2026-01-01T00:00:00Z", "job_type": "maintenance"},
    ... ]})
    >>> shelf.version("oil-service", "1").source
    'oil-service@1'
    """

    editions: Mapping[str, Versions[Playbook]] = EMPTY

    @classmethod
    def of(cls, playbooks: Iterable[Playbook], path: str = "$") -> "Playbooks":
        """Put versions on the shelf; two of one playbook with one name or date are refused, all at once."""
        by_id: dict[str, list[Playbook]] = {}
        for playbook in playbooks:
            by_id.setdefault(playbook.id, []).append(playbook)
        problems: list[Finding] = []
        shelved = {id: _versions(id, each, path, problems) for id, each in by_id.items()}
        if problems:
            raise Invalid(problems)
        return cls(FrozenMap({id: versions for id, versions in shelved.items() if versions is not None}))

    @classmethod
    def load(cls, source: str | Mapping[str, Any], path: str = "$") -> "Playbooks":
        """
        Read playbooks from JSON or TOML text, or from plain data: a list of versions under each id.

        Everything that is wrong with any of them is refused at once, each at its place below *path*.
        """
        if isinstance(source, str):
            source = read_json(source) if source.lstrip().startswith("{") else read_toml(source)
        data = structure(Mapping[str, tuple[Any, ...]], source, path)  # type: ignore[type-abstract]
        problems: list[Finding] = []
        read = [
            _read(id, number, table, path, problems)
            for id, tables in data.items()
            for number, table in enumerate(tables)
        ]
        if problems:
            raise Invalid(problems)
        return cls.of((each for each in read if each is not None), path)

    def to_data(self) -> dict[str, Any]:
        """Return all versions of all playbooks as plain data that loads back to them."""
        return {id: [_without_id(each.value) for each in versions] for id, versions in self.editions.items()}

    @cached_property
    def digest(self) -> str:
        """The hash of the content: equal shelves have equal digests."""
        return hashlib.sha256(canonical(self.to_data())).hexdigest()

    def __iter__(self) -> Iterator[Playbook]:
        return (each.value for versions in self.editions.values() for each in versions)

    def __len__(self) -> int:
        return sum(map(len, self.editions.values()))

    def at(self, playbook: str, instant: datetime) -> Playbook:
        """Return the version in force at *instant*; an unknown playbook, and none in force, are refused."""
        return self._of(playbook).at(instant).value

    def version(self, playbook: str, version: str) -> Playbook:
        """Return one version, in force or not; an unknown playbook or version is refused."""
        known = self._of(playbook)
        found = next((each.value for each in known if each.number == version), None)
        if found is None:
            told: dict[str, Any] = {"version": version[:80], "known": [each.number for each in known]}
            raise NotFound.of(UNKNOWN_VERSION, path="$.version", playbook=playbook, **told)
        return found

    def by_hash(self, digest: str) -> Playbook | None:
        """Return the version with this hash, None when it is not on the shelf."""
        return next((each for each in self if each.hash == digest), None)

    def _of(self, playbook: str) -> Versions[Playbook]:
        found = self.editions.get(playbook)
        if found is None:
            known = sorted(self.editions)[:10]
            raise NotFound.of(UNKNOWN, path="$.playbook", playbook=playbook[:80], known=known)
        return found


def _read(id: str, number: int, table: Any, path: str, problems: list[Finding]) -> Playbook | None:
    name = table.get("version") if isinstance(table, Mapping) else None
    place = join(path, Item(id), Item(name if isinstance(name, str) else str(number)))
    named = {"id": id, **table} if isinstance(table, Mapping) else table
    try:
        playbook = structure(Playbook, named, place)
    except Invalid as error:
        problems += error.findings
        return None
    if playbook.id != id:
        problems.append(Finding.of(OTHER_ID, path=f"{place}.id", playbook=id, id=playbook.id))
    return playbook


def _versions(
    id: str, playbooks: Iterable[Playbook], path: str, problems: list[Finding]
) -> Versions[Playbook] | None:
    place = join(path, Item(id))
    given = tuple(playbooks)
    seen: set[str] = set()
    for each in given:
        if each.version in seen:
            problems.append(Finding.of(SAME_VERSION, path=place, playbook=id, version=each.version))
        seen.add(each.version)
    try:
        return Versions((Version(each.effective_from, each.version, each) for each in given), path=place)
    except Invalid as error:
        problems += error.findings
        return None


def _without_id(playbook: Playbook) -> dict[str, Any]:
    return {name: value for name, value in playbook.to_data().items() if name != "id"}
