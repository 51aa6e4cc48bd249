"""A new version of a rubric is a new study; answers by two versions are never computed together unawares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import InputError, StudyChangedError

if TYPE_CHECKING:
    from pathlib import Path

ITEMS = [{"id": f"i{n}", "prompt": f"Question {n}?", "response": f"Answer {n}."} for n in range(6)]


def rubric(question: str, high: int = 5) -> rw.Rubric:
    return rw.Rubric("Tone", dimensions=[rw.Dimension("tone", question, rw.Ordinal(1, high))])


def two_versions(folder: Path, high: int = 5) -> tuple[rw.Study, rw.Study]:
    """Return two studies of one store: the same items by two versions of a rubric."""
    store = folder / "both.rubric.db"
    first = rw.Study("pilot", items=ITEMS, rubric=rubric("Is the tone right?"), store=store)
    second = rw.Study("pilot-2", items=ITEMS, rubric=rubric("Is it friendly?", high), store=store)
    for study, shift in ((first, 0), (second, 1)):
        rows = [
            {"item": f"i{n}", "rater": rater, "tone": 1 + (n + shift * place) % 5}
            for n in range(6)
            for place, rater in enumerate(("ana", "ben"))
        ]
        study.add_scores(pl.DataFrame(rows))
    return first, second


def test_a_study_computes_on_its_own_version_though_the_store_has_others(tmp_path: Path) -> None:
    first, second = two_versions(tmp_path)
    assert first.agreement()["value"].to_list() == [1.0]
    assert second.agreement()["value"].item() < 0.5
    assert first.agreement()["n_ratings"].to_list() == [12]
    with pytest.raises(StudyChangedError):
        rw.Study("pilot", items=ITEMS, rubric=rubric("Is it friendly?"), store=tmp_path / "both.rubric.db")


@pytest.mark.parametrize("raters", [["ana", "ben"], ["ana"]])
def test_answers_to_an_item_by_two_versions_are_refused(tmp_path: Path, raters: list[str]) -> None:
    first, second = two_versions(tmp_path)
    later = second.scores().filter(pl.col("rater").is_in(raters) if len(raters) > 1 else pl.col("rater") != "ana")
    earlier = first.scores().filter(pl.col("rater").is_in(raters))
    both = pl.concat([earlier, later])
    words = r"takes the answers of one study to an item \(got 'i0' in 'pilot' and 'pilot-2'\).*drop the column 'study'"
    for compute in (rw.stats.agreement, rw.stats.icc, rw.stats.means, rw.stats.raters, rw.charts.distribution):
        with pytest.raises(InputError, match=words):
            compute(both)
    for lazy in (both.lazy(), both.to_arrow()):
        with pytest.raises(InputError, match=words):
            rw.stats.agreement(lazy)
    if len(raters) == 1:  # who knows that both ask the same may say so
        assert rw.stats.agreement(both.drop("study"))["n_raters"].to_list() == [2]


def test_batches_of_different_items_are_one_set_of_scores(tmp_path: Path) -> None:
    first, _ = two_versions(tmp_path)
    more = first.scores().with_columns(pl.format("{}-b", "item").alias("item"), pl.lit("batch-2").alias("study"))
    both = pl.concat([first.scores(), more])
    for scores in (both, both.lazy()):
        assert rw.stats.agreement(scores)["n_items"].to_list() == [12]


def test_a_version_with_another_scale_is_refused_by_the_rubric(tmp_path: Path) -> None:
    first, second = two_versions(tmp_path, high=4 + 3)
    wide = second.scores().with_columns(pl.lit(7.0).alias("score")).drop("study")
    with pytest.raises(InputError, match=r"'tone' takes 1 to 5 \(got a score of 7\)"):
        rw.stats.agreement(wide, first.rubric)


def test_a_column_that_tells_versions_apart_is_heeded_in_every_engine(tmp_path: Path) -> None:
    first, _ = two_versions(tmp_path)
    mixed = first.scores().with_columns(
        pl.when(pl.col("item") == "i0").then(pl.lit("a1")).otherwise(pl.lit("b2")).alias("rubric")
    )
    for scores in (mixed, mixed.lazy()):
        with pytest.raises(InputError, match=r"takes one version of the rubric \(got a1, b2\)"):
            rw.stats.agreement(scores)
