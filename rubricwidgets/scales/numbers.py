"""Numbers as people and programs write them, read strictly or leniently."""

from __future__ import annotations

import math
import numbers
import sys

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
