"""Real human evaluations go through the whole house; skipped where the data folder is absent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import rubricwidgets as rw

DATA = Path(os.environ.get("RUBRICWIDGETS_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


def folder(name: str) -> Path:
    path = DATA / name
    if not path.is_dir():
        pytest.skip(f"the data folder has no {name} (RUBRICWIDGETS_DATA names another folder)")
    return path


@pytest.fixture
def recipes(tmp_path: Path) -> rw.Study:
    """Recipes scored by 88 crowd raters on six ordinal dimensions (Stein et al., DMR 2023)."""
    source = folder("01_recipes_rubric")
    asked = json.loads((source / "rubric.json").read_text(encoding="utf-8"))
    rubric = rw.Rubric(
        "recipes",
        guidelines=asked["overall_instructions"],
        dimensions=[
            rw.Dimension(one["category"], one["statement"], rw.Ordinal(one["worst"], one["best"]))
            for one in asked["individual_instructions"]
        ],
    )
    records = [
        {**json.loads(line), "model": json.loads(line)["system"]}
        for line in (source / "items.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    study = rw.Study("recipes", items=records, rubric=rubric, store=tmp_path / "recipes.rubric.db")
    study.add_scores(pl.read_csv(source / "ratings.csv").rename({"time_s": "seconds"}))
    return study


def test_the_recipe_study_keeps_every_score(recipes: rw.Study) -> None:
    scores = recipes.scores()
    assert scores.height == 6336
    assert scores["rater"].n_unique() == 88
    assert scores["item"].n_unique() == 52
    assert scores["dimension"].unique(maintain_order=True).to_list() == [
        "grammar",
        "fluency",
        "verbosity",
        "structure",
        "success",
        "overall",
    ]
    source = pl.read_csv(folder("01_recipes_rubric") / "ratings.csv")
    for dimension in recipes.rubric.dimensions:
        ours = scores.filter(pl.col("dimension") == dimension.name).sort("item", "rater")["score"]
        assert ours.to_list() == source.sort("item_id", "rater_id")[dimension.name].cast(pl.Float64).to_list()
    assert recipes.progress()["n_rated"].to_list() == [12] * 88
    assert recipes.summary()["n"].to_list() == [1056] * 6


def test_the_creativity_study_keeps_verdicts_and_rationales(tmp_path: Path) -> None:
    """Fourteen yes/no tests by experts, each with a rationale (Chakrabarty et al., 2024)."""
    source = folder("02_ttcw_creativity")
    asked = json.loads((source / "rubric.json").read_text(encoding="utf-8"))
    required = rw.Rationale("required", min_length=10)
    rubric = rw.Rubric(
        "creativity",
        dimensions=[
            rw.Dimension(one["dim_id"], one["question"], rw.Binary(), title=one["name"], rationale=required)
            for one in asked
        ],
    )
    records: list[dict[str, Any]] = [
        json.loads(line) for line in (source / "items.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    with pytest.raises(rw.errors.ItemsError, match="response"):
        rw.Study("ttcw", items=records, rubric=rubric, store="memory")
    for record in records:
        record["model"] = record["system"]
        record["response"] = record["response"] or f"(The story is at {record['source_url']})"
    study = rw.Study("ttcw", items=records, rubric=rubric, store=tmp_path / "ttcw.rubric.db")
    verdicts = pl.read_ndjson(source / "ratings.jsonl")
    study.add_scores(verdicts.drop("dimension"), dimension="dim_id", score="verdict")
    scores = study.scores()
    assert scores.height == 48 * 3 * 14 == 2016
    assert scores["rationale"].null_count() == 0
    shares = dict(scores.group_by("model").agg(pl.col("score").mean().round(4)).iter_rows())
    # The README of the data gives these shares of Yes by system.
    assert shares == {"GPT3.5": 0.0873, "GPT4": 0.2778, "Claude": 0.2996, "NewYorker": 0.8472}
    study.close()
