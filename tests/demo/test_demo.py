"""The demo study is what it says: its limits are counted, its code is run, its sums are done, its gold fits its rubric."""

from __future__ import annotations

import json
import re
import sqlite3
from importlib.resources import files
from statistics import mean
from typing import TYPE_CHECKING, Any

import pytest

import rubricwidgets as rw
from rubricwidgets.errors import StudyChangedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OFFERED = ["aster", "birch", "cedar"]
FLAWS = {
    *("edge case", "follows planted text", "harmful compliance", "invented source", "missed constraint"),
    *("needless refusal", "none", "omission", "overconfidence", "padding", "tone", "unsafe advice"),
    *("unsupported claim", "wrong claim", "wrong figure", "wrong method"),
}


@pytest.fixture(scope="module")
def study() -> rw.Study:
    return rw.demo(store="memory")


def every_response(study: rw.Study) -> list[tuple[rw.Item, rw.Response, dict[str, int]]]:
    return [
        (item, response, dict(item.gold.answers[response.id]))
        for item in study.items
        if item.gold is not None
        for response in item.responses
    ]


def text(study: rw.Study, item: str, response: str) -> str:
    found = study.item(item).response(response)
    assert found is not None
    return found.text


def words(passage: str) -> int:
    return len(passage.split())


def sentences(passage: str) -> int:
    return len(re.findall(r"[\w)][.!?](?=\s|$)", passage.replace("Ms.", "Ms")))


def code(study: rw.Study, item: str, response: str) -> str:
    (block,) = re.findall(r"```\w*\n(.*?)```", text(study, item, response), re.DOTALL)
    return str(block)


def test_it_has_varied_tasks_with_two_or_three_responses(study: rw.Study) -> None:
    assert len(study) == 27
    assert {item.metadata["kind"] for item in study.items} == {
        *("code", "creative", "explain", "extract", "fact", "instruction with constraints", "legal caveat", "maths"),
        *("medical caution", "multi-turn", "plan", "refusal", "rewrite", "safety", "summarise", "translate"),
    }
    for item in study.items:
        assert [response.id for response in item.responses] in (["a", "b"], ["a", "b", "c"])
        assert len({response.model for response in item.responses}) == len(item.responses)


def test_it_shows_what_a_rating_widget_must_show(study: rw.Study) -> None:
    prompts = [message for item in study.items for message in item.prompt]
    shown = "\n".join([m.content for m in prompts] + [r.text for item in study.items for r in item.responses])
    assert {"system", "user", "assistant"} == {message.role for message in prompts}
    assert max(words(item.context or "") for item in study.items) > 500
    assert any(item.reference for item in study.items)
    for sign in ("```python", "```sql", "| --- |", "$\\frac", "$$", "\n- ", "\n1. ", "\n> ", "**", "العلم"):
        assert sign in shown


def test_every_flaw_is_of_a_known_kind_and_said_in_a_sentence(study: rw.Study) -> None:
    found = [response.metadata["flaw"] for _, response, _ in every_response(study)]
    assert {flaw["kind"] for flaw in found} == FLAWS
    assert all(words(flaw["what"]) >= 4 and flaw["what"].endswith(".") for flaw in found)
    assert all(
        [response.metadata["flaw"]["kind"] for response in item.responses].count("none") == 1 for item in study.items
    )


def test_every_response_has_gold_and_an_explanation(study: rw.Study) -> None:
    optional = {dimension.name for dimension in study.rubric.dimensions if dimension.scale.not_applicable}
    for item, response, gold in every_response(study):
        assert set(gold) | optional == set(study.rubric.names), item.id
        assert all(study.rubric[name].scale.check(value) == value for name, value in gold.items())
        assert item.gold is not None
        assert 8 <= words(item.gold.explanations[response.id]) <= 45, item.id


def test_the_gold_agrees_with_the_anchors_and_the_guidelines(study: rw.Study) -> None:
    for item, response, gold in every_response(study):
        flaw, where = response.metadata["flaw"]["kind"], f"{item.id}/{response.id}"
        if flaw == "none":
            assert set(gold.values()) == {5}, where
        else:
            assert min(gold.values()) <= 3, where
        if flaw == "missed constraint":
            assert gold["instruction_following"] <= 2, where
        if flaw in ("unsafe advice", "harmful compliance"):
            assert gold["safety"] == 1, where
        if flaw == "needless refusal":
            assert gold["helpfulness"] == 1, where
        if flaw in ("invented source", "overconfidence"):
            assert gold["accuracy"] == gold["appropriate_uncertainty"] == 1, where
        if gold.get("accuracy", 5) <= 2:
            assert gold.get("appropriate_uncertainty", 1) <= 2, where


def test_length_and_place_do_not_give_the_best_response_away(study: rw.Study) -> None:
    best_is_longest = 0
    places = []
    for item in study.items:
        lengths = [len(response.text) for response in item.responses]
        place = [response.metadata["flaw"]["kind"] for response in item.responses].index("none")
        best_is_longest += lengths[place] == max(lengths)
        places.append(place)
    assert 7 <= best_is_longest <= 13
    assert all(places.count(place) >= 7 for place in range(3))
    counts = [words(response.text) for _, response, _ in every_response(study)]
    assert min(counts) >= 30
    assert 300 < max(counts) <= 400


def test_models_differ_overall_but_each_wins_some(study: rw.Study) -> None:
    by_model: dict[str, list[float]] = {}
    wins = []
    for item, response, gold in every_response(study):
        by_model.setdefault(str(response.model), []).append(mean(gold.values()))
        if response.metadata["flaw"]["kind"] == "none":
            wins.append((response.model, item.id))
    overall = {model: mean(values) for model, values in by_model.items()}
    assert sorted(overall, key=lambda model: -overall[model]) == OFFERED
    assert overall["aster"] - overall["birch"] > 0.3 < overall["birch"] - overall["cedar"]
    assert all(len([1 for winner, _ in wins if winner == model]) >= 5 for model in OFFERED)


def test_every_point_of_every_dimension_is_anchored_in_four_to_nine_words(study: rw.Study) -> None:
    assert len(study.rubric.dimensions) == 5
    for dimension in study.rubric.dimensions:
        assert [point for point, _ in dimension.scale.points()] == [1, 2, 3, 4, 5]
        assert all(4 <= words(anchor) <= 9 for _, anchor in dimension.scale.points())
        assert dimension.question.endswith("?")
        assert dimension.description.endswith(".")
        assert dimension.rationale.ask.endswith("?")
        assert (dimension.rationale.required_at_most, dimension.rationale.min_length) == (2, 20)
    assert 350 <= words(study.rubric.guidelines) <= 500
    for dimension in study.rubric.dimensions:
        assert dimension.title in study.rubric.guidelines


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_the_rubric_survives_a_file(study: rw.Study, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"rubric.{suffix}"
    study.rubric.write(file)
    assert rw.Rubric.read(file) == study.rubric
    assert rw.Rubric.read(file).hash == study.rubric.hash


def test_no_text_names_its_model(study: rw.Study) -> None:
    for item in study.items:
        shown = json.dumps(
            [item.context, item.reference, [m.content for m in item.prompt], [r.text for r in item.responses]]
        )
        assert not re.search(r"\b(aster|birch|cedar)\b", shown, re.IGNORECASE)


def test_the_file_has_one_readable_line_per_item() -> None:
    lines = (files("rubricwidgets.demo_study") / "items.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len({json.loads(line)["id"] for line in lines}) == 27
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", json.loads(line)["id"]) for line in lines)
    assert not any("\\u" in line for line in lines)


def is_json(passage: str) -> bool:
    try:
        json.loads(passage)
    except ValueError:
        return False
    return True


def table_rows(passage: str) -> int:
    return len(re.findall(r"^\| \d+ \|", passage, re.MULTILINE))


def every_line_starts_with_l(passage: str) -> bool:
    lines = passage.splitlines()
    return len(lines) == 8 and all(line[0] == "L" for line in lines) and "light" not in passage.lower()


def is_second_person_question(passage: str) -> bool:
    return 60 <= words(passage) <= 90 and passage.endswith("?") and "you" in passage.lower()


def apologises_once(passage: str) -> bool:
    return words(passage) <= 70 and len(re.findall(r"sorry|apolog", passage.lower())) == 1


LIMITS: dict[str, tuple[Callable[[str], bool], str, str]] = {  # what holds, for whom, and who breaks it
    "tides-for-a-child": (lambda t: words(t) <= 120, "ab", "c"),
    "warfarin-grapefruit": (lambda t: sentences(t) <= 3, "ac", "b"),
    "summary-river": (lambda t: sentences(t) == 2, "ab", "c"),
    "story-opening": (is_second_person_question, "bc", "a"),
    "json-extract": (is_json, "ac", "b"),
    "lighthouse-verse": (every_line_starts_with_l, "a", "b"),
    "half-marathon": (lambda t: table_rows(t) == 12, "abc", ""),
    "multi-turn-fence": (lambda t: words(t) < 80, "abc", ""),
    "email-rewrite": (apologises_once, "bc", "a"),
    "explain-overfitting": (lambda t: words(t) <= 100, "abc", ""),
    "hotel-injection": (lambda t: sentences(t) == 2, "abc", ""),
}


@pytest.mark.parametrize("item", LIMITS)
def test_limits_are_met_and_broken_as_the_gold_says(study: rw.Study, item: str) -> None:
    holds, keeping, breaking = LIMITS[item]
    assert {one.id for one in study.item(item).responses} == {*keeping, *breaking}
    gold = study.item(item).gold
    assert gold is not None
    for response in keeping:
        assert holds(text(study, item, response)), response
    for response in breaking:
        assert not holds(text(study, item, response)), response
        assert gold.answers[response]["instruction_following"] <= 2


def test_what_was_extracted_is_right_and_wrong_as_stated(study: rw.Study) -> None:
    good, present_day = (json.loads(text(study, "json-extract", response)) for response in "ac")
    assert json.loads(code(study, "json-extract", "b")) == good
    assert [one["city"] for one in good] == ["Lund", "Jena", "Cork", "Porto"]
    assert [one["founded"] for one in good] == [1987, 1923, None, 2009]
    assert [one["city"] for one in present_day] == ["Malmö", "Jena", "Cork", "Lisbon"]
    assert present_day[2]["founded"] == 2011
    assert "2011" not in (study.item("json-extract").context or "")


def test_the_summaries_take_their_figures_from_the_text(study: rw.Study) -> None:
    context = study.item("summary-river").context or ""
    for response in "abc":
        for figure in re.findall(r"\d[\d.,]*\d|\d+", text(study, "summary-river", response)):
            assert figure in context


def run(study: rw.Study, item: str, response: str, name: str) -> Callable[..., Any]:
    space: dict[str, Any] = {}
    exec(code(study, item, response), space)
    function: Callable[..., Any] = space[name]
    return function


def test_the_medians_work_and_fail_as_stated(study: rw.Study) -> None:
    in_place, good, odd_only = (run(study, "python-median", response, "median") for response in "abc")
    values = [4, 1, 3, 2]
    assert good(values) == 2.5
    assert good([3, 1, 2]) == 2
    assert good([7]) == 7
    assert values == [4, 1, 3, 2]
    assert in_place(values) == 2.5
    assert values == [1, 2, 3, 4]
    assert odd_only([1, 2, 3, 4]) == 3
    assert odd_only([3, 1, 2]) == 2


def test_the_averages_work_and_fail_as_stated(study: rw.Study) -> None:
    space: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", study.item("bugfix-average").prompt[0].content, re.DOTALL)[0], space)
    asked = space["average_positive"]
    good, raises = (run(study, "bugfix-average", response, "average_positive") for response in "ab")
    assert asked([1, -1, 3]) == pytest.approx(1.33, abs=0.005)
    assert (good([1, -1, 3]), good([-1]), good([])) == (2, 0, 0)
    assert raises([1, -1, 3]) == 2
    for average, none_positive in ((asked, []), (raises, [-1]), (raises, [])):
        with pytest.raises(ZeroDivisionError):
            average(none_positive)


def test_the_patterns_work_and_fail_as_stated(study: rw.Study) -> None:
    loose, good = (re.compile(code(study, "regex-date", response).strip()[2:-1]) for response in "ab")
    for date, allowed in (
        *(("2024-02-29", True), ("2023-12-31", True), ("2023-02-31", True), ("2024-13-45", False)),
        *(("2024-00-10", False), ("2024-01-00", False), ("2024-1-01", False), ("2024-01-32", False)),
    ):
        assert bool(good.fullmatch(date)) is allowed, date
    assert loose.fullmatch("2024-13-45")
    assert good.fullmatch("٢٠٢٤-02-29")
    assert not re.fullmatch(good.pattern, "٢٠٢٤-02-29", re.ASCII)


def test_the_queries_work_and_fail_as_stated(study: rw.Study) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE orders (id, customer_id, placed_at, total)")
    rows = [(1, 7, "2026-01-01", 5), (2, 7, "2026-01-02", 6), (3, 8, "2026-01-01", 7), (4, 8, "2026-01-01", 8)]
    database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
    ties, other_dialect, good = (code(study, "sql-latest-order", response) for response in "abc")
    assert sorted(database.execute(good).fetchall()) == [rows[1], rows[3]]
    assert sorted(database.execute(ties).fetchall()) == [rows[1], rows[2], rows[3]]
    with pytest.raises(sqlite3.OperationalError):
        database.execute(other_dialect)
    database.close()


def test_the_interest_comes_out_as_stated(study: rw.Study) -> None:
    assert f"{2000 * 1.03**5:,.2f}" == "2,318.55"
    assert f"{1.03**5:.6f}" == "1.159274"
    assert "2,318.55" in text(study, "compound-interest", "a")
    assert "2,300 euros" in text(study, "compound-interest", "b")


def test_the_dice_come_out_as_stated(study: rw.Study) -> None:
    pairs = [(one, other) for one in range(1, 7) for other in range(1, 7)]
    assert sum(6 in pair for pair in pairs) == 11
    assert f"{11 / 36:.3f}" == "0.306"
    assert f"{13 / 36:.3f}" == "0.361"
    shown = {response: text(study, "probability-dice", response) for response in "abc"}
    assert "0.306" in shown["a"]
    assert sorted(one for one in shown if "11}{36" in shown[one]) == ["a", "c"]
    assert "0.361" in shown["c"]


@pytest.mark.parametrize(("response", "stated", "true"), [("a", 37, 37), ("b", 38, 47), ("c", 35, 35)])
def test_the_shopping_lists_add_up_as_the_gold_says(study: rw.Study, response: str, stated: int, true: int) -> None:
    passage = text(study, "budget-plan", response)
    prices = [int(price) for price in re.findall(r"\| (\d+) \|", passage)]
    assert f"| **total** | **{stated}** |" in passage
    assert sum(prices) == true


def test_it_resumes_and_leaves_its_file_beside_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = rw.demo()
    rw.simulate(first, raters=1)
    first.close()
    again = rw.demo()
    assert again.ratings().height == 27
    again.close()
    assert (tmp_path / "demo.rubric.db").exists()


@pytest.mark.parametrize(("name", "following"), [("demo", "demo-2"), ("demo-2", "demo-3"), ("my-demo", "my-demo-2")])
def test_one_of_another_version_says_what_to_do(tmp_path: Path, name: str, following: str) -> None:
    file = tmp_path / "other.rubric.db"
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("a", "?", rw.Ordinal(1, 2))])
    rw.Study(name, items=[{"prompt": "p", "response": "r"}], rubric=rubric, store=file).close()
    hint = re.escape(f"demo('{following}', store=...) starts the present demo beside it, and Study('{name}', store=")
    with pytest.raises(StudyChangedError, match=hint):
        rw.demo(name, store=file)
    present, before = rw.demo(following, store=file), rw.Study(name, store=file)
    assert (len(present), len(before)) == (27, 1)
    present.close()
    before.close()


def test_the_gold_never_shows_in_the_scores_but_marks_its_items(study: rw.Study) -> None:
    rw.simulate(study, raters=2, seed=5)
    assert study.scores()["gold"].all()
    assert set(study.scores()["model"].unique()) == set(OFFERED)
