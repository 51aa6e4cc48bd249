"""The study: the front door. It joins items, rubric, plan and store, and holds no logic of theirs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rubricwidgets import frames
from rubricwidgets.analysis import Analysis
from rubricwidgets.changes import changes
from rubricwidgets.errors import (
    InputError,
    StudyChangedError,
    StudyError,
    UnknownItemError,
    UnknownStudyError,
    known_keywords,
    known_methods,
    nearest,
)
from rubricwidgets.item_records import read_items
from rubricwidgets.items import Item, items_hash
from rubricwidgets.judgements import Judgements
from rubricwidgets.process.plan import Plan
from rubricwidgets.ratings import Rating, check
from rubricwidgets.rubric import Rubric
from rubricwidgets.store import file_name, may_exist, open_store
from rubricwidgets.store.base import Store, StudyRecord
from rubricwidgets.study_opening import as_given, check_items, check_name, mistyped, next_name, rater_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from rubricwidgets.charts.bound import Plots
    from rubricwidgets.merging import Rename, SameRater
    from rubricwidgets.stats.describe import By
    from rubricwidgets.store.base import Appended
    from rubricwidgets.widgets.rating import RatingWidget


@known_keywords
@known_methods
class Study(Judgements, Analysis):
    """Items, a rubric, a plan and a store under one name.

    A name that the store does not know starts a study; a name that it knows resumes it, and then items
    and rubric may be left out. Nothing that was saved is ever overwritten.

    Parameters
    ----------
    name
        What the study is called, and what its file is named after.
    items
        What is judged: records, :class:`Item` objects, a Polars or pandas frame, or the path of a
        JSONL, JSON, CSV, Parquet or Arrow file. See :func:`read_items`. Left out where a study is begun for
        :meth:`converse` alone: there is nothing to rate in it, and the prompts that are kept become items of the next.
    rubric
        A :class:`Rubric`, or the path of a YAML or JSON file with one.
    plan
        Order, blinding and what is shown; shuffled per rater by default.
    store
        Where ratings go: None for ``<name>.rubric.db`` in the current folder, a path, an SQLAlchemy
        URL, or ``"memory"`` for one that ends with the kernel.

    Raises
    ------
    StudyChangedError
        If the name is known with other items, another rubric or another plan; names what changed and how to go on.
    UnknownStudyError
        If the name is unknown and the rubric is missing, or the items where the name looks like a mistyped one.
    ItemsError, RubricError
        If items or rubric are not as they must be.
    StoreError
        If the store cannot be opened.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> rubric = rw.Rubric("tone", dimensions=[rw.Dimension("tone", "Is the tone right?", rw.Ordinal(1, 5))])
    >>> study = rw.Study("pilot", items=[{"prompt": "Hi", "response": "Hello!"}], rubric=rubric, store="memory")
    >>> len(study)
    1
    >>> study.scores().height
    0

    """

    def __init__(
        self,
        name: str,
        items: object = None,
        rubric: Rubric | str | Path | None = None,
        *,
        plan: Plan | None = None,
        store: Store | str | Path | None = None,
    ) -> None:
        if not isinstance(name, str) or not name.strip():
            msg = f"'name' takes the study's name, some text (got {name!r})"
            raise InputError(msg)
        check_name("name", name)
        if isinstance(items, Rubric):
            msg = f"'items' takes what is judged (got a Rubric): Study({name!r}, items=..., rubric=...)"
            raise InputError(msg)
        given_items = None if items is None else read_items(items)
        given_rubric = Rubric.read(rubric) if isinstance(rubric, str | Path) else rubric
        if given_rubric is not None and not isinstance(given_rubric, Rubric):
            msg = f"'rubric' takes a Rubric or the path of a YAML or JSON file (got {type(rubric).__name__})"
            raise InputError(msg)
        if plan is not None and not isinstance(plan, Plan):
            msg = f"'plan' takes a Plan (got {type(plan).__name__})"
            raise InputError(msg)
        self.name = name
        # What can be refused is refused before a file is made.
        if given_items is not None and given_rubric is not None:
            check_items(given_items, given_rubric)
        elif given_rubric is None and not may_exist(store, name):
            raise self._unknown(given_items, given_rubric, [], f"{store or file_name(name)}")
        self._again = as_given(store)
        self.store = open_store(store, name)
        try:
            known = self.store.study(name)
            self.record: StudyRecord = self._begin(given_items, given_rubric, plan) if known is None else known
            # Held against what was given even if it was begun just now: somebody else may have been faster.
            self._same(self.record, given_items, given_rubric, plan)
        except Exception:
            if self.store is not store:
                self.store.withdraw()
            raise
        if given_items is not None:
            self.items = given_items  # the same as the record's, and built already

    def _begin(self, items: Sequence[Item] | None, rubric: Rubric | None, plan: Plan | None) -> StudyRecord:
        # Without items, a rubric begins a study of the author's desk; a name that is nearly another's was meant to be that one.
        if rubric is None or (items is None and mistyped(self.name, self.store.studies())):
            raise self._unknown(items, rubric, self.store.studies(), self.where)
        items = items or ()
        record = StudyRecord(
            id=uuid.uuid4().hex,
            name=self.name,
            rubric=rubric.to_dict(),
            items=[item.to_dict() for item in items],
            plan=(plan or Plan()).to_dict(),
            rubric_hash=rubric.hash,
            items_hash=items_hash(items),
            created_at=datetime.now(UTC),
        )
        return self.store.create_study(record)

    def _unknown(self, items: object, rubric: object, others: list[str], where: str) -> UnknownStudyError:
        lacking = " and ".join(word for word, given in (("items", items), ("rubric", rubric)) if given is None)
        close = nearest(self.name, others)
        hint = f"; did you mean {close!r}?" if close else f"; it holds {', '.join(map(repr, others))}" if others else ""
        return UnknownStudyError(f"no study {self.name!r} in {where}, and to start one it takes {lacking}{hint}")

    def _same(self, known: StudyRecord, items: Sequence[Item] | None, rubric: Rubric | None, plan: Plan | None) -> None:
        found = changes(known, items, rubric, plan)
        if found:
            msg = (
                f"study {self.name!r} in {self.where} was started with something else:\n"
                + "\n".join(f"  - {change}" for change in found)
                + f"\nTo go on as it was: Study({self.name!r}{self._again}) without items, rubric and plan. "
                f"To start anew beside it: another name, such as Study({next_name(self.name)!r}, ...{self._again}). "
                "What was saved stays in either case."
            )
            raise StudyChangedError(msg)

    # What it is made of

    @property
    def id(self) -> str:
        """The study's own id: random, given once, kept in the store."""
        return self.record.id

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What is judged, in the order given."""
        return tuple(Item.from_dict(item) for item in self.record.items)

    @cached_property
    def rubric(self) -> Rubric:
        """How it is judged."""
        return Rubric.from_dict(self.record.rubric)

    @cached_property
    def plan(self) -> Plan:
        """Who sees what, in which order."""
        return Plan.from_dict(self.record.plan)

    @property
    def where(self) -> str:
        """Where ratings are saved, in words."""
        return self.store.where

    def item(self, item_id: str) -> Item:
        """Return one item by its id.

        Raises
        ------
        UnknownItemError
            If there is none, with the nearest one that there is.

        """
        known = self._by_id.get(item_id) if isinstance(item_id, str) else None
        if known is None:
            close = nearest(item_id, self._by_id)
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"study {self.name!r} has no item {item_id!r}{hint}"
            raise UnknownItemError(msg)
        return known

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    def __len__(self) -> int:
        return len(self.record.items)

    # Rating

    def rate(self, rater: str | None = None) -> RatingWidget:
        """Return the widget in which ``rater`` rates; show it as the last line of a cell.

        Parameters
        ----------
        rater
            Who rates. None takes the JupyterHub user, or else the system's.

        Raises
        ------
        StudyError
            If the study was begun without items.

        """
        if not self.items:
            msg = (
                f"study {self.name!r} has no items to rate: it was begun without, for converse(). To rate, begin one with items "
                f"under a name of its own, from a file or from what was kept here: "
                f"Study({next_name(self.name)!r}, items=study.prompts(), rubric=...)"
            )
            raise StudyError(msg)
        from rubricwidgets.widgets.rating import RatingWidget  # noqa: PLC0415 - needs the built JavaScript

        return RatingWidget(self, rater_of(rater))

    def append(self, ratings: Iterable[Rating], *, complete: bool = True) -> list[Appended]:
        """Save ratings, all or none.

        Parameters
        ----------
        ratings
            What to save. A rating whose UUID is known already changes nothing; one whose ``base`` is no longer the
            current rating is kept as stale.
        complete
            False allows missing answers and rationales.

        Returns
        -------
        list of Appended
            What became of each, in their order.

        Raises
        ------
        AnswerError
            If the rubric does not allow an answer; then nothing is saved.
        UnknownItemError
            If a rating is of no item of the study.
        StoreError
            If the store cannot write now.

        """
        given = list(ratings) if isinstance(ratings, Iterable) else ratings
        if not isinstance(given, list) or not all(isinstance(one, Rating) for one in given):
            others = (
                [type(one).__name__ for one in given if not isinstance(one, Rating)] if isinstance(given, list) else []
            )
            got = f"{others[0]} in it" if others else type(ratings).__name__
            msg = f"'ratings' takes a list of Rating (got {got}); for scores in a frame or in records: study.add_scores(...)"
            raise InputError(msg)
        checked = [check(one, self.rubric, self.item(one.item), complete=complete) for one in given]
        return self.store.append(self.id, checked, self.rubric)

    # What came of it

    def scores(self) -> pl.DataFrame:
        """Return the current scores, tidy: one row per item, response, rater and dimension.

        Returns
        -------
        polars.DataFrame
            ``study``, ``item``, ``response`` (null where the dimension is about the item), ``model``, ``rater``, ``dimension``;
            ``score`` (Float64: the answer as a number, as :meth:`Scale.number` of its scale says; null where it has none, such as
            categories, texts and rankings, and where not applicable), ``label`` (the answer in words, such as the anchor of a point
            or the categories), ``not_applicable``, ``rationale``, ``flagged`` (whether the rater flagged the item), ``gold``
            (whether the item's right answers are known), ``revision`` (of the rating, from 1), ``seconds`` (active time of the
            whole rating, idle time capped), ``submitted_at`` (UTC) and ``source`` (where the rating came from, such as
            ``"widget"``, ``"add_scores"`` and ``"simulated"``).

        Examples
        --------
        >>> import rubricwidgets as rw
        >>> study = rw.demo(store="memory")
        >>> study.scores().schema["score"]
        Float64

        """
        return frames.scores(self._table(), self.items, self.rubric, self.name)

    def ratings(self) -> pl.DataFrame:
        """Return every submission, one row each, revisions and skips too.

        Returns
        -------
        polars.DataFrame
            ``study``, ``rating`` (its id), ``item``, ``rater``, ``status`` (rated or skipped), ``flagged``, ``note``, ``reason`` (why it
            was skipped), ``revision`` (from 1), ``stale`` (based on a rating that was no longer the current one),
            ``base`` (the rating that it revises), ``order`` (responses as shown, first to last), ``position`` (place of the
            item in the rater's order, from 0), ``n_answers``, ``seconds`` (active time), ``submitted_at`` and ``received_at`` (UTC),
            ``rubric`` (its version) and ``source``.

        """
        return frames.ratings(self._table(), self.name)

    def progress(self, raters: str | Sequence[str] = ()) -> pl.DataFrame:
        """Return one row per rater, how far and how long.

        Parameters
        ----------
        raters
            A name, or names, to list even if they have not begun.

        Returns
        -------
        polars.DataFrame
            ``study``, ``rater``, ``n_items``, ``n_rated``, ``n_skipped``, ``n_flagged`` (among the rated), ``n_left``, ``share`` (rated or
            skipped, of all items, 0 to 1), ``seconds`` (active, of all submissions), ``median_seconds`` (per rated item, its revisions
            together), ``first_at`` and ``last_at`` (UTC).

        Raises
        ------
        InputError
            If ``raters`` is no name or list of names, or a name is one that no rater may have.

        """
        names = [raters] if isinstance(raters, str) else list(raters) if isinstance(raters, Iterable) else [raters]
        if not all(isinstance(one, str) for one in names):
            msg = f"'raters' takes a rater's name or a list of names (got {raters!r})"
            raise InputError(msg)
        for one in names:
            check_name("raters", one)
        return frames.progress(self._table(), self.items, self.name, names)

    def summary(self, *, by: By | None = None) -> pl.DataFrame:
        """Return one row per dimension: n, missing, N/A, mean, median, SD and the share of each level in short.

        Parameters
        ----------
        by
            ``"model"`` or ``"rater"`` gives a row for each.

        """
        from rubricwidgets import stats  # noqa: PLC0415 - statistics load when first asked for

        return stats.summary(self.scores(), self.rubric, by=by)

    def levels(self, *, by: By | None = None) -> pl.DataFrame:
        """Return one row per level of each dimension: how often it was the answer, and its share.

        Parameters
        ----------
        by
            ``"model"`` or ``"rater"`` gives rows for each.

        """
        from rubricwidgets import stats  # noqa: PLC0415

        return stats.levels(self.scores(), self.rubric, by=by)

    def means(self, *, by: By | None = "model", confidence: float = 0.95) -> pl.DataFrame:
        """Return each dimension's mean with an interval that respects items; see :func:`rubricwidgets.stats.means`.

        Parameters
        ----------
        by
            ``"model"``, ``"rater"`` or None for all together.
        confidence
            Coverage of the interval, above 0 and below 1.

        """
        from rubricwidgets import stats  # noqa: PLC0415

        return stats.means(self.scores(), self.rubric, by=by, confidence=confidence)

    @property
    def plot(self) -> Plots:
        """The charts of ``rw.charts`` with this study's frames and rubric filled in."""
        from rubricwidgets.charts.bound import Plots  # noqa: PLC0415 - Altair is slow to load

        return Plots(self)

    def _table(self) -> pl.DataFrame:
        return self.store.table(self.id)

    # The whole of it

    def merge(
        self,
        *others: Study | str | Path,
        name: str | None = None,
        rename: Rename | None = None,
        same_rater: SameRater = "refuse",
    ) -> int:
        """Take in the ratings of other raters' files of the same study, and return how many were new.

        Parameters
        ----------
        *others
            Studies or their files, with the same items and rubric.
        name
            Which study, where a file holds several and none of them is called like this one.
        rename, same_rater
            What to do about two people, or one person twice, under one name; see :func:`rubricwidgets.merge`.

        """
        from rubricwidgets.merging import merge_into  # noqa: PLC0415

        return merge_into(self, others, name=name, rename=rename, same_rater=same_rater)

    def export(self, path: str | Path) -> Path:
        """Write the whole study, items, rubric, plan and every rating, as one new file, and return its path.

        Parameters
        ----------
        path
            A file that does not exist yet. :meth:`read` opens it.

        Raises
        ------
        InputError
            If the file exists, or its folder does not.
        StoreError
            If it cannot be written; then no file is left behind.

        """
        from rubricwidgets.archive import export  # noqa: PLC0415

        return export(self, path)

    @classmethod
    def read(cls, path: str | Path, name: str | None = None) -> Study:
        """Open a study from its file.

        Parameters
        ----------
        path
            A file that :meth:`export` wrote, or any study's ``.rubric.db``.
        name
            Which study, where the file holds several.

        """
        from rubricwidgets.archive import read  # noqa: PLC0415

        return read(path, name)

    def close(self) -> None:
        """Close the store. Widgets of this study can save nothing from then on, and say so."""
        self.store.close()

    def __repr__(self) -> str:
        return f"<Study {self.name!r}: {len(self)} items, {len(self.rubric.dimensions)} dimensions, {self.where}>"

    def _repr_html_(self) -> str:
        from rubricwidgets.study_html import card  # noqa: PLC0415

        return card(self.name, len(self), self.rubric, self.where, self.progress())
