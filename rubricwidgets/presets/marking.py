"""Marking errors where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.dimension import Dimension
from rubricwidgets.errors import known_keywords
from rubricwidgets.presets.words import blocks, lines, named, numbered
from rubricwidgets.rationale import Rationale
from rubricwidgets.rubric import Rubric
from rubricwidgets.scales.span_kinds import read_severities
from rubricwidgets.scales.spans import Spans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CATEGORIES: dict[str, Any] = {
    "Accuracy": {
        "Wrong fact": "A claim about the world that is not so",
        "Made up": "A source, name, figure or quotation that does not exist",
        "Unsupported": "A claim about the given context that the context does not bear out",
        "Faulty step": "A conclusion, sum or line of code that does not follow",
        "Contradiction": "Two statements that cannot both be true: mark the second",
    },
    "Instructions": {
        "Not kept": "Something that the prompt asks for is done otherwise, or something that it rules out is there",
        "Left out": "Something that the prompt asks for is missing: add it without a place",
    },
    "Language": {
        "Grammar": "Spelling, grammar, punctuation",
        "Wording": "Unclear, clumsy, or wrong for the reader",
        "Layout": "A broken table, list, link, formula or code block",
    },
    "Unsafe": "Could hurt somebody who acts on it, whatever else is wrong with it",
    "Other": "None of these: say what in the note",
}
_SEVERITIES = {
    "minor": "A reader notices, and would do the same without it",
    "major": "A reader would understand, decide or do something else because of it",
    "critical": "Because of it the response must not be used",
}

_MOON = """\
*Prompt:* When did people first land on the Moon? *Response:* "Apollo 11 landed there on 20 July 1968."
"""
_BRIDGE = """\
*Prompt:* Summarise the report in two sentences, with its cost. *Response:* "The report recomends a new bridge. It would open in 2031."
The report names no year.
"""


@known_keywords
def errors(
    *,
    categories: Mapping[str, Any] | Sequence[Any] | None = None,
    severities: Mapping[str, str] | Sequence[str] | None = None,
    weights: Mapping[str, Any] | None = None,
    prompt: bool = False,
) -> Rubric:
    """Return a rubric for marking errors in the manner of MQM (Multidimensional Quality Metrics).

    Parameters
    ----------
    categories, severities, weights
        Your own, as :class:`Spans` takes them. Left out: errors of accuracy, instructions and language, unsafe and other;
        minor, major and critical at 1, 5 and 25.
    prompt
        Whether the prompt and its context can be marked too. The guidelines follow all four.

    Returns
    -------
    Rubric
        ``errors``, a :class:`Spans` that reads as the sum of the marks' weights: 0 where no errors were found, so that here,
        as in MQM, less is better.

    Examples
    --------
    >>> errors()["errors"].scale.weight("Accuracy/Wrong fact", "major")
    5.0

    """
    scale = Spans(
        _CATEGORIES if categories is None else categories,
        severities=_SEVERITIES if severities is None else severities,
        weights=weights,
        targets=("prompt", "context", "response") if prompt else ("response",),
    )
    return Rubric(
        "errors",
        (
            Dimension(
                "errors",
                "Which errors are there, and where?" if prompt else "Which errors does the response have, and where?",
                scale,
                description="The shortest stretch whose change would put it right.",
                rationale=Rationale("never"),
            ),
        ),
        _guidelines(read_severities(scale.severities), ours=(categories is None, severities is None), prompt=prompt),
    )


def _guidelines(severities: dict[str, str], *, ours: tuple[bool, bool], prompt: bool) -> str:
    graded = len(severities) > 1
    mildest = next(iter(severities), None)

    def kind(category: str, severity: str, plainly: str) -> str:
        """Return what a mark of the worked examples is, in the rubric's own words where it has them."""
        return f"{category if ours[0] else plainly}{f', {severity}' if ours[1] else ''}"

    return blocks(
        "# How to mark errors",
        f"Mark every error in the response{', in the prompt and in its context' if prompt else ''} where it stands. Choose "
        f"what it is{' and how grave' if graded else ''}, and write what is right where you can.",
        numbered(
            "Read the prompt, its context, and the whole response once without marking.",
            "Read again, sentence by sentence, and mark.",
            "Nothing found after that? Say so: **no errors found** is an answer.",
        ),
        "## What counts as one mark",
        lines(
            "- The *shortest* stretch whose change would put it right: a number, a word, a clause. Not the sentence around it.",
            "- One error, one mark. The same error again is marked again" + (f", as **{mildest}**." if graded else "."),
            "- Two kinds in one place: the graver one alone.",
            "- What is missing has no place: add it without one.",
            "- What the response takes over from a wrong prompt is marked in both." if prompt else None,
        ),
        "## What does not count",
        lines(
            "- Taste: another word that would do as well.",
            "- What is true and you did not know. Look it up first.",
            "- Order, length or tone that the prompt leaves open.",
        ),
        "## How grave" if graded else None,
        named(severities) if graded else None,
        "Ask what it does to the reader, not how easily it could be put right. Most errors are slight, and many texts have none."
        if graded
        else None,
        "## Two worked examples",
        _MOON,
        f'One mark, on "1968" alone: {kind("Accuracy / Wrong fact", "major", "the year is wrong")}. Better: 1969.',
        _BRIDGE,
        f'Three marks. "recomends": {kind("Language / Grammar", "minor", "a spelling mistake")}. '
        f'"in 2031": {kind("Accuracy / Unsupported", "major", "the report does not say so")}. '
        f"Without a place: {kind('Instructions / Left out', 'major', 'something asked for is not there')}; note: the cost.",
    )
