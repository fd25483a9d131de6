"""The strict door for data: read JSON and TOML, turn plain data into values and back, refuse the rest."""

from jobkit.documents._convert import structure, unstructure
from jobkit.documents._files import UNREADABLE_FILE, read_file
from jobkit.documents._hooks import hook_for, unhook_for
from jobkit.documents._pages import page_code, page_line, page_names, page_section
from jobkit.documents._plain import (
    ORDINARY,
    Limits,
    Wire,
    check_size,
    check_wire,
    freeze,
    thaw,
    wire_problems,
)
from jobkit.documents._text import read_json, read_toml, write_json

__all__ = [
    "ORDINARY",
    "UNREADABLE_FILE",
    "Limits",
    "Wire",
    "check_size",
    "check_wire",
    "freeze",
    "hook_for",
    "page_code",
    "page_line",
    "page_names",
    "page_section",
    "read_file",
    "read_json",
    "read_toml",
    "structure",
    "thaw",
    "unhook_for",
    "unstructure",
    "wire_problems",
    "write_json",
]
