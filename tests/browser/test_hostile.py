"""Whatever a model wrote is shown exactly as written, and never run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.studies import short

if TYPE_CHECKING:
    from tests.browser.lab import OpenNotebook

HOSTILE = [
    "<script>window.hacked = 1</script>",
    '<img src=x onerror="window.hacked = 2">',
    "[click](javascript:window.hacked=3) and <a href='javascript:window.hacked=4'>this</a>",
    "if a<b and c>d then <think>hm</think> </div></section> done",
    "<svg/onload=window.hacked=5><iframe srcdoc='<script>parent.hacked=6</script>'>",
    "![pixel](https://example.invalid/pixel.png) ![x](data:image/svg+xml,<svg onload=window.hacked=7>)",
    "Unclosed <b>bold and <textarea> and <style>*{display:none}</style> <!-- comment",
    "\u202eevil\u202c bidi \u2066isolate\u2069 a\u200bb",
    "`<script>` and\n```html\n<script>window.hacked = 8</script>\n```",
]


def test_hostile_text_is_seen_as_written_and_never_runs(open_notebook: OpenNotebook) -> None:
    items = json.dumps([{"prompt": text, "response": text, "reference": text, "context": text} for text in HOSTILE])
    notebook = open_notebook([f"HOSTILE = {json.dumps(items)}\nimport json", short("json.loads(HOSTILE)", "hostile")])
    rating = notebook.rating()
    notebook.page.evaluate("() => { window.hacked = 0; }")
    for place, text in enumerate(HOSTILE, start=1):
        rating.wait_heading(f"{place} of {len(HOSTILE)}")
        expect(rating.root.locator(".rw-read")).to_be_visible()
        rating.root.get_by_role("button", name="Show reference").click()
        seen = rating.read()
        for part in ("<script>", "onerror", "<think>hm</think>", "</div></section>", "<textarea>", "<!-- comment"):
            if part in text and "`" not in text:
                assert part in seen, f"{part!r} of item {place} is not seen as written"
        for tag in ("script", "iframe", "img", "svg", "style", "object", "embed", "form"):
            assert rating.root.locator(f".rw-read {tag}").count() == 0
        for link in rating.root.locator(".rw-read a").all():
            assert (link.get_attribute("href") or "").startswith(("http://", "https://", "mailto:"))
        rating.root.locator(".rw-response").get_by_role("button", name="raw").click()
        rating.root.locator(".rw-response").get_by_role("button", name="raw").click()
        rating.choose("Accuracy", 3)
        rating.submit()
    rating.wait_saved(len(HOSTILE))
    assert notebook.page.evaluate("() => window.hacked") == 0


def test_a_million_characters_of_one_word_do_not_freeze_the_page(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(
        [
            short(
                '[{"prompt": "long", "response": "a" * 1_000_000}, {"prompt": "deep", "response": "[" * 20_000}]',
                "long",
            )
        ]
    )
    rating = notebook.rating()
    rating.choose("Accuracy", 3)
    rating.submit()
    rating.choose("Accuracy", 2)
    rating.submit()
    rating.wait_saved(2)


def test_hostile_names_and_words_in_rubric_and_study_are_text(open_notebook: OpenNotebook) -> None:
    cell = """
import rubricwidgets as rw
evil = "<img src=x onerror='window.hacked = 9'>"
rubric = rw.Rubric(evil, guidelines=f"# {evil}", dimensions=[
    rw.Dimension(evil, evil, rw.Ordinal(1, 2, anchors={1: evil}), description=evil, rationale=rw.Rationale(ask=evil)),
    rw.Dimension("n", evil, rw.Nominal([evil, "b"]))])
study = rw.Study(evil, items=[{"prompt": "p", "response": "r"}], rubric=rubric)
widget = study.rate(evil)
widget
"""
    notebook = open_notebook([cell, "rubric", "study", "study.plot.distribution()"])
    rating = notebook.rating()
    expect(rating.root).to_contain_text("<img src=x onerror='window.hacked = 9'>")
    expect(notebook.page.locator(".jp-OutputArea-output").nth(1)).to_be_visible()
    assert rating.root.locator("img").count() == 0
    assert notebook.page.evaluate("() => window.hacked ?? 0") == 0
