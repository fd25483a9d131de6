"""Reading a text file, where what cannot be read is one typed error."""

from pathlib import Path

from jobkit.errors import NotFound
from jobkit.findings import Template

UNREADABLE_FILE = Template(
    "documents.unreadable_file",
    "{file} cannot be read: {error}.",
    "Give the path of a readable file in UTF-8.",
)


def read_file(path: Path) -> str:
    """Return the text of a UTF-8 file; one that is missing, unreadable or no text is refused."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise NotFound.of(UNREADABLE_FILE, file=path.name, error=reason) from error
