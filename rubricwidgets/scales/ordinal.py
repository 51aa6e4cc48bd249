"""Ordered integer points, some of them anchored in words: the segmented slider."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rubricwidgets.errors import AnswerError, RubricError, known_keywords
from rubricwidgets.scales.anchors import read_anchors, read_point
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.numbers import plain_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rubricwidgets.scales.base import Level

_MOST_POINTS = 101


@known_keywords
@dataclass(frozen=True)
class Ordinal(Scale):
    """Integer points from ``low`` to ``high`` whose order means something and whose distances may not.

    Parameters
    ----------
    low, high
        First and last point, integers with ``low < high``, at most 101 points.
    anchors
        Words for some or all of the points, ``{1: "mostly wrong", 5: "all correct"}``.
    not_applicable
        Whether "not applicable" is an answer.

    Raises
    ------
    RubricError
        If the ends are no integers or the wrong way round, or an anchor lies outside.

    Examples
    --------
    >>> scale = Ordinal(1, 5, anchors={1: "mostly wrong", 5: "all correct"})
    >>> scale.check(5), scale.label(5), scale.label(4)
    (5, 'all correct', None)
    >>> scale.check(7)
    Traceback (most recent call last):
    ...
    rubricwidgets.errors.AnswerError: takes 1 to 5 (got 7)

    """

    kind: ClassVar[str] = "ordinal"
    level: ClassVar[Level] = "ordinal"

    low: int
    high: int
    anchors: Mapping[int, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("low", "high"):
            number = plain_number(getattr(self, name))
            if not isinstance(number, int):
                msg = f"'{name}' takes a whole number (got {getattr(self, name)!r})"
                raise RubricError(msg)
            object.__setattr__(self, name, number)
        if self.low >= self.high:
            msg = f"'low' takes a number below 'high' (got low={self.low}, high={self.high})"
            raise RubricError(msg)
        if self.high - self.low >= _MOST_POINTS:
            msg = (
                f"Ordinal takes at most {_MOST_POINTS} points (got {self.high - self.low + 1} from low={self.low} "
                f"to high={self.high}); use Continuous({self.low}, {self.high}) for a fine scale"
            )
            raise RubricError(msg)
        object.__setattr__(self, "anchors", read_anchors(self.anchors, self.low, self.high, whole=True))

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        return f"{self.low} to {self.high}"

    def check(self, value: object) -> int:
        """Return the point, or raise :class:`AnswerError`."""
        number = plain_number(value)
        if number is None or not self.low <= number <= self.high:
            raise self.refuse(value)
        if not float(number).is_integer():
            msg = f"takes {self.allows}, whole numbers only (got {value!r})"
            raise AnswerError(msg)
        return int(number)

    def coerce(self, value: object) -> int:
        """Return the point behind a number, a numeric text or an anchor's words."""
        number = read_point(value, self.anchors)
        if number is None:
            raise self.refuse(value)
        if not self.low <= number <= self.high:
            raise self.refuse(value)
        return self.check(number)

    def number(self, value: int) -> float:
        """Return the point as a float."""
        return float(value)

    def label(self, value: int) -> str | None:
        """Return the anchor at a point, or None."""
        return self.anchors.get(value)

    def points(self) -> list[tuple[int, str]]:
        """Return every point with its anchor, or its number where it has none."""
        return [(point, self.anchors.get(point, str(point))) for point in range(self.low, self.high + 1)]

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        return {
            "kind": self.kind,
            "low": self.low,
            "high": self.high,
            "anchors": {str(point): words for point, words in self.anchors.items()},
            "not_applicable": self.not_applicable,
        }
