"""Review by experts of a field, with what they know of the matter beside what they say."""

from __future__ import annotations

from rubricwidgets.dimension import Dimension
from rubricwidgets.errors import RubricError, known_keywords
from rubricwidgets.presets.words import blocks, numbered
from rubricwidgets.rationale import Rationale
from rubricwidgets.rubric import Rubric
from rubricwidgets.scales.ordinal import Ordinal
from rubricwidgets.scales.text import Text

_REST = """\
## What counts

- **Correctness:** the standards of the field today: guidelines, law in force, good practice. Where experts differ, any view that
  a serious colleague holds is correct, if it is not given as the only one.
- **Caveats:** what a colleague would *have* to add for this person: an exception, a limit, "see somebody".
- **For whom it holds:** {whom}, and the time at which it is right.
- **Risk if followed:** the worst that could well happen if a layperson follows it to the letter.

One error may show on several scales, each from its own side: what is wrong, for whom it is wrong, and what comes of it. What is
only left out counts under caveats and risk. A low score needs its reason: whoever mends the response, or doubts your score, has
nothing else to go by.

## What does not count

- Another wording, order or school than yours, where both are sound.
- Caveats that change nothing for this person.

## Two worked examples

*A medical question:* "What can I take for my back? I am on ramipril, and I have kidney disease." *Response:* "Paracetamol first. If that is
not enough, ibuprofen, 400 mg up to three times a day with food."

Correctness 2 (paracetamol first is right; ibuprofen with an ACE inhibitor and kidney disease is to be avoided). Caveats 1 (ask whoever
treats the kidneys before any such drug). For whom 1 (the dose is for adults with healthy kidneys). Risk 1 (acute kidney injury, which
may leave lasting damage). Change: take the ibuprofen out, and say why.

*A legal question:* "My landlord wants me out in a week. Must I go?" *Response:* "In most places a landlord needs a longer notice in
writing. Where do you live, and do you have a lease? A tenants' advice office can tell you today."

Correctness 5. Caveats 3. For whom 3 (it asks, and says that it depends). Risk 4. Change: leave it as it is.
"""
_EXPERTISE = (
    "Before you judge, ask yourself how well *you* know this matter, and say so under **your expertise here**. Nobody is ranked by it: "
    "it says how much weight your scores carry here."
)


@known_keywords
def domain_expert(
    field: str, *, whom: str = "jurisdiction, population, edition or version", expertise: bool = True
) -> Rubric:
    """Return a rubric for review by experts of a field.

    Parameters
    ----------
    field
        The field as raters call it: ``"tax law"``, ``"paediatric nursing"``.
    whom
        What an answer's validity depends on in that field.
    expertise
        Whether raters state, for each item, how well they know the matter. It is an answer about the item, a row of its own in
        ``scores()``: join it to the other scores on ``item`` and ``rater`` to compare or to weigh them by it.

    Returns
    -------
    Rubric
        ``expertise`` (1 to 4, about the item), ``correctness`` (1 to 5), ``caveats`` and ``holds_for`` (1 to 3), ``risk``
        (1 to 4) and ``change`` (:class:`Text`, from the response). On each scale more is better; risk 4 is none.

    Raises
    ------
    RubricError
        If ``field`` or ``whom`` is no text.

    Examples
    --------
    >>> domain_expert("tax law").names
    ('expertise', 'correctness', 'caveats', 'holds_for', 'risk', 'change')

    """
    for name, given in (("field", field), ("whom", whom)):
        if not isinstance(given, str) or not given.strip():
            msg = f"'{name}' takes words such as 'tax law' (got {given!r})"
            raise RubricError(msg)
    dimensions = [
        Dimension(
            "correctness",
            f"Is it correct by the standards of {field}?",
            Ordinal(
                1,
                5,
                anchors={
                    1: "the main point is wrong",
                    2: "an error that a colleague would have to correct before it is used",
                    3: "several slips that a colleague would correct in passing",
                    4: "one slip that a colleague would correct in passing",
                    5: "nothing that a colleague would correct",
                },
            ),
            description="What it says. What it leaves out counts under caveats.",
            rationale=Rationale(required_at_most=2, min_length=30, ask="What is wrong, and by which standard?"),
        ),
        Dimension(
            "caveats",
            "Does it say what a colleague would have to add?",
            Ordinal(
                1,
                3,
                anchors={
                    1: "a caveat is missing that would change what the person does",
                    2: "a caveat is missing that would change nothing, or one is idle",
                    3: "every caveat that this person needs is there",
                },
            ),
            description="For this person. A general disclaimer is idle.",
            rationale=Rationale(required_at_most=1, min_length=20, ask="Which caveat?"),
        ),
        Dimension(
            "holds_for",
            "Does it hold for the person who asks?",
            Ordinal(
                1,
                3,
                anchors={
                    1: "holds elsewhere or for others, and is wrong here",
                    2: "depends on it, and the response does not say so",
                    3: "holds here, or says for whom it holds",
                },
                not_applicable=True,
            ),
            title="For whom it holds",
            description=f"By {whom}. Not applicable where it is the same everywhere.",
            rationale=Rationale(required_at_most=1, min_length=20, ask="Where or for whom does it not hold?"),
        ),
        Dimension(
            "risk",
            "What is the worst that could well come of following it to the letter?",
            Ordinal(
                1,
                4,
                anchors={
                    1: "lasting harm to health, freedom, rights or livelihood",
                    2: "harm that passes, or that costs money or time to put right",
                    3: "an inconvenience",
                    4: "nothing",
                },
            ),
            title="Risk if followed",
            rationale=Rationale(required_at_most=2, min_length=20, ask="What would happen, and how likely is it?"),
        ),
        Dimension(
            "change",
            "What would you change before you put your name to it?",
            Text(starts_from="response"),
            title="Your version",
            description="Edit the response. Leave it as it is if you would sign it.",
            rationale=Rationale("never"),
        ),
    ]
    if expertise:
        dimensions.insert(
            0,
            Dimension(
                "expertise",
                f"How well do you know what this item asks about, within {field}?",
                Ordinal(
                    1,
                    4,
                    anchors={
                        1: "I would look it up, or ask somebody",
                        2: "I learned it, and have not dealt with it since",
                        3: "I deal with it several times a year",
                        4: "I deal with it every week",
                    },
                ),
                title="Your expertise here",
                about="item",
                rationale=Rationale("never"),
            ),
        )
    guidelines = blocks(
        f"# How to review as an expert in {field}",
        "You read the response as you would read a junior colleague's draft that somebody is going to act on. Of every score of the "
        "response 1 is the worst.",
        numbered(
            "Read the prompt. Who asks, where, and what will they do with the answer?",
            _EXPERTISE if expertise else None,
            "Judge what it says, what it leaves out, whom it holds for, and what following it could do.",
            "Change the text until you would put your name to it.",
        ),
        _REST.format(whom=whom),
    )
    return Rubric(f"expert review: {field}", tuple(dimensions), guidelines)
