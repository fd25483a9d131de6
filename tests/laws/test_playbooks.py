"""Laws of playbooks: what fills a job leaves nothing lacking, takes nothing away, and ends in no circle."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit.model import Job, Part, Safety, State, Task, Work, order_problems
from jobkit.playbooks import (
    ChecklistItem,
    KitPart,
    Playbook,
    Playbooks,
    PlaybookTask,
    diff,
    filled,
    lacking,
)

NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
IDS: Final = ("a", "b", "c", "d", "e")
WORDS: Final = st.sampled_from(("oil", "air", "water"))
texts = st.lists(WORDS, unique=True, max_size=3).map(tuple)


@st.composite
def works(draw: Any) -> Work:
    """Draw what work takes."""
    hours = draw(st.one_of(st.none(), st.integers(1, 9)))
    return Work(
        estimated=None if hours is None else timedelta(hours=hours),
        skills=draw(texts),
        tools=draw(texts),
        instructions=draw(st.one_of(st.none(), WORDS)),
    )


@st.composite
def playbooks(draw: Any, version: str = "1") -> Playbook:
    """Draw a playbook whose tasks wait only for those before them."""
    ids = draw(st.permutations(IDS))
    count = draw(st.integers(0, len(ids)))
    split = draw(st.integers(0, count))
    waits = [tuple(draw(st.sets(st.sampled_from(ids[:place])))) if place else () for place in range(count)]
    dues = st.one_of(st.none(), st.integers(0, 99).map(lambda hours: timedelta(hours=hours)))
    return Playbook(
        id="service",
        version=version,
        effective_from=NOW + timedelta(days=int(version)),
        job_type="maintenance",
        work=draw(works()),
        tasks=tuple(
            PlaybookTask(id=ids[place], title=draw(WORDS), due=draw(dues), after=waits[place])
            for place in range(split)
        ),
        checklist=tuple(
            ChecklistItem(id=ids[place], text=draw(WORDS), after=waits[place])
            for place in range(split, count)
        ),
        parts=tuple(
            KitPart(id=id, number=f"N-{draw(WORDS)}", quantity=Decimal(draw(st.integers(1, 9))))
            for id in draw(st.lists(st.sampled_from(IDS), unique=True, max_size=3))
        ),
        constraints=draw(texts),
    )


@st.composite
def jobs(draw: Any) -> Job:
    """Draw a job that has some of what a playbook might give."""
    tasks = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=3))
    numbers = draw(st.lists(WORDS, unique=True, max_size=2))
    return Job(
        id="J1",
        type="maintenance",
        states={"work": State(name="in", category="open")},
        work=draw(works()),
        safety=Safety(constraints=draw(texts)),
        tasks=tuple(Task(id=id, title="own", status="done", completed=NOW) for id in tasks),
        parts=tuple(Part(id=f"p-{number}", number=f"N-{number}") for number in numbers),
    )


@given(jobs(), playbooks())
def test_filled_job_lacks_nothing(job: Job, book: Playbook) -> None:
    """
    Filling gives exactly what was lacking: afterwards nothing is, and filling again changes nothing.
    """
    got = filled(job, book, at=NOW)

    assert () == lacking(got, book)
    assert got == filled(got, book, at=NOW + timedelta(days=9))
    assert bool(lacking(job, book)) == (attrs.evolve(got, links=job.links) != job)


@given(jobs(), playbooks())
def test_filling_takes_nothing_away(job: Job, book: Playbook) -> None:
    """
    Everything that the job had is still there, as it was and first in its list.
    """
    got = filled(job, book, at=NOW)

    assert job.tasks == got.tasks[: len(job.tasks)]
    assert job.parts == got.parts[: len(job.parts)]
    assert job.work.skills == got.work.skills[: len(job.work.skills)]
    assert job.work.estimated in (None, got.work.estimated)
    assert job.work.instructions in (None, got.work.instructions)


@given(jobs(), playbooks(), playbooks("2"))
def test_order_of_tasks_stays_sound_through_versions(job: Job, old: Playbook, new: Playbook) -> None:
    """
    A job that adopts one version after the other never has tasks that wait in a circle or for nothing.
    """
    got = filled(filled(job, old, at=NOW), new, at=NOW)

    assert [] == list(order_problems({task.id: task.after for task in got.tasks}))


@given(playbooks(), playbooks("2"))
def test_diff_is_complete_and_turns_around(old: Playbook, new: Playbook) -> None:
    """
    No difference is told exactly when nothing but the edition differs; the other way round it is the same.
    """
    there, back = diff(old, new), diff(new, old)
    same = attrs.evolve(new, version=old.version, effective_from=old.effective_from)

    assert (not there.differences) == (_content(same) == _content(old))
    assert {each.path for each in there.added} == {each.path for each in back.removed}
    assert {(each.path, each.old, each.new) for each in there.changed} == {
        (each.path, each.new, each.old) for each in back.changed
    }


def _content(book: Playbook) -> dict[str, Any]:
    """Return what a playbook gives, without the order in which it says so."""
    data = book.to_data()
    ordered = {name: sorted(map(str, value)) for name, value in data.items() if isinstance(value, list)}
    work = {
        name: sorted(item) if isinstance(item, list) else item for name, item in data.get("work", {}).items()
    }
    return {**data, **ordered, "work": work}


@given(playbooks(), playbooks("2"))
def test_playbooks_load_back(old: Playbook, new: Playbook) -> None:
    """
    What is dumped loads back to the same versions with the same hashes.
    """
    shelf = Playbooks.of([old, new])
    again = Playbooks.load(shelf.to_data())

    assert shelf == again
    assert [each.hash for each in shelf] == [Playbook.load(each.text).hash for each in again]
