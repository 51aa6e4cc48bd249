"""What is true of an item in a simulation, and what a simulated rater answers to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError, InputError
from rubricwidgets.ratings import Answer
from rubricwidgets.scales.binary import Binary
from rubricwidgets.scales.nominal import Nominal
from rubricwidgets.scales.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from rubricwidgets.dimension import Dimension
    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.scales.base import Place, Scale

_NO, _MIDDLE, _YES = 0.25, 0.5, 0.75
_LIKELIEST_SLIP = 0.9

#: A dimension and the response that it is asked about; None where it is about the item.
Slot = tuple[str, str | None]


@dataclass(frozen=True)
class Person:
    """A simulated rater: what is taken off, how their judgements scatter, and their own chance."""

    name: str
    severity: float
    noise: float
    halo: float
    random: np.random.Generator


@dataclass(frozen=True)
class Truth:
    """What is true of an item.

    Parameters
    ----------
    values
        Of each slot a share of the scale, a category or categories, a gold answer, or None (not applicable).
    quality
        Of each response, and of the item (None), 0 to 1.
    gold
        The slots whose right answer is known.

    """

    values: Mapping[Slot, Any]
    quality: Mapping[str | None, float]
    gold: frozenset[Slot]


def truth_of(item: Item, rubric: Rubric, random: np.random.Generator) -> Truth:
    """Return what is true of an item: its gold where it has some, and else what chance draws."""
    quality = {response: float(random.beta(4, 2)) for response in (None, *(one.id for one in item.responses))}
    values: dict[Slot, Any] = {}
    right: set[Slot] = set()
    for dimension in rubric.dimensions:
        for response in [None] if dimension.about == "item" else [one.id for one in item.responses]:
            slot = (dimension.name, response)
            gold = {} if item.gold is None else item.gold.answers.get(response) or {}
            guess = _guess(dimension.scale, quality[response], random)
            known = gold.get(dimension.name)
            if known is not None:
                values[slot] = _share(dimension.scale, known)
                right.add(slot)
            elif gold and dimension.scale.not_applicable:
                values[slot] = None  # gold has answers, and none here
            else:
                values[slot] = guess
    return Truth(values, quality, frozenset(right))


def answer(
    dimension: Dimension,
    place: Place,
    truth: Truth,
    value: Any,  # noqa: ANN401 - a value of any scale
    off: float,
    shift: Callable[[str | None], float],
    person: Person,
    seed: int,
) -> Answer:
    """Return what a simulated rater answers, with a rationale where one is required.

    Parameters
    ----------
    dimension, place
        What is asked, and of what.
    truth, value
        What is true of the item, and of this question.
    off
        How far the rater is off here: noise less severity.
    shift
        Draws the same for a response, where a question is about several.
    person
        Who answers.
    seed
        Of the whole simulation.

    """
    scale, policy = dimension.scale, dimension.rationale
    response = None if place.response is None else place.response.id
    not_applicable = value is None
    if not_applicable:
        said = None
    elif isinstance(scale, Nominal):
        said = _category(scale, value, off, person, _shared(seed, place, dimension.name))
    elif isinstance(scale, Binary):
        said = bool(value + off >= _MIDDLE)
    elif _ends(scale) is not None:
        said = _number(scale, value + off)
    else:
        said = _of_parts(dimension, place, truth, value, off, shift, person, seed)
    words = ""
    if policy.is_required(scale, said, not_applicable=not_applicable):
        words = f"(simulated) A reason for {dimension.title.lower()} would stand here.".ljust(policy.min_length, ".")
    return Answer(dimension.name, said, response, not_applicable=not_applicable, rationale=words)


def _of_parts(
    dimension: Dimension,
    place: Place,
    truth: Truth,
    value: Any,  # noqa: ANN401
    off: float,
    shift: Callable[[str | None], float],
    person: Person,
    seed: int,
) -> Any:  # noqa: ANN401
    """Return an answer that is no single number or category: the gold one, but for slips, or what the scale finds plausible."""
    scale = dimension.scale
    response = None if place.response is None else place.response.id
    if (dimension.name, response) in truth.gold and person.random.random() >= min(_LIKELIEST_SLIP, 2 * person.noise):
        try:
            return scale.check_at(value, place)
        except AnswerError:
            pass  # gold may be less than a whole answer, or of pairs as they stand for somebody else
    several = [one.id for one in place.item.responses] if response is None else []
    quality: dict[str | None, float] = {response: truth.quality[response] + off}
    quality |= {one: truth.quality[one] + shift(one) for one in several}
    try:
        said = scale.plausible(place, Seen(quality, _shared(seed, place, dimension.name), person.random))
    except NotImplementedError:
        msg = (
            f"{dimension.name!r}: simulate has no way to answer a scale of kind {scale.kind!r}; give the scale a method "
            f"'plausible', or leave the dimension out: rubric.without({dimension.name!r})"
        )
        raise InputError(msg) from None
    return scale.check_at(said, place)


def _shared(seed: int, place: Place, dimension: str) -> np.random.Generator:
    """Return the chance that all raters of one question share."""
    import numpy as np  # noqa: PLC0415 - loads when somebody simulates

    asked = json.dumps([place.item.id, dimension, None if place.response is None else place.response.id])
    digest = hashlib.blake2b(asked.encode("utf-8"), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])


def _share(scale: Scale, value: Any) -> Any:  # noqa: ANN401 - a value of any scale
    """Return where an ordered value stands between the ends of its scale; any other as it is."""
    if isinstance(scale, Binary):
        return _YES if value else _NO
    ends = _ends(scale)
    return value if ends is None else (float(value) - ends[0]) / (ends[1] - ends[0])


def _guess(scale: Scale, quality: float, random: np.random.Generator) -> Any:  # noqa: ANN401
    if isinstance(scale, Binary):
        return _YES if quality >= _MIDDLE else _NO
    if isinstance(scale, Nominal):
        chosen = [name for name in scale.names if random.random() < 1 / len(scale.names)]
        if scale.multiple and (chosen or scale.none_words is not None):
            return chosen
        one = scale.names[int(random.integers(len(scale.names)))]
        return [one] if scale.multiple else one
    return quality


def _number(scale: Scale, share: float) -> Any:  # noqa: ANN401
    low, high = _ends(scale) or (0.0, 1.0)
    number = low + min(1.0, max(0.0, share)) * (high - low)
    step = getattr(scale, "step", None) or (1 if scale.points() else None)
    if step is None:
        return scale.check(number)
    return scale.check(min(high, low + round((number - low) / step) * step))


def _category(scale: Nominal, truth: Any, off: float, person: Person, shared: np.random.Generator) -> Any:  # noqa: ANN401
    names = [
        one["category"] if isinstance(one, Mapping) else one for one in (truth if isinstance(truth, list) else [truth])
    ]
    if person.random.random() < min(_LIKELIEST_SLIP, 2 * person.noise):
        other = scale.names[int(person.random.integers(len(scale.names)))]
        if scale.multiple:  # one is taken away or comes in addition
            changed = sorted({other} ^ set(names))
            names = changed if changed or scale.none_words is not None else names
        else:
            names = [scale.names[(scale.names.index(other) + 1) % len(scale.names)] if [other] == names else other]
    if not scale.severities:
        return scale.check(names if scale.multiple or not names else names[0])
    # Worse to whoever is more severe.
    degrees = list(scale.severities)
    bad = {name: shared.random() - off for name in scale.names}
    placed = [{"category": name, "severity": degrees[_place(bad[name], len(degrees))]} for name in names]
    return scale.check(placed if scale.multiple or not placed else placed[0])


def _place(share: float, count: int) -> int:
    """Return which of so many places in a row a share of it is."""
    return min(count - 1, max(0, int(share * count)))


def _ends(scale: Scale) -> tuple[float, float] | None:
    low, high = getattr(scale, "low", None), getattr(scale, "high", None)
    return None if low is None or high is None else (float(low), float(high))
