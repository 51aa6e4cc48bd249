"""What stands where there is nothing to draw."""

from __future__ import annotations

from rubricwidgets.charts.display import Chart
from rubricwidgets.charts.style import QUIET, WIDTH, wrapped


def message(words: str, title: str) -> Chart:
    """Return a chart that says in words why there is nothing to draw."""
    return (
        Chart({"values": [{"words": wrapped(words, 70)}]}, title=title, width=WIDTH, height=60)
        .mark_text(align="left", baseline="top", color=QUIET, fontSize=13, lineHeight=18)
        .encode(text="words:N", x={"value": 0}, y={"value": 8})
    )
