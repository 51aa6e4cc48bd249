"""A whole study as one file, and the files of several raters as one study."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from rubricwidgets.changes import changes
from rubricwidgets.errors import InputError, StudyChangedError, UnknownStudyError, nearest
from rubricwidgets.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rubricwidgets.study import Study


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
    target = Path(path)
    if target.exists():
        msg = (
            f"'path' takes a file that does not exist yet (got {str(target)!r}): nothing is overwritten, choose another"
        )
        raise InputError(msg)
    if not target.parent.is_dir():
        msg = f"'path' takes a file in a folder that exists (got {str(target)!r})"
        raise InputError(msg)
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        copy = open_store(draft, study.name)
        try:
            study.store.copy_into(copy, study.name)
        finally:
            copy.close()
        os.replace(draft, target)  # noqa: PTH105 - atomic on every platform, as Path.replace promises only on some
    finally:
        for leftover in (draft, *(draft.with_name(draft.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
    return target


def read(path: str | Path, name: str | None = None) -> Study:
    """Open a study from its file.

    Parameters
    ----------
    path
        A study's file.
    name
        Which study, where the file holds several.

    Raises
    ------
    InputError
        If there is no such file, or it holds several studies and none was named.
    UnknownStudyError
        If it holds no study, or none of that name.
    StoreError
        If it is no study's file, or is damaged.

    """
    from rubricwidgets.study import Study  # noqa: PLC0415 - study joins this file too

    file = Path(path)
    if not file.is_file():
        msg = f"'path' takes a study's file (got {str(file)!r}, which is not there)"
        raise InputError(msg)
    store = open_store(file, file.name)
    try:
        names = store.studies()
        if not names:
            msg = f"{str(file)!r} holds no study"
            raise UnknownStudyError(msg)
        if name is None and len(names) > 1:
            msg = f"{str(file)!r} holds {len(names)} studies, name one: {', '.join(map(repr, names))}"
            raise InputError(msg)
        wanted = names[0] if name is None else name
        if wanted not in names:
            close = nearest(wanted, names)
            hint = f"; did you mean {close!r}?" if close else f": it holds {', '.join(map(repr, names))}"
            msg = f"{str(file)!r} holds no study {wanted!r}{hint}"
            raise UnknownStudyError(msg)
        return Study(wanted, store=store)
    except Exception:
        store.close()
        raise


def merge_into(study: Study, others: Iterable[Study | str | Path]) -> int:
    """Take in every rating of other files of the same study.

    Parameters
    ----------
    study
        What takes the ratings in.
    others
        Studies or their files. Each must have the same items and rubric; what ratings are new is decided
        by their UUIDs, so merging twice adds nothing twice.

    Returns
    -------
    int
        How many ratings were new.

    Raises
    ------
    StudyChangedError
        If another study has other items or another rubric, naming the differences; then nothing is taken in.

    """
    from rubricwidgets.study import Study  # noqa: PLC0415 - study joins this file too

    opened: list[Study] = []
    try:
        studies = []
        for other in others:
            if isinstance(other, Study):
                studies.append(other)
            else:
                opened.append(read(other))
                studies.append(opened[-1])
        for other in studies:
            found = changes(study.record, other.items, other.rubric, None)
            if found:
                msg = (
                    f"{other.where} holds another study than {study.where}:\n"
                    + "\n".join(f"  - {change}" for change in found)
                    + "\nOnly ratings of the same items by the same rubric can be merged; nothing was."
                )
                raise StudyChangedError(msg)
        return sum(other.store.copy_into(study.store, other.name, into=study.name) for other in studies)
    finally:
        for one in opened:
            one.close()


def merge(files: Iterable[Study | str | Path], into: str | Path) -> Study:
    """Join the files of several raters into one new study.

    Parameters
    ----------
    files
        Two or more studies or files of the same items and rubric, one per rater as a rule.
    into
        The file to write; it must not exist yet. The files that are read stay as they are.

    Returns
    -------
    Study
        The joined study, saved in ``into``.

    Raises
    ------
    InputError
        If there are no files, or ``into`` exists.
    StudyChangedError
        If they are not of the same study; then ``into`` is not written.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> joined = rw.merge(["ana/pilot.rubric.db", "bo/pilot.rubric.db"], into="all.rubric.db")  # doctest: +SKIP

    """
    from rubricwidgets.study import Study  # noqa: PLC0415 - study joins this file too

    sources = [files] if isinstance(files, str | Path | Study) else list(files)
    if not sources:
        msg = "'files' takes one or more studies or files (got none)"
        raise InputError(msg)
    first = sources[0] if isinstance(sources[0], Study) else read(sources[0])
    try:
        target = first.export(into)
        joined = read(target, first.name)
    finally:
        if first is not sources[0]:
            first.close()
    try:
        merge_into(joined, sources[1:])
    except Exception:
        joined.close()
        for end in ("", "-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        raise
    return joined
