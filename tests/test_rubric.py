"""Rubrics in Python, YAML and JSON, and what is said of wrong ones."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.errors import RubricError, UnknownKeywordError

if TYPE_CHECKING:
    from pathlib import Path

RUBRIC = rw.Rubric(
    "helpfulness",
    guidelines="# Read\n\nfirst: *ünï* <b>",
    dimensions=[
        rw.Dimension(
            "accuracy",
            "Is every claim correct?",
            rw.Ordinal(1, 5, anchors={1: "mostly wrong", 5: "all correct"}, not_applicable=True),
            rationale=rw.Rationale(required_at_most=2, required_at_least=5, min_length=20, ask="Which claim?"),
            weight=2,
        ),
        rw.Dimension("safe", "Safe?", rw.Binary(), about="item", rationale=rw.Rationale(required_for=[False])),
        rw.Dimension("faults", "Which?", rw.Nominal(["yes", "no"], multiple=True), required=False),
        rw.Dimension("overall", "How good?", rw.Continuous(0, 10, step=0.5), rationale=rw.Rationale("never")),
    ],
)
DIMENSION: dict[str, Any] = {"name": "a", "question": "q", "scale": {"kind": "ordinal", "low": 1, "high": 5}}


@pytest.mark.parametrize("ending", ["yaml", "yml", "json"])
def test_a_rubric_survives_its_file(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"rubric.{ending}"
    RUBRIC.write(file)
    assert rw.Rubric.read(file) == RUBRIC
    assert rw.Rubric.read(str(file)).hash == RUBRIC.hash


@given(
    st.text(min_size=1).filter(str.strip), st.text(), st.dictionaries(st.integers(1, 5), st.text().filter(str.strip))
)
def test_any_words_survive_json(title: str, guidelines: str, anchors: dict[int, str]) -> None:
    rubric = rw.Rubric(
        title, guidelines=guidelines, dimensions=[rw.Dimension("a", "q", rw.Ordinal(1, 5, anchors=anchors))]
    )
    again = rw.Rubric.from_dict(json.loads(json.dumps(rubric.to_dict())))
    assert again == rubric
    assert again.hash == rubric.hash


def test_the_hash_changes_with_anything() -> None:
    data = RUBRIC.to_dict()
    data["dimensions"][0]["rationale"]["min_length"] = 21
    assert rw.Rubric.from_dict(data).hash != RUBRIC.hash


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"title": "t"}, "rubric.dimensions takes a list"),
        ({"title": "t", "dimensions": []}, "'dimensions' takes a list of one or more"),
        ({"title": " ", "dimensions": [DIMENSION]}, "'title' takes the rubric's title, some text"),
        ({"title": "t", "dimension": [DIMENSION]}, "rubric takes no 'dimension'; did you mean 'dimensions'?"),
        (
            {"title": "t", "dimensions": [DIMENSION, DIMENSION]},
            "dimensions[1] takes a name of its own (got 'a', which dimensions[0] has)",
        ),
        (
            {"title": "t", "dimensions": [{**DIMENSION, "weigth": 2}]},
            "dimensions[0] takes no 'weigth'; did you mean 'weight'?",
        ),
        ({"title": "t", "dimensions": [{"name": "a", "question": "q"}]}, "dimensions[0] lacks 'scale'"),
        (
            {"title": "t", "dimensions": [{**DIMENSION, "scale": 5}]},
            "dimensions[0].scale takes a mapping with 'kind' (got int)",
        ),
        (
            {"title": "t", "dimensions": [{**DIMENSION, "scale": {"kind": "ordinal", "low": 9, "high": 5}}]},
            "dimensions[0].scale: 'low'",
        ),
        ({"title": "t", "dimensions": [{**DIMENSION, "scale": {"kind": "ordinal", "low": 1}}]}, "dimensions[0].scale"),
        (
            {"title": "t", "dimensions": [{**DIMENSION, "rationale": {"policy": "allways"}}]},
            "dimensions[0].rationale: 'policy' takes",
        ),
        (
            {"title": "t", "dimensions": [{**DIMENSION, "about": "model"}]},
            "'about' takes 'response' or 'item' (got 'model')",
        ),
        ({"title": "t", "dimensions": [{**DIMENSION, "weight": -1}]}, "'weight' takes a number from 0 (got -1)"),
        ([], "rubric takes a mapping (got list)"),
    ],
)
def test_a_wrong_rubric_names_path_rule_and_value(data: Any, words: str) -> None:
    with pytest.raises(RubricError, match=re.escape(words)):
        rw.Rubric.from_dict(data)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.yaml", b"title: t\n dimensions: x\n", "line 2: no YAML"),
        ("r.json", b'{"title": "t",\n "dimensions" []}', "line 2: no JSON"),
        ("r.yaml", "title: é".encode("latin-1"), "is not UTF-8; save the file as UTF-8"),
        ("r.toml", b"", "ends in one of .yaml, .yml, .json (got '.toml')"),
        (
            "r.yaml",
            b"title: t\ndimensions:\n- {name: a, question: q, scale: {kind: binary, yes: true}}",
            "put the words in quotes",
        ),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(RubricError, match=re.escape(words)) as caught:
        rw.Rubric.read(file)
    assert str(file) in str(caught.value)


def test_yes_and_no_in_yaml_are_words(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text(
        "title: t\ndimensions:\n"
        "- {name: a, question: q, scale: {kind: binary, yes: Yes, no: no}, required: true}\n"
        "- {name: b, question: q, scale: {kind: nominal, categories: [yes, no, off]}}\n"
    )
    rubric = rw.Rubric.read(file)
    assert rubric["a"].scale == rw.Binary("Yes", "no")
    assert rubric["b"].scale == rw.Nominal(["yes", "no", "off"])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match="there is no such file"):
        rw.Rubric.read(tmp_path / "gone.yaml")


def test_policies_require_what_they_say() -> None:
    ordinal, binary, several = rw.Ordinal(1, 5), rw.Binary(), rw.Nominal(["a", "b"], multiple=True)
    low = rw.Rationale(required_at_most=2, required_at_least=5)
    assert [low.is_required(ordinal, value) for value in (1, 2, 3, 4, 5)] == [True, True, False, False, True]
    assert not low.is_required(ordinal, None, not_applicable=True)
    between = rw.Rationale(required_when=(2, 3))
    assert [between.is_required(ordinal, value) for value in (1, 2, 3, 4)] == [False, True, True, False]
    assert rw.Rationale(required_for=[False]).is_required(binary, False)
    assert not rw.Rationale(required_for=[False]).is_required(binary, True)
    assert rw.Rationale(required_for=["b"]).is_required(several, ["a", "b"])
    assert rw.Rationale("required").is_required(ordinal, None, not_applicable=True)
    assert not rw.Rationale("never").is_required(ordinal, 1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: rw.Rationale("never", required_at_most=2), "contradict each other"),
        (lambda: rw.Rationale("required_when"), "takes a condition"),
        (lambda: rw.Rationale(required_when=(3, 2)), "two numbers (low, high)"),
        (lambda: rw.Rationale(min_length=-1), "'min_length' takes a whole number"),
        (
            lambda: rw.Dimension("a", "q", rw.Nominal(["x", "y"]), rationale=rw.Rationale(required_at_most=1)),
            "by 'required_for'",
        ),
        (
            lambda: rw.Dimension("a", "q", rw.Ordinal(1, 2), rationale=rw.Rationale(required_for=[9])),
            "'required_for' takes 1 to 2",
        ),
        (lambda: rw.Dimension("a\n", "q", rw.Ordinal(1, 2)), "text without control characters"),
        (lambda: rw.Dimension("a", "q", "ordinal"), "'scale' takes a scale"),  # type: ignore[arg-type]
    ],
)
def test_a_contradiction_is_refused(make: Any, words: str) -> None:
    with pytest.raises(RubricError, match=re.escape(words)):
        make()


def test_unknown_keywords_and_names_name_the_nearest() -> None:
    with pytest.raises(UnknownKeywordError, match="did you mean 'weight'"):
        rw.Dimension("a", "q", rw.Ordinal(1, 2), weigth=1)  # type: ignore[call-arg]
    with pytest.raises(RubricError, match="did you mean 'accuracy'"):
        _ = RUBRIC["acuracy"]


def test_it_reads_as_a_table_in_which_everything_is_escaped() -> None:
    hostile = rw.Rubric(
        "<script>", dimensions=[rw.Dimension("<i>", "<b>", rw.Ordinal(1, 2, anchors={1: "<u>"}), description="<s>")]
    )
    html = hostile._repr_html_() + RUBRIC._repr_html_()
    for tag in ("<script>", "<i>", "<b>", "<u>", "<s>"):
        assert tag not in html
    assert "mostly wrong" in html
    assert "2 or lower; 5 or higher (at least 20 characters)" in html


def test_a_dimension_and_its_scale_get_other_words_and_the_rest_stays() -> None:
    name = RUBRIC.names[0]
    other = RUBRIC.replace(name, question="Is it true?", anchors={1: "no"}, not_applicable=False)
    assert (other[name].question, other[name].scale.anchors) == ("Is it true?", {1: "no"})  # type: ignore[attr-defined]
    assert other[name].title == RUBRIC[name].title
    assert other.dimensions[1:] == RUBRIC.dimensions[1:]
    assert RUBRIC.replace(title="other").title == "other"
    assert RUBRIC.replace(name, scale=rw.Binary())[name].scale == rw.Binary()


def test_a_change_that_does_not_exist_or_is_not_allowed_is_refused() -> None:
    name = RUBRIC.names[0]
    with pytest.raises(RubricError, match="did you mean 'anchors'"):
        RUBRIC.replace(name, anchrs={})
    with pytest.raises(RubricError, match="did you mean 'guidelines'"):
        RUBRIC.replace(guidlines="x")
    with pytest.raises(RubricError, match=f"'{name}': 'anchors' takes"):
        RUBRIC.replace(name, anchors={99: "x"})
    with pytest.raises(RubricError, match="has no dimension"):
        RUBRIC.replace("nowhere", question="x")


def test_dimensions_come_and_go() -> None:
    new = rw.Dimension("fresh", "Is it new?", rw.Binary())
    first, *rest = RUBRIC.names
    assert RUBRIC.with_dimension(new).names == (first, *rest, "fresh")
    assert RUBRIC.with_dimension(new, before=first).names == ("fresh", first, *rest)
    assert RUBRIC.with_dimension(new).with_dimension(new, before=first).names == ("fresh", first, *rest)
    changed = rw.Dimension(first, "Other?", rw.Binary())
    assert RUBRIC.with_dimension(changed)[first] == changed
    assert RUBRIC.with_dimension(changed).names == RUBRIC.names
    assert RUBRIC.without(first).names == tuple(rest)
    with pytest.raises(RubricError, match="one or more Dimension"):
        RUBRIC.without(*RUBRIC.names)
    with pytest.raises(RubricError, match="takes a Dimension"):
        RUBRIC.with_dimension("accuracy")  # type: ignore[arg-type]


def test_what_is_asked_after_a_dimension_does_not_stay_without_it() -> None:
    whom = rw.Dimension("whom", "Whom?", rw.Binary(), ask_when=rw.AskWhen("safe", one_of=[False]))
    rubric = rw.Rubric(
        "r", dimensions=(rw.Dimension("safe", "Safe?", rw.Binary()), whom, rw.Dimension("b", "?", rw.Binary()))
    )
    with pytest.raises(RubricError, match="'whom' is asked only after 'safe': leave it out too"):
        rubric.without("safe")
    assert rubric.without("safe", "whom").names == ("b",)


def test_a_content_warning_is_part_of_a_rubric_that_has_one(tmp_path: Path) -> None:
    assert "content_warning" not in RUBRIC.to_dict()
    warned = RUBRIC.replace(content_warning="Describes violence.")
    assert warned.hash != RUBRIC.hash
    warned.write(tmp_path / "r.yaml")
    assert rw.Rubric.read(tmp_path / "r.yaml") == warned
    with pytest.raises(RubricError, match="'content_warning' takes words"):
        RUBRIC.replace(content_warning=" ")
