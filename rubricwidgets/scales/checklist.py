"""Criteria, each met or not: from the rubric, or written for each item by somebody who knows the subject."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rubricwidgets.checks import problem_of, run_check
from rubricwidgets.errors import AnswerError, RubricError, known_keywords, nearest
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.criteria import Criterion, balanced, read_criteria, refuse_repeated, worthless
from rubricwidgets.scales.numbers import read_number, short
from rubricwidgets.texts import unstorable

if TYPE_CHECKING:
    from rubricwidgets.items import Item
    from rubricwidgets.scales.base import Level, Place
    from rubricwidgets.scales.seen import Seen

#: How often a simulated rater finds that a criterion does not apply.
_SELDOM = 0.04
_PARTS = ("criterion", "met", "points", "evidence", "before", "machine", "note")
_EVIDENCE = ("start", "end", "text")
#: What words and numbers from elsewhere say of a criterion.
_MET = {"met", "yes", "true", "y", "pass", "passed", "satisfied"}
_NOT_MET = {"not met", "no", "false", "n", "fail", "failed", "unmet", "not satisfied"}
_NOT_APPLICABLE = {"not applicable", "n/a", "na"}


@known_keywords
@dataclass(frozen=True)
class Checklist(Scale):
    """Criteria that a response meets, does not meet, or to which they do not apply.

    As a number it reads as the points earned over the points possible. Possible are the points above 0 of the criteria that
    apply; earned are the points of those that are met, so that meeting one with negative points takes them off. What is not
    applicable, or was left unjudged where that is allowed, counts for neither. The number is 1 at most and not held at 0: a
    response that does harm is below one that does nothing, and means of shares that were cut off at 0 would flatter it.
    HealthBench scores so, and cuts off only the mean over a whole study (Arora et al. 2025, arXiv:2505.08775). It
    has no number where no criterion with points above 0 applies. A rubric's own list whose points add up to 0 (1 and -1) is refused:
    its number would be 0 both for a response that meets everything and for one that meets nothing. Lists that experts write
    for one item may come to it by chance, and are taken.

    An answer is a list of verdicts ``{"criterion": id, "met": True, False or None (not applicable), "points"}``, in the order of
    the criteria; perhaps with ``evidence`` (``{"start", "end", "text"}``, Unicode code points of the response, end exclusive),
    ``machine`` and ``note`` (what the criterion's own program says, see :mod:`rubricwidgets.checks`) and ``before`` (the rater's
    first verdict, where they changed it after they were shown the machine's).

    Parameters
    ----------
    criteria
        Texts, records or :class:`Criterion` objects; in a record an ``id``, a ``description``, ``points`` (1 where left out,
        negative allowed), ``required`` and a machine ``check`` with its arguments:
        ``{"text": "Is short", "check": "max_words", "limit": 150}``.
    from_item
        Whether each item has criteria of its own, after those: ``criteria`` of an :class:`Item`.
    inapplicable
        Whether single criteria may be judged not applicable.
    evidence
        Whether raters may quote the response for a verdict.
    not_applicable
        Whether "not applicable" is an answer for the checklist as a whole.

    Raises
    ------
    RubricError
        If there are no criteria, one repeats, none is worth anything, their points add up to 0, or a machine check is unknown or
        has wrong arguments.

    Examples
    --------
    >>> scale = Checklist(["Names the risk", {"text": "Gives a dose", "points": -2}])
    >>> value = scale.coerce({"c1": True, "c2": False})
    >>> scale.number(value), scale.label(value)
    (1.0, '1 of 1 point')
    >>> scale.number(scale.coerce({"c1": "met", "c2": "met"}))
    -1.0

    """

    kind: ClassVar[str] = "checklist"
    level: ClassVar[Level] = "interval"
    frame: ClassVar[str] = "checks"

    criteria: Sequence[Any] = field(default=(), hash=False)
    from_item: bool = False
    inapplicable: bool = True
    evidence: bool = True
    #: The dimension that asks it, by which items name their criteria.
    asked_by: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("from_item", "inapplicable", "evidence"):
            if not isinstance(getattr(self, name), bool):
                msg = f"'{name}' takes True or False (got {getattr(self, name)!r})"
                raise RubricError(msg)
        given = self.criteria
        if self.from_item and isinstance(given, Sequence) and not given:
            object.__setattr__(self, "criteria", ())
            return
        if isinstance(given, Sequence) and not given:
            msg = "'criteria' takes one or more criteria (got none); where each item has its own: Checklist(from_item=True)"
            raise RubricError(msg)
        criteria = read_criteria(given)
        object.__setattr__(self, "criteria", criteria)
        problem = None if self.from_item else worthless(criteria) or balanced(criteria)
        if problem is not None:
            msg = f"'criteria' takes {problem}"
            raise RubricError(msg)

    def named(self, name: str) -> Checklist:
        """Return the scale as the dimension of that name asks it."""
        own = copy.copy(self)
        object.__setattr__(own, "asked_by", name)
        return own

    @property
    def own(self) -> tuple[Criterion, ...]:
        """The rubric's criteria."""
        return tuple(self.criteria)

    def of(self, item: Item) -> tuple[Criterion, ...]:
        """Return the criteria by which an item is judged, the rubric's first."""
        return (*self.own, *(item.criteria_of(self.asked_by) if self.from_item else ()))

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        verdicts = "True, False or None (not applicable)" if self.inapplicable else "True or False"
        return f"a verdict on each criterion: {verdicts}"

    def misfit(self, item: Item) -> str | None:
        """Return why an item cannot be judged by its criteria and the rubric's, or None."""
        criteria = self.of(item)
        if not criteria:
            key = self.asked_by or "checklist"
            return f"takes items with criteria of their own (this one has none for it): criteria={{{key!r}: [...]}}"
        try:
            refuse_repeated(criteria, "criteria")
        except RubricError as error:
            return f"takes each criterion once: {error}"
        worth = worthless(criteria)
        if worth is not None:
            return f"takes {worth}"
        for one in criteria:
            problem = None if one.machine is None else problem_of(one.machine.name, one.machine.arguments)
            if problem:
                return f"takes machine checks that are there; criterion {one.id!r}: {problem}"
        return None

    def check(self, value: object) -> list[dict[str, Any]]:
        """Return the verdicts, or raise :class:`AnswerError`."""
        if isinstance(value, Mapping):
            value = [{"criterion": name, "met": met} for name, met in value.items()]
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self.refuse(value)
        found = [self._verdict(one) for one in value]
        names = [one["criterion"] for one in found]
        repeated = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if repeated is not None:
            msg = f"takes one verdict on each criterion (got two on {repeated!r})"
            raise AnswerError(msg)
        return found if self.from_item else self._known(found, self.own)

    def check_at(self, value: object, place: Place, *, complete: bool = True) -> list[dict[str, Any]]:
        """Return the verdicts in the order of the criteria, with what the machine checks say of the response."""
        criteria = self.of(place.item)
        given = self._known(self.check(value), criteria)
        judged = {one["criterion"]: one for one in given}
        left = [one.id for one in criteria if one.required and one.id not in judged]
        if complete and left:
            names = ", ".join(map(repr, left[:5])) + (" ..." if len(left) > 5 else "")  # noqa: PLR2004
            msg = f"takes a verdict on each criterion ({len(left)} of {len(criteria)} left: {names})"
            raise AnswerError(msg)
        text = _text_at(place)
        by_id = {one.id: one for one in criteria}
        return [self._settled(judged[name], by_id[name], text, place, complete=complete) for name in judged]

    def carried(self, before: list[dict[str, Any]], value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the verdicts with the earlier ones on criteria that they do not mention."""
        judged = {one["criterion"]: one for one in value}
        return [*({one["criterion"]: one for one in before} | judged).values()]

    def suggestions(self, value: object, place: Place) -> dict[str, Any]:
        """Return, by criterion, what the machine checks say of those that ``value`` judges, and of no others."""
        try:
            judged = {one["criterion"] for one in self._known(self.check(value), self.of(place.item))}
        except AnswerError:
            return {}
        text = _text_at(place)
        found = {}
        for one in self.of(place.item):
            if one.id in judged and one.machine is not None:
                said = self._ask(one, text, place)
                found[one.id] = {"met": said["machine"], "note": _shown(said)}
        return found

    def coerce(self, value: object) -> list[dict[str, Any]]:
        """Return the verdicts in a mapping of ids to verdicts, a list or their JSON; verdicts also in words, or as 1 and 0."""
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise self.refuse(value) from None
        if isinstance(value, Mapping):
            value = [{"criterion": name, "met": read_met(met)} for name, met in value.items()]
        return self.check(value)

    def number(self, value: list[dict[str, Any]]) -> float | None:
        """Return the points earned over the points possible; None where none are."""
        earned, of = self._points(value)
        return earned / of if of else None

    def label(self, value: list[dict[str, Any]]) -> str:
        """Return the points in words: ``7 of 9 points``."""
        earned, of = self._points(value)
        return f"{short(earned)} of {short(of)} point{'' if of == 1 else 's'}" if of else "no points possible"

    def plausible(self, place: Place, seen: Seen) -> list[dict[str, Any]]:
        """Return a verdict on each criterion: the better a response seems, the more that ought to be met is, and less of the rest."""
        quality = seen.of(None if place.response is None else place.response.id)
        verdicts = []
        for one in self.of(place.item):
            hard = seen.shared.random()
            met: bool | None = bool(hard < quality) if one.points >= 0 else bool(hard > quality)
            if self.inapplicable and seen.own.random() < _SELDOM:
                met = None
            verdicts.append({"criterion": one.id, "met": met})
        return verdicts

    def limits(self) -> tuple[None, float]:
        """Return no lowest number, since points that are taken off may be many, and 1: all points possible."""
        return None, 1.0

    def points(self) -> list[tuple[Any, str]]:
        """Return nothing: what verdicts can add up to differs from item to item."""
        return []

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        return {
            "kind": self.kind,
            "criteria": [one.to_dict() for one in self.own],
            "from_item": self.from_item,
            "inapplicable": self.inapplicable,
            "evidence": self.evidence,
            "not_applicable": self.not_applicable,
        }

    def chosen(self, value: list[dict[str, Any]]) -> list[Any]:
        """Return the ids of the criteria that are met."""
        return [one["criterion"] for one in value if one["met"] is True]

    def check_chosen(self, wanted: object) -> None:
        """Refuse what is no id of a criterion; where items bring their own, any text may be one."""
        known = [one.id for one in self.own]
        if wanted not in known and not (self.from_item and isinstance(wanted, str)):
            close = nearest(wanted, known)
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"takes ids of criteria: {', '.join(map(repr, known))} (got {wanted!r}){hint}"
            raise AnswerError(msg)

    def asks(self, place: Place) -> dict[str, Any] | None:
        """Return the item's criteria for the page; which of them a program checks, and not what it says."""
        return {"criteria": [one.to_page() for one in self.of(place.item)]} if self.from_item else None

    def to_page(self, value: list[dict[str, Any]], key_of: object) -> Any:  # noqa: ANN401
        """Return the verdicts; what went wrong in a machine check may name what raters must not know, and stays here."""
        del key_of
        return [{key: part for key, part in one.items() if key != "note" or _shown(one)} for one in value]

    def from_page(self, value: Any, id_of: object) -> Any:  # noqa: ANN401
        """Return the verdicts without what the kernel itself knows: points and the machine checks' verdicts.

        A criterion that was quoted for and not judged yet is left out.
        """
        del id_of
        if not isinstance(value, list):
            return value
        ours = ("points", "machine", "note")
        return [
            {key: part for key, part in one.items() if key not in ours} if isinstance(one, dict) else one
            for one in value
            if not (isinstance(one, dict) and "criterion" in one and "met" not in one)
        ]

    def records(self, value: list[dict[str, Any]], place: Place) -> list[dict[str, Any]]:
        """Return one row per criterion that was judged: columns of ``checks()``."""
        texts = {one.id: one.text for one in self.of(place.item)}
        rows = []
        for one in value:
            met, points = one["met"], one["points"]
            changed = "before" in one and one["before"] != met
            rows.append(
                {
                    "criterion": one["criterion"],
                    "text": texts.get(one["criterion"]),
                    "met": met,
                    "not_applicable": met is None,
                    "points": points,
                    "earned": None if met is None else points if met else 0,
                    "evidence": (one.get("evidence") or {}).get("text"),
                    "machine": one.get("machine"),
                    "machine_note": one.get("note") or None,
                    "met_before": one["before"] if changed else met,
                    "changed": changed,
                }
            )
        return rows

    def _points(self, value: list[dict[str, Any]]) -> tuple[float, float]:
        """Return the points earned and the points possible."""
        known = {one.id: one.points for one in self.own}
        counted = [(one["met"], one.get("points", known.get(one["criterion"], 1))) for one in value]
        applies = [(met, points) for met, points in counted if met is not None]
        earned = math.fsum(points for met, points in applies if met)
        # Without what adding decimal fractions leaves behind.
        return round(earned, 9), round(math.fsum(max(0, points) for _, points in applies), 9)

    def _verdict(self, given: object) -> dict[str, Any]:
        """Return one verdict as it is stored, as far as it can be checked without the item."""
        if not isinstance(given, Mapping) or not isinstance(given.get("criterion"), str) or "met" not in given:
            msg = f"takes verdicts with 'criterion' and 'met' (got {_brief(given)})"
            raise AnswerError(msg)
        for key in given:
            if key not in _PARTS:
                msg = f"takes verdicts with {', '.join(map(repr, _PARTS))} (got {key!r})"
                raise AnswerError(msg)
        met = self._met(given["met"])
        found: dict[str, Any] = {"criterion": given["criterion"], "met": met}
        if "points" in given and read_number(given["points"]) is not None:
            found["points"] = given["points"]
        if given.get("evidence") is not None:
            found["evidence"] = self._quote(given["evidence"])
        if "before" in given:
            found["before"] = self._met(given["before"])
        if "machine" in given:
            machine, note = given["machine"], given.get("note") or ""
            if not (machine is None or isinstance(machine, bool)) or not isinstance(note, str) or unstorable(note):
                msg = f"takes True, False or None as 'machine' of a verdict, with text as its note (got {machine!r})"
                raise AnswerError(msg)
            found |= {"machine": machine, "note": note}
        return found

    def _met(self, given: object) -> bool | None:
        if not isinstance(given, bool) and not (given is None and self.inapplicable):
            takes = self.allows.partition(": ")[2]
            msg = f"takes {takes} as verdict on a criterion (got {given!r})"
            raise AnswerError(msg)
        return given

    def _quote(self, given: object) -> dict[str, Any]:
        if not self.evidence:
            msg = "takes no evidence"
            raise AnswerError(msg)
        known = isinstance(given, Mapping) and not any(key not in _EVIDENCE for key in given)
        start, end, text = (given.get(part) for part in _EVIDENCE) if isinstance(given, Mapping) else (None,) * 3
        placed = start is not None or end is not None
        words = isinstance(text, str) and bool(text.strip()) and not unstorable(text)
        if not known or (placed and not _offsets(start, end)) or not (placed or words):
            msg = f"takes evidence with 'start' before 'end', or with 'text' (got {_brief(given)})"
            raise AnswerError(msg)
        return {"start": start, "end": end, "text": text if words else ""}

    def _known(self, given: list[dict[str, Any]], criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
        """Return verdicts in the order of the criteria, with the points of each; refuse one on what is none of them."""
        known = {one.id: one for one in criteria}
        for one in given:
            if one["criterion"] not in known:
                close = nearest(one["criterion"], known)
                hint = f"did you mean {close!r}?" if close else f"they are {', '.join(map(repr, known))}"
                msg = f"takes verdicts on its criteria (got one on {one['criterion']!r}; {hint})"
                raise AnswerError(msg)
        judged = {one["criterion"]: one for one in given}
        return [{**judged[name], "points": known[name].points} for name in known if name in judged]

    def _settled(
        self, verdict: dict[str, Any], criterion: Criterion, text: str | None, place: Place, *, complete: bool
    ) -> dict[str, Any]:
        """Return a verdict with its quote held against the response, and with the machine's beside it."""
        found = {key: part for key, part in verdict.items() if key not in ("machine", "note", "evidence")}
        quote = verdict.get("evidence")
        if quote is not None:
            found["evidence"] = _placed(quote, text)
        if "machine" in verdict and not complete:
            return {**found, "machine": verdict["machine"], "note": verdict["note"]}
        return found if criterion.machine is None else found | self._ask(criterion, text, place)

    def _ask(self, criterion: Criterion, text: str | None, place: Place) -> dict[str, Any]:
        machine = criterion.machine
        if machine is None or text is None:
            return {"machine": None, "note": "it reads one response, and this is about several"}
        said = run_check(machine.name, machine.arguments, text, place.item)
        return {"machine": said.met, "note": said.note}


def read_met(given: object) -> bool | None:
    """Return the verdict in a value from elsewhere: ``met``, ``not met``, ``n/a``, yes and no, 1 and 0.

    Raises
    ------
    AnswerError
        If it says none of these.

    """
    if given is None or type(given).__name__ in ("bool", "bool_"):
        return None if given is None else bool(given)
    if isinstance(given, str):
        plain = " ".join(given.replace("_", " ").replace("-", " ").split()).casefold()
        for words, met in ((_MET, True), (_NOT_MET, False), (_NOT_APPLICABLE, None)):
            if plain in words:
                return met
    number = read_number(given)
    if number in (0, 1):
        return number == 1
    msg = f"takes met, not met or n/a, yes or no, 1 or 0 as verdict on a criterion (got {given!r})"
    raise AnswerError(msg)


def _offsets(start: object, end: object) -> bool:
    whole = all(isinstance(one, int) and not isinstance(one, bool) for one in (start, end))
    return whole and 0 <= start < end  # type: ignore[operator]


def _placed(quote: dict[str, Any], text: str | None) -> dict[str, Any]:
    """Return a quote with the words that stand there."""
    start, end = quote["start"], quote["end"]
    if start is None:
        return quote
    if text is None:
        msg = "takes no evidence here, since it is about several responses"
        raise AnswerError(msg)
    if end > len(text):
        msg = f"takes evidence inside the response, which has {len(text)} characters (got start={start}, end={end})"
        raise AnswerError(msg)
    return {"start": start, "end": end, "text": text[start:end]}


def _text_at(place: Place) -> str | None:
    """Return the response that verdicts are about; None where they are about several."""
    if place.response is not None:
        return place.response.text
    responses = place.item.responses
    return responses[0].text if len(responses) == 1 else None


def _shown(said: Mapping[str, Any]) -> str:
    """Return the note that a rater may read: none where the check said nothing, since then it may be an error's text."""
    return str(said.get("note") or "") if said.get("machine") is not None else ""


def _brief(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:79] + "…"  # noqa: PLR2004
