"""Statistics over tidy frames; they know nothing of widgets or stores.

``study.agreement()`` and its sisters are these functions with the study's scores and rubric filled in.
"""

from __future__ import annotations

from rubricwidgets.errors import known_keywords
from rubricwidgets.stats.agreement import agreement
from rubricwidgets.stats.alternative_annotator import alternative_annotator
from rubricwidgets.stats.concordance import kendall_w
from rubricwidgets.stats.consensus import consensus
from rubricwidgets.stats.decision import decision_study
from rubricwidgets.stats.describe import levels, means, summary
from rubricwidgets.stats.drift import drift
from rubricwidgets.stats.elo import elo
from rubricwidgets.stats.facets import facets
from rubricwidgets.stats.generalizability import generalizability, variance_components
from rubricwidgets.stats.gold import gold_agreement, self_agreement
from rubricwidgets.stats.icc import icc
from rubricwidgets.stats.judge_bias import judge_bias
from rubricwidgets.stats.judge_pairs import judge_pairs
from rubricwidgets.stats.judges import judges
from rubricwidgets.stats.models import compare_models
from rubricwidgets.stats.mqm import mqm
from rubricwidgets.stats.pairwise import pairwise
from rubricwidgets.stats.power import power
from rubricwidgets.stats.rankings import rankings
from rubricwidgets.stats.rater_pairs import rater_pairs
from rubricwidgets.stats.raters import raters
from rubricwidgets.stats.report import report
from rubricwidgets.stats.score_pairs import comparisons_from_scores
from rubricwidgets.stats.spans import spans

__all__ = [
    "agreement",
    "alternative_annotator",
    "compare_models",
    "comparisons_from_scores",
    "consensus",
    "decision_study",
    "drift",
    "elo",
    "facets",
    "generalizability",
    "gold_agreement",
    "icc",
    "judge_bias",
    "judge_pairs",
    "judges",
    "kendall_w",
    "levels",
    "means",
    "mqm",
    "pairwise",
    "power",
    "rankings",
    "rater_pairs",
    "raters",
    "report",
    "self_agreement",
    "spans",
    "summary",
    "variance_components",
]

# Each refuses a mistyped keyword with the nearest one that it takes.
for _name in __all__:
    globals()[_name] = known_keywords(globals()[_name])
