"""Verdicts on criteria from elsewhere: published checklists, programs, models as judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError, nearest
from rubricwidgets.frame_input import ALIASES, listed, response_of, truth
from rubricwidgets.part_input import Kind, Parts, Row, answer_of, naming, read_parts
from rubricwidgets.ratings import place_of
from rubricwidgets.scales.checklist import Checklist, read_met

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.ratings import Answer, Rating
    from rubricwidgets.rubric import Rubric


def read_checks(frame: object, rubric: Rubric, items: Sequence[Item], **options: Any) -> list[Rating]:  # noqa: ANN401
    """Read the ratings in a frame that has a row per criterion.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records, as ``checks()`` returns them: ``item``, ``rater``, ``response`` or
        ``model`` where items have several, ``criterion`` (its id, or its text) and ``met`` (True or False, met or not
        met, yes or no, 1 or 0; null with ``not_applicable``, or ``n/a``); perhaps ``evidence`` (words of the response),
        ``machine`` and ``machine_note`` (what a program said), ``met_before`` (the rater's verdict before they saw it),
        ``rationale``, ``seconds`` and ``submitted_at``. A row
        whose ``met`` is null and whose ``not_applicable`` is False was not judged, and is left out; one that does not
        say which of the two it means is refused.
    rubric, items
        What the verdicts are of.
    **options
        As for :func:`rubricwidgets.comparison_input.read_comparisons`.

    Returns
    -------
    list of Rating
        One per item and rater, with the answers that the frame has and no others; see
        :func:`rubricwidgets.revising.revised`. An answer may lack criteria that the frame does not mention: where the
        rater judged them before, those verdicts are carried over.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit: an unknown criterion, a verdict that is none, a criterion judged twice.
    InputError
        If a column is missing or unknown.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> rubric = rw.Rubric("t", dimensions=[rw.Dimension("form", "?", Checklist(["Is short", "Has a title"]))])
    >>> items = rw.read_items([{"id": "hi", "prompt": "Hi", "response": "Hello!"}])
    >>> rows = [{"item": "hi", "criterion": "Is short", "met": "yes"}, {"item": "hi", "criterion": "c2", "met": 0}]
    >>> (rating,) = read_checks(rows, rubric, items, rater_name="program")
    >>> [(one["criterion"], one["met"]) for one in rating.answers[0].value]
    [('c1', True), ('c2', False)]

    """
    return read_parts(_KIND, frame, rubric, items, **options)


def _verdict(row: Row, dimension: Dimension, item: Item) -> tuple[str | None, dict[str, Any]] | None:
    """Return whose response a row is about, and its verdict as the scale checks it; None where it was not judged."""
    scale, given = dimension.scale, row.given
    if not isinstance(scale, Checklist):
        raise TypeError
    response = None if dimension.about == "item" else response_of(row.at, item)
    not_applicable = truth(given["not_applicable"], "not_applicable")
    with naming(dimension.name):
        found: dict[str, Any] = {"criterion": _criterion(row, scale, item), "met": read_met(given["met"])}
        if given["met"] is None and not not_applicable:
            if given["not_applicable"] is not None:
                return None
            msg = (
                "takes yes, no or 'n/a' in the column 'met' (got nothing): write 'n/a' where a criterion does not apply, and "
                "leave out what nobody judged"
            )
            raise AnswerError(msg)
        if not_applicable and found["met"] is not None:
            msg = f"takes a verdict or not applicable, not both (got {given['met']!r})"
            raise AnswerError(msg)
        if given["met_before"] is not None or truth(given["changed"], "changed"):
            before = read_met(given["met_before"])
            found |= {"before": before} if before != found["met"] else {}
        if given["machine"] is not None:
            found |= {"machine": read_met(given["machine"]), "note": str(given["machine_note"] or "")}
        place = place_of(item, response)
        if given["evidence"] is not None and str(given["evidence"]).strip():
            text = "" if place.response is None else place.response.text
            found["evidence"] = _evidence(str(given["evidence"]), text)
        scale.check_at([found], place, complete=False)
    return response, found


def _once(part: dict[str, Any], earlier: Parts) -> None:
    for row, other in earlier:
        if other["criterion"] == part["criterion"]:
            there = f"that on {part['criterion']!r} stands in row {row.at.row} already"
            msg = f"{row.dimension!r} takes one verdict on each criterion, and {there}"
            raise AnswerError(msg)


def _answer(dimension: Dimension, item: Item, response: str | None, parts: Parts) -> Answer:
    del item
    return answer_of(dimension, response, [verdict for _, verdict in parts], parts)


def _criterion(row: Row, scale: Checklist, item: Item) -> str:
    """Return the id of the criterion that a row names by its id or its text."""
    criteria = scale.of(item)
    words = row.given["criterion"], row.given["text"]
    given = next((str(one) for one in words if one not in (None, "")), None)
    if given is None:
        msg = "takes a criterion, which is missing here"
        raise AnswerError(msg)
    found = next((one.id for one in criteria if one.id == given), None)
    if found is None:
        plain = " ".join(given.split()).casefold()
        found = next((one.id for one in criteria if " ".join(one.text.split()).casefold() == plain), None)
    if found is None:
        close = nearest(given, [name for one in criteria for name in (one.id, one.text)])
        hint = f"did you mean {close!r}?" if close else f"they are {listed([one.id for one in criteria])}"
        msg = f"takes verdicts on its criteria (got one on {given!r}; {hint})"
        raise AnswerError(msg)
    return found


def _evidence(words: str, text: str) -> dict[str, Any]:
    """Return words as evidence: with their place where the response has them once, and else as they are."""
    plain = words.strip()
    if text.count(plain) != 1:
        return {"start": None, "end": None, "text": words}
    start = text.index(plain)
    return {"start": start, "end": start + len(plain), "text": plain}


_KIND = Kind(
    method="add_checks",
    scale=Checklist,
    row="a row per criterion",
    what="verdicts on criteria",
    aliases={
        **ALIASES,
        "rationale": ("rationale", "comment", "explanation", "reason"),
        "criterion": ("criterion", "criterion_id", "check", "check_id", "text"),
        "text": ("text",),
        "met": ("met", "verdict", "criteria_met", "satisfied"),
        "not_applicable": ("not_applicable",),
        "evidence": ("evidence", "quote"),
        "machine": ("machine",),
        "machine_note": ("machine_note",),
        "met_before": ("met_before",),
        "changed": ("changed",),
    },
    part=_verdict,
    answer=_answer,
    needs={"criterion": "the criteria's ids or texts", "met": "the verdicts"},
    beside=_once,
)
