"""The verbs of intake, twins, merging, alarms and requests as doors: what is refused leaves no trace."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import count
from typing import Any, Final

from jobkit.desk import Desk
from jobkit.errors import JobkitError
from jobkit.model import Actor, Task
from jobkit.stores.sqlite import SQLiteStore
from tests.desk.gated import CALLER, NOW, SENSOR, TINA, service
from tests.hostile.slots import Enter

_NUMBERS: Final = count(1)
TASK: Final = Task(id="t1", title="Call back", status="open")


@lru_cache(maxsize=1)
def desk() -> Desk:
    """Return a desk with a gate, rules of twins, playbooks and telemetry."""
    return Desk(service(), SQLiteStore(":memory:"))


def written(after: int = 0) -> int:
    """Return the position behind everything that was written."""
    while (page := desk().feed(after=after)).events:
        after = page.position
    return after


class Last:
    """How far the store was read when a job was last taken in."""

    position = 0


def report(symptom: str = "leak", asset: str | None = None, state: str = "triage") -> str:
    """Return the id of a fresh job in triage on an asset of its own."""
    request = {"subject": {"asset": asset or f"A-{next(_NUMBERS)}"}, "work": {"symptom": symptom}}
    return desk().submit("repair", request, by=CALLER, at=NOW, state=state).job.id


def ticket() -> str:
    """Return the id of a fresh request that needs work."""
    asked = {"subject": {"customer": "C-5"}, "work": {"symptom": "leak"}, "triage": {"needs": ["dispatch"]}}
    return desk().submit("ticket", asked, by=CALLER, at=NOW).job.id


@lru_cache(maxsize=1)
def known() -> str:
    """Return the id of a job that nobody changes."""
    return report()


def guarded(prepare: Callable[[], Any], act: Callable[[Any, Any], Any]) -> Enter:
    """Return a door that prepares a world and acts on it with a value; what it refuses leaves no trace."""

    def enter(value: Any) -> object:
        known()
        world = prepare()
        before = Last.position = written(Last.position)
        try:
            done = act(world, value)
        except JobkitError:
            assert before == written(before), "something was written all the same"
            raise
        for job in getattr(done, "jobs", ()):
            assert job == desk().job(job.id), "what was taken cannot be read"
        return done

    return enter


def on_job(act: Callable[[Any, Any], Any]) -> Enter:
    """Return a door that acts on a fresh job in triage."""
    return guarded(report, act)


def on_pair(act: Callable[[Any, Any], Any]) -> Enter:
    """Return a door that acts on two fresh jobs on one asset."""
    return guarded(lambda: (report(asset=(name := f"B-{next(_NUMBERS)}")), report("hum", name)), act)


def on_merged(act: Callable[[Any, Any], Any]) -> Enter:
    """Return a door that acts on a job that was merged into another one, which was amended since."""

    def pair() -> tuple[str, str, str]:
        one, other = report(asset=(name := f"C-{next(_NUMBERS)}")), report("hum", name)
        desk().merge(one, into=other, by=TINA, at=NOW)
        later = desk().amend(other, {"work.description": "since Monday"}, by=TINA, at=NOW).events[0]
        return one, other, later.id

    return guarded(pair, act)


def on_ticket(act: Callable[[Any, Any], Any]) -> Enter:
    """Return a door that acts on a fresh request."""
    return guarded(ticket, act)


def on_alarm(act: Callable[[Any, Any], Any]) -> Enter:
    """Return a door that acts on the fresh draft of an alarm."""
    return guarded(lambda: alarm().job.id, act)


def anew(act: Callable[[Any], Any]) -> Enter:
    """Return a door that acts on nothing that was there before."""
    return guarded(lambda: None, lambda world, value: act(value))


def judge(job: str, **more: Any) -> Any:
    """Judge a job."""
    how = {"topic": "ownership", "status": "refused", "by": TINA, "at": NOW, "reason": "not theirs", **more}
    return desk().judge(job, how.pop("topic"), how.pop("status"), **how)


def suggest(job: str, **more: Any) -> Any:
    """Suggest a value for a job, and read what intake and the reply make of it."""
    how = {"path": "work.skills", "value": "hydraulics", "source": "model", "by": SENSOR, "at": NOW, **more}
    done = desk().suggest(job, how.pop("path"), how.pop("value"), **how)
    desk().intake(job, at=NOW)
    assert str(desk().auto_reply(job, at=NOW))
    return done


def decide(pair: tuple[str, str], **more: Any) -> Any:
    """Decide about two jobs, and show what is known of them."""
    one, other = pair
    how = {"other": other, "decision": "different", "by": TINA, "at": NOW, "reason": "two leaks", **more}
    done = desk().decide_twin(one, how.pop("other"), how.pop("decision"), **how)
    desk().twins(one)
    return done


def merge(pair: tuple[str, str], **more: Any) -> Any:
    """Merge a job into another one, and read the conversation."""
    one, other = pair
    done = desk().merge(one, **{"into": other, "by": TINA, "at": NOW, **more})
    desk().conversation(one)
    return done


def unmerge(world: tuple[str, str, str], **more: Any) -> Any:
    """Undo a merge."""
    return desk().unmerge(world[0], **{"by": TINA, "at": NOW, "reason": "two machines", **more})


def alarm(**more: Any) -> Any:
    """Take an alarm of an asset of its own in."""
    how = {"asset": f"D-{next(_NUMBERS)}", "code": "OIL", "by": SENSOR, "at": NOW, **more}
    return desk().alarm(how.pop("asset"), how.pop("code"), **how)


def settle(job: str, **more: Any) -> Any:
    """Decide about the draft of an alarm."""
    how = {"decision": "fold", "into": known(), "by": TINA, "at": NOW, **more}
    return desk().decide_alarm(job, how.pop("decision"), **how)


def promote(ticket_id: str, **more: Any) -> Any:
    """Promote a request; asking comes to the same, and its status follows."""
    how = {"job_type": "repair", "request": {"subject": {"asset": f"E-{next(_NUMBERS)}"}}, "by": TINA, **more}
    how.setdefault("at", NOW)
    kind, told = how.pop("job_type"), how.pop("request")
    asking = {name: each for name, each in how.items() if name not in ("command_key", "job_id")}
    answer = desk().promotion(ticket_id, kind, told, **asking)
    done = desk().promote(ticket_id, kind, told, **how)
    assert answer.open
    desk().request_status(ticket_id)
    return done


def start(**more: Any) -> Any:
    """Start a job from a playbook."""
    how = {"playbook": "yearly", "request": {}, "by": TINA, "at": NOW, "state": "triage", **more}
    return desk().start(how.pop("playbook"), how.pop("request"), **how)


def adopt(job: str, **more: Any) -> Any:
    """Let a job adopt a playbook."""
    return desk().adopt_playbook(job, **{"playbook": "yearly", "by": TINA, "at": NOW, **more})


def task(**more: Any) -> Any:
    """Add a task before any job."""
    how = {"kind": "customer", "id": f"C-{next(_NUMBERS)}", "task": TASK, "by": TINA, "at": NOW, **more}
    return desk().open_task(how.pop("kind"), how.pop("id"), how.pop("task"), **how)


def _more(name: str) -> Callable[[Callable[..., Any]], Callable[[Any, Any], Any]]:
    """Return what hands a value to a verb under a name."""
    return lambda verb: lambda world, value: verb(world, **{name: value})


def _alone(verb: Callable[..., Any], name: str) -> Enter:
    return anew(lambda value: verb(**{name: value}))


DATA: Final[Mapping[str, Enter]] = {
    "a suggested skill": on_job(_more("value")(suggest)),
    "a suggested code": on_job(lambda job, value: suggest(job, path="work.symptom", value=value)),
    "a suggested part": on_job(lambda job, value: suggest(job, path="parts", value=value)),
    "a suggested part of an alarm": anew(
        lambda value: alarm(suggestions=[{"path": "parts", "value": value, "source": "model"}])
    ),
    "a suggestion of an alarm": anew(lambda value: alarm(suggestions=[value])),
    "what is known of an alarm's asset": anew(lambda value: alarm(request={"subject": value})),
    "what is known beside an alarm": anew(lambda value: alarm(request={"work": {"symptom": value}})),
    "the value of an alarm": anew(lambda value: alarm(value=value)),
    "the threshold of an alarm": anew(lambda value: alarm(threshold=value)),
    "the confidence of a suggestion": on_job(_more("confidence")(suggest)),
    "what is told with a promotion": on_ticket(
        lambda request, value: promote(request, request={"work": {"symptom": value}})
    ),
    "a contact told with a promotion": on_ticket(
        lambda request, value: promote(request, request={"subject": {"contacts": [value]}})
    ),
    "what is told with a start": anew(lambda value: start(request={"work": {"symptom": value}})),
    "triage of a request": anew(lambda value: desk().submit("repair", {"triage": value}, by=CALLER, at=NOW)),
    "needs of a request": anew(
        lambda value: desk().submit("ticket", {"triage": {"needs": value}}, by=CALLER, at=NOW)
    ),
    "links of a request": anew(
        lambda value: desk().submit("repair", {"links": {"members": value}}, by=CALLER, at=NOW)
    ),
}
"""Places within data that a caller or a machine hands over."""

TABLES: Final[Mapping[str, Enter]] = {
    "all that is told with a promotion": on_ticket(_more("request")(promote)),
    "all that is told with a start": _alone(start, "request"),
    "all that is known beside an alarm": _alone(alarm, "request"),
}
"""Arguments that are tables as a whole."""

TEXTS: Final[Mapping[str, Enter]] = {
    "a topic": on_job(_more("topic")(judge)),
    "topics": on_job(lambda job, value: judge(job, topic=[value, "entitlement"])),
    "a verdict": on_job(_more("status")(judge)),
    "the reason of a verdict": on_job(_more("reason")(judge)),
    "the source of a verdict": on_job(_more("source")(judge)),
    "the key of a verdict": on_job(_more("command_key")(judge)),
    "the place of a suggestion": on_job(_more("path")(suggest)),
    "the source of a suggestion": on_job(_more("source")(suggest)),
    "the id of a suggestion": on_job(_more("suggestion_id")(suggest)),
    "the key of a suggestion": on_job(_more("command_key")(suggest)),
    "what is confirmed": on_job(lambda job, value: desk().confirm_suggestion(job, value, by=TINA, at=NOW)),
    "what is declined": on_job(lambda job, value: desk().decline_suggestion(job, value, by=TINA, at=NOW)),
    "the other of a pair": on_pair(_more("other")(decide)),
    "others of a pair": on_pair(lambda pair, value: decide(pair, other=[pair[1], value])),
    "the decision on a pair": on_pair(_more("decision")(decide)),
    "the reason of a decision": on_pair(_more("reason")(decide)),
    "the key of a decision": on_pair(_more("command_key")(decide)),
    "into what is merged": on_pair(_more("into")(merge)),
    "with what is merged": on_pair(lambda pair, value: merge(pair, into=None, twin=value)),
    "the reason of a merge": on_pair(_more("reason")(merge)),
    "the key of a merge": on_pair(_more("command_key")(merge)),
    "what is merged": on_pair(lambda pair, value: merge((value, pair[1]))),
    "what is unmerged": anew(lambda value: unmerge((value, "", ""))),
    "the reason of an unmerge": on_merged(_more("reason")(unmerge)),
    "an owned event": on_merged(lambda world, value: unmerge(world, owned={value: world[0]})),
    "an owner": on_merged(lambda world, value: unmerge(world, owned={world[2]: value})),
    "what is resolved": anew(lambda value: desk().resolve(value)),
    "the job of a conversation": anew(lambda value: desk().conversation(value)),
    "the asset of an alarm": _alone(alarm, "asset"),
    "the code of an alarm": _alone(alarm, "code"),
    "the unit of an alarm": _alone(alarm, "unit"),
    "the type of an alarm": _alone(alarm, "job_type"),
    "the key of an alarm": _alone(alarm, "command_key"),
    "the source of an alarm": anew(lambda value: alarm(by=Actor(id=value, role="telemetry"))),
    "the decision on an alarm": on_alarm(_more("decision")(settle)),
    "into what an alarm folds": on_alarm(_more("into")(settle)),
    "the reason of an alarm's end": on_alarm(
        lambda job, value: settle(job, decision="dispatch", reason=value)
    ),
    "what is promoted": anew(lambda value: promote(value)),
    "the type of a promotion": on_ticket(_more("job_type")(promote)),
    "a need of a promotion": on_ticket(lambda request, value: promote(request, needs=[value])),
    "the playbook of a promotion": on_ticket(_more("playbook")(promote)),
    "the version of a promotion": on_ticket(
        lambda request, value: promote(request, playbook="yearly", version=value)
    ),
    "the state of a promotion": on_ticket(_more("state")(promote)),
    "the id of a promoted job": on_ticket(_more("job_id")(promote)),
    "the key of a promotion": on_ticket(_more("command_key")(promote)),
    "what is started": _alone(start, "playbook"),
    "the version of a start": _alone(start, "version"),
    "the state of a start": _alone(start, "state"),
    "the id of a started job": _alone(start, "job_id"),
    "the key of a start": _alone(start, "command_key"),
    "what is adopted": on_job(_more("playbook")(adopt)),
    "the version of what is adopted": on_job(_more("version")(adopt)),
    "the reason of what is adopted": on_job(_more("reason")(adopt)),
    "what a task is about": _alone(task, "kind"),
    "whom a task is about": _alone(task, "id"),
    "the type a task stands on": _alone(task, "request_type"),
    "the state a task stands on": _alone(task, "state"),
    "the key of a task": _alone(task, "command_key"),
    "whose gains are told": anew(lambda value: desk().playbook_gains(value, at=NOW)),
    "where gains go on": anew(lambda value: desk().playbook_gains("yearly", at=NOW, after=value)),
    "whose status is told": anew(lambda value: desk().request_status(value)),
    "whose twins are shown": anew(lambda value: desk().twins(value)),
    "whose twins are looked for": anew(lambda value: desk().look_for_twins(value, by=TINA, at=NOW)),
    "whose visits are planned": anew(lambda value: desk().planned_visits(value, at=NOW)),
    "whose intake is told": anew(lambda value: desk().intake(value, at=NOW)),
    "whose origins are told": anew(lambda value: desk().provenance(value)),
    "about what is asked elsewhere": anew(lambda value: desk().look_up(value, by=TINA, at=NOW)),
    "the channel of an amendment": on_job(
        lambda job, value: desk().amend(job, {"work.symptom": "hum"}, by=TINA, at=NOW, channel=value)
    ),
}
"""Arguments that are text."""

SEARCHES: Final[Mapping[str, Enter]] = {
    "the organisation of a conversation": on_merged(
        lambda world, value: desk().conversation(world[0], org=value)
    ),
    "whose tasks are told": anew(lambda value: desk().tasks_of(value)),
    "the channel of a reply": on_job(lambda job, value: desk().auto_reply(job, at=NOW, channel=value)),
    "the language of a reply": on_job(lambda job, value: desk().auto_reply(job, at=NOW, language=value)),
}
"""Texts by which something is looked for: nothing may be found."""

INSTANTS: Final[Mapping[str, Enter]] = {
    "the instant of a verdict": on_job(_more("at")(judge)),
    "the instant of a suggestion": on_job(_more("at")(suggest)),
    "the instant of a decision": on_pair(_more("at")(decide)),
    "the instant of a merge": on_pair(_more("at")(merge)),
    "the instant of an unmerge": on_merged(_more("at")(unmerge)),
    "the instant of an alarm": _alone(alarm, "at"),
    "when an alarm was seen": _alone(alarm, "seen_at"),
    "the instant of an alarm's end": on_alarm(lambda job, value: settle(job, decision="dispatch", at=value)),
    "the instant of a promotion": on_ticket(_more("at")(promote)),
    "the instant of a start": _alone(start, "at"),
    "the instant of what is adopted": on_job(_more("at")(adopt)),
    "the instant of a task": _alone(task, "at"),
    "the instant of gains": anew(lambda value: desk().playbook_gains("yearly", at=value)),
    "the instant of an intake": anew(lambda value: desk().intake(known(), at=value)),
    "the instant of a reply": anew(lambda value: desk().auto_reply(known(), at=value)),
    "the instant of a look-up": on_job(lambda job, value: desk().look_up(job, by=TINA, at=value)),
    "the instant of planned visits": anew(lambda value: desk().planned_visits(known(), at=value)),
    "the instant of a search": on_job(lambda job, value: desk().look_for_twins(job, by=TINA, at=value)),
}
"""Arguments that are instants."""

NUMBERS: Final[Mapping[str, Enter]] = {
    "how often an alarm was seen": _alone(alarm, "times"),
    "how many gains are told": anew(lambda value: desk().playbook_gains("yearly", at=NOW, limit=value)),
    "how many tasks are told": anew(lambda value: desk().tasks_of("tina", limit=value)),
}
"""Arguments that are whole numbers of any size."""
