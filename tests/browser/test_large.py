"""Large studies: only what is looked at travels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.studies import short

if TYPE_CHECKING:
    from tests.browser.lab import OpenNotebook


def test_ten_thousand_items_open_and_only_a_few_travel(open_notebook: OpenNotebook) -> None:
    items = '[{"id": f"i{n}", "prompt": f"Question number {n}? " + "x" * 1000, "response": "y" * 1000} for n in range(10_000)]'
    notebook = open_notebook([short(items, "large")])
    received: list[int] = []
    notebook.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    notebook.reload()
    notebook.run_all()
    rating = notebook.rating()
    rating.wait_heading("1 of 10,000")
    rating.choose("Accuracy", 4)
    rating.submit()
    rating.wait_heading("2 of 10,000")
    rating.wait_saved(1)
    assert sum(received) < 2_000_000
    rating.root.get_by_role("button", name="Items").click()
    panel = rating.root.get_by_role("complementary").or_(rating.root.locator(".rw-panel")).first
    expect(panel).to_contain_text("Question number 0?")
    # A list of ten thousand rows in the page would freeze it: only those that can be seen are there.
    assert panel.locator("[data-index], li, [role=option]").count() < 200
    state = notebook.run(
        "import json; s = widget.get_state(); s.pop('_esm'); s.pop('_css'); print(len(json.dumps(s, default=str)))"
    )
    assert int(state) < 4096


def test_the_models_name_never_reaches_the_browser(open_notebook: OpenNotebook) -> None:
    cell = """
import rubricwidgets as rw
rubric = rw.Rubric("blind", dimensions=[rw.Dimension("accuracy", "?", rw.Ordinal(1, 5))])
name = "".join(["hush", "hush", "9"])
items = [{"id": f"{n}-{name}-item", "prompt": f"Question {n}?", "origin": name, "gold": {"answers": {f"{name}-r": {"accuracy": 5}}},
          "responses": [{"id": f"{name}-r", "text": "one", "model": name}, {"id": f"{name}-s", "text": "two", "model": name}]}
         for n in range(3)]
study = rw.Study("blind", items=items, rubric=rubric)
widget = study.rate("ana")
widget
"""
    notebook = open_notebook([cell], run=False)
    frames: list[str | bytes] = []
    notebook.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
    notebook.reload()
    notebook.run_all()
    rating = notebook.rating()
    rating.root.get_by_role("button", name="Items").click()
    for place in range(1, 4):
        rating.wait_heading(f"{place} of 3")
        rating.choose("Accuracy", 4, response="A")
        rating.choose("Accuracy", 2, response="B")
        rating.submit()
    rating.wait_saved(3)
    assert frames
    for frame in frames:
        text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
        assert "hushhush9" not in text, text[:2000]
    assert "hushhush9" not in notebook.page.content()
    models = json.loads(notebook.run("import json; print(json.dumps(study.scores()['model'].to_list()))"))
    assert set(models) == {"hushhush9"}
