"""Every error that the package raises on purpose.

::

    RubricWidgetsError
    ├── InputError (ValueError)        what somebody typed or loaded is not as it must be
    │   ├── ItemsError                 items
    │   ├── RubricError                a rubric, a dimension, a scale
    │   ├── AnswerError                a score or rationale; .problems lists each one
    │   ├── UnknownKeywordError (TypeError)
    │   └── MissingKeywordError (TypeError)
    ├── StudyError
    │   ├── StudyChangedError          known under this name with other items, rubric or plan
    │   ├── UnknownStudyError
    │   └── UnknownItemError
    └── StoreError
        ├── StoreLockedError           another program holds it
        ├── StoreReadOnlyError
        ├── StoreGoneError             renamed, deleted or replaced while it was open
        ├── StoreCorruptError          damaged, or no store at all
        ├── StoreVersionError          written by a newer version of this package
        ├── StoreFullError             no space left
        └── StoreClosedError
"""

from __future__ import annotations

import difflib
import functools
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T", bound=type)

#: How alike a word must be to a known one to be taken for a mistyped one and nothing else.
NEAR_MISS = 0.8


class RubricWidgetsError(Exception):
    """The root of all errors of this package."""


class InputError(RubricWidgetsError, ValueError):
    """What somebody typed or loaded is not as it must be."""


class ItemsError(InputError):
    """Items that cannot be judged: a missing prompt, a duplicate id, a response that is no text."""


class RubricError(InputError):
    """A rubric, a dimension or a scale that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one answer.

    Parameters
    ----------
    dimension
        Name of the dimension, or None where the rating as a whole is meant.
    response
        Id of the response, or None.
    message
        What is wrong and what is allowed, in words.

    """

    dimension: str | None
    response: str | None
    message: str


class AnswerError(InputError):
    """Answers that the rubric does not allow.

    Attributes
    ----------
    problems : tuple of Problem
        Each thing that is wrong; the error's text joins their messages.

    """

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class UnknownKeywordError(InputError, TypeError):
    """A keyword that a class does not take; names the nearest that it does."""


class MissingKeywordError(InputError, TypeError):
    """A keyword that a class needs and was not given."""


class StudyError(RubricWidgetsError):
    """A study cannot be opened or continued as asked."""


class StudyChangedError(StudyError):
    """The name is known with other items, another rubric or another plan."""


class UnknownStudyError(StudyError):
    """The store holds no study of that name."""


class UnknownItemError(StudyError, KeyError):
    """The study has no item of that id."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class StoreError(RubricWidgetsError):
    """Ratings cannot be written or read now; nothing is lost by it."""


class StoreLockedError(StoreError):
    """Another program holds the store."""


class StoreReadOnlyError(StoreError):
    """The store or its folder may not be written to."""


class StoreGoneError(StoreError):
    """The file was renamed, deleted or replaced while it was open."""


class StoreCorruptError(StoreError):
    """The file is damaged, or is no store at all."""


class StoreVersionError(StoreError):
    """The store was written by a newer version of this package."""


class StoreFullError(StoreError):
    """There is no space left where the store is."""


class StoreClosedError(StoreError):
    """The store was closed."""


def nearest(word: object, known: Iterable[object], *, cutoff: float = 0.6) -> str | None:
    """Return the known word that ``word`` was most likely meant to be, or None.

    A hint may be generous; where a near miss is refused, a ``cutoff`` of :data:`NEAR_MISS` keeps other words apart.

    Examples
    --------
    >>> nearest("weigth", ["weight", "scale"])
    'weight'
    >>> nearest("colour", ["weight", "scale"]) is None
    True

    """
    matches = difflib.get_close_matches(str(word), [str(one) for one in known], n=1, cutoff=cutoff)
    return matches[0] if matches else None


def unknown_keyword(where: str, word: str, known: Iterable[str]) -> str:
    """Return the words for a keyword or key that ``where`` does not take."""
    names = list(known)
    close = nearest(word, names)
    hint = f"did you mean {close!r}?" if close else f"it takes {', '.join(names)}"
    return f"{where} takes no {word!r}; {hint}"


def known_keywords(cls: T) -> T:
    """Let a class refuse a keyword that it does not take with the nearest one that it does."""
    init: Any = cls.__init__  # type: ignore[misc]
    signature = inspect.signature(init)
    known = [name for name in signature.parameters if name != "self"]
    needed = [
        name
        for name, one in signature.parameters.items()
        if name != "self" and one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD
    ]

    @functools.wraps(init)
    def checked(self: object, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        for word in kwargs:
            if word not in known:
                raise UnknownKeywordError(unknown_keyword(cls.__name__, word, known))
        lacking = [name for name in needed[len(args) :] if name not in kwargs]
        if lacking:
            msg = f"{cls.__name__} needs {', '.join(map(repr, lacking))}; it takes {', '.join(known)}"
            raise MissingKeywordError(msg)
        init(self, *args, **kwargs)

    cls.__init__ = checked  # type: ignore[misc]
    return cls
