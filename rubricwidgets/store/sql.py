"""Studies in a SQLite file or a PostgreSQL database, through SQLAlchemy Core.

SQLite runs with a write-ahead log and ``synchronous=FULL``: a commit is on the disk before it returns.
``NORMAL`` would not sync on commit at all, so a power cut could take ratings that were acknowledged. Soon after each
commit the log is moved into the file, so that whoever copies the file alone has them. A file is for the raters of one
machine: the write-ahead log does not work over network file systems.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from rubricwidgets.errors import StoreClosedError, StoreError, StoreReadOnlyError, StoreVersionError
from rubricwidgets.store import sql_statements as sql
from rubricwidgets.store import sqlite_file
from rubricwidgets.store.base import Appended, Event, Row, State, Store, StudyRecord
from rubricwidgets.store.checkpoints import Checkpoints
from rubricwidgets.store.failures import in_words
from rubricwidgets.store.migrations import steps
from rubricwidgets.store.sql_rows import (
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
    from collections.abc import Callable, Iterator, Sequence

_MANY = 500
_PART = 20_000


class SQLStore(Store):
    """Studies in a SQL database.

    Parameters
    ----------
    where
        The path of a SQLite file, which is made if it is not there, or an SQLAlchemy URL.
    timeout
        Seconds to wait for another program that is writing.
    begin
        False refuses a database that no study was ever saved in, and leaves it as it is. A file that may not be written
        to is then opened for reading.
    shown
        What errors call it, where that is not its path.

    Raises
    ------
    StoreError
        One of its children by what is wrong: locked, read-only, damaged, from a newer version, full.

    """

    def __init__(
        self, where: str | Path, *, timeout: float = 10.0, begin: bool = True, shown: str | None = None
    ) -> None:
        url = (
            sa.URL.create("sqlite", database=str(where))
            if isinstance(where, Path) or "://" not in where
            else _url(where)
        )
        self._sqlite = url.get_backend_name() == "sqlite"
        self._file = Path(url.database) if self._sqlite and url.database else None
        self._where = shown or (str(self._file) if self._file else url.render_as_string(hide_password=True))
        self._lock = threading.RLock()
        self._closed = False
        self._place: sqlite_file.Place | None = None
        self._checkpoints = Checkpoints(_weakly(self))
        self._made = False
        self._read_only = False
        if self._file is not None:
            sqlite_file.check_folder(self._file)
            self._check_contents(self._file, begin=begin)
            self._made = not self._file.exists()
            self._read_only = not begin and not self._made and not sqlite_file.is_writable(self._file)
        self._engine = self._engine_for(url, timeout)
        try:
            self._migrate()
        except StoreError:
            self._engine.dispose()
            if self._made and self._file is not None and sqlite_file.holds(self._file) == "nothing":
                sqlite_file.take_away(self._file)
            raise
        if self._file is not None and not self._read_only:
            self._place = sqlite_file.Place(self._file)
        weakref.finalize(self, _let_go, self._engine, self._place)

    @property
    def where(self) -> str:
        """Where ratings are, in words and without a password."""
        return self._where

    def create_study(self, record: StudyRecord) -> StudyRecord:
        """Keep a new study; see :class:`Store`."""
        with self._lock:
            kept = self._create_study(record)
            self._checkpoint()
        return kept

    def _create_study(self, record: StudyRecord) -> StudyRecord:
        with self._writing() as connection:
            known = connection.execute(sa.select(sql.studies).where(sql.studies.c.name == record.name)).first()
            if known is None:
                connection.execute(
                    sa.insert(sql.studies).values(
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
            row = connection.execute(sa.select(sql.studies).where(sql.studies.c.name == name)).first()
        return None if row is None else study_record(row)

    def studies(self) -> list[str]:
        """Return the names of all studies, oldest first."""
        with self._reading() as connection:
            found = connection.execute(
                sa.select(sql.studies.c.name).order_by(sql.studies.c.created_at, sql.studies.c.name)
            )
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
                    there = connection.execute(sql.places, {"study": study_id, "rater": rater, "item": item}).all()
                    revision = [one.id for one in there].index(rating.id) + 1
                    appended.append(Appended(rating.id, "duplicate", revision))
                    continue
                earlier = connection.execute(sql.places, place).all()
                fresh = [one.id for one in earlier if not one.stale]
                stale = rating.base != (fresh[-1] if fresh else None) if judge else row.stale
                connection.execute(sql.insert, {"study": study_id, **values_of(row, stale=stale)})
                known[rating.id] = (rating.rater, rating.item)
                appended.append(Appended(rating.id, "conflict" if stale and judge else "stored", len(earlier) + 1))
            return appended

    def rows(self, study_id: str, *, rater: str | None = None, item: str | None = None) -> list[Row]:
        """Return rows in the order of arrival; see :class:`Store`."""
        query, bound = sql.of_study, {"study": study_id}
        if rater is not None:
            query, bound = sql.of_rater, bound | {"rater": rater}
        if item is not None:
            query = query.where(sql.ratings.c.item == sa.bindparam("item")) if rater is None else sql.of_item
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
            found = connection.execute(sql.states, {"study": study_id, "rater": rater}).all()
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
            found = connection.execute(sql.of_study, {"study": study_id})
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
                found = connection.execute(sql.known_events, {"study": study_id, "ids": ids[start : start + _MANY]})
                known.update(found.scalars())
            for row in rows:
                new.append(row["id"] not in known)
                if new[-1]:
                    connection.execute(sql.insert_event, row)
                    known.add(row["id"])
        return new

    def events(self, study_id: str, *, rater: str | None = None, conversation: str | None = None) -> list[Event]:
        """Return events in the order of arrival; see :class:`Store`."""
        query, bound = sql.events_of_study, {"study": study_id}
        for name, value in (("rater", rater), ("conversation", conversation)):
            if value is not None:
                query, bound = query.where(sql.events.c[name] == sa.bindparam(name)), bound | {name: value}
        with self._reading() as connection:
            return [event_of(row) for row in connection.execute(query, bound)]

    def close(self) -> None:
        """Let go of the file or the connection; doing so twice is harmless."""
        self._checkpoints.stop()
        with self._lock:
            if not self._closed:
                self._checkpoint()
            self._closed = True
            _let_go(self._engine, self._place)

    def withdraw(self) -> None:
        """Close, and take the file away again if this store made it and no study is in it."""
        with self._lock:
            try:
                empty = self._made and not self.studies()
            except StoreError:
                empty = False
            self.close()
            if empty and self._file is not None and self._place is not None and self._place.intact:
                sqlite_file.take_away(self._file)

    # How it is done

    def _engine_for(self, url: sa.URL, timeout: float) -> sa.Engine:
        file = self._file
        arguments: dict[str, Any] = {"timeout": timeout, "check_same_thread": False} if self._sqlite else {}
        try:
            if self._read_only and file is not None:
                return sa.create_engine(
                    url, poolclass=StaticPool, creator=lambda: sqlite_file.connect_to_read(file, timeout)
                )
            engine = sa.create_engine(url, poolclass=StaticPool if self._sqlite else None, connect_args=arguments)
        except (ImportError, sa.exc.SQLAlchemyError) as error:
            name = url.get_backend_name()
            msg = (
                f"{self.where}: no driver for {name!r} is installed ({error}); "
                "for PostgreSQL: pip install 'rubricwidgets[postgres]' and postgresql+psycopg://..."
            )
            raise StoreError(msg) from error
        if self._sqlite:
            sa.event.listen(engine, "connect", sqlite_file.prepare)
            sa.event.listen(engine, "begin", sqlite_file.begin)
        return engine

    def _check_contents(self, file: Path, *, begin: bool) -> None:
        """Refuse another program's database, before anything is written into it."""
        found = sqlite_file.holds(file)
        if found == "something else" or (found == "nothing" and not begin):
            msg = f"{self.where} is a database of something else: no study was ever saved in it; name another file"
            raise StoreError(msg)

    def _checkpoint(self) -> bool:
        """Move the write-ahead log into the file as far as readers allow; return whether that was all of it."""
        with self._lock:
            if self._closed or self._read_only or not self._sqlite:
                return True
            try:
                raw = self._engine.raw_connection()
                try:
                    _, logged, moved = raw.driver_connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()  # type: ignore[union-attr]
                finally:
                    raw.close()
            except (sa.exc.SQLAlchemyError, sqlite3.Error):
                return False  # the log still has it
            return bool(logged == moved)

    def _keep_log(self) -> None:
        """Move everything into the file and begin a new log, where somebody took the old one away."""
        if not self._checkpoint():
            msg = f"{self.where}-wal was taken away while this study was open: restart the kernel and open the study again"
            raise StoreError(msg)
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._connected(write=False) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._lock:
            if self._place is not None and not self._closed:
                self._place.check(self.where)
            with self._connected(write=True) as connection:
                yield connection
            # Again, and only then is anything acknowledged: it may have gone meanwhile.
            if self._place is not None:
                self._place.check(self.where)
                if self._place.log_is_gone:
                    self._keep_log()
            if self._sqlite:
                self._checkpoints.soon()

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
            part = connection.execute(sql.known, {"study": study_id, "ids": ids[start : start + _MANY]})
            found |= {one.id: (one.rater, one.item) for one in part}
        return found

    def _migrate(self) -> None:
        ours = steps()
        with self._reading() as connection:
            there = sa.inspect(connection).has_table(sql.migrations.name)
            applied = set(connection.execute(sa.select(sql.migrations.c.name)).scalars()) if there else set()
        newer = sorted(applied - set(ours))
        if newer:
            msg = (
                f"{self.where} was written by a newer version of rubricwidgets (it has {newer[-1]!r}): "
                "upgrade with `pip install --upgrade rubricwidgets`; the file is left as it is"
            )
            raise StoreVersionError(msg)
        if set(ours) - applied:
            if self._read_only:
                msg = f"{self.where} was written by an older version and may not be written to: copy it, and open the copy"
                raise StoreReadOnlyError(msg)
            self._apply(ours)

    def _apply(self, ours: dict[str, tuple[str, ...]]) -> None:
        with self._writing() as connection:
            sqlite = connection.dialect.name == "sqlite"
            sequence = "INTEGER PRIMARY KEY AUTOINCREMENT" if sqlite else "BIGSERIAL PRIMARY KEY"
            sql.metadata.create_all(connection)
            # Somebody else may have been faster: what counts is what is there inside the transaction.
            applied = set(connection.execute(sa.select(sql.migrations.c.name)).scalars())
            for name, statements in ours.items():
                if name not in applied:
                    for statement in statements:
                        connection.execute(sa.text(statement.replace("{sequence}", sequence)))
                    now = micros(datetime.now(UTC))
                    connection.execute(sa.insert(sql.migrations).values(name=name, applied_at=now))


def _url(where: str) -> sa.URL:
    try:
        return sa.make_url(where)
    except sa.exc.ArgumentError as error:
        msg = f"'store' takes a path or an SQLAlchemy URL such as 'postgresql+psycopg://user@host/database' (got {where!r}: {error})"
        raise StoreError(msg) from error


#: Connections whose file was replaced. Closing one would delete, by its name, the log of what is there now.
_left_open: list[sa.Engine] = []


def _let_go(engine: sa.Engine, place: sqlite_file.Place | None) -> None:
    if place is None or place.intact:
        engine.dispose()
    elif engine not in _left_open:
        _left_open.append(engine)


def _weakly(store: SQLStore) -> Callable[[], bool]:
    """Return the store's checkpoint without keeping the store: nobody closes one that is merely forgotten."""
    found = weakref.ref(store)

    def run() -> bool:
        there = found()
        return there is None or there._checkpoint()  # noqa: SLF001 - its own

    return run
