"""Marks in a text: by mouse, by keys, through reloads and restarts; what is saved is what was marked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_looks import violations

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.lab import Notebook, OpenNotebook
    from tests.browser.rating import RatingPage

STUDY = '''
import rubricwidgets as rw
from rubricwidgets.scales.spans import Spans
TEXT = """The **moon** landing was in 1968.\\r
\\r
- 👩‍👩‍👧 and cafe\\u0301 are counted as Python counts them\\r
- שלום עולם טוב\\r
\\r
```python
answer = 42
```
It ends here."""
rubric = rw.Rubric("t", dimensions=[
    rw.Dimension("errors", "What is wrong?", Spans(
        {"fact": "Contradicts what is known", "style": ["clumsy", "padding"], "other": ""},
        severities=["minor", "major"], weights={"style/padding": {"minor": 0.1}}, targets=["prompt", "response"])),
])
items = [{"id": f"i{n}", "prompt": f"Question {n}?", "response": TEXT} for n in range(4)]
study = rw.Study("marks", items=items, rubric=rubric, plan=rw.Plan(shuffle_items=False), store="marks.rubric.db")
study.rate("ana")
'''
SPANS = """
import json
columns = ["item", "target", "start", "end", "text", "category", "severity", "weight", "note", "correction"]
print(json.dumps(study.spans().select(columns).rows()))
"""

_BOX = """(root, words) => {
  const walker = document.createTreeWalker(root, 4);
  const runs = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.parentElement.closest("[data-s]")) {
      runs.push([text.length, node]);
      text += node.data;
    }
  const at = text.indexOf(words);
  if (at < 0) throw new Error(`'${words}' is not in: ${text}`);
  const place = (offset) => {
    const [start, node] = runs.findLast(([start]) => start <= offset);
    return [node, offset - start];
  };
  const edge = (offset, length) => {
    const range = document.createRange();
    const [node, from] = place(offset);
    range.setStart(node, from);
    range.setEnd(node, from + length);
    const rects = range.getClientRects();
    return rects[rects.length - 1];
  };
  const last = [...words].at(-1).length;
  const [first, end] = [edge(at, [...words][0].length), edge(at + words.length - last, last)];
  const rtl = /[\\u0590-\\u05ff]/.test(words);
  return rtl
    ? [first.right - 0.5, first.top + first.height / 2, end.left + 0.5, end.top + end.height / 2]
    : [first.left + 0.5, first.top + first.height / 2, end.right - 0.5, end.top + end.height / 2];
}"""


class Marking:
    """Marking in one view of the rating widget, as a person does it."""

    def __init__(self, rating: RatingPage) -> None:
        self.rating = rating
        self.page = rating.page
        self.root = rating.root
        self.editor = self.root.get_by_role("dialog")
        self.rows = self.root.locator(".rw-mark-row")

    def text(self, where: str = "response") -> Locator:
        """Return a text of the reading pane."""
        return self.root.locator(f".rw-{where} .rw-text-body").first

    def drag(self, words: str, where: str = "response") -> None:
        """Select words with the mouse."""
        body = self.text(where)
        body.scroll_into_view_if_needed()
        x1, y1, x2, y2 = body.evaluate(_BOX, words)
        mouse = self.page.mouse
        mouse.move(x1, y1)
        mouse.down()
        mouse.move((x1 + x2) / 2, (y1 + y2) / 2)
        mouse.move(x2, y2)
        mouse.up()
        expect(self.editor).to_be_visible()

    def click_mark(self, words: str) -> None:
        """Press the marked text, where the words are."""
        x, y, *_ = self.text().evaluate(_BOX, words)
        self.page.mouse.click(x + 3, y)
        expect(self.editor).to_be_visible()

    def choose(self, *names: str) -> None:
        """Press radio buttons of the editor."""
        for name in names:
            self.editor.get_by_role("radio", name=name, exact=True).click()

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def wait_rows(self, count: int) -> None:
        """Wait until so many marks are listed."""
        expect(self.rows).to_have_count(count)

    def covered(self, number: int) -> str:
        """Return the words under a mark, by its number."""
        return str(
            self.root.evaluate(
                """(root, number) => {
                  const first = [...root.querySelectorAll('[data-no]')].find((one) => one.dataset.no.split(' ').includes(String(number)));
                  const open = first.dataset.mark.split(' ').filter((id) => id.endsWith(`-${number - 1}`))[0];
                  return [...root.querySelectorAll(`[data-mark~="${open}"]`)].map((one) => one.textContent).join('');
                }""",
                number,
            )
        )


def saved(notebook: Notebook) -> list[list[Any]]:
    found: list[list[Any]] = json.loads(notebook.run(SPANS))
    return found


def opened(open_notebook: OpenNotebook) -> tuple[Notebook, Marking]:
    notebook = open_notebook([STUDY])
    marking = Marking(notebook.rating())
    expect(marking.text()).to_contain_text("moon")
    return notebook, marking


def test_marks_made_with_the_mouse_are_saved_as_they_were_made(open_notebook: OpenNotebook) -> None:
    notebook, marking = opened(open_notebook)
    marking.drag("1968")
    marking.choose("fact", "major")
    marking.editor.get_by_role("textbox", name="Note").fill("a year early")
    marking.editor.get_by_role("textbox", name="Correction").fill("1969")
    marking.editor.get_by_role("button", name="Done").click()
    marking.wait_rows(1)
    # Over the edge of a bold word, and overlapping what comes next.
    marking.drag("moon landing")
    marking.choose("style", "padding", "minor")
    marking.press("Escape")
    marking.drag("landing was")
    marking.choose("other", "minor")
    marking.press("Escape")
    marking.drag("👩‍👩‍👧 and cafe\u0301")
    marking.choose("other", "major")
    marking.press("Escape")
    marking.drag("עולם טוב")
    marking.choose("other", "minor")
    marking.press("Escape")
    marking.drag("42")
    marking.choose("fact", "minor")
    marking.press("Escape")
    marking.drag("Question", "prompt")
    marking.choose("other", "minor")
    marking.press("Escape")
    marking.wait_rows(7)
    expect(marking.root.locator(".rw-said")).to_have_text("7 marks · weight 14.1")
    assert marking.covered(3) == "landing was"
    marking.rating.submit()
    marking.rating.wait_saved(1)
    source = json.loads(notebook.run("import json; print(json.dumps(TEXT))"))
    expected = [
        ["Question", "other", "minor", 1.0, None, None],
        ["moon** landing", "style/padding", "minor", 0.1, None, None],
        ["landing was", "other", "minor", 1.0, None, None],
        ["1968", "fact", "major", 5.0, "a year early", "1969"],
        ["👩‍👩‍👧 and cafe\u0301", "other", "major", 5.0, None, None],
        ["עולם טוב", "other", "minor", 1.0, None, None],
        ["42", "fact", "minor", 1.0, None, None],
    ]
    found = saved(notebook)
    assert [row[4:] for row in found] == expected
    assert [row[1] for row in found] == ["prompt"] + ["response"] * 6
    starts = [0, *(source.index(words) for words, *_ in expected[1:])]
    assert [row[2] for row in found] == starts
    assert [row[3] for row in found] == [
        start + len(words) for start, (words, *_) in zip(starts, expected, strict=True)
    ]


def test_marks_made_by_keys_alone_are_saved_as_they_were_made(open_notebook: OpenNotebook) -> None:
    notebook, marking = opened(open_notebook)
    marking.rating.enter_by_keyboard()
    said = marking.root.locator(".rw-spoken")
    caret = marking.root.get_by_role("application", name="Caret in the text")
    marking.press("m")
    expect(caret).to_be_focused()
    marking.press("Control+ArrowRight")
    expect(said).to_have_text("The")
    marking.press("Control+Shift+ArrowRight", "Control+Shift+ArrowRight")
    expect(said).to_have_text("selected: moon landing")
    marking.press("2")
    expect(marking.editor.get_by_role("radiogroup", name="Kind of style")).to_be_visible()
    marking.press("1", "2")
    expect(marking.editor.get_by_role("textbox", name="Note")).to_be_focused()
    marking.page.keyboard.type("as said 'f' above")
    marking.press("Enter")
    # The caret goes on behind the mark.
    expect(caret).to_be_focused()
    marking.press("ArrowDown", "ArrowDown", "Control+ArrowLeft", "Control+ArrowRight")
    marking.press("ArrowDown", "Home", "Control+Shift+ArrowLeft")
    expect(said).to_have_text("selected: שלום")
    marking.press("1", "1", "Enter")
    expect(caret).to_be_focused()
    marking.press("Control+Home", "Control+Shift+End", "Enter")
    expect(marking.editor).to_be_visible()
    marking.press("3", "1", "Enter", "Escape")
    expect(marking.rows.first).to_be_focused()
    # Something is missing: a mark without a place.
    marking.press("w", "3", "2", "Enter")
    marking.wait_rows(4)
    marking.press("Control+Enter")
    marking.rating.wait_heading("2 of 4")
    expect(marking.root.get_by_role("button", name="No errors found")).to_be_visible()
    marking.press("0", "Control+Enter")
    marking.rating.wait_saved(2)
    source = json.loads(notebook.run("import json; print(json.dumps(TEXT))"))
    found = saved(notebook)
    assert [row[:3] + row[4:] for row in found] == [
        ["i0", "response", 0, source, "other", "minor", 1.0, None, None],
        ["i0", "response", 6, "moon** landing", "style/clumsy", "major", 5.0, "as said 'f' above", None],
        ["i0", "response", source.index("שלום"), "שלום", "fact", "minor", 1.0, None, None],
        ["i0", "response", None, None, "other", "major", 5.0, None, None],
        ["i1", "response", None, None, None, None, 0.0, None, None],
    ]


def test_marks_live_through_a_reload_and_a_restart(open_notebook: OpenNotebook) -> None:
    notebook, marking = opened(open_notebook)
    marking.drag("1968")
    marking.choose("fact")
    expect(marking.root.locator(".rw-missing")).to_contain_text("severity of mark 1")
    marking.rating._last = '"severity":null'  # noqa: SLF001
    marking.rating.wait_draft_kept()
    notebook.reload()
    notebook.run_all()
    marking = Marking(notebook.rating())
    marking.wait_rows(1)
    expect(marking.root.locator("[data-mark]")).to_have_text("1968")
    marking.rows.first.click()
    marking.choose("minor")
    marking.press("Escape")
    marking.rating._last = '"severity":"minor"'  # noqa: SLF001
    marking.rating.wait_draft_kept()
    notebook.restart_kernel()
    notebook.run_all()
    marking = Marking(notebook.rating())
    marking.wait_rows(1)
    marking.rating.submit()
    marking.rating.wait_saved(1)
    assert [row[2:7] for row in saved(notebook)] == [[28, 32, "1968", "fact", "minor"]]
    # Saved marks come back to be revised.
    marking.root.get_by_role("button", name="Back").click()
    marking.rating.wait_heading("1 of 4")
    marking.wait_rows(1)
    marking.root.get_by_role("button", name="Delete mark 1").click()
    marking.root.get_by_role("button", name="No errors found").click()
    marking.rating.submit()
    marking.rating.wait_waiting(0)
    assert [row[2:6] for row in saved(notebook)] == [[None, None, None, None]]


def test_a_mark_is_edited_moved_and_deleted_in_the_raw_text_too(open_notebook: OpenNotebook) -> None:
    notebook, marking = opened(open_notebook)
    marking.root.get_by_role("button", name="Response: raw text").click()
    marking.drag("**moon**")
    marking.choose("other", "minor")
    marking.press("Escape")
    marking.root.get_by_role("button", name="Response: raw text").click()
    expect(marking.root.locator("[data-mark]")).to_have_text("moon")
    marking.click_mark("moon")
    expect(marking.editor).to_have_accessible_name("Mark 1")
    marking.choose("fact")
    marking.editor.get_by_role("button", name="Change the place").click()
    expect(marking.root.get_by_role("application")).to_be_focused()
    marking.drag("1968")
    expect(marking.editor).to_have_accessible_name("Mark 1")
    marking.press("Escape")
    marking.drag("ends")
    marking.choose("other", "major")
    marking.editor.get_by_role("button", name="Delete").click()
    marking.wait_rows(1)
    marking.press("u")
    marking.wait_rows(2)
    marking.rows.nth(1).focus()
    marking.press("Delete")
    marking.wait_rows(1)
    marking.rating.submit()
    marking.rating.wait_saved(1)
    assert [row[2:7] for row in saved(notebook)] == [[28, 32, "1968", "fact", "minor"]]


def test_the_editor_covers_no_marked_text_at_any_width(open_notebook: OpenNotebook) -> None:
    _, marking = opened(open_notebook)
    for width in (480, 760, 1100):
        marking.root.evaluate(
            "(root, width) => { root.style.width = `${width}px`; root.style.maxWidth = 'none'; }", width
        )
        for words in ("moon", "cafe\u0301 are counted", "ends here"):
            marking.drag(words)
            covers = marking.root.evaluate(
                """(root) => {
                  const box = root.querySelector('.rw-over-box').getBoundingClientRect();
                  const pane = root.querySelector('.rw-read').getBoundingClientRect();
                  const marks = [...root.querySelectorAll('[data-mark]')].flatMap((one) => [...one.getClientRects()]);
                  const hit = marks.some((mark) => mark.bottom > box.top && mark.top < box.bottom
                    && mark.right > box.left && mark.left < box.right);
                  const last = marks.at(-1);
                  return [hit, last.top >= pane.top, box.bottom <= pane.bottom + 1, box.right <= pane.right];
                }"""
            )
            assert covers == [False, True, True, True], (width, words)
            marking.press("Escape")
            expect(marking.editor).to_have_count(0)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_axe_finds_nothing_wrong_with_marks(open_notebook: OpenNotebook, theme: str) -> None:
    notebook, marking = opened(open_notebook)
    notebook.set_theme(theme)
    assert violations(notebook.page) == []
    marking.drag("moon landing")
    assert violations(notebook.page) == []
    marking.choose("style", "clumsy", "major")
    assert violations(notebook.page) == []
    marking.press("Escape")
    marking.drag("landing was")
    marking.choose("fact", "minor")
    marking.press("Escape", "m")
    expect(marking.root.get_by_role("application")).to_be_focused()
    assert violations(notebook.page) == []


def test_no_key_of_marking_reaches_the_notebook(open_notebook: OpenNotebook) -> None:
    notebook, marking = opened(open_notebook)
    before = notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    marking.rating.enter_by_keyboard()
    marking.press("m")
    expect(marking.root.get_by_role("application")).to_be_focused()
    marking.press("a", "b", "d", "d", "x", "y", "m", "ArrowDown", "Shift+ArrowDown", "1", "1", "x", "d", "d", "Enter")
    assert notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length") == before
    marking.wait_rows(1)
