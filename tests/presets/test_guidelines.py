"""What raters read: it names what is on the page, whatever the arguments, and nothing else."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest

from rubricwidgets import presets
from rubricwidgets.errors import RubricError

if TYPE_CHECKING:
    import rubricwidgets as rw

#: Every argument of every preset, given once by itself.
GIVEN: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in presets.__all__ if name != "domain_expert"),
    ("domain_expert", {"field": "tax law"}),
    ("domain_expert", {"field": "tax law", "whom": "country and tax year"}),
    ("domain_expert", {"field": "tax law", "expertise": False}),
    *(("quality", {"dimensions": [name]}) for name in presets.quality().names),
    ("quality", {"dimensions": ["accuracy", "helpfulness", "overall"]}),
    ("quality", {"not_applicable": False}),
    ("preference", {"ranking": True}),
    ("preference", {"budget": 3}),
    ("safety", {"policies": {"Brand": "Speaks for the company.", "Advice": ["Law", "Money"]}}),
    ("safety", {"severities": ["note", "block"]}),
    ("safety", {"content_warning": None}),
    ("instruction_following", {"criteria": ["Is kind"]}),
    (
        "instruction_following",
        {"criteria": [{"text": "Is kind", "points": 2}, {"text": "Names a price", "points": -1}]},
    ),
    ("instruction_following", {"from_item": True}),
    ("errors", {"categories": {"Tone": ["Rude", "Cold"], "Odd": ""}}),
    ("errors", {"severities": ["light", "grave"], "weights": {"light": 1, "grave": 3}}),
    ("errors", {"severities": {"light": "Hardly seen", "grave": "Stops"}, "weights": {"light": 1, "grave": 3}}),
    ("errors", {"severities": []}),
    ("errors", {"prompt": True}),
    ("ideal_response", {"starts_from": "response"}),
    ("ideal_response", {"starts_from": "reference"}),
    ("ideal_response", {"min_length": 50}),
    ("ideal_response", {"sources": False}),
    ("prompt_writing", {"capabilities": ["haggling", "knitting"]}),
    ("red_team", {"policies": ["Brand", "Advice"]}),
    ("red_team", {"strategies": ["poetry", "haste"]}),
    ("red_team", {"content_warning": None}),
]
EACH = pytest.mark.parametrize(("name", "given"), GIVEN, ids=[f"{name}-{'-'.join(given)}" for name, given in GIVEN])

#: Words that a control says by itself.
BUILT_IN = {
    "checklist": {"met", "not met", "not applicable"},
    "spans": {"no errors found"},
    "preference": {"equal", "both bad"},
}

#: Names that are also words of everyday English, and stand in the guidelines as such.
PLAIN_ENGLISH = {"preference": {"better"}}


def made(name: str, given: dict[str, Any]) -> rw.Rubric:
    rubric: rw.Rubric = getattr(presets, name)(**given)
    return rubric


def on_the_page(rubric: rw.Rubric) -> set[str]:
    """Return every name that a rater sees: of dimensions, categories and their groups, severities, criteria, answers."""
    words: set[str] = set()
    for one in rubric.dimensions:
        scale: Any = one.scale
        words |= {one.name.replace("_", " "), one.title or "", *BUILT_IN.get(scale.kind, ())}
        if scale.kind in ("nominal", "spans"):
            words |= {part for name in scale.names for part in (name, *name.split("/"))} | set(scale.severities)
            words.add(getattr(scale, "none_words", None) or "")
        if scale.kind == "checklist":
            words |= {criterion.text for criterion in scale.own}
        if scale.kind == "binary":
            words |= {scale.yes, scale.no}
        words |= set(getattr(scale, "degrees", ()))
    return {word.casefold() for word in words if word}


def bold(text: str) -> list[str]:
    return [words.rstrip(":").casefold() for words in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]


def test_every_argument_of_every_preset_is_tried() -> None:
    for name in presets.__all__:
        tried = {argument for preset, given in GIVEN if preset == name for argument in given}
        assert tried == set(inspect.signature(getattr(presets, name)).parameters), name


@EACH
def test_whatever_is_in_bold_type_is_on_the_page(name: str, given: dict[str, Any]) -> None:
    rubric = made(name, given)
    assert set(bold(rubric.guidelines)) <= on_the_page(rubric)


@EACH
def test_no_name_that_the_arguments_took_away_is_left(name: str, given: dict[str, Any]) -> None:
    rubric = made(name, given)
    whole = made(name, {"field": given["field"]} if "field" in given else {})
    gone = on_the_page(whole) - on_the_page(rubric)
    read = [rubric.guidelines, *(f"{one.question} {one.description} {one.rationale.ask}" for one in rubric.dimensions)]
    left = {word for word in gone for text in read if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)}
    assert left - PLAIN_ENGLISH.get(name, set()) == set()


@EACH
def test_guidelines_say_what_a_required_reason_is_for(name: str, given: dict[str, Any]) -> None:
    rubric = made(name, given)
    required = [one for one in rubric.dimensions if one.rationale.policy in ("required", "required_when")]
    assert all(one.rationale.ask.endswith("?") for one in required)
    if required:
        assert re.search(r"\b(reason|say why)\b", rubric.guidelines, re.IGNORECASE)
        assert re.search(r"\b(whoever|somebody who) (reads|mends|goes)\b", rubric.guidelines, re.IGNORECASE)


@EACH
def test_items_are_said_to_be_hidden_only_where_they_are(name: str, given: dict[str, Any]) -> None:
    rubric = made(name, given)
    assert ("is hidden until you show it" in rubric.guidelines) == (rubric.content_warning is not None)


@EACH
def test_no_blank_is_left_unfilled(name: str, given: dict[str, Any]) -> None:
    text = made(name, given).guidelines
    assert not re.search(r"[{}]|\n\n\n|\*\*\*\*|\S {2}", text)
    assert re.findall(r"^(\d)\. ", text, re.MULTILINE) == [
        str(place) for place in range(1, len(re.findall(r"^\d\. ", text, re.MULTILINE)) + 1)
    ]


def test_the_worked_examples_of_quality_score_as_the_anchors_say() -> None:
    """Half of the parts missing is a 2, and a response that claims nothing has no accuracy."""
    rubric = presets.quality()
    egg, parcel = rubric.guidelines.partition("## Two worked examples")[2].split("*Prompt:*")[1:]
    assert rubric["completeness"].scale.anchors[2].startswith("half of the parts")  # type: ignore[attr-defined]
    assert "Completeness 2 (peeling is missing: one part of two)" in egg
    assert "Accuracy not applicable" in parcel
    assert "not applicable" not in presets.quality(not_applicable=False).guidelines.casefold()


def test_quality_asks_what_was_chosen_in_the_order_of_the_eight() -> None:
    assert presets.quality(["overall", "accuracy"]).names == ("accuracy", "overall")
    assert presets.quality(list(presets.quality().names)) == presets.quality()
    for given, words in (
        ([], r"'dimensions' takes a list of one or more of accuracy, .* \(got \[\]\)"),
        ("tone", r"'dimensions' takes a list of one or more of accuracy, .* \(got 'tone'\)"),
        (["tones"], r"\(got 'tones'\); did you mean 'tone'\?"),
        ([7], r"\(got 7\): add one of your own by with_dimension\(\)"),
        (["tone", "tone"], r"'dimensions' takes each name once \(got 'tone' twice\)"),
    ):
        with pytest.raises(RubricError, match=words):
            presets.quality(given)  # type: ignore[arg-type]


def test_a_stated_language_is_met_by_a_translation_into_it() -> None:
    french = presets.instruction_following().guidelines.rpartition("*Prompt:*")[2]
    assert "**Is in the stated language and voice:** met, French." in french


def test_points_below_zero_are_explained_only_where_there_may_be_some() -> None:
    fault = "names a fault"
    assert fault in presets.instruction_following(from_item=True).guidelines
    assert fault in presets.instruction_following([{"text": "A", "points": 2}, {"text": "B", "points": -1}]).guidelines
    assert fault not in presets.instruction_following(["A"]).guidelines
    assert fault not in presets.instruction_following().guidelines


def test_errors_of_the_prompt_are_asked_for_where_it_can_be_marked() -> None:
    rubric = presets.errors(prompt=True)
    assert "in the prompt and in its context" in rubric.guidelines
    assert "the response have" not in rubric["errors"].question


def test_the_words_for_how_grave_an_error_is_are_ones_own() -> None:
    severities = {"light": "Hardly seen", "grave": "Stops a reader"}
    text = presets.errors(severities=severities, weights={"light": 1, "grave": 3}).guidelines
    assert "- **Light:** Hardly seen.\n- **Grave:** Stops a reader." in text
    assert "again, as **light**." in text


def test_every_reason_for_a_ranking_is_explained() -> None:
    rubric = presets.preference(ranking=True)
    reasons = rubric["reasons"].scale.names  # type: ignore[attr-defined]
    assert set(reasons) <= set(bold(rubric.guidelines))
