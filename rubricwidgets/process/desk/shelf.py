"""The prompts that are already there: the study's items, one's own and others', to be held against a new one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets.errors import StoreError
from rubricwidgets.process.desk.duplicates import Likeness
from rubricwidgets.process.desk.talk import said, talks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rubricwidgets.items import Item
    from rubricwidgets.process.desk.talk import Talk
    from rubricwidgets.store.base import Event

Whose = Literal["own", "other", "item"]


class Shelf:
    """What a new prompt is held against.

    Parameters
    ----------
    items
        The study's items.
    events
        Gives everybody's conversations.
    rater
        Whose prompts are one's own.

    """

    def __init__(self, items: Iterable[Item], events: Callable[[], list[Event]], rater: str) -> None:
        self._items = items
        self._events = events
        self._rater = rater
        self._lock = threading.Lock()
        self._likeness: Likeness | None = None
        self._texts: dict[str, tuple[str, Whose]] = {}
        self._changed: dict[str, Talk] = {}

    @property
    def ready(self) -> bool:
        """Whether everything has been read."""
        return self._likeness is not None

    def read(self, then: Callable[[], None]) -> None:
        """Read everything anew, aside, since thousands of prompts take a second; call ``then`` when that is done."""
        threading.Thread(target=self._read, args=(then,), name="rubricwidgets-likeness", daemon=True).start()

    def _read(self, then: Callable[[], None]) -> None:
        known: dict[str, tuple[str, Whose]] = {}
        for item in self._items:
            asked = "\n".join(message.content for message in item.prompt if message.role == "user")
            known[f"item:{item.id}"] = (asked, "item")
        try:
            found = talks(self._events())
        except StoreError:
            found = {}  # said elsewhere, and no reason to keep an author from writing
        for (rater, conversation), talk in found.items():
            if talk.mode == "prompts" and talk.state != "discarded":
                known[conversation] = (said(talk), "own" if rater == self._rater else "other")
        likeness = Likeness()
        for key, (text, _) in known.items():
            likeness.add(key, text)
        with self._lock:
            self._likeness, self._texts = likeness, known
            for talk in self._changed.values():
                self._put(talk)
        then()

    def put(self, talk: Talk) -> None:
        """Take in how one of one's own prompts reads now."""
        with self._lock:
            self._changed[talk.id] = talk
            self._put(talk)

    def _put(self, talk: Talk) -> None:
        if self._likeness is None:
            return
        text = said(talk)
        if talk.state == "discarded":
            self._likeness.remove(talk.id)
            self._texts.pop(talk.id, None)
        elif self._texts.get(talk.id, ("", ""))[0] != text:
            self._likeness.add(talk.id, text)
            self._texts[talk.id] = (text, "own")

    def like(self, text: str, *, at: float, but: str, most: int = 5) -> list[dict[str, Any]]:
        """Return prompts that a text is like.

        Parameters
        ----------
        text
            A prompt that is being written.
        at
            From which share on.
        but
            The conversation that it is written in.
        most
            How many at most.

        Returns
        -------
        list of dict
            ``share``, ``whose`` (own, other, item), ``text`` and ``key``, the most alike first.

        """
        with self._lock:
            if self._likeness is None:
                return []
            found = [match for match in self._likeness.like(text, at=at, most=most + 1) if match.key != but][:most]
            return [
                {
                    "share": round(match.share, 3),
                    "whose": self._texts[match.key][1],
                    "text": self._texts[match.key][0],
                    "key": match.key,
                }
                for match in found
            ]
