"""What a result prints: rounded, without empty columns, and with what holds for all rows said once."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from rubricwidgets.stats.estimates import Result, in_digits
from rubricwidgets.stats.tables import MOST_IN_HTML, MOST_IN_TEXT, frame_html, frame_text


class _Found(Result):
    """A result of two dimensions."""

    def to_frame(self) -> pl.DataFrame:
        return pl.DataFrame({"dimension": ["tone", "style"], "value": [0.123456, -0.00001], "note": [None, None]})

    def in_words(self) -> str:
        return "tone: a < b.\nstyle: none."


def test_numbers_have_three_decimals_and_no_zero_below_zero() -> None:
    printed = str(_Found())
    assert "0.123" in printed
    assert "0.1234" not in printed
    assert "-0.000" not in printed
    assert "0.000" in printed
    assert in_digits(-0.001, -0.004, 0.2) == "0.00 [0.00, 0.20]"


def test_each_dimension_has_a_line_of_its_own() -> None:
    assert str(_Found()).startswith("tone: a < b.\nstyle: none.\n\n")
    assert "<p>tone: a &lt; b.</p>\n<p>style: none.</p>" in _Found()._repr_html_()


def test_an_empty_column_is_left_out_and_an_undefined_value_is_not() -> None:
    frame = pl.DataFrame({"value": [None, None], "se": [None, None], "note": ["one rater", "one rater"]})
    assert frame_text(frame).splitlines()[0].split() == ["value", "note"]
    assert "se" not in frame_html(frame)


def test_how_all_rows_were_computed_is_said_once() -> None:
    same = pl.DataFrame({"value": [0.5, 0.25], "method": ["95 % Wald interval"] * 2})
    assert frame_text(same).splitlines()[0] == "(95 % Wald interval)"
    assert frame_html(same).count("Wald") == 1
    other = same.with_columns(method=pl.Series(["one way", "another"]))
    assert "another" in frame_text(other)
    assert "method" in frame_text(same.head(1))


def test_points_of_a_scale_stay_whole_and_a_small_chance_is_no_zero() -> None:
    printed = frame_text(pl.DataFrame({"score": [2.0, 4.0], "p": [1e-9, 1.0], "share": [0.0, 1.0]}))
    assert printed.splitlines()[2].split() == ["2", "<0.001", "0.000"]
    assert printed.splitlines()[3].split() == ["4", "1.000", "1.000"]


def test_a_long_text_is_broken_and_not_cut() -> None:
    words = "uses the ends of the scale less often than the others on the same responses"
    printed = frame_text(
        pl.DataFrame({"rater": ["ana"], "finding": [words], "when": [datetime(2026, 1, 5, tzinfo=UTC)]})
    )
    assert " ".join(printed.split("\n", 2)[2].replace("2026-01-05 00:00", "").replace("ana", "").split()) == words
    assert max(map(len, printed.splitlines())) < 80


def test_many_rows_are_counted_and_not_printed() -> None:
    frame = pl.DataFrame({"n": list(range(MOST_IN_TEXT + 1))})
    assert frame_text(frame).endswith("\nand 1 more row")
    assert f"and {10_000 - MOST_IN_HTML:,} more rows" in frame_html(pl.DataFrame({"n": range(10_000)}))


def test_a_table_without_rows_has_its_head() -> None:
    printed = frame_text(pl.DataFrame(schema={"rater": pl.String, "value": pl.Float64}))
    assert printed.split() == ["rater", "value", "-----", "-----"]
