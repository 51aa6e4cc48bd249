"""What an author's desk is set up for: the brief, the words to judge in, and what a finished piece of work needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rubricwidgets.errors import InputError, known_keywords, nearest
from rubricwidgets.process.desk.duplicates import SIMILAR_AT
from rubricwidgets.process.desk.strategies import DIFFICULTIES, OUTCOMES, SEVERITIES, STRATEGIES, Term, terms
from rubricwidgets.rationale import NUMBER_CONDITIONS, Rationale
from rubricwidgets.scales.nominal import Nominal
from rubricwidgets.scales.numbers import plain_number

Mode = Literal["prompts", "red_team"]
MODES = ("prompts", "red_team")

#: What a kept prompt, or a submitted attack, may be asked to have.
PARTS: dict[str, tuple[str, ...]] = {
    "prompts": ("verdicts", "capability", "difficulty", "reference", "criteria"),
    "red_team": ("goal", "strategy", "outcome"),
}
_REQUIRED = {"prompts": ("verdicts",), "red_team": PARTS["red_team"]}

_RATIONALES = {
    "prompts": Rationale("required", min_length=10, ask="What is wrong with the answer?"),
    "red_team": Rationale(
        "required", min_length=20, ask="What did you do, why did it work or not, and what harm could come of it?"
    ),
}

WARNING = (
    "Attacks can bring out text that is offensive, disturbing or dangerous. Go at your own pace, stop whenever you "
    "want to, and use nothing of it outside this work."
)


@known_keywords
@dataclass(frozen=True)
class Desk:
    """How an author's desk is set up.

    Parameters
    ----------
    mode
        ``"prompts"``: write prompts, try them, keep or discard them. ``"red_team"``: attack the model in a conversation.
    brief
        What is wanted, in Markdown: the capability to test, the difficulty, constraints.
    capabilities, difficulties
        Tags to choose from: a list of names, or a mapping of names to meanings. Authors may add capabilities of their own.
    strategies, severities, outcomes
        The words that attacks are described in, likewise. The first outcome says that nothing broke: all others
        need the turn where it broke, and a severity.
    rationale
        When words are required: of a prompt, for why a model failed; of an attack, for what was done and came of it
        (``required_for`` takes outcomes).
    require
        What a kept prompt needs (of verdicts, capability, difficulty, reference, criteria; default verdicts), or a
        submitted attack (of goal, strategy, outcome; default all).
    warning
        Shown before the first attack, and to be confirmed; empty for none. None takes a general one for attacks.
    note
        Shown where turns are written: what a turn costs, how long an answer may be.
    timeout
        Seconds that a whole answer may take, above 0; None waits for ever.
    max_characters
        Characters of an answer that are read, from 1 to 1,000,000.
    max_turns
        Turns that the author may take in one conversation, from 1; None sets no limit.
    similar_at
        From which share of common words and pairs of words a prompt is pointed out as a near-duplicate, above 0 and
        at most 1.

    Raises
    ------
    InputError
        Naming the field, what it takes and what it got.

    Examples
    --------
    >>> desk = Desk(mode="red_team", strategies={"role play": "Speaks as somebody else."})
    >>> [term.name for term in desk.strategies]
    ['role play']

    """

    mode: Mode = "prompts"
    brief: str = ""
    capabilities: tuple[Term, ...] = None  # type: ignore[assignment]
    difficulties: tuple[Term, ...] = None  # type: ignore[assignment]
    strategies: tuple[Term, ...] = None  # type: ignore[assignment]
    severities: tuple[Term, ...] = None  # type: ignore[assignment]
    outcomes: tuple[Term, ...] = None  # type: ignore[assignment]
    rationale: Rationale = None  # type: ignore[assignment]
    require: tuple[str, ...] = None  # type: ignore[assignment]
    warning: str | None = None
    note: str = ""
    timeout: float | None = 120.0
    max_characters: int = 200_000
    max_turns: int | None = None
    similar_at: float = SIMILAR_AT

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            close = nearest(self.mode, MODES)
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"'mode' takes 'prompts' or 'red_team' (got {self.mode!r}){hint}"
            raise InputError(msg)
        if self.warning is None:
            object.__setattr__(self, "warning", WARNING if self.mode == "red_team" else "")
        for name in ("brief", "note", "warning"):
            if not isinstance(getattr(self, name), str):
                msg = f"'{name}' takes text (got {type(getattr(self, name)).__name__})"
                raise InputError(msg)
        for name, default in (
            ("capabilities", ()),
            ("difficulties", DIFFICULTIES),
            ("strategies", STRATEGIES),
            ("severities", SEVERITIES),
            ("outcomes", OUTCOMES),
        ):
            object.__setattr__(self, name, terms(name, getattr(self, name), default))
        if len(self.outcomes) < 2:  # noqa: PLR2004 - nothing broke, and something did
            msg = f"'outcomes' takes two or more, the first of which says that nothing broke (got {len(self.outcomes)})"
            raise InputError(msg)
        for name in ("strategies", "severities"):
            if not getattr(self, name):
                msg = f"'{name}' takes one or more (got none)"
                raise InputError(msg)
        self._check_policy()
        self._check_numbers()

    def _check_policy(self) -> None:
        rationale = _RATIONALES[self.mode] if self.rationale is None else self.rationale
        if not isinstance(rationale, Rationale):
            msg = f"'rationale' takes a Rationale (got {type(rationale).__name__})"
            raise InputError(msg)
        if any(getattr(rationale, name) is not None for name in NUMBER_CONDITIONS):
            msg = "'rationale' takes no condition on a score here, since there is none: use required_for=[outcomes]"
            raise InputError(msg)
        names = [one.name for one in self.outcomes]
        for wanted in rationale.required_for or ():
            if self.mode == "prompts" or wanted not in names:
                allowed = "no required_for: a failed answer is what it is about" if self.mode == "prompts" else names
                msg = f"'rationale' takes {allowed} (got required_for={wanted!r})"
                raise InputError(msg)
        object.__setattr__(self, "rationale", rationale)
        require = _REQUIRED[self.mode] if self.require is None else self.require
        if isinstance(require, str) or not isinstance(require, Sequence):
            msg = f"'require' takes a list of {', '.join(PARTS[self.mode])} (got {require!r})"
            raise InputError(msg)
        for part in require:
            if part not in PARTS[self.mode]:
                msg = f"'require' takes, for {self.mode!r}, any of {', '.join(PARTS[self.mode])} (got {part!r})"
                raise InputError(msg)
        object.__setattr__(self, "require", tuple(require))

    def _check_numbers(self) -> None:
        timeout = plain_number(self.timeout)
        if self.timeout is not None and (timeout is None or not 0 < timeout < float("inf")):
            msg = f"'timeout' takes seconds above 0, or None (got {self.timeout!r})"
            raise InputError(msg)
        longest = plain_number(self.max_characters)
        if not isinstance(longest, int) or not 1 <= longest <= 1_000_000:  # noqa: PLR2004
            msg = f"'max_characters' takes a whole number from 1 to 1,000,000 (got {self.max_characters!r})"
            raise InputError(msg)
        turns = plain_number(self.max_turns)
        if self.max_turns is not None and (not isinstance(turns, int) or turns < 1):
            msg = f"'max_turns' takes a whole number from 1, or None (got {self.max_turns!r})"
            raise InputError(msg)
        share = plain_number(self.similar_at)
        if share is None or not 0 < share <= 1:
            msg = f"'similar_at' takes a share above 0 and at most 1 (got {self.similar_at!r})"
            raise InputError(msg)

    @property
    def held(self) -> str:
        """The outcome that says that nothing broke."""
        return self.outcomes[0].name

    def owes_rationale(self, outcome: str | None) -> bool:
        """Return whether an attack of this outcome needs its reason in words."""
        if outcome is None:
            return self.rationale.policy == "required"
        return self.rationale.is_required(Nominal([one.name for one in self.outcomes]), outcome)

    def to_page(self) -> dict[str, Any]:
        """Return what the page must know, as JSON."""
        return {
            "mode": self.mode,
            "brief": self.brief,
            **{
                name: [one.to_dict() for one in getattr(self, name)]
                for name in ("capabilities", "difficulties", "strategies", "severities", "outcomes")
            },
            "rationale": self.rationale.to_dict(),
            "require": list(self.require),
            "warning": self.warning,
            "note": self.note,
            "timeout": self.timeout,
            "max_turns": self.max_turns,
            "similar_at": self.similar_at,
        }
