"""What opening a study needs besides the store: who is at work, gold that fits, and the words of a way on."""

from __future__ import annotations

import getpass
import os
import re
from typing import TYPE_CHECKING

from rubricwidgets.errors import NEAR_MISS, InputError, ItemsError, nearest
from rubricwidgets.ratings import check_gold, misfits
from rubricwidgets.store.base import Store
from rubricwidgets.texts import unstorable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.items import Item
    from rubricwidgets.rubric import Rubric


def current_user() -> str:
    """Return who is at work: the JupyterHub user where there is one, else the system's."""
    hub_user = os.environ.get("JUPYTERHUB_USER", "").strip()
    if hub_user:
        return hub_user
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "rater"


def rater_of(given: str | None) -> str:
    """Return who rates: the name that was given, or whoever is at work."""
    if given is not None and (not isinstance(given, str) or not given.strip()):
        msg = f"'rater' takes a name, some text (got {given!r}); leave it out to rate as {current_user()!r}"
        raise InputError(msg)
    check_name("rater", given or "")
    return current_user() if given is None else given.strip()


def check_name(what: str, name: str) -> None:
    """Refuse a name that no store can hold."""
    problem = unstorable(name)
    if problem is not None:
        msg = f"'{what}' takes text that can be stored: {problem}"
        raise InputError(msg)


def as_given(store: object) -> str:
    """Return ``store=`` as whoever opened the study would write it again."""
    if store is None:
        return ""
    if isinstance(store, Store) or "://" in str(store):
        return ", store=..."  # an address may have a password in it
    return f", store={str(store)!r}"


def check_items(items: Sequence[Item], rubric: Rubric) -> None:
    """Refuse items that cannot be judged, and gold that the rubric could never agree with, before the first rater meets them."""
    for what, find in (
        ("items that the rubric cannot judge", misfits),
        ("gold answers that the rubric does not allow", check_gold),
    ):
        problems = [f"item {item.id!r}: {problem}" for item in items for problem in find(item, rubric)]
        if problems:
            shown = "\n".join(f"  - {problem}" for problem in problems[:10])
            more = f"\n  and {len(problems) - 10} more" if len(problems) > 10 else ""  # noqa: PLR2004
            msg = f"{what}:\n{shown}{more}"
            raise ItemsError(msg)


def next_name(name: str) -> str:
    """Return a name to start anew under: ``pilot-2`` after ``pilot``."""
    match = re.fullmatch(r"(.*?)-(\d+)", name)
    return f"{match[1]}-{int(match[2]) + 1}" if match else f"{name}-2"


def mistyped(name: str, others: Sequence[str]) -> str | None:
    """Return the known name that a new one is nearly, and not only under another number; None if there is none."""
    bare = re.sub(r"[\W\d_]+", "", name)
    others = [one for one in others if re.sub(r"[\W\d_]+", "", one) != bare]
    return nearest(name, others, cutoff=NEAR_MISS)
