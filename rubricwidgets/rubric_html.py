"""How a rubric reads in a notebook: a table of its dimensions and anchors."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rubricwidgets.dimension import Dimension
    from rubricwidgets.rubric import Rubric

_CELL = "text-align:left;vertical-align:top;padding:6px 12px;white-space:normal;max-width:44ch"
_QUIET = "opacity:.75"


def table(rubric: Rubric) -> str:
    """Return the rubric as HTML. Everything that somebody typed is escaped."""
    head = "".join(f'<th style="{_CELL}">{title}</th>' for title in ("Dimension", "Question", "Answers", "Rationale"))
    rows = "".join(_row(dimension) for dimension in rubric.dimensions)
    guidelines = (
        f'<details><summary>Guidelines</summary><pre style="white-space:pre-wrap">{escape(rubric.guidelines)}</pre></details>'
        if rubric.guidelines
        else ""
    )
    return (
        f'<div><p><strong>{escape(rubric.title)}</strong> <span style="{_QUIET}">'
        f"{len(rubric.dimensions)} dimension{'s' if len(rubric.dimensions) != 1 else ''}, {rubric.hash}</span></p>"
        f'{guidelines}<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(dimension: Dimension) -> str:
    about = "" if dimension.about == "response" else " · about the item"
    optional = "" if dimension.required else " · optional"
    name = (
        f"<strong>{escape(dimension.title)}</strong><br>"
        f'<span style="{_QUIET}">{escape(dimension.name)}{about}{optional}</span>'
    )
    question = escape(dimension.question)
    if dimension.description:
        question += f'<br><span style="{_QUIET}">{escape(dimension.description)}</span>'
    cells = (name, question, _answers(dimension), escape(dimension.rationale.in_words()))
    return "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells) + "</tr>"


def _answers(dimension: Dimension) -> str:
    scale = dimension.scale
    lines = [escape(f"{scale.kind}, {scale.allows}")]
    anchors = getattr(scale, "anchors", None) or getattr(scale, "descriptions", None) or {}
    lines += [f"<strong>{escape(str(point))}</strong> {escape(words)}" for point, words in anchors.items() if words]
    if scale.not_applicable:
        lines.append("<strong>N/A</strong> allowed")
    return "<br>".join(lines)
