"""Marks in texts from elsewhere: published error annotations, other tools, models as judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError, InputError, Problem, UnknownKeywordError, unknown_keyword
from rubricwidgets.frame_input import (
    ALIASES,
    Names,
    Source,
    columns_of,
    get,
    known_dimension,
    known_item,
    listed,
    rating_of,
    response_of,
    source_of,
    told,
)
from rubricwidgets.ratings import Answer, Rating, place_of
from rubricwidgets.scales.numbers import read_number
from rubricwidgets.scales.spans import Spans, says_none
from rubricwidgets.score_frames import as_polars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric

_ALIASES = {
    **ALIASES,
    "rationale": ("rationale",),
    "target": ("target", "span_side", "side"),
    "start": ("start",),
    "end": ("end",),
    "text": ("text", "span", "marked"),
    "category": ("category",),
    "severity": ("severity",),
    "note": ("note", "comment", "explanation"),
    "correction": ("correction",),
}
_SHOWN = 40


@dataclass(frozen=True)
class _Row:
    """One mark, or word that there is none, with where it stands."""

    at: Source
    dimension: str
    mark: Mapping[str, Any] | None
    text: str | None


def read_spans(
    frame: object,
    rubric: Rubric,
    items: Sequence[Item],
    *,
    dimension: str | None = None,
    rater_name: str | None = None,
    source: str = "add_spans",
    **columns: str,
) -> list[Rating]:
    """Read the ratings in a frame that has a row per mark.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records, as ``spans()`` returns them: ``item``, ``rater``, ``response`` or
        ``model`` where items have several, ``category``, ``start`` and ``end`` (Unicode code points, end exclusive) or
        ``text`` where its words stand in the response only once; perhaps ``severity``, ``target``, ``note``,
        ``correction``, ``rationale``, ``seconds`` and ``submitted_at``. With ``start`` and ``text``, both must say the
        same. A mark without either has no place. A row without a category, or whose category says so (``No-error``), means
        that no errors were found.
    rubric, items
        What the marks are of.
    dimension
        Which dimension they answer, where the frame has no such column and the rubric has several of marks.
    rater_name
        Who marked, where the frame has no such column.
    source
        What ``ratings()`` says the ratings came from.
    **columns
        The frame's own names: ``item=``, ``response=``, ``start=`` and so on.

    Returns
    -------
    list of Rating
        One per item and rater, with the answers that the frame has and no others; see
        :func:`rubricwidgets.score_input.revised`.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit: a place outside its text or reversed, an unknown category, words
        that are not those at the offsets.
    InputError
        If a column is missing or unknown.

    """
    for word in columns:
        if word not in _ALIASES:
            raise UnknownKeywordError(
                unknown_keyword("add_spans", word, [*_ALIASES, "dimension", "rater_name", "source"])
            )
    data = as_polars(frame)
    names = columns_of(data, _ALIASES, columns, rater_name)
    if names["category"] is None:
        msg = (
            f"'category' takes a column with the marks' categories, which is missing (the frame has {listed(data.columns)}); "
            "name it: category=..."
        )
        raise InputError(msg)
    known = _dimensions(rubric)
    if dimension is not None:
        names["dimension"] = None
    elif names["dimension"] is None:
        if len(known) > 1:
            msg = f"'dimension' takes one of {listed(known)}: the rubric has several of marks (got none)"
            raise InputError(msg)
        dimension = known[0]
    rows = [
        _row(row, names, rater_name, number, dimension)
        for number, row in enumerate(data.iter_rows(named=True), start=1)
    ]
    return _ratings(rows, rubric, {item.id: item for item in items}, source)


def _dimensions(rubric: Rubric) -> list[str]:
    known = [one.name for one in rubric.dimensions if isinstance(one.scale, Spans)]
    if not known:
        msg = f"the rubric has no dimension of marks (it has {listed(rubric.names)}): add one with the scale Spans"
        raise InputError(msg)
    return known


def _row(row: Mapping[str, Any], names: Names, rater_name: str | None, number: int, dimension: str | None) -> _Row:
    at = source_of(row, names, rater_name, number)
    name = str(get(row, names["dimension"])) if dimension is None else dimension
    given = {part: get(row, names[part]) for part in ("target", "start", "end", "category", "severity")}
    words = {part: str(get(row, names[part]) or "") for part in ("note", "correction")}
    text = get(row, names["text"])
    for end in ("start", "end"):
        given[end] = None if given[end] == "" else given[end]
    return _Row(
        at=at,
        dimension=name,
        mark=None if given["start"] is None and not given["category"] else {**given, **words},
        text=None if text in (None, "") else str(text),
    )


def _ratings(rows: list[_Row], rubric: Rubric, items: dict[str, Item], source: str) -> list[Rating]:
    problems: list[Problem] = []
    places: dict[str, list[int]] = {}
    groups: dict[tuple[str, str], dict[tuple[str, str | None], list[tuple[_Row, Any]]]] = {}
    for row in rows:
        try:
            response, mark = _mark(row, rubric, items)
            answered = groups.setdefault((row.at.item, row.at.rater), {}).setdefault((row.dimension, response), [])
            _check_beside(mark, answered, row.dimension)
            answered.append((row, mark))
        except AnswerError as error:
            problems.append(Problem(row.dimension, row.at.response, f"row {row.at.row}: {error}"))
            places.setdefault(str(error), []).append(row.at.row)
    if problems:
        msg = f"{told(places)}\nNothing was added."
        raise AnswerError(msg, problems)
    return [
        rating_of(
            [row.at for found in answers.values() for row, _ in found],
            [_answer(name, response, found) for (name, response), found in answers.items()],
            rubric,
            items[item],
            source,
        )
        for (item, _), answers in groups.items()
    ]


def _check_beside(mark: Mapping[str, Any] | None, answered: Sequence[tuple[_Row, Any]], dimension: str) -> None:
    """Refuse a row that contradicts or repeats another of the same answer."""
    for other, before in answered:
        if (mark is None) != (before is None):
            msg = f"{dimension!r} has marks and no errors at once (see row {other.at.row})"
            raise AnswerError(msg)
        if mark is None or before is None:
            msg = f"{dimension!r} of this item, response and rater stands in row {other.at.row} already"
            raise AnswerError(msg)
        if {**mark, "note": "", "correction": ""} == {**before, "note": "", "correction": ""}:
            msg = f"{dimension!r} takes each mark once, and this one stands in row {other.at.row} already"
            raise AnswerError(msg)


def _answer(dimension: str, response: str | None, found: Sequence[tuple[_Row, Any]]) -> Answer:
    why = dict.fromkeys(row.at.rationale for row, _ in found if row.at.rationale)
    marks = [mark for _, mark in found if mark is not None]
    return Answer(dimension, marks, response, rationale="\n".join(why))


def _mark(row: _Row, rubric: Rubric, items: dict[str, Item]) -> tuple[str | None, dict[str, Any] | None]:
    """Return whose response a row is about, and its mark as the scale stores it; None where nothing was found."""
    item = known_item(row.at.item, items)
    dimension = rubric[known_dimension(row.dimension, rubric.names)]
    scale = dimension.scale
    if not isinstance(scale, Spans):
        msg = f"{row.dimension!r} takes {scale.allows}, and no marks; those go to {listed(_dimensions(rubric))}"
        raise AnswerError(msg)
    response = None if dimension.about == "item" else response_of(row.at, item)
    if row.mark is None:
        return response, None
    mark = scale.known(row.mark)
    if mark["start"] is None and mark["category"] not in scale.names and says_none(str(mark["category"])):
        return response, None
    texts = scale.texts(place_of(item, response))
    try:
        mark["target"] = _target(mark["target"], texts, scale)
        text = texts.get(mark["target"], "")
        mark["start"], mark["end"] = _place(mark, row.text, text)
        found = scale.check_mark({**mark, "severity": mark["severity"] or None}, texts, complete=False)
        _compare(found, row.text, text)
    except AnswerError as error:
        msg = f"{row.dimension!r} {error}"
        raise AnswerError(msg) from None
    return response, found


def _target(given: object, texts: Mapping[str, str], scale: Spans) -> str:
    """Return which text is meant; without a word for it the response, or the only one."""
    word = str(given or "").strip().casefold()
    if not word:
        return "response" if "response" in texts else next(reversed([*texts]), scale.targets[-1])
    # Translation has a source and a target.
    return {"target": "response", "source": "prompt", "prompt[0]": "prompt" if "prompt" in texts else word}.get(
        word, word
    )


def _place(mark: Mapping[str, Any], words: str | None, text: str) -> tuple[object, object]:
    """Return start and end, from the words where the row has no offsets."""
    start, end = _whole(mark["start"]), _whole(mark["end"])
    if words is None:
        return start, end
    if start is None and end is None:
        times = text.count(words)
        if times != 1:
            stands = "does not stand there" if not times else f"stands there {times} times, so that it needs a 'start'"
            msg = f"takes 'text' that the marked text has once: {_short(words)} {stands}"
            raise AnswerError(msg)
        start = text.index(words)
    return start, start + len(words) if end is None and isinstance(start, int) else end


def _whole(given: object) -> object:
    number = None if given is None or isinstance(given, bool) else read_number(given)
    return int(number) if number is not None and float(number).is_integer() else given


def _compare(mark: Mapping[str, Any], words: str | None, text: str) -> None:
    """Refuse words that are not those at the offsets, and say what the offsets may have counted instead."""
    if words is None or mark["start"] is None:
        return
    start, end = mark["start"], mark["end"]
    if text[start:end] == words:
        return
    hint = ""
    for unit, encoding, size in (("UTF-16 units", "utf-16-le", 2), ("bytes", "utf-8", 1)):
        if text.encode(encoding)[start * size : end * size] == words.encode(encoding):
            hint = f"; the offsets count {unit}, and here they count Unicode code points"
    if not hint and text[start : end + 1] == words:
        hint = "; the 'end' is exclusive here"
    elif not hint and text.count(words) == 1:
        hint = f"; it stands at {text.index(words)}"
    msg = f"takes 'text' as it stands from {start} to {end}, which is {_short(text[start:end])} (got {_short(words)}){hint}"
    raise AnswerError(msg)


def _short(words: str) -> str:
    return repr(words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…")
