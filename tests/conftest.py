"""
Hypothesis profiles, and a machine with other zone files than ours.

`quick` is the profile of every run, `laws` the one when the properties themselves are on trial.
"""

import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

import pytest
from hypothesis import HealthCheck, settings

# A loaded two-core machine generates slowly; that says nothing about the law under test.
_PATIENT = [HealthCheck.too_slow]

settings.register_profile(
    "quick",
    max_examples=30,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=_PATIENT,
)
settings.register_profile("laws", max_examples=2_000, deadline=None, suppress_health_check=_PATIENT)
settings.load_profile(os.environ.get("JOBKIT_HYPOTHESIS", "quick"))


@pytest.fixture
def odd_machine(tmp_path: Path) -> Iterator[None]:
    """Let the machine say that Berlin keeps the time of Tokyo, and that there is a zone on Mars."""
    tokyo = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    for name in ("Europe/Berlin", "Mars"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(tokyo)
    ZoneInfo.clear_cache()
    reset_tzpath([str(tmp_path)])
    yield
    reset_tzpath()
    ZoneInfo.clear_cache()
