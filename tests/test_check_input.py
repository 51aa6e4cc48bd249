"""Verdicts on criteria from elsewhere: read exactly, refused with every row, and a published benchmark's program verdicts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.check_input import read_checks
from rubricwidgets.errors import AnswerError, InputError, UnknownKeywordError
from rubricwidgets.revising import revised
from rubricwidgets.scales.checklist import Checklist

DATA = Path(os.environ.get("RUBRICWIDGETS_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")

SCALE = Checklist(["Names the risk", {"id": "dose", "text": "Gives a dose", "points": -2}], from_item=True)
RUBRIC = rw.Rubric("t", dimensions=[rw.Dimension("form", "?", SCALE), rw.Dimension("tone", "?", rw.Ordinal(1, 5))])
ITEMS = [
    rw.Item(
        "May I?",
        [rw.Response("Be careful, be slow.", id="x", model="m1"), rw.Response("No.", id="y", model="m2")],
        id="one",
        criteria=[{"id": "own", "text": "Is short", "check": "max_words", "limit": 2, "points": 3}],
    ),
    rw.Item("Hello", ["Hi"], id="two", criteria=[{"id": "own", "text": "Greets", "points": 2}]),
]


def row(**more: Any) -> dict[str, Any]:
    return {"item": "one", "response": "x", "rater": "ana", "criterion": "c1", "met": True, **more}


def verdicts(frame: Any, **more: Any) -> list[tuple[Any, ...]]:
    return [
        (rating.item, rating.rater, answer.response, one["criterion"], one["met"])
        for rating in read_checks(frame, RUBRIC, ITEMS, **more)
        for answer in rating.answers
        for one in answer.value
    ]


def test_a_row_is_a_verdict_and_rows_of_one_response_are_one_answer() -> None:
    frame = [
        row(met="met"),
        row(criterion="gives a  DOSE", met=0),
        row(criterion="own", met=None, not_applicable=True),
        row(response="m2", met="no"),
        row(rater="ben", met=None, not_applicable=False),  # not judged
        row(item="two", response=None, criterion="Greets", met="yes"),
    ]
    expected = [
        ("one", "ana", "x", "c1", True),
        ("one", "ana", "x", "dose", False),
        ("one", "ana", "x", "own", None),
        ("one", "ana", "y", "c1", False),
        ("two", "ana", ITEMS[1].responses[0].id, "own", True),
    ]
    assert verdicts(frame) == expected
    assert verdicts(pl.DataFrame(frame, strict=False)) == expected
    assert verdicts(pd.DataFrame(frame)) == expected


def test_the_programs_word_is_taken_from_the_frame_or_else_asked_for() -> None:
    (rating,) = read_checks(
        [row(criterion="own", met=1), row(response="y", criterion="own", met=1, machine=0)], RUBRIC, ITEMS
    )
    assert [(one.response, one.value[0]["machine"], one.value[0]["note"]) for one in rating.answers] == [
        ("x", False, "4 words"),
        ("y", False, ""),
    ]


def test_evidence_has_a_place_where_the_response_has_it_once() -> None:
    (rating,) = read_checks([row(evidence="careful"), row(criterion="dose", evidence="be")], RUBRIC, ITEMS)
    (rest,) = read_checks([row(evidence="says so somewhere")], RUBRIC, ITEMS)
    first, second = rating.answers[0].value
    assert first["evidence"] == {"start": 3, "end": 10, "text": "careful"}
    assert second["evidence"] == {"start": 12, "end": 14, "text": "be"}
    assert rest.answers[0].value[0]["evidence"] == {"start": None, "end": None, "text": "says so somewhere"}


def test_every_row_that_does_not_fit_is_told_and_nothing_is_read() -> None:
    frame = [
        row(item="three"),
        row(response="z"),
        row(criterion="dosis"),
        row(criterion=None),
        row(met="perhaps"),
        row(met=True, not_applicable=True),
        row(criterion="dose", dimension="tone"),
        row(),
        row(met=False),
        row(dimension="from"),
    ]
    with pytest.raises(AnswerError) as caught:
        read_checks([{"dimension": "form", **one} for one in frame], RUBRIC, ITEMS)
    for words in (
        "row 1: the study has no item 'three'",
        "row 2: item 'one' has no response 'z'",
        "row 3: 'form' takes verdicts on its criteria (got one on 'dosis'; did you mean 'dose'?)",
        "row 4: 'form' takes a criterion, which is missing here",
        "row 5: 'form' takes met, not met or n/a, yes or no, 1 or 0 as verdict on a criterion (got 'perhaps')",
        "row 6: 'form' takes a verdict or not applicable, not both (got 'true')",
        "row 7: 'tone' takes 1 to 5, and no verdicts on criteria; those go to 'form'",
        "row 9: 'form' takes one verdict on each criterion, and that on 'c1' stands in row 8 already",
        "row 10: there is no dimension 'from'; did you mean 'form'?",
        "Nothing was added.",
    ):
        assert words in str(caught.value)
    assert len(caught.value.problems) == 9


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("criterion", "'criterion' takes a column with the criteria's ids or texts, which is missing"),
        ("met", "'met' takes a column with the verdicts, which is missing"),
        ("rater", "'rater' takes a column that says who rated"),
        ("item", "'item' takes a column with item ids"),
    ],
)
def test_a_missing_column_is_named(lacking: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_checks([{key: value for key, value in row().items() if key != lacking}], RUBRIC, ITEMS)


def test_columns_have_their_own_names_and_unknown_words_are_refused() -> None:
    named = [{"item": "two", "rule": "c1", "ok": "y"}]
    assert verdicts(named, rater_name="program", criterion="rule", met="ok")[0][-2:] == ("c1", True)
    with pytest.raises(UnknownKeywordError, match="did you mean 'criterion'"):
        read_checks(named, RUBRIC, ITEMS, criterium="rule")


def test_a_rubric_with_none_or_several_checklists_says_so() -> None:
    none = rw.Rubric("t", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 5))])
    with pytest.raises(InputError, match="no dimension for verdicts on criteria"):
        read_checks([row()], none, ITEMS)
    two = rw.Rubric("t", dimensions=[rw.Dimension(name, "?", Checklist(["x"])) for name in ("a", "b")])
    with pytest.raises(InputError, match="'dimension' takes one of 'a', 'b'"):
        read_checks([row()], two, ITEMS)
    assert read_checks([row()], two, ITEMS, dimension="b")[0].answers[0].dimension == "b"


def test_what_a_study_gives_back_can_be_added_again(tmp_path: Path) -> None:
    study = rw.Study("s", items=ITEMS, rubric=RUBRIC, store=tmp_path / "s.rubric.db")
    frame = [
        row(evidence="careful"),
        row(criterion="own", met=None, not_applicable=True),
        row(item="two", response=None, met=0),
    ]
    study.append(read_checks(frame, RUBRIC, ITEMS), complete=False)
    again = read_checks(study.checks(), RUBRIC, ITEMS)
    before = {(rating.item, rating.rater): rating for rating in read_checks(frame, RUBRIC, ITEMS)}
    assert revised(again, before, RUBRIC, {one.id: one for one in ITEMS}) == []


def test_ifbenchs_program_verdicts_give_its_strict_accuracy(tmp_path: Path) -> None:
    """274 responses, 57 kinds of constraint (Pyatkin et al. 2025); 0.2664 of the prompts have all of theirs met."""
    source = DATA / "10_instruction_following" / "ifbench_verdicts.jsonl"
    if not source.is_file():
        pytest.skip("the data folder has no 10_instruction_following (RUBRICWIDGETS_DATA names another folder)")
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    records = [
        {
            "id": one["item_id"],
            "prompt": one["prompt"],
            "response": one["response"],
            "criteria": {
                "constraints": [{"id": check["check_id"], "text": check["check_id"]} for check in one["checks"]]
            },
        }
        for one in rows
    ]
    rubric = rw.Rubric("ifbench", dimensions=[rw.Dimension("constraints", "Which are met?", Checklist(from_item=True))])
    study = rw.Study("ifbench", items=records, rubric=rubric, store=tmp_path / "ifbench.rubric.db")
    for kind, share in (("strict", 0.2664), ("loose", 0.3066)):
        frame = pl.DataFrame([{"item": one["item_id"], **check} for one in rows for check in one["checks"]])
        ratings = read_checks(frame, rubric, study.items, rater_name=kind, met=kind)
        assert len(study.append(ratings, complete=False)) == 274
        checks = study.checks().filter(rater=kind)
        assert checks.height == 314
        assert checks["criterion"].n_unique() == 57
        whole = checks.group_by("item").agg(pl.col("met").all())["met"].mean()
        assert round(whole, 4) == share
        scores = study.scores().filter(rater=kind)
        assert round((scores["score"] == 1).mean(), 4) == share
    assert set(study.scores()["label"]) <= {
        f"{n} of {of} point{'s' if of > 1 else ''}" for of in (1, 2) for n in range(of + 1)
    }
    assert study.checks()["earned"].sum() == study.checks()["met"].sum()


def test_a_verdict_that_is_not_there_is_refused_unless_the_frame_says_that_nobody_judged() -> None:
    study = rw.Study("s", items=ITEMS, rubric=RUBRIC, store="memory")
    with pytest.raises(AnswerError, match="takes yes, no or 'n/a' in the column 'met' \\(got nothing\\)"):
        study.add_checks([row(), row(criterion="own", met=None)])
    assert study.checks().is_empty()
    study.add_checks([row(not_applicable=False), row(criterion="own", met=None, not_applicable=False)])
    assert study.checks().drop_nulls("met").height == 1
