"""One version of a playbook as data: the job type, its work, tasks, checklist and parts kit."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import attrs

from jobkit.documents import read_json, read_toml, structure, unstructure
from jobkit.durations import Working
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.history import canonical
from jobkit.instants import utc
from jobkit.model import PlaybookLink, Prerequisite, Work, order_problems
from jobkit.paths import Item, join

SAME_ID = Template(
    "playbooks.same_id",
    "Two tasks or checklist items of the playbook {playbook} have the id {id}.",
    "Give one of the two another id: both become tasks of the job.",
)
ONE_JOB_ONLY = Template(
    "playbooks.one_job_only",
    "The playbook {playbook} sets work.{field}, which is known of one job only.",
    "Leave work.{field} out, and record it on the job.",
)
NO_QUANTITY = Template(
    "playbooks.no_quantity",
    "The parts kit of the playbook {playbook} asks for {quantity} of the part {number}.",
    "Give a quantity above nothing.",
)

_OF_ONE_JOB: Final = ("tools_ready", "territory", "site_notes", "access_notes", "preferences")


@attrs.frozen(kw_only=True)
class PlaybookTask:
    """
    A task that a job gets: its owner is a role, `due` counts from the start of the job.

    `after` names tasks and checklist items of the same playbook that it waits for.
    """

    id: str
    title: str
    kind: str | None = None
    owner: str | None = None
    due: timedelta | Working | None = None
    mandatory: bool = True
    stage: str | None = None
    after: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class ChecklistItem:
    """One line of the checklist, ticked off on the job as a task of kind `check`; `stage` says when."""

    id: str
    text: str
    owner: str | None = None
    mandatory: bool = True
    stage: str | None = None
    after: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class KitPart:
    """One line of the parts kit: what is taken along, and how much of it, in the part's own unit."""

    id: str
    number: str
    quantity: Decimal = Decimal(1)
    description: str | None = None


@attrs.frozen(kw_only=True)
class Playbook:
    """
    One version of a template that jobs of `job_type` are begun from.

    In force from `effective_from` until the next version is. `because` is the code for why it was written (an
    engineering change, a root cause found), `reference` where that is recorded. `work` holds what the work
    takes: duration, skills, tools, instructions and so on; what is known of one job only is refused there, as
    are tasks that wait in a circle or for none of the playbook's, ids that stand twice, parts without a
    quantity, and a naive instant.
    """

    id: str
    version: str
    effective_from: datetime
    job_type: str
    label: str = ""
    because: str | None = None
    reference: str | None = None
    work: Work = Work()
    tasks: tuple[PlaybookTask, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    parts: tuple[KitPart, ...] = ()
    prerequisites: tuple[Prerequisite, ...] = ()
    constraints: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        utc(self.effective_from, "$.effective_from")
        if problems := tuple(self._problems()):
            raise Invalid(problems)

    def _problems(self) -> Iterator[Finding]:
        steps: tuple[PlaybookTask | ChecklistItem, ...] = (*self.tasks, *self.checklist)
        for id, count in Counter(step.id for step in steps).items():
            if count > 1:
                yield Finding.of(SAME_ID, path=join("$.tasks", Item(id)), playbook=self.id, id=id)
        yield from order_problems({step.id: step.after for step in steps})
        for field in _OF_ONE_JOB:
            if getattr(self.work, field) is not None:
                yield Finding.of(ONE_JOB_ONLY, path=f"$.work.{field}", playbook=self.id, field=field)
        for part in self.parts:
            if not part.quantity > 0:
                named: dict[str, Any] = {"number": part.number, "quantity": str(part.quantity)}
                path = join("$.parts", Item(part.id), "quantity")
                yield Finding.of(NO_QUANTITY, path=path, playbook=self.id, **named)

    @classmethod
    def load(cls, source: str | Mapping[str, Any], path: str = "$") -> "Playbook":
        """
        Read one version from JSON or TOML text, or from plain data.

        Everything that is wrong with it is refused at once, each at its place below *path*.

        >>> service = Playbook.load('''
        ... id = "oil-service"
        ... version = "1"
        ... effective_from = "2026-01-01T00:00:00Z"
        ... job_type = "preventive-maintenance"
        ... work = { estimated = "2h", skills = ["compressor"] }
        ... tasks = [{ id = "drain", title = "Drain the oil", owner = "technician" }]
        ... ''')
        >>> service.work.skills, service.tasks[0].title
        (('compressor',), 'Drain the oil')
        """
        if isinstance(source, str):
            source = read_json(source) if source.lstrip().startswith("{") else read_toml(source)
        return structure(cls, source, path)

    def to_data(self) -> dict[str, Any]:
        """Return the playbook as plain data that loads back to it."""
        plain: dict[str, Any] = unstructure(self)
        return plain

    @cached_property
    def text(self) -> str:
        """The canonical text that an archive keeps; it loads back to the playbook."""
        return canonical(self.to_data()).decode()

    @cached_property
    def hash(self) -> str:
        """SHA-256 over `text`: equal playbooks have equal hashes."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def link(self) -> PlaybookLink:
        """What a job begun from this version remembers of it."""
        return PlaybookLink(id=self.id, version=self.version, hash=self.hash)

    @property
    def source(self) -> str:
        """What findings and events name as the rule: id and version."""
        return f"{self.id}@{self.version}"

    @property
    def counts_working_time(self) -> bool:
        """Whether a task of it is due in working time, so that a calendar is needed."""
        return any(isinstance(task.due, Working) for task in self.tasks)
