"""Two versions of a playbook compared, and a job compared with one: place by place, in sentences."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import attrs

from jobkit.documents import freeze, unstructure
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.model import Job, PlaybookLink
from jobkit.paths import Item, Step, join, write
from jobkit.playbooks._playbook import Playbook

OTHER_PLAYBOOK = Template(
    "playbooks.other_playbook",
    "{old} and {new} are versions of two playbooks.",
    "Compare two versions of one playbook.",
)

_OF_THE_EDITION: Final = ("id", "version", "effective_from", "label", "because", "reference", "job_type")


@attrs.frozen(kw_only=True)
class Difference:
    """One place in which two versions differ; `old` and `new` are plain data, None where nothing stands."""

    path: str
    old: Any = attrs.field(default=None, converter=freeze)
    new: Any = attrs.field(default=None, converter=freeze)

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """What became of the place."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def said(self) -> str:
        """The difference as one sentence for people."""
        field = self.path.removeprefix("$.")
        if self.old is None:
            return f"{field} is new: {_spoken(self.new)}."
        if self.new is None:
            return f"{field} is gone: {_spoken(self.old)}."
        if isinstance(self.old, Mapping) and isinstance(self.new, Mapping):
            return f"{field} changes in {', '.join(_differing(self.old, self.new))}."
        return f"{field} changes from {_spoken(self.old)} to {_spoken(self.new)}."


@attrs.frozen(kw_only=True)
class PlaybookDiff:
    """Two versions of a playbook compared; what the newer one has comes in its order, what is lost last."""

    old: PlaybookLink
    new: PlaybookLink
    differences: tuple[Difference, ...] = ()

    @property
    def added(self) -> tuple[Difference, ...]:
        """What only the newer version has."""
        return tuple(each for each in self.differences if each.kind == "added")

    @property
    def removed(self) -> tuple[Difference, ...]:
        """What only the older version has."""
        return tuple(each for each in self.differences if each.kind == "removed")

    @property
    def changed(self) -> tuple[Difference, ...]:
        """What both have, and differs."""
        return tuple(each for each in self.differences if each.kind == "changed")

    def __str__(self) -> str:
        head = f"{self.old.id}: version {self.old.version} to {self.new.version}"
        return "\n  ".join((head, *(each.said for each in self.differences)))


def diff(old: Playbook, new: Playbook) -> PlaybookDiff:
    """
    Compare two versions of one playbook: tasks, checklist, parts, prerequisites by id, lists item by item.

    Versions of two playbooks are refused.
    """
    if old.id != new.id:
        raise Invalid.of(OTHER_PLAYBOOK, path="$.id", old=old.source, new=new.source)
    before, after = _places(old), _places(new)
    paths = (*after, *(path for path in before if path not in after))
    found = (Difference(path=path, old=before.get(path), new=after.get(path)) for path in paths)
    return PlaybookDiff(
        old=old.link, new=new.link, differences=tuple(each for each in found if each.old != each.new)
    )


def lacking(job: Job, playbook: Playbook) -> tuple[Difference, ...]:
    """
    Return what of *playbook* the job does not have: what `filled` would give it, place by place.

    Nothing is refused; a job of another type is compared all the same.
    """
    known = frozenset(_known(job))
    numbers = {part.number for part in job.parts}
    kit = {join("$.parts", Item(part.id)) for part in playbook.parts if part.number in numbers}
    return tuple(
        Difference(path=path, new=value)
        for path, value in _places(playbook).items()
        if path not in known and path not in kit
    )


def _places(playbook: Playbook) -> Mapping[str, Any]:
    """Return everything that a playbook gives by place: records and texts of a list one by one."""
    told = {name: value for name, value in playbook.to_data().items() if name not in _OF_THE_EDITION}
    return {write(steps): value for steps, value in _flat(told, ())}


def _known(job: Job) -> Iterator[str]:
    """Yield the places of a playbook that a job has something at."""
    told = {
        "work": unstructure(job.work),
        "prerequisites": [{"id": each.id} for each in job.safety.prerequisites],
        "constraints": list(job.safety.constraints),
        "parts": [{"id": part.id} for part in job.parts],
    }
    yield from (write(steps) for steps, _ in _flat(told, ()))
    for task in job.tasks:
        yield join("$.tasks", Item(task.id))
        yield join("$.checklist", Item(task.id))


def _flat(value: Any, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _flat(item, (*steps, name))
    elif isinstance(value, list):
        yield from (((*steps, Item(_name(item))), item) for item in value)
    else:
        yield steps, value


def _name(item: Any) -> str:
    return str(item["id"] if isinstance(item, Mapping) else item)


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [name for name in dict.fromkeys((*new, *old)) if old.get(name) != new.get(name)]


def _spoken(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    named = next((value[name] for name in ("title", "text", "procedure") if name in value), None)
    return str(named) if named is not None else f"{value.get('quantity', '1')} of {value.get('number')}"
