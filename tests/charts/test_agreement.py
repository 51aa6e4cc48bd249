"""Agreement as pictures: what stands in them, what they warn of, and what they say where there is nothing."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.charts.agreement import agreement
from rubricwidgets.charts.rater_pairs import rater_pairs
from rubricwidgets.errors import InputError
from rubricwidgets.frames import SCORES_SCHEMA
from rubricwidgets.stats.agreement import agreement as estimate
from rubricwidgets.stats.rater_pairs import rater_pairs as compare
from tests.charts import studies
from tests.charts.test_charts import values

ORDINAL, MIXED = studies.ordinal_rubric(), studies.mixed_rubric()
SCORES = studies.scores(MIXED)
EMPTY = pl.DataFrame(schema=SCORES_SCHEMA)


def text(spec: dict[str, Any]) -> str:
    title = spec["title"]
    return " ".join([title["text"], *title["subtitle"]]) if isinstance(title, dict) else title


def rows(spec: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the data rows that have a key, each once."""
    found = [row for row in values(spec) if key in row]
    return [row for place, row in enumerate(found) if row not in found[:place]]


def test_the_forest_has_the_estimates_in_the_rubrics_order() -> None:
    spec = agreement(SCORES, MIXED).to_dict()
    table = estimate(SCORES, MIXED)
    drawn = rows(spec, "statistic")
    assert [row["dimension"] for row in drawn] == ["Accuracy", "Overall", "Safe", "Fault"]
    for name in ("value", "low", "high"):
        assert [row[name] for row in drawn] == pytest.approx(table[name].to_list(), abs=1e-6)
    assert {row["statistic"] for row in drawn} == {"Krippendorff's alpha"}


def test_the_bands_are_named_after_who_drew_them_and_called_customs() -> None:
    spec = agreement(SCORES, MIXED).to_dict()
    assert [row["word"] for row in rows(spec, "word")] == ["too low", "tentative", "reliable"]
    assert [row["to"] for row in rows(spec, "word")] == pytest.approx([2 / 3, 0.8, 1.0])
    assert "Krippendorff's customary words, not tests" in text(spec)
    spec = agreement(SCORES, MIXED, statistics=["fleiss", "ac1"]).to_dict()
    assert [row["word"] for row in rows(spec, "word")][-3:] == ["moderate", "substantial", "almost perfect"]
    assert "Landis and Koch's customary words" in text(spec)


def test_percent_agreement_alone_has_no_bands() -> None:
    spec = agreement(SCORES, MIXED, statistics="percent").to_dict()
    assert rows(spec, "word") == []
    assert "Chance alone makes some of it" in text(spec)


def test_many_statistics_get_a_panel_for_each_dimension() -> None:
    spec = agreement(SCORES, MIXED, statistics="all").to_dict()
    assert [panel["title"]["text"] for panel in spec["vconcat"]] == ["Accuracy", "Overall", "Safe", "Fault"]
    assert "percent agreement does not" in text(spec)


def test_a_table_of_estimates_is_drawn_as_it_is() -> None:
    table = estimate(SCORES, MIXED, confidence=0.8)
    spec = agreement(table, MIXED).to_dict()
    assert [row["value"] for row in rows(spec, "statistic")] == pytest.approx(table["value"].to_list(), abs=1e-6)
    assert "80 % jackknife t interval" in text(spec)
    with pytest.raises(InputError, match="it lacks 'method'"):
        agreement(table.drop("method"))


def test_an_undefined_dimension_stays_and_says_why() -> None:
    part = SCORES.filter((pl.col("dimension") != "safe") | (pl.col("rater") == "rater-1"))
    (safe,) = [row for row in rows(agreement(part, MIXED).to_dict(), "statistic") if row["dimension"] == "Safe"]
    assert safe["value"] is None
    assert safe["words"] == "undefined: one rater only"


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (EMPTY, "Nothing to draw: no scores."),
        (studies.scores(ORDINAL, raters=1), "Nothing to draw: one rater only: agreement takes two."),
    ],
)
def test_where_nothing_is_defined_the_forest_says_so(scores: pl.DataFrame, words: str) -> None:
    (row,) = values(agreement(scores, ORDINAL).to_dict())
    assert " ".join(row["words"]) == words


def test_one_item_has_points_and_no_intervals() -> None:
    spec = agreement(studies.scores(MIXED, items=1), MIXED).to_dict()
    assert all(row["low"] is None for row in rows(spec, "statistic"))
    assert "one item only: no interval" in text(spec)


def test_by_is_refused() -> None:
    with pytest.raises(InputError, match="agreement takes no 'by'"):
        rw.charts.agreement(SCORES, MIXED, by="model")


def test_the_matrix_has_each_pair_twice_and_no_rater_with_themselves() -> None:
    spec = rater_pairs(SCORES, MIXED, dimensions=["accuracy"]).to_dict()
    table = compare(SCORES, MIXED, dimensions=["accuracy"])
    drawn = rows(spec, "rater")
    assert len(drawn) == 2 * table.height
    expected = {(one["rater"], one["other"]): one["kappa"] for one in table.iter_rows(named=True)}
    for row in drawn:
        key = (row["rater"], row["other"])
        assert row["kappa"] == pytest.approx(expected.get(key, expected.get(key[::-1])), abs=1e-4)
    assert "quadratic weights" in text(spec)


@pytest.mark.parametrize("show", ["kappa", "percent", "correlation"])
def test_the_matrix_shows_what_was_asked(show: Any) -> None:
    spec = rater_pairs(SCORES, MIXED, show=show).to_dict()
    named = [panel["title"]["text"] for line in spec["vconcat"] for panel in line["hconcat"]]
    assert named == [one for one in ("Accuracy", "Overall", "Safe", "Fault") if show != "correlation" or one != "Fault"]


def test_beyond_eighty_raters_those_with_most_in_common_are_shown() -> None:
    spec = rater_pairs(
        studies.scores(MIXED, raters=85, items=2), MIXED, dimensions=["accuracy"], show="percent"
    ).to_dict()
    assert len({row["rater"] for row in rows(spec, "rater")}) == 80
    assert "the 80 of 85 raters with most in common" in text(spec)
    assert "vary by luck alone" in text(spec)


def test_where_no_pair_is_defined_the_matrix_says_so() -> None:
    (row,) = values(rater_pairs(studies.scores(ORDINAL, raters=1), ORDINAL).to_dict())
    assert " ".join(row["words"]) == "No two raters have rated the same response yet."
    one = studies.scores(ORDINAL, items=1, raters=2).filter(pl.col("model") == "aster").with_columns(score=pl.lit(3.0))
    (row,) = values(rater_pairs(one.with_columns(label=pl.lit(None, pl.String)), ORDINAL).to_dict())
    assert "each is undefined" in " ".join(row["words"])
    with pytest.raises(InputError, match="did you mean 'percent'"):
        rater_pairs(SCORES, MIXED, show="percnt")  # type: ignore[arg-type]


def test_both_show_offline() -> None:
    for chart in (agreement(SCORES, MIXED), rater_pairs(SCORES, MIXED)):
        bundle = chart._repr_mimebundle_()
        assert bundle["image/svg+xml"].startswith("<svg")


def test_the_demo_study_has_nothing_to_agree_on_yet() -> None:
    study = rw.demo(store="memory")
    for chart in (agreement, rater_pairs):
        assert "words" in values(chart(study.scores(), study.rubric).to_dict())[0]
