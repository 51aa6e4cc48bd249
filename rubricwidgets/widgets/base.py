"""What every widget of the project shares: its bundle, its one live instance, its messages, its readable fallback."""

from __future__ import annotations

import threading
import weakref
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
import traitlets as t

from rubricwidgets.errors import RubricWidgetsError, StoreError
from rubricwidgets.widgets.fields import ProtocolError
from rubricwidgets.widgets.messages import outgoing

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

    #: The message that submits: its class, the field that holds what is submitted, and the field of a refusal that says where.
    _submission: ClassVar[type]
    _submitted: ClassVar[str]
    _where: ClassVar[str]

    def __init__(self, identity: Hashable, config: dict[str, Any]) -> None:
        # Handlers run on a kernel subshell's thread, or on the main one while a cell touches the widget.
        self._lock = threading.RLock()
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

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        """Take a message from the page: it is answered, whatever happens, since somebody waits for it."""
        try:
            message = self._parse(content)
        except ProtocolError as error:
            self._refuse(content, str(error))
            return
        with self._lock:
            try:
                self._answer(message)
            except StoreError as error:
                self._trouble(message, str(error), retry=True)
            except Exception as error:
                # A defect of ours: whoever waits for an answer must not wait for ever.
                self.log.exception("rubricwidgets: %s could not be answered", type(message).__name__)
                self._trouble(message, f"the kernel could not take this ({type(error).__name__}: {error})", retry=False)

    def _parse(self, content: object) -> Any:  # noqa: ANN401 - each widget has messages of its own
        raise NotImplementedError

    def _answer(self, message: Any) -> None:  # noqa: ANN401 - as above
        raise NotImplementedError

    def _nack(self, message: Any, words: str, *, retry: bool = False) -> None:  # noqa: ANN401 - as above
        raise NotImplementedError

    def _say(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 - JSON
        self.send(outgoing(kind, **fields))

    def _send_source(self, name: str, source: str) -> None:
        """Send a part of the program; the empty one says that there is none of this name."""
        self.send(outgoing("chunk", name=name), buffers=[source.encode()] if source else [])

    def _trouble(self, message: object, words: str, *, retry: bool) -> None:
        """Say that a message could not be served: to what was submitted that it is not saved, to anything else why."""
        if isinstance(message, self._submission):
            self._nack(message, words, retry=retry)
        else:
            self._say("trouble", error=words)

    def _refuse(self, content: object, words: str) -> None:
        """Answer a message that cannot be read; one that submits something must hear that it was not saved."""
        what = content.get(self._submitted) if isinstance(content, dict) else None
        name = what.get("id") if isinstance(what, dict) else None
        self.log.warning("rubricwidgets: %s", words)
        if isinstance(name, str):
            self._say("nack", id=name, retry=False, error=words, problems=[], **{self._where: None})

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
