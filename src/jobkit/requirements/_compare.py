"""Comparing two reviews: what moved the score, told apart by cause."""

import attrs

from jobkit.requirements._review import Review


@attrs.frozen(kw_only=True)
class Compared:
    """
    What lies between two reviews of one package.

    `began` are requirements that apply now and did not before, `ceased` the other way round; `gained` and
    `lost` are those that applied both times and were met only the second or only the first time. When the
    score fell, `fell_because` names every requirement that pulled it down: one lost, one that began to apply
    and is not met, or one that was met and ceased to apply.
    """

    change: float
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    began: tuple[str, ...] = ()
    ceased: tuple[str, ...] = ()
    fell_because: tuple[str, ...] = ()

    @property
    def began_to_apply(self) -> bool:
        """Whether the score fell because a requirement began to apply and is not met."""
        return self.change < 0 and bool(set(self.began) & set(self.fell_because))

    def __str__(self) -> str:
        moved = "did not change" if not self.change else "rose" if self.change > 0 else "fell"
        parts = [
            f"{word}: {', '.join(ids)}"
            for word, ids in (
                ("now met", self.gained),
                ("no longer met", self.lost),
                ("began to apply", self.began),
                ("ceased to apply", self.ceased),
            )
            if ids
        ]
        return f"The score {moved}" + (f" ({'; '.join(parts)})." if parts else ".")


def compare(before: Review, after: Review) -> Compared:
    """
    Say what lies between two reviews of one package; whatever a fall is due to is named.

    The order of the ids is alphabetical. Reviews of different packages are compared by id all the same.
    """
    old, new = {*before.met, *before.unmet}, {*after.met, *after.unmet}
    lost = set(before.met) & set(after.unmet)
    began, ceased = new - old, old - new
    change = after.score - before.score
    pulled = lost | (began & set(after.unmet)) | (ceased & set(before.met))
    return Compared(
        change=change,
        gained=tuple(sorted(set(before.unmet) & set(after.met))),
        lost=tuple(sorted(lost)),
        began=tuple(sorted(began)),
        ceased=tuple(sorted(ceased)),
        fell_because=tuple(sorted(pulled)) if change < 0 else (),
    )
