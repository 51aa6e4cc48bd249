"""Scipy's parts, loaded when first used; they have no types of their own."""

from __future__ import annotations

from typing import Any


def sparse() -> Any:  # noqa: ANN401 - a module
    """Return ``scipy.sparse``."""
    from scipy import sparse as module  # noqa: PLC0415

    return module


def csgraph() -> Any:  # noqa: ANN401
    """Return ``scipy.sparse.csgraph``."""
    from scipy.sparse import csgraph as module  # noqa: PLC0415

    return module


def linalg() -> Any:  # noqa: ANN401
    """Return ``scipy.linalg``."""
    from scipy import linalg as module  # noqa: PLC0415

    return module
