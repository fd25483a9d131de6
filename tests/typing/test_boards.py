"""What a host's type checker sees of routing, ranking and boards on the desk."""

from typing import assert_type

from jobkit.answers import Answer
from jobkit.desk import DayBoard, Desk, Done, Ranking
from jobkit.priority import Displaced, Overbooked, Route
from jobkit.stores import MemoryStore
from tests.desk.dispatch import DAY, NOW, PAUL, admitted, service


def test_verbs_on_boards_keep_their_types() -> None:
    """
    The verbs on boards take what they take and return what they return.
    """
    desk = Desk(service(), MemoryStore())
    admitted(desk, "J-1")

    assert_type(desk.route("J-1", now=NOW), Route)
    assert_type(desk.rank("everybody", now=NOW), Ranking)
    assert_type(desk.board("north", DAY, now=NOW), DayBoard)
    assert_type(desk.admission("J-1", by=PAUL, at=NOW), Answer[str])
    assert_type(desk.overbooked(["north"], DAY, now=NOW), tuple[Overbooked, ...])
    assert_type(desk.displaceable("J-1", rule="storm", now=NOW), Answer[Displaced])
    assert_type(desk.override_priority("J-1", points=1, reason="x", by=PAUL, at=NOW), Done)
    assert_type(desk.withdraw("J-1", reason="asked", by=PAUL, at=NOW), Done)
