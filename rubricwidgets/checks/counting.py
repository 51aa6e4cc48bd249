"""Checks that count: words, sentences, bullets and so on; each as at least, at most, exactly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from rubricwidgets.checks.registry import ready
from rubricwidgets.texts import counted

if TYPE_CHECKING:
    from collections.abc import Callable

#: Chinese characters and Japanese syllables stand without spaces: each counts as a word, as in word processors.
_EACH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_EACH}]|[^\s{_EACH}\u2013\u2014]+")
_RULE = re.compile(r"^\s*(?:\*{3,}|-{3,}|_{3,})\s*$", re.MULTILINE)
_BULLET = re.compile(r"^\s*[-*+\u2022]\s+\S", re.MULTILINE)
_NUMBERED = re.compile(r"^\s*\d+[.)]\s+\S", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+\S", re.MULTILINE)
_HIGHLIGHT = re.compile(r"\*\*[^*\n]+\*\*|\*[^*\s][^*\n]*\*|__[^_\n]+__")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]+\](?!\()")
_ENDS = re.compile(r"(?<=[.!?\u2026])[\"'\u201d\u2019)\]]*\s+|(?<=[\u3002\uff01\uff1f])")
#: A full stop after these ends no sentence.
_SHORT = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]|\d+|e\.g|i\.e|etc|vs|cf|mr|mrs|ms|dr|prof|st|no|fig|approx|jr|sr|inc|z\.b|d\.h|usw|bzw)\.$",
    re.IGNORECASE,
)

Count = Annotated[int, 0]


def words(text: str) -> int:
    """Return how many words: what stands between spaces or dashes and has a letter or digit; ``don't`` is one."""
    return sum(any(map(str.isalnum, one)) for one in _WORD.findall(text))


def sentences(text: str) -> int:
    """Return how many sentences: each line's parts that end in ``.``, ``!``, ``?`` or with the line. An estimate."""
    count = 0
    for line in text.splitlines():
        before = ""
        for part in _ENDS.split(line):
            before = f"{before} {part}".strip()
            if _SHORT.search(before):
                continue
            count += any(map(str.isalnum, before))
            before = ""
        count += any(map(str.isalnum, before))
    return count


def paragraphs(text: str) -> int:
    """Return how many paragraphs: what blank lines or Markdown's rules (``***``) part."""
    return sum(bool(one.strip()) for one in re.split(r"\n\s*\n", _RULE.sub("\n\n", text.replace("\r\n", "\n"))))


def lines(text: str) -> int:
    """Return how many lines have something in them."""
    return sum(bool(one.strip()) for one in text.splitlines())


def capital_words(text: str) -> int:
    """Return how many words are written in capitals alone; ``I`` is one."""
    return sum(one.isupper() for one in _WORD.findall(text))


#: What is counted: its name in checks, the words for one and for several, and how.
UNITS: dict[str, tuple[str, str, Callable[[str], int]]] = {
    "characters": ("character", "characters", len),
    "words": ("word", "words", words),
    "sentences": ("sentence", "sentences", sentences),
    "lines": ("line", "lines", lines),
    "paragraphs": ("paragraph", "paragraphs", paragraphs),
    "bullets": ("bullet point", "bullet points", lambda text: len(_BULLET.findall(text))),
    "numbered_items": ("numbered item", "numbered items", lambda text: len(_NUMBERED.findall(text))),
    "sections": ("heading", "headings", lambda text: len(_HEADING.findall(text))),
    "highlights": ("highlighted part", "highlighted parts", lambda text: len(_HIGHLIGHT.findall(text))),
    "placeholders": ("placeholder", "placeholders", lambda text: len(_PLACEHOLDER.findall(text))),
    "capital_words": ("word in capitals", "words in capitals", capital_words),
}


def _limits(name: str, one: str, many: str, count: Callable[[str], int]) -> None:
    def at_most(text: str, limit: Count) -> tuple[bool, str]:
        found = count(text)
        return found <= limit, counted(found, one, many)

    def at_least(text: str, limit: Count) -> tuple[bool, str]:
        found = count(text)
        return found >= limit, counted(found, one, many)

    def exactly(text: str, limit: Count) -> tuple[bool, str]:
        found = count(text)
        return found == limit, counted(found, one, many)

    ready(f"max_{name}", f"At most {{limit}} {many}", at_most)
    ready(f"min_{name}", f"At least {{limit}} {many}", at_least)
    ready(f"exact_{name}", f"Exactly {{limit}} {many}", exactly)


for _name, (_one, _many, _count) in UNITS.items():
    _limits(_name, _one, _many, _count)
