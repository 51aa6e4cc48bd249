"""What does each rater do? Severity, spread, extremity, halo, agreement with gold and with themself, time; and what stands out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.stats.estimates import Result, percent
from rubricwidgets.stats.gold import (
    NO_GOLD,
    NO_REPEATS,
    answered,
    dimensions_in,
    ends_of,
    take_gold,
    take_repeats,
    with_gold,
    with_repeats,
)
from rubricwidgets.stats.grouped import coded
from rubricwidgets.stats.intake import scores_in_memory
from rubricwidgets.stats.rater_findings import TOO_LITTLE, by_rater, judge
from rubricwidgets.stats.rater_report import CATEGORIES, Report, panel_of
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric

_NAMED = 3


@dataclass(frozen=True, repr=False)
class Raters(Result):
    """What each rater does, and what stands out beyond chance.

    Parameters
    ----------
    findings
        One row per rater: rater, n_tests, n_findings (Int64) and finding (String: in words, with the figures).
    estimates
        One row per rater, dimension and statistic: rater, then the columns of
        :data:`~rubricwidgets.stats.estimates.ESTIMATES_SCHEMA`.
    tests
        One row per comparison of a rater with the others: rater, dimension, statistic, value, low, high, p, p_adjusted
        (Float64), n_items, n_ratings (Int64), finding (String; null where chance would explain it).
    confidence
        Coverage of the intervals; findings stand at one less this, over all comparisons together.

    """

    findings: pl.DataFrame
    estimates: pl.DataFrame
    tests: pl.DataFrame
    confidence: float

    def to_frame(self) -> pl.DataFrame:
        """Return every estimate, one row per rater, dimension and statistic."""
        return self.estimates

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the findings and the estimates by title."""
        shown = self.estimates.select(
            "rater", "dimension", "statistic", "value", "low", "high", "n_items", "n_ratings", "note"
        )
        return {"What stands out": self.findings, "Estimates": shown}

    def in_words(self) -> str:
        """Return who stands out and why, and how much was compared."""
        n_raters, n_tests = self.findings.height, int(self.findings["n_tests"].sum())
        if not n_raters:
            return "No scores, so no raters to describe."
        rule = (
            f"after {n_tests:,} comparison{'' if n_tests == 1 else 's'} adjusted by Holm's method at "
            f"{percent(1 - self.confidence)}"
        )
        if not n_tests and self.tests["n_items"].max() == 1:
            return "The raters judged the same responses of one item only: estimates stand, and nothing can be tested."
        if not n_tests and (self.findings["finding"] == CATEGORIES).all():
            return (
                "Nobody is severe or lenient: the answers are categories, which have no order. agreement() and consensus() "
                "compare who gave them."
            )
        if not n_tests:
            return "No two raters judged the same responses, so none can be compared with others."
        standing = self.findings.filter(pl.col("n_findings") > 0).sort(
            "n_findings", descending=True, maintain_order=True
        )
        if standing.is_empty():
            return f"None of {n_raters} raters stands out beyond chance {rule}."
        told = "\n".join(f"{row['rater']} {row['finding']}." for row in standing.head(_NAMED).iter_rows(named=True))
        rest = standing.height - _NAMED
        more = f"\n{rest} more {'stands' if rest == 1 else 'stand'} out; see findings." if rest > 0 else ""
        verb = "stands" if standing.height == 1 else "stand"
        return f"{standing.height} of {n_raters} raters {verb} out {rule} (intervals: {percent(self.confidence)}).\n{told}{more}"


def raters(
    scores: Any,  # noqa: ANN401 - a frame of any library
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
    gold: Any = None,  # noqa: ANN401
    repeats: Any = None,  # noqa: ANN401
    confidence: float = 0.95,
) -> Raters:
    """Describe what each rater does, compared with the others on the same responses.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``: item, rater, dimension, score; response, label, not_applicable and
        seconds where there are any.
    rubric
        Gives order, titles, scales and levels of measurement.
    dimensions
        Only these, or this one.
    gold
        Right answers, see :func:`~rubricwidgets.stats.gold.gold_agreement`: adds agreement with gold.
    repeats
        Which items repeat which, see :func:`~rubricwidgets.stats.gold.self_agreement`: adds self-consistency.
    confidence
        Coverage of the intervals, above 0 and below 1.

    Returns
    -------
    Raters
        With ``findings``, ``estimates`` and ``tests``. The statistics, by rater and dimension:

        - ``severity``: how far the scores lie below the others' on the same responses, in points; above 0 is severe.
        - ``spread``: standard deviation over the others'; below 1 is central tendency or a narrow range.
        - ``extremity``: share of scores at either end of the scale, less the others' share.
        - ``gold_exact``, ``gold_within_one``, ``gold_weighted``, ``self_exact``, ``self_within_one``, ``self_weighted``.

        and by rater alone (dimension null): ``halo`` (mean correlation between dimensions, less the others'), ``seconds``
        (median active time per item) and ``pace`` (time over the others' on the same items).

    Raises
    ------
    InputError
        If a column is missing or a frame breaks a rule of :mod:`rubricwidgets.stats.intake`, or an option is not allowed.

    Notes
    -----
    Definitions follow Saal, Downey and Lahey, "Rating the ratings: assessing the psychometric quality of rating data",
    Psychological Bulletin 88, 1980; the group's value for a response is the mean of the other raters (leave-one-out).
    Intervals and tests of the effects are Student's t over items with one standard error
    (:func:`rubricwidgets.stats.rater_effects.difference`), so that p is below 1 less ``confidence`` where the interval leaves out no
    effect, before Holm's adjustment; those of shares Wilson's (1927), that of the median from order
    statistics (Conover, Practical Nonparametric Statistics, 3rd edition, 1999, section 3.2). What is called a finding is
    below 1 less ``confidence`` after Holm's adjustment over all comparisons of the result. Severity is relative: where most are
    severe, who is fair looks lenient; only gold is absolute.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=4, seed=2, severity=0.2)
    >>> found = raters(study.scores(), study.rubric)
    >>> found.estimates["statistic"].unique().sort().to_list()
    ['extremity', 'halo', 'pace', 'seconds', 'severity', 'spread']

    """
    confidence = check_confidence(confidence)
    taken = scores_in_memory(scores, rubric, optional=("seconds", "label", "not_applicable"))
    known = dimensions_in(taken, rubric, dimensions)
    taken = coded(taken)
    frame = answered(taken)
    names = taken["rater"].unique().sort()
    sizes = (len(names), _size(taken, "_item"), _size(taken, "_unit"))
    report = Report(names, confidence)
    panels = []
    for one in known:
        report.add_dimension(one, panel := panel_of(frame, one, sizes), ends_of(one, rubric, frame))
        if one.column == "score" and len(panel.score):
            panels.append(panel)
    if len(known) > 1:
        report.add_halo(panels, sizes[0])
    if gold is not None:
        pairs = with_gold(frame, take_gold(gold))
        report.add_agreement(pairs, known, frame, rubric, "gold", NO_GOLD, sizes)
    if repeats is not None:
        pairs = with_repeats(frame, take_repeats(repeats))
        report.add_agreement(pairs, known, frame, rubric, "self", NO_REPEATS, sizes)
    if "seconds" in taken.columns:
        report.add_time(taken, sizes[1])
    titles = {one.dimension: _title(one.dimension, rubric) for one in known}
    shares = frozenset(one.dimension for one in known if one.numbers == (0.0, 1.0))
    estimates, tests = report.frames()
    weighted = frozenset(one.dimension for one in known if one.column == "score" and one.level != "nominal")
    judged = judge(tests, titles, shares, weighted, confidence)
    nothing = TOO_LITTLE if any(one.column == "score" for one in known) else CATEGORIES
    return Raters(by_rater(judged, names, confidence, nothing), estimates, judged, confidence)


def _size(frame: pl.DataFrame, name: str) -> int:
    return int(frame[name].max() or 0) + 1 if frame.height else 0  # type: ignore[arg-type]


def _title(name: str, rubric: Rubric | None) -> str:
    return rubric[name].title if rubric is not None and name in rubric.names else name.replace("_", " ")
