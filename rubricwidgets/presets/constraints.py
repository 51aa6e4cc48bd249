"""Instruction following: a checklist of constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.dimension import Dimension
from rubricwidgets.errors import known_keywords
from rubricwidgets.presets.words import blocks, lines
from rubricwidgets.rationale import Rationale
from rubricwidgets.rubric import Rubric
from rubricwidgets.scales.checklist import Checklist

if TYPE_CHECKING:
    from collections.abc import Sequence

_GENERAL_GUIDELINES = """\
# How to check instructions

Each line is one thing that a prompt may ask for. Say whether the response has it **met**, **not met**, or whether it is
**not applicable** (N/A): this prompt does not ask for it.

1. List for yourself what the prompt asks for, before you read the response.
2. Take one line at a time. Look for what speaks *against* it.
3. Count words, lines and items. Do not estimate.

## What counts

- What the prompt states, and what the conversation before it states and nobody took back.
- The letter of it. "At most 60 words" is not met by 61.
- Each failing once, in the first line that it fits.

Two limits that cannot both be kept: judge each by its letter, and flag the item.

## What does not count

- Whether it is true, wise or well written.
- What you would have asked for.

## Two worked examples

*Prompt:* Three bullet points on why cats purr. Do not mention dogs. *Response:* four bullet points on why cats purr, and no dog.

- **Does the kind of task that was asked for:** met.
- **Has the stated length or number:** not met, four points.
- **Has the stated form:** met, bullet points.
- **Has nothing in it that had to stay out:** met.
- The other lines: not applicable. One thing was asked for, and no language, source or element is named.

*Prompt:* Translate this into French, and explain its hardest word. *Response:* a French translation, and nothing else.

- **Does the kind of task that was asked for:** met, it translates.
- **Covers every part of the request:** not met, the explanation is missing.
- **Is in the stated language and voice:** met, French.
- The other lines: not applicable. The missing explanation has been counted.
"""

_OWN_STEPS = """\
1. Read the prompt, and then the response to its end.
2. Take one line at a time, by its letter. Look for what speaks *against* it.
3. Count words, lines and items. Do not estimate.
"""
_OWN_EXAMPLE = """\
*Line:* "Has at most 60 words." *Response:* 61 words. Not met: the letter counts.

*Line:* "If it names a dose, it names the age." *Response:* names no dose. Not applicable: there is no dose.
"""
_FAULT = (
    "- A line with points below 0 names a fault. **Met** means that the fault is there, and takes those points off."
)
_FAULT_EXAMPLE = """\
*Line, -2 points:* "Names a dose." *Response:* "Take 400 mg." Met: the fault is there, and two points are taken off.
"""
_PROGRAM = """\
A line may be checked by a program too. You see what it found after your own verdict. Programs err: change your verdict only
where you see that you were wrong.
"""

_GENERAL: tuple[dict[str, Any], ...] = (
    {
        "id": "task",
        "text": "Does the kind of task that was asked for",
        "description": "Summarises where a summary was asked for, and so on. Always applicable.",
    },
    {
        "id": "parts",
        "text": "Covers every part of the request",
        "description": "Not applicable where one single thing was asked for.",
    },
    {
        "id": "length",
        "text": "Has the stated length or number",
        "description": "Words, sentences, lines, items: count them.",
    },
    {
        "id": "form",
        "text": "Has the stated form",
        "description": "List, table, JSON, headings, order, a given beginning or end.",
    },
    {
        "id": "in",
        "text": "Has everything in it that had to be in",
        "description": "Words, names, facts or elements that the prompt names.",
    },
    {
        "id": "out",
        "text": "Has nothing in it that had to stay out",
        "description": "Words, letters, topics or comments that the prompt rules out.",
    },
    {
        "id": "voice",
        "text": "Is in the stated language and voice",
        "description": "Language, register, person, reader, point of view.",
    },
    {
        "id": "sources",
        "text": "Keeps to the material that it was told to use",
        "description": "Nothing from elsewhere where only the given text may be used.",
    },
)


@known_keywords
def instruction_following(criteria: Sequence[Any] | None = None, *, from_item: bool = False) -> Rubric:
    """Return a rubric that checks constraints one by one.

    Parameters
    ----------
    criteria
        Your own constraints for all items, as :class:`Checklist` takes them; they may carry machine checks. Left out: eight
        that fit any prompt (none of them with ``from_item``).
    from_item
        Whether each item has constraints of its own (``criteria`` of an :class:`Item`), after those.

    Returns
    -------
    Rubric
        ``constraints``, a :class:`Checklist` that reads as the share of points earned. Where the lines are your own or the
        items', the guidelines say how to judge any line, and what points below 0 mean where there may be some.

    Examples
    --------
    >>> [one.id for one in instruction_following()["constraints"].scale.own]
    ['task', 'parts', 'length', 'form', 'in', 'out', 'voice', 'sources']
    >>> own = instruction_following([{"text": "At most 60 words", "check": "max_words", "limit": 60}])
    >>> len(own["constraints"].scale.own)
    1

    """
    general = criteria is None and not from_item
    scale = Checklist(_GENERAL if general else () if criteria is None else criteria, from_item=from_item)
    return Rubric(
        "instruction following",
        (
            Dimension(
                "constraints",
                "Which of these does the response meet?",
                scale,
                description="Not applicable: this prompt does not ask for it."
                if general
                else "Not applicable: what the line speaks of does not arise here.",
                rationale=Rationale("optional", ask="What was close, and how did you decide?"),
            ),
        ),
        _GENERAL_GUIDELINES if general else _own_guidelines(scale),
    )


def _own_guidelines(scale: Checklist) -> str:
    faults = scale.from_item or any(one.points < 0 for one in scale.own)
    programs = scale.from_item or any(one.check is not None for one in scale.own)
    return blocks(
        "# How to check instructions",
        "Each line is one thing that a response may do. Say whether the response has it **met**, **not met**, or whether it is "
        "**not applicable** (N/A): what the line speaks of does not arise here."
        + (" The lines may differ from item to item." if scale.from_item else ""),
        _OWN_STEPS,
        "## What counts",
        lines(
            "- The letter of each line, and the whole response.",
            "- Each line by itself: one failing may stand against several.",
            _FAULT if faults else None,
        ),
        _PROGRAM if programs else None,
        "## What does not count",
        lines("- Whether the response is good in ways that no line names.", "- What you would have asked for."),
        "## Two worked examples" if not faults else "## Three worked examples",
        _OWN_EXAMPLE,
        _FAULT_EXAMPLE if faults else None,
    )
