"""Promises of errors: one root, and the deciding finding speaks for all."""

import pytest

from jobkit.errors import Invalid, JobkitError
from jobkit.findings import Finding, Template

WRONG = Template("test.wrong", "{what} is wrong.", "Mend {what}.")


def test_error_needs_a_finding() -> None:
    """
    An error without a reason cannot be built.
    """
    with pytest.raises(TypeError):
        JobkitError(())


def test_first_blocking_finding_decides() -> None:
    """
    Code, path and deed are those of the first finding that blocks, not of a warning before it.
    """
    warning = Finding.of(WRONG, path="$.a", severity="warn", what="a")
    error = Invalid((warning, Finding.of(WRONG, path="$.b", what="b")))

    assert ("test.wrong", "$.b", "Mend b.") == (error.code, error.path, error.unblock)
    assert "a is wrong. b is wrong." == error.message


def test_text_names_deed_code_and_place() -> None:
    """
    A traceback alone is enough to know what to do.
    """
    assert "x is wrong. Mend x. [test.wrong at $.x]" == str(Invalid.of(WRONG, path="$.x", what="x"))


def test_only_warnings_still_have_a_first() -> None:
    """
    An error made of warnings speaks through the first of them.
    """
    error = Invalid.of(WRONG, severity="warn", what="x")

    assert "Mend x." == error.unblock
