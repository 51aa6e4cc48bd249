"""The one page that a paper could quote: methods and results in few sentences and two tables, from the parts of the long form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rubricwidgets.stats import report_parts as parts
from rubricwidgets.stats import report_results as results
from rubricwidgets.stats.report_preferences import preferences
from rubricwidgets.stats.report_source import DASH
from rubricwidgets.stats.report_text import Section, Table
from rubricwidgets.texts import counted, enumerated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.stats.report_source import Source

_MOST_ROWS = 12
_MOST_MODELS = 5


def methods(source: Source) -> Section:
    """Return what was judged, on what, how much there is of it, and how the results were computed."""
    if source.answered.is_empty():
        return Section("methods", "Methods", ("No scores yet.",))
    design = parts.design(source)
    asked = " ".join(one for one in (*design.paragraphs, _scales(source)) if one)
    reliable, means = results.reliability(source), results.means(source)
    how = [results.how_correlated(source)] if reliable is not None and reliable.tables else []
    how += [means.paragraphs[0]] if means is not None and means.tables else []
    compared = results.comparison(source)
    if compared is not None and compared.tables:
        how.append(results.how_compared(source))
    words = (asked, " ".join(parts.data(source).paragraphs), " ".join(how))
    return Section("methods", "Methods", tuple(one for one in words if one))


def _scales(source: Source) -> str:
    """Return the dimensions by the scale that they share."""
    if source.rubric is None:
        return f"Dimensions: {enumerated(source.dimensions)}." if source.dimensions else ""
    shared: dict[str, list[str]] = {}
    for one in source.rubric.dimensions:
        shared.setdefault(f"{one.scale.kind}, {one.scale.allows}", []).append(one.title)
    return f"Scales: {'; '.join(f'{scale}, for {enumerated(titles)}' for scale, titles in shared.items())}."


def results_in_short(source: Source) -> Section:
    """Return agreement, reliability, means and differences, and who stands out."""
    if source.answered.is_empty():
        return Section("results", "Results", ("No scores yet.",))
    agreement, compared, raters, judges = (
        one(source) for one in (results.agreement, results.comparison, results.raters, results.judges)
    )
    words = [agreement.paragraphs[0]] if agreement is not None else []
    words += [compared.paragraphs[0]] if compared is not None else []
    preferred = preferences(source)
    words += [preferred.paragraphs[0]] if preferred is not None else []
    words += [raters.paragraphs[0].partition(" Each rater")[0]] if raters is not None and raters.tables else []
    tables = [_dimensions(source, agreement), _models(source)]
    tables += [
        _cut(f"{one.caption}{_more(one.rows, 'row')}", one.heads, one.rows)
        for one in (preferred.tables if preferred else ())
    ]
    if judges is not None:
        words.append(judges.paragraphs[0])
        tables += judges.tables
    return Section("results", "Results", (" ".join(words),), tuple(one for one in tables if one is not None))


def limitations(source: Source) -> Section:
    """Return what these numbers do not show, in a paragraph."""
    return Section("limitations", "Limitations", (" ".join(parts.limitations(source).points),))


def _dimensions(source: Source, agreement: Section | None) -> Table | None:
    """Return the answers, agreement and reliability of each dimension in a row."""
    data, reliable = parts.data(source), results.reliability(source)
    rows = {row[0]: [row[1], row[4]] for table in data.tables for row in table.rows}
    alphas = {row[0]: row[1] for table in (agreement.tables if agreement else ()) for row in table.rows}
    worth = {row[0]: row[1:4] for table in (reliable.tables if reliable else ()) for row in table.rows}
    if not rows:
        return None
    forms = {row[0] for row in worth.values()}
    if len(forms) > 1:  # each is named where it stands
        worth = {name: (form, f"{single} {form}", mean) for name, (form, single, mean) in worth.items()}
    one_rater = f"{min(forms)}, one rater" if len(forms) == 1 else "ICC, one rater"
    middle = "mean (SD)" if all("%" not in row[1] for row in rows.values()) else "mean (SD), or shares"
    heads = ("dimension", "n", middle, "alpha", *((one_rater, "mean of raters") if worth else ()))
    none = (DASH, DASH, DASH)
    full = [
        (name, *row, alphas.get(name, DASH), *(worth.get(name, none)[1:] if worth else ()))
        for name, row in rows.items()
    ]
    return _cut(f"Answers, agreement and reliability{_more(full, 'dimension')}", heads, full)


def _models(source: Source) -> Table | None:
    """Return means by model, the models in columns, or in rows where they are many."""
    found = results.means(source)
    if found is None or not found.tables or not source.models:
        return None
    table = found.tables[0]
    if len(table.heads) - 1 <= _MOST_MODELS:
        return _cut(f"Means by model{_more(table.rows, 'dimension')}", table.heads, table.rows)
    turned = list(zip(table.heads, *table.rows, strict=True))
    if len(turned[0]) - 1 > _MOST_MODELS:
        return None
    return _cut(f"Means by model{_more(turned[1:], 'model')}", ("model", *turned[0][1:]), turned[1:])


def _more(rows: Sequence[object], word: str) -> str:
    return f", the first {_MOST_ROWS} of {counted(len(rows), word)}" if len(rows) > _MOST_ROWS else ""


def _cut(caption: str, heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Table:
    return Table(caption, tuple(heads), tuple(rows[:_MOST_ROWS]))
