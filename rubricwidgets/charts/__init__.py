"""Charts over tidy frames: each takes a frame and returns an Altair chart that can be restyled, saved and composed.

Loading this package loads Altair, which takes a second or two; ``rw.charts`` and ``study.plot`` do so on first use,
and the rating widget does it in the background while the first item is read.
"""

from __future__ import annotations

from rubricwidgets.charts.display import warm_up
from rubricwidgets.charts.distribution import distribution
from rubricwidgets.charts.heatmap import heatmap
from rubricwidgets.charts.means import means
from rubricwidgets.charts.progress import progress
from rubricwidgets.charts.time import time

__all__ = ["distribution", "heatmap", "means", "progress", "time", "warm_up"]
