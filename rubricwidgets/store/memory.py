"""A store that ends with the kernel: for trying things out, and the model of what every store does."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from rubricwidgets.errors import StoreClosedError
from rubricwidgets.frames import schema_of
from rubricwidgets.store.base import TABLE_SCHEMA, Appended, Event, Row, State, Store, StudyRecord, state_of
from rubricwidgets.store.tables import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.ratings import StoredRating


class MemoryStore(Store):
    """Studies and ratings in the kernel's memory; nothing is left when it ends."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._studies: dict[str, StudyRecord] = {}
        self._rows: dict[str, dict[str, Row]] = {}
        self._places: dict[tuple[str, str, str], list[str]] = {}
        self._events: dict[str, dict[str, Event]] = {}
        self._closed = False

    @property
    def where(self) -> str:
        """Where ratings are, in words."""
        return "memory (gone when the kernel ends)"

    def create_study(self, record: StudyRecord) -> StudyRecord:
        """Keep a new study; see :class:`Store`."""
        with self._open():
            return self._studies.setdefault(record.name, record)

    def study(self, name: str) -> StudyRecord | None:
        """Return a study by name, or None."""
        with self._open():
            return self._studies.get(name)

    def studies(self) -> list[str]:
        """Return the names of all studies, oldest first."""
        with self._open():
            return list(self._studies)

    def append_rows(self, study_id: str, rows: Sequence[Row], *, judge: bool) -> list[Appended]:
        """Insert rows, all or none; see :class:`Store`."""
        with self._open():
            kept = self._rows.setdefault(study_id, {})
            return [self._append(study_id, kept, row, judge=judge) for row in rows]

    def _append(self, study_id: str, kept: dict[str, Row], row: Row, *, judge: bool) -> Appended:
        rating = row.rating
        known = kept.get(rating.id)
        if known is not None:
            return Appended(rating.id, "duplicate", known.revision)
        place = self._places.setdefault((study_id, rating.rater, rating.item), [])
        current = next((one for one in reversed(place) if not kept[one].stale), None)
        stale = rating.base != current if judge else row.stale
        place.append(rating.id)
        kept[rating.id] = replace(row, rating=replace(rating, answers=()), stale=stale, revision=len(place))
        return Appended(rating.id, "conflict" if stale and judge else "stored", len(place))

    def rows(self, study_id: str, *, rater: str | None = None, item: str | None = None) -> list[Row]:
        """Return rows in the order of arrival; see :class:`Store`."""
        with self._open():
            kept = self._rows.get(study_id, {})
            if rater is not None and item is not None:
                return [kept[one] for one in self._places.get((study_id, rater, item), ())]
            return [
                row for row in kept.values() if rater in (None, row.rating.rater) and item in (None, row.rating.item)
            ]

    def states(self, study_id: str, rater: str) -> dict[str, State]:
        """Return the current state of each item for a rater; see :class:`Store`."""
        histories: dict[str, list[StoredRating]] = {}
        for row in self.rows(study_id, rater=rater):
            histories.setdefault(row.rating.item, []).append(row.stored())
        return {item: state for item, history in histories.items() if (state := state_of(history))}

    def table(self, study_id: str) -> pl.DataFrame:
        """Return every submission as a frame of :data:`TABLE_SCHEMA`."""
        columns: dict[str, list[object]] = {name: [] for name in TABLE_SCHEMA}
        for row in self.rows(study_id):
            rating = row.rating
            for name, values in columns.items():
                match name:
                    case "answers" | "stale" | "revision" | "received_at":
                        values.append(getattr(row, name))
                    case "order":
                        values.append(list(rating.order))
                    case _:
                        values.append(getattr(rating, name))
        raw = schema_of({**TABLE_SCHEMA, "answers": pl.String})
        return decoded(pl.DataFrame(columns, schema=raw))

    def append_events(self, study_id: str, events: Sequence[Event]) -> list[bool]:
        """Insert events, all or none; see :class:`Store`."""
        # Copies by way of JSON, as every other store keeps them: who changes theirs later changes nothing here.
        copies = [replace(event, payload=json.loads(json.dumps(event.payload))) for event in events]
        with self._open():
            kept = self._events.setdefault(study_id, {})
            return [kept.setdefault(event.id, event) is event for event in copies]

    def events(self, study_id: str, *, rater: str | None = None, conversation: str | None = None) -> list[Event]:
        """Return events in the order of arrival; see :class:`Store`."""
        with self._open():
            return [
                event
                for event in self._events.get(study_id, {}).values()
                if rater in (None, event.rater) and conversation in (None, event.conversation)
            ]

    def close(self) -> None:
        """Refuse whatever comes after."""
        self._closed = True

    def _open(self) -> threading.RLock:
        if self._closed:
            msg = "this study was closed: open it again with Study(...)"
            raise StoreClosedError(msg)
        return self._lock
