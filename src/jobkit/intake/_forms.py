"""Forms: what a channel still asks, and what its answers say about the job."""

from collections.abc import Mapping

import attrs

from jobkit.conditions import Condition
from jobkit.intake._form_values import FormData
from jobkit.mappings import EMPTY


@attrs.frozen(kw_only=True)
class Form:
    """One form, checked."""

    data: FormData
    whens: Mapping[str, Condition] = attrs.field(default=EMPTY, repr=False)
