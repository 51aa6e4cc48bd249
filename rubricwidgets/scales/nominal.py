"""One of several categories, or several of them: radio buttons or check boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rubricwidgets.errors import RubricError, known_keywords, nearest, unknown_keyword
from rubricwidgets.scales.base import Scale

if TYPE_CHECKING:
    from rubricwidgets.errors import AnswerError
    from rubricwidgets.scales.base import Level

#: What joins the categories of one answer in a frame's label.
#: How it reads that several might have been chosen and none was.
NONE = "(none)"
JOINT = "; "
_FEWEST = 2


@known_keywords
@dataclass(frozen=True)
class Nominal(Scale):
    """Categories without an order.

    Parameters
    ----------
    categories
        Names, or a mapping of names to descriptions, two or more. A list of ``{"name", "description"}`` does too.
    multiple
        Whether several may be chosen; then an answer is the list of them, and an empty list is an answer.
    not_applicable
        Whether "not applicable" is an answer.

    Raises
    ------
    RubricError
        If there are fewer than two categories, or one is there twice, has no name or has a ``;`` in it.

    Examples
    --------
    >>> scale = Nominal({"none": "", "padding": "Says it twice."}, multiple=True)
    >>> scale.check(["padding"])
    ['padding']
    >>> scale.check(["pading"])
    Traceback (most recent call last):
    ...
    rubricwidgets.errors.AnswerError: takes any of 'none', 'padding' (got 'pading'); did you mean 'padding'?

    """

    kind: ClassVar[str] = "nominal"
    level: ClassVar[Level] = "nominal"
    numeric: ClassVar[bool] = False

    categories: Mapping[str, str] | Sequence[Any] = field(hash=False)
    multiple: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.multiple, bool):
            msg = f"'multiple' takes True or False (got {self.multiple!r})"
            raise RubricError(msg)
        object.__setattr__(self, "categories", _categories(self.categories))

    @property
    def names(self) -> tuple[str, ...]:
        """The categories' names, in order."""
        return tuple(self.categories)

    @property
    def descriptions(self) -> Mapping[str, str]:
        """What each category means; empty text where nothing was said."""
        return self.categories  # type: ignore[return-value]

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        return f"{'any' if self.multiple else 'one'} of {', '.join(map(repr, self.names))}"

    def check(self, value: object) -> str | list[str]:
        """Return the category, or the categories in the scale's order, or raise :class:`AnswerError`."""
        if not self.multiple:
            if isinstance(value, str) and value in self.names:
                return value
            raise self._unknown(value)
        if isinstance(value, str) or not isinstance(value, Sequence | set | frozenset):
            raise self.refuse(value)
        chosen = list(value)
        for one in chosen:
            if one not in self.names:
                raise self._unknown(one)
        if len(set(chosen)) != len(chosen):
            raise self.refuse(value)
        return [name for name in self.names if name in chosen]

    def coerce(self, value: object) -> str | list[str]:
        """Return the categories behind a name in any case, or several joined by ``;``."""
        if self.multiple:
            if value == NONE:
                return []
            if isinstance(value, str):
                value = [part.strip() for part in value.split(JOINT.strip()) if part.strip()]
            elif hasattr(value, "to_list"):
                value = value.to_list()
            if isinstance(value, Sequence | set | frozenset):
                return self.check([self._known(one) for one in value])
            raise self.refuse(value)
        return self.check(self._known(value))

    def number(self, value: str | list[str]) -> None:
        """Return None: categories have no number."""

    def label(self, value: str | list[str]) -> str:
        """Return the category, or the categories joined by ``"; "``; :data:`NONE` where none was chosen."""
        return value if isinstance(value, str) else JOINT.join(value) or NONE

    def points(self) -> list[tuple[str, str]]:
        """Return every category as its own label."""
        return [(name, name) for name in self.names]

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        return {
            "kind": self.kind,
            "categories": [{"name": name, "description": text} for name, text in self.descriptions.items()],
            "multiple": self.multiple,
            "not_applicable": self.not_applicable,
        }

    def _known(self, value: object) -> object:
        if isinstance(value, str):
            wanted = value.strip().casefold()
            return next((name for name in self.names if name.casefold() == wanted), value)
        return value

    def _unknown(self, value: object) -> AnswerError:
        close = nearest(value, self.names) if isinstance(value, str) else None
        error = self.refuse(value)
        return type(error)(f"{error}; did you mean {close!r}?") if close else error


def _categories(given: object) -> dict[str, str]:
    if isinstance(given, str) or not isinstance(given, Mapping | Sequence):
        msg = f"'categories' takes a list of names or a mapping of names to descriptions (got {type(given).__name__})"
        raise RubricError(msg)
    pairs = list(given.items()) if isinstance(given, Mapping) else [_pair(one) for one in given]
    found: dict[str, str] = {}
    for name, description in pairs:
        if not isinstance(name, str) or not name.strip():
            hint = "; YAML reads a bare yes or no as true or false, so put the name in quotes"
            msg = f"'categories' takes names (got {name!r}){hint if isinstance(name, bool) else ''}"
            raise RubricError(msg)
        if JOINT.strip() in name:
            msg = f"'categories' takes names without {JOINT.strip()!r}, which joins them in frames (got {name!r})"
            raise RubricError(msg)
        if name in found:
            msg = f"'categories' takes each name once (got {name!r} twice)"
            raise RubricError(msg)
        if description is not None and not isinstance(description, str):
            msg = f"'categories' takes text as description (got {description!r} for {name!r})"
            raise RubricError(msg)
        alike = next((one for one in found if one.casefold() == name.casefold()), None)
        if alike is not None:
            msg = f"'categories' takes names that differ by more than case (got {alike!r} and {name!r})"
            raise RubricError(msg)
        found[name] = description or ""
    if len(found) < _FEWEST:
        msg = f"'categories' takes two or more names (got {len(found)})"
        raise RubricError(msg)
    return found


def _pair(one: object) -> tuple[Any, Any]:
    if isinstance(one, Mapping):
        for key in one:
            if key not in ("name", "description"):
                raise RubricError(unknown_keyword("categories", str(key), ("name", "description")))
        return one.get("name"), one.get("description")
    return one, ""
