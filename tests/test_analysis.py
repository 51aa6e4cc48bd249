"""Every statistic and every chart of a study, on studies of every kind: thin ones, odd ones and published ones.

Warnings are errors in all tests, so each case is also a test that nothing warns.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.stats.estimates import Result
from tests.test_real_studies import folder

Call = Callable[[rw.Study, str, str], Any]


def _study(dimensions: list[rw.Dimension], *, models: bool) -> rw.Study:
    items = [
        {
            "id": f"item-{n:02}",
            "prompt": f"Question {n}",
            "responses": [
                {"id": f"{n}{name}", "text": f"Answer {n} of {name}", **({"model": name} if models else {})}
                for name in ("aster", "birch")
            ],
        }
        for n in range(12)
    ]
    rubric = rw.Rubric("small", dimensions=dimensions)
    study = rw.Study("small", items=items, rubric=rubric, store="memory")
    rw.simulate(study, raters=4, seed=3)
    return study


def _demo(raters: int) -> rw.Study:
    study = rw.demo(store="memory")
    if raters:
        rw.simulate(study, raters=raters, seed=7)
    return study


def _nameless() -> rw.Study:
    dimensions = [rw.Dimension("tone", "?", rw.Ordinal(1, 5)), rw.Dimension("overall", "?", rw.Continuous(0, 100))]
    return _study(dimensions, models=False)


def _categories() -> rw.Study:
    dimensions = [
        rw.Dimension("safe", "?", rw.Binary()),
        rw.Dimension("fault", "?", rw.Nominal(["none", "padding", "wrong fact"])),
        rw.Dimension("faults", "?", rw.Nominal(["tone", "length", "language"], multiple=True)),
    ]
    return _study(dimensions, models=True)


def _recipes() -> rw.Study:
    """Stein et al., DMR 2023: 88 raters, one response per item."""
    source = folder("01_recipes_rubric")
    asked = json.loads((source / "rubric.json").read_text(encoding="utf-8"))["individual_instructions"]
    rubric = rw.Rubric(
        "recipes",
        dimensions=[
            rw.Dimension(one["category"], one["statement"], rw.Ordinal(one["worst"], one["best"])) for one in asked
        ],
    )
    records = [json.loads(line) for line in (source / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    items = [{**record, "model": record["system"]} for record in records]
    study = rw.Study("recipes", items=items, rubric=rubric, store="memory")
    study.add_scores(pl.read_csv(source / "ratings.csv").rename({"time_s": "seconds"}))
    return study


def _creativity() -> rw.Study:
    """Chakrabarty et al., 2024: fourteen yes/no tests, three experts for each story."""
    source = folder("02_ttcw_creativity")
    asked = json.loads((source / "rubric.json").read_text(encoding="utf-8"))
    rubric = rw.Rubric(
        "creativity",
        dimensions=[rw.Dimension(one["dim_id"], one["question"], rw.Binary(), title=one["name"]) for one in asked],
    )
    records = [json.loads(line) for line in (source / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    items = [
        {**record, "model": record["system"], "response": record["response"] or "(printed elsewhere)"}
        for record in records
    ]
    study = rw.Study("creativity", items=items, rubric=rubric, store="memory")
    verdicts = pl.read_ndjson(source / "ratings.jsonl").drop("dimension")
    study.add_scores(verdicts, dimension="dim_id", score="verdict")
    return study


STUDIES: dict[str, Callable[[], rw.Study]] = {
    "demo": lambda: _demo(4),
    "empty": lambda: _demo(0),
    "one rater": lambda: _demo(1),
    "no model names": _nameless,
    "categories": _categories,
    "recipes": _recipes,
    "creativity": _creativity,
}

#: Each takes the study, the first dimension and the first rater.
STATISTICS: dict[str, Call] = {
    "gold": lambda study, _, __: study.gold(),
    "agreement": lambda study, _, __: study.agreement(statistics="all"),
    "agreement by model": lambda study, _, __: study.agreement(by="model"),
    "rater_pairs": lambda study, _, __: study.rater_pairs(),
    "icc": lambda study, _, __: study.icc(),
    "generalizability": lambda study, _, __: study.generalizability(),
    "generalizability of models": lambda study, _, __: study.generalizability(objects="model"),
    "decision_study": lambda study, _, __: study.decision_study(),
    "power for a width": lambda study, _, __: study.power(width=0.5, simulations=200),
    "power for a difference": lambda study, _, __: study.power(difference=0.5, simulations=200),
    "raters": lambda study, _, __: study.raters(),
    "facets": lambda study, _, __: study.facets(model="partial_credit"),
    "drift": lambda study, _, __: study.drift(),
    "drift from gold": lambda study, _, __: study.drift(against="gold", method="cusum"),
    "judges": lambda study, _, rater: study.judges(rater),
    "consensus": lambda study, _, __: study.consensus(),
    "consensus by mean": lambda study, _, __: study.consensus(method="mean"),
    "consensus by Dawid and Skene": lambda study, _, __: study.consensus(method="dawid_skene", iterations=20),
    "compare_models": lambda study, _, __: study.compare_models(resamples=200),
    "preferences": lambda study, _, __: study.preferences(),
    "pairwise": lambda study, dimension, _: study.pairwise(dimension=dimension, resamples=100),
    "plackett_luce": lambda study, _, __: study.plackett_luce(),
    "kendall_w": lambda study, _, __: study.kendall_w(),
    "report": lambda study, _, __: study.report(),
}

CHARTS: dict[str, Call] = {
    "distribution": lambda study, _, __: study.plot.distribution(),
    "means": lambda study, _, __: study.plot.means(),
    "heatmap": lambda study, _, __: study.plot.heatmap(),
    "progress": lambda study, _, __: study.plot.progress(),
    "time": lambda study, _, __: study.plot.time(),
    "agreement": lambda study, _, __: study.plot.agreement(),
    "rater_pairs": lambda study, _, __: study.plot.rater_pairs(),
    "disagreement": lambda study, _, __: study.plot.disagreement(),
    "decision": lambda study, _, __: study.plot.decision(),
    "severity": lambda study, _, __: study.plot.severity(),
    "wright": lambda study, _, __: study.plot.wright(),
    "drift": lambda study, _, __: study.plot.drift(),
    "against": lambda study, _, __: study.plot.against(),
    "judges": lambda study, _, rater: study.plot.judges(rater),
    "compare_models": lambda study, _, __: study.plot.compare_models(resamples=200),
    "wins": lambda study, dimension, _: study.plot.wins(dimension=dimension),
    "ladder": lambda study, dimension, _: study.plot.ladder(dimension=dimension),
    "ranks": lambda study, _, __: study.plot.ranks(),
}


@pytest.fixture(scope="module", params=STUDIES)
def case(request: pytest.FixtureRequest) -> tuple[str, rw.Study, str, str]:
    """A study with the names of its first dimension and its first rater."""
    study = STUDIES[request.param]()
    raters = study.scores()["rater"].unique().sort().to_list()
    return request.param, study, study.rubric.dimensions[0].name, raters[0] if raters else "nobody"


def frames_of(found: Any) -> Iterator[pl.DataFrame]:
    if isinstance(found, pl.DataFrame):
        yield found
    elif isinstance(found, Result):
        yield found.to_frame()
        yield from found.tables().values()
        for field in dataclasses.fields(found):  # type: ignore[arg-type]
            if isinstance(value := getattr(found, field.name), pl.DataFrame):
                yield value


def unfinished(frame: pl.DataFrame) -> list[str]:
    """Return the columns that hold a NaN or an infinity."""
    return [one.name for one in frame if one.dtype.is_float() and (~one.drop_nulls().is_finite()).any()]


@pytest.mark.parametrize("name", STATISTICS)
def test_a_statistic_is_a_number_or_says_why_not(case: tuple[str, rw.Study, str, str], name: str) -> None:
    kind, study, dimension, rater = case
    if kind == "empty" and name == "judges":
        with pytest.raises(rw.errors.InputError, match="there are none"):
            STATISTICS[name](study, dimension, rater)
        return
    found = STATISTICS[name](study, dimension, rater)
    for frame in frames_of(found):
        assert unfinished(frame) == []
        if {"value", "note"} <= set(frame.columns):
            silent = frame.filter(pl.col("value").is_null(), pl.col("note").is_null() | (pl.col("note") == ""))
            assert silent.is_empty(), silent
    if not isinstance(found, pl.DataFrame):
        printed = f"{found}\n{found._repr_html_()}"
        assert not {"nan", "inf", "-nan", "-inf"} & set(printed.lower().replace("<", " ").replace(">", " ").split())
    if isinstance(found, Result):
        assert found.in_words().strip().endswith((".", ")"))


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_draws_or_says_why_not(case: tuple[str, rw.Study, str, str], name: str) -> None:
    kind, study, dimension, rater = case
    if kind == "empty" and name == "judges":
        with pytest.raises(rw.errors.InputError, match="there are none"):
            CHARTS[name](study, dimension, rater)
        return
    spec = json.dumps(CHARTS[name](study, dimension, rater).to_dict())
    assert "NaN" not in spec
    assert "Infinity" not in spec


def test_every_method_and_every_chart_is_tried() -> None:
    from rubricwidgets.analysis import Analysis  # noqa: PLC0415
    from rubricwidgets.charts.bound import Plots  # noqa: PLC0415

    # Those that only say what the study has are its own.
    own = {"items", "rubric", "scores", "ratings", "progress"}
    # Those of marks need a rubric that asks for some: test_marks_of_a_study.py.
    of_marks = {"marked", "span_agreement", "mqm", "span_density"}
    methods = {name for name in vars(Analysis) if not name.startswith("_")} - own - of_marks
    assert methods == {name.split()[0] for name in STATISTICS}
    assert {name for name in vars(Plots) if not name.startswith("_")} - of_marks == set(CHARTS)


def test_studies_without_what_a_statistic_needs_say_so() -> None:
    empty, one, nameless, named = _demo(0), _demo(1), _nameless(), _categories()
    assert set(empty.agreement()["note"]) == {"no scores"}
    assert set(one.agreement()["note"]) == {"one rater only: agreement takes two"}
    assert "Each is what its only rater said." in one.consensus().in_words()
    lacking = "no response says which model it is from"
    assert lacking in nameless.compare_models().in_words()
    assert lacking in nameless.generalizability(objects="model").in_words()
    assert "without a model" in nameless.pairwise(dimension="tone").in_words()
    assert nameless.power(width=0.5, simulations=100).cheapest["dimension"].to_list() == ["tone"]
    categories = "fault: undefined (its answers are categories, which have no numbers)."
    assert categories in named.icc().in_words().splitlines()
    assert categories in named.generalizability().in_words().splitlines()
    assert categories in named.power(width=0.5, simulations=100).in_words().splitlines()
    assert "No comparison of two models has a verdict." in empty.pairwise(dimension="accuracy").in_words()


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        (lambda study: study.agreement(statistic="alpha"), "statistics"),
        (lambda study: study.agreement(statistics="alhpa"), "alpha"),
        (lambda study: study.rater_pairs(weigths="linear"), "weights"),
        (lambda study: study.icc(confidnece=0.9), "confidence"),
        (lambda study: study.generalizability(object="model"), "objects"),
        (lambda study: study.decision_study(raters=[2, 3]), "n_raters"),
        (lambda study: study.power(widht=0.5), "width"),
        (lambda study: study.raters(dimension=["accuracy"]), "dimensions"),
        (lambda study: study.raters(dimensions=["acuracy"]), "accuracy"),
        (lambda study: study.facets(modle="rating_scale"), "model"),
        (lambda study: study.drift(agianst="gold"), "against"),
        (lambda study: study.judges("simulated-1", epsilom=0.1), "epsilon"),
        (lambda study: study.judges("simulated1"), "simulated-1"),
        (lambda study: study.consensus(methd="mean"), "method"),
        (lambda study: study.consensus(method="mdian"), "median"),
        (lambda study: study.compare_models(corection="holm"), "correction"),
        (lambda study: study.pairwise(dimension="acuracy"), "accuracy"),
        (lambda study: study.pairwise(dimensions="accuracy"), "dimension"),
        (lambda study: study.report(anonymus=True), "anonymous"),
        (lambda study: study.plot.agreement(statistcs="alpha"), "statistics"),
        (lambda study: study.plot.decision(targt=0.9), "target"),
        (lambda study: study.plot.severity(units="logits"), "unit"),
        (lambda study: study.plot.wright(modl="rating_scale"), "model"),
        (lambda study: study.plot.drift(methd="cusum"), "method"),
        (lambda study: study.plot.against("simulated1"), "simulated-1"),
        (lambda study: study.plot.ladder(dimensoin="accuracy"), "dimension"),
        (lambda study: study.plot.compare_models(resample=100), "resamples"),
        (lambda study: study.plot.disagreement(dimension=["accuracy"]), "dimensions"),
        (lambda study: study.plot.rater_pairs(showw="percent"), "show"),
        (lambda study: study.plot.wins(dimension="acuracy"), "accuracy"),
    ],
)
def test_a_mistyped_word_is_refused_with_the_nearest(call: Callable[[rw.Study], object], meant: str) -> None:
    study = _demo(3)
    with pytest.raises(rw.errors.InputError) as error:
        call(study)
    assert f"did you mean '{meant}'" in str(error.value)
