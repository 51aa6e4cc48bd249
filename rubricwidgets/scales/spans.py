"""Marks in a text, each with a category and a severity: errors, hallucinations, anything that has a place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rubricwidgets.errors import AnswerError, RubricError, known_keywords, nearest, unknown_keyword
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.numbers import plain_number, short
from rubricwidgets.texts import unstorable

if TYPE_CHECKING:
    from rubricwidgets.scales.base import Level, Place

#: How it reads that the text was searched and nothing was found.
NO_ERRORS = "no errors found"
#: Between a category and its sub-category.
WITHIN = "/"
#: Which texts of an item can be marked, in the order in which they are read.
TARGETS = ("prompt", "context", "response")

#: Severities and weights of MQM as most studies use them.
SEVERITIES = {
    "minor": "Noticed, but it changes neither the meaning nor what can be done with the text",
    "major": "Misleads, or stands in the way of using the text",
    "critical": "Makes the text useless or harmful",
}
WEIGHTS = {"neutral": 0.0, "minor": 1.0, "major": 5.0, "critical": 25.0}

_PARTS = ("target", "start", "end", "category", "severity", "note", "correction")
_RECORD = ("name", "description", "subcategories")


@known_keywords
@dataclass(frozen=True)
class Category:
    """A category of marks.

    Parameters
    ----------
    name
        Its name, without ``/``.
    description
        What it means.
    subcategories
        Names, a mapping of names to descriptions, or :class:`Category` objects; where there are any, a mark takes one of
        them: ``Accuracy/Omission``.

    """

    name: str
    description: str = ""
    subcategories: tuple[Category, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip() or WITHIN in self.name:
            msg = f"'categories' takes names without {WITHIN!r} (got {self.name!r})"
            raise RubricError(msg)
        if not isinstance(self.description, str):
            msg = f"'categories' takes text as description (got {self.description!r} for {self.name!r})"
            raise RubricError(msg)
        parts = _categories(self.subcategories, f"subcategories of {self.name!r}") if self.subcategories else ()
        deep = next((one.name for one in parts if one.subcategories), None)
        if deep is not None:
            msg = f"'categories' takes two levels, and {self.name}{WITHIN}{deep} has sub-categories of its own"
            raise RubricError(msg)
        object.__setattr__(self, "subcategories", parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the category as JSON."""
        own = {"name": self.name, "description": self.description}
        return {**own, "subcategories": [one.to_dict() for one in self.subcategories]} if self.subcategories else own


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
        or :class:`Category` objects. ``"Accuracy/Omission"`` is a sub-category of ``"Accuracy"``.
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
        object.__setattr__(self, "categories", _categories(self.categories, "categories"))
        object.__setattr__(self, "severities", _severities(self.severities))
        object.__setattr__(self, "weights", self._checked_weights())
        object.__setattr__(self, "targets", _targets(self.targets))

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a mark can have as category, in order: ``Accuracy/Omission``, ``Other``."""
        return tuple(
            name
            for one in self.categories
            for name in ([one.name + WITHIN + part.name for part in one.subcategories] or [one.name])
        )

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        return f"a list of marks with 'start', 'end' and one of {_named(self.names)} as 'category'"

    def weight(self, category: str, severity: str | None) -> float | None:
        """Return what a mark counts; None where its severity is needed for that and unknown."""
        weights: Mapping[str, Any] = self.weights or {}
        for name in (category, category.partition(WITHIN)[0]):
            own = weights.get(name)
            if isinstance(own, Mapping):
                if severity in own:
                    return float(own[severity])
            elif own is not None:
                return float(own)
        if severity is None:
            return None if self.severities else 1.0
        return float(weights[severity])

    def check(self, value: object) -> list[dict[str, Any]]:
        """Return the marks in reading order, or raise :class:`AnswerError`."""
        return self._checked(value, None, complete=True)

    def check_at(self, value: object, place: Place, *, complete: bool = True) -> list[dict[str, Any]]:
        """Return the marks in reading order, each inside its text; from elsewhere a severity may be missing."""
        return self._checked(value, self.texts(place), complete=complete)

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
                raise AnswerError(unknown_keyword("marks", str(key), _PARTS))
        category, severity = self._kind_of(mark, complete=complete)
        words = {name: mark.get(name) or "" for name in ("note", "correction")}
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

    def points(self) -> list[tuple[Any, str]]:
        """Return nothing: there is no end of marks."""
        return []

    def chosen(self, value: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Return the categories that were used, sub-categories and what they belong to; one empty list where none was."""
        names = {name: None for mark in value for name in (mark["category"], mark["category"].partition(WITHIN)[0])}
        return list(names) or [[]]

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
            "categories": [one.to_dict() for one in self.categories],
            "severities": [{"name": name, "description": text} for name, text in severities.items()],
            "weights": self.weights,
            "targets": list(self.targets),
            "not_applicable": self.not_applicable,
        }

    def _checked(self, value: object, texts: Mapping[str, str] | None, *, complete: bool) -> list[dict[str, Any]]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self.refuse(value)
        found: list[dict[str, Any]] = []
        for number, one in enumerate(value, start=1):
            try:
                mark = self.check_mark(one, texts, complete=complete)
                if any(_same(mark, other) for other in found):
                    msg = f"takes each mark once (got {_kind(mark)} twice at the same place)"
                    raise AnswerError(msg)
            except AnswerError as error:
                msg = f"{error}; in mark {number} of {len(value)}"
                raise AnswerError(msg) from None
            found.append(mark)
        return in_reading_order(found)

    def _kind_of(self, mark: Mapping[str, Any], *, complete: bool) -> tuple[str, str | None]:
        category, severity = mark.get("category"), mark.get("severity")
        if category not in self.names:
            raise _unknown("category", category, self.names)
        severities = tuple(self.severities or ())
        if severity is not None or (severities and complete):
            if not severities:
                msg = f"takes no 'severity', since the scale has none (got {severity!r})"
                raise AnswerError(msg)
            if severity not in severities:
                raise _unknown("severity", severity, severities)
        return category, severity  # type: ignore[return-value]

    def _checked_weights(self) -> dict[str, Any]:
        severities = tuple(self.severities or ())
        groups = [
            one.name for one in self.categories
        ]  # with sub-categories, a name that no mark has but all of them share
        categories = tuple(dict.fromkeys([*groups, *self.names]))
        if self.weights is not None and not isinstance(self.weights, Mapping):
            msg = f"'weights' takes a mapping of severities or categories to numbers (got {self.weights!r})"
            raise RubricError(msg)
        both = next((name for name in severities if name in categories), None)
        if both is not None:
            msg = f"'severities' takes names that no category has (got {both!r})"
            raise RubricError(msg)
        given = {name: _weight(name, own, severities) for name, own in (self.weights or {}).items()}
        for name, own in given.items():
            if name not in severities and name not in categories:
                close = nearest(name, [*severities, *categories])
                hint = f"; did you mean {close!r}?" if close else ""
                msg = f"'weights' takes severities and categories (got {name!r}){hint}"
                raise RubricError(msg)
            if name in severities and isinstance(own, dict):
                msg = f"'weights' takes one number for the severity {name!r} (got {own!r})"
                raise RubricError(msg)
        found = {}
        for name in severities:
            weight = given.pop(name, WEIGHTS.get(name.strip().casefold()))
            if weight is None:
                msg = f"'weights' takes a number for each severity (got none for {name!r})"
                raise RubricError(msg)
            found[name] = weight
        return {**found, **given}


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
    known = texts if texts is not None else targets
    plain = target.partition("[")[0] if isinstance(target, str) else ""
    if texts is not None and not texts:
        msg = f"has nothing to mark here: it takes marks in the {' and '.join(targets)}"
        raise AnswerError(msg)
    numbered = plain == "prompt" and isinstance(target, str) and target[len(plain) + 1 : -1].isdecimal()
    if target not in known and not (texts is None and plain in targets and numbered and target.endswith("]")):
        raise _unknown("target", target, tuple(known))
    if start is None and end is None:
        return target, None, None
    for name, number in (("start", start), ("end", end)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            msg = f"takes a whole number from 0 as {name!r} of a mark, or None for both ends (got {number!r})"
            raise AnswerError(msg)
    if start >= end:
        msg = f"takes marks whose 'start' is before their 'end' (got start={start}, end={end})"
        raise AnswerError(msg)
    if texts is not None and end > len(texts[target]):
        length = len(texts[target])
        msg = f"takes marks inside the {plain}, which has {length} character{'s' if length != 1 else ''} (got start={start}, end={end})"
        raise AnswerError(msg)
    return target, start, end


def _same(mark: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(mark[part] == other[part] for part in ("target", "start", "end", "category", "severity"))


def _kind(mark: Mapping[str, Any]) -> str:
    return repr(" ".join(part for part in (mark["severity"], mark["category"]) if part))


def _unknown(part: str, value: object, names: Sequence[str]) -> AnswerError:
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


def _categories(given: object, what: str) -> tuple[Category, ...]:
    if isinstance(given, str) or not isinstance(given, Mapping | Sequence) or not given:
        msg = f"'{what}' takes a list of names or a mapping of names to descriptions (got {given!r})"
        raise RubricError(msg)
    found: dict[str, Category] = {}
    for one in [_pair(name, own) for name, own in given.items()] if isinstance(given, Mapping) else map(_single, given):
        before = found.get(one.name)
        if before is not None and before.subcategories and one.subcategories:
            # "Accuracy/Omission", "Accuracy/Addition", written one by one.
            one = Category(one.name, before.description, (*before.subcategories, *one.subcategories))  # noqa: PLW2901
        elif before is not None:
            msg = f"'{what}' takes each name once (got {one.name!r} twice)"
            raise RubricError(msg)
        alike = next((name for name in found if name != one.name and name.casefold() == one.name.casefold()), None)
        if alike is not None:
            msg = f"'{what}' takes names that differ by more than case (got {alike!r} and {one.name!r})"
            raise RubricError(msg)
        found[one.name] = one
    return tuple(found.values())


def _single(one: object) -> Category:
    if isinstance(one, Category):
        return one
    if isinstance(one, Mapping):
        for key in one:
            if key not in _RECORD:
                raise RubricError(unknown_keyword("categories", str(key), _RECORD))
        return Category(one.get("name"), one.get("description") or "", one.get("subcategories") or ())  # type: ignore[arg-type]
    return _pair(one, "")


def _pair(name: object, own: object) -> Category:
    """Return the category of a name with its description or sub-categories."""
    group, slash, part = name.partition(WITHIN) if isinstance(name, str) else (name, "", "")
    if slash:
        return Category(group.strip(), subcategories=(_pair(part.strip(), own),))  # type: ignore[union-attr]
    if own is None or isinstance(own, str):
        return Category(group, own or "")  # type: ignore[arg-type]
    return Category(group, subcategories=own)  # type: ignore[arg-type]


def _severities(given: object) -> dict[str, str]:
    if given is None:
        return dict(SEVERITIES)
    if isinstance(given, str) or not isinstance(given, Mapping | Sequence):
        msg = f"'severities' takes a list of names or a mapping of names to descriptions (got {given!r})"
        raise RubricError(msg)
    pairs = (
        given.items()
        if isinstance(given, Mapping)
        else [(one.get("name"), one.get("description")) if isinstance(one, Mapping) else (one, "") for one in given]
    )
    found: dict[str, str] = {}
    for name, description in pairs:
        if not isinstance(name, str) or not name.strip():
            msg = f"'severities' takes names (got {name!r})"
            raise RubricError(msg)
        if description is not None and not isinstance(description, str):
            msg = f"'severities' takes text as description (got {description!r} for {name!r}); numbers go to 'weights'"
            raise RubricError(msg)
        if any(name.casefold() == other.casefold() for other in found):
            msg = f"'severities' takes each name once (got {name!r} twice)"
            raise RubricError(msg)
        found[name] = description or ""
    return found


def _weight(name: str, given: object, severities: Sequence[str]) -> float | dict[str, float]:
    if isinstance(given, Mapping):
        for severity in given:
            if severity not in severities:
                close = nearest(severity, severities)
                hint = f"; did you mean {close!r}?" if close else ""
                msg = f"'weights' takes severities for {name!r} (got {severity!r}){hint}"
                raise RubricError(msg)
        return {severity: _number(f"{name} {severity}", own) for severity, own in given.items()}
    return _number(name, given)


def _number(what: str, given: object) -> float:
    number = plain_number(given)
    if number is None or number < 0:
        msg = f"'weights' takes numbers from 0 (got {given!r} for {what!r})"
        raise RubricError(msg)
    return float(number) if short(number) != str(int(number)) else int(number)


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
