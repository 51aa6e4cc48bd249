"""A whole study as one file, written and read."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rubricwidgets.errors import InputError, StoreError, UnknownStudyError, nearest
from rubricwidgets.files import draft, path_of
from rubricwidgets.store import open_store
from rubricwidgets.store.sqlite_file import set_aside_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rubricwidgets.study import Study

#: Endings that promise a table, which a study's file is not, and how Polars writes one.
_TABLES = {".csv": "csv", ".parquet": "parquet", ".json": "json", ".jsonl": "ndjson", ".xlsx": "excel"}


def export(study: Study, path: str | Path) -> Path:
    """Write one study with its items, rubric, plan and every rating as a new file.

    Parameters
    ----------
    study
        The study.
    path
        A file that does not exist yet; ``.rubric.db`` is the usual ending.

    Returns
    -------
    Path
        The file, complete: it is written beside its place and moved there when done.

    Raises
    ------
    InputError
        If the file exists already or its folder does not.
    StoreError
        If it cannot be written; then no file is left behind.

    """
    target = new_file(path)
    with new_study_file(target) as beside:
        copy = open_store(beside, study.name, shown=str(target))
        try:
            study.store.copy_into(copy, study.name)
        finally:
            copy.close()
    return target


def new_file(path: object, name: str = "path") -> Path:
    """Return the path of a study's file that is to be written, or say what is wrong with it."""
    target = path_of(path, name)
    if target.suffix.lower() in _TABLES:
        msg = (
            f"'{name}' takes the name of a study's file, such as {target.stem + '.rubric.db'!r} (got {str(target)!r}); "
            f"for a table: study.scores().write_{_TABLES[target.suffix.lower()]}({str(target)!r})"
        )
        raise InputError(msg)
    if target.exists():
        msg = f"'{name}' takes a file that does not exist yet (got {str(target)!r}): nothing is overwritten, choose another"
        raise InputError(msg)
    if not target.parent.is_dir():
        msg = f"'{name}' takes a file in a folder that exists (got {str(target)!r})"
        raise InputError(msg)
    return target


@contextmanager
def new_study_file(target: Path) -> Iterator[Path]:
    """Give a draft of a study's new file; what the system says when it cannot be put in its place is said in words."""
    try:
        with draft(target) as beside:
            yield beside
            set_aside_log(target)
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror or error}); free some space or name another place"
        raise StoreError(msg) from error


def read(path: str | Path, name: str | None = None) -> Study:
    """Open a study from its file.

    Parameters
    ----------
    path
        A study's file.
    name
        Which study, where the file holds several.

    Returns
    -------
    Study
        The study. Where its file or folder may not be written to, it can be read and charted, and takes no rating.

    Raises
    ------
    InputError
        If there is no such file, or it holds several studies and none was named.
    UnknownStudyError
        If it holds no study, or none of that name.
    StoreError
        If it is no study's file, or is damaged.

    """
    return read_one(path_of(path, "path"), name)


def read_one(file: Path, name: str | None, preferred: str | None = None) -> Study:
    """Open a study from its file: the one named, or the preferred one where several are there."""
    from rubricwidgets.study import Study  # noqa: PLC0415 - study joins this file too

    if not file.is_file():
        msg = f"'path' takes a study's file (got {str(file)!r}, which is not there)"
        raise InputError(msg)
    store = open_store(file, file.name, begin=False)
    try:
        names = store.studies()
        if not names:
            msg = f"{str(file)!r} holds no study"
            raise UnknownStudyError(msg)
        if name is None and len(names) > 1 and preferred not in names:
            msg = f"{str(file)!r} holds {len(names)} studies, name one: name={names[0]!r} or {', '.join(map(repr, names[1:]))}"
            raise InputError(msg)
        wanted = name if name is not None else preferred if len(names) > 1 and preferred is not None else names[0]
        if wanted not in names:
            close = nearest(wanted, names)
            hint = f"; did you mean {close!r}?" if close else f": it holds {', '.join(map(repr, names))}"
            msg = f"{str(file)!r} holds no study {wanted!r}{hint}"
            raise UnknownStudyError(msg)
        return Study(wanted, store=store)
    except Exception:
        store.close()
        raise
