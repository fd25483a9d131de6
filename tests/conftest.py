"""Hypothesis profiles: `quick` on every run, `laws` when the properties themselves are on trial."""

import os

from hypothesis import HealthCheck, settings

# A loaded two-core machine generates slowly; that says nothing about the law under test.
_PATIENT = [HealthCheck.too_slow]

settings.register_profile(
    "quick",
    max_examples=50,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=_PATIENT,
)
settings.register_profile("laws", max_examples=2_000, deadline=None, suppress_health_check=_PATIENT)
settings.load_profile(os.environ.get("JOBKIT_HYPOTHESIS", "quick"))
