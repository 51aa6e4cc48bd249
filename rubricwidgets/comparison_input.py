"""Verdicts on pairs of responses from elsewhere: other tools, published studies, models as judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError, nearest
from rubricwidgets.frame_input import ALIASES, listed, offered, truth
from rubricwidgets.part_input import Kind, Parts, Row, answer_of, naming, read_parts
from rubricwidgets.scales.numbers import read_number
from rubricwidgets.scales.preference import Preference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.ratings import Answer, Rating
    from rubricwidgets.rubric import Rubric

_PAIR = 2
_TIES = {"tie", "equal", "draw", "same", "0"}
_NEITHER = {"neither", "both bad", "bothbad", "none"}
_SIDES = {"left": "left", "a": "left", "1": "left", "right": "right", "b": "right", "2": "right"}
_SIGNS = {"left": -1, "right": 1}


def read_comparisons(frame: object, rubric: Rubric, items: Sequence[Item], **options: Any) -> list[Rating]:  # noqa: ANN401
    """Read verdicts on pairs, one row for each.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records, as ``comparisons()`` returns them: ``item``, ``rater``, ``left`` and
        ``right`` (response ids or models; left out where items have two responses, which then stand as in the item),
        ``winner`` (one of the two, ``"left"``, ``"right"``, ``"tie"`` or ``"neither"``; or null beside ``loser``, ``tie`` or
        ``neither``), perhaps ``strength`` (a whole number, signed towards the right: below 0 where the left one won; without
        ``winner`` its sign says who won). Where the scale has degrees of strength and a row does not say which, the strength
        stays null: unknown is not "better". Whatever a row says twice must agree.
    rubric, items
        What the verdicts are of.
    **options
        ``dimension=`` (which one, where the frame has no such column and the rubric has several), ``rater_name=``, ``source=``, and
        the frame's own names: ``left=``, ``winner=`` and so on.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit.
    InputError
        If a column is missing or unknown.

    """
    return read_parts(_KIND, frame, rubric, items, **options)


def _verdict(row: Row, dimension: Dimension, item: Item) -> tuple[None, dict[str, Any]]:
    left, right = _sides(row, item)
    choice = _choice(row, item, left, right)
    size = _size(row, choice)
    scale = dimension.scale
    only_one = isinstance(scale, Preference) and len(scale.degrees) == 1
    if choice in ("tie", "neither"):
        strength: int | None = 0
    else:
        # With a single degree, that somebody won says how strongly.
        strength = 1 if size is None and only_one else size
    verdict = {"left": left, "right": right, "choice": choice, "strength": strength}
    with naming(dimension.name):
        scale.check([verdict])
    return None, verdict


def _sides(row: Row, item: Item) -> tuple[str, str]:
    """Return the responses on the left and on the right."""
    left, right = _side(row, item, "left"), _side(row, item, "right")
    ids = [one.id for one in item.responses]
    if left is not None and right is not None:
        return left, right
    if len(ids) != _PAIR:
        msg = f"'{'right' if right is None else 'left'}' is missing: item {item.id!r} has {offered(item)}"
        raise AnswerError(msg)
    if left is None and right is None:
        return ids[0], ids[1]
    known = left or right
    other = ids[1] if known == ids[0] else ids[0]
    return (other, str(right)) if left is None else (left, other)


def _side(row: Row, item: Item, side: str) -> str | None:
    response, model = row.given[side], row.given[f"{side}_model"]
    if response is None:
        return None if model is None else _response(item, str(model), f"{side}_model")
    found = _response(item, str(response), side)
    theirs = next(one.model for one in item.responses if one.id == found)
    if model is not None and str(model) != theirs:
        msg = f"'{side}_model' takes the model of '{side}', which is {theirs!r} for {found!r} (got {model!r})"
        raise AnswerError(msg)
    return found


def _response(item: Item, given: str, what: str) -> str:
    found = [one.id for one in item.responses if given == one.id] or [
        one.id for one in item.responses if given == one.model
    ]
    if len(found) == 1:
        return found[0]
    close = nearest(given, [name for one in item.responses for name in (one.id, one.model) if name])
    hint = f"did you mean {close!r}?" if close and not found else f"it has {offered(item)}"
    msg = f"'{what}' takes one of the item's responses (got {given!r}); {hint}"
    raise AnswerError(msg)


def _choice(row: Row, item: Item, left: str, right: str) -> str:
    """Return what was chosen, in every way in which the row says it."""
    said: dict[str, str] = {}
    given = row.given
    if given["winner"] is not None:
        said["winner"] = _named(given["winner"], item, left, right, "winner")
    if given["loser"] is not None:
        loser = _named(given["loser"], item, left, right, "loser")
        said["loser"] = {"left": "right", "right": "left"}.get(loser, loser)
    said |= {word: word for word in ("tie", "neither") if truth(given[word], word)}
    strength = _strength(row)
    if strength:
        said["strength"] = "right" if strength > 0 else "left"
    elif strength == 0 and "neither" not in said.values():
        said["strength"] = "tie"
    if not said:
        msg = "'winner' is missing, and neither 'tie' nor 'strength' says who won"
        raise AnswerError(msg)
    first, choice = next(iter(said.items()))
    for word, other in said.items():
        if other != choice:
            signed = ", which is signed towards the right" if word == "strength" else ""
            msg = f"'{first}' and '{word}' contradict each other{signed} (got {given[first]!r} and {given[word]!r}): correct or drop one"
            raise AnswerError(msg)
    for word in ("tie", "neither"):
        if choice == word and given[word] is not None and not truth(given[word], word):
            msg = f"'{first}' and '{word}' contradict each other (got {given[first]!r} and {given[word]!r}): correct or drop one"
            raise AnswerError(msg)
    return choice


def _named(name: object, item: Item, left: str, right: str, what: str) -> str:
    """Return what a name or a word for one of the two, or for none of them, chooses."""
    models = {one.id: one.model for one in item.responses}
    pair = {"left": left, "right": right}
    for known in (pair, {side: models.get(response) for side, response in pair.items()}):
        found = [side for side, response in known.items() if str(name) == response]
        if len(found) == 1:
            return found[0]
    word = str(name).strip().casefold()
    choice = _SIDES.get(word)
    if choice is None and what == "winner":
        choice = "tie" if word in _TIES else "neither" if word in _NEITHER else None
    if choice is None:
        wanted = [one for response in (left, right) for one in dict.fromkeys((response, models.get(response))) if one]
        words = ["left", "right", *(["tie", "neither"] if what == "winner" else [])]
        close = nearest(str(name), [*wanted, *words])
        hint = f"; did you mean {close!r}?" if close and close != str(name) else ""
        listing = f"{listed([*wanted, *words[:-1]])} or {words[-1]!r}"
        msg = f"'{what}' takes {listing} (got {name!r}){hint}"
        raise AnswerError(msg)
    return choice


def _strength(row: Row) -> int | None:
    given = row.given["strength"]
    number = None if given is None else read_number(given)
    if given is not None and (number is None or not float(number).is_integer()):
        msg = f"'strength' takes a whole number, signed towards the right (got {given!r})"
        raise AnswerError(msg)
    return None if number is None else int(number)


def _size(row: Row, choice: str) -> int | None:
    """Return how strongly, where the row says so."""
    strength = _strength(row)
    return None if strength is None or choice not in _SIGNS else abs(strength)


def _answer(dimension: Dimension, item: Item, response: str | None, parts: Parts) -> Answer:
    del item
    with naming(dimension.name):
        value = dimension.scale.check([part for _, part in parts])
    return answer_of(dimension, response, value, parts)


_KIND = Kind(
    method="add_comparisons",
    scale=Preference,
    row="a row per pair (left, right, winner; perhaps strength)",
    what="verdicts on pairs",
    aliases={
        **ALIASES,
        "left": ("left",),
        "right": ("right",),
        "left_model": ("left_model",),
        "right_model": ("right_model",),
        "winner": ("winner", "preferred", "choice", "verdict"),
        "loser": ("loser",),
        "tie": ("tie",),
        "neither": ("neither",),
        "strength": ("strength",),
    },
    part=_verdict,
    answer=_answer,
)
