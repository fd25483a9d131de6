"""Which facts a milestone reads, so that what changes none of them can be passed over."""

from collections.abc import Iterator

from jobkit.clocks._edition import Edition
from jobkit.clocks._milestone import Milestone
from jobkit.conditions import Call, Node


def fields_read(milestone: Milestone) -> frozenset[str] | None:
    """
    Return the paths of every fact that any version of *milestone* reads; None if it asks a predicate.

    A moment at which none of them changes leaves the clock as it was: it is not folded to be read.

    >>> sorted(fields_read(Milestone.load("reply", {"starts": "known(asked)", "stops": "known(answered)"})))
    ['answered', 'asked']
    """
    conditions = [each for edition in milestone.editions for each in edition.conditions.values()]
    if any(_calls(each.node) for each in conditions):
        return None
    asked = {field for each in conditions for field in each.fields_read}
    return frozenset(asked.union(*map(_dates, milestone.editions)))


def _calls(node: Node) -> bool:
    parts = getattr(node, "parts", None) or (getattr(node, "part", None),)
    return isinstance(node, Call) or any(_calls(part) for part in parts if part is not None)


def _dates(edition: Edition) -> Iterator[str]:
    # What is asked of the items of a list stands below the path of their dates.
    return (aim.rule.by.removeprefix("$.") for aim in edition.aims if aim.rule.by is not None)
