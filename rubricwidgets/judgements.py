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
        """Add verdicts on pairs of responses from elsewhere.

        Pairs that the frame does not mention keep the rater's verdicts; a strength that it does not give stays unknown. The
        rest is as :meth:`add_scores` has it: what is revised, what is returned, and what is raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`comparisons` returns them: a row per pair with ``item``,
            ``rater``, ``left`` and ``right`` (ids or models of responses; left out where items have two) and ``winner`` (one
            of the two, ``"left"``, ``"right"``, ``"tie"`` or ``"neither"``) or ``strength`` (below 0 where the left one is
            better).
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns: ``winner="preferred"``.

        """
        from rubricwidgets.comparison_input import read_comparisons  # noqa: PLC0415

        return self._add(read_comparisons(frame, self.rubric, self.items, **options))

    def add_rankings(self, frame: object, **options: Any) -> int:  # noqa: ANN401 - as the reader has them
        """Add rankings of responses from elsewhere.

        A ranking is one answer, and replaces an earlier one as a whole. The rest is as :meth:`add_scores` has it: what is
        revised, what is returned, and what is raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`rankings` returns them: a row per response with ``item``,
            ``rater``, ``response`` or ``model``, and ``rank`` (1 is best, equal for a tie, null where it was not ranked).
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns: ``rank="place"``.

        """
        from rubricwidgets.ranking_input import read_rankings  # noqa: PLC0415

        return self._add(read_rankings(frame, self.rubric, self.items, **options))

    def add_spans(self, frame: object, **options: Any) -> int:  # noqa: ANN401 - as the reader has them
        """Add marks in texts from elsewhere.

        The marks of a response are one answer, and replace earlier ones as a whole. The rest is as :meth:`add_scores` has it:
        what is revised, what is returned, and what is raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`spans` returns them: a row per mark with ``item``,
            ``rater``, ``response`` or ``model``, ``category``, ``severity``, and ``start`` and ``end`` (Unicode code points)
            or ``text`` where its words stand there once. A row without a category says that no errors were found.
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns: ``start="from"``.

        """
        from rubricwidgets.span_input import read_spans  # noqa: PLC0415

        return self._add(read_spans(frame, self.rubric, self.items, **options))

    def add_checks(self, frame: object, **options: Any) -> int:  # noqa: ANN401 - as the reader has them
        """Add verdicts on criteria from elsewhere.

        Criteria that the frame does not mention keep the rater's verdicts. The rest is as :meth:`add_scores` has it: what is
        revised, what is returned, and what is raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`checks` returns them: a row per criterion with ``item``,
            ``rater``, ``response`` or ``model``, ``criterion`` (its id or its text) and ``met`` (True or False, met or not
            met, yes or no, 1 or 0; ``n/a`` where not applicable).
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns: ``met="passed"``.

        """
        from rubricwidgets.check_input import read_checks  # noqa: PLC0415

        return self._add(read_checks(frame, self.rubric, self.items, **options))

    def add_texts(self, frame: object, **options: Any) -> int:  # noqa: ANN401 - as the reader has them
        """Add texts that people wrote from elsewhere.

        A text replaces an earlier one. The rest is as :meth:`add_scores` has it: what is revised, what is returned, and what is
        raised.

        Parameters
        ----------
        frame
            A Polars or pandas frame or a list of records, as :meth:`texts` returns them: a row per text with ``item``,
            ``rater``, ``response`` or ``model``, ``text``.
        **options
            ``dimension=``, ``rater_name=``, ``source=``, and the frame's own names of its columns: ``text="answer"``.

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
        """Return the current verdicts on pairs, one row per pair that was judged.

        Returns
        -------
        polars.DataFrame
            ``left`` and ``right`` (responses as they stood), ``left_model`` and ``right_model``; ``winner`` and ``loser``
            (responses; null for a tie and where neither is good), ``tie``, ``neither`` (both bad) and ``strength`` (signed towards
            the right one: -2 says that the left one is better by two degrees; 0 for a tie, null where nobody said).

            Beside them the columns of every such frame: ``study``, ``item``, ``rater``, ``dimension``, ``rationale`` (null
            where none was written), ``flagged`` (whether the rater flagged the item), ``revision`` (of the rating), ``seconds``
            (active time of the whole rating), ``submitted_at`` and ``source`` (what the rating came from: the widget, a frame).

        """
        return self._details("comparisons")

    def rankings(self) -> pl.DataFrame:
        """Return the current rankings, one row per item, rater, dimension and response.

        The columns of every such frame are told at :meth:`comparisons`.

        Returns
        -------
        polars.DataFrame
            ``response``, ``model``, ``rank`` (1 is best, equal for a tie; null where only some were ranked and this one was
            not) and ``position`` (where the response stood on this rater's screen, from 0).

        """
        return self._details("rankings")

    def checks(self) -> pl.DataFrame:
        """Return the current checklists, one row per criterion.

        The columns of every such frame are told at :meth:`comparisons`.

        Returns
        -------
        polars.DataFrame
            ``response`` and ``model`` (null where the dimension is about the item); ``criterion`` (its id) and ``text``;
            ``met`` (null where not applicable) and ``not_applicable``; ``points`` (what meeting it is worth) and ``earned``
            (null where not applicable); ``evidence`` (words of the response that the rater quoted).
            Of a criterion that a program checks too: ``machine`` (what the program says; null without one, or where it could
            not say), ``machine_note`` (in its own words), ``met_before`` (the rater's verdict before they were shown the
            program's) and ``changed`` (whether they changed it after that).

        """
        return self._details("checks")

    def spans(self) -> pl.DataFrame:
        """Return the current marks in texts, one row per mark; a text in which no errors were found has one without a start.

        The columns of every such frame are told at :meth:`comparisons`.

        Returns
        -------
        polars.DataFrame
            ``response`` and ``model`` (null where the dimension is about the item); ``target`` (``"response"``,
            ``"context"``, ``"prompt"`` or a message of it such as ``"prompt[0]"``); ``start`` and ``end`` (Unicode code
            points of the text, end exclusive; null for what is missing, and where no errors were found: then ``category`` is
            null too); ``text`` (what was marked), ``category``, ``severity``, ``weight`` (what the mark counts), ``note`` and
            ``correction``.

        """
        return self._details("spans")

    def texts(self) -> pl.DataFrame:
        """Return the current texts that raters wrote, one row per text.

        The columns of every such frame are told at :meth:`comparisons`.

        Returns
        -------
        polars.DataFrame
            ``response`` and ``model`` (null where the dimension is about the item); ``text``, ``starts_from`` (what the
            editor began with; null for an empty page) and ``n_characters`` (without outer blanks).

        """
        return self._details("texts")

    def categories(self) -> pl.DataFrame:
        """Return the chosen categories, one row per category; an answer of none of them has one without a category.

        The columns of every such frame are told at :meth:`comparisons`.

        Returns
        -------
        polars.DataFrame
            ``response`` and ``model`` (null where the dimension is about the item); ``category`` (``"Violence/Threats"``),
            ``group`` (``"Violence"``; the category itself where it is in no group) and ``severity`` (null where the rubric
            asks for none).

        """
        return self._details("categories")

    # The author's desk

    @hands_on("rubricwidgets.process.desk.desk:Desk")
    def converse(self, model: object, rater: str | None = None, **desk: Any) -> ConversationWidget:  # noqa: ANN401
        """Return the widget in which ``rater`` writes prompts, or attacks a model; show it as the last line of a cell.

        Parameters
        ----------
        model
            What answers: a callable that takes chat messages (a list of ``{"role", "content"}``) and gives text, or pieces
            of it as they come; plain, async, a generator or an async one. Several, as a list or a mapping of names, answer
            side by side under letters.
        rater
            Who writes. None takes the JupyterHub user, or else the system's.
        **desk
            How it is set up. ``mode=``: ``"prompts"`` (write prompts, try them, keep or discard them) or ``"red_team"`` (attack
            the model in a conversation). ``brief=``: what is wanted, in Markdown. ``warning=`` and ``note=``: what is shown before
            the first attack, and where turns are written. ``capabilities=``, ``difficulties=``, ``strategies=``, ``severities=``
            and ``outcomes=``: the words to choose from, names or a mapping of names to meanings; the first outcome says that
            nothing broke. ``rationale=``: a :class:`Rationale`, when words are required. ``require=``: what a kept prompt needs
            (of verdicts, capability, difficulty, reference, criteria) or a submitted attack (of goal, strategy, outcome).
            ``timeout=``: seconds for a whole answer, 120 unless told. ``max_characters=`` of an answer, ``max_turns=`` of a
            conversation. ``similar_at=``: from which share of common words a prompt counts as a near-duplicate.

        """
        from rubricwidgets.process.desk.desk import Desk  # noqa: PLC0415 - loads when first asked for
        from rubricwidgets.study_opening import rater_of  # noqa: PLC0415
        from rubricwidgets.widgets.conversation import ConversationWidget  # noqa: PLC0415

        return ConversationWidget(self, rater_of(rater), model, Desk(**desk))  # type: ignore[arg-type]

    def conversations(self) -> pl.DataFrame:
        """Return every conversation of the author's desk, one row per turn: the author's, and each answer to it, every attempt.

        Returns
        -------
        polars.DataFrame
            Where the turn stands: ``study``, ``conversation``, ``mode`` (prompts or red_team), ``rater`` (the author), ``branch``
            (from 1; a turn that was edited begins another), ``position`` (of the author's turn on its branch, from 1), ``turn`` and
            ``parent`` (the author's turn before; of an answer, the turn that it answers).

            What was said: ``role`` (user or assistant), ``content``, ``sent_at``; of an answer ``model``, ``slot`` (the letter that
            the author saw), ``attempt`` (from 1; the last one counts), ``seconds`` (that it took), ``status`` (ok, stopped, error
            or timeout) and ``error`` (in words).

            What the author made of it, null before: ``judged`` (whether the judgement is of this branch); of an answer ``failed``
            and ``why`` (prompts) and ``broke`` (whether the model broke in it); of the whole conversation, in each row of
            the judged branch, ``outcome``, ``severity``, ``strategy``, ``goal``, ``rationale``, ``kept`` (a prompt that was
            kept, an attack that was submitted), ``tags`` (capabilities), ``difficulty`` and ``submitted_at``.

        """
        from rubricwidgets.process.desk.frames import conversations  # noqa: PLC0415

        return conversations(self.store.events(self.id), self.name)

    def prompts(self, rater: str | None = None) -> list[dict[str, Any]]:
        """Return the prompts that were kept, as items of a new study: ``rw.Study("next", items=study.prompts(), ...)``.

        Attacks that were submitted are in :meth:`attacks`.

        Parameters
        ----------
        rater
            Whose; everybody's where None.

        Returns
        -------
        list of dict
            ``id``, ``prompt`` (messages), ``responses`` (the answers that were tried, each with ``model``, ``failed`` and
            ``why``), ``reference`` and ``criteria`` where they were written, ``capability``, ``difficulty``, ``author`` and
            ``note``. Raters of the new study never see what was said of the prompt: it is metadata.

        """
        from rubricwidgets.process.desk.frames import prompts  # noqa: PLC0415

        return prompts(self.store.events(self.id), rater)

    def attacks(self, rater: str | None = None) -> list[dict[str, Any]]:
        """Return the attacks that were submitted, as items of a new study in which others judge them.

        ``rw.Study("judged", items=study.attacks(), rubric=rw.presets.red_team(), ...)``

        Parameters
        ----------
        rater
            Whose; everybody's where None.

        Returns
        -------
        list of dict
            ``id``, ``prompt`` (the messages up to the last answer), ``responses`` (the last answer, with ``model``, and whether
            it is the one that ``broke``), ``goal``, ``strategy``, ``outcome``, ``severity``, ``author`` and ``note``. Raters of
            the new study see the conversation alone, the rest is metadata. Models that were attacked side by side for more than one turn
            have an item each, since each has a history of its own.

        """
        from rubricwidgets.process.desk.attacks import attacks  # noqa: PLC0415

        return attacks(self.store.events(self.id), rater)

    def _details(self, frame: str) -> pl.DataFrame:
        return frames.details(self._table(), self.items, self.rubric, self.name, frame)
