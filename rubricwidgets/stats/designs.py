"""Measurement designs in Brennan's notation: which facets are crossed, which are nested, and the effects that follow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from rubricwidgets.errors import InputError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Effect = frozenset[str]

_TOKENS = re.compile(r"\s*(\(|\)|:|(?<!\w)[x\N{MULTIPLICATION SIGN}](?!\w))\s*")


@dataclass(frozen=True)
class Design:
    """A design: its facets, what each is nested in, and which of them is the object of measurement.

    Parameters
    ----------
    facets
        Names, as they stand in the design.
    within
        For each facet, everything that it is nested in.
    objects
        The facet whose differences the measurement is for.
    text
        As it was given, with the facets' full names.

    """

    facets: tuple[str, ...]
    within: Mapping[str, frozenset[str]]
    objects: str
    text: str

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Every set of facets that holds what its members are nested in, smallest first."""
        found = [
            frozenset(some)
            for size in range(1, len(self.facets) + 1)
            for some in combinations(self.facets, size)
            if all(self.within[name] <= set(some) for name in some)
        ]
        return tuple(found)

    @property
    def top(self) -> tuple[str, ...]:
        """The facets that are nested in nothing: what is sampled anew, with everything in it."""
        return tuple(name for name in self.facets if not self.within[name])

    def closed(self, effect: Effect) -> Effect:
        """Return an effect with everything that its facets are nested in."""
        return effect.union(*(self.within[name] for name in effect))

    def inner(self, effect: Effect) -> tuple[str, ...]:
        """Return the facets of an effect that no other of its facets is nested in."""
        outer = frozenset().union(*(self.within[name] for name in effect))
        return tuple(name for name in self.facets if name in effect and name not in outer)

    def label(self, effect: Effect) -> str:
        """Return an effect as text: ``response x rater``, ``rater:task``."""
        inner = self.inner(effect)
        outer = [name for name in self.facets if name in effect and name not in inner]
        return " x ".join(inner) + (f":{' x '.join(outer)}" if outer else "")

    def __str__(self) -> str:
        return self.text


def parse_design(text: object, objects: str | None = None, aliases: Mapping[str, str] | None = None) -> Design:
    """Read a design: ``x`` crosses, ``:`` nests what stands before it in what stands behind it.

    Parameters
    ----------
    text
        Such as ``"p x r"``, ``"r:p"``, ``"p x (r:t)"``.
    objects
        The object of measurement; without it, the first facet that is nested in nothing.
    aliases
        Names that short ones stand for.

    Raises
    ------
    InputError
        If the text is no design, or the object of measurement is none of its facets.

    Examples
    --------
    >>> [sorted(effect) for effect in parse_design("p x (r:t)").effects]
    [['p'], ['t'], ['p', 't'], ['r', 't'], ['p', 'r', 't']]

    """
    if not isinstance(text, str) or not text.strip():
        msg = f"'design' takes a text such as 'p x r', 'r:p' or 'p x (r:t)' (got {text!r})"
        raise InputError(msg)
    tokens = [token for token in _TOKENS.split(text.strip()) if token.strip()]
    names = {token: (aliases or {}).get(token, token) for token in tokens}
    within: dict[str, frozenset[str]] = {}
    rest = _crossed([names[token] for token in tokens], within, text)
    if rest:
        raise _unreadable(text, rest[0])
    top = [name for name in within if not within[name]]
    chosen = objects if objects is not None else top[0]
    if chosen not in within:
        close = nearest(chosen, within)
        hint = f"did you mean {close!r}?" if close else f"it has {', '.join(within)}"
        msg = f"'objects' takes a facet of the design {text!r} (got {chosen!r}); {hint}"
        raise InputError(msg)
    if within[chosen]:
        msg = (
            f"'objects' takes a facet that is nested in no other (got {chosen!r} in {text!r}); measure {', '.join(top)}"
        )
        raise InputError(msg)
    words = {"x": " x ", "\N{MULTIPLICATION SIGN}": " x "}
    return Design(tuple(within), within, chosen, "".join(words.get(token, names[token]) for token in tokens))


def _crossed(tokens: list[str], within: dict[str, frozenset[str]], text: str) -> list[str]:
    tokens, _ = _nested(tokens, within, text)
    while tokens and tokens[0] in ("x", "\N{MULTIPLICATION SIGN}"):
        tokens, _ = _nested(tokens[1:], within, text)
    return tokens


def _nested(tokens: list[str], within: dict[str, frozenset[str]], text: str) -> tuple[list[str], frozenset[str]]:
    tokens, inside = _atom(tokens, within, text)
    if tokens and tokens[0] == ":":
        tokens, outside = _nested(tokens[1:], within, text)
        for name in inside:
            within[name] |= outside
        inside |= outside
    return tokens, inside


def _atom(tokens: list[str], within: dict[str, frozenset[str]], text: str) -> tuple[list[str], frozenset[str]]:
    if not tokens or tokens[0] in (")", ":", "x", "\N{MULTIPLICATION SIGN}"):
        raise _unreadable(text, tokens[0] if tokens else "its end")
    if tokens[0] != "(":
        if tokens[0] in within:
            msg = f"'design' takes each facet once (got {tokens[0]!r} twice in {text!r})"
            raise InputError(msg)
        within[tokens[0]] = frozenset()
        return tokens[1:], frozenset([tokens[0]])
    before = set(within)
    rest = _crossed(tokens[1:], within, text)
    if not rest or rest[0] != ")":
        raise _unreadable(text, rest[0] if rest else "its end")
    return rest[1:], frozenset(set(within) - before)


def _unreadable(text: str, place: str) -> InputError:
    return InputError(
        f"'design' takes facets joined by 'x' and ':', such as 'p x (r:t)' (got {text!r}, unreadable at {place!r})"
    )


def known_facets(design: Design, columns: Collection[str], what: str) -> None:
    """Refuse a design with a facet that the frame does not have."""
    for name in design.facets:
        if name not in columns:
            close = nearest(name, columns)
            hint = f"did you mean {close!r}?" if close else f"it has {', '.join(columns)}"
            msg = f"'design' takes facets that are columns of {what}: there is no {name!r}; {hint}"
            raise InputError(msg)
