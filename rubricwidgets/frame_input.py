"""What every reader of a frame from elsewhere needs: columns by their usual names, who judged what, errors that name rows."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError, InputError, nearest
from rubricwidgets.ratings import Answer, Rating, check
from rubricwidgets.scales.numbers import read_number
from rubricwidgets.score_frames import check_rater_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric

#: By word, which column of a frame holds it; None where none does.
Names = dict[str, "str | None"]

#: Names under which other tools keep what every reader asks for.
ALIASES = {
    "item": ("item", "item_id"),
    "response": ("response", "response_id"),
    "rater": ("rater", "rater_id", "annotator", "annotator_id"),
    "dimension": ("dimension", "dim_id", "dim"),
    "rationale": ("rationale", "comment", "explanation"),
    "seconds": ("seconds", "time_s"),
    "submitted_at": ("submitted_at",),
    "model": ("model",),
}

_NAMESPACE = uuid.UUID("5b0c3c3e-9a51-4f7e-8f0a-6d1d0b7c2f41")
_SHOWN = 10


@dataclass(frozen=True)
class Source:
    """Where in a frame something stands, and of whom and what it is."""

    row: int
    item: str
    response: str | None
    model: str | None
    rater: str
    rationale: str
    seconds: float | None
    submitted_at: datetime | None


def columns_of(
    data: pl.DataFrame, aliases: Mapping[str, Sequence[str]], named: Mapping[str, str], rater_name: str | None
) -> Names:
    """Return which column holds what.

    Parameters
    ----------
    data
        The frame.
    aliases
        By word, the names that its column may have.
    named
        By word, the name that its column has, where somebody said so.
    rater_name
        Who judged, where no column says so.

    Raises
    ------
    InputError
        If a named column is not there, or nothing says which item or who.

    """
    names = {word: _column(data, word, aliases[word], named.get(word)) for word in aliases}
    if names["item"] is None:
        msg = f"'item' takes a column with item ids, which is missing (the frame has {listed(data.columns)}); name it: item=..."
        raise InputError(msg)
    if rater_name is not None:
        check_rater_name(rater_name, data, names["rater"])
        names["rater"] = None
    elif names["rater"] is None:
        msg = (
            f"'rater' takes a column that says who rated, which is missing (the frame has {listed(data.columns)}); "
            "name it: rater=..., or give one rater for all: rater_name=..."
        )
        raise InputError(msg)
    return names


def _column(data: pl.DataFrame, word: str, aliases: Sequence[str], named: str | None) -> str | None:
    if named is not None:
        if named not in data.columns:
            close = nearest(named, data.columns)
            hint = f"did you mean {close!r}?" if close else f"it has {listed(data.columns)}"
            msg = f"{word}={named!r} names no column of the frame; {hint}"
            raise InputError(msg)
        return named
    return next((alias for alias in aliases if alias in data.columns), None)


def get(row: Mapping[str, Any], name: str | None) -> Any:  # noqa: ANN401
    """Return what a row has in a column; None where there is no such column."""
    return None if name is None else row.get(name)


def truth(given: object, name: str) -> bool:
    """Return whether a cell says yes, in the words that files use for it; an empty one does not.

    Raises
    ------
    AnswerError
        If it says neither yes nor no.

    """
    word = str(given).strip().casefold() if given is not None else ""
    if word in ("", "false", "no", "0", "0.0", "n", "f"):
        return False
    if word in ("true", "yes", "1", "1.0", "y", "t"):
        return True
    msg = f"{name!r} takes true or false (got {given!r})"
    raise AnswerError(msg)


def source_of(row: Mapping[str, Any], names: Names, rater_name: str | None, number: int) -> Source:
    """Return of whom and what a row is.

    Raises
    ------
    InputError
        Naming the row, where item, rater or a time is missing or cannot be read.

    """
    item, response, model = (get(row, names[word]) for word in ("item", "response", "model"))
    rater = rater_name if rater_name is not None else get(row, names["rater"])
    moment = get(row, names["submitted_at"])
    for word, given in (("item", item), ("rater", rater)):
        if given is None or str(given).strip() == "":
            msg = f"row {number}: '{word}' is missing"
            raise InputError(msg)
    if moment is not None and not isinstance(moment, datetime):
        msg = f"row {number}: 'submitted_at' takes a date and time (got {moment!r})"
        raise InputError(msg)
    if isinstance(moment, datetime) and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    given = get(row, names["seconds"])
    seconds = None if given is None else read_number(given)
    if given is not None and (seconds is None or seconds < 0):
        msg = f"row {number}: 'seconds' takes a number from 0 (got {given!r})"
        raise InputError(msg)
    return Source(
        row=number,
        item=str(item),
        response=None if response is None else str(response),
        model=None if model is None else str(model),
        rater=str(rater).strip(),
        rationale=str(get(row, names["rationale"]) or ""),
        seconds=None if seconds is None else float(seconds),
        submitted_at=moment,
    )


def known_item(name: str, items: Mapping[str, Item]) -> Item:
    """Return the item of that id, or raise :class:`AnswerError` with the nearest."""
    item = items.get(name)
    if item is None:
        close = nearest(name, items)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"the study has no item {name!r}{hint}"
        raise AnswerError(msg)
    return item


def known_dimension(name: str, known: Sequence[str]) -> str:
    """Return the name if it is one of the rubric's, or raise :class:`AnswerError` with the nearest."""
    if name not in known:
        close = nearest(name, known)
        hint = f"did you mean {close!r}?" if close else f"the rubric has {listed(known)}"
        msg = f"there is no dimension {name!r}; {hint}"
        raise AnswerError(msg)
    return name


def response_of(source: Source, item: Item) -> str:
    """Return the id of the response that something in a frame is about: by id, model or text, or the only one."""
    responses = item.responses
    if source.response is None and source.model is None:
        if len(responses) == 1:
            return responses[0].id
        msg = f"'response' is missing: item {item.id!r} has {offered(item)}; give a column response= or model="
        raise AnswerError(msg)
    if source.response is None:
        found = [one.id for one in responses if one.model == source.model]
        if len(responses) == 1 and not responses[0].model:
            found = [responses[0].id]
    else:
        known = item.response(source.response)
        found = [known.id] if known else [one.id for one in responses if source.response in (one.model, one.text)]
    if len(found) == 1:
        return found[0]
    given = source.model if source.response is None else source.response
    what = "several responses" if found else "no response"
    msg = f"item {item.id!r} has {what} {given!r}; it has {offered(item)}"
    raise AnswerError(msg)


def offered(item: Item, ids: Sequence[str] | None = None) -> str:
    """Return responses of an item for an error, by id and model: those of these ids, or all."""
    return ", ".join(
        f"{one.id!r} (model {one.model!r})" if one.model and one.model != one.id else repr(one.id)
        for one in item.responses
        if ids is None or one.id in ids
    )


def told(places: Mapping[str, Sequence[int]]) -> str:
    """Return each thing that is wrong once, with the rows where it is."""
    lines = []
    for words, rows in list(places.items())[:_SHOWN]:
        distinct = sorted(set(rows))
        named = ", ".join(map(str, distinct[:_SHOWN])) + (" ..." if len(distinct) > _SHOWN else "")
        lines.append(f"row{'s' if len(distinct) > 1 else ''} {named}: {words}")
    more = [f"and {len(places) - _SHOWN} other problems"] if len(places) > _SHOWN else []
    return "\n".join([*lines, *more])


def rating_of(
    sources: Sequence[Source],
    answers: Sequence[Answer],
    rubric: Rubric,
    item: Item,
    source: str,
    order: Sequence[str] = (),
) -> Rating:
    """Return one rater's answers to one item as a rating that the rubric allows, complete or not.

    Whether something was to be asked at all may depend on what the rater said before, which the frame does not have; see
    :func:`rubricwidgets.revising.revised`.

    Parameters
    ----------
    sources
        Where the answers stand, in the order of the frame.
    answers
        What was answered.
    rubric, item
        Of what.
    source
        What ``ratings()`` says it came from.
    order
        Ids of the responses as the rater saw them; empty where unknown.

    """
    first = sources[0]
    moments = [one.submitted_at for one in sources if one.submitted_at is not None]
    rating = Rating(
        id=content_id(first.item, first.rater, answers, source, None),
        item=first.item,
        rater=first.rater,
        answers=tuple(answers),
        order=tuple(order),
        seconds=first.seconds,
        submitted_at=max(moments, default=None),
        rubric=rubric.hash,
        source=source,
    )
    return check(rating, rubric, item, complete=False, conditions=False)


def content_id(item: str, rater: str, answers: Sequence[Answer], source: str, base: str | None) -> str:
    """Return the UUID that follows from what was answered, and from what that revises."""
    # Sorted by slot, which no two answers share, so that the order of rows gives no other UUID.
    said = sorted(
        [one.dimension, one.response or "", one.not_applicable, one.rationale, json.dumps(one.value)] for one in answers
    )
    content = json.dumps([item, rater, source, base, said], ensure_ascii=False)
    return str(uuid.uuid5(_NAMESPACE, content))


def listed(names: Sequence[str]) -> str:
    """Return names as an error lists them."""
    return ", ".join(map(repr, names))
