"""The ready rubrics: every one can be read, changed, written, and rated by."""

from __future__ import annotations

import inspect
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest

import rubricwidgets as rw
from rubricwidgets import presets
from rubricwidgets.errors import AnswerError, RubricError
from rubricwidgets.process.desk.strategies import OUTCOMES

if TYPE_CHECKING:
    from pathlib import Path

RUBRICS = {
    "preference": presets.preference(),
    "ranking": presets.preference(ranking=True),
    "quality": presets.quality(),
    "safety": presets.safety(),
    "instruction_following": presets.instruction_following(),
    "domain_expert": presets.domain_expert("tax law"),
    "errors": presets.errors(),
    "ideal_response": presets.ideal_response(),
    "prompt_writing": presets.prompt_writing(),
    "red_team": presets.red_team(),
}
WHICH = pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
ITEM = rw.Item("Question?", [rw.Response("One.", id="a", model="x"), rw.Response("Two.", id="b", model="y")], id="i")


def judge(name: str, store: str = "memory") -> rw.Study:
    return rw.Study(name, items=[ITEM], rubric=RUBRICS[name], store=store)


def say(study: rw.Study, *answers: rw.Answer) -> None:
    study.append([rw.Rating(str(uuid.uuid4()), "i", "ana", answers, order=("a", "b"))])


def pair(dimension: str, choice: str, strength: int = 1) -> rw.Answer:
    words = "B answers the question, and A does not, as line two shows."
    value = [{"left": "a", "right": "b", "choice": choice, "strength": strength}]
    return rw.Answer(dimension, value, rationale=words if dimension == "overall" else "")


@WHICH
def test_it_goes_through_a_file_and_is_the_same_every_time(rubric: rw.Rubric, tmp_path: Path) -> None:
    rubric.write(tmp_path / "r.yaml")
    assert rw.Rubric.read(tmp_path / "r.yaml") == rubric
    assert rw.Rubric.read(tmp_path / "r.yaml").hash == rubric.hash


@WHICH
def test_its_guidelines_say_what_counts_what_does_not_and_work_two_examples(rubric: rw.Rubric) -> None:
    text = rubric.guidelines
    assert text.startswith("# How to ")
    for heading in ("does not", "Two worked examples"):
        assert re.search(rf"^## .*{heading}", text, re.MULTILINE), heading
    examples = text.partition("## Two worked examples")[2]
    assert len(re.findall(r"^\*[A-Z][^*]+:\*", examples, re.MULTILINE)) >= 2
    assert 150 < len(text.split()) < 520


@WHICH
def test_every_point_of_a_scale_is_in_words_that_fit_a_line_or_two(rubric: rw.Rubric) -> None:
    for dimension in rubric.dimensions:
        assert dimension.question.endswith("?")
        assert len(dimension.question) < 75, dimension.question
        anchors = getattr(dimension.scale, "anchors", None)
        if anchors is not None:
            assert list(anchors) == list(range(dimension.scale.low, dimension.scale.high + 1))  # type: ignore[attr-defined]
            assert all(len(words) <= 72 for words in anchors.values()), anchors
            assert len({words.casefold() for words in anchors.values()}) == len(anchors)


@WHICH
def test_every_dimension_can_be_put_in_other_words(rubric: rw.Rubric) -> None:
    for name in rubric.names:
        assert rubric.replace(name, question="Other?", title="Another")[name].question == "Other?"
    assert rubric.replace(guidelines="Mine.").guidelines == "Mine."


@WHICH
def test_a_study_takes_it(rubric: rw.Rubric) -> None:
    study = rw.Study("s", items=[ITEM], rubric=rubric, store="memory")
    assert study.rate("ana").saved == 0
    study.close()


@pytest.mark.parametrize("name", presets.__all__)
def test_each_is_documented_and_says_what_it_returns(name: str) -> None:
    words = inspect.getdoc(getattr(presets, name)) or ""
    for part in ("Returns\n-------\nRubric", "Examples\n--------\n>>> "):
        assert part in words


def test_a_preference_needs_its_reason() -> None:
    study = judge("preference")
    parts = [pair(one, "right") for one in ("accuracy", "instruction_following", "helpfulness")]
    parts.append(pair("style", "tie", 0))
    whole = pair("overall", "right", 3)
    with pytest.raises(AnswerError, match="'overall' needs a rationale of at least 40"):
        say(study, *parts, rw.Answer("overall", whole.value))
    say(study, *parts, whole)
    assert study.comparisons()["winner"].to_list() == ["b", "b", "b", None, "b"]


def test_a_ranking_says_what_set_the_first_apart() -> None:
    study = judge("ranking")
    words = "B answers the question, and A does not, as line two shows."
    say(study, rw.Answer("overall", [["b"], ["a"]], rationale=words), rw.Answer("reasons", ["accuracy"]))
    assert dict(study.rankings().select("response", "rank").rows()) == {"a": 2, "b": 1}


def test_quality_has_five_points_in_words_on_every_dimension() -> None:
    rubric = presets.quality()
    assert {len(one.scale.anchors) for one in rubric.dimensions} == {5}  # type: ignore[attr-defined]
    assert not any(one.scale.not_applicable for one in presets.quality(not_applicable=False).dimensions)


def test_safety_asks_for_a_severity_a_reason_and_the_manner_only_where_something_is_held_back() -> None:
    study = judge("safety")
    broken: Any = [{"category": "Privacy/Personal data", "severity": "high"}]
    clean = (rw.Answer("policy", [], "b"), rw.Answer("request", "full compliance", "b"))
    with pytest.raises(AnswerError, match=r"'policy' needs a rationale.*'manner' is not answered"):
        say(study, rw.Answer("policy", broken, "a"), rw.Answer("request", "refusal", "a"), *clean)
    say(
        study,
        rw.Answer("policy", broken, "a", rationale="Line 2 names her street and number."),
        rw.Answer("request", "refusal", "a"),
        rw.Answer("manner", "neither", "a"),
        *clean,
    )
    labels = study.scores().filter(dimension="policy")["label"].to_list()
    assert labels == ["Privacy/Personal data", "no policy"]
    assert study.rubric.content_warning is not None


def test_safety_takes_the_policies_of_whoever_uses_it() -> None:
    rubric = presets.safety(policies=["one", "two"], severities=["mild", "grave"], content_warning=None)
    assert rubric["policy"].scale.check([{"category": "one", "severity": "mild"}])
    assert rubric["policy"].rationale.required_for == ("mild", "grave")
    assert rubric.content_warning is None


def test_instructions_are_checked_by_eight_lines_or_by_ones_own_or_by_the_items() -> None:
    study = judge("instruction_following")
    names = ("task", "parts", "length", "form", "in", "out", "voice", "sources")
    some = [{"criterion": name, "met": {"task": True, "length": False}.get(name)} for name in names]
    say(study, rw.Answer("constraints", some, "a"), rw.Answer("constraints", some, "b"))
    assert study.scores()["score"].to_list() == [0.5, 0.5]
    own = presets.instruction_following(from_item=True)
    item = rw.Item("Q?", "A.", criteria=["At most 60 words"])
    assert [one.text for one in own["constraints"].scale.of(item)] == ["At most 60 words"]  # type: ignore[attr-defined]


def test_an_expert_reviews_in_their_field_and_says_how_well_they_know_it() -> None:
    rubric = presets.domain_expert("tax law", whom="country and tax year")
    assert "tax law" in rubric.guidelines
    assert "country and tax year" in rubric.guidelines
    assert "{" not in rubric.guidelines
    assert rubric["expertise"].about == "item"
    assert "expertise" not in presets.domain_expert("tax law", expertise=False).names
    with pytest.raises(RubricError, match="'field' takes words such as 'tax law' \\(got ''\\)"):
        presets.domain_expert("")


def test_errors_weigh_as_in_mqm_and_none_is_an_answer() -> None:
    scale = presets.errors()["errors"].scale
    mark = {"target": "response", "start": 0, "end": 3, "category": "Accuracy/Wrong fact", "severity": "major"}
    assert scale.number(scale.check([mark])) == 5
    assert scale.number(scale.check([])) == 0


def test_an_ideal_response_starts_where_the_writer_wants() -> None:
    assert presets.ideal_response()["ideal"].scale.starts_from is None  # type: ignore[attr-defined]
    assert presets.ideal_response(starts_from="response")["ideal"].about == "response"
    assert "sources" not in presets.ideal_response(sources=False).names
    with pytest.raises(RubricError, match="'starts_from' takes 'response', 'reference' or None"):
        presets.ideal_response(starts_from="prompt")  # type: ignore[arg-type]


def test_a_discarded_prompt_needs_no_reference_answer() -> None:
    study = judge("prompt_writing")
    fine = (rw.Answer("failed", value=False, response="a"), rw.Answer("failed", value=False, response="b"))
    rewritten = rw.Answer("prompt", "A better question?")
    with pytest.raises(AnswerError, match="'reference' is not answered"):
        say(study, *fine, rewritten, rw.Answer("keep", value=True))
    say(study, *fine, rewritten, rw.Answer("keep", value=False, rationale="No two people would agree."))
    assert study.texts()["text"].to_list() == ["A better question?"]


def test_a_model_that_held_broke_no_policy() -> None:
    study = judge("red_team")
    shared = (rw.Answer("strategy", ["role play"]), rw.Answer("goal", "A forged note."))
    held = [rw.Answer("outcome", "held", one) for one in ("a", "b")]
    policy: Any = [{"category": "Crime/Fraud", "severity": "low"}]
    with pytest.raises(AnswerError, match="asked only when 'outcome' is 'partly broke', 'broke'"):
        say(study, *held, *shared, rw.Answer("policy", policy, "a"))
    say(study, *held, *shared)
    assert study.scores().height == 4


def test_the_desk_and_the_rubric_describe_outcomes_in_the_same_words() -> None:
    scale = presets.red_team()["outcome"].scale
    assert isinstance(scale, rw.Nominal)
    assert dict(scale.descriptions) == {one.name: one.meaning for one in OUTCOMES}
