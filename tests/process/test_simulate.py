"""Simulated raters are labelled, repeatable, allowed by the rubric, and as severe as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.process.simulate import TRUTH_SCHEMA
from rubricwidgets.scales import SCALES as SCALES_BY_KIND

if TYPE_CHECKING:
    from collections.abc import Iterator

MIXED = rw.Rubric(
    "mixed",
    dimensions=[
        rw.Dimension("accuracy", "?", rw.Ordinal(1, 5), rationale=rw.Rationale(required_at_most=2, min_length=120)),
        rw.Dimension("overall", "?", rw.Continuous(0, 100, step=2.5)),
        rw.Dimension("any", "?", rw.Continuous(0, 1)),
        rw.Dimension("safe", "?", rw.Binary(), rationale=rw.Rationale(required_for=[False])),
        rw.Dimension("fault", "?", rw.Nominal(["none", "fact", "tone"])),
        rw.Dimension("faults", "?", rw.Nominal(["none", "fact", "tone"], multiple=True), about="item"),
        rw.Dimension("score", "?", rw.Ordinal(0, 10), rationale=rw.Rationale("never")),
    ],
)
ITEMS = [{"prompt": f"p{n}", "responses": [f"one {n}", f"two {n}"]} for n in range(12)]


def test_they_are_labelled_as_simulated() -> None:
    study = rw.demo(store="memory")
    truth = rw.simulate(study, raters=3)
    assert truth.schema == TRUTH_SCHEMA
    assert study.scores()["rater"].str.starts_with("simulated-").all()
    assert study.ratings()["source"].unique().to_list() == ["simulated"]
    assert study.scores()["rationale"].drop_nulls().str.starts_with("(simulated)").all()


def test_the_same_seed_adds_nothing_twice_and_another_one_differs() -> None:
    study = rw.demo(store="memory")
    first = rw.simulate(study, seed=3)
    scores = study.scores()
    assert rw.simulate(study, seed=3).equals(first)
    assert study.scores().equals(scores)
    other = rw.demo("other", store="memory")
    assert not rw.simulate(other, seed=4)["severity"].equals(first["severity"])


def test_every_scale_and_policy_is_respected() -> None:
    study = rw.Study("mixed", items=ITEMS, rubric=MIXED, store="memory")
    rw.simulate(study, raters=4, noise=0.4)
    scores = study.scores()
    assert scores.group_by("dimension").len()["len"].to_list().count(96) == 6
    assert scores.filter(pl.col("dimension") == "score")["rationale"].null_count() == 96
    assert scores.filter(dimension="overall")["score"].is_in([2.5 * n for n in range(41)]).all()


def test_who_is_severe_gives_lower_scores() -> None:
    study = rw.demo(store="memory")
    truth = rw.simulate(study, raters=12, severity=0.15, seed=1)
    means = study.scores().group_by("rater").agg(pl.col("score").mean().alias("mean"))
    joined = truth.join(means, on="rater")
    correlation = joined.select(pl.corr("severity", "mean", method="pearson")).item()
    assert correlation < -0.9
    assert truth["severity"].sum() == pytest.approx(0, abs=1e-12)


def test_halo_ties_the_dimensions_of_a_response_together() -> None:
    def between(halo: float) -> float:
        study = rw.Study("h", items=ITEMS, rubric=MIXED, store="memory")
        rw.simulate(study, raters=6, noise=0.3, severity=0, halo=halo, seed=2)
        wide = (
            study.scores()
            .filter(pl.col("dimension").is_in(["overall", "any"]))
            .pivot("dimension", index=["item", "response", "rater"], values="score")
        )
        centred = wide.with_columns(
            (pl.col(name) - pl.col(name).mean().over("response")) for name in ("overall", "any")
        )
        return float(centred.select(pl.corr("overall", "any")).item())

    assert between(0.0) < 0.35 < between(0.9)


def test_missing_leaves_items_out() -> None:
    study = rw.demo(store="memory")
    truth = rw.simulate(study, raters=5, missing=0.5)
    assert 20 < truth["n_ratings"].sum() < 115
    assert study.ratings().height == truth["n_ratings"].sum()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"raters": 0}, "'raters' takes a whole number from 1"),
        ({"raters": 2.5}, "'raters' takes a whole number from 1"),
        ({"noise": -1}, "'noise' takes a share from 0 to 1"),
        ({"missing": 1}, "'missing' takes a share from 0 to below 1"),
        ({"halo": "much"}, "'halo' takes a share"),
        ({"raters": True}, "'raters' takes a whole number from 1"),
        ({"seed": -1}, "'seed' takes a whole number from 0"),
    ],
)
def test_bad_parameters_are_refused_in_words(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        rw.simulate(rw.demo(store="memory"), **wrong)


def scores_and_truth(**settings: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    study = rw.demo(store="memory")
    truth = rw.simulate(study, **settings)
    return study.scores(), truth


def test_severity_is_recovered_from_differences_of_means() -> None:
    scores, truth = scores_and_truth(raters=10, severity=0.1, noise=0.05, seed=3)
    middle = scores.filter(pl.col("score").median().over("item", "response", "dimension").is_between(2.5, 3.5))
    means = middle.group_by("rater").agg(pl.col("score").mean() / 4)
    joined = truth.join(means, on="rater").with_columns(pl.col("score").mean() - pl.col("score"))
    assert (joined["score"] - joined["severity"]).abs().max() < 0.06  # type: ignore[operator]


@pytest.mark.parametrize("other", [{"raters": 5}, {"seed": 1}, {"noise": 0.3}, {"severity": 0.5}, {"missing": 0.5}])
def test_other_settings_are_refused_because_their_truth_would_not_be_the_scores(other: dict[str, Any]) -> None:
    study = rw.demo(store="memory")
    rw.simulate(study)
    before = study.ratings()
    with pytest.raises(InputError, match="has simulated ratings from other settings"):
        rw.simulate(study, **other)
    assert study.ratings().equals(before)


def test_people_may_rate_before_and_after() -> None:
    study = rw.demo(store="memory")
    study.add_scores(
        pl.DataFrame({"item": ["tides-for-a-child"], "response": ["a"], "rater": ["ana"], "accuracy": [4]})
    )
    truth = rw.simulate(study)
    assert rw.simulate(study).equals(truth)
    assert study.scores().filter(rater="ana")["score"].to_list() == [4]


def test_order_position_and_time_are_those_of_the_plan() -> None:
    study = rw.demo(store="memory")
    rw.simulate(study, raters=3, missing=0.2)
    ratings = study.ratings().sort("rater", "submitted_at")
    assert ratings.select(pl.col("position").diff().over("rater").min()).item() == 1
    gaps = ratings.select(
        (pl.col("submitted_at").diff().over("rater").dt.total_milliseconds() / 1000) - pl.col("seconds")
    )
    assert gaps.to_series().drop_nulls().min() >= 0  # type: ignore[operator]
    assert ratings["order"].list.get(0).n_unique() == 3


def test_a_plan_changes_no_score() -> None:
    shuffled, straight = rw.demo(store="memory"), rw.demo(store="memory", plan=rw.Plan(shuffle_items=False, seed=8))
    for study in (shuffled, straight):
        rw.simulate(study)
    keys = ["item", "response", "rater", "dimension"]
    one, other = (study.scores().sort(keys).select(*keys, "score", "seconds") for study in (shuffled, straight))
    assert one.equals(other)


def test_a_rationale_that_is_always_required_comes_with_not_applicable_too() -> None:
    rubric = rw.Rubric(
        "r",
        dimensions=[
            rw.Dimension("claims", "?", rw.Ordinal(1, 5, not_applicable=True), rationale=rw.Rationale("required")),
            rw.Dimension("other", "?", rw.Ordinal(1, 5)),
        ],
    )
    gold = {"answers": {"x": {"other": 3}}}
    items = [{"prompt": "p", "responses": [{"id": "x", "text": "t"}], "gold": gold}]
    study = rw.Study("r", items=items, rubric=rubric, store="memory")
    rw.simulate(study, raters=1)
    claims = study.scores().filter(dimension="claims")
    assert claims["not_applicable"].all()
    assert claims["rationale"].str.starts_with("(simulated)").all()


def test_raters_agree_on_categories_and_answers_about_the_item_without_gold() -> None:
    study = rw.Study("mixed", items=ITEMS, rubric=MIXED, store="memory")
    rw.simulate(study, raters=20, noise=0.1, severity=0)
    of_fault = study.scores().filter(dimension="fault")
    commonest = of_fault.group_by("item", "response").agg(pl.col("label").value_counts(sort=True).first().struct[1])
    assert 0.7 < commonest["count"].mean() / 20 < 0.95  # type: ignore[operator]
    about_item = study.scores().filter(dimension="faults").group_by("item").agg(pl.col("label").mode().first())
    assert about_item["label"].n_unique() > 1


@pytest.mark.parametrize("right", [True, False])
def test_yes_and_no_are_missed_sometimes_and_more_by_who_is_severe_on_a_yes(*, right: bool) -> None:
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("safe", "?", rw.Binary())])
    items = [
        {"prompt": f"p{n}", "responses": [{"id": "x", "text": "t"}], "gold": {"answers": {"x": {"safe": right}}}}
        for n in range(60)
    ]
    study = rw.Study("r", items=items, rubric=rubric, store="memory")
    truth = rw.simulate(study, raters=12, noise=0.2, severity=0.15)
    means = study.scores().group_by("rater").agg(pl.col("score").mean())
    assert 0.6 < abs(means["score"].mean() - (not right)) < 0.98  # type: ignore[operator]
    assert truth.join(means, on="rater").select(pl.corr("severity", "score")).item() < -0.7


def test_thirty_raters_rate_the_whole_demo() -> None:
    _, truth = scores_and_truth(raters=30)
    assert truth["n_ratings"].sum() == 30 * 27


SCALES = {
    "pair": rw.Preference(strength=3, neither=True),
    "order": rw.Ranking(),
    "tied": rw.Ranking(ties=True, partial=True),
    "ends": rw.Ranking(best_worst=True),
    "form": rw.Checklist(["Is short", "Names the risk", {"text": "Gives a dose", "points": -3}], from_item=True),
    "errors": rw.Spans({"Accuracy": ["Omission", "Addition"], "Style": ""}, severities=["minor", "major"]),
    "ideal": rw.Text(min_length=90, max_length=100),
    "harms": rw.Nominal(["law", "health"], multiple=True, none=False, severities=["low", "high"]),
    "harm": rw.Nominal(["law", "health"], none=True, severities=["low", "high"]),
    "tone": rw.Ordinal(1, 5),
    "safe": rw.Binary(),
    "sure": rw.Continuous(0, 1),
}


def whole(n: int = 12) -> rw.Study:
    rubric = rw.Rubric("whole", dimensions=[rw.Dimension(name, "?", scale) for name, scale in SCALES.items()])
    items = [
        {
            "prompt": f"p{place}",
            "responses": [f"It is {one} of {place}, and \U0001f642 not more." for one in "abcd"],
            "criteria": [{"id": "own", "text": "Is kind", "check": "max_words", "limit": 20, "points": 2}],
        }
        for place in range(n)
    ]
    return rw.Study("whole", items=items, rubric=rubric, store="memory")


def test_every_scale_is_answered_and_every_frame_filled() -> None:
    assert {scale.kind for scale in SCALES.values()} == set(SCALES_BY_KIND)
    study = whole()
    rw.simulate(study, raters=4, seed=1)
    assert set(study.scores()["dimension"]) == set(SCALES)
    assert study.comparisons()["winner"].null_count() < study.comparisons().height / 3
    assert study.rankings().filter(dimension="order")["rank"].null_count() == 0
    assert study.checks().filter(criterion="own")["machine"].all()
    assert study.spans()["text"].drop_nulls().str.contains(r"^\S+$").all()
    assert study.texts()["text"].str.starts_with("(simulated)").all()
    assert study.texts()["n_characters"].is_between(90, 100).all()
    assert study.categories()["severity"].null_count() < study.categories().height


def test_the_same_seed_gives_the_same_answers_of_every_scale() -> None:
    one, other = whole(), whole()
    for study in (one, other, one):
        rw.simulate(study, raters=2, seed=5)
    assert one.scores().equals(other.scores().with_columns(submitted_at=one.scores()["submitted_at"]))
    assert one.ratings().height == 24


def test_better_responses_win_rank_first_and_have_fewer_errors() -> None:
    study = whole(30)
    rw.simulate(study, raters=3, seed=2, noise=0.02, halo=1, severity=0)
    by = ["item", "response"]
    ranks = study.rankings().filter(dimension="order").group_by(by).agg(pl.col("rank").mean())
    errors = study.spans().group_by(by).agg(pl.col("start").count().alias("errors"))
    met = study.scores().filter(dimension="form").group_by(by).agg(pl.col("score").mean().alias("met"))
    tone = study.scores().filter(dimension="tone").group_by(by).agg(pl.col("score").mean().alias("tone"))
    found = ranks.join(errors, on=by).join(met, on=by).join(tone, on=by)
    for column, sign in (("rank", -1), ("errors", -1), ("met", 1)):
        assert sign * found.select(pl.corr("tone", column)).item() > 0.3, column
    wins = study.comparisons().drop_nulls("winner").group_by("item", "winner").len()
    won = wins.join(tone, left_on=["item", "winner"], right_on=by)
    assert won.select(pl.corr("len", "tone")).item() > 0.3


def test_who_is_severe_marks_more_and_ticks_less() -> None:
    study = whole(30)
    truth = rw.simulate(study, raters=8, seed=3, severity=0.15)
    errors = study.spans().group_by("rater").agg(pl.col("start").count().alias("errors"))
    met = study.scores().filter(dimension="form").group_by("rater").agg(pl.col("score").mean().alias("met"))
    joined = truth.join(errors, on="rater").join(met, on="rater")
    assert joined.select(pl.corr("severity", "errors")).item() > 0.7
    assert joined.select(pl.corr("severity", "met")).item() < -0.7


def test_pairs_stand_as_each_rater_saw_them() -> None:
    study = whole(2)
    rw.simulate(study, raters=6, seed=1)
    assert study.comparisons().group_by("item", "rater").first()["left"].n_unique() > 2
    places = study.rankings().filter(dimension="order").group_by("item", "rater", maintain_order=True).agg("position")
    assert places["position"].n_unique() > 3


def test_what_is_not_asked_is_not_answered() -> None:
    rubric = rw.Rubric(
        "asked",
        dimensions=[
            rw.Dimension("safe", "?", rw.Binary()),
            rw.Dimension("harm", "?", rw.Ordinal(1, 4), ask_when=rw.AskWhen("safe", one_of=[False])),
            rw.Dimension("whom", "?", rw.Nominal(["user", "others"]), ask_when=rw.AskWhen("harm", at_least=3)),
        ],
    )
    study = rw.Study("asked", items=ITEMS, rubric=rubric, store="memory")
    rw.simulate(study, raters=6, seed=1)
    counts = dict(study.scores().group_by("dimension").len().rows())
    unsafe = study.scores().filter(dimension="safe", score=0).height
    assert 0 < counts["whom"] < counts["harm"] == unsafe < counts["safe"]


@pytest.mark.parametrize("name", rw.presets.__all__)
def test_every_preset_can_be_simulated(name: str) -> None:
    rubric = rw.presets.domain_expert("tax law") if name == "domain_expert" else getattr(rw.presets, name)()
    study = rw.Study(name, items=ITEMS, rubric=rubric, store="memory")
    truth = rw.simulate(study, raters=3)
    assert truth["n_ratings"].to_list() == [12, 12, 12]


@pytest.fixture
def thumb() -> Iterator[type[rw.Scale]]:
    """A scale from outside this package: thumbs up or down, with words for neither."""

    class Thumb(rw.Scale):
        kind = "thumb"
        level = "nominal"
        allows = "'up' or 'down'"

        def check(self, value: object) -> Any:
            if value not in ("up", "down"):
                raise self.refuse(value)
            return value

        coerce = check

        def number(self, value: Any) -> None:
            del value

        def label(self, value: Any) -> str:
            return str(value)

        def points(self) -> list[tuple[Any, str]]:
            return [("down", "down"), ("up", "up")]

        def to_dict(self) -> dict[str, Any]:
            return {"kind": self.kind}

    yield Thumb
    del SCALES_BY_KIND["thumb"]


def test_a_scale_from_outside_is_answered_by_its_points(thumb: type[rw.Scale]) -> None:
    rubric = rw.Rubric("t", dimensions=[rw.Dimension("liked", "?", thumb())])
    study = rw.Study("t", items=ITEMS, rubric=rubric, store="memory")
    rw.simulate(study, raters=3, noise=0.4)
    assert set(study.scores()["label"]) == {"up", "down"}


def test_a_scale_without_points_is_named_and_nothing_is_added(
    thumb: type[rw.Scale], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumb, "points", lambda _: [])
    rubric = rw.Rubric("t", dimensions=[rw.Dimension("liked", "?", thumb())])
    study = rw.Study("t", items=ITEMS, rubric=rubric, store="memory")
    with pytest.raises(
        InputError, match=r"'liked': simulate has no way to answer a scale of kind 'thumb'; give .* 'plausible'"
    ):
        rw.simulate(study)
    assert study.ratings().height == 0
