"""A SQLite file: whether it is ours, whether it is still there, and how it is opened, read-only too."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets.errors import StoreError, StoreGoneError

if TYPE_CHECKING:
    import sqlalchemy as sa

#: The table that says which migrations a database has, and so that it is one of ours.
MIGRATIONS = "rubricwidgets_migrations"
_SIDES = ("-wal", "-shm")
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"

Holds = Literal["ours", "something else", "nothing", "unknown"]


class Place:
    """The file that a store has open, and whether its path still leads there.

    On most systems an open file can be renamed, deleted or replaced. SQLite goes on writing to what it opened, where
    nobody would find it: so the path is looked at before anything is acknowledged.

    Parameters
    ----------
    file
        The path, just opened.

    """

    def __init__(self, file: Path) -> None:
        self._file = file.absolute()
        self._log = Path(f"{self._file}-wal")
        self._known = _identity(self._file)
        self._logged = self._log.exists()

    @property
    def intact(self) -> bool:
        """Whether the path leads to the file that was opened."""
        return _identity(self._file) == self._known

    @property
    def log_is_gone(self) -> bool:
        """Whether somebody took the write-ahead log away that stood beside the file."""
        return self._logged and not self._log.exists()

    def check(self, where: str) -> None:
        """Refuse to go on where the path leads elsewhere."""
        found = _identity(self._file)
        if found == self._known:
            return
        happened = "renamed or deleted" if found is None else "replaced by another file"
        first = "" if found is None else "move the other file away, then "
        msg = (
            f"{where} is gone: it was {happened} while this study was open, and whatever was saved now would be lost with it. "
            f"{first[:1].upper()}{first[1:]}{'put' if first else 'Put'} it back under its name, or write it anew with "
            f"study.export({str(self._file)!r}) and open the study again; what waits is saved then"
        )
        raise StoreGoneError(msg)


def take_away(file: Path) -> None:
    """Delete a database and what SQLite keeps beside it."""
    for one in (file, *(Path(f"{file}{end}") for end in _SIDES)):
        one.unlink(missing_ok=True)


def set_aside_log(file: Path) -> None:
    """Move a write-ahead log away whose database is gone: SQLite would replay it into whatever takes that name."""
    log = Path(f"{file}-wal")
    if log.exists() and not file.exists():
        log.replace(f"{log}.old")
        Path(f"{file}-shm").unlink(missing_ok=True)


def check_folder(file: Path) -> None:
    """Refuse a path that is a folder, or in none."""
    if file.is_dir():
        msg = f"{file} is a folder: name a file in it, such as {file / 'study.rubric.db'}"
        raise StoreError(msg)
    if not file.parent.is_dir():
        msg = f"{file} cannot be made: there is no folder {file.parent}; make it, or name another"
        raise StoreError(msg)


def holds(file: Path) -> Holds:
    """Return what a SQLite file holds; looking changes nothing in it.

    Damaged, locked or no database at all is ``"unknown"``: opening it in earnest says which.
    """
    if not file.is_file():
        return "nothing"
    logged = has_log(file)
    # Merely reading along with a log, SQLite would leave files beside one that has none.
    tables = _tables(file, "mode=ro") if logged else None
    whole = tables is not None or not logged
    if tables is None:
        tables = _tables(file, "immutable=1")
    if tables:
        return "ours" if MIGRATIONS in tables else "something else"
    # Without its log, a file may seem to hold nothing yet.
    return "nothing" if tables is not None and whole else "unknown"


def _tables(file: Path, way: str) -> set[str] | None:
    """Return the names of a database's tables, or None where it cannot be read this way."""
    try:
        connection = sqlite3.connect(_uri(file, way), uri=True)
    except sqlite3.Error:
        return None
    try:
        return {name for (name,) in connection.execute(_TABLES)}
    except sqlite3.Error:
        return None
    finally:
        connection.close()


def has_log(file: Path) -> bool:
    """Return whether a write-ahead log with something in it stands beside a file."""
    log = Path(f"{file}-wal")
    return log.exists() and log.stat().st_size > 0


def is_writable(file: Path) -> bool:
    """Return whether a file and its folder may be written to, as SQLite needs it."""
    return os.access(file.parent, os.W_OK) and (not file.exists() or os.access(file, os.W_OK))


def connect_to_read(file: Path, timeout: float) -> sqlite3.Connection:
    """Connect to a file that may not be written to, nor its folder."""
    options: dict[str, Any] = {"uri": True, "timeout": timeout, "check_same_thread": False}
    connection: sqlite3.Connection = sqlite3.connect(_uri(file, "mode=ro"), **options)
    try:
        connection.execute(_TABLES).fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if has_log(file):
            raise  # part of it stands in the log, which cannot be read along
        # SQLite wants to make its side files even to read; with the log empty, nobody can be writing.
        connection = sqlite3.connect(_uri(file, "immutable=1"), **options)
    connection.isolation_level = None
    return connection


def prepare(connection: Any, _info: object) -> None:  # noqa: ANN401 - sqlite3's, as SQLAlchemy hands it
    """Set up a new connection for durable writing."""
    # Transactions are begun below, by us: sqlite3's own begin too late, and never as writers.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def begin(connection: sa.Connection) -> None:
    """Begin a transaction, as a writer where it is to be one."""
    write = connection.get_execution_options().get("rubricwidgets_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _uri(file: Path, way: str) -> str:
    return f"{file.absolute().as_uri()}?{way}"


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 - called at every commit, and half as long as Path.stat
    except OSError:
        return None
    return found.st_dev, found.st_ino
