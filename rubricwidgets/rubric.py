"""What to judge, and how: a rubric of dimensions, with its guidelines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from rubricwidgets.ask_when import AskWhen, check_conditions
from rubricwidgets.dimension import BESIDE, Dimension
from rubricwidgets.errors import RubricError, known_keywords, known_methods, nearest, unknown_keyword
from rubricwidgets.rationale import Rationale
from rubricwidgets.scales import scale_from_dict
from rubricwidgets.texts import unstorable_in

if TYPE_CHECKING:
    from pathlib import Path


@known_keywords
@known_methods
@dataclass(frozen=True)
class Rubric:
    """Guidelines and the dimensions that are judged by them.

    Parameters
    ----------
    title
        What the rubric is called.
    dimensions
        One or more :class:`Dimension`, in the order in which they are asked, shown and charted.
    guidelines
        Markdown that raters read before and while they rate.
    content_warning
        What raters should know before they see any item, such as "Some responses describe violence." Each item then stays
        hidden until its rater shows it. An :class:`Item` may have a warning of its own, which stands in its place.

    Raises
    ------
    RubricError
        If there is no dimension, two have one name or one title, or the conditions under which some are asked name
        dimensions that are not there or each other in a circle.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> rubric = rw.Rubric("tone", dimensions=[rw.Dimension("tone", "Is the tone right?", rw.Ordinal(1, 5))])
    >>> rubric["tone"].scale.high
    5
    >>> rw.Rubric.from_dict(rubric.to_dict()) == rubric
    True

    """

    title: str
    dimensions: tuple[Dimension, ...] = ()
    guidelines: str = ""
    content_warning: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.title, str) or not self.title.strip():
            got = repr(self.title) if isinstance(self.title, str) else type(self.title).__name__
            msg = f"'title' takes the rubric's title, some text (got {got}): Rubric('helpfulness', dimensions=[...])"
            raise RubricError(msg)
        if not isinstance(self.guidelines, str):
            msg = f"'guidelines' takes Markdown text (got {type(self.guidelines).__name__})"
            raise RubricError(msg)
        warning = self.content_warning
        if warning is not None and (not isinstance(warning, str) or not warning.strip()):
            msg = f"'content_warning' takes words for the rater, or None (got {warning!r})"
            raise RubricError(msg)
        object.__setattr__(self, "dimensions", _dimensions_of(self.dimensions))
        found = unstorable_in(self.to_dict())
        if found is not None:
            msg = f"{found[0]} takes text that can be stored: {found[1]}"
            raise RubricError(msg)

    def __getitem__(self, name: str) -> Dimension:
        for dimension in self.dimensions:
            if dimension.name == name:
                return dimension
        close = nearest(name, self.names)
        hint = f"did you mean {close!r}?" if close else f"it has {', '.join(self.names)}"
        msg = f"rubric {self.title!r} has no dimension {name!r}; {hint}"
        raise RubricError(msg)

    @property
    def names(self) -> tuple[str, ...]:
        """The dimensions' names, in order."""
        return tuple(dimension.name for dimension in self.dimensions)

    @property
    def hash(self) -> str:
        """16 hex digits that change whenever anything in the rubric does."""
        text = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.blake2b(text.encode("utf-8"), digest_size=8).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return the rubric as JSON: what files hold and the browser gets."""
        # What is left out is not there, so that a rubric without a warning keeps its hash.
        warning = {} if self.content_warning is None else {"content_warning": self.content_warning}
        return {
            "title": self.title,
            "guidelines": self.guidelines,
            **warning,
            "dimensions": [dimension.to_dict() for dimension in self.dimensions],
        }

    def replace(self, dimension: str | None = None, /, **changes: Any) -> Rubric:  # noqa: ANN401
        """Return a rubric with other words: of one dimension, or of the rubric itself.

        Parameters
        ----------
        dimension
            Name of the dimension to change; left out, the rubric's own fields are changed.
        **changes
            New values of fields: of :class:`Dimension` (``question=``, ``title=``, ``rationale=``, ...) and of its scale
            (``anchors=``, ``categories=``, ``not_applicable=``, ...); or of the rubric (``title=``, ``guidelines=``, ...).

        Raises
        ------
        RubricError
            If there is no such dimension or field, or the new value is not allowed.

        Examples
        --------
        >>> import rubricwidgets as rw
        >>> rubric = rw.Rubric("tone", dimensions=[rw.Dimension("tone", "Is the tone right?", rw.Ordinal(1, 5))])
        >>> other = rubric.replace("tone", question="Does it speak as you would?", anchors={1: "jars", 5: "fits"})
        >>> other["tone"].question, other["tone"].scale.anchors[5]
        ('Does it speak as you would?', 'fits')
        >>> other.replace(title="voice").title
        'voice'

        """
        if dimension is None:
            _refuse_unknown("Rubric.replace", changes, _names(Rubric))
            return replace(self, **changes)
        old = self[dimension]
        own = _names(Dimension)
        of_scale = [name for name in _names(type(old.scale)) if name not in own]
        _refuse_unknown(f"{dimension!r}", changes, [*own, *of_scale])
        within = {name: value for name, value in changes.items() if name in of_scale}
        beside = {name: value for name, value in changes.items() if name in own}
        try:
            new = replace(
                old, **({"scale": replace(beside.pop("scale", old.scale), **within)} if within else {}), **beside
            )
        except RubricError as error:
            words = str(error)
            msg = words if words.startswith(repr(dimension)) else f"{dimension!r}: {words}"
            raise RubricError(msg) from None
        return replace(self, dimensions=tuple(new if one is old else one for one in self.dimensions))

    def without(self, *names: str) -> Rubric:
        """Return a rubric without the dimensions of these names; ``guidelines`` stay, so change what they say of these too.

        Raises
        ------
        RubricError
            If there is no such dimension, none would be left, or one that stays is asked only after one that goes.

        Examples
        --------
        >>> import rubricwidgets as rw
        >>> rw.demo(store="memory").rubric.without("safety").names
        ('accuracy', 'instruction_following', 'helpfulness', 'appropriate_uncertainty')

        """
        gone = [self[name].name for name in names]
        for one in self.dimensions:
            after = one.ask_when.dimension if one.ask_when is not None else None
            if after in gone and one.name not in gone:
                msg = f"{one.name!r} is asked only after {after!r}: leave it out too, or give it another ask_when"
                raise RubricError(msg)
        return replace(self, dimensions=tuple(one for one in self.dimensions if one.name not in gone))

    def with_dimension(self, dimension: Dimension, *, before: str | None = None) -> Rubric:
        """Return a rubric with one more dimension, or with this one in the place of that of the same name.

        Parameters
        ----------
        dimension
            The :class:`Dimension`.
        before
            Name of the dimension to put it before; left out, it comes last, or stays where its name stood.

        Raises
        ------
        RubricError
            If there is no dimension to put it before, or it does not go with the others.

        Examples
        --------
        >>> import rubricwidgets as rw
        >>> rubric = rw.Rubric("tone", dimensions=[rw.Dimension("tone", "Is the tone right?", rw.Ordinal(1, 5))])
        >>> rubric.with_dimension(rw.Dimension("safe", "Is it safe?", rw.Binary()), before="tone").names
        ('safe', 'tone')

        """
        if not isinstance(dimension, Dimension):
            msg = f"with_dimension takes a Dimension (got {type(dimension).__name__})"
            raise RubricError(msg)
        if before is None and dimension.name in self.names:
            found = [dimension if one.name == dimension.name else one for one in self.dimensions]
        else:
            found = [one for one in self.dimensions if one.name != dimension.name]
            place = len(found) if before is None else found.index(self[before]) if self[before] in found else len(found)
            found.insert(place, dimension)
        return replace(self, dimensions=tuple(found))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Rubric:
        """Build a rubric from its JSON.

        Raises
        ------
        RubricError
            Naming the path, such as ``dimensions[2].scale.low``, the rule and the value.

        """
        given = _taken(data, cls, "rubric")
        listed = given.get("dimensions")
        if not isinstance(listed, list):
            msg = f"rubric.dimensions takes a list (got {type(listed).__name__})"
            raise RubricError(msg)
        dimensions = [_dimension(one, f"dimensions[{place}]") for place, one in enumerate(listed)]
        rubric: Rubric = _built(cls, {**given, "dimensions": dimensions}, "rubric")
        return rubric

    @classmethod
    def read(cls, path: str | Path) -> Rubric:
        """Read a rubric from a YAML or JSON file.

        Parameters
        ----------
        path
            A file that ends in ``.yaml``, ``.yml`` or ``.json``.

        Raises
        ------
        RubricError
            Naming the file and the line or path, the rule and the value.

        """
        from rubricwidgets.rubric_files import read  # noqa: PLC0415 - YAML loads when first used

        return read(path)

    def write(self, path: str | Path) -> None:
        """Write the rubric as a YAML or JSON file, by the ending of ``path``."""
        from rubricwidgets.rubric_files import write  # noqa: PLC0415

        write(self, path)

    def _repr_html_(self) -> str:
        from rubricwidgets.rubric_html import table  # noqa: PLC0415

        return table(self)


def _names(cls: type) -> list[str]:
    return [one.name for one in fields(cls) if one.init]


def _refuse_unknown(what: str, changes: Mapping[str, Any], known: list[str]) -> None:
    for name in changes:
        if name not in known:
            raise RubricError(unknown_keyword(what, name, known))


def _dimensions_of(given: object) -> tuple[Dimension, ...]:
    """Return dimensions that can stand in one rubric, or refuse them."""
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence) or not given:
        msg = f"'dimensions' takes a list of one or more Dimension (got {given!r})"
        raise RubricError(msg)
    seen: dict[str, int] = {}
    for place, dimension in enumerate(given):
        if not isinstance(dimension, Dimension):
            msg = f"dimensions[{place}] takes a Dimension (got {type(dimension).__name__})"
            raise RubricError(msg)
        if dimension.name in seen:
            msg = (
                f"dimensions[{place}] takes a name of its own (got {dimension.name!r}, "
                f"which dimensions[{seen[dimension.name]}] has)"
            )
            raise RubricError(msg)
        alike = next((one for one in given[:place] if one.title == dimension.title), None)
        if alike is not None:
            msg = (
                f"dimensions[{place}] takes a title of its own (got {dimension.title!r}, which {alike.name!r} has too): "
                "raters and charts could not tell them apart; give one a title="
            )
            raise RubricError(msg)
        seen[dimension.name] = place
    check_conditions(given)
    for name, place in seen.items():
        other = next((one for one in seen if name in (one + end for end in BESIDE)), None)
        if other is not None:
            msg = (
                f"dimensions[{place}] takes another name (got {name!r}, which frames call what goes with "
                f"the dimension {other!r})"
            )
            raise RubricError(msg)
    return tuple(given)


def _dimension(data: object, path: str) -> Dimension:
    given = _taken(data, Dimension, path)
    if "scale" in given:
        given["scale"] = scale_from_dict(given["scale"], f"{path}.scale")
    if given.get("rationale") is not None:
        rationale = given["rationale"]
        if isinstance(rationale, str):
            rationale = {"policy": rationale}
        given["rationale"] = _built(Rationale, _taken(rationale, Rationale, f"{path}.rationale"), f"{path}.rationale")
    else:
        given.pop("rationale", None)
    if given.get("ask_when") is not None:
        condition = _taken(given["ask_when"], AskWhen, f"{path}.ask_when")
        given["ask_when"] = _built(AskWhen, condition, f"{path}.ask_when")
    dimension: Dimension = _built(Dimension, given, path)
    return dimension


def _taken(data: object, cls: type, path: str) -> dict[str, Any]:
    """Return a copy of a mapping whose every key ``cls`` takes."""
    if not isinstance(data, Mapping):
        msg = f"{path} takes a mapping (got {type(data).__name__})"
        raise RubricError(msg)
    names = [one.name for one in fields(cls)]
    for key in data:
        if key not in names:
            raise RubricError(unknown_keyword(path, str(key), names))
    return dict(data)


def _built(cls: Any, given: dict[str, Any], path: str) -> Any:  # noqa: ANN401 - one builder for three classes
    try:
        return cls(**given)
    except RubricError as error:
        msg = f"{path}: {error}"
        raise RubricError(msg) from None
    except TypeError:
        lacking = [
            name
            for name in ("title", "name", "question", "scale", "dimension")
            if name in _required(cls) and name not in given
        ]
        msg = f"{path} lacks {', '.join(map(repr, lacking))}"
        raise RubricError(msg) from None


def _required(cls: type) -> set[str]:
    return {
        "Dimension": {"name", "question", "scale"},
        "Rubric": {"title"},
        "AskWhen": {"dimension"},
    }.get(cls.__name__, set())
