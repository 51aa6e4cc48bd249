"""Who sees what, in which order, and under which names.

Orders are sorts by a keyed hash rather than shuffles: they need no state, are the same on every machine
and in every session, and an item that is added later leaves the order of the others as it was.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets.errors import InputError, known_keywords, unknown_keyword
from rubricwidgets.scales.numbers import plain_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Reference = Literal["on_request", "shown", "hidden"]
_REFERENCES = ("on_request", "shown", "hidden")


@known_keywords
@dataclass(frozen=True)
class Plan:
    """Order, blinding and what is shown.

    Parameters
    ----------
    seed
        What the orders are drawn from; another seed gives other orders.
    shuffle_items
        Whether each rater meets the items in an order of their own.
    shuffle_responses
        Whether each rater sees an item's responses in an order of their own.
    reference
        ``"on_request"`` shows an item's reference when the rater asks for it, ``"shown"`` at once, ``"hidden"`` never
        sends it to the browser.
    idle_cap
        Seconds without a gesture after which active time stops counting, above 0.

    Raises
    ------
    InputError
        Naming the field, what it takes and what it got.

    Examples
    --------
    >>> Plan(seed=3, reference="hidden").shuffle_items
    True

    """

    seed: int = 0
    shuffle_items: bool = True
    shuffle_responses: bool = True
    reference: Reference = "on_request"
    idle_cap: float = 60.0

    def __post_init__(self) -> None:
        if not isinstance(plain_number(self.seed), int):
            msg = f"'seed' takes a whole number (got {self.seed!r})"
            raise InputError(msg)
        for name in ("shuffle_items", "shuffle_responses"):
            if not isinstance(getattr(self, name), bool):
                msg = f"'{name}' takes True or False (got {getattr(self, name)!r})"
                raise InputError(msg)
        if self.reference not in _REFERENCES:
            msg = f"'reference' takes one of {', '.join(_REFERENCES)} (got {self.reference!r})"
            raise InputError(msg)
        cap = plain_number(self.idle_cap)
        if cap is None or cap <= 0:
            msg = f"'idle_cap' takes seconds above 0 (got {self.idle_cap!r})"
            raise InputError(msg)
        object.__setattr__(self, "idle_cap", float(cap))

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """Build a plan from its JSON."""
        names = [one.name for one in fields(cls)]
        for key in data:
            if key not in names:
                raise InputError(unknown_keyword("plan", key, names))
        return cls(**data)


def item_order(plan: Plan, rater: str, item_ids: Iterable[str]) -> list[str]:
    """Return item ids in the order in which a rater meets them.

    Examples
    --------
    >>> sorted(item_order(Plan(), "ana", ["a", "b", "c"]))
    ['a', 'b', 'c']
    >>> item_order(Plan(shuffle_items=False), "ana", ["b", "a"])
    ['b', 'a']

    """
    ids = list(item_ids)
    return sorted(ids, key=lambda one: _digest("items", plan.seed, rater, one)) if plan.shuffle_items else ids


def response_order(plan: Plan, rater: str, item_id: str, response_ids: Iterable[str]) -> list[str]:
    """Return response ids in the order in which a rater sees them."""
    ids = list(response_ids)
    if not plan.shuffle_responses:
        return ids
    return sorted(ids, key=lambda one: _digest("responses", plan.seed, rater, item_id, one))


def item_key(study_id: str, item_id: str) -> str:
    """Return the opaque key by which the browser knows an item."""
    return _digest("item key", study_id, item_id).hex()[:12]


def response_key(study_id: str, item_id: str, response_id: str) -> str:
    """Return the opaque key by which the browser knows a response."""
    return _digest("response key", study_id, item_id, response_id).hex()[:12]


def _digest(*parts: object) -> bytes:
    # A length before each part, so that ("ab", "c") and ("a", "bc") never meet.
    text = "".join(f"{len(str(part))}:{part}" for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
