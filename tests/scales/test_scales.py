"""What each scale allows, how it reads what others wrote, and what it says of the rest."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError, RubricError, UnknownKeywordError
from rubricwidgets.scales import SCALES, scale_from_dict

ALL = [
    rw.Ordinal(1, 5, anchors={1: "poor", 5: "ideal"}, not_applicable=True),
    rw.Continuous(0, 100, step=0.5, anchors={0: "useless"}),
    rw.Binary(yes="safe", no="unsafe"),
    rw.Nominal({"a": "first", "b": ""}),
    rw.Nominal(["a", "b"], multiple=True),
]


@pytest.mark.parametrize("scale", ALL, ids=repr)
def test_a_scale_survives_its_own_json(scale: Any) -> None:
    assert scale_from_dict(scale.to_dict()) == scale
    assert SCALES[scale.kind] is type(scale)
    assert isinstance(hash(scale), int)


@pytest.mark.parametrize("scale", ALL, ids=repr)
def test_nothing_is_no_answer(scale: Any) -> None:
    for nothing in (None, "", "nonsense", math.nan, [None], {}):
        with pytest.raises(AnswerError, match="takes"):
            scale.check(nothing)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: rw.Ordinal(5, 1), "'low' takes a number below 'high' (got low=5, high=1)"),
        (lambda: rw.Ordinal(1, 1), "'low' takes a number below 'high'"),
        (lambda: rw.Ordinal(1.5, 3), "'low' takes a whole number (got 1.5)"),  # type: ignore[arg-type]
        (lambda: rw.Ordinal(True, 3), "'low' takes a whole number (got True)"),
        (lambda: rw.Ordinal(0, 1000), "use Continuous(0, 1000)"),
        (lambda: rw.Ordinal(1, 5, anchors={6: "x"}), "'anchors' takes points from 1 to 5 (got 6)"),
        (lambda: rw.Ordinal(1, 5, anchors={1: " "}), "'anchors' takes words for each point"),
        (lambda: rw.Ordinal(1, 5, anchors={1: "x", "1": "y"}), "takes each point once (got 1 twice)"),  # type: ignore[dict-item]
        (lambda: rw.Continuous(0, math.inf), "'high' takes a finite number"),
        (lambda: rw.Continuous(0, 10, step=0), "'step' takes a number above 0"),
        (lambda: rw.Continuous(0, 10, step=11), "'step' takes a number above 0 and at most 10 (got 11)"),
        (lambda: rw.Continuous(0, 10, anchors={11: "x"}), "'anchors' takes numbers from 0 to 10 (got 11)"),
        (lambda: rw.Binary(yes="x", no="X"), "take different words"),
        (lambda: rw.Binary(yes=True), "put the words in quotes"),  # type: ignore[arg-type]
        (lambda: rw.Nominal(["a"]), "two or more names (got 1)"),
        (lambda: rw.Nominal(["a", "a"]), "each name once (got 'a' twice)"),
        (lambda: rw.Nominal(["a;b", "c"]), "names without ';'"),
        (lambda: rw.Nominal("ab"), "takes a list of names"),
    ],
)
def test_a_scale_that_contradicts_itself_says_where(make: Any, words: str) -> None:
    with pytest.raises(RubricError, match=re.escape(words)):
        make()


def test_an_unknown_keyword_names_the_nearest() -> None:
    for make in (
        lambda: rw.Ordinal(1, 5, anchor={}),  # type: ignore[call-arg]
        lambda: rw.Continuous(0, 1, setp=1),  # type: ignore[call-arg]
        lambda: rw.Nominal(["a", "b"], mutiple=True),  # type: ignore[call-arg]
    ):
        with pytest.raises(UnknownKeywordError, match="did you mean"):
            make()


@given(st.one_of(st.integers(), st.floats(allow_nan=True), st.text(max_size=5), st.booleans(), st.none()))
def test_what_an_ordinal_takes_is_always_one_of_its_points(value: object) -> None:
    scale = rw.Ordinal(1, 7)
    for read in (scale.check, scale.coerce):
        try:
            taken = read(value)
        except AnswerError:
            continue
        assert type(taken) is int
        assert 1 <= taken <= 7


@pytest.mark.parametrize("value", [True, 0, 6, 2.5, "3"])
def test_an_ordinal_is_strict_with_its_own_page(value: object) -> None:
    with pytest.raises(AnswerError, match="takes 1 to 5"):
        rw.Ordinal(1, 5).check(value)


def test_an_ordinal_reads_what_others_wrote() -> None:
    scale = rw.Ordinal(1, 5, anchors={1: "Mostly wrong"})
    assert [scale.coerce(one) for one in (4, 4.0, "4", " 4.0 ", np.int64(4), np.float64(4), "mostly WRONG ")] == [
        4
    ] * 6 + [1]
    assert (scale.number(4), scale.label(1), scale.label(4)) == (4.0, "Mostly wrong", None)


def test_a_step_is_kept_without_trouble_from_binary_fractions() -> None:
    scale = rw.Continuous(0, 1, step=0.1)
    assert [scale.check(round(n * 0.1, 10)) for n in range(11)]
    assert scale.check(0.1 + 0.2) == pytest.approx(0.3)
    with pytest.raises(AnswerError, match=r"takes 0 to 1 in steps of 0\.1 \(got 0\.25\)"):
        scale.check(0.25)


def test_a_binary_reads_yes_in_many_words_and_takes_truth_alone() -> None:
    scale = rw.Binary()
    assert [scale.coerce(one) for one in ("Yes", "y", "TRUE", 1, 1.0, "1", np.True_)] == [True] * 7
    assert [scale.coerce(one) for one in ("no", "N", "false", 0, False)] == [False] * 5
    with pytest.raises(AnswerError, match="takes true"):
        scale.check(1)


def test_categories_come_back_in_the_order_of_the_scale() -> None:
    scale = rw.Nominal(["a", "b", "c"], multiple=True)
    assert scale.check(["c", "a"]) == ["a", "c"]
    assert scale.check([]) == []
    assert scale.coerce("C; a") == ["a", "c"]
    assert scale.label(["a", "c"]) == "a; c"
    with pytest.raises(AnswerError, match="takes any of"):
        scale.check(["a", "a"])
    with pytest.raises(AnswerError, match="did you mean 'abc'"):
        rw.Nominal(["abc", "xyz"]).check("abd")
