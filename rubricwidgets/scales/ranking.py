"""An order of an item's responses, best first; or only the best and the worst of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rubricwidgets.errors import AnswerError, RubricError, known_keywords
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.numbers import read_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from rubricwidgets.items import Item
    from rubricwidgets.scales.base import Level, Place
    from rubricwidgets.scales.seen import Seen

_FEWEST = 2
_ENDS = ("best", "worst")
#: Beyond this many responses nobody holds all of them in mind; best-worst scaling takes sets of four to eight.
_BEST_WORST = range(3, 9)
#: For simulations, in shares of quality: left out below, tied within.
_BAD, _SAME = 0.3, 0.04


@known_keywords
@dataclass(frozen=True)
class Ranking(Scale):
    """Responses in order, best first.

    Parameters
    ----------
    ties
        Whether responses may share a place.
    partial
        Whether some may be left out: what is ranked stands above what is not.
    best_worst
        Ask only for the best and the worst of three to eight responses (best-worst scaling); without ties, never partial.
    not_applicable
        Whether "not applicable" ("cannot judge") is an answer.

    Raises
    ------
    RubricError
        Naming the field, what it takes and what it got.

    Examples
    --------
    >>> scale = Ranking(ties=True)
    >>> scale.check([["r2"], ["r0", "r1"]])
    [['r2'], ['r0', 'r1']]
    >>> scale.ranks([["r2"], ["r0", "r1"], ["r3"]])
    {'r2': 1, 'r0': 2, 'r1': 2, 'r3': 4}

    """

    kind: ClassVar[str] = "ranking"
    level: ClassVar[Level] = "ordinal"
    about: ClassVar[Literal["response", "item"]] = "item"
    frame: ClassVar[str] = "rankings"
    numeric: ClassVar[bool] = False

    ties: bool = False
    partial: bool = False
    best_worst: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("ties", "partial", "best_worst"):
            if not isinstance(getattr(self, name), bool):
                msg = f"'{name}' takes True or False (got {getattr(self, name)!r})"
                raise RubricError(msg)
        for name in ("ties", "partial"):
            if self.best_worst and getattr(self, name):
                msg = f"'best_worst' and '{name}' contradict each other: leave one out"
                raise RubricError(msg)

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        if self.best_worst:
            return "the 'best' and the 'worst' of the responses"
        which = "some or all of the responses" if self.partial else "all responses"
        return f"{which} in order, best first, as a list of lists{' (those in one list are tied)' if self.ties else ''}"

    def refuse(self, value: object) -> AnswerError:
        """Return the error for a value that is not allowed; not the value, whose ids of responses no page may learn."""
        del value
        return AnswerError(f"takes {self.allows}")

    def check(self, value: object) -> list[list[str]] | dict[str, str]:
        """Return the ranking, or raise :class:`AnswerError`."""
        return self._ends(value) if self.best_worst else self._order(value)

    def misfit(self, item: Item) -> str | None:
        """Return why an item's responses cannot be ranked, or None."""
        count = len(item.responses)
        if count >= _FEWEST and (not self.best_worst or count in _BEST_WORST):
            return None
        wanted = f"{_BEST_WORST[0]} to {_BEST_WORST[-1]}" if self.best_worst else f"{_FEWEST} or more"
        return f"takes items with {wanted} responses (this one has {count})"

    def check_at(self, value: object, place: Place, *, complete: bool = True) -> list[list[str]] | dict[str, str]:
        """Return the ranking, held against the item's responses, or raise :class:`AnswerError`."""
        known = [response.id for response in place.item.responses]
        checked = self.check(value)
        given = list(checked.values()) if isinstance(checked, dict) else list(chain.from_iterable(checked))
        if any(one not in known for one in given):
            msg = "takes the item's responses (got one that is none of them)"
            raise AnswerError(msg)
        if complete and not self.best_worst and not self.partial and len(given) < len(known):
            msg = f"takes all {len(known)} responses in order (got {len(given)})"
            raise AnswerError(msg)
        return checked

    def coerce(self, value: object) -> list[list[str]] | dict[str, str]:
        """Return the ranking as given; ``Study.add_rankings`` reads frames of ranks."""
        return self.check(value)

    def from_ranks(self, ranks: Mapping[str, object]) -> list[list[str]] | dict[str, str]:
        """Return the ranking behind ranks by response, 1 best.

        Tied responses share a rank; the next one's either counts them all (1, 2, 2, 4) or goes on (1, 2, 2, 3). Null is unranked.

        Parameters
        ----------
        ranks
            By response id, a whole number from 1, or None.

        Raises
        ------
        AnswerError
            If a rank is no whole number from 1, is shared where ties are not allowed, if ranks skip or do not begin at 1, or if
            best and worst are not two ranks.

        """
        places: dict[int, list[str]] = {}
        for response, given in ranks.items():
            if given is None:
                continue
            rank = read_number(given)
            if rank is None or rank < 1 or not float(rank).is_integer():
                msg = f"takes ranks that are whole numbers from 1 (got {given!r})"
                raise AnswerError(msg)
            places.setdefault(int(rank), []).append(response)
        groups = [places[rank] for rank in sorted(places)]
        if self.best_worst:
            given_ranks = ", ".join(str(rank) for rank in sorted(places) for _ in places[rank]) or "none"
            if [len(group) for group in groups] != [1, 1] or min(places) != 1:
                msg = (
                    "takes two ranks: 1 for the best, a higher one for the worst, and null for the others "
                    f"(got {given_ranks}); a whole order goes to a scale without best_worst"
                )
                raise AnswerError(msg)
            return self.check({"best": groups[0][0], "worst": groups[1][0]})
        if not groups:
            msg = "takes a rank for one or more of the responses (got none)"
            raise AnswerError(msg)
        dense, counted = list(range(1, len(groups) + 1)), _competition(groups)
        if sorted(places) not in (dense, counted):
            msg = f"takes ranks from 1 without a gap (got {', '.join(map(str, sorted(places)))})"
            raise AnswerError(msg)
        return self.check(groups)

    @staticmethod
    def ranks(order: Sequence[Sequence[str]]) -> dict[str, int]:
        """Return the rank of each response, 1 best; tied ones share the better place: 1, 2, 2, 4."""
        return {one: rank for rank, group in zip(_competition(order), order, strict=True) for one in group}

    def number(self, value: list[list[str]] | dict[str, str]) -> None:
        """Return None: an order is no number; ``rankings()`` has the ranks."""

    def label(self, value: list[list[str]] | dict[str, str]) -> str:
        """Return the order in response ids: ``r2 > r0 = r1``."""
        if isinstance(value, dict):
            return f"best {value['best']}, worst {value['worst']}"
        return " > ".join(" = ".join(group) for group in value)

    def points(self) -> list[tuple[Any, str]]:
        """Return nothing: orders differ from item to item."""
        return []

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        return {
            "kind": self.kind,
            "ties": self.ties,
            "partial": self.partial,
            "best_worst": self.best_worst,
            "not_applicable": self.not_applicable,
        }

    def chosen(self, value: list[list[str]] | dict[str, str]) -> list[Any]:
        """Return nothing that a condition could wait for."""
        del value
        return []

    def plausible(self, place: Place, seen: Seen) -> list[list[str]] | dict[str, str]:
        """Return the responses by how good they seem; those that seem alike tied, and bad ones left out, where that is allowed."""
        order = sorted(place.order, key=lambda one: -seen.quality[one])
        if self.best_worst:
            return {"best": order[0], "worst": order[-1]}
        if self.partial:
            order = [one for one in order if seen.of(one) >= _BAD] or order[:1]
        groups: list[list[str]] = []
        for one in order:
            if self.ties and groups and seen.quality[groups[-1][0]] - seen.quality[one] < _SAME:
                groups[-1].append(one)
            else:
                groups.append([one])
        return groups

    def to_page(self, value: list[list[str]] | dict[str, str], key_of: Callable[[str], str]) -> Any:  # noqa: ANN401
        """Return the ranking with keys."""
        if isinstance(value, dict):
            return {end: key_of(one) for end, one in value.items()}
        return [[key_of(one) for one in group] for group in value]

    def from_page(self, value: Any, id_of: Callable[[object], str]) -> Any:  # noqa: ANN401
        """Return the ranking with the ids of responses."""
        if isinstance(value, dict):
            return {end: id_of(one) for end, one in value.items()}
        if isinstance(value, list):
            return [[id_of(one) for one in group] if isinstance(group, list) else group for group in value]
        return value

    def records(self, value: list[list[str]] | dict[str, str], place: Place) -> list[dict[str, Any]]:
        """Return one row per response: columns of ``rankings()``. Best and worst are the first and the last rank."""
        ends = {"best": 1, "worst": len(place.item.responses)}
        ranks = {value[end]: ends[end] for end in ends} if isinstance(value, dict) else self.ranks(value)
        shown = {response: number for number, response in enumerate(place.order)}
        return [
            {
                "response": response.id,
                "model": response.model,
                "rank": ranks.get(response.id),
                "position": shown.get(response.id),
            }
            for response in place.item.responses
        ]

    def _order(self, value: object) -> list[list[str]]:
        if isinstance(value, str | Mapping) or not isinstance(value, Sequence) or not value:
            raise self.refuse(value)
        groups = [[one] if isinstance(one, str) else one for one in value]
        for group in groups:
            if not isinstance(group, list | tuple) or not group or not all(isinstance(one, str) for one in group):
                raise self.refuse(value)
            if len(group) > 1 and not self.ties:
                msg = "takes one response at each place: this ranking has no ties"
                raise AnswerError(msg)
        named = list(chain.from_iterable(groups))
        if len(set(named)) < len(named):
            msg = "takes each response once (got one twice)"
            raise AnswerError(msg)
        return [list(group) for group in groups]

    def _ends(self, value: object) -> dict[str, str]:
        if not isinstance(value, Mapping) or set(value) != set(_ENDS):
            raise self.refuse(value)
        best, worst = (value[end] for end in _ENDS)
        if not isinstance(best, str) or not isinstance(worst, str):
            raise self.refuse(value)
        if best == worst:
            msg = "takes two different responses as best and worst (got one as both)"
            raise AnswerError(msg)
        return {"best": best, "worst": worst}


def _competition(groups: Sequence[Sequence[str]]) -> list[int]:
    """Return the ranks of groups where tied responses are counted: 1, 2, 2, 4."""
    ranks, taken = [], 1
    for group in groups:
        ranks.append(taken)
        taken += len(group)
    return ranks
