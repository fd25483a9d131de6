"""Laws of the shared floor: what is written reads back, and nothing is lost between two values."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.codes import Code, CodeList, is_below, parent_of
from jobkit.documents import (
    freeze,
    read_json,
    read_toml,
    structure,
    thaw,
    unstructure,
    wire_problems,
    write_json,
)
from jobkit.durations import Duration, read_duration, write_duration
from jobkit.errors import Invalid, JobkitError
from jobkit.fields import FieldSpec, check_fields
from jobkit.instants import read_instant, utc, write_instant
from jobkit.model import Job, blank, changed, hide, put, put_all, take
from jobkit.paths import Item, Step, parse, write
from jobkit.privacy import Redacted
from tests.laws._values import elapsed, instants, jobs, plain, working

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_\-]{0,8}", fullmatch=True)
items = st.one_of(st.just(Item(None)), st.text(max_size=12).map(Item))
steps: st.SearchStrategy[tuple[Step, ...]] = st.lists(names | items, max_size=6).map(tuple)


@given(steps)
def test_path_reads_back(steps: tuple[Step, ...]) -> None:
    """
    Steps that are written as a path are read back as the same steps.
    """
    assert steps == parse(write(steps))


@given(st.text(max_size=30))
def test_path_is_read_or_refused(text: str) -> None:
    """
    Any text is a path that writes to an equal one, or is refused as none.
    """
    try:
        read = parse(text)
    except Invalid:
        return
    assert read == parse(write(read))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-86_000, 86_000))
def test_instant_reads_back(local: datetime, offset: int) -> None:
    """
    An instant in any zone is stored and read back as the same instant, in UTC.
    """
    value = local.replace(tzinfo=timezone(timedelta(seconds=offset)))
    read = read_instant(write_instant(value))

    assert (value, UTC) == (read, read.tzinfo)
    assert utc(value) == read


@given(st.one_of(elapsed, working))
def test_duration_reads_back(duration: Duration) -> None:
    """
    Elapsed and working durations are read back as they were written.
    """
    assert duration == read_duration(write_duration(duration))


@given(st.text(max_size=40))
def test_duration_is_read_or_refused(text: str) -> None:
    """
    Any text is a duration or one of our refusals.
    """
    try:
        duration = read_duration(text)
    except JobkitError:
        return
    assert duration == read_duration(write_duration(duration))


@given(plain)
def test_json_reads_back(value: Any) -> None:
    """
    Plain data survives JSON, and its text does not depend on the order of keys.
    """
    text = write_json(value)

    assert value == read_json(text)
    assert text == write_json(read_json(text))


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_readers_refuse_or_read(source: str | bytes) -> None:
    """
    Whatever comes in, a reader returns plain data or one of our refusals.
    """
    for read in (read_json, read_toml):
        try:
            value = read(source)
        except JobkitError:
            continue
        assert () == wire_problems(value)


@given(plain)
def test_freezing_loses_nothing(value: Any) -> None:
    """
    Frozen data thaws to what it was.
    """
    assert value == thaw(freeze(value))


@given(jobs)
def test_job_reads_back(job: Job) -> None:
    """
    A job is rebuilt from its plain data.
    """
    data = unstructure(job)

    assert job == structure(Job, data)
    assert data == unstructure(structure(Job, data))
    assert () == wire_problems(data)


@given(jobs, jobs)
def test_changes_lead_from_old_to_new(old: Job, new: Job) -> None:
    """
    Putting every change between two jobs on the old one gives the new one, and the old values lead back.
    """
    changes = changed(old, new)

    assert new == put_all(old, [(path, after) for path, _, after in changes])
    assert new == put_all(old, [(path, after) for path, _, after in changes], version=new.version)


@given(jobs)
def test_a_job_is_its_changes_from_nothing(job: Job) -> None:
    """
    A job can be told as changes of the blank job, and no two of them have the same place.
    """
    changes = changed(blank("new"), job)

    assert job == put_all(blank("new"), [(path, after) for path, _, after in changes])
    assert len(changes) == len({path for path, _, _ in changes})
    assert () == changed(job, job)


@given(jobs, jobs)
def test_what_is_put_is_taken(old: Job, new: Job) -> None:
    """
    After a change, its place holds what was put there, and before it held what the change says.
    """
    for path, before, after in changed(old, new):
        assert before == take(old, path)
        old = put(old, path, after)
        assert after == take(old, path)


@given(
    jobs, st.sampled_from(["$.work", "$.visits", "$.parts[p1]", "$.states[work].since", "$.fields[x]"]), plain
)
def test_put_gives_a_job_or_refuses(job: Job, path: str, value: Any) -> None:
    """
    Putting anything anywhere gives a job that can be stored, or one of our refusals below that path.
    """
    try:
        put_job = put(job, path, value)
    except Invalid as error:
        outside = [finding for finding in error.findings if not finding.path.startswith(path)]
    else:
        outside = []
        assert put_job == structure(Job, unstructure(put_job))
    assert [] == outside


@given(jobs)
def test_hiding_leaves_no_text_at_private_places(job: Job) -> None:
    """
    Data that tells every secret as text is hidden again to the same job, whatever the salts.
    """
    open_data = _revealed(unstructure(job))
    hidden = structure(Job, hide(open_data, lambda: "ab" * 16))

    assert open_data == _revealed(unstructure(hidden))


def _revealed(value: Any) -> Any:
    if isinstance(value, Redacted):
        return value.reveal()
    if isinstance(value, list):
        return [_revealed(item) for item in value]
    if isinstance(value, dict):
        return {key: _revealed(item) for key, item in value.items()}
    return value


codes = st.from_regex(r"[A-Z]{1,2}(\.[A-Z]){0,2}", fullmatch=True)


@given(st.lists(codes, unique=True, min_size=1, max_size=8))
def test_code_trees_hold_together(chosen: list[str]) -> None:
    """
    Every code of a list is a child of its parent, and below each of its ancestors.
    """
    whole = {*chosen}
    for code in chosen:
        while (parent := parent_of(code)) is not None:
            whole.add(parent)
            code = parent
    tree = CodeList(id="t", codes=tuple(Code(id=code) for code in sorted(whole)))

    for code in whole:
        assert code in tree.children(parent_of(code))
        assert is_below(code, code.partition(".")[0])
        assert () == tree.check(code)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", st.text(max_size=5)),
        ("integer", st.integers(-10, 10)),
        ("decimal", st.decimals(-10, 10, places=2).map(str)),
        ("bool", st.booleans()),
        ("instant", instants.map(write_instant)),
        ("date", st.dates().map(str)),
        ("duration", elapsed.map(write_duration) | working.map(write_duration)),
        ("float", st.floats(-1, 1)),
    ],
)
@given(data=st.data())
def test_a_type_takes_its_own_values_only(
    kind: Any, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    """
    A field takes values of its type; whatever else it is offered, it takes it or says why not.
    """
    spec = FieldSpec(name="f", type=kind)
    listed = FieldSpec(name="g", type="list", item=kind)
    value, other = data.draw(values), data.draw(plain)

    assert () == check_fields((spec, listed), {"f": value, "g": [value, value]})
    for finding in check_fields((spec,), {"f": other}):
        assert finding.path.startswith("$.fields[f]")


def test_decimals_keep_their_digits() -> None:
    """
    12.50 stays 12.50, as money and torque are written.
    """
    spec = FieldSpec(name="f", type="decimal")

    assert "12.50" == str(spec.read("12.50"))
    assert Decimal("12.5") == spec.read("12.50")
