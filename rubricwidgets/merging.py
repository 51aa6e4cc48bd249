"""The files of several raters as one study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rubricwidgets.archive import new_file, new_study_file, read_one
from rubricwidgets.changes import changes
from rubricwidgets.errors import InputError, StudyChangedError, known_keywords, nearest
from rubricwidgets.files import path_of
from rubricwidgets.process.desk.forks import forks, latest_counts
from rubricwidgets.store import open_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rubricwidgets.store.base import Event, Row
    from rubricwidgets.study import Study

_NAMED = 3
SameRater = Literal["refuse", "latest"]
Rename = Mapping[str, Mapping[str, str]]


def merge_into(
    study: Study,
    others: Iterable[Study | str | Path],
    *,
    name: str | None = None,
    rename: Rename | None = None,
    same_rater: SameRater = "refuse",
    than: str | None = None,
) -> int:
    """Take in every rating of other files of the same study.

    Parameters
    ----------
    study
        What takes the ratings in.
    others
        Studies or their files. Each must have the same items and rubric; what ratings are new is decided
        by their UUIDs, so merging twice adds nothing twice.
    name, rename, same_rater
        As for :func:`merge`.
    than
        What errors call the study that the others are held against; where it is saved, if None.

    Returns
    -------
    int
        How many ratings were new.

    Raises
    ------
    StudyChangedError
        If another study has other items or another rubric, naming the differences; then nothing is taken in.
    InputError
        If two files have ratings of one item, or judgements of one conversation, under one rater's name that know nothing
        of each other, or ``rename`` would make one rater of two.

    """
    from rubricwidgets.study import Study  # noqa: PLC0415 - study joins this file too

    if same_rater not in ("refuse", "latest"):
        msg = f"'same_rater' takes 'refuse' or 'latest' (got {same_rater!r})"
        raise InputError(msg)
    sources = _sources(others, "others")
    _check_rename(rename, sources)
    opened: list[Study] = []
    try:
        studies = []
        for other in sources:
            if isinstance(other, Study):
                studies.append((other, _names_for(rename, other.where)))
            else:
                opened.append(read_one(Path(other), name, study.name))
                studies.append((opened[-1], _names_for(rename, str(other))))
        for other, _ in studies:
            found = changes(study.record, other.items, other.rubric, None)
            if found:
                msg = (
                    f"{other.where} holds another study than {than or study.where}:\n"
                    + "\n".join(f"  - {change}" for change in found)
                    + "\nOnly ratings of the same items by the same rubric can be merged; nothing was."
                )
                raise StudyChangedError(msg)
        known, happened_here = study.store.rows(study.id), study.store.events(study.id)
        joined: list[Row] = []
        happened: list[Event] = []
        for other, names in studies:
            given = other.store.rows(other.id)
            events = other.store.events(other.id)
            _check_names(names, {row.rating.rater for row in given} | {event.rater for event in events}, other.where)
            rows = [_renamed(row, names) for row in given]
            rows = _reconciled([*known, *joined], rows, other.where, same_rater)
            taken = {row.rating.id for row in (*known, *joined)}
            joined += [row for row in rows if row.rating.id not in taken]
            happened += _reconciled_events(
                [*happened_here, *happened],
                [_renamed_event(event, names) for event in events],
                other.where,
                same_rater,
            )
        study.store.append_events(study.id, happened)
        appended = study.store.append_rows(study.id, joined, judge=False)
        return sum(one.status == "stored" for one in appended)
    finally:
        for one in opened:
            one.close()


@known_keywords
def merge(
    files: Iterable[Study | str | Path],
    into: str | Path,
    *,
    name: str | None = None,
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
    name
        Which study, where a file holds several.
    rename
        Where two people rated under one name: by file, the old name and the new one,
        ``{"bo/pilot.rubric.db": {"jovyan": "bo"}}``. No two raters of a file may end under one name.
    same_rater
        What to do where two files have ratings of one item, or judgements of one conversation, under one name, neither of
        which revises the other.
        ``"refuse"`` says so; ``"latest"`` lets the one submitted last count and keeps the other as stale, in whatever
        order the files are given: right where one person rated on two machines.

    Returns
    -------
    Study
        The joined study, saved in ``into``.

    Raises
    ------
    InputError
        If there are no files, ``into`` exists, ``rename`` names a rater who is not there or makes one of two, or one
        rater's ratings compete; then ``into`` is not written.
    StudyChangedError
        If they are not of the same study; then ``into`` is not written.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> joined = rw.merge(["ana/pilot.rubric.db", "bo/pilot.rubric.db"], into="all.rubric.db")  # doctest: +SKIP

    """
    from rubricwidgets.study import Study  # noqa: PLC0415 - study joins this file too

    sources = _sources(files, "files")
    if not sources:
        msg = "'files' takes one or more studies or files (got none)"
        raise InputError(msg)
    _check_rename(rename, sources)
    target = new_file(into, "into")
    first = sources[0] if isinstance(sources[0], Study) else read_one(Path(sources[0]), name)
    try:
        with new_study_file(target) as beside:
            store = open_store(beside, first.name, shown=str(target))
            try:
                store.create_study(first.record)
                merge_into(
                    Study(first.name, store=store),
                    sources,
                    name=name,
                    rename=rename,
                    same_rater=same_rater,
                    than=first.where,
                )
            finally:
                store.close()
        return read_one(target, first.name)
    finally:
        if first is not sources[0]:
            first.close()


def _sources(given: object, name: str) -> list[Study | str | Path]:
    """Return studies and files as a list, or refuse what is neither."""
    from rubricwidgets.study import Study  # noqa: PLC0415 - study joins this file too

    listed = [given] if isinstance(given, str | Path | Study) else list(given) if isinstance(given, Iterable) else None
    if listed is None:
        msg = f"'{name}' takes a list of studies or their files (got {type(given).__name__})"
        raise InputError(msg)
    for place, one in enumerate(listed):
        if not isinstance(one, Study):
            path_of(one, f"{name}[{place}]")
    return listed


def _names_for(rename: Rename | None, file: str) -> Mapping[str, str]:
    return next((names for path, names in (rename or {}).items() if str(path) == file), {})


def _check_rename(rename: object, sources: Sequence[object]) -> None:
    if rename is not None and not isinstance(rename, Mapping):
        msg = f"'rename' takes, by file, old names and new ones, such as {{'bo.rubric.db': {{'jovyan': 'bo'}}}} (got {rename!r})"
        raise InputError(msg)
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
        for new in names.values():
            if not isinstance(new, str) or not new.strip():
                msg = f"'rename' takes new names that are text (got {new!r} for {str(path)!r})"
                raise InputError(msg)


def _check_names(names: Mapping[str, str], raters: set[str], where: str) -> None:
    """Refuse to rename somebody who is not there, and to make one rater of two."""
    for old in names:
        if old not in raters:
            close = nearest(old, raters)
            hint = (
                f"did you mean {close!r}?"
                if close
                else f"it has {', '.join(map(repr, sorted(raters))) or 'no ratings'}"
            )
            msg = f"'rename' has {old!r}, who rated nothing in {where}, so nothing was merged; {hint}"
            raise InputError(msg)
    called: dict[str, str] = {}
    for rater in sorted(raters):
        new = names.get(rater, rater)
        if new in called:
            msg = (
                f"'rename' would make one rater of two in {where}: {called[new]!r} and {rater!r} would both be {new!r}; "
                "nothing was merged. Give each a name of their own"
            )
            raise InputError(msg)
        called[new] = rater


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
    apart = [
        place
        for place, head in theirs.items()
        if place in ours and head.rating.id not in known_ids and ours[place].rating.id not in coming_ids
    ]
    if apart and same_rater == "refuse":
        raise InputError(_competing(where, "ratings", "items", apart))
    older = {place for place in apart if _moment(theirs[place]) < _moment(ours[place])}
    return [replace(row, stale=True) if (row.rating.rater, row.rating.item) in older else row for row in coming]


def _reconciled_events(known: Sequence[Event], coming: list[Event], where: str, same_rater: SameRater) -> list[Event]:
    """Return the coming events so that one judgement of each conversation counts, whichever file comes first."""
    found = forks(known, coming)
    if found and same_rater == "refuse":
        places = [(fork.theirs.rater, fork.theirs.conversation) for fork in found]
        raise InputError(_competing(where, "judgements", "conversations", places))
    return latest_counts(coming, found)


def _competing(where: str, what: str, of: str, places: Sequence[tuple[str, str]]) -> str:
    """Return why nothing was merged where one name stands in two files, and the ways out."""
    raters = sorted({rater for rater, _ in places})
    named = ", ".join(repr(place) for _, place in places[:_NAMED]) + (
        f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    )
    return (
        f"{where} has {what} by {', '.join(map(repr, raters))} of {of} that another file has by the same name, "
        f"and neither revises the other ({named}); nothing was merged. Two people under one name: "
        f"rename={{{where!r}: {{{raters[0]!r}: '...'}}}}. One person on two machines: same_rater='latest'"
    )


def _heads(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    """Return, by rater and item, the rating that counts."""
    return {(row.rating.rater, row.rating.item): row for row in rows if not row.stale}


def _moment(row: Row) -> tuple[datetime, str]:
    # The id decides between two of one moment, so that the order of files never does.
    return row.rating.submitted_at or row.received_at, row.rating.id
