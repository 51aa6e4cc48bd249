"""Yes or no: two buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from rubricwidgets.errors import RubricError, known_keywords
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.numbers import read_number

if TYPE_CHECKING:
    from rubricwidgets.scales.base import Level

_YES = {"yes", "y", "true", "1", "1.0"}
_NO = {"no", "n", "false", "0", "0.0"}


@known_keywords
@dataclass(frozen=True)
class Binary(Scale):
    """Yes or no.

    Parameters
    ----------
    yes, no
        The words on the two buttons.
    not_applicable
        Whether "not applicable" is an answer.

    Raises
    ------
    RubricError
        If the words are missing or the same.

    Examples
    --------
    >>> scale = Binary(yes="safe", no="unsafe")
    >>> scale.check(False), scale.number(False), scale.label(False)
    (False, 0.0, 'unsafe')
    >>> scale.coerce("Safe")
    True

    """

    kind: ClassVar[str] = "binary"
    level: ClassVar[Level] = "nominal"

    yes: str = "Yes"
    no: str = "No"

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("yes", "no"):
            words = getattr(self, name)
            if not isinstance(words, str) or not words.strip():
                hint = "; YAML reads a bare yes or no as true or false, so put the words in quotes"
                msg = f"'{name}' takes the words of a button (got {words!r}){hint if isinstance(words, bool) else ''}"
                raise RubricError(msg)
        if self.yes.casefold() == self.no.casefold():
            msg = f"'yes' and 'no' take different words (got {self.yes!r} twice)"
            raise RubricError(msg)

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        return f"true ({self.yes}) or false ({self.no})"

    def check(self, value: object) -> bool:
        """Return the truth value, or raise :class:`AnswerError`."""
        if isinstance(value, bool):
            return value
        raise self.refuse(value)

    def coerce(self, value: object) -> bool:
        """Return the truth value behind true/false, 1/0, yes/no or the buttons' own words."""
        if type(value).__name__ in ("bool", "bool_"):
            return bool(value)
        word = value.strip().casefold() if isinstance(value, str) else str(read_number(value))
        if word == self.yes.casefold():
            return True
        if word == self.no.casefold():
            return False
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise self.refuse(value)

    def number(self, value: bool) -> float:  # noqa: FBT001 - the value of this scale
        """Return 1 for yes and 0 for no."""
        return 1.0 if value else 0.0

    def label(self, value: bool) -> str:  # noqa: FBT001
        """Return the words of the button."""
        return self.yes if value else self.no

    def points(self) -> list[tuple[bool, str]]:
        """Return no, then yes, with their words."""
        return [(False, self.no), (True, self.yes)]

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        return {"kind": self.kind, "yes": self.yes, "no": self.no, "not_applicable": self.not_applicable}
