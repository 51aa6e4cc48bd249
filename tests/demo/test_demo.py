"""The demo study is what it says: its constraints are counted, its code is run, its gold fits its rubric."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import StudyChangedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def study() -> rw.Study:
    return rw.demo(store="memory")


def text(study: rw.Study, item: str, response: str) -> str:
    found = study.item(item).response(response)
    assert found is not None
    return found.text


def words(passage: str) -> int:
    return len(passage.split())


def code(study: rw.Study, item: str, response: str) -> str:
    (block,) = re.findall(r"```\w*\n(.*?)```", text(study, item, response), re.DOTALL)
    return str(block)


def test_it_has_varied_tasks_with_two_or_three_responses_of_known_flaw(study: rw.Study) -> None:
    assert len(study) >= 24
    kinds = {item.metadata["kind"] for item in study.items}
    assert kinds >= {
        *("explain", "summarise", "code", "maths", "medical caution", "legal caveat", "creative", "refusal"),
        "instruction with constraints",
    }
    for item in study.items:
        assert 2 <= len(item.responses) <= 3
        assert len({response.model for response in item.responses}) == len(item.responses)
        for response in item.responses:
            assert response.metadata["flaw"]


def test_every_response_has_gold_and_an_explanation(study: rw.Study) -> None:
    optional = {dimension.name for dimension in study.rubric.dimensions if dimension.scale.not_applicable}
    for item in study.items:
        assert item.gold is not None
        for response in item.responses:
            answered = set(item.gold.answers[response.id])
            assert answered | optional == set(study.rubric.names)
            assert words(item.gold.explanations[response.id]) >= 5


def test_every_point_of_every_dimension_is_anchored_in_a_few_words(study: rw.Study) -> None:
    assert len(study.rubric.dimensions) == 5
    for dimension in study.rubric.dimensions:
        anchors = dimension.scale.anchors  # type: ignore[attr-defined]
        assert set(anchors) == {1, 2, 3, 4, 5}
        assert all(2 <= words(anchor) <= 9 for anchor in anchors.values())
    assert 300 <= words(study.rubric.guidelines) <= 600


def test_no_text_names_its_model(study: rw.Study) -> None:
    for item in study.items:
        shown = json.dumps(
            [item.context, item.reference, [m.content for m in item.prompt], [r.text for r in item.responses]]
        )
        assert not re.search(r"\b(aster|birch|cedar)\b", shown, re.IGNORECASE)


def test_models_differ_overall_but_none_always_wins(study: rw.Study) -> None:
    gold: dict[str, list[float]] = {}
    best: set[str] = set()
    for item in study.items:
        assert item.gold is not None
        means = {}
        for response in item.responses:
            values = list(item.gold.answers[response.id].values())
            means[str(response.model)] = sum(values) / len(values)
        best.add(max(means, key=lambda model: means[model]))
        for model, mean in means.items():
            gold.setdefault(model, []).append(mean)
    overall = {model: sum(values) / len(values) for model, values in gold.items()}
    assert overall["aster"] > overall["birch"] > overall["cedar"]
    assert best == {"aster", "birch", "cedar"}


LIMITS: list[tuple[str, str, Callable[[str], bool], bool]] = [
    ("tides-for-a-child", "a", lambda t: words(t) <= 120, True),
    ("warfarin-grapefruit", "a", lambda t: len(re.findall(r"[.!?](\s|$)", t)) <= 3, True),
    ("warfarin-grapefruit", "b", lambda t: len(re.findall(r"[.!?](\s|$)", t)) <= 3, False),
    ("summary-river", "a", lambda t: len(re.findall(r"[a-z][.](\s|$)", t)) == 2, True),
    ("summary-river", "c", lambda t: len(re.findall(r"[a-z][.](\s|$)", t)) == 2, False),
    ("haiku-roof", "a", lambda t: not re.search("rain", t, re.IGNORECASE), True),
    ("haiku-roof", "b", lambda t: not re.search("rain", t, re.IGNORECASE), False),
    ("decline-wedding", "a", lambda t: words(t) <= 60, True),
    ("json-extract", "a", lambda t: set(json.loads(t)) == {"name", "city", "founded"}, True),
    ("limerick-constraint", "a", lambda t: "light" not in t.lower() and all(x[0] == "L" for x in t.splitlines()), True),
    ("limerick-constraint", "b", lambda t: "light" not in t.lower(), False),
    ("multi-turn-fence", "a", lambda t: words(t) < 80, True),
    ("complaint-tone", "a", lambda t: words(t) <= 70 and len(re.findall("sorry|apolog", t.lower())) == 1, True),
    ("complaint-tone", "b", lambda t: len(re.findall("sorry|apolog", t.lower())) == 1, False),
    ("explain-overfitting", "a", lambda t: words(t) <= 100, True),
    ("hotel-injection", "a", lambda t: t.count(".") == 1, True),
]


@pytest.mark.parametrize(("item", "response", "holds", "met"), LIMITS, ids=[f"{i}-{r}" for i, r, _, _ in LIMITS])
def test_limits_are_met_or_broken_as_the_gold_says(
    study: rw.Study, item: str, response: str, holds: Callable[[str], bool], met: bool
) -> None:
    assert holds(text(study, item, response)) is met
    gold = study.item(item).gold
    assert gold is not None
    assert (gold.answers[response]["instruction_following"] >= 4) is met


def run(study: rw.Study, item: str, response: str, name: str) -> Callable[..., Any]:
    space: dict[str, Any] = {}
    exec(code(study, item, response), space)
    function: Callable[..., Any] = space[name]
    return function


def test_the_medians_work_and_fail_as_stated(study: rw.Study) -> None:
    good, in_place, odd_only = (run(study, "python-median", response, "median") for response in "abc")
    values = [4, 1, 3, 2]
    assert good(values) == 2.5
    assert values == [4, 1, 3, 2]
    assert in_place(values) == 2.5
    assert values == [1, 2, 3, 4]
    assert odd_only([1, 2, 3, 4]) == 3
    assert odd_only([3, 1, 2]) == 2


def test_the_averages_work_and_fail_as_stated(study: rw.Study) -> None:
    good, raises = (run(study, "bugfix-average", response, "average_positive") for response in "ab")
    assert (good([1, -1, 3]), good([-1]), good([])) == (2, 0, 0)
    assert raises([1, -1, 3]) == 2
    with pytest.raises(ZeroDivisionError):
        raises([-1])


def test_the_patterns_work_and_fail_as_stated(study: rw.Study) -> None:
    good, loose = (re.compile(code(study, "regex-date", response).strip()[2:-1]) for response in "ab")
    for date, allowed in (("2024-02-29", True), ("2024-13-45", False), ("2024-00-10", False), ("2023-12-31", True)):
        assert bool(good.fullmatch(date)) is allowed
    assert loose.fullmatch("2024-13-45")


def test_the_queries_work_and_fail_as_stated(study: rw.Study) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE orders (id, customer_id, placed_at, total)")
    rows = [(1, 7, "2026-01-01", 5), (2, 7, "2026-01-02", 6), (3, 8, "2026-01-01", 7), (4, 8, "2026-01-01", 8)]
    database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
    good, ties, wrong = (code(study, "sql-latest-order", response) for response in "abc")
    assert sorted(database.execute(good).fetchall()) == [rows[1], rows[3]]
    assert sorted(database.execute(ties).fetchall()) == [rows[1], rows[2], rows[3]]
    with pytest.raises(sqlite3.OperationalError):
        database.execute(wrong)
    database.close()


def test_sums_come_out_as_stated() -> None:
    assert round(2000 * 1.03**5, 2) == 2318.55
    assert sum((6, 9, 7, 7, 6)) == 35
    assert sum(6 in (one, other) for one in range(1, 7) for other in range(1, 7)) == 11


def test_it_resumes_and_a_changed_one_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "demo.rubric.db"
    first = rw.demo(store=file)
    rw.simulate(first, raters=1)
    first.close()
    again = rw.demo(store=file)
    assert again.ratings().height == 27
    again.close()
    other = tmp_path / "other.rubric.db"
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("a", "?", rw.Ordinal(1, 2))])
    rw.Study("demo", items=[{"prompt": "p", "response": "r"}], rubric=rubric, store=other).close()
    with pytest.raises(StudyChangedError, match=re.escape("demo('demo-2') starts the present one")):
        rw.demo(store=other)


def test_the_gold_never_shows_in_the_scores_but_marks_its_items(study: rw.Study) -> None:
    rw.simulate(study, raters=2, seed=5)
    assert study.scores()["gold"].all()
    assert isinstance(study.scores(), pl.DataFrame)
