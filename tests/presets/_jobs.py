"""Jobs and people for the tests of the after-sales preset."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from jobkit.answers import Answer
from jobkit.lifecycle import Lifecycle, Moved, Option, Transition, ask, move
from jobkit.model import (
    Acknowledgement,
    Actor,
    Assignment,
    Deferral,
    Entitlement,
    Evidence,
    Job,
    Labour,
    Links,
    Outcome,
    Part,
    Party,
    Permit,
    Prerequisite,
    Recommendation,
    Safety,
    SignOff,
    State,
    Subject,
    Task,
    Terms,
    Visit,
    Window,
    Work,
)
from jobkit.presets import after_sales

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
WINDOW = Window(NOW + timedelta(days=2), NOW + timedelta(days=2, hours=2))
ALL_DAY = Window(NOW + timedelta(days=2, hours=-4), NOW + timedelta(days=2, hours=8))
LONG_AGO = NOW - timedelta(hours=1)


@cache
def rules() -> Mapping[str, Lifecycle]:
    """Return the three after-sales lifecycles, loaded once."""
    return after_sales()


def sign_off(id: str, party: str) -> SignOff:
    """Return one party's word for the day of the visit."""
    return SignOff(id=id, party=party, window=ALL_DAY, by="sue", at=LONG_AGO, site="S1", channel="phone")


def visit() -> Visit:
    """Return a visit that both parties have signed off and whose permit is granted."""
    signed = (sign_off("s1", "owner"), sign_off("s2", "operator"))
    permits = (Permit(id="h1", kind="hot_work", granted=True),)
    return Visit(id="v1", planned=WINDOW, sign_offs=signed, permits=permits)


def ready(facet: str = "work", state: str = "draft") -> Job:
    """Return a job on which every guard of every transition holds, standing in one state of one facet."""
    states = {name: rule.state(rule.initial[0], LONG_AGO) for name, rule in rules().items()}
    states["work"] = State(name="closed", category="closed", end="closed", since=LONG_AGO)
    return Job(
        id="J1",
        type="warranty-repair",
        states={**states, facet: rules()[facet].state(state, LONG_AGO)},
        subject=Subject(
            asset="A1",
            site="S1",
            customer="C1",
            bill_to="C1",
            parties=(
                Party(id="owner", role="owner", must_confirm=True),
                Party(id="operator", role="operator", must_confirm=True),
                Party(id="dealer", role="dealer"),
            ),
        ),
        work=Work(
            work_type="warranty",
            symptom="noise",
            description="It squeals.",
            estimated=timedelta(hours=2),
            skills=("hydraulics",),
        ),
        terms=Terms(
            entitlement=Entitlement(status="covered"),
            deferrals=(Deferral(id="d1", reason="season", until=NOW, by="pia", at=NOW, told="by phone"),),
        ),
        safety=Safety(
            prerequisites=(Prerequisite(id="p1", procedure="LOTO", version="3", hash="aa"),),
            acknowledgements=(
                Acknowledgement(id="k1", procedure="LOTO", version="3", hash="aa", by="tom", at=LONG_AGO),
            ),
        ),
        outcome=Outcome(
            notes="Bearing changed.",
            next_action="Check the belt.",
            cause="wear",
            accepted=True,
            recommendations=(Recommendation(id="r1", text="New belt", owner="kay", target=NOW),),
        ),
        links=Links(merged_into="J2"),
        visits=(visit(),),
        tasks=(Task(id="t1", title="Change the bearing", stage="work", status="done"),),
        assignments=(Assignment(id="a1", person="tom", visit="v1", status="accepted"),),
        parts=(Part(id="l1", number="4711", availability="on_van", staged=True, installed=True),),
        evidence=Evidence(labour=(Labour(id="h1", person="tom", hours=Decimal(2)),)),
    )


def actor(transition: Transition) -> Actor:
    """Return somebody who may fire the transition."""
    role = transition.roles[0] if transition.roles else "system"
    return Actor(id=f"some-{role}", role=role)


def transition(facet: str, id: str) -> Transition:
    """Return one transition of the preset."""
    return next(way for way in rules()[facet].definition.transitions if way.id == id)


def reason(facet: str, way: Transition) -> str | None:
    """Return a reason that the transition takes, or None where it takes none."""
    return rules()[facet].definition.reasons[way.reason][0] if way.reason else None


def asked(job: Job, facet: str, way: Transition, **given: Any) -> Answer[Option]:
    """Ask for a transition by somebody who may, with a good reason."""
    known: dict[str, Any] = {"by": actor(way), "at": NOW, "reason": reason(facet, way), **given}
    return ask(job, rules(), way.trigger, facet=facet, **known)


def fired(job: Job, facet: str, way: Transition, at: datetime = NOW) -> Moved:
    """Fire a transition by somebody who may, with a good reason."""
    known: dict[str, Any] = {"by": actor(way), "at": at, "reason": reason(facet, way)}
    return move(job, rules(), way.trigger, event_id=f"e-{way.id}", facet=facet, **known)
