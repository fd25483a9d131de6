"""What a machine merges: only what rules call the same without asking, and never what a person parted."""

from collections.abc import Mapping
from typing import Any, Final

import attrs
import pytest

from jobkit.desk import Desk
from jobkit.duplicates import MatchRules
from jobkit.errors import Refused
from jobkit.model import Job
from tests.desk.merging import AGENT, MACHINE, codes, dispatch, hour, pair, repair, with_suspect

AUTO: Final[Mapping[str, Any]] = {
    "id": "twins",
    "version": "1",
    "auto_merge": True,
    "bands": {"same": 8, "ask": 2},
    "rules": [{"name": "asset", "field": "subject.asset", "levels": [{"at": 1, "weight": 12}]}],
}
RULES: Final = MatchRules.load(AUTO)
PRESS: Final[Mapping[str, Any]] = {"asset": "P-9"}
ROBOT: Final = attrs.evolve(AGENT, org_type="system")


@pytest.fixture(params=["at once", "awaited"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """Return a desk whose rules merge by machine, or its twin behind the same verbs."""
    return dispatch(awaited=request.param == "awaited", duplicates=RULES)


def same(desk: Desk) -> tuple[Job, Job]:
    """Return an older job, and a younger one that the rules call the same."""
    return pair(desk, subject=PRESS)


def refused(desk: Desk, one: Job, other: Job, by: Any = ROBOT) -> str:
    """Return what a machine is told that would merge *other* into *one*."""
    with pytest.raises(Refused) as told:
        desk.merge(other.id, into=one.id, by=by, at=hour(5))
    (finding,) = (each for each in told.value.findings if each.code == "desk.merge_by_machine")
    return finding.message


def test_machine_merges_what_is_the_same(desk: Desk) -> None:
    """
    A machine merges what it suspects and the rules call the same, by the way that its role may go.
    """
    one, other = same(desk)
    with pytest.raises(Refused) as told:
        desk.merge(other.id, into=one.id, by=MACHINE, at=hour(3))

    assert ["lifecycle.role"] == codes(told)
    assert one.id == desk.merge(other.id, into=one.id, by=ROBOT, at=hour(3)).job.id


def test_rules_that_do_not_allow_it(desk: Desk) -> None:
    """
    Without rules that say so no machine merges anything, whatever it is suspected of.
    """
    for rules in (None, MatchRules.load({**AUTO, "auto_merge": False})):
        careful = dispatch(duplicates=rules)
        assert "no rules for duplicates allow it" in refused(careful, *same(careful))


def test_pair_that_nobody_suspected(desk: Desk) -> None:
    """
    What was not suspected, only asked about, or suspected by other rules is for a person.
    """
    one, other = pair(desk)
    assert "do not call them the same" in refused(desk, one, other)

    for told in ({"band": "ask", "rules": RULES.digest}, {"band": "same", "rules": "others"}):
        third, fourth = repair(desk, after=2, subject=PRESS), repair(desk, after=3, subject=PRESS)
        with_suspect(desk, fourth, third, **told)
        assert "do not call them the same" in refused(desk, third, fourth)


def test_jobs_that_have_changed_since(desk: Desk) -> None:
    """
    A suspicion that does not hold of the jobs as they are now merges nothing.
    """
    one, other = same(desk)
    desk.fire(one.id, "plan", by=AGENT, at=hour(2))
    desk.amend(one.id, {"$.subject.asset": "P-8"}, by=AGENT, at=hour(3))

    assert "same" == desk.job(other.id).triage.suspects[0].band
    assert "do not call them the same" in refused(desk, one, other)


def test_other_type_in_the_family(desk: Desk) -> None:
    """
    A planned inspection is not merged with a breakdown by machine, not by way of what a person merged either.
    """
    one, other = same(desk)
    planned = repair(desk, after=2, type="inspection", subject=PRESS)
    with_suspect(desk, planned, one, band="same", rules=RULES.digest)
    assert "their types differ" in refused(desk, one, planned)

    desk.merge(planned.id, into=one.id, by=AGENT, at=hour(3))
    assert "their types differ" in refused(desk, one, other)
    assert "their types differ" in refused(desk, other, one)


def test_pair_that_a_person_parted(desk: Desk) -> None:
    """
    What a person has parted no machine puts together again, in neither direction.
    """
    one, other = same(desk)
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))
    desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines")

    assert "parted them before" in refused(desk, one, other)
    assert "parted them before" in refused(desk, other, one)


def test_pair_that_a_person_parted_by_way_of_a_third(desk: Desk) -> None:
    """
    What a person has parted stays apart for machines when one of the two was merged into a third job.
    """
    one, other = same(desk)
    third = repair(desk, after=2, subject=PRESS)
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))
    desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines")
    desk.merge(other.id, into=third.id, by=AGENT, at=hour(4))

    assert "parted them before" in refused(desk, one, third)
    assert "parted them before" in refused(desk, third, one)
