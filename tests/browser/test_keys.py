"""No key that a rater presses reaches the notebook, and none is trapped in the widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.studies import pilot

if TYPE_CHECKING:
    from tests.browser.lab import Notebook, OpenNotebook

#: What JupyterLab's command mode does with each: another cell type, moving, deleting, inserting, copying, restarting.
LEAKS = (
    *(
        "m",
        "y",
        "r",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "a",
        "b",
        "c",
        "x",
        "v",
        "z",
        "s",
        "f",
        "h",
        "i",
        "k",
        "j",
        "o",
        "l",
    ),
    *("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Enter", "Escape", "Delete", "Backspace", "Space"),
    *("Shift+m", "Shift+ArrowDown", "Shift+l", "Shift+o", "PageUp", "PageDown", "Home", "End", "0", "[", "]", "?", "/"),
)


def cells(notebook: Notebook) -> str:
    return str(
        notebook.page.evaluate(
            """() => JSON.stringify(
              window.jupyterapp.shell.currentWidget.content.widgets.map((cell) => [cell.model.type, cell.model.sharedModel.source]))
              + window.jupyterapp.shell.currentWidget.content.activeCellIndex"""
        )
    )


@pytest.mark.parametrize("control", ["stop", "slider", "field", "button", "checkbox", "textarea", "pane"])
def test_no_key_leaks_to_the_notebook(open_notebook: OpenNotebook, control: str) -> None:
    notebook = open_notebook([pilot(), "x = 1", "y = 2"])
    rating = notebook.rating()
    places = {
        "stop": rating.slot("Accuracy").get_by_role("radio").first,
        "slider": rating.slot("Overall").get_by_role("slider"),
        "field": rating.slot("Overall").get_by_role("textbox"),
        "button": rating.root.get_by_role("button", name="Next", exact=True),
        "checkbox": rating.slot("Faults").get_by_role("checkbox").first,
        "textarea": rating.slot("Accuracy").locator("textarea"),
        "pane": rating.root.locator(".rw-read"),
    }
    if control == "textarea":
        rating.slot("Accuracy").get_by_role("button", name="+ rationale").click()
    notebook.command("notebook:enter-command-mode")
    places[control].focus()
    before = cells(notebook)
    for key in LEAKS:
        if rating.root.evaluate("(root) => !root.contains(document.activeElement)"):
            places[control].focus()
        notebook.page.keyboard.press(key)
        assert cells(notebook) == before, f"{key!r} on the {control} reached the notebook"
    assert rating.root.is_visible()


def test_control_s_still_saves_the_notebook(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    rating.slot("Accuracy").get_by_role("radio").first.focus()
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")


def test_tab_goes_through_the_widget_and_out_of_it(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot(), "x = 1"])
    rating = notebook.rating()
    rating.root.get_by_role("button", name="Guidelines").focus()
    inside = "(root) => root.contains(document.activeElement)"
    for _ in range(80):
        notebook.page.keyboard.press("Tab")
        if not rating.root.evaluate(inside):
            break
    assert not rating.root.evaluate(inside)
    for _ in range(80):
        notebook.page.keyboard.press("Shift+Tab")
        if rating.root.evaluate(inside):
            break
    assert rating.root.evaluate(inside)
