"""From ratings to tidy frames. The schemas here are what statistics and charts build on.

Missing is null: never 0, never NaN.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.scales.base import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric

MOMENT = pl.Datetime("us", "UTC")


def schema_of(columns: dict[str, Any]) -> pl.Schema:
    """Return a schema from names and data types."""
    return pl.Schema(columns)


#: One row per item, response, rater and dimension; what counts now.
SCORES_SCHEMA = schema_of(
    {
        "study": pl.String,
        "item": pl.String,
        "response": pl.String,  # null where the dimension is about the item
        "model": pl.String,
        "rater": pl.String,
        "dimension": pl.String,
        "score": pl.Float64,  # null for categories and where not applicable
        "label": pl.String,  # the anchor, button or categories in words
        "not_applicable": pl.Boolean,
        "rationale": pl.String,
        "flagged": pl.Boolean,
        "gold": pl.Boolean,  # the item's right answers are known
        "revision": pl.Int32,
        "seconds": pl.Float64,  # active time of the whole rating, idle time capped
        "submitted_at": MOMENT,
        "source": pl.String,  # widget, add_scores, simulated, or what else the rating came from
    }
)

#: One row per submission, revisions, skips and stale ones too.
RATINGS_SCHEMA = schema_of(
    {
        "study": pl.String,
        "rating": pl.String,
        "item": pl.String,
        "rater": pl.String,
        "status": pl.String,  # rated or skipped
        "flagged": pl.Boolean,
        "note": pl.String,
        "reason": pl.String,
        "revision": pl.Int32,
        "stale": pl.Boolean,  # based on a rating that was no longer the current one
        "base": pl.String,
        "order": pl.List(pl.String),  # responses as shown, first to last
        "position": pl.Int32,  # place of the item in the rater's order, from 0
        "n_answers": pl.Int32,
        "seconds": pl.Float64,
        "submitted_at": MOMENT,
        "received_at": MOMENT,
        "rubric": pl.String,
        "source": pl.String,
    }
)

#: One row per rater.
PROGRESS_SCHEMA = schema_of(
    {
        "study": pl.String,
        "rater": pl.String,
        "n_items": pl.Int32,
        "n_rated": pl.Int32,
        "n_skipped": pl.Int32,
        "n_flagged": pl.Int32,  # among the rated
        "n_left": pl.Int32,
        "share": pl.Float64,  # rated or skipped, of all items
        "seconds": pl.Float64,  # of all submissions
        "median_seconds": pl.Float64,  # per rated item, its revisions together
        "first_at": MOMENT,
        "last_at": MOMENT,
    }
)


_WHO = {"rater": pl.String, "dimension": pl.String}
_WHEN = {
    "rationale": pl.String,
    "flagged": pl.Boolean,
    "revision": pl.Int32,
    "seconds": pl.Float64,  # active time of the whole rating
    "submitted_at": MOMENT,
    "source": pl.String,
}

#: The frames beside ``scores()``, for answers that are more than one number; the scale whose ``frame`` it is fills them.
DETAILS: dict[str, pl.Schema] = {
    # One row per pair that was judged.
    "comparisons": schema_of(
        {
            "study": pl.String,
            "item": pl.String,
            **_WHO,
            "left": pl.String,  # response ids, as they stood
            "right": pl.String,
            "winner": pl.String,  # null for a tie, and where neither is good
            "loser": pl.String,
            "tie": pl.Boolean,
            "neither": pl.Boolean,
            "strength": pl.Int32,  # signed towards right; 0 for a tie
            "left_model": pl.String,
            "right_model": pl.String,
            **_WHEN,
        }
    ),
    # One row per ranked response.
    "rankings": schema_of(
        {
            "study": pl.String,
            "item": pl.String,
            "response": pl.String,
            "model": pl.String,
            **_WHO,
            "rank": pl.Int32,  # 1 is best; null where only some were ranked and this one was not
            "position": pl.Int32,  # as shown, from 0
            **_WHEN,
        }
    ),
    # One row per criterion.
    "checks": schema_of(
        {
            "study": pl.String,
            "item": pl.String,
            "response": pl.String,
            "model": pl.String,
            **_WHO,
            "criterion": pl.String,  # its id
            "text": pl.String,
            "met": pl.Boolean,  # null where not applicable
            "not_applicable": pl.Boolean,
            "points": pl.Float64,  # what meeting it is worth
            "earned": pl.Float64,  # null where not applicable
            "evidence": pl.String,  # words of the response
            "machine": pl.Boolean,  # what its program says; null without one, or where it could not say
            "machine_note": pl.String,  # in its own words
            "met_before": pl.Boolean,  # the rater's verdict before they were shown the machine's
            "changed": pl.Boolean,  # whether they changed it after that
            **_WHEN,
        }
    ),
    # One row per mark; a response without errors has one with no start.
    "spans": schema_of(
        {
            "study": pl.String,
            "item": pl.String,
            "response": pl.String,
            "model": pl.String,
            **_WHO,
            "target": pl.String,  # "response", or the part of the prompt
            "start": pl.Int64,  # Unicode code points into the text, end exclusive; null: no errors found
            "end": pl.Int64,
            "text": pl.String,
            "category": pl.String,
            "severity": pl.String,
            "weight": pl.Float64,
            "note": pl.String,
            "correction": pl.String,
            **_WHEN,
        }
    ),
    # One row per chosen category; an answer of none of them has one without a category.
    "categories": schema_of(
        {
            "study": pl.String,
            "item": pl.String,
            "response": pl.String,
            "model": pl.String,
            **_WHO,
            "category": pl.String,  # "Violence/Threats"
            "group": pl.String,  # "Violence"; the category itself where it is in no group
            "severity": pl.String,  # null where the rubric asks for none
            **_WHEN,
        }
    ),
    # One row per text.
    "texts": schema_of(
        {
            "study": pl.String,
            "item": pl.String,
            "response": pl.String,
            "model": pl.String,
            **_WHO,
            "text": pl.String,
            "starts_from": pl.String,  # what the editor began with; null: nothing
            "n_characters": pl.Int64,
            **_WHEN,
        }
    ),
}


def details(table: pl.DataFrame, items: Sequence[Item], rubric: Rubric, study: str, frame: str) -> pl.DataFrame:
    """Return the current answers of every scale that fills ``frame``, one row per part of an answer.

    Parameters
    ----------
    table
        What :meth:`Store.table` returns.
    items, rubric
        What is judged, and how.
    study
        The study's name.
    frame
        A name in :data:`DETAILS`.

    Returns
    -------
    polars.DataFrame
        Its schema is that of :data:`DETAILS`; in the order of items, raters and dimensions, each answer's parts together.

    """
    schema = DETAILS[frame]
    scales = {one.name: one.scale for one in rubric.dimensions if one.scale.frame == frame}
    places = {item.id: place for place, item in enumerate(items)}
    dimensions = {name: place for place, name in enumerate(rubric.names)}
    rated = current(table).filter(pl.col("status") == "rated").rename({"flagged": "_flagged"})
    shared = ("item", "rater", "dimension", "revision", "seconds", "submitted_at", "source")
    rows: list[tuple[tuple[int, str, int, int, int], dict[str, Any]]] = []
    answers = (
        rated.select("item", "rater", "order", "_flagged", "revision", "seconds", "submitted_at", "source", "answers")
        .explode("answers")
        .drop_nulls("answers")
        .unnest("answers")
        .filter(pl.col("dimension").is_in(list(scales)), pl.col("value").is_not_null())
    )
    for answer in answers.iter_rows(named=True):
        item = items[places[answer["item"]]]
        response = None if answer["response"] is None else item.response(answer["response"])
        order = tuple(answer["order"] or ()) or tuple(one.id for one in item.responses)
        whole = {
            **{name: answer[name] for name in shared},
            "study": study,
            "response": answer["response"],
            "model": None if response is None else response.model,
            "rationale": answer["rationale"] or None,
            "flagged": answer["_flagged"],
        }
        parts = scales[answer["dimension"]].records(json.loads(answer["value"]), Place(item, response, order))
        rank = list(item.responses).index(response) if response is not None else -1
        key = (places[item.id], answer["rater"], dimensions[answer["dimension"]], rank)
        rows += [((*key, number), {**whole, **part}) for number, part in enumerate(parts)]
    rows.sort(key=lambda row: row[0])
    return pl.DataFrame([{name: row.get(name) for name in schema} for _, row in rows], schema=schema, orient="row")


def scores(table: pl.DataFrame, items: Sequence[Item], rubric: Rubric, study: str) -> pl.DataFrame:
    """Return the current scores, tidy.

    Parameters
    ----------
    table
        What :meth:`Store.table` returns.
    items
        The study's items, which say model, gold and order.
    rubric
        Whose dimensions give the order.
    study
        The study's name.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`SCORES_SCHEMA`, sorted by item, response, rater and dimension in the study's own orders.

    """
    responses = pl.DataFrame(
        [(item.id, response.id, response.model) for item in items for response in item.responses],
        schema={"item": pl.String, "response": pl.String, "model": pl.String},
        orient="row",
    ).with_row_index("_response")
    known = pl.DataFrame(
        [(item.id, item.gold is not None) for item in items],
        schema={"item": pl.String, "gold": pl.Boolean},
        orient="row",
    ).with_row_index("_item")
    dimensions = pl.DataFrame({"dimension": rubric.names}, schema={"dimension": pl.String}).with_row_index("_dimension")
    rated = current(table).filter(pl.col("status") == "rated")
    raters = rated.select(pl.col("rater").unique().sort()).with_row_index("_rater")
    # One whole number says where a row belongs, which sorts millions of rows several times faster than four columns do.
    place = pl.col("_item").fill_null(known.height).cast(pl.Int64)
    for name, count in (
        ("_response", responses.height + 1),
        ("_rater", raters.height),
        ("_dimension", dimensions.height + 1),
    ):
        place = place * count + pl.col(name).fill_null(count - 1)
    return (
        rated.select("item", "rater", "flagged", "revision", "seconds", "submitted_at", "source", "answers")
        .explode("answers")
        .drop_nulls("answers")
        .unnest("answers")
        .lazy()
        .join(known.lazy(), on="item", how="left")
        .join(responses.lazy(), on=["item", "response"], how="left")
        .join(dimensions.lazy(), on="dimension", how="left")
        .join(raters.lazy(), on="rater", how="left")
        .sort(place)
        .select(
            pl.lit(study).alias("study"),
            "item",
            "response",
            "model",
            "rater",
            "dimension",
            pl.col("number").alias("score"),
            "label",
            "not_applicable",
            _text("rationale"),
            "flagged",
            pl.col("gold").fill_null(value=False),
            "revision",
            "seconds",
            "submitted_at",
            "source",
        )
        .cast(SCORES_SCHEMA)
        .collect()
    )


def ratings(table: pl.DataFrame, study: str) -> pl.DataFrame:
    """Return every submission in the order of arrival: columns of :data:`RATINGS_SCHEMA`."""
    return table.select(
        pl.lit(study).alias("study"),
        pl.col("id").alias("rating"),
        "item",
        "rater",
        "status",
        "flagged",
        _text("note"),
        _text("reason"),
        "revision",
        "stale",
        "base",
        "order",
        "position",
        pl.col("answers").list.len().alias("n_answers"),
        "seconds",
        "submitted_at",
        "received_at",
        "rubric",
        "source",
    ).cast(RATINGS_SCHEMA)


def progress(table: pl.DataFrame, items: Sequence[Item], study: str, raters: Sequence[str] = ()) -> pl.DataFrame:
    """Return how far each rater is, by name: columns of :data:`PROGRESS_SCHEMA`.

    Parameters
    ----------
    table
        What :meth:`Store.table` returns.
    items
        The study's items.
    study
        The study's name.
    raters
        Names to list even if they have not begun.

    """
    n_items = len(items)
    rated = pl.col("status") == "rated"
    done = current(table)
    per_rater = done.group_by("rater").agg(
        rated.sum().alias("n_rated"),
        (~rated).sum().alias("n_skipped"),
        (pl.col("flagged") & rated).sum().alias("n_flagged"),
    )
    # Time is of all the work: an item's is that of its revisions together.
    timed = table.filter(pl.col("seconds").is_not_null()).group_by("rater", "item").agg(pl.col("seconds").sum())
    medians = (
        timed.join(done.filter(rated).select("rater", "item"), on=["rater", "item"], how="semi")
        .group_by("rater")
        .agg(pl.col("seconds").median().alias("median_seconds"))
    )
    work = table.group_by("rater").agg(
        pl.when(pl.col("seconds").is_not_null().any()).then(pl.col("seconds").sum()).alias("seconds"),
        pl.col("submitted_at").min().alias("first_at"),
        pl.col("submitted_at").max().alias("last_at"),
    )
    everybody = pl.DataFrame({"rater": list(raters)}, schema={"rater": pl.String})
    names = pl.concat([everybody, table.select("rater")]).unique().sort("rater")
    counts = ("n_rated", "n_skipped", "n_flagged")
    return (
        names.join(per_rater, on="rater", how="left")
        .join(work, on="rater", how="left")
        .join(medians, on="rater", how="left")
        .with_columns(pl.col(counts).fill_null(0).cast(pl.Int32))
        .select(
            pl.lit(study).alias("study"),
            "rater",
            pl.lit(n_items).alias("n_items"),
            *counts,
            (n_items - pl.col("n_rated") - pl.col("n_skipped")).alias("n_left"),
            ((pl.col("n_rated") + pl.col("n_skipped")) / max(n_items, 1)).alias("share"),
            "seconds",
            "median_seconds",
            "first_at",
            "last_at",
        )
        .cast(PROGRESS_SCHEMA)
    )


def current(table: pl.DataFrame) -> pl.DataFrame:
    """Return, of a store's table, the one submission per item and rater that counts: the last that is not stale."""
    return table.filter(~pl.col("stale")).unique(["item", "rater"], keep="last", maintain_order=True)


def _text(name: str) -> pl.Expr:
    """Return a column of text whose empty texts are null."""
    return pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)
