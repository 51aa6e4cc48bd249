"""The kinds of marks: categories with sub-categories, severities, and what each of them weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rubricwidgets.errors import RubricError, known_keywords, nearest, unknown_keyword
from rubricwidgets.scales.numbers import plain_number, short

#: Between a category and its sub-category.
WITHIN = "/"

#: Severities and weights of MQM as most studies use them.
SEVERITIES = {
    "minor": "Noticed, but it changes neither the meaning nor what can be done with the text",
    "major": "Misleads, or stands in the way of using the text",
    "critical": "Makes the text useless or harmful",
}
WEIGHTS = {"neutral": 0.0, "minor": 1.0, "major": 5.0, "critical": 25.0}

_RECORD = ("name", "description", "subcategories")


@known_keywords
@dataclass(frozen=True)
class Category:
    """A category of marks.

    Parameters
    ----------
    name
        Its name, without ``/``.
    description
        What it means.
    subcategories
        Names, a mapping of names to descriptions, or :class:`Category` objects; where there are any, a mark takes one of
        them: ``Accuracy/Omission``.

    """

    name: str
    description: str = ""
    subcategories: tuple[Category, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip() or WITHIN in self.name:
            msg = f"'categories' takes names without {WITHIN!r} (got {self.name!r})"
            raise RubricError(msg)
        if not isinstance(self.description, str):
            msg = f"'categories' takes text as description (got {self.description!r} for {self.name!r})"
            raise RubricError(msg)
        parts = read_categories(self.subcategories, f"subcategories of {self.name!r}") if self.subcategories else ()
        deep = next((one.name for one in parts if one.subcategories), None)
        if deep is not None:
            msg = f"'categories' takes two levels, and {self.name}{WITHIN}{deep} has sub-categories of its own"
            raise RubricError(msg)
        object.__setattr__(self, "subcategories", parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the category as JSON."""
        own = {"name": self.name, "description": self.description}
        return {**own, "subcategories": [one.to_dict() for one in self.subcategories]} if self.subcategories else own


def read_categories(given: object, what: str) -> tuple[Category, ...]:
    """Return categories from what a rubric's author wrote; ``what`` names it in errors."""
    if isinstance(given, str) or not isinstance(given, Mapping | Sequence) or not given:
        msg = f"'{what}' takes a list of names or a mapping of names to descriptions (got {given!r})"
        raise RubricError(msg)
    found: dict[str, Category] = {}
    for one in [_pair(name, own) for name, own in given.items()] if isinstance(given, Mapping) else map(_single, given):
        before = found.get(one.name)
        if before is not None and before.subcategories and one.subcategories:
            # "Accuracy/Omission", "Accuracy/Addition", written one by one.
            one = Category(one.name, before.description, (*before.subcategories, *one.subcategories))  # noqa: PLW2901
        elif before is not None:
            msg = f"'{what}' takes each name once (got {one.name!r} twice)"
            raise RubricError(msg)
        alike = next((name for name in found if name != one.name and name.casefold() == one.name.casefold()), None)
        if alike is not None:
            msg = f"'{what}' takes names that differ by more than case (got {alike!r} and {one.name!r})"
            raise RubricError(msg)
        found[one.name] = one
    return tuple(found.values())


def _single(one: object) -> Category:
    if isinstance(one, Category):
        return one
    if isinstance(one, Mapping):
        for key in one:
            if key not in _RECORD:
                raise RubricError(unknown_keyword("categories", str(key), _RECORD))
        return Category(one.get("name"), one.get("description") or "", one.get("subcategories") or ())  # type: ignore[arg-type]
    return _pair(one, "")


def _pair(name: object, own: object) -> Category:
    """Return the category of a name with its description or sub-categories."""
    group, slash, part = name.partition(WITHIN) if isinstance(name, str) else (name, "", "")
    if slash and isinstance(group, str):
        return Category(group.strip(), subcategories=(_pair(part.strip(), own),))
    if own is None or isinstance(own, str):
        return Category(group, own or "")  # type: ignore[arg-type]
    return Category(group, subcategories=own)  # type: ignore[arg-type]


def read_severities(given: object) -> dict[str, str]:
    """Return severities with their descriptions; MQM's for None."""
    if given is None:
        return dict(SEVERITIES)
    if isinstance(given, str) or not isinstance(given, Mapping | Sequence):
        msg = f"'severities' takes a list of names or a mapping of names to descriptions (got {given!r})"
        raise RubricError(msg)
    pairs = (
        given.items()
        if isinstance(given, Mapping)
        else [(one.get("name"), one.get("description")) if isinstance(one, Mapping) else (one, "") for one in given]
    )
    found: dict[str, str] = {}
    for name, description in pairs:
        if not isinstance(name, str) or not name.strip():
            msg = f"'severities' takes names (got {name!r})"
            raise RubricError(msg)
        if description is not None and not isinstance(description, str):
            msg = f"'severities' takes text as description (got {description!r} for {name!r}); numbers go to 'weights'"
            raise RubricError(msg)
        if any(name.casefold() == other.casefold() for other in found):
            msg = f"'severities' takes each name once (got {name!r} twice)"
            raise RubricError(msg)
        found[name] = description or ""
    return found


def _weight(name: str, given: object, severities: Sequence[str]) -> float | dict[str, float]:
    if isinstance(given, Mapping):
        for severity in given:
            if severity not in severities:
                close = nearest(severity, severities)
                hint = f"; did you mean {close!r}?" if close else ""
                msg = f"'weights' takes severities for {name!r} (got {severity!r}){hint}"
                raise RubricError(msg)
        return {severity: _number(f"{name} {severity}", own) for severity, own in given.items()}
    return _number(name, given)


def _number(what: str, given: object) -> float:
    number = plain_number(given)
    if number is None or number < 0:
        msg = f"'weights' takes numbers from 0 (got {given!r} for {what!r})"
        raise RubricError(msg)
    return float(number) if short(number) != str(int(number)) else int(number)


def names_of(categories: Sequence[Category]) -> tuple[str, ...]:
    """Return everything that a mark can have as category, in order: ``Accuracy/Omission``, ``Other``."""
    return tuple(
        name
        for one in categories
        for name in ([one.name + WITHIN + part.name for part in one.subcategories] or [one.name])
    )


def read_weights(given: object, severities: Sequence[str], categories: Sequence[Category]) -> dict[str, Any]:
    """Return a weight for every severity, and those that categories have of their own.

    Raises
    ------
    RubricError
        If a weight is missing, negative, or of something that is neither a severity nor a category.

    """
    # Where a category has sub-categories no mark has its name, but all of them share its weight.
    names = tuple(dict.fromkeys([*(one.name for one in categories), *names_of(categories)]))
    if given is not None and not isinstance(given, Mapping):
        msg = f"'weights' takes a mapping of severities or categories to numbers (got {given!r})"
        raise RubricError(msg)
    both = next((name for name in severities if name in names), None)
    if both is not None:
        msg = f"'severities' takes names that no category has (got {both!r})"
        raise RubricError(msg)
    read = {name: _weight(name, own, severities) for name, own in (given or {}).items()}
    for name, own in read.items():
        if name not in severities and name not in names:
            close = nearest(name, [*severities, *names])
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"'weights' takes severities and categories (got {name!r}){hint}"
            raise RubricError(msg)
        if name in severities and isinstance(own, dict):
            msg = f"'weights' takes one number for the severity {name!r} (got {own!r})"
            raise RubricError(msg)
    found: dict[str, Any] = {}
    for name in severities:
        weight = read.pop(name, WEIGHTS.get(name.strip().casefold()))
        if weight is None:
            msg = f"'weights' takes a number for each severity (got none for {name!r})"
            raise RubricError(msg)
        found[name] = weight
    return {**found, **read}


def weight_of(weights: Mapping[str, Any], category: str, severity: str | None) -> float | None:
    """Return what a mark counts: its own kind's weight, its category's, or its severity's; None where it takes a severity."""
    for name in (category, category.partition(WITHIN)[0]):
        own = weights.get(name)
        if isinstance(own, Mapping):
            if severity in own:
                return float(own[severity])
        elif own is not None:
            return float(own)
    return None if severity is None else float(weights[severity])
