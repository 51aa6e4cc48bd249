"""How guidelines are put together from what a rubric asks, so that they name nothing that is not on the page.

In guidelines bold type is kept for words that stand on the page: a dimension, a category, a severity, a criterion, an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rubricwidgets.texts import enumerated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Of presets whose items are hidden until a rater shows them.
HIDDEN = "Every item is hidden until you show it. Skip whatever you would rather not see, and take breaks."


def blocks(*parts: str | None) -> str:
    """Return the parts that say something, a blank line between them."""
    return "\n\n".join(part.strip() for part in parts if part and part.strip()) + "\n"


def lines(*parts: str | None) -> str:
    """Return the parts that say something, each on a line of its own: a list in Markdown, where they begin so."""
    return "\n".join(part for part in parts if part)


def numbered(*steps: str | None) -> str:
    """Return a numbered list of the steps that say something."""
    return lines(*(f"{number}. {step}" for number, step in enumerate(filter(None, steps), 1)))


def named(meanings: Mapping[str, str]) -> str:
    """Return names with what they mean as a list, or the names alone in a sentence where nobody said what they mean."""
    if any(meanings.values()):
        return lines(*(f"- **{_capital(name)}:** {meaning.rstrip('.')}." for name, meaning in meanings.items()))
    return f"{enumerated([f'**{name}**' for name in meanings])}."


def bold(names: Iterable[str]) -> str:
    """Return names of dimensions as they read in a sentence: "**tone** and **overall**"."""
    return enumerated([f"**{name.replace('_', ' ')}**" for name in names])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
