"""Records from lists, frames and files, each with the place it came from."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from rubricwidgets.errors import ItemsError

_FRAMES = {".parquet": "Parquet", ".arrow": "Arrow", ".feather": "Arrow", ".ipc": "Arrow"}
_ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", *_FRAMES)


def records(source: object) -> Iterator[tuple[str, Any]]:
    """Yield each record of a source with where it stands, as an error would name it.

    Raises
    ------
    ItemsError
        If the source or a line of it cannot be read.

    """
    if isinstance(source, str | Path):
        yield from _from_file(Path(source))
    elif isinstance(source, pl.LazyFrame):
        yield from _from_frame(source.collect(), "row")
    elif isinstance(source, pl.DataFrame):
        yield from _from_frame(source, "row")
    elif type(source).__module__.partition(".")[0] == "pandas":
        yield from _numbered(source.to_dict("records"), "row")  # type: ignore[attr-defined]
    elif isinstance(source, Mapping):
        msg = "'items' takes a list of records (got one record: put it in a list)"
        raise ItemsError(msg)
    elif isinstance(source, Iterable):
        yield from _numbered(source, "item")
    else:
        msg = f"'items' takes records, a frame or a file's path (got {type(source).__name__})"
        raise ItemsError(msg)


def _numbered(source: Iterable[Any], word: str) -> Iterator[tuple[str, Any]]:
    for number, record in enumerate(source, start=1):
        yield f"{word} {number}", record


def _from_frame(frame: pl.DataFrame, word: str) -> Iterator[tuple[str, Any]]:
    return _numbered(frame.iter_rows(named=True), word)


def _from_file(file: Path) -> Iterator[tuple[str, Any]]:
    ending = file.suffix.lower()
    if ending not in _ENDINGS:
        msg = f"{file}: an items file ends in one of {', '.join(_ENDINGS)} (got {ending or 'no ending'!r})"
        raise ItemsError(msg)
    if not file.is_file():
        msg = f"{file}: there is no such file"
        raise ItemsError(msg)
    if ending in _FRAMES:
        found = _from_frame(_read_frame(file, ending), "row")
    elif ending == ".csv":
        found = _with_lists(_from_frame(_read_csv(file), "row"))
    elif ending == ".json":
        found = _numbered(_read_json(file), "item")
    else:
        found = _read_lines(file)
    for place, record in found:
        yield f"{file}, {place}", record


def _with_lists(found: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Read what a CSV cell can hold of several responses or messages: JSON."""
    for place, record in found:
        for name in ("responses", "messages"):
            text = record.get(name)
            if isinstance(text, str) and text.lstrip().startswith("["):
                try:
                    record[name] = json.loads(text)
                except json.JSONDecodeError as error:
                    msg = f"{place}: {name!r} begins as a JSON list and is none ({error.msg} at character {error.pos})"
                    raise ItemsError(msg) from None
        yield place, record


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        msg = f"{file}, line {line}: byte {error.start} is not UTF-8; save the file as UTF-8"
        raise ItemsError(msg) from None
    except OSError as error:
        msg = f"{file}: cannot be read ({error.strerror})"
        raise ItemsError(msg) from None


def _read_lines(file: Path) -> Iterator[tuple[str, Any]]:
    # Only \n ends a line: a text may hold U+2028 and its kin, which str.splitlines() would cut at.
    for number, line in enumerate(_text(file).split("\n"), start=1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except json.JSONDecodeError as error:
                msg = f"{file}, line {number}: no JSON ({error.msg} at character {error.pos}); was the file cut short?"
                raise ItemsError(msg) from None


def _read_json(file: Path) -> list[Any]:
    try:
        data = json.loads(_text(file))
    except json.JSONDecodeError as error:
        msg = f"{file}, line {error.lineno}: no JSON ({error.msg}); was the file cut short?"
        raise ItemsError(msg) from None
    if isinstance(data, Mapping) and isinstance(data.get("items"), list):
        data = data["items"]
    if not isinstance(data, list):
        msg = f"{file}: takes a JSON list of records (got {type(data).__name__})"
        raise ItemsError(msg)
    return data


def _read_csv(file: Path) -> pl.DataFrame:
    text = _text(file)
    if not text.strip():
        msg = f"{file}: the file is empty"
        raise ItemsError(msg)
    _check_csv(file, text)
    try:
        return pl.read_csv(text.encode("utf-8"), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        msg = f"{file}: no CSV ({str(error).splitlines()[0]})"
        raise ItemsError(msg) from None


def _check_csv(file: Path, text: str) -> None:
    """Refuse, with its line, a quote that is never closed and a row that has more or fewer cells than the header."""
    before = csv.field_size_limit(2**31 - 1)  # a response may be long
    try:
        reader = csv.reader(_lines(text), strict=True)
        begun, header = 1, 0
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                words = "a quote that is opened here is never closed" if "end of data" in str(error) else str(error)
                msg = f"{file}, line {begun}: no CSV ({words}); inside quotes, a quote is written twice"
                raise ItemsError(msg) from None
            header = header or len(row)
            if row and len(row) != header:
                msg = (
                    f"{file}, line {begun}: has {len(row)} cells where the header has {header}; "
                    "text with commas or line breaks stands in quotes"
                )
                raise ItemsError(msg)
            begun = reader.line_num + 1
    finally:
        csv.field_size_limit(before)


def _lines(text: str) -> Iterator[str]:
    # Only \n ends a line: see _read_lines.
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _read_frame(file: Path, ending: str) -> pl.DataFrame:
    try:
        if ending == ".parquet":
            return pl.read_parquet(file)
        try:
            return pl.read_ipc(file)
        except pl.exceptions.ComputeError:
            return pl.read_ipc_stream(file)
    except (pl.exceptions.PolarsError, OSError) as error:
        lines = str(error).splitlines()
        msg = f"{file}: no {_FRAMES[ending]} file, or a damaged one ({lines[0] if lines else type(error).__name__})"
        raise ItemsError(msg) from None
