"""One page of methods and results: what it says, what it leaves out, and that nothing breaks it."""

from __future__ import annotations

import html as html_of
import re
import textwrap
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.frames import SCORES_SCHEMA
from rubricwidgets.stats.agreement import agreement
from rubricwidgets.stats.models import compare_models
from rubricwidgets.stats.report import SECTIONS, report

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = pl.DataFrame(schema=SCORES_SCHEMA)


@pytest.fixture(scope="module")
def demo() -> rw.Study:
    study = rw.demo(store="memory")
    rw.simulate(study, raters=5, seed=1)
    return study


def section(text: str, heading: str) -> str:
    return text.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]


def test_the_report_says_what_was_done(demo: rw.Study) -> None:
    text = report(
        demo.scores(), demo.rubric, progress=demo.progress(), sections=["design", "data", "limitations"]
    ).markdown
    assert text.startswith("# demo: methods and results\n")
    design = section(text, "Design")
    assert (
        "75 responses to 27 items by 3 models (aster, birch and cedar) were rated by 5 raters on 5 dimensions."
        in design
    )
    assert "Each response was rated by 5 raters." in design
    assert "The scores of 5 raters are simulated: they are no human judgements." in design
    assert "Is every claim correct?" in design
    data = section(text, "Data")
    assert "0 of 1,875 missing (0.0 %)" in data
    assert "Of 135 items to be rated over all raters, 0 (0.0 %) are left" in data
    assert "Some or all scores are simulated" in section(text, "Limitations")


def test_its_numbers_are_those_of_the_statistics(demo: rw.Study) -> None:
    text = report(demo.scores(), demo.rubric, sections="all").markdown
    for row in agreement(demo.scores(), demo.rubric).to_dicts():
        assert f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]" in section(text, "Agreement")
    for row in rw.stats.means(demo.scores(), demo.rubric).to_dicts():
        assert f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]" in section(text, "Mean scores by model")
    for row in compare_models(demo.scores(), demo.rubric).to_frame().to_dicts():
        assert f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]" in section(
            text, "Differences between models"
        )


def test_every_statistic_that_is_cited_is_listed_and_no_other(demo: rw.Study) -> None:
    text = report(demo.scores(), demo.rubric, sections="all").markdown
    listed = section(text, "Software and references")
    for name in ("Krippendorff, K. (2019)", "Shrout", "Holm, S. (1979)", "Cameron", "Bates", "Saal"):
        assert name in listed
    assert "Calderon" not in listed
    assert re.search(r"Computed with rubricwidgets [\d.]+.*, polars", listed)
    assert demo.rubric.hash in listed
    some = report(demo.scores(), demo.rubric, sections=["agreement", "references"]).markdown
    assert "Krippendorff" in some
    assert "Holm" not in some


def test_sections_are_picked_and_keep_their_order(demo: rw.Study) -> None:
    found = report(demo.scores(), demo.rubric, sections=["limitations", "design"])
    assert [one.name for one in found.sections] == ["design", "limitations"]
    assert [one.name for one in report(demo.scores(), demo.rubric, sections="all").sections] == [
        name for name in SECTIONS if name not in ("preferences", "judges")
    ]


def test_the_default_is_one_page_with_the_numbers_of_the_statistics(demo: rw.Study) -> None:
    found = report(demo.scores(), demo.rubric, progress=demo.progress())
    assert [one.name for one in found.sections] == ["methods", "results", "limitations", "references"]
    text = found.markdown
    # A page of 100 columns: rows of tables are not broken.
    lines = sum(1 if line.startswith("|") else len(textwrap.wrap(line, 100)) or 1 for line in text.splitlines())
    assert lines <= 72
    methods, results = section(text, "Methods"), section(text, "Results")
    assert "75 responses to 27 items by 3 models" in methods
    assert "Scales: ordinal, 1 to 5, for Accuracy, Instruction following" in methods
    assert "0 of 1,875 missing" in methods
    assert "Shrout and Fleiss 1979" in methods
    assert "ICC(2,1), one rater" in results
    assert "None of 15 differences has a corrected p" in results
    for table in (
        rw.stats.agreement(demo.scores(), demo.rubric),
        rw.stats.means(demo.scores(), demo.rubric),
        rw.stats.icc(demo.scores(), demo.rubric).to_frame().filter(pl.col("called_for")),
    ):
        for row in table.iter_rows(named=True):
            assert f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]" in results
    listed = section(text, "Software and references")
    for name in ("Krippendorff", "Shrout", "Holm", "Student"):
        assert name in listed
    for name in ("Bates", "Cohen, J.", "McGraw"):
        assert name not in listed


def test_long_tables_of_the_page_are_cut_and_say_so() -> None:
    names = [f"d{n:02}" for n in range(20)]
    rubric = rw.Rubric("r", dimensions=[rw.Dimension(name, "?", rw.Ordinal(1, 5)) for name in names[:3]])
    items = [
        {"id": f"i{n}", "prompt": "p", "responses": [{"text": f"t{m}", "model": f"m{m:02}"} for m in range(14)]}
        for n in range(3)
    ]
    many = rw.Study("many", items=items, rubric=rubric, store="memory")
    rw.simulate(many, raters=2)
    results = section(report(many.scores(), rubric).markdown, "Results")
    assert "Means by model, the first 12 of 14 models" in results
    assert "| m11 |" in results
    assert "| m12 |" not in results
    wide = rw.Rubric("r", dimensions=[rw.Dimension(name, "?", rw.Ordinal(1, 5)) for name in names])
    study = rw.Study(
        "wide", items=[{"id": f"i{n}", "prompt": "p", "response": "r"} for n in range(3)], rubric=wide, store="memory"
    )
    rw.simulate(study, raters=2)
    results = section(report(study.scores(), wide).markdown, "Results")
    assert "Answers, agreement and reliability, the first 12 of 20 dimensions" in results
    assert "d12" not in results.partition("Answers, agreement")[2]


def test_raters_are_not_named_unless_wanted(demo: rw.Study) -> None:
    assert "simulated-3" not in report(demo.scores(), demo.rubric, sections=["design", "data", "raters"]).html
    assert "R3" in report(demo.scores(), demo.rubric, sections=["raters"]).markdown
    assert "simulated-3" in report(demo.scores(), demo.rubric, sections=["raters"], anonymous=False).markdown


def test_judges_are_kept_out_of_what_people_say(demo: rw.Study) -> None:
    found = report(
        demo.scores(), demo.rubric, judges=["simulated-5"], progress=demo.progress(), sections="all"
    ).markdown
    page = report(demo.scores(), demo.rubric, judges=["simulated-5"]).markdown
    assert "were rated by 4 raters" in section(page, "Methods")
    assert "| simulated-5 | Accuracy |" in section(page, "Results")
    assert "were rated by 4 raters" in found
    assert "Of 108 items to be rated" in found
    assert "(simulated-5) are left out of everything but the part on judges" in found
    assert "| simulated-5 | Accuracy |" in section(found, "Models as judges")
    assert "Calderon" in section(found, "Software and references")


class _Tags(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(page: str) -> _Tags:
    found = _Tags()
    found.feed(page)
    assert found.open == []
    return found


def test_the_page_needs_nothing_and_reads_in_light_and_dark(demo: rw.Study, tmp_path: Path) -> None:
    chart = demo.plot.means()
    found = report(demo.scores(), demo.rubric, sections=["data", "means"], figures={"Means & intervals": chart})
    page = found.html
    parsed = tags(page)
    assert not parsed.seen & {"script", "link", "iframe", "object"}
    for name, value in parsed.attributes:
        if name in ("src", "href"):
            assert value is not None
            assert value.startswith("data:image/svg+xml;base64,")
    assert "url(" not in page
    assert "color-scheme:light dark" in page
    assert 'alt="Means &amp; intervals"' in page
    for name in ("report.md", "report.html"):
        saved = found.save(tmp_path / name)
        assert saved.read_text(encoding="utf-8") == (found.markdown if name.endswith("md") else page)
    assert "<!DOCTYPE" not in found._repr_html_()
    assert found._repr_markdown_() == found.markdown == str(found)


def test_what_somebody_typed_is_shown_and_never_run() -> None:
    evil = '<script>alert(1)</script> | [x](javascript:alert(1)) "q" &amp; `c` *b* $x$'
    rubric = rw.Rubric(
        evil,
        dimensions=[rw.Dimension("tone", evil, rw.Ordinal(1, 3, anchors={1: evil, 3: "fine"}), title=evil)],
    )
    items = [
        {"id": f"i{n}", "prompt": "p", "responses": [{"text": "r", "model": f"{evil} {m}"} for m in range(2)]}
        for n in range(4)
    ]
    study = rw.Study("s", items=items, rubric=rubric, store="memory")
    rw.simulate(study, raters=3)
    scores = study.scores().with_columns(study=pl.lit(evil))
    found = report(scores, rubric)
    parsed = tags(found.html)
    assert "script" not in parsed.seen
    assert html_of.escape(evil) in found.html
    text = found.markdown
    assert "<script" not in text.replace("\\<script", "")
    assert "](javascript" not in text.replace("\\](javascript", "")
    tables = [line for line in text.splitlines() if line.startswith("|")]
    for before, line in pairwise(tables):
        if re.fullmatch(r"[|\- ]+", line):
            assert len(re.findall(r"(?<!\\)\|", before)) == len(re.findall(r"\|", line))


def thin(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows of item, response, model, rater, score."""
    base = dict.fromkeys(SCORES_SCHEMA)
    full = [
        {
            **base,
            "item": i,
            "response": r,
            "model": m,
            "rater": who,
            "dimension": "tone",
            "score": s,
            "not_applicable": s is None,
        }
        for i, r, m, who, s in rows
    ]
    return pl.DataFrame(full, schema=SCORES_SCHEMA)


THIN = {
    "nothing": (EMPTY, "No scores yet."),
    "one score": (thin([("a", "r", "m", "x", 3.0)]), "one rater only"),
    "one rater": (
        thin([(f"i{n}", f"r{n}", "m", "x", n % 5 + 1.0) for n in range(9)]),
        "One rater: how far others would agree is unknown",
    ),
    "no models": (
        thin([(f"i{n}", f"r{n}", None, who, n % 5 + 1.0) for n in range(9) for who in "xy"]),
        "No response says which model",
    ),
    "one item": (thin([("a", f"r{m}", m, who, 3.0) for m in ("m", "n") for who in "xyz"]), "1 item: intervals"),
    "all the same": (
        thin([(f"i{n}", f"r{n}", f"m{n % 2}", who, 3.0) for n in range(9) for who in "xyz"]),
        "Agreement is undefined: every rating",
    ),
    "no overlap": (
        thin([(f"i{n}", f"r{n}", f"m{n % 2}", f"x{n % 3}", n % 4 + 1.0) for n in range(9)]),
        "no item was rated by two raters",
    ),
    "not applicable": (
        thin([(f"i{n}", f"r{n}", "m", who, None) for n in range(3) for who in "xy"]),
        "There are no scores",
    ),
    "no responses": (
        thin([(f"i{n}", None, None, who, n % 3 + 1.0) for n in range(6) for who in "xyz"]),
        "Each item was rated by 3 raters",
    ),
}


@pytest.mark.parametrize(("scores", "words"), THIN.values(), ids=THIN.keys())
@pytest.mark.parametrize("with_rubric", [False, True])
@pytest.mark.parametrize("sections", [None, "all"])
def test_thin_data_are_reported_without_a_false_word(
    scores: pl.DataFrame, words: str, sections: str | None, *, with_rubric: bool
) -> None:
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 5, not_applicable=True))])
    found = report(scores, rubric if with_rubric else None, sections=sections)
    text = found.markdown
    if words != "Agreement is undefined: every rating" or "Agreement is undefined" in text:
        assert words in text
    tags(found.html)
    lowered = re.sub(r"\bnan\b", "NaN", text)
    for bad in ("NaN", "None ", " None", "null", "inf ", "[]", "| |"):
        assert bad not in lowered.replace("None of", "")


def test_every_kind_of_scale_is_reported() -> None:
    rubric = rw.Rubric(
        "r",
        dimensions=[
            rw.Dimension("tone", "?", rw.Ordinal(1, 5)),
            rw.Dimension("share", "?", rw.Continuous(0, 100)),
            rw.Dimension("safe", "?", rw.Binary()),
            rw.Dimension("fault", "?", rw.Nominal(["a", "b", "c"])),
            rw.Dimension("faults", "?", rw.Nominal(["a", "b", "c"], multiple=True)),
            rw.Dimension("clear", "?", rw.Binary(), about="item"),
        ],
    )
    items = [
        {"id": f"i{n}", "prompt": "p", "responses": [{"text": t, "model": m} for t, m in (("r", "m0"), ("q", "m1"))]}
        for n in range(8)
    ]
    study = rw.Study("s", items=items, rubric=rubric, store="memory")
    rw.simulate(study, raters=4)
    assert "| Fault |" in section(report(study.scores(), rubric).markdown, "Results")
    text = report(study.scores(), rubric, sections="all").markdown
    assert "nominal metric for" in section(text, "Agreement")
    assert "a " in section(text, "Data")
    for dimension in rubric.dimensions:
        assert f"| {dimension.title} |" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sections": ["agreemnet"]}, "did you mean 'agreement'"),
        ({"judges": ["nobody"]}, "'judges' takes names of raters"),
        ({"confidence": 2}, "above 0 and below 1"),
        ({"progress": EMPTY}, "lacks 'n_items'"),
        ({"figures": {"mine": "not a chart"}}, "'figures' takes charts"),
    ],
)
def test_bad_options_are_refused_in_words(demo: rw.Study, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        report(demo.scores(), demo.rubric, **{"sections": ["design"], **options})


def test_a_wrong_frame_or_file_is_refused(demo: rw.Study, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lacks 'rater'"):
        report(demo.scores().drop("rater"))
    with pytest.raises(InputError, match=r"ends in \.md or \.html"):
        report(demo.scores(), sections=["design"]).save(tmp_path / "report.pdf")


def between(*scales: rw.Dimension) -> rw.Study:
    items = [
        rw.Item(f"p{n}", [rw.Response(f"{n}{model}", id=f"{n}{model}", model=model) for model in "abc"], id=f"i{n}")
        for n in range(9)
    ]
    study = rw.Study("between", items=items, rubric=rw.Rubric("between", dimensions=list(scales)), store="memory")
    rw.simulate(study, raters=3, seed=2)
    return study


BETTER = rw.Dimension("better", "Which is better?", rw.Preference(strength=3, tie=True))
ORDER = rw.Dimension("order", "In which order?", rw.Ranking(ties=True))


def test_a_study_of_pairs_and_rankings_tells_who_is_preferred_and_claims_nothing_of_scores() -> None:
    study = between(BETTER, ORDER)
    for sections in (None, "all"):
        text = study.report(sections=sections).markdown
        wins = study.pairwise().strengths
        first = wins.row(0, named=True)
        assert f"| Better | {first['model']} | 1 " in text
        assert f"| {first['wins']} | {first['ties']} | {first['losses']} |" in text
        assert "two raters give the same verdict on a pair in" in text
        assert f"Kendall's W, averaged over items, is {study.kendall_w().to_frame()['value'][0]:.2f}" in text
        assert "by 3 models (a, b and c)" in text
        for wrong in ("undefined", "No two raters", "0 0 0 0", "No response says", "compared with the others"):
            assert wrong not in text
        assert "Bradley, R. A., and Terry, M. E. (1952)" in text


def test_scores_and_pairs_stand_in_one_report_each_in_its_own_table() -> None:
    study = between(BETTER, rw.Dimension("tone", "Is it right?", rw.Ordinal(1, 5)))
    text = study.report().markdown
    assert "| Better | 27 |" in text
    assert "Models by paired comparison" in text
    assert "Means by model" in text


def test_every_verdict_alike_is_full_agreement() -> None:
    study = between(BETTER)
    left = pl.col("left") < pl.col("right")
    rows = (
        study.comparisons()
        .drop("strength")
        .with_columns(pl.when(left).then("left").otherwise("right").alias("winner"), pl.lit(value=False).alias("tie"))
    )
    text = str(rw.stats.report(study.scores(), study.rubric, comparisons=rows))
    assert "the same verdict on a pair in 1.00" in text
