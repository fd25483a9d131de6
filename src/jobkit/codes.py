"""Code lists: the agreed words for symptoms, causes and reasons, in levels, with labels and versions."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import write_instant
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.paths import Item, join
from jobkit.versions import Versions

UNKNOWN = Template(
    "codes.unknown",
    "The list {list} has no code {code}, which stands at {path}.",
    "Use a code of the list, such as: {near}.",
)
RETIRED = Template(
    "codes.retired",
    "The code {code} at {path} is retired in version {version} of the list {list}.",
    "Use instead: {near}.",
)
TOO_COARSE = Template(
    "codes.too_coarse",
    "The code {code} at {path} is a group in the list {list}.",
    "Use one of the codes below it: {near}.",
)
NO_PARENT = Template(
    "codes.no_parent",
    "The code {code} stands below {parent}, which the list {list} does not have.",
    "Add the code {parent}, or write the code without a dot.",
)
TWICE = Template(
    "codes.twice",
    "The list {list} has the code {code} twice.",
    "Keep one of the two.",
)
NOT_YET = Template(
    "codes.not_yet",
    "No version of the code list is in force at {instant}, when {code} at {path} was given.",
    "Add a version of the list that is effective from then or earlier.",
)

_NEAR = 3
_SOME = 5


@attrs.frozen(kw_only=True)
class Code:
    """
    One code; `A.1` stands below `A`.

    `labels` are by language; a retired code stays readable on old jobs, and `instead` names its successor.
    """

    id: str
    labels: Mapping[str, str] = EMPTY
    retired: bool = False
    instead: str | None = None


@attrs.frozen(kw_only=True)
class CodeList:
    """
    The codes of one list in one version; a code given twice, or below one that is not there, is refused.

    With `leaves_only`, a code that others stand below is a group and cannot be recorded.

    >>> symptoms = CodeList(id="symptom", codes=(Code(id="LEAK"), Code(id="LEAK.OIL"), Code(id="NOISE")))
    >>> symptoms.check("LEAK.OIL")
    ()
    >>> print(symptoms.check("LEEK")[0].unblock)
    Use a code of the list, such as: LEAK, LEAK.OIL.
    """

    id: str
    version: str = "1"
    codes: tuple[Code, ...]
    leaves_only: bool = False

    def __attrs_post_init__(self) -> None:
        if problems := tuple(self._problems()):
            raise Invalid(problems)

    def _problems(self) -> Iterator[Finding]:
        known = {code.id for code in self.codes}
        seen: set[str] = set()
        for code in self.codes:
            path = join("$.codes", Item(code.id))
            parent = parent_of(code.id)
            if code.id in seen:
                yield Finding.of(TWICE, path=path, list=self.id, code=code.id)
            if parent is not None and parent not in known:
                yield Finding.of(NO_PARENT, path=path, list=self.id, code=code.id, parent=parent)
            seen.add(code.id)

    @cached_property
    def _by_id(self) -> Mapping[str, Code]:
        return FrozenMap({code.id: code for code in self.codes})

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[str, ...]]:
        below: dict[str | None, list[str]] = {}
        for code in self.codes:
            below.setdefault(parent_of(code.id), []).append(code.id)
        return FrozenMap({parent: tuple(codes) for parent, codes in below.items()})

    def __contains__(self, code: object) -> bool:
        return code in self._by_id

    def find(self, code: str) -> Code | None:
        """Return the code with this id, or None."""
        return self._by_id.get(code)

    def children(self, code: str | None = None) -> tuple[str, ...]:
        """Return the ids directly below *code*, or those of the top level; an unknown code has none."""
        return self._children.get(code, ())

    def label(self, code: str, language: str = "en") -> str:
        """Return the label in *language*, else in any one (the first by language), else the id itself."""
        labels = self._by_id[code].labels if code in self else EMPTY
        return labels.get(language) or next((labels[key] for key in sorted(labels)), code)

    def check(self, code: str, path: str = "$") -> tuple[Finding, ...]:
        """Return what keeps *code* from being recorded: unknown, retired, or only a group of others."""
        found = self._by_id.get(code)
        if found is None:
            return (Finding.of(UNKNOWN, path=path, list=self.id, code=code[:60], near=self._near(code)),)
        if found.retired:
            near = [found.instead] if found.instead else self._usable(parent_of(code))
            told = {"code": code, "list": self.id, "version": self.version, "near": near}
            return (Finding(template=RETIRED, path=path, params=told),)
        if self.leaves_only and self.children(code):
            near = self._usable(code)
            return (Finding.of(TOO_COARSE, path=path, code=code, list=self.id, near=near),)
        return ()

    def _near(self, code: str) -> list[str]:
        folded = {id.casefold(): id for id in self._by_id}
        close = get_close_matches(code[:60].casefold(), folded, n=_NEAR, cutoff=0.5)
        return [folded[id] for id in close] or self._usable(None)

    def _usable(self, below: str | None) -> list[str]:
        return [id for id in self.children(below) if not self._by_id[id].retired][:_SOME]


def parent_of(code: str) -> str | None:
    """
    Return the code one level up, None at the top.

    >>> parent_of("LEAK.OIL.SEAL")
    'LEAK.OIL'
    """
    head, dot, _ = code.rpartition(".")
    return head if dot else None


def is_below(code: str, group: str) -> bool:
    """
    Whether *code* is *group* or stands anywhere below it.

    >>> is_below("LEAK.OIL", "LEAK"), is_below("LEAKAGE", "LEAK")
    (True, False)
    """
    return code == group or code.startswith(f"{group}.")


def check_code(lists: Versions[CodeList], code: str, at: datetime, path: str = "$") -> tuple[Finding, ...]:
    """Return what the version in force at *at* has against *code*; a naive *at* is refused."""
    in_force = lists.find(at)
    if in_force is None:
        return (Finding.of(NOT_YET, path=path, code=code[:60], instant=write_instant(at)),)
    return in_force.value.check(code, path)
