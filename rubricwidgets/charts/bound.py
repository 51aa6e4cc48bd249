"""``study.plot``: the charts with a study's own frames and rubric filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets import charts

if TYPE_CHECKING:
    from rubricwidgets.charts.display import Chart, LayerChart, VConcatChart
    from rubricwidgets.stats.describe import By


class Plots:
    """Every chart of ``rw.charts`` for one study, always of its current scores.

    Parameters
    ----------
    study
        What the frames and the rubric come from.

    """

    def __init__(self, study: Any) -> None:  # noqa: ANN401 - whatever has a study's frames; charts know no study
        self._study = study

    def distribution(self, *, by: By | None = None) -> Chart | LayerChart | VConcatChart:
        """Chart the share of each answer on each dimension; see :func:`rubricwidgets.charts.distribution`."""
        return charts.distribution(self._study.scores(), self._study.rubric, by=by)

    def means(self, *, by: By | None = "model", confidence: float = 0.95) -> Chart | LayerChart | VConcatChart:
        """Chart mean scores with intervals; see :func:`rubricwidgets.charts.means`."""
        return charts.means(self._study.scores(), self._study.rubric, by=by, confidence=confidence)

    def heatmap(self, *, rows: Literal["rater", "item"] = "rater") -> Chart | LayerChart:
        """Chart mean scores by rater or item and dimension; see :func:`rubricwidgets.charts.heatmap`."""
        return charts.heatmap(self._study.scores(), self._study.rubric, rows=rows)

    def progress(self) -> Chart:
        """Chart how far each rater is; see :func:`rubricwidgets.charts.progress`."""
        return charts.progress(self._study.progress())

    def time(self) -> Chart | LayerChart:
        """Chart the active time per item; see :func:`rubricwidgets.charts.time`."""
        return charts.time(self._study.ratings())

    def __repr__(self) -> str:
        return f"<charts of study {self._study.name!r}: distribution, means, heatmap, progress, time>"
