"""Makes the README's pictures from the real widget: ``make screenshots``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.browser.lab import Lab, Notebook, write_notebook

OUT = Path(__file__).resolve().parents[2] / "docs"
CELL = """
import rubricwidgets as rw
study = rw.demo(plan=rw.Plan(shuffle_items=False, shuffle_responses=False))
study.rate("ana")
"""


def main() -> None:
    """Rate a little of the demo study and take its picture in light and dark."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        lab.start()
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.ARGUMENTS))
        page = browser.new_page(viewport={"width": 1560, "height": 1300}, device_scale_factor=1.5)
        write_notebook(lab.root / "demo.ipynb", [CELL])
        notebook = Notebook(lab, page, "demo.ipynb")
        notebook.open()
        notebook.command("application:toggle-left-area")
        notebook.run_all()
        rating = notebook.rating()
        rating.root.get_by_role("button", name="Guidelines").click()
        rating.root.get_by_role("button", name="Items").click()
        rating.root.locator(".rw-panel").get_by_text("warfarin").first.click()
        rating.wait_heading("3 of 27")
        rating.root.get_by_role("button", name="Items").click()
        rating.choose("Accuracy", 5, response="A")
        rating.choose("Accuracy", 5, response="B")
        rating.choose("Accuracy", 2, response="C")
        rating.choose("Instruction following", 2, response="B")
        rating.write_rationale("Accuracy", "Unlimited grapefruit is not fine with warfarin", response="C")
        for theme, name in (("JupyterLab Light", "light"), ("JupyterLab Dark", "dark")):
            notebook.set_theme(theme)
            rating.root.screenshot(path=OUT / f"rating-{name}.png")
        browser.close()
        lab.stop()


if __name__ == "__main__":
    main()
