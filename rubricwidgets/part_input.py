"""Judgements from elsewhere that take several rows or more than a number: comparisons, rankings and texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError, InputError, Problem, UnknownKeywordError, nearest, unknown_keyword
from rubricwidgets.frame_input import (
    ALIASES,
    Source,
    columns_of,
    get,
    known_dimension,
    known_item,
    listed,
    offered,
    rating_of,
    response_of,
    source_of,
    told,
)
from rubricwidgets.ratings import Answer, Rating
from rubricwidgets.scales.numbers import read_number
from rubricwidgets.scales.preference import Preference
from rubricwidgets.scales.ranking import Ranking
from rubricwidgets.scales.text import Text
from rubricwidgets.score_frames import as_polars

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Dimension, Rubric
    from rubricwidgets.scales.base import Scale

_TIES = {"tie", "equal", "draw", "same", "0"}
_NEITHER = {"neither", "both bad", "bothbad", "none"}
_SIDES = {"left": "left", "a": "left", "1": "left", "right": "right", "b": "right", "2": "right"}


@dataclass(frozen=True)
class _Row:
    at: Source
    dimension: str
    given: Mapping[str, Any]


@dataclass(frozen=True)
class _Kind:
    """One kind of judgement: whose answers, in which columns, how a row becomes a part and parts an answer."""

    scale: type[Scale]
    word: str
    what: str
    aliases: Mapping[str, Sequence[str]]
    part: Callable[[_Row, Dimension, Item], tuple[str | None, Any]]
    value: Callable[[Dimension, list[Any]], Any]


def read_comparisons(frame: object, rubric: Rubric, items: Sequence[Item], **options: Any) -> list[Rating]:  # noqa: ANN401
    """Read verdicts on pairs, one row for each.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records, as ``comparisons()`` returns them: ``item``, ``rater``, ``left`` and
        ``right`` (response ids or models; left out where items have two responses, which then stand as in the item),
        ``winner`` (one of the two, ``"left"``, ``"right"``, ``"tie"`` or ``"neither"``; or null beside ``tie`` or ``neither``),
        perhaps ``strength`` (its size counts; without ``winner`` its sign points to the winner, positive to the right).
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
    return _read(_COMPARISONS, frame, rubric, items, **options)


def read_rankings(frame: object, rubric: Rubric, items: Sequence[Item], **options: Any) -> list[Rating]:  # noqa: ANN401
    """Read rankings, one row for each ranked response.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records, as ``rankings()`` returns them: ``item``, ``rater``, ``response`` or
        ``model``, ``rank`` (1 is best; tied ones share a rank; null: not ranked).
    rubric, items
        What the ranks are of.
    **options
        As for :func:`read_comparisons`.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit.
    InputError
        If a column is missing or unknown.

    """
    return _read(_RANKINGS, frame, rubric, items, **options)


def read_texts(frame: object, rubric: Rubric, items: Sequence[Item], **options: Any) -> list[Rating]:  # noqa: ANN401
    """Read texts that people wrote, one row for each.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records, as ``texts()`` returns them: ``item``, ``rater``, ``response`` or ``model``
        where items have several, ``text``.
    rubric, items
        What the texts are of.
    **options
        As for :func:`read_comparisons`.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit.
    InputError
        If a column is missing or unknown.

    """
    return _read(_TEXTS, frame, rubric, items, **options)


def _read(
    kind: _Kind,
    frame: object,
    rubric: Rubric,
    items: Sequence[Item],
    *,
    dimension: str | None = None,
    rater_name: str | None = None,
    source: str | None = None,
    **columns: str,
) -> list[Rating]:
    for word in columns:
        if word not in kind.aliases:
            raise UnknownKeywordError(
                unknown_keyword(kind.word, word, [*kind.aliases, "dimension", "rater_name", "source"])
            )
    data = as_polars(frame)
    names = columns_of(data, kind.aliases, columns, rater_name)
    known = [one.name for one in rubric.dimensions if isinstance(one.scale, kind.scale)]
    if not known:
        msg = f"the rubric has no dimension of {kind.what} (it has {listed(rubric.names)}): add one with the scale {kind.scale.__name__}"
        raise InputError(msg)
    if dimension is None and names["dimension"] is None:
        if len(known) > 1:
            msg = f"'dimension' takes one of {listed(known)}: the rubric has several of {kind.what} (got none)"
            raise InputError(msg)
        dimension = known[0]
    rows = [
        _Row(
            at=source_of(row, names, rater_name, number),
            dimension=str(get(row, names["dimension"])) if dimension is None else dimension,
            given={word: get(row, names[word]) for word in kind.aliases if word not in ALIASES},
        )
        for number, row in enumerate(data.iter_rows(named=True), start=1)
    ]
    return _ratings(kind, rows, rubric, {item.id: item for item in items}, source or kind.word)


def _ratings(kind: _Kind, rows: list[_Row], rubric: Rubric, items: dict[str, Item], source: str) -> list[Rating]:
    problems: list[Problem] = []
    places: dict[str, list[int]] = {}
    groups: dict[tuple[str, str], dict[tuple[str, str | None], list[tuple[_Row, Any]]]] = {}

    def refuse(row: _Row, error: AnswerError) -> None:
        problems.append(Problem(row.dimension, row.at.response, f"row {row.at.row}: {error}"))
        places.setdefault(str(error), []).append(row.at.row)

    for row in rows:
        try:
            dimension = _dimension(kind, row, rubric)
            response, part = _said(row.dimension, lambda: kind.part(row, dimension, known_item(row.at.item, items)))  # noqa: B023
        except AnswerError as error:
            refuse(row, error)
            continue
        groups.setdefault((row.at.item, row.at.rater), {}).setdefault((row.dimension, response), []).append((row, part))
    ratings: list[Rating] = []
    for (item, _), answered in groups.items():
        answers: list[Answer] = []
        for (name, response), found in answered.items():
            try:
                value = _said(name, lambda: kind.value(rubric[name], [part for _, part in found]))  # noqa: B023
            except AnswerError as error:
                refuse(found[0][0], error)
                continue
            why = dict.fromkeys(row.at.rationale for row, _ in found if row.at.rationale)
            answers.append(Answer(name, value, response, rationale="\n".join(why)))
        if problems:
            continue
        try:
            sources = [row.at for found in answered.values() for row, _ in found]
            ratings.append(rating_of(sources, answers, rubric, items[item], source))
        except AnswerError as error:
            refuse(next(iter(answered.values()))[0][0], error)
    if problems:
        msg = f"{told(places)}\nNothing was added."
        raise AnswerError(msg, problems)
    return ratings


def _dimension(kind: _Kind, row: _Row, rubric: Rubric) -> Dimension:
    dimension = rubric[known_dimension(row.dimension, rubric.names)]
    if not isinstance(dimension.scale, kind.scale):
        msg = f"{row.dimension!r} takes {dimension.scale.allows}, and no {kind.what}"
        raise AnswerError(msg)
    return dimension


def _said(name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the work returns
    """Do it, and let what is wrong name the dimension."""
    try:
        return work()
    except AnswerError as error:
        words = str(error)
        msg = words if words.startswith((repr(name), "the study", "item ", "'")) else f"{name!r} {words}"
        raise AnswerError(msg) from None


# Comparisons


def _verdict(row: _Row, dimension: Dimension, item: Item) -> tuple[None, dict[str, Any]]:
    scale = dimension.scale
    if not isinstance(scale, Preference):
        raise TypeError
    left, right = (_side(row, item, place) for place in (0, 1))
    choice, size = _choice(row, item, left, right)
    strength = 0 if choice in ("tie", "neither") else size or min(2, len(scale.degrees))
    return None, {"left": left, "right": right, "choice": choice, "strength": strength}


def _side(row: _Row, item: Item, place: int) -> str:
    side = ("left", "right")[place]
    given = row.given[side] if row.given[side] is not None else row.given[f"{side}_model"]
    if given is not None:
        return _response(item, str(given), side)
    if len(item.responses) == 2:  # noqa: PLR2004
        return item.responses[place].id
    msg = f"'{side}' is missing: item {item.id!r} has {offered(item)}"
    raise AnswerError(msg)


def _response(item: Item, given: str, what: str) -> str:
    found = [one.id for one in item.responses if given == one.id] or [
        one.id for one in item.responses if given == one.model
    ]
    if len(found) == 1:
        return found[0]
    close = nearest(given, [name for one in item.responses for name in (one.id, one.model) if name])
    hint = f"did you mean {close!r}?" if close else f"it has {offered(item)}"
    msg = f"'{what}' takes one of the item's responses (got {given!r}); {hint}"
    raise AnswerError(msg)


def _choice(row: _Row, item: Item, left: str, right: str) -> tuple[str, int]:
    """Return what was chosen, and how strongly where that was said."""
    number = None if row.given["strength"] is None else read_number(row.given["strength"])
    if row.given["strength"] is not None and (number is None or not float(number).is_integer()):
        msg = f"'strength' takes a whole number (got {row.given['strength']!r})"
        raise AnswerError(msg)
    size = abs(int(number)) if number is not None else 0
    for word in ("neither", "tie"):
        if _is_true(row.given[word]):
            return word, 0
    winner = row.given["winner"]
    if winner is None:
        if number is None:
            msg = "'winner' is missing, and neither 'tie' nor 'strength' says who won"
            raise AnswerError(msg)
        return ("right" if number > 0 else "left" if number < 0 else "tie"), size
    models = {one.id: one.model for one in item.responses}
    for side, response in (("left", left), ("right", right)):
        if str(winner) in (response, models.get(response)):
            return side, size
    word = str(winner).strip().casefold()
    choice = "tie" if word in _TIES else "neither" if word in _NEITHER else _SIDES.get(word)
    if choice is None:
        wanted = [name for response in (left, right) for name in (response, models.get(response)) if name]
        close = nearest(str(winner), [*wanted, "left", "right", "tie", "neither"])
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'winner' takes {listed(wanted)}, 'left', 'right', 'tie' or 'neither' (got {winner!r}){hint}"
        raise AnswerError(msg)
    return choice, size


def _is_true(given: object) -> bool:
    return given is not None and str(given).strip().casefold() in ("true", "1", "1.0", "yes")


def _verdicts(dimension: Dimension, parts: list[Any]) -> Any:  # noqa: ANN401
    return dimension.scale.check(parts)


# Rankings


def _ranked(row: _Row, dimension: Dimension, item: Item) -> tuple[None, tuple[str, Any]]:
    del dimension
    return None, (response_of(row.at, item), row.given["rank"])


def _order(dimension: Dimension, parts: list[Any]) -> Any:  # noqa: ANN401
    scale = dimension.scale
    if not isinstance(scale, Ranking):
        raise TypeError
    ranks: dict[str, Any] = {}
    for response, rank in parts:
        if response in ranks:
            msg = f"takes each response once (got {response!r} twice)"
            raise AnswerError(msg)
        ranks[response] = rank
    return scale.from_ranks(ranks)


# Texts


def _text(row: _Row, dimension: Dimension, item: Item) -> tuple[str | None, str]:
    given = row.given["text"]
    if not isinstance(given, str):
        msg = f"takes text in the column 'text' (got {given!r})"
        raise AnswerError(msg)
    return (None if dimension.about == "item" else response_of(row.at, item)), given


def _only(dimension: Dimension, parts: list[Any]) -> str:
    if len(parts) > 1:
        msg = f"takes one text of an item, response and rater (got {len(parts)})"
        raise AnswerError(msg)
    return str(dimension.scale.check(parts[0]))


_COMPARISONS = _Kind(
    Preference,
    "add_comparisons",
    "preference",
    {
        **ALIASES,
        "left": ("left",),
        "right": ("right",),
        "left_model": ("left_model",),
        "right_model": ("right_model",),
        "winner": ("winner", "preferred", "choice", "verdict"),
        "tie": ("tie",),
        "neither": ("neither",),
        "strength": ("strength",),
    },
    _verdict,
    _verdicts,
)
_RANKINGS = _Kind(Ranking, "add_rankings", "ranking", {**ALIASES, "rank": ("rank",)}, _ranked, _order)
_TEXTS = _Kind(Text, "add_texts", "text", {**ALIASES, "text": ("text",)}, _text, _only)
