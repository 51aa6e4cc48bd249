"""Simulated raters with known severity, so that charts and estimates have a truth to be held against.

They are no human judgements, and say so: their names begin with ``simulated-``, their ratings come from source
``"simulated"``, and their rationales are marked.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.ratings import Answer, Rating, check
from rubricwidgets.scales.numbers import plain_number

if TYPE_CHECKING:
    import numpy as np

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Dimension
    from rubricwidgets.scales.base import Scale
    from rubricwidgets.study import Study

PREFIX = "simulated-"
_NAMESPACE = uuid.UUID("2f8f3a52-6f0c-4a55-9d5e-0f6f4a1c7b11")
_BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

#: The frame that :func:`simulate` returns.
TRUTH_SCHEMA = pl.Schema(
    {
        "rater": pl.String,
        "severity": pl.Float64,
        "noise": pl.Float64,
        "halo": pl.Float64,
        "n_ratings": pl.Int32,
    }
)


@dataclass(frozen=True)
class _Rater:
    name: str
    severity: float
    noise: float
    halo: float
    random: Any


def simulate(
    study: Study,
    raters: int = 4,
    *,
    seed: int = 0,
    severity: float = 0.12,
    noise: float = 0.12,
    halo: float = 0.3,
    missing: float = 0.0,
) -> pl.DataFrame:
    """Add simulated raters to a study, clearly labelled, and return the truth about them.

    Each answer starts from the gold where there is one, and else from a quality drawn once for each response. On a
    scale from 0 to 1, the rater's own severity is taken off, noise is added, a share of which is the same on all
    dimensions of a response (halo), and the result is rounded to the scale. Categories are drawn with the chance of
    a slip that the noise stands for.

    Parameters
    ----------
    study
        Takes the ratings in.
    raters
        How many, from 1.
    seed
        The same seed gives the same ratings under the same UUIDs, so that running it twice adds nothing twice.
    severity
        Standard deviation of the raters' severities, as a share of a scale's range, from 0. Severities add up to 0.
    noise
        Standard deviation of one judgment, as a share of the range, from 0.
    halo
        Share of the noise's variance that all dimensions of a response have in common, 0 to 1.
    missing
        Share of items that a rater leaves out, 0 up to but not including 1.

    Returns
    -------
    polars.DataFrame
        Columns rater (String), severity (Float64: what is taken off, as a share of the range; above 0 is severe), noise,
        halo (Float64) and n_ratings (Int32).

    Raises
    ------
    InputError
        Naming the parameter, its range and the value.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=3, seed=1)
    >>> truth["n_ratings"].to_list()
    [27, 27, 27]

    """
    if not isinstance(plain_number(raters), int) or raters < 1:
        msg = f"'raters' takes a whole number from 1 (got {raters!r})"
        raise InputError(msg)
    for name, value, most in (
        ("severity", severity, 1),
        ("noise", noise, 1),
        ("halo", halo, 1),
        ("missing", missing, 0.999),
    ):
        number = plain_number(value)
        if number is None or not 0 <= number <= most:
            msg = f"'{name}' takes a share from 0 to {'below 1' if most < 1 else '1'} (got {value!r})"
            raise InputError(msg)
    import numpy as np  # noqa: PLC0415 - loads when somebody simulates

    seeds = np.random.SeedSequence(seed).spawn(raters + 1)
    qualities = np.random.default_rng(seeds[0])
    truth = [_truth(item, study, qualities) for item in study.items]
    drawn = np.random.default_rng(seeds[0].spawn(1)[0]).normal(0, 1, raters)
    centred = (drawn - drawn.mean()) * severity
    people = [
        _Rater(f"{PREFIX}{place + 1}", float(centred[place]), noise, halo, np.random.default_rng(seeds[place + 1]))
        for place in range(raters)
    ]
    counts = []
    for person in people:
        shown = [place for place in range(len(study.items)) if person.random.random() >= missing]
        ratings = [_rating(study, study.items[place], truth[place], person, n, seed) for n, place in enumerate(shown)]
        study.append(ratings)
        counts.append(len(ratings))
    return pl.DataFrame(
        [(one.name, one.severity, one.noise, one.halo, count) for one, count in zip(people, counts, strict=True)],
        schema=TRUTH_SCHEMA,
        orient="row",
    )


def _truth(item: Item, study: Study, random: np.random.Generator) -> dict[tuple[str, str | None], Any]:
    """Return the true value of each slot: gold, or a quality from 0 to 1 drawn for the response."""
    values: dict[tuple[str, str | None], Any] = {}
    quality = {response.id: float(random.beta(4, 2)) for response in item.responses}
    for dimension in study.rubric.dimensions:
        for response in [None] if dimension.about == "item" else [one.id for one in item.responses]:
            gold: dict[str, Any] = {} if item.gold is None else dict(item.gold.answers.get(response) or {})
            known = item.gold is not None and bool(gold)
            if dimension.name in gold and gold[dimension.name] is not None:
                values[dimension.name, response] = _share(dimension.scale, gold[dimension.name])
            elif known and dimension.scale.not_applicable:
                values[dimension.name, response] = None  # gold says nothing here: not applicable
            else:
                values[dimension.name, response] = quality.get(response or "", 0.7)
    return values


def _share(scale: Scale, value: Any) -> Any:  # noqa: ANN401 - a value of any scale
    """Return where an ordered value stands between the ends of its scale; a category as it is."""
    low, high = getattr(scale, "low", None), getattr(scale, "high", None)
    if low is not None and high is not None:
        return (float(value) - low) / (high - low)
    return value


def _rating(
    study: Study, item: Item, truth: dict[tuple[str, str | None], Any], person: _Rater, n: int, seed: int
) -> Rating:
    random = person.random
    common: dict[str | None, float] = {response.id: random.normal() for response in item.responses}
    answers = []
    for (name, response), value in truth.items():
        dimension = study.rubric[name]
        shift = person.halo**0.5 * common.get(response, 0.0) + (1 - person.halo) ** 0.5 * random.normal()
        answers.append(_answer(dimension, response, value, person, person.noise * float(shift) - person.severity))
    flagged = bool(random.random() < 0.02)  # noqa: PLR2004 - rarely
    seconds = round(float(random.gamma(6, 12)), 1)
    name = json.dumps([study.id, person.name, item.id, seed, [[a.dimension, a.response, a.value] for a in answers]])
    rating = Rating(
        id=str(uuid.uuid5(_NAMESPACE, name)),
        item=item.id,
        rater=person.name,
        answers=tuple(answers),
        flagged=flagged,
        note="(simulated)" if flagged else "",
        order=tuple(response.id for response in item.responses),
        position=n,
        seconds=seconds,
        submitted_at=_BEGIN + timedelta(minutes=3 * n, seconds=seconds),
        rubric=study.rubric.hash,
        source="simulated",
    )
    return check(rating, study.rubric, item)


def _answer(dimension: Dimension, response: str | None, truth: Any, person: _Rater, shift: float) -> Answer:  # noqa: ANN401
    scale = dimension.scale
    if truth is None:
        return Answer(dimension.name, None, response, not_applicable=True)
    value = _value(scale, truth, person, shift)
    needed = dimension.rationale.is_required(scale, value)
    words = f"(simulated) A rationale for {dimension.title.lower()} would stand here."
    return Answer(
        dimension.name, value, response, rationale=words.ljust(dimension.rationale.min_length, ".") if needed else ""
    )


def _value(scale: Scale, truth: Any, person: _Rater, shift: float) -> Any:  # noqa: ANN401
    low, high = getattr(scale, "low", None), getattr(scale, "high", None)
    if low is not None and high is not None:
        share = min(1.0, max(0.0, float(truth) + shift))
        number = low + share * (high - low)
        step = getattr(scale, "step", None) or (1 if scale.points() else None)
        if step is not None:
            number = min(high, low + round((number - low) / step) * step)
        return scale.coerce(number)
    points = [point for point, _ in scale.points()]
    if isinstance(truth, bool) or (isinstance(truth, float) and scale.kind == "binary"):
        return bool(float(truth) + shift >= 0.5)  # noqa: PLR2004 - the middle
    multiple = bool(getattr(scale, "multiple", False))
    slips = person.random.random() < min(0.9, 2 * person.noise)
    if isinstance(truth, float) or slips:
        chosen = points[int(person.random.integers(len(points)))]
        return [chosen] if multiple else chosen
    return truth
