"""Rubrics in Python, YAML and JSON, and what is said of wrong ones."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
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


@pytest.mark.parametrize(
    ("value", "kind"),
    [("2024-99-99", "timestamp"), ("!!int abc", "int"), ("!!timestamp x", "timestamp"), ("!!bool maybe", "bool")],
)
def test_a_value_that_is_not_what_its_tag_says_is_named_with_its_line(tmp_path: Path, value: str, kind: str) -> None:
    file = written(tmp_path, f"title: t\nguidelines: {value}\ndimensions: []\n")
    with pytest.raises(RubricError, match=rf"rubric.yaml, line 2: no YAML \('.*' is no {kind}\)"):
        rw.Rubric.read(file)


@pytest.mark.parametrize("text", ["\x85", "a\u2028b", "\u2029", "\ufeff", " \t "])
def test_the_line_ends_of_unicode_survive_yaml(tmp_path: Path, text: str) -> None:
    rubric = RUBRIC.replace("accuracy", description=text)
    rubric.write(tmp_path / "r.yaml")
    assert rw.Rubric.read(tmp_path / "r.yaml") == rubric


def test_conditions_are_the_same_however_their_numbers_are_written() -> None:
    plain = rw.Rationale(required_at_most=2, required_when=(4, 5), required_for=[1], min_length=9)
    other = rw.Rationale(
        required_at_most=np.float64(2), required_when=(4.0, np.int64(5)), required_for=np.array([1]), min_length=9.0
    )
    hashes = {
        rw.Rubric("t", dimensions=[rw.Dimension("a", "?", rw.Ordinal(1, 5), rationale=one)]).hash
        for one in (plain, other)
    }
    assert len(hashes) == 1


def test_a_set_of_values_is_refused_since_its_order_changes_from_run_to_run() -> None:
    with pytest.raises(RubricError, match="'required_for' takes a list, in which values have an order"):
        rw.Rationale(required_for={"violence", "self-harm"})  # type: ignore[arg-type]


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


def written(tmp_path: Path, text: str, name: str = "rubric.yaml") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


YAML = """\
title: tone
dimensions:
  - name: tone
    question: Is it right?
    scale: {kind: ordinal, low: 1, high: 5}
  - name: safe
    question: Is it safe?
    scale:
      kind: ordinal
      low: 0
      high: 9
"""


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("low: 0", "low: 10", "line 10: dimensions[1].scale: 'low' takes a number below 'high'"),
        ("kind: ordinal\n", "type: ordinal\n", "line 8: dimensions[1].scale.kind takes"),
        ("name: safe", "name: tone", "line 6: rubric: dimensions[1] takes a name of its own"),
        ("question: Is it safe?", "qestion: Is it safe?", "line 7: dimensions[1] takes no 'qestion'"),
        ("title: tone", "titel: tone", "line 1: rubric takes no 'titel'; did you mean 'title'"),
        ("high: 9\n", "high: 9\n    rationale: {policy: sometimes}\n", "line 12: dimensions[1].rationale: 'policy'"),
        ("    question: Is it safe?\n", "", "line 6: dimensions[1] lacks 'question'"),
    ],
)
def test_a_rule_that_a_yaml_file_breaks_is_named_with_its_line(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    file = written(tmp_path, YAML.replace(before, after, 1))
    with pytest.raises(RubricError, match=re.escape(f"{file}, {words}")):
        rw.Rubric.read(file)


def test_a_scale_whose_kind_is_called_type_says_what_it_is_called_here() -> None:
    data = {"title": "t", "dimensions": [{**DIMENSION, "scale": {"type": "ordinal", "low": 1, "high": 5}}]}
    with pytest.raises(RubricError, match=r"got nothing\); 'type' is called 'kind' here: kind: ordinal"):
        rw.Rubric.from_dict(data)


def test_a_key_that_is_there_twice_is_refused_and_neither_is_lost(tmp_path: Path) -> None:
    twice = written(tmp_path, YAML.replace("high: 9\n", "high: 9\n    question: Really?\n"))
    with pytest.raises(RubricError, match=r"line 12: 'question' is there twice \(first in line 7\)"):
        rw.Rubric.read(twice)
    with pytest.raises(RubricError, match=r"'title' is there twice \('a' and 'b'\)"):
        rw.Rubric.read(written(tmp_path, '{"title": "a", "title": "b"}', "rubric.json"))


def test_yaml_may_say_a_scale_once_and_use_it_again(tmp_path: Path) -> None:
    text = YAML.replace("scale: {", "scale: &five {", 1).partition("    scale:\n")[0] + "    scale: *five\n"
    rubric = rw.Rubric.read(written(tmp_path, text))
    assert rubric["safe"].scale == rubric["tone"].scale


@pytest.mark.parametrize(
    ("scale", "policy", "words"),
    [
        (
            rw.Ordinal(1, 5),
            rw.Rationale(required_at_most=0),
            "'required_at_most' takes scores that the scale has, 1 to 5",
        ),
        (rw.Ordinal(1, 5), rw.Rationale(required_at_least=6), "'required_at_least' takes scores"),
        (rw.Continuous(0, 1), rw.Rationale(required_when=(2, 3)), "'required_when' takes scores"),
        (rw.Binary(), rw.Rationale(required_at_most=-1), "'required_at_most' takes scores"),
    ],
)
def test_a_condition_that_no_answer_can_meet_is_refused(scale: Any, policy: rw.Rationale, words: str) -> None:
    with pytest.raises(RubricError, match=re.escape(words)):
        rw.Dimension("a", "q", scale, rationale=policy)


def test_a_condition_at_the_end_of_a_scale_is_allowed() -> None:
    for policy in (
        rw.Rationale(required_at_most=1),
        rw.Rationale(required_at_least=5),
        rw.Rationale(required_when=(0, 1)),
    ):
        assert rw.Dimension("a", "q", rw.Ordinal(1, 5), rationale=policy).rationale == policy


def test_no_rationale_has_to_be_a_book() -> None:
    assert rw.Rationale(min_length=10_000).min_length == 10_000
    with pytest.raises(RubricError, match=r"from 0 to 10,000 \(got 1000000000\)"):
        rw.Rationale(min_length=10**9)


@pytest.mark.parametrize("question", ["", "  \n"])
def test_a_dimension_asks_something(question: str) -> None:
    with pytest.raises(RubricError, match="'question' takes what raters are asked"):
        rw.Dimension("a", question, rw.Binary())


@pytest.mark.parametrize("name", ["item", "response", "model", "rater", "dimension"])
def test_no_dimension_is_called_like_the_columns_that_say_where_a_score_belongs(name: str) -> None:
    with pytest.raises(RubricError, match=f"no column of a scores frame has \\(got '{name}'\\)"):
        rw.Dimension(name, "q", rw.Binary())


def test_no_dimension_is_called_like_what_goes_with_another() -> None:
    dimensions = [rw.Dimension(name, "q", rw.Binary()) for name in ("tone", "tone_rationale")]
    with pytest.raises(
        RubricError, match="got 'tone_rationale', which frames call what goes with the dimension 'tone'"
    ):
        rw.Rubric("r", dimensions=dimensions)


@pytest.mark.parametrize("path", [3, None, ["a.yaml"]])
def test_a_rubrics_path_is_a_path(path: Any) -> None:
    for call in (rw.Rubric.read, RUBRIC.write):
        with pytest.raises(RubricError, match="'path' takes a file's path"):
            call(path)


def test_a_rubric_that_cannot_be_written_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    file = tmp_path / "rubric.yaml"
    RUBRIC.write(file)
    # A limit on the size of files fails writes as a full disk does, without one.
    program = """
import resource, sys
import rubricwidgets as rw
rubric = rw.Rubric.read(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (200, resource.RLIM_INFINITY))
try:
    rubric.write(sys.argv[1])
except rw.errors.RubricError as error:
    print(error)
"""
    command = [sys.executable, "-c", program, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "cannot be written" in done.stdout, done.stderr
    assert "what was there is as it was" in done.stdout
    assert rw.Rubric.read(file) == RUBRIC
    assert [one.name for one in tmp_path.iterdir()] == ["rubric.yaml"]
    with pytest.raises(RubricError, match=r"cannot be written .*; nothing is there"):
        RUBRIC.write(tmp_path / "nowhere" / "rubric.yaml")


def test_a_dimension_and_its_scale_get_other_words_and_the_rest_stays() -> None:
    name = RUBRIC.names[0]
    other = RUBRIC.replace(name, question="Is it true?", anchors={1: "no"}, not_applicable=False)
    assert (other[name].question, other[name].scale.anchors) == ("Is it true?", {1: "no"})  # type: ignore[attr-defined]
    assert other[name].title == RUBRIC[name].title
    assert other.dimensions[1:] == RUBRIC.dimensions[1:]
    assert RUBRIC.replace(title="other").title == "other"
    assert RUBRIC.replace(name, scale=rw.Ordinal(0, 9))[name].scale == rw.Ordinal(0, 9)


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
