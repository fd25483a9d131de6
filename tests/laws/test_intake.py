"""Laws of intake: scores stay fair through overlays, replies name all, forms and mappings lose nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from jobkit.documents import thaw, wire_problems
from jobkit.errors import JobkitError
from jobkit.findings import blocking
from jobkit.history import Event, FieldChange, fold, opening
from jobkit.intake import Inspection, IntakeRules, inspect, mapped, provenance, reply
from jobkit.model import Actor, Job, State, blank, changed, put_all, take
from tests.intake import _world as world
from tests.laws._values import plain, values

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
FIELDS = ("subject.asset", "subject.site", "work.symptom", "work.description", "terms.tier")
IDS = tuple(f"r{place}" for place in range(len(FIELDS)))
SEVERITIES = ("info", "warn", "block")

severities = st.sampled_from(SEVERITIES)
requirements = st.fixed_dictionaries(
    {"severity": severities, "weight": st.integers(1, 4)},
    optional={"applies_when": st.sampled_from([f'job.{field} == "x"' for field in FIELDS])},
)
told = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["x", "y"]))
texts = st.text("abc{} \n", max_size=4)


@st.composite
def rules(draw: st.DrawFn) -> IntakeRules:
    """Draw rules with one package and an account that changes it as far as that is a change."""
    asked: list[dict[str, Any]] = [
        {"id": id, "field": f"job.{field}", **draw(requirements)}
        for id, field in zip(IDS, FIELDS, strict=True)
    ]
    relax, harden = [], []
    for one in asked:
        change = draw(st.sampled_from(["", "drop", "relax", "harden", "weigh"]))
        rank = SEVERITIES.index(one["severity"])
        if change == "drop" or (change == "relax" and rank):
            lower = {} if change == "drop" else {"severity": SEVERITIES[rank - 1]}
            relax.append({"id": one["id"], "by": "boss", "reason": "So.", **lower})
        elif change == "weigh" or (change == "harden" and rank < 2):
            more = {"weight": one["weight"] + 1} if change == "weigh" else {"severity": SEVERITIES[rank + 1]}
            harden.append({"id": one["id"], **more})
    add = draw(st.lists(st.sampled_from(["subject.model", "subject.serial"]), unique=True))
    account = {
        "id": "acme",
        "relax": relax,
        "harden": harden,
        "add": [{"id": field, "field": f"job.{field}"} for field in add],
    }
    package = {"id": "p", "types": ["repair"], "requirements": asked}
    return IntakeRules.load({"id": "i", "packages": [package], "accounts": [account]})


def job(values: Mapping[str, Any]) -> Job:
    """Return a job in triage with values by path."""
    bare = Job(id="J", type="repair", states={"work": State(name="triage", category="triage")})
    return put_all(bare, list(values.items()))


def inspected(by: IntakeRules, values: Mapping[str, Any], account: str | None) -> Inspection:
    """Inspect a job with values by path."""
    return inspect(by, job(values), now=NOW, account=account)


@given(rules(), told, st.sampled_from(["acme", "other"]))
def test_score_is_one_exactly_when_nothing_is_unmet(by: IntakeRules, known: Any, account: str) -> None:
    """
    Through overlays as well, the score is 1 exactly when no applicable requirement is open.
    """
    found = inspected(by, known, account)

    assert 0 <= found.score <= 1
    assert (found.score == 1) == (not found.review.unmet)


@given(rules(), told, st.sampled_from(FIELDS), st.sampled_from(["acme", "other"]))
def test_telling_more_never_lowers_the_score(by: IntakeRules, known: Any, more: str, account: str) -> None:
    """
    With the same requirements applicable, one more told field never lowers the score.
    """
    before, after = inspected(by, known, account), inspected(by, {more: "y", **known}, account)
    same = set(before.review.idle) == set(after.review.idle)

    assert not same or after.score >= before.score


@given(rules(), told)
def test_relaxing_never_shuts(by: IntakeRules, known: Any) -> None:
    """
    What an account only relaxes never blocks a job that was open without it.
    """
    data = by.to_data()
    data["accounts"] = [{"id": "acme", "relax": data["accounts"][0].get("relax", [])}]
    mild = IntakeRules.load(data)

    assert inspected(mild, known, "acme").open or not inspected(mild, known, None).open


@given(rules(), told)
def test_hardening_never_opens(by: IntakeRules, known: Any) -> None:
    """
    What an account only hardens or adds never opens a job that was shut without it.
    """
    data = by.to_data()
    data["accounts"] = [{key: kept for key, kept in data["accounts"][0].items() if key != "relax"}]
    hard = IntakeRules.load(data)

    assert not inspected(hard, known, "acme").open or inspected(hard, known, None).open


@given(rules(), told)
def test_unblocking_deeds_unblock(by: IntakeRules, known: Any) -> None:
    """
    Doing what unblocks opens the job, when it only takes fields to be known.
    """
    found = inspected(by, known, "acme")
    fields = [deed.field for deed in found.unblocking.deeds]
    more = {str(field).removeprefix("job."): "y" for field in fields}

    assert not found.unblocking.possible or inspected(by, {**more, **known}, "acme").open


@given(rules(), told, st.sampled_from([None, "sms"]))
def test_reply_names_every_blocking_path(by: IntakeRules, known: Any, channel: str | None) -> None:
    """
    Each blocking finding stands in the reply: its path, and its deed in a line.
    """
    found = inspected(by, known, "acme")
    answer = reply(by, found, channel=channel)

    assert [finding.path for finding in blocking(found.findings)] == [each.path for each in answer.asked]
    assert all(any(each.unblock in line for line in answer.lines) for each in answer.asked)


@given(rules())
def test_load_of_dump_is_the_same(by: IntakeRules) -> None:
    """
    Rules load back from what they dump to, with the same hash.
    """
    again = IntakeRules.load(by.to_data())

    assert (by.data, by.digest) == (again.data, again.digest)


FORM = IntakeRules.load(
    {
        "id": "i",
        "forms": [
            {
                "id": "f",
                "channel": "portal",
                "questions": [
                    {"id": "symptom", "path": "work.symptom"},
                    {"id": "again", "path": "work.symptom"},
                    {"id": "skills", "path": "work.skills"},
                    {"id": "start", "path": "terms.requested.start"},
                    {"id": "end", "path": "terms.requested.end"},
                    {"id": "part", "path": "parts[p1].number"},
                    {"id": "count", "path": "parts[p1].quantity"},
                    {"id": "code", "path": "work.service_type", "values": {"1": "oil", "2": 7}},
                    {
                        "id": "what",
                        "many": True,
                        "answers": [
                            {"id": "a", "sets": {"work.symptom": "LEAK", "work.skills": ["s"]}},
                            {"id": "b", "sets": {"work.skills": ["t"], "subject.asset": "x"}},
                            {"id": "c"},
                        ],
                    },
                ],
            }
        ],
    }
).form("portal")

CHOSEN = {"a": {"$.work.symptom": "LEAK"}, "b": {"$.subject.asset": "x"}}
answers = st.dictionaries(
    st.sampled_from([question.id for question in FORM.data.questions]) | st.text(max_size=3),
    plain
    | st.sampled_from(["1", "2", "a", "b", "c", ["a", "b"], ["c"], "2026-03-10T08:00:00Z", "3", ["x"]])
    | st.text(max_size=3),
    max_size=6,
)


@given(answers)
@example({"what": []})
def test_forms_lose_nothing(given_: Any) -> None:
    """
    Whatever is answered makes a request that a job can begin with, and every answer is in it or kept.
    """
    read = FORM.read(given_)
    whole = put_all(blank("J"), [(f"$.{name}", value) for name, value in read.request.items()])
    used = {question for questions in read.sources.values() for question in questions}
    kept = {name.rstrip("'").removeprefix("_") for name in read.unmapped}

    assert not wire_problems(read.request)
    assert "portal" == whole.terms.channel
    for question, answer in given_.items():
        spelt = question.encode("utf-8", "backslashreplace").decode()
        assert answer is None or question in used or spelt.rstrip("'").removeprefix("_") in kept
    if "symptom" in given_ and isinstance(given_["symptom"], str) and "symptom" not in read.unmapped:
        assert given_["symptom"] == whole.work.symptom


BAD: tuple[Any, ...] = (
    None,
    7,
    True,
    "",
    "\ud800",
    "x" * 300,
    [],
    {},
    [1],
    "$",
    "[",
    "a.b[",
    float("nan"),
    {1: 2},
    object(),
)
RULES_AS_DATA = world.rules().to_data()


def spoilt(data: Any, draw: st.DataObject) -> Any:
    """Return data with one value somewhere inside replaced by a bad one."""
    if not isinstance(data, dict | list) or not data or draw.draw(st.integers(0, 5)) == 0:
        return draw.draw(st.sampled_from(BAD))
    if isinstance(data, list):
        place = draw.draw(st.integers(0, len(data) - 1))
        return [spoilt(item, draw) if at == place else item for at, item in enumerate(data)]
    name = draw.draw(st.sampled_from(sorted(data)))
    return {key: spoilt(item, draw) if key == name else item for key, item in data.items()}


@given(st.data())
def test_spoilt_rules_are_refused_or_work(draw: st.DataObject) -> None:
    """
    Whatever stands in rules, they are refused with findings, or load, dump, inspect, reply and read answers.
    """
    try:
        by = IntakeRules.load(spoilt(RULES_AS_DATA, draw), registry=world.registry())
    except JobkitError:
        return
    found = inspect(by, world.job(), now=NOW)

    assert by.digest == IntakeRules.load(by.to_data(), registry=world.registry()).digest
    assert found.open == (not reply(by, found).asked)
    assert all(form.read({"what": "oil"}).request is not None for form in by.forms)


actors = st.sampled_from([Actor(id=name) for name in ("anna", "bert", "carl")])
PATHS = (
    "$.work.symptom",
    "$.work.description",
    "$.subject.asset",
    "$.fields[x]",
    "$.work.skills",
    "$.terms.channel",
)
amendments = st.lists(
    st.tuples(
        st.sampled_from(PATHS), st.sampled_from([None, "x", "y"]), actors, st.sampled_from([None, "phone"])
    ),
    max_size=12,
)


@given(amendments)
def test_provenance_is_the_last_writer(changes: Any) -> None:
    """
    After any amendments each field has the teller of its last change, and its value is the job's.
    """
    bare = job({})
    events = [_event(0, Actor(id="first"), opening(bare), None)]
    now, writers = fold(events), dict[str, str]()
    for place, (path, value, by, channel) in enumerate(changes, 1):
        wire = None if value is None else [value] if path == "$.work.skills" else value
        after = put_all(now, [(path, wire)])
        told = [FieldChange(*each) for each in changed(now, after)]
        events.append(_event(place, by, told, channel))
        writers |= {each.path: by.id for each in told}
        now = after
    found = provenance(events)

    assert writers == {path: origin.by.id for path, origin in found.items()}
    assert all((origin.value or None) == (take(now, path) or None) for path, origin in found.items())


def _event(place: int, by: Actor, changes: Any, channel: str | None) -> Event:
    at = NOW + timedelta(minutes=place)
    data = {} if channel is None else {"channel": channel}
    return Event(
        id=f"e{place}", job_id="J", kind="amended", actor=by, occurred_at=at, recorded_at=at,
        changes=tuple(changes), data=data,
    )  # fmt: skip


@given(values(Job))
def test_mapping_loses_nothing(request: Job) -> None:
    """
    Every value that was told of a request stands in the job's data, or is listed as kept on it.
    """
    by = IntakeRules.load({"id": "i", "promotion": {"fields": {"work.description": "fields.words"}}})
    found = mapped(by, request)
    job = put_all(blank(request.id), [(f"$.{name}", thaw(value)) for name, value in found.data.items()])
    back = {source: target for target, source in found.origins.items()}
    listed = {*back, *found.kept}
    own = ("$.id", "$.type", "$.states", "$.version", "$.head", "$.pins", "$.counts", "$.flags", "$.clocks")

    for path, _, value in changed(blank(request.id), request):
        assert path.startswith(own) or value in (None, [], {}) or any(one.startswith(path) for one in listed)
    assert not set(back) & set(found.kept)
    for source, target in back.items():
        assert take(request, source) == take(job, target)
