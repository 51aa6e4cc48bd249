"""Criteria: by mouse, by keys, through reloads and restarts; what is saved is what was said, and a program speaks second."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_looks import violations

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.lab import Notebook, OpenNotebook
    from tests.browser.rating import RatingPage

STUDY = '''
import rubricwidgets as rw
from rubricwidgets.checks import register_check
from rubricwidgets.scales.checklist import Checklist

@register_check
def polite(text, *, item):
    if item.id == "i1":
        raise RuntimeError("model-secret said nothing")
    return "please" in text, "no please in it"

TEXT = """Grapefruit is **not** a strong concern 🙂 with warfarin, but keep it steady.

Ask the clinic. They may check sooner."""
rubric = rw.Rubric("t", dimensions=[
    rw.Dimension("form", "Which of these does it meet?", Checklist([
        {"id": "short", "text": "At most five words", "check": "max_words", "limit": 5},
        {"id": "polite", "text": "Says please", "check": "polite", "points": 2},
        {"id": "emoji", "text": "Has an emoji", "required": False, "description": "Any one"},
    ])),
    rw.Dimension("expert", "What does the expert ask?", Checklist(from_item=True, inapplicable=False)),
])
items = [{"id": f"i{n}", "prompt": f"Question {n}?", "response": TEXT, "model": "model-secret",
          "criteria": [f"Criterion {n} of the item", {"text": "Tells to change the dose", "points": -3}]} for n in range(3)]
study = rw.Study("lists", items=items, rubric=rubric, plan=rw.Plan(shuffle_items=False), store="lists.rubric.db")
widget = study.rate("ana")
widget
'''
CHECKS = """
import json
columns = ["item", "dimension", "criterion", "met", "points", "earned", "evidence", "machine", "met_before", "changed"]
print(json.dumps(study.checks().select(columns).rows()))
"""
MANY = """
import rubricwidgets as rw
from rubricwidgets.scales.checklist import Checklist
words = "It says what has to be said of the thing in question, and gives the reason for it in terms that a reader would follow. "
criteria = [{"text": f"{n}: {words * (n % 3) or 'Short'}", "points": -2 if n % 7 == 6 else 1} for n in range(30)]
rubric = rw.Rubric("many", dimensions=[rw.Dimension("form", "Which?", Checklist(criteria))])
items = [{"id": "a", "prompt": "p", "responses": [{"text": "one " * 50, "id": "x"}, {"text": "two " * 50, "id": "y"}]}]
study = rw.Study("many", items=items, rubric=rubric, store="many.rubric.db")
study.rate("ana")
"""

_WORD = """(root, word) => {
  const walker = document.createTreeWalker(root, 4);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    const box = range.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  }
  throw new Error(`'${word}' is not there`);
}"""


def saved(notebook: Notebook) -> list[list[Any]]:
    found: list[list[Any]] = json.loads(notebook.run(CHECKS))
    return found


def group(rating: RatingPage, n: int, title: str = "Form") -> Locator:
    return rating.slot(title).locator(".rw-criterion").nth(n - 1)


def verdict(rating: RatingPage, n: int, words: str, title: str = "Form") -> Locator:
    return group(rating, n, title).get_by_role("radio", name=words, exact=True)


def program(rating: RatingPage, n: int) -> Locator:
    return group(rating, n).locator(".rw-machine")


def wait_value(rating: RatingPage, title: str, words: str) -> None:
    """Wait until the head of a dimension says so."""
    expect(rating.slot(title).locator("xpath=ancestor::section[@data-dimension]").locator(".rw-said")).to_have_text(
        words
    )


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def select(rating: RatingPage, word: str) -> None:
    """Select a word of the response with the mouse."""
    body = rating.root.locator(".rw-response .rw-text-body")
    body.scroll_into_view_if_needed()
    x, y = body.evaluate(_WORD, word)
    rating.page.mouse.dblclick(x, y)
    # The keyboard is back at the criterion.
    expect(
        rating.root.locator(".rw-slot.rw-now .rw-here").get_by_role("button", name="Quote the selection")
    ).to_be_attached()
    expect(rating.root.locator(".rw-slot.rw-now .rw-here [role=radio]:focus")).to_be_attached()


def test_criteria_are_judged_by_mouse_and_the_program_speaks_second(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    expect(program(rating, 1)).to_have_text("")
    verdict(rating, 1, "Met").click()
    expect(program(rating, 1)).to_have_text("≠ Program: not met · 19 words")
    expect(program(rating, 2)).to_have_text("")
    verdict(rating, 1, "Not met").click()
    expect(program(rating, 1)).to_have_text("Program: not met · 19 words")
    verdict(rating, 2, "Not met").click()
    expect(program(rating, 2)).to_have_text("Program: not met · no please in it")
    select(rating, "steady")
    group(rating, 3).hover()
    group(rating, 3).get_by_role("button", name="Quote the selection").click()
    expect(group(rating, 3).locator("q")).to_have_text("steady")
    expect(rating.root.locator(".rw-response .rw-marked")).to_have_text("steady")
    verdict(rating, 3, "N/A").click()
    expect(rating.root.locator(".rw-missing")).to_contain_text("Expert")
    wait_value(rating, "Form", "0 of 3 points")
    verdict(rating, 1, "Met", "Expert").click()
    wait_value(rating, "Expert", "1 of 2 judged")
    verdict(rating, 2, "Met", "Expert").click()
    wait_value(rating, "Expert", "\N{MINUS SIGN}2 of 1 point")
    rating.submit()
    rating.wait_saved(1)
    assert saved(notebook) == [
        ["i0", "form", "short", False, 1, 0, None, False, True, True],
        ["i0", "form", "polite", False, 2, 0, None, False, False, False],
        ["i0", "form", "emoji", None, 1, None, "steady", None, None, False],
        ["i0", "expert", "c1", True, 1, 1, None, None, True, False],
        ["i0", "expert", "c2", True, -3, -3, None, None, True, False],
    ]
    assert json.loads(notebook.run("import json; print(json.dumps(study.scores()['score'].to_list()))")) == [0.0, -2.0]


def test_criteria_are_judged_by_keys_alone(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    page = notebook.page
    rating.enter_by_keyboard()
    rating.wait_marked("Form")
    press(page, "n", "y", "ArrowUp")
    expect(program(rating, 2)).to_have_text("≠ Program: not met · no please in it")
    press(page, "ArrowRight", "3", "q")
    caret = rating.root.get_by_role("application", name="Caret in the text")
    expect(caret).to_be_focused()
    press(page, "Control+ArrowRight", "Control+Shift+ArrowRight", "Enter")
    expect(group(rating, 3).locator("q")).to_have_text("is")
    press(page, "y")
    expect(verdict(rating, 3, "Met")).to_be_checked()
    press(page, "j")
    rating.wait_marked("Expert")
    press(page, "y", "x", "n", "Control+Enter")
    rating.wait_heading("2 of 3")
    rating.wait_saved(1)
    assert [row[1:4] + row[6:] for row in saved(notebook)] == [
        ["form", "short", False, None, False, False, False],
        ["form", "polite", False, None, False, True, True],
        ["form", "emoji", True, "is", None, True, False],
        ["expert", "c1", True, None, None, True, False],
        ["expert", "c2", False, None, None, False, False],
    ]
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets[0].model.type") == "code"


def test_one_verdict_is_cleared_and_undone_and_esc_leaves_the_quote(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    page = notebook.page
    verdict(rating, 1, "Met").click()
    verdict(rating, 2, "Met").click()
    press(page, "Backspace")
    expect(verdict(rating, 2, "Met")).not_to_be_checked()
    expect(verdict(rating, 1, "Met")).to_be_checked()
    press(page, "u")
    expect(verdict(rating, 2, "Met")).to_be_checked()
    press(page, "q")
    expect(rating.root.get_by_role("application")).to_be_focused()
    press(page, "Escape")
    expect(rating.root.get_by_role("application")).to_have_count(0)
    expect(verdict(rating, 2, "Met")).to_be_focused()
    wait_value(rating, "Form", "3 of 3 points")


def test_verdicts_quotes_and_the_programs_word_survive_reload_and_restart(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    verdict(rating, 1, "Met").click()
    expect(program(rating, 1)).to_contain_text("not met")
    select(rating, "clinic")
    press(notebook.page, "q")
    expect(group(rating, 1).locator("q")).to_have_text("clinic")
    rating._last = '"text":"clinic"'  # noqa: SLF001 - what the draft must hold by now
    rating.wait_draft_kept()
    notebook.reload()
    notebook.run_all()
    rating = notebook.rating()
    expect(verdict(rating, 1, "Met")).to_be_checked()
    expect(group(rating, 1).locator("q")).to_have_text("clinic")
    expect(program(rating, 1)).to_have_text("≠ Program: not met · 19 words")
    notebook.restart_kernel()
    notebook.run_all()
    rating = notebook.rating()
    expect(program(rating, 1)).to_have_text("≠ Program: not met · 19 words")
    verdict(rating, 1, "Not met").click()
    verdict(rating, 2, "N/A").click()
    verdict(rating, 1, "Met", "Expert").click()
    verdict(rating, 2, "Not met", "Expert").click()
    rating.submit()
    rating.wait_saved(1)
    assert saved(notebook)[:2] == [
        ["i0", "form", "short", False, 1, 0, "clinic", False, True, True],
        ["i0", "form", "polite", None, 2, None, None, False, None, False],
    ]


def test_a_program_that_fails_leaves_the_rater_alone(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    rating.root.get_by_role("button", name="Next", exact=True).click()
    rating.wait_heading("2 of 3")
    verdict(rating, 2, "Met").click()
    expect(program(rating, 2)).to_have_text("Program: cannot say")
    assert "model-secret" not in rating.root.inner_text()
    verdict(rating, 1, "Met").click()
    verdict(rating, 1, "Met", "Expert").click()
    verdict(rating, 2, "Not met", "Expert").click()
    rating.submit()
    rating.wait_saved(1)
    note = notebook.run("print(study.checks().filter(criterion='polite')['machine_note'][0])")
    assert note.strip() == "it raised RuntimeError: model-secret said nothing"
    assert saved(notebook)[1][:4] == ["i1", "form", "polite", True]


def test_thirty_long_criteria_of_two_responses_keep_the_current_one_in_sight(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MANY])
    rating = notebook.rating()
    rating.enter_by_keyboard()
    rating.wait_marked("Form")
    inside = """(root) => {
      const row = root.querySelector(".rw-slot.rw-now .rw-criterion.rw-here").getBoundingClientRect();
      const pane = root.querySelector(".rw-ask").getBoundingClientRect();
      return row.top >= pane.top - 1 && row.bottom <= pane.bottom + 1 && root.contains(document.activeElement)
        && root.querySelector(".rw-slot.rw-now .rw-criterion.rw-here").contains(document.activeElement);
    }"""
    for n in range(30):
        notebook.page.keyboard.press("yn"[n % 2])
        notebook.page.wait_for_function(f"() => ({inside})(document.querySelector('section.rw'))")
    expect(rating.root.locator(".rw-slot.rw-now .rw-criteria-state")).to_contain_text("points")
    notebook.page.keyboard.press("1")
    notebook.page.keyboard.press("7")
    expect(rating.root.locator(".rw-slot.rw-now .rw-here .rw-criterion-no")).to_have_text("17")
    notebook.page.wait_for_function(f"() => ({inside})(document.querySelector('section.rw'))")
    notebook.page.keyboard.press("j")
    expect(rating.root.locator(".rw-slot.rw-now")).to_have_attribute("data-response", "B")
    notebook.page.wait_for_function(f"() => ({inside})(document.querySelector('section.rw'))")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_axe_finds_nothing_wrong_with_criteria(open_notebook: OpenNotebook, theme: str) -> None:
    notebook = open_notebook([STUDY])
    notebook.set_theme(theme)
    rating = notebook.rating()
    assert violations(notebook.page) == []
    verdict(rating, 1, "Met").click()
    verdict(rating, 2, "Not met").click()
    expect(program(rating, 1)).to_contain_text("not met")
    select(rating, "steady")
    press(notebook.page, "q")
    expect(rating.root.locator("q")).to_be_visible()
    assert violations(notebook.page) == []


@pytest.mark.parametrize("width", [480, 900, 1280, 1600])
def test_criteria_fit_every_width(open_notebook: OpenNotebook, width: int) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    rating.root.evaluate("(root, width) => { root.style.width = `${width}px`; root.style.maxWidth = 'none'; }", width)
    verdict(rating, 1, "Met").click()
    expect(program(rating, 1)).to_contain_text("not met")
    cut = rating.root.evaluate(
        """(root) => [...root.querySelectorAll('.rw-checklist, .rw-checklist *')].filter((one) => {
          const style = getComputedStyle(one);
          return one.clientWidth > 0 && style.display !== 'inline' && one.scrollWidth > one.clientWidth + 1;
        }).map((one) => one.className + ' ' + one.scrollWidth + '>' + one.clientWidth).slice(0, 5)"""
    )
    assert cut == []
