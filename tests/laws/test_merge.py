"""The laws of merging: undone, nothing of it is left, and while it holds no promise gets longer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit.clocks import Reading, read, reading
from jobkit.desk import Desk
from jobkit.desk._merge_rules import STANDARD
from jobkit.desk._moments import moments
from jobkit.duplicates import MergeRules
from jobkit.errors import JobkitError, Refused
from jobkit.history import Event, fold, verify
from jobkit.model import Job, Task
from tests.desk.merging import AGENT, dispatch, hour

NAMES = ("a", "b", "c")
RULES = MergeRules.load(
    attrs.evolve(
        STANDARD,
        fields={**STANDARD.fields, "terms.tier": "ranked"},
        orders={**STANDARD.orders, "terms.tier": ("gold", "silver")},
    )
)


@attrs.frozen(kw_only=True)
class Step:
    """One deed of a story, on one of three jobs, some hours after the last one."""

    deed: str
    job: str = "a"
    other: str = "b"
    item: int = 0
    word: str = "x"
    hours: int = 1


deeds = st.builds(
    Step,
    deed=st.sampled_from(
        (
            "add_task",
            "end_task",
            "describe",
            "skills",
            "site",
            "part",
            "stage",
            "attach",
            "tier",
            "note",
            "move",
        )
    ),
    job=st.sampled_from(NAMES),
    item=st.integers(0, 4),
    word=st.sampled_from(("x", "y", "z")),
    hours=st.integers(0, 9),
)
mergers = st.builds(
    Step,
    deed=st.sampled_from(("merge", "merge", "unmerge")),
    job=st.sampled_from(NAMES),
    other=st.sampled_from(NAMES),
    hours=st.integers(0, 9),
)
stories = st.lists(deeds | deeds | mergers, min_size=3, max_size=25)


class World:
    """A desk with three jobs; in one of two worlds jobs are merged, in the other they never are."""

    def __init__(self) -> None:
        self.desk: Desk = dispatch(merging=RULES)
        self.now = 3.0
        for after, name in enumerate(NAMES):
            parts = [{"id": "p1", "number": f"N-{name}"}]
            told = {
                "parts": parts,
                "work": {"skills": [name]},
                "subject": {"site": "s"} if name == "b" else {},
            }
            self.desk.submit(
                "repair", {**told, "links": {"number": f"N-{name}"}}, by=AGENT, at=hour(after), job_id=name
            )

    def job(self, name: str) -> Job:
        """Return a job as it is stored."""
        return self.desk.job(name)

    def events(self, name: str) -> tuple[Event, ...]:
        """Return the history of a job."""
        return self.desk.history(name).events

    def do(self, name: str, deed: str, place: str, word: str) -> None:
        """Do one deed on one job; *place* is the id of the item that it is about."""
        told: dict[str, Any] = {"by": AGENT, "at": hour(self.now)}
        if deed == "add_task":
            self.desk.add_task(name, Task(id=place, title=word), **told)
        elif deed == "end_task":
            self.desk.complete_task(name, place, **told)
        elif deed == "note":
            self.desk.note(name, word, **told)
        elif deed == "move":
            self.desk.fire(name, place, **told)
        else:
            self.desk.amend(name, {PATHS[deed].format(place=place): VALUES[deed](place, word)}, **told)

    def without_trace(self, name: str) -> Job:
        """Return a job without what tells where its history stands."""
        return attrs.evolve(self.job(name), version=0, head="", clocks={})

    def read(self, name: str) -> Mapping[str, Reading]:
        """Return what the carried clocks of a job say."""
        job, catalog = self.job(name), self.desk.office.catalog
        return {
            clock: reading(job.clocks[clock], milestone, catalog.calendars, {"job": job}, hour(self.now))
            for clock, milestone in catalog.milestones.items()
        }

    def replayed(self, name: str) -> Mapping[str, Reading]:
        """Return what the history of a job alone says of its clocks."""
        told, catalog = moments(self.events(name)), self.desk.office.catalog
        return {
            clock: attrs.evolve(
                read(told, milestone, catalog.calendars, now=hour(self.now)), spans=(), marks=()
            )
            for clock, milestone in catalog.milestones.items()
        }


PATHS = {
    "describe": "$.work.description",
    "skills": "$.work.skills",
    "site": "$.subject.site",
    "tier": "$.terms.tier",
    "part": "$.parts[{place}]",
    "stage": "$.parts[{place}].location",
    "attach": "$.evidence.attachments[{place}]",
}
VALUES: Mapping[str, Callable[[str, str], Any]] = {
    "describe": lambda place, word: word,
    "skills": lambda place, word: ["a", word],
    "site": lambda place, word: word,
    "tier": lambda place, word: {"x": "gold"}.get(word),
    "part": lambda place, word: {"id": place, "number": word},
    "stage": lambda place, word: word,
    "attach": lambda place, word: {
        "id": place, "purpose": word, "media_type": "image/png", "hash": "h", "ref": place
    },
}  # fmt: skip
LISTS = {"end_task": "tasks", "stage": "parts"}
MOVES = ("plan", "begin", "hold", "resume", "close", "reopen")


class Story:
    """Tells a story where jobs are merged, and what belongs to each of them where they never are."""

    def __init__(self) -> None:
        self.merging, self.apart = World(), World()
        self.owners: dict[tuple[str, str, str], tuple[str, str]] = {}

    def go(self, step: Step) -> None:
        """Do one step; what is refused has not happened in either world."""
        for world in (self.merging, self.apart):
            world.now += step.hours
        try:
            if step.deed in ("merge", "unmerge"):
                getattr(self, f"_{step.deed}")(step)
            else:
                self._deed(step)
        except JobkitError:
            return

    def _merge(self, step: Step) -> None:
        done = self.merging.desk.merge(step.job, into=step.other, by=AGENT, at=hour(self.merging.now))
        for event in done.events:
            for field, taken in event.data.get("taken", {}).items():
                for id, own in taken.items():
                    self.owners[event.job_id, field, id] = (str(event.data["member"]), own)

    def _unmerge(self, step: Step) -> None:
        self.merging.desk.unmerge(step.job, by=AGENT, at=hour(self.merging.now), reason="not the same")
        self.owners = {key: owner for key, owner in self.owners.items() if owner[0] != step.job}

    def _deed(self, step: Step) -> None:
        name = self.merging.desk.resolve(step.job).id
        place = self._place(name, step)
        self.merging.do(name, step.deed, place, step.word)
        owner, own = self._owner(name, step.deed, place)
        with suppress(Refused):
            # A value that the merge had brought may be what stands there already.
            self.apart.do(owner, step.deed, own, step.word)

    def _place(self, name: str, step: Step) -> str:
        if step.deed == "move":
            return MOVES[step.item % len(MOVES)]
        if step.deed in LISTS:
            items = getattr(self.merging.job(name), LISTS[step.deed])
            return items[step.item % len(items)].id if items else "none"
        return f"{step.deed}-{step.item}"

    def _owner(self, name: str, deed: str, place: str) -> tuple[str, str]:
        """Return the job to which an item belongs, and what it is called there."""
        field = {**LISTS, "add_task": "tasks", "part": "parts", "attach": "evidence.attachments"}.get(
            deed, ""
        )
        while (name, field, place) in self.owners:
            name, place = self.owners[name, field, place]
        return name, place

    def part_all(self) -> None:
        """Undo every merge, the outer ones first."""
        for _ in NAMES:
            for name in NAMES:
                self.go(Step(deed="unmerge", job=name, hours=0))


def told(steps: list[Step]) -> Iterator[Story]:
    """Yield the story after each of its steps."""
    story = Story()
    for step in steps:
        story.go(step)
        yield story


@given(stories)
def test_undone_merges_leave_nothing(steps: list[Step]) -> None:
    """
    Once every merge is undone, each job is what its own deeds make, with those on items that were its own.
    """
    *_, story = told(steps)
    story.part_all()

    for name in NAMES:
        assert story.apart.without_trace(name) == story.merging.without_trace(name)
        assert story.apart.read(name) == story.merging.read(name)


@given(stories)
def test_histories_stay_whole(steps: list[Step]) -> None:
    """
    After every step each history verifies, folds to the job, and tells its clocks alone as they are carried.
    """
    for story in told(steps):
        world = story.merging
        for name in NAMES:
            history = world.desk.history(name)
            assert verify(history.events, history.head).ok
            assert world.job(name) == fold(history.events)
            assert world.replayed(name) == world.read(name)


@given(stories)
def test_every_number_leads_to_the_one_that_answers(steps: list[Step]) -> None:
    """
    After every step each number resolves to a job that answers for itself, and that one names it.
    """
    for story in told(steps):
        for name in NAMES:
            found = story.merging.desk.resolve(f"N-{name}")
            assert found.links.merged_into is None
            assert f"N-{name}" in (found.links.number, *found.links.former_numbers)


@given(stories, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_no_promise_gets_longer(steps: list[Step], one: str, other: str) -> None:
    """
    A promise is due, after a merge by which the better tier goes on, no later than it was on either side.
    """
    *_, story = told(steps)
    world = story.merging
    before = [world.read(name) for name in (one, other)]
    story.go(Step(deed="merge", job=one, other=other, hours=0))
    if world.desk.resolve(one).id != other:
        return

    after = world.read(other)
    for clock, seen in after.items():
        running = [each[clock].due_at for each in before if each[clock].state in ("running", "breached")]
        if seen.due_at is not None and seen.state in ("running", "breached"):
            assert all(due is None or seen.due_at <= due for due in running)
