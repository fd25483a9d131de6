"""Asking other systems: whatever comes back, or does not, the request is kept and told what is open."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal, Protocol

import attrs

from jobkit.conditions import UNKNOWN, Condition, FactSpec, Vocabulary, fact_reader
from jobkit.documents import Limits, check_size
from jobkit.errors import Invalid, JobkitError, NotFound, Unavailable
from jobkit.findings import Finding, Template
from jobkit.intake._values import LookUp
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Job
from jobkit.paths import Item, Step, parse, write
from jobkit.registry import guarded

UNREACHED = Template(
    "intake.lookup_unavailable",
    "The look-up {lookup} could not answer for job {job}.",
    "Ask again when {lookup} can be reached; the job waits in triage until then.",
)
FAILED = Template(
    "intake.lookup_failed",
    "The look-up {lookup} failed for job {job}: {because}.",
    "Mend the look-up {lookup} and ask again; the job waits in triage until then.",
)
MALFORMED = Template(
    "intake.lookup_malformed",
    "The look-up {lookup} answered something that is not {kind} at {place}.",
    "Mend the look-up {lookup}, or declare {place} as what it answers.",
)
UNDECLARED = Template(
    "intake.lookup_undeclared",
    "The look-up {lookup} also answered {names}, which nobody declared.",
    "Declare them under facts of the look-up {lookup} to use them.",
)

LARGEST_ANSWER: Final = Limits(characters=1_000_000, depth=16, items=20_000)
"""What one answer may hold; a larger one counts as malformed."""

Status = Literal["answered", "nothing", "unasked", "unavailable", "failed", "malformed"]


class Asks(Protocol):
    """
    What a host registers as a look-up: it answers what is known about a job, None when that is nothing.

    When it cannot tell, it raises `Unavailable`, `ConnectionError` or `TimeoutError`, or returns `UNKNOWN`.
    """

    def __call__(self, job: Job, now: datetime) -> Mapping[str, Any] | None:
        """Return the answer."""


@attrs.frozen(kw_only=True)
class LookedUp:
    """What one look-up came to; `facts` is what conditions may ask of it."""

    id: str
    status: Status
    facts: Mapping[str, Any] = EMPTY
    findings: tuple[Finding, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether it may yet answer when it is asked again."""
        return self.status in ("unavailable", "failed", "malformed")


@attrs.frozen(kw_only=True)
class Prepared:
    """A look-up that was checked: what it is called with, and the conditions on its answer."""

    data: LookUp
    ask: Asks
    declared: Mapping[str, FactSpec]
    needs: tuple[Condition, ...] = ()
    passed: Condition | None = None
    refused: Condition | None = None

    def asked_of(self, job: Job, facts: Mapping[str, Any], now: datetime) -> bool:
        """Whether it is for jobs of the type, and everything that it needs is known."""
        if self.data.types and job.type not in self.data.types:
            return False
        return all(known(facts, now) for known in self.needs)


def look_up(prepared: Prepared, job: Job, facts: Mapping[str, Any], now: datetime) -> LookedUp:
    """Put one question; nothing that it raises or answers gets out but as findings."""
    data = prepared.data
    if not prepared.asked_of(job, facts, now):
        return LookedUp(id=data.id, status="unasked")
    try:
        return guarded("lookup", data.name, _answer, prepared, job, now)  # type: ignore[no-any-return]
    except Unavailable:
        return _waiting(data, "unavailable", UNREACHED, job)
    except NotFound:
        return _nothing(data)
    except JobkitError as error:
        return _waiting(data, "failed", FAILED, job, because=error.message.rstrip("."))


def _nothing(data: LookUp) -> LookedUp:
    return LookedUp(id=data.id, status="nothing", facts=FrozenMap(found=False))


def _waiting(data: LookUp, status: Status, template: Template, job: Job, **told: Any) -> LookedUp:
    params = {"lookup": data.title, "job": job.id, **told}
    return LookedUp(id=data.id, status=status, findings=(_finding(data, template, params),))


def _finding(data: LookUp, template: Template, params: Mapping[str, Any]) -> Finding:
    return Finding(
        template=template,
        path=write(("lookup", data.id)),
        params=params,
        severity=data.severity,
        who=data.who,
        source=f"lookup {data.id}",
    )


def _answer(prepared: Prepared, job: Job, now: datetime) -> LookedUp:
    data = prepared.data
    told: Any = prepared.ask(job, now)
    if told is UNKNOWN:
        return _waiting(data, "unavailable", UNREACHED, job)
    if told is None:
        return _nothing(data)
    if wrong := tuple(_problems(prepared, told)):
        return LookedUp(id=data.id, status="malformed", findings=wrong)
    known = {parse(name)[0] for name in prepared.declared}
    facts = FrozenMap({name: _kept(told[name]) for name in told if name in known} | {"found": True})
    return LookedUp(id=data.id, status="answered", facts=facts, findings=_undeclared(data, told, known))


def _undeclared(data: LookUp, told: Mapping[str, Any], known: set[Step]) -> tuple[Finding, ...]:
    names = sorted(str(name)[:60] for name in told if name not in known)[:10]
    if not names:
        return ()
    found = _finding(data, UNDECLARED, {"lookup": data.title, "names": names})
    return (attrs.evolve(found, severity="info"),)


def _problems(prepared: Prepared, told: Any) -> Iterator[Finding]:
    title = prepared.data.title
    if not isinstance(told, Mapping):
        params = {"lookup": title, "kind": "a table of facts", "place": "its answer"}
        yield _finding(prepared.data, MALFORMED, params)
        return
    try:
        check_size(told, limits=LARGEST_ANSWER)
    except Invalid:
        params = {"lookup": title, "kind": "of a size that can be taken", "place": "its answer"}
        yield _finding(prepared.data, MALFORMED, params)
        return
    for name, spec in prepared.declared.items():
        if not all(_fits(value, spec) for value in _values(told, parse(name))):
            params = {"lookup": title, "kind": f"of the kind {_spoken(spec)}", "place": name}
            yield _finding(prepared.data, MALFORMED, params)


def _spoken(spec: FactSpec) -> str:
    return f"{spec.kind}[{spec.item}]" if spec.item else spec.kind


def _values(here: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    """Yield every value that stands at a declared name; where nothing stands, there is nothing to check."""
    if here is None:
        return
    if not steps:
        yield here
    elif isinstance(steps[0], Item):
        items = tuple(here.values()) if isinstance(here, Mapping) else here
        for item in items if isinstance(items, (list, tuple)) else (_NO_LIST,):
            yield from _values(item, steps[1:])
    elif isinstance(here, Mapping):
        yield from _values(here.get(steps[0]), steps[1:])
    else:
        yield _NO_LIST


_NO_LIST: Final = object()


def _fits(value: Any, spec: FactSpec) -> bool:
    if value is _NO_LIST:
        return False
    if spec.kind == "group":
        return isinstance(value, Mapping)
    if spec.kind in ("list", "map"):
        holders: Any = (list, tuple) if spec.kind == "list" else Mapping
        if not isinstance(value, holders):
            return False
        items = value.values() if isinstance(value, Mapping) else value
        return spec.item is None or all(_fits(item, FactSpec(kind=spec.item)) for item in items)
    return fact_reader("value", spec.kind)({"value": value}) is not None


def _kept(value: Any) -> Any:
    """Return a value of an answer that nobody can change any more."""
    if isinstance(value, Mapping):
        return FrozenMap({str(name): _kept(item) for name, item in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(map(_kept, value))
    return value


def lookup_words(lookups: Mapping[str, Mapping[str, FactSpec]]) -> Vocabulary:
    """Return the facts of look-ups: what each declares, and whether it knew anything."""
    words: dict[str, FactSpec] = {}
    for id, declared in lookups.items():
        words[f"lookup.{id}.found"] = FactSpec(kind="bool")
        words |= {f"lookup.{id}.{name}": spec for name, spec in declared.items()}
    return Vocabulary(words)
