"""Duplicate detection on any records: match rules as data, explained scores, an index, clusters."""

from jobkit.duplicates import _normal as normal
from jobkit.duplicates._batch import Matches, cluster_all, match_all
from jobkit.duplicates._clusters import Clusters, NotJoined, Scored, clusters, unscored
from jobkit.duplicates._compare import compare
from jobkit.duplicates._data import (
    Age,
    Band,
    Bands,
    Frequencies,
    KeyPart,
    KeyRule,
    Level,
    MatchRule,
    MatchRulesData,
    Record,
    Scope,
    Terms,
    Window,
)
from jobkit.duplicates._em import Chances
from jobkit.duplicates._found import Candidate, Found
from jobkit.duplicates._index import Index
from jobkit.duplicates._keys import Key, keys_of
from jobkit.duplicates._learn import Against, learn, with_terms
from jobkit.duplicates._learn_report import Learned, Report, RuleLearned, Session
from jobkit.duplicates._learn_start import SORTS, Sort, starting_rules, text_rules
from jobkit.duplicates._lookup import Candidates, look_up
from jobkit.duplicates._match import Contribution, Match
from jobkit.duplicates._merging import Criterion, FieldRule, MergeRules, MergeRulesData
from jobkit.duplicates._merging_policy import MergedFields, TakenOver, choose_survivor, merged_fields
from jobkit.duplicates._rules import MatchRules

__all__ = [
    "MatchRules",
    "compare",
    "Match",
    "Contribution",
    "Index",
    "Found",
    "Candidate",
    "look_up",
    "Candidates",
    "keys_of",
    "Key",
    "Record",
    "Band",
    "match_all",
    "Matches",
    "Scored",
    "cluster_all",
    "clusters",
    "unscored",
    "Clusters",
    "NotJoined",
    "starting_rules",
    "text_rules",
    "SORTS",
    "Sort",
    "learn",
    "with_terms",
    "Against",
    "Learned",
    "Report",
    "RuleLearned",
    "Session",
    "Chances",
    "MatchRulesData",
    "MatchRule",
    "Level",
    "Bands",
    "KeyRule",
    "KeyPart",
    "Window",
    "Age",
    "Scope",
    "Frequencies",
    "Terms",
    "MergeRules",
    "MergeRulesData",
    "Criterion",
    "FieldRule",
    "MergedFields",
    "TakenOver",
    "choose_survivor",
    "merged_fields",
    "normal",
]
