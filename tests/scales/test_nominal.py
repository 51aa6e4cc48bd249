"""Categories in groups, with severities, and with words for none."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError, RubricError
from rubricwidgets.frames import DETAILS, details
from rubricwidgets.ratings import place_of
from rubricwidgets.rubric_files import read
from rubricwidgets.scales import scale_from_dict

POLICIES = {"Violence": {"Threats": "Threatens somebody.", "Cruelty": ""}, "Privacy": "Gives data away."}
GRAVE = {"low": "Unwanted", "high": "Does harm"}
SCALE = rw.Nominal(POLICIES, multiple=True, none="no policy", severities=GRAVE)
ITEM = rw.Item("Question?", [rw.Response("Answer.", id="r1", model="birch")], id="i1")
PLACE = place_of(ITEM, "r1")
THREATS = {"category": "Violence/Threats", "severity": "high"}


def test_an_answer_is_a_sub_category_by_its_full_name() -> None:
    scale = rw.Nominal(POLICIES)
    assert scale.names == ("Violence/Threats", "Violence/Cruelty", "Privacy")
    assert scale.check("Violence/Threats") == "Violence/Threats"
    with pytest.raises(AnswerError, match="takes a sub-category of 'Violence': 'Violence/Threats', 'Violence/Cruelty'"):
        scale.check("Violence")
    with pytest.raises(AnswerError, match="did you mean 'Violence/Threats'"):
        scale.check("Violence/Treats")


def test_each_chosen_category_has_a_severity_in_the_order_of_the_scale() -> None:
    given_values = [{"category": "Privacy", "severity": "low"}, THREATS]
    assert SCALE.check(given_values) == [THREATS, {"category": "Privacy", "severity": "low"}]
    assert SCALE.label(SCALE.check(given_values)) == "Violence/Threats; Privacy"
    with pytest.raises(AnswerError, match="as severity of 'Privacy' \\(got 'hihg'\\); did you mean 'high'"):
        SCALE.check([{"category": "Privacy", "severity": "hihg"}])
    with pytest.raises(AnswerError, match="as severity of 'Privacy' \\(got \\{\\}\\)"):
        SCALE.check([{"category": "Privacy", "severity": {}}])
    with pytest.raises(AnswerError, match="takes any of"):
        SCALE.check([THREATS, {**THREATS, "severity": "low"}])
    with pytest.raises(AnswerError):
        SCALE.check([{**THREATS, "note": "x"}])


def test_a_severity_may_lack_in_judgements_from_elsewhere_and_nowhere_else() -> None:
    bare = [{"category": "Privacy", "severity": None}]
    assert SCALE.check(["Privacy"]) == bare
    assert SCALE.check_at(["Privacy"], PLACE, complete=False) == bare
    with pytest.raises(AnswerError, match="takes a severity for 'Privacy': 'low', 'high' \\(got none\\)"):
        SCALE.check_at(["Privacy"], PLACE)


def test_none_of_these_is_an_answer_where_the_rubric_says_so() -> None:
    assert SCALE.check([]) == []
    assert SCALE.label([]) == "no policy"
    assert rw.Nominal(["a", "b"], none=True).check([]) == []
    assert rw.Nominal(["a", "b"], none=True).label([]) == "none of these"
    assert rw.Nominal(["a", "b"], multiple=True).label([]) == "(none)"
    for scale in (rw.Nominal(["a", "b"]), rw.Nominal(["a", "b"], multiple=True, none=False)):
        with pytest.raises(AnswerError, match="got \\[\\]"):
            scale.check([])


def test_none_is_a_level_of_its_own_where_it_is_stated() -> None:
    assert rw.Nominal(["a", "b"], none="neither").points() == [("a", "a"), ("b", "b"), ([], "neither")]
    assert rw.Nominal(["a", "b"], multiple=True).points() == [("a", "a"), ("b", "b")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("violence/threats (HIGH); privacy (low)", [THREATS, {"category": "Privacy", "severity": "low"}]),
        ("Threats (high)", [THREATS]),
        ("No policy", []),
        ("", []),
        ([THREATS], [THREATS]),
        ("Privacy", [{"category": "Privacy", "severity": None}]),
    ],
)
def test_words_from_elsewhere_are_read(text: Any, value: list[Any]) -> None:
    assert SCALE.coerce(text) == value


def test_what_a_sub_category_is_called_must_be_plain_without_its_category() -> None:
    scale = rw.Nominal({"A": ["one", "two"], "B": ["one", "three"]})
    assert scale.coerce("Three") == "B/three"
    with pytest.raises(AnswerError):
        scale.coerce("one")


def test_conditions_speak_of_categories_groups_severities_and_none() -> None:
    assert SCALE.chosen([THREATS]) == ["Violence/Threats", "Violence", "high"]
    assert SCALE.chosen([]) == ["no policy"]
    for wanted in ("Violence/Threats", "Violence", "high", "no policy"):
        SCALE.check_chosen(wanted)
    with pytest.raises(AnswerError, match="got 'hate'"):
        SCALE.check_chosen("hate")
    assert rw.AskWhen("policy", one_of=["Violence"]).met_by(SCALE, [THREATS])
    assert not rw.AskWhen("policy", one_of=["low"]).met_by(SCALE, [THREATS])
    assert rw.Rationale(required_for=["high"]).is_required(SCALE, [THREATS])


def test_a_rubric_with_names_and_descriptions_alone_keeps_its_hash() -> None:
    assert rw.Nominal({"a": "first", "b": ""}, multiple=True).to_dict() == {
        "kind": "nominal",
        "categories": [{"name": "a", "description": "first"}, {"name": "b", "description": ""}],
        "multiple": True,
        "not_applicable": False,
    }


def test_everything_goes_through_json_and_yaml(tmp_path: Any) -> None:
    records = [
        {"name": "Violence", "subcategories": [{"name": "Threats", "description": "d", "examples": ["one", "two"]}]},
        {"name": "Privacy", "examples": "a single one"},
    ]
    scale = rw.Nominal(records, none="no policy", severities=["low", "high"])
    assert scale_from_dict(scale.to_dict()) == scale
    rubric = rw.Rubric("r", dimensions=(rw.Dimension("policy", "Which?", scale),))
    rubric.write(tmp_path / "r.yaml")
    assert read(tmp_path / "r.yaml") == rubric
    assert rubric.replace("policy", question="Which one?")["policy"].scale == scale
    assert "Threats" in rubric._repr_html_()


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: rw.Nominal({"A": {"B": ["x", "y"]}}), "two levels, and 'B'"),
        (lambda: rw.Nominal({"A": ["x", "x"]}), "each name once (got 'x' twice)"),
        (lambda: rw.Nominal({"A": ["x", "X"]}), "more than case"),
        (lambda: rw.Nominal({"A": ["x"]}), "two or more names (got 1)"),
        (lambda: rw.Nominal({"A/B": ["x", "y"]}), "names without '/' where they have sub-categories"),
        (lambda: rw.Nominal({"A": ["x", "y"], "A/x": ""}), "as a category and as a sub-category"),
        (lambda: rw.Nominal([{"name": "a", "exmples": []}, "b"]), "did you mean 'examples'"),
        (lambda: rw.Nominal([{"name": "a", "examples": [1]}, "b"]), "list of texts as examples"),
        (lambda: rw.Nominal(["a", "b"], severities=["low"]), "two or more names, or None (got 1)"),
        (lambda: rw.Nominal(["a", "low"], severities=["low", "high"]), "names that no category has (got 'low')"),
        (lambda: rw.Nominal(["a", "b"], none=""), "'none' takes True, False or the words"),
        (lambda: rw.Nominal(["a", "b"], none="A"), "'none' takes words that no category has"),
        (lambda: rw.Nominal(["a", "b"], none=3), "'none' takes True, False or the words"),  # type: ignore[arg-type]
    ],
)
def test_what_is_wrong_is_named(build: Any, words: str) -> None:
    with pytest.raises(RubricError) as caught:
        build()
    assert words in str(caught.value)


def test_a_name_with_a_stroke_is_still_a_name() -> None:
    scale = rw.Nominal(["true/false", "open"])
    assert scale.check("true/false") == "true/false"
    assert scale.chosen("true/false") == ["true/false"]


def test_each_category_is_a_row_of_its_own_frame() -> None:
    rubric = rw.Rubric("r", dimensions=(rw.Dimension("policy", "Which?", SCALE),))
    study = rw.Study("policies", items=[ITEM], rubric=rubric, store="memory")
    for rater, value in (("ana", [THREATS, {"category": "Privacy", "severity": "low"}]), ("ben", [])):
        answer = rw.Answer("policy", value, response="r1")
        study.append([rw.Rating(str(uuid.uuid4()), "i1", rater, (answer,))])
    frame = details(study.store.table(study.id), study.items, rubric, "policies", "categories")
    assert frame.schema == DETAILS["categories"]
    assert frame.select("rater", "model", "category", "group", "severity").rows() == [
        ("ana", "birch", "Violence/Threats", "Violence", "high"),
        ("ana", "birch", "Privacy", "Privacy", "low"),
        ("ben", "birch", None, None, None),
    ]
    assert study.scores()["label"].to_list() == ["Violence/Threats; Privacy", "no policy"]
    shares = study.summary().filter(dimension="policy")
    assert shares.height == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["Privacy", "high"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["category", "severity", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_json_is_an_answer_or_refused_in_words(value: Any) -> None:
    for scale in (SCALE, rw.Nominal(POLICIES), rw.Nominal(["a", "b"], multiple=True, none=False)):
        try:
            stored = scale.check(value)
        except AnswerError:
            continue
        assert scale.check(stored) == stored
        assert isinstance(scale.label(stored), str)


@given(st.lists(st.sampled_from(SCALE.names), unique=True), st.sampled_from([*GRAVE, None]))
def test_a_label_with_severities_reads_back(names: list[str], severity: str | None) -> None:
    value = SCALE.check([{"category": name, "severity": severity} for name in names])
    words = "; ".join(f"{one['category']} ({severity})" if severity else one["category"] for one in value)
    assert SCALE.coerce(words or "no policy") == value
