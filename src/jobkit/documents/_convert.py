"""From plain data to values and back, without coercion and without loss."""

from typing import Any, TypeVar

from jobkit.documents._hooks import hook_for, unhook_for
from jobkit.documents._plain import Wire, check_size
from jobkit.errors import Invalid

T = TypeVar("T")


def structure(cls: type[T], data: Wire, path: str = "$") -> T:
    """
    Build a value of *cls* from plain data.

    Data beyond the ordinary limits is refused before anything is read. Unknown and missing keys, wrong types
    and doubled ids are refused all at once, with their paths below *path*; nothing is converted: "7" is not
    7, True is not 1, None is not "None".

    >>> from jobkit.model import Visit
    >>> structure(Visit, {"id": "v1", "crew": ["t-9"]}).crew
    ('t-9',)
    """
    kind: Any = cls
    check_size(data, path)
    try:
        value: T = hook_for(kind)(data)
    except Invalid as error:
        if path == "$":
            raise
        raise Invalid(finding.at(path + finding.path[1:]) for finding in error.findings) from error.__cause__
    return value


def unstructure(value: Any) -> Wire:
    """
    Return *value* as plain data that `structure` reads back: defaults left out, private leaves kept.

    >>> from jobkit.model import Visit
    >>> unstructure(Visit(id="v1", crew=("t-9",)))
    {'id': 'v1', 'crew': ['t-9']}
    """
    kind: Any = type(value)
    return unhook_for(kind)(value)
