"""Tables and statements of the SQL store, as SQLAlchemy builds them: every value is bound, none pasted in."""

from __future__ import annotations

import sqlalchemy as sa

from rubricwidgets.store.sql_rows import EVENT_COLUMNS, RATING_COLUMNS
from rubricwidgets.store.sqlite_file import MIGRATIONS

metadata = sa.MetaData()
migrations = sa.Table(
    MIGRATIONS,
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("applied_at", sa.BigInteger, nullable=False),
)
studies = sa.table(
    "studies",
    *(sa.column(name) for name in ("id", "name", "rubric", "items", "plan", "rubric_hash", "items_hash", "created_at")),
)
ratings = sa.table("ratings", sa.column("seq"), sa.column("study"), *(sa.column(name) for name in RATING_COLUMNS))
columns = [ratings.c[name] for name in RATING_COLUMNS]

insert = sa.insert(ratings).values(study=sa.bindparam("study"), **{name: sa.bindparam(name) for name in RATING_COLUMNS})
of_study = sa.select(*columns).where(ratings.c.study == sa.bindparam("study")).order_by(ratings.c.seq)
of_rater = of_study.where(ratings.c.rater == sa.bindparam("rater"))
of_item = of_rater.where(ratings.c.item == sa.bindparam("item"))
states = (
    sa.select(
        ratings.c.item,
        ratings.c.id,
        ratings.c.status,
        ratings.c.flagged,
        ratings.c.stale,
        ratings.c.seconds,
    )
    .where(ratings.c.study == sa.bindparam("study"), ratings.c.rater == sa.bindparam("rater"))
    .order_by(ratings.c.seq)
)
places = (
    sa.select(ratings.c.id, ratings.c.stale)
    .where(
        ratings.c.study == sa.bindparam("study"),
        ratings.c.rater == sa.bindparam("rater"),
        ratings.c.item == sa.bindparam("item"),
    )
    .order_by(ratings.c.seq)
)
known = sa.select(ratings.c.id, ratings.c.rater, ratings.c.item).where(
    ratings.c.study == sa.bindparam("study"), ratings.c.id.in_(sa.bindparam("ids", expanding=True))
)
events = sa.table("events", sa.column("seq"), sa.column("study"), *(sa.column(name) for name in EVENT_COLUMNS))
insert_event = sa.insert(events).values(
    study=sa.bindparam("study"), **{name: sa.bindparam(name) for name in EVENT_COLUMNS}
)
known_events = sa.select(events.c.id).where(
    events.c.study == sa.bindparam("study"), events.c.id.in_(sa.bindparam("ids", expanding=True))
)
events_of_study = (
    sa.select(*(events.c[name] for name in EVENT_COLUMNS))
    .where(events.c.study == sa.bindparam("study"))
    .order_by(events.c.seq)
)
