"""In a real JupyterLab: from running the cell to the first item, and from submitting to the next one."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.row import Row, quantile
from tests.browser import chromium
from tests.browser.lab import Lab, Notebook, write_notebook

ITEMS = '[{"id": f"i{n}", "prompt": f"Question {n}? " + "x" * 1000, "response": f"Answer {n}. " + "y" * 1000} for n in range(10_000)]'
OURS = f"""
import rubricwidgets as rw
names = ("accuracy", "relevance", "clarity", "tone", "safety", "overall")
rubric = rw.Rubric("bench", dimensions=[rw.Dimension(name, "How good is it?", rw.Ordinal(1, 5)) for name in names])
study = rw.Study("bench", items={ITEMS}, rubric=rubric, plan=rw.Plan(shuffle_items=False))
"""
PEER = f"import molabel\nexamples = {ITEMS}"
SHOW = {
    "ours": ("study.rate('ana')", "section.rw .rw-read"),
    "molabel": (
        "molabel.SimpleLabel(examples=examples, render=lambda one: one['prompt'])",
        ".jp-OutputArea-output button",
    ),
}

# Runs the cell and waits for what must be seen; everything is timed inside the page.
PAINT = """async ([place, selector]) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = place;
  const cell = notebook.widgets[place];
  const start = performance.now();
  window.jupyterapp.commands.execute("notebook:run-cell");
  const old = cell.node.querySelector(selector);
  for (;;) {
    await new Promise((done) => requestAnimationFrame(done));
    const seen = cell.node.querySelector(selector);
    if (seen && seen !== old && seen.getBoundingClientRect().height > 0) break;
    if (performance.now() - start > 60000) throw new Error("nothing was painted");
  }
  await new Promise((done) => { const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); });
  return performance.now() - start;
}"""

SUBMIT = """async (count) => {
  const root = document.querySelector("section.rw");
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0);
  }));
  const saved = () => Number(root.querySelector("[role=progressbar]").getAttribute("aria-valuenow"));
  const place = () => root.querySelector(".rw-place").textContent;
  const until = (holds) => new Promise((done) => {
    const look = () => (holds() ? done(performance.now()) : new MutationObserver((_, observer) => {
      if (holds()) { observer.disconnect(); done(performance.now()); }
    }).observe(root, { subtree: true, childList: true, characterData: true, attributes: true }));
    look();
  });
  const painted = [], acknowledged = [];
  for (let n = 0; n < count; n++) {
    for (const stop of root.querySelectorAll('[data-value="4"]')) stop.click();
    await frame();
    // Nobody rates faster: what the last item set off has come to rest.
    await new Promise((done) => setTimeout(done, 150));
    const [before, was] = [saved(), place()];
    const start = performance.now();
    const acked = until(() => saved() > before);
    const moved = until(() => place() !== was && root.querySelector(".rw-read"));
    root.querySelector(".rw-primary").click();
    await moved;
    await frame();
    painted.push(performance.now() - start);
    acknowledged.push((await acked) - start);
  }
  return { painted, acknowledged };
}"""


def first_paint(lab: Lab, page: Page, who: str, preparation: str) -> float:
    show, selector = SHOW[who]
    write_notebook(lab.root / who / f"{who}.ipynb", [preparation, show])
    notebook = Notebook(lab, page, f"{who}/{who}.ipynb")
    notebook.open()
    notebook.run(preparation)
    times = [float(page.evaluate(PAINT, [1, selector])) / 1000 for _ in range(6)]
    return statistics.median(times[1:])


def submissions(lab: Lab, page: Page) -> tuple[dict[str, list[float]], list[int]]:
    frames: list[int] = []

    def heard(frame: Any) -> None:
        text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
        at = text.find('"kind":"submit"')
        if at >= 0:
            frames.append(len(frame))

    page.on("websocket", lambda socket: socket.on("framesent", heard))
    write_notebook(lab.root / "submit" / "submit.ipynb", [OURS + "widget = study.rate('ana')\nwidget"])
    notebook = Notebook(lab, page, "submit/submit.ipynb")
    notebook.open()
    notebook.run_all()
    notebook.rating()
    page.evaluate(SUBMIT, 10)
    return page.evaluate(SUBMIT, 200), frames


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        lab.start()
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.ARGUMENTS))
        try:
            ours = first_paint(lab, browser.new_page(), "ours", OURS)
            peers = first_paint(lab, browser.new_page(), "molabel", PEER)
            times, frames = submissions(lab, browser.new_page(viewport={"width": 1280, "height": 900}))
        finally:
            browser.close()
            lab.end_kernels()
            lab.stop()
    rows = [Row("cell run to first paint, 10,000 items, warm", ours, "s", "molabel 0.1.5", peers, 0.5)]
    for name, words in (
        ("painted", "submit to next item painted"),
        ("acknowledged", "submit to durable acknowledgement"),
    ):
        rows.append(Row(f"{words}, p50 of 200", quantile(times[name], 0.5), "ms", at_most=25))
        rows.append(Row(f"{words}, p95 of 200", quantile(times[name], 0.95), "ms", at_most=60))
    rows.append(Row("payload of a submission, six dimensions", max(frames), "bytes", at_most=4096))
    return rows


if __name__ == "__main__":
    print(json.dumps([row.__dict__ for row in run()], indent=1))
