"""Promises of the registry: names in data reach what the host registered, and nothing else."""

from typing import Any

import pytest

from jobkit.errors import Invalid, JobkitError, NotFound, RuleFailed, Unavailable
from jobkit.findings import Template
from jobkit.registry import Registry, guarded


def even(number: int) -> bool:
    """Say whether a number is even."""
    return number % 2 == 0


REGISTRY = Registry.of(predicate={"acme.even": even, "acme.odd": lambda number: not even(number)})


def test_unknown_name_tells_the_nearest() -> None:
    """
    A typing error in a rule says what was probably meant, and where it stands.
    """
    with pytest.raises(Invalid) as refused:
        REGISTRY.find("predicate", "acme.evn", "$.guards[g1].when")
    assert "acme.even" in refused.value.unblock
    assert "$.guards[g1].when" == refused.value.path


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "__class__", ""])
def test_names_never_import(name: str) -> None:
    """
    The name of something importable is just an unknown name.
    """
    with pytest.raises(Invalid):
        REGISTRY.find("predicate", name)


def test_kinds_are_apart() -> None:
    """
    A predicate's name is no effect's name.
    """
    with pytest.raises(Invalid):
        REGISTRY.find("effect", "acme.even")


def test_taken_name_is_refused() -> None:
    """
    Registering a name again is refused, and adding others leaves the old registry alone.
    """
    with pytest.raises(Invalid) as refused:
        REGISTRY.with_("predicate", {"acme.even": even})
    more = REGISTRY.with_("predicate", {"acme.prime": even})

    assert "registry.taken" == refused.value.code
    assert {"acme.even", "acme.odd", "acme.prime"} == set(more.names("predicate"))
    assert "acme.prime" not in REGISTRY.names("predicate")


def test_what_a_host_raises_is_wrapped_without_its_text() -> None:
    """
    What a callable raises comes back as our error with its name, without the foreign and maybe private text.
    """

    def broken(**_: Any) -> bool:
        raise ValueError("Frieda Berg")

    with pytest.raises(RuleFailed) as failed:
        Registry.of(predicate={"acme.broken": broken}).call("predicate", "acme.broken")
    assert "The predicate acme.broken raised ValueError." == failed.value.message
    assert "Frieda" not in str(failed.value)
    assert isinstance(failed.value.__cause__, ValueError)


@pytest.mark.parametrize("error", [ConnectionError, TimeoutError, ConnectionResetError])
def test_unreachable_is_told_apart(error: type[Exception]) -> None:
    """
    A look-up that is down says that trying again may help.
    """

    def down() -> None:
        raise error

    with pytest.raises(Unavailable):
        guarded("look-up", "acme.contract", down)


def test_our_own_errors_pass() -> None:
    """
    A callable may say no in our words.
    """

    def refuse() -> None:
        raise NotFound.of(Template("test.none", "There is none.", "Add one."))

    with pytest.raises(NotFound):
        guarded("predicate", "acme.none", refuse)
    assert issubclass(NotFound, JobkitError)


def test_call_hands_on_arguments() -> None:
    """
    What is registered is called with what the rule gives.
    """
    assert REGISTRY.call("predicate", "acme.even", 4)
    assert REGISTRY.call("predicate", "acme.odd", number=3)
