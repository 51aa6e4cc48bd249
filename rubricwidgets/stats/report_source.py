"""What a report is written from, and how it words numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.stats.agreement import agreement
from rubricwidgets.stats.columns import take_polars
from rubricwidgets.stats.describe import checked_scores, dimensions_of
from rubricwidgets.stats.estimates import in_digits
from rubricwidgets.stats.judge_scores import names_of
from rubricwidgets.stats.models import compare_models

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.model_comparison import ModelComparison

#: Longer tables are cut.
MOST_ROWS = 15
#: What stands in frames of its own, and has no score of one response.
_BETWEEN = ("comparisons", "rankings")
_PAIRS = ("item", "rater", "dimension", "left", "right", "winner", "tie", "left_model", "right_model")
_RANKS = ("item", "rater", "dimension", "response", "model", "rank")
_PROGRESS = ("rater", "n_items", "n_left", "n_skipped")
DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Source:
    """What a report is written from; raters are renamed already where they are to be."""

    scores: pl.DataFrame  # of people, on dimensions that are scored
    people: pl.DataFrame  # of people, on all dimensions
    whole: pl.DataFrame  # judges too
    comparisons: pl.DataFrame | None  # of people
    rankings: pl.DataFrame | None  # of people
    rubric: Rubric | None
    progress: pl.DataFrame | None
    judge_names: tuple[str, ...]
    confidence: float
    seed: int

    @classmethod
    def of(
        cls,
        scores: pl.DataFrame,
        rubric: Rubric | None,
        *,
        comparisons: pl.DataFrame | None,
        rankings: pl.DataFrame | None,
        progress: pl.DataFrame | None,
        judges: Sequence[str],
        anonymous: bool,
        confidence: float,
        seed: int,
    ) -> Source:
        """Check the scores, and part people from judges."""
        scores = checked_scores(scores, rubric, "model")
        names = scores["rater"].unique().sort().to_list()
        named = names_of(judges, names) if judges else []
        called: dict[str, str] = {}
        if anonymous:
            people = [name for name in names if name not in named]
            called = {name: f"R{place:0{len(str(len(people)))}}" for place, name in enumerate(people, 1)}
            scores = scores.with_columns(pl.col("rater").replace(called))
        people_only = scores.filter(~pl.col("rater").is_in(named))
        scored = people_only.filter(~pl.col("dimension").is_in(between_responses(rubric)))
        pairs, ranks = (
            None
            if frame is None
            else take_polars(frame, needed, what=what, source=f"study.{what}()")
            .filter(~pl.col("rater").is_in(named))
            .with_columns(pl.col("rater").replace(called))
            for what, frame, needed in (("comparisons", comparisons, _PAIRS), ("rankings", rankings, _RANKS))
        )
        if progress is not None:
            progress = take_polars(progress, _PROGRESS, what="progress", source="study.progress()")
            progress = progress.filter(~pl.col("rater").is_in(named))
        return cls(scored, people_only, scores, pairs, ranks, rubric, progress, tuple(named), confidence, seed)

    @property
    def name(self) -> str | None:
        """The study's name, where there is one."""
        found = self.whole["study"].drop_nulls().unique().to_list() if "study" in self.whole.columns else []
        return str(found[0]) if len(found) == 1 else None

    @cached_property
    def between(self) -> list[str]:
        """The dimensions whose answers are about several responses."""
        return between_responses(self.rubric)

    @cached_property
    def scored(self) -> list[str]:
        """The dimensions that are scored, in order."""
        return [name for name in self.dimensions if name not in self.between]

    @cached_property
    def dimensions(self) -> list[str]:
        """The dimensions in order."""
        return dimensions_of(self.people, self.rubric)

    @cached_property
    def answered(self) -> pl.DataFrame:
        """Rows with an answer other than "not applicable"."""
        return self.people.filter(
            ~pl.col("not_applicable"), pl.col("score").is_not_null() | pl.col("label").is_not_null()
        )

    @cached_property
    def models(self) -> list[str]:
        """The models' names."""
        named = [self.answered["model"].cast(pl.String)]
        if self.comparisons is not None:
            named += [self.comparisons[one].cast(pl.String) for one in ("left_model", "right_model")]
        if self.rankings is not None:
            named.append(self.rankings["model"].cast(pl.String))
        return pl.concat(named).drop_nulls().unique().sort().to_list()

    @cached_property
    def raters(self) -> int:
        """How many people rated."""
        return self.answered["rater"].n_unique()

    @cached_property
    def alphas(self) -> pl.DataFrame:
        """Krippendorff's alpha and percent agreement of each dimension."""
        table = agreement(self.scores, self.rubric, statistics=("alpha", "percent"), confidence=self.confidence)
        return table.filter(~pl.col("dimension").is_in(self.between))

    @cached_property
    def compared(self) -> ModelComparison:
        """The models held against each other."""
        return compare_models(self.scores, self.rubric, confidence=self.confidence, seed=self.seed)

    @cached_property
    def per_response(self) -> pl.Series:
        """How many people answered something on each response."""
        return self.answered.group_by("item", "response").agg(pl.col("rater").n_unique().alias("n"))["n"]

    def title(self, dimension: str) -> str:
        """Return what a reader calls a dimension."""
        return self.rubric[dimension].title if self.rubric is not None and dimension in self.rubric.names else dimension


def between_responses(rubric: Rubric | None) -> list[str]:
    """Return the dimensions whose answers stand in frames of their own, since they are about several responses."""
    return [] if rubric is None else [one.name for one in rubric.dimensions if one.scale.frame in _BETWEEN]


def estimate(row: dict[str, Any]) -> str:
    """Return an estimate with its interval, from a row of estimates; a dash where it is undefined."""
    value = row.get("value")
    return DASH if value is None else in_digits(value, row.get("low"), row.get("high"))


def number(value: int | None) -> str:
    """Return a count; a dash where there is none."""
    return DASH if value is None else f"{value:,}"


def p_value(value: float | None) -> str:
    """Return a p-value as texts print it."""
    if value is None:
        return DASH
    if value < 0.001 or value > 0.999:  # noqa: PLR2004
        return "< .001" if value < 0.001 else "> .999"  # noqa: PLR2004
    return f"{value:.3f}".lstrip("0")


def shared(part: int, whole: int) -> str:
    """Return a part of a whole in percent."""
    return f"{100 * part / whole if whole else 0:.1f} %"
