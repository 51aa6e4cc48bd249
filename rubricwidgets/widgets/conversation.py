"""The author's desk, kernel side: keeps every turn before anything else, calls the models aside, shows what they answer."""

from __future__ import annotations

import threading
import time
import uuid
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import traitlets as t
from ipywidgets.widgets.widget import CallbackDispatcher

from rubricwidgets.errors import StoreClosedError, StoreError
from rubricwidgets.process.desk.judgement import EMPTY, problems
from rubricwidgets.process.desk.log import Log
from rubricwidgets.process.desk.models import read_models
from rubricwidgets.process.desk.runner import Runner
from rubricwidgets.process.desk.shelf import Shelf
from rubricwidgets.process.desk.talk import slots
from rubricwidgets.widgets import conversation_protocol as protocol
from rubricwidgets.widgets.base import StudyWidget, bundle
from rubricwidgets.widgets.messages import VERSION, Chunk, preview_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from rubricwidgets.errors import Problem
    from rubricwidgets.process.desk.desk import Desk
    from rubricwidgets.process.desk.log import Kept
    from rubricwidgets.process.desk.runner import Job
    from rubricwidgets.process.desk.talk import Talk
    from rubricwidgets.store.base import Event
    from rubricwidgets.study import Study

#: Seconds until an answer that the store could not take is offered to it again.
AGAIN = 3.0


@dataclass(frozen=True, slots=True)
class _Running:
    """An answer on its way, and where it belongs."""

    reply: str
    conversation: str
    turn: str
    slot: str
    model: str
    attempt: int
    job: Job


class ConversationWidget(StudyWidget):
    """One author's desk; what ``study.converse(model, "ana")`` returns.

    Parameters
    ----------
    study
        The study in whose store the conversations are kept.
    rater
        Who writes or attacks; kept in the kernel, whatever the page says.
    model
        A callable that takes messages and gives text, or several: see :func:`rubricwidgets.process.desk.models.read_models`.
    desk
        What is wanted, and in which words it is judged.

    Attributes
    ----------
    saved : int
        Conversations that were kept (prompts) or submitted (attacks). Observable.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> def echo(messages):
    ...     yield from messages[-1]["content"].split()
    >>> study = rw.demo(store="memory")
    >>> widget = study.converse(echo, "ana", brief="Ask what needs **two** steps.")  # doctest: +SKIP

    """

    _submission = protocol.Submit
    _submitted = "event"
    _where = "conversation"

    saved = t.Int(0, read_only=True)

    # What close() ends, also where a refused model kept the rest from being made.
    _runner: Runner | None = None
    _again: threading.Timer | None = None

    def __init__(self, study: Study, rater: str, model: object, desk: Desk) -> None:
        self._models = read_models(model)
        self._esm, self._css = bundle("conversation.js"), bundle("conversation.css")
        self._study = study
        self._rater = rater
        self._desk = desk
        self._boot = uuid.uuid4().hex
        self._line = copy_context()
        self._runner = Runner(timeout=desk.timeout, longest=desk.max_characters)
        self._running: dict[str, _Running] = {}
        self._log = Log(study.store, study.id, rater, desk.mode)
        self._shelf = Shelf(study.items, lambda: study.store.events(study.id), rater)
        self._asked: protocol.Similar | None = None
        self._judged_callbacks = CallbackDispatcher()
        super().__init__(
            identity=(study.id, rater, "desk", desk.mode),
            config={
                "v": VERSION,
                "study": study.name,
                "study_id": study.id,
                "rater": rater,
                "mode": desk.mode,
            },
        )
        self._load()
        self.on_msg(self._receive)

    @property
    def rater(self) -> str:
        """Who writes or attacks."""
        return self._rater

    def on_judgement(self, callback: Callable[[dict[str, Any]], None], *, remove: bool = False) -> None:
        """Call ``callback`` with every judgement once it is durable: kept or discarded prompts, submitted attacks.

        Parameters
        ----------
        callback
            Called with the judgement's record, to which ``conversation`` is added.
        remove
            True takes the callback off again.

        """
        self._judged_callbacks.register_callback(callback, remove=remove)  # type: ignore[no-untyped-call]

    def fallback(self) -> tuple[str, list[str]]:
        """Return what stands where no live widget can be shown."""
        what = "Writing prompts" if self._desk.mode == "prompts" else "Red-teaming"
        return (
            f"{what} for study {self._study.name!r} as {self.rater}",
            [
                f"{self.saved} kept, {len(self._log.talks)} begun; saved in {self._study.where}.",
                "The widget itself needs a running kernel: run this cell to go on.",
            ],
        )

    def close(self) -> None:
        """End the widget: answers on their way are stopped and kept, the store stays open."""
        if self._runner is not None:
            self._runner.close()
        if self._again is not None:
            self._again.cancel()
        super().close()

    # Messages

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        self._line = copy_context()
        super()._receive(_widget, content, _buffers)

    def _parse(self, content: object) -> protocol.Incoming:
        return protocol.parse(content)

    def _answer(self, message: protocol.Incoming) -> None:  # noqa: C901 - one for each kind
        self._save_replies()
        match message:
            case protocol.Hello():
                self._welcome()
            case protocol.Open(conversation):
                self._log.reread(conversation)
                self._say("conversation", talk=self._shown(conversation))
            case protocol.Submit(what="turn"):
                self._take_turn(message)
            case protocol.Submit():
                self._take_judgement(message)
            case protocol.Retry(conversation, turn, slot):
                self._retry(conversation, turn, slot)
            case protocol.Stop(conversation):
                for running in list(self._running.values()):
                    if running.conversation == conversation:
                        running.job.stop()
            case protocol.Similar():
                self._similar(message)
            case protocol.Ping():
                self._say("pong")
            case Chunk(name):
                self._send_source(name, bundle(f"{name}.js"))

    def _say(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 - JSON
        # What a thread of our own says is said as an answer to the page's last message. Said as the kernel's own, it would
        # bring the page's next message, such as a stop, to the main thread, where it waits for the running cell.
        try:
            self._line.copy().run(super()._say, kind, **fields)
        except Exception:
            self.log.debug("rubricwidgets: %s could not be sent", kind, exc_info=True)

    def _nack(
        self, message: protocol.Submit, words: str, *, retry: bool = False, found: list[Problem] | None = None
    ) -> None:
        self._say(
            "nack",
            id=message.id,
            conversation=message.conversation,
            retry=retry,
            error=words,
            problems=[{"dimension": one.dimension, "response": None, "message": one.message} for one in found or []],
        )

    def _load(self) -> None:
        self._log.read()
        self.set_trait("saved", self._kept)

    def _blinded(self, conversation: str) -> set[str]:
        """Names that the page must not learn: of the models now and of those that answered before.

        Of one model alone there is nothing to hide.
        """
        talk = self._log.talks.get(conversation)
        names = {*self._models, *(() if talk is None else talk.models)}
        return names if len(names) > 1 else set()

    @property
    def _kept(self) -> int:
        return sum(talk.state == "kept" for talk in self._log.talks.values())

    def _welcome(self) -> None:
        self._take_over()
        self._load()
        if self._desk.mode == "prompts":
            self._shelf.read(self._shelf_read)
        at_work = next((talk.id for talk in reversed(self._log.talks.values()) if talk.state == "open"), None)
        self._say(
            "welcome",
            boot=self._boot,
            desk=self._desk.to_page(),
            several=len(self._models) > 1,
            conversations=[protocol.summary(talk) for talk in self._log.talks.values()],
            first_use=not self._log.talks,
            current=None if at_work is None else self._shown(at_work),
        )

    def _shown(self, conversation: str) -> dict[str, Any]:
        running = {
            one.reply: (one.turn, one.slot, one.job)
            for one in self._running.values()
            if one.conversation == conversation
        }
        talk = self._log.talks.get(conversation)
        return protocol.shown_talk(conversation, talk, self._slots(conversation), running, self._blinded(conversation))

    def _slots(self, conversation: str) -> dict[str, str]:
        return slots(self._log.talks.get(conversation), list(self._models), self._study.id, self.rater, conversation)

    # Turns and answers

    def _take_turn(self, message: protocol.Submit) -> None:
        talk = self._log.reread(message.conversation)
        known = talk is not None and message.id in talk.turns
        if not known and (words := self._against(talk, message.payload["parent"])):
            self._nack(message, words)
            return
        if not (status := self._keep(message, message.payload)):
            return
        self._shelf.put(self._log.talks[message.conversation])
        self._ack(message, status)
        turn = self._log.talks[message.conversation].turns[message.id]
        # Sent again because the kernel died: then nobody has been asked yet.
        if not turn.replies and not self._is_running(message.id):
            self._ask(message.conversation, message.id, list(self._slots(message.conversation)))

    def _against(self, talk: Talk | None, parent: str | None) -> str | None:
        """Return why a turn cannot be taken, or None."""
        if parent is not None and (talk is None or parent not in talk.turns):
            return "the turn that this one follows is not known: reload the page and write it again"
        if parent is not None and self._is_running(parent):
            return "the turn before it is still being answered: wait, or stop the answer"
        most = self._desk.max_turns
        if talk is not None and most is not None and parent is not None and talk.turns[parent].position >= most:
            return f"this conversation has reached its {most} turns: edit an earlier one, or begin another"
        return None

    def _keep(self, message: protocol.Submit, payload: dict[str, Any]) -> Kept | None:
        """Make a turn or judgement durable and return what became of it; None where it was refused."""
        event = self._log.event(message.id, message.conversation, message.what, payload)
        status = self._log.append(event)
        if status != "taken":
            return status
        self._nack(message, f"something else was saved under the id {message.id}: send this {message.what} once more")
        return None

    def _is_running(self, turn: str) -> bool:
        return any(one.turn == turn for one in self._running.values())

    def _retry(self, conversation: str, turn: str, slot: str | None) -> None:
        talk = self._log.reread(conversation)
        if talk is None or turn not in talk.turns or self._is_running(turn):
            return
        if talk.has_children(turn):
            self._say("trouble", error="the conversation has gone on from this turn: edit it to try it again beside it")
            return
        letters = self._slots(conversation)
        usable = {reply.slot for reply in talk.turns[turn].current().values() if reply.usable}
        wanted = [slot] if slot in letters else [letter for letter in letters if letter not in usable]
        self._ask(conversation, turn, [letter for letter in wanted if letter is not None] or list(letters))

    def _ask(self, conversation: str, turn: str, letters: list[str]) -> None:
        """Let models answer a turn."""
        talk, runner = self._log.talks[conversation], self._runner
        names = self._slots(conversation)
        if runner is None:
            return
        for letter in letters:
            model = names[letter]
            reply = str(uuid.uuid4())
            attempt = 1 + sum(one.model == model for one in talk.turns[turn].replies)
            self._say("begun", conversation=conversation, turn=turn, reply=reply, slot=letter, attempt=attempt)

            def heard(_job: Job, at: int, text: str, reply: str = reply) -> None:
                self._say("piece", conversation=conversation, turn=turn, reply=reply, at=at, text=text)

            def ended(job: Job, reply: str = reply) -> None:
                self._ended(reply, job)

            # Held by the lock until it is known here: an answer may be complete before the call returns.
            job = runner.start(self._models[model], talk.messages(turn, model), heard, ended)
            self._running[reply] = _Running(reply, conversation, turn, letter, model, attempt, job)
            if job.status is not None:
                self._ended(reply, job)

    def _ended(self, reply: str, job: Job) -> None:
        """Keep an answer, whatever became of it, and only then say that it is complete."""
        with self._lock:
            running = self._running.pop(reply, None)
            if running is None:
                return
            payload = {
                "turn": running.turn,
                "slot": running.slot,
                "model": running.model,
                "content": job.text,
                "status": job.status,
                "error": job.error,
                "seconds": round(job.seconds, 3),
                "at": int(time.time() * 1000),
                "attempt": running.attempt,
            }
            event = self._log.event(reply, running.conversation, "reply", payload)
            self._log.add_reply(event)
            self._save_replies()
            self._done(event)

    def _done(self, event: Event) -> None:
        turn = self._log.talks[event.conversation].turns[event.payload["turn"]]
        reply = next(one for one in turn.replies if one.id == event.id)
        shown = protocol.shown_reply(reply, self._blinded(event.conversation))
        self._say("done", conversation=event.conversation, reply=shown, saved=event.id not in self._log.unsaved)

    def _save_replies(self) -> None:
        """Bring answers to the store that it could not take; what it still cannot is tried again."""
        try:
            waiting = self._log.save_replies()
        except StoreClosedError as error:
            self._say("trouble", error=str(error))
        except StoreError as error:
            self._say("trouble", error=str(error))
            if self._again is not None:
                self._again.cancel()
            self._again = threading.Timer(AGAIN, self._save_later)
            self._again.daemon = True
            self._again.start()
        else:
            if waiting and (len(waiting) > 1 or self._again is not None):
                self._again = None
                for event in waiting:
                    self._done(event)

    def _save_later(self) -> None:
        with self._lock:
            self._save_replies()

    # Judgements

    def _take_judgement(self, message: protocol.Submit) -> None:
        talk = self._log.reread(message.conversation)
        if talk is None:
            self._nack(message, "this conversation has no turns yet")
            return
        payload = {name: message.payload.get(name) for name in EMPTY if name in message.payload}
        if talk.counted(message.id) is None:
            found = problems(payload, talk, self._desk)
            if found:
                self._nack(message, "; ".join(dict.fromkeys(one.message for one in found)), found=found)
                return
        if not (status := self._keep(message, payload)):
            return
        self.set_trait("saved", self._kept)
        self._shelf.put(self._log.talks[message.conversation])
        self._ack(message, status)
        if status == "stored":
            self._judged_callbacks({**payload, "conversation": message.conversation})

    def _ack(self, message: protocol.Submit, status: str) -> None:
        talk = self._log.talks[message.conversation]
        turn = talk.turns.get(message.id)
        self._say(
            "ack",
            id=message.id,
            status=status,
            conversation=message.conversation,
            summary=protocol.summary(talk),
            turn=None
            if turn is None
            else {"id": turn.id, "parent": turn.parent, "content": turn.content, "at": turn.at},
            slots=list(self._slots(message.conversation)),
            judgement=talk.judgement,
            judgement_id=talk.judgement_id,
        )

    # Near-duplicates

    def _similar(self, message: protocol.Similar) -> None:
        if not self._shelf.ready:
            self._asked = message  # answered as soon as everything is read
            return
        found = self._shelf.like(message.text, at=self._desk.similar_at, but=message.conversation)
        self._say(
            "similar",
            conversation=message.conversation,
            request=message.request,
            found=[
                {
                    "share": one["share"],
                    "whose": one["whose"],
                    "text": preview_of(one["text"]),
                    "conversation": one["key"] if one["key"] in self._log.talks else None,
                }
                for one in found
            ],
        )

    def _shelf_read(self) -> None:
        with self._lock:
            asked, self._asked = self._asked, None
            if asked is not None:
                self._similar(asked)
