"""Checks by name: what they take, and what one of them says of a response."""

from __future__ import annotations

import inspect
import json
import math
import threading
import typing
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, overload

from rubricwidgets.errors import InputError, known_keywords, nearest

if TYPE_CHECKING:
    from rubricwidgets.items import Item

#: What a check returns: whether the response meets it, None where it cannot say; perhaps with a few words.
Said = bool | None | tuple[bool | None, str]
Check = Callable[..., Said]
C = TypeVar("C", bound=Check)

#: Seconds that a registered check may take before a rating goes on without it.
LIMIT = 5.0
#: The name under which a check is given the whole item, where it has such a parameter.
ITEM = "item"
_REMEMBERED = 500
_SHOWN = 200
_FEW = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says of one response.

    Parameters
    ----------
    met
        Whether the response meets it; None where it could not say.
    note
        Why, in a few words: ``163 words``.

    """

    met: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """A check that criteria can name."""

    function: Check
    #: The criterion in words where it has no text of its own: ``At most {limit} words``.
    says: str = ""
    ready: bool = False


#: Every check by its name: those of this package, and those that a researcher registered.
CHECKS: dict[str, Registered] = {}

# What registered checks said, so that they are asked once of each response: a model may be behind one.
_said: OrderedDict[tuple[Any, ...], Verdict] = OrderedDict()
_lock = threading.Lock()


@overload
def register_check(function: C) -> C: ...
@overload
def register_check(function: str) -> Callable[[C], C]: ...
@known_keywords
def register_check(function: C | str) -> C | Callable[[C], C]:
    """Let criteria name a function of your own as their machine check.

    The function gets the response's text and the criterion's arguments by name, and the whole :class:`Item` where it has a
    parameter ``item``. It returns True (met), False, or None (cannot say), or one of them with a note of a few words, which
    the rater reads beside it. It runs in the kernel; one that raises, or takes longer than 5 seconds, says nothing, and the rating
    goes on without it. Registering a name again replaces it, as running a cell again does.

    Parameters
    ----------
    function
        The function, which gives the check its name; or another name for it: ``@register_check("is_haiku")``.

    Raises
    ------
    InputError
        If the name is a ready check's, or what is registered cannot be called with a text.

    Examples
    --------
    >>> @register_check
    ... def says_please(text, times=1):
    ...     found = text.casefold().count("please")
    ...     return found >= times, f"{found} times"
    >>> run_check("says_please", {"times": 2}, "Please sit down.")
    Verdict(met=False, note='1 times')

    """
    if isinstance(function, str):
        name = function

        def named(given: C) -> C:
            _register(name, given)
            return given

        return named
    _register(getattr(function, "__name__", ""), function)
    return function


def _register(name: str, function: object) -> None:
    if not name.strip() or name == "<lambda>":
        msg = f"'register_check' takes a function with a name, or register_check('name')(function) (got {name!r})"
        raise InputError(msg)
    if name in CHECKS and CHECKS[name].ready:
        msg = f"'register_check' takes a name of its own: {name!r} is a ready check's"
        raise InputError(msg)
    if not callable(function) or inspect.iscoroutinefunction(function):
        what = "an async function" if callable(function) else f"{function!r}"
        msg = f"'register_check' takes a function of a text that returns True, False or None (got {what} for {name!r})"
        raise InputError(msg)
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or parameters[0].kind not in _POSITIONAL:
        msg = f"'register_check' takes a function whose first parameter is the response's text ({name!r} has none)"
        raise InputError(msg)
    CHECKS[name] = Registered(function)


_POSITIONAL = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
)


def ready(name: str, says: str, function: C) -> C:
    """Register a check of this package."""
    CHECKS[name] = Registered(function, says, ready=True)
    return function


def problem_of(name: str, arguments: Mapping[str, Any]) -> str | None:
    """Return why a criterion cannot name this check with these arguments, in words; None: it can.

    Examples
    --------
    >>> problem_of("max_wrods", {"limit": 150})
    "there is no check 'max_wrods'; did you mean 'max_words'?"
    >>> problem_of("max_words", {"limit": "many"})
    "check 'max_words' takes a whole number from 0 as 'limit' (got 'many')"

    """
    known = CHECKS.get(name)
    if known is None:
        close = nearest(name, CHECKS)
        hint = f"did you mean {close!r}?" if close else "one of your own takes @register_check before the study begins"
        return f"there is no check {name!r}; {hint}"
    given = list(inspect.signature(known.function).parameters.values())[1:]
    taken = {one.name: one for one in given if one.name != ITEM}
    open_ended = any(one.kind is one.VAR_KEYWORD for one in given)
    for word in arguments:
        if word not in taken and not open_ended:
            close = nearest(word, taken)
            hint = f"did you mean {close!r}?" if close else f"it takes {', '.join(map(repr, taken)) or 'none'}"
            return f"check {name!r} takes no argument {word!r}; {hint}"
    for one in taken.values():
        named = one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
        if named and one.default is one.empty and one.name not in arguments:
            return f"check {name!r} needs the argument {one.name!r}"
    hints = _hints(known.function)
    for word, value in arguments.items():
        takes = _takes(hints.get(word), value)
        if takes is not None:
            return f"check {name!r} takes {takes} as {word!r} (got {value!r})"
    return None


def text_of(name: str, arguments: Mapping[str, Any]) -> str:
    """Return a ready check as a criterion in words; empty for one that a researcher registered."""
    known = CHECKS.get(name)
    if known is None or not known.says or problem_of(name, arguments):
        return ""
    parameters = inspect.signature(known.function).parameters.values()
    values = {one.name: one.default for one in parameters} | dict(arguments)
    return known.says.format(**{word: _spoken(value) for word, value in values.items()})


def _spoken(value: object) -> str:
    return ", ".join(f"“{one}”" for one in value) if isinstance(value, list | tuple) else str(value)


def run_check(name: str, arguments: Mapping[str, Any], text: str, item: Item | None = None) -> Verdict:
    """Return what a check says of a response; whatever goes wrong in it is its note.

    Parameters
    ----------
    name, arguments
        Which check, with which arguments.
    text
        The response.
    item
        The item that it answers.

    """
    known = CHECKS.get(name)
    if known is None:
        return Verdict(None, f"no check {name!r} is registered in this kernel")
    if known.ready:
        return _run(known.function, arguments, text, item)
    key = (known.function, json.dumps(arguments, sort_keys=True, default=str), text, None if item is None else item.id)
    with _lock:
        if key in _said:
            _said.move_to_end(key)
            return _said[key]
    found = _run_in_time(known.function, arguments, text, item)
    if found.met is not None:
        with _lock:
            _said[key] = found
            while len(_said) > _REMEMBERED:
                _said.popitem(last=False)
    return found


def _run_in_time(function: Check, arguments: Mapping[str, Any], text: str, item: Item | None) -> Verdict:
    """Run a check that may be slow; after :data:`LIMIT` it is left alone."""
    found: list[Verdict] = []

    def run() -> None:
        try:
            found.append(_run(function, arguments, text, item))
        except BaseException as error:  # noqa: BLE001 - even one that means to end the program ends its thread alone
            found.append(Verdict(None, f"it raised {type(error).__name__}"))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LIMIT)
    return found[0] if found else Verdict(None, f"it took longer than {LIMIT:g} seconds")


def _run(function: Check, arguments: Mapping[str, Any], text: str, item: Item | None) -> Verdict:
    parameters = inspect.signature(function).parameters
    more = {ITEM: item} if ITEM in [*parameters][1:] else {}
    try:
        said: Any = function(text, **arguments, **more)
    except Exception as error:  # noqa: BLE001 - whatever a researcher's function raises, rating goes on
        return Verdict(None, _short(f"it raised {type(error).__name__}: {error}"))
    note = ""
    if isinstance(said, tuple) and len(said) == 2 and isinstance(said[1], str):  # noqa: PLR2004 - verdict and note
        said, note = said
    if said is None or type(said).__name__ in ("bool", "bool_"):  # numpy's bool is one too
        return Verdict(None if said is None else bool(said), _short(note))
    return Verdict(None, _short(f"it returned {said!r}, which is neither True, False nor None"))


def _short(note: str) -> str:
    # What cannot be stored is no note; half a character is shown as the sign for it.
    plain = " ".join(note.encode("utf-8", "replace").decode("utf-8").split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


@cache
def _hints(function: Check) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except Exception:  # noqa: BLE001 - annotations of others may name what is not there
        return {}


def _takes(hint: Any, value: object) -> str | None:  # noqa: ANN401 - an annotation
    """Return what an argument takes where the value is none of it; None where it fits or nothing is known."""
    least: float = -math.inf
    if typing.get_origin(hint) is Annotated:
        hint, least = typing.get_args(hint)
    takes, fits = "", True
    if hint is int:
        takes = "a whole number" + ("" if least == -math.inf else f" from {least}")
        fits = isinstance(value, int) and not isinstance(value, bool) and value >= least
    elif hint is float:
        takes, fits = "a number", isinstance(value, int | float) and not isinstance(value, bool)
    elif hint is bool:
        takes, fits = "True or False", isinstance(value, bool)
    elif hint is str:
        takes, fits = "text", _is_text(value)
    elif hint == list[str]:
        takes = "a list of one or more texts"
        fits = isinstance(value, list) and bool(value) and all(map(_is_text, value))
    elif typing.get_origin(hint) is Literal:
        names = typing.get_args(hint)
        takes = f"one of {', '.join(map(repr, names[:_FEW]))}"
        takes += f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
        close = nearest(value, names)
        takes += f" (did you mean {close!r}?)" if close else ""
        fits = value in names
    return None if fits else takes


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
