"""Promises of a corrected place: planned work leaves the board of its region by rule only, on every path."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import Refused
from jobkit.history import FieldChange
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole, seated
from tests.desk.dispatch import CAPACITY, NOW, PAUL, ROUTES, WINDOW, admitted, on_board, said, service
from tests.desk.test_devices import codes, sent, told

SOUTH: Final = "80331"
TO_SOUTH: Final = {"subject.postal_code": SOUTH}


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small regional service."""
    return seated(service(), store, awaited=awaited)


@pytest.fixture
def plain() -> Desk:
    """Return a desk of the service in memory."""
    return Desk(service(), MemoryStore())


CORRECTIONS: Final[dict[str, Callable[[Desk], object]]] = {
    "amended": lambda desk: desk.amend("PM-1", TO_SOUTH, by=PAUL, at=NOW),
    "with a move": lambda desk: desk.fire("PM-1", "confirm", by=PAUL, at=NOW, values=TO_SOUTH),
    "taken out": lambda desk: desk.amend("PM-1", {"subject.postal_code": None}, by=PAUL, at=NOW),
    "nowhere": lambda desk: desk.amend("PM-1", {"subject.postal_code": "99999"}, by=PAUL, at=NOW),
}


@pytest.mark.parametrize("how", CORRECTIONS)
def test_planned_work_does_not_leave_its_region_in_silence(plain: Desk, how: str) -> None:
    """
    A corrected place takes planned work off its board only after it was put off by rule.
    """
    admitted(plain, "PM-1", "preventive")

    with pytest.raises(Refused) as refused:
        CORRECTIONS[how](plain)

    (finding,) = refused.value.findings
    assert ("desk.put_off_by_place", "$.subject") == (finding.code, finding.path)
    assert ["PM-1"] == on_board(plain)


def test_planned_work_that_was_put_off_may_be_corrected(desk: Desk) -> None:
    """
    The deferral frees the slot and is on record; then the place is corrected like that of other work.
    """
    admitted(desk, "PM-1", "preventive")
    with pytest.raises(Refused):
        desk.amend("PM-1", TO_SOUTH, by=PAUL, at=NOW)
    word, until = said(desk, "PM-1"), NOW + timedelta(days=9)
    desk.defer("PM-1", rule="storm", until=until, reason="storm", told=word, by=PAUL, at=NOW)

    desk.amend("PM-1", TO_SOUTH, by=PAUL, at=NOW)

    assert ([], "south") == (on_board(desk), desk.route("PM-1", now=NOW).region)
    assert is_whole(desk, "PM-1")


def test_device_does_not_correct_a_place_in_silence(plain: Desk) -> None:
    """
    A device's word that planned work lies elsewhere is kept as refused, and the visit stays on its board.
    """
    job = admitted(plain, "PM-1", "preventive")
    change = FieldChange("$.subject.postal_code", "20095", SOUTH)

    received = sent(plain, job, told(job, "amended", by=PAUL, at=NOW, changes=(change,)), at=NOW)

    assert ["desk.put_off_by_place"] == codes(received)
    assert (["PM-1"], "20095") == (on_board(plain), plain.job("PM-1").subject.postal_code)


def test_work_that_no_rule_defers_goes_where_it_lies() -> None:
    """
    A repair leaves the board of the wrong region, and so does planned work where no deferral is published.
    """
    lawless = {key: table for key, table in CAPACITY.items() if key != "deferrals"}
    for desk, kind in (
        (Desk(service(), MemoryStore()), "repair"),
        (Desk(service(capacity=lawless), MemoryStore()), "preventive"),
    ):
        admitted(desk, "J-1", kind)
        desk.amend("J-1", TO_SOUTH, by=PAUL, at=NOW)

        assert [] == on_board(desk)
        assert "other_region" == desk.history("J-1").events[-1].name


@pytest.mark.parametrize("kind", ["preventive", "repair"])
def test_a_place_within_the_region_of_the_board_moves_nothing(plain: Desk, kind: str) -> None:
    """
    Another street of the region keeps the slot.
    """
    admitted(plain, "J-1", kind)

    plain.amend("J-1", {"subject.postal_code": "22041"}, by=PAUL, at=NOW)

    assert ["J-1"] == on_board(plain)


def test_a_place_that_is_corrected_to_the_region_of_the_board_moves_nothing() -> None:
    """
    Where new rules would have it elsewhere, a correction to the region of its board keeps the slot.
    """
    store = MemoryStore()
    admitted(Desk(service(), store), "PM-1", "preventive")
    north, south = ROUTES["rules"]
    turned = [{**north, "prefixes": ["3"]}, {**south, "prefixes": ["2"]}]
    desk = Desk(service(routing={**ROUTES, "rules": turned}), store)

    desk.amend("PM-1", {"subject.postal_code": "30159"}, by=PAUL, at=NOW)

    assert ["PM-1"] == on_board(desk)


def test_a_territory_is_a_place_where_nothing_routes() -> None:
    """
    Without routing the territory is the region, and leaving it is leaving the board.
    """
    desk = Desk(service(routing=None), MemoryStore())
    order: dict[str, Any] = {"work": {"work_type": "preventive", "territory": "north"}}
    desk.submit("visit", order, by=PAUL, at=NOW, state="open", job_id="PM-1")
    desk.plan_visit("PM-1", WINDOW, by=PAUL, at=NOW, visit_id="v1")
    desk.fire("PM-1", "confirm", by=PAUL, at=NOW)
    desk.admit("PM-1", by=PAUL, at=NOW)

    with pytest.raises(Refused) as refused:
        desk.amend("PM-1", {"work.territory": "south"}, by=PAUL, at=NOW)

    assert "desk.put_off_by_place" == refused.value.code
    assert ["PM-1"] == on_board(desk)


@pytest.mark.parametrize("path", ["visits[v1].confirmed", "visits[v1].board"])
def test_no_path_takes_planned_work_off_its_board(plain: Desk, path: str) -> None:
    """
    A confirmation or an admission that is taken back by a bare change would free the slot; neither is.
    """
    admitted(plain, "PM-1", "preventive")

    with pytest.raises(Refused):
        plain.amend("PM-1", {path: None}, by=PAUL, at=NOW)

    assert ["PM-1"] == on_board(plain)
