"""Where ratings are kept: a path, an SQLAlchemy URL, or memory."""

from __future__ import annotations

import re
from pathlib import Path

from rubricwidgets.errors import InputError
from rubricwidgets.store.base import Store
from rubricwidgets.store.memory import MemoryStore

#: The usual ending of a study's file.
ENDING = ".rubric.db"


def open_store(where: Store | str | Path | None, study: str, *, begin: bool = True, shown: str | None = None) -> Store:
    """Open a store.

    Parameters
    ----------
    where
        None for a SQLite file in the current folder named after the study; the path of one; an SQLAlchemy URL
        (``"postgresql+psycopg://..."``, ``"sqlite:///..."``); ``"memory"``; or a store, which is returned as it is.
    study
        The study's name.
    begin
        False refuses a file that no study was ever saved in, and leaves it as it is. A file that may not be written to
        is then opened for reading.
    shown
        What errors call it, where that is not its path.

    Raises
    ------
    InputError
        If ``where`` is none of these.
    StoreError
        If it cannot be opened, saying why and what to do.

    """
    if isinstance(where, Store):
        return where
    if where is None:
        where = Path(file_name(study))
    _check_where(where)
    if str(where) in ("memory", ":memory:"):
        return MemoryStore()
    from rubricwidgets.store.sql import SQLStore  # noqa: PLC0415 - SQLAlchemy loads when first used

    return SQLStore(where, begin=begin, shown=shown)


def may_exist(where: Store | str | Path | None, study: str) -> bool:
    """Return whether a store may already be there; False only where opening it would make a new file."""
    if isinstance(where, Store) or (isinstance(where, str) and "://" in where):
        return True
    if where is not None:
        _check_where(where)
    return Path(file_name(study) if where is None else where).exists()


def _check_where(where: object) -> None:
    if where == "hub":
        msg = (
            "'store' takes a path, an SQLAlchemy URL or 'memory': there is no store on a JupyterHub yet, so each rater "
            "keeps a file and merge joins them; for a file of that name: store='./hub'"
        )
        raise InputError(msg)
    if not isinstance(where, str | Path) or not str(where).strip():
        got = repr(where) if isinstance(where, str) else type(where).__name__
        msg = f"'store' takes a path, an SQLAlchemy URL or 'memory' (got {got})"
        raise InputError(msg)


def file_name(study: str) -> str:
    """Return the file that a study is saved in unless another is named.

    Examples
    --------
    >>> file_name("My pilot: round 1")
    'My-pilot-round-1.rubric.db'

    """
    stem = re.sub(r"[^\w.-]+", "-", study, flags=re.UNICODE).strip("-.") or "study"
    return stem[:100] + ENDING
