"""What a study gives back as frames can be added again, exactly as it was."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError
from tests.every_scale import ITEMS, RUBRIC, study

SIDES = ("study", "revision", "source", "flagged")


def full() -> rw.Study:
    one = study()
    rw.simulate(one, 3, seed=4)
    return one


@pytest.mark.parametrize("frame", ["comparisons", "rankings", "checks", "spans", "texts"])
def test_what_a_frame_holds_comes_back_exactly(frame: str) -> None:
    before = getattr(full(), frame)()
    assert before.height
    other = study()
    add = getattr(other, f"add_{frame}")
    assert add(before) == 6
    after = getattr(other, frame)()
    assert_frame_equal(after.drop(SIDES), before.drop(SIDES))
    assert add(before) == 0


def test_scores_come_back_exactly() -> None:
    plain = RUBRIC.without("better", "order", "some", "ends", "form", "errors", "ideal")
    one = rw.Study("plain", items=ITEMS, rubric=plain, store="memory")
    rw.simulate(one, 3, seed=4)
    other = rw.Study("plain", items=ITEMS, rubric=plain, store="memory")
    assert other.add_scores(one.scores()) == 6
    assert_frame_equal(other.scores().drop(SIDES), one.scores().drop(SIDES))


@pytest.mark.parametrize(
    ("name", "frame"), [("better", "comparisons"), ("order", "rankings"), ("form", "checks"), ("errors", "spans")]
)
def test_a_score_that_does_not_hold_the_whole_answer_names_the_frame_that_does(name: str, frame: str) -> None:
    row = {"item": "i", "response": "r0", "rater": "ana", "dimension": name, "score": 0.5}
    with pytest.raises(AnswerError, match=f"row 1: '{name}' takes .*: give study.{frame}\\(\\) to add_{frame}"):
        study().add_scores([row])
