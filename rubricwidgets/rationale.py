"""When an answer needs its reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets.errors import RubricError, known_keywords, nearest
from rubricwidgets.scales.numbers import same_value, settled_number, settled_values, short

if TYPE_CHECKING:
    from rubricwidgets.scales import Scale

Policy = Literal["never", "optional", "required", "required_when"]
NUMBER_CONDITIONS = ("required_at_most", "required_at_least", "required_when")
#: No rationale has to be longer than this: about four pages.
LONGEST = 10_000
_CONDITIONS = (*NUMBER_CONDITIONS, "required_for")


@known_keywords
@dataclass(frozen=True)
class Rationale:
    """When an answer needs its reason in words.

    Parameters
    ----------
    policy
        ``"never"``, ``"optional"`` (the default), ``"required"``, or ``"required_when"``, which a condition implies.
    required_at_most, required_at_least
        Required for scores up to, or from, this number.
    required_when
        Required for scores from ``low`` to ``high``, both included: ``(2, 3)``.
    required_for
        Required for these values: ``[False]`` of a binary scale, names of categories. Conditions add up: any of
        them suffices. Not applicable meets none.
    min_length
        Characters (Unicode code points, outer blanks aside) that a required rationale has at least, 0 to 10,000.
    ask
        What to say, in the rater's words: "Which claim is wrong?"

    Raises
    ------
    RubricError
        If the policy is unknown or contradicts a condition.

    Examples
    --------
    >>> Rationale(required_at_most=2, min_length=20).policy
    'required_when'

    """

    policy: Policy = "optional"
    required_at_most: float | None = None
    required_at_least: float | None = None
    required_when: tuple[float, float] | None = None
    required_for: tuple[Any, ...] | None = None
    min_length: int = 0
    ask: str = ""

    def __post_init__(self) -> None:
        policies = ("never", "optional", "required", "required_when")
        if self.policy not in policies:
            close = nearest(self.policy, policies)
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"'policy' takes one of {', '.join(policies)} (got {self.policy!r}){hint}"
            raise RubricError(msg)
        for name in ("required_at_most", "required_at_least"):
            given = getattr(self, name)
            number = settled_number(given)
            if given is not None and number is None:
                msg = f"'{name}' takes a number (got {given!r})"
                raise RubricError(msg)
            object.__setattr__(self, name, number)
        if self.required_when is not None:
            object.__setattr__(self, "required_when", _range(self.required_when))
        if self.required_for is not None:
            if isinstance(self.required_for, str | bool) or not isinstance(self.required_for, Iterable):
                msg = f"'required_for' takes a list of values (got {self.required_for!r})"
                raise RubricError(msg)
            try:
                object.__setattr__(self, "required_for", settled_values(self.required_for))
            except ValueError as error:
                msg = f"'required_for' takes {error}"
                raise RubricError(msg) from None
        self._settle_policy()
        length = settled_number(self.min_length)
        if not isinstance(length, int) or not 0 <= length <= LONGEST:
            msg = f"'min_length' takes a whole number of characters from 0 to {LONGEST:,} (got {self.min_length!r})"
            raise RubricError(msg)
        object.__setattr__(self, "min_length", length)
        if not isinstance(self.ask, str):
            msg = f"'ask' takes text (got {type(self.ask).__name__})"
            raise RubricError(msg)

    def _settle_policy(self) -> None:
        given = [name for name in _CONDITIONS if getattr(self, name) is not None]
        if given and self.policy == "optional":
            object.__setattr__(self, "policy", "required_when")
        elif given and self.policy != "required_when":
            msg = f"'policy' {self.policy!r} and '{given[0]}' contradict each other: leave one out"
            raise RubricError(msg)
        elif self.policy == "required_when" and not given:
            msg = f"'policy' 'required_when' takes a condition: one of {', '.join(_CONDITIONS)}"
            raise RubricError(msg)

    def is_required(self, scale: Scale, value: object, *, not_applicable: bool = False) -> bool:
        """Return whether this answer owes a rationale.

        Parameters
        ----------
        scale
            The dimension's scale.
        value
            An allowed value of it; ignored where not applicable.
        not_applicable
            Whether the answer is "not applicable".

        Examples
        --------
        >>> from rubricwidgets import Ordinal
        >>> Rationale(required_at_most=2).is_required(Ordinal(1, 5), 2)
        True

        """
        if self.policy == "required":
            return True
        if self.policy != "required_when" or not_applicable:
            return False
        number = scale.number(value)
        if number is not None and self._meets(number):
            return True
        if self.required_for is None:
            return False
        return any(same_value(one, wanted) for one in scale.chosen(value) for wanted in self.required_for)

    def _meets(self, number: float) -> bool:
        low = self.required_at_most is not None and number <= self.required_at_most
        high = self.required_at_least is not None and number >= self.required_at_least
        return (
            low or high or (self.required_when is not None and self.required_when[0] <= number <= self.required_when[1])
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the policy as JSON."""
        return {
            "policy": self.policy,
            "required_at_most": self.required_at_most,
            "required_at_least": self.required_at_least,
            "required_when": None if self.required_when is None else list(self.required_when),
            "required_for": None if self.required_for is None else list(self.required_for),
            "min_length": self.min_length,
            "ask": self.ask,
        }

    def in_words(self) -> str:
        """Return the policy as a reader of the rubric would say it."""
        if self.policy == "required_when":
            parts = []
            if self.required_at_most is not None:
                parts.append(f"{short(self.required_at_most)} or lower")
            if self.required_at_least is not None:
                parts.append(f"{short(self.required_at_least)} or higher")
            if self.required_when is not None:
                parts.append(f"{short(self.required_when[0])} to {short(self.required_when[1])}")
            if self.required_for is not None:
                parts.append(", ".join(map(str, self.required_for)))
            words = f"required for {'; '.join(parts)}"
        else:
            words = self.policy
        return f"{words} (at least {self.min_length} characters)" if self.min_length else words


def _range(given: object) -> tuple[float, float]:
    if isinstance(given, Sequence) and not isinstance(given, str) and len(given) == 2:  # noqa: PLR2004
        low, high = (settled_number(one) for one in given)
        if low is not None and high is not None and low <= high:
            return (low, high)
    msg = f"'required_when' takes two numbers (low, high) with low <= high (got {given!r})"
    raise RubricError(msg)
