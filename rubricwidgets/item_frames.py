"""From items to tidy frames: what is known of them before anybody rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rubricwidgets.frames import schema_of
from rubricwidgets.scales.base import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric

#: The right answers, one row per item, response and dimension.
GOLD_SCHEMA = schema_of(
    {
        "item": pl.String,
        "response": pl.String,  # null where the dimension is about the item
        "dimension": pl.String,
        "score": pl.Float64,
        "label": pl.String,
    }
)

#: Every text that raters may mark on one dimension, one row per item, response and target.
MARKED_TEXTS_SCHEMA = schema_of({"item": pl.String, "response": pl.String, "target": pl.String, "text": pl.String})


def marked_texts(items: Sequence[Item], dimension: Dimension) -> pl.DataFrame:
    """Return the texts that raters may mark: columns of :data:`MARKED_TEXTS_SCHEMA`.

    Parameters
    ----------
    items
        The study's items.
    dimension
        Whose scale is :class:`Spans`.

    """
    rows = []
    for item in items:
        order = tuple(one.id for one in item.responses)
        for response in item.responses if dimension.about == "response" else (None,):
            found = dimension.scale.texts(Place(item, response, order))  # type: ignore[attr-defined]
            rows += [(item.id, response.id if response else None, target, text) for target, text in found.items()]
    return pl.DataFrame(rows, schema=MARKED_TEXTS_SCHEMA, orient="row")


#: Items that are shown twice under different ids.
REPEATS_SCHEMA = schema_of({"item": pl.String, "same_as": pl.String})


def gold(items: Sequence[Item], rubric: Rubric) -> pl.DataFrame:
    """Return the right answers of the items that have some: columns of :data:`GOLD_SCHEMA`.

    Parameters
    ----------
    items
        The study's items.
    rubric
        Whose scales say how an answer reads as a number and in words.

    """
    rows = []
    for item in items:
        for response, answers in ({} if item.gold is None else item.gold.answers).items():
            for dimension, value in answers.items():
                if value is None:
                    continue
                scale = rubric[dimension].scale
                rows.append((item.id, response, dimension, scale.number(value), scale.label(value)))
    return pl.DataFrame(rows, schema=GOLD_SCHEMA, orient="row")


def repeats(items: Sequence[Item]) -> pl.DataFrame:
    """Return the items whose content stood under another id before: columns of :data:`REPEATS_SCHEMA`.

    Parameters
    ----------
    items
        The study's items; the first of equal ones is what later ones are the same as.

    """
    first: dict[object, str] = {}
    rows = []
    for item in items:
        content = (item.prompt, item.context, item.reference, tuple(one.id for one in item.responses))
        known = first.setdefault(content, item.id)
        if known != item.id:
            rows.append((item.id, known))
    return pl.DataFrame(rows, schema=REPEATS_SCHEMA, orient="row")
