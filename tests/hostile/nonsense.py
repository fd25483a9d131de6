"""Deeds of people and machines that make no sense, and those that do and are large, on a whole desk."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from typing import Any, Final

from jobkit.desk import Desk
from jobkit.stores import MemoryStore
from tests.desk.gated import CALLER, DAY, NOW, SENSOR, TINA
from tests.hostile import triage
from tests.hostile.matter import Make
from tests.hostile.slots import Enter
from tests.hostile.turns import loaded, taken_in, through, trusting

_NUMBERS: Final = count(1)


def _family(members: list[str]) -> Callable[[], Desk]:
    told = [{"id": id, "merged": "2026-03-10T08:00:00Z"} for id in members]
    return loaded({"a": None}, members=told, former_numbers=["N-1", "a"], fulfilled_by=["a"])


def _whole(desk: Desk) -> object:
    """Read and use a job with odd members in every way."""
    desk.conversation("a")
    desk.resolve("a")
    desk.twins("a")
    desk.provenance("a")
    desk.merge("fresh", into="a", by=TINA, at=NOW)
    return desk.unmerge("fresh", by=TINA, at=NOW, reason="two")


def _opposite() -> object:
    """Merge two jobs into each other, and again: the second merge changes nothing."""
    one, other = triage.report(asset="OPP"), triage.report("hum", "OPP")
    triage.desk().merge(one, into=other, by=TINA, at=NOW)
    before = triage.desk().job(one), triage.desk().job(other)
    triage.desk().merge(other, into=one, by=TINA, at=NOW)
    triage.desk().merge(one, into=other, by=TINA, at=NOW)
    assert before == (triage.desk().job(one), triage.desk().job(other))
    return triage.desk().resolve(one)


def _flood() -> object:
    """Take an alarm in hundreds of times, out of order and twice: one draft, each sighting counted once."""
    desk = Desk(trusting(), MemoryStore())
    for number in (*range(0, 300, 2), *range(1, 300, 2), *range(10)):
        seen = NOW + timedelta(seconds=number)
        desk.alarm("EX-9", "OIL", by=SENSOR, at=NOW + DAY, seen_at=seen)
    job = desk.on_asset("EX-9")[0]
    alarm = desk.job(job if isinstance(job, str) else job.id).triage.alarm
    assert alarm is not None
    assert alarm.count == 300
    return alarm


def _described(words: str) -> object:
    """Take two requests with the same endless description in, compare them, and merge them."""
    name = f"LONG-{next(_NUMBERS)}"
    one, other = (
        taken_in(triage.desk(), name, work={"description": words, "symptom": each}) for each in "ab"
    )
    assert words == triage.desk().job(one.id).work.description
    triage.desk().twins(other.id)
    triage.desk().merge(one.id, into=other.id, by=TINA, at=NOW)
    return triage.desk().conversation(one.id)


def _overheard() -> object:
    """Ask for a conversation as an organisation that has no part in it: nothing is told."""
    job = triage.report()
    triage.desk().note(job, "ours", by=TINA, at=NOW)
    told = triage.desk().conversation(job, org="elsewhere")
    assert told.lines == ()
    return told


def _twice_promoted() -> object:
    """Promote a request twice: two jobs, both on it."""
    request = triage.ticket()
    jobs = [triage.promote(request).job.id for _ in range(2)]
    assert jobs == list(triage.desk().job(request).links.fulfilled_by)
    return triage.desk().request_status(request)


def _each(act: Callable[[Any], Any]) -> tuple[Enter, Make]:
    return (lambda value: act(value)), list


def _alone(act: Callable[[], Any]) -> tuple[Enter, Make]:
    return (lambda value: act()), list


def _refused_on(made: Callable[[], Any], act: Callable[[Any], Any]) -> tuple[Enter, Make]:
    return triage.guarded(made, lambda world, value: act(world)), list


PROMISED: Final = {"start": "2026-03-11T08:00:00Z", "end": "2026-03-11T09:00:00Z"}
PLACES: Final = (
    "id", "type", "states", "states[work].name", "version", "head", "pins", "clocks", "counts", "flags",
    "visits", "visits[v1].confirmed", "tasks", "assignments", "triage", "triage.verdicts", "triage.passed",
    "triage.suspects[x].decided", "triage.alarm", "links", "links.merged_into", "links.members",
    "links.former_numbers", "links.fulfilled_by", "links.playbook", "$", "parts[].number", "nowhere",
)  # fmt: skip


def _placed(place: str) -> Mapping[str, tuple[Enter, Make]]:
    """Return the cases in which somebody sets by hand what has a verb of its own."""
    desk = triage.desk
    ways: Mapping[str, Callable[[Any], Any]] = {
        "suggest": lambda job: triage.suggest(job, path=place, value="x"),
        "amend": lambda job: desk().amend(job, {place: "x"}, by=TINA, at=NOW),
        "bring along": lambda job: triage.alarm(suggestions=[{"path": place, "value": "x"}]),
    }
    return {f"{way} {place}": _refused_on(triage.report, act) for way, act in ways.items()}


def _judged(topics: Any) -> Callable[[Any], Any]:
    return lambda job: triage.judge(job, topic=topics)


MACHINE: Final[Mapping[str, Any]] = {"by": SENSOR}
REFUSED: Final[Mapping[str, tuple[Enter, Make]]] = {
    **{name: case for place in PLACES for name, case in _placed(place).items()},
    "start a job under an id of a thousand letters and one": _refused_on(
        triage.report, lambda job: triage.start(job_id="x" * 1_001)
    ),
    "suggest a number": _refused_on(
        triage.report, lambda job: triage.suggest(job, path="links.number", value="N-1")
    ),
    "merge a job into itself": _refused_on(triage.report, lambda job: triage.merge((job, job))),
    "merge a job into nobody known": _refused_on(triage.report, lambda job: triage.merge((job, "nobody"))),
    "merge a job without a twin": _refused_on(triage.report, lambda job: triage.merge((job, ""), into=None)),
    "merge by machine": _refused_on(
        lambda: (triage.report(), triage.report()), lambda pair: triage.merge(pair, **MACHINE)
    ),
    "merge a job and a request": _refused_on(
        lambda: (triage.report(), triage.ticket()), lambda pair: triage.merge(pair)
    ),
    "unmerge what was never merged": _refused_on(triage.report, lambda job: triage.unmerge((job, "", ""))),
    "decide that a job is another one than itself": _refused_on(
        triage.report, lambda job: triage.decide((job, job))
    ),
    "decide about nobody": _refused_on(triage.report, lambda job: triage.decide((job, ""), other=[])),
    "decide about nobody known": _refused_on(triage.report, lambda job: triage.decide((job, "nobody"))),
    "decide by machine": _refused_on(
        lambda: (triage.report(), triage.report()), lambda pair: triage.decide(pair, **MACHINE)
    ),
    "decide about ten thousand": _refused_on(
        triage.report, lambda job: triage.decide((job, ""), other=[f"n{at}" for at in range(10_000)])
    ),
    "judge nothing": _refused_on(triage.report, _judged([])),
    "judge a hundred thousand topics": _refused_on(triage.report, _judged(list(map(str, range(100_000))))),
    "judge for a person": _refused_on(triage.report, lambda job: triage.judge(job, **MACHINE)),
    "confirm by machine": _refused_on(
        lambda: _suggested(triage.report()),
        lambda job: triage.desk().confirm_suggestion(job, "s1", by=SENSOR, at=NOW),
    ),
    "promote a job": _refused_on(triage.report, triage.promote),
    "promote into a request": _refused_on(triage.ticket, lambda one: triage.promote(one, job_type="ticket")),
    "promote by machine": _refused_on(triage.ticket, lambda one: triage.promote(one, **MACHINE)),
    "promote what was answered": _refused_on(
        lambda: triage.desk().fire(triage.ticket(), "answer", by=TINA, at=NOW).job.id, triage.promote
    ),
    "start behind the gate": _refused_on(triage.report, lambda job: triage.start(state="approved")),
    "fold an alarm that is none": _refused_on(triage.report, triage.settle),
    "adopt a playbook twice": _refused_on(lambda: _equipped(triage.report()), triage.adopt),
    "a hundred thousand suggestions of an alarm": _refused_on(
        triage.report, lambda job: triage.alarm(suggestions=({"path": "work.skills"} for _ in count()))
    ),
    "a promise before approval": _refused_on(
        triage.report,
        lambda job: triage.desk().submit(
            "repair", {"visits": [{"id": "v1", "promised": PROMISED}]}, by=CALLER, at=NOW, state="triage"
        ),
    ),
}
"""Deeds that make no sense: each is refused, and nothing is written."""


def _suggested(job: str) -> str:
    triage.suggest(job, suggestion_id="s1")
    return job


def _equipped(job: str) -> str:
    triage.adopt(job)
    return job


TAKEN: Final[Mapping[str, tuple[Enter, Make]]] = {
    "opposite merges": _alone(_opposite),
    "a flood of alarms": _alone(_flood),
    "a description of a million letters": ((lambda value: _described(value)), lambda: "x" * 1_000_000),
    "a description of a million words": ((lambda value: _described(value)), lambda: "a b " * 250_000),
    "a conversation of others": _alone(_overheard),
    "two promotions": _alone(_twice_promoted),
    "members that turn in a circle": (through(_family(["a", "b", "a"]), _whole), list),
    "members that are not there": (through(_family([f"m{at}" for at in range(300)]), _whole), list),
}
"""What must be done, and come to an end."""
