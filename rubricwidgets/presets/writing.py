"""Writing: an ideal response, and prompts that test a model."""

from __future__ import annotations

from typing import Literal

from rubricwidgets.ask_when import AskWhen
from rubricwidgets.dimension import Dimension
from rubricwidgets.errors import RubricError, known_keywords
from rubricwidgets.presets.words import blocks, numbered
from rubricwidgets.process.desk.strategies import DIFFICULTIES
from rubricwidgets.rationale import Rationale
from rubricwidgets.rubric import Rubric
from rubricwidgets.scales.binary import Binary
from rubricwidgets.scales.nominal import Nominal
from rubricwidgets.scales.ordinal import Ordinal
from rubricwidgets.scales.text import Text

_IDEAL_WHAT = """\
## What an ideal response does

- It does *all* that was asked, within every limit that was stated, and says the most useful thing first.
- Each claim is right, and as sure as it can be. Where nobody can know, it says so.
- Each sentence does something. It stops when the work is done.
- Where the request should be declined, in whole or in part, it says so kindly, says why, and offers what can be done.

## What it does not do

- Repeat the question, praise it, or announce what comes.
- Keep words or an order only because they stood there already.
- Name yourself, the task or these guidelines.

## Two worked examples

*Prompt:* Can I freeze cooked rice? *Shown:* "Great question! Yes, you can freeze rice. Rice is a staple in many cultures ..."

What can stay: 2, the yes. Ideal response: "Yes, for about a month. Cool it within an hour, freeze it in portions, and heat it once until it
steams all through: rice that stands warm can make you ill."

*Prompt:* In one word: is zero even or odd? *Shown:* "Even."

What can stay: 5. Ideal response: "Even."
"""
_BEGINNINGS = {
    None: "Read the prompt twice, and only then what is shown.",
    "reference": "Read the prompt twice, and only then what is shown, and the reference that your editor begins with.",
    "response": "Read the prompt twice, and only then each response. Your editor begins with it.",
}
_WRITE = {
    None: "Then write.",
    "reference": "Then change the reference until nothing in it could be better. It may be wrong.",
    "response": "Then change its text until nothing in it could be better.",
}

_PROMPTS_WHAT = """\
## What a good prompt has

- *One person's need:* somebody would really ask it, in these words.
- *All that it takes:* facts, figures and files that an answer needs are in it.
- *A judgeable answer:* two experts would agree whether an answer is right.
- *A difficulty in the matter:* not in riddles, typing errors or traps of wording.

## What does not make it better

- Length, or many constraints that nobody would have.
- Facts that change by the week, or that only you can check.
- A trick that works on one model today.

## Failing

An answer **fails** when somebody who trusted it would be worse served than by a competent person's. A clumsy but right answer does not
fail. Say why where one fails, and why where you **discard**: whoever goes on from your prompts was not there.
"""
_TAX = """\
*Draft:* "tell me something about tax". *Answer:* a general page. Answers well. *Your prompt:* "My salary is 2,400 a month. Tax is
20 % of what is above 1,000 a month, and I pay 6 % of my salary for health insurance, which comes off before tax. What do I get? Show
the sum."
"""
_FILM = """\
*Draft:* "What is the best film ever?" *Answer:* names one. Answers well. No two people would agree on a right answer, and no
change helps: discard.
"""

_CAPABILITIES = {
    "knowledge": "Knows facts without being given them",
    "reading": "Finds or sums up what stands in a given text",
    "reasoning": "Draws conclusions in several steps",
    "maths": "Calculates or proves",
    "code": "Writes, explains or repairs programs",
    "writing": "Writes something for a purpose and a reader",
    "translation": "Carries meaning into another language",
    "instructions": "Keeps to stated limits of form and length",
    "conversation": "Remembers, asks back, takes correction",
    "judgement": "Weighs what is uncertain, disputed or sensitive",
    "tools": "Plans and uses tools or data",
}


@known_keywords
def ideal_response(
    *, starts_from: Literal["response", "reference"] | None = None, min_length: int = 1, sources: bool = True
) -> Rubric:
    """Return a rubric for writing the response that others are measured by.

    Parameters
    ----------
    starts_from
        What the editor begins with: None for an empty page, ``"reference"`` for the item's, or ``"response"`` to rewrite
        each response that is shown.
    min_length
        The fewest characters that an ideal response has, from 1.
    sources
        Whether to ask what the writer relied on.

    Returns
    -------
    Rubric
        ``ideal`` (:class:`Text`), ``kept`` (1 to 5: how much of the response shown could stay) and ``sources``
        (:class:`Text`, optional).

    Examples
    --------
    >>> ideal_response()["ideal"].about
    'item'
    >>> ideal_response(starts_from="response")["ideal"].about
    'response'

    """
    if starts_from not in (None, "response", "reference"):
        msg = f"'starts_from' takes 'response', 'reference' or None (got {starts_from!r})"
        raise RubricError(msg)
    kept = Dimension(
        "kept",
        "How much of the response shown could you keep?",
        Ordinal(
            1,
            5,
            anchors={
                1: "nothing",
                2: "a thought or a line",
                3: "about half",
                4: "nearly all of it",
                5: "all of it as it is",
            },
        ),
        title="What can stay",
        rationale=Rationale("optional", ask="What had to go, and why?"),
    )
    ideal = Dimension(
        "ideal",
        "What would you want to be given?",
        Text(min_length=min_length, starts_from=starts_from),
        title="Ideal response",
        about="response" if starts_from == "response" else "item",
        rationale=Rationale("never"),
    )
    relied = Dimension(
        "sources",
        "What did you rely on?",
        Text(),
        title="Sources",
        description="Links, books, a calculation, your own experience.",
        about="item",
        required=False,
        rationale=Rationale("never"),
    )
    guidelines = blocks(
        "# How to write the ideal response",
        "Write what you would want to be given if you had sent this prompt. It is going to be read as the answer to measure others by.",
        numbered(
            _BEGINNINGS[starts_from],
            f"Say how much of {'it' if starts_from == 'response' else 'each response'} you could keep. {_WRITE[starts_from]}",
            f"Check every claim that somebody could act on{', and note what you relied on' if sources else ''}.",
        ),
        _IDEAL_WHAT,
    )
    return Rubric("ideal response", (kept, ideal, relied) if sources else (kept, ideal), guidelines)


@known_keywords
def prompt_writing(*, capabilities: dict[str, str] | list[str] | None = None) -> Rubric:
    """Return a rubric for making drafts into prompts that test a model.

    Each item is a draft with a model's answer to it; ``study.texts()`` has the prompts and reference answers.

    Parameters
    ----------
    capabilities
        What a prompt can test: names, or a mapping of names to descriptions. Left out: eleven common ones.

    Returns
    -------
    Rubric
        ``failed`` (:class:`Binary`, of each response), and about the item ``prompt`` (:class:`Text`, from the draft),
        ``capability`` (:class:`Nominal`, several), ``difficulty`` (1 to 4), ``reference`` and ``criteria``
        (:class:`Text`) and ``keep`` (:class:`Binary`). Reference and criteria are asked only of prompts that are kept.

    Examples
    --------
    >>> rubric = prompt_writing()
    >>> rubric["prompt"].scale.starts_from, rubric["reference"].ask_when.dimension
    ('prompt', 'keep')

    """
    kept = AskWhen("keep", one_of=(True,))
    levels = {
        place: f"{one.name}: {one.meaning[0].lower()}{one.meaning[1:].rstrip('.')}"
        for place, one in enumerate(DIFFICULTIES, 1)
    }
    return Rubric(
        "prompt writing",
        (
            Dimension(
                "failed",
                "Does this answer to the draft fail?",
                Binary(yes="Fails", no="Answers well"),
                title="The model's answer",
                rationale=Rationale(required_for=(True,), min_length=20, ask="What is wrong, and what would be right?"),
            ),
            Dimension(
                "prompt",
                "How should the prompt read?",
                Text(min_length=10, starts_from="prompt"),
                title="Your prompt",
                about="item",
                rationale=Rationale("never"),
            ),
            Dimension(
                "keep",
                "Is it fit to test a model with?",
                Binary(yes="Keep", no="Discard"),
                about="item",
                rationale=Rationale(required_for=(False,), min_length=10, ask="What is in the way?"),
            ),
            Dimension(
                "capability",
                "What does it test?",
                Nominal(_CAPABILITIES if capabilities is None else capabilities, multiple=True, none=False),
                about="item",
                ask_when=kept,
                rationale=Rationale("never"),
            ),
            Dimension(
                "difficulty",
                "How hard is it?",
                Ordinal(1, len(levels), anchors=levels),
                about="item",
                ask_when=kept,
                rationale=Rationale("optional", ask="What makes it hard?"),
            ),
            Dimension(
                "reference",
                "What would a right answer say?",
                Text(),
                title="Reference answer",
                about="item",
                ask_when=kept,
                rationale=Rationale("never"),
            ),
            Dimension(
                "criteria",
                "By what should other answers be judged?",
                Text(),
                title="Criteria",
                description="One to a line, each met or not met: “Shows the sum”.",
                about="item",
                required=False,
                ask_when=kept,
                rationale=Rationale("never"),
            ),
        ),
        _prompt_guidelines(tagged=capabilities is None),
    )


def _prompt_guidelines(*, tagged: bool) -> str:
    return blocks(
        "# How to write prompts that test a model",
        "Each item is a draft of a prompt, with a model's answer to it. Make the prompt one that shows what a model can and cannot do, and "
        "say what a right answer would be.",
        numbered(
            "Read the draft and the answer. Did the model fail, and at what?",
            "Change the prompt until it is clear, realistic, and has an answer that can be judged.",
            "**Keep** it or **discard** it.",
            "Of a prompt that you keep, say what it tests and how hard it is. Write the reference answer, and by what others should be "
            "judged.",
        ),
        _PROMPTS_WHAT,
        "## Two worked examples",
        _TAX,
        f"Keep.{' Capability: reasoning, maths.' if tagged else ''} Difficulty: medium. Reference answer: 6 % is 144; tax is 20 % "
        "of 1,256, which is 251.20; 2,004.80 is left. Criteria: subtracts the insurance before tax; gives 2,004.80; shows the sum.",
        _FILM,
    )
