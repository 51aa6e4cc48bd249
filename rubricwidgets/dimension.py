"""What a rater judges: one dimension of a rubric."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from rubricwidgets.ask_when import AskWhen
from rubricwidgets.errors import RubricError, known_keywords
from rubricwidgets.rationale import NUMBER_CONDITIONS, Rationale
from rubricwidgets.scales import Scale
from rubricwidgets.scales.numbers import plain_number

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
        ``"response"`` asks it of each response, ``"item"`` once; as the scale has it where left out.
    weight
        Its share in a weighted total, a number from 0.
    required
        False lets raters leave it unset.
    ask_when
        An :class:`AskWhen`: asked only where another dimension was answered so; always where None.

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
    about: About = None  # type: ignore[assignment]  # settled below, so that it reads as one of the two
    weight: float = 1.0
    required: bool = True
    ask_when: AskWhen | None = None

    def __post_init__(self) -> None:
        self._check_name()
        if self.title is None or self.title == "":
            words = self.name.replace("_", " ").strip()
            object.__setattr__(self, "title", words[:1].upper() + words[1:])
        for name, cls, takes in (
            ("question", str, "text"),
            ("title", str, "text"),
            ("description", str, "text"),
            ("scale", Scale, "a scale such as Ordinal(1, 5)"),
            ("rationale", Rationale, "a Rationale"),
            ("required", bool, "True or False"),
            ("ask_when", AskWhen | None, "an AskWhen such as AskWhen('safe', one_of=[False])"),
        ):
            if not isinstance(getattr(self, name), cls):
                given = getattr(self, name)
                got = type(given).__name__ if cls is str else repr(given)
                msg = f"{self.name!r}: '{name}' takes {takes} (got {got})"
                raise RubricError(msg)
        object.__setattr__(self, "scale", self.scale.named(self.name))
        self._settle_about()
        weight = plain_number(self.weight)
        if weight is None or weight < 0:
            msg = f"{self.name!r}: 'weight' takes a number from 0 (got {self.weight!r})"
            raise RubricError(msg)
        object.__setattr__(self, "weight", float(weight))
        self._check_conditions()

    def _settle_about(self) -> None:
        if self.about is None:
            object.__setattr__(self, "about", self.scale.about)
        if self.about not in ("response", "item"):
            msg = f"{self.name!r}: 'about' takes 'response' or 'item' (got {self.about!r})"
            raise RubricError(msg)
        if self.about == "response" and self.scale.about == "item":
            msg = f"{self.name!r}: 'about' takes 'item', since {self.scale.kind} is about the item's responses together"
            raise RubricError(msg)
        misplaced = self.scale.misplaced(self.about)
        if misplaced is not None:
            msg = f"{self.name!r} {misplaced}"
            raise RubricError(msg)

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
            try:
                self.scale.check_chosen(wanted)
            except ValueError as error:
                msg = f"{self.name!r}: 'required_for' {error}"
                raise RubricError(msg) from None
        counts = any(getattr(self.rationale, name) is not None for name in NUMBER_CONDITIONS)
        if counts and not self.scale.numeric:
            msg = f"{self.name!r}: its answers have no number, so say when a rationale is required by 'required_for'"
            raise RubricError(msg)
        self._check_reach()

    def _check_reach(self) -> None:
        """Refuse a condition that no answer can meet: it would look like a policy and never ask for anything."""
        low, high = self.scale.limits()
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
        # What is left out is not there, so that a rubric keeps its hash when dimensions learn something new.
        conditional = {} if self.ask_when is None else {"ask_when": self.ask_when.to_dict()}
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
            **conditional,
        }
