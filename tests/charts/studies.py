"""Made-up scores for the charts to show."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl

import rubricwidgets as rw
from rubricwidgets.frames import SCORES_SCHEMA

LONG = (
    "misleads on most points",
    "a serious error that matters",
    "several minor slips remain",
    "one slip that hardly matters",
    "every claim is correct",
)


def ordinal_rubric() -> rw.Rubric:
    names = ("accuracy", "instruction_following", "helpfulness", "appropriate_uncertainty", "tone")
    return rw.Rubric(
        "quality",
        dimensions=[
            rw.Dimension(
                name,
                "?",
                rw.Ordinal(1, 5, anchors={point: f"{words} ({name[:5]})" for point, words in enumerate(LONG, 1)}),
            )
            for name in names
        ],
    )


def binary_rubric() -> rw.Rubric:
    return rw.Rubric(
        "creativity",
        dimensions=[
            rw.Dimension(f"t{n:02}", "?", rw.Binary(), title=f"Perspective and voice flexibility {n}")
            for n in range(14)
        ],
    )


def mixed_rubric() -> rw.Rubric:
    return rw.Rubric(
        "mixed",
        dimensions=[
            rw.Dimension("accuracy", "?", rw.Ordinal(1, 5, anchors={1: "mostly wrong", 5: "all correct"})),
            rw.Dimension("overall", "?", rw.Continuous(0, 100, anchors={0: "useless", 100: "ideal"})),
            rw.Dimension("safe", "?", rw.Binary()),
            rw.Dimension("fault", "?", rw.Nominal(["none", "padding", "wrong fact", "tone"])),
        ],
    )


def scores(rubric: rw.Rubric, raters: int = 6, items: int = 20, seed: int = 3) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    rows = []
    for item in range(items):
        for place, model in enumerate(("aster", "birch", "cedar")):
            for rater in range(raters):
                for dimension in rubric.dimensions:
                    scale = dimension.scale
                    share = float(np.clip(random.normal(0.75 - 0.15 * place - 0.03 * rater, 0.25), 0, 1))
                    points = scale.points()
                    if points:
                        value, label = points[min(int(share * len(points)), len(points) - 1)]
                        label = scale.label(value)
                        number = scale.number(value)
                    else:
                        number, label = round(share * 100), None
                    rows.append(
                        (
                            "s",
                            f"item-{item:02}",
                            f"{item}-{place}",
                            model,
                            f"rater-{rater + 1}",
                            dimension.name,
                            number,
                            label,
                            False,
                            None,
                            False,
                            False,
                            1,
                            float(random.gamma(3, 20)),
                            datetime(2026, 5, 1, tzinfo=UTC),
                            "widget",
                        )
                    )
    return pl.DataFrame(rows, schema=SCORES_SCHEMA, orient="row")
