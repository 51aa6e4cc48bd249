"""Texts from elsewhere that people wrote: ideal responses, corrections, comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError
from rubricwidgets.frame_input import ALIASES, response_of
from rubricwidgets.part_input import Kind, Parts, Row, answer_of, naming, read_parts
from rubricwidgets.scales.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.ratings import Answer, Rating
    from rubricwidgets.rubric import Rubric


def read_texts(frame: object, rubric: Rubric, items: Sequence[Item], **options: Any) -> list[Rating]:  # noqa: ANN401
    """Read texts that people wrote, one row for each.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records, as ``texts()`` returns them: ``item``, ``rater``, ``response`` or ``model``
        where items have several, ``text``.
    rubric, items
        What the texts are of.
    **options
        As for :func:`rubricwidgets.comparison_input.read_comparisons`.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit.
    InputError
        If a column is missing or unknown.

    """
    return read_parts(_KIND, frame, rubric, items, **options)


def _text(row: Row, dimension: Dimension, item: Item) -> tuple[str | None, str]:
    given = row.given["text"]
    if not isinstance(given, str):
        msg = f"'text' takes text (got {given!r})"
        raise AnswerError(msg)
    response = None if dimension.about == "item" else response_of(row.at, item)
    with naming(dimension.name):
        return response, dimension.scale.check(given)


def _once(part: str, earlier: Parts) -> None:
    del part
    for row, _ in earlier:
        msg = f"{row.dimension!r} takes one text of an item, response and rater, and one stands in row {row.at.row} already"
        raise AnswerError(msg)


def _answer(dimension: Dimension, item: Item, response: str | None, parts: Parts) -> Answer:
    del item
    return answer_of(dimension, response, parts[0][1], parts)


_KIND = Kind(
    method="add_texts",
    scale=Text,
    row="a row per text",
    what="texts",
    aliases={**ALIASES, "text": ("text",)},
    part=_text,
    answer=_answer,
    needs={"text": "what was written"},
    beside=_once,
)
