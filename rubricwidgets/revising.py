"""What a rater said before beside what a frame says now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rubricwidgets.frame_input import content_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rubricwidgets.ratings import Answer, Rating
    from rubricwidgets.rubric import Rubric


def revised(ratings: Sequence[Rating], current: Mapping[tuple[str, str], Rating], rubric: Rubric) -> list[Rating]:
    """Return ratings as revisions of what the same raters said before.

    What a rating does not mention is carried over: a frame may bring one dimension, one response, one pair or one criterion at
    a time (:meth:`rubricwidgets.Scale.carried`); an answer that stays the same keeps its rationale where the frame has none. A
    rating that changes nothing is left out. The others' UUIDs follow from their content and from what they revise, so that the
    same frame gives the same ones, and a correction back to an earlier value is a revision like any other.

    Parameters
    ----------
    ratings
        From a reader of frames, such as :func:`rubricwidgets.score_input.read_scores`.
    current
        By item and rater, the rating that counts now.
    rubric
        Whose scales say what an answer carries over.

    """
    found = []
    for rating in ratings:
        before = current.get((rating.item, rating.rater))
        known = {} if before is None or before.status != "rated" else {_slot(one): one for one in before.answers}
        answers = known | {_slot(one): _revised(one, known.get(_slot(one)), rubric) for one in rating.answers}
        if before is not None and known == answers:
            continue
        merged = tuple(answers.values())
        identity = content_id(rating.item, rating.rater, merged, rating.source, None if before is None else before.id)
        new = replace(rating, id=identity, answers=merged)
        if before is not None:
            new = replace(new, base=before.id)
        if before is not None and known:
            new = replace(new, flagged=before.flagged, note=before.note, order=new.order or before.order)
        found.append(new)
    return found


def _revised(answer: Answer, before: Answer | None, rubric: Rubric) -> Answer:
    if before is None or before.not_applicable or answer.not_applicable:
        return answer
    value = rubric[answer.dimension].scale.carried(before.value, answer.value)
    # A reason stays with what it is the reason for, whole or in part.
    gone = value == answer.value and value != before.value
    return replace(answer, value=value, rationale=answer.rationale or ("" if gone else before.rationale))


def _slot(answer: Answer) -> tuple[str, str | None]:
    return answer.dimension, answer.response
