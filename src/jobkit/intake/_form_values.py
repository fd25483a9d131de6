"""What a channel asks, as data: questions, their answers, and the codes and fields these stand for."""

from collections.abc import Mapping
from typing import Any

import attrs

from jobkit.fields import Help
from jobkit.mappings import EMPTY


@attrs.frozen(kw_only=True)
class Choice:
    """
    One answer that may be chosen, and the values it stands for: path → plain value.

    `labels` are by language.
    """

    id: str
    label: str = ""
    labels: Mapping[str, str] = EMPTY
    sets: Mapping[str, Any] = EMPTY


@attrs.frozen(kw_only=True)
class FormQuestion:
    """
    One question: either its answer goes to `path` as it is, or it is one of `answers`.

    With `values`, what is answered is translated before it goes to `path`, as a machine's error number into
    a code. `many` takes several of the answers. It is asked unless `when` is false; `texts` are by language.
    """

    id: str
    text: str = ""
    texts: Mapping[str, str] = EMPTY
    path: str | None = None
    answers: tuple[Choice, ...] = ()
    values: Mapping[str, Any] = EMPTY
    many: bool = False
    when: Any = None
    help: Help | None = None


@attrs.frozen(kw_only=True)
class FormData:
    """
    What is asked over one channel of people in one role; left out, the form is for any.

    `kind` is free: guided, full, machine. Whatever is answered and has no place stands at `unmapped`.
    """

    id: str
    channel: str | None = None
    role: str | None = None
    kind: str | None = None
    questions: tuple[FormQuestion, ...] = ()
    unmapped: str = "fields.unmapped"
