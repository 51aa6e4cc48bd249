"""How a study reads in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from rubricwidgets.rubric import Rubric


def card(name: str, n_items: int, rubric: Rubric, where: str, progress: pl.DataFrame) -> str:
    """Return HTML with what the study is, where it is saved and how far each rater is."""
    rows = "".join(
        f"<tr><td>{escape(row['rater'])}</td><td>{row['n_rated']}</td><td>{row['n_skipped']}</td>"
        f"<td>{row['n_flagged']}</td><td>{row['n_left']}</td></tr>"
        for row in progress.iter_rows(named=True)
    )
    raters = (
        "<table><thead><tr><th>Rater</th><th>Rated</th><th>Skipped</th><th>Flagged</th><th>Left</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        if rows
        else "<p>No ratings yet.</p>"
    )
    return (
        f"<p><strong>Study {escape(name)}</strong>: {n_items} items, rubric {escape(rubric.title)!s} "
        f"({len(rubric.dimensions)} dimensions), saved in {escape(where)}</p>{raters}"
    )
