"""One page of methods and results that a paper could quote: what was done, what came out, how sure, and what it is not."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats import report_page as page
from rubricwidgets.stats import report_parts as parts
from rubricwidgets.stats import report_results as results
from rubricwidgets.stats import report_text
from rubricwidgets.stats.references import cited
from rubricwidgets.stats.report_preferences import preferences
from rubricwidgets.stats.report_source import Source
from rubricwidgets.stats.report_text import Section
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import polars as pl

    from rubricwidgets.rubric import Rubric

#: The one page that is written unless something else is asked for.
PAGE = ("methods", "results", "limitations", "references")

#: The parts of the long form, in their order.
SECTIONS = (
    "design",
    "data",
    "agreement",
    "reliability",
    "means",
    "comparison",
    "preferences",
    "raters",
    "judges",
    "limitations",
    "references",
)


@dataclass(frozen=True, repr=False)
class StudyReport:
    """A report: shows itself in a notebook, and is saved as Markdown or HTML.

    Parameters
    ----------
    title
        What stands above it.
    sections
        Its parts.
    figures
        Pictures by their caption, as SVG; in HTML only.

    """

    title: str
    sections: tuple[Section, ...]
    figures: Mapping[str, str] = field(default_factory=dict)

    @property
    def markdown(self) -> str:
        """The report as Markdown."""
        return report_text.markdown(self.title, self.sections)

    @property
    def html(self) -> str:
        """The report as a whole page of HTML that loads nothing from elsewhere."""
        return report_text.page(self.title, self._repr_html_())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the report to a file that ends in ``.md`` or ``.html``, and return its path.

        Raises
        ------
        InputError
            If the file's ending is another.

        """
        target = Path(path)
        kinds = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html"}
        if target.suffix.lower() not in kinds:
            msg = f"'path' takes a file that ends in .md or .html (got {target.name!r})"
            raise InputError(msg)
        target.write_text(getattr(self, kinds[target.suffix.lower()]), encoding="utf-8")
        return target

    def _repr_html_(self) -> str:
        return report_text.html(self.title, self.sections, self.figures)

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __str__(self) -> str:
        return self.markdown

    __repr__ = __str__


def report(
    scores: pl.DataFrame,
    rubric: Rubric | None = None,
    *,
    title: str | None = None,
    sections: str | Sequence[str] | None = None,
    comparisons: pl.DataFrame | None = None,
    rankings: pl.DataFrame | None = None,
    progress: pl.DataFrame | None = None,
    judges: Sequence[str] = (),
    anonymous: bool = True,
    figures: Mapping[str, Any] | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> StudyReport:
    """Write one page of methods and results from the scores as they are now.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives the questions, scales and order.
    title
        Above the report; from the study's name where None.
    sections
        None writes one page: ``methods``, ``results``, ``limitations`` and ``references``. ``"all"`` writes the long form of
        about three: ``design``, ``data``, ``agreement``, ``reliability``, ``means``, ``comparison``, ``preferences``, ``raters``,
        ``judges``, ``limitations`` and ``references``. Or name some of these. Judges appear where some are named.
    comparisons, rankings
        The frames of ``Study.comparisons()`` and ``Study.rankings()``: add which model is preferred. What they hold has no score
        of one response, so it is in no other part.
    progress
        The frame of ``Study.progress()``: adds how much of the plan was done.
    judges
        Raters who are models: they are kept out of everything but the part about judges.
    anonymous
        Call raters R1, R2 and so on, by name in the order of the alphabet.
    figures
        Charts by their caption, for the HTML.
    confidence
        Coverage of every interval, above 0 and below 1.
    seed
        Of the bootstrap.

    Returns
    -------
    StudyReport
        With ``markdown``, ``html`` and ``save(path)``.

    Raises
    ------
    InputError
        If the frame is no scores frame, or an option is not allowed.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=3, seed=1)
    >>> found = report(study.scores(), study.rubric, sections=["design", "agreement"])
    >>> print(found.markdown.splitlines()[0])
    # demo: methods and results

    """
    confidence = check_confidence(confidence)
    wanted = _wanted(sections)
    source = Source.of(
        scores,
        rubric,
        comparisons=comparisons,
        rankings=rankings,
        progress=progress,
        judges=judges,
        anonymous=anonymous,
        confidence=confidence,
        seed=seed,
    )
    writers = {
        "methods": page.methods,
        "results": page.results_in_short,
        "design": parts.design,
        "data": parts.data,
        "agreement": results.agreement,
        "reliability": results.reliability,
        "means": results.means,
        "comparison": results.comparison,
        "preferences": preferences,
        "raters": results.raters,
        "judges": results.judges,
        "limitations": page.limitations if sections is None else parts.limitations,
    }
    written = [section for name in wanted if name in writers and (section := writers[name](source)) is not None]
    if "references" in wanted:
        texts = [
            text for section in written for text in (*section.paragraphs, *(one.caption for one in section.tables))
        ]
        written.append(
            Section("references", "Software and references", (_software(source, seed),), points=tuple(cited(texts)))
        )
    name = source.name
    heading = title if title is not None else f"{name}: methods and results" if name else "Methods and results"
    return StudyReport(heading, tuple(written), {words: _svg(words, chart) for words, chart in (figures or {}).items()})


def _wanted(sections: str | Sequence[str] | None) -> list[str]:
    if sections is None or sections == "all":
        return list(PAGE if sections is None else SECTIONS)
    known = tuple(dict.fromkeys((*PAGE[:2], *SECTIONS)))
    given = [sections] if isinstance(sections, str) else list(sections)
    for name in given:
        if name not in known:
            close = nearest(name, (*known, "all"))
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"'sections' takes some of {', '.join(known)}, or 'all' (got {name!r}){hint}"
            raise InputError(msg)
    return [name for name in known if name in given]


def _software(source: Source, seed: int) -> str:
    named = [f"{name} {version(name)}" for name in ("rubricwidgets", "polars", "numpy", "scipy")]
    rubric = f" Rubric {source.rubric.title!r}, version {source.rubric.hash}." if source.rubric is not None else ""
    return f"Computed with {', '.join(named)} on Python {platform.python_version()}; seed {seed}.{rubric}"


def _svg(words: str, chart: Any) -> str:  # noqa: ANN401 - whatever shows itself as SVG
    show = getattr(chart, "_repr_mimebundle_", None)
    bundle: Any = show() if show is not None else None
    svg = bundle.get("image/svg+xml") if isinstance(bundle, dict) else None
    if not isinstance(svg, str):
        msg = f"'figures' takes charts that show as SVG, such as rw.charts makes (got {type(chart).__name__} for {words!r})"
        raise InputError(msg)
    return svg
