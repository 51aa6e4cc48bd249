"""Studies in a SQLite file or a PostgreSQL database, through SQLAlchemy Core.

SQLite runs with a write-ahead log and ``synchronous=FULL``: a commit is on the disk before it returns.
``NORMAL`` would not sync on commit at all, so a power cut could take ratings that were acknowledged. A file is
for the raters of one machine: the write-ahead log does not work over network file systems.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from rubricwidgets.errors import StoreClosedError, StoreError, StoreVersionError
from rubricwidgets.store.base import Appended, Event, Row, State, Store, StudyRecord
from rubricwidgets.store.failures import in_words
from rubricwidgets.store.migrations import steps
from rubricwidgets.store.sql_rows import (
    EVENT_COLUMNS,
    RATING_COLUMNS,
    as_json,
    event_of,
    event_values,
    micros,
    part,
    row_of,
    study_record,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MANY = 500
_PART = 20_000

_metadata = sa.MetaData()
_migrations = sa.Table(
    "rubricwidgets_migrations",
    _metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("applied_at", sa.BigInteger, nullable=False),
)
_studies = sa.table(
    "studies",
    *(sa.column(name) for name in ("id", "name", "rubric", "items", "plan", "rubric_hash", "items_hash", "created_at")),
)
_ratings = sa.table("ratings", sa.column("seq"), sa.column("study"), *(sa.column(name) for name in RATING_COLUMNS))
_columns = [_ratings.c[name] for name in RATING_COLUMNS]

_insert = sa.insert(_ratings).values(
    study=sa.bindparam("study"), **{name: sa.bindparam(name) for name in RATING_COLUMNS}
)
_of_study = sa.select(*_columns).where(_ratings.c.study == sa.bindparam("study")).order_by(_ratings.c.seq)
_of_rater = _of_study.where(_ratings.c.rater == sa.bindparam("rater"))
_of_item = _of_rater.where(_ratings.c.item == sa.bindparam("item"))
_states = (
    sa.select(
        _ratings.c.item,
        _ratings.c.id,
        _ratings.c.status,
        _ratings.c.flagged,
        _ratings.c.stale,
        _ratings.c.seconds,
    )
    .where(_ratings.c.study == sa.bindparam("study"), _ratings.c.rater == sa.bindparam("rater"))
    .order_by(_ratings.c.seq)
)
_places = (
    sa.select(_ratings.c.id, _ratings.c.stale)
    .where(
        _ratings.c.study == sa.bindparam("study"),
        _ratings.c.rater == sa.bindparam("rater"),
        _ratings.c.item == sa.bindparam("item"),
    )
    .order_by(_ratings.c.seq)
)
_known = sa.select(_ratings.c.id, _ratings.c.rater, _ratings.c.item).where(
    _ratings.c.study == sa.bindparam("study"), _ratings.c.id.in_(sa.bindparam("ids", expanding=True))
)
_events = sa.table("events", sa.column("seq"), sa.column("study"), *(sa.column(name) for name in EVENT_COLUMNS))
_insert_event = sa.insert(_events).values(
    study=sa.bindparam("study"), **{name: sa.bindparam(name) for name in EVENT_COLUMNS}
)
_known_events = sa.select(_events.c.id).where(
    _events.c.study == sa.bindparam("study"), _events.c.id.in_(sa.bindparam("ids", expanding=True))
)
_events_of_study = (
    sa.select(*(_events.c[name] for name in EVENT_COLUMNS))
    .where(_events.c.study == sa.bindparam("study"))
    .order_by(_events.c.seq)
)


class SQLStore(Store):
    """Studies in a SQL database.

    Parameters
    ----------
    where
        The path of a SQLite file, which is made if it is not there, or an SQLAlchemy URL.
    timeout
        Seconds to wait for another program that is writing.
    begin
        False refuses a database that no study was ever saved in, and leaves it as it is.

    Raises
    ------
    StoreError
        One of its children by what is wrong: locked, read-only, damaged, from a newer version, full.

    """

    def __init__(self, where: str | Path, *, timeout: float = 10.0, begin: bool = True) -> None:
        self._file: Path | None = None
        if isinstance(where, Path) or "://" not in where:
            self._file = Path(where)
            self._check_folder(self._file)
            url = sa.URL.create("sqlite", database=str(self._file))
        else:
            url = _url(where)
            if url.get_backend_name() == "sqlite" and url.database:
                self._file = Path(url.database)
                self._check_folder(self._file)
        self._where = str(self._file) if self._file else url.render_as_string(hide_password=True)
        self._lock = threading.RLock()
        self._closed = False
        sqlite = url.get_backend_name() == "sqlite"
        arguments: dict[str, Any] = {"timeout": timeout, "check_same_thread": False} if sqlite else {}
        if not begin and self._file is not None and _is_foreign(self._file):
            msg = f"{self.where} is a database of something else: no study was ever saved in it; name another file"
            raise StoreError(msg)
        try:
            self._engine = sa.create_engine(url, poolclass=StaticPool if sqlite else None, connect_args=arguments)
        except (ImportError, sa.exc.SQLAlchemyError) as error:
            name = url.get_backend_name()
            msg = (
                f"{self.where}: no driver for {name!r} is installed ({error}); "
                "for PostgreSQL: pip install 'rubricwidgets[postgres]' and postgresql+psycopg://..."
            )
            raise StoreError(msg) from error
        if sqlite:
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
            sa.event.listen(self._engine, "begin", _begin_sqlite)
        try:
            self._migrate()
        except StoreError:
            self._engine.dispose()
            raise

    @property
    def where(self) -> str:
        """Where ratings are, in words and without a password."""
        return self._where

    def create_study(self, record: StudyRecord) -> StudyRecord:
        """Keep a new study; see :class:`Store`."""
        with self._writing() as connection:
            known = connection.execute(sa.select(_studies).where(_studies.c.name == record.name)).first()
            if known is None:
                connection.execute(
                    sa.insert(_studies).values(
                        id=record.id,
                        name=record.name,
                        rubric=as_json(record.rubric),
                        items=as_json(record.items),
                        plan=as_json(record.plan),
                        rubric_hash=record.rubric_hash,
                        items_hash=record.items_hash,
                        created_at=micros(record.created_at),
                    )
                )
                return record
            return study_record(known)

    def study(self, name: str) -> StudyRecord | None:
        """Return a study by name, or None."""
        with self._reading() as connection:
            row = connection.execute(sa.select(_studies).where(_studies.c.name == name)).first()
        return None if row is None else study_record(row)

    def studies(self) -> list[str]:
        """Return the names of all studies, oldest first."""
        with self._reading() as connection:
            found = connection.execute(sa.select(_studies.c.name).order_by(_studies.c.created_at, _studies.c.name))
            return [str(name) for name in found.scalars()]

    def append_rows(self, study_id: str, rows: Sequence[Row], *, judge: bool) -> list[Appended]:
        """Insert rows, all or none; see :class:`Store`."""
        with self._writing() as connection:
            known = self._known(connection, study_id, [row.rating.id for row in rows])
            appended = []
            for row in rows:
                rating = row.rating
                place = {"study": study_id, "rater": rating.rater, "item": rating.item}
                if rating.id in known:
                    rater, item = known[rating.id]
                    there = connection.execute(_places, {"study": study_id, "rater": rater, "item": item}).all()
                    revision = [one.id for one in there].index(rating.id) + 1
                    appended.append(Appended(rating.id, "duplicate", revision))
                    continue
                earlier = connection.execute(_places, place).all()
                fresh = [one.id for one in earlier if not one.stale]
                stale = rating.base != (fresh[-1] if fresh else None) if judge else row.stale
                connection.execute(_insert, {"study": study_id, **values_of(row, stale=stale)})
                known[rating.id] = (rating.rater, rating.item)
                appended.append(Appended(rating.id, "conflict" if stale and judge else "stored", len(earlier) + 1))
            return appended

    def rows(self, study_id: str, *, rater: str | None = None, item: str | None = None) -> list[Row]:
        """Return rows in the order of arrival; see :class:`Store`."""
        query, bound = _of_study, {"study": study_id}
        if rater is not None:
            query, bound = _of_rater, bound | {"rater": rater}
        if item is not None:
            query = query.where(_ratings.c.item == sa.bindparam("item")) if rater is None else _of_item
            bound = bound | {"item": item}
        with self._reading() as connection:
            found = connection.execute(query, bound).all()
        counts: dict[tuple[str, str], int] = {}
        rows = []
        for one in found:
            place = (one.rater, one.item)
            counts[place] = counts.get(place, 0) + 1
            rows.append(row_of(one, counts[place]))
        return rows

    def states(self, study_id: str, rater: str) -> dict[str, State]:
        """Return the current state of each item for a rater; see :class:`Store`."""
        with self._reading() as connection:
            found = connection.execute(_states, {"study": study_id, "rater": rater}).all()
        revisions: dict[str, int] = {}
        times: dict[str, float] = {}
        states: dict[str, State] = {}
        for item, identity, status, flagged, stale, seconds in found:
            revisions[item] = revisions.get(item, 0) + 1
            times[item] = times.get(item, 0.0) + (seconds or 0.0)
            if not stale:
                states[item] = State(identity, status, bool(flagged), revisions[item], 0.0)
        return {item: replace(state, seconds=times[item]) for item, state in states.items()}

    def table(self, study_id: str) -> pl.DataFrame:
        """Return every submission as a frame of :data:`TABLE_SCHEMA`."""
        with self._reading() as connection:
            found = connection.execute(_of_study, {"study": study_id})
            # In parts: millions of Python objects at once would make the time grow faster than the study.
            parts = [part(rows) for rows in found.partitions(_PART)]
        # Revisions count within item and rater, over the whole log.
        revision = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("rater", "item").alias("revision")
        return pl.concat([part([]), *parts]).with_columns(revision)

    def append_events(self, study_id: str, events: Sequence[Event]) -> list[bool]:
        """Insert events, all or none; see :class:`Store`."""
        rows = [{"study": study_id, **event_values(event)} for event in events]
        new: list[bool] = []
        with self._writing() as connection:
            known: set[str] = set()
            ids = [event.id for event in events]
            for start in range(0, len(ids), _MANY):
                found = connection.execute(_known_events, {"study": study_id, "ids": ids[start : start + _MANY]})
                known.update(found.scalars())
            for row in rows:
                new.append(row["id"] not in known)
                if new[-1]:
                    connection.execute(_insert_event, row)
                    known.add(row["id"])
        return new

    def events(self, study_id: str, *, rater: str | None = None, conversation: str | None = None) -> list[Event]:
        """Return events in the order of arrival; see :class:`Store`."""
        query, bound = _events_of_study, {"study": study_id}
        for name, value in (("rater", rater), ("conversation", conversation)):
            if value is not None:
                query, bound = query.where(_events.c[name] == sa.bindparam(name)), bound | {name: value}
        with self._reading() as connection:
            return [event_of(row) for row in connection.execute(query, bound)]

    def close(self) -> None:
        """Let go of the file or the connection; doing so twice is harmless."""
        with self._lock:
            self._closed = True
            self._engine.dispose()

    # How it is done

    @staticmethod
    def _check_folder(file: Path) -> None:
        if file.is_dir():
            msg = f"{file} is a folder: name a file in it, such as {file / 'study.rubric.db'}"
            raise StoreError(msg)
        if not file.parent.is_dir():
            msg = f"{file} cannot be made: there is no folder {file.parent}; make it, or name another"
            raise StoreError(msg)

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._connected(write=False) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._connected(write=True) as connection:
            yield connection

    @contextmanager
    def _connected(self, *, write: bool) -> Iterator[sa.Connection]:
        """Run in one transaction; whatever the database says is said again in words."""
        with self._lock:
            if self._closed:
                msg = f"{self.where} was closed: open the study again with Study(...)"
                raise StoreClosedError(msg)
            try:
                with (
                    self._engine.connect().execution_options(rubricwidgets_write=write) as connection,
                    connection.begin(),
                ):
                    if write and connection.dialect.name == "postgresql":
                        # One writer at a time: who reads by sequence number must never skip a row.
                        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7281902346)"))
                    yield connection
            except sa.exc.DBAPIError as error:
                raise in_words(error, self.where, self._file) from error
            except sa.exc.SQLAlchemyError as error:
                msg = f"{self.where}: {error}"
                raise StoreError(msg) from error

    def _known(self, connection: sa.Connection, study_id: str, ids: list[str]) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for start in range(0, len(ids), _MANY):
            part = connection.execute(_known, {"study": study_id, "ids": ids[start : start + _MANY]})
            found |= {one.id: (one.rater, one.item) for one in part}
        return found

    def _migrate(self) -> None:
        ours = steps()
        with self._reading() as connection:
            there = sa.inspect(connection).has_table(_migrations.name)
            applied = set(connection.execute(sa.select(_migrations.c.name)).scalars()) if there else set()
        newer = sorted(applied - set(ours))
        if newer:
            msg = (
                f"{self.where} was written by a newer version of rubricwidgets (it has {newer[-1]!r}): "
                "upgrade with `pip install --upgrade rubricwidgets`; the file is left as it is"
            )
            raise StoreVersionError(msg)
        if set(ours) - applied:
            self._apply(ours)

    def _apply(self, ours: dict[str, tuple[str, ...]]) -> None:
        with self._writing() as connection:
            sqlite = connection.dialect.name == "sqlite"
            sequence = "INTEGER PRIMARY KEY AUTOINCREMENT" if sqlite else "BIGSERIAL PRIMARY KEY"
            _metadata.create_all(connection)
            # Somebody else may have been faster: what counts is what is there inside the transaction.
            applied = set(connection.execute(sa.select(_migrations.c.name)).scalars())
            for name, statements in ours.items():
                if name not in applied:
                    for statement in statements:
                        connection.execute(sa.text(statement.replace("{sequence}", sequence)))
                    now = micros(datetime.now(UTC))
                    connection.execute(sa.insert(_migrations).values(name=name, applied_at=now))


def _url(where: str) -> sa.URL:
    try:
        return sa.make_url(where)
    except sa.exc.ArgumentError as error:
        msg = f"'store' takes a path or an SQLAlchemy URL such as 'postgresql+psycopg://user@host/database' (got {where!r}: {error})"
        raise StoreError(msg) from error


def _is_foreign(file: Path) -> bool:
    """Return whether a file is a SQLite database of another program; looking changes nothing in it."""
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        found = connection.execute("SELECT name FROM sqlite_master WHERE name = ?", (_migrations.name,)).fetchone()
    except sqlite3.Error:
        # Damaged, locked or no database at all: opening it in earnest says which.
        return False
    else:
        return found is None
    finally:
        connection.close()


def _prepare_sqlite(connection: Any, _info: object) -> None:  # noqa: ANN401 - sqlite3's, as SQLAlchemy hands it
    # Transactions are begun below, by us: sqlite3's own begin too late, and never as writers.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("rubricwidgets_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
