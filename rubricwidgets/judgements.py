"""Judgements of every kind as methods of a study: the frames that they fill, and what comes from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets import frames
from rubricwidgets.errors import hands_on, known_methods

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from rubricwidgets.items import Item
    from rubricwidgets.ratings import Rating
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.store.base import Appended, Store
    from rubricwidgets.widgets.conversation import ConversationWidget


@known_methods
class Judgements:
    """What raters said beyond a number, and judgements that were made elsewhere."""

    name: str
    store: Store

    if TYPE_CHECKING:
        # What the study has.
        @property
        def id(self) -> str: ...  # noqa: D102

        @property
        def items(self) -> tuple[Item, ...]: ...  # noqa: D102

        @property
        def rubric(self) -> Rubric: ...  # noqa: D102

        def append(self, ratings: Iterable[Rating], *, complete: bool = True) -> list[Appended]: ...  # noqa: D102

        def _table(self) -> pl.DataFrame: ...

    # From elsewhere

    def add_scores(
        self, frame: object, *, rater_name: str | None = None, source: str = "add_scores", **columns: str
    ) -> int:
        """Add scores from elsewhere: another tool, a published study, a model as judge.

        Where a rater has a rating of an item already, the frame revises what it mentions, and the rest is carried over;
        a rationale stays with an answer that stays the same.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, wide (a column per dimension) or long (a row per score).
        rater_name
            Who rated, where the frame has no column for it.
        source
            What ``ratings()`` says they came from.
        **columns
            Which columns hold what, where their names are not the usual ones: ``item=``, ``response=``, ``rater=``,
            ``dimension=``, ``score=``, ``label=``, ``rationale=``, ``seconds=``, ``submitted_at=``, ``not_applicable=``.

        Returns
        -------
        int
            How many ratings were new or changed. Adding the same frame again adds none.

        Raises
        ------
        AnswerError, InputError
            Naming row, column, rule and value; then nothing at all is added.

        Examples
        --------
        >>> import polars as pl
        >>> import rubricwidgets as rw
        >>> rubric = rw.Rubric("tone", dimensions=[rw.Dimension("tone", "Is the tone right?", rw.Ordinal(1, 5))])
        >>> items = [{"id": "hi", "prompt": "Hi", "response": "Hello!"}]
        >>> study = rw.Study("judged", items=items, rubric=rubric, store="memory")
        >>> study.add_scores(pl.DataFrame({"item": ["hi"], "rater": ["judge-1"], "tone": [4]}))
        1

        """
        from rubricwidgets.score_input import read_scores  # noqa: PLC0415 - readers load when first asked for

        return self._add(read_scores(frame, self.rubric, self.items, rater_name=rater_name, source=source, **columns))

    def add_comparisons(self, frame: object, **options: Any) -> int:  # noqa: ANN401 - as the reader has them
        """Add verdicts on pairs of responses from elsewhere; see :func:`rubricwidgets.comparison_input.read_comparisons`.

        Pairs that the frame does not mention keep the rater's verdicts; a strength that it does not give stays unknown. The
        rest is as :meth:`add_scores` has it: what is revised, what is returned, and what is raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`comparisons` returns them: a row per pair with ``item``,
            ``rater``, ``left``, ``right``, ``winner``, ``strength``.
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns.

        """
        from rubricwidgets.comparison_input import read_comparisons  # noqa: PLC0415

        return self._add(read_comparisons(frame, self.rubric, self.items, **options))

    def add_rankings(self, frame: object, **options: Any) -> int:  # noqa: ANN401 - as the reader has them
        """Add rankings of responses from elsewhere; see :func:`rubricwidgets.ranking_input.read_rankings`.

        A ranking is one answer, and replaces an earlier one as a whole. The rest is as :meth:`add_scores` has it: what is
        revised, what is returned, and what is raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`rankings` returns them: a row per response with ``item``,
            ``rater``, ``response``, ``rank``.
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns.

        """
        from rubricwidgets.ranking_input import read_rankings  # noqa: PLC0415

        return self._add(read_rankings(frame, self.rubric, self.items, **options))

    def add_spans(self, frame: object, **options: Any) -> int:  # noqa: ANN401 - as the reader has them
        """Add marks in texts from elsewhere; see :func:`rubricwidgets.span_input.read_spans`.

        The marks of a response are one answer, and replace earlier ones as a whole. The rest is as :meth:`add_scores` has it:
        what is revised, what is returned, and what is raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`spans` returns them: a row per mark with ``item``,
            ``rater``, ``response``, ``start``, ``end``, ``category``, ``severity``.
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns.

        """
        from rubricwidgets.span_input import read_spans  # noqa: PLC0415

        return self._add(read_spans(frame, self.rubric, self.items, **options))

    def add_checks(self, frame: object, **options: Any) -> int:  # noqa: ANN401 - as the reader has them
        """Add verdicts on criteria from elsewhere; see :func:`rubricwidgets.check_input.read_checks`.

        Criteria that the frame does not mention keep the rater's verdicts. The rest is as :meth:`add_scores` has it: what is
        revised, what is returned, and what is raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`checks` returns them: a row per criterion with ``item``,
            ``rater``, ``response``, ``criterion``, ``met``.
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns.

        """
        from rubricwidgets.check_input import read_checks  # noqa: PLC0415

        return self._add(read_checks(frame, self.rubric, self.items, **options))

    def add_texts(self, frame: object, **options: Any) -> int:  # noqa: ANN401 - as the reader has them
        """Add texts that people wrote from elsewhere; see :func:`rubricwidgets.text_input.read_texts`.

        A text replaces an earlier one. The rest is as :meth:`add_scores` has it: what is revised, what is returned, and what is
        raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`texts` returns them: a row per text with ``item``,
            ``rater``, ``response``, ``text``.
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns.

        """
        from rubricwidgets.text_input import read_texts  # noqa: PLC0415

        return self._add(read_texts(frame, self.rubric, self.items, **options))

    def _add(self, ratings: Sequence[Rating]) -> int:
        from rubricwidgets.revising import revised  # noqa: PLC0415

        current = {
            (row.rating.item, row.rating.rater): row
            for rater in {rating.rater for rating in ratings}
            for row in self.store.rows(self.id, rater=rater)
            if not row.stale
        }
        wanted = {(rating.item, rating.rater) for rating in ratings}
        before = {place: row.stored().rating for place, row in current.items() if place in wanted}
        items = {item.id: item for item in self.items}
        new = revised(ratings, before, self.rubric, items)
        return sum(one.status == "stored" for one in self.append(new, complete=False))

    # The frames beside ``scores()``

    def comparisons(self) -> pl.DataFrame:
        """Return the current verdicts on pairs, one row per pair: ``frames.DETAILS["comparisons"]``."""
        return self._details("comparisons")

    def rankings(self) -> pl.DataFrame:
        """Return the current rankings, one row per item, rater, dimension and response: ``frames.DETAILS["rankings"]``."""
        return self._details("rankings")

    def checks(self) -> pl.DataFrame:
        """Return the current checklists, one row per criterion: ``frames.DETAILS["checks"]``."""
        return self._details("checks")

    def spans(self) -> pl.DataFrame:
        """Return the current marks in texts, one row per mark: ``frames.DETAILS["spans"]``."""
        return self._details("spans")

    def texts(self) -> pl.DataFrame:
        """Return the current texts that raters wrote, one row per text: ``frames.DETAILS["texts"]``."""
        return self._details("texts")

    def categories(self) -> pl.DataFrame:
        """Return the chosen categories with group and severity, one row per category: ``frames.DETAILS["categories"]``."""
        return self._details("categories")

    # The author's desk

    @hands_on("rubricwidgets.process.desk.desk:Desk")
    def converse(self, model: object, rater: str | None = None, **desk: Any) -> ConversationWidget:  # noqa: ANN401
        """Return the widget in which ``rater`` writes prompts, or attacks a model; show it as the last line of a cell.

        Parameters
        ----------
        model
            What answers: a callable that takes chat messages (a list of ``{"role", "content"}``) and gives text, or pieces of
            it
            as they come; plain, async, a generator or an async one. Several, as a list or a mapping of names, answer side by
            side
            under letters.
        rater
            Who writes. None takes the JupyterHub user, or else the system's.
        **desk
            ``mode=`` (``"prompts"`` or ``"red_team"``), ``brief=``, ``timeout=`` and the rest of
            :class:`rubricwidgets.process.desk.desk.Desk`.

        """
        from rubricwidgets.process.desk.desk import Desk  # noqa: PLC0415 - loads when first asked for
        from rubricwidgets.study_opening import rater_of  # noqa: PLC0415
        from rubricwidgets.widgets.conversation import ConversationWidget  # noqa: PLC0415

        return ConversationWidget(self, rater_of(rater), model, Desk(**desk))  # type: ignore[arg-type]

    def conversations(self) -> pl.DataFrame:
        """Return every conversation of the author's desk, one row per turn: ``process.desk.frames.CONVERSATIONS_SCHEMA``."""
        from rubricwidgets.process.desk.frames import conversations  # noqa: PLC0415

        return conversations(self.store.events(self.id), self.name)

    def prompts(self, rater: str | None = None) -> list[dict[str, Any]]:
        """Return the prompts that were kept, as items of a new study: ``rw.Study("next", items=study.prompts(), ...)``.

        Parameters
        ----------
        rater
            Whose; everybody's where None.

        """
        from rubricwidgets.process.desk.frames import prompts  # noqa: PLC0415

        return prompts(self.store.events(self.id), rater)

    def _details(self, frame: str) -> pl.DataFrame:
        return frames.details(self._table(), self.items, self.rubric, self.name, frame)
