"""Scores from elsewhere: wide or long frames of other tools, published studies, models as judges."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
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
from rubricwidgets.ratings import Answer, Rating, check
from rubricwidgets.scales.numbers import read_number
from rubricwidgets.score_frames import as_polars, check_rater_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric

Names = dict[str, "str | None"]

_NAMESPACE = uuid.UUID("5b0c3c3e-9a51-4f7e-8f0a-6d1d0b7c2f41")
_SHOWN = 10

_ALIASES = {
    "item": ("item", "item_id"),
    "response": ("response", "response_id"),
    "rater": ("rater", "rater_id", "annotator", "annotator_id"),
    "dimension": ("dimension", "dim_id", "dim"),
    "score": ("score", "value", "verdict"),
    "label": ("label",),
    "rationale": ("rationale", "comment", "explanation"),
    "seconds": ("seconds", "time_s"),
    "submitted_at": ("submitted_at",),
    "not_applicable": ("not_applicable",),
    "model": ("model",),
}


@dataclass(frozen=True)
class _Cell:
    """One score with where it stands."""

    row: int
    item: str
    response: str | None
    model: str | None
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
    names = {word: _column(data, word, columns.get(word)) for word in _ALIASES}
    if names["score"] is None:
        names["score"] = names["label"]
    if names["item"] is None:
        msg = f"'item' takes a column with item ids, which is missing (the frame has {_listed(data.columns)}); name it: item=..."
        raise InputError(msg)
    if rater_name is not None:
        check_rater_name(rater_name, data, names["rater"])
        names["rater"] = None
    elif names["rater"] is None:
        msg = (
            f"'rater' takes a column that says who rated, which is missing (the frame has {_listed(data.columns)}); "
            "name it: rater=..., or give one rater for all: rater_name=..."
        )
        raise InputError(msg)
    if names["dimension"] is not None and names["dimension"] not in rubric.names and names["score"] is not None:
        cells = _long_cells(data, names, rater_name)
    else:
        # What the rubric calls a dimension is one, whatever else a column of that name often holds.
        own = {word: name for word, name in names.items() if word in columns or name not in rubric.names}
        cells = _wide_cells(data, {**dict.fromkeys(_ALIASES), **own}, rubric, rater_name)
    return _ratings(cells, rubric, {item.id: item for item in items}, source)


def _column(data: pl.DataFrame, word: str, named: str | None) -> str | None:
    if named is not None:
        if named not in data.columns:
            close = nearest(named, data.columns)
            hint = f"did you mean {close!r}?" if close else f"it has {_listed(data.columns)}"
            msg = f"{word}={named!r} names no column of the frame; {hint}"
            raise InputError(msg)
        return named
    return next((alias for alias in _ALIASES[word] if alias in data.columns), None)


def _long_cells(data: pl.DataFrame, names: Names, rater_name: str | None) -> list[_Cell]:
    score, label, dimension = str(names["score"]), names["label"], str(names["dimension"])
    found = []
    for number, row in enumerate(data.iter_rows(named=True), start=1):
        value = row[score] if row[score] is not None else _get(row, label)
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
            f"a wide frame takes a column for one or more of the dimensions {_listed(rubric.names)} "
            f"(got {_listed(data.columns)}){near}; a long one takes dimension= and score="
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
    return sorted(found, key=lambda cell: cell.row)


def _truth(row: dict[str, Any], name: str | None, number: int) -> bool:
    """Return whether a cell says yes, in the words that files use for it."""
    given = _get(row, name)
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
    item, response, model = (_get(row, names[word]) for word in ("item", "response", "model"))
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
    given = _get(row, names["seconds"])
    seconds = None if given is None else read_number(given)
    if given is not None and (seconds is None or seconds < 0):
        msg = f"row {number}: 'seconds' takes a number from 0 (got {given!r})"
        raise InputError(msg)
    return _Cell(
        row=number,
        item=str(item),
        response=None if response is None else str(response),
        model=None if model is None else str(model),
        rater=str(rater).strip(),
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
    places: dict[str, list[int]] = {}
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
            places.setdefault(str(error), []).append(cell.row)
            continue
        seen[slot] = cell.row
        groups.setdefault((cell.item, cell.rater), []).append((cell, answer))
    if problems:
        msg = f"{_told(places)}\nNothing was added."
        raise AnswerError(msg, problems)
    return [_rating(group, rubric, items[item], source) for (item, _), group in groups.items()]


def _told(places: Mapping[str, Sequence[int]]) -> str:
    """Return each thing that is wrong once, with the rows where it is."""
    lines = []
    for words, rows in list(places.items())[:_SHOWN]:
        distinct = sorted(set(rows))
        named = ", ".join(map(str, distinct[:_SHOWN])) + (" ..." if len(distinct) > _SHOWN else "")
        lines.append(f"row{'s' if len(distinct) > 1 else ''} {named}: {words}")
    more = [f"and {len(places) - _SHOWN} other problems"] if len(places) > _SHOWN else []
    return "\n".join([*lines, *more])


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
    response = None if dimension.about == "item" else _response_of(cell, item)
    if cell.not_applicable:
        if not dimension.scale.not_applicable:
            msg = f"{cell.dimension!r} takes {dimension.scale.allows}, and not applicable is not among its answers"
            raise AnswerError(msg)
        return Answer(cell.dimension, None, response, not_applicable=True, rationale=cell.rationale)
    try:
        value = dimension.scale.coerce(cell.value)
    except AnswerError as error:
        msg = f"{cell.dimension!r} {error}"
        raise AnswerError(msg) from None
    return Answer(cell.dimension, value, response, rationale=cell.rationale)


def _response_of(cell: _Cell, item: Item) -> str:
    """Return the id of the response that a cell is about: by id, model or text, or the only one."""
    responses = item.responses
    if cell.response is None and cell.model is None:
        if len(responses) == 1:
            return responses[0].id
        msg = f"'response' is missing: item {item.id!r} has {_offered(item)}; give a column response= or model="
        raise AnswerError(msg)
    if cell.response is None:
        found = [one.id for one in responses if one.model == cell.model]
        if len(responses) == 1 and not responses[0].model:
            found = [responses[0].id]
    else:
        known = item.response(cell.response)
        found = [known.id] if known else [one.id for one in responses if cell.response in (one.model, one.text)]
    if len(found) == 1:
        return found[0]
    given = cell.model if cell.response is None else cell.response
    what = "several responses" if found else "no response"
    msg = f"item {item.id!r} has {what} {given!r}; it has {_offered(item)}"
    raise AnswerError(msg)


def _offered(item: Item) -> str:
    return ", ".join(
        f"{one.id!r} (model {one.model!r})" if one.model and one.model != one.id else repr(one.id)
        for one in item.responses
    )


def _rating(group: list[tuple[_Cell, Answer]], rubric: Rubric, item: Item, source: str) -> Rating:
    first = group[0][0]
    answers = tuple(answer for _, answer in group)
    moments = [cell.submitted_at for cell, _ in group if cell.submitted_at is not None]
    rating = Rating(
        id=_content_id(first.item, first.rater, answers, source, None),
        item=first.item,
        rater=first.rater,
        answers=answers,
        seconds=first.seconds,
        submitted_at=max(moments, default=None),
        rubric=rubric.hash,
        source=source,
    )
    return check(rating, rubric, item, complete=False)


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
        identity = _content_id(rating.item, rating.rater, merged, rating.source, None if before is None else before.id)
        new = replace(rating, id=identity, answers=merged)
        if before is not None:
            new = replace(new, base=before.id)
            new = replace(new, flagged=before.flagged, note=before.note) if known else new
        found.append(new)
    return found


def _slot(answer: Answer) -> tuple[str, str | None]:
    return answer.dimension, answer.response


def _content_id(item: str, rater: str, answers: Sequence[Answer], source: str, base: str | None) -> str:
    # Sorted by slot, which no two answers share, so that the order of rows gives no other UUID.
    said = sorted(
        [one.dimension, one.response or "", one.not_applicable, one.rationale, json.dumps(one.value)] for one in answers
    )
    content = json.dumps([item, rater, source, base, said], ensure_ascii=False)
    return str(uuid.uuid5(_NAMESPACE, content))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
