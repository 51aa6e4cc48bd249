"""Instruction following: a checklist of constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import known_keywords
from rubricwidgets.rationale import Rationale
from rubricwidgets.rubric import Dimension, Rubric
from rubricwidgets.scales.checklist import Checklist

if TYPE_CHECKING:
    from collections.abc import Sequence

_GUIDELINES = """\
# How to check instructions

Each line is one thing that a prompt may ask for. Say whether the response **meets** it, does **not meet** it, or whether it is
**not applicable**: this prompt does not ask for it.

1. List for yourself what the prompt asks for, before you read the response.
2. Take one line at a time. Look for what speaks *against* it.
3. Count words, lines and items. Do not estimate.

## What counts

- What the prompt states, and what the conversation before it states and nobody took back.
- The letter of it. "At most 60 words" is not met by 61.
- Each failing once, in the first line that it fits.

## What does not count

- Whether it is true, wise or well written.
- What you would have asked for.
- A limit that cannot be kept together with another: judge what the response did about it, and flag the item.

## Two worked examples

*Prompt:* Summarise the text in three bullet points. Do not name the author. *Response:* four bullet points, without the name.

Task met. Parts not applicable: one thing was asked for. Length **not met**: four points. Form met: bullet points. Had to be in: not
applicable. Had to stay out: met. Language and voice, sources: not applicable.

*Prompt:* Translate into French and explain the two hardest words. *Response:* a French translation, nothing else.

Task met: it translates. Parts **not met**: the explanation is missing. Every other line not applicable.
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
        ``constraints``, a :class:`Checklist` that reads as the share of points earned.

    Examples
    --------
    >>> [one.id for one in instruction_following()["constraints"].scale.own]
    ['task', 'parts', 'length', 'form', 'in', 'out', 'voice', 'sources']
    >>> own = instruction_following([{"text": "At most 60 words", "check": "max_words", "limit": 60}])
    >>> len(own["constraints"].scale.own)
    1

    """
    general = () if from_item else _GENERAL
    return Rubric(
        "instruction following",
        (
            Dimension(
                "constraints",
                "Which of these does the response meet?",
                Checklist(general if criteria is None else criteria, from_item=from_item),
                description="Not applicable: this prompt does not ask for it.",
                rationale=Rationale("optional", ask="What was close, and how did you decide?"),
            ),
        ),
        _GUIDELINES,
    )
