"""The models that a researcher supplies: Python callables that take chat messages and give text."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rubricwidgets.errors import InputError
from rubricwidgets.process.desk.talk import LETTERS

#: Takes messages, each ``{"role": ..., "content": ...}``; gives text, an awaitable of it, or pieces of it one by one.
Model = Callable[[list[dict[str, str]]], Any]

_WANTED = (
    "a callable that takes a list of messages ({'role': ..., 'content': ...}) and gives text or pieces of it, "
    "a mapping of names to such callables, or a list of them"
)


def read_models(given: object) -> dict[str, Model]:
    """Return models by name.

    Parameters
    ----------
    given
        One callable, a mapping of names to callables, or a list of callables, which are named after themselves.

    Raises
    ------
    InputError
        Saying which is no callable, or cannot take the messages.

    Examples
    --------
    >>> def echo(messages):
    ...     return messages[-1]["content"]
    >>> list(read_models([echo, echo, lambda messages: "no"]))
    ['echo', 'echo-2', 'model-3']

    """
    if isinstance(given, Mapping):
        pairs = list(given.items())
    elif isinstance(given, Sequence) and not isinstance(given, str | bytes):
        pairs = [(None, one) for one in given]
    else:
        pairs = [(None, given)]
    if not 1 <= len(pairs) <= len(LETTERS):
        msg = f"'model' takes 1 to {len(LETTERS)} models (got {len(pairs)})"
        raise InputError(msg)
    found: dict[str, Model] = {}
    for place, (name, model) in enumerate(pairs):
        where = "'model'" if len(pairs) == 1 and name is None else f"'model[{place if name is None else name!r}]'"
        if name is not None and (not isinstance(name, str) or not name.strip()):
            msg = f"'model' takes names that are text (got {name!r})"
            raise InputError(msg)
        _check(where, model)
        found[_free(name or _own_name(model, place), found)] = model
    return found


def _check(where: str, model: object) -> None:
    if inspect.isclass(model):
        msg = f"{where} takes {_WANTED} (got the class {model.__name__}: make one, and give the method that answers)"
        raise InputError(msg)
    if not callable(model):
        msg = f"{where} takes {_WANTED} (got {_shown(model)})"
        raise InputError(msg)
    try:
        signature = inspect.signature(model)
    except (TypeError, ValueError):
        return  # written in C: only calling it tells
    try:
        signature.bind([])
    except TypeError as error:
        msg = (
            f"{where} is called with one argument, the list of messages, which {_shown(model)} does not take ({error})"
        )
        raise InputError(msg) from None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"  # noqa: PLR2004 - a line


def _own_name(model: object, place: int) -> str:
    name = getattr(model, "__name__", "") or type(model).__name__
    return f"model-{place + 1}" if name in ("<lambda>", "partial", "method") else str(name)


def _free(name: str, taken: Mapping[str, object]) -> str:
    if name not in taken:
        return name
    return next(free for number in range(2, len(taken) + 3) if (free := f"{name}-{number}") not in taken)
