"""Judges of pairs in both orders: the published numbers of LLMBar, and numbers worked out by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rubricwidgets.errors import InputError
from rubricwidgets.stats.judge_pairs import judge_pairs

DATA = Path(os.environ.get("RUBRICWIDGETS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
FOLDER = DATA / "05_llmbar_pairwise_rationale"

VERDICTS = pl.DataFrame(
    {
        "item": ["a", "a", "b", "b", "c", "c", "d", "d"],
        "rater": "judge",
        "swapped": [False, True] * 4,
        "winner": ["1", "1", "1", "2", "2", "2", None, "1"],
    }
)
GOLD = pl.DataFrame({"item": ["a", "b", "c", "d"], "winner": ["1", "1", "1", "2"]})


def values(table: pl.DataFrame) -> dict[str, float]:
    return dict(table.select("statistic", "value").iter_rows())


def test_the_published_accuracies_and_consistencies_of_llmbar_are_reproduced() -> None:
    """Zeng et al., ICLR 2024: every judge and subset of the published table whose verdicts are in the folder."""
    if not FOLDER.is_dir():
        pytest.skip("the data folder has no LLMBar verdicts (RUBRICWIDGETS_DATA names another folder)")
    pairs = pl.read_ndjson(FOLDER / "pairs.jsonl", infer_schema_length=None)
    gold = pairs.select(pl.col("pair_id").alias("item"), pl.col("gold").cast(pl.String).alias("winner"), "subset")
    files = sorted(FOLDER.glob("judge_*.jsonl"))
    columns = {"pair_id": pl.String, "judge": pl.String, "swapped": pl.Boolean, "winner": pl.String}
    verdicts = pl.concat([pl.read_ndjson(file, schema_overrides=columns).select(list(columns)) for file in files])
    found = judge_pairs(verdicts.rename({"pair_id": "item", "judge": "rater"}), gold)
    published = json.loads((FOLDER / "published_statistics.json").read_text(encoding="utf-8"))
    known = {(row["subset"], row["judge"]): row for row in published}
    names = {
        "accuracy, first order": "correct_False",
        "accuracy, swapped": "correct_True",
        "right in both orders": "correct_both",
        "order consistency": "equal",
        "accuracy": "correct_average",
    }
    checked = 0
    for (subset, judge), rows in found.to_frame().group_by("subset", "judge"):
        ours = values(rows)
        for statistic, name in names.items():
            text = known[subset, judge][name]
            counts = text.split(" = ")[0].split(" / ")
            expected = int(counts[0]) / int(counts[1]) if len(counts) > 1 else float(text.rstrip("%")) / 100
            assert ours[statistic] == pytest.approx(expected, abs=1e-12)
            checked += 1
    assert checked == 5 * len(set(gold["subset"])) * len(files)
    assert checked >= 30
    assert (
        "GPT-4/CoT on natural: accuracy 0.94 [" in found.in_words()
        or "GPT-4/CoT on natural: accuracy 0.95 [" in found.in_words()
    )


def test_numbers_are_those_counted_by_hand() -> None:
    found = values(judge_pairs(VERDICTS, GOLD).to_frame())
    assert found["accuracy, first order"] == 2 / 4  # a and b
    assert found["accuracy, swapped"] == 1 / 4  # a
    assert found["accuracy"] == 3 / 8
    assert found["right in both orders"] == 1 / 4
    assert found["order consistency"] == 2 / 4  # a and c
    # Of a, b and c: a once, b twice, c once of two verdicts are for the one shown first.
    assert found["first chosen"] == pytest.approx(4 / 6)


def test_left_and_right_say_the_order_as_well() -> None:
    sides = pl.when("swapped").then(pl.lit("2")).otherwise(pl.lit("1")).alias("left")
    turned = VERDICTS.with_columns(sides).with_columns(
        pl.when(pl.col("left") == "1").then(pl.lit("2")).otherwise(pl.lit("1")).alias("right")
    )
    assert judge_pairs(turned.drop("swapped"), GOLD).to_frame().equals(judge_pairs(VERDICTS, GOLD).to_frame())


def test_a_judge_asked_in_one_order_has_no_consistency() -> None:
    table = judge_pairs(VERDICTS.filter(~pl.col("swapped")), GOLD).to_frame()
    rows = {row["statistic"]: row for row in table.to_dicts()}
    assert rows["accuracy, first order"]["value"] == 0.5
    assert rows["accuracy, swapped"]["note"] == "no pair was judged in the swapped order"
    assert rows["order consistency"]["note"] == "no pair was judged in both orders"


def test_no_verdict_is_a_table_without_rows() -> None:
    found = judge_pairs(VERDICTS.clear(), GOLD)
    assert found.to_frame().is_empty()
    assert found.in_words() == "No judge of pairs: no scores."


@pytest.mark.parametrize(
    ("verdicts", "gold", "words"),
    [
        (VERDICTS.drop("winner"), GOLD, "lacks 'winner'"),
        (VERDICTS.drop("swapped"), GOLD, "lacks 'swapped'"),
        (VERDICTS, GOLD.head(3), "it lacks 'd', 1 in all"),
        (pl.concat([VERDICTS, VERDICTS.head(1)]), GOLD, "one verdict for each item, rater and order"),
        (VERDICTS, pl.concat([GOLD, GOLD.head(1)]), "one row for each item"),
        (VERDICTS.with_columns(rater=pl.lit(None, pl.String)), GOLD, "a value for 'rater' in every row"),
    ],
)
def test_bad_input_is_refused_in_words(verdicts: Any, gold: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        judge_pairs(verdicts, gold)
