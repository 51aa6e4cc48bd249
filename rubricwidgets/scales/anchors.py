"""Words for points of a numeric scale, read and looked up."""

from __future__ import annotations

from collections.abc import Mapping

from rubricwidgets.errors import RubricError
from rubricwidgets.scales.numbers import read_number, short


def read_anchors(given: object, low: float, high: float, *, whole: bool = False) -> dict[float, str]:
    """Return anchors by number, lowest first.

    Parameters
    ----------
    given
        A mapping of points to words; points may be numeric texts, as JSON and YAML have them.
    low, high
        The ends of the scale.
    whole
        Whether points are whole numbers.

    Raises
    ------
    RubricError
        If a point lies outside or is there twice, or has no words.

    """
    points = f"{'points' if whole else 'numbers'} from {short(low)} to {short(high)}"
    if not isinstance(given, Mapping):
        msg = f"'anchors' takes a mapping of {points} to words, such as {{{short(low)}: 'poor'}} (got {type(given).__name__})"
        raise RubricError(msg)
    anchors: dict[float, str] = {}
    for key, words in given.items():
        point = read_number(key)
        if point is None or not low <= point <= high or (whole and not float(point).is_integer()):
            msg = f"'anchors' takes {points} (got {key!r})"
            raise RubricError(msg)
        number = int(point) if whole else float(point)
        if number in anchors:
            msg = f"'anchors' takes each point once (got {short(point)} twice)"
            raise RubricError(msg)
        if not isinstance(words, str) or not words.strip():
            msg = f"'anchors' takes words for each point (got {words!r} at {short(point)})"
            raise RubricError(msg)
        anchors[number] = words
    return dict(sorted(anchors.items()))


def read_point(value: object, anchors: Mapping[int, str] | Mapping[float, str]) -> float | int | None:
    """Return the number in a value from elsewhere, or the point that its words are the anchor of; else None."""
    number = read_number(value)
    if number is None and isinstance(value, str):
        wanted = value.strip().casefold()
        number = next((point for point, words in anchors.items() if words.casefold() == wanted), None)
    return number
