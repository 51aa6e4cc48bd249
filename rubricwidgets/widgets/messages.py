"""What the messages of every widget have in common: their version, how they are built, and what any page may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rubricwidgets.widgets.fields import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1

#: Parts of the program that any page may ask for.
CHUNKS = ("diff", "highlight", "markdown", "maths")

PREVIEW_LENGTH = 90


@dataclass(frozen=True, slots=True)
class Chunk:
    """The page needs a part of the program that it was not started with."""

    name: str


def chunk_in(message: Mapping[str, Any], more: str | None = None) -> Chunk:
    """Return which part of the program a page asks for.

    Parameters
    ----------
    message
        The message.
    more
        How the names of parts begin that this page may ask for beside :data:`CHUNKS`.

    """
    name = message.get("name")
    if isinstance(name, str) and (name in CHUNKS or (more is not None and name.startswith(more))):
        return Chunk(name)
    msg = f"'chunk.name' takes one of {', '.join(CHUNKS)} (got {name!r})"
    raise ProtocolError(msg)


def unknown_kind(kind: object) -> ProtocolError:
    """Return the error for a message of a kind that there is not."""
    return ProtocolError(f"'kind' takes a message of protocol {VERSION} (got {kind!r})")


def outgoing(kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields are JSON of many shapes
    """Return a message to the page."""
    return {"v": VERSION, "kind": kind, **fields}


def preview_of(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text[: 4 * PREVIEW_LENGTH].split())
    return line if len(line) <= PREVIEW_LENGTH else line[: PREVIEW_LENGTH - 1] + "…"
