"""The one way in which a frame from elsewhere becomes ratings: rows, their parts, an answer of the parts of one place.

Each kind of judgement says in a file of its own what its columns are, what a row says, and what its rows are together.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError, InputError, Problem, UnknownKeywordError, unknown_keyword
from rubricwidgets.frame_input import (
    ALIASES,
    Source,
    columns_of,
    get,
    known_dimension,
    known_item,
    listed,
    rating_of,
    source_of,
    told,
)
from rubricwidgets.ratings import Answer, Rating, check_words
from rubricwidgets.score_frames import as_polars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.scales.base import Scale

_OPTIONS = ("dimension", "rater_name", "source")


@dataclass(frozen=True)
class Row:
    """One row of a frame: where it stands, the dimension that it answers, and what it has in the columns of its kind."""

    at: Source
    dimension: str
    given: Mapping[str, Any]


#: What rows say of one dimension and response, in the order of the frame.
Parts = list[tuple[Row, Any]]


def _all_fit(part: Any, earlier: Parts) -> None:  # noqa: ANN401
    del part, earlier


def _as_the_item_has_them(rows: Sequence[Row], item: Item) -> tuple[str, ...]:
    del rows, item
    return ()


@dataclass(frozen=True)
class Kind:
    """One kind of judgement, as frames hold it.

    Parameters
    ----------
    method
        The study's method that adds it, for errors.
    scale
        Whose answers they are; None where any scale's may be.
    row, what
        What a row is ("a row per pair"), and what rows are together ("verdicts on pairs"), in words.
    aliases
        By word, the names that its column may have; the words of :data:`rubricwidgets.frame_input.ALIASES` are shared.
    part
        Returns the response that a row is about and what it says; None where it says nothing.
    answer
        Returns the answer that the parts of one dimension and response make.
    needs
        By word, what its column holds, of the columns that must be there.
    beside
        Refuses a part that contradicts or repeats an earlier one of the same dimension and response.
    order
        Returns the responses as the rater saw them, where rows say so.

    """

    method: str
    scale: type[Scale] | None
    row: str
    what: str
    aliases: Mapping[str, Sequence[str]]
    part: Callable[[Row, Dimension, Item], tuple[str | None, Any] | None]
    answer: Callable[[Dimension, Item, str | None, Parts], Answer]
    needs: Mapping[str, str] = field(default_factory=dict)
    beside: Callable[[Any, Parts], None] = _all_fit
    order: Callable[[Sequence[Row], Item], tuple[str, ...]] = _as_the_item_has_them

    def check_words(self, columns: Mapping[str, str], options: Sequence[str] = _OPTIONS) -> None:
        """Refuse a keyword that is neither an option nor the word of a column."""
        for word in columns:
            if word not in self.aliases:
                raise UnknownKeywordError(unknown_keyword(self.method, word, [*self.aliases, *options]))

    def frame(self, frame: object) -> pl.DataFrame:
        """Return what was given as a Polars frame; refuse one that has not even columns."""
        data = as_polars(frame)
        if not data.columns:
            wanted = [word for word in self.aliases if word in ("item", "rater", *self.needs)]
            msg = f"{self.method} takes {self.row}, with {listed(wanted)} at least (got nothing)"
            raise InputError(msg)
        return data

    def dimensions(self, rubric: Rubric) -> list[str]:
        """Return the names of the dimensions that take such judgements."""
        return [one.name for one in rubric.dimensions if self.scale is None or isinstance(one.scale, self.scale)]


def read_parts(
    kind: Kind,
    frame: object,
    rubric: Rubric,
    items: Sequence[Item],
    *,
    dimension: str | None = None,
    rater_name: str | None = None,
    source: str | None = None,
    **columns: str,
) -> list[Rating]:
    """Read the ratings in a frame of one kind of judgement.

    Parameters
    ----------
    kind
        Which.
    frame
        A Polars or pandas frame or a list of records.
    rubric, items
        What the judgements are of.
    dimension
        Which dimension they answer, where the frame has no such column and the rubric has several of the kind.
    rater_name
        Who judged, where the frame has no such column.
    source
        What ``ratings()`` says the ratings came from; the method where None.
    **columns
        The frame's own names of its columns.

    Returns
    -------
    list of Rating
        One per item and rater, with the answers that the frame has and no others; see
        :func:`rubricwidgets.revising.revised`.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit.
    InputError
        If a column is missing or unknown, or the rubric asks for no such judgement.

    """
    kind.check_words(columns)
    data = kind.frame(frame)
    names = columns_of(data, kind.aliases, columns, rater_name)
    for word, what in kind.needs.items():
        if names[word] is None:
            msg = f"'{word}' takes a column with {what}, which is missing (the frame has {listed(data.columns)}); name it: {word}=..."
            raise InputError(msg)
    known = kind.dimensions(rubric)
    if not known:
        name = "" if kind.scale is None else kind.scale.__name__
        msg = f"the rubric has no dimension for {kind.what} (it has {listed(rubric.names)}): add one with the scale {name}"
        raise InputError(msg)
    column = names["dimension"] if dimension is None else None
    default = dimension if dimension is not None else known[0] if len(known) == 1 else None
    if column is None and default is None:
        msg = f"'dimension' takes one of {listed(known)}: the rubric has several for {kind.what} (got none)"
        raise InputError(msg)
    own = [word for word in kind.aliases if word not in ALIASES]
    rows = []
    for number, row in enumerate(data.iter_rows(named=True), start=1):
        at = source_of(row, names, rater_name, number)
        said = default if get(row, column) is None else str(get(row, column))
        if said is None:
            msg = f"row {number}: 'dimension' is missing; it takes one of {listed(known)}"
            raise InputError(msg)
        rows.append(Row(at, said, {word: get(row, names[word]) for word in own}))
    return ratings_of(kind, rows, rubric, items, source or kind.method)


def ratings_of(kind: Kind, rows: Sequence[Row], rubric: Rubric, items: Sequence[Item], source: str) -> list[Rating]:
    """Return the ratings that rows make, one per item and rater, or say everything that is wrong with the rows."""
    check_words("source", source)
    by_id = {item.id: item for item in items}
    refused = _Refused()
    groups: dict[tuple[str, str], dict[tuple[str, str | None], Parts]] = {}
    for row in rows:
        with refused.at(row):
            item = known_item(row.at.item, by_id)
            found = kind.part(row, _dimension(kind, row, rubric), item)
            if found is None:
                continue
            response, part = found
            earlier = groups.setdefault((item.id, row.at.rater), {}).setdefault((row.dimension, response), [])
            kind.beside(part, earlier)
            earlier.append((row, part))
    ratings: list[Rating] = []
    for (name, _), answered in groups.items():
        # A place whose every row was refused has none left.
        placed = {slot: parts for slot, parts in answered.items() if parts}
        answers: list[Answer] = []
        for (dimension, response), parts in placed.items():
            with refused.at(parts[0][0]):
                answers.append(kind.answer(rubric[dimension], by_id[name], response, parts))
        whole = [row for parts in placed.values() for row, _ in parts]
        if refused.problems or not whole:
            continue
        with refused.at(whole[0]):
            order = kind.order(whole, by_id[name])
            ratings.append(rating_of([row.at for row in whole], answers, rubric, by_id[name], source, order))
    refused.tell()
    return ratings


class _Refused:
    """What is wrong with rows, and where; gathered, so that all of it is said at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._places: dict[str, list[int]] = {}

    @contextmanager
    def at(self, row: Row) -> Iterator[None]:
        """Note what is refused meanwhile as wrong with this row."""
        try:
            yield
        except AnswerError as error:
            self.problems.append(Problem(row.dimension, row.at.response, f"row {row.at.row}: {error}"))
            self._places.setdefault(str(error), []).append(row.at.row)

    def tell(self) -> None:
        """Raise :class:`AnswerError` if something is wrong."""
        if self.problems:
            msg = f"{told(self._places)}\nNothing was added."
            raise AnswerError(msg, self.problems)


def _dimension(kind: Kind, row: Row, rubric: Rubric) -> Dimension:
    dimension = rubric[known_dimension(row.dimension, rubric.names)]
    if kind.scale is not None and not isinstance(dimension.scale, kind.scale):
        msg = f"{row.dimension!r} takes {dimension.scale.allows}, and no {kind.what}; those go to {listed(kind.dimensions(rubric))}"
        raise AnswerError(msg)
    return dimension


@contextmanager
def naming(dimension: str) -> Iterator[None]:
    """Let what a scale refuses name the dimension."""
    try:
        yield
    except AnswerError as error:
        msg = f"{dimension!r} {error}"
        raise AnswerError(msg) from None


def answer_of(dimension: Dimension, response: str | None, value: object, parts: Parts) -> Answer:
    """Return an answer with the rationales of its rows, each once."""
    why = dict.fromkeys(row.at.rationale for row, _ in parts if row.at.rationale)
    return Answer(dimension.name, value, response, rationale="\n".join(why))
