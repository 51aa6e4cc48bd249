"""Every statistic and every chart refuses a frame that is none of its own in words, and never with an error of a library."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets import charts, stats
from rubricwidgets.analysis import Analysis
from rubricwidgets.charts.bound import Plots
from rubricwidgets.errors import InputError, RubricWidgetsError, UnknownKeywordError

if TYPE_CHECKING:
    from collections.abc import Callable

COMPARISONS = pl.DataFrame(
    {
        "item": ["a", "a", "b", "b"],
        "rater": ["x", "y"] * 2,
        "dimension": ["d"] * 4,
        "left_model": ["m", "n", "m", "n"],
        "right_model": ["n", "m", "n", "m"],
        "winner": ["left", "right", "left", "tie"],
        "tie": [False, False, False, True],
        "strength": [-1, 2, -1, 0],
    }
)
RANKINGS = pl.DataFrame(
    {
        "item": ["a", "a", "b", "b"] * 2,
        "rater": ["x"] * 4 + ["y"] * 4,
        "model": ["m", "n"] * 4,
        "response": ["r", "s"] * 4,
        "rank": [1, 2] * 4,
    }
)
SPANS = pl.DataFrame(
    {
        "item": ["a", "a"],
        "response": ["r", "r"],
        "rater": ["x", "y"],
        "start": [0, 2],
        "end": [4, 4],
        "category": ["c", "c"],
        "severity": ["major", "major"],
        "weight": [5.0, 5.0],
    }
)
RATED = pl.DataFrame({"item": ["a", "a"], "response": ["r", "r"], "rater": ["x", "y"], "model": ["m", "m"]})
TEXTS = pl.DataFrame({"item": ["a"], "response": ["r"], "text": ["abcdef"]})
VERDICTS = pl.DataFrame({"item": ["a", "a"], "rater": ["j", "j"], "swapped": [False, True], "winner": ["1", "2"]})
BETTER = pl.DataFrame({"item": ["a"], "winner": ["1"]})
TABLE = pl.DataFrame({"essay": [1, 1, 2, 2], "judge": ["a", "b"] * 2, "score": [1.0, 2, 3, 5]})
REPEATS = pl.DataFrame({"item": ["z"], "same_as": ["y"]})


@functools.cache
def study() -> rw.Study:
    made = rw.demo(store="memory")
    rw.simulate(made, raters=3, seed=1)
    return made


@functools.cache
def frame(name: str) -> pl.DataFrame:
    """Return a frame of the study that holds scores; gold and others from its methods."""
    found = getattr(study(), name)()
    return found if isinstance(found, pl.DataFrame) else found.to_frame()


JUDGE: dict[str, Any] = {"judges": "simulated-1"}
# For each function: a frame that it takes, how it is called with one, and a column of numbers, one of true and false and one of times.
Call = tuple["Callable[[], pl.DataFrame]", "Callable[..., Any]", tuple[str, ...], str]


def of_scores(function: Callable[..., Any], numbers: tuple[str, ...] = ("score",), **options: Any) -> Call:
    return (
        lambda: frame("scores"),
        lambda given, **more: function(given, study().rubric, **options, **more),
        numbers,
        "rater",
    )


STATS: dict[str, Call] = {
    "agreement": of_scores(stats.agreement),
    "alternative_annotator": of_scores(stats.alternative_annotator, **JUDGE),
    "compare_models": of_scores(stats.compare_models),
    "comparisons_from_scores": of_scores(stats.comparisons_from_scores),
    "consensus": of_scores(stats.consensus),
    "drift": of_scores(stats.drift, ("score", "submitted_at", "not_applicable")),
    "facets": of_scores(stats.facets),
    "generalizability": of_scores(stats.generalizability),
    "icc": of_scores(stats.icc),
    "judge_bias": of_scores(stats.judge_bias, **JUDGE),
    "judges": of_scores(stats.judges, **JUDGE),
    "levels": of_scores(stats.levels, ("score", "not_applicable")),
    "means": of_scores(stats.means, ("score", "not_applicable")),
    "power": of_scores(stats.power, width=0.5, simulations=100, n_items=(10,), n_raters=(2,)),
    "rater_pairs": of_scores(stats.rater_pairs, ("score", "not_applicable")),
    "raters": of_scores(stats.raters, ("score", "seconds", "not_applicable")),
    "report": of_scores(stats.report, ("score", "seconds", "submitted_at", "not_applicable")),
    "summary": of_scores(stats.summary, ("score", "not_applicable")),
    "gold_agreement": (
        lambda: frame("scores"),
        lambda given, **more: stats.gold_agreement(given, frame("gold"), study().rubric, **more),
        ("score",),
        "rater",
    ),
    "self_agreement": (
        lambda: frame("scores"),
        lambda given, **more: stats.self_agreement(given, REPEATS, study().rubric, **more),
        ("score",),
        "rater",
    ),
    "pairwise": (lambda: COMPARISONS, stats.pairwise, ("tie", "strength"), "left_model"),
    "elo": (lambda: COMPARISONS, stats.elo, ("tie", "strength"), "left_model"),
    "rankings": (lambda: RANKINGS, stats.rankings, ("rank",), "rater"),
    "kendall_w": (lambda: RANKINGS, stats.kendall_w, ("rank",), "rank"),
    "spans": (lambda: SPANS, lambda given, **more: stats.spans(given, RATED, **more), ("start", "end"), "start"),
    "mqm": (lambda: SPANS, lambda given, **more: stats.mqm(given, RATED, **more), ("weight",), "rater"),
    "judge_pairs": (
        lambda: VERDICTS,
        lambda given, **more: stats.judge_pairs(given, BETTER, **more),
        ("swapped",),
        "winner",
    ),
    "variance_components": (
        lambda: TABLE,
        lambda given, **more: stats.variance_components(given, "essay x judge", **more),
        ("score",),
        "score",
    ),
}
CHARTS: dict[str, Call] = {
    "against": (
        lambda: frame("scores"),
        lambda given, **more: charts.against(given, frame("gold"), study().rubric, **more),
        ("score", "not_applicable"),
        "rater",
    ),
    "agreement": of_scores(charts.agreement),
    "disagreement": of_scores(charts.disagreement),
    "distribution": of_scores(charts.distribution),
    "heatmap": of_scores(charts.heatmap),
    "means": of_scores(charts.means),
    "rater_pairs": of_scores(charts.rater_pairs),
    "wins": (lambda: COMPARISONS, charts.wins, ("tie", "strength"), "left_model"),
    "ladder": (lambda: COMPARISONS, charts.ladder, ("tie", "strength"), "right_model"),
    "ranks": (lambda: RANKINGS, charts.ranks, ("rank",), "rank"),
    "progress": (lambda: frame("progress"), charts.progress, ("n_items", "n_left"), "n_rated"),
    "time": (lambda: frame("ratings"), charts.time, ("seconds",), "status"),
    "span_density": (
        lambda: SPANS,
        lambda given, **more: charts.span_density(given, TEXTS, **more),
        ("start", "end"),
        "end",
    ),
    "compare_models": (lambda: frame("compare_models"), charts.compare_models, ("value", "p_adjusted"), "against"),
    "judges": (lambda: study().judges("simulated-1").agreement, charts.judges, ("value",), "judge"),
    "severity": (lambda: frame("raters"), charts.severity, ("value",), "rater"),
}
# These take a result, not a frame.
RESULTS = {"decision_study": stats.decision_study}
RESULT_CHARTS = {"decision": charts.decision, "drift": charts.drift, "wright": charts.wright}
ALL = {
    **{f"stats.{name}": call for name, call in STATS.items()},
    **{f"charts.{name}": call for name, call in CHARTS.items()},
}
FROM_RESULTS = {**RESULTS, **RESULT_CHARTS}


def test_every_public_function_that_takes_a_frame_is_tried() -> None:
    assert {*STATS, *RESULTS} == set(stats.__all__)
    assert {*CHARTS, *RESULT_CHARTS, "warm_up"} == set(charts.__all__)


@pytest.mark.parametrize("name", ALL)
def test_text_where_something_else_belongs_is_refused(name: str) -> None:
    good, call, columns, _ = ALL[name]
    for column in columns:
        with pytest.raises(InputError, match=f"in the column '{column}' \\(got String\\): its first value is 'high'"):
            call(good().with_columns(pl.lit("high").alias(column)))


@pytest.mark.parametrize("name", ALL)
def test_a_column_without_any_value_is_of_every_kind(name: str) -> None:
    good, call, columns, _ = ALL[name]
    for column in columns:
        empty = good().head(0).with_columns(pl.lit(None, pl.String).alias(column))
        refused = None
        try:
            call(empty)
        except RubricWidgetsError as error:
            refused = str(error)
        # Where nobody rated there is no judge of that name, and no text to choose.
        assert refused is None or "simulated-1" in refused or name == "charts.span_density", refused


@pytest.mark.parametrize("name", ALL)
def test_a_missing_column_is_named(name: str) -> None:
    good, call, _, column = ALL[name]
    with pytest.raises(InputError, match=f"'{column}'.*; (did you mean '{column}s'\\? Rename it|it has )"):
        call(good().rename({column: f"{column}s"}))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("given", [3, "scores", None, [1, 2], {1, 2}], ids=str)
def test_what_is_no_frame_is_refused(name: str, given: object) -> None:
    with pytest.raises(InputError, match=r"' takes .*\(got (int|str|NoneType|list|set)\)"):
        ALL[name][1](given)


@pytest.mark.parametrize("name", FROM_RESULTS)
def test_what_is_no_result_is_refused(name: str) -> None:
    for given in (3, frame("scores")):
        with pytest.raises(InputError, match=r"' takes .*\(got (int|DataFrame)\)"):
            FROM_RESULTS[name](given)


@pytest.mark.parametrize("name", ALL)
def test_an_unknown_keyword_is_refused(name: str) -> None:
    good, call, _, _ = ALL[name]
    with pytest.raises(UnknownKeywordError, match=f"{name.partition('.')[2]} takes no 'colour'"):
        call(good(), colour=3)


def takes_rubric() -> list[str]:
    both = [*((f"stats.{one}", getattr(stats, one)) for one in stats.__all__)]
    both += [*((f"charts.{one}", getattr(charts, one)) for one in charts.__all__)]
    return [name for name, function in both if "rubric" in inspect.signature(function).parameters]


@pytest.mark.parametrize("name", takes_rubric())
def test_a_rubric_that_is_none_is_refused(name: str) -> None:
    room, _, word = name.partition(".")
    function = getattr({"stats": stats, "charts": charts}[room], word)
    first: dict[str, Callable[[], Any]] = {
        "charts.decision": lambda: study().decision_study(),
        "charts.wright": lambda: study().facets(),
        "charts.compare_models": lambda: frame("compare_models"),
        "charts.judges": lambda: study().judges("simulated-1"),
        "charts.severity": lambda: frame("raters"),
    }
    given = [first.get(name, lambda: frame("scores"))()]
    parameters = inspect.signature(function).parameters
    more = {"gold": frame("gold"), "reference": frame("gold"), "repeats": REPEATS, "judges": "simulated-1"}
    options = {one: more[one] for one, it in parameters.items() if it.default is it.empty and one in more}
    options |= {"width": 0.5} if word == "power" else {}
    with pytest.raises(InputError, match=r"'rubric' takes a Rubric, such as study.rubric \(got str\)"):
        function(*given, rubric="rubric.yaml", **options)


@pytest.mark.parametrize("name", [name for name, call in ALL.items() if call[2][0] == "score" and "var" not in name])
@pytest.mark.parametrize(
    ("score", "words"),
    [
        (float("nan"), r"'scores' takes finite numbers or null in the column 'score' \(row 1 has NaN\)"),
        (float("inf"), r"'scores' takes finite numbers or null in the column 'score' \(row 1 has inf\)"),
        (99.0, r"takes 1 to 5 \(got a score of 99\)"),
        (2.5, r"takes 1 to 5 \(got a score of 2.5\)"),
    ],
)
def test_a_score_that_is_no_score_is_refused_alike(name: str, score: float, words: str) -> None:
    good, call, _, _ = ALL[name]
    place = pl.int_range(pl.len()) == 1
    with pytest.raises(InputError, match=words):
        call(good().with_columns(pl.when(place).then(score).otherwise("score").alias("score")))


@pytest.mark.parametrize("name", [name for name, call in ALL.items() if call[2][0] == "score" and "var" not in name])
@pytest.mark.parametrize("kind", [pl.UInt8, pl.Int64, pl.Float32, pl.Decimal(10, 2)], ids=str)
def test_whole_and_decimal_numbers_of_any_size_are_scores(name: str, kind: pl.DataType) -> None:
    good, call, _, _ = ALL[name]
    call(good().cast({"score": kind}))


@pytest.mark.parametrize("name", [name for name, call in ALL.items() if call[2][0] == "score" and "var" not in name])
def test_names_may_be_categories_and_columns_without_value_have_no_type(name: str) -> None:
    good, call, _, _ = ALL[name]
    text = ("item", "response", "rater", "dimension", "label", "model")
    call(good().cast(dict.fromkeys(text, pl.Categorical)))
    call(good().with_columns(pl.lit(None).alias("model"), pl.lit(None).alias("label"), pl.lit(None).alias("seconds")))


def test_a_lazy_engine_says_the_same() -> None:
    scores = frame("scores").select("item", "response", "rater", "dimension", "score", "label", "not_applicable")
    for given in (scores.lazy(), scores.to_arrow(), scores.to_pandas()):
        assert stats.agreement(given, study().rubric).equals(stats.agreement(scores, study().rubric))
    text = scores.with_columns(pl.lit("high").alias("score"))
    for given in (text.lazy(), text.to_arrow(), text.to_pandas()):
        with pytest.raises(InputError, match=r"in the column 'score' \(got String\): its first value is 'high'"):
            stats.agreement(given)
    with pytest.raises(InputError, match=r"'score' \(item .* has NaN\)"):
        stats.agreement(scores.with_columns(score=float("nan")).lazy())


def test_comparisons_of_pandas_with_missing_values_are_taken() -> None:
    given = COMPARISONS.with_columns(winner=pl.when("tie").then(None).otherwise("winner"))
    for one in (given, given.with_columns(strength=pl.when("tie").then(None).otherwise("strength"))):
        assert stats.pairwise(one.to_pandas()).to_frame().equals(stats.pairwise(one).to_frame())


def test_names_of_two_frames_that_cannot_be_the_same_are_refused() -> None:
    numbered = frame("scores").with_columns(pl.col("item").rank("dense").cast(pl.Int64))
    with pytest.raises(InputError, match="'gold' takes the same names in the column 'item' as 'scores'"):
        stats.gold_agreement(numbered, frame("gold"))


def methods(of: type) -> list[str]:
    found = [name for name, one in inspect.getmembers(of, inspect.isfunction) if not name.startswith("_")]
    return [name for name in found if "options" in inspect.signature(getattr(of, name)).parameters]


@pytest.mark.parametrize("name", ["plot." + name for name in methods(Plots)] + methods(Analysis))
def test_a_method_of_a_study_refuses_a_keyword_in_its_own_name_and_says_what_one_may_pass(name: str) -> None:
    called = functools.reduce(getattr, name.split("."), study())
    given = ("simulated-1",) if name.endswith("judges") else ()
    own = name.rpartition(".")[2]
    with pytest.raises(UnknownKeywordError, match=f"^{own} takes no 'colour'; (did you mean|it takes) ") as raised:
        called(*given, colour=3)
    told = str(raised.value).partition("it takes ")[2].split(", ")
    assert not {"scores", "rubric", "comparisons", "rankings", "result", "marks", "spans"} & set(told)


def test_the_nearest_keyword_of_what_a_method_hands_on_is_named() -> None:
    for call, words in (
        (lambda: study().plot.wright(dimenson=3), "wright takes no 'dimenson'; did you mean 'dimensions'"),
        (lambda: study().plot.ladder(tie="half"), "ladder takes no 'tie'; did you mean 'ties'"),
        (lambda: study().converse(print, timout=3), "converse takes no 'timout'; did you mean 'timeout'"),
        (lambda: study().spans(colour=1), "spans takes no 'colour'; it takes none"),
    ):
        with pytest.raises(UnknownKeywordError, match=words):
            call()
