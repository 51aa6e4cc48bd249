"""The criteria of a checklist: what each asks, what it is worth, and which program checks it too."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rubricwidgets.checks import problem_of, text_of
from rubricwidgets.errors import RubricError, known_keywords, unknown_keyword
from rubricwidgets.scales.numbers import plain_number, short
from rubricwidgets.texts import unstorable

_FEW = 5
_FIELDS = ("text", "id", "description", "points", "required", "check")


@dataclass(frozen=True)
class MachineCheck:
    """The program that checks a criterion too: its name in ``rubricwidgets.checks``, and its arguments."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the check as JSON."""
        return {"name": self.name, "arguments": dict(self.arguments)}


@known_keywords
@dataclass(frozen=True)
class Criterion:
    """One thing that a response meets or does not meet.

    Parameters
    ----------
    text
        What has to be true of the response: "Says that the dose must not be changed".
    id
        Its name in frames; ``c1``, ``c2`` and so on by its place where left out.
    description
        What counts as meeting it.
    points
        What meeting it is worth. Negative for what a good response does not do: meeting it costs these points.
    required
        False lets raters leave it unjudged.
    check
        A machine check: its name, or ``{"check": "max_words", "limit": 150}`` with its arguments.

    Raises
    ------
    RubricError
        Naming the field, what it takes and what it got.

    Examples
    --------
    >>> Criterion("Is short", points=2, check={"check": "max_words", "limit": 150}).check
    MachineCheck(name='max_words', arguments={'limit': 150})

    """

    text: str
    id: str = ""
    description: str = ""
    points: float = 1
    required: bool = True
    check: MachineCheck | Mapping[str, Any] | str | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        for name in ("text", "id", "description"):
            given = getattr(self, name)
            if not isinstance(given, str) or (name == "text" and not given.strip()):
                msg = f"'{name}' of a criterion takes text (got {given!r})"
                raise RubricError(msg)
            problem = unstorable(given)
            if problem:
                msg = f"'{name}' of a criterion takes text that can be stored: {problem}"
                raise RubricError(msg)
        points = plain_number(self.points)
        if points is None:
            msg = f"'points' of a criterion takes a number (got {self.points!r})"
            raise RubricError(msg)
        object.__setattr__(self, "points", int(points) if float(points).is_integer() else points)
        if not isinstance(self.required, bool):
            msg = f"'required' of a criterion takes True or False (got {self.required!r})"
            raise RubricError(msg)
        object.__setattr__(self, "check", _read_check(self.check))

    @property
    def machine(self) -> MachineCheck | None:
        """The machine check; None without one."""
        return self.check if isinstance(self.check, MachineCheck) else None

    def to_dict(self) -> dict[str, Any]:
        """Return the criterion as JSON."""
        own = {
            "id": self.id,
            "text": self.text,
            "description": self.description,
            "points": self.points,
            "required": self.required,
        }
        return own if self.machine is None else {**own, "check": self.machine.to_dict()}

    def to_page(self) -> dict[str, Any]:
        """Return what a rater may know of it: that a program checks it too, and not what for."""
        return {**self.to_dict(), "check": self.machine is not None}


def _read_check(given: object) -> MachineCheck | None:
    """Return a check from what somebody wrote, held against what is registered.

    What this package wrote itself (``{"name", "arguments"}``) is not: a study can be read where its own checks are not
    registered, and ``Checklist.misfit`` holds them against the registry when a study begins.
    """
    if given is None or isinstance(given, MachineCheck):
        return given
    if isinstance(given, str):
        given = {"check": given}
    if not isinstance(given, Mapping) or not isinstance(given.get("check", given.get("name")), str):
        msg = f"'check' of a criterion takes the name of a check, or {{'check': name, ...}} with its arguments (got {given!r})"
        raise RubricError(msg)
    written = "check" not in given
    if written:
        name, arguments = given["name"], given.get("arguments") or {}
        strange = next((key for key in given if key not in ("name", "arguments")), None)
        if strange is not None:
            raise RubricError(unknown_keyword("'check' of a criterion", str(strange), ("name", "arguments")))
    else:
        name, arguments = (
            given["check"],
            {key: _plain(value) for key, value in given.items() if key != "check" and not _absent(value)},
        )
    try:
        plain = json.loads(json.dumps(arguments, allow_nan=False))
    except (TypeError, ValueError) as error:
        msg = f"'check' of a criterion takes arguments that JSON can hold ({error})"
        raise RubricError(msg) from None
    problem = None if written else problem_of(name, plain)
    if problem:
        raise RubricError(problem)
    return MachineCheck(name, plain)


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _plain(value: object) -> object:
    """Return an argument as it was meant: tables make 50.0 of 50 where other rows have none, and arrays of lists."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read_criteria(given: object, what: str = "criteria") -> tuple[Criterion, ...]:
    """Return criteria from what somebody wrote: texts, records or :class:`Criterion` objects.

    A record has the fields of :class:`Criterion`; beside a ``check`` by name its arguments may stand too, and where a
    ready check says it all, the text may be left out: ``{"check": "max_words", "limit": 150}``.

    Parameters
    ----------
    given
        The list.
    what
        Where it stands, for errors.

    Raises
    ------
    RubricError
        Naming the place, the rule and the value; if a criterion repeats.

    """
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence) or not given:
        msg = f"'{what}' takes a list of one or more criteria (got {given!r})"
        raise RubricError(msg)
    found: list[Criterion] = []
    for place, one in enumerate(given):
        try:
            criterion = _read_one(one, f"c{place + 1}")
        except RubricError as error:
            msg = f"{what}[{place}]: {error}"
            raise RubricError(msg) from None
        found.append(criterion)
    refuse_repeated(found, what)
    return tuple(found)


def _read_one(one: object, named: str) -> Criterion:
    if isinstance(one, str):
        return Criterion(one, named)
    if isinstance(one, Criterion):
        return one if one.id else Criterion(one.text, named, one.description, one.points, one.required, one.check)
    if not isinstance(one, Mapping):
        msg = f"takes text, a record with 'text' or a Criterion (got {one!r})"
        raise RubricError(msg)
    # Parquet and its like have every field in every record, null where it is not there. Points that are no number stay to be
    # refused: what a criterion is worth is never made up.
    record = {
        str(key): value for key, value in one.items() if not _absent(value) or (key == "points" and value is not None)
    }
    own = {key: record.pop(key) for key in _FIELDS if key in record}
    if record and isinstance(own.get("check"), str):
        own["check"] = {"check": own["check"], **record}
    elif record:
        raise RubricError(unknown_keyword("a criterion", next(iter(record)), _FIELDS))
    check = _read_check(own.get("check"))
    own["text"] = own.get("text") or ("" if check is None else text_of(check.name, check.arguments))
    if not own["text"]:
        msg = f"takes a record with 'text' (got one with {', '.join(map(repr, one)) or 'nothing in it'})"
        raise RubricError(msg)
    return Criterion(**{**own, "id": str(own.get("id") or named)})


def refuse_repeated(criteria: Sequence[Criterion], what: str) -> None:
    """Refuse criteria of one id or one text.

    Raises
    ------
    RubricError
        Naming both places.

    """
    ids: dict[str, int] = {}
    texts: dict[str, int] = {}
    for place, one in enumerate(criteria):
        plain = " ".join(one.text.split()).casefold()
        for name, key, seen in (("id", one.id, ids), ("text", plain, texts)):
            if key in seen:
                shown = one.id if name == "id" else one.text if len(one.text) <= 60 else one.text[:59] + "…"  # noqa: PLR2004
                own = "an id" if name == "id" else "a text"
                msg = f"{what}[{place}] takes {own} of its own (got {shown!r}, which {what}[{seen[key]}] has)"
                raise RubricError(msg)
            seen[key] = place


def possible(criteria: Sequence[Criterion]) -> float:
    """Return the most points that a response can earn: those of the criteria that are worth something."""
    return sum(max(0, one.points) for one in criteria)


def worthless(criteria: Sequence[Criterion]) -> str | None:
    """Return why no points can be earned, in words that follow "takes"; None if some can."""
    return (
        None
        if possible(criteria)
        else f"at least one criterion with points above 0: no points are possible here (got {_worth(criteria)})"
    )


def balanced(criteria: Sequence[Criterion]) -> str | None:
    """Return why the points of a rubric's own list cancel out, in words that follow "takes"; None if they do not.

    Where they add up to 0, a response that meets every criterion is worth as much as one that meets none: in a list that is written
    once for all items that is a slip. Lists that experts write for one item may come to it by chance.
    """
    if not math.isclose(math.fsum(one.points for one in criteria), 0, abs_tol=1e-9):
        return None
    return (
        f"points that do not add up to 0, where meeting everything is worth as much as meeting nothing (got {_worth(criteria)}): "
        "weigh what matters more with more points"
    )


def _worth(criteria: Sequence[Criterion]) -> str:
    return ", ".join(short(one.points) for one in criteria[:_FEW]) + (" ..." if len(criteria) > _FEW else "")
