"""Every ready rubric, answered by simulated raters, through what a study says of answers."""

from __future__ import annotations

from typing import Any

import pytest

import rubricwidgets as rw
from rubricwidgets import presets

ITEMS = [
    rw.Item(
        f"May I do {n}?",
        [rw.Response(f"You may do {n}, {model}. Take care, and ask.", id=f"{n}{model}", model=model) for model in "ab"],
        id=f"i{n}",
        context="What is known.",
        reference="You may.",
    )
    for n in range(6)
]
RUBRICS: dict[str, Any] = {
    **{name: getattr(presets, name) for name in presets.__all__ if name[0].islower() and name != "domain_expert"},
    "domain_expert": lambda: presets.domain_expert("medicine"),
}


@pytest.fixture(scope="module", params=sorted(RUBRICS))
def study(request: pytest.FixtureRequest) -> rw.Study:
    study = rw.Study(request.param, items=ITEMS, rubric=RUBRICS[request.param](), store="memory")
    rw.simulate(study, raters=3, seed=5)
    return study


@pytest.mark.parametrize(
    "asked", ["summary", "levels", "agreement", "icc", "raters", "compare_models", "generalizability", "consensus"]
)
def test_its_scores_are_taken(study: rw.Study, asked: str) -> None:
    assert getattr(study, asked)() is not None


@pytest.mark.parametrize("sections", [None, "all"])
def test_it_is_reported(study: rw.Study, sections: str | None) -> None:
    text = study.report(sections=sections).markdown
    assert text.startswith(f"# {study.name}".replace("_", r"\_"))
    assert "nan" not in text.lower().split()


@pytest.mark.parametrize("chart", ["distribution", "means", "heatmap", "agreement", "disagreement", "time", "progress"])
def test_it_is_charted(study: rw.Study, chart: str) -> None:
    assert getattr(study.plot, chart)().to_dict()["$schema"]


def test_what_checklists_and_marks_read_is_no_second_scale() -> None:
    """A score of 0 may be 0 of 2 points and 0 of 3, a score of 1 one minor error of either kind."""
    rubric = rw.Rubric(
        "parts",
        dimensions=[
            rw.Dimension("form", "?", rw.Checklist(["Short", "Plain", "True"], not_applicable=True)),
            rw.Dimension("marks", "?", rw.Spans(["Fact", "Style"], severities=["minor"])),
        ],
    )
    study = rw.Study("parts", items=ITEMS, rubric=rubric, store="memory")
    rw.simulate(study, raters=4, seed=1)
    for given in (rubric, None):
        assert rw.stats.summary(study.scores(), given)["n"].min() > 0
        assert rw.stats.agreement(study.scores(), given).height == 2
