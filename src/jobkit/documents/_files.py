"""Reading a text file, where what cannot be read is one typed error."""

from pathlib import Path

from jobkit.documents._plain import ORDINARY, TOO_LONG, Limits
from jobkit.errors import Invalid, NotFound
from jobkit.findings import Template

UNREADABLE_FILE = Template(
    "documents.unreadable_file",
    "{file} cannot be read: {error}.",
    "Give the path of a readable file in UTF-8.",
)


def read_file(path: Path, limits: Limits = ORDINARY) -> str:
    """
    Return the text of a UTF-8 file; one that is missing, unreadable, no text or too long is refused.

    No more than the limit is ever read, so that an endless file is refused too.
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(limits.characters + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise NotFound.of(UNREADABLE_FILE, file=path.name, error=reason) from error
    if len(text) > limits.characters:
        raise Invalid.of(TOO_LONG, length=f"more than {limits.characters}", limit=limits.characters)
    return text
