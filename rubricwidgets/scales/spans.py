"""Marks in a text, each with a category and a severity: errors, hallucinations, anything that has a place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rubricwidgets.errors import AnswerError, RubricError, known_keywords, nearest
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.categories import WITHIN
from rubricwidgets.scales.span_kinds import (
    names_of,
    read_kinds,
    read_severities,
    read_weights,
    weight_of,
)
from rubricwidgets.texts import unstorable

if TYPE_CHECKING:
    from rubricwidgets.items import Item
    from rubricwidgets.scales.base import Level, Place
    from rubricwidgets.scales.seen import Seen

#: How it reads that the text was searched and nothing was found.
NO_ERRORS = "no errors found"
#: Which texts of an item can be marked, in the order in which they are read.
TARGETS = ("prompt", "context", "response")

_PARTS = ("target", "start", "end", "category", "severity", "note", "correction")

#: How many errors a text may have in a simulation.
_ERRORS = 6


@known_keywords
@dataclass(frozen=True)
class Spans(Scale):
    """Marked parts of a text. An empty list is an answer: no errors found.

    An answer is a list of marks ``{"target", "start", "end", "category", "severity", "note", "correction"}`` in reading
    order. Offsets count Unicode code points of the text, as Python does, ``end`` exclusive; a mark whose ``start`` and
    ``end`` are None has no place: something is missing, or the text as a whole is meant. As a number it reads as the sum of
    the marks' weights, 0 where no errors were found.

    Parameters
    ----------
    categories
        Names; a mapping of names to descriptions, or to sub-categories (a list of names or a mapping to descriptions);
        or records of ``name``, ``description`` and ``subcategories``. ``"Accuracy/Omission"`` is a sub-category of ``"Accuracy"``.
    severities
        Names, or a mapping of names to descriptions, lightest first; MQM's minor, major and critical where left out.
        Empty: no severity is asked.
    weights
        What a mark counts: by severity (``{"minor": 1, "major": 5}``), by category (``{"Untranslated": 25}``, whatever the
        severity), or by both (``{"Fluency/Punctuation": {"minor": 0.1}}``); the most specific counts. Left out: MQM's 0 for
        neutral, 1 for minor, 5 for major, 25 for critical; 1 for each mark where no severity is asked.
    targets
        Which texts can be marked: ``"response"``, ``"prompt"``, ``"context"``. In a conversation the messages are
        ``"prompt[0]"``, ``"prompt[1]"`` and so on. A dimension about the item can have no marks in responses.
    not_applicable
        Whether "not applicable" is an answer.

    Raises
    ------
    RubricError
        If a category or severity is there twice or has no name, or a weight is missing, negative or of something unknown.

    Examples
    --------
    >>> scale = Spans({"made up": "A fact that does not exist", "grammar": ""}, weights={"grammar": {"minor": 0.1}})
    >>> marks = scale.check([{"start": 0, "end": 5, "category": "grammar", "severity": "minor"}])
    >>> scale.number(marks), scale.label(marks)
    (0.1, '1 minor grammar')
    >>> scale.check([{"start": 5, "end": 3, "category": "grammar", "severity": "minor"}])
    Traceback (most recent call last):
    ...
    rubricwidgets.errors.AnswerError: takes marks whose 'start' is before their 'end' (got start=5, end=3); in mark 1 of 1

    """

    kind: ClassVar[str] = "spans"
    # Sums of weights, as studies of error marks compare them.
    level: ClassVar[Level] = "interval"
    frame: ClassVar[str] = "spans"

    categories: Sequence[Any] | Mapping[str, Any] = field(hash=False)
    severities: Mapping[str, str] | Sequence[str] | None = field(default=None, hash=False)
    weights: Mapping[str, Any] | None = field(default=None, hash=False)
    targets: Sequence[str] = ("response",)

    def __post_init__(self) -> None:
        super().__post_init__()
        categories, severities = read_kinds(self.categories), read_severities(self.severities)
        object.__setattr__(self, "categories", categories)
        object.__setattr__(self, "severities", severities)
        object.__setattr__(self, "weights", read_weights(self.weights, tuple(severities), categories))
        object.__setattr__(self, "targets", _targets(self.targets))

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a mark can have as category, in order: ``Accuracy/Omission``, ``Other``."""
        return names_of(self.categories)  # type: ignore[arg-type]

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        return f"a list of marks with 'start', 'end' and one of {_named(self.names)} as 'category'"

    def weight(self, category: str, severity: str | None) -> float | None:
        """Return what a mark counts; None where its severity is needed for that and unknown."""
        known = weight_of(self.weights or {}, category, severity)
        return known if known is not None or self.severities else 1.0

    def check(self, value: object) -> list[dict[str, Any]]:
        """Return the marks in reading order, or raise :class:`AnswerError`."""
        return self._checked(value, None, complete=True)

    def check_at(self, value: object, place: Place, *, complete: bool = True) -> list[dict[str, Any]]:
        """Return the marks in reading order, each inside its text; from elsewhere a severity may be missing."""
        return self._checked(value, self.texts(place), complete=complete)

    def misplaced(self, about: str) -> str | None:
        """Return why a dimension about the item has nothing to mark, or None."""
        if about == "item" and self.targets == ("response",):
            return "is about the item, so its 'targets' take 'prompt' or 'context'; responses are marked one by one"
        return None

    def misfit(self, item: Item) -> str | None:
        """Return why an item has nothing to mark, or None."""
        if self.targets == ("context",) and item.context is None:
            return "takes marks in the context, and the item has none"
        return None

    def check_mark(self, mark: object, texts: Mapping[str, str] | None, *, complete: bool) -> dict[str, Any]:
        """Return one mark as it is stored.

        Parameters
        ----------
        mark
            The mark.
        texts
            What :meth:`texts` returns; None where the item is not known.
        complete
            Whether the severity has to be there.

        Raises
        ------
        AnswerError
            Naming the part, what it takes and what it got.

        """
        if not isinstance(mark, Mapping):
            raise self.refuse(mark)
        for key in mark:
            if key not in _PARTS:
                msg = f"takes marks with {_named(_PARTS)} (got {key!r})"
                raise AnswerError(msg)
        category, severity = self._kind_of(mark, complete=complete)
        words = {name: "" if mark.get(name) is None else mark[name] for name in ("note", "correction")}
        for name, text in words.items():
            problem = unstorable(text) if isinstance(text, str) else "it is no text"
            if problem:
                msg = f"takes text that can be stored as {name!r}: {problem}"
                raise AnswerError(msg)
        target, start, end = _extent(mark, texts, self.targets)
        return {"target": target, "start": start, "end": end, "category": category, "severity": severity, **words}

    def texts(self, place: Place) -> dict[str, str]:
        """Return every text that can be marked there, by target, in reading order."""
        prompt = place.item.prompt
        found = {}
        if "prompt" in self.targets:
            one = len(prompt) == 1
            found = {"prompt" if one else f"prompt[{at}]": message.content for at, message in enumerate(prompt)}
        if "context" in self.targets and place.item.context is not None:
            found["context"] = place.item.context
        if "response" in self.targets and place.response is not None:
            found["response"] = place.response.text
        return found

    def coerce(self, value: object) -> list[dict[str, Any]]:
        """Return the marks in a list or its JSON, category and severity in any case; none behind ``no errors found``."""
        if isinstance(value, str):
            if says_none(value):
                return []
            try:
                value = json.loads(value)
            except ValueError:
                raise self.refuse(value) from None
        if isinstance(value, list):
            value = [self.known(one) if isinstance(one, Mapping) else one for one in value]
        return self._checked(value, None, complete=False)

    def known(self, mark: Mapping[str, Any]) -> dict[str, Any]:
        """Return a mark from elsewhere with category and severity as the scale writes them, where it has them."""
        known: tuple[tuple[str, Sequence[str]], ...] = (
            ("category", self.names),
            ("severity", tuple(self.severities or ())),
        )
        return {**mark, **{part: _known(mark.get(part), names) for part, names in known if part in mark}}

    def number(self, value: Sequence[Mapping[str, Any]]) -> float | None:
        """Return the sum of the marks' weights; None where one of them has none."""
        weights = [self.weight(mark["category"], mark["severity"]) for mark in value]
        known = [weight for weight in weights if weight is not None]
        # Tenths must not add up to 0.30000000000000004.
        return round(sum(known), 9) if len(known) == len(weights) else None

    def label(self, value: Sequence[Mapping[str, Any]]) -> str:
        """Return how many marks of which kind: ``2 minor grammar, 1 major made up``."""
        counts: dict[str, int] = {}
        for mark in value:
            kind = " ".join(part for part in (mark["severity"], mark["category"]) if part)
            counts[kind] = counts.get(kind, 0) + 1
        return ", ".join(f"{count} {kind}" for kind, count in counts.items()) or NO_ERRORS

    def plausible(self, place: Place, seen: Seen) -> list[dict[str, Any]]:
        """Return marks on whole words: the worse a response seems, the more of the errors that are there are marked."""
        quality = seen.of(None if place.response is None else place.response.id)
        words = [
            (target, *word.span()) for target, text in self.texts(place).items() for word in re.finditer(r"\S+", text)
        ]
        marks: dict[tuple[str, int, int], dict[str, Any]] = {}
        for _ in range(_ERRORS if words else 0):
            at = words[int(seen.shared.integers(len(words)))]
            category = self.names[int(seen.shared.integers(len(self.names)))]
            bad, hidden = seen.shared.random(), seen.shared.random()
            if hidden > quality:
                degrees = list(self.severities or ())
                severity = degrees[min(len(degrees) - 1, int(bad * len(degrees)))] if degrees else None
                mark = {"target": at[0], "start": at[1], "end": at[2], "category": category, "severity": severity}
                marks.setdefault(at, {**mark, "note": "", "correction": ""})
        return [*marks.values()]

    def limits(self) -> tuple[float, None]:
        """Return 0, where no errors were found, and no highest sum of weights."""
        return 0.0, None

    def points(self) -> list[tuple[Any, str]]:
        """Return nothing: there is no end of marks."""
        return []

    def chosen(self, value: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Return the categories that were used, with what they belong to; :data:`NO_ERRORS` where none was."""
        names = {name: None for mark in value for name in (mark["category"], mark["category"].partition(WITHIN)[0])}
        return list(names) or [NO_ERRORS]

    def check_chosen(self, wanted: object) -> None:
        """Refuse what is no category, what has sub-categories, or :data:`NO_ERRORS`."""
        known = tuple(dict.fromkeys([*(name.partition(WITHIN)[0] for name in self.names), *self.names, NO_ERRORS]))
        if wanted not in known:
            raise _unknown(wanted, known, "category")

    def records(self, value: Sequence[Mapping[str, Any]], place: Place) -> list[dict[str, Any]]:
        """Return a row for each mark; where no errors were found, one without a start and a category, of weight 0."""
        if not value:
            return [{"target": self.targets[-1], "weight": 0.0}]
        texts = self.texts(place)
        return [
            {
                **mark,
                "text": None if mark["start"] is None else texts[mark["target"]][mark["start"] : mark["end"]],
                "weight": self.weight(mark["category"], mark["severity"]),
                "note": mark["note"] or None,
                "correction": mark["correction"] or None,
            }
            for mark in value
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        severities: Mapping[str, str] = self.severities  # type: ignore[assignment]
        return {
            "kind": self.kind,
            "categories": [one.to_dict() for one in self.categories],  # type: ignore[union-attr]
            "severities": [{"name": name, "description": text} for name, text in severities.items()],
            "weights": self.weights,
            "targets": list(self.targets),
            "not_applicable": self.not_applicable,
        }

    def _checked(self, value: object, texts: Mapping[str, str] | None, *, complete: bool) -> list[dict[str, Any]]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self.refuse(value)
        found: list[dict[str, Any]] = []
        places: set[tuple[Any, ...]] = set()
        for number, one in enumerate(value, start=1):
            try:
                mark = self.check_mark(one, texts, complete=complete)
                if _place(mark) in places:
                    msg = f"takes each mark once (got {_kind(mark)} twice at the same place)"
                    raise AnswerError(msg)
            except AnswerError as error:
                msg = f"{error}; in mark {number} of {len(value)}"
                raise AnswerError(msg) from None
            found.append(mark)
            places.add(_place(mark))
        return in_reading_order(found)

    def _kind_of(self, mark: Mapping[str, Any], *, complete: bool) -> tuple[str, str | None]:
        category, severity = mark.get("category"), mark.get("severity")
        if category not in self.names:
            raise _unknown(category, self.names, "category")
        severities = tuple(self.severities or ())
        if severity is not None or (severities and complete):
            if not severities:
                msg = f"takes no 'severity', since the scale has none (got {severity!r})"
                raise AnswerError(msg)
            if severity not in severities:
                raise _unknown(severity, severities, "severity")
        return str(category), severity


def in_reading_order(marks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return marks as they are numbered: text after text, from the beginning of each; those without a place last."""

    def key(mark: Mapping[str, Any]) -> tuple[int, int, bool, int, int]:
        name, _, number = str(mark["target"]).partition("[")
        at = int(number[:-1]) if number else 0
        return (TARGETS.index(name), at, mark["start"] is None, mark["start"] or 0, mark["end"] or 0)

    return [dict(mark) for mark in sorted(marks, key=key)]


def says_none(words: str) -> bool:
    """Return whether words from elsewhere say that nothing was found: ``No-error``, ``none``, ``no errors found``."""
    plain = " ".join(words.replace("-", " ").replace("_", " ").casefold().split()).strip("()")
    return plain in ("none", "no error", "no errors", "no errors found", "no issue", "no issues")


def _extent(
    mark: Mapping[str, Any], texts: Mapping[str, str] | None, targets: Sequence[str]
) -> tuple[str, int | None, int | None]:
    """Return target, start and end of a mark, held against the text where it is known."""
    target, start, end = mark.get("target", targets[-1]), mark.get("start"), mark.get("end")
    known = tuple(targets if texts is None else texts)
    plain = target.partition("[")[0] if isinstance(target, str) else ""
    if texts is not None and not texts:
        msg = f"has nothing to mark here: it takes marks in the {' and '.join(targets)}"
        raise AnswerError(msg)
    numbered = plain == "prompt" and isinstance(target, str) and target[len(plain) + 1 : -1].isdecimal()
    if target not in known and not (texts is None and plain in targets and numbered and target.endswith("]")):
        raise _unknown(target, known, "target")
    if start is None and end is None:
        return target, None, None
    start, end = _offset("start", start), _offset("end", end)
    if start >= end:
        msg = f"takes marks whose 'start' is before their 'end' (got start={start}, end={end})"
        raise AnswerError(msg)
    if texts is not None and end > len(texts[target]):
        length = len(texts[target])
        msg = f"takes marks inside the {plain}, which has {length} character{'s' if length != 1 else ''} (got start={start}, end={end})"
        raise AnswerError(msg)
    return target, start, end


def _offset(name: str, given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        msg = f"takes a whole number from 0 as {name!r} of a mark, or None for both ends (got {given!r})"
        raise AnswerError(msg)
    return given


def _place(mark: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(mark[part] for part in ("target", "start", "end", "category", "severity"))


def _kind(mark: Mapping[str, Any]) -> str:
    return repr(" ".join(part for part in (mark["severity"], mark["category"]) if part))


def _unknown(value: object, names: Sequence[str], part: str) -> AnswerError:
    close = nearest(value, names) if isinstance(value, str) else None
    hint = f"; did you mean {close!r}?" if close else ""
    return AnswerError(f"takes one of {_named(names)} as {part!r} of a mark (got {value!r}){hint}")


def _named(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))


def _known(value: object, names: Sequence[str]) -> object:
    """Return the name that a word from elsewhere means, in any case and without regard to space around ``/``."""
    if not isinstance(value, str):
        return value

    def plain(name: str) -> str:
        return WITHIN.join(part.strip() for part in name.split(WITHIN)).casefold()

    return next((name for name in names if plain(name) == plain(value)), value)


def _targets(given: object) -> tuple[str, ...]:
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, Sequence) or not names:
        msg = f"'targets' takes any of {_named(TARGETS)} (got {given!r})"
        raise RubricError(msg)
    for name in names:
        if name not in TARGETS:
            close = nearest(name, TARGETS)
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"'targets' takes any of {_named(TARGETS)} (got {name!r}){hint}"
            raise RubricError(msg)
    return tuple(name for name in TARGETS if name in names)
