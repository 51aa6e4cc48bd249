"""The front door: start, resume, refuse what changed, take scores from elsewhere, export and merge."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import (
    AnswerError,
    InputError,
    ItemsError,
    StoreCorruptError,
    StoreError,
    StudyChangedError,
    StudyError,
    UnknownItemError,
    UnknownStudyError,
)
from rubricwidgets.store import open_store
from tests.store.contract import event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ITEMS: list[dict[str, Any]] = [
    {"id": "hi", "prompt": "Say hello.", "response": "Hello!", "model": "aster"},
    {"id": "bye", "prompt": "Say goodbye.", "response": "Goodbye.", "model": "birch"},
]


def rubric(high: int = 5) -> rw.Rubric:
    return rw.Rubric(
        "tone",
        dimensions=[
            rw.Dimension("tone", "Is the tone right?", rw.Ordinal(1, high)),
            rw.Dimension("polite", "Is it polite?", rw.Binary()),
        ],
    )


def rating(item: str, rater: str, tone: int, **changed: Any) -> rw.Rating:
    fields: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "item": item,
        "rater": rater,
        "answers": (
            rw.Answer("tone", tone, response=response_of(item)),
            rw.Answer("polite", True, response=response_of(item)),
        ),
        "submitted_at": datetime(2026, 5, 1, tzinfo=UTC),
        "rubric": rubric().hash,
        **changed,
    }
    return rw.Rating(**fields)


def response_of(item: str) -> str:
    return next(one for one in rw.read_items(ITEMS) if one.id == item).responses[0].id


def test_a_study_is_saved_beside_the_notebook_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    study = rw.Study("My pilot: round 1", items=ITEMS, rubric=rubric())
    study.append([rating("hi", "ana", 4)])
    study.close()
    (file,) = tmp_path.glob("*.rubric.db")
    assert "pilot" in file.name
    again = rw.Study("My pilot: round 1")
    assert again.scores().height == 2
    assert again.rubric == rubric()
    assert again.items == rw.read_items(ITEMS)
    again.close()


def test_the_same_items_and_rubric_resume_the_study(tmp_path: Path) -> None:
    file = tmp_path / "pilot.rubric.db"
    first = rw.Study("pilot", items=ITEMS, rubric=rubric(), store=file)
    first.close()
    second = rw.Study("pilot", items=ITEMS, rubric=rubric(), plan=rw.Plan(), store=file)
    assert second.id == first.id
    second.close()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"items": [*ITEMS, {"id": "new", "prompt": "p", "response": "r"}]}, "items added: 'new'"),
        ({"items": ITEMS[:1]}, "items gone: 'bye'"),
        (
            {"items": [{**ITEMS[0], "prompt": "Say hi."}, ITEMS[1]]},
            "item 'hi': prompt[0].content: 'Say hello.' -> 'Say hi.'",
        ),
        ({"items": ITEMS[::-1]}, "items: the same ones in another order"),
        ({"rubric": rubric(high=7)}, "dimension 'tone': scale.high: 5 -> 7"),
        ({"rubric": rw.Rubric("tone", dimensions=rubric().dimensions[:1])}, "dimensions gone: 'polite'"),
        (
            {"rubric": rw.Rubric("tone", dimensions=rubric().dimensions[::-1])},
            "dimensions: the same ones in another order",
        ),
        ({"rubric": rw.Rubric("tone", guidelines="New.", dimensions=rubric().dimensions)}, "guidelines: '' -> 'New.'"),
        ({"plan": rw.Plan(seed=1)}, "plan: seed: 0 -> 1"),
    ],
)
def test_what_changed_is_refused_with_what_it_was_and_how_to_go_on(
    tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    file = tmp_path / "pilot.rubric.db"
    rw.Study("pilot", items=ITEMS, rubric=rubric(), store=file).close()
    with pytest.raises(StudyChangedError) as caught:
        rw.Study("pilot", **{"items": ITEMS, "rubric": rubric(), "store": file, **changed})
    assert words in str(caught.value)
    assert f"Study('pilot', store={str(file)!r})" in str(caught.value)
    assert f"Study('pilot-2', ..., store={str(file)!r})" in str(caught.value)


def test_the_way_out_that_is_printed_leads_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for given in ({}, {"store": "kept.rubric.db"}, {"store": tmp_path / "other.rubric.db"}):
        rw.Study("pilot", items=ITEMS, rubric=rubric(), **given).close()  # type: ignore[arg-type]
        with pytest.raises(StudyChangedError) as caught:
            rw.Study("pilot", items=ITEMS[:1], rubric=rubric(), **given)  # type: ignore[arg-type]
        way_out = re.findall(r"Study\('pilot'[^)]*\)", str(caught.value))
        assert len(way_out) == 1
        again = eval(f"rw.{way_out[0]}")
        assert len(again) == 2
        again.close()


def test_an_unknown_name_without_items_says_what_the_file_holds(tmp_path: Path) -> None:
    file = tmp_path / "pilot.rubric.db"
    rw.Study("pilot", items=ITEMS, rubric=rubric(), store=file).close()
    with pytest.raises(UnknownStudyError, match="did you mean 'pilot'"):
        rw.Study("pilt", store=file)
    with pytest.raises(UnknownStudyError, match="items and rubric"):
        rw.Study("other", store="memory")


def test_a_study_of_prompts_begins_without_items_and_says_so_when_it_is_to_be_rated(tmp_path: Path) -> None:
    file = tmp_path / "prompts.rubric.db"
    study = rw.Study("prompts", rubric=rw.presets.prompt_writing(), store=file)
    study.converse(lambda messages: messages[-1]["content"], "ana")
    assert (len(study), study.scores().height, study.prompts()) == (0, 0, [])
    with pytest.raises(StudyError, match="'prompts' has no items to rate: it was begun without, for converse\\(\\)"):
        study.rate("ana")
    study.export(tmp_path / "prompts.zip")
    assert len(rw.Study.read(tmp_path / "prompts.zip")) == 0
    study.close()
    assert len(rw.Study("prompts", store=file)) == 0
    rw.Study("prompts-2", rubric=rw.presets.prompt_writing(), store=file)
    with pytest.raises(UnknownStudyError, match="to start one it takes items; did you mean 'prompts'"):
        rw.Study("promts", rubric=rw.presets.prompt_writing(), store=file)
    with pytest.raises(
        ItemsError, match=r"'items' takes one or more items \(got none\); a study of prompts .* leaves 'items' out"
    ):
        rw.Study("next", items=[], rubric=rubric(), store="memory")


@pytest.mark.parametrize("name", ["", "   ", None, 3])
def test_a_study_needs_a_name(name: object) -> None:
    with pytest.raises(InputError, match="'name' takes the study's name"):
        rw.Study(name, items=ITEMS, rubric=rubric(), store="memory")  # type: ignore[arg-type]


def test_a_rubric_may_be_a_file_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rubric.yaml"
    rubric().write(file)
    assert rw.Study("a", items=ITEMS, rubric=file, store="memory").rubric == rubric()
    with pytest.raises(InputError, match="'rubric' takes a Rubric"):
        rw.Study("a", items=ITEMS, rubric={"title": "t"}, store="memory")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="'plan' takes a Plan"):
        rw.Study("a", items=ITEMS, rubric=rubric(), plan="random", store="memory")  # type: ignore[arg-type]


def test_nothing_is_created_when_the_items_are_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ItemsError):
        rw.Study("pilot", items=[{"prompt": "p", "response": None}], rubric=rubric())
    gold = [{**ITEMS[0], "gold": {"answers": {response_of("hi"): {"tone": 9}}}}]
    with pytest.raises(ItemsError, match="'tone' takes 1 to 5"):
        rw.Study("pilot", items=gold, rubric=rubric())
    assert list(tmp_path.glob("*.db")) == []


def test_an_item_that_is_not_there_names_the_nearest() -> None:
    study = rw.Study("a", items=ITEMS, rubric=rubric(), store="memory")
    assert study.item("hi").responses[0].model == "aster"
    with pytest.raises(UnknownItemError, match="did you mean 'bye'"):
        study.item("byee")


def test_scores_from_elsewhere_are_added_once() -> None:
    study = rw.Study("a", items=ITEMS, rubric=rubric(), store="memory")
    wide = pl.DataFrame({"item": ["hi", "bye"], "rater": ["j", "j"], "tone": [4, 2], "polite": ["Yes", "No"]})
    assert study.add_scores(wide) == 2
    assert study.add_scores(wide) == 0
    scores = study.scores()
    assert scores.select("item", "dimension", "score").rows() == [
        ("hi", "tone", 4.0),
        ("hi", "polite", 1.0),
        ("bye", "tone", 2.0),
        ("bye", "polite", 0.0),
    ]
    assert scores["model"].to_list() == ["aster", "aster", "birch", "birch"]


def test_one_wrong_score_adds_none() -> None:
    study = rw.Study("a", items=ITEMS, rubric=rubric(), store="memory")
    with pytest.raises(AnswerError, match="'tone' takes 1 to 5"):
        study.add_scores(pl.DataFrame({"item": ["hi", "bye"], "rater": ["j", "j"], "tone": [4, 6]}))
    assert study.ratings().is_empty()


def test_a_whole_study_goes_into_one_file_and_comes_back(tmp_path: Path) -> None:
    study = rw.Study("pilot", items=ITEMS, rubric=rubric(), store="memory")
    first = rating("hi", "ana", 4)
    study.append([first])
    study.append([rating("hi", "ana", 2, base=first.id), rating("bye", "bo", 5)])
    file = study.export(tmp_path / "whole.rubric.db")
    assert [path.name for path in tmp_path.iterdir()] == ["whole.rubric.db"]
    back = rw.Study.read(file)
    assert back.scores().equals(study.scores())
    assert back.ratings().equals(study.ratings())
    assert (back.items, back.rubric, back.plan, back.id) == (study.items, study.rubric, study.plan, study.id)
    back.close()


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    study = rw.Study("pilot", items=ITEMS, rubric=rubric(), store="memory")
    taken = tmp_path / "taken.rubric.db"
    taken.write_text("mine")
    with pytest.raises(InputError, match="does not exist yet"):
        study.export(taken)
    assert taken.read_text() == "mine"
    with pytest.raises(InputError, match="a folder that exists"):
        study.export(tmp_path / "nowhere" / "x.rubric.db")


def test_reading_a_file_that_is_no_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        rw.Study.read(tmp_path / "gone.rubric.db")
    broken = tmp_path / "broken.rubric.db"
    broken.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    with pytest.raises(StoreCorruptError, match=r"broken\.rubric\.db"):
        rw.Study.read(broken)


def file_of(tmp_path: Path, rater: str, *ratings: rw.Rating) -> Path:
    (tmp_path / rater).mkdir()
    study = rw.Study("pilot", items=ITEMS, rubric=rubric(), store=tmp_path / rater / "pilot.rubric.db")
    study.append(list(ratings))
    study.close()
    return tmp_path / rater / "pilot.rubric.db"


def test_the_files_of_several_raters_become_one_study(tmp_path: Path) -> None:
    ana = file_of(tmp_path, "ana", rating("hi", "ana", 4), rating("bye", "ana", 3))
    bo = file_of(tmp_path, "bo", rating("hi", "bo", 2))
    joined = rw.merge([ana, bo], into=tmp_path / "all.rubric.db")
    assert sorted(joined.scores()["rater"].unique()) == ["ana", "bo"]
    assert joined.ratings().height == 3
    assert joined.merge(bo) == 0
    joined.close()
    alone = rw.Study.read(bo)
    assert alone.ratings().height == 1
    alone.close()


def test_revisions_keep_their_order_through_a_merge(tmp_path: Path) -> None:
    first = rating("hi", "ana", 4)
    ana = file_of(tmp_path, "ana", first, rating("hi", "ana", 1, base=first.id))
    bo = file_of(tmp_path, "bo", rating("hi", "bo", 2))
    joined = rw.merge([bo, ana], into=tmp_path / "all.rubric.db")
    tone = joined.scores().filter(pl.col("rater") == "ana", pl.col("dimension") == "tone")
    assert tone.select("score", "revision").row(0) == (1.0, 2)
    joined.close()


def test_only_files_of_the_same_study_are_merged(tmp_path: Path) -> None:
    ana = file_of(tmp_path, "ana", rating("hi", "ana", 4))
    other = rw.Study("pilot", items=ITEMS, rubric=rubric(high=7), store=tmp_path / "other.rubric.db")
    other.close()
    with pytest.raises(StudyChangedError, match=r"scale\.high: 5 -> 7"):
        rw.merge([ana, tmp_path / "other.rubric.db"], into=tmp_path / "all.rubric.db")
    assert not (tmp_path / "all.rubric.db").exists()
    with pytest.raises(InputError, match="got none"):
        rw.merge([], into=tmp_path / "all.rubric.db")


def test_a_study_reads_well_in_a_notebook() -> None:
    study = rw.Study("<b>x</b>", items=ITEMS, rubric=rubric(), store="memory")
    assert "No ratings yet" in study._repr_html_()
    study.append([rating("hi", "<script>", 4)])
    html = study._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "<b>x" not in html
    assert "2 items" in repr(study)


def test_what_the_rubric_does_not_allow_cannot_be_appended() -> None:
    study = rw.Study("s", items=ITEMS, rubric=rubric(), store="memory")
    with pytest.raises(AnswerError, match="takes 1 to 5"):
        study.append([rating("bye", "ana", 3), rating("hi", "ana", 99)])
    with pytest.raises(UnknownItemError):
        study.append([replace(rating("hi", "ana", 3), item="nope")])
    assert study.ratings().is_empty()


def test_a_study_begun_by_another_program_meanwhile_is_held_against_what_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = rw.Study("pilot", items=ITEMS, rubric=rubric(high=7), store=tmp_path / "s.db")
    theirs.close()
    store = open_store(tmp_path / "s.db", "pilot")
    known = store.study

    def not_yet(_name: str) -> None:
        monkeypatch.setattr(store, "study", known)

    monkeypatch.setattr(store, "study", not_yet)
    with pytest.raises(StudyChangedError, match=r"scale\.high: 7 -> 5"):
        rw.Study("pilot", items=ITEMS, rubric=rubric(), store=store)
    store.close()


def test_two_people_under_one_name_are_never_one(tmp_path: Path) -> None:
    files = [file_of(tmp_path, one, rating("hi", "jovyan", tone)) for one, tone in (("ana", 1), ("bo", 5))]
    with pytest.raises(InputError, match=r"'jovyan'.*neither revises the other.*'hi'.*rename=") as raised:
        rw.merge(files, into=tmp_path / "all.rubric.db")
    assert str(files[1]) in str(raised.value)
    assert not (tmp_path / "all.rubric.db").exists()
    joined = rw.merge(files, into=tmp_path / "all.rubric.db", rename={str(files[1]): {"jovyan": "bo"}})
    tone = joined.scores().filter(pl.col("dimension") == "tone")
    assert sorted(tone.select("rater", "score").rows()) == [("bo", 5.0), ("jovyan", 1.0)]
    joined.close()
    with pytest.raises(InputError, match="'rename' takes the files that are merged"):
        rw.merge(files, into=tmp_path / "more.rubric.db", rename={"elsewhere.db": {"jovyan": "bo"}})


@pytest.mark.parametrize("turned", [False, True])
def test_one_person_on_two_machines_is_counted_by_the_latest(tmp_path: Path, turned: bool) -> None:
    early = rating("hi", "ana", 1)
    late = rating("hi", "ana", 5, submitted_at=datetime(2026, 5, 2, tzinfo=UTC))
    files = [file_of(tmp_path, "home", early), file_of(tmp_path, "work", late)]
    joined = rw.merge(files[::-1] if turned else files, into=tmp_path / "all.rubric.db", same_rater="latest")
    tone = joined.scores().filter(pl.col("dimension") == "tone")
    assert tone["score"].to_list() == [5.0]
    assert joined.ratings().height == 2
    joined.close()
    with pytest.raises(InputError, match="'same_rater' takes"):
        rw.merge(files, into=tmp_path / "more.rubric.db", same_rater="newest")  # type: ignore[arg-type]


def test_reading_another_programs_database_leaves_it_alone(tmp_path: Path) -> None:
    file = tmp_path / "theirs.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE notes (words TEXT)")
    connection.commit()
    connection.close()
    before = file.read_bytes()
    with pytest.raises(StoreError, match="no study was ever saved in it"):
        rw.Study.read(file)
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["theirs.db"]


@pytest.mark.parametrize(
    ("url", "words"),
    [("foo://bar", "no driver for 'foo'"), ("://", "takes a path or an SQLAlchemy URL")],
)
def test_an_address_that_leads_nowhere_says_so(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        rw.Study("s", items=ITEMS, rubric=rubric(), store=url)


def test_a_number_of_another_kind_is_a_change_and_no_other_order(tmp_path: Path) -> None:
    items = [{**one, "pages": 4} for one in ITEMS]
    rw.Study("s", items=items, rubric=rubric(), store=tmp_path / "s.db").close()
    with pytest.raises(StudyChangedError, match=r"metadata\.pages: 4 -> 4\.0") as raised:
        rw.Study("s", items=[{**one, "pages": 4.0} for one in ITEMS], rubric=rubric(), store=tmp_path / "s.db")
    assert "order" not in str(raised.value)


def test_a_long_text_that_changed_is_shown_where_it_changed(tmp_path: Path) -> None:
    long = "Read the whole response before scoring. " * 5
    first = rw.Rubric("r", guidelines=long + "Be severe.", dimensions=rubric().dimensions)
    second = rw.Rubric("r", guidelines=long + "Be mild.", dimensions=rubric().dimensions)
    rw.Study("s", items=ITEMS, rubric=first, store=tmp_path / "s.db").close()
    with pytest.raises(StudyChangedError, match=r"severe\.' -> .*mild\.'"):
        rw.Study("s", items=ITEMS, rubric=second, store=tmp_path / "s.db")


def test_a_studys_file_is_not_called_a_table(tmp_path: Path) -> None:
    study = rw.Study("s", items=ITEMS, rubric=rubric(), store="memory")
    with pytest.raises(InputError, match=r"study\.scores\(\)\.write_csv"):
        study.export(tmp_path / "s.csv")
    with pytest.raises(InputError, match=r"'into' takes a file in a folder that exists"):
        rw.merge([study], into=tmp_path / "nowhere" / "all.rubric.db")


def test_items_and_rubric_may_stand_right_behind_the_name() -> None:
    study = rw.Study("pilot", ITEMS, rubric(), store="memory")
    assert (len(study), study.rubric) == (2, rubric())
    with pytest.raises(InputError, match=r"'items' takes what is judged \(got a Rubric\)"):
        rw.Study("pilot", rubric(), ITEMS, store="memory")  # type: ignore[arg-type]
    with pytest.raises(
        InputError, match=r"Study takes 3 values by place \(name, items, rubric\), and the rest by keyword"
    ):
        rw.Study("pilot", ITEMS, rubric(), rw.Plan())  # type: ignore[misc]


STUDY = rw.Study("s", items=ITEMS, rubric=rubric(), store="memory")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: STUDY.export(None), "'path' takes a file's path (got None)"),
        (lambda: STUDY.export(" "), "'path' takes a file's path (got ' ')"),
        (lambda: rw.Study.read(3), "'path' takes a file's path (got int)"),
        (lambda: rw.merge(None, "all.rubric.db"), "'files' takes a list of studies or their files (got NoneType)"),
        (lambda: rw.merge([3], "all.rubric.db"), "'files[0]' takes a file's path (got int)"),
        (lambda: rw.merge([STUDY], 3), "'into' takes a file's path (got int)"),
        (lambda: rw.merge([STUDY], "all.rubric.db", rename="x"), "'rename' takes, by file, old names and new ones"),
        (lambda: STUDY.merge(STUDY, rename={"memory": 3}), "'rename' takes the files that are merged"),
        (lambda: STUDY.append(None), "'ratings' takes a list of Rating (got NoneType)"),
        (lambda: STUDY.append([{}]), "'ratings' takes a list of Rating (got dict in it)"),
        (lambda: STUDY.append(rating("hi", "ana", 3)), "'ratings' takes a list of Rating (got Rating)"),
        (lambda: STUDY.progress(3), "'raters' takes a rater's name or a list of names (got 3)"),
        (lambda: STUDY.progress([3]), "'raters' takes a rater's name or a list of names (got [3])"),
        (lambda: STUDY.summary(by="modle"), "did you mean 'model'"),
        (lambda: STUDY.summary(bye="model"), "summary takes no 'bye'; did you mean 'by'"),
        (lambda: rw.simulate(3), "'study' takes a Study (got int)"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_words(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        call()


@pytest.mark.parametrize("item", [[1], 3, None])
def test_an_item_is_asked_for_by_its_id(item: object) -> None:
    with pytest.raises(UnknownItemError, match="has no item"):
        STUDY.item(item)  # type: ignore[arg-type]


def test_one_name_is_one_rater_and_not_its_letters() -> None:
    assert STUDY.progress("ana")["rater"].to_list() == ["ana"]
    assert STUDY.progress(["bo", "ana"])["rater"].to_list() == ["ana", "bo"]


def test_renaming_never_makes_one_rater_of_two(tmp_path: Path) -> None:
    both = file_of(tmp_path, "both", rating("hi", "ana", 4), rating("bye", "bo", 3))
    for names in ({"ana": "cy", "bo": "cy"}, {"ana": "bo"}):
        with pytest.raises(InputError, match=r"would make one rater of two.*'ana' and 'bo'.*nothing was merged"):
            rw.merge([both], into=tmp_path / "all.rubric.db", rename={str(both): names})
    assert not (tmp_path / "all.rubric.db").exists()
    turned = rw.merge([both], into=tmp_path / "all.rubric.db", rename={str(both): {"ana": "bo", "bo": "ana"}})
    assert sorted(turned.ratings().select("item", "rater").rows()) == [("bye", "ana"), ("hi", "bo")]
    turned.close()


def test_renaming_somebody_who_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    ana = file_of(tmp_path, "ana", rating("hi", "ana", 4))
    study = rw.Study("pilot", items=ITEMS, rubric=rubric(), store="memory")
    with pytest.raises(InputError, match=r"'rename' has 'anna', who rated nothing in .*did you mean 'ana'\?"):
        study.merge(ana, rename={str(ana): {"anna": "bo"}})
    with pytest.raises(InputError, match="takes new names that are text"):
        study.merge(ana, rename={str(ana): {"ana": " "}})
    assert study.ratings().is_empty()


def test_a_file_of_several_studies_is_merged_by_name(tmp_path: Path) -> None:
    several = tmp_path / "several.rubric.db"
    for name in ("pilot", "main"):
        study = rw.Study(name, items=ITEMS, rubric=rubric(), store=several)
        study.append([rating("hi", name, 4)])
        study.close()
    with pytest.raises(InputError, match=r"holds 2 studies, name one: name='pilot' or 'main'"):
        rw.merge([several], into=tmp_path / "all.rubric.db")
    joined = rw.merge([several], into=tmp_path / "all.rubric.db", name="main")
    assert joined.ratings()["rater"].to_list() == ["main"]
    joined.close()
    # A study takes its namesake, and another when it is told to.
    pilot = rw.Study("pilot", items=ITEMS, rubric=rubric(), store="memory")
    assert pilot.merge(several) == 1
    assert pilot.merge(several, name="main") == 1
    assert pilot.ratings()["rater"].to_list() == ["pilot", "main"]


def test_errors_name_files_that_people_know(tmp_path: Path) -> None:
    ana = file_of(tmp_path, "ana", rating("hi", "ana", 4))
    other = rw.Study("pilot", items=ITEMS, rubric=rubric(high=7), store=tmp_path / "other.rubric.db")
    other.close()
    with pytest.raises(StudyChangedError) as caught:
        rw.merge([ana, tmp_path / "other.rubric.db"], into=tmp_path / "all.rubric.db")
    assert str(caught.value).startswith(f"{tmp_path / 'other.rubric.db'} holds another study than {ana}:")


def test_what_may_only_be_read_is_read_charted_and_merged(tmp_path: Path) -> None:
    file = file_of(tmp_path, "ana", rating("hi", "ana", 4))
    program = f"""
import os, sys
sys.path.insert(0, {str(tmp_path.cwd())!r})
import rubricwidgets as rw
from rubricwidgets.errors import StoreReadOnlyError
rw.Study("warm", [{{"prompt": "p", "response": "r"}}], rw.demo(store="memory").rubric, store="memory").scores()
rw.Study.read(sys.argv[1]).close()  # whatever loads late is loaded
os.chmod(sys.argv[1], 0o444); os.chmod(os.path.dirname(sys.argv[1]), 0o555)
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)  # nobody: permissions do not bind root
study = rw.Study.read(sys.argv[1])
print(study.scores().height)
try:
    study.add_scores([{{"item": "hi", "rater": "bo", "tone": 3}}])
except StoreReadOnlyError as error:
    print(error)
print(rw.merge([sys.argv[1]], into=sys.argv[2] + "/all.rubric.db").scores().height)
"""
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    for folder in tmp_path.parents:
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o055)
    tmp_path.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", program, file, out], capture_output=True, text=True, check=False)
    file.parent.chmod(0o755)
    lines = done.stdout.splitlines()
    assert [lines[0], lines[-1]] == ["2", "2"], done.stderr
    assert "cannot be written to" in lines[1]


def test_a_study_that_is_deleted_while_open_can_be_written_anew_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "pilot.rubric.db"
    study = rw.Study("pilot", items=ITEMS, rubric=rubric(), store=file)
    study.append([rating("hi", "ana", 4)])
    file.unlink()
    with pytest.raises(StoreError, match=r"renamed or deleted while this study was open"):
        study.append([rating("bye", "ana", 3)])
    study.export(file)
    again = rw.Study("pilot", items=ITEMS, rubric=rubric(), store=file)
    assert again.id == study.id
    again.append([rating("bye", "ana", 3)])
    study.close()
    assert again.ratings().height == 2
    again.close()
    assert rw.Study.read(file).ratings().height == 2


def test_a_study_that_cannot_begin_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "pilot.rubric.db"
    rw.Study("pilot", items=ITEMS, rubric=rubric(), store=file).close()
    with pytest.raises(StudyChangedError):
        rw.Study("pilot", items=ITEMS[:1], rubric=rubric(), store=file)
    assert rw.Study("pilot", store=file).id


def test_export_and_merge_take_conversations_along_and_rename_their_raters(tmp_path: Path) -> None:
    files = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / "pilot.rubric.db")
        study = rw.Study("pilot", items=ITEMS, rubric=rubric(), store=files[-1])
        study.store.append_events(study.id, [event(rater="jovyan", content=folder)])
        study.export(tmp_path / f"{folder}.rubric.db")
        study.close()
    joined = rw.merge(
        [tmp_path / "one.rubric.db", files[1]],
        into=tmp_path / "all.rubric.db",
        rename={str(files[1]): {"jovyan": "bo"}},
    )
    assert [(one.rater, one.payload) for one in joined.store.events(joined.id)] == [
        ("jovyan", {"content": "one"}),
        ("bo", {"content": "two"}),
    ]
    joined.merge(files[0])
    assert len(joined.store.events(joined.id)) == 2
    joined.close()
