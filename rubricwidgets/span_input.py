"""Marks in texts from elsewhere: published error annotations, other tools, models as judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError
from rubricwidgets.frame_input import ALIASES, response_of
from rubricwidgets.part_input import Kind, Parts, Row, answer_of, naming, read_parts
from rubricwidgets.ratings import place_of
from rubricwidgets.scales.numbers import read_number
from rubricwidgets.scales.spans import Spans, says_none

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.ratings import Answer, Rating
    from rubricwidgets.rubric import Rubric

_SHOWN = 40


def read_spans(frame: object, rubric: Rubric, items: Sequence[Item], **options: Any) -> list[Rating]:  # noqa: ANN401
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
    **options
        As for :func:`rubricwidgets.comparison_input.read_comparisons`.

    Returns
    -------
    list of Rating
        One per item and rater, with the answers that the frame has and no others; see
        :func:`rubricwidgets.revising.revised`. The marks of a response are one answer: those of the frame take the
        place of all that the rater made there before.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit: a place outside its text or reversed, an unknown category, words
        that are not those at the offsets.
    InputError
        If a column is missing or unknown.

    """
    return read_parts(_KIND, frame, rubric, items, **options)


def _mark(row: Row, dimension: Dimension, item: Item) -> tuple[str | None, dict[str, Any] | None]:
    """Return whose response a row is about, and its mark as the scale stores it; None where nothing was found."""
    scale = dimension.scale
    if not isinstance(scale, Spans):
        raise TypeError
    response = None if dimension.about == "item" else response_of(row.at, item)
    given = {**row.given, **{end: None if row.given[end] == "" else row.given[end] for end in ("start", "end")}}
    if given["start"] is None and not given["category"]:
        return response, None
    words = None if given.pop("text") in (None, "") else str(row.given["text"])
    mark = scale.known({**given, **{part: str(given[part] or "") for part in ("note", "correction")}})
    if mark["start"] is None and mark["category"] not in scale.names and says_none(str(mark["category"])):
        return response, None
    texts = scale.texts(place_of(item, response))
    with naming(dimension.name):
        mark["target"] = _target(mark["target"], texts, scale)
        text = texts.get(mark["target"], "")
        mark["start"], mark["end"] = _place(mark, words, text)
        found = scale.check_mark({**mark, "severity": mark["severity"] or None}, texts, complete=False)
        _compare(found, words, text)
    return response, found


def _beside(mark: Mapping[str, Any] | None, earlier: Parts) -> None:
    """Refuse a row that contradicts or repeats another of the same answer."""
    for row, before in earlier:
        if (mark is None) != (before is None):
            msg = f"{row.dimension!r} has marks and no errors at once (see row {row.at.row})"
            raise AnswerError(msg)
        if mark is None or before is None:
            msg = f"{row.dimension!r} of this item, response and rater stands in row {row.at.row} already"
            raise AnswerError(msg)
        if {**mark, "note": "", "correction": ""} == {**before, "note": "", "correction": ""}:
            msg = f"{row.dimension!r} takes each mark once, and this one stands in row {row.at.row} already"
            raise AnswerError(msg)


def _answer(dimension: Dimension, item: Item, response: str | None, parts: Parts) -> Answer:
    del item
    return answer_of(dimension, response, [mark for _, mark in parts if mark is not None], parts)


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


_KIND = Kind(
    method="add_spans",
    scale=Spans,
    row="a row per mark",
    what="marks",
    aliases={
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
    },
    part=_mark,
    answer=_answer,
    needs={"category": "the marks' categories"},
    beside=_beside,
)
