"""Verdicts of a real system, reproduced: one target for each priority, found from half of the cases."""

import pytest

from tests.clocks._servicenow import LOG, Incident, incidents, judged, limits


@pytest.fixture(scope="module")
def cases() -> list[Incident]:
    """The incidents of the log, by the instant at which they were opened."""
    if not LOG.exists():
        pytest.skip("the excerpt of the ServiceNow incident log is not here")
    return incidents()


def halves(cases: list[Incident]) -> tuple[list[Incident], list[Incident]]:
    """Return the earlier and the later half."""
    middle = len(cases) // 2
    return cases[:middle], cases[middle:]


def test_every_incident_is_read(cases: list[Incident]) -> None:
    """
    890 incidents are judged, of which the log says that 395 broke their promise.
    """
    assert (890, 395) == (len(cases), sum(not case.made for case in cases))


def test_targets_of_the_first_half_judge_the_second(cases: list[Incident]) -> None:
    """
    One target for each priority, found from the earlier half, reproduces all 445 verdicts of the later half.
    """
    taught, asked = halves(cases)
    agreed, others = judged(asked, limits(taught))

    assert (445, []) == (agreed, [each.incident.number for each in others])


def test_targets_of_the_second_half_judge_the_first(cases: list[Incident]) -> None:
    """
    Taught by the later half the clocks differ on three cases, each explained by a field of the log.
    """
    asked, taught = halves(cases)
    agreed, others = judged(asked, limits(taught))
    fields = {each.incident.number: each.field for each in others}

    wanted = {
        "INC0000372": "priority",
        "INC0000379": "closed_at",
        "INC0000661": "priority",
    }
    assert (442, wanted) == (agreed, fields)


def test_a_breach_that_is_kept_shows_where_the_log_forgets(cases: list[Incident]) -> None:
    """
    When a breach under an earlier priority stays one, exactly the four cases that were lowered later differ.
    """
    taught, asked = halves(cases)
    agreed, others = judged(asked, limits(taught), past_breach="keep")
    lowered = [each for each in others if each.incident.priority > each.incident.moments[0][1]["priority"]]

    assert (441, 4, {"priority"}) == (agreed, len(lowered), {each.field for each in others})
