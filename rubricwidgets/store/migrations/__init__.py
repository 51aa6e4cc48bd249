"""How a database came to its present shape: named steps, each applied once, in one transaction, in order.

A step is a module ``mNNNN_what_it_does`` with ``STATEMENTS``, SQL that SQLite and PostgreSQL both take;
``{sequence}`` stands for the dialect's ascending primary key. A step that was released is never edited: what
comes later is a new one.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules


def steps() -> dict[str, tuple[str, ...]]:
    """Return every step's statements by its name, first to last."""
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: tuple(import_module(f"{__name__}.{name}").STATEMENTS) for name in names}
