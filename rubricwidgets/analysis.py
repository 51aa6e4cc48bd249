"""The statistics of ``rw.stats`` as methods of a study: its own frames and rubric are filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets import item_frames
from rubricwidgets.errors import InputError, hands_on, known_methods, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.concordance import ConcordanceResult
    from rubricwidgets.stats.consensus_result import ConsensusResult
    from rubricwidgets.stats.decision import DecisionStudy
    from rubricwidgets.stats.drift import Drift
    from rubricwidgets.stats.facets_result import Facets
    from rubricwidgets.stats.generalizability import Generalizability
    from rubricwidgets.stats.icc import IntraclassCorrelations
    from rubricwidgets.stats.judges import Judges
    from rubricwidgets.stats.model_comparison import ModelComparison
    from rubricwidgets.stats.mqm import Mqm
    from rubricwidgets.stats.pairwise_result import PairwiseResult
    from rubricwidgets.stats.power import Power
    from rubricwidgets.stats.rankings import RankingsResult
    from rubricwidgets.stats.raters import Raters
    from rubricwidgets.stats.report import StudyReport
    from rubricwidgets.stats.spans import SpanAgreement


@known_methods
class Analysis:
    """What follows from the scores of a study.

    Every method takes the keywords of the function of ``rw.stats`` that it is named after, and always works on the current
    scores.

    A study does not know which raters are models, so a model that judged counts as a rater like any other in all but
    :meth:`judges` and :meth:`report`, which are told. To leave it out of another:
    ``rw.stats.agreement(study.scores().filter(pl.col("rater") != "judge-model"), study.rubric)``.
    """

    name: str

    if TYPE_CHECKING:
        # What the study has.
        @property
        def items(self) -> tuple[Item, ...]: ...  # noqa: D102

        @property
        def rubric(self) -> Rubric: ...  # noqa: D102

        def scores(self) -> pl.DataFrame: ...  # noqa: D102

        def ratings(self) -> pl.DataFrame: ...  # noqa: D102

        def progress(self) -> pl.DataFrame: ...  # noqa: D102

        def comparisons(self) -> pl.DataFrame: ...  # noqa: D102

        def rankings(self) -> pl.DataFrame: ...  # noqa: D102

        def spans(self) -> pl.DataFrame: ...  # noqa: D102

    def gold(self) -> pl.DataFrame:
        """Return the right answers of the items that have some.

        Returns
        -------
        polars.DataFrame
            ``item``, ``response`` (null where the dimension is about the item), ``dimension``, ``score`` (null where it is no number) and
            ``label`` (the answer in words).

        """
        return item_frames.gold(self.items, self.rubric)

    # Do the raters agree, and how sure is that?

    @hands_on("rubricwidgets.stats:agreement")
    def agreement(self, **options: Any) -> pl.DataFrame:  # noqa: ANN401 - as the function has them
        """Return how far raters agree, a row per dimension and statistic; see :func:`rubricwidgets.stats.agreement`.

        Parameters
        ----------
        **options
            ``statistics=`` (``"alpha"`` by default, ``"all"``), ``by=``, ``level=``, ``weights=``, ``interval=``, ``confidence=`` ...

        """
        from rubricwidgets.stats import agreement  # noqa: PLC0415 - statistics load when first asked for

        return agreement(self.scores(), self.rubric, **options)

    @hands_on("rubricwidgets.stats:rater_pairs")
    def rater_pairs(self, **options: Any) -> pl.DataFrame:  # noqa: ANN401
        """Return how far every two raters agree; see :func:`rubricwidgets.stats.rater_pairs`."""
        from rubricwidgets.stats import rater_pairs  # noqa: PLC0415

        return rater_pairs(self.scores(), self.rubric, **options)

    @hands_on("rubricwidgets.stats:icc")
    def icc(self, **options: Any) -> IntraclassCorrelations:  # noqa: ANN401
        """Return the six intraclass correlations of each dimension; see :func:`rubricwidgets.stats.icc`."""
        from rubricwidgets.stats import icc  # noqa: PLC0415

        return icc(self.scores(), self.rubric, **options)

    @hands_on("rubricwidgets.stats:generalizability")
    def generalizability(self, **options: Any) -> Generalizability:  # noqa: ANN401
        """Return variance components, G and Phi; see :func:`rubricwidgets.stats.generalizability`."""
        from rubricwidgets.stats import generalizability  # noqa: PLC0415

        return generalizability(self.scores(), self.rubric, **options)

    @hands_on("rubricwidgets.stats:decision_study")
    def decision_study(self, **options: Any) -> DecisionStudy:  # noqa: ANN401
        """Return the reliability for any numbers of raters and items; see :func:`rubricwidgets.stats.decision_study`."""
        from rubricwidgets.stats import decision_study  # noqa: PLC0415

        return decision_study(self.generalizability(), **options)

    @hands_on("rubricwidgets.stats:power")
    def power(self, **options: Any) -> Power:  # noqa: ANN401
        """Return how many items and raters a wanted width or difference takes; see :func:`rubricwidgets.stats.power`."""
        from rubricwidgets.stats import power  # noqa: PLC0415

        return power(self.scores(), self.rubric, **options)

    # What does each rater do?

    @hands_on("rubricwidgets.stats:raters")
    def raters(self, **options: Any) -> Raters:  # noqa: ANN401
        """Return what each rater does, with findings in words; see :func:`rubricwidgets.stats.raters`.

        Gold answers, and items that stand twice in the study, are taken from its items.
        """
        from rubricwidgets.stats import raters  # noqa: PLC0415

        own: dict[str, Any] = {"gold": _some(self.gold()), "repeats": _some(item_frames.repeats(self.items))}
        return raters(self.scores(), self.rubric, **(own | options))

    @hands_on("rubricwidgets.stats:facets")
    def facets(self, **options: Any) -> Facets:  # noqa: ANN401
        """Return severities, difficulties and fit on one scale (many-facet Rasch); see :func:`rubricwidgets.stats.facets`."""
        from rubricwidgets.stats import facets  # noqa: PLC0415

        return facets(self.scores(), self.rubric, **options)

    @hands_on("rubricwidgets.stats:drift")
    def drift(self, **options: Any) -> Drift:  # noqa: ANN401
        """Return each rater's deviation over time, with control limits; see :func:`rubricwidgets.stats.drift`."""
        from rubricwidgets.stats import drift  # noqa: PLC0415

        own: dict[str, Any] = {"gold": self.gold()} if options.get("against") == "gold" else {}
        return drift(self.scores(), self.rubric, **(own | options))

    @hands_on("rubricwidgets.stats:judges")
    def judges(self, judges: Sequence[str] | str, **options: Any) -> Judges:  # noqa: ANN401
        """Hold models as raters against people; see :func:`rubricwidgets.stats.judges`.

        Parameters
        ----------
        judges
            Names of the raters that are models.
        **options
            ``epsilon=``, ``families=``, ``lengths=`` ...; the orders in which responses were shown and their lengths are the study's.

        """
        from rubricwidgets.stats import judges as hold  # noqa: PLC0415

        own: dict[str, Any] = {"order": self.ratings()}
        return hold(self.scores(), self.rubric, judges=judges, **(own | options))

    # What is the answer, and which model is better?

    @hands_on("rubricwidgets.stats:consensus")
    def consensus(self, **options: Any) -> ConsensusResult:  # noqa: ANN401
        """Return one answer per item with its confidence; see :func:`rubricwidgets.stats.consensus`."""
        from rubricwidgets.stats import consensus  # noqa: PLC0415

        return consensus(self.scores(), self.rubric, **options)

    @hands_on("rubricwidgets.stats:compare_models")
    def compare_models(self, **options: Any) -> ModelComparison:  # noqa: ANN401
        """Return the differences between models with intervals; see :func:`rubricwidgets.stats.compare_models`."""
        from rubricwidgets.stats import compare_models  # noqa: PLC0415

        return compare_models(self.scores(), self.rubric, **options)

    def preferences(self) -> pl.DataFrame:
        """Return which of two responses raters prefer, as :func:`rubricwidgets.stats.pairwise` takes it.

        Where the rubric asks for preferences, they are ``comparisons()``; elsewhere every two responses of an item that a rater
        scored on one dimension, see :func:`rubricwidgets.stats.comparisons_from_scores`.
        """
        if any(one.scale.frame == "comparisons" for one in self.rubric.dimensions):
            return self.comparisons()
        from rubricwidgets.stats import comparisons_from_scores  # noqa: PLC0415

        return comparisons_from_scores(self.scores(), self.rubric)

    @hands_on("rubricwidgets.stats:pairwise")
    def pairwise(self, *, dimension: str | None = None, **options: Any) -> PairwiseResult:  # noqa: ANN401
        """Return which model is preferred, and how surely (Bradley-Terry); see :func:`rubricwidgets.stats.pairwise`.

        Parameters
        ----------
        dimension
            Which one; needed where there are several.
        **options
            ``ties=``, ``order_effect=``, ``strength=``, ``intervals=``, ``resamples=`` ...

        """
        from rubricwidgets.stats import pairwise  # noqa: PLC0415

        return pairwise(self.preferences(), dimension=dimension, **options)

    @hands_on("rubricwidgets.stats:rankings")
    def plackett_luce(self, **options: Any) -> RankingsResult:  # noqa: ANN401
        """Return which model is ranked higher, and how surely; see :func:`rubricwidgets.stats.rankings`."""
        from rubricwidgets.stats import rankings  # noqa: PLC0415

        return rankings(self.rankings(), **options)

    @hands_on("rubricwidgets.stats:kendall_w")
    def kendall_w(self, **options: Any) -> ConcordanceResult:  # noqa: ANN401
        """Return how far raters rank alike; see :func:`rubricwidgets.stats.kendall_w`."""
        from rubricwidgets.stats import kendall_w  # noqa: PLC0415

        return kendall_w(self.rankings(), **options)

    # Where are the errors, and do raters mark the same ones?

    @hands_on("rubricwidgets.stats:spans", "texts")
    def span_agreement(self, *, dimension: str | None = None, **options: Any) -> SpanAgreement:  # noqa: ANN401
        """Return how far raters mark the same places; see :func:`rubricwidgets.stats.spans`.

        The texts, and who found nothing to mark in which, are the study's.

        Parameters
        ----------
        dimension
            Which one; needed where several are marked.
        **options
            ``match_category=``, ``by_category=``, ``confidence=``.

        """
        from rubricwidgets.stats import spans  # noqa: PLC0415

        found = self.marked(dimension)
        return spans(found.marks, found.rated, texts=found.texts, **options)

    @hands_on("rubricwidgets.stats:mqm")
    def mqm(self, *, dimension: str | None = None, **options: Any) -> Mqm:  # noqa: ANN401
        """Return what the marked errors weigh, by response and model; see :func:`rubricwidgets.stats.mqm`.

        Parameters
        ----------
        dimension
            Which one; needed where several are marked.
        **options
            ``weights=`` (the rubric's by default), ``confidence=``.

        """
        from rubricwidgets.stats import mqm  # noqa: PLC0415

        name = self._marked_dimension(dimension).name
        given = self.spans().filter(pl.col("dimension") == name)
        return mqm(given, given.select("item", "response", "rater", "model"), **options)

    def marked(self, dimension: str | None = None) -> Marked:
        """Return marks, texts and who rated which, as :func:`rubricwidgets.stats.spans` takes them.

        Parameters
        ----------
        dimension
            Which one; needed where several are marked.

        Raises
        ------
        InputError
            If nothing is marked in this study, or it is not said which dimension is meant.

        """
        one = self._marked_dimension(dimension)
        given = self.spans().filter(pl.col("dimension") == one.name)
        # Places count from the start of their own text: a marked prompt is a text beside the responses.
        own = pl.col("target") == "response"
        named = pl.concat_str("response", "target", separator=", ", ignore_nulls=True)
        response = pl.when(own).then("response").otherwise(named).alias("response")
        texts = item_frames.marked_texts(self.items, one)
        rated = given.select("item", "response", "rater").unique(maintain_order=True)
        rated = rated.join(texts, on=["item", "response"], nulls_equal=True, maintain_order="left_right")
        return Marked(
            given.drop_nulls("start").with_columns(response),
            rated.select("item", response, "rater"),
            texts.select("item", response, "text"),
        )

    def _marked_dimension(self, dimension: str | None) -> Dimension:
        known = {one.name: one for one in self.rubric.dimensions if one.scale.frame == "spans"}
        if not known:
            msg = "nothing is marked in this study: its rubric has no dimension whose scale is Spans"
            raise InputError(msg)
        if dimension is None and len(known) > 1:
            msg = f"marks are on {len(known)} dimensions: name one, such as dimension={next(iter(known))!r} (of {', '.join(known)})"
            raise InputError(msg)
        if dimension is not None and dimension not in known:
            close = nearest(dimension, known)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(known)}"
            msg = f"no dimension {dimension!r} of marks in this study; {hint}"
            raise InputError(msg)
        return known[dimension or next(iter(known))]

    # For a paper

    @hands_on("rubricwidgets.stats:report", "comparisons", "rankings")
    def report(self, **options: Any) -> StudyReport:  # noqa: ANN401
        """Return methods and results as a paper could quote them; see :func:`rubricwidgets.stats.report`.

        Parameters
        ----------
        **options
            ``sections=``, ``judges=``, ``anonymous=``, ``figures=``, ``confidence=`` ...

        """
        from rubricwidgets.stats import report  # noqa: PLC0415

        own: dict[str, Any] = {"title": self.name, "progress": self.progress()}
        for frame, given in (("comparisons", self.comparisons), ("rankings", self.rankings)):
            if any(one.scale.frame == frame for one in self.rubric.dimensions):
                own[frame] = given()
        return report(self.scores(), self.rubric, **(own | options))


@dataclass(frozen=True)
class Marked:
    """What raters marked on one dimension.

    Parameters
    ----------
    marks
        The columns of ``Study.spans()``; where prompts or contexts are marked, ``response`` says so too.
    rated
        item, response, rater: everything that was rated, marked or not.
    texts
        item, response and text.

    """

    marks: pl.DataFrame
    rated: pl.DataFrame
    texts: pl.DataFrame


def _some(frame: pl.DataFrame) -> pl.DataFrame | None:
    return frame if frame.height else None
