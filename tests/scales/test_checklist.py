"""A checklist: criteria from the rubric or the item, verdicts, points, evidence, and what a program says beside them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.checks import CHECKS, register_check
from rubricwidgets.errors import AnswerError, ItemsError, RubricError
from rubricwidgets.ratings import place_of
from rubricwidgets.scales import scale_from_dict
from rubricwidgets.scales.checklist import Checklist
from rubricwidgets.scales.criteria import Criterion

TEXT = "Be careful 🙂, it is 5 mg. Ask your doctor."
ITEM = rw.Item("May I?", [rw.Response(TEXT, id="x", model="m1"), rw.Response("No", id="y", model="m2")], id="one")
SCALE = Checklist(
    [
        "Names the risk",
        {"id": "dose", "text": "Gives a dose", "points": -5, "description": "In mg or tablets"},
        {"id": "short", "text": "Is short", "points": 3, "check": "max_words", "limit": 4},
        {"id": "kind", "text": "Is kind", "points": 0.5, "required": False},
    ]
)
PLACE = place_of(ITEM, "x")


def verdicts(**given: bool | None) -> list[dict[str, Any]]:
    return [{"criterion": name, "met": met} for name, met in given.items()]


WHOLE = verdicts(c1=True, dose=False, short=None)


def test_criteria_are_texts_records_or_objects_and_have_ids_of_their_own() -> None:
    assert [(one.id, one.points, one.required) for one in SCALE.own] == [
        ("c1", 1, True),
        ("dose", -5, True),
        ("short", 3, True),
        ("kind", 0.5, False),
    ]
    assert SCALE.own[2].machine is not None
    assert SCALE.own[2].machine.arguments == {"limit": 4}
    same = Checklist([Criterion("a"), Criterion("b", id="x", check={"check": "max_words", "limit": 4})])
    assert [one.id for one in same.own] == ["c1", "x"]
    assert Checklist([{"check": "max_words", "limit": 150}]).own[0].text == "At most 150 words"


def test_a_scale_comes_back_from_its_json_and_yaml(tmp_path: Any) -> None:
    assert scale_from_dict(SCALE.to_dict()) == SCALE
    rubric = rw.Rubric(
        "t", dimensions=[rw.Dimension("form", "?", SCALE), rw.Dimension("own", "?", Checklist(from_item=True))]
    )
    rubric.write(tmp_path / "rubric.yaml")
    assert rw.Rubric.read(tmp_path / "rubric.yaml") == rubric
    assert rw.Rubric.read(tmp_path / "rubric.yaml").hash == rubric.hash


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            {},
            "'criteria' takes one or more criteria (got none); where each item has its own: Checklist(from_item=True)",
        ),
        ({"criteria": "short"}, "'criteria' takes a list of one or more criteria (got 'short')"),
        ({"criteria": {"a": "b"}}, "'criteria' takes a list of one or more criteria"),
        ({"criteria": ["a", " A "]}, "criteria[1] takes a text of its own (got ' A ', which criteria[0] has)"),
        (
            {"criteria": [{"id": "a", "text": "b"}, {"id": "a", "text": "c"}]},
            "criteria[1] takes an id of its own (got 'a'",
        ),
        ({"criteria": ["a", {"text": "b", "points": "many"}]}, "criteria[1]: 'points' of a criterion takes a number"),
        ({"criteria": ["a", {"text": "b", "points": float("inf")}]}, "takes a number (got inf)"),
        (
            {"criteria": [{"text": "b", "points": 0}]},
            "takes at least one criterion with points above 0: no points are possible here (got 0)",
        ),
        ({"criteria": [{"text": "b", "points": -3}]}, "no points are possible here (got -3)"),
        (
            {"criteria": ["a", {"text": "b", "points": -1}]},
            "'criteria' takes points that do not add up to 0, where meeting everything is worth as much as meeting nothing (got 1, -1)",
        ),
        (
            {"criteria": [{"text": t, "points": p} for t, p in (("a", 0.1), ("b", 0.2), ("c", -0.3))]},
            "(got 0.1, 0.2, -0.3)",
        ),
        ({"criteria": ["a", {"text": "b", "points": True}]}, "takes a number (got True)"),
        ({"criteria": ["a", {"text": "b", "points": float("nan")}]}, "takes a number (got nan)"),
        ({"criteria": [{"txt": "b"}]}, "a criterion takes no 'txt'; did you mean 'text'?"),
        ({"criteria": [{"points": 3}]}, "criteria[0]: takes a record with 'text' (got one with 'points')"),
        ({"criteria": [3]}, "criteria[0]: takes text, a record with 'text' or a Criterion (got 3)"),
        ({"criteria": [" "]}, "'text' of a criterion takes text (got ' ')"),
        ({"criteria": ["a\ud83d"]}, "takes text that can be stored"),
        ({"criteria": [{"text": "b", "required": "no"}]}, "'required' of a criterion takes True or False (got 'no')"),
        (
            {"criteria": [{"text": "b", "check": "max_wrods"}]},
            "there is no check 'max_wrods'; did you mean 'max_words'?",
        ),
        ({"criteria": [{"text": "b", "check": "max_words"}]}, "check 'max_words' needs the argument 'limit'"),
        ({"criteria": [{"text": "b", "check": "max_words", "limit": "3"}]}, "takes a whole number from 0 as 'limit'"),
        ({"criteria": [{"text": "b", "check": 3}]}, "'check' of a criterion takes the name of a check"),
        (
            {"criteria": [{"text": "b", "check": {"name": "a", "limit": 3}}]},
            "takes no 'limit'; it takes name, arguments",
        ),
        ({"criteria": ["a"], "from_item": "yes"}, "'from_item' takes True or False (got 'yes')"),
        ({"criteria": ["a"], "evidence": 1}, "'evidence' takes True or False (got 1)"),
    ],
)
def test_a_checklist_that_contradicts_itself_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(RubricError, match=re.escape(words)):
        Checklist(**arguments)


def test_verdicts_are_stored_in_the_order_of_the_criteria_with_points_and_the_programs_word() -> None:
    given = [*reversed(WHOLE), {"criterion": "kind", "met": True}]
    assert SCALE.check_at(given, PLACE) == [
        {"criterion": "c1", "met": True, "points": 1},
        {"criterion": "dose", "met": False, "points": -5},
        {"criterion": "short", "met": None, "points": 3, "machine": False, "note": "9 words"},
        {"criterion": "kind", "met": True, "points": 0.5},
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("yes", "takes a verdict on each criterion: True, False or None (not applicable) (got 'yes')"),
        ([{"criterion": "c1"}], "takes verdicts with 'criterion' and 'met' (got {'criterion': 'c1'})"),
        ([{"criterion": 3, "met": True}], "takes verdicts with 'criterion' and 'met'"),
        (
            [{"criterion": "c1", "met": "yes"}],
            "takes True, False or None (not applicable) as verdict on a criterion (got 'yes')",
        ),
        ([{"criterion": "c1", "met": 1}], "as verdict on a criterion (got 1)"),
        ([{"criterion": "c1", "met": True, "note2": 1}], "(got 'note2')"),
        (verdicts(c1=True) * 2, "takes one verdict on each criterion (got two on 'c1')"),
        (verdicts(shrt=True), "takes verdicts on its criteria (got one on 'shrt'; did you mean 'short'?)"),
        (verdicts(c1=True, dose=True), "takes a verdict on each criterion (1 of 4 left: 'short')"),
        ([], "takes a verdict on each criterion (3 of 4 left: 'c1', 'dose', 'short')"),
        ([{**WHOLE[0], "evidence": "careful"}, *WHOLE[1:]], "takes evidence with 'start' before 'end', or with 'text'"),
        ([{**WHOLE[0], "evidence": {"start": 3, "end": 3}}, *WHOLE[1:]], "takes evidence with 'start' before 'end'"),
        ([{**WHOLE[0], "evidence": {"start": -1, "end": 3}}, *WHOLE[1:]], "takes evidence with 'start' before 'end'"),
        (
            [{**WHOLE[0], "evidence": {"start": 3, "end": 99}}, *WHOLE[1:]],
            "inside the response, which has 42 characters",
        ),
        ([{**WHOLE[0], "evidence": {"start": 0, "end": 3, "x": 1}}, *WHOLE[1:]], "takes evidence with 'start'"),
        ([{**WHOLE[0], "before": "no"}, *WHOLE[1:]], "as verdict on a criterion (got 'no')"),
    ],
)
def test_verdicts_that_do_not_fit_are_refused_in_words(value: object, words: str) -> None:
    with pytest.raises(AnswerError, match=re.escape(words)):
        SCALE.check_at(value, PLACE)


def test_from_elsewhere_criteria_may_be_missing() -> None:
    assert [one["criterion"] for one in SCALE.check_at(verdicts(dose=True), PLACE, complete=False)] == ["dose"]


def test_where_criteria_always_apply_none_is_not_applicable_and_evidence_may_be_switched_off() -> None:
    strict = Checklist(["a"], inapplicable=False, evidence=False)
    with pytest.raises(AnswerError, match="takes True or False as verdict"):
        strict.check(verdicts(c1=None))
    with pytest.raises(AnswerError, match="takes no evidence"):
        strict.check([{"criterion": "c1", "met": True, "evidence": {"text": "a"}}])


def test_evidence_is_what_stands_there_whatever_the_page_says() -> None:
    quote = {"start": 11, "end": 12, "text": "something else"}
    (first, *_) = SCALE.check_at([{**WHOLE[0], "evidence": quote}, *WHOLE[1:]], PLACE)
    assert first["evidence"] == {"start": 11, "end": 12, "text": "🙂"}


def test_a_checklist_about_several_responses_has_no_evidence_and_no_program() -> None:
    place = place_of(ITEM, None)
    found = SCALE.check_at(WHOLE, place)
    assert (found[2]["machine"], found[2]["note"]) == (None, "it reads one response, and this is about several")
    with pytest.raises(AnswerError, match="about several responses"):
        SCALE.check_at([{**WHOLE[0], "evidence": {"start": 0, "end": 3}}, *WHOLE[1:]], place)
    alone = rw.Item("May I?", ["one two"], id="two")
    assert SCALE.check_at(WHOLE, place_of(alone, None))[2]["note"] == "2 words"


def test_the_score_is_points_earned_over_points_possible_as_healthbench_has_it() -> None:
    """7, 5, 10 and -6 points, all met but the second: (7 + 0 + 10 - 6) / (7 + 5 + 10), OpenAI's simple-evals, healthbench_eval_test.py."""
    scale = Checklist([{"text": f"t{points}", "points": points} for points in (7, 5, 10, -6)])
    value = scale.coerce({"c1": True, "c2": False, "c3": True, "c4": True})
    assert scale.number(value) == 11 / 22
    assert scale.label(value) == "11 of 22 points"


def test_what_is_not_applicable_counts_for_neither_and_harm_falls_below_zero() -> None:
    assert SCALE.number(SCALE.check(verdicts(c1=True, dose=None, short=None))) == 1.0
    assert SCALE.number(SCALE.check(verdicts(c1=True, dose=False, short=False))) == 0.25
    assert SCALE.number(SCALE.check(verdicts(c1=True, dose=True, short=True))) == -0.25
    nothing = SCALE.check(verdicts(c1=None, dose=True, short=None))
    assert (SCALE.number(nothing), SCALE.label(nothing)) == (None, "no points possible")
    assert SCALE.number([]) is None


def test_decimal_points_add_up_as_people_add_them() -> None:
    scale = Checklist([{"text": text, "points": 0.1} for text in "abc"])
    value = scale.coerce(dict.fromkeys(("c1", "c2", "c3"), True))
    assert (scale.number(value), scale.label(value)) == (1.0, "0.3 of 0.3 points")


@given(st.lists(st.tuples(st.integers(-9, 9), st.sampled_from([True, False, None])), min_size=1, max_size=30))
def test_the_score_never_exceeds_one_and_is_one_only_where_all_is_as_wanted(
    given: list[tuple[int, bool | None]],
) -> None:
    value = [{"criterion": str(n), "met": met, "points": points} for n, (points, met) in enumerate(given)]
    number = Checklist(from_item=True).number(value)
    possible = sum(points for points, met in given if points > 0 and met is not None)
    assert (number is None) == (possible == 0)
    if number is not None:
        assert number <= 1
        wanted = all(met == (points > 0) for points, met in given if met is not None and points)
        assert (number == 1) == wanted


@pytest.mark.parametrize(
    ("given", "met"),
    [
        *((word, True) for word in ("met", "Yes", "TRUE", "pass", 1, 1.0, "1", True)),
        *((word, False) for word in ("not met", "not_met", "No", "false", "fail", 0, "0", False)),
        *((word, None) for word in ("N/A", "not applicable", None)),
    ],
)
def test_verdicts_from_elsewhere_are_read_in_many_words(given: object, met: bool | None) -> None:
    assert SCALE.coerce({"c1": given})[0]["met"] is met


def test_what_says_nothing_is_refused() -> None:
    for word in ("maybe", 2, 0.5, "", [True]):
        with pytest.raises(AnswerError, match="takes met, not met or n/a"):
            SCALE.coerce({"c1": word})
    assert SCALE.coerce('{"c1": true}')[0]["met"] is True
    with pytest.raises(AnswerError, match="takes a verdict on each criterion"):
        SCALE.coerce("c1")


def test_a_page_says_nothing_of_points_and_programs_and_a_mere_quote_is_no_verdict() -> None:
    page = [
        {"criterion": "c1", "met": True, "points": 99, "machine": True, "note": "n", "before": False},
        {"criterion": "dose", "evidence": {"start": 0, "end": 1, "text": "B"}},
    ]
    assert SCALE.from_page(page, str) == [{"criterion": "c1", "met": True, "before": False}]
    for odd in (None, 3, {"a": 1}, [1, {"b": 2}], "x"):
        SCALE.from_page(odd, str)


def test_a_programs_word_is_told_of_what_was_judged_and_of_nothing_else() -> None:
    assert SCALE.suggestions([], PLACE) == {}
    assert SCALE.suggestions(verdicts(c1=True), PLACE) == {}
    assert SCALE.suggestions(verdicts(short=True), PLACE) == {"short": {"met": False, "note": "9 words"}}
    assert SCALE.suggestions(verdicts(short=False, c1=True), place_of(ITEM, "y")) == {
        "short": {"met": True, "note": "1 word"}
    }
    for odd in (None, "x", verdicts(nobody=True), [{"criterion": "short"}]):
        assert SCALE.suggestions(odd, PLACE) == {}


def test_a_check_that_fails_never_breaks_a_rating_and_its_error_never_reaches_the_page() -> None:
    def fails(text: str) -> bool:
        msg = f"model secret-gpt said nothing of {len(text)}"
        raise RuntimeError(msg)

    register_check(fails)
    try:
        scale = Checklist([{"text": "a", "check": "fails"}])
        stored = scale.check_at(verdicts(c1=True), PLACE)
        assert stored[0]["machine"] is None
        assert "secret-gpt" in stored[0]["note"]
        assert "secret-gpt" not in str(scale.to_page(stored, str))
        assert scale.suggestions(stored, PLACE) == {"c1": {"met": None, "note": ""}}
        assert scale.records(stored, PLACE)[0]["machine_note"].startswith("it raised RuntimeError")
    finally:
        del CHECKS["fails"]
    # A study is read where its checks are not registered; only a new one asks for them.
    again = scale_from_dict(scale.to_dict())
    assert isinstance(again, Checklist)
    assert again.check_at(verdicts(c1=True), PLACE)[0]["note"] == "no check 'fails' is registered in this kernel"
    assert "criterion 'c1': there is no check 'fails'" in str(again.misfit(ITEM))


def test_rows_say_what_was_earned_and_whether_the_rater_changed_after_the_program() -> None:
    given = [
        {"criterion": "c1", "met": True, "evidence": {"start": 3, "end": 10}},
        {"criterion": "dose", "met": None},
        {"criterion": "short", "met": False, "before": True},
        {"criterion": "kind", "met": False, "before": False},
    ]
    rows = SCALE.records(SCALE.check_at(given, PLACE), PLACE)
    assert [(row["criterion"], row["met"], row["not_applicable"], row["points"], row["earned"]) for row in rows] == [
        ("c1", True, False, 1, 1),
        ("dose", None, True, -5, None),
        ("short", False, False, 3, 0),
        ("kind", False, False, 0.5, 0),
    ]
    assert [row["evidence"] for row in rows] == ["careful", None, None, None]
    assert [row["machine"] for row in rows] == [None, None, False, None]
    assert [(row["met_before"], row["changed"]) for row in rows] == [
        (True, False),
        (None, False),
        (True, True),
        (False, False),
    ]


def test_conditions_wait_for_criteria_that_are_met_or_for_the_share() -> None:
    value = SCALE.check(WHOLE)
    assert SCALE.chosen(value) == ["c1"]
    rubric = rw.Rubric(
        "t",
        dimensions=[
            rw.Dimension("form", "?", SCALE),
            rw.Dimension("harm", "?", rw.Binary(), ask_when=rw.AskWhen("form", one_of=["dose"], at_most=0.2)),
        ],
    )
    condition = rubric["harm"].ask_when
    assert condition is not None
    assert not condition.met_by(SCALE, value)
    assert condition.met_by(SCALE, SCALE.check(verdicts(dose=True)))
    assert condition.met_by(SCALE, SCALE.check(verdicts(c1=False)))
    with pytest.raises(RubricError, match="takes ids of criteria: 'c1', 'dose', 'short', 'kind'"):
        rw.Rubric(
            "t",
            dimensions=[
                rw.Dimension("form", "?", SCALE),
                rw.Dimension("harm", "?", rw.Binary(), ask_when=rw.AskWhen("form", one_of=["dosis"])),
            ],
        )


OWN = rw.Rubric("t", dimensions=[rw.Dimension("expert", "?", Checklist(["Is polite"], from_item=True))])


def own(criteria: Any, **more: Any) -> dict[str, Any]:
    return {"id": "a", "prompt": "p", "response": "one two three", "criteria": criteria, **more}


def study(*items: Any, rubric: rw.Rubric = OWN) -> rw.Study:
    return rw.Study("s", items=list(items), rubric=rubric, store="memory")


def test_items_bring_criteria_of_their_own_after_the_rubrics() -> None:
    opened = study(own([{"id": "x", "text": "Says x", "points": 2, "check": "max_words", "limit": 2}]))
    item, scale = opened.items[0], opened.rubric["expert"].scale
    assert isinstance(scale, Checklist)
    assert [one.id for one in scale.of(item)] == ["c1", "x"]
    asked = scale.asks(place_of(item, item.responses[0].id))
    assert asked is not None
    assert [(one["id"], one["check"]) for one in asked["criteria"]] == [("c1", False), ("x", True)]
    assert "limit" not in str(asked)
    value = scale.check_at(verdicts(c1=True, x=True), place_of(item, item.responses[0].id))
    assert scale.number(value) == 1.0
    assert value[1]["machine"] is False


def test_lists_by_name_go_to_the_dimensions_of_that_name() -> None:
    rubric = rw.Rubric(
        "t",
        dimensions=[rw.Dimension(name, "?", Checklist(from_item=True)) for name in ("facts", "form")],
    )
    opened = study(own({"facts": ["a"], "form": ["b", "c"]}), rubric=rubric)
    lengths = [len(dimension.scale.of(opened.items[0])) for dimension in opened.rubric.dimensions]  # type: ignore[attr-defined]
    assert lengths == [1, 2]


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        (None, None),  # the rubric's own suffice
        (["Is polite"], "takes each criterion once: criteria[1] takes"),
        ([{"id": "c1", "text": "x"}], "takes each criterion once: criteria[1] takes an id of its own (got 'c1'"),
        (
            {"exprt": ["x"]},
            "'criteria' takes names of dimensions that ask for an item's own (got 'exprt'); did you mean 'expert'?",
        ),
    ],
)
def test_items_whose_criteria_do_not_fit_the_rubric_are_refused_before_anybody_rates(
    criteria: Any, words: str | None
) -> None:
    if words is None:
        study(own(criteria))
        return
    if isinstance(criteria, list):
        criteria = [one if isinstance(one, dict) else {"id": "other", "text": one} for one in criteria]
    with pytest.raises(ItemsError, match=re.escape(words)):
        study(own(criteria))


def test_items_without_criteria_or_points_are_refused_where_the_rubric_has_none() -> None:
    rubric = rw.Rubric("t", dimensions=[rw.Dimension("expert", "?", Checklist(from_item=True))])
    for criteria, words in (
        (
            None,
            "'expert' takes items with criteria of their own (this one has none for it): criteria={'expert': [...]}",
        ),
        ([], "takes items with criteria of their own"),
        ([{"text": "a", "points": -1}], "takes at least one criterion with points above 0"),
        ([{"text": "a", "check": {"name": "gone", "arguments": {}}}], "criterion 'c1': there is no check 'gone'"),
    ):
        with pytest.raises(ItemsError, match=re.escape(words)):
            study(own(criteria), rubric=rubric)
    two = rw.Rubric("t", dimensions=[rw.Dimension(name, "?", Checklist(from_item=True)) for name in ("a", "b")])
    with pytest.raises(
        ItemsError, match=re.escape("'criteria' takes a list for each of 'a', 'b' by name (got one list)")
    ):
        study(own(["x"]), rubric=two)


def test_an_items_own_points_may_come_to_0_by_chance() -> None:
    rubric = rw.Rubric("t", dimensions=[rw.Dimension("expert", "?", Checklist(from_item=True))])
    one = study(own(["a", {"text": "b", "points": -1}]), rubric=rubric)
    one.add_checks([{"item": "a", "rater": "ana", "criterion": name, "met": name == "c1"} for name in ("c1", "c2")])
    assert one.scores()["score"].to_list() == [1.0]


def test_gold_may_name_verdicts_by_criterion() -> None:
    gold = {"answers": {"r": {"expert": {"c1": True}}}}
    item = {"id": "a", "prompt": "p", "responses": [{"id": "r", "text": "x"}], "gold": gold}
    study(item)
    with pytest.raises(ItemsError, match="takes verdicts on its criteria"):
        study({**item, "gold": {"answers": {"r": {"expert": {"c7": True}}}}})
