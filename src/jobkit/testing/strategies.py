"""Hypothesis strategies for hosts: wire values, instants, jobs and index facts. Needs hypothesis."""

from datetime import UTC, datetime
from typing import Any, Final

from jobkit.errors import Unsupported
from jobkit.model import Category, Contact, Job, Subject, Work
from jobkit.ports import IndexFacts, QueueKey
from jobkit.privacy import Redacted
from jobkit.testing import NO_PYTEST
from jobkit.testing._builders import a_job
from jobkit.wakeups import Wakeup

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise Unsupported.of(NO_PYTEST, module="hypothesis") from error

CATEGORIES: Final[tuple[Category, ...]] = (
    "draft",
    "triage",
    "open",
    "scheduled",
    "active",
    "waiting",
    "performed",
)
LARGEST: Final = 2**53


def texts(longest: int = 40) -> st.SearchStrategy[str]:
    """Return any text that can be stored: everything but half characters."""
    return st.text(st.characters(codec="utf-8"), max_size=longest)


def names() -> st.SearchStrategy[str]:
    """Return names of few letters, so that they meet."""
    return st.sampled_from(["a", "b", "B", "é", "a-1", "a 1", 'it"s'])


def instants() -> st.SearchStrategy[datetime]:
    """Return instants in UTC, to the microsecond."""
    first, last = datetime(1990, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
    return st.datetimes(first, last, timezones=st.just(UTC))


def wire_values() -> st.SearchStrategy[Any]:
    """Return what may stand in an event: text, truths, whole numbers, lists and mappings of them."""
    leaves = st.one_of(texts(), st.booleans(), st.integers(-LARGEST, LARGEST))
    keys = texts(10).filter(lambda key: not key.startswith("$"))
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=8,
    )


def private_values() -> st.SearchStrategy[Redacted]:
    """Return private texts with salts."""
    return st.builds(Redacted, texts(), salt=st.binary(min_size=16, max_size=16).map(bytes.hex))


@st.composite
def jobs(draw: st.DrawFn, id: str = "J-1") -> Job:
    """Return a job in some state with facts, a private name among them."""
    contact = Contact(id="c-1", name=draw(st.none() | private_values()))
    return a_job(
        id,
        draw(names()),
        draw(st.sampled_from(CATEGORIES)),
        subject=Subject(asset=draw(st.none() | names()), contacts=(contact,)),
        work=Work(description=draw(st.none() | texts()), skills=tuple(draw(st.lists(names(), max_size=3)))),
    )


@st.composite
def index_facts(draw: st.DrawFn, id: str = "J-1") -> IndexFacts:
    """Return index facts of a job, without external ids."""
    wakeups = st.builds(Wakeup, at=instants(), job_id=st.just(id), kind=names(), name=names())
    return IndexFacts(
        category=draw(st.sampled_from(CATEGORIES)),
        open=draw(st.booleans()),
        queues=tuple(draw(st.lists(st.builds(QueueKey, names(), texts(5)), max_size=3))),
        assets=tuple(draw(st.lists(names(), max_size=3))),
        people=tuple(draw(st.lists(names(), max_size=3))),
        wakeups=tuple(draw(st.lists(wakeups, max_size=3))),
    )
