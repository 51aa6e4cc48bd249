"""Numbers as people and programs write them, read strictly or leniently."""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# Whole numbers that no float can hold are no scores, and would end in an overflow somewhere else.
_LARGEST = int(sys.float_info.max)


def plain_number(value: object) -> float | int | None:
    """Return a finite number as Python's own int or float; None for anything else, truth values included."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return None
    if isinstance(value, numbers.Integral):
        whole = int(value)
        return whole if abs(whole) <= _LARGEST else None
    if isinstance(value, numbers.Real):
        number = float(value)
        return number if math.isfinite(number) else None
    return None


def settled_number(value: object) -> float | int | None:
    """Return a finite number as one of Python's, whole ones as int: what is written ``2`` or ``2.0`` is the same and reads the same."""
    number = plain_number(value)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def settled_values(values: Iterable[Any]) -> tuple[Any, ...]:
    """Return values in their order, numbers and truth values as Python's own.

    Raises
    ------
    ValueError
        If they come in a set, which has another order in each run of Python.

    """
    if isinstance(values, AbstractSet):
        msg = f"a list, in which values have an order (got a set: {values!r})"
        raise ValueError(msg)  # noqa: TRY004 - a set is iterable; its order is what is wrong
    settled: list[Any] = []
    for value in values:
        number = settled_number(value)
        if type(value).__name__ == "bool":
            settled.append(bool(value))
        else:
            settled.append(value if number is None else number)
    return tuple(settled)


def read_number(value: object) -> float | int | None:
    """Return the number in a value from elsewhere: ``4``, ``4.0``, ``"4"``, ``" 4.5 "``; None where there is none."""
    if isinstance(value, str):
        try:
            number = float(value.strip())
        except ValueError:
            return None
        return number if math.isfinite(number) else None
    return plain_number(value)


def short(value: float) -> str:
    """Return a number without a needless ``.0``."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)  # noqa: PLR2004


def same_value(one: object, other: object) -> bool:
    """Return whether two values are the same, keeping ``True`` apart from ``1``."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
