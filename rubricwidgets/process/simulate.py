"""Simulated raters with known severity, so that charts and estimates have a truth to be held against.

They are no human judgements, and say so: their names begin with ``simulated-``, their ratings come from source
``"simulated"``, and their rationales are marked.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from rubricwidgets.errors import InputError, known_keywords
from rubricwidgets.process.lineup import Lineup
from rubricwidgets.process.simulated_answers import Person, Truth, answer, truth_of
from rubricwidgets.ratings import Answer, Rating, check, place_of, slots_asked
from rubricwidgets.scales.numbers import plain_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.study import Study

PREFIX = "simulated-"
_NAMESPACE = uuid.UUID("2f8f3a52-6f0c-4a55-9d5e-0f6f4a1c7b11")
_BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_FLAGGED = 0.02

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


@known_keywords
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

    Each answer starts from the gold where there is one, and else from a quality drawn once for each response (and a
    category drawn once for each question). On a scale from 0 to 1, the rater's own severity is taken off, noise is
    added, a share of which is the same on all dimensions of a response (halo), and the result is rounded to the scale,
    which ends at its ends: means of severe raters therefore differ a little less than their severities. A yes stands at
    0.75 and a no at 0.25, and a rater says yes from 0.5; a category is replaced by another with a chance of twice the noise.

    Answers of several parts follow from how good the responses seem to the rater: who is preferred, and how strongly, from the
    difference; ranks from the order; criteria are met, and errors go unmarked, the more likely the better a response seems, the
    same criterion being hard and the same error hidden for every rater; texts are a sentence that says what they are. A scale of
    your own answers by its method ``plausible``. What an earlier answer makes unasked stays unanswered.

    Parameters
    ----------
    study
        Takes the ratings in.
    raters
        How many, from 1.
    seed
        From 0. The same seed gives the same ratings under the same UUIDs: running it twice adds nothing twice.
    severity
        Standard deviation of the raters' severities, as a share of a scale's range, 0 to 1: on a scale from 1 to 5,
        0.12 is about half a point. The severities drawn add up to 0.
    noise
        Standard deviation of one judgement, as a share of the range, 0 to 1.
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
        Naming the parameter, its range and the value; or if the study has simulated raters from other settings, whose
        truth would not be the one returned. Nothing is added then.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=3, seed=1)
    >>> truth["n_ratings"].to_list()
    [27, 27, 27]

    """
    # By what it has: the study stands above this file, and cannot be imported here.
    if not all(hasattr(study, name) for name in ("items", "rubric", "plan", "append")):
        msg = f"'study' takes a Study (got {type(study).__name__})"
        raise InputError(msg)
    _check_parameters(raters, seed, severity=severity, noise=noise, halo=halo, missing=missing)
    import numpy as np  # noqa: PLC0415 - loads when somebody simulates

    seeds = np.random.SeedSequence(int(seed)).spawn(int(raters) + 2)
    qualities, severities = (np.random.default_rng(one) for one in seeds[:2])
    truth = {item.id: truth_of(item, study.rubric, qualities) for item in study.items}
    drawn = severities.normal(0, 1, int(raters))
    people = [
        Person(f"{PREFIX}{place + 1}", float(off), float(noise), float(halo), np.random.default_rng(seeds[place + 2]))
        for place, off in enumerate((drawn - drawn.mean()) * severity)
    ]
    ratings = {person.name: _ratings(study, person, truth, float(missing), int(seed)) for person in people}
    _refuse_others(study, ratings)
    study.append([rating for of_one in ratings.values() for rating in of_one], complete=False)
    return pl.DataFrame(
        [(one.name, one.severity, one.noise, one.halo, len(ratings[one.name])) for one in people],
        schema=TRUTH_SCHEMA,
        orient="row",
    )


def _check_parameters(raters: object, seed: object, **shares: object) -> None:
    for name, given, least in (("raters", raters, 1), ("seed", seed, 0)):
        whole = plain_number(given)
        if not isinstance(whole, int) or whole < least:
            msg = f"'{name}' takes a whole number from {least} (got {given!r})"
            raise InputError(msg)
    for name, given in shares.items():
        number = plain_number(given)
        all_of_it = name == "missing"  # a rater who leaves out everything is none
        if number is None or not 0 <= number <= 1 or (all_of_it and number == 1):
            msg = f"'{name}' takes a share from 0 to {'below 1' if all_of_it else '1'} (got {given!r})"
            raise InputError(msg)


def _refuse_others(study: Study, ratings: Mapping[str, list[Rating]]) -> None:
    """Refuse a study whose simulated raters came from other settings: their scores would not be what we report."""
    counted = study.ratings().filter(~pl.col("stale") & pl.col("rater").str.starts_with(PREFIX))
    known = {rating.id for of_one in ratings.values() for rating in of_one}
    others = counted.filter(~pl.col("rating").is_in(list(known)))
    if others.height:
        names = sorted(others["rater"].unique().to_list(), key=lambda name: (len(name), name))
        listed = ", ".join(map(repr, names[:3])) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004
        msg = (
            f"study {study.name!r} has simulated ratings from other settings or another seed (by {listed}), and the truth "
            "returned here would not be theirs; simulate with the settings of then, or into a study of its own, such as "
            "demo('demo-2') or one with store='memory'"
        )
        raise InputError(msg)


@dataclass(frozen=True)
class _Drawn:
    """What a rater makes of one item, before it has a place and a time."""

    answers: tuple[Answer, ...]
    flagged: bool
    seconds: float
    pause: float


def _ratings(study: Study, person: Person, truth: Mapping[str, Truth], missing: float, seed: int) -> list[Rating]:
    """Return what one rater submits, in the order that the plan gives them. The plan changes no score."""
    lineup = Lineup(study.items, study.plan, study.id, person.name)
    drawn: dict[str, _Drawn] = {}
    for item in study.items:
        left_out = person.random.random() < missing
        order = tuple(response.id for response in lineup.responses(item))
        one = _draw(item, order, truth[item.id], study.rubric, person, seed)
        if not left_out:
            drawn[item.id] = one
    clock = _BEGIN
    ratings = []
    for position, item_id in enumerate(lineup.order):
        if item_id not in drawn:
            continue
        one, item = drawn[item_id], study.item(item_id)
        clock += timedelta(seconds=one.seconds + one.pause)
        content = [
            *(study.id, person.name, item_id, seed, one.flagged, one.seconds),
            [[answer.dimension, answer.response, answer.value] for answer in one.answers],
        ]
        rating = Rating(
            id=str(uuid.uuid5(_NAMESPACE, json.dumps(content))),
            item=item_id,
            rater=person.name,
            answers=one.answers,
            flagged=one.flagged,
            note="(simulated) It can be read in two ways." if one.flagged else "",
            order=tuple(response.id for response in lineup.responses(item)),
            position=position,
            seconds=one.seconds,
            submitted_at=clock,
            rubric=study.rubric.hash,
            source="simulated",
        )
        ratings.append(check(rating, study.rubric, item))
    return ratings


def _draw(item: Item, order: tuple[str, ...], truth: Truth, rubric: Rubric, person: Person, seed: int) -> _Drawn:
    random = person.random
    common = {response: random.normal() for response in (None, *(one.id for one in item.responses))}

    def shift(response: str | None) -> float:
        own = person.halo**0.5 * common[response] + (1 - person.halo) ** 0.5 * random.normal()
        return float(person.noise * own - person.severity)

    drawn = []
    for (name, response), value in truth.values.items():
        off, place = shift(response), place_of(item, response, order)
        drawn.append(answer(rubric[name], place, truth, value, off, shift, person, seed))
    # What was answered so that it is not asked stays unanswered.
    asked = set(slots_asked(rubric, item, drawn))
    answers = [one for one in drawn if (one.dimension, one.response) in asked]
    return _Drawn(
        tuple(answers),
        flagged=bool(random.random() < _FLAGGED),
        seconds=round(float(random.gamma(6, 12)), 1),
        pause=round(float(random.gamma(2, 6)), 1),
    )
