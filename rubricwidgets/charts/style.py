"""How charts look: one quiet theme, on a white card so that they read the same in light and dark notebooks."""

from __future__ import annotations

import textwrap
from typing import Any

from rubricwidgets.texts import counted

INK = "#262626"
QUIET = "#5f6368"
RULE = "#d9dce0"
WIDTH = 560
#: What the words of a chart begin with where its estimation did not converge.
PROVISIONAL = "Not converged: take the estimates as provisional. "

#: Okabe and Ito's palette, which people with any kind of colour vision can tell apart, the darker ones first.
CATEGORIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a7a7a")
#: One more than colours, so that the two together tell apart many more than either.
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")

# From low to high: orange to blue stay apart in every kind of colour vision, and in grey by their depth.
_LOW, _MIDDLE, _HIGH = (179, 88, 6), (233, 230, 222), (33, 102, 172)
#: What one quantity from low to high is drawn in.
RAMP = ("#f3efe4", "#9fc3de", "#2166ac", "#08306b")

CONFIG: dict[str, Any] = {
    "background": "#ffffff",
    "padding": 12,
    # Of one width on every system, and in the converter that measures the SVG: a wider font would cut labels off there.
    "font": "Arial, 'Liberation Sans', Arimo, Helvetica, sans-serif",
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "color": INK,
        "fontSize": 14,
        "fontWeight": 600,
        "subtitleColor": QUIET,
        "subtitleFontSize": 11.5,
        "subtitlePadding": 4,
        "offset": 12,
    },
    "axis": {
        "labelColor": INK,
        "titleColor": QUIET,
        "labelFontSize": 11.5,
        "titleFontSize": 11.5,
        "titleFontWeight": "normal",
        "gridColor": RULE,
        "domainColor": "#9aa0a6",
        "tickColor": "#9aa0a6",
        "labelLimit": 260,
        "titlePadding": 8,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": QUIET,
        "labelFontSize": 11.5,
        "titleFontSize": 11.5,
        "titleFontWeight": "normal",
        "labelLimit": 300,
        "symbolStrokeWidth": 0,
    },
    "header": {"labelColor": INK, "titleColor": QUIET, "labelFontSize": 12, "labelFontWeight": 600},
    "text": {"color": INK, "fontSize": 11},
}


def diverging(count: int) -> list[str]:
    """Return colours for ordered levels, lowest first."""
    if count == 1:
        return [_hex(_HIGH)]
    return [_hex(_between(place / (count - 1))) for place in range(count)]


def categories(count: int) -> list[str]:
    """Return colours for levels without an order, again from the start where there are many."""
    return [CATEGORIES[place % len(CATEGORIES)] for place in range(count)]


def wrapped(text: str, width: int = 34) -> list[str]:
    """Return a label on as many lines as it needs."""
    return textwrap.wrap(text, width) or [text]


def end_text(align: str, *, above: bool) -> dict[str, Any]:
    """Return how the words at an end of a scale are set: inside the chart, clear of its edge."""
    return {
        "align": align,
        "dx": 4 if align == "left" else -4,
        "dy": -16 if above else 0,
        "color": QUIET,
        "fontSize": 10.5,
    }


#: In charts "counted" is what a table was counted for.
plural = counted


def _between(share: float) -> tuple[int, int, int]:
    low, high, part = (_LOW, _MIDDLE, share * 2) if share <= 0.5 else (_MIDDLE, _HIGH, share * 2 - 1)  # noqa: PLR2004
    red, green, blue = (round(one + (other - one) * part) for one, other in zip(low, high, strict=True))
    return red, green, blue


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
