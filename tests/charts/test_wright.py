"""The Wright map and the severity of raters show what the estimates are, and say so where there are none."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

import rubricwidgets as rw
from rubricwidgets.charts.severity import severity
from rubricwidgets.charts.wright import spaced, wright
from rubricwidgets.errors import InputError
from rubricwidgets.stats.facets import facets
from tests.charts.studies import ordinal_rubric, scores

if TYPE_CHECKING:
    from collections.abc import Callable

RUBRIC = ordinal_rubric()
FOUND = facets(scores(RUBRIC), RUBRIC)
OWN_STEPS = facets(scores(RUBRIC), RUBRIC, model="partial_credit")
MANY = facets(scores(RUBRIC, raters=70, items=6), RUBRIC)
ONE_RATER = facets(scores(RUBRIC, raters=1), RUBRIC)
EMPTY = facets(scores(RUBRIC).head(0), RUBRIC)
TABLE = pl.DataFrame(
    {
        "rater": ["Anastasia Wojciechowska-Müller of the night shift", "ben", "cho", "dee"],
        "severity": [-0.4, 0.0, 0.5, None],
        "low": [-0.7, -0.2, 0.2, None],
        "high": [-0.1, 0.2, 0.8, None],
    }
)
LONG = pl.DataFrame(
    {
        "rater": ["ana", "ben"] * 7,
        "dimension": [name for name in "abcdefg" for _ in range(2)],
        "statistic": ["severity"] * 12 + ["spread"] * 2,
        "value": [-0.5, 0.5] * 7,
        "low": [-0.9, 0.1] * 7,
        "high": [-0.1, 0.9] * 7,
        "method": ["difference from the others"] * 14,
    }
)


def values(spec: Any) -> list[dict[str, Any]]:
    """Return every data row of a spec, its layers' and panels' too."""
    found = [row for rows in spec.get("datasets", {}).values() for row in rows]
    found += spec.get("data", {}).get("values", [])
    for part in (*spec.get("layer", []), *spec.get("hconcat", []), *spec.get("vconcat", [])):
        found += values(part)
    return found


def words(chart: Any) -> str:
    return json.dumps(chart.to_dict())


DRAWINGS: dict[str, Callable[[], Any]] = {
    "map": lambda: wright(FOUND, RUBRIC),
    "map with steps of each dimension": lambda: wright(OWN_STEPS, RUBRIC),
    "map of many raters": lambda: wright(MANY, RUBRIC),
    "map of one rater": lambda: wright(ONE_RATER, RUBRIC),
    "map of nothing": lambda: wright(EMPTY),
    "map without dimensions": lambda: wright(facets(scores(RUBRIC), RUBRIC, facets=["rater"])),
    "severity": lambda: severity(FOUND),
    "severity of many": lambda: severity(MANY),
    "severity of one": lambda: severity(ONE_RATER),
    "severity of none": lambda: severity(EMPTY),
    "severity from a frame": lambda: severity(TABLE),
    "severity by dimension": lambda: severity(LONG),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_every_chart_is_drawn_and_shows_offline(draw: Callable[[], Any]) -> None:
    chart = draw()
    shown = chart._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
    spec = shown["application/vnd.vegalite.v5+json"]
    assert "http" not in json.dumps({key: value for key, value in spec.items() if key != "$schema"})


def test_every_response_is_counted_once_and_everything_stands_at_its_estimate() -> None:
    rows = values(wright(FOUND, RUBRIC).to_dict())
    assert sum(row["n"] for row in rows if "zero" in row) == FOUND.responses.height
    drawn = {row["name"]: row["value"] for row in rows if "name" in row}
    for name, value in FOUND.raters.select("rater", "severity").iter_rows():
        assert drawn[name] == pytest.approx(value, abs=1e-4)
    for name, value in FOUND.dimensions.select("dimension", "difficulty").iter_rows():
        assert drawn[RUBRIC[name].title] == pytest.approx(value, abs=1e-4)
    for category, value in FOUND.thresholds.select("category", "location").iter_rows():
        assert drawn[f"into {category:.0f}"] == pytest.approx(value, abs=1e-4)


def test_the_columns_share_one_ruler() -> None:
    spec = wright(OWN_STEPS, RUBRIC).to_dict()
    domains = [json.dumps(one["scale"]["domain"]) for one in _ys(spec) if "scale" in one]
    assert len(set(domains)) == 1


def _ys(spec: Any) -> list[dict[str, Any]]:
    own = [spec["encoding"]["y"]] if "y" in spec.get("encoding", {}) else []
    return own + [y for part in (*spec.get("layer", []), *spec.get("hconcat", [])) for y in _ys(part)]


def test_labels_do_not_lie_on_one_another_and_keep_their_order() -> None:
    values = [0.0, 0.01, 0.02, 0.5, -2.0, 1.99]
    places = spaced(values, (-2.0, 2.0))
    ordered = [place for _, place in sorted(zip(values, places, strict=True))]
    gaps = [after - before for before, after in itertools.pairwise(ordered)]
    assert min(gaps) > 4.0 * 14.9 / 460
    assert spaced([0.5], (-2.0, 2.0)) == [0.5]


def test_raters_stand_from_lenient_to_severe_and_those_without_are_named() -> None:
    spec = severity(TABLE).to_dict()
    rows = [row for row in values(spec) if "side" in row]
    assert [row["side"] for row in rows] == ["lenient", "not told apart from 0", "severe"]
    assert "Without a severity: dee." in words(severity(TABLE))
    assert "its interval, not corrected, does not reach 0" in words(severity(TABLE))
    given = TABLE.with_columns(p_adjusted=pl.Series([0.2, 0.9, 0.01, None]))
    sides = [row["side"] for row in values(severity(given).to_dict()) if "side" in row]
    assert sides == ["not told apart from 0", "not told apart from 0", "severe"]


def test_colours_are_the_findings_of_the_result() -> None:
    study = rw.demo("reliability", store="memory")
    rw.simulate(study, raters=6, seed=7)
    found = study.raters()
    severities = found.tests.filter(pl.col("statistic") == "severity")
    coloured = {
        (row["rater"], row["dimension"])
        for row in values(severity(found, study.rubric).to_dict())
        if row.get("side", "not told apart from 0") != "not told apart from 0"
    }
    findings = severities.filter(pl.col("finding").is_not_null()).select("rater", "dimension").rows()
    assert coloured == set(findings)
    beside = severities.filter((pl.col("low") > 0) | (pl.col("high") < 0)).height
    assert len(findings) < beside  # else the rule could not be seen
    assert "corrected by Holm's method over all 132 comparisons" in words(severity(found)).replace('", "', " ")


def test_severities_in_logits_are_coloured_by_holm_over_raters() -> None:
    table = FOUND.raters
    p = [2 * stats.norm.sf(abs(value / se)) for value, se in table.select("severity", "se").iter_rows()]
    apart = set(table.filter(pl.Series(multipletests(p, method="holm")[0]))["rater"])
    rows = [row for row in values(severity(FOUND).to_dict()) if "side" in row]
    assert {row["rater"] for row in rows if row["side"] != "not told apart from 0"} == apart


def test_logits_are_those_of_the_many_facet_fit_and_points_are_not_relabelled() -> None:
    study = rw.demo(store="memory")
    rw.simulate(study, raters=4, seed=2)
    found = study.facets(model="partial_credit")
    drawn = study.plot.severity(unit="logits", model="partial_credit").to_dict()
    rows = {row["rater"]: row for row in values(drawn) if "side" in row}
    for name, *expected in found.raters.select("rater", "severity", "low", "high").iter_rows():
        assert [rows[name][column] for column in ("severity", "low", "high")] == pytest.approx(expected, abs=1e-4)
    assert "severity in logits" in json.dumps(drawn)
    assert "severity in points" in words(study.plot.severity())
    with pytest.raises(InputError, match=r"'unit' takes 'points' .*\(got 'logits'\); draw the result of facets\(\)"):
        severity(study.raters(), unit="logits")
    with pytest.raises(InputError, match=r"'unit' takes 'logits' .*\(got 'points'\)"):
        severity(found, unit="points")
    with pytest.raises(InputError, match="'unit' takes 'points' or 'logits'"):
        study.plot.severity(unit="log")  # type: ignore[arg-type]


def test_each_dimension_has_a_panel_of_its_severities_only() -> None:
    spec = severity(LONG).to_dict()
    panels = [panel for line in spec["vconcat"] for panel in line["hconcat"]]
    assert [panel["title"]["text"] for panel in panels] == list("abcdef")
    assert "Difference from the others" in words(severity(LONG))


def test_where_nothing_is_estimated_the_reason_stands() -> None:
    assert "nothing to compare with" in words(severity(ONE_RATER))
    assert "no scores" in words(wright(EMPTY))
    frame = scores(RUBRIC, raters=2)
    apart = frame.filter((pl.col("item") < "item-10") == (pl.col("rater") == "rater-1"))
    found = facets(apart, RUBRIC)
    for chart in (wright(found), severity(found)):
        assert "groups of raters" in words(chart)


def test_what_is_no_result_is_refused() -> None:
    with pytest.raises(InputError, match="'facets' takes the result"):
        wright(TABLE)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"'raters' takes the result .*got int"):
        severity(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="lacks 'high'"):
        severity(TABLE.drop("high"))
    with pytest.raises(InputError, match="one row per rater"):
        severity(pl.concat([TABLE, TABLE]))


def test_the_demo_study_has_a_map() -> None:
    study = rw.demo(store="memory")
    rw.simulate(study, raters=4, seed=2)
    found = facets(study.scores(), study.rubric, model="partial_credit")
    rows = values(wright(found, study.rubric).to_dict())
    assert sum(row["n"] for row in rows if "zero" in row) == found.n_responses > 0
