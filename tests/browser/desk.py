"""The author's desk as a person meets it, and the notebooks that open it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.lab import Notebook

MODELS = '''
import asyncio, pathlib, threading, time
import rubricwidgets as rw

class Gated:
    """A model that gives a piece for every file in its way, so that a test decides when it goes on."""
    def __init__(self, *pieces):
        self.pieces = pieces
        self.calls = 0
    def __call__(self, messages):
        self.calls += 1
        for number, piece in enumerate(self.pieces):
            while not pathlib.Path(f"go-{self.calls}-{number}").exists():
                time.sleep(0.01)
            yield piece

def echo(messages):
    yield "You said: "
    yield messages[-1]["content"]

rubric = rw.Rubric("desk", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 5))])
study = rw.Study("desk", items=[{"prompt": "Name a moon of Saturn, please.", "response": "Titan."}], rubric=rubric)
'''


def desk_cell(model: str = "echo", **settings: Any) -> str:
    """Return a cell that opens a desk; ``model`` is an expression, settings are values."""
    return MODELS + f"widget = study.converse({model}, 'ana', **{settings!r})\nwidget\n"


FRAME = """
import json
frame = study.conversations()
print(json.dumps(frame.select({columns}).rows()))
"""


def rows(notebook: Notebook, *columns: str) -> list[list[Any]]:
    """Return columns of the frame of conversations."""
    found: list[list[Any]] = json.loads(
        notebook.run(FRAME.replace("{columns}", ", ".join(f'"{column}"' for column in columns)))
    )
    return found


class DeskPage:
    """One view of the desk."""

    def __init__(self, page: Page, place: int = 0) -> None:
        self.page = page
        self.root: Locator = page.locator("section.rw-desk").nth(place)

    def wait_shown(self) -> DeskPage:
        """Wait until there is something to write in."""
        expect(self.root.locator(".rw-compose textarea")).to_be_visible(timeout=60_000)
        return self

    @property
    def box(self) -> Locator:
        """Where turns are written."""
        return self.root.locator(".rw-compose textarea")

    def understand(self) -> None:
        """Confirm the warning."""
        self.root.get_by_role("button", name="I understand").click()

    def send(self, words: str) -> None:
        """Write a turn and send it with the mouse."""
        self.box.fill(words)
        self.root.locator(".rw-send").click()

    def answers(self) -> Locator:
        """Return the answers that are complete."""
        return self.root.locator("article.rw-reply:not(.rw-growing)")

    def growing(self) -> Locator:
        """Return the answers on their way."""
        return self.root.locator("article.rw-growing")

    def wait_answer(self, words: str, count: int = 1) -> None:
        """Wait until so many answers are complete and the last has these words."""
        expect(self.answers()).to_have_count(count)
        expect(self.answers().last).to_contain_text(words)

    def note(self, words: str) -> Locator:
        """Return what is said beneath a turn or an answer."""
        return self.root.locator(".rw-turn-note", has_text=words)

    def wait_status(self, words: str) -> None:
        """Wait until the status or a notice says so."""
        said = self.root.locator(".rw-status, .rw-notice").filter(has_text=re.compile(re.escape(words), re.IGNORECASE))
        expect(said.first).to_be_visible()

    def wait_draft(self, words: str) -> None:
        """Wait until the browser's storage holds what was typed."""
        self.page.wait_for_function(
            """async (words) => {
              const open = indexedDB.open("rubricwidgets");
              const database = await new Promise((done, fail) => { open.onsuccess = () => done(open.result); open.onerror = fail; });
              const all = database.transaction("drafts").objectStore("drafts").getAll();
              const drafts = await new Promise((done, fail) => { all.onsuccess = () => done(all.result); all.onerror = fail; });
              database.close();
              return JSON.stringify(drafts).includes(words);
            }""",
            arg=words,
        )

    def field(self, name: str) -> Locator:
        """Return a part of the judgement."""
        return self.root.locator(f"[data-field='{name}']")

    def choose(self, field: str, name: str) -> None:
        """Choose a term."""
        self.field(field).locator(f"[data-value='{name}']").click()
