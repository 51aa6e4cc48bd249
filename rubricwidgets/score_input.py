"""Scores from elsewhere: wide or long frames of other tools, published studies, models as judges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import (
    NEAR_MISS,
    AnswerError,
    InputError,
    Problem,
    UnknownKeywordError,
    nearest,
    unknown_keyword,
)
from rubricwidgets.frame_input import (
    ALIASES,
    Names,
    Source,
    columns_of,
    content_id,
    get,
    known_dimension,
    known_item,
    listed,
    rating_of,
    response_of,
    source_of,
    told,
)
from rubricwidgets.ratings import Answer, Rating
from rubricwidgets.score_frames import as_polars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric

_ALIASES = {
    **ALIASES,
    "score": ("score", "value", "verdict"),
    "label": ("label",),
    "not_applicable": ("not_applicable",),
}


@dataclass(frozen=True)
class _Cell:
    """One score with where it stands."""

    at: Source
    dimension: str
    value: Any
    not_applicable: bool


def read_scores(
    frame: object,
    rubric: Rubric,
    items: Sequence[Item],
    *,
    rater_name: str | None = None,
    source: str = "add_scores",
    **columns: str,
) -> list[Rating]:
    """Read the ratings in a frame from elsewhere.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records. Wide: a column per dimension, named as in the rubric, and
        perhaps ``<dimension>_rationale`` and ``<dimension>_not_applicable``; a column ``rationale`` goes with every
        dimension that has none of its own. Long: columns ``dimension`` and ``score`` (or ``label``, which also stands in
        where ``score`` is null), and perhaps ``rationale`` and ``not_applicable``. Both: ``item``, ``rater``,
        ``response`` where items have several, perhaps ``seconds`` and ``submitted_at``. Values may be numbers, numeric
        texts, anchors, button words or categories; null is unanswered.
    rubric, items
        What the scores are of.
    rater_name
        Who rated, where the frame has no such column; not together with one.
    source
        What ``ratings()`` says the ratings came from.
    **columns
        The frame's own names: ``item=``, ``response=``, ``rater=``, ``dimension=``, ``score=``, ``rationale=``,
        ``label=``, ``seconds=``, ``submitted_at=``, ``not_applicable=``.

    Returns
    -------
    list of Rating
        One per item and rater, with the answers that the frame has and no others; see :func:`revised`.

    Raises
    ------
    AnswerError
        With every row, column, rule and value that does not fit.
    InputError
        If a column is missing or unknown.

    """
    for word in columns:
        if word not in _ALIASES:
            raise UnknownKeywordError(unknown_keyword("add_scores", word, [*_ALIASES, "rater_name", "source"]))
    data = as_polars(frame)
    names = columns_of(data, _ALIASES, columns, rater_name)
    if names["score"] is None:
        names["score"] = names["label"]
    if names["dimension"] is not None and names["dimension"] not in rubric.names and names["score"] is not None:
        cells = _long_cells(data, names, rater_name)
    else:
        # What the rubric calls a dimension is one, whatever else a column of that name often holds.
        own = {word: name for word, name in names.items() if word in columns or name not in rubric.names}
        cells = _wide_cells(data, {**dict.fromkeys(_ALIASES), **own}, rubric, rater_name)
    return _ratings(cells, rubric, {item.id: item for item in items}, source)


def _long_cells(data: pl.DataFrame, names: Names, rater_name: str | None) -> list[_Cell]:
    score, label, dimension = str(names["score"]), names["label"], str(names["dimension"])
    found = []
    for number, row in enumerate(data.iter_rows(named=True), start=1):
        value = row[score] if row[score] is not None else get(row, label)
        not_applicable = _truth(row, names["not_applicable"], number)
        if value is not None or not_applicable:
            found.append(
                _cell(row, names, rater_name, number, str(row[dimension]), value, not_applicable=not_applicable)
            )
    return found


def _wide_cells(data: pl.DataFrame, names: Names, rubric: Rubric, rater_name: str | None) -> list[_Cell]:
    taken = {name for word, name in names.items() if name is not None and word not in ("score", "label", "dimension")}
    dimensions = [name for name in rubric.names if name in data.columns and name not in taken]
    if not dimensions:
        close = {one: nearest(one, rubric.names) for one in data.columns if one not in taken}
        hints = [f"{one!r} (did you mean {other!r}?)" for one, other in close.items() if other]
        near = f"; the nearest: {', '.join(hints)}" if hints else ""
        msg = (
            f"a wide frame takes a column for one or more of the dimensions {listed(rubric.names)} "
            f"(got {listed(data.columns)}){near}; a long one takes dimension= and score="
        )
        raise InputError(msg)
    missing = [name for name in rubric.names if name not in data.columns]
    parts = ("_rationale", "_not_applicable")
    for column in data.columns:
        meant = nearest(column, missing, cutoff=NEAR_MISS)
        if meant is not None and column not in taken and column not in dimensions and not column.endswith(parts):
            msg = f"the frame has {column!r}; did you mean the dimension {meant!r}? Rename or drop the column"
            raise InputError(msg)
    if names["not_applicable"] is not None:
        such = f"{dimensions[0]}_not_applicable"
        msg = f"{names['not_applicable']!r} does not say of which dimension: name the column for each, such as {such!r}"
        raise InputError(msg)
    found = []
    for dimension in dimensions:
        why, not_this = f"{dimension}_rationale", f"{dimension}_not_applicable"
        own_names = {**names, "rationale": why if why in data.columns else names["rationale"]}
        marked = not_this if not_this in data.columns else None
        for number, row in enumerate(data.iter_rows(named=True), start=1):
            not_applicable = _truth(row, marked, number)
            if row[dimension] is not None or not_applicable:
                found.append(
                    _cell(row, own_names, rater_name, number, dimension, row[dimension], not_applicable=not_applicable)
                )
    return sorted(found, key=lambda cell: cell.at.row)


def _truth(row: dict[str, Any], name: str | None, number: int) -> bool:
    """Return whether a cell says yes, in the words that files use for it."""
    given = get(row, name)
    word = str(given).strip().casefold() if given is not None else ""
    if word in ("", "false", "no", "0", "0.0", "n", "f"):
        return False
    if word in ("true", "yes", "1", "1.0", "y", "t"):
        return True
    msg = f"row {number}: {name!r} takes true or false (got {given!r})"
    raise InputError(msg)


def _cell(
    row: dict[str, Any],
    names: Names,
    rater_name: str | None,
    number: int,
    dimension: str,
    value: object,
    *,
    not_applicable: bool,
) -> _Cell:
    return _Cell(source_of(row, names, rater_name, number), dimension, value, not_applicable)


def _ratings(cells: list[_Cell], rubric: Rubric, items: dict[str, Item], source: str) -> list[Rating]:
    problems: list[Problem] = []
    places: dict[str, list[int]] = {}
    groups: dict[tuple[str, str], list[tuple[Source, Answer]]] = {}
    seen: dict[tuple[str, str, str, str | None], int] = {}
    for cell in cells:
        at = cell.at
        try:
            answer = _answer(cell, rubric, items)
            slot = (at.item, at.rater, answer.dimension, answer.response)
            if slot in seen:
                msg = f"{cell.dimension!r} of this item, response and rater stands in row {seen[slot]} already"
                raise AnswerError(msg)
        except AnswerError as error:
            problems.append(Problem(cell.dimension, at.response, f"row {at.row}: {error}"))
            places.setdefault(str(error), []).append(at.row)
            continue
        seen[slot] = at.row
        groups.setdefault((at.item, at.rater), []).append((at, answer))
    if problems:
        msg = f"{told(places)}\nNothing was added."
        raise AnswerError(msg, problems)
    return [
        rating_of([at for at, _ in group], [answer for _, answer in group], rubric, items[item], source)
        for (item, _), group in groups.items()
    ]


def _answer(cell: _Cell, rubric: Rubric, items: dict[str, Item]) -> Answer:
    item = known_item(cell.at.item, items)
    dimension = rubric[known_dimension(cell.dimension, rubric.names)]
    response = None if dimension.about == "item" else response_of(cell.at, item)
    if cell.not_applicable:
        if not dimension.scale.not_applicable:
            msg = f"{cell.dimension!r} takes {dimension.scale.allows}, and not applicable is not among its answers"
            raise AnswerError(msg)
        return Answer(cell.dimension, None, response, not_applicable=True, rationale=cell.at.rationale)
    try:
        value = dimension.scale.coerce(cell.value)
    except AnswerError as error:
        msg = f"{cell.dimension!r} {error}"
        raise AnswerError(msg) from None
    return Answer(cell.dimension, value, response, rationale=cell.at.rationale)


def revised(ratings: Sequence[Rating], current: Mapping[tuple[str, str], Rating]) -> list[Rating]:
    """Return ratings as revisions of what the same raters said before.

    What a rating does not mention is carried over: a frame may bring one dimension or one response at a time. A rating
    that changes nothing is left out. The others' UUIDs follow from their content and from what they revise, so that the
    same frame gives the same ones, and a correction back to an earlier value is a revision like any other.

    Parameters
    ----------
    ratings
        From :func:`read_scores`.
    current
        By item and rater, the rating that counts now.

    """
    found = []
    for rating in ratings:
        before = current.get((rating.item, rating.rater))
        known = {} if before is None or before.status != "rated" else {_slot(one): one for one in before.answers}
        answers = known | {_slot(one): one for one in rating.answers}
        if before is not None and known == answers:
            continue
        merged = tuple(answers.values())
        identity = content_id(rating.item, rating.rater, merged, rating.source, None if before is None else before.id)
        new = replace(rating, id=identity, answers=merged)
        if before is not None:
            new = replace(new, base=before.id)
            new = replace(new, flagged=before.flagged, note=before.note) if known else new
        found.append(new)
    return found


def _slot(answer: Answer) -> tuple[str, str | None]:
    return answer.dimension, answer.response
