"""Every kind of answer, on one page: by mouse and by keys, through a reload, a restart and a dead kernel, and axe in two themes.

One rating asks them all. It is told once, as a story, and each test reads what became of one kind.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import confine
from tests.browser.lab import Notebook, write_notebook
from tests.browser.test_looks import violations
from tests.browser.test_spans import Marking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator

    from tests.browser.lab import Lab, OpenNotebook
    from tests.browser.rating import RatingPage

STUDY = """
import rubricwidgets as rw
kinds = ["alpha", "beta", "gamma"]
scales = {
    "ordinal": rw.Ordinal(1, 5), "continuous": rw.Continuous(0, 100, step=1), "binary": rw.Binary(),
    "one": rw.Nominal(kinds), "many": rw.Nominal(kinds, multiple=True),
    "nested": rw.Nominal({"Crime": ["theft", "fraud"], "Harm": ["self", "others"]}, multiple=True),
    "severity": rw.Nominal(kinds, severities=["low", "high"]),
    "preference": rw.Preference(strength=1), "ranking": rw.Ranking(), "best_worst": rw.Ranking(best_worst=True),
    "checklist": rw.Checklist(["Short", "Polite"]), "spans": rw.Spans(["fact", "style"], targets=["prompt"]),
    "text": rw.Text(),
}
rubric = rw.Rubric("every", dimensions=[
    rw.Dimension(name, f"What about {name}?", scale, about="item", rationale=rw.Rationale("never"))
    for name, scale in scales.items()])
items = [{"id": f"i{n}", "prompt": "The moon landing was in 1968.",
          "responses": [{"id": name, "text": f"Answer {name}."} for name in "xyz"]} for n in range(4)]
study = rw.Study("every", items=items, rubric=rubric, plan=rw.Plan(shuffle_items=False, shuffle_responses=False),
                 store="every.rubric.db")
study.rate("ana")
"""
SAVED = """
import json
print(json.dumps({item.id: {a.dimension: a.value for a in stored.rating.answers} for item in study.items
                  if (stored := study.store.current(study.id, "ana", item.id)) is not None}))
"""


class Asked:
    """One dimension of the rating on screen, and what a person does there."""

    def __init__(self, rating: RatingPage, name: str) -> None:
        self.rating = rating
        self.section: Locator = rating.root.locator(f"section[data-dimension={name}]")
        self.said: Locator = self.section.locator(".rw-said").first

    def click(self, role: Any, *names: str) -> None:
        """Click controls by their role and the beginning of their name."""
        for name in names:
            self.section.get_by_role(role, name=re.compile(f"^{name}")).first.click()

    def press(self, *keys: str) -> None:
        """Press keys."""
        for key in keys:
            self.rating.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Open the box for words by its key, write and leave it."""
        self.press("w")
        expect(self.section.get_by_role("textbox")).to_be_focused()
        self.rating.page.keyboard.type(words)
        self.press("Escape")


def prefer_by_mouse(asked: Asked) -> None:
    """Prefer the left one of each pair; a verdict leads to the next pair."""
    for judged in range(1, 4):
        asked.section.get_by_role("radio").first.click()
        expect(asked.section).to_contain_text(f"{judged} judged")


def mark_by_mouse(asked: Asked) -> None:
    """Mark two words of the prompt."""
    marking = Marking(asked.rating)
    marking.drag("moon landing", "prompt")
    marking.choose("fact", "minor")
    marking.press("Escape")
    expect(marking.editor).to_have_count(0)


def mark_by_keys(asked: Asked) -> None:
    """Mark the first word of the prompt."""
    caret = asked.rating.root.get_by_role("application", name="Caret in the text")
    asked.press("m")
    expect(caret).to_be_focused()
    asked.press("Control+Shift+ArrowRight", "2", "1")
    expect(asked.rating.root.get_by_role("textbox", name="Note")).to_be_focused()
    asked.press("Enter")
    expect(caret).to_be_focused()
    asked.press("Escape")
    expect(caret).to_have_count(0)


@dataclass(frozen=True)
class Scale:
    """How a kind of answer is given by mouse and by keys, and what is saved then."""

    by_mouse: Callable[[Asked], object]
    mouse_saves: object
    by_keys: Callable[[Asked], object]
    keys_save: object
    #: The key that leads from it to the next question.
    leads_on: str = "j"


SCALES = {
    "ordinal": Scale(lambda asked: asked.rating.choose("Ordinal", 2), 2, lambda asked: asked.press("4"), 4),
    "continuous": Scale(
        lambda asked: asked.rating.choose("Continuous", 50),
        50,
        lambda asked: asked.press("7", "1"),
        71,
        leads_on="Enter",
    ),
    "binary": Scale(lambda asked: asked.rating.choose("Binary", True), True, lambda asked: asked.press("n"), False),
    "one": Scale(lambda asked: asked.rating.choose("One", "gamma"), "gamma", lambda asked: asked.press("2"), "beta"),
    "many": Scale(
        lambda asked: asked.click("checkbox", "alpha", "beta"),
        ["alpha", "beta"],
        lambda asked: asked.press("1", "3"),
        ["alpha", "gamma"],
    ),
    "nested": Scale(
        lambda asked: asked.click("checkbox", "theft", "others"),
        ["Crime/theft", "Harm/others"],
        lambda asked: asked.press("2", "3"),
        ["Crime/fraud", "Harm/self"],
    ),
    "severity": Scale(
        lambda asked: asked.click("radio", "beta", "high"),
        {"category": "beta", "severity": "high"},
        lambda asked: asked.press("3", "1"),
        {"category": "gamma", "severity": "low"},
    ),
    "preference": Scale(
        prefer_by_mouse,
        ["left"] * 3,
        lambda asked: asked.press("3", "3", "1"),
        ["right", "right", "left"],
    ),
    "ranking": Scale(
        lambda asked: asked.click("button", *[".*: put"] * 3),
        [["x"], ["y"], ["z"]],
        lambda asked: asked.press("2", "3", "1"),
        [["y"], ["z"], ["x"]],
    ),
    "best_worst": Scale(
        lambda asked: [
            asked.section.get_by_role("radiogroup", name=re.compile(f": {end}")).get_by_role("radio").nth(at).click()
            for end, at in (("best", 1), ("worst", 2))
        ],
        {"best": "y", "worst": "z"},
        lambda asked: asked.press("3", "1"),
        {"best": "z", "worst": "x"},
    ),
    "checklist": Scale(
        lambda asked: [asked.section.get_by_role("radio", name="Met", exact=True).nth(at).click() for at in range(2)],
        [True, True],
        lambda asked: asked.press("n", "y"),
        [False, True],
    ),
    "spans": Scale(mark_by_mouse, [[4, 16, "fact"]], mark_by_keys, [[0, 3, "style"]]),
    "text": Scale(
        lambda asked: asked.section.get_by_role("textbox").fill("Written by mouse."),
        "Written by mouse.",
        lambda asked: asked.type("Written by keys."),
        "Written by keys.",
    ),
}
#: What is compared of the answers that say more.
FACTS: dict[str, Callable[[Any], object]] = {
    "preference": lambda value: [one["choice"] for one in value],
    "checklist": lambda value: [one["met"] for one in value],
    "spans": lambda value: [[one["start"], one["end"], one["category"]] for one in value],
}


@dataclass
class Story:
    """What was seen of each kind of answer, and what was saved; by dimension."""

    notebook: Notebook
    by_mouse: dict[str, str] = field(default_factory=dict)
    after_reload: dict[str, str] = field(default_factory=dict)
    by_keys: dict[str, str] = field(default_factory=dict)
    after_restart: dict[str, str] = field(default_factory=dict)
    saved: dict[str, dict[str, Any]] = field(default_factory=dict)


def seen(rating: RatingPage) -> dict[str, str]:
    """Return what each dimension says of its answer."""
    return {name: Asked(rating, name).said.inner_text() for name in SCALES}


def submit(rating: RatingPage) -> None:
    """Submit what lacks nothing."""
    expect(rating.root.locator(".rw-missing")).to_have_text("Nothing missing")
    rating.submit()


def answer_by_mouse(rating: RatingPage) -> dict[str, str]:
    for name, scale in SCALES.items():
        asked = Asked(rating, name)
        scale.by_mouse(asked)
        expect(asked.said).not_to_have_text("not set")
    rating._last = "Written by mouse."  # noqa: SLF001 - what the draft must hold by now
    rating.wait_draft_kept()
    return seen(rating)


def answer_by_keys(rating: RatingPage) -> dict[str, str]:
    """Answer everything, from the first question to the last."""
    first, *_ = SCALES
    Asked(rating, first).section.locator(".rw-control [tabindex='0']").first.focus()
    for name, scale in SCALES.items():
        asked = Asked(rating, name)
        expect(asked.section).to_have_class(re.compile("rw-now"))
        scale.by_keys(asked)
        expect(asked.said).not_to_have_text("not set")
        asked.press(scale.leads_on)
    rating._last = "Written by keys."  # noqa: SLF001 - as above
    rating.wait_draft_kept()
    return seen(rating)


def wait_seen(rating: RatingPage, before: dict[str, str]) -> dict[str, str]:
    """Wait until a draft is there again, by its last answer; return all of it."""
    expect(Asked(rating, "text").said).to_have_text(before["text"])
    return seen(rating)


@pytest.fixture(scope="module")
def notebook(lab: Lab, browser: Browser) -> Iterator[Notebook]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tried = confine(context)
    context.set_default_timeout(30_000)
    path = "every-scale/every-scale.ipynb"
    write_notebook(lab.root / path, [STUDY])
    opened = Notebook(lab, context.new_page(), path)
    opened.open()
    opened.kernel_pid()
    opened.run_all()
    yield opened
    context.close()
    lab.end_kernels()
    assert not tried


@pytest.fixture(scope="module")
def story(notebook: Notebook) -> Story:
    told = Story(notebook)
    told.by_mouse = answer_by_mouse(notebook.rating())
    notebook.reload()
    notebook.run_all()
    rating = notebook.rating()
    told.after_reload = wait_seen(rating, told.by_mouse)
    submit(rating)
    rating.wait_saved(1)
    told.by_keys = answer_by_keys(rating)
    notebook.restart_kernel()
    notebook.run_all()
    rating = notebook.rating()
    rating.wait_heading("2 of 4")
    told.after_restart = wait_seen(rating, told.by_keys)
    submit(rating)
    rating.wait_saved(2)
    answer_by_keys(rating)
    notebook.kernel_pid()
    notebook.kill_kernel()
    submit(rating)
    rating.wait_waiting(1)
    notebook.wait_kernel()
    notebook.run_all()
    rating = notebook.rating()
    rating.wait_saved(3)
    told.saved = json.loads(notebook.run(SAVED))
    # What was saved comes back, for axe to look at.
    rating.root.get_by_role("button", name="Back").click()
    rating.wait_heading("3 of 4")
    return told


def saved(story: Story, item: str, name: str) -> object:
    value = story.saved[item][name]
    return FACTS[name](value) if name in FACTS else value


@pytest.mark.parametrize("name", SCALES)
def test_an_answer_by_mouse_outlives_a_reload_and_is_saved_as_it_was_given(story: Story, name: str) -> None:
    assert story.after_reload[name] == story.by_mouse[name]
    assert saved(story, "i0", name) == SCALES[name].mouse_saves


@pytest.mark.parametrize("name", SCALES)
def test_an_answer_by_keys_outlives_a_kernel_restart_and_is_saved_as_it_was_given(story: Story, name: str) -> None:
    assert story.after_restart[name] == story.by_keys[name]
    assert saved(story, "i1", name) == SCALES[name].keys_save


@pytest.mark.parametrize("name", SCALES)
def test_an_answer_given_to_a_dead_kernel_is_saved_when_the_cell_is_run(story: Story, name: str) -> None:
    assert saved(story, "i2", name) == SCALES[name].keys_save


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_wrong_with_it(story: Story, theme: str, name: str) -> None:
    page = story.notebook.page
    if page.evaluate("() => document.body.dataset.jpThemeName") != theme:
        story.notebook.set_theme(theme)
    assert violations(page, f"section[data-dimension={name}]") == []


WITHHELD = """
from rubricwidgets.widgets.rating import RatingWidget
control = RatingWidget._control
RatingWidget._control = lambda self, name: ""
rubric = rw.Rubric("late", dimensions=[rw.Dimension("order", "Which order?", rw.Ranking())])
study = rw.Study("late", items=[{"id": "i0", "prompt": "p", "responses": ["a", "b"]}], rubric=rubric, store="memory")
study.rate("ana")
"""


def test_a_control_that_does_not_come_is_said_in_words_and_comes_when_asked_for_again(
    open_notebook: OpenNotebook,
) -> None:
    notebook = open_notebook(["import rubricwidgets as rw" + WITHHELD])
    rating = notebook.rating()
    expect(rating.root.get_by_text("Which order?")).to_be_visible()
    expect(rating.root.get_by_text("did not arrive: the kernel did not send 'scale:ranking'")).to_be_visible()
    assert violations(notebook.page) == []
    notebook.run("RatingWidget._control = control")
    rating.root.get_by_role("button", name="Try again").click()
    expect(rating.root.get_by_role("group", name="Response A, not ranked")).to_be_focused()
    for key in ("2", "1"):
        notebook.page.keyboard.press(key)
    submit(rating)
    rating.wait_saved(1)
    assert notebook.run("print(study.rankings()['rank'].to_list())").strip() == "[2, 1]"
