"""What a rater said before beside what a frame says now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rubricwidgets.errors import AnswerError
from rubricwidgets.frame_input import content_id
from rubricwidgets.ratings import check, slots_asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rubricwidgets.items import Item
    from rubricwidgets.ratings import Answer, Rating
    from rubricwidgets.rubric import Rubric


def revised(
    ratings: Sequence[Rating], current: Mapping[tuple[str, str], Rating], rubric: Rubric, items: Mapping[str, Item]
) -> list[Rating]:
    """Return ratings as revisions of what the same raters said before.

    What a rating does not mention is carried over: a frame may bring one dimension, one response, one pair or one criterion at
    a time (:meth:`rubricwidgets.Scale.carried`); an answer that stays the same keeps its rationale where the frame has none.
    What is not asked any more after a change is not carried over; the earlier revision keeps it. A rating that changes nothing
    is left out. The others' UUIDs follow from their content and from what they revise, so that the same frame gives the same
    ones, and a correction back to an earlier value is a revision like any other.

    Parameters
    ----------
    ratings
        From a reader of frames, such as :func:`rubricwidgets.score_input.read_scores`.
    current
        By item and rater, the rating that counts now.
    rubric
        Whose scales say what an answer carries over, and whose dimensions may be asked only after certain answers.
    items
        By id, what was rated.

    Raises
    ------
    AnswerError
        If a rating answers what is not asked after the rater's other answers, with the item and the rater.

    """
    found = []
    for rating in ratings:
        before = current.get((rating.item, rating.rater))
        known = {} if before is None or before.status != "rated" else {_slot(one): one for one in before.answers}
        answers = known | {_slot(one): _revised(one, known.get(_slot(one)), rubric) for one in rating.answers}
        if before is not None and known == answers:
            continue
        merged = _asked(rating, answers, rubric, items[rating.item])
        identity = content_id(rating.item, rating.rater, merged, rating.source, None if before is None else before.id)
        new = replace(rating, id=identity, answers=merged)
        if before is not None:
            new = replace(new, base=before.id)
        if before is not None and known:
            new = replace(new, flagged=before.flagged, note=before.note, order=new.order or before.order)
        found.append(new)
    return found


def _asked(
    rating: Rating, answers: Mapping[tuple[str, str | None], Answer], rubric: Rubric, item: Item
) -> tuple[Answer, ...]:
    """Return the answers without those of earlier that are not asked any more."""
    asked = set(slots_asked(rubric, item, answers.values()))
    given = {_slot(one) for one in rating.answers}
    kept = tuple(answer for slot, answer in answers.items() if slot in asked or slot in given)
    try:
        check(replace(rating, answers=kept), rubric, item, complete=False)
    except AnswerError as error:
        msg = f"item {rating.item!r}, rater {rating.rater!r}: {error}\nNothing was added."
        raise AnswerError(msg, error.problems) from None
    return kept


def _revised(answer: Answer, before: Answer | None, rubric: Rubric) -> Answer:
    if before is None or before.not_applicable or answer.not_applicable:
        return answer
    value = rubric[answer.dimension].scale.carried(before.value, answer.value)
    # A reason stays with what it is the reason for, whole or in part.
    gone = value == answer.value and value != before.value
    return replace(answer, value=value, rationale=answer.rationale or ("" if gone else before.rationale))


def _slot(answer: Answer) -> tuple[str, str | None]:
    return answer.dimension, answer.response
