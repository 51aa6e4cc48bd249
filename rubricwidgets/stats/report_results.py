"""What came out: the parts of a report that give results, each with its sentences and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rubricwidgets.stats.describe import means as means_of
from rubricwidgets.stats.estimates import in_digits, percent
from rubricwidgets.stats.generalizability import generalizability
from rubricwidgets.stats.icc import icc
from rubricwidgets.stats.judges import judges as judges_of
from rubricwidgets.stats.raters import raters as raters_of
from rubricwidgets.stats.report_source import DASH, MOST_ROWS, estimate, number, p_value
from rubricwidgets.stats.report_text import Section, Table
from rubricwidgets.texts import counted, enumerated

if TYPE_CHECKING:
    from rubricwidgets.stats.model_comparison import ModelComparison
    from rubricwidgets.stats.report_source import Source


_MOST_NAMED = 8


def agreement(source: Source) -> Section | None:
    """Return how far raters agree on scores; None where nothing is scored."""
    if source.between and not source.scored:
        return None
    metrics: dict[str, list[str]] = {}
    rows = []
    for (name,), part in source.alphas.group_by("dimension", maintain_order=True):
        by = {row["statistic"]: row for row in part.iter_rows(named=True)}
        alpha, share = by.get("alpha", {}), by.get("percent", {})
        metric = str(alpha.get("method", "")).split(";")[0]
        if alpha.get("value") is not None:
            metrics.setdefault(metric, []).append(source.title(str(name)))
        note = alpha.get("note") or ""
        counts = tuple(number(alpha.get(one)) for one in ("n_items", "n_raters", "n_ratings"))
        rows.append((source.title(str(name)), estimate(alpha), estimate(share), *counts, note))
    known = source.alphas.filter(pl.col("statistic") == "alpha")["value"].drop_nulls()
    if known.is_empty():
        reasons = source.alphas["note"].drop_nulls().unique(maintain_order=True).to_list()
        words = [f"Agreement is undefined: {'; '.join(reasons) or 'no scores'}."]
    else:
        how = "; ".join(
            f"{metric} for {enumerated(names)}" if len(metrics) > 1 else metric for metric, names in metrics.items()
        )
        low, high = float(known.min()), float(known.max())  # type: ignore[arg-type]
        over = f"{low:.2f}" if known.len() == 1 else f"{low:.2f} to {high:.2f}"
        intervals = f"{percent(source.confidence)} jackknife with Student's t over items (Efron and Tibshirani 1993)"
        words = [
            f"Krippendorff's alpha (Krippendorff 2019; {how}) is {over}. Intervals: {intervals}, items taken as independent."
        ]
    heads = ("dimension", "alpha", "share of agreeing pairs", "items", "raters", "ratings", "note")
    tables = (_without_empty(Table("Agreement between raters", heads, tuple(rows))),) if rows else ()
    return Section("agreement", "Agreement", tuple(words), tables)


def _without_empty(table: Table) -> Table:
    """Return a table without its last column where that is empty."""
    if any(row[-1] for row in table.rows):
        return table
    return Table(table.caption, table.heads[:-1], tuple(row[:-1] for row in table.rows))


def reliability(source: Source) -> Section | None:
    """Return what one rater's score and the mean of several are worth."""
    if source.between and not source.scored:
        return None
    if source.answered["score"].null_count() == source.answered.height:
        return Section(
            "reliability", "Reliability of scores", ("No answer has a number, so there is nothing to correlate.",)
        )
    forms = icc(source.scores, source.rubric, confidence=source.confidence)
    frame = forms.to_frame().filter(pl.col("called_for"))
    if frame.is_empty():
        notes = forms.to_frame()["note"].drop_nulls().unique(maintain_order=True).to_list()
        return Section("reliability", "Reliability of scores", (f"Undefined: {'; '.join(notes[:2]) or 'no scores'}.",))
    where = generalizability(source.scores.drop("model"), source.rubric, confidence=source.confidence).components
    shares = {
        str(name): ", ".join(
            f"{row['effect']} {100 * row['share']:.0f} %"
            for row in part.iter_rows(named=True)
            if row["share"] is not None
        )
        for (name,), part in where.group_by("dimension", maintain_order=True)
    }
    rows = []
    for (name,), part in frame.group_by("dimension", maintain_order=True):
        single, mean = part.row(0, named=True), part.row(-1, named=True)
        count = mean["method"].rpartition("k = ")[2] if "k = " in mean["method"] else ""
        told = f"{estimate(mean)}" + (f" (of {count})" if count else "")
        rows.append(
            (source.title(str(name)), single["statistic"], estimate(single), told, shares.get(str(name), "") or DASH)
        )
    words = f"{how_correlated(source)} Beside them: where the variance of a single rating lies (Brennan 2001)."
    heads = ("dimension", "form", "one rater", "mean of raters", "share of the variance")
    return Section("reliability", "Reliability of scores", (words,), (Table("Reliability", heads, tuple(rows)),))


def how_correlated(source: Source) -> str:
    """Return how the reliability of scores was estimated."""
    return (
        "Reliability is the intraclass correlation of the form that the design calls for (Shrout and Fleiss 1979), with "
        f"{percent(source.confidence)} intervals that suppose normal scores."
    )


def means(source: Source) -> Section | None:
    """Return mean scores, by model where models are named."""
    if source.between and not source.scored:
        return None
    by = "model" if source.models else None
    table = means_of(source.scores, source.rubric, by=by, confidence=source.confidence)  # type: ignore[arg-type]
    known = table.filter(pl.col("value").is_not_null())
    heading = "Mean scores by model" if by else "Mean scores"
    if known.is_empty():
        return Section("means", heading, ("No answer has a number to average.",))
    names = [name for name in source.dimensions if name in known["dimension"].to_list()]
    rows: tuple[tuple[str, ...], ...]
    if by is None:
        rows = tuple(
            (source.title(row["dimension"]), estimate(row), number(row["n_items"]), number(row["n_ratings"]))
            for row in known.iter_rows(named=True)
        )
        heads: tuple[str, ...] = ("dimension", "mean", "items", "scores")
    else:
        cells = {(row["dimension"], row["model"]): estimate(row) for row in known.iter_rows(named=True)}
        columns = [*source.models, *([None] if known["model"].null_count() else [])]
        rows = tuple((source.title(name), *(cells.get((name, model), DASH) for model in columns)) for name in names)
        heads = ("dimension", *(model if model is not None else "no model" for model in columns))
    words = (
        f"Means are over raters within each item, then over items, with {percent(source.confidence)} t intervals over items "
        "(Student 1908)."
    )
    return Section("means", heading, (words,), (Table("Means", heads, rows),))


def comparison(source: Source) -> Section | None:
    """Return the differences between models."""
    if len(source.models) < 2 or (source.between and not source.scored):  # noqa: PLR2004
        return None
    found = source.compared
    known = found.differences.filter(pl.col("value").is_not_null())
    if known.is_empty():
        return Section("comparison", "Differences between models", (found.in_words(),))
    shown = known
    if known.height > MOST_ROWS:
        far = known.with_columns(pl.col("standardised").abs().alias("_far")).sort(
            "_far", descending=True, nulls_last=True
        )
        shown = known.join(
            far.head(MOST_ROWS).select("model", "against", "dimension"),
            on=["model", "against", "dimension"],
            how="semi",
        )
    rows = tuple(
        (
            source.title(row["dimension"]),
            f"{row['model']} \N{MINUS SIGN} {row['against']}",
            estimate(row),
            p_value(row["p_adjusted"]),
            DASH if row["standardised"] is None else in_digits(row["standardised"]),
            in_digits(row["superiority"], row["superiority_low"], row["superiority_high"])
            if row["superiority"] is not None
            else DASH,
        )
        for row in shown.iter_rows(named=True)
    )
    few = known["note"].drop_nulls().unique(maintain_order=True).to_list()
    bounds = f" Notes: {'; '.join(few)}." if few else ""
    method = (
        f"{how_compared(source)} d is the difference over the pooled SD of single scores (Cohen 1988), superiority how often a "
        f"rater scores the first above the second on the same item, ties half (McGraw and Wong 1992).{bounds}"
    )
    tastes = found.components["rater_by_model"].null_count() < found.components.height
    random = ["items", "responses", "raters", *(["raters' preferences for models"] if tastes else [])]
    check = (
        f"As a check, a mixed model with random {enumerated(random)}, as far as the design tells them apart, was fitted by "
        f"restricted maximum likelihood (Bates et al. 2015): {_agreeing(found)}."
    )
    more = f": the {MOST_ROWS} largest of {known.height} by d" if known.height > MOST_ROWS else ""
    heads = ("dimension", "models", "difference", "p, corrected", "d", "superiority")
    table = Table(f"Differences{more}", heads, rows)
    return Section("comparison", "Differences between models", (_told(source, known), method, check), (table,))


def how_compared(source: Source) -> str:
    """Return how the differences between models were estimated."""
    return (
        f"Intervals ({percent(source.confidence)}) of differences between models are Student's t with variances from a cluster bootstrap "
        "over items (2,000 resamples; Efron and Tibshirani 1993) and, for raters, from two-way clusters (Cameron et al. 2011); p-values "
        "are corrected by Holm's method (Holm 1979)."
    )


def _told(source: Source, known: pl.DataFrame) -> str:
    """Return which differences stand after correction, in words."""
    tested = known.drop_nulls("p_adjusted")
    level = 1 - source.confidence
    standing = tested.filter(pl.col("p_adjusted") <= level)
    at = f"{level:.3g}".lstrip("0")
    if tested.is_empty():
        return "No difference has an interval, so nothing can be said of other items."
    if standing.is_empty():
        none = f"None of {counted(tested.height, 'difference')} has a corrected p of {at} or below"
        return f"{none}: the data leave open which model is higher."
    said = []
    for row in standing.iter_rows(named=True):
        higher, lower = (row["model"], row["against"]) if row["value"] > 0 else (row["against"], row["model"])
        said.append(f"{higher} above {lower} on {source.title(row['dimension'])}")
    open_ = tested.height - standing.height
    rest = f"; of the other {open_} the data leave the order open" if open_ else ""
    return (
        f"{standing.height} of {counted(tested.height, 'difference')} {'has' if standing.height == 1 else 'have'} a corrected p of "
        f"{at} or below: {enumerated(said, _MOST_NAMED)}{rest}."
    )


def _agreeing(found: ModelComparison) -> str:
    """Return how far the mixed model agrees."""
    keys = ["model", "against", "dimension"]
    both = found.differences.join(found.mixed, on=keys, suffix="_mixed").drop_nulls(["low", "low_mixed"])
    if both.is_empty():
        notes = found.mixed["note"].drop_nulls().unique(maintain_order=True).to_list()
        return f"it could not be fitted ({'; '.join(notes) or 'no scores'})"
    apart = (pl.col("low") > 0) | (pl.col("high") < 0)
    apart_mixed = (pl.col("low_mixed") > 0) | (pl.col("high_mixed") < 0)
    other = both.filter(apart != apart_mixed).height
    same = "its intervals exclude zero for the same differences"
    return (
        same
        if not other
        else f"its intervals judge {other} of {counted(both.height, 'difference')} otherwise (as to zero)"
    )


def raters(source: Source) -> Section | None:
    """Return what stands out of each rater."""
    if source.answered.is_empty() or (source.between and not source.scored):
        return None
    found = raters_of(source.scores, source.rubric, confidence=source.confidence)
    heading = "Raters"
    standing = found.findings.filter(pl.col("n_findings") > 0)
    first = found.in_words().splitlines()[0]
    words = (
        f"{first} Each rater was compared with the others on the same responses: severity, spread, use of the ends of the scale, halo and "
        "pace (Saal et al. 1980). Where most are severe, who is fair looks lenient."
        if int(found.findings["n_tests"].sum())
        else first
    )
    rows = tuple((row["rater"], row["finding"]) for row in standing.head(MOST_ROWS).iter_rows(named=True))
    tables = (Table("What stands out beyond chance", ("rater", "finding"), rows),) if rows else ()
    return Section("raters", heading, (words,), tables)


def judges(source: Source) -> Section | None:
    """Return what models that judged are worth."""
    if not source.judge_names:
        return None
    found = judges_of(source.whole, source.rubric, judges=list(source.judge_names), confidence=source.confidence)
    rows = []
    for row in found.alternative.iter_rows(named=True):
        of = found.agreement.filter(
            pl.col("dimension") == row["dimension"], pl.col("statistic").is_in(["weighted kappa", "kappa"])
        )
        mine = of.filter(pl.col("judge") == row["judge"]).row(0, named=True)
        people = of.filter(pl.col("judge").is_null()).row(0, named=True)
        rate = DASH if row["winning_rate"] is None else f"{row['winning_rate']:.2f}"
        passes = DASH if row["passes"] is None else "yes" if row["passes"] else "no"
        advantage = (
            in_digits(row["advantage"], row["advantage_low"], row["advantage_high"])
            if row["advantage"] is not None
            else DASH
        )
        rows.append(
            (row["judge"], source.title(row["dimension"]), estimate(mine), estimate(people), rate, passes, advantage)
        )
    words = (
        "Judges are held against people: kappa over pairs of judge and person (weighted by squares where answers are numbers) "
        "beside kappa of people with each other, and the alternative-annotator test at epsilon 0.2 (Calderon et al. 2025), which asks "
        "whether the judge is as near to the other people as a person is."
    )
    heads = ("judge", "dimension", "kappa with people", "people's kappa", "winning rate", "passes", "average advantage")
    return Section("judges", "Models as judges", (words,), (Table("Judges", heads, tuple(rows)),))
