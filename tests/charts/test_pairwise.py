"""The charts of comparisons and rankings say what is in the data, strongest first, and say so where there is nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from rubricwidgets.charts.ladder import ladder
from rubricwidgets.charts.ranks import ranks
from rubricwidgets.charts.wins import wins
from rubricwidgets.errors import InputError
from rubricwidgets.stats.pairwise import pairwise
from rubricwidgets.stats.rankings import rankings

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = {"left_model": pl.String, "right_model": pl.String, "winner": pl.String}
LONG = "aster-large-2026-instruct-preview-with-a-long-name"


def compared(n: int = 300, models: int = 4, seed: int = 0) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    left = random.integers(0, models, n)
    right = (left + random.integers(1, models, n)) % models
    won = random.random(n) < 1 / (1 + np.exp((right - left) / models * 2))
    names = np.array([LONG, *(f"m{place:02}" for place in range(1, models))])
    winner = np.where(random.random(n) < 0.15, "tie", np.where(won, "right", "left"))
    return pl.DataFrame(
        {
            "item": [f"i{place % 20}" for place in range(n)],
            "left_model": names[left],
            "right_model": names[right],
            "winner": winner,
        }
    )


def put_in_order(n: int = 40, seed: int = 0) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    rows = []
    for place in range(n):
        waited = random.exponential(1, 4) / np.exp(np.array([1.0, 0.3, 0.0, -0.8]))
        rows += [
            {"item": f"i{place}", "rater": "x", "model": f"m{model}", "rank": float(rank)}
            for model, rank in enumerate(waited.argsort().argsort() + 1)
        ]
    return pl.DataFrame(rows)


NOTHING = pl.DataFrame(schema=COLUMNS)
NO_RANKINGS = put_in_order(1).clear()
ONE_SIDED = pl.DataFrame({"left_model": ["a"], "right_model": ["b"], "winner": ["left"]})

DRAWINGS: dict[str, Callable[[], Any]] = {
    "wins": lambda: wins(compared()),
    "wins expected": lambda: wins(pairwise(compared(), resamples=0), values="expected"),
    "wins of many": lambda: wins(compared(3000, 30)),
    "no wins": lambda: wins(NOTHING),
    "nothing expected": lambda: wins(ONE_SIDED, values="expected"),
    "ladder": lambda: ladder(compared()),
    "ladder of many": lambda: ladder(pairwise(compared(6000, 60), resamples=4)),
    "ladder of rankings": lambda: ladder(rankings(put_in_order(), reference="m1", resamples=20)),
    "no ladder": lambda: ladder(NOTHING),
    "no finite ladder": lambda: ladder(ONE_SIDED),
    "ranks": lambda: ranks(put_in_order()),
    "ranks of a result": lambda: ranks(rankings(put_in_order(), resamples=0)),
    "ranks in resamples": lambda: ranks(pairwise(compared(), resamples=50)),
    "no resamples": lambda: ranks(pairwise(compared(), resamples=0)),
    "no rankings": lambda: ranks(NO_RANKINGS),
}


def data(chart: Any) -> list[dict[str, Any]]:
    spec = chart.to_dict()
    found = [row for rows in spec.get("datasets", {}).values() for row in rows]
    for part in [spec, *spec.get("layer", [])]:
        found += part.get("data", {}).get("values", [])
    return found


@pytest.mark.parametrize("name", list(DRAWINGS))
def test_every_drawing_becomes_a_picture_with_a_title(name: str) -> None:
    chart = DRAWINGS[name]()
    bundle = chart._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert "NaN" not in json.dumps(chart.to_dict())
    assert chart.to_dict()["title"]


def test_a_cell_says_how_often_the_row_is_preferred() -> None:
    table = pl.DataFrame(
        {"left_model": ["a", "a", "b"], "right_model": ["b", "b", "a"], "winner": ["left", "tie", "left"]}
    )
    cells = {(row["model"], row["opponent"]): row["share"] for row in data(wins(table))}
    assert cells == {("a", "b"): 0.5, ("b", "a"): 0.5}


def test_expected_and_observed_wins_agree_where_there_is_one_pair() -> None:
    table = pl.DataFrame(
        {"left_model": ["a"] * 4, "right_model": ["b"] * 4, "winner": ["left", "left", "left", "right"]}
    )
    shares = [
        {(row["model"], row["opponent"]): row["share"] for row in data(wins(table, values=kind))}
        for kind in ("observed", "expected")
    ]  # type: ignore[arg-type]
    assert shares[0] == shares[1] == {("a", "b"): 0.75, ("b", "a"): 0.25}


def test_the_ladder_stands_strongest_first_and_what_lost_to_none_stands_above() -> None:
    top = pl.DataFrame({"left_model": ["zz"], "right_model": ["m01"], "winner": ["left"]}, schema=COLUMNS)
    spec = ladder(pl.concat([compared().select(list(COLUMNS)), top])).to_dict()
    (order,) = {json.dumps(layer["encoding"]["y"]["sort"]) for layer in spec["layer"] if "y" in layer["encoding"]}
    names = json.loads(order)
    assert names[0] == "zz"
    rows = {
        row["name"]: row for row in data(ladder(pl.concat([compared().select(list(COLUMNS)), top]))) if "name" in row
    }
    assert rows["zz"]["words"] == "rank 1, strength infinite"
    assert rows["zz"]["value"] is None
    strengths = [rows[name]["value"] for name in names[1:]]
    assert strengths == sorted(strengths, reverse=True)


def test_the_shares_of_ranks_fill_each_bar() -> None:
    rows = data(ranks(put_in_order()))
    for name in {row["name"] for row in rows}:
        own = sorted((row["low"], row["high"]) for row in rows if row["name"] == name)
        assert own[0][0] == pytest.approx(0)
        assert own[-1][1] == pytest.approx(1, abs=1e-3)


def test_a_wrong_choice_of_values_is_refused() -> None:
    with pytest.raises(InputError, match="'values' takes 'observed' or 'expected'"):
        wins(compared(), values="guessed")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="lacks 'left_model'"):
        ladder(compared().drop("left_model"))
