"""Which places of a text were marked, and by how many? The text itself, with the share of raters behind it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import INK, plural, wrapped
from rubricwidgets.errors import InputError
from rubricwidgets.stats.columns import alike, take_here
from rubricwidgets.stats.span_marks import take_marks

_COLUMNS = 84
_CHARACTER = 7.25
_LINE = 21
_MOST_LINES = 60
_SHADES = ("#fff4e0", "#fbc987", "#e8893c")
_MONOSPACE = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"


@dataclass(frozen=True)
class _Line:
    """One line of the text as drawn: where it begins and ends in the text."""

    start: int
    end: int


def span_density(
    spans: Any,  # noqa: ANN401 - a frame of any library
    texts: Any,  # noqa: ANN401
    *,
    item: str | None = None,
    response: str | None = None,
    rated: Any = None,  # noqa: ANN401
) -> Chart | LayerChart:
    """Draw a text with the share of raters who marked each place behind it.

    Parameters
    ----------
    spans
        A frame with the columns of ``Study.spans()``: item, response, rater, start, end, and category where there is any.
    texts
        item, response and text; or the text of the one response that ``spans`` is about.
    item, response
        Which text; may be left out where the marks are about one only.
    rated
        item, response and rater of everything that was rated: those who marked nothing count, too. Without it the share is of the
        raters with a mark, which is said.

    Returns
    -------
    Chart or LayerChart
        An Altair chart: the text in lines, after 60 lines cut; tooltips say how many marked a stretch, and as what.

    Raises
    ------
    InputError
        If a column is missing, a mark lies outside the text, or it is not said which of several texts to draw.

    Examples
    --------
    >>> marks = pl.DataFrame({"item": ["a", "a"], "rater": ["x", "y"], "start": [4, 4], "end": [8, 14]})
    >>> chart = span_density(marks, "The Moon orbits the Sun.")

    """
    title = "Marked places"
    if isinstance(texts, str):
        marks = take_marks(spans, rated).marks
        keys = marks.select("item", "response").unique()
        if keys.height > 1:
            msg = f"'texts' takes a frame with item, response and text where several were marked (got one text for {keys.height})"
            raise InputError(msg)
        texts = (keys if keys.height else pl.DataFrame({"item": [item or ""], "response": [response]})).with_columns(
            pl.lit(texts).alias("text")
        )
    taken = take_marks(spans, rated, texts)
    source = "a frame with item, response and text"
    chosen = take_here(texts, ("item", "text"), what="texts", source=source)
    chosen = _chosen(alike(chosen, taken.rated, ("item", "response"), "texts", "spans"), item, response)
    text = str(chosen["text"][0])
    own = pl.col("item") == chosen["item"][0]
    if "response" in chosen.columns:
        own &= pl.col("response").eq_missing(pl.lit(chosen["response"][0], pl.String))
    marks = taken.marks.filter(own, pl.col("start").is_not_null())
    raters = taken.rated.filter(own)["rater"].n_unique()
    if not text.strip():
        return message("The text is empty.", title)
    stretches = _stretches(marks, text, max(raters, 1))
    of = f" by {plural(raters, 'rater')}" + ("" if taken.is_complete else " with a mark") if raters else ""
    place = f"item {chosen['item'][0]}" + (
        f", response {chosen['response'][0]}" if "response" in chosen.columns and chosen["response"][0] else ""
    )
    lines = _lines(text)
    cut = "" if len(lines) <= _MOST_LINES else f"; cut after {lines[_MOST_LINES - 1].end:,} of {len(text):,} characters"
    none = "; nothing is marked" if marks.is_empty() else ""
    heading: Any = {
        "text": title,
        "subtitle": wrapped(f"{place}: {plural(marks.height, 'mark')}{of}{none}{cut}", 100),
    }
    return _draw(text, lines[:_MOST_LINES], stretches, heading)


def _chosen(texts: pl.DataFrame, item: str | None, response: str | None) -> pl.DataFrame:
    found = texts
    if item is not None:
        found = found.filter(pl.col("item") == item)
    if response is not None and "response" in texts.columns:
        found = found.filter(pl.col("response") == response)
    if found.height != 1:
        known = "none" if found.is_empty() else f"{found.height}"
        msg = f"'item' and 'response' take those of one text (got item={item!r}, response={response!r}: {known} in 'texts')"
        raise InputError(msg)
    return found


def _stretches(marks: pl.DataFrame, text: str, n_raters: int) -> list[dict[str, Any]]:
    """Return the stretches that the same raters marked: start, end, n, share, words."""
    bounds = sorted({0, len(text), *marks["start"].to_list(), *marks["end"].to_list()})
    rows = []
    for start, end in pairwise(bounds):
        over = marks.filter(pl.col("start") < end, pl.col("end") > start)
        n = over["rater"].n_unique()
        if n:
            kinds = ""
            if "category" in over.columns:
                counted = over.drop_nulls("category").group_by("category").agg(pl.col("rater").n_unique().alias("n"))
                kinds = ", ".join(
                    f"{kind} ({count})"
                    for kind, count in counted.sort("n", "category", descending=[True, False]).iter_rows()
                )
            rows.append({"start": start, "end": end, "n": n, "share": round(n / n_raters, 4), "kinds": kinds})
    return rows


def _lines(text: str) -> list[_Line]:
    """Return the text in lines of at most so many characters, broken between words where there are any."""
    lines: list[_Line] = []
    for paragraph in re.finditer(r"[^\n]*(?:\n|$)", text):
        start, end = paragraph.start(), paragraph.end() - (1 if paragraph.group().endswith("\n") else 0)
        if paragraph.start() == len(text) and lines:
            break
        while end - start > _COLUMNS:
            space = text.rfind(" ", start, start + _COLUMNS + 1)
            stop = space + 1 if space > start else start + _COLUMNS
            lines.append(_Line(start, stop))
            start = stop
        lines.append(_Line(start, end))
    return lines


def _draw(text: str, lines: list[_Line], stretches: list[dict[str, Any]], heading: Any) -> LayerChart:  # noqa: ANN401
    boxes, words = [], []
    backwards = _reads_backwards(text)
    for row, line in enumerate(lines):
        for one in stretches:
            start, end = max(one["start"], line.start), min(one["end"], line.end)
            if start < end:
                quoted = text[one["start"] : one["end"]]
                boxes.append(
                    {"row": row, "from": start - line.start, "to": end - line.start, "n": one["n"], "share": one["share"],
                     "kinds": one["kinds"], "words": quoted if len(quoted) <= 60 else quoted[:57] + "..."}  # noqa: PLR2004
                )  # fmt: skip
        shown = "".join(" " if unicodedata.category(one) == "Cc" else one for one in text[line.start : line.end])
        words += [{"row": row, "at": word.start(), "word": word.group()} for word in re.finditer(r"\S+", shown)]
    columns = max(20, *(line.end - line.start for line in lines))
    scale = alt.Scale(domain=[0, columns], nice=False, reverse=backwards)
    height = alt.Step(_LINE)
    rows = list(range(len(lines)))
    y = alt.Y("row:O", scale=alt.Scale(domain=rows, padding=0), axis=None)
    width = columns * _CHARACTER
    most = max((one["share"] for one in boxes), default=1.0)
    marked = (
        Chart({"values": boxes})
        .mark_rect(height=_LINE - 3)
        .encode(
            x=alt.X("from:Q", scale=scale, axis=None),
            x2="to:Q",
            y=y,
            color=alt.Color(
                "share:Q",
                scale=alt.Scale(domain=[0, max(most, 0.5)], range=list(_SHADES)),
                legend=alt.Legend(
                    title="share of raters", format=".0%", orient="bottom", gradientLength=160, tickCount=4
                ),
            ),
            tooltip=[
                alt.Tooltip("words:N", title="text"),
                alt.Tooltip("n:Q", title="raters"),
                alt.Tooltip("share:Q", title="share of raters", format=".0%"),
                alt.Tooltip("kinds:N", title="as"),
            ],
        )
    )
    written = (
        Chart({"values": words})
        .mark_text(align="right" if backwards else "left", baseline="middle", font=_MONOSPACE, fontSize=12, color=INK)
        .encode(x=alt.X("at:Q", scale=scale, axis=None), y=y, text="word:N")
    )
    return LayerChart(layer=[marked, written] if boxes else [written], title=heading, width=width, height=height)


def _reads_backwards(text: str) -> bool:
    """Return whether most letters are of a script that runs from right to left."""
    sides = [unicodedata.bidirectional(one) for one in text]
    return sum(one in ("R", "AL") for one in sides) > sum(one == "L" for one in sides)
