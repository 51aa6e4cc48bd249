"""The rating widget, kernel side: checks what the page submits, makes it durable, and only then says so."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING

import traitlets as t
from ipywidgets.widgets.widget import CallbackDispatcher

from rubricwidgets.errors import AnswerError, StoreError
from rubricwidgets.process.lineup import Lineup
from rubricwidgets.ratings import Rating, check
from rubricwidgets.store.base import State, state_of
from rubricwidgets.widgets import protocol
from rubricwidgets.widgets.base import BundleMissingError, StudyWidget, bundle
from rubricwidgets.widgets.fields import MAX_SECONDS, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rubricwidgets.scales.base import Scale
    from rubricwidgets.study import Study

#: Seconds after the first word from the page before the charts' libraries load in the background: the
#: first item is on screen by then, and the rater is reading.
PRELOAD_AFTER = 3.0


class RatingWidget(StudyWidget):
    """One rater's view of a study; what ``study.rate("ana")`` returns.

    Parameters
    ----------
    study
        The study to rate.
    rater
        Who rates; kept in the kernel, whatever the page says.

    Attributes
    ----------
    saved : int
        Items that the store holds a rating or skip of, by this rater. Observable.
    last_rating : Rating or None
        What was saved last. Observable.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> widget = study.rate("ana")  # doctest: +SKIP
    >>> widget.on_rating(lambda rating: print(rating.item))  # doctest: +SKIP

    """

    saved = t.Int(0, read_only=True)
    last_rating = t.Instance(Rating, allow_none=True, read_only=True)

    def __init__(self, study: Study, rater: str) -> None:
        self._esm, self._css = bundle("rating.js"), bundle("rating.css")
        self._study = study
        self._lineup = Lineup(study.items, study.plan, study.id, rater)
        self._boot = uuid.uuid4().hex
        # Handlers run on a kernel subshell's thread, or on the main one while a cell touches the widget.
        self._lock = threading.RLock()
        self._saved_callbacks = CallbackDispatcher()
        self._preload: threading.Timer | None = None
        super().__init__(
            identity=(study.id, rater),
            config={
                "v": protocol.VERSION,
                "study": study.name,
                "study_id": study.id,
                "rater": rater,
                "total": len(self._lineup),
            },
        )
        self._states = study.store.states(study.id, rater)
        self.set_trait("saved", len(self._states))
        self.on_msg(self._receive)

    @property
    def rater(self) -> str:
        """Who rates."""
        return self._lineup.rater

    def on_rating(self, callback: Callable[[Rating], None], *, remove: bool = False) -> None:
        """Call ``callback`` with every :class:`Rating` once it is durable.

        Parameters
        ----------
        callback
            Called with the rating, after the page has been told. What it raises is shown in the
            notebook and never disturbs the rater.
        remove
            True takes the callback off again.

        """
        self._saved_callbacks.register_callback(callback, remove=remove)  # type: ignore[no-untyped-call]

    def fallback(self) -> tuple[str, list[str]]:
        """Return what stands where no live widget can be shown."""
        return (
            f"Rating study {self._study.name!r} as {self.rater}",
            [
                f"{self.saved} of {len(self._lineup)} items saved in {self._study.where}.",
                "The widget itself needs a running kernel: run this cell to go on rating.",
            ],
        )

    def close(self) -> None:
        """End the widget; the page is told, the store stays open."""
        if self._preload is not None:
            self._preload.cancel()
        super().close()

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        try:
            message = protocol.parse(content)
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

    def _answer(self, message: protocol.Incoming) -> None:
        match message:
            case protocol.Hello(knows=knows):
                if knows is not None:
                    self._send_controls(knows)
                self._welcome()
            case protocol.Get(index):
                self._send_item(index)
            case protocol.Submit():
                self._submit(message)
            case protocol.Previews(start, count):
                self._send_previews(start, count)
            case protocol.History(index):
                self._send_history(index)
            case protocol.Suggest():
                self._suggest(message)
            case protocol.Chunk(name):
                self._send_chunk(name)

    def _send_chunk(self, name: str) -> None:
        """Send a part of the program: one of the package's, or the control of one of the rubric's scales."""
        source = bundle(f"{name}.js") if name in protocol.CHUNKS else self._control(name)
        self.send(protocol.outgoing("chunk", name=name), buffers=[source.encode()] if source else [])

    def _control(self, name: str) -> str:
        for kind, scale in self._scales().items():
            if name == protocol.SCALE_CHUNK + kind:
                return scale.control or bundle(f"scales/{kind}.js")
        return ""

    def _scales(self) -> dict[str, Scale]:
        return {dimension.scale.kind: dimension.scale for dimension in self._study.rubric.dimensions}

    def _send_controls(self, known: frozenset[str]) -> None:
        """Send what a page lacks to show the rubric; before the welcome, so that nothing is shown without its control."""
        for kind in self._scales().keys() - known:
            try:
                self._send_chunk(protocol.SCALE_CHUNK + kind)
            except BundleMissingError:
                # The page asks for it again, and is told then; whatever else the rubric asks can be answered.
                self.log.exception("rubricwidgets: the control of scale %r cannot be sent", kind)

    def _trouble(self, message: protocol.Incoming, words: str, *, retry: bool) -> None:
        """Say that a message could not be served: to a rating that it is not saved, to anything else why."""
        if isinstance(message, protocol.Submit):
            self._nack(message, words, retry=retry)
        else:
            self.send(protocol.outgoing("trouble", error=words))

    def _welcome(self) -> None:
        self._take_over()
        states = self._states = self._study.store.states(self._study.id, self.rater)
        self.set_trait("saved", len(states))
        order = self._lineup.order
        cursor = next((place for place, item_id in enumerate(order) if item_id not in states), len(order))
        item = self._lineup.at(cursor)
        self.send(
            protocol.outgoing(
                "welcome",
                boot=self._boot,
                rubric=self._study.rubric.to_dict(),
                rubric_hash=self._study.rubric.hash,
                plan={"reference": self._study.plan.reference, "idle_cap": self._study.plan.idle_cap},
                total=len(order),
                cursor=cursor,
                saved=len(states),
                states="".join(_character(states.get(item_id)) for item_id in order),
                seconds=_active(states),
                first_use=not states,
                # Whoever has not rated this item may still have a draft of it: the page knows.
                item=None if item is None else protocol.shown_item(item, self._lineup, self._study.rubric, None),
            )
        )
        self._preload_charts()

    def _send_item(self, index: int) -> None:
        item = self._lineup.at(index)
        if item is not None:
            current = self._study.store.current(self._study.id, self.rater, item.id)
            self.send(
                protocol.outgoing("item", item=protocol.shown_item(item, self._lineup, self._study.rubric, current))
            )

    def _send_previews(self, start: int, count: int) -> None:
        places = range(start, min(start + count, len(self._lineup)))
        found = [(place, self._lineup.at(place)) for place in places]
        previews = [
            {"index": place, "text": protocol.preview(item, self._study.rubric)}
            for place, item in found
            if item is not None
        ]
        self.send(protocol.outgoing("previews", **{"from": start}, previews=previews))

    def _send_history(self, index: int) -> None:
        item = self._lineup.at(index)
        if item is not None:
            revisions = self._study.store.history(self._study.id, self.rater, item.id)
            shown = [protocol.saved_rating(revision, self._lineup, self._study.rubric) for revision in revisions]
            self.send(protocol.outgoing("history", index=index, revisions=shown))

    def _suggest(self, message: protocol.Suggest) -> None:
        item = self._lineup.at(message.index)
        if item is None:
            return
        try:
            found = protocol.suggestions(message, item, self._lineup, self._study.rubric)
        except ProtocolError as error:
            self.log.warning("rubricwidgets: %s", error)
            return
        self.send(
            protocol.outgoing(
                "suggestions",
                index=message.index,
                dimension=message.dimension,
                response=message.response,
                found=found or {},
            )
        )

    def _submit(self, message: protocol.Submit) -> None:
        study = self._study
        try:
            rating = protocol.read_rating(message, self._lineup, study.rubric)
            item = study.item(rating.item)
            if rating.rubric != study.rubric.hash:
                self._nack(message, "the rubric has changed since this page was loaded: run the cell again")
                return
            rating = check(rating, study.rubric, item)
            (appended,) = study.store.append(study.id, [rating], study.rubric)
            history = study.store.history(study.id, self.rater, rating.item)
        except AnswerError as error:
            # Not the error's own text: it names responses by their ids.
            words = "; ".join(dict.fromkeys(problem.message for problem in error.problems)) or "the rating is not valid"
            self._nack(message, words, error=error)
            return
        except ProtocolError as error:
            self._nack(message, str(error))
            return
        if rating.id not in [one.rating.id for one in history]:
            words = f"another rating was saved under the id {rating.id}, so this one was not: save it once more"
            self._nack(message, words)
            return
        current = next((one for one in reversed(history) if not one.stale), None)
        if (state := state_of(history)) is not None:
            self._states[rating.item] = state
        self.send(
            protocol.outgoing(
                "ack",
                id=rating.id,
                status=appended.status,
                index=self._lineup.index_of(rating.item),
                revision=appended.revision,
                saved=len(self._states),
                state=_character(self._states.get(rating.item)),
                seconds=_active(self._states),
                current=None if current is None else protocol.saved_rating(current, self._lineup, self._study.rubric),
            )
        )
        self.set_trait("saved", len(self._states))
        if appended.status != "duplicate":
            self.set_trait("last_rating", rating)
            self._saved_callbacks(rating)

    def _nack(
        self, message: protocol.Submit, words: str, *, retry: bool = False, error: AnswerError | None = None
    ) -> None:
        item = self._lineup.at(message.index) if message.index is not None else None
        problems = [] if error is None else error.problems
        self.send(
            protocol.outgoing(
                "nack",
                id=message.id,
                index=message.index,
                retry=retry,
                error=words,
                problems=[
                    {
                        "dimension": problem.dimension,
                        "response": None
                        if problem.response is None or item is None
                        else self._lineup.response_key(item.id, problem.response),
                        "message": problem.message,
                    }
                    for problem in problems
                ],
            )
        )

    def _refuse(self, content: object, words: str) -> None:
        """Answer a message that cannot be read; one that carries a rating must hear that it was not saved."""
        rating = content.get("rating") if isinstance(content, dict) else None
        name = rating.get("id") if isinstance(rating, dict) else None
        self.log.warning("rubricwidgets: %s", words)
        if isinstance(name, str):
            self.send(protocol.outgoing("nack", id=name, index=None, retry=False, error=words, problems=[]))

    def _preload_charts(self) -> None:
        if self._preload is None:
            self._preload = threading.Timer(PRELOAD_AFTER, _load_charts)
            self._preload.daemon = True
            self._preload.start()


def _load_charts() -> None:
    """Load Altair and draw once, so that the first chart after rating takes no seconds."""
    from rubricwidgets.charts import warm_up  # noqa: PLC0415 - the loading is the point

    warm_up()


def _character(state: State | None) -> str:
    if state is None:
        return "u"
    if state.status == "skipped":
        return "s"
    return "f" if state.flagged else "r"


def _active(states: dict[str, State]) -> float:
    # What a page of an earlier version sent may be any number: no sum of them may end as one that JSON has not.
    return float(sum(min(state.seconds, MAX_SECONDS) for state in states.values()))
