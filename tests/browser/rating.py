"""The rating widget as a person meets it: by what it shows and by the names of its controls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

_DRAFTS = """async () => {
  const open = indexedDB.open("rubricwidgets");
  const database = await new Promise((done, fail) => { open.onsuccess = () => done(open.result); open.onerror = fail; });
  const all = database.transaction("drafts").objectStore("drafts").getAll();
  const drafts = await new Promise((done, fail) => { all.onsuccess = () => done(all.result); all.onerror = fail; });
  database.close();
  return JSON.stringify(drafts);
}"""


class RatingPage:
    """One view of the rating widget."""

    def __init__(self, page: Page, place: int = 0) -> None:
        self.page = page
        self.root: Locator = page.locator("section.rw").nth(place)
        self._last: str | None = None

    # Waiting for what must become true

    def wait_shown(self) -> None:
        """Wait until the widget shows an item or the end."""
        expect(self.root.locator(".rw-read, .rw-warning, .rw-closing").first).to_be_visible(timeout=60_000)

    def wait_heading(self, words: str) -> None:
        """Wait until the place reads so: ``2 of 12``."""
        expect(self.root.locator(".rw-place")).to_contain_text(words)

    def wait_saved(self, count: int) -> None:
        """Wait until so many are saved."""
        expect(self.root.get_by_role("progressbar")).to_have_attribute("aria-valuenow", str(count))

    def wait_waiting(self, count: int) -> None:
        """Wait until so many wait to be saved."""
        status = self.root.locator(".rw-status")
        if count:
            expect(status).to_have_text(re.compile(rf"\b{count} waiting|saving {count}\b"))
        else:
            expect(status).not_to_have_text(re.compile(r"waiting|saving"))

    def wait_status(self, words: str) -> None:
        """Wait until the status or a notice says so."""
        said = self.root.locator(".rw-status, .rw-notice").filter(has_text=re.compile(re.escape(words), re.IGNORECASE))
        expect(said.first).to_be_visible()

    def wait_draft_kept(self) -> None:
        """Wait until the last thing done is in the browser's storage."""
        last = self._last or ""
        self.page.wait_for_function(f"async (last) => (await ({_DRAFTS})()).includes(last)", arg=last)

    def wait_marked(self, title: str) -> None:
        """Wait until this dimension is the one that keys go to."""
        expect(
            self.root.locator("section.rw-dimension.rw-now").get_by_role("heading", name=title, exact=True)
        ).to_be_visible()

    def wait_conflict(self) -> None:
        """Wait until the widget says that another tab rated this item too."""
        expect(self.root.get_by_text("was also rated in another tab")).to_be_visible()

    # Reading

    def heading(self) -> str:
        """Return the place: ``2 of 12``."""
        found = re.search(r"[\d,]+ of [\d,]+", self.root.locator(".rw-place").inner_text())
        return found[0] if found else ""

    def saved(self) -> int:
        """Return how many items are saved."""
        return int(self.root.get_by_role("progressbar").get_attribute("aria-valuenow") or 0)

    def status(self) -> str:
        """Return the status line."""
        return self.root.locator(".rw-status").inner_text()

    def value(self, title: str, response: str | None = None) -> str:
        """Return what a judgment says of its value: ``2``, ``not set``."""
        section = self.slot(title, response).locator("xpath=ancestor-or-self::section[@data-dimension]")
        own = self.slot(title, response).locator(".rw-said")
        said = own if own.count() else section.locator(".rw-said")
        return said.first.inner_text()

    def rationale(self, title: str, response: str | None = None) -> str:
        """Return the words in a rationale box."""
        return self.slot(title, response).locator("textarea").input_value()

    def read(self) -> str:
        """Return the text of the reading pane as it is seen."""
        return self.root.locator(".rw-read").inner_text()

    # Doing, by mouse

    def slot(self, title: str, response: str | None = None) -> Locator:
        """Return the place of one judgment."""
        dimension = self.root.locator("section[data-dimension]").filter(
            has=self.page.get_by_role("heading", name=title, exact=True)
        )
        rows = dimension.locator("[data-slot]")
        return rows.locator(f"xpath=self::*[@data-response='{response}']") if response else rows.first

    def choose(self, title: str, value: Any, response: str | None = None) -> None:
        """Set a judgment with the mouse."""
        slot = self.slot(title, response)
        slider = slot.get_by_role("slider")
        if slider.count():
            box = slider.locator(".rw-groove").bounding_box()
            low, high = (float(slider.get_attribute(f"aria-value{end}") or 0) for end in ("min", "max"))
            if box is None:
                msg = f"the slider of {title!r} is not on the screen"
                raise AssertionError(msg)
            share = (float(value) - low) / (high - low)
            slider.locator(".rw-groove").click(position={"x": share * box["width"], "y": box["height"] / 2}, force=True)
        elif isinstance(value, list):
            for one in value:
                slot.locator(f"[data-value='{one}']").click()
        else:
            name = str(value).lower() if isinstance(value, bool) else str(value)
            slot.locator(f"[data-value='{name}']").click()
        self._last = (
            f'"value":{"true" if value is True else "false" if value is False else value}'
            if not isinstance(value, list)
            else f'"{value[-1]}"'
        )

    def write_rationale(self, title: str, words: str, response: str | None = None) -> None:
        """Type a rationale."""
        slot = self.slot(title, response)
        box = slot.locator("textarea")
        if not box.count():
            slot.get_by_role("button", name="+ rationale").click()
        box.fill(words)
        self._last = words

    def rate_all(self, *, accuracy: int, overall: int, safe: bool, faults: list[str]) -> None:
        """Answer every dimension of the pilot study."""
        self.choose("Accuracy", accuracy)
        self.choose("Overall", overall)
        self.choose("Safe", safe)
        self.choose("Faults", faults)

    def enter_by_keyboard(self) -> None:
        """Move the focus into the widget by Tab alone."""
        inside = "(root) => root.contains(document.activeElement)"
        for _ in range(200):
            if self.root.evaluate(inside):
                break
            self.page.keyboard.press("Tab")
        if not self.root.evaluate(inside):
            msg = "Tab never reached the widget"
            raise AssertionError(msg)

    def submit(self) -> None:
        """Click the submit button and wait until the next item, or the end, is on the screen."""
        before = self.root.locator(".rw-place").inner_text()
        self.root.get_by_role("button", name=re.compile("^Submit")).click()
        if self.root.locator(".rw-warn").count():
            return
        place = re.search(r"[\d,]+ of [\d,]+", before)
        if place:
            expect(self.root.locator(".rw-place")).not_to_contain_text(place[0])

    def resolve_conflict(self, keep: str) -> None:
        """Choose which of two ratings counts."""
        name = "Use this tab's" if keep == "mine" else "Keep the other tab's"
        self.root.get_by_role("button", name=name).click()
