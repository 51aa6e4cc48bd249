"""Checks of words: which must or must not be there, how a response begins and ends, case, commas, script."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Literal

from rubricwidgets.checks.counting import Count  # noqa: TC001 - what a check takes is read from its annotations
from rubricwidgets.checks.registry import ready
from rubricwidgets.texts import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from rubricwidgets.items import Item

Script = Literal[
    "latin",
    "cyrillic",
    "greek",
    "arabic",
    "hebrew",
    "devanagari",
    "bengali",
    "gujarati",
    "gurmukhi",
    "tamil",
    "telugu",
    "kannada",
    "malayalam",
    "sinhala",
    "thai",
    "lao",
    "khmer",
    "myanmar",
    "georgian",
    "armenian",
    "ethiopic",
    "hangul",
    "han",
    "japanese",
]
#: How Unicode's names of characters begin, where that is not the script's own name.
_NAMES = {"han": ("CJK",), "japanese": ("CJK", "HIRAGANA", "KATAKANA")}
_COMMAS = ",\u060c\uff0c\u3001"
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb", "\u00bb": "\u00ab", "\u300c": "\u300d"}
_SAMPLE = 20_000


def occurrences(text: str, phrase: str, *, whole: bool = True) -> int:
    """Return how often a word or phrase stands in a text, whatever its case; ``whole`` leaves out what is part of a word."""
    pattern = re.escape(phrase.strip())
    return len(re.findall(rf"(?<!\w){pattern}(?!\w)" if whole else pattern, text, re.IGNORECASE))


def required_words(text: str, words: list[str]) -> tuple[bool, str]:
    """Return whether every one of the words or phrases is there, in any case."""
    lacking = [one for one in words if not occurrences(text, one)]
    return not lacking, f"lacks {', '.join(map(repr, lacking))}" if lacking else ""


def forbidden_words(text: str, words: list[str]) -> tuple[bool, str]:
    """Return whether none of the words or phrases is there, in any case."""
    found = [one for one in words if occurrences(text, one)]
    return not found, f"has {', '.join(map(repr, found))}" if found else ""


def min_occurrences(text: str, phrase: str, limit: Count, whole: bool = True) -> tuple[bool, str]:  # noqa: FBT001, FBT002
    """Return whether a word, phrase or letter is there often enough; ``whole=False`` counts it inside words too."""
    found = occurrences(text, phrase, whole=whole)
    return found >= limit, counted(found, "time")


def max_occurrences(text: str, phrase: str, limit: Count, whole: bool = True) -> tuple[bool, str]:  # noqa: FBT001, FBT002
    """Return whether a word, phrase or letter is there seldom enough; ``whole=False`` counts it inside words too."""
    found = occurrences(text, phrase, whole=whole)
    return found <= limit, counted(found, "time")


def exact_occurrences(text: str, phrase: str, limit: Count, whole: bool = True) -> tuple[bool, str]:  # noqa: FBT001, FBT002
    """Return whether a word, phrase or letter is there so often; ``whole=False`` counts it inside words too."""
    found = occurrences(text, phrase, whole=whole)
    return found == limit, counted(found, "time")


def starts_with(text: str, words: str, exact: bool = False) -> bool:  # noqa: FBT001, FBT002
    """Return whether the response begins so; ``exact`` minds the case."""
    return _plain(text, exact=exact).startswith(_plain(words, exact=exact))


def ends_with(text: str, words: str, exact: bool = False) -> bool:  # noqa: FBT001, FBT002
    """Return whether the response ends so; ``exact`` minds the case. White space and quotation marks after it do not count."""
    return (
        _plain(text, exact=exact)
        .rstrip("\"'\u201d\u2019")
        .endswith(_plain(words, exact=exact).rstrip("\"'\u201d\u2019"))
    )


def _plain(text: str, *, exact: bool) -> str:
    plain = " ".join(text.split())
    return plain if exact else plain.casefold()


def is_one_of(text: str, options: list[str]) -> bool:
    """Return whether the response is one of these answers and nothing else; case and a final full stop do not count."""
    plain = _plain(text, exact=False).rstrip(".")
    return plain in [_plain(one, exact=False).rstrip(".") for one in options]


def all_lowercase(text: str) -> tuple[bool, str]:
    """Return whether every letter that has a case is a small one, and there is one."""
    return text.islower(), _odd(text, str.isupper)


def all_uppercase(text: str) -> tuple[bool, str]:
    """Return whether every letter that has a case is a capital, and there is one."""
    return text.isupper(), _odd(text, str.islower)


def _odd(text: str, is_odd: Callable[[str], bool]) -> str:
    found = next((word for word in text.split() if any(map(is_odd, word))), "")
    return f"has {found[:30]!r}" if found else ""


def no_commas(text: str) -> tuple[bool, str]:
    """Return whether there is no comma, of any script."""
    found = sum(map(text.count, _COMMAS))
    return not found, counted(found, "comma")


def in_quotes(text: str) -> bool:
    """Return whether the whole response stands in double quotation marks."""
    plain = text.strip()
    return len(plain) > 2 and _QUOTES.get(plain[0]) == plain[-1]  # noqa: PLR2004 - two marks and something between


def script(text: str, name: Script, share: float = 0.9) -> tuple[bool | None, str]:
    """Return whether at least this share of the letters is of a script: what a program can tell of the language by itself."""
    found: Counter[str] = Counter()
    for one in text[:_SAMPLE]:
        if one.isalpha():
            found[unicodedata.name(one, "?").split()[0].partition("-")[0]] += 1
    total = found.total()
    if not total:
        return None, "no letters"
    part = sum(found[one] for one in _NAMES.get(name, (name.upper(),))) / total
    return part >= share, f"{part:.0%} {name}"


def repeats_prompt(text: str, item: Item | None = None, words: str = "") -> bool | None:
    """Return whether the response begins with the prompt, or with ``words`` where they are given; case and spaces do not count."""
    asked = words
    if not asked:
        turns = [] if item is None else [one.content for one in item.prompt if one.role == "user"]
        asked = turns[-1] if turns else ""
    return _plain(text, exact=False).startswith(_plain(asked, exact=False)) if asked.strip() else None


for _function, _says in (
    (required_words, "Uses {words}"),
    (forbidden_words, "Does not use {words}"),
    (min_occurrences, "Has “{phrase}” at least {limit} times"),
    (max_occurrences, "Has “{phrase}” at most {limit} times"),
    (exact_occurrences, "Has “{phrase}” exactly {limit} times"),
    (starts_with, "Begins with “{words}”"),
    (ends_with, "Ends with “{words}”"),
    (is_one_of, "Is one of {options} and nothing else"),
    (all_lowercase, "Is all in lower case"),
    (all_uppercase, "Is all in capitals"),
    (no_commas, "Has no commas"),
    (in_quotes, "Stands in double quotation marks"),
    (script, "Is written in {name} script"),
    (repeats_prompt, "Repeats the prompt first"),
):
    ready(_function.__name__, _says, _function)
