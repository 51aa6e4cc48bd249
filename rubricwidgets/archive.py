"""A whole study as one file, and the files of several raters as one study."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rubricwidgets.changes import changes
from rubricwidgets.errors import InputError, StudyChangedError, UnknownStudyError, nearest
from rubricwidgets.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from rubricwidgets.store.base import Event, Row
    from rubricwidgets.study import Study

_NAMED = 3
#: Endings that promise a table, which a study's file is not, and how Polars writes one.
_TABLES = {".csv": "csv", ".parquet": "parquet", ".json": "json", ".jsonl": "ndjson", ".xlsx": "excel"}
SameRater = Literal["refuse", "latest"]
Rename = Mapping[str, Mapping[str, str]]


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
    target = _new_file(path)
    with _draft(target) as draft:
        copy = open_store(draft, study.name)
        try:
            study.store.copy_into(copy, study.name)
        finally:
            copy.close()
    return target


def _new_file(path: str | Path, name: str = "path") -> Path:
    target = Path(path)
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
def _draft(target: Path) -> Iterator[Path]:
    """Give a file beside the target that takes its place when all went well, and leaves nothing when not."""
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        yield draft
        os.replace(draft, target)  # noqa: PTH105 - atomic on every platform, as Path.replace promises only on some
    finally:
        for leftover in (draft, *(draft.with_name(draft.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)


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
    store = open_store(file, file.name, begin=False)
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


def merge_into(
    study: Study,
    others: Iterable[Study | str | Path],
    *,
    rename: Rename | None = None,
    same_rater: SameRater = "refuse",
) -> int:
    """Take in every rating of other files of the same study.

    Parameters
    ----------
    study
        What takes the ratings in.
    others
        Studies or their files. Each must have the same items and rubric; what ratings are new is decided
        by their UUIDs, so merging twice adds nothing twice.
    rename, same_rater
        As for :func:`merge`.

    Returns
    -------
    int
        How many ratings were new.

    Raises
    ------
    StudyChangedError
        If another study has other items or another rubric, naming the differences; then nothing is taken in.
    InputError
        If two files have ratings of one item under one rater's name that know nothing of each other.

    """
    from rubricwidgets.study import Study  # noqa: PLC0415 - study joins this file too

    if same_rater not in ("refuse", "latest"):
        msg = f"'same_rater' takes 'refuse' or 'latest' (got {same_rater!r})"
        raise InputError(msg)
    opened: list[Study] = []
    try:
        studies = []
        for other in others:
            if isinstance(other, Study):
                studies.append((other, _names_for(rename, other.where)))
            else:
                opened.append(read(other))
                studies.append((opened[-1], _names_for(rename, str(other))))
        for other, _ in studies:
            found = changes(study.record, other.items, other.rubric, None)
            if found:
                msg = (
                    f"{other.where} holds another study than {study.where}:\n"
                    + "\n".join(f"  - {change}" for change in found)
                    + "\nOnly ratings of the same items by the same rubric can be merged; nothing was."
                )
                raise StudyChangedError(msg)
        known = study.store.rows(study.id)
        joined: list[Row] = []
        happened: list[Event] = []
        for other, names in studies:
            rows = [_renamed(row, names) for row in other.store.rows(other.id)]
            rows = _reconciled([*known, *joined], rows, other.where, same_rater)
            taken = {row.rating.id for row in (*known, *joined)}
            joined += [row for row in rows if row.rating.id not in taken]
            happened += [_renamed_event(event, names) for event in other.store.events(other.id)]
        study.store.append_events(study.id, happened)
        appended = study.store.append_rows(study.id, joined, judge=False)
        return sum(one.status == "stored" for one in appended)
    finally:
        for one in opened:
            one.close()


def merge(
    files: Iterable[Study | str | Path],
    into: str | Path,
    *,
    rename: Rename | None = None,
    same_rater: SameRater = "refuse",
) -> Study:
    """Join the files of several raters into one new study.

    Parameters
    ----------
    files
        One or more studies or files of the same items and rubric, one per rater as a rule.
    into
        The file to write; it must not exist yet. The files that are read stay as they are.
    rename
        Where two people rated under one name: by file, the old name and the new one,
        ``{"bo/pilot.rubric.db": {"jovyan": "bo"}}``.
    same_rater
        What to do where two files have ratings of one item under one name, neither of which revises the other.
        ``"refuse"`` says so; ``"latest"`` lets the one submitted last count and keeps the other as stale, in whatever
        order the files are given: right where one person rated on two machines.

    Returns
    -------
    Study
        The joined study, saved in ``into``.

    Raises
    ------
    InputError
        If there are no files, ``into`` exists, or one rater's ratings compete; then ``into`` is not written.
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
    _check_rename(rename, sources)
    first = sources[0] if isinstance(sources[0], Study) else read(sources[0])
    target = _new_file(into, "into")
    try:
        with _draft(target) as draft:
            store = open_store(draft, first.name)
            try:
                store.create_study(first.record)
                with_nothing = Study(first.name, store=store)
                merge_into(with_nothing, sources, rename=rename, same_rater=same_rater)
            finally:
                store.close()
        return read(target, first.name)
    finally:
        if first is not sources[0]:
            first.close()


def _names_for(rename: Rename | None, file: str) -> Mapping[str, str]:
    return next((names for path, names in (rename or {}).items() if str(path) == file), {})


def _check_rename(rename: Rename | None, sources: Sequence[object]) -> None:
    known = [str(getattr(one, "where", one)) for one in sources]
    for path, names in (rename or {}).items():
        if str(path) not in known:
            close = nearest(path, known)
            hint = f"did you mean {close!r}?" if close else f"they are {', '.join(map(repr, known))}"
            msg = f"'rename' takes the files that are merged (got {str(path)!r}); {hint}"
            raise InputError(msg)
        if not isinstance(names, Mapping):
            msg = f"'rename' takes, by file, old names and new ones (got {names!r} for {str(path)!r})"
            raise InputError(msg)


def _renamed(row: Row, names: Mapping[str, str]) -> Row:
    new = names.get(row.rating.rater)
    return row if new is None else replace(row, rating=replace(row.rating, rater=new))


def _renamed_event(event: Event, names: Mapping[str, str]) -> Event:
    return replace(event, rater=names.get(event.rater, event.rater))


def _reconciled(known: Sequence[Row], coming: list[Row], where: str, same_rater: SameRater) -> list[Row]:
    """Return the coming rows so that one rating of each item and rater counts, whichever file comes first."""
    ours, theirs = _heads(known), _heads(coming)
    known_ids = {row.rating.id for row in known}
    coming_ids = {row.rating.id for row in coming}
    forks = [
        place
        for place, head in theirs.items()
        if place in ours and head.rating.id not in known_ids and ours[place].rating.id not in coming_ids
    ]
    if forks and same_rater == "refuse":
        raters = sorted({rater for rater, _ in forks})
        items = ", ".join(repr(item) for _, item in forks[:_NAMED]) + (
            f" and {len(forks) - _NAMED} more" if len(forks) > _NAMED else ""
        )
        msg = (
            f"{where} has ratings by {', '.join(map(repr, raters))} of items that another file has by the same name, "
            f"and neither revises the other ({items}); nothing was merged. Two people under one name: "
            f"rename={{{where!r}: {{{raters[0]!r}: '...'}}}}. One person on two machines: same_rater='latest'"
        )
        raise InputError(msg)
    older = {place for place in forks if _moment(theirs[place]) < _moment(ours[place])}
    return [replace(row, stale=True) if (row.rating.rater, row.rating.item) in older else row for row in coming]


def _heads(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    """Return, by rater and item, the rating that counts."""
    return {(row.rating.rater, row.rating.item): row for row in rows if not row.stale}


def _moment(row: Row) -> tuple[datetime, str]:
    # The id decides between two of one moment, so that the order of files never does.
    return row.rating.submitted_at or row.received_at, row.rating.id
