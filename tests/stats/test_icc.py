"""Intraclass correlations against Shrout and Fleiss's table, pingouin, and what follows from the design."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubricwidgets.errors import InputError
from rubricwidgets.stats import estimates
from rubricwidgets.stats.component_fit import codes_of
from rubricwidgets.stats.crossed import largest_block
from rubricwidgets.stats.icc import ALIKE, FORMS, NEGATIVE, NO_BLOCK, NO_MEAN, NOT_HELD, ONE_RESPONSE, PERFECT, icc

# Shrout and Fleiss 1979, table 2: six targets (rows) by four judges.
SHROUT = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# R psych 2.2.9 ICC(lmer=FALSE) and pingouin 0.7.0: value, low, high.
PUBLISHED = {
    "ICC(1,1)": (0.16574177, -0.132932325, 0.72256006),
    "ICC(2,1)": (0.28976378, 0.018786513, 0.76108437),
    "ICC(3,1)": (0.71484071, 0.342464765, 0.94585826),
    "ICC(1,k)": (0.44279713, -0.884442155, 0.91241542),
    "ICC(2,k)": (0.62005055, 0.071136815, 0.92723204),
    "ICC(3,k)": (0.90931554, 0.675674714, 0.98589168),
}


def long(table: Any, dimension: str = "tone") -> pl.DataFrame:
    """Return a table of responses by raters as scores; None is a missing rating."""
    rows = [
        {"item": f"i{unit}", "rater": f"r{rater}", "dimension": dimension, "score": float(score)}
        for unit, line in enumerate(table)
        for rater, score in enumerate(line)
        if score is not None
    ]
    schema = {"item": pl.String, "rater": pl.String, "dimension": pl.String, "score": pl.Float64}
    return pl.DataFrame(rows, schema=schema)


def by_form(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["statistic"]: row for row in frame.to_dicts()}


def test_shrout_and_fleiss_six_forms_have_the_published_values_and_intervals() -> None:
    found = by_form(icc(long(SHROUT)).to_frame())
    assert list(found) == list(FORMS)
    for form, (value, low, high) in PUBLISHED.items():
        assert (found[form]["value"], found[form]["low"], found[form]["high"]) == pytest.approx(
            (value, low, high), abs=1e-8
        )
        assert (found[form]["n_items"], found[form]["n_raters"], found[form]["n_ratings"]) == (6, 4, 24)
        assert found[form]["note"] is None


@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_pingouin_agrees_on_a_full_table(confidence: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pingouin  # noqa: PLC0415

    rng = np.random.default_rng(4)
    table = np.round(3 + rng.normal(0, 1, (25, 1)) + rng.normal(0, 0.5, (1, 5)) + rng.normal(0, 1, (25, 5)))
    frame = long(table)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = pingouin.intraclass_corr(frame.to_pandas(), targets="item", raters="rater", ratings="score")
    theirs = dict(zip(FORMS, peer["ICC"], strict=True))
    ours = by_form(icc(frame, confidence=confidence).to_frame())
    for form, value in theirs.items():
        assert ours[form]["value"] == pytest.approx(value, abs=1e-10)
    if confidence == 0.95:
        for form, (low, high) in zip(FORMS, peer.filter(like="CI").iloc[:, 0], strict=True):
            # It rounds its intervals to two digits.
            assert (ours[form]["low"], ours[form]["high"]) == pytest.approx((low, high), abs=0.0051)


def test_the_same_raters_everywhere_call_for_the_two_way_forms() -> None:
    absolute, consistency = icc(long(SHROUT)), icc(long(SHROUT), agreement="consistency")
    called = pl.col("called_for")
    assert absolute.to_frame().filter(called)["statistic"].to_list() == ["ICC(2,1)", "ICC(2,k)"]
    assert consistency.to_frame().filter(called)["statistic"].to_list() == ["ICC(3,1)", "ICC(3,k)"]
    assert "the same 4 raters rated every response" in absolute.in_words()
    assert "0.91 [0.68, 0.99] for the mean of 4" in consistency.in_words()


def test_raters_that_differ_call_for_the_one_way_form_and_the_block_is_told() -> None:
    table: list[list[int | None]] = [[*row, None] for row in SHROUT]
    table += [[None, None, 3, 4, 5], [None, None, 2, 2, 1]]
    result = icc(long(table))
    found = by_form(result.to_frame())
    assert {form for form in FORMS if found[form]["called_for"]} == {"ICC(1,1)", "ICC(1,k)"}
    assert found["ICC(1,1)"]["n_ratings"] == 30
    # The block is Shrout and Fleiss's table, so the published values stand.
    for form in ("ICC(2,1)", "ICC(3,1)", "ICC(2,k)", "ICC(3,k)"):
        assert found[form]["value"] == pytest.approx(PUBLISHED[form][0], abs=1e-8)
        assert found[form]["note"].startswith(
            "on the largest block that the same raters rated: 6 of 8 responses, 4 of 5"
        )
    assert "responses differ in their raters" in result.in_words()


def test_the_one_way_form_of_unequal_groups_is_the_analysis_of_variance() -> None:
    groups = [[1.0, 2.0], [4.0, 5.0, 6.0], [3.0, 3.0, 4.0, 2.0]]
    frame = pl.DataFrame(
        [
            {"item": f"i{g}", "rater": f"{g}-{n}", "dimension": "d", "score": score}
            for g, group in enumerate(groups)
            for n, score in enumerate(group)
        ]
    )
    # Mean 30 / 9; between: 2 * 1.5**2 + 3 * 5**2 + 4 * 3**2 - 100 = 15.5 on 2; within 0.5 + 2 + 2 = 4.5 on 6.
    between, within, k = 15.5 / 2, 4.5 / 6, (9 - (4 + 9 + 16) / 9) / 2
    found = by_form(icc(frame).to_frame())
    assert found["ICC(1,1)"]["value"] == pytest.approx((between - within) / (between + (k - 1) * within))
    assert found["ICC(1,k)"]["value"] == pytest.approx(1 - within / between)
    assert found["ICC(2,1)"]["note"] == NO_BLOCK


@pytest.mark.parametrize(
    ("table", "note"),
    [
        ([], estimates.NO_SCORES),
        ([[1], [2]], estimates.ONE_RATER),
        ([[1, None], [None, 2]], estimates.NO_OVERLAP),
        ([[1, 2, 3]], ONE_RESPONSE),
        ([[2, 2], [2, 2]], estimates.CONSTANT),
    ],
)
def test_what_is_undefined_says_why(table: Any, note: str) -> None:
    frame = pl.concat([long(table), long([[1, 2], [3, 4]], "other")])
    rows = icc(frame, dimensions=["tone", "other"] if table else None).to_frame()
    own = rows.filter(pl.col("dimension") == "tone")
    if table:
        assert own["value"].null_count() == 6
        assert set(own["note"]) == {note}
        assert not own["called_for"].any()
        assert note in icc(frame).in_words()
    else:
        assert icc(long([])).in_words() == "Undefined: no scores."


def test_raters_that_agree_but_for_a_constant_have_no_interval() -> None:
    found = by_form(icc(long([[1, 2], [2, 3], [5, 6]])).to_frame())
    assert (found["ICC(3,1)"]["value"], found["ICC(3,1)"]["low"], found["ICC(3,1)"]["note"]) == (1.0, None, PERFECT)
    assert found["ICC(2,1)"]["value"] == pytest.approx(13 / 3 * 2 / (13 / 3 * 2 + 2 * 1.5 / 3))
    same = by_form(icc(long([[1, 1], [3, 3], [4, 4]])).to_frame())
    assert [same[form]["value"] for form in FORMS] == [1.0] * 6


def test_responses_that_have_one_mean_are_undefined_where_f_is_zero() -> None:
    found = by_form(icc(long([[1, 3], [3, 1], [2, 2]])).to_frame())
    assert (found["ICC(1,1)"]["value"], found["ICC(1,k)"]["value"]) == (-1.0, None)
    assert found["ICC(1,1)"]["note"] == f"{NEGATIVE}; {ALIKE}"
    assert found["ICC(3,1)"]["value"] == -1.0


def test_two_raters_who_contradict_each_other_on_two_responses_are_undefined() -> None:
    found = by_form(icc(long([[0, 1], [1, 0]])).to_frame())
    assert (found["ICC(2,1)"]["value"], found["ICC(2,1)"]["note"]) == (None, ALIKE)
    assert found["ICC(3,1)"]["value"] == -1.0


def test_a_negative_correlation_says_so_and_has_no_interval_beside_it() -> None:
    result = icc(long([[1, 5], [4, 2], [3, 3.5]]))
    found = by_form(result.to_frame())
    assert found["ICC(2,1)"]["value"] < -1
    assert (found["ICC(2,1)"]["low"], found["ICC(2,1)"]["high"]) == (None, None)
    assert found["ICC(2,1)"]["note"] == f"{NEGATIVE}; {NOT_HELD}"
    assert (found["ICC(2,k)"]["value"], found["ICC(2,k)"]["note"]) == (None, NO_MEAN)
    assert NEGATIVE in result.in_words()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(st.lists(st.integers(1, 5), min_size=k, max_size=k), min_size=2, max_size=6)
    ),
    st.sampled_from([0.1, 0.5, 0.95]),
)
def test_an_interval_holds_its_value_or_is_left_out_with_the_reason(table: list[list[int]], confidence: float) -> None:
    for row in icc(long(table), confidence=confidence).to_frame().to_dicts():
        if row["low"] is None or row["high"] is None:
            assert row["low"] is row["high"] is None
            assert row["note"]
        else:
            assert row["low"] <= row["value"] <= row["high"]


def test_a_lone_upper_limit_of_one_item_is_left_out_too() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        frame = long(rng.integers(1, 4, (4, 3))).with_columns(response="item", item=pl.lit("only"))
        table = icc(frame).to_frame()
        assert table["low"].null_count() == table["high"].null_count() == table.height


def test_responses_of_one_item_are_told_apart() -> None:
    frame = long(SHROUT).with_columns(
        response=pl.col("item").replace_strict({f"i{n}": "ab"[n % 2] for n in range(6)}),
        item=pl.col("item").replace_strict({f"i{n}": f"i{n // 2}" for n in range(6)}),
    )
    found = by_form(icc(frame).to_frame())
    assert found["ICC(2,1)"]["value"] == pytest.approx(PUBLISHED["ICC(2,1)"][0], abs=1e-8)
    assert found["ICC(2,1)"]["n_items"] == 3


def test_raters_who_differ_over_responses_that_do_not_leave_nothing_to_correlate() -> None:
    for table in ([[1, 1, 3]] * 3, [[1, 1, 2]] * 4):
        found = by_form(icc(long(table)).to_frame())
        assert found["ICC(2,1)"]["value"] == 0
        assert found["ICC(3,1)"]["value"] is None
        assert "only raters differ" in found["ICC(3,1)"]["note"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=3, max_size=8), st.randoms())
def test_order_of_rows_names_of_raters_and_scale_do_not_matter(table: list[list[int]], random: Any) -> None:
    frame = long(table)
    order = list(range(frame.height))
    random.shuffle(order)
    names = {"r0": "z", "r1": "y", "r2": "x"}
    moved = frame[order].with_columns(rater=pl.col("rater").replace_strict(names), score=pl.col("score") * 2 + 10)
    columns = ["statistic", "value", "low", "high"]
    first, second = (icc(one).to_frame().select(columns).to_dicts() for one in (frame, moved))
    for one, other in zip(first, second, strict=True):
        for name in columns[1:]:
            known = [row[name] for row in (one, other) if row[name] is not None]
            assert len(known) in (0, 2)
            assert not known or known[0] == pytest.approx(known[1], rel=1e-6, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=2, max_size=12))
def test_the_largest_block_is_a_full_table_at_least_as_large_as_any_set_of_raters_gives(sets: list[set[int]]) -> None:
    pairs = [(unit, rater) for unit, some in enumerate(sets) for rater in sorted(some)]
    units, raters = (codes_of(pl.Series([pair[place] for pair in pairs])) for place in (0, 1))
    block = largest_block(units, raters, np.arange(float(len(pairs))))
    best = max(
        (len(some) * sum(some <= other for other in sets) for some in sets if len(some) > 1 and sum(some <= other for other in sets) > 1),
        default=0,
    )  # fmt: skip
    assert (0 if block is None else block.table.size) >= best
    if block is not None:
        assert np.isfinite(block.table).all()
        assert min(block.table.shape) > 1


def test_raters_that_are_drawn_anew_for_each_response_still_share_a_block() -> None:
    rng = np.random.default_rng(6)
    sets = [frozenset(rng.permutation(12)[:4].tolist()) for _ in range(400)]
    pairs = [(unit, rater) for unit, some in enumerate(sets) for rater in some]
    units, raters = (codes_of(pl.Series([pair[place] for pair in pairs])) for place in (0, 1))
    block = largest_block(units, raters, np.arange(float(len(pairs))))
    most = max(sum({one, other} <= some for some in sets) for one in range(12) for other in range(one))
    assert block is not None
    assert np.isfinite(block.table).all()
    assert block.table.size >= 2 * most


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"agreement": "consistent"}, "did you mean 'consistency'"),
        ({"confidence": 95}, "above 0 and below 1"),
        ({"dimensions": ["tome"]}, "did you mean 'tone'"),
    ],
)
def test_bad_options_are_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        icc(long(SHROUT), **options)


def test_several_responses_of_one_item_have_no_interval_in_any_statistic() -> None:
    from rubricwidgets.stats.agreement import agreement  # noqa: PLC0415 - the other side of the comparison
    from rubricwidgets.stats.generalizability import generalizability  # noqa: PLC0415
    from rubricwidgets.stats.raters import raters  # noqa: PLC0415

    frame = long(SHROUT).with_columns(response="item", item=pl.lit("only"))
    for table in (icc(frame).to_frame(), agreement(frame), generalizability(frame).to_frame()):
        assert table["value"].null_count() == 0
        assert table["low"].null_count() == table["se"].null_count() == table.height
        assert table["note"].unique().to_list() == [estimates.ONE_ITEM]
    assert by_form(icc(frame).to_frame())["ICC(2,1)"]["value"] == pytest.approx(0.29, abs=0.005)
    assert "The raters judged the same responses of one item only" in raters(frame).in_words()
    assert set(raters(frame).findings["finding"]) == {"one item only: nothing can be tested"}
