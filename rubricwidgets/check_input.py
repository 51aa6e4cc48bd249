"""Verdicts on criteria from elsewhere: published checklists, programs, models as judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import AnswerError, InputError, Problem, UnknownKeywordError, nearest, unknown_keyword
from rubricwidgets.frame_input import (
    ALIASES,
    Names,
    Source,
    columns_of,
    get,
    known_dimension,
    known_item,
    listed,
    rating_of,
    response_of,
    source_of,
    told,
)
from rubricwidgets.ratings import Answer, Rating, place_of
from rubricwidgets.scales.checklist import Checklist, read_met
from rubricwidgets.score_frames import as_polars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric

_ALIASES = {
    **ALIASES,
    "rationale": ("rationale", "comment", "explanation", "reason"),
    "criterion": ("criterion", "criterion_id", "check", "check_id"),
    "text": ("text",),
    "met": ("met", "verdict", "criteria_met", "satisfied"),
    "not_applicable": ("not_applicable",),
    "evidence": ("evidence", "quote"),
    "machine": ("machine",),
    "machine_note": ("machine_note",),
}


@dataclass(frozen=True)
class _Row:
    """One verdict, with where it stands."""

    at: Source
    dimension: str
    criterion: str | None
    text: str | None
    met: object
    not_applicable: bool
    evidence: str | None
    machine: object
    note: str


def read_checks(
    frame: object,
    rubric: Rubric,
    items: Sequence[Item],
    *,
    dimension: str | None = None,
    rater_name: str | None = None,
    source: str = "add_checks",
    **columns: str,
) -> list[Rating]:
    """Read the ratings in a frame that has a row per criterion.

    Parameters
    ----------
    frame
        A Polars or pandas frame or a list of records, as ``checks()`` returns them: ``item``, ``rater``, ``response`` or
        ``model`` where items have several, ``criterion`` (its id, or its text) and ``met`` (True or False, met or not
        met, yes or no, 1 or 0; null with ``not_applicable``, or ``n/a``); perhaps ``evidence`` (words of the response),
        ``machine`` and ``machine_note`` (what a program said), ``rationale``, ``seconds`` and ``submitted_at``. A row
        whose ``met`` is null and that does not say "not applicable" was not judged, and is left out.
    rubric, items
        What the verdicts are of.
    dimension
        Which dimension they answer, where the frame has no such column and the rubric has several checklists.
    rater_name
        Who judged, where the frame has no such column.
    source
        What ``ratings()`` says the ratings came from.
    **columns
        The frame's own names: ``item=``, ``criterion=``, ``met=`` and so on.

    Returns
    -------
    list of Rating
        One per item and rater, with the answers that the frame has and no others; see
        :func:`rubricwidgets.score_input.revised`. An answer may lack criteria that the frame does not mention.

    Raises
    ------
    AnswerError
        With every row, rule and value that does not fit: an unknown criterion, a verdict that is none, a criterion judged twice.
    InputError
        If a column is missing or unknown.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> rubric = rw.Rubric("t", dimensions=[rw.Dimension("form", "?", Checklist(["Is short", "Has a title"]))])
    >>> items = rw.read_items([{"id": "hi", "prompt": "Hi", "response": "Hello!"}])
    >>> rows = [{"item": "hi", "criterion": "Is short", "met": "yes"}, {"item": "hi", "criterion": "c2", "met": 0}]
    >>> (rating,) = read_checks(rows, rubric, items, rater_name="program")
    >>> [(one["criterion"], one["met"]) for one in rating.answers[0].value]
    [('c1', True), ('c2', False)]

    """
    for word in columns:
        if word not in _ALIASES:
            raise UnknownKeywordError(
                unknown_keyword("add_checks", word, [*_ALIASES, "dimension", "rater_name", "source"])
            )
    data = as_polars(frame)
    names = columns_of(data, _ALIASES, columns, rater_name)
    if names["criterion"] is None:
        names["criterion"] = names["text"]
    for word, what in (("criterion", "the criteria's ids or texts"), ("met", "the verdicts")):
        if names[word] is None:
            msg = f"'{word}' takes a column with {what}, which is missing (the frame has {listed(data.columns)}); name it: {word}=..."
            raise InputError(msg)
    known = _dimensions(rubric)
    if dimension is not None:
        names["dimension"] = None
    elif names["dimension"] is None:
        if len(known) > 1:
            msg = f"'dimension' takes one of {listed(known)}: the rubric has several checklists (got none)"
            raise InputError(msg)
        dimension = known[0]
    rows = [
        _row(row, names, rater_name, number, dimension)
        for number, row in enumerate(data.iter_rows(named=True), start=1)
    ]
    return _ratings(rows, rubric, {item.id: item for item in items}, source)


def _dimensions(rubric: Rubric) -> list[str]:
    known = [one.name for one in rubric.dimensions if isinstance(one.scale, Checklist)]
    if not known:
        msg = f"the rubric has no checklist (it has {listed(rubric.names)}): add a dimension with the scale Checklist"
        raise InputError(msg)
    return known


def _row(row: Mapping[str, Any], names: Names, rater_name: str | None, number: int, dimension: str | None) -> _Row:
    criterion, text, evidence = (get(row, names[word]) for word in ("criterion", "text", "evidence"))
    return _Row(
        at=source_of(row, names, rater_name, number),
        dimension=str(get(row, names["dimension"])) if dimension is None else dimension,
        criterion=None if criterion in (None, "") else str(criterion),
        text=None if text in (None, "") else str(text),
        met=get(row, names["met"]),
        not_applicable=get(row, names["not_applicable"]) in (True, 1, "true", "True"),
        evidence=None if evidence is None or not str(evidence).strip() else str(evidence),
        machine=get(row, names["machine"]),
        note=str(get(row, names["machine_note"]) or ""),
    )


def _ratings(rows: list[_Row], rubric: Rubric, items: dict[str, Item], source: str) -> list[Rating]:
    problems: list[Problem] = []
    places: dict[str, list[int]] = {}
    groups: dict[tuple[str, str], dict[tuple[str, str | None], dict[str, tuple[_Row, Any]]]] = {}
    for row in rows:
        try:
            response, verdict = _verdict(row, rubric, items)
            if verdict is None:
                continue
            answered = groups.setdefault((row.at.item, row.at.rater), {}).setdefault((row.dimension, response), {})
            before = answered.get(verdict["criterion"])
            if before is not None:
                there = f"that on {verdict['criterion']!r} stands in row {before[0].at.row} already"
                msg = f"{row.dimension!r} takes one verdict on each criterion, and {there}"
                raise AnswerError(msg)
            answered[verdict["criterion"]] = (row, verdict)
        except AnswerError as error:
            problems.append(Problem(row.dimension, row.at.response, f"row {row.at.row}: {error}"))
            places.setdefault(str(error), []).append(row.at.row)
    if problems:
        msg = f"{told(places)}\nNothing was added."
        raise AnswerError(msg, problems)
    return [
        rating_of(
            [row.at for found in answers.values() for row, _ in found.values()],
            [_answer(name, response, found) for (name, response), found in answers.items()],
            rubric,
            items[item],
            source,
        )
        for (item, _), answers in groups.items()
    ]


def _answer(dimension: str, response: str | None, found: Mapping[str, tuple[_Row, Any]]) -> Answer:
    why = dict.fromkeys(row.at.rationale for row, _ in found.values() if row.at.rationale)
    return Answer(dimension, [verdict for _, verdict in found.values()], response, rationale="\n".join(why))


def _verdict(row: _Row, rubric: Rubric, items: dict[str, Item]) -> tuple[str | None, dict[str, Any] | None]:
    """Return whose response a row is about, and its verdict as the scale checks it; None where it was not judged."""
    item = known_item(row.at.item, items)
    dimension = rubric[known_dimension(row.dimension, rubric.names)]
    scale = dimension.scale
    if not isinstance(scale, Checklist):
        msg = f"{row.dimension!r} takes {scale.allows}, and no verdicts on criteria; those go to {listed(_dimensions(rubric))}"
        raise AnswerError(msg)
    response = None if dimension.about == "item" else response_of(row.at, item)
    try:
        found: dict[str, Any] = {"criterion": _criterion(row, scale, item), "met": read_met(row.met)}
        if found["met"] is None and row.met is None and not row.not_applicable:
            return response, None
        if row.not_applicable:
            if found["met"] is not None:
                msg = f"takes a verdict or not applicable, not both (got {row.met!r})"
                raise AnswerError(msg)
            found["met"] = None
        if row.machine is not None:
            found |= {"machine": read_met(row.machine), "note": row.note}
        place = place_of(item, response)
        if row.evidence is not None:
            found["evidence"] = _evidence(row.evidence, "" if place.response is None else place.response.text)
        scale.check_at([found], place, complete=False)
    except AnswerError as error:
        msg = f"{row.dimension!r} {error}"
        raise AnswerError(msg) from None
    return response, found


def _criterion(row: _Row, scale: Checklist, item: Item) -> str:
    """Return the id of the criterion that a row names by its id or its text."""
    criteria = scale.of(item)
    given = row.criterion or row.text
    if given is None:
        msg = "takes a criterion, which is missing here"
        raise AnswerError(msg)
    found = next((one.id for one in criteria if one.id == given), None)
    if found is None:
        plain = " ".join(given.split()).casefold()
        found = next((one.id for one in criteria if " ".join(one.text.split()).casefold() == plain), None)
    if found is None:
        close = nearest(given, [name for one in criteria for name in (one.id, one.text)])
        hint = f"did you mean {close!r}?" if close else f"they are {listed([one.id for one in criteria])}"
        msg = f"takes verdicts on its criteria (got one on {given!r}; {hint})"
        raise AnswerError(msg)
    return found


def _evidence(words: str, text: str) -> dict[str, Any]:
    """Return words as evidence: with their place where the response has them once, and else as they are."""
    plain = words.strip()
    if text.count(plain) != 1:
        return {"start": None, "end": None, "text": words}
    start = text.index(plain)
    return {"start": start, "end": start + len(plain), "text": plain}
