"""Laws about the ready order of work: what is more urgent comes first, whatever else is known of two jobs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit.facts import gather
from jobkit.model import Deferral, Job, Safety, State, Terms, Window, Work
from jobkit.presets import calendars, priority
from jobkit.priority import Override, Place, rank

NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
BUSINESS: Final = calendars("Europe/Berlin")["business"]
RULES: Final = priority(calendars("Europe/Berlin"))
BANDS: Final = tuple(band.id for band in RULES.data.bands)
REPAIR: Final = ("breakdown", "repair", "customer_initiated", "condition_based")
BUILDING: Final = ("installation", "commissioning", "retrofit")
UPKEEP: Final = ("preventive", "inspection")
WORK: Final = st.sampled_from((None, "warranty", *REPAIR, *BUILDING, *UPKEEP, *UPKEEP, *UPKEEP, "cleaning"))
URGENCY: Final = st.sampled_from((None, "high", "medium", "low", "odd", "life_safety", "production_stop"))
FLAGS: Final = st.sampled_from(((), (), (), ("vip",), ("vip", "production_stop"), ("life_safety",)))

near = st.integers(-2, 20).map(lambda steps: NOW + steps * timedelta(minutes=20))
clocks = st.fixed_dictionaries(
    {},
    optional={
        "due_at": st.sampled_from((NOW, NOW + timedelta(hours=2), None)) | near,
        "breached_at": st.sampled_from((None, None, NOW - timedelta(hours=1))),
        "stopped_at": st.none() | st.just(NOW),
        "started_at": near,
    },
)


@st.composite
def jobs(draw: st.DrawFn, hurried: bool) -> Job:
    """Draw a job of any kind, in a hurry or not."""
    ends = NOW - draw(st.sampled_from((0, 59, 60, 61))) * timedelta(days=1)
    deferrals = (
        Deferral(id=f"d{place}", reason="capacity", until=NOW, by="lena", at=NOW)
        for place in range(draw(st.integers(0, 3)))
    )
    return Job(
        id="J",
        type="repair",
        states={"work": State(name="approved", category="open")},
        work=Work(work_type=draw(WORK)),
        flags=draw(FLAGS) if hurried else (),
        safety=Safety(signal=draw(st.sampled_from((*[None] * 7, "injury")))),
        terms=Terms(
            urgency=draw(URGENCY) if hurried else None,
            tier=draw(st.sampled_from((None, "gold", "silver", "bronze", "other"))),
            contract=draw(st.sampled_from((None, "C-1"))),
            due=draw(st.sampled_from((None, Window(start=ends - timedelta(days=7), end=ends)))),
            deferrals=tuple(deferrals),
        ),
    )


@st.composite
def known(draw: st.DrawFn) -> tuple[Job, dict[str, Any]]:
    """Draw a job and its clocks."""
    names = ("on_site", "resolution", "on_site_from_submission")
    hurried = draw(st.booleans())
    return draw(jobs(hurried)), {name: draw(clocks) if hurried else {} for name in names}


def is_broken(clock: Mapping[str, Any]) -> bool:
    """Whether a promise is past its instant, or was broken and has not been kept since."""
    due = clock.get("due_at")
    unkept = clock.get("breached_at") is not None and clock.get("stopped_at") is None
    return unkept or (due is not None and due <= NOW)


def is_near(clock: Mapping[str, Any], hours: int) -> bool:
    """Whether a promise falls due within so many hours of work."""
    due = clock.get("due_at")
    return due is not None and BUSINESS.elapsed(NOW, due) <= timedelta(hours=hours)


def band_by_hand(job: Job, told: Mapping[str, Any]) -> str:
    """Return the band that the published table gives a job, worked out without the rules."""
    urgent = {job.terms.urgency, *job.flags}
    site, whole, kind = told["on_site"], told["resolution"], job.work.work_type
    answers = {
        "life_safety": "life_safety" in urgent or job.safety.signal is not None,
        "production_stop": "production_stop" in urgent,
        "sla_breach": is_broken(site) or is_broken(whole),
        "sla_near_breach": is_near(site, 2) or is_near(whole, 4),
        "warranty": kind == "warranty",
        "contract": kind in REPAIR and job.terms.contract is not None,
        "break_fix": kind in REPAIR,
        "project": kind in BUILDING,
        "preventive": kind in UPKEEP and not job.terms.deferrals,
        "deferred_preventive": kind in UPKEEP,
        "other": True,
    }
    return next(band for band in BANDS if answers[band])


def ways_by_hand(job: Job, natural: str) -> tuple[str, ...]:
    """Return the published promotions that lift a job out of its band."""
    due = job.terms.due
    if natural not in ("preventive", "deferred_preventive"):
        return ()
    if due is not None and due.end <= NOW - timedelta(days=60):
        return ("maintenance_overdue",)
    return ("deferred_twice",) if len(job.terms.deferrals) > 1 else ()


def ranked(found: list[tuple[Job, dict[str, Any]]], *words: Override) -> dict[str, Place]:
    """Rank jobs under names of their own, and return their places by name."""
    facts = [gather(attrs.evolve(job, id=f"J{n}"), clock=told) for n, (job, told) in enumerate(found)]
    return {place.id: place for place in rank(facts, RULES, NOW, overrides=words)}


several = st.lists(known(), min_size=2, max_size=4)


@given(several)
def test_a_job_stands_in_the_band_of_the_published_table(found: list[tuple[Job, dict[str, Any]]]) -> None:
    """
    Whatever is known of a job, its band is the first of the table that fits, or the one a promotion names.
    """
    places = ranked(found)

    for number, (job, told) in enumerate(found):
        place, natural = places[f"J{number}"], band_by_hand(job, told)
        assert natural == place.natural
        ways = ways_by_hand(job, natural)
        assert bool(ways) is bool(place.promoted_by)
        assert set(ways) <= set(place.promoted_by)


@given(several, st.sampled_from(BANDS), st.booleans())
def test_no_lower_band_comes_first_without_a_name(
    found: list[tuple[Job, dict[str, Any]]], band: str, overridden: bool
) -> None:
    """
    A job that comes before one of a higher band was promoted by a named rule, or moved by a person's word.
    """
    word = Override(job="J0", band=band, by="sue", reason="asked", at=NOW)
    places = ranked(found, *((word,) if overridden else ()))

    for one, other in combinations(range(len(found)), 2):
        pair = sorted((places[f"J{one}"], places[f"J{other}"]), key=lambda place: place.position)
        first, second = (BANDS.index(band_by_hand(*found[int(place.id[1:])])) for place in pair)
        if first > second:
            assert pair[0].promoted_by or any(place.override for place in pair)
        assert BANDS.index(pair[0].band) <= BANDS.index(pair[1].band)
