"""Private values: hidden from birth, sealed by a salted digest, erasable for good."""

import hashlib
from typing import Any, Final

import attrs


@attrs.frozen(eq=False)
class Redacted:
    """
    A private value that shows itself only to `reveal`.

    Its digest, SHA-256 over salt and text, stands in the sealed history in its place. The salt comes from
    the host's source of randomness (at least 16 bytes, as hex) and is erased together with the value.
    Values are text; a store keeps text and salt apart from the events.

    >>> secret = Redacted("Frieda Berg", salt="00" * 16)
    >>> secret
    Redacted()
    >>> secret.reveal()
    'Frieda Berg'
    """

    _text: str = attrs.field(repr=False)
    salt: str = attrs.field(repr=False, kw_only=True)

    def reveal(self) -> str:
        """Return the private text."""
        return self._text

    @property
    def digest(self) -> str:
        """The salted digest that stands in the chain for the value."""
        return hashlib.sha256(f"{self.salt}:{self._text}".encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Redacted):
            return self._text == other._text and self.salt == other.salt
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __str__(self) -> str:
        return "Redacted()"

    def __format__(self, spec: str) -> str:
        return "Redacted()"


@attrs.frozen
class Erased:
    """What is left of a private value after it was erased: the digest; it reads as unknown."""

    digest: str = attrs.field(repr=False)


PRIVATE_KEY: Final = "$private"
"""The only key of the object that stands for a private value in canonical bytes."""


def sealed(value: Redacted | Erased) -> dict[str, Any]:
    """Return the object that stands for a private value in canonical bytes and stored events."""
    return {PRIVATE_KEY: value.digest}
