"""Orders of responses from elsewhere, response by response with its rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError
from rubricwidgets.frame_input import ALIASES, offered, response_of
from rubricwidgets.part_input import Kind, Parts, Row, answer_of, naming, read_parts
from rubricwidgets.scales.numbers import read_number
from rubricwidgets.scales.ranking import Ranking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.ratings import Answer, Rating
    from rubricwidgets.rubric import Rubric


def read_rankings(frame: object, rubric: Rubric, items: Sequence[Item], **options: Any) -> list[Rating]:  # noqa: ANN401
    """Read rankings, one row for each ranked response.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records, as ``rankings()`` returns them: ``item``, ``rater``, ``response`` or
        ``model``, ``rank`` (1 is best; tied ones share a rank; null, or no row: not ranked, where the scale is
        ``Ranking(partial=True)``; for best and worst, 1 and a higher one, and null for the rest), perhaps ``position`` (where the
        rater saw it, from 0).
    rubric, items
        What the ranks are of.
    **options
        As for :func:`rubricwidgets.comparison_input.read_comparisons`.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit.
    InputError
        If a column is missing or unknown.

    """
    return read_parts(_KIND, frame, rubric, items, **options)


def _ranked(row: Row, dimension: Dimension, item: Item) -> tuple[None, tuple[str, Any]]:
    del dimension
    return None, (response_of(row.at, item), row.given["rank"])


def _once(part: tuple[str, Any], earlier: Parts) -> None:
    for row, (response, _) in earlier:
        if response == part[0]:
            msg = f"{row.dimension!r} takes each response once (got {response!r} twice, first in row {row.at.row})"
            raise AnswerError(msg)


def _answer(dimension: Dimension, item: Item, response: str | None, parts: Parts) -> Answer:
    scale = dimension.scale
    if not isinstance(scale, Ranking):
        raise TypeError
    ranks = dict(part for _, part in parts)
    with naming(dimension.name):
        lacking = [one.id for one in item.responses if ranks.get(one.id) is None]
        if lacking and not scale.partial and not scale.best_worst:
            msg = (
                f"takes a rank for each of {len(item.responses)} responses (got none for {offered(item, lacking)}): "
                "rank all of them, or let the scale take some: Ranking(partial=True)"
            )
            raise AnswerError(msg)
        value = scale.from_ranks(ranks)
    return answer_of(dimension, response, value, parts)


def _order(rows: Sequence[Row], item: Item) -> tuple[str, ...]:
    """Return the responses as the rater saw them, where every row says where its own stood."""
    places: dict[int, str] = {}
    for row in rows:
        given, response = row.given["position"], response_of(row.at, item)
        if given is None:
            return ()
        number = read_number(given)
        if number is None or not float(number).is_integer() or not 0 <= number < len(item.responses):
            msg = f"'position' takes a whole number from 0 to {len(item.responses) - 1} (got {given!r})"
            raise AnswerError(msg)
        if places.setdefault(int(number), response) != response:
            msg = f"'position' takes each place once (got {given!r} for {places[int(number)]!r} and {response!r})"
            raise AnswerError(msg)
    return tuple(places[place] for place in sorted(places)) if len(places) == len(item.responses) else ()


_KIND = Kind(
    method="add_rankings",
    scale=Ranking,
    row="a row per ranked response",
    what="rankings",
    aliases={**ALIASES, "rank": ("rank",), "position": ("position",)},
    part=_ranked,
    answer=_answer,
    needs={"rank": "the ranks, 1 for the best"},
    beside=_once,
    order=_order,
)
