"""Words of data on a page in Markdown: whatever they hold, they cannot break it."""

from collections.abc import Iterable


def page_line(text: str) -> str:
    """
    Return text that stays on its line and means nothing in Markdown.

    >>> page_line("a|b\\n# c")
    'a\\\\|b \\\\# c'
    """
    flat = " ".join(text.split())
    return "".join(f"\\{char}" if char in r"\`*[]<>#|" else char for char in flat)


def page_code(text: str) -> str:
    """
    Return text as code on one line.

    >>> page_code("x == 1")
    '`x == 1`'
    """
    return f"`{' '.join(text.replace('`', chr(39)).split())}`"


def page_names(names: Iterable[str]) -> str:
    """Return names as they are listed in a sentence."""
    return ", ".join(map(page_line, names))


def page_section(title: str, lines: Iterable[str], before: str) -> str:
    """Return a section with *before* as its first sentence, nothing where there are no lines."""
    told = list(lines)
    return "\n".join([f"## {title}", "", before, "", *told, ""]) if told else ""
