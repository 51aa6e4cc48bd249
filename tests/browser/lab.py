"""A real JupyterLab, started, broken and driven as a person would; waits are for conditions, never for a time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import nbformat
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.rating import RatingPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

STARTS = 90.0
CONTEXT = "window.jupyterapp?.shell?.currentWidget?.context?.sessionContext"
_FIRST = "window.jupyterapp.shell.currentWidget.content.widgets.find((one) => one.model.type === 'code')"
#: Whether the first cell has begun, and whether it was run; a run that was dropped leaves no number.
BEGUN = f"() => {_FIRST}?.inputArea?.promptNode?.textContent.includes('*')"
RAN = f"() => /\\d/.test({_FIRST}?.inputArea?.promptNode?.textContent ?? '0')"
IDLE = f"() => {{ const k = {CONTEXT}?.session?.kernel; return k && k.status === 'idle' && k.connectionStatus === 'connected'; }}"
ANSWERS = f"""async () => {{
  const kernel = {CONTEXT}.session.kernel;
  const answered = kernel.requestExecute({{ code: "", store_history: false }}).done.then(() => true, () => false);
  return Promise.race([answered, new Promise((done) => setTimeout(done, 2000, false))]);
}}"""
REPOSITORY = Path(__file__).resolve().parents[2]


class OpenNotebook(Protocol):
    """The ``open_notebook`` fixture."""

    def __call__(self, cells: list[str], *, killable: bool = False, run: bool = True) -> Notebook: ...


class Lab:
    """A Jupyter server of its own: own folders, own port, no token, loopback only."""

    def __init__(self, root: Path, app: str = "lab") -> None:
        self.root = root
        self.app = app
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        settings = root / ".config" / "labconfig"
        settings.mkdir(parents=True)
        off = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
        (settings / "page_config.json").write_text(json.dumps(off))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, unless it runs, and wait until it answers."""
        if self._process is not None and self._process.poll() is None:
            return
        folders = {
            "JUPYTER_CONFIG_DIR": ".config",
            "JUPYTER_DATA_DIR": ".data",
            "JUPYTER_RUNTIME_DIR": ".runtime",
            "JUPYTERLAB_SETTINGS_DIR": ".settings",
            "JUPYTERLAB_WORKSPACES_DIR": ".workspaces",
            "IPYTHONDIR": ".ipython",
        }
        environment = {**os.environ, **{name: str(self.root / folder) for name, folder in folders.items()}}
        environment["PYTHONPATH"] = str(REPOSITORY)
        environment["JUPYTER_PREFER_ENV_PATH"] = "1"
        command = [
            *(sys.executable, "-m", "jupyter", self.app, "--no-browser", "--allow-root", "--ip=127.0.0.1"),
            *(f"--port={self.port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="),
            *("--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={self.root}", "--expose-app-in-browser"),
        ]
        log = (self.root / "server.log").open("ab")
        self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        log.close()
        until(self._answers, "the server answers", STARTS)

    def stop(self) -> None:
        """Stop the server and its kernels, as somebody who switches it off."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        self._process = None

    def api(self, path: str, method: str = "GET") -> Any:
        """Ask the server's REST interface."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def end_kernels(self) -> None:
        """End every kernel of this server."""
        with contextlib.suppress(OSError):
            for session in self.api("sessions"):
                with contextlib.suppress(OSError):
                    self.api(f"sessions/{session['id']}", "DELETE")

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            tail = (self.root / "server.log").read_text(errors="replace")[-3000:]
            msg = f"the server ended:\n{tail}"
            raise RuntimeError(msg)
        try:
            self.api("status")
        except OSError:
            return False
        return True


class Notebook:
    """One notebook in one tab of one browser."""

    def __init__(self, lab: Lab, page: Page, path: str, browser: KillableBrowser | None = None) -> None:
        self.lab = lab
        self.page = page
        self.path = path
        self.pid = 0
        self._browser = browser

    # Opening and running

    def open(self) -> None:
        """Open the notebook and wait for its kernel."""
        tree = "lab/tree" if self.lab.app == "lab" else "notebooks"
        query = "?reset" if self.lab.app == "lab" else ""
        self.page.goto(f"{self.lab.url}/{tree}/{self.path}{query}", wait_until="domcontentloaded")
        self._wait_opened()

    def reload(self) -> None:
        """Reload the page."""
        self.page.reload(wait_until="domcontentloaded")
        self._wait_opened()

    def reopen(self) -> None:
        """Open the notebook again, in a new browser if the old one was killed."""
        if self._browser is not None and self._browser.killed:
            self.page = self._browser.start()
        self.open()

    def second_tab(self) -> Notebook:
        """Open the same notebook in another tab of the same browser."""
        other = Notebook(self.lab, self.page.context.new_page(), self.path)
        other.open()
        return other

    def run_all(self) -> None:
        """Run every cell; what a kernel that has only just come drops is sent to it again."""
        for _ in range(4):
            self.command("notebook:run-all-cells")
            try:
                self.page.wait_for_function(BEGUN, timeout=5_000)
            except PlaywrightTimeout:
                if self.page.evaluate(RAN):
                    return  # it ended before anybody looked
                continue
            try:
                self.page.wait_for_function(f"() => !({BEGUN})()", timeout=20_000)
            except PlaywrightTimeout:
                return  # it runs still
            if self.page.evaluate(RAN):
                return

    def run_cell(self, place: int) -> None:
        """Run one cell, by its place from 0."""
        self.page.evaluate(
            """(place) => {
              window.jupyterapp.shell.currentWidget.content.activeCellIndex = place;
              window.jupyterapp.commands.execute("notebook:run-cell");
            }""",
            place,
        )

    def command(self, name: str) -> None:
        """Run a command of JupyterLab."""
        self.page.evaluate("(name) => { window.jupyterapp.commands.execute(name); }", name)

    def save(self) -> None:
        """Save the notebook and wait until it is."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")

    def run(self, code: str) -> str:
        """Run code in the notebook's kernel and return what it printed; an error is raised here."""
        result = self.page.evaluate(
            f"""async (code) => {{
              const kernel = {CONTEXT}.session.kernel;
              const future = kernel.requestExecute({{ code, store_history: false }});
              let text = "", error = null;
              future.onIOPub = (message) => {{
                if (message.header.msg_type === "stream" && message.content.name === "stdout") text += message.content.text;
                if (message.header.msg_type === "error") error = message.content.traceback.join("\\n");
              }};
              await future.done;
              return {{ text, error }};
            }}""",
            code,
        )
        if result["error"]:
            raise AssertionError(result["error"])
        return str(result["text"])

    def rating(self, place: int = 0) -> RatingPage:
        """Return the rating widget, once it shows an item."""
        page = RatingPage(self.page, place)
        page.wait_shown()
        return page

    # Breaking things

    def restart_kernel(self) -> None:
        """Restart the kernel as the menu does."""
        self.page.evaluate(f"() => {CONTEXT}.session.kernel.restart()")
        self.page.wait_for_function(IDLE)
        self.pid = 0

    def kill_kernel(self) -> None:
        """Kill the kernel as a crash does, and wait until the page has noticed."""
        os.kill(self.kernel_pid(), signal.SIGKILL)
        self.wait_kernel_died()

    def wait_kernel_died(self) -> None:
        """Wait until JupyterLab knows that the kernel died."""
        self.page.wait_for_function("() => window.kernelStatuses.some((one) => /restarting|dead/.test(one))")
        self.page.evaluate("() => { window.kernelStatuses = []; }")
        self.pid = 0

    def wait_kernel(self) -> None:
        """Wait for the kernel that JupyterLab starts for a dead one, until it answers: what is sent before may be dropped."""
        self.page.wait_for_function(IDLE)
        self.page.wait_for_function(ANSWERS)

    def freeze_kernel(self) -> None:
        """Stop the kernel's process: it is there and answers nothing."""
        os.kill(self.kernel_pid(), signal.SIGSTOP)

    def thaw_kernel(self) -> None:
        """Let a frozen kernel go on."""
        os.kill(self.kernel_pid(), signal.SIGCONT)

    def kernel_pid(self) -> int:
        """Return the kernel's process id; it must have been asked while the kernel could answer."""
        if not self.pid:
            self.pid = int(self.run("import os; print(os.getpid())"))
        return self.pid

    def start_long_cell(self) -> Callable[[], None]:
        """Start a cell that runs until the returned function is called."""
        gate = self.lab.root / Path(self.path).parent / "gate"
        started = self.lab.root / Path(self.path).parent / "started"
        code = (
            "import pathlib, time\npathlib.Path('started').touch()\n"
            "while not pathlib.Path('gate').exists():\n    time.sleep(0.02)\n"
        )
        self.page.evaluate(f"(code) => {{ {CONTEXT}.session.kernel.requestExecute({{ code }}); }}", code)
        until(started.exists, "the long cell has started")

        def finish() -> None:
            gate.touch()
            self.page.wait_for_function(IDLE)

        return finish

    def kill_browser(self) -> None:
        """Kill the browser's processes, as a crash or the power does."""
        if self._browser is None:
            msg = "only a notebook opened with killable=True has a browser of its own"
            raise RuntimeError(msg)
        self._browser.kill()

    # Looking

    def set_theme(self, name: str) -> None:
        """Switch JupyterLab's theme and wait until it is there."""
        self.page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name)
        # The styles are there when the body says so and the splash that hides the change is gone.
        self.page.wait_for_function(
            "(name) => document.body.dataset.jpThemeName === name && !document.getElementById('jupyterlab-splash')",
            arg=name,
        )

    def live_sessions(self) -> int:
        """Return how many sessions of the widget are alive in the page."""
        return int(
            self.page.evaluate("() => window[Symbol.for('rubricwidgets.sessions')]?.size ?? 0"),
        )

    def _wait_opened(self) -> None:
        # JupyterLab says in a dialog that a kernel died or the server is away; a person dismisses it and goes on.
        dialog = self.page.locator(".jp-Dialog")
        self.page.add_locator_handler(dialog, lambda: dialog.locator("button").last.click())
        self.page.wait_for_function(IDLE)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.evaluate(
            f"() => {{ window.kernelStatuses = []; {CONTEXT}.session.kernel.statusChanged.connect("
            "(_, status) => window.kernelStatuses.push(status)); }"
        )


class KillableBrowser:
    """A browser whose profile outlives its processes."""

    def __init__(self, launch: Callable[[], Any], profile: Path) -> None:
        self._launch = launch
        self._profile = profile
        self._context: Any = None
        self.killed = False

    def start(self) -> Page:
        """Start the browser on its profile and return its page."""
        self._context = self._launch()
        self._context.set_default_timeout(30_000)
        self.killed = False
        page: Page = self._context.pages[0] if self._context.pages else self._context.new_page()
        return page

    def kill(self) -> None:
        """Kill every process that runs on the profile."""
        mark = str(self._profile).encode()
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if mark in (folder / "cmdline").read_bytes():
                    os.kill(int(folder.name), signal.SIGKILL)
        self.killed = True
        (self._profile / "SingletonLock").unlink(missing_ok=True)

    def close(self) -> None:
        """Close the browser if it is still there."""
        if not self.killed and self._context is not None:
            self._context.close()


def write_notebook(path: Path, cells: list[str]) -> None:
    """Write a notebook of code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def until(holds: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Wait until a condition holds; fail with its words."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            msg = f"waited {seconds:.0f} s in vain until {what}"
            raise TimeoutError(msg)
        time.sleep(0.03)
