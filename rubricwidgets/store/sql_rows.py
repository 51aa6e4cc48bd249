"""Rows of the SQL tables, and what they hold: studies, ratings and frames of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.ratings import Rating
from rubricwidgets.store.base import TABLE_SCHEMA, Event, Row, StudyRecord
from rubricwidgets.store.tables import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

RATING_COLUMNS = (
    "id",
    "item",
    "rater",
    "status",
    "flagged",
    "note",
    "reason",
    "base",
    "stale",
    "shown",
    "position",
    "seconds",
    "submitted_at",
    "received_at",
    "rubric",
    "tab",
    "source",
    "answers",
)

EVENT_COLUMNS = ("id", "rater", "conversation", "kind", "payload", "received_at")

_TEXT_OR_NUMBER: dict[str, Any] = dict.fromkeys(RATING_COLUMNS, pl.String) | {
    "flagged": pl.Int64,
    "stale": pl.Int64,
    "position": pl.Int64,
    "seconds": pl.Float64,
    "submitted_at": pl.Int64,
    "received_at": pl.Int64,
}


def part(rows: Sequence[Any]) -> pl.DataFrame:
    """Return rows of the log as a frame of :data:`TABLE_SCHEMA`, whose revisions are still to be counted."""
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) if rows else [() for _ in RATING_COLUMNS]
    raw = pl.DataFrame(
        [
            pl.Series(name, values, dtype=_TEXT_OR_NUMBER[name])
            for name, values in zip(RATING_COLUMNS, columns, strict=True)
        ]
    )
    moment = TABLE_SCHEMA["submitted_at"]
    return decoded(
        raw.with_columns(
            pl.col("flagged", "stale").cast(pl.Boolean),
            pl.col("submitted_at", "received_at").cast(moment),
            pl.col("shown").str.json_decode(pl.List(pl.String)).alias("order"),
            pl.lit(0, pl.Int32).alias("revision"),
        )
    )


def as_json(value: object) -> str:
    """Return JSON without needless blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def micros(moment: datetime) -> int:
    """Return microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def study_record(row: Any) -> StudyRecord:  # noqa: ANN401 - a row of studies
    """Return the study that a row of ``studies`` holds."""
    return StudyRecord(
        id=row.id,
        name=row.name,
        rubric=json.loads(row.rubric),
        items=json.loads(row.items),
        plan=json.loads(row.plan),
        rubric_hash=row.rubric_hash,
        items_hash=row.items_hash,
        created_at=_moment(row.created_at),
    )


def values_of(row: Row, *, stale: bool) -> dict[str, Any]:
    """Return what to insert into ``ratings``."""
    rating = row.rating
    return {
        "id": rating.id,
        "item": rating.item,
        "rater": rating.rater,
        "status": rating.status,
        "flagged": int(rating.flagged),
        "note": rating.note,
        "reason": rating.reason,
        "base": rating.base,
        "stale": int(stale),
        "shown": as_json(rating.order),
        "position": rating.position,
        "seconds": rating.seconds,
        "submitted_at": None if rating.submitted_at is None else micros(rating.submitted_at),
        "received_at": micros(row.received_at),
        "rubric": rating.rubric,
        "tab": rating.tab,
        "source": rating.source,
        "answers": row.answers,
    }


def row_of(one: Any, revision: int) -> Row:  # noqa: ANN401 - a row of ratings
    """Return the submission that a row of ``ratings`` holds."""
    rating = Rating(
        id=one.id,
        item=one.item,
        rater=one.rater,
        status=one.status,
        flagged=bool(one.flagged),
        note=one.note,
        reason=one.reason,
        base=one.base,
        order=tuple(json.loads(one.shown)),
        position=one.position,
        seconds=one.seconds,
        submitted_at=None if one.submitted_at is None else _moment(one.submitted_at),
        rubric=one.rubric,
        tab=one.tab,
        source=one.source,
    )
    return Row(rating, one.answers, stale=bool(one.stale), revision=revision, received_at=_moment(one.received_at))


def event_values(event: Event) -> dict[str, Any]:
    """Return what to insert into ``events``."""
    return {
        "id": event.id,
        "rater": event.rater,
        "conversation": event.conversation,
        "kind": event.kind,
        "payload": as_json(event.payload),
        "received_at": micros(event.received_at),
    }


def event_of(row: Any) -> Event:  # noqa: ANN401 - a row of events
    """Return the event that a row of ``events`` holds."""
    return Event(
        id=row.id,
        rater=row.rater,
        conversation=row.conversation,
        kind=row.kind,
        payload=json.loads(row.payload),
        received_at=_moment(row.received_at),
    )
