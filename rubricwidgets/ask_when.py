"""Dimensions that are asked only where another was answered in a certain way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import RubricError, known_keywords, nearest
from rubricwidgets.scales.numbers import same_value, settled_number, settled_values, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.scales import Scale


@known_keywords
@dataclass(frozen=True)
class AskWhen:
    """The answer to another dimension under which a dimension is asked.

    Conditions add up: any of them suffices. Unset and not applicable meet none. Where the other dimension is asked of each
    response, its answer for the same response counts; a dimension about the item is asked as soon as any response's does.

    Parameters
    ----------
    dimension
        Name of the other dimension.
    one_of
        These values: ``[False]`` of a binary scale, points, names of categories (one of several chosen ones suffices).
    at_most, at_least
        Scores up to, or from, this number.

    Raises
    ------
    RubricError
        Naming the field, what it takes and what it got.

    Examples
    --------
    >>> AskWhen("accuracy", at_most=3).in_words()
    "asked when 'accuracy' is 3 or lower"

    """

    dimension: str
    one_of: tuple[Any, ...] | None = None
    at_most: float | None = None
    at_least: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.dimension, str) or not self.dimension.strip():
            msg = f"'dimension' takes the name of another dimension (got {self.dimension!r})"
            raise RubricError(msg)
        if self.one_of is not None:
            if isinstance(self.one_of, str | bool) or not isinstance(self.one_of, Iterable):
                msg = f"'one_of' takes a list of values (got {self.one_of!r})"
                raise RubricError(msg)
            try:
                object.__setattr__(self, "one_of", settled_values(self.one_of))
            except ValueError as error:
                msg = f"'one_of' takes {error}"
                raise RubricError(msg) from None
        for name in ("at_most", "at_least"):
            given = getattr(self, name)
            number = settled_number(given)
            if given is not None and number is None:
                msg = f"'{name}' takes a number (got {given!r})"
                raise RubricError(msg)
            object.__setattr__(self, name, number)
        if not self.one_of and self.at_most is None and self.at_least is None:
            msg = "'ask_when' takes a condition: one_of=, at_most= or at_least="
            raise RubricError(msg)

    def met_by(self, scale: Scale, value: object) -> bool:
        """Return whether an answer of the other dimension asks this one.

        Parameters
        ----------
        scale
            The other dimension's scale.
        value
            Its answer; None where unset or not applicable.

        """
        if value is None:
            return False
        number = scale.number(value)
        if number is not None and (
            (self.at_most is not None and number <= self.at_most)
            or (self.at_least is not None and number >= self.at_least)
        ):
            return True
        return any(same_value(one, wanted) for one in scale.chosen(value) for wanted in self.one_of or ())

    def in_words(self) -> str:
        """Return the condition as a reader of the rubric would say it."""
        parts = [", ".join(_word(one) for one in self.one_of)] if self.one_of else []
        if self.at_most is not None:
            parts.append(f"{short(self.at_most)} or lower")
        if self.at_least is not None:
            parts.append(f"{short(self.at_least)} or higher")
        return f"asked when {self.dimension!r} is {' or '.join(parts)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the condition as JSON."""
        return {
            "dimension": self.dimension,
            "one_of": None if self.one_of is None else list(self.one_of),
            "at_most": self.at_most,
            "at_least": self.at_least,
        }


def check_conditions(dimensions: Sequence[Dimension]) -> None:
    """Refuse conditions on dimensions that are not there, on values that they cannot have, and in a circle.

    Raises
    ------
    RubricError
        Naming the dimension, what is wrong and what is allowed.

    """
    by_name = {dimension.name: dimension for dimension in dimensions}
    for dimension in dimensions:
        condition = dimension.ask_when
        if condition is None:
            continue
        other = by_name.get(condition.dimension)
        if other is None:
            # A name that would lead back here is no way out.
            free = [name for name in by_name if dimension.name not in _path(name, by_name)]
            close = nearest(condition.dimension, free)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(map(repr, free)) or 'no others'}"
            msg = f"{dimension.name!r}: 'ask_when' names no dimension {condition.dimension!r}; {hint}"
            raise RubricError(msg)
        _check_values(dimension.name, condition, other)
        _check_circle(dimension, by_name)
        _check_reach(dimension.name, condition, other)


def _check_values(name: str, condition: AskWhen, other: Dimension) -> None:
    for wanted in condition.one_of or ():
        try:
            other.scale.check_chosen(wanted)
        except ValueError as error:
            msg = f"{name!r}: 'ask_when' waits for an answer that {other.name!r} cannot have: it {error}"
            raise RubricError(msg) from None
    counts = condition.at_most is not None or condition.at_least is not None
    if counts and not other.scale.numeric:
        msg = f"{name!r}: the answers of {other.name!r} have no number, so 'ask_when' takes one_of= here"
        raise RubricError(msg)


def _check_circle(dimension: Dimension, by_name: Mapping[str, Dimension]) -> None:
    path = _path(dimension.name, by_name)
    if path[-1] in path[:-1]:
        msg = f"{dimension.name!r}: 'ask_when' goes in a circle: {' -> '.join(map(repr, path))}"
        raise RubricError(msg)


def _path(name: str, by_name: Mapping[str, Dimension]) -> list[str]:
    """Return the dimensions on which a dimension depends, itself first; the last one stands there twice in a circle."""
    path = [name]
    condition = by_name[name].ask_when
    while condition is not None and condition.dimension in by_name:
        path.append(condition.dimension)
        if condition.dimension in path[:-1]:
            break
        condition = by_name[condition.dimension].ask_when
    return path


def _check_reach(name: str, condition: AskWhen, other: Dimension) -> None:
    """Refuse a condition that decides nothing: it would look like one, and ask never or always."""
    low, high = other.scale.limits()
    for word, given, never in (
        ("at_most", condition.at_most, low is not None and condition.at_most is not None and condition.at_most < low),
        (
            "at_least",
            condition.at_least,
            high is not None and condition.at_least is not None and condition.at_least > high,
        ),
    ):
        if never:
            msg = (
                f"{name!r}: 'ask_when' waits for an answer that {other.name!r} cannot have: its numbers are {_range(low, high)} "
                f"(got {word}={short(given or 0)})"
            )
            raise RubricError(msg)
    # Where the other one may be unset, not applicable or not asked itself, whether it has an answer decides too.
    answered = other.required and not other.scale.not_applicable and other.ask_when is None
    if answered and _always(condition, other.scale):
        msg = (
            f"{name!r}: 'ask_when' decides nothing, since every answer of {other.name!r} meets it: it takes {other.scale.allows} "
            f"({condition.in_words()}); leave 'ask_when' out, or name fewer answers"
        )
        raise RubricError(msg)


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"{short(high or 0)} or lower" if low is None else f"{short(low)} or higher"
    return f"{short(low)} to {short(high)}"


def _always(condition: AskWhen, scale: Scale) -> bool:
    points = [value for value, _ in scale.points()]
    whole = all(isinstance(one, bool | int | float | str) for one in points)
    if points and whole and not getattr(scale, "multiple", False) and not getattr(scale, "none", False):
        return all(condition.met_by(scale, one) for one in points)
    low, high = scale.limits()
    if low is None or high is None or points:
        return False
    most = low - 1 if condition.at_most is None else condition.at_most
    least = high + 1 if condition.at_least is None else condition.at_least
    return most >= high or least <= low or most >= least


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else repr(value)
