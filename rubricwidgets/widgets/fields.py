"""Fields of messages from a page, read one by one: whatever is not of its type is refused in words."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rubricwidgets.errors import InputError
from rubricwidgets.scales.numbers import plain_number

#: The longest text that one field of a rating may hold, in characters: far beyond what anybody types,
#: and below what a websocket message may carry.
MAX_TEXT = 1_000_000
#: The longest time that is believed, in seconds: 366 days. A clock that says more is wrong, and any number of such
#: times add up to a number that JSON can hold.
MAX_SECONDS = 366 * 24 * 3600.0
#: Lists and objects within one another: no answer has nearly as many, and reading any number of them would end in an error.
MAX_DEPTH = 50
_SHOWN = 60


class ProtocolError(InputError):
    """A message that the page's half of this version would not send."""


def message_of(content: object, version: int) -> Mapping[str, Any]:
    """Return a message of a version of the protocol, whose fields are still to be read."""
    message = mapping_in(content, "message")
    if message.get("v") != version:
        msg = (
            f"the page speaks version {message.get('v')!r} of the protocol, this kernel version {version}: "
            "save the notebook, reload the page and run the cell again"
        )
        raise ProtocolError(msg)
    return message


def mapping_in(value: object, field: str) -> Mapping[str, Any]:
    """Return an object as it is."""
    if isinstance(value, Mapping):
        return value
    msg = f"{field!r} takes an object (got {type(value).__name__})"
    raise ProtocolError(msg)


def list_in(message: Mapping[str, Any], field: str) -> list[Any]:
    """Return a field that is a list."""
    value = message.get(field)
    if isinstance(value, list):
        return value
    msg = f"{field!r} takes a list (got {type(value).__name__})"
    raise ProtocolError(msg)


def text_in(message: Mapping[str, Any], field: str) -> str:
    """Return a field that is text, such as can be stored."""
    value = message.get(field)
    if not isinstance(value, str):
        msg = f"{field!r} takes text (got {type(value).__name__})"
        raise ProtocolError(msg)
    if len(value) > MAX_TEXT:
        msg = f"{field!r} takes at most {MAX_TEXT:,} characters (got {len(value):,})"
        raise ProtocolError(msg)
    # Half of a character that was cut in two can be neither stored nor shown: the sign for it goes into its place.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def flag_in(message: Mapping[str, Any], field: str) -> bool:
    """Return a field that is true or false."""
    value = message.get(field)
    if isinstance(value, bool):
        return value
    msg = f"{field!r} takes true or false (got {_short(value)})"
    raise ProtocolError(msg)


def is_count(value: object) -> bool:
    """Return whether a value is a whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def count_in(message: Mapping[str, Any], field: str) -> int:
    """Return a field that is a whole number from 0."""
    value = message.get(field)
    if isinstance(value, int) and is_count(value):
        return value
    msg = f"{field!r} takes a whole number from 0 (got {_short(value)})"
    raise ProtocolError(msg)


def uuid_in(message: Mapping[str, Any], field: str = "id", where: str = "rating.") -> str:
    """Return a field that is a UUID."""
    value = message.get(field)
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        msg = f"'{where}{field}' takes a UUID (got {_short(value)})"
        raise ProtocolError(msg) from None


def size_in(value: object, what: str, most: int) -> None:
    """Refuse JSON that is too long, or nested too deeply to be kept."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    if level:
        msg = f"{what} takes lists and objects nested up to {MAX_DEPTH} deep"
        raise ProtocolError(msg)
    try:
        # Characters, not bytes: what a scale allows to write fits in any script.
        size = len(json.dumps(value, ensure_ascii=False))
    except ValueError:
        msg = f"{what} takes numbers of fewer digits"
        raise ProtocolError(msg) from None
    if size > most:
        msg = f"{what} takes at most {most:,} characters (got {size:,})"
        raise ProtocolError(msg)


def seconds_in(rating: Mapping[str, Any]) -> float:
    """Return how long it took, in seconds, at most :data:`MAX_SECONDS`."""
    value = plain_number(rating.get("seconds"))
    if value is not None and value >= 0:
        return min(float(value), MAX_SECONDS)
    msg = f"'seconds' takes a time from 0 (got {_short(rating.get('seconds'))})"
    raise ProtocolError(msg)


def moment_in(rating: Mapping[str, Any]) -> datetime:
    """Return when it was submitted, by the browser's clock."""
    value = rating.get("submitted_at")
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, tz=UTC)
    except (OverflowError, OSError, ValueError):
        pass
    msg = f"'submitted_at' takes milliseconds since 1970 (got {_short(value)})"
    raise ProtocolError(msg)


def _short(value: object) -> str:
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply, or a number of thousands of digits
        text = f"one {type(value).__name__} that is too long"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
