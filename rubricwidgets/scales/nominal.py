"""One of several categories, or several of them, perhaps in groups and each with a severity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rubricwidgets.errors import AnswerError, RubricError, known_keywords, nearest
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.categories import JOINT, WITHIN, Category, leaves, read_categories
from rubricwidgets.scales.span_kinds import read_severities

if TYPE_CHECKING:
    from rubricwidgets.scales.base import Level, Place

#: How it reads that several might have been chosen and none was, where the rubric has no words of its own for it.
NONE = "(none)"
#: The words on the button for it.
NONE_OF_THESE = "none of these"
#: So many names are told in an error; more would be no help.
_TOLD = 12
_PARTS = ("category", "severity")


@known_keywords
@dataclass(frozen=True)
class Nominal(Scale):
    """Categories without an order.

    An answer is a category's name, with ``multiple`` a list of them in the scale's order. A sub-category's name has its
    category's before it: ``"Violence/Threats"``. Where there are severities, each chosen category is
    ``{"category": "Violence/Threats", "severity": "high"}`` in place of the bare name. The empty list is an answer too, with
    and without ``multiple``: none of these.

    Parameters
    ----------
    categories
        Two or more: names; a mapping of names to descriptions, or to sub-categories; or records of ``name``,
        ``description``, ``examples`` (a list of texts) and ``subcategories`` (the same again, one level deep). An answer is
        a sub-category where there are any. Descriptions stand beside the names; with examples, sub-categories, severities or
        more than 12 categories they are shown on demand, and more than 12 can be searched.
    multiple
        Whether several may be chosen.
    none
        Whether "none of these" is an answer: True or False, or the words for it. Left out, it is where ``multiple`` is.
    severities
        How grave a chosen category is, mildest first: two or more names, or a mapping of names to descriptions. Raters then
        give one with each category that they choose. None: no severity is asked.
    not_applicable
        Whether "not applicable" is an answer.

    Raises
    ------
    RubricError
        If there are fewer than two categories, or one is there twice, has no name or has a ``;`` in it.

    Notes
    -----
    Conditions (``AskWhen(one_of=)``, ``Rationale(required_for=)``) may name a category, a group of sub-categories (any of
    them meets it), a severity (any category at it) or the words for none. In ``scores()`` the label has the categories;
    the frame of categories has one row for each of them, with its severity.

    Examples
    --------
    >>> scale = Nominal({"none": "", "padding": "Says it twice."}, multiple=True)
    >>> scale.check(["padding"])
    ['padding']
    >>> scale.check(["pading"])
    Traceback (most recent call last):
    ...
    rubricwidgets.errors.AnswerError: takes any of 'none', 'padding' (got 'pading'); did you mean 'padding'?
    >>> policy = Nominal({"Violence": ["Threats", "Cruelty"], "Privacy": ""}, severities=["low", "high"], none="no policy")
    >>> policy.names
    ('Violence/Threats', 'Violence/Cruelty', 'Privacy')
    >>> policy.label({"category": "Violence/Threats", "severity": "high"}), policy.label([])
    ('Violence/Threats', 'no policy')

    """

    kind: ClassVar[str] = "nominal"
    level: ClassVar[Level] = "nominal"
    numeric: ClassVar[bool] = False
    frame: ClassVar[str] = "categories"

    categories: Mapping[str, Any] | Sequence[Any] = field(hash=False)
    multiple: bool = False
    none: bool | str | None = None
    severities: Mapping[str, str] | Sequence[str] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.multiple, bool):
            msg = f"'multiple' takes True or False (got {self.multiple!r})"
            raise RubricError(msg)
        object.__setattr__(self, "categories", read_categories(self.categories))
        severities = read_severities(self.severities) if self.severities else {}
        if len(severities) == 1:
            msg = "'severities' takes two or more names, or None (got 1)"
            raise RubricError(msg)
        object.__setattr__(self, "severities", severities)
        self._check_none()
        both = next((name for name in severities if name in (*self.names, *self.groups)), None)
        if both is not None:
            msg = f"'severities' takes names that no category has (got {both!r})"
            raise RubricError(msg)

    def _check_none(self) -> None:
        if isinstance(self.none, bool) or self.none is None:
            return
        if not isinstance(self.none, str) or not self.none.strip() or JOINT.strip() in self.none:
            msg = f"'none' takes True, False or the words for it, without {JOINT.strip()!r} (got {self.none!r})"
            raise RubricError(msg)
        if self.none.casefold() in (name.casefold() for name in self.names):
            msg = f"'none' takes words that no category has (got {self.none!r}): leave the category out, or 'none'"
            raise RubricError(msg)

    @property
    def listed(self) -> tuple[Category, ...]:
        """The categories as the rater sees them: groups with their sub-categories, and those without."""
        return tuple(self.categories)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that an answer can name, in order: ``Violence/Threats``, ``Privacy``."""
        return tuple(name for name, _ in leaves(self.listed))

    @property
    def groups(self) -> tuple[str, ...]:
        """The categories that have sub-categories."""
        return tuple(one.name for one in self.listed if one.subcategories)

    @property
    def descriptions(self) -> Mapping[str, str]:
        """What each of :attr:`names` means; empty text where nothing was said."""
        return {name: one.description for name, one in leaves(self.listed)}

    @property
    def none_words(self) -> str | None:
        """How "none of these" reads; None where it is no answer."""
        if isinstance(self.none, str):
            return self.none
        if self.none is None:
            return NONE if self.multiple else None
        return NONE_OF_THESE if self.none else None

    @property
    def allows(self) -> str:
        """What the scale takes, in words."""
        names = ", ".join(map(repr, self.names[:_TOLD]))
        if len(self.names) > _TOLD:
            names += f" and {len(self.names) - _TOLD} more"
        with_severity = f", each with a severity of {', '.join(map(repr, self.severities))}" if self.severities else ""
        return f"{'any' if self.multiple else 'one'} of {names}{with_severity}"

    def check(self, value: object) -> Any:  # noqa: ANN401 - one category or several, with severities or without
        """Return the category, or the categories in the scale's order, or raise :class:`AnswerError`.

        A severity that is not there yet is None: an answer of the widget has one, as :meth:`check_at` sees to.
        """
        several = not isinstance(value, str | Mapping) and isinstance(value, Sequence | set | frozenset)
        if several and not value:
            if self.none_words is None:
                raise self.refuse(value)
            return []
        if not self.multiple:
            return self._one(value)
        if not several:
            raise self.refuse(value)
        chosen = [self._one(one) for one in value]  # type: ignore[attr-defined]
        names = [self._name(one) for one in chosen]
        if len(set(names)) != len(names):
            raise self.refuse(value)
        return sorted(chosen, key=lambda one: self.names.index(self._name(one)))

    def check_at(self, value: object, place: Place, *, complete: bool = True) -> Any:  # noqa: ANN401
        """Return the answer with a severity for each category, or raise :class:`AnswerError`."""
        del place
        found = self.check(value)
        for one in self._listed(found) if complete and self.severities else ():
            if one["severity"] is None:
                msg = f"takes a severity for {one['category']!r}: {', '.join(map(repr, self.severities or ()))} (got none)"
                raise AnswerError(msg)
        return found

    def coerce(self, value: object) -> Any:  # noqa: ANN401
        """Return the categories behind a name in any case, or several joined by ``;``.

        A sub-category may come without its category where that is plain, and a severity in brackets: ``Threats (high)``.
        """
        if isinstance(value, str) and self.none_words is not None and value.strip().casefold() in self._nones():
            return []
        if self.multiple:
            if isinstance(value, str):
                value = [part.strip() for part in value.split(JOINT.strip()) if part.strip()]
            elif hasattr(value, "to_list"):
                value = value.to_list()
            if isinstance(value, Sequence | set | frozenset):
                return self.check([self._known(one) for one in value])
            raise self.refuse(value)
        return self.check(self._known(value))

    def number(self, value: Any) -> None:  # noqa: ANN401
        """Return None: categories have no number."""

    def label(self, value: Any) -> str:  # noqa: ANN401
        """Return the category, or the categories joined by ``"; "``; the words for none where none was chosen."""
        names = [self._name(one) for one in self._listed(value)]
        return JOINT.join(names) or self.none_words or NONE

    def points(self) -> list[tuple[Any, str]]:
        """Return every category as its own label, and none where the rubric states it."""
        stated: list[tuple[Any, str]] = [([], self.none_words)] if self.none and self.none_words else []
        return [*((name, name) for name in self.names), *stated]

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON."""
        # What is left out is not there, so that a rubric keeps its hash.
        severities = [{"name": name, "description": text} for name, text in (self.severities or {}).items()]  # type: ignore[union-attr]
        return {
            "kind": self.kind,
            "categories": [one.to_dict() for one in self.listed],
            "multiple": self.multiple,
            "not_applicable": self.not_applicable,
            **({} if self.none is None else {"none": self.none}),
            **({"severities": severities} if severities else {}),
        }

    def chosen(self, value: Any) -> list[Any]:  # noqa: ANN401
        """Return what conditions are held against: each category, its group and its severity, or the words for none."""
        found: list[str] = []
        for one in self._listed(value):
            name = self._name(one)
            found += [name, *(group for group in self.groups if name.startswith(group + WITHIN))]
            found += [one["severity"]] if isinstance(one, Mapping) and one["severity"] else []
        return found or ([self.none_words] if self.none and self.none_words else [])

    def check_chosen(self, wanted: object) -> None:
        """Refuse what is neither a category, a group, a severity nor the words for none."""
        stated = [self.none_words] if self.none else []
        if wanted not in [*self.names, *self.groups, *(self.severities or ()), *stated]:
            raise self._unknown(wanted)

    def records(self, value: Any, place: Place) -> list[dict[str, Any]]:  # noqa: ANN401
        """Return one row per chosen category, or one without a category where none was: columns of ``categories()``."""
        del place
        rows: list[dict[str, Any]] = []
        for one in self._listed(value):
            name = self._name(one)
            group = next((each for each in self.groups if name.startswith(each + WITHIN)), None)
            severity = one["severity"] if isinstance(one, Mapping) else None
            rows.append({"category": name, "group": group or name, "severity": severity})
        return rows or [{}]

    @staticmethod
    def _name(one: Any) -> str:  # noqa: ANN401
        return str(one["category"] if isinstance(one, Mapping) else one)

    @staticmethod
    def _listed(value: Any) -> list[Any]:  # noqa: ANN401
        return value if isinstance(value, list) else [value]

    def _one(self, given: object) -> Any:  # noqa: ANN401
        """Return one chosen category as it is stored."""
        name, severity = given, None
        if self.severities and isinstance(given, Mapping):
            if not set(given) <= set(_PARTS):
                raise self.refuse(given)
            name, severity = given.get("category"), given.get("severity")
        if not isinstance(name, str) or name not in self.names:
            raise self._unknown(name)
        if not self.severities:
            return name
        if severity is not None and not (isinstance(severity, str) and severity in self.severities):
            close = nearest(severity, self.severities) if isinstance(severity, str) else None
            hint = f"; did you mean {close!r}?" if close else ""
            msg = (
                f"takes one of {', '.join(map(repr, self.severities))} as severity of {name!r} (got {severity!r}){hint}"
            )
            raise AnswerError(msg)
        return {"category": name, "severity": severity}

    def _nones(self) -> set[str]:
        stated = {NONE_OF_THESE, (self.none_words or "").casefold()} if self.none else set()
        return {NONE, *stated}

    def _known(self, value: object) -> object:
        """Return a name from elsewhere as the scale writes it, with its severity; what is not known as it is."""
        if isinstance(value, Mapping) and self.severities:
            return {**value, "category": self._full(value.get("category")), "severity": value.get("severity")}
        if isinstance(value, str) and self.severities and value.strip().endswith(")"):
            name, _, severity = value.strip()[:-1].rpartition("(")
            wanted = severity.strip().casefold()
            own = next((one for one in self.severities if one.casefold() == wanted), None)
            if own is not None:
                return {"category": self._full(name), "severity": own}
        return self._full(value)

    def _full(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        wanted = value.strip().casefold()
        exact = next((name for name in self.names if name.casefold() == wanted), None)
        ending = [name for name in self.names if name.casefold().endswith(WITHIN + wanted)]
        return exact or (ending[0] if len(ending) == 1 else value)

    def _unknown(self, value: object) -> AnswerError:
        if isinstance(value, str) and value in self.groups:
            parts = ", ".join(repr(name) for name in self.names if name.startswith(value + WITHIN))
            return AnswerError(f"takes a sub-category of {value!r}: {parts} (got {value!r})")
        close = nearest(value, self.names) if isinstance(value, str) else None
        error = self.refuse(value)
        return type(error)(f"{error}; did you mean {close!r}?") if close else error
