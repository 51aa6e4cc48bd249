"""A number between two ends: the slider without an initial value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rubricwidgets.errors import AnswerError, RubricError, known_keywords
from rubricwidgets.scales.anchors import read_anchors, read_point
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.numbers import plain_number, short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rubricwidgets.scales.base import Level

_CLOSE = 1e-9


@known_keywords
@dataclass(frozen=True)
class Continuous(Scale):
    """Any number from ``low`` to ``high``, whose distances mean something.

    Parameters
    ----------
    low, high
        The ends, finite numbers with ``low < high``.
    step
        The distance between allowed numbers, counted from ``low``; None allows any.
    anchors
        Words for some numbers, ``{0: "useless", 100: "ideal"}``.
    not_applicable
        Whether "not applicable" is an answer.

    Raises
    ------
    RubricError
        If the ends are no numbers or the wrong way round, the step does not fit, or an anchor lies outside.

    Examples
    --------
    >>> Continuous(0, 100, step=0.5).check(62.5)
    62.5
    >>> Continuous(0, 100, step=1).check(62.5)
    Traceback (most recent call last):
    ...
    rubricwidgets.errors.AnswerError: takes 0 to 100 in steps of 1 (got 62.5)

    """

    kind: ClassVar[str] = "continuous"
    level: ClassVar[Level] = "interval"

    low: float
    high: float
    step: float | None = None
    anchors: Mapping[float, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("low", "high"):
            number = plain_number(getattr(self, name))
            if number is None:
                msg = f"'{name}' takes a finite number (got {getattr(self, name)!r})"
                raise RubricError(msg)
            object.__setattr__(self, name, float(number))
        if self.low >= self.high:
            msg = f"'low' takes a number below 'high' (got low={short(self.low)}, high={short(self.high)})"
            raise RubricError(msg)
        if self.step is not None:
            step = plain_number(self.step)
            if step is None or not 0 < step <= self.high - self.low:
                msg = f"'step' takes a number above 0 and at most {short(self.high - self.low)} (got {self.step!r})"
                raise RubricError(msg)
            object.__setattr__(self, "step", float(step))
        object.__setattr__(self, "anchors", read_anchors(self.anchors, self.low, self.high))

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        steps = "" if self.step is None else f" in steps of {short(self.step)}"
        return f"{short(self.low)} to {short(self.high)}{steps}"

    def check(self, value: object) -> float:
        """Return the number, or raise :class:`AnswerError`."""
        number = plain_number(value)
        if number is None or not self.low <= number <= self.high or not self._on_step(float(number)):
            raise self.refuse(value)
        return float(number)

    def coerce(self, value: object) -> float:
        """Return the number in a number or a numeric text, or behind an anchor's words."""
        number = read_point(value, self.anchors)
        if number is None:
            raise self.refuse(value)
        try:
            return self.check(number)
        except AnswerError:
            raise self.refuse(value) from None

    def number(self, value: float) -> float:
        """Return the number."""
        return float(value)

    def label(self, value: float) -> str | None:
        """Return the anchor at exactly this number, or None."""
        return self.anchors.get(float(value))

    def points(self) -> list[tuple[float, str]]:
        """Return nothing: there is no end of allowed numbers."""
        return []

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        return {
            "kind": self.kind,
            "low": self.low,
            "high": self.high,
            "step": self.step,
            "anchors": {short(point): words for point, words in self.anchors.items()},
            "not_applicable": self.not_applicable,
        }

    def _on_step(self, number: float) -> bool:
        if self.step is None:
            return True
        steps = (number - self.low) / self.step
        return abs(steps - round(steps)) <= _CLOSE * max(1.0, abs(steps)) or number == self.high
