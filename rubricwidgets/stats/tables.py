"""How the tables of a result are printed, as text and as HTML; the frames behind them stay as they are.

Numbers have three decimals, or none where a column holds whole numbers only. What says nothing is left out: a column
without a value, and a way of computing (``method``) that is the same in all rows, which stands above the table once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

DIGITS = 3
#: How many rows are printed.
MOST_IN_TEXT, MOST_IN_HTML = 20, 40
_DASH = "\N{EN DASH}"
#: The widest that a column of text gets before it is broken into lines.
_WIDE = 44
_ALWAYS = ("value",)


@dataclass(frozen=True)
class Shown:
    """A table as it is printed.

    Parameters
    ----------
    caption
        What holds for all rows; empty where there is nothing.
    heads, numeric
        Of each column the name, and whether it is of numbers.
    rows
        The cells as texts.
    hidden
        How many more rows the frame has.

    """

    caption: str
    heads: list[str]
    numeric: list[bool]
    rows: list[tuple[str, ...]]
    hidden: int

    @property
    def rest(self) -> str:
        """What to say of the rows that are not printed."""
        return f"and {self.hidden:,} more row{'' if self.hidden == 1 else 's'}" if self.hidden else ""


def shown(frame: pl.DataFrame, most: int) -> Shown:
    """Return a frame as it is printed, with ``most`` rows at the most."""
    caption = ""
    if frame.height > 1 and "method" in frame.columns and frame["method"].n_unique() == 1:
        caption = frame["method"][0] or ""
        frame = frame.drop("method")
    if frame.height:
        frame = frame.drop([one.name for one in frame if one.null_count() == frame.height and one.name not in _ALWAYS])
    cells = [_cells(column, column.head(most).to_list()) for column in frame]
    return Shown(
        caption,
        frame.columns,
        [dtype.is_numeric() for dtype in frame.dtypes],
        list(zip(*cells, strict=True)),
        max(0, frame.height - most),
    )


def frame_text(frame: pl.DataFrame, most: int = MOST_IN_TEXT) -> str:
    """Return a frame as a plain table.

    Examples
    --------
    >>> import polars as pl
    >>> print(frame_text(pl.DataFrame({"rater": ["ana", "bo"], "value": [0.51234, None], "n": [12, 7]})))
    rater  value   n
    -----  -----  --
    ana    0.512  12
    bo         -   7

    """
    table = shown(frame, most)
    lines = [[_broken(cell) for cell in row] for row in table.rows]
    widths = [
        max([len(head), *(len(line) for row in lines for line in row[place])]) for place, head in enumerate(table.heads)
    ]
    printed = [_line(table.heads, widths, table.numeric), "  ".join("-" * width for width in widths)]
    for row in lines:
        for part in range(max(map(len, row), default=0)):
            cells = [column[part] if part < len(column) else "" for column in row]
            printed.append(_line(["-" if cell == _DASH else cell for cell in cells], widths, table.numeric))
    return "\n".join(filter(None, [table.caption and f"({table.caption})", *printed, table.rest]))


def frame_html(frame: pl.DataFrame, most: int = MOST_IN_HTML) -> str:
    """Return a frame as a plain HTML table; null is a dash."""
    table = shown(frame, most)
    caption = f"<p><small>{escape(table.caption)}</small></p>" if table.caption else ""
    head = "".join(
        f"<th{_side(number=number)}>{escape(name)}</th>"
        for name, number in zip(table.heads, table.numeric, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_side(number=number)}>{escape(cell)}</td>" for cell, number in zip(row, table.numeric, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    more = f"<p>{table.rest}</p>" if table.rest else ""
    return f"{caption}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _side(*, number: bool) -> str:
    return "" if number else ' style="text-align:left"'


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    placed = zip(cells, widths, numeric, strict=True)
    return "  ".join(cell.rjust(width) if number else cell.ljust(width) for cell, width, number in placed).rstrip()


def _broken(cell: str) -> list[str]:
    return wrap(cell, _WIDE, break_on_hyphens=False) or [""]


def _cells(column: pl.Series, values: list[Any]) -> list[str]:
    whole = column.dtype.is_float() and _whole(column)
    of_chance = column.name.startswith("p_") or column.name == "p"
    return [_cell(value, whole=whole, of_chance=of_chance) for value in values]


def _whole(column: pl.Series) -> bool:
    """Whether a column of floats holds counts or points of a scale; ones and zeros alone may be rounded shares."""
    known = column.drop_nulls()
    return bool(known.len()) and bool((known == known.round(0)).all()) and bool((known.abs() > 1).any())


def _cell(value: Any, *, whole: bool, of_chance: bool) -> str:  # noqa: ANN401 - a cell of any type
    if value is None:
        return _DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if of_chance and value < 10**-DIGITS:
            return f"<{10**-DIGITS}"
        # Adding 0 makes the zero that is below zero a plain one.
        return f"{round(value, 0 if whole else DIGITS) + 0.0:.{0 if whole else DIGITS}f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)
