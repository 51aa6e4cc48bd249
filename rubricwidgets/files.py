"""Paths that somebody gave, and files that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rubricwidgets.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


def path_of(given: object, name: str, error: type[InputError] = InputError) -> Path:
    """Return a path, or refuse what is none."""
    if isinstance(given, str | os.PathLike) and str(given).strip():
        return Path(given)
    got = repr(given) if given is None or isinstance(given, str) else type(given).__name__
    msg = f"'{name}' takes a file's path (got {got})"
    raise error(msg)


@contextmanager
def draft(target: Path) -> Iterator[Path]:
    """Give a file beside the target that takes its place when all went well, and leaves nothing when not."""
    target = target.resolve()  # what a link leads to is replaced, and the link stays
    beside = target.with_name(f".{target.name[:100]}.{uuid.uuid4().hex[:8]}")
    try:
        yield beside
        if target.exists():
            shutil.copymode(target, beside)
        os.replace(beside, target)  # noqa: PTH105 - atomic on every platform, as Path.replace promises only on some
    finally:
        for leftover in (beside, *(beside.with_name(beside.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)


def write_whole(target: Path, data: bytes) -> None:
    """Write a file so that a failure leaves what was there as it was."""
    with draft(target) as beside, beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
