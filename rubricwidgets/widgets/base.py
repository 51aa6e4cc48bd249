"""What every widget of the project shares: its bundle, its one live instance, its readable fallback."""

from __future__ import annotations

import threading
import weakref
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
import traitlets as t

from rubricwidgets.errors import RubricWidgetsError

if TYPE_CHECKING:
    from collections.abc import Hashable


class BundleMissingError(RubricWidgetsError):
    """The JavaScript of the widgets is not where it should be."""


@cache
def bundle(name: str) -> str:
    """Return a built file of the browser side.

    Raises
    ------
    BundleMissingError
        In a checkout whose JavaScript was never built.

    """
    file = files("rubricwidgets") / "static" / name
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        msg = (
            f"rubricwidgets/static/{name} is missing: the widgets' JavaScript is not built. "
            "In a checkout run `make build`; otherwise install the package again"
        )
        raise BundleMissingError(msg) from None


class StudyWidget(anywidget.AnyWidget):
    """A widget of one study and one rater, of which at most one is live in a kernel.

    Re-running a cell makes a new widget while the page still holds the old one with its timers and
    listeners. Only the newest may speak for the rater, so showing a new one closes the one before; one that was made and
    never shown disturbs nobody.
    """

    _live: ClassVar[weakref.WeakValueDictionary[Hashable, StudyWidget]] = weakref.WeakValueDictionary()
    _live_lock: ClassVar[threading.Lock] = threading.Lock()

    config = t.Dict().tag(sync=True)

    def __init__(self, identity: Hashable, config: dict[str, Any]) -> None:
        super().__init__(config=config)
        self._identity = identity
        self._in_charge = False

    def _take_over(self) -> None:
        """Speak for the rater from now on: the first time that this widget is shown, or its page says hello."""
        if self._in_charge:
            return
        self._in_charge = True
        with StudyWidget._live_lock:
            previous = StudyWidget._live.get(self._identity)
            StudyWidget._live[self._identity] = self
        if previous is not None and previous is not self:
            previous.close()

    def fallback(self) -> tuple[str, list[str]]:
        """Return a title and paragraphs for where no live widget can be shown."""
        return (type(self).__name__, ["It needs a running kernel: run this cell to see it."])

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:  # noqa: ANN401
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        self._take_over()
        data, metadata = shown
        title, paragraphs = self.fallback()
        data["text/plain"] = "\n".join([title, *paragraphs])
        data["text/html"] = (
            '<div style="border:1px solid #8a8a8a;border-radius:6px;padding:8px 14px;font-family:sans-serif">'
            f"<p><strong>{escape(title)}</strong></p>"
            + "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
            + "</div>"
        )
        return data, metadata
