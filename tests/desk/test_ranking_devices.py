"""Promises of the order of work towards devices: nobody's word about a job comes from one."""

from typing import Any, Final

import pytest

from jobkit.desk import Desk
from jobkit.history import FieldChange
from jobkit.stores import MemoryStore
from tests.desk.dispatch import NOW, PAUL, opened, service
from tests.desk.test_devices import codes, sent, told

WORD: Final = {"id": "o1", "by": "boss", "reason": "x", "at": NOW.isoformat(), "band": "emergency"}

PUT_OFF: Final = {
    "id": "d1",
    "reason": "x",
    "until": NOW.isoformat(),
    "by": "boss",
    "at": NOW.isoformat(),
    "rule": "storm",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.terms.overrides[o1]", WORD),
        ("$.terms.overrides", [WORD]),
        ("$.terms.deferrals[d1]", PUT_OFF),
        ("$.terms.deferrals", [PUT_OFF]),
    ],
)
@pytest.mark.parametrize("kind", ["amended", "overridden", "prioritised"])
def test_no_word_about_its_place_comes_from_a_device(path: str, value: Any, kind: str) -> None:
    """
    A sound override or deferral that a device sends is kept as refused, of whatever kind, and moves nothing.
    """
    desk = Desk(service(), MemoryStore())
    job = opened(desk, "a", "preventive")

    received = sent(
        desk, job, told(job, kind, by=PAUL, at=NOW, changes=(FieldChange(path, None, value),)), at=NOW
    )

    assert codes(received)
    assert job.terms == desk.job("a").terms
    assert "preventive" == desk.rank("everybody", now=NOW).places[0].band
