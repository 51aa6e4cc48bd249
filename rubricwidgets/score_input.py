"""Scores from elsewhere: wide or long frames of other tools, published studies, models as judges."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.errors import AnswerError, InputError, Problem, UnknownKeywordError, nearest, unknown_keyword
from rubricwidgets.ratings import Answer, Rating, check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric

_NAMESPACE = uuid.UUID("5b0c3c3e-9a51-4f7e-8f0a-6d1d0b7c2f41")
_SHOWN = 10

_ALIASES = {
    "item": ("item", "item_id"),
    "response": ("response", "response_id"),
    "rater": ("rater", "rater_id", "annotator", "annotator_id"),
    "dimension": ("dimension", "dim_id", "dim"),
    "score": ("score", "value", "label", "verdict"),
    "rationale": ("rationale", "comment", "explanation"),
    "seconds": ("seconds", "time_s"),
    "submitted_at": ("submitted_at",),
    "not_applicable": ("not_applicable",),
}


@dataclass(frozen=True)
class _Cell:
    """One score with where it stands."""

    row: int
    column: str
    item: str
    response: str | None
    rater: str
    dimension: str
    value: Any
    rationale: str
    seconds: float | None
    submitted_at: datetime | None
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
        perhaps ``<dimension>_rationale``. Long: columns ``dimension`` and ``score``, and perhaps ``rationale``.
        Both: ``item``, ``rater``, ``response`` where items have several, perhaps ``seconds`` and ``submitted_at``.
        Values may be numbers, numeric texts, anchors, button words or categories; null is unanswered.
    rubric, items
        What the scores are of.
    rater_name
        Who rated, where the frame has no such column.
    source
        What ``ratings()`` says the ratings came from.
    **columns
        The frame's own names: ``item=``, ``response=``, ``rater=``, ``dimension=``, ``score=``, ``rationale=``,
        ``seconds=``, ``submitted_at=``, ``not_applicable=``.

    Returns
    -------
    list of Rating
        One per item and rater. Their UUIDs follow from their content, so that the same frame gives the same ones.

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
    data = _as_polars(frame)
    names = {word: _column(data, word, columns.get(word)) for word in _ALIASES}
    if names["item"] is None:
        msg = f"'item' takes a column with item ids, which is missing (the frame has {_listed(data.columns)}); name it: item=..."
        raise InputError(msg)
    if names["rater"] is None and rater_name is None:
        msg = (
            f"'rater' takes a column that says who rated, which is missing (the frame has {_listed(data.columns)}); "
            "name it: rater=..., or give one rater for all: rater_name=..."
        )
        raise InputError(msg)
    if names["dimension"] is not None and names["dimension"] not in rubric.names and names["score"] is not None:
        cells = _long_cells(data, names, rater_name)
    else:
        cells = _wide_cells(data, names, rubric, rater_name)
    return _ratings(cells, rubric, {item.id: item for item in items}, source)


def _as_polars(frame: object) -> pl.DataFrame:
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame
    if type(frame).__module__.partition(".")[0] == "pandas":
        # pandas says "missing" in several ways; here it is None before anything looks at it.
        plain = frame.astype(object).where(frame.notna(), None)  # type: ignore[attr-defined]
        return pl.DataFrame(plain.to_dict("list"), strict=False)
    if isinstance(frame, list) and all(isinstance(one, Mapping) for one in frame):
        return pl.DataFrame(frame, strict=False, infer_schema_length=None)
    msg = f"'frame' takes a Polars or pandas frame or a list of records (got {type(frame).__name__})"
    raise InputError(msg)


def _column(data: pl.DataFrame, word: str, named: str | None) -> str | None:
    if named is not None:
        if named not in data.columns:
            close = nearest(named, data.columns)
            hint = f"did you mean {close!r}?" if close else f"it has {_listed(data.columns)}"
            msg = f"{word}={named!r} names no column of the frame; {hint}"
            raise InputError(msg)
        return named
    return next((alias for alias in _ALIASES[word] if alias in data.columns), None)


def _long_cells(data: pl.DataFrame, names: dict[str, str | None], rater_name: str | None) -> list[_Cell]:
    score = str(names["score"])
    found = []
    for number, row in enumerate(data.iter_rows(named=True), start=1):
        value, not_applicable = row[score], bool(_get(row, names["not_applicable"]))
        if value is not None or not_applicable:
            found.append(
                _cell(row, names, rater_name, number, str(row[str(names["dimension"])]), score, value, not_applicable)
            )
    return found


def _wide_cells(
    data: pl.DataFrame, names: dict[str, str | None], rubric: Rubric, rater_name: str | None
) -> list[_Cell]:
    taken = {name for word, name in names.items() if name is not None and word not in ("score", "dimension")}
    dimensions = [name for name in rubric.names if name in data.columns and name not in taken]
    if not dimensions:
        close = {one: nearest(one, rubric.names) for one in data.columns if one not in taken}
        hints = [f"{one!r} (did you mean {other!r}?)" for one, other in close.items() if other]
        near = f"; the nearest: {', '.join(hints)}" if hints else ""
        msg = (
            f"a wide frame takes a column for one or more of the dimensions {_listed(rubric.names)} "
            f"(got {_listed(data.columns)}){near}; a long one takes dimension= and score="
        )
        raise InputError(msg)
    found = []
    for number, row in enumerate(data.iter_rows(named=True), start=1):
        for dimension in dimensions:
            if row[dimension] is not None:
                per_dimension = {**names, "rationale": f"{dimension}_rationale"}
                found.append(
                    _cell(
                        row,
                        per_dimension,
                        rater_name,
                        number,
                        dimension,
                        dimension,
                        row[dimension],
                        not_applicable=False,
                    )
                )
    return found


def _cell(
    row: dict[str, Any],
    names: dict[str, str | None],
    rater_name: str | None,
    number: int,
    dimension: str,
    column: str,
    value: object,
    not_applicable: bool,  # noqa: FBT001
) -> _Cell:
    item, response = _get(row, names["item"]), _get(row, names["response"])
    rater = rater_name if rater_name is not None else _get(row, names["rater"])
    moment = _get(row, names["submitted_at"])
    for word, given in (("item", item), ("rater", rater)):
        if given is None or str(given).strip() == "":
            msg = f"row {number}: '{word}' is missing"
            raise InputError(msg)
    if moment is not None and not isinstance(moment, datetime):
        msg = f"row {number}: 'submitted_at' takes a date and time (got {moment!r})"
        raise InputError(msg)
    if isinstance(moment, datetime) and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = _get(row, names["seconds"])
    return _Cell(
        row=number,
        column=column,
        item=str(item),
        response=None if response is None else str(response),
        rater=str(rater),
        dimension=dimension,
        value=value,
        rationale=str(_get(row, names["rationale"]) or ""),
        seconds=None if seconds is None else float(seconds),
        submitted_at=moment,
        not_applicable=not_applicable,
    )


def _get(row: dict[str, Any], name: str | None) -> Any:  # noqa: ANN401
    return None if name is None else row.get(name)


def _ratings(cells: list[_Cell], rubric: Rubric, items: dict[str, Item], source: str) -> list[Rating]:
    problems: list[Problem] = []
    groups: dict[tuple[str, str], list[tuple[_Cell, Answer]]] = {}
    seen: dict[tuple[str, str, str, str | None], int] = {}
    for cell in cells:
        try:
            answer = _answer(cell, rubric, items)
            slot = (cell.item, cell.rater, answer.dimension, answer.response)
            if slot in seen:
                msg = f"{cell.dimension!r} of this item, response and rater stands in row {seen[slot]} already"
                raise AnswerError(msg)
        except AnswerError as error:
            problems.append(Problem(cell.dimension, cell.response, f"row {cell.row}: {error}"))
            continue
        seen[slot] = cell.row
        groups.setdefault((cell.item, cell.rater), []).append((cell, answer))
    if problems:
        shown = "\n".join(problem.message for problem in problems[:_SHOWN])
        more = f"\nand {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        msg = f"{shown}{more}\nNothing was added."
        raise AnswerError(msg, problems)
    return [_rating(group, rubric, items[item], source) for (item, _), group in groups.items()]


def _answer(cell: _Cell, rubric: Rubric, items: dict[str, Item]) -> Answer:
    item = items.get(cell.item)
    if item is None:
        close = nearest(cell.item, items)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"the study has no item {cell.item!r}{hint}"
        raise AnswerError(msg)
    if cell.dimension not in rubric.names:
        close = nearest(cell.dimension, rubric.names)
        hint = f"did you mean {close!r}?" if close else f"the rubric has {_listed(rubric.names)}"
        msg = f"there is no dimension {cell.dimension!r}; {hint}"
        raise AnswerError(msg)
    dimension = rubric[cell.dimension]
    response = None if dimension.about == "item" else cell.response
    if dimension.about == "response" and response is None:
        if len(item.responses) > 1:
            ids = ", ".join(repr(one.id) for one in item.responses)
            msg = f"'response' is missing: item {item.id!r} has the responses {ids}; give the column response=..."
            raise AnswerError(msg)
        response = item.responses[0].id
    if cell.not_applicable:
        return Answer(cell.dimension, None, response, not_applicable=True, rationale=cell.rationale)
    try:
        value = dimension.scale.coerce(cell.value)
    except AnswerError as error:
        msg = f"{cell.dimension!r} {error}"
        raise AnswerError(msg) from None
    return Answer(cell.dimension, value, response, rationale=cell.rationale)


def _rating(group: list[tuple[_Cell, Answer]], rubric: Rubric, item: Item, source: str) -> Rating:
    first = group[0][0]
    answers = tuple(answer for _, answer in group)
    moments = [cell.submitted_at for cell, _ in group if cell.submitted_at is not None]
    # Sorted by slot, which no two answers share, so that the order of rows gives no other UUID.
    said = sorted(
        [one.dimension, one.response or "", one.not_applicable, one.rationale, json.dumps(one.value)] for one in answers
    )
    content = json.dumps([first.item, first.rater, source, said], ensure_ascii=False)
    rating = Rating(
        id=str(uuid.uuid5(_NAMESPACE, content)),
        item=first.item,
        rater=first.rater,
        answers=answers,
        seconds=first.seconds,
        submitted_at=max(moments, default=None),
        rubric=rubric.hash,
        source=source,
    )
    return check(rating, rubric, item, complete=False)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
