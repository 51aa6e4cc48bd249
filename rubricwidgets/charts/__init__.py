"""Charts over tidy frames: each takes a frame and returns an Altair chart that can be restyled, saved and composed.

Loading this package loads Altair, which takes a second or two; ``rw.charts`` and ``study.plot`` do so on first use,
and the rating widget does it in the background while the first item is read.
"""

from __future__ import annotations

from rubricwidgets.charts.agreement import agreement
from rubricwidgets.charts.decision import decision
from rubricwidgets.charts.disagreement import disagreement
from rubricwidgets.charts.display import warm_up
from rubricwidgets.charts.distribution import distribution
from rubricwidgets.charts.drift import drift
from rubricwidgets.charts.gold import against
from rubricwidgets.charts.heatmap import heatmap
from rubricwidgets.charts.judge import judges
from rubricwidgets.charts.ladder import ladder
from rubricwidgets.charts.means import means
from rubricwidgets.charts.models import compare_models
from rubricwidgets.charts.progress import progress
from rubricwidgets.charts.ranks import ranks
from rubricwidgets.charts.rater_pairs import rater_pairs
from rubricwidgets.charts.severity import severity
from rubricwidgets.charts.spans import span_density
from rubricwidgets.charts.time import time
from rubricwidgets.charts.wins import wins
from rubricwidgets.charts.wright import wright
from rubricwidgets.errors import known_keywords

__all__ = [
    "against",
    "agreement",
    "compare_models",
    "decision",
    "disagreement",
    "distribution",
    "drift",
    "heatmap",
    "judges",
    "ladder",
    "means",
    "progress",
    "ranks",
    "rater_pairs",
    "severity",
    "span_density",
    "time",
    "warm_up",
    "wins",
    "wright",
]

# Each refuses a mistyped keyword with the nearest one that it takes.
for _name in __all__:
    globals()[_name] = known_keywords(globals()[_name])
