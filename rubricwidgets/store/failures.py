"""What a database reports, said so that somebody can act on it."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from rubricwidgets.errors import (
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
)
from rubricwidgets.store.sqlite_file import is_writable

if TYPE_CHECKING:
    from pathlib import Path

# The low byte of SQLite's extended codes says the kind.
_KIND = 0xFF
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def in_words(error: Exception, where: str, file: Path | None) -> StoreError:
    """Return the store error for what a database driver raised.

    Parameters
    ----------
    error
        SQLAlchemy's error, whose ``orig`` is the driver's.
    where
        The store, in words.
    file
        Its file, for SQLite.

    """
    original = getattr(error, "orig", None) or error
    code = getattr(original, "sqlite_errorcode", None)
    kind = None if code is None else code & _KIND
    text = str(original)
    if kind in _LOCKED:
        return StoreLockedError(
            f"{where} is locked: another program has been writing to it for too long; close that program and try again"
        )
    if kind in _DAMAGED or "malformed" in text:
        return StoreCorruptError(
            f"{where} is damaged or no study's file ({text}); restore it from a copy, or name another file"
        )
    if kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and _no_space(file)):
        return StoreFullError(f"no space left where {where} is: free some, and what waits is saved then")
    if kind in _READ_ONLY or (kind == sqlite3.SQLITE_CANTOPEN and file is not None and not is_writable(file)):
        return StoreReadOnlyError(
            f"{where} cannot be written to: give yourself write access to the file and its folder, or name another place"
        )
    if kind == sqlite3.SQLITE_CANTOPEN:
        return StoreError(f"{where} cannot be opened ({text})")
    return StoreError(f"{where}: {text}")


def _no_space(file: Path | None) -> bool:
    if file is None:
        return False
    try:
        found = os.statvfs(file.parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < 1 << 16
