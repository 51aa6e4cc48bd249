"""What every scale states: which answers it allows, how they read, how they count."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rubricwidgets.errors import AnswerError, RubricError, nearest, unknown_keyword

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rubricwidgets.items import Item, Response
    from rubricwidgets.scales.seen import Seen

Level = Literal["nominal", "ordinal", "interval", "ratio"]

#: Every scale by its kind, filled as the modules of this package load.
SCALES: dict[str, type[Scale]] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer is given.

    Parameters
    ----------
    item
        Which item.
    response
        Which of its responses; None where the dimension is about the item.
    order
        Ids of the item's responses as the rater saw them, first to last; as the item has them where nobody shuffled.

    """

    item: Item
    response: Response | None
    order: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Scale(ABC):
    """The base of all scales.

    A subclass is a frozen dataclass with a ``kind`` (its name in files and on the wire) and a ``level`` of
    measurement, which decides the statistics and charts that fit.

    Parameters
    ----------
    not_applicable
        Whether "not applicable" is an answer that raters may give.

    """

    kind: ClassVar[str] = ""
    level: ClassVar[Level]
    #: What a dimension of this kind is about where it does not say; ``"item"`` alone where no single response can be asked.
    about: ClassVar[Literal["response", "item"]] = "response"
    #: Whether conditions (of a rationale, of another dimension) may speak of its number.
    numeric: ClassVar[bool] = True
    #: Which frame its answers fill besides ``scores()``: a name in ``rubricwidgets.frames.DETAILS``.
    frame: ClassVar[str] = ""
    #: JavaScript of the control, for scales from outside this package; a module as CONTRIBUTING describes.
    control: ClassVar[str] = ""

    not_applicable: bool = False

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init_subclass__(**kwargs)
        if cls.kind:
            SCALES[cls.kind] = cls

    def __post_init__(self) -> None:
        if not isinstance(self.not_applicable, bool):
            msg = f"'not_applicable' takes True or False (got {self.not_applicable!r})"
            raise RubricError(msg)

    @property
    @abstractmethod
    def allows(self) -> str:
        """What the scale takes, in words that follow "takes": ``1 to 5``."""

    @abstractmethod
    def check(self, value: object) -> Any:  # noqa: ANN401 - each scale has a type of its own
        """Return the value as it is stored, or raise :class:`AnswerError`."""

    @abstractmethod
    def coerce(self, value: object) -> Any:  # noqa: ANN401
        """Return the value behind a label, a text or a number from elsewhere, or raise :class:`AnswerError`."""

    @abstractmethod
    def number(self, value: Any) -> float | None:  # noqa: ANN401
        """Return how an allowed value reads as a number; None where it has none."""

    @abstractmethod
    def label(self, value: Any) -> str | None:  # noqa: ANN401
        """Return how an allowed value reads in words; None where it has no words."""

    @abstractmethod
    def points(self) -> list[tuple[Any, str]]:
        """Return every allowed value with its label, in order; empty where there is no end of them."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return the scale as JSON, ``kind`` first."""

    def limits(self) -> tuple[float | None, float | None]:
        """Return the lowest and the highest number that an answer can have; None where there is no such end."""
        numbers = [number for value, _ in self.points() if (number := self.number(value)) is not None]
        if numbers:
            return min(numbers), max(numbers)
        return getattr(self, "low", None), getattr(self, "high", None)

    def chosen(self, value: Any) -> list[Any]:  # noqa: ANN401
        """Return what conditions on an allowed value are held against: each of several categories, or the value itself."""
        return value if isinstance(value, list) else [value]

    def check_chosen(self, wanted: object) -> None:
        """Refuse what no answer's :meth:`chosen` can hold, so that a condition never waits for it."""
        self.check([wanted] if getattr(self, "multiple", False) else wanted)

    # What follows matters to scales whose answers mention responses, texts or criteria of the item.

    def check_at(self, value: object, place: Place, *, complete: bool = True) -> Any:  # noqa: ANN401
        """Return the value as it is stored, held against the item too, or raise :class:`AnswerError`.

        Parameters
        ----------
        value
            What was answered.
        place
            Of what.
        complete
            False allows an answer that is not finished, as judgements from elsewhere may be.

        """
        del place, complete
        return self.check(value)

    def carried(self, before: Any, value: Any) -> Any:  # noqa: ANN401
        """Return what counts after judgements from elsewhere: ``value``, with the parts of ``before`` that it does not mention.

        An answer is one whole, and replaced as one, where its scale does not say otherwise.
        """
        del before
        return value

    def plausible(self, place: Place, seen: Seen) -> Any:  # noqa: ANN401
        """Return what a rater to whom responses seem so good may answer, for simulations: a point by its share of all points.

        Parameters
        ----------
        place
            Where the answer is given.
        seen
            How good the responses seem, and where chance comes from.

        Raises
        ------
        NotImplementedError
            If the scale has no points; one that has none brings a method of its own.

        """
        points = self.points()
        if not points:
            raise NotImplementedError
        share = seen.of(None if place.response is None else place.response.id)
        return points[round(share * (len(points) - 1))][0]

    def named(self, name: str) -> Scale:
        """Return the scale as the dimension of that name asks it; itself where that makes no difference."""
        del name
        return self

    def misplaced(self, about: Literal["response", "item"]) -> str | None:
        """Return why a dimension about this cannot be asked on this scale, in words that follow its name; None: it can."""
        del about
        return None

    def misfit(self, item: Item) -> str | None:
        """Return why an item cannot be judged on this scale, in words that follow "'overall' ..."; None: it can."""
        del item
        return None

    def asks(self, place: Place) -> Any:  # noqa: ANN401
        """Return what the page must know of this item to ask, as JSON without ids of responses; None: nothing more."""
        del place

    def suggestions(self, value: object, place: Place) -> Any:  # noqa: ANN401
        """Return what a program says of the parts that ``value`` judges already, as JSON for the page; None: nothing ever."""
        del value, place

    def to_page(self, value: Any, key_of: Callable[[str], str]) -> Any:  # noqa: ANN401
        """Return a stored value as the page knows it: every response id through ``key_of``."""
        del key_of
        return value

    def from_page(self, value: Any, id_of: Callable[[object], str]) -> Any:  # noqa: ANN401
        """Return a page's value with the ids of responses; ``id_of`` raises for what is no key of the item."""
        del id_of
        return value

    def records(self, value: Any, place: Place) -> list[dict[str, Any]]:  # noqa: ANN401
        """Return the rows of an allowed value in the scale's own :attr:`frame`, without the columns that all share."""
        del value, place
        return []

    def refuse(self, value: object) -> AnswerError:
        """Return the error for a value that is not allowed."""
        shown = repr(value)
        return AnswerError(f"takes {self.allows} (got {shown if len(shown) <= 80 else shown[:79] + '…'})")  # noqa: PLR2004


def scale_from_dict(data: Mapping[str, Any], path: str = "scale") -> Scale:
    """Build a scale from its JSON.

    Parameters
    ----------
    data
        ``{"kind": "ordinal", ...}`` with the fields of that scale.
    path
        Where it stands, for errors: ``dimensions[2].scale``.

    Raises
    ------
    RubricError
        Naming the path, what is wrong and what is allowed.

    Examples
    --------
    >>> scale_from_dict({"kind": "ordinal", "low": 1, "high": 5})
    Ordinal(not_applicable=False, low=1, high=5, anchors={})

    """
    if not isinstance(data, dict):
        msg = f"{path} takes a mapping with 'kind' (got {type(data).__name__})"
        raise RubricError(msg)
    kind = data.get("kind")
    cls = SCALES.get(kind) if isinstance(kind, str) else None
    if cls is None:
        close = nearest(kind, SCALES)
        hint = f"; did you mean {close!r}?" if close else ""
        other = next(
            (key for key, word in data.items() if key != "kind" and isinstance(word, str) and word in SCALES), None
        )
        if "kind" not in data and other is not None:
            hint = f"; {other!r} is called 'kind' here: kind: {data[other]}"
        msg = f"{path}.kind takes one of {', '.join(sorted(SCALES))} (got {'nothing' if kind is None else repr(kind)}){hint}"
        raise RubricError(msg)
    given = {key: value for key, value in data.items() if key != "kind"}
    names = [field.name for field in fields(cls)]
    for key in given:
        if key not in names:
            raise RubricError(unknown_keyword(path, str(key), names))
    try:
        return cls(**given)
    except RubricError as error:
        msg = f"{path}: {error}"
        raise RubricError(msg) from None
    except TypeError as error:
        msg = f"{path}: {str(error).replace(cls.__name__ + '.__init__() ', '')}"
        raise RubricError(msg) from None
