"""Charts show where notebooks are read, without a network: JupyterLab, Notebook 7, exported HTML."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab, Notebook, write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.lab import OpenNotebook

CELLS = [
    "import rubricwidgets as rw\nstudy = rw.demo()\n_ = rw.simulate(study)",
    "study.plot.distribution()",
    "study.plot.means()",
    "study.plot.heatmap()",
    "study.plot.progress()",
    "study.plot.time()",
    "study.rate('ana')",
    "study.rubric",
    "study.scores()",
]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_charts_are_drawn_in_jupyterlab(open_notebook: OpenNotebook, theme: str) -> None:
    notebook = open_notebook(CELLS)
    notebook.set_theme(theme)
    drawn = notebook.page.locator(".jp-RenderedVegaCommon5 canvas")
    expect(drawn).to_have_count(5, timeout=60_000)
    notebook.rating()


@pytest.fixture(scope="module")
def classic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    server = Lab(tmp_path_factory.mktemp("classic"), app="notebook")
    server.start()
    yield server
    server.end_kernels()
    server.stop()


def test_charts_and_widget_show_in_notebook_7(classic: Lab, page: Page) -> None:
    write_notebook(classic.root / "n" / "charts.ipynb", CELLS)
    notebook = Notebook(classic, page, "n/charts.ipynb")
    notebook.open()
    notebook.run_all()
    drawn = page.locator(".jp-RenderedVegaCommon5 canvas")
    expect(drawn).to_have_count(5, timeout=60_000)
    rating = notebook.rating()
    rating.wait_heading("1 of 27")


def test_exported_html_shows_charts_and_readable_fallbacks_offline(
    open_notebook: OpenNotebook, context: BrowserContext
) -> None:
    notebook = open_notebook(CELLS)
    expect(notebook.page.locator(".jp-RenderedVegaCommon5 canvas")).to_have_count(5, timeout=60_000)
    notebook.page.wait_for_function("() => document.querySelectorAll('.jp-Cell').length === 9")
    expect(notebook.page.locator(".jp-RenderedHTMLCommon table").last).to_be_visible()
    notebook.save()
    saved = notebook.lab.root / notebook.path
    command = [sys.executable, "-m", "nbconvert", "--to", "html", saved.name]
    done = subprocess.run(command, cwd=saved.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    context.set_offline(True)
    page = context.new_page()
    # What nbconvert's own template would fetch for maths and widgets must not be what shows ours.
    page.goto(saved.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    pictures = page.locator(".jp-RenderedSVG svg, .jp-RenderedSVG img")
    expect(pictures).to_have_count(5)
    for picture in pictures.all():
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] > 200
    expect(page.get_by_text("Rating study 'demo' as ana")).to_be_visible()
    expect(page.get_by_text("run this cell to go on rating")).to_be_visible()
    expect(page.get_by_text("Is every claim correct?").first).to_be_visible()
    page.close()
