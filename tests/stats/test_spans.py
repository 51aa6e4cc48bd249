"""Agreement on marked spans, held against plain loops over characters, and MQM against the published table."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import krippendorff
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubricwidgets.errors import InputError
from rubricwidgets.stats.mqm import mqm
from rubricwidgets.stats.spans import spans
from tests.test_real_studies import folder

SCHEMA = {
    "item": pl.String,
    "response": pl.String,
    "rater": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "category": pl.String,
}


def marks_of(*rows: tuple[str, str, int, int]) -> pl.DataFrame:
    """Return marks from (item, rater, start, end)."""
    return pl.DataFrame(
        [(item, f"{item}-r", rater, start, end, "fact") for item, rater, start, end in rows],
        schema=SCHEMA,
        orient="row",
    )


def rated_by(items: str, raters: str) -> pl.DataFrame:
    rows = [(item, f"{item}-r", rater) for item in items for rater in raters]
    return pl.DataFrame(rows, schema=["item", "response", "rater"], orient="row")


def texts_of(items: str, length: int = 20) -> pl.DataFrame:
    return pl.DataFrame(
        {"item": list(items), "response": [f"{item}-r" for item in items], "length": [length] * len(items)}
    )


def value(frame: pl.DataFrame, statistic: str) -> dict[str, Any]:
    return frame.row(by_predicate=(pl.col("statistic") == statistic) & pl.col("category").is_null(), named=True)


def random_study(seed: int, n_items: int = 6, n_responses: int = 2) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    random = np.random.default_rng(seed)
    marks, rated, texts = [], [], []
    for item in range(n_items):
        for response in range(n_responses):
            length = int(random.integers(8, 30))
            texts.append((f"i{item}", f"{item}-{response}", "\N{GRINNING FACE}" * length))
            for rater in "abc":
                if random.random() < 0.25:
                    continue
                rated.append((f"i{item}", f"{item}-{response}", rater))
                for _ in range(int(random.integers(0, 4))):
                    start = int(random.integers(0, length - 1))
                    end = int(random.integers(start + 1, length + 1))
                    marks.append(
                        (
                            f"i{item}",
                            f"{item}-{response}",
                            rater,
                            start,
                            min(end, start + 8),
                            "xy"[int(random.integers(2))],
                        )
                    )
    return (
        pl.DataFrame(marks, schema=SCHEMA, orient="row"),
        pl.DataFrame(rated, schema=["item", "response", "rater"], orient="row"),
        pl.DataFrame(texts, schema=["item", "response", "text"], orient="row"),
    )


def brute(  # noqa: C901 - loops are its point
    marks: pl.DataFrame, rated: pl.DataFrame, texts: pl.DataFrame, *, without: str | None = None
) -> dict[str, float]:
    """Return every statistic by loops over pairs, marks and characters; NaN where undefined."""
    units = {(i, r) for i, r, _ in rated.iter_rows() if i != without}
    who = {unit: {x for i, r, x in rated.iter_rows() if (i, r) == unit} for unit in units}
    marked: dict[tuple[tuple[str, str], str], list[tuple[int, int]]] = {}
    for item, response, rater, start, end, _ in marks.iter_rows():
        marked.setdefault(((item, response), rater), []).append((start, end))
    found: dict[str, list[float]] = {"f1_exact": [], "f1_overlap": [], "f1_character": []}
    for one, other in combinations("abc", 2):
        same = dict.fromkeys(found, 0)
        every = dict.fromkeys(found, 0)
        for unit in units:
            if not {one, other} <= who[unit]:
                continue
            left, right = marked.get((unit, one), []), marked.get((unit, other), [])
            rest = list(right)
            for mark in left:
                if mark in rest:
                    rest.remove(mark)
                    same["f1_exact"] += 2
            for here, there in ((left, right), (right, left)):
                same["f1_overlap"] += sum(any(a < d and c < b for c, d in there) for a, b in here)
            chars = [{place for start, end in marks_ for place in range(start, end)} for marks_ in (left, right)]
            same["f1_character"] += 2 * len(chars[0] & chars[1])
            every["f1_exact"] += len(left) + len(right)
            every["f1_overlap"] += len(left) + len(right)
            every["f1_character"] += len(chars[0]) + len(chars[1])
        for name, values in found.items():
            if every[name]:
                values.append(same[name] / every[name])
    lengths = {(i, r): len(text) for i, r, text in texts.iter_rows()}
    columns = []
    for unit in sorted(units):
        columns += [
            [
                float(any(a <= place < b for a, b in marked.get((unit, rater), []))) if rater in who[unit] else np.nan
                for rater in "abc"
            ]
            for place in range(lengths[unit])
        ]
    alpha = krippendorff.alpha(np.array(columns).T, level_of_measurement="nominal")
    return {**{name: float(np.mean(values)) for name, values in found.items()}, "alpha_character": float(alpha)}


# F1 and alpha


def test_f1_counts_exact_overlapping_and_shared_characters() -> None:
    marks = marks_of(("a", "x", 0, 5), ("a", "y", 0, 5), ("a", "x", 8, 12), ("a", "y", 10, 14), ("b", "x", 0, 2))
    found = spans(marks, rated_by("abc", "xy")).estimates
    assert value(found, "f1_exact")["value"] == 2 / 5
    assert value(found, "f1_overlap")["value"] == 4 / 5
    assert value(found, "f1_character")["value"] == pytest.approx(2 * 7 / (11 + 9))
    row = value(found, "f1_exact")
    assert (row["n_items"], row["n_raters"], row["n_ratings"]) == (3, 2, 6)


@pytest.mark.parametrize("seed", range(4))
def test_every_statistic_is_that_of_plain_loops(seed: int) -> None:
    study = random_study(seed)
    found = spans(study[0], study[1], texts=study[2]).estimates
    for name, expected in brute(*study).items():
        assert value(found, name)["value"] == pytest.approx(expected), name


def test_the_standard_error_is_that_of_leaving_out_each_item() -> None:
    study = random_study(5)
    items = study[1]["item"].unique().sort()
    found = spans(study[0], study[1], texts=study[2]).estimates
    without = [brute(*study, without=item) for item in items]
    for name in without[0]:
        values = np.array([one[name] for one in without])
        n = len(values)
        assert value(found, name)["n_items"] == n
        assert value(found, name)["se"] == pytest.approx(
            np.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum())
        ), name


def test_pairs_of_raters_are_told_apart() -> None:
    marks = marks_of(("a", "x", 0, 5), ("a", "y", 0, 5), ("b", "x", 1, 3), ("b", "y", 1, 3), ("b", "z", 8, 9))
    pairs = spans(marks, rated_by("ab", "xyz")).pairs.filter(pl.col("statistic") == "f1_exact")
    assert pairs.select("rater", "other_rater", "value").rows() == [("x", "y", 1.0), ("x", "z", 0.0), ("y", "z", 0.0)]


def test_categories_can_be_asked_to_match() -> None:
    marks = marks_of(("a", "x", 0, 5), ("a", "y", 0, 5), ("b", "x", 1, 3), ("b", "y", 1, 3))
    marks = marks.with_columns(pl.Series("category", ["fact", "tone", "fact", "fact"]))
    rated = rated_by("ab", "xy")
    assert value(spans(marks, rated).estimates, "f1_exact")["value"] == 1.0
    assert value(spans(marks, rated, match_category=True).estimates, "f1_exact")["value"] == 0.5
    assert value(spans(marks, rated, match_category=True).estimates, "f1_overlap")["value"] == 0.5
    by_category = spans(marks, rated, texts=texts_of("ab"), by_category=True).estimates
    alphas = dict(by_category.filter(pl.col("statistic") == "alpha_character").select("category", "value").iter_rows())
    assert alphas[None] == 1.0
    assert alphas["tone"] < alphas["fact"] < 1.0


def test_no_marks_at_all_is_an_answer() -> None:
    marks = marks_of(("a", "x", 0, 5), ("a", "y", 0, 5), ("b", "x", 0, 3))
    told, untold = spans(marks, rated_by("ab", "xy")), spans(marks)
    assert value(told.estimates, "f1_exact")["value"] == pytest.approx(2 / 3)
    assert value(untold.estimates, "f1_exact")["value"] == 1.0  # that y left b without a mark is not known
    assert "pass rated" in str(untold.note)
    assert "pass rated" in untold.in_words()


def test_dimensions_are_told_apart() -> None:
    marks = marks_of(("a", "x", 0, 5), ("a", "y", 0, 5), ("a", "x", 7, 9)).with_columns(
        pl.Series("dimension", ["errors", "errors", "risks"])
    )
    found = spans(marks, rated_by("a", "xy")).estimates.filter(pl.col("statistic") == "f1_exact")
    assert found.select("dimension", "value").rows() == [("errors", 1.0), ("risks", 0.0)]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), names=st.permutations(["a", "b", "c"]))
def test_names_and_order_of_rows_change_nothing(seed: int, names: list[str]) -> None:
    marks, rated, texts = random_study(seed, n_items=4, n_responses=1)
    mapping = dict(zip("abc", names, strict=True))
    renamed = [
        frame.with_columns(pl.col("rater").replace_strict(mapping)).sample(fraction=1, shuffle=True, seed=seed)
        for frame in (marks, rated)
    ]
    ours, theirs = spans(marks, rated, texts=texts).estimates, spans(renamed[0], renamed[1], texts=texts).estimates
    for name in ("value", "low", "high", "se"):
        assert ours[name].to_list() == pytest.approx(theirs[name].to_list(), nan_ok=True)


# Thin data and wrong input


@pytest.mark.parametrize(
    ("marks", "rated", "note"),
    [
        (marks_of(("a", "x", 0, 5)), rated_by("a", "x"), "one rater only"),
        (marks_of(("a", "x", 0, 5), ("b", "y", 0, 5)), None, "no item was rated by two raters"),
        (marks_of(("a", "x", 0, 5), ("a", "y", 0, 5)), None, "one item only: no interval"),
        (marks_of(), rated_by("ab", "xy"), "nobody marked anything"),
    ],
)
def test_thin_data_has_no_numbers_that_are_none(marks: pl.DataFrame, rated: pl.DataFrame | None, note: str) -> None:
    found = spans(marks, rated, texts=texts_of("ab"))
    assert note in value(found.estimates, "f1_exact")["note"]
    assert note in value(found.estimates, "alpha_character")["note"]
    for name in ("value", "low", "high", "se"):
        assert found.estimates[name].is_finite().all()
    assert "<table>" in found._repr_html_()


def test_alpha_without_texts_says_what_it_lacks() -> None:
    found = spans(marks_of(("a", "x", 0, 5), ("a", "y", 0, 5)))
    assert value(found.estimates, "alpha_character")["note"] == "the lengths of the texts are not known: pass texts"


def test_places_are_code_points() -> None:
    text = pl.DataFrame({"item": ["a"], "response": ["a-r"], "text": ["e\N{COMBINING ACUTE ACCENT}\N{GRINNING FACE}!"]})
    assert spans(marks_of(("a", "x", 2, 4), ("a", "y", 2, 4)), texts=text).estimates.height
    with pytest.raises(InputError, match="end=5 in a text of 4 characters"):
        spans(marks_of(("a", "x", 2, 5), ("a", "y", 2, 4)), texts=text)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: spans(marks_of(("a", "x", 5, 5))), "a start from 0 and an end after it"),
        (lambda: spans(marks_of(("a", "x", -1, 5))), "start=-1"),
        (lambda: spans(marks_of(("a", "x", 0, 5)).rename({"start": "begin"})), "lacks 'start'"),
        (lambda: spans(marks_of(("a", "x", 0, 5)), rated_by("b", "x")), "which is not in it"),
        (
            lambda: spans(marks_of(("a", "x", 0, 5)).with_columns(pl.lit(None, pl.String).alias("rater"))),
            "'rater' in every row",
        ),
        (
            lambda: spans(marks_of(("a", "x", 0, 5)).with_columns(pl.lit(0.5).alias("start"))),
            "whole numbers as 'start'",
        ),
        (lambda: mqm(marks_of(("a", "x", 0, 5)), rated_by("a", "x")), "a weight for each mark"),
        (
            lambda: mqm(
                marks_of(("a", "x", 0, 5)).with_columns(pl.lit("Major").alias("severity")),
                rated_by("a", "x"),
                weights={"major": 5},
            ),
            "did you mean it by 'major'",
        ),
    ],
)
def test_wrong_input_is_refused_in_words(call: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


# MQM


def test_a_response_without_marks_is_without_error() -> None:
    marks = marks_of(("a", "x", 0, 5), ("a", "x", 6, 9), ("a", "y", 0, 5)).with_columns(
        pl.Series("weight", [5.0, 1.0, 1.0])
    )
    rated = rated_by("ab", "xy").with_columns(pl.lit("m").alias("model"))
    found = mqm(marks, rated)
    assert found.responses["mqm"].to_list() == [3.5, 0.0]
    row = found.systems.row(0, named=True)
    # Two items of 3.5 and 0: mean 1.75, se 1.75, t(1, .975) = 12.706; a weight is never below 0.
    assert (row["value"], row["se"], row["low"]) == (1.75, 1.75, 0.0)
    assert row["high"] == pytest.approx(1.75 + 12.7062 * 1.75, abs=1e-3)
    assert (row["n_items"], row["n_raters"], row["n_ratings"]) == (2, 2, 4)
    assert mqm(marks.clear(), rated).systems["value"].to_list() == [0.0]
    assert "no MQM score" in mqm(marks.clear(), rated.clear()).in_words()


def test_the_published_weights_of_mqm_on_ted_talks() -> None:
    """Freitag et al. 2021, the data's README: mean weight per segment of 14 systems, English to German."""
    source = pl.read_csv(folder("09_mqm_spans") / "ted_ende_errors.csv", infer_schema_length=None)
    frame = source.with_columns(
        pl.col("seg_id").cast(pl.String).alias("item"), pl.col("system").alias("response")
    ).rename({"rater_id": "rater", "system": "model"})
    found = mqm(
        frame.filter(pl.col("severity") != "No-error"), frame.select("item", "response", "rater", "model").unique()
    )
    published = {"ref": 0.91, "Facebook-AI": 1.06, "Online-W": 1.12, "VolcTrans-AT": 1.24, "metricsystem3": 1.44,
                 "VolcTrans-GLAT": 1.49, "HuaweiTSC": 1.50, "metricsystem1": 1.63, "metricsystem2": 1.69, "metricsystem5": 1.72,
                 "UEdin": 1.77, "metricsystem4": 1.78, "eTranslation": 1.96, "Nemo": 2.14}  # fmt: skip
    assert found.systems["model"].to_list() == list(published)
    for model, weight in found.systems.select("model", "value").iter_rows():
        # The published 1.96 of eTranslation is cut, not rounded: it is 1.9688.
        assert weight == pytest.approx(published[model], abs=0.0051 if model != "eTranslation" else 0.01)
    assert found.systems["n_items"].to_list() == [529] * 14
    assert found.in_words().startswith("Mean MQM weight per response (0 is without error)")
    assert "from ref 0.91" in found.in_words()


def test_marks_of_real_translations_agree_beyond_chance() -> None:
    """Three raters for each of 280 translations (Song et al., ACL 2025; a sample)."""
    source = folder("09_mqm_spans")
    marks = pl.read_csv(source / "sxs_ende_sample_errors.csv", infer_schema_length=None).filter(
        pl.col("span_side") == "target"
    )
    texts = pl.read_ndjson(source / "sxs_ende_sample_targets.jsonl")
    every = pl.read_csv(source / "sxs_ende_sample_errors.csv", infer_schema_length=None)
    names = {"seg_id": "item", "system": "response", "rater_id": "rater"}
    marks, every = (frame.rename(names).cast({"item": pl.String}) for frame in (marks, every))
    texts = texts.rename({"seg_id": "item", "system": "response", "target": "text"}).cast({"item": pl.String})
    found = spans(marks, every.select("item", "response", "rater").unique(), texts=texts)
    exact, overlap, alpha = (value(found.estimates, name) for name in ("f1_exact", "f1_overlap", "alpha_character"))
    assert 0 < exact["value"] < overlap["value"] < 1
    assert alpha["low"] > 0
    assert exact["n_items"] == 28


def test_an_interval_without_width_says_why() -> None:
    marks = marks_of(("i", "x", 0, 4), ("i", "y", 6, 9), ("j", "x", 0, 4), ("j", "y", 6, 9))
    row = value(spans(marks, rated_by("ij", "xy")).estimates, "f1_exact")
    assert (row["value"], row["low"], row["high"]) == (0.0, 0.0, 0.0)
    assert row["note"] == "every item says the same: the interval says nothing about others"
