"""A JupyterLab for the browser tests, and pages that may talk to nobody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.browser.lab import KillableBrowser, Lab, Notebook, OpenNotebook, write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, BrowserType, Page, Route

# A condition that comes true is seen at once; how long a loaded machine may take to get there is no matter of the test.
expect.set_options(timeout=30_000)

LOOPBACK = re.compile(r"^(https?|wss?)://(127\.0\.0\.1|localhost|\[::1\])[:/]|^(blob|data|about|file):")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = chromium.find()
    if path is None:
        pytest.fail("the browser tests need Chromium: `make chromium`, or set CHROMIUM to its path")
    return {**browser_type_launch_args, "executable_path": path, "args": list(chromium.ARGUMENTS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    server = Lab(tmp_path_factory.mktemp("lab"))
    server.start()
    yield server
    server.stop()


def confine(context: BrowserContext) -> list[str]:
    """Let a browser talk to this machine alone; return the list that its other attempts go to."""
    tried: list[str] = []

    def elsewhere(route: Route) -> None:
        tried.append(route.request.url)
        route.abort()

    context.route(lambda url: not LOOPBACK.match(url), elsewhere)
    return tried


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    tried = confine(context)
    context.set_default_timeout(30_000)
    opened = context.new_page()
    yield opened
    # An exported page is nbconvert's, which reaches out for MathJax and require.js; ours is never among them.
    ours = [
        url for url in tried if "mathjax" not in url.lower() and "require.js" not in url and "require.min.js" not in url
    ]
    assert not ours, f"the page tried to load from elsewhere: {ours}"


@pytest.fixture
def open_notebook(
    request: pytest.FixtureRequest, lab: Lab, browser_type: BrowserType, tmp_path: Path
) -> Iterator[OpenNotebook]:
    browsers: list[KillableBrowser] = []

    def make(cells: list[str], *, killable: bool = False, run: bool = True) -> Notebook:
        lab.start()
        name = re.sub(r"\W+", "-", request.node.name)[:80].strip("-")
        path = f"{name}/{name}.ipynb"
        write_notebook(lab.root / path, cells)
        browser = None
        if killable:
            profile = tmp_path / "profile"

            def launch() -> BrowserContext:
                context = browser_type.launch_persistent_context(
                    profile,
                    executable_path=chromium.find(),
                    args=list(chromium.ARGUMENTS),
                    viewport={"width": 1280, "height": 900},
                )
                confine(context)
                return context

            browser = KillableBrowser(launch, profile)
            browsers.append(browser)
            opened = browser.start()
        else:
            opened = request.getfixturevalue("page")
        notebook = Notebook(lab, opened, path, browser)
        notebook.open()
        notebook.kernel_pid()
        if run:
            notebook.run_all()
        return notebook

    yield make
    for browser in browsers:
        browser.close()
    lab.end_kernels()
