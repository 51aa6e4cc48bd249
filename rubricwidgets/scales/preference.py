"""Which of two responses is better, and how much: pair by pair where an item has more than two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rubricwidgets.errors import AnswerError, RubricError, known_keywords, nearest
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.numbers import plain_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from rubricwidgets.items import Item
    from rubricwidgets.scales.base import Level, Place
    from rubricwidgets.scales.seen import Seen

_STRONGEST = 3
_DEGREES = {1: ("better",), 2: ("better", "much better"), 3: ("slightly better", "better", "much better")}
_SIGNS = {"left": -1, "right": 1}
_CHOICES = ("left", "right", "tie", "neither")
#: For simulations, in shares of quality: both bad below, equal within, one degree more for each.
_BAD, _SAME, _DEGREE = 0.25, 0.04, 0.15
Pair = tuple[str, str]


@known_keywords
@dataclass(frozen=True)
class Preference(Scale):
    """Which of two responses is better, and how much.

    The two stand side by side in the rater's own order. An item with more responses is judged in pairs: every response
    meets every other once, or as many pairs as ``budget`` says, so that each response is met equally often.

    Parameters
    ----------
    strength
        How many degrees of preference there are, 0 to 3: 0 and 1 ask only which is better, 2 adds "much better",
        3 "slightly better" too.
    tie
        Whether "equally good" is an answer.
    neither
        Whether "both bad" is an answer. It is no tie: nobody wins, and it has no number.
    budget
        The most pairs to judge of one item, 1 or more; None for all of them.
    not_applicable
        Whether "not applicable" ("cannot judge") is an answer.

    A verdict from elsewhere may leave open how strongly: its ``strength`` is then None, and it has no number.

    Raises
    ------
    RubricError
        Naming the field, what it takes and what it got.

    Examples
    --------
    >>> scale = Preference(strength=3, neither=True)
    >>> scale.check([{"left": "r1", "right": "r2", "choice": "right", "strength": 2}])
    [{'left': 'r1', 'right': 'r2', 'choice': 'right', 'strength': 2}]
    >>> scale.pairs(["r1", "r2", "r3"])
    [('r3', 'r2'), ('r1', 'r3'), ('r2', 'r1')]

    """

    kind: ClassVar[str] = "preference"
    level: ClassVar[Level] = "ordinal"
    about: ClassVar[Literal["response", "item"]] = "item"
    frame: ClassVar[str] = "comparisons"
    numeric: ClassVar[bool] = False

    strength: int = _STRONGEST
    tie: bool = True
    neither: bool = False
    budget: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        degrees = plain_number(self.strength)
        if not isinstance(degrees, int) or not 0 <= degrees <= _STRONGEST:
            msg = f"'strength' takes a whole number from 0 to {_STRONGEST} (got {self.strength!r})"
            raise RubricError(msg)
        object.__setattr__(self, "strength", degrees)
        for name in ("tie", "neither"):
            if not isinstance(getattr(self, name), bool):
                msg = f"'{name}' takes True or False (got {getattr(self, name)!r})"
                raise RubricError(msg)
        if self.budget is not None:
            budget = plain_number(self.budget)
            if not isinstance(budget, int) or budget < 1:
                msg = f"'budget' takes a number of pairs from 1, or None for all of them (got {self.budget!r})"
                raise RubricError(msg)
            object.__setattr__(self, "budget", budget)

    @property
    def degrees(self) -> tuple[str, ...]:
        """The degrees of preference in words, weakest first."""
        return _DEGREES[max(1, self.strength)]

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be chosen of a pair."""
        allowed = {"tie": self.tie, "neither": self.neither}
        return tuple(choice for choice in _CHOICES if allowed.get(choice, True))

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        most = len(self.degrees)
        strength = f", with a strength of 1 to {most} for left and right" if most > 1 else ""
        return f"a choice of {', '.join(map(repr, self.choices))} for each pair{strength}"

    def pairs(self, order: Sequence[str]) -> list[Pair]:
        """Return the pairs to judge of responses in this order, each as (left, right).

        Two responses stand as they come. More meet in the rounds of a tournament (the circle method), in which each
        response meets another once a round, so that a budget cuts whole rounds first; each stands left and right in turn.

        Parameters
        ----------
        order
            Ids of the responses, in the rater's own order.

        """
        ids = list(order)
        if len(ids) <= 2:  # noqa: PLR2004
            return [(ids[0], ids[1])] if len(ids) == 2 else []  # noqa: PLR2004
        ring: list[str | None] = [*ids, None] if len(ids) % 2 else [*ids]
        found: list[Pair] = []
        lefts = dict.fromkeys(ids, 0)
        for _ in range(len(ring) - 1):
            for one, other in zip(ring[: len(ring) // 2], reversed(ring[len(ring) // 2 :]), strict=True):
                if one is not None and other is not None:
                    pair = (one, other) if lefts[one] < lefts[other] else (other, one)
                    lefts[pair[0]] += 1
                    found.append(pair)
            ring = [ring[0], ring[-1], *ring[1:-1]]
        return found[: self.budget]

    def check(self, value: object) -> list[dict[str, Any]]:
        """Return the verdicts, one per pair, or raise :class:`AnswerError`."""
        if isinstance(value, str | Mapping) or not isinstance(value, Sequence) or not value:
            raise self.refuse(value)
        verdicts = [self._verdict(one) for one in value]
        seen: set[frozenset[str]] = set()
        for verdict in verdicts:
            pair = frozenset((verdict["left"], verdict["right"]))
            if len(pair) == 1:
                msg = "takes pairs of two responses (got one with itself)"
                raise AnswerError(msg)
            if pair in seen:
                msg = "takes each pair once (got one twice)"
                raise AnswerError(msg)
            seen.add(pair)
        return verdicts

    def misfit(self, item: Item) -> str | None:
        """Return why an item's responses cannot be compared, or None."""
        count = len(item.responses)
        return None if count > 1 else f"takes items with two or more responses (this one has {count})"

    def check_at(self, value: object, place: Place, *, complete: bool = True) -> list[dict[str, Any]]:
        """Return the verdicts in the order of the pairs, with the number of each, or raise :class:`AnswerError`."""
        verdicts = self.check(value)
        known = [response.id for response in place.item.responses]
        for verdict in verdicts:
            for side in ("left", "right"):
                if verdict[side] not in known:
                    msg = f"takes pairs of the item's responses, and '{side}' is none of them"
                    raise AnswerError(msg)
        if complete:
            verdicts = _in_order(verdicts, self.pairs(place.order))
            unsaid = next((verdict["choice"] for verdict in verdicts if verdict["strength"] is None), None)
            if unsaid is not None:
                msg = f"takes a strength of 1 to {len(self.degrees)} with the choice {unsaid!r} (got None)"
                raise AnswerError(msg)
        for verdict in verdicts:
            # Counted towards the response that stands later in the item, so that raters who saw other orders agree.
            towards = 1 if known.index(verdict["right"]) > known.index(verdict["left"]) else -1
            signed = _signed(verdict)
            verdict["score"] = None if signed is None else towards * signed
            if verdict["strength"] is None:
                verdict["which"] = "second" if towards * _SIGNS[verdict["choice"]] > 0 else "first"
        return verdicts

    def carried(self, before: list[dict[str, Any]], value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the verdicts with the earlier ones on pairs that they do not mention."""
        judged = {frozenset((one["left"], one["right"])): one for one in value}
        return [*({frozenset((one["left"], one["right"])): one for one in before} | judged).values()]

    def coerce(self, value: object) -> list[dict[str, Any]]:
        """Return the verdicts as given; ``Study.add_comparisons`` reads frames of them."""
        return self.check(value)

    def number(self, value: list[dict[str, Any]]) -> float | None:
        """Return the strength of a single verdict, signed towards the response that stands later in the item.

        None where neither is good, where nobody said how strongly, and where there are several pairs.
        """
        score = value[0].get("score") if len(value) == 1 else None
        return None if score is None else float(score)

    def label(self, value: list[dict[str, Any]]) -> str:
        """Return a verdict in words, by the places of the two in the item; of several how many there are."""
        if len(value) != 1:
            return f"{len(value)} pairs"
        if value[0]["choice"] == "neither":
            return "neither"
        if "which" in value[0]:
            return f"{value[0]['which']} preferred"
        score = int(value[0].get("score") or 0)
        if score == 0:
            return "equal"
        which = "second" if score > 0 else "first"
        return f"{which} {self.degrees[abs(score) - 1]}"

    def points(self) -> list[tuple[list[dict[str, Any]], str]]:
        """Return the verdicts on a single pair, from the first one much better to the second."""
        most = len(self.degrees)
        scores = [score for score in range(-most, most + 1) if score or self.tie]
        values = [
            [
                {
                    "choice": "tie" if not score else "right" if score > 0 else "left",
                    "strength": abs(score),
                    "score": score,
                }
            ]
            for score in scores
        ]
        return [(value, self.label(value)) for value in values]

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        return {
            "kind": self.kind,
            "strength": self.strength,
            "tie": self.tie,
            "neither": self.neither,
            "budget": self.budget,
            "not_applicable": self.not_applicable,
        }

    def chosen(self, value: list[dict[str, Any]]) -> list[Any]:
        """Return the choices: ``"left"``, ``"right"``, ``"tie"``, ``"neither"``."""
        return [verdict["choice"] for verdict in value]

    def plausible(self, place: Place, seen: Seen) -> list[dict[str, Any]]:
        """Return a verdict on each pair: for the one that seems better, stronger the further they are apart."""
        return [self._seen(left, right, seen) for left, right in self.pairs(place.order)]

    def _seen(self, left: str, right: str, seen: Seen) -> dict[str, Any]:
        pair = {"left": left, "right": right}
        if self.neither and max(seen.of(left), seen.of(right)) < _BAD:
            return {**pair, "choice": "neither", "strength": 0}
        apart = seen.quality[right] - seen.quality[left]
        if self.tie and abs(apart) < _SAME:
            return {**pair, "choice": "tie", "strength": 0}
        strength = min(len(self.degrees), 1 + int(abs(apart) / _DEGREE))
        return {**pair, "choice": "right" if apart > 0 else "left", "strength": strength}

    def asks(self, place: Place) -> dict[str, Any]:
        """Return the pairs by the places of the responses on the page."""
        at = {response: number for number, response in enumerate(place.order)}
        return {"pairs": [[at[left], at[right]] for left, right in self.pairs(place.order)]}

    def to_page(self, value: list[dict[str, Any]], key_of: Callable[[str], str]) -> list[dict[str, Any]]:
        """Return the verdicts with keys, and without the score, which would give the item's own order away."""
        return [
            {
                "left": key_of(verdict["left"]),
                "right": key_of(verdict["right"]),
                "choice": verdict["choice"],
                "strength": verdict["strength"],
            }
            for verdict in value
        ]

    def from_page(self, value: Any, id_of: Callable[[object], str]) -> Any:  # noqa: ANN401
        """Return the verdicts with the ids of responses."""
        if not isinstance(value, list):
            return value
        return [
            {**one, **{side: id_of(one[side]) for side in ("left", "right") if side in one}}
            if isinstance(one, dict)
            else one
            for one in value
        ]

    def records(self, value: list[dict[str, Any]], place: Place) -> list[dict[str, Any]]:
        """Return one row per verdict: columns of ``comparisons()``."""
        models = {response.id: response.model for response in place.item.responses}
        rows = []
        for verdict in value:
            left, right, choice = verdict["left"], verdict["right"], verdict["choice"]
            rows.append(
                {
                    "left": left,
                    "right": right,
                    "winner": {"left": left, "right": right}.get(choice),
                    "loser": {"left": right, "right": left}.get(choice),
                    "tie": choice == "tie",
                    "neither": choice == "neither",
                    "strength": _signed(verdict),
                    "left_model": models.get(left),
                    "right_model": models.get(right),
                }
            )
        return rows

    def _verdict(self, given: object) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            raise self.refuse(given)
        for side in ("left", "right"):
            if not isinstance(given.get(side), str):
                msg = f"takes pairs with 'left' and 'right', each a response (got {given.get(side)!r} as '{side}')"
                raise AnswerError(msg)
        choice = given.get("choice")
        if choice not in self.choices:
            close = nearest(choice, self.choices) if isinstance(choice, str) else None
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"takes {self.allows} (got {choice!r}){hint}"
            raise AnswerError(msg)
        least, most = (1, len(self.degrees)) if choice in _SIGNS else (0, 0)
        if most > 1 and "strength" in given and given["strength"] is None:
            # Verdicts from elsewhere may not say how strongly; raters here do (see check_at).
            return {"left": given["left"], "right": given["right"], "choice": choice, "strength": None}
        strength = plain_number(given.get("strength", least if most <= 1 else None))
        if not isinstance(strength, int) or not least <= strength <= most:
            wanted = f"a strength of {least} to {most}" if most > least else f"a strength of {least}"
            msg = f"takes {wanted} with the choice {choice!r} (got {given.get('strength')!r})"
            raise AnswerError(msg)
        return {"left": given["left"], "right": given["right"], "choice": choice, "strength": strength}


def _signed(verdict: Mapping[str, Any]) -> int | None:
    """Return the strength, signed towards the right; None where neither is good, and where nobody said how strongly."""
    if verdict["choice"] == "neither" or verdict["strength"] is None:
        return None
    return int(verdict["strength"]) * _SIGNS.get(verdict["choice"], 0)


def _in_order(verdicts: list[dict[str, Any]], pairs: list[Pair]) -> list[dict[str, Any]]:
    if len(verdicts) < len(pairs):
        msg = f"takes a verdict on each of {len(pairs)} pairs (got {len(verdicts)})"
        raise AnswerError(msg)
    by_pair = {(verdict["left"], verdict["right"]): verdict for verdict in verdicts}
    if set(by_pair) != set(pairs):
        msg = "takes verdicts on the pairs that were shown, and got another pair"
        raise AnswerError(msg)
    return [by_pair[pair] for pair in pairs]
