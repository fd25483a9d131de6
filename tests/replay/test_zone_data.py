"""Promises about zone data: the times of a log are read by tzdata alone, whatever the machine has."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobkit.errors import Invalid
from jobkit.replay import LogMapping, replay_log
from jobkit.stores.memory import MemoryStore

MAPPING = """
case = "ticket"
time = "at"
state = "status"
time_format = "%d-%m-%Y %H:%M"
zone = "Europe/Berlin"
"""


@pytest.mark.usefixtures("odd_machine")
def test_a_local_time_of_a_log_is_what_tzdata_says(tmp_path: Path) -> None:
    """
    The instant of a row does not depend on the machine's zone files.
    """
    log = tmp_path / "log.csv"
    log.write_text("ticket,at,status\na,01-07-2026 08:00,new\n")
    store = MemoryStore()

    replay_log(log, LogMapping.load(MAPPING), store)

    assert datetime(2026, 7, 1, 6, tzinfo=UTC) == store.history("", "a")[0].occurred_at


@pytest.mark.usefixtures("odd_machine")
@pytest.mark.parametrize("zone", ["Mars", "Europe/Atlantis", "../Berlin"])
def test_a_mapping_of_a_zone_that_tzdata_does_not_list_is_refused(zone: str) -> None:
    """
    A mapping that loads here loads everywhere: the zone is asked for before any row is read.
    """
    with pytest.raises(Invalid) as refused:
        LogMapping.load(MAPPING.replace("Europe/Berlin", zone))

    assert ("calendars.zone", "$.zone") == (refused.value.code, refused.value.path)
