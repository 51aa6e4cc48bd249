"""The contract of every store: append-only, idempotent, all or nothing.

A rating is a row that is only ever inserted, under the UUID that the browser gave it. Which rating of an item
and rater counts follows from the rows: the last one that is not stale. Beside the ratings stands a log of
events, what happens in conversations, kept the same way. Every store passes ``tests/store/contract.py``.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from rubricwidgets.errors import StudyChangedError
from rubricwidgets.frames import schema_of
from rubricwidgets.ratings import Answer, Rating, StoredRating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric

_MOMENT = pl.Datetime("us", "UTC")

#: How one answer stands in a store and in :meth:`Store.table`: types that no scale can change.
ANSWER = pl.Struct(
    {
        "dimension": pl.String,
        "response": pl.String,
        "value": pl.String,
        "number": pl.Float64,
        "label": pl.String,
        "not_applicable": pl.Boolean,
        "rationale": pl.String,
    }
)

#: The columns of :meth:`Store.table`, one row per submission in the order of arrival.
TABLE_SCHEMA = schema_of(
    {
        "id": pl.String,
        "item": pl.String,
        "rater": pl.String,
        "status": pl.String,
        "flagged": pl.Boolean,
        "note": pl.String,
        "reason": pl.String,
        "base": pl.String,
        "stale": pl.Boolean,
        "revision": pl.Int32,
        "order": pl.List(pl.String),
        "position": pl.Int32,
        "seconds": pl.Float64,
        "submitted_at": _MOMENT,
        "received_at": _MOMENT,
        "rubric": pl.String,
        "tab": pl.String,
        "source": pl.String,
        "answers": pl.List(ANSWER),
    }
)


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """What a store keeps of a study besides its ratings.

    Parameters
    ----------
    id
        Random, given once.
    name
        Unique in the store.
    rubric, items, plan
        As JSON.
    rubric_hash, items_hash
        What tells whether they changed.
    created_at
        When the study was started, UTC.

    """

    id: str
    name: str
    rubric: dict[str, Any]
    items: list[dict[str, Any]]
    plan: dict[str, Any]
    rubric_hash: str
    items_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of one rating.

    Parameters
    ----------
    id
        Its UUID.
    status
        ``"stored"``; ``"duplicate"`` if the UUID was known, and nothing changed; ``"conflict"`` if it was based on a
        rating that is no longer the current one: kept as stale.
    revision
        Its number among the ratings of its item and rater, from 1.

    """

    id: str
    status: Literal["stored", "duplicate", "conflict"]
    revision: int


@dataclass(frozen=True, slots=True)
class State:
    """Where an item stands for a rater, without the answers; ``seconds`` are those of all its submissions."""

    id: str
    status: str
    flagged: bool
    revision: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """One submission as stores keep it: a rating whose answers are already JSON."""

    rating: Rating
    answers: str
    stale: bool
    revision: int
    received_at: datetime

    def stored(self) -> StoredRating:
        """Return the rating with its answers read back."""
        answers = tuple(
            Answer(
                dimension=one["dimension"],
                value=None if one["value"] is None else json.loads(one["value"]),
                response=one["response"],
                not_applicable=one["not_applicable"],
                rationale=one["rationale"],
            )
            for one in json.loads(self.answers)
        )
        return StoredRating(replace(self.rating, answers=answers), self.revision, self.stale, self.received_at)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a conversation at the author's desk.

    Parameters
    ----------
    id
        UUID, given by the browser or the kernel, whoever it happened to.
    rater
        Whose conversation it is.
    conversation
        The conversation's own UUID.
    kind
        What happened: ``"turn"``, ``"reply"``, ``"judgement"``.
    payload
        What more there is to know, as JSON; the kind says what.
    received_at
        When the kernel had it, UTC.

    """

    id: str
    rater: str
    conversation: str
    kind: str
    payload: dict[str, Any]
    received_at: datetime


class Store(ABC):
    """Where studies and their ratings are kept. Every method may be called from any thread."""

    @property
    @abstractmethod
    def where(self) -> str:
        """Where that is, in words for an error or a notebook; never a password."""

    @abstractmethod
    def create_study(self, record: StudyRecord) -> StudyRecord:
        """Keep a new study; if somebody else began one of that name meanwhile, return theirs."""

    @abstractmethod
    def study(self, name: str) -> StudyRecord | None:
        """Return a study by name, or None."""

    @abstractmethod
    def studies(self) -> list[str]:
        """Return the names of all studies, oldest first."""

    @abstractmethod
    def append_rows(self, study_id: str, rows: Sequence[Row], *, judge: bool) -> list[Appended]:
        """Insert rows in one transaction, all or none; a known UUID changes nothing.

        Parameters
        ----------
        study_id
            The study.
        rows
            What to insert.
        judge
            True finds out here whether a row is stale, from its base; False takes the row's own word, as a copy does.

        """

    @abstractmethod
    def rows(self, study_id: str, *, rater: str | None = None, item: str | None = None) -> list[Row]:
        """Return rows in the order of arrival, with revisions numbered."""

    @abstractmethod
    def states(self, study_id: str, rater: str) -> dict[str, State]:
        """Return, by item id, the current rating's state for one rater; items without one are absent."""

    @abstractmethod
    def table(self, study_id: str) -> pl.DataFrame:
        """Return every submission as a frame of :data:`TABLE_SCHEMA`, in the order of arrival."""

    @abstractmethod
    def append_events(self, study_id: str, events: Sequence[Event]) -> list[bool]:
        """Insert events in one transaction, all or none; return which were new. A known UUID changes nothing."""

    @abstractmethod
    def events(self, study_id: str, *, rater: str | None = None, conversation: str | None = None) -> list[Event]:
        """Return events in the order of arrival."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the file or the connection; doing so twice is harmless."""

    def withdraw(self) -> None:
        """Close, where a study could not be begun: whatever was made for it alone is taken away again."""
        self.close()

    def append(self, study_id: str, ratings: Sequence[Rating], rubric: Rubric) -> list[Appended]:
        """Save ratings, all or none.

        Parameters
        ----------
        study_id
            The study.
        ratings
            Checked ratings (:func:`rubricwidgets.ratings.check`).
        rubric
            Whose scales say how each value reads as a number and in words.

        Returns
        -------
        list of Appended
            One for each rating, in their order.

        """
        now = datetime.now(UTC)
        rows = [
            Row(rating, answers_json(rating, rubric), stale=False, revision=0, received_at=now) for rating in ratings
        ]
        return self.append_rows(study_id, rows, judge=True)

    def current(self, study_id: str, rater: str, item: str) -> StoredRating | None:
        """Return the rating of an item that counts now, or None."""
        fresh = [row for row in self.rows(study_id, rater=rater, item=item) if not row.stale]
        return fresh[-1].stored() if fresh else None

    def history(self, study_id: str, rater: str, item: str) -> list[StoredRating]:
        """Return every rating of an item by a rater, oldest first, stale ones too."""
        return [row.stored() for row in self.rows(study_id, rater=rater, item=item)]

    def copy_into(self, other: Store, name: str, *, into: str | None = None) -> int:
        """Copy a study's ratings and events into another store, where it is started if need be.

        Parameters
        ----------
        other
            The store to copy into.
        name
            The study here.
        into
            The study there; the same name where None.

        Returns
        -------
        int
            How many ratings were new there.

        """
        record = self.study(name)
        if record is None:
            return 0
        target = other.study(into or name)
        if target is None:
            target = other.create_study(replace(record, name=into or name))
        if (target.items_hash, target.rubric_hash) != (record.items_hash, record.rubric_hash):
            msg = f"{other.where} has other items or another rubric under {target.name!r} than {self.where} under {name!r}"
            raise StudyChangedError(msg)
        other.append_events(target.id, self.events(record.id))
        appended = other.append_rows(target.id, self.rows(record.id), judge=False)
        return sum(one.status == "stored" for one in appended)


def answers_json(rating: Rating, rubric: Rubric) -> str:
    """Return a rating's answers as the JSON that stores keep: a list of :data:`ANSWER`."""
    answers = []
    for answer in rating.answers:
        scale = rubric[answer.dimension].scale
        given = not answer.not_applicable and answer.value is not None
        answers.append(
            {
                "dimension": answer.dimension,
                "response": answer.response,
                "value": json.dumps(answer.value, ensure_ascii=False) if given else None,
                "number": scale.number(answer.value) if given else None,
                "label": scale.label(answer.value) if given else None,
                "not_applicable": answer.not_applicable,
                "rationale": answer.rationale,
            }
        )
    return json.dumps(answers, ensure_ascii=False, separators=(",", ":"))


def state_of(history: Sequence[StoredRating]) -> State | None:
    """Return where an item stands after all its ratings by one rater, as :meth:`Store.states` would give it."""
    fresh = [one for one in history if not one.stale]
    if not fresh:
        return None
    rating = fresh[-1].rating
    seconds = sum(one.rating.seconds or 0.0 for one in history)
    return State(rating.id, rating.status, rating.flagged, fresh[-1].revision, seconds)
