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
import importlib
import inspect
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

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
    """A keyword that a class or a function does not take; names the nearest that it does."""


class MissingKeywordError(InputError, TypeError):
    """What a class or a function needs and was not given, or takes by keyword only."""


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
    hint = f"did you mean {close!r}?" if close else f"it takes {', '.join(names) or 'none'}"
    return f"{where} takes no {word!r}; {hint}"


def known_keywords(thing: T) -> T:
    """Let a class or a function refuse a keyword that it does not take with the nearest one that it does.

    What it needs and did not get, and values beyond those that it takes by place, are refused in words too.
    """
    known: Any = thing
    if not inspect.isclass(known):
        return cast("T", _checked(known, known.__name__))
    setattr(known, "__init__", _checked(known.__init__, known.__name__))  # noqa: B010 - to mypy, no class may
    return thing


def known_methods(cls: T) -> T:
    """Let every public method of a class do what :func:`known_keywords` does."""
    for name, method in list(vars(cls).items()):
        if name.startswith("_"):
            continue
        if inspect.isfunction(method):
            setattr(cls, name, _checked(method, name))
        elif isinstance(method, classmethod):
            setattr(cls, name, classmethod(_checked(method.__func__, name)))
    return cls


def hands_on(target: str, *filled: str) -> Callable[[T], T]:
    """Say where a function's ``**options`` go, so that it refuses others itself, in its own name.

    Parameters
    ----------
    target
        The function or class that takes them, as ``package.module:name``; loaded when a keyword is first looked at.
    *filled
        Keywords of it that the function fills in or does not allow.

    """

    def mark(function: T) -> T:
        setattr(function, "_hands_on", (target, filled))  # noqa: B010 - to mypy, no function may
        return function

    return mark


def _handed_on(function: Any) -> list[str]:  # noqa: ANN401
    """Return the keywords that a function hands on."""
    target, filled = getattr(function, "_hands_on", (None, ()))
    if target is None:
        return []
    module, _, name = target.partition(":")
    taker = getattr(importlib.import_module(module), name)
    parameters = inspect.signature(taker).parameters.values()
    kinds = (
        inspect.Parameter.KEYWORD_ONLY,
        *([inspect.Parameter.POSITIONAL_OR_KEYWORD] if inspect.isclass(taker) else []),
    )
    names = [one.name for one in parameters if one.kind in kinds]
    return [one for one in (*names, *_handed_on(taker)) if one not in filled]


def _checked(function: Any, label: str) -> Any:  # noqa: ANN401 - any function, returned with its own signature
    parameters = list(inspect.signature(function).parameters.values())
    bound = int(bool(parameters) and parameters[0].name in ("self", "cls"))
    parameters = parameters[bound:]
    kinds = {one.kind for one in parameters}
    many, any_word = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    known = [one.name for one in parameters if one.kind not in (many, any_word, one.POSITIONAL_ONLY)]
    by_place = [one.name for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    needed = [one.name for one in parameters if one.kind not in (many, any_word) and one.default is one.empty]

    def refuse(given: tuple[Any, ...], words: dict[str, Any]) -> None:
        placed = by_place[: len(given) - bound]
        unknown = [word for word in words if word not in known]
        lacking = [name for name in needed if name not in placed and name not in words]
        # Where the rest goes is looked up only when something may be wrong.
        suspect = unknown or lacking or len(given) - bound > len(by_place)
        takes = list(dict.fromkeys((*known, *_handed_on(function)))) if suspect else known
        for word in unknown:
            if word not in takes and (any_word not in kinds or len(takes) > len(known)):
                raise UnknownKeywordError(unknown_keyword(label, word, takes))
        for word in words:
            if word in placed and word in known:
                msg = f"{label} got {word!r} twice: by its place and by its keyword"
                raise UnknownKeywordError(msg)
        if len(given) - bound > len(by_place) and many not in kinds:
            rest = [f"{name}=" for name in takes if name not in by_place]
            msg = (
                f"{label} takes {len(by_place) or 'no'} value{'' if len(by_place) == 1 else 's'} by place"
                + (f" ({', '.join(by_place)})" if by_place else "")
                + (f", and the rest by keyword: {', '.join(rest)}" if rest else "")
                + f" (got {len(given) - bound})"
            )
            raise MissingKeywordError(msg)
        if lacking:
            near = next((word for word in unknown if nearest(word, lacking)), None)
            if near is not None:
                raise UnknownKeywordError(unknown_keyword(label, near, lacking))
            msg = f"{label} needs {', '.join(map(repr, lacking))}; it takes {', '.join(takes)}"
            raise MissingKeywordError(msg)

    def checked(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        refuse(args, kwargs)
        return function(*args, **kwargs)

    # In the function's own globals, where doctest looks whether an example belongs to the module.
    own = types.FunctionType(checked.__code__, function.__globals__, function.__name__, None, checked.__closure__)
    return functools.update_wrapper(own, function)
