"""What text every store and every browser can hold."""

from __future__ import annotations

import unicodedata


def is_blank(text: str) -> bool:
    r"""Return whether there is nothing to see in a text: only blanks, and characters that say how others are set.

    Examples
    --------
    >>> is_blank(" \u200b\n"), is_blank("\u200bx")
    (True, False)

    """
    return all(one.isspace() or unicodedata.category(one) == "Cf" for one in text)


def unstorable(text: str) -> str | None:
    r"""Return why a text cannot be stored, in words; None if it can.

    Examples
    --------
    >>> unstorable("whole") is None
    True
    >>> unstorable("cut \ud83d").partition(":")[0]
    "character 4 is half of a surrogate pair ('\\ud83d')"

    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        half = text[error.start]
        return f"character {error.start} is half of a surrogate pair ({half!r}): the text was cut or decoded wrongly"
    return None
