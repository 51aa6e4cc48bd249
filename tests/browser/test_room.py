"""Text and questions share the room: no question is cut off above empty space, and the one being answered stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.lab import OpenNotebook

COMPARED = """
import rubricwidgets as rw
items = [{"id": f"i{n}", "prompt": f"Question {n}?", "responses": ["One answer.", "Another answer!"]} for n in range(2)]
study = rw.Study("compared", items=items, rubric=rw.presets.preference())
widget = study.rate("ana")
widget
"""
RANKED = """
import rubricwidgets as rw
rubric = rw.Rubric("ranked", guidelines="# How to rank", dimensions=[
    rw.Dimension("order", "Which order, best first?", rw.Ranking(ties=True)),
    rw.Dimension("safe", "Is the best one safe?", rw.Binary(), about="item"),
])
items = [{"id": "i", "prompt": "Question?", "responses": ["one", "two", "three " * 900]}]
study = rw.Study("ranked", items=items, rubric=rubric)
widget = study.rate("ana")
widget
"""
MARKED = """
import rubricwidgets as rw
items = [{"id": "i", "prompt": "Question?", "response": "Something wrong stands here."}]
study = rw.Study("marked", items=items, rubric=rw.presets.errors())
widget = study.rate("ana")
widget
"""
#: How much of the questions and of the text is out of sight, how much below the questions is empty, and their share.
MEASURE = """(root) => {
  const [body, ask, read] = ['.rw-body', '.rw-ask', '.rw-read'].map((name) => root.querySelector(name));
  const box = (node) => node.getBoundingClientRect();
  return {
    askHidden: ask.scrollHeight - ask.clientHeight,
    readHidden: read.scrollHeight - read.clientHeight,
    below: box(body).bottom - box(ask).bottom,
    askShare: box(ask).height / box(body).height,
  };
}"""


@pytest.mark.parametrize("study", ["comparison", "ranking"])
def test_no_question_is_cut_off_above_empty_space_at_any_width(open_notebook: OpenNotebook, study: str) -> None:
    notebook = open_notebook([COMPARED if study == "comparison" else RANKED])
    rating = notebook.rating()
    for width in (700, 900, 1230, 1500):
        rating.root.evaluate(
            "(root, width) => { root.style.width = `${width}px`; root.style.maxWidth = 'none'; }", width
        )
        for panel in (True, False):
            shown = rating.root.locator(".rw-panel")
            if bool(shown.count()) != panel:
                rating.root.get_by_role("button", name="Guidelines").click()
                expect(shown).to_have_count(int(panel))
            room = rating.root.evaluate(MEASURE)
            assert not (room["askHidden"] > 1 and room["below"] > 1), (width, panel, room)
            # A long text takes no more than about half of the room from the questions, and they no more than they need.
            if study == "ranking" and (width > 760 or not panel):
                assert room["readHidden"] > 1, (width, panel, room)
                assert room["askHidden"] <= 1 or room["askShare"] > 0.45, (width, panel, room)


def test_the_question_being_answered_stays_in_sight_as_the_guidelines_open(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([COMPARED])
    rating = notebook.rating()
    rating.root.get_by_role("button", name="Guidelines").click()  # they opened by themselves, and close
    rating.slot("Style").get_by_role("radio", name="equal").click()
    for width in (700, 900, 1230):
        rating.root.evaluate(
            "(root, width) => { root.style.width = `${width}px`; root.style.maxWidth = 'none'; }", width
        )
        rating.slot("Style").get_by_role("radio", name="equal").click()
        notebook.page.keyboard.press("g")
        expect(rating.root.locator(".rw-panel")).to_be_visible()
        notebook.page.wait_for_function(
            """() => {
              const [now, ask] = ['.rw-dimension.rw-now', '.rw-ask'].map((name) =>
                document.querySelector('section.rw ' + name).getBoundingClientRect());
              return now.top >= ask.top - 1 && now.bottom <= ask.bottom + 1;
            }"""
        )
        notebook.page.keyboard.press("Escape")
        expect(rating.root.locator(".rw-panel")).to_have_count(0)


def test_what_describes_a_mark_is_seen_whole_in_a_narrow_widget(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MARKED])
    rating = notebook.rating()
    rating.root.get_by_role("button", name="Guidelines").click()  # they opened by themselves, and close
    rating.root.evaluate("(root) => { root.style.width = '700px'; root.style.maxWidth = 'none'; }")
    rating.root.locator(".rw-response .rw-text-body").get_by_text("Something wrong").dblclick()
    for step, key in (("category", "1"), ("part", "1"), ("severity", "2")):
        expect(rating.root.locator(f".rw-mark-editor [data-step={step}] :focus")).to_have_count(1)
        notebook.page.keyboard.press(key)
    editor = rating.root.get_by_role("dialog", name="Mark 1")
    note = editor.get_by_role("textbox", name="Note")
    expect(note).to_be_focused()
    for inside in (note, editor.get_by_role("textbox", name="Correction"), editor.get_by_role("button", name="Done")):
        expect(inside).to_be_in_viewport()
        cut = inside.evaluate(
            """(node) => {
              const [pane, box] = ['.rw-read', '.rw-over-box'].map((name) => node.closest(name).getBoundingClientRect());
              const { top, bottom } = node.getBoundingClientRect();
              return top < Math.max(pane.top, box.top) || bottom > Math.min(pane.bottom, box.bottom);
            }"""
        )
        assert not cut
