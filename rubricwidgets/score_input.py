"""Scores from elsewhere: wide or long frames of other tools, published studies, models as judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import NEAR_MISS, AnswerError, InputError, nearest
from rubricwidgets.frame_input import ALIASES, Names, columns_of, get, listed, response_of, source_of, truth
from rubricwidgets.part_input import Kind, Parts, Row, naming, ratings_of
from rubricwidgets.ratings import Answer, Rating

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.scales.base import Scale

#: Frames of answers that are more than a number or a word, each with a reader of its own.
_PARTS = ("comparisons", "rankings", "checks", "spans")


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
        One per item and rater, with the answers that the frame has and no others; see
        :func:`rubricwidgets.revising.revised`.

    Raises
    ------
    AnswerError
        With every row, column, rule and value that does not fit.
    InputError
        If a column is missing or unknown.

    """
    _KIND.check_words(columns, ("rater_name", "source"))
    data = _KIND.frame(frame)
    names = columns_of(data, _KIND.aliases, columns, rater_name)
    if names["score"] is None:
        names["score"] = names["label"]
    if names["dimension"] is not None and names["dimension"] not in rubric.names and names["score"] is not None:
        rows = _long_rows(data, names, rater_name)
    else:
        # What the rubric calls a dimension is one, whatever else a column of that name often holds.
        own = {word: name for word, name in names.items() if word in columns or name not in rubric.names}
        rows = _wide_rows(data, {**dict.fromkeys(_KIND.aliases), **own}, rubric, rater_name)
    return ratings_of(_KIND, rows, rubric, items, source)


def _long_rows(data: pl.DataFrame, names: Names, rater_name: str | None) -> list[Row]:
    score, label, dimension = str(names["score"]), names["label"], str(names["dimension"])
    found = []
    for number, row in enumerate(data.iter_rows(named=True), start=1):
        value = row[score] if row[score] is not None else get(row, label)
        not_applicable = _truth_at(row, names["not_applicable"], number)
        if value is not None or not_applicable:
            found.append(
                _row(row, names, rater_name, number, str(row[dimension]), value, not_applicable=not_applicable)
            )
    return found


def _wide_rows(data: pl.DataFrame, names: Names, rubric: Rubric, rater_name: str | None) -> list[Row]:
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
            not_applicable = _truth_at(row, marked, number)
            if row[dimension] is not None or not_applicable:
                found.append(
                    _row(row, own_names, rater_name, number, dimension, row[dimension], not_applicable=not_applicable)
                )
    return sorted(found, key=lambda row: row.at.row)


def _truth_at(row: Mapping[str, Any], name: str | None, number: int) -> bool:
    """Return whether a cell says yes; what it says otherwise is refused with its row."""
    try:
        return truth(get(row, name), str(name))
    except AnswerError as error:
        msg = f"row {number}: {error}"
        raise InputError(msg) from None


def _row(
    row: Mapping[str, Any],
    names: Names,
    rater_name: str | None,
    number: int,
    dimension: str,
    value: object,
    *,
    not_applicable: bool,
) -> Row:
    return Row(source_of(row, names, rater_name, number), dimension, {"score": value, "not_applicable": not_applicable})


def _score(row: Row, dimension: Dimension, item: Item) -> tuple[str | None, Answer]:
    scale = dimension.scale
    response = None if dimension.about == "item" else response_of(row.at, item)
    with naming(dimension.name):
        if not row.given["not_applicable"]:
            value = _coerced(scale, row.given["score"])
            return response, Answer(dimension.name, value, response, rationale=row.at.rationale)
        if not scale.not_applicable:
            msg = f"takes {scale.allows}, and not applicable is not among its answers"
            raise AnswerError(msg)
    return response, Answer(dimension.name, None, response, not_applicable=True, rationale=row.at.rationale)


def _coerced(scale: Scale, given: object) -> Any:  # noqa: ANN401 - each scale has a type of its own
    """Return the value behind a score or a label; where a number cannot say all of an answer, name the way that can."""
    try:
        return scale.coerce(given)
    except AnswerError as error:
        if scale.frame not in _PARTS:
            raise
        msg = f"{error}; a score does not hold all of it: give study.{scale.frame}() to add_{scale.frame}"
        raise AnswerError(msg) from None


def _once(part: Answer, earlier: Parts) -> None:
    del part
    for row, _ in earlier:
        msg = f"{row.dimension!r} of this item, response and rater stands in row {row.at.row} already"
        raise AnswerError(msg)


def _answer(dimension: Dimension, item: Item, response: str | None, parts: Parts) -> Answer:
    del dimension, item, response
    answer: Answer = parts[0][1]
    return answer


_KIND = Kind(
    method="add_scores",
    scale=None,
    row="a row per score, or per response with a column for each dimension",
    what="scores",
    aliases={
        **ALIASES,
        "score": ("score", "value", "verdict"),
        "label": ("label",),
        "not_applicable": ("not_applicable",),
    },
    part=_score,
    answer=_answer,
    beside=_once,
)
