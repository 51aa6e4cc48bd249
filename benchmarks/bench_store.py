"""Reading studies of 50,000 to 500,000 ratings of six dimensions, and one durable append."""

from __future__ import annotations

import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path

import rubricwidgets as rw
from benchmarks.bench_widget import RUBRIC
from benchmarks.row import Row, once, quantile
from rubricwidgets.store.base import Row as StoredRow
from rubricwidgets.store.base import answers_json

SIZES = (50_000, 100_000, 200_000, 500_000)
_ITEMS = 1000
_AT = datetime(2026, 5, 1, tzinfo=UTC)


def rating(study: rw.Study, place: int) -> rw.Rating:
    item = study.items[place % _ITEMS]
    response = item.responses[0].id
    return rw.Rating(
        id=str(uuid.uuid4()),
        item=item.id,
        rater=f"rater-{place // _ITEMS}",
        answers=tuple(
            rw.Answer(name, 1 + (place + shift) % 5, response=response, rationale="clear enough, with one slip")
            for shift, name in enumerate(RUBRIC.names)
        ),
        order=(response,),
        position=place % _ITEMS,
        seconds=30.0,
        submitted_at=_AT,
        rubric=RUBRIC.hash,
    )


def run() -> list[Row]:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        items = [{"id": f"i{n}", "prompt": f"p{n}", "response": f"r{n}"} for n in range(_ITEMS)]
        study = rw.Study("store", items=items, rubric=RUBRIC, store=Path(folder) / "store.rubric.db")
        done = 0
        for size in SIZES:
            for start in range(done, size, 10_000):
                made = [rating(study, place) for place in range(start, start + 10_000)]
                stored = [
                    StoredRow(one, answers_json(one, RUBRIC), stale=False, revision=0, received_at=_AT) for one in made
                ]
                study.store.append_rows(study.id, stored, judge=False)
            done = size
            seconds = min(once(study.scores) for _ in range(2))
            rows.append(
                Row(
                    f"scores() of {size:,} ratings ({size * 6:,} rows)",
                    seconds,
                    "s",
                    at_most=2.0 if size == SIZES[0] else None,
                )
            )
        latencies = [
            once(lambda place=place: study.append([rating(study, done + place)])) * 1000 for place in range(300)
        ]
        rows.append(Row("append and commit durably, p50", quantile(latencies, 0.5), "ms"))
        rows.append(Row("append and commit durably, p95", quantile(latencies, 0.95), "ms"))
        study.close()
    return rows
