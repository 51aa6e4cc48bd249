"""Sums of squares and the jackknife held against doing it the long way."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from rubricwidgets.errors import InputError
from rubricwidgets.stats import components
from rubricwidgets.stats.components import Cells, joined, moments, partition, without_each
from rubricwidgets.stats.designs import parse_design


def cells_of(codes: dict[str, Any], values: Any, design: Any) -> Cells:
    parts = {name: partition(code) for name, code in codes.items()}
    for name in sorted(design.facets, key=lambda one: len(design.within[one])):
        for outer in design.within[name]:
            parts[name] = joined(parts[name], parts[outer])
    return Cells(parts, design.within, values - values.mean())


def ratings(design: Any, share: float, seed: int = 2) -> tuple[dict[str, Any], Any]:
    """Return scores on a share of the cells of a design of six levels of the first facet and four of each other."""
    rng = np.random.default_rng(seed)
    shape = (6, *(4 for _ in design.facets[1:]))
    kept = np.flatnonzero(rng.random(np.prod(shape)) < share)
    places = np.unravel_index(kept, shape)
    return {name: place.astype(np.int64) for name, place in zip(design.facets, places, strict=True)}, rng.normal(
        0, 1, len(kept)
    )


@pytest.mark.parametrize("text", ["p x r", "r:p", "p x (r:t)", "p x r x i", "(r x i):p"])
@pytest.mark.parametrize("share", [1.0, 0.7])
def test_leaving_out_by_sums_is_estimating_without(text: str, share: float) -> None:
    design = parse_design(text)
    codes, values = ratings(design, share)
    cells = cells_of(codes, values, design)
    for size in (1, 2):
        for some in combinations(design.top, size):
            found = without_each(cells, design.effects, frozenset(some)).solve()
            labels = cells.of(frozenset(some)).code
            for place in range(len(found)):
                kept = labels != place
                again = cells_of({name: code[kept] for name, code in codes.items()}, values[kept], design)
                long_way = moments(again, design.effects).solve()[0]
                assert found[place] == pytest.approx(long_way, abs=1e-8, nan_ok=True)


def test_many_levels_are_left_out_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "MOST_GROUPS", 3)
    design = parse_design("p x r")
    codes, values = ratings(design, 0.8)
    cells = cells_of(codes, values, design)
    found = without_each(cells, design.effects, frozenset("p")).solve()
    assert len(found) == 3
    for group in range(3):
        kept = codes["p"] % 3 != group
        again = cells_of({name: code[kept] for name, code in codes.items()}, values[kept], design)
        assert found[group] == pytest.approx(moments(again, design.effects).solve()[0])


def test_coefficients_are_those_of_hendersons_definition() -> None:
    design = parse_design("p x r")
    codes, values = ratings(design, 0.6)
    found = moments(cells_of(codes, values, design), design.effects)
    table = np.zeros((6, 4))
    np.add.at(table, (codes["p"], codes["r"]), 1)
    n, of_p, of_r = table.sum(), table.sum(axis=1), table.sum(axis=0)
    # E(T_p) = N mu2 + N v_p + sum_p (sum_r n_pr2 / n_p) v_r + P v_pr, and so on (Searle 1971, chapter 10).
    expected = [
        [n, (table**2 / of_p[:, None]).sum(), 6],
        [(table**2 / of_r).sum(), n, 4],
        [n, n, n],
    ]
    mean = np.array([(of_p**2).sum(), (of_r**2).sum(), n]) / n
    assert found.coefficients[0] == pytest.approx(np.array(expected) - mean)


def test_sorting_and_tables_join_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    left, right = (partition(rng.integers(0, 9, 200)) for _ in range(2))
    dense = joined(left, right)
    monkeypatch.setattr(components, "_DENSE", 0)
    assert np.array_equal(joined(left, right).code, dense.code)
    assert np.array_equal(joined(left, right).n, dense.n)


@pytest.mark.parametrize(
    ("text", "effects"),
    [
        ("p x r", ["p", "r", "p x r"]),
        ("r:p", ["p", "r:p"]),
        ("p x (r:t)", ["p", "t", "p x t", "r:t", "p x r:t"]),
        ("i:(p x h)", ["p", "h", "p x h", "i:p x h"]),
        ("r:t:s", ["s", "t:s", "r:t x s"]),
        ("(r x i):t", ["t", "r:t", "i:t", "r x i:t"]),
    ],
)
def test_a_design_has_the_effects_of_brennans_rules(text: str, effects: list[str]) -> None:
    design = parse_design(text)
    assert sorted(map(design.label, design.effects)) == sorted(effects)
    assert str(design) == text
    assert {frozenset(one) for one in parse_design(str(design)).effects} == set(design.effects)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("p x", {}, "unreadable at 'its end'"),
        ("p x (r:t", {}, "unreadable at 'its end'"),
        ("p r", {}, "unreadable|columns|takes"),
        ("p x p", {}, "each facet once"),
        ("", {}, "takes a text"),
        (3, {}, "takes a text"),
        ("p x r)", {}, "unreadable at '\\)'"),
        ("person x rater", {"objects": "persn"}, "did you mean 'person'"),
        ("r:p", {"objects": "r"}, "nested in no other"),
    ],
)
def test_a_design_that_cannot_be_read_is_refused(text: Any, options: dict[str, Any], words: str) -> None:
    if text == "p r":
        assert parse_design(text).facets == ("p r",)  # a name may have blanks
        return
    with pytest.raises(InputError, match=words):
        parse_design(text, **options)
