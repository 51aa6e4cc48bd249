"""It is legible and reachable: axe finds nothing in any theme, and nothing is cut at any width."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.studies import pilot

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.lab import OpenNotebook

AXE = Path(__file__).resolve().parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast")
DEMO = """
import rubricwidgets as rw
study = rw.demo(plan=rw.Plan(shuffle_items=False, shuffle_responses=False))
widget = study.rate("ana")
widget
"""


def violations(page: Page, within: str = "section.rw") -> list[str]:
    """Return what axe finds wrong inside the widget, or a part of it."""
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "async (within) => (await axe.run(within, { rules: { 'region': { enabled: false } } })).violations", within
    )
    return [f"{one['id']}: {json.dumps([node['html'][:200] for node in one['nodes']][:3])}" for one in found]


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_wrong_in_any_theme(open_notebook: OpenNotebook, theme: str) -> None:
    notebook = open_notebook([DEMO])
    notebook.set_theme(theme)
    rating = notebook.rating()
    expect(rating.root.locator(".rw-md").first).to_be_visible()
    # The guidelines open on first use: they are looked at with the rest.
    assert violations(notebook.page) == []
    rating.root.get_by_role("button", name="Guidelines").click()
    rating.choose("Accuracy", 1, response="A")
    rating.root.get_by_role("button", name="Items").click()
    assert violations(notebook.page) == []
    rating.root.get_by_role("button", name="Items").click()
    rating.root.get_by_role("button", name="Keys").click()
    assert violations(notebook.page) == []


@pytest.mark.parametrize("width", [480, 760, 1100, 1600])
def test_nothing_is_cut_at_any_width(open_notebook: OpenNotebook, width: int) -> None:
    notebook = open_notebook([DEMO, pilot()])
    rating = notebook.rating()
    rating.root.evaluate("(root, width) => { root.style.width = `${width}px`; root.style.maxWidth = 'none'; }", width)
    for panel in (None, "Guidelines"):
        if panel:
            rating.root.get_by_role("button", name=panel).click()
        cut = rating.root.evaluate(
            """(root) => [...root.querySelectorAll('*')].filter((one) => {
              const style = getComputedStyle(one);
              const scrolls = /auto|scroll/.test(style.overflowX);
              return one.clientWidth > 0 && !scrolls && style.display !== 'inline'
                && one.scrollWidth > one.clientWidth + 1 && style.position !== 'absolute' && !one.closest('.rw-track, math');
            }).map((one) => one.className + ' ' + one.scrollWidth + '>' + one.clientWidth).slice(0, 5)"""
        )
        assert cut == []


@pytest.mark.parametrize("width", [480, 900, 1280])
def test_bar_text_questions_and_the_way_on_are_in_sight_together(open_notebook: OpenNotebook, width: int) -> None:
    notebook = open_notebook([DEMO])
    rating = notebook.rating()
    rating.root.evaluate("(root, width) => { root.style.width = `${width}px`; root.style.maxWidth = 'none'; }", width)
    rating.root.get_by_role("button", name="Guidelines").click()  # they opened by themselves, and close
    for open_form in (None, "Skip"):
        if open_form:
            rating.root.get_by_role("button", name=open_form, exact=True).click()
        heights = rating.root.evaluate(
            """(root) => {
              let pane = root.parentElement;
              // JupyterLab's own: an output's box scrolls too, and is as high as what is in it.
              pane = root.closest(".jp-WindowedPanel-outer");
              return [root.offsetHeight, pane.clientHeight, ...['.rw-read', '.rw-ask'].map((one) => root.querySelector(one).clientHeight)];
            }"""
        )
        whole, pane, reading, asking = heights
        assert min(pane - 40, 800) <= whole <= pane
        assert reading >= 100
        assert asking >= 180


def test_the_widget_is_named_and_its_controls_have_roles(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    expect(notebook.page.get_by_role("region", name="Rating: pilot")).to_be_visible()
    expect(rating.root.get_by_role("radiogroup", name="Accuracy, not set")).to_be_visible()
    expect(rating.root.get_by_role("slider", name="Overall")).to_have_attribute("aria-valuetext", "not set")
    rating.choose("Accuracy", 3)
    expect(rating.root.get_by_role("radio", name="3, minor slips")).to_be_checked()
