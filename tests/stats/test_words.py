"""What statistics say of a single thing: one answer, one rater, one pair."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.stats.concordance import kendall_w
from rubricwidgets.stats.consensus import consensus
from rubricwidgets.stats.elo import elo
from rubricwidgets.stats.estimates import in_digits
from rubricwidgets.stats.facets import facets
from rubricwidgets.stats.pairwise import pairwise
from rubricwidgets.stats.rankings import rankings
from rubricwidgets.stats.report import report
from rubricwidgets.stats.spans import spans

#: "1 items", "1 of 1 answers", "Of 1 incomplete rankings".
_MANY = re.compile(
    r"(?<![\d.,/-])1 (?:incomplete )?(?:[a-z]+s)\b(?<! is)(?<! was)(?<! has)|\b1 of 1 [a-z ']+ (?:are|have)\b"
)


def orders(*ranks: dict[str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "item": "i",
                "rater": f"x{n}",
                "dimension": "order",
                "response": model,
                "model": model,
                "rank": float(rank),
            }
            for n, one in enumerate(ranks)
            for model, rank in one.items()
        ]
    )


def one_comparison() -> pl.DataFrame:
    return pl.DataFrame(
        [{"item": "i", "rater": "x", "dimension": "better", "left_model": "a", "right_model": "b", "strength": 1}]
    )


def one_score() -> pl.DataFrame:
    return pl.DataFrame([{"item": "i", "response": "r", "rater": "x", "dimension": "tone", "score": 3.0, "model": "m"}])


def one_pair_of_marks() -> str:
    marks = pl.DataFrame(
        [
            {"item": "i", "response": "r", "rater": rater, "dimension": "slips", "start": 0, "end": 4, "text": "word"}
            for rater in "xy"
        ]
    )
    found = spans(marks)
    return " ".join([found.in_words(), *found.to_frame()["method"].drop_nulls()])


def _tone() -> rw.Rubric:
    return rw.Rubric("r", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 5))])


@pytest.mark.parametrize(
    "words",
    [
        lambda: pairwise(one_comparison()).in_words(),
        lambda: elo(one_comparison()).in_words(),
        lambda: rankings(orders({"a": 1, "b": 2})).in_words(),
        lambda: rankings(orders({"a": 1, "b": 2}, {"a": 1})).in_words(),
        lambda: kendall_w(orders({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2})).in_words(),
        lambda: consensus(one_score()).in_words(),
        lambda: facets(one_score()).in_words(),
        lambda: facets(one_score()).convergence,
        one_pair_of_marks,
        lambda: report(one_score(), _tone()).markdown,
    ],
)
def test_one_is_not_said_as_many(words: Callable[[], str]) -> None:
    said = words()
    assert said
    assert _MANY.findall(said) == []


def test_a_report_of_one_response_says_was() -> None:
    assert "1 response to 1 item by 1 model (m) was rated by 1 rater" in report(one_score(), _tone()).markdown


def test_nothing_asked_for_has_no_share_that_is_missing() -> None:
    assert "0 missing." in report(one_score().clear(), _tone(), sections="all").markdown


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert in_digits(-0.001, -0.004, 0.2) == "0.00 [0.00, 0.20]"
