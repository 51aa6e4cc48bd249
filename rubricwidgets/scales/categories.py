"""Categories as an author writes them: with descriptions, examples and one level of sub-categories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rubricwidgets.errors import RubricError, unknown_keyword

#: What joins the categories of one answer in a frame's label.
JOINT = "; "
#: Between a category and its sub-category.
WITHIN = "/"

_FIELDS = ("name", "description", "examples", "subcategories")
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Category:
    """A category, or a group of them.

    Parameters
    ----------
    name
        Its own name, without its group's.
    description
        What counts, in a sentence or two.
    examples
        A few cases in the rater's words.
    subcategories
        Where there are any, an answer is one of them, and this only holds them together.

    """

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()
    subcategories: tuple[Category, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the category as JSON, without what it does not have."""
        found: dict[str, Any] = {"name": self.name, "description": self.description}
        if self.examples:
            found["examples"] = list(self.examples)
        if self.subcategories:
            found["subcategories"] = [one.to_dict() for one in self.subcategories]
        return found


def leaves(categories: Sequence[Category]) -> Iterator[tuple[str, Category]]:
    """Yield everything that an answer can be, by its full name: ``Violence/Threats``."""
    for one in categories:
        if one.subcategories:
            yield from ((f"{one.name}{WITHIN}{part.name}", part) for part in one.subcategories)
        else:
            yield one.name, one


def read_categories(given: object, what: str = "categories", *, fewest: int = _FEWEST) -> tuple[Category, ...]:
    """Return categories from what an author wrote.

    Parameters
    ----------
    given
        Names; a mapping of names to descriptions or to sub-categories; or records of ``name``, ``description``,
        ``examples`` and ``subcategories``.
    what
        What it is called in errors.
    fewest
        How many answers there must be: 1 or 2.

    Raises
    ------
    RubricError
        Naming the category, the rule and the value.

    """
    if isinstance(given, str) or not isinstance(given, Mapping | Sequence):
        msg = f"'{what}' takes a list of names or a mapping of names to descriptions (got {type(given).__name__})"
        raise RubricError(msg)
    nested = what == "categories"
    pairs = [_named(name, own) for name, own in given.items()] if isinstance(given, Mapping) else map(_record, given)
    found: list[Category] = []
    for record in pairs:
        one = _category(record, what, nested=nested)
        if any(one.name == other.name for other in found):
            msg = f"'{what}' takes each name once (got {one.name!r} twice)"
            raise RubricError(msg)
        alike = next((other.name for other in found if other.name.casefold() == one.name.casefold()), None)
        if alike is not None:
            msg = f"'{what}' takes names that differ by more than case (got {alike!r} and {one.name!r})"
            raise RubricError(msg)
        found.append(one)
    if nested:
        names = [name for name, _ in leaves(found)]
        if len(names) < fewest:
            msg = f"'{what}' takes {'one' if fewest == 1 else 'two'} or more names (got {len(names)})"
            raise RubricError(msg)
        twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if twice is not None:
            msg = f"'{what}' takes each name once (got {twice!r} as a category and as a sub-category)"
            raise RubricError(msg)
    return tuple(found)


def _named(name: object, own: object) -> dict[str, Any]:
    """Return the record of a name with its description or its sub-categories."""
    if own is None or isinstance(own, str) or not isinstance(own, Mapping | Sequence):
        return {"name": name, "description": own}
    return {"name": name, "subcategories": own}


def _record(one: object) -> dict[str, Any]:
    if isinstance(one, Category):
        return one.to_dict()
    if not isinstance(one, Mapping):
        return {"name": one}
    for key in one:
        if key not in _FIELDS:
            raise RubricError(unknown_keyword("categories", str(key), _FIELDS))
    return dict(one)


def _category(record: Mapping[str, Any], what: str, *, nested: bool) -> Category:
    name, description = record.get("name"), record.get("description")
    if not isinstance(name, str) or not name.strip():
        hint = "; YAML reads a bare yes or no as true or false, so put the name in quotes"
        msg = f"'{what}' takes names (got {name!r}){hint if isinstance(name, bool) else ''}"
        raise RubricError(msg)
    if JOINT.strip() in name:
        msg = f"'{what}' takes names without {JOINT.strip()!r}, which joins them in frames (got {name!r})"
        raise RubricError(msg)
    if description is not None and not isinstance(description, str):
        msg = f"'{what}' takes text as description (got {description!r} for {name!r})"
        raise RubricError(msg)
    return Category(
        name,
        description or "",
        _examples(name, record.get("examples"), what),
        _parts(name, record, what, nested=nested),
    )


def _examples(name: str, given: object, what: str) -> tuple[str, ...]:
    listed = [given] if isinstance(given, str) else given or ()
    if (
        isinstance(listed, Mapping)
        or not isinstance(listed, Sequence)
        or not all(isinstance(one, str) and one.strip() for one in listed)
    ):
        msg = f"'{what}' takes a list of texts as examples (got {given!r} for {name!r})"
        raise RubricError(msg)
    return tuple(listed)


def _parts(name: str, record: Mapping[str, Any], what: str, *, nested: bool) -> tuple[Category, ...]:
    given = record.get("subcategories")
    if given is None or (isinstance(given, Mapping | Sequence) and not given):
        return ()
    if not nested:
        msg = f"'categories' takes two levels, and {name!r} in {what} has sub-categories of its own"
        raise RubricError(msg)
    if WITHIN in name:
        msg = f"'{what}' takes names without {WITHIN!r} where they have sub-categories (got {name!r})"
        raise RubricError(msg)
    return read_categories(given, f"subcategories of {name!r}")
