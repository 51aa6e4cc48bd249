"""What to judge, and how: a rubric and its dimensions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets.errors import RubricError, known_keywords, nearest, unknown_keyword
from rubricwidgets.rationale import NUMBER_CONDITIONS, Rationale
from rubricwidgets.scales import Scale, scale_from_dict
from rubricwidgets.scales.numbers import plain_number

if TYPE_CHECKING:
    from pathlib import Path

About = Literal["response", "item"]

#: Columns that say where a score belongs: a dimension of that name could not stand beside them in a frame.
PLACES = ("item", "response", "model", "rater", "dimension")
#: Endings of the columns that go with a dimension's own in a frame.
BESIDE = ("_rationale", "_not_applicable")


@known_keywords
@dataclass(frozen=True)
class Dimension:
    """One thing that a rater judges.

    Parameters
    ----------
    name
        What frames call it: any text without control characters, unique in its rubric.
    question
        What the rater is asked.
    scale
        Which answers are allowed.
    title
        What the rater reads above the question; from the name where None.
    description
        More about the question, always shown below it.
    rationale
        When the answer needs a reason in words.
    about
        ``"response"`` asks it of each response, ``"item"`` once.
    weight
        Its share in a weighted total, a number from 0.
    required
        False lets raters leave it unset.

    Raises
    ------
    RubricError
        Naming the field, what it takes and what it got.

    Examples
    --------
    >>> from rubricwidgets import Ordinal
    >>> Dimension("instruction_following", "Does it do what was asked?", Ordinal(1, 5)).title
    'Instruction following'

    """

    name: str
    question: str
    scale: Scale
    title: str = ""
    description: str = ""
    rationale: Rationale = field(default_factory=Rationale)
    about: About = "response"
    weight: float = 1.0
    required: bool = True

    def __post_init__(self) -> None:
        self._check_name()
        if self.title is None or self.title == "":
            words = self.name.replace("_", " ").strip()
            object.__setattr__(self, "title", words[:1].upper() + words[1:])
        for name in ("question", "title", "description"):
            if not isinstance(getattr(self, name), str):
                msg = f"{self.name!r}: '{name}' takes text (got {type(getattr(self, name)).__name__})"
                raise RubricError(msg)
        if not isinstance(self.scale, Scale):
            msg = f"{self.name!r}: 'scale' takes a scale such as Ordinal(1, 5) (got {self.scale!r})"
            raise RubricError(msg)
        if not isinstance(self.rationale, Rationale):
            msg = f"{self.name!r}: 'rationale' takes a Rationale (got {self.rationale!r})"
            raise RubricError(msg)
        if self.about not in ("response", "item"):
            msg = f"{self.name!r}: 'about' takes 'response' or 'item' (got {self.about!r})"
            raise RubricError(msg)
        weight = plain_number(self.weight)
        if weight is None or weight < 0:
            msg = f"{self.name!r}: 'weight' takes a number from 0 (got {self.weight!r})"
            raise RubricError(msg)
        object.__setattr__(self, "weight", float(weight))
        if not isinstance(self.required, bool):
            msg = f"{self.name!r}: 'required' takes True or False (got {self.required!r})"
            raise RubricError(msg)
        self._check_conditions()

    def _check_name(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip() or not self.name.isprintable():
            msg = f"'name' takes text without control characters (got {self.name!r})"
            raise RubricError(msg)
        if self.name in PLACES:
            msg = (
                f"'name' takes a name that no column of a scores frame has (got {self.name!r}); call it "
                f"{self.name + '_quality'!r}, say, and give it title={self.name.capitalize()!r}"
            )
            raise RubricError(msg)

    def _check_conditions(self) -> None:
        if not self.question.strip():
            msg = f"{self.name!r}: 'question' takes what raters are asked (got {self.question!r}), such as 'Is every claim correct?'"
            raise RubricError(msg)
        for wanted in self.rationale.required_for or ():
            values = [wanted] if _is_one_of_many(self.scale) else wanted
            try:
                self.scale.check(values)
            except ValueError as error:
                msg = f"{self.name!r}: 'required_for' {error}"
                raise RubricError(msg) from None
        counts = any(getattr(self.rationale, name) is not None for name in NUMBER_CONDITIONS)
        if counts and self.scale.level == "nominal" and self.scale.kind != "binary":
            msg = f"{self.name!r}: categories have no number, so say when a rationale is required by 'required_for'"
            raise RubricError(msg)
        self._check_reach()

    def _check_reach(self) -> None:
        """Refuse a condition that no answer can meet: it would look like a policy and never ask for anything."""
        low, high = (
            (0, 1) if self.scale.kind == "binary" else (getattr(self.scale, end, None) for end in ("low", "high"))
        )
        if low is None or high is None:
            return
        policy = self.rationale
        least = policy.required_at_most if policy.required_at_most is not None else low
        most = policy.required_at_least if policy.required_at_least is not None else high
        reach = policy.required_when or (low, high)
        for name, met in (
            ("required_at_most", least >= low),
            ("required_at_least", most <= high),
            ("required_when", reach[1] >= low and reach[0] <= high),
        ):
            if not met:
                msg = (
                    f"{self.name!r}: '{name}' takes scores that the scale has, {self.scale.allows} "
                    f"(got {getattr(policy, name)!r}, which no answer would meet)"
                )
                raise RubricError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Return the dimension as JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "description": self.description,
            "about": self.about,
            "weight": self.weight,
            "required": self.required,
            "scale": self.scale.to_dict(),
            "rationale": self.rationale.to_dict(),
        }


@known_keywords
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

    Raises
    ------
    RubricError
        If there is no dimension, or two have one name or one title.

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

    def __post_init__(self) -> None:
        if not isinstance(self.title, str) or not self.title.strip():
            got = repr(self.title) if isinstance(self.title, str) else type(self.title).__name__
            msg = f"'title' takes the rubric's title, some text (got {got}): Rubric('helpfulness', dimensions=[...])"
            raise RubricError(msg)
        if not isinstance(self.guidelines, str):
            msg = f"'guidelines' takes Markdown text (got {type(self.guidelines).__name__})"
            raise RubricError(msg)
        given = self.dimensions
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
        for name, place in seen.items():
            other = next((one for one in seen if name in (one + end for end in BESIDE)), None)
            if other is not None:
                msg = (
                    f"dimensions[{place}] takes another name (got {name!r}, which frames call what goes with "
                    f"the dimension {other!r})"
                )
                raise RubricError(msg)
        object.__setattr__(self, "dimensions", tuple(given))

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
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return the rubric as JSON: what files hold and the browser gets."""
        return {
            "title": self.title,
            "guidelines": self.guidelines,
            "dimensions": [dimension.to_dict() for dimension in self.dimensions],
        }

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
            name for name in ("title", "name", "question", "scale") if name in _required(cls) and name not in given
        ]
        msg = f"{path} lacks {', '.join(map(repr, lacking))}"
        raise RubricError(msg) from None


def _required(cls: type) -> set[str]:
    return {"Dimension": {"name", "question", "scale"}, "Rubric": {"title"}}.get(cls.__name__, set())


def _is_one_of_many(scale: Scale) -> bool:
    return bool(getattr(scale, "multiple", False))
