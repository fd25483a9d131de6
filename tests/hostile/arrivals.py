"""Intake as doors: rules, forms, look-ups, playbooks and telemetry, and histories that nobody wrote here."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import attrs

from jobkit.catalog import Catalog
from jobkit.documents import structure, thaw, unstructure, write_json
from jobkit.facts import declare
from jobkit.findings import blocking
from jobkit.history import Event, FieldChange, effective, fold_effective, since
from jobkit.intake import (
    Inspection,
    IntakeRules,
    erasures,
    inspect,
    mapped,
    promotion,
    provenance,
    reply,
    verdict_findings,
)
from jobkit.model import Actor, Job, Subject
from jobkit.playbooks import Playbook, Playbooks
from jobkit.requirements import Package, json_schema
from tests.hostile.slots import Enter, catalog
from tests.intake._world import NOW, PERSON, job, registry, rules

PACKAGE: Final[Mapping[str, Any]] = {
    "id": "p",
    "types": ["t"],
    "requirements": [{"id": "r", "field": "job.subject.asset"}],
}
QUESTION: Final[Mapping[str, Any]] = {"id": "q", "path": "work.symptom"}
FORM: Final[Mapping[str, Any]] = {"id": "f", "questions": [QUESTION]}
LOOKUP: Final[Mapping[str, Any]] = {"id": "l", "call": "acme.asset", "facts": {"owner": "text"}}
ACCOUNT: Final[Mapping[str, Any]] = {"id": "acme"}
BOOK: Final[Mapping[str, Any]] = {"version": "1", "effective_from": "2026-01-01T00:00:00Z", "job_type": "t"}
OWNED: Final = ("id", "kind", "name", "at", "changes")
AT: Final = "2026-03-10T08:00:00.000000Z"
TELEMETRY: Final[Mapping[str, Any]] = {"type": "t", "dispatch": "submit"}


WORDS: Final = declare()


def intake(**changes: Any) -> IntakeRules:
    """Load small rules of intake with some of their keys replaced."""
    return IntakeRules.load({"id": "i", "packages": [PACKAGE], **changes}, WORDS, registry())


def package(**changes: Any) -> IntakeRules:
    """Load the rules with some keys of their package replaced."""
    return intake(packages=[{**PACKAGE, **changes}])


def asking(**changes: Any) -> IntakeRules:
    """Load the rules with a look-up, some of whose keys are replaced."""
    return intake(lookups=[{**LOOKUP, **changes}])


def form(**changes: Any) -> IntakeRules:
    """Load the rules with a form, some of whose keys are replaced."""
    return intake(forms=[{**FORM, **changes}])


def question(**changes: Any) -> IntakeRules:
    """Load the rules with a form of one question, some of whose keys are replaced."""
    return form(questions=[{**QUESTION, **changes}])


def account(**changes: Any) -> IntakeRules:
    """Load the rules with an overlay, some of whose keys are replaced."""
    return intake(accounts=[{**ACCOUNT, **changes}])


def book(**changes: Any) -> Playbooks:
    """Load a shelf of one playbook, some of whose keys are replaced."""
    return Playbooks.load({"b": [{**BOOK, **changes}]})


def watched(**changes: Any) -> Catalog:
    """Load the catalog with rules of telemetry, some of whose keys are replaced."""
    return catalog(telemetry={**TELEMETRY, **changes})


SLOTS: Final[Mapping[str, Enter]] = {
    "id of intake": lambda value: intake(id=value),
    "facts of intake": lambda value: intake(facts=value),
    "kind of a fact of intake": lambda value: intake(facts={"host.a": value}),
    "lists of intake": lambda value: intake(lists=value),
    "codes of a list": lambda value: intake(lists=[{"id": "l", "codes": value}]),
    "look-ups of intake": lambda value: intake(lookups=value),
    "a look-up": lambda value: intake(lookups=[value]),
    "call of a look-up": lambda value: asking(call=value or ["none"]),
    "needs of a look-up": lambda value: asking(needs=[value]),
    "facts of a look-up": lambda value: asking(facts=value),
    "what a look-up shows": lambda value: asking(shown=value),
    "what a look-up offers": lambda value: asking(offers=value),
    "what passes a topic": lambda value: asking(topic="parts", passed_when=value or 7),
    "packages": lambda value: intake(packages=value),
    "a package": lambda value: intake(packages=[value]),
    "types of a package": lambda value: package(types=value),
    "beginning of a package": lambda value: package(effective_from=value),
    "what a package includes": lambda value: package(includes=[value]),
    "requirements of a package": lambda value: package(requirements=value),
    "accounts": lambda value: intake(accounts=value),
    "an account": lambda value: intake(accounts=[value]),
    "customers of an account": lambda value: account(customers=[value]),
    "what an account adds": lambda value: account(add=value),
    "what an account relaxes": lambda value: account(relax=[value]),
    "what an account hardens": lambda value: account(harden=[value]),
    "topics of triage": lambda value: intake(topics=value),
    "a topic of triage": lambda value: intake(topics=[value]),
    "promotion": lambda value: intake(promotion=value),
    "when a request is promoted": lambda value: intake(promotion={"when": value or 7}),
    "where fields of a request go": lambda value: intake(promotion={"fields": {"work.symptom": value}}),
    "what a request keeps": lambda value: intake(promotion={"keep": [value]}),
    "forms": lambda value: intake(forms=value),
    "a form": lambda value: intake(forms=[value]),
    "questions of a form": lambda value: form(questions=value),
    "where a form keeps the rest": lambda value: form(unmapped=value),
    "path of a question": lambda value: question(path=value),
    "when a question is asked": lambda value: question(when=value or 7),
    "answers to a question": lambda value: question(path=None, answers=value or 7),
    "what an answer sets": lambda value: question(path=None, answers=[{"id": "a", "sets": value or 7}]),
    "replies": lambda value: intake(replies=value),
    "a reply": lambda value: intake(replies=[value]),
    "findings of a reply": lambda value: intake(replies=[{"id": "r", "findings": value}]),
    "machines": lambda value: intake(machines=value),
    "how the uncovered count": lambda value: intake(uncovered=value),
    "how the adopted count": lambda value: intake(adopted=value),
    "a shelf": Playbooks.load,
    "versions of a playbook": lambda value: Playbooks.load({"b": value}),
    "a playbook": lambda value: Playbooks.load({"b": [value]}),
    "beginning of a playbook": lambda value: book(effective_from=value),
    "work of a playbook": lambda value: book(work=value),
    "tasks of a playbook": lambda value: book(tasks=value),
    "a task of a playbook": lambda value: book(tasks=[value]),
    "what a task waits for": lambda value: book(tasks=[{"id": "t1", "after": [value]}]),
    "parts of a playbook": lambda value: book(parts=[value]),
    "checklist of a playbook": lambda value: book(checklist=[value]),
    "telemetry of a catalog": lambda value: catalog(telemetry=value),
    "type of telemetry": lambda value: watched(type=value),
    "dispatch of telemetry": lambda value: watched(dispatch=value),
    "window of telemetry": lambda value: watched(window=value),
    "what telemetry calls planned": lambda value: watched(planned=[value]),
    "intake of a catalog": lambda value: catalog(intake=value),
    "duplicates of a catalog": lambda value: catalog(duplicates=value),
    "merging of a catalog": lambda value: catalog(merging=value),
    "playbooks of a catalog": lambda value: catalog(playbooks=value),
    "a playbook of a catalog": lambda value: catalog(playbooks={"b": [value]}),
}
"""Places within rules, where only one kind of value belongs."""

LOOSE: Final[Mapping[str, Enter]] = {
    "values of a question": lambda value: question(values=value),
}
"""Places that take tables of any kind."""

WHOLE: Final[Mapping[str, Enter]] = {
    "IntakeRules.load": IntakeRules.load,
    "Playbook.load": Playbook.load,
}
"""Doors that take a table as a whole."""


class Answering:
    """A look-up that answers what it was given; an error is raised."""

    def __init__(self) -> None:
        self.given: Any = None

    def __call__(self, job: Job, now: datetime) -> Any:
        """Answer, or raise."""
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given


LOOKED: Final = Answering()


@lru_cache(maxsize=1)
def world() -> IntakeRules:
    """Return the world of intake, whose look-up answers what it is given."""
    return rules(LOOKED)


def answering(value: Any) -> Inspection:
    """Inspect a job with a look-up that answers this, and reply: the request is told what is open."""
    LOOKED.given = value
    known = job("warranty", subject=Subject(asset="press-7", customer="berg"))
    found = inspect(world(), known, now=NOW, by=PERSON)
    for channel in ("portal", "sms", None):
        assert str(reply(world(), found, channel=channel, also=verdict_findings(world(), found.job)))
    assert found.open is (not blocking(found.findings))
    assert len(json.dumps([finding.to_dict() for finding in found.findings])) < 100_000
    return found


def fact(name: str) -> Enter:
    """Return the door of one fact of a look-up's answer."""
    return lambda value: answering({"owner": "berg", name: value})


def told(value: Any) -> object:
    """Read every form with this answer to each of its questions: nothing is lost, and it can be told."""
    for each in world().forms:
        asked = [one.id for one in each.data.questions]
        read = each.read({**dict.fromkeys(asked, value), "else": value})
        assert {*read.unmapped} or not asked
        assert write_json(thaw(read.request))
        each.asks(NOW, answers={**dict.fromkeys(asked, value)})
    return None


def answers(value: Any) -> object:
    """Read every form with these answers."""
    return [each.read(value) for each in world().forms]


def exported(value: Any) -> object:
    """Export a package with this as a value that it asks for: the schema can be written down."""
    condition = {"field": "job.work.symptom", "is": value}
    loaded = Package.load(
        {"id": "p", "requirements": [{"id": "r", "kind": "condition", "condition": condition}]}
    )
    return write_json(json_schema(loaded, at=NOW).schema)


def suggested(value: Any) -> object:
    """Inspect and promote a job for which this is suggested, and reply to it."""
    LOOKED.given = None
    told = {"id": "s1", "path": "$.work.symptom", "value": value, "source": "model", "at": AT}
    stored = unstructure(job(subject=Subject(asset="press-7")))
    known = structure(Job, {**stored, "triage": {"suggestions": [told]}})
    found = inspect(world(), known, now=NOW)
    assert str(reply(world(), found))
    return mapped(world(), known), promotion(world(), known, "warranty", now=NOW)


def _event(kind: str = "amended", **more: Any) -> Event:
    sound: dict[str, Any] = {"id": "e1", "job_id": "J-1", "actor": Actor(id="tom")}
    return Event(**{**sound, "kind": kind, "occurred_at": NOW, "recorded_at": NOW, **more})


def history(*events: Event) -> object:
    """Read a history in every way that takes merges and origins into account."""
    provenance(events)
    erasures(events, [FieldChange("$.work", None, None)], PERSON)
    counting = effective(events)
    since(events, "e1")
    return counting, fold_effective(events)


def broken(kind: str, name: str) -> Enter:
    """Return the door of one datum of an event of a history that was not written here."""
    first = _event(changes=(FieldChange("$.type", None, "t"), FieldChange("$.tasks[t1]", None, {"id": "t1"})))
    taken = {"taken": {"$.tasks": {"t1": "t1"}}, "member": "J-2"}
    merge = _event("merged", id="m1", data={"into": "J-2"})
    absorbed = _event("absorbed", id="a1", data=taken)
    item = {"id": "e7", "kind": "noted", "name": "", "at": AT, "changes": []}
    later = _event(id="e9", changes=(FieldChange("$.tasks[t1].title", None, "x"),))

    def enter(value: Any) -> object:
        if kind == "absorbed":
            odd = attrs.evolve(absorbed, data={**taken, name: value})
            undo = _event("unmerged", id="u1", data={"undoes": "a1", "member": "J-2"})
            return history(first, odd, later, undo)
        if kind == "owned":
            undo = _event("unmerged", id="u1", data={"undoes": "m1", "owned": [{**item, name: value}]})
            return history(first, merge, undo)
        undo = _event("unmerged", id="u1", data={"undoes": "m1", "owned": [item], name: value})
        theirs = _event(
            "unmerged", id="u2", data={"undoes": "a1", "member": "J-2", "owned": ["e9"], name: value}
        )
        return history(first, merge, undo), history(first, absorbed, later, theirs)

    return enter


def changed(value: Any) -> object:
    """Read a history whose changes hold this."""
    change = FieldChange("$.fields[a]", None, value)
    return history(_event(changes=(change,)), _event(id="e2", changes=(attrs.evolve(change, new=None),)))


def at_path(value: Any) -> object:
    """Read a history whose changes stand at this path."""
    return history(_event(changes=(FieldChange(value, None, "x"),)))


VALUES: Final[Mapping[str, Enter]] = {
    "the answer of a look-up": answering,
    "a fact of a look-up": fact("owner"),
    "a list of a look-up": fact("history"),
    "items of a look-up": fact("recalls"),
    "an undeclared fact of a look-up": fact("else"),
    "an answer to a form": told,
    "a value that a schema asks for": exported,
    "a suggested value": suggested,
    "a changed value of a history": changed,
    **{f"{name} of an undone merge": broken("unmerged", name) for name in ("undoes", "owned", "member")},
    **{
        f"{name} of an owned event": broken("owned", name) for name in ("id", "kind", "name", "at", "changes")
    },
    **{f"{name} of a merge": broken("absorbed", name) for name in ("taken", "brings", "member")},
}
"""Values from hosts, from people, and from histories: taken or refused."""

TABLES: Final[Mapping[str, Enter]] = {"answers to a form": answers}
PATHS: Final[Mapping[str, Enter]] = {"the path of a change": at_path}
