"""What the content of an item must be: text that UTF-8 can hold, metadata that JSON can, an id from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from rubricwidgets.errors import NEAR_MISS, ItemsError, nearest
from rubricwidgets.texts import unstorable

_SHOWN = 60


def absent(value: object) -> bool:
    """Return whether a field of a record is missing: null, or the NaN that pandas writes for it."""
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN is pandas' missing


def check_text(name: str, value: object) -> None:
    """Refuse what is no text, or text that UTF-8 cannot hold."""
    if not isinstance(value, str):
        msg = f"'{name}' takes text (got {shown(value)})"
        raise ItemsError(msg)
    problem = unstorable(value)
    if problem:
        msg = f"'{name}' takes text that UTF-8 can hold: {problem}"
        raise ItemsError(msg)


def as_list(value: object) -> object:
    """Return an array or series of another library, as Parquet files hold them, as a list; anything else as it is."""
    for method in ("to_list", "tolist"):
        if hasattr(value, method) and not isinstance(value, str):
            return getattr(value, method)()
    return value


def identity(given: object, content: object) -> str:
    """Return the id that was given, or 12 hex digits from the content."""
    if given is None or given == "":
        return hashlib.blake2b(canonical(content), digest_size=6).hexdigest()
    if not isinstance(given, str) or not given.strip():
        msg = f"'id' takes text (got {given!r})"
        raise ItemsError(msg)
    check_text("id", given)
    return given


def json_mapping(name: str, given: object, *, unnamed: bool = False) -> dict[Any, Any]:
    """Return a mapping as JSON would give it back; ``unnamed`` allows the key None, written as ``""``."""
    if not isinstance(given, Mapping):
        msg = f"'{name}' takes a mapping (got {shown(given)})"
        raise ItemsError(msg)
    if not given:
        return {}
    keys = {("" if key is None and unnamed else str(key)): value for key, value in given.items()}
    try:
        plain: dict[Any, Any] = json.loads(json.dumps(keys, default=_plain, allow_nan=False))
        canonical(plain)
    except (TypeError, ValueError) as error:
        msg = f"'{name}' takes what JSON can hold ({error})"
        raise ItemsError(msg) from None
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 - dates, arrays and scalars of other libraries
    if hasattr(value, "isoformat"):
        return value.isoformat()
    for method in ("to_dict", "to_list", "tolist"):
        if hasattr(value, method):
            return getattr(value, method)()
    return str(value)


def refuse_near_misses(path: str, record: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse a field that is a known one mistyped: taken for metadata, what it says would be lost."""
    names = tuple(known)
    for key in record:
        close = nearest(key, names, cutoff=NEAR_MISS)
        if close is not None and key not in names and close not in record:
            msg = f"{path} has {key!r}; did you mean {close!r}? Rename it (what is metadata needs a name of its own)"
            raise ItemsError(msg)


def listed(record: Iterable[Any]) -> str:
    """Return the names of a record's fields, as errors list them."""
    return ", ".join(map(repr, record)) or "nothing in it"


def canonical(content: object) -> bytes:
    """Return JSON that is the same for equal content."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def shown(value: object) -> str:
    """Return a value as errors show it: its type and the beginning of it."""
    if value is None or absent(value):
        return "null"
    text = f"{type(value).__name__} {value!r}"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
