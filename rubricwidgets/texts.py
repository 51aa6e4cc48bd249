"""What text every store and every browser can hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count in words, with ``many`` or an s where it is not one.

    Examples
    --------
    >>> counted(1, "item"), counted(1200, "item"), counted(0, "pair of raters", "pairs of raters")
    ('1 item', '1,200 items', '0 pairs of raters')

    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def enumerated(names: Sequence[str], most: int | None = None) -> str:
    """Return names as a sentence has them, the first ``most`` where there are more than one beyond that.

    Examples
    --------
    >>> enumerated(["a", "b", "c"]), enumerated(list("abcdefg"), most=4)
    ('a, b and c', 'a, b, c, d and 3 more')

    """
    if most is not None and len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


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


def unstorable_in(content: object, path: str = "") -> tuple[str, str] | None:
    r"""Return where JSON holds a text that cannot be stored, and why; None if it all can.

    Parameters
    ----------
    content
        Texts, numbers, lists and mappings in one another.
    path
        Where it stands.

    Examples
    --------
    >>> unstorable_in({"anchors": ["fine", {"1": "cut \ud83d"}]})[0]
    'anchors[1].1'

    """
    if isinstance(content, str):
        problem = unstorable(content)
        return None if problem is None else (path, problem)
    if isinstance(content, Mapping):
        inside = [(f"{path}.{key}" if path else str(key), one) for key, one in content.items()]
        broken = next((problem for key in content if (problem := unstorable(str(key))) is not None), None)
        if broken is not None:
            return (f"a key of {path}" if path else "a key"), broken
    elif isinstance(content, list | tuple):
        inside = [(f"{path}[{place}]", one) for place, one in enumerate(content)]
    else:
        return None
    return next((found for where, one in inside if (found := unstorable_in(one, where)) is not None), None)
