"""Every "no" of the library keeps the same promises: a code of its own, a sentence, a deed that helps."""

import copy
import importlib
import json
import pickle
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

import jobkit
from jobkit import errors
from jobkit.errors import JobkitError
from jobkit.findings import Finding, Template

NEEDS_AN_EXTRA = ("jobkit.__main__",)


def templates() -> dict[str, Template]:
    """Return every template of every module, by the place where it stands."""
    return {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, Template)
    }


def modules() -> Iterator[ModuleType]:
    """Yield every module of the library."""
    for found in pkgutil.walk_packages(jobkit.__path__, "jobkit."):
        if found.name not in NEEDS_AN_EXTRA:
            yield importlib.import_module(found.name)


def kinds() -> list[type[JobkitError]]:
    """Return every class below the root."""
    seen: list[type[JobkitError]] = []
    left = [*JobkitError.__subclasses__()]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        seen.append(kind)
    return seen


ALL = templates()
ERRORS = kinds()


def test_codes_are_unique() -> None:
    """
    A code stands for one wording in the whole library.
    """
    by_code: dict[str, set[int]] = {}
    for template in ALL.values():
        by_code.setdefault(template.code, set()).add(id(template))

    assert [] == [code for code, wordings in by_code.items() if len(wordings) > 1]


@pytest.mark.parametrize("place", sorted(ALL))
def test_template_is_a_sentence_with_a_deed(place: str) -> None:
    """
    A template has a code of its room, a full sentence and a deed that is a sentence too.
    """
    template = ALL[place]

    assert re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", template.code)
    for text in (template.message, template.unblock):
        assert text == text.strip()
        assert text.endswith(".")
        assert text[0].isupper() or text[0] == "{"


@pytest.mark.parametrize("place", sorted(ALL))
def test_template_name_is_a_constant(place: str) -> None:
    """
    A wording stands under an upper-case name beside the code that says it.
    """
    name = place.rpartition(".")[2]

    assert name == name.upper()


def test_there_are_nine_kinds() -> None:
    """
    A host that catches by kind has nine to know, all in one module.
    """
    named = {name for name, value in vars(errors).items() if value in ERRORS}

    assert 9 == len(ERRORS) == len(named)
    assert 9 == len({kind.kind for kind in ERRORS})


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_error_travels(kind: type[JobkitError]) -> None:
    """
    Pickling and copying an error loses nothing, and its dictionary is JSON.
    """
    template = Template("test.some", "The job {id} is in the way.", "Move the job {id}.")
    error = kind((Finding.of(template, path="$.visits[v1]", who="planner", id="J-1", near=("a", "b")),))

    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (type(error), error.findings, str(error)) == (type(twin), twin.findings, str(twin))
    assert "The job J-1 is in the way." == json.loads(json.dumps(error.to_dict()))["message"]


@pytest.mark.parametrize("place", sorted(ALL))
def test_finding_of_every_template_travels(place: str) -> None:
    """
    A finding with any wording survives pickling and stands in JSON, whatever its parameters are.
    """
    slots = re.findall(r"\{([a-z_]+)\}", ALL[place].message + ALL[place].unblock)
    finding = Finding(template=ALL[place], params=dict.fromkeys(slots, "x" * 1000))

    assert finding == pickle.loads(pickle.dumps(finding))
    assert ALL[place].code == json.loads(json.dumps(finding.to_dict()))["code"]
    assert len(finding.message) < 1500
