"""Promises of answers: every finding at once, open when none of them blocks."""

import pytest

from jobkit.answers import Answer
from jobkit.errors import Refused
from jobkit.findings import Finding, Template

MISSING = Template("test.missing", "{field} is missing.", "Record {field}.")


def test_warnings_leave_an_answer_open() -> None:
    """
    A warning can be acknowledged, so it does not close the way.
    """
    warning = Finding.of(MISSING, severity="warn", field="photo")
    answer = Answer("close", (warning,))

    assert answer.open
    assert (warning,) == answer.warnings
    assert answer is answer.must()


def test_must_raises_all_findings() -> None:
    """
    Doing what is not open raises exactly what asking told.
    """
    findings = tuple(Finding.of(MISSING, field=field) for field in ("asset", "site"))

    with pytest.raises(Refused) as refused:
        Answer("approve", findings).must()
    assert findings == refused.value.findings


def test_answer_reads_as_a_list_of_deeds() -> None:
    """
    Printed, an answer says what is wrong, what helps and who does it.
    """
    answer = Answer("approve").also([Finding.of(MISSING, field="asset", who="dealer")])

    assert "approve is not open: 1 finding\n  asset is missing.  Record asset.  (dealer)" == str(answer)
    assert "approve is open" == str(Answer("approve"))
