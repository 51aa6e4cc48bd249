"""Comparing responses: which is better, by how much, and why."""

from __future__ import annotations

from rubricwidgets.dimension import Dimension
from rubricwidgets.errors import known_keywords
from rubricwidgets.rationale import Rationale
from rubricwidgets.rubric import Rubric
from rubricwidgets.scales.nominal import Nominal
from rubricwidgets.scales.preference import Preference
from rubricwidgets.scales.ranking import Ranking

_COUNTS = """\
## What counts

- **Accuracy:** wrong facts, figures, code or meaning. A wrong main point outweighs many slips.
- **Instruction following:** what the prompt states: the task, its form, its length, words to use or to avoid.
- **Helpfulness:** what the person can do with it, supposing that all of it is right.
- **Style:** order, length and tone.
"""
_SAFETY = "- **Safety:** what could happen to somebody who acts on it.\n"
_REST = """
## What does not count

- Length, lists and bold type by themselves, or a sure tone.
- Where a response stands on the screen.
- Whether you share its opinion, where an opinion was asked for.

## A reason that helps

A verdict without a reason can be counted, and nothing can be learned from it. Name the difference and where it stands, so that
somebody who reads only your reason could find it: "A's second step uses bleach, which ruins wool", not "B is better written".
"""

_PAIRS = f"""\
# How to compare

You see a prompt and two responses. Say which is better on each question, then which you would rather send. Where an item has
more responses, they come two at a time.

1. Read the prompt, then both responses to their end.
2. Take one question at a time. Different questions may have different winners.
3. Decide **overall** last, and write what decided.

{_COUNTS}{_REST}
## How much better

- **Slightly better:** you had to look twice to see it.
- **Better:** one clear difference.
- **Much better:** you would send one, and not the other.
- **Equal:** you could toss a coin. **Both bad:** you would send neither, even if one is less bad.

## Two worked examples

*Prompt:* Convert 5 miles to kilometres. The number only. *A:* "8.05" *B:* "Five miles are about 8.05 kilometres."

Accuracy equal, instruction following A, helpfulness equal, style equal. Overall: A better. "B writes a sentence, and the prompt
asks for the number only."

*Prompt:* How do I get red wine out of a wool jumper? *A:* a neat list, whose second step is to soak it in bleach. *B:* one long
paragraph: cold water, mild soap, dab, do not rub.

Accuracy B, instruction following equal, helpfulness A (a list is easier to follow, supposing that it is right), style A.
Overall: B much better. "A's second step uses bleach, which ruins wool. A neater list does not make up for a lost jumper."
"""

_RANKED = f"""\
# How to rank

You see a prompt and several responses. Put them in order, the one that you would rather send first, and say what set the
first apart.

1. Read the prompt, then every response to its end.
2. Find the best and the worst first. Then place the others between them.
3. Let two share a place where you could toss a coin.
4. Write why the first stands above the second, and choose every reason for it.

{_COUNTS}{_SAFETY}{_REST}
## Two worked examples

*Prompt:* Convert 5 miles to kilometres. The number only. *A:* "8.05" *B:* "Five miles are about 8.05 kilometres." *C:* "8.5"

Order: A, B, C. What set the first apart: instruction following. "B writes a sentence, and the prompt asks for the number only. C
is last, since its number is wrong."

*Prompt:* How do I get red wine out of a wool jumper? *A:* a neat list with bleach as its second step. *B:* a long paragraph: cold
water, mild soap, dab. *C:* the same advice as B in three lines.

Order: C, B, A. What set the first apart: style. "C gives B's advice in a third of the words. A is last: its bleach ruins wool."
"""

_REASONS = {
    "accuracy": "What it says is more accurate",
    "instruction following": "It keeps closer to what the prompt states",
    "helpfulness": "It gets the person further, supposing that all of it is right",
    "style": "It is better to read: order, length, tone",
    "safety": "Acting on it is less likely to hurt somebody",
}


@known_keywords
def preference(*, ranking: bool = False, budget: int | None = None) -> Rubric:
    """Return a rubric for comparing responses, with a written rationale and the reasons by dimension.

    Parameters
    ----------
    ranking
        False compares two responses at a time: four dimensions, then overall with a strength. True puts all responses of an
        item in order, and asks what set the first apart.
    budget
        The most pairs to judge of an item with more than two responses; None for all of them. Not for rankings.

    Returns
    -------
    Rubric
        Pairs: ``accuracy``, ``instruction_following``, ``helpfulness``, ``style`` and ``overall`` (:class:`Preference`).
        Rankings: ``overall`` (:class:`Ranking`) and ``reasons`` (:class:`Nominal`). ``overall`` requires a rationale.

    Examples
    --------
    >>> preference().names
    ('accuracy', 'instruction_following', 'helpfulness', 'style', 'overall')
    >>> preference(ranking=True)["overall"].rationale.policy
    'required'

    """
    why = Rationale("required", min_length=40, ask="Which difference decided, and where does it stand?")
    if ranking:
        overall = Dimension(
            "overall",
            "In which order would you send them?",
            Ranking(ties=True),
            rationale=why,
        )
        reasons = Dimension(
            "reasons",
            "What set the first apart from the second?",
            Nominal(_REASONS, multiple=True, none="nothing: they are equal"),
            about="item",
            rationale=Rationale("never"),
        )
        return Rubric("ranking", (overall, reasons), _RANKED)
    asked = {
        "accuracy": ("Which is more accurate?", "Facts, figures, code, meaning. A wrong main point outweighs slips."),
        "instruction_following": ("Which keeps closer to what the prompt states?", "Task, form, length, limits."),
        "helpfulness": ("Which gets this person further?", "Suppose that all of it is right."),
        "style": ("Which is better to read?", "Order, length and tone."),
    }
    dimensions = [
        Dimension(
            name,
            question,
            Preference(strength=1, budget=budget),
            description=description,
            rationale=Rationale("optional", ask="What in the text shows it?"),
        )
        for name, (question, description) in asked.items()
    ]
    overall = Dimension(
        "overall",
        "Which would you rather send?",
        Preference(strength=3, neither=True, budget=budget),
        description="All of it together, weighed as this person would.",
        rationale=why,
    )
    return Rubric("preference", (*dimensions, overall), _PAIRS)
