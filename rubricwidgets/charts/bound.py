"""``study.plot``: the charts with a study's own frames and rubric filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from rubricwidgets import charts
from rubricwidgets.errors import InputError, hands_on, known_methods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.charts.display import Chart, HConcatChart, LayerChart, VConcatChart
    from rubricwidgets.stats.describe import By
    from rubricwidgets.stats.facets_data import Model

    AnyChart = Chart | LayerChart | HConcatChart | VConcatChart


@known_methods
class Plots:
    """Every chart of ``rw.charts`` for one study, always of its current scores.

    Parameters
    ----------
    study
        What the frames and the rubric come from.

    """

    def __init__(self, study: Any) -> None:  # noqa: ANN401 - whatever has a study's frames; charts know no study
        self._study = study

    def distribution(self, *, by: By | None = None) -> AnyChart:
        """Chart the share of each answer on each dimension; see :func:`rubricwidgets.charts.distribution`."""
        return charts.distribution(self._study.scores(), self._study.rubric, by=by)

    def means(self, *, by: By | None = "model", confidence: float = 0.95) -> AnyChart:
        """Chart mean scores with intervals; see :func:`rubricwidgets.charts.means`."""
        return charts.means(self._study.scores(), self._study.rubric, by=by, confidence=confidence)

    def heatmap(self, *, rows: Literal["rater", "item"] = "rater") -> AnyChart:
        """Chart mean scores by rater or item and dimension; see :func:`rubricwidgets.charts.heatmap`."""
        return charts.heatmap(self._study.scores(), self._study.rubric, rows=rows)

    def progress(self) -> AnyChart:
        """Chart how far each rater is; see :func:`rubricwidgets.charts.progress`."""
        return charts.progress(self._study.progress())

    def time(self) -> AnyChart:
        """Chart the active time per item; see :func:`rubricwidgets.charts.time`."""
        return charts.time(self._study.ratings())

    # Agreement

    @hands_on("rubricwidgets.charts:agreement")
    def agreement(self, **options: Any) -> AnyChart:  # noqa: ANN401 - as the function has them
        """Chart agreement with intervals; see :func:`rubricwidgets.charts.agreement`."""
        return charts.agreement(self._study.scores(), self._study.rubric, **options)

    @hands_on("rubricwidgets.charts:rater_pairs")
    def rater_pairs(self, **options: Any) -> AnyChart:  # noqa: ANN401
        """Chart how far every two raters agree; see :func:`rubricwidgets.charts.rater_pairs`."""
        return charts.rater_pairs(self._study.scores(), self._study.rubric, **options)

    @hands_on("rubricwidgets.charts:disagreement")
    def disagreement(self, **options: Any) -> AnyChart:  # noqa: ANN401
        """Chart where raters part, by item; see :func:`rubricwidgets.charts.disagreement`."""
        return charts.disagreement(self._study.scores(), self._study.rubric, **options)

    @hands_on("rubricwidgets.charts:decision")
    def decision(self, **options: Any) -> AnyChart:  # noqa: ANN401
        """Chart the reliability that more raters would bring; see :func:`rubricwidgets.charts.decision`."""
        return charts.decision(self._study.decision_study(), self._study.rubric, **options)

    # Raters

    def severity(self, *, unit: Literal["points", "logits"] = "points", model: Model = "rating_scale") -> AnyChart:
        """Chart how severe each rater is; see :func:`rubricwidgets.charts.severity`.

        Parameters
        ----------
        unit
            ``"points"``: of the scale, on each dimension, from ``study.raters()``. ``"logits"``: from ``study.facets()``, over
            all dimensions.
        model
            Of ``study.facets()``, for logits.

        """
        if unit == "logits":
            return charts.severity(self._study.facets(model=model), self._study.rubric)
        if unit != "points":
            msg = f"'unit' takes 'points' or 'logits' (got {unit!r})"
            raise InputError(msg)
        return charts.severity(self._study.raters(), self._study.rubric)

    @hands_on("rubricwidgets.stats:facets")
    def wright(self, **options: Any) -> AnyChart:  # noqa: ANN401 - those of ``stats.facets``
        """Chart responses, raters, dimensions and thresholds on one ruler; see :func:`rubricwidgets.charts.wright`."""
        return charts.wright(self._study.facets(**options), self._study.rubric)

    @hands_on("rubricwidgets.stats:drift")
    def drift(self, **options: Any) -> AnyChart:  # noqa: ANN401 - those of ``stats.drift``
        """Chart each rater's deviation over time; see :func:`rubricwidgets.charts.drift`."""
        return charts.drift(self._study.drift(**options))

    def against(self, reference: Any = None, *, dimensions: Sequence[str] | str | None = None) -> AnyChart:  # noqa: ANN401
        """Chart people's answers against gold, or against a rater such as a judge; see :func:`rubricwidgets.charts.against`.

        Parameters
        ----------
        reference
            A rater's name or a frame of right answers; the study's own gold where left out.
        dimensions
            Only these.

        """
        known = self._study.gold() if reference is None else reference
        return charts.against(self._study.scores(), known, self._study.rubric, dimensions=dimensions)

    @hands_on("rubricwidgets.stats:judges")
    def judges(self, judges: Sequence[str] | str, **options: Any) -> AnyChart:  # noqa: ANN401 - those of ``stats.judges``
        """Chart how judges agree with people; see :func:`rubricwidgets.charts.judges`."""
        return charts.judges(self._study.judges(judges, **options), self._study.rubric)

    # Models

    @hands_on("rubricwidgets.stats:compare_models")
    def compare_models(self, **options: Any) -> AnyChart:  # noqa: ANN401 - those of ``stats.compare_models``
        """Chart the differences between models; see :func:`rubricwidgets.charts.compare_models`."""
        return charts.compare_models(self._study.compare_models(**options), self._study.rubric)

    @hands_on("rubricwidgets.charts:wins")
    def wins(self, *, dimension: str | None = None, **options: Any) -> AnyChart:  # noqa: ANN401
        """Chart who is preferred to whom; see :func:`rubricwidgets.charts.wins`."""
        return charts.wins(self._study.preferences(), dimension=dimension, **options)

    @hands_on("rubricwidgets.stats:pairwise")
    def ladder(self, *, dimension: str | None = None, **options: Any) -> AnyChart:  # noqa: ANN401 - those of ``study.pairwise``
        """Chart the strength of each model with its rank; see :func:`rubricwidgets.charts.ladder`."""
        return charts.ladder(self._study.pairwise(dimension=dimension, **options))

    def ranks(self, *, dimension: str | None = None) -> AnyChart:
        """Chart how often each model has each rank; see :func:`rubricwidgets.charts.ranks`."""
        return charts.ranks(self._study.rankings(), dimension=dimension)

    # Marks

    def span_density(
        self, *, item: str | None = None, response: str | None = None, dimension: str | None = None
    ) -> AnyChart:
        """Draw a text with the places that raters marked; see :func:`rubricwidgets.charts.span_density`.

        Parameters
        ----------
        item, response
            Which text; the one with most marks where left out.
        dimension
            Which one; needed where several are marked.

        """
        found = self._study.marked(dimension)
        if item is None and response is None:
            item, response = _most_marked(found.marks, found.texts)
        return charts.span_density(found.marks, found.texts, item=item, response=response, rated=found.rated)

    def __repr__(self) -> str:
        names = [name for name in vars(type(self)) if not name.startswith("_")]
        return f"<charts of study {self._study.name!r}: {', '.join(names)}>"


def _most_marked(marks: pl.DataFrame, texts: pl.DataFrame) -> tuple[str | None, str | None]:
    """Return item and response of the text with most marks, the first of equals; none where there is no text."""
    counted = texts.join(
        marks.group_by("item", "response").len("n"),
        on=["item", "response"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).sort(pl.col("n").fill_null(0), descending=True, maintain_order=True)
    return counted.select("item", "response").row(0) if counted.height else (None, None)
