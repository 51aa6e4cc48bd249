"""What was done, what is there, and what it does not show: the parts of a report that frame its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.describe import summary
from rubricwidgets.stats.report_source import DASH, shared
from rubricwidgets.stats.report_text import Section, Table
from rubricwidgets.texts import counted, enumerated

if TYPE_CHECKING:
    from rubricwidgets.stats.report_source import Source

#: Below this Krippendorff advises against even tentative conclusions (2019, chapter 12).
_TENTATIVE, _FIRM = 0.667, 0.8
_FEW_ITEMS = 30
_SPARSE = 0.05


def design(source: Source) -> Section:
    """Return what was judged, by whom, on what."""
    scores = source.answered
    if scores.is_empty():
        return Section("design", "Design", ("No scores yet.",), _questions(source))
    responses = scores.filter(pl.col("response").is_not_null()).select("item", "response").unique().height
    items = scores["item"].n_unique()
    judged = f"{counted(responses, 'response')} to {counted(items, 'item')}" if responses else counted(items, "item")
    models = f" by {counted(len(source.models), 'model')} ({enumerated(source.models)})" if source.models else ""
    verb = "was" if (responses or items) == 1 else "were"
    words = [
        f"{judged}{models} {verb} rated by {counted(source.raters, 'rater')} on {counted(len(source.dimensions), 'dimension')}."
    ]
    per = source.per_response
    low, high, middle = int(per.min()), int(per.max()), float(per.median())  # type: ignore[arg-type]
    spread = counted(low, "rater") if low == high else f"{short(middle)} (median; {low} to {high})"
    words[0] += f" Each {'response' if responses else 'item'} was rated by {spread}{'' if low == high else ' of them'}."
    words += _sources(scores)
    if source.judge_names:
        words.append(
            f"Models that judged too ({enumerated(source.judge_names)}) are left out of everything but the part on judges."
        )
    return Section("design", "Design", tuple(words), _questions(source))


def _questions(source: Source) -> tuple[Table, ...]:
    if source.rubric is None:
        return ()
    rows = []
    for dimension in source.rubric.dimensions:
        anchors = [
            (point, words) for point, words in (getattr(dimension.scale, "anchors", None) or {}).items() if words
        ]
        told = [anchors[0], *([anchors[-1]] if len(anchors) > 1 else [])] if anchors else []
        ends = "; ".join(f"{short(float(point))} {words}" for point, words in told)
        about = "item" if dimension.about == "item" else "response"
        scale = f"{dimension.scale.kind}, {dimension.scale.allows}" + (f" ({ends})" if ends else "")
        rows.append((dimension.title, dimension.question, scale, about))
    return (Table("What was asked", ("dimension", "question", "answers", "asked of each"), tuple(rows)),)


def _sources(scores: pl.DataFrame) -> list[str]:
    """Return who did not rate at the widget."""
    if "source" not in scores.columns:
        return []
    others = scores.filter(pl.col("source").is_not_null() & (pl.col("source") != "widget")).group_by("source")
    counts = others.agg(pl.col("rater").n_unique().alias("n")).sort("source").rows()
    words = {"simulated": "simulated: they are no human judgements"}
    return [
        f"The scores of {counted(n, 'rater')} are {words.get(name, f'from elsewhere ({name})')}." for name, n in counts
    ]


def _in_percent(part: int, whole: int) -> str:
    """Return a part in brackets, or nothing where there is nothing to be a part of."""
    return f" ({shared(part, whole)})" if whole else ""


def data(source: Source) -> Section:
    """Return how much there is, what is missing, and what it looks like."""
    table = summary(source.people, source.rubric)
    answers, missing, none = (int(table[name].sum()) for name in ("n", "missing", "not_applicable"))
    asked = answers + missing + none
    words = [
        (
            f"{counted(answers, 'answer')} with a value; {none:,} not applicable; "
            f"{missing:,}{f' of {asked:,}' if asked else ''} missing{_in_percent(missing, asked)}."
        )
    ]
    if source.progress is not None and source.progress.height:
        left, items = int(source.progress["n_left"].sum()), int(source.progress["n_items"].sum())
        skipped = int(source.progress["n_skipped"].sum())
        words.append(
            f"Of {counted(items, 'item')} to be rated over all raters, {left:,}{_in_percent(left, items)} "
            f"{'is' if left == 1 else 'are'} left and {skipped:,}{_in_percent(skipped, items)} {'was' if skipped == 1 else 'were'} skipped."
        )
    words += _times(source)
    rows = []
    for row in table.iter_rows(named=True):
        if row["dimension"] in source.between:
            middle = DASH
        elif row["mean"] is not None:
            middle = f"{row['mean']:.2f}" + (f" ({row['sd']:.2f})" if row["sd"] is not None else "")
        elif row["shares"]:
            middle = row["shares"]
        else:
            middle = DASH
        rows.append(
            (
                source.title(row["dimension"]),
                f"{row['n']:,}",
                f"{row['not_applicable']:,}",
                f"{row['missing']:,}",
                middle,
            )
        )
    heads = ("dimension", "n", "not applicable", "missing", "mean (SD), or shares")
    return Section("data", "Data", tuple(words), (Table("Answers by dimension", heads, tuple(rows)),) if rows else ())


def _times(source: Source) -> list[str]:
    scores = source.answered
    words = []
    if "submitted_at" in scores.columns and scores["submitted_at"].null_count() < scores.height:
        days = scores["submitted_at"].drop_nulls().dt.strftime("%Y-%m-%d").sort()
        words.append(
            f"Ratings are from {days[0]}." if days[0] == days[-1] else f"Ratings are from {days[0]} to {days[-1]}."
        )
    if "seconds" in scores.columns:
        seconds = scores.group_by("item", "rater").agg(pl.col("seconds").first())["seconds"].drop_nulls()
        if seconds.len():
            words.append(f"The median active time per item is {float(seconds.median()):.0f} s.")  # type: ignore[arg-type]
    return [" ".join(words)] if words else []


def limitations(source: Source) -> Section:
    """Return what these numbers do not show."""
    if source.answered.is_empty():
        return Section("limitations", "Limitations", points=("There are no scores: nothing can be concluded.",))
    points = [*_of_size(source), *_weak(source), *_of_kind(source)]
    points.append(
        "Items and raters stand for others only as far as they were drawn like them; the report cannot know how they were."
    )
    return Section("limitations", "Limitations", points=tuple(points))


def _of_size(source: Source) -> list[str]:
    points = []
    if source.raters == 1:
        points.append("One rater: how far others would agree is unknown, and every result is that person's.")
    elif source.raters < 5:  # noqa: PLR2004
        points.append(
            f"{source.raters} raters are a small sample of raters: what depends on who rates is known only roughly."
        )
    items = source.answered["item"].n_unique()
    if items < _FEW_ITEMS:
        points.append(f"{counted(items, 'item')}: intervals over items lean on the t distribution.")
    alone = float((source.per_response == 1).mean() or 0)  # type: ignore[arg-type]
    if source.raters > 1 and alone > 0:
        points.append(
            f"{alone:.0%} of what was rated has one rater only and adds nothing to the measures of agreement."
        )
    table = summary(source.people, source.rubric)
    asked = int(table.select(pl.sum_horizontal("n", "missing", "not_applicable")).to_series().sum())
    missing = int(table["missing"].sum())
    if asked and missing / asked > _SPARSE:
        points.append(f"{shared(missing, asked)} of the answers are missing; they are taken as missing at random.")
    return points


def _of_kind(source: Source) -> list[str]:
    scores = source.answered
    points = []
    if "source" in scores.columns and (scores["source"] == "simulated").any():
        points.append("Some or all scores are simulated: nothing here is a finding about models or people.")
    if "gold" in scores.columns and scores["gold"].any():
        n, items = scores.filter("gold")["item"].n_unique(), scores["item"].n_unique()
        points.append(
            f"All {counted(n, 'item')} have known answers (gold)."
            if n == items > 1
            else f"{counted(n, 'item')} with known answers (gold) {'is' if n == 1 else 'are'} among the items."
        )
    if not source.models:
        points.append("No response says which model it is from, so models are not compared.")
    if source.scores["score"].null_count() < source.scores.height:
        points.append("Means and differences take the steps of ordered scales as equal.")
    return points


def _weak(source: Source) -> list[str]:
    alphas = source.alphas.filter((pl.col("statistic") == "alpha") & pl.col("value").is_not_null())
    low = [source.title(name) for name in alphas.filter(pl.col("value") < _TENTATIVE)["dimension"]]
    between = [
        source.title(name)
        for name in alphas.filter(pl.col("value").is_between(_TENTATIVE, _FIRM, closed="left"))["dimension"]
    ]
    words = []
    if low:
        words.append(
            f"Alpha is below .667 for {enumerated(low)}: by Krippendorff's custom too little for conclusions from single ratings."
        )
    if between:
        words.append(
            f"Alpha is from .667 to below .8 for {enumerated(between)}: by the same custom enough for tentative conclusions."
        )
    return words
