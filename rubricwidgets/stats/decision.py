"""The decision study: how reliable means over other numbers of raters and items would be, and the cheapest that reach a target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.scales.numbers import plain_number, short
from rubricwidgets.stats.designs import Design, parse_design
from rubricwidgets.stats.estimates import NO_SCORES, Estimate, Result, estimates_frame, in_digits
from rubricwidgets.stats.generalizability import Generalizability, told_sizes
from rubricwidgets.stats.reliability import COEFFICIENTS, Coefficient, Components, interval_method, reliability
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_ITEMS = (10, 20, 50, 100, 200, 500)
_MOST_DESIGNS = 10_000


@dataclass(frozen=True, repr=False)
class DecisionStudy(Result):
    """Reliability for every design that was asked about.

    Parameters
    ----------
    frame
        See :func:`decision_study`.
    objects
        What is measured.
    facets
        Names of the facets by the columns that count them.
    coefficient, target
        What has to be reached.
    confidence
        Coverage of the intervals.

    """

    frame: pl.DataFrame
    objects: str
    facets: Mapping[str, str]
    coefficient: Coefficient
    target: float
    confidence: float = 0.95

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each dimension, design and coefficient."""
        return self.frame

    @property
    def cheapest(self) -> pl.DataFrame:
        """For each dimension the row of the cheapest design that reaches the target; of equals, the most reliable.

        A dimension that none of the designs brings there has no row.
        """
        own = self.frame.filter(pl.col("statistic") == self.coefficient, pl.col("reaches"))
        return (
            own.sort("cost", "value", descending=[False, True], nulls_last=True, maintain_order=True)
            .group_by("dimension", maintain_order=True)
            .first()
            .select(self.frame.columns)
            .join(
                self.frame.select("dimension").unique(maintain_order=True).with_row_index("_place"),
                on="dimension",
                nulls_equal=True,
            )
            .sort("_place")
            .drop("_place")
        )

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the cheapest designs and all of them."""
        return {"Cheapest that reach the target": self.cheapest, "Every design": self.frame}

    def in_words(self) -> str:
        """Return for each dimension the cheapest design that reaches the target, or how far the best one comes."""
        found = {row["dimension"]: row for row in self.cheapest.to_dicts()}
        own = self.frame.filter(pl.col("statistic") == self.coefficient)
        parts = [
            self._sentence(name, part.to_dicts(), found.get(name))
            for (name,), part in own.group_by("dimension", maintain_order=True)
        ]
        return "\n".join(parts) or f"Undefined: {NO_SCORES}."

    def _sentence(self, name: object, rows: list[dict[str, Any]], best: dict[str, Any] | None) -> str:
        subject = "" if name is None else f"{name}: "
        goal = f"{self.coefficient} of {short(self.target)}"
        if best is not None:
            cost = "" if best["cost"] == best["ratings"] else f" and a cost of {short(round(best['cost'], 2))}"
            return (
                f"{subject}the cheapest design with a {goal} has {self._told(best)}: {short(best['ratings'])} "
                f"rating{'' if best['ratings'] == 1 else 's'} of each {self.objects}{cost}, {self.coefficient} = "
                f"{in_digits(best['value'], best['low'], best['high'])}."
            )
        known = [row for row in rows if row["value"] is not None]
        if not known:
            return f"{subject}undefined ({rows[0]['note']})."
        best = max(known, key=lambda row: row["value"])
        words = (
            f"{subject}no design that was asked about reaches a {goal}; the best, {self._told(best)}, has "
            f"{in_digits(best['value'], best['low'], best['high'])}"
        )
        return f"{words}{self._needed(best)}."

    def _told(self, row: Mapping[str, Any]) -> str:
        return told_sizes({facet: row[column] for column, facet in self._of(row).items()})

    def _of(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Return the facets of a row's own design: dimensions that were rated differently have different ones."""
        return {column: facet for column, facet in self.facets.items() if row[column] is not None}

    def _needed(self, row: Mapping[str, Any]) -> str:
        """Return how many levels of the only facet would do: error shrinks with their number (Spearman and Brown)."""
        if row["value"] <= 0:
            return ": as far as these ratings tell, the differences to be measured are nil"
        if len(self._of(row)) > 1:
            return ""
        ((column, facet),) = self._of(row).items()
        odds = self.target / (1 - self.target) * (1 - row["value"]) / row["value"]
        return f", and {math.ceil(round(odds * row[column], 9)):,} {facet}s would be needed"


def decision_study(
    result: Generalizability,
    *,
    n_raters: int | Iterable[int] | None = None,
    n_items: int | Iterable[int] | None = None,
    n_dimensions: int | Iterable[int] | None = None,
    n: Mapping[str, int | Iterable[int]] | None = None,
    target: float = 0.8,
    coefficient: Coefficient = "Phi",
    cost_per_rating: float = 1.0,
    design: str | None = None,
    fixed: Collection[str] | None = None,
    confidence: float | None = None,
) -> DecisionStudy:
    """Compute G and Phi for other numbers of raters, items and dimensions, and find the cheapest that reach a target.

    Parameters
    ----------
    result
        Of :func:`generalizability` or :func:`variance_components`.
    n_raters, n_items, n_dimensions
        The numbers to look at, where these are facets of the design. Without them: 1 to 10 raters; 10 to 500 items; as
        many dimensions as there are.
    n
        The same for any facet, by its name; of a nested facet, how many in each level of what it is nested in. Facets
        that are not named stay as they were.
    target
        What the coefficient has to reach, above 0 and below 1.
    coefficient
        ``"Phi"`` where responses may get different raters or a score is to mean the same whoever gave it (so it is the
        default), ``"G"`` where the same raters rate everything and only the order counts.
    cost_per_rating
        What one rating costs. A rating is everything that a rater says of a response: dimensions cost nothing more.
    design
        How the facets will stand, where that differs from the pilot: ``"r:p"`` gives each response raters of its own. What
        was nested stays nested.
    fixed
        Facets whose levels are all there are; without it, as in the result.
    confidence
        Coverage of the intervals, above 0 and below 1; without it, as in the result.

    Returns
    -------
    DecisionStudy
        Its frame has one row for each dimension, design and coefficient: raters, items and so on (Int64; a facet whose name
        has capitals under that name), ratings (Int64: of each object), cost (Float64: of each object), reaches (Boolean),
        then the columns of ESTIMATES_SCHEMA, whose n_items, n_raters and n_ratings are the pilot's. Its ``cheapest`` has
        one row for each dimension that some design brings to the target.

    Raises
    ------
    InputError
        If a facet is unknown or a number or an option is not allowed.

    Notes
    -----
    Brennan, Generalizability Theory, 2001, sections 4.1 and 4.2. The intervals say how sure the pilot is of its
    components.

    Examples
    --------
    >>> import polars as pl
    >>> from rubricwidgets.stats.generalizability import generalizability
    >>> ratings = {"x": [9, 6, 8, 7, 10, 6], "y": [2, 1, 4, 1, 5, 2], "z": [5, 3, 6, 2, 6, 4], "w": [8, 2, 8, 6, 9, 7]}
    >>> frame = pl.DataFrame([{"item": f"i{n}", "rater": rater, "dimension": "tone", "score": float(score)}
    ...     for rater, column in ratings.items() for n, score in enumerate(column)])
    >>> decision_study(generalizability(frame), coefficient="G").cheapest.select("raters", pl.col("value").round(4)).row(0)
    (2, 0.8337)

    """
    if not isinstance(result, Generalizability):
        msg = f"'result' takes what generalizability() returns (got {type(result).__name__})"
        raise InputError(msg)
    confidence = result.confidence if confidence is None else check_confidence(confidence)
    if coefficient not in COEFFICIENTS:
        msg = f"'coefficient' takes 'G' or 'Phi' (got {coefficient!r})"
        raise InputError(msg)
    goal = plain_number(target)
    if goal is None or not 0 < goal < 1:
        msg = f"'target' takes a number above 0 and below 1, such as 0.8 (got {target!r})"
        raise InputError(msg)
    cost = plain_number(cost_per_rating)
    if cost is None or cost < 0:
        msg = f"'cost_per_rating' takes a number from 0 (got {cost_per_rating!r})"
        raise InputError(msg)
    asked: dict[str, Any] = {"rater": n_raters, "item": n_items, "dimension": n_dimensions}
    asked = {name: numbers for name, numbers in asked.items() if numbers is not None} | dict(n or {})
    rows: list[tuple[dict[str, int], float, Estimate]] = []
    facets: list[str] = []
    for one in result.studies:
        facets += [name for name in one.facets if name not in facets]
        wanted = _design(one, design)
        for sizes in _grid(one, asked):
            ratings = math.prod(size for name, size in sizes.items() if name != "dimension")
            rows += [
                (sizes, ratings, _estimate(one, which, sizes, wanted, fixed, confidence)) for which in COEFFICIENTS
            ]
    objects = result.studies[0].design.objects if result.studies else "response"
    columns = {column_of(name): name for name in facets}
    frame = _frame(rows, columns, float(goal), float(cost))
    return DecisionStudy(frame, objects, columns, coefficient, float(goal), confidence)


def column_of(facet: str) -> str:
    """Return the column that says how many levels of a facet a design has: ``raters``, or the facet's own name."""
    return f"{facet}s" if facet.islower() else facet


def _frame(
    rows: list[tuple[dict[str, int], float, Estimate]], columns: Mapping[str, str], target: float, cost: float
) -> pl.DataFrame:
    frame = estimates_frame(one for _, _, one in rows)
    numbers = [
        pl.Series(column, [sizes.get(facet) for sizes, _, _ in rows], dtype=pl.Int64)
        for column, facet in columns.items()
    ]
    ratings = pl.Series("ratings", [count for _, count, _ in rows], dtype=pl.Int64)
    return frame.select(
        *numbers,
        ratings,
        (ratings * cost).cast(pl.Float64).alias("cost"),
        # Seven of ten is 0.7, whatever the last bit says.
        (pl.col("value") >= target - 1e-12).fill_null(value=False).alias("reaches"),
        pl.all(),
    )


def _design(one: Components, text: str | None) -> Design | None:
    if text is None:
        return None
    objects = one.design.objects
    facet = "item" if objects == "model" else "dimension"
    aliases = {"p": objects, "r": "rater", "d": "dimension", "m": "model", "i": facet}
    known = one.design.facets
    wanted = parse_design(text, None, {short_: name for short_, name in aliases.items() if short_ not in known})
    if set(wanted.facets) != set(known):
        msg = f"'design' takes the facets of the result, {', '.join(known)} (got {text!r})"
        raise InputError(msg)
    wanted = parse_design(text, objects, {short_: name for short_, name in aliases.items() if short_ not in known})
    for name in known:
        if not one.design.within[name] <= wanted.within[name]:
            outer = ", ".join(sorted(one.design.within[name] - wanted.within[name]))
            msg = f"'design' cannot cross {name!r} with {outer}: it was nested there, so its own part is unknown (got {text!r})"
            raise InputError(msg)
    return wanted


def _grid(one: Components, asked: Mapping[str, int | Iterable[int]]) -> list[dict[str, int]]:
    """Return every combination of the numbers that were asked for."""
    for name in asked:
        if name not in one.facets:
            close = nearest(name, one.facets)
            hint = f"did you mean {close!r}?" if close else f"it has {', '.join(one.facets)}"
            msg = f"the design {str(one.design)!r} has no facet {name!r} to take numbers of; {hint}"
            raise InputError(msg)
    sizes = [_numbers(name, asked[name]) if name in asked else _default(one, name) for name in one.facets]
    if (count := math.prod(map(len, sizes))) > _MOST_DESIGNS:
        msg = f"a decision study takes up to {_MOST_DESIGNS:,} designs (got {count:,}): ask about fewer numbers"
        raise InputError(msg)
    return [dict(zip(one.facets, some, strict=True)) for some in product(*sizes)]


def _default(one: Components, name: str) -> Sequence[int]:
    if name == "rater":
        return range(1, 11)
    if name == "item":
        return _ITEMS
    return [max(1, round(one.sizes.get(name, 1.0)))]


def _numbers(name: str, numbers: int | Iterable[int]) -> list[int]:
    given: Any = numbers
    found: list[Any] = list(given) if hasattr(given, "__iter__") and not isinstance(given, str) else [given]
    for number in found:
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            msg = f"a number of {name!r} is a whole number from 1 (got {number!r})"
            raise InputError(msg)
    if not found:
        msg = f"a decision study takes one number of {name!r} or more (got none)"
        raise InputError(msg)
    return sorted(set(found))


def _estimate(
    one: Components,
    which: Coefficient,
    sizes: Mapping[str, int],
    design: Design | None,
    fixed: Collection[str] | None,
    confidence: float,
) -> Estimate:
    found = reliability(one, which, sizes, confidence=confidence, design=design, fixed=fixed)
    return Estimate(
        statistic=which,
        value=found.value,
        low=found.low,
        high=found.high,
        se=found.se,
        method="; ".join([str(design or one.design), *filter(None, [interval_method(one, confidence)])]),
        n_items=one.n_items,
        n_raters=one.n_raters,
        n_ratings=one.n_ratings,
        dimension=one.dimension,
        note=found.note,
    )
