"""Collects the Python blocks of README.md and docs/ as tests: each file is one story in one namespace."""

import contextlib
import tempfile
from typing import Any

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

_KEPT = "_where_the_story_happens"


def _enter_empty_folder(namespace: dict[str, Any]) -> None:
    stack = contextlib.ExitStack()
    folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    stack.enter_context(contextlib.chdir(folder))
    namespace[_KEPT] = stack


def _leave_folder(namespace: dict[str, Any]) -> None:
    namespace.pop(_KEPT).close()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    setup=_enter_empty_folder,
    teardown=_leave_folder,
).pytest()
