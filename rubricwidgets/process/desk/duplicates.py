"""Prompts that say nearly the same: found by the words and pairs of neighbouring words that they share.

The measure is the Jaccard index of two sets, shared over all (Broder 1997, "On the resemblance and containment of
documents", there of longer shingles). It is exact, by way of an inverted index: 10,000 prompts are looked
through in some milliseconds, so nothing has to be estimated.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise

# Scripts written without blanks: there each character counts as a word.
_WORDS = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)

#: From this share on, two prompts are pointed out as near-duplicates.
SIMILAR_AT = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """A prompt that is like another.

    Parameters
    ----------
    key
        Under which it was added.
    share
        Words and pairs of words that both have, of all that either has: above 0, 1 for the same words in the same order.

    """

    key: str
    share: float


def shingles(text: str) -> frozenset[str]:
    """Return the words of a text and the pairs of neighbouring words, without case, punctuation and accents' forms.

    Examples
    --------
    >>> sorted(shingles("Name a MOON!"))
    ['a', 'a moon', 'moon', 'name', 'name a']

    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("\u2019", "")
    words = _WORDS.findall(plain)
    return frozenset(words) | {f"{one} {other}" for one, other in pairwise(words)}


class Likeness:
    """Prompts under keys, and which of them a text is like."""

    def __init__(self) -> None:
        self._having: defaultdict[str, set[str]] = defaultdict(set)
        self._texts: dict[str, frozenset[str]] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, key: str, text: str) -> None:
        """Put a prompt in; another text under the same key takes its place."""
        self.remove(key)
        found = shingles(text)
        if not found:
            return
        self._texts[key] = found
        for one in found:
            self._having[one].add(key)

    def remove(self, key: str) -> None:
        """Take a prompt out; an unknown key changes nothing."""
        for one in self._texts.pop(key, frozenset()):
            self._having[one].discard(key)

    def like(self, text: str, *, at: float = SIMILAR_AT, most: int = 5) -> list[Match]:
        """Return the prompts that a text is like, the most alike first.

        Parameters
        ----------
        text
            What is compared with every prompt.
        at
            The least share, above 0 and at most 1.
        most
            How many to return at most.

        Examples
        --------
        >>> known = Likeness()
        >>> known.add("a", "What is the capital of France?")
        >>> known.like("what's the capital of France")  # doctest: +ELLIPSIS
        [Match(key='a', share=0.538...)]

        """
        wanted = shingles(text)
        shared: Counter[str] = Counter()
        for one in wanted:
            shared.update(self._having.get(one, ()))
        found = [
            Match(key, share)
            for key, count in shared.items()
            if (share := count / (len(wanted) + len(self._texts[key]) - count)) >= at
        ]
        return sorted(found, key=lambda match: (-match.share, match.key))[:most]
