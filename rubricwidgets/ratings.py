"""Answers and ratings, and the one place where a rating is held against its rubric."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets.errors import AnswerError, Problem, known_keywords, nearest
from rubricwidgets.scales.base import Place
from rubricwidgets.scales.numbers import plain_number
from rubricwidgets.texts import unstorable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric

Status = Literal["rated", "skipped"]


def check_words(name: str, words: object) -> None:
    """Refuse what no store could keep or give back."""
    if not isinstance(words, str):
        msg = f"'{name}' takes text (got {words!r})"
        raise AnswerError(msg)
    problem = unstorable(words)
    if problem:
        msg = f"'{name}' takes text that can be stored: {problem}"
        raise AnswerError(msg, [Problem(None, None, msg)])


@known_keywords
@dataclass(frozen=True)
class Answer:
    """One value on one dimension, with its rationale.

    Parameters
    ----------
    dimension
        Name of the dimension.
    value
        What its scale allows; None where not applicable.
    response
        Id of the response; None where the dimension is about the item.
    not_applicable
        Whether "not applicable" is the answer.
    rationale
        Why, in words; empty where none was given.

    """

    dimension: str
    value: Any = None
    response: str | None = None
    not_applicable: bool = False
    rationale: str = ""

    def __post_init__(self) -> None:
        check_words("rationale", self.rationale)


@known_keywords
@dataclass(frozen=True)
class Rating:
    """Everything one rater submits for one item at one time.

    Parameters
    ----------
    id
        A UUID, given where the rating is made, so that sending it twice is harmless.
    item, rater
        What was rated, and by whom.
    answers
        The answers; a skip may have some or none.
    status
        ``"rated"`` or ``"skipped"``.
    flagged, note
        Whether the rater marked the item as ambiguous, and what they noted.
    reason
        Why it was skipped.
    base
        UUID of the rating that this one revises; None for a first one.
    order
        Response ids as they were shown, first to last.
    position
        Place of the item in the rater's order, from 0.
    seconds
        Active time, idle time capped; None where unknown.
    submitted_at
        When, by the clock of whoever submitted; aware, kept as UTC. None where unknown.
    rubric
        Hash of the rubric that was shown.
    tab
        Which browser tab sent it.
    source
        ``"widget"``, or what else it came from.

    """

    id: str
    item: str
    rater: str
    answers: tuple[Answer, ...] = ()
    status: Status = "rated"
    flagged: bool = False
    note: str = ""
    reason: str = ""
    base: str | None = None
    order: tuple[str, ...] = ()
    position: int | None = None
    seconds: float | None = None
    submitted_at: datetime | None = None
    rubric: str = ""
    tab: str = ""
    source: str = "widget"

    def __post_init__(self) -> None:
        # A store keeps UTF-8 and no NUL; what it could not keep is refused here, where it can still be said.
        try:
            object.__setattr__(self, "id", str(uuid.UUID(self.id)))
        except (ValueError, AttributeError, TypeError):
            msg = f"'id' takes a UUID (got {self.id!r})"
            raise AnswerError(msg) from None
        for name in ("item", "rater"):
            given = getattr(self, name)
            if not isinstance(given, str) or not given.strip():
                msg = f"'{name}' takes text (got {given!r})"
                raise AnswerError(msg)
        if self.status not in ("rated", "skipped"):
            msg = f"'status' takes 'rated' or 'skipped' (got {self.status!r})"
            raise AnswerError(msg)
        if self.submitted_at is not None:
            if not isinstance(self.submitted_at, datetime) or self.submitted_at.tzinfo is None:
                msg = f"'submitted_at' takes a time with a time zone (got {self.submitted_at!r})"
                raise AnswerError(msg)
            object.__setattr__(self, "submitted_at", self.submitted_at.astimezone(UTC))
        if self.seconds is not None:
            seconds = plain_number(self.seconds)
            if seconds is None or seconds < 0:
                msg = f"'seconds' takes a number from 0 (got {self.seconds!r})"
                raise AnswerError(msg)
            object.__setattr__(self, "seconds", float(seconds))
        object.__setattr__(self, "answers", tuple(self.answers))
        object.__setattr__(self, "order", tuple(self.order))
        texts = [(name, getattr(self, name)) for name in ("item", "rater", "note", "reason", "rubric", "tab", "source")]
        for name, words in (*texts, *(("order", one) for one in self.order)):
            check_words(name, words)


@dataclass(frozen=True, slots=True)
class StoredRating:
    """A rating as a store has it.

    Parameters
    ----------
    rating
        What was submitted.
    revision
        1 for the first of this item and rater, and so on.
    stale
        True where it was based on a rating that was no longer the current one: kept, and never counted.
    received_at
        When the store took it in, UTC.

    """

    rating: Rating
    revision: int
    stale: bool
    received_at: datetime


def check(rating: Rating, rubric: Rubric, item: Item, *, complete: bool = True, conditions: bool = True) -> Rating:
    """Return the rating with its values as they are stored, or say everything that is wrong with it.

    Parameters
    ----------
    rating
        What was submitted.
    rubric, item
        What it was submitted for.
    complete
        False allows missing answers and rationales, as scores from elsewhere may lack them. A skip always may.
    conditions
        False allows answers to what is asked only after others that are not there, as part of a rating may lack them.

    Raises
    ------
    AnswerError
        Whose ``problems`` name dimension and response of each: an unknown one, an answer that is missing or given
        twice, a value that its scale does not allow, a rationale that is missing, too short or not asked for, an answer to
        what is not asked after the others.

    Examples
    --------
    >>> import uuid, rubricwidgets as rw
    >>> rubric = rw.Rubric("t", dimensions=[rw.Dimension("tone", "Is it right?", rw.Ordinal(1, 5))])
    >>> item = rw.Item("Hi", "Hello!", id="hi")
    >>> answer = rw.Answer("tone", 7, response=item.responses[0].id)
    >>> check(rw.Rating(str(uuid.uuid4()), "hi", "ana", (answer,)), rubric, item)
    Traceback (most recent call last):
    ...
    rubricwidgets.errors.AnswerError: 'tone' takes 1 to 5 (got 7)

    """
    complete = complete and rating.status == "rated"
    problems: list[Problem] = []
    answers: list[Answer] = []
    for answer in rating.answers:
        found = list(_misplaced(answer, rubric, item))
        if not found:
            place = place_of(item, answer.response, rating.order)
            checked, found = _checked(answer, rubric[answer.dimension], place, complete=complete)
            answers.append(checked)
        problems += found
    asked = set(slots_asked(rubric, item, answers))
    problems += [
        Problem(one.dimension, one.response, f"{one.dimension!r} is {_condition(rubric, one.dimension)}")
        for one in answers
        if conditions and (one.dimension, one.response) not in asked
    ]
    slots = Counter((answer.dimension, answer.response) for answer in rating.answers)
    problems += [
        Problem(dimension, response, f"{dimension!r} is answered {times} times")
        for (dimension, response), times in slots.items()
        if times > 1
    ]
    if complete:
        problems += [
            Problem(dimension.name, response, f"{dimension.name!r} is not answered")
            for dimension in rubric.dimensions
            if dimension.required
            for response in _asked(dimension, item)
            if (dimension.name, response) in asked and (dimension.name, response) not in slots
        ]
    if problems:
        raise AnswerError("; ".join(_said(problem, item) for problem in problems), problems)
    return replace(rating, answers=tuple(answers))


def misfits(item: Item, rubric: Rubric) -> Iterator[str]:
    """Yield why an item cannot be judged by a rubric, each in words."""
    for dimension in rubric.dimensions:
        words = dimension.scale.misfit(item)
        if words is not None:
            yield f"{dimension.name!r} {words}"
    takers = [dimension.name for dimension in rubric.dimensions if getattr(dimension.scale, "from_item", False)]
    for name in item.criteria or () if takers else ():
        if name == "" and len(takers) > 1:
            yield f"'criteria' takes a list for each of {', '.join(map(repr, takers))} by name (got one list)"
        elif name and name not in takers:
            close = nearest(name, takers)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(map(repr, takers))}"
            yield f"'criteria' takes names of dimensions that ask for an item's own (got {name!r}); {hint}"


def check_gold(item: Item, rubric: Rubric) -> Iterator[str]:
    """Yield what is wrong with an item's gold, each in words."""
    if item.gold is None:
        return
    for response, values in item.gold.answers.items():
        for dimension, value in values.items():
            answer = Answer(dimension, value, response=response)
            found = list(_misplaced(answer, rubric, item))
            if not found and value is not None:
                found = _checked(answer, rubric[dimension], place_of(item, response), complete=False)[1]
            yield from (_said(problem, item) for problem in found)
    for response in item.gold.explanations:
        if response is not None and item.response(response) is None:
            yield f"an explanation is for response {response!r}, which the item does not have"


def place_of(item: Item, response: str | None, order: Sequence[str] = ()) -> Place:
    """Return where an answer is given; ``order`` as the rater saw the responses, where that is known."""
    return Place(
        item,
        None if response is None else item.response(response),
        tuple(order) or tuple(one.id for one in item.responses),
    )


def slots_asked(rubric: Rubric, item: Item, answers: Iterable[Answer]) -> Iterator[tuple[str, str | None]]:
    """Yield dimension and response of everything that is asked of an item after these answers.

    Parameters
    ----------
    rubric, item
        What is judged, and how.
    answers
        Checked answers; only those that are themselves asked can ask for more.

    """
    given = {(one.dimension, one.response): one for one in answers}
    open_slots: dict[tuple[str, str | None], bool] = {}

    def is_asked(dimension: Dimension, response: str | None) -> bool:
        slot = (dimension.name, response)
        if slot not in open_slots:
            open_slots[slot] = dimension.ask_when is None or any(
                is_asked(other, place) and _meets(given.get((other.name, place)), dimension, other)
                for other in [rubric[dimension.ask_when.dimension]]
                for place in (_asked(other, item) if response is None or other.about == "item" else [response])
            )
        return open_slots[slot]

    for dimension in rubric.dimensions:
        for response in _asked(dimension, item):
            if is_asked(dimension, response):
                yield dimension.name, response


def _meets(answer: Answer | None, dimension: Dimension, other: Dimension) -> bool:
    if answer is None or answer.not_applicable or dimension.ask_when is None:
        return False
    return dimension.ask_when.met_by(other.scale, answer.value)


def _condition(rubric: Rubric, name: str) -> str:
    condition = rubric[name].ask_when
    return condition.in_words().replace("asked when", "asked only when") if condition is not None else "not asked"


def _asked(dimension: Dimension, item: Item) -> list[str | None]:
    return [None] if dimension.about == "item" else [response.id for response in item.responses]


def _said(problem: Problem, item: Item) -> str:
    """Say a problem to whoever knows the ids. Its message alone may be shown to a rater, who must not learn them."""
    if problem.response is None or len(item.responses) == 1:
        return problem.message
    return f"{problem.message} (response {problem.response!r})"


def _misplaced(answer: Answer, rubric: Rubric, item: Item) -> Iterator[Problem]:
    """Yield why an answer belongs to nothing that was asked."""
    if answer.dimension not in rubric.names:
        close = nearest(answer.dimension, rubric.names)
        hint = f"did you mean {close!r}?" if close else f"the rubric has {', '.join(map(repr, rubric.names))}"
        yield Problem(answer.dimension, answer.response, f"there is no dimension {answer.dimension!r}; {hint}")
    elif answer.response not in _asked(rubric[answer.dimension], item):
        if rubric[answer.dimension].about == "item":
            words = "is about the item and takes no response"
        else:
            words = "takes the id of one of the item's responses" + (" (got none)" if answer.response is None else "")
        yield Problem(answer.dimension, answer.response, f"{answer.dimension!r} {words}")


def _checked(answer: Answer, dimension: Dimension, place: Place, *, complete: bool) -> tuple[Answer, list[Problem]]:
    def problem(words: str) -> Problem:
        return Problem(dimension.name, answer.response, f"{dimension.name!r} {words}")

    value = answer.value
    if answer.not_applicable:
        value = None
        if not dimension.scale.not_applicable:
            return answer, [problem(f"takes {dimension.scale.allows}, and not applicable is not among its answers")]
    else:
        try:
            value = dimension.scale.check_at(value, place, complete=complete)
        except AnswerError as error:
            return answer, [problem(str(error))]
    found = list(_rationale_problems(answer, value, dimension)) if complete else []
    return replace(answer, value=value), [problem(words) for words in found]


def _rationale_problems(answer: Answer, value: object, dimension: Dimension) -> Iterator[str]:
    policy = dimension.rationale
    length = len(answer.rationale.strip())
    if policy.policy == "never":
        if length:
            yield "takes no rationale"
        return
    if policy.is_required(dimension.scale, value, not_applicable=answer.not_applicable):
        least = max(policy.min_length, 1)
        if length == 0:
            yield f"needs a rationale of at least {least} character{'s' if least > 1 else ''} here"
        elif length < least:
            yield f"needs a rationale of at least {least} characters here (got {length}: {least - length} more)"
