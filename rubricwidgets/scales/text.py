"""Words that a rater writes: an ideal response, a correction, a prompt, a comment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from rubricwidgets.errors import AnswerError, RubricError, known_keywords, nearest
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.numbers import plain_number
from rubricwidgets.texts import unstorable

if TYPE_CHECKING:
    from rubricwidgets.items import Item
    from rubricwidgets.scales.base import Level, Place
    from rubricwidgets.scales.seen import Seen

Start = Literal["response", "reference", "prompt", "context"]
#: Far beyond what anybody types, and below what a message to the kernel may carry.
LONGEST = 500_000

#: What simulated raters write.
_CANNED = (
    "(simulated) It answers what was asked, and says where it is not sure.",
    "(simulated) It would begin with the answer and leave the rest out.",
    "(simulated) It would name the risk first.",
)


@known_keywords
@dataclass(frozen=True)
class Text(Scale):
    """A text, as Markdown.

    Parameters
    ----------
    min_length, max_length
        Characters (Unicode code points, outer blanks aside) that it has at least and at most.
    starts_from
        What the editor begins with: the ``"response"`` (for a correction; the page then shows the changes), the item's
        ``"reference"``, ``"prompt"`` (its last user message) or ``"context"``; None for an empty one. What was begun with
        becomes an answer only when the rater changes it or says that it stays as it is.
    not_applicable
        Whether "not applicable" is an answer.

    Raises
    ------
    RubricError
        Naming the field, what it takes and what it got.

    Examples
    --------
    >>> scale = Text(min_length=20)
    >>> scale.check("Too short.")
    Traceback (most recent call last):
    ...
    rubricwidgets.errors.AnswerError: takes text of at least 20 characters (got 10: 10 more)

    """

    kind: ClassVar[str] = "text"
    level: ClassVar[Level] = "nominal"
    frame: ClassVar[str] = "texts"
    numeric: ClassVar[bool] = False

    min_length: int = 1
    max_length: int | None = None
    starts_from: Start | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        least = plain_number(self.min_length)
        if not isinstance(least, int) or least < 0:
            msg = f"'min_length' takes a whole number of characters from 0 (got {self.min_length!r})"
            raise RubricError(msg)
        object.__setattr__(self, "min_length", least)
        if self.max_length is not None:
            most = plain_number(self.max_length)
            if not isinstance(most, int) or most < max(1, least):
                msg = f"'max_length' takes a whole number of characters from {max(1, least)}, or None (got {self.max_length!r})"
                raise RubricError(msg)
            object.__setattr__(self, "max_length", most)
        starts = get_args(Start)
        if self.starts_from is not None and self.starts_from not in starts:
            close = nearest(self.starts_from, starts) if isinstance(self.starts_from, str) else None
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"'starts_from' takes {', '.join(map(repr, starts))} or None (got {self.starts_from!r}){hint}"
            raise RubricError(msg)

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        parts = [f"of at least {self.min_length}"] if self.min_length > 1 else []
        if self.max_length is not None:
            parts.append(f"of at most {self.max_length:,}")
        return f"text{' ' if parts else ''}{' and '.join(parts)}{' characters' if parts else ''}"

    def check(self, value: object) -> str:
        """Return the text, or raise :class:`AnswerError`."""
        if not isinstance(value, str):
            raise self.refuse(value)
        problem = unstorable(value)
        if problem:
            msg = f"takes text that can be stored: {problem}"
            raise AnswerError(msg)
        length, least, most = len(value.strip()), self.min_length, self.max_length or LONGEST
        if length < least:
            msg = f"takes text of at least {least} character{'s' if least > 1 else ''} (got {length}: {least - length} more)"
            raise AnswerError(msg)
        if length > most:
            msg = f"takes text of at most {most:,} characters (got {length:,}: {length - most:,} fewer)"
            raise AnswerError(msg)
        return value

    def misfit(self, item: Item) -> str | None:
        """Return why there is nothing to start from in an item, or None."""
        lacks = {"reference": item.reference is None, "context": item.context is None}
        if self.starts_from is not None and lacks.get(self.starts_from):
            return f"starts from the item's {self.starts_from}, and this one has none"
        return None

    def coerce(self, value: object) -> str:
        """Return the text."""
        return self.check(value)

    def number(self, value: str) -> None:
        """Return None: a text has no number."""

    def label(self, value: str) -> str:
        """Return the text."""
        return value

    def plausible(self, place: Place, seen: Seen) -> str:
        """Return a sentence that says that it was simulated, as long as the scale asks for."""
        del place
        words = _CANNED[int(seen.own.integers(len(_CANNED)))]
        return words.ljust(self.min_length, ".")[: self.max_length]

    def points(self) -> list[tuple[str, str]]:
        """Return nothing: there is no end of texts."""
        return []

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        return {
            "kind": self.kind,
            "min_length": self.min_length,
            "max_length": self.max_length,
            "starts_from": self.starts_from,
            "not_applicable": self.not_applicable,
        }

    def start(self, place: Place) -> str | None:
        """Return what the editor begins with; None where it begins empty."""
        item = place.item
        match self.starts_from:
            case "response":
                return place.response.text if place.response is not None else None
            case "reference":
                return item.reference
            case "context":
                return item.context
            case "prompt":
                return next(
                    (one.content for one in reversed(item.prompt) if one.role == "user"), item.prompt[-1].content
                )
            case _:
                return None

    def asks(self, place: Place) -> dict[str, str] | None:
        """Return a start that the page does not have: a reference that it may not show otherwise is no secret here."""
        if self.starts_from != "reference" or place.item.reference is None:
            return None
        return {"start": place.item.reference}

    def records(self, value: str, place: Place) -> list[dict[str, Any]]:
        """Return one row: columns of ``texts()``."""
        return [{"text": value, "starts_from": self.start(place), "n_characters": len(value.strip())}]
