"""Intake: only complete work gets in, with an answer that says exactly what unblocks it."""

from jobkit.intake._form_values import Choice, FormData, FormQuestion
from jobkit.intake._forms import Form, Read, label_of
from jobkit.intake._governing import Governing
from jobkit.intake._heard import Heard, Proposed, Shown
from jobkit.intake._inspect import Inspection, inspect
from jobkit.intake._lookups import Asks, LookedUp
from jobkit.intake._promotion import Mapped, Promotion, mapped, promotable, promotion
from jobkit.intake._provenance import Provenance, Told, carried_over, erasures, provenance
from jobkit.intake._reply import Asked, Reply, reply
from jobkit.intake._reply_values import FindingWords, ReplyWords
from jobkit.intake._rules import IntakeRules, account_of
from jobkit.intake._suggestions import (
    as_told,
    confirmed,
    confirmed_part,
    declined,
    is_presumed,
    judging,
    open_suggestions,
)
from jobkit.intake._values import (
    NEEDS,
    TOPICS,
    Account,
    Hardened,
    IntakeData,
    ListData,
    LookUp,
    PackageData,
    PromotionData,
    Relaxed,
    Topic,
)
from jobkit.intake._verdicts import (
    IN_INTAKE,
    barred,
    judged,
    judgement,
    lapsed,
    promised_findings,
    verdict_findings,
)

__all__ = [
    "IntakeRules",
    "inspect",
    "Inspection",
    "Heard",
    "Shown",
    "Proposed",
    "Governing",
    "account_of",
    "Asks",
    "LookedUp",
    "verdict_findings",
    "promised_findings",
    "barred",
    "judgement",
    "judged",
    "lapsed",
    "IN_INTAKE",
    "as_told",
    "open_suggestions",
    "is_presumed",
    "judging",
    "confirmed",
    "confirmed_part",
    "declined",
    "IntakeData",
    "PackageData",
    "Account",
    "Relaxed",
    "Hardened",
    "ListData",
    "LookUp",
    "Topic",
    "TOPICS",
    "NEEDS",
    "PromotionData",
    "promotable",
    "promotion",
    "Promotion",
    "mapped",
    "Mapped",
    "provenance",
    "carried_over",
    "Provenance",
    "Told",
    "erasures",
    "reply",
    "Reply",
    "Asked",
    "Form",
    "Read",
    "label_of",
    "FormData",
    "FormQuestion",
    "Choice",
    "ReplyWords",
    "FindingWords",
]
