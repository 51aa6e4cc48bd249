"""Published studies in the real widget; skipped where the data folder is absent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.lab import OpenNotebook

DATA = Path(os.environ.get("RUBRICWIDGETS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")

RECIPES = """
import json, pathlib
import polars as pl
import rubricwidgets as rw
source = pathlib.Path({source!r})
asked = json.loads((source / "rubric.json").read_text())
rubric = rw.Rubric("recipes", guidelines=asked["overall_instructions"], dimensions=[
    rw.Dimension(one["category"], one["statement"], rw.Ordinal(one["worst"], one["best"]))
    for one in asked["individual_instructions"]])
items = [{{**json.loads(line), "model": json.loads(line)["system"]}} for line in (source / "items.jsonl").read_text().splitlines()]
study = rw.Study("recipes", items=items, rubric=rubric)
study.add_scores(pl.read_csv(source / "ratings.csv").rename({{"time_s": "seconds"}}))
widget = study.rate("ana")
widget
"""
STORIES = """
import json, pathlib
import rubricwidgets as rw
source = pathlib.Path({source!r})
rubric = rw.Rubric("creativity", dimensions=[
    rw.Dimension(one["dim_id"], one["question"], rw.Binary(), title=one["name"], rationale=rw.Rationale("required", min_length=10))
    for one in json.loads((source / "rubric.json").read_text())])
items = [json.loads(line) for line in (source / "items.jsonl").read_text().splitlines()]
study = rw.Study("ttcw", items=[item for item in items if item["response"]], rubric=rubric)
widget = study.rate("ana")
widget
"""


def source(name: str) -> str:
    if not (DATA / name).is_dir():
        pytest.skip(f"the data folder has no {name} (RUBRICWIDGETS_DATA names another folder)")
    return str(DATA / name)


def test_the_recipe_study_takes_one_more_rater(open_notebook: OpenNotebook) -> None:
    charts = ["study.plot.distribution()", "study.plot.means()", "study.plot.heatmap()"]
    notebook = open_notebook([RECIPES.format(source=source("01_recipes_rubric")), *charts])
    rating = notebook.rating()
    rating.wait_heading("1 of 52")
    for title in ("Grammar", "Fluency", "Verbosity", "Structure", "Success", "Overall"):
        rating.choose(title, 6)
    rating.submit()
    rating.wait_saved(1)
    rows = notebook.run("print(study.scores().height, study.scores().filter(rater='ana')['score'].to_list())")
    assert rows.strip() == f"{6336 + 6} {[6.0] * 6}"
    expect(notebook.page.locator(".jp-RenderedVegaCommon5 canvas")).to_have_count(3, timeout=60_000)


def test_the_creativity_study_asks_fourteen_questions_with_their_reasons(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STORIES.format(source=source("02_ttcw_creativity"))])
    rating = notebook.rating()
    rating.wait_heading("1 of 36")
    titles = rating.root.locator(".rw-dimension h3").all_inner_texts()
    assert len(titles) == 14
    for place, title in enumerate(titles):
        rating.choose(title, place % 2 == 0)
        rating.write_rationale(title, f"reason number {place} for this verdict")
    rating.submit()
    rating.wait_saved(1)
    rows = json.loads(
        notebook.run("import json; print(json.dumps(study.scores().select('label', 'rationale').rows()))")
    )
    assert [label for label, _ in rows] == ["Yes", "No"] * 7
    assert rows[13][1] == "reason number 13 for this verdict"
