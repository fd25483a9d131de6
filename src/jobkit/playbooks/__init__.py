"""Playbooks: versioned templates of jobs, what a job gets from one, and what a later version would add."""

from jobkit.playbooks._collection import Playbooks
from jobkit.playbooks._diff import Difference, PlaybookDiff, diff, lacking
from jobkit.playbooks._fill import CHECK, filled
from jobkit.playbooks._playbook import ChecklistItem, KitPart, Playbook, PlaybookTask

__all__ = [
    "CHECK",
    "ChecklistItem",
    "Difference",
    "KitPart",
    "Playbook",
    "PlaybookDiff",
    "PlaybookTask",
    "Playbooks",
    "diff",
    "filled",
    "lacking",
]
