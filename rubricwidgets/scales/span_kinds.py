"""The kinds of marks: categories with sub-categories, severities, and what each of them weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rubricwidgets.errors import RubricError, nearest
from rubricwidgets.scales.categories import WITHIN, Category, leaves, read_categories
from rubricwidgets.scales.numbers import plain_number, short

#: Severities and weights of MQM as most studies use them.
SEVERITIES = {
    "minor": "Noticed, but it changes neither the meaning nor what can be done with the text",
    "major": "Misleads, or stands in the way of using the text",
    "critical": "Makes the text useless or harmful",
}
WEIGHTS = {"neutral": 0.0, "minor": 1.0, "major": 5.0, "critical": 25.0}


def read_kinds(given: object) -> tuple[Category, ...]:
    """Return the categories of marks from what an author wrote, where ``Accuracy/Omission`` is a name of its group's."""
    if isinstance(given, str) or not isinstance(given, Mapping | Sequence):
        return read_categories(given, fewest=1)
    records: list[Any] = []
    groups: dict[str, dict[str, Any]] = {}
    for one in [_record(*pair) for pair in given.items()] if isinstance(given, Mapping) else map(_record, given):
        name = one.get("name") if isinstance(one, Mapping) else None
        group, slash, part = name.partition(WITHIN) if isinstance(name, str) else ("", "", "")
        if not slash:
            records.append(one)
            continue
        if WITHIN in part:
            msg = f"'categories' takes names with one {WITHIN!r} at most, before the sub-category (got {name!r})"
            raise RubricError(msg)
        if group not in groups:
            groups[group] = {"name": group.strip(), "subcategories": []}
            records.append(groups[group])
        groups[group]["subcategories"].append({**one, "name": part.strip()})
    return read_categories(records, fewest=1)


def _record(one: object, own: object = "") -> Any:  # noqa: ANN401
    """Return the record of a name with its description or its sub-categories; anything else as it is."""
    if not isinstance(one, str):
        return one
    parts = isinstance(own, Mapping | Sequence) and not isinstance(own, str)
    return {"name": one, "subcategories" if parts else "description": own}


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
    return tuple(name for name, _ in leaves(categories))


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
        found[name] = _number(name, weight)
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
