"""Rubrics as YAML and JSON files, with errors that name the file and the line or path."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import RubricError
from rubricwidgets.files import path_of, write_whole
from rubricwidgets.rubric import Rubric

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ENDINGS = (".yaml", ".yml", ".json")


def read(path: str | Path) -> Rubric:
    """Read a rubric from a YAML or JSON file; see :meth:`Rubric.read`."""
    file = path_of(path, "path", RubricError)
    _check_ending(file)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        msg = f"{file}: there is no such file"
        raise RubricError(msg) from None
    except UnicodeDecodeError as error:
        msg = f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8"
        raise RubricError(msg) from None
    except OSError as error:
        msg = f"{file}: cannot be read ({error.strerror})"
        raise RubricError(msg) from None
    is_json = file.suffix.lower() == ".json"
    data, lines = (_parse_json(file, text), {}) if is_json else _parse_yaml(file, text)
    try:
        return Rubric.from_dict(data)
    except RubricError as error:
        line = _line_of(str(error), lines)
        msg = f"{file}{f', line {line}' if line else ''}: {error}"
        raise RubricError(msg) from None


def write(rubric: Rubric, path: str | Path) -> None:
    """Write a rubric as a YAML or JSON file; see :meth:`Rubric.write`."""
    file = path_of(path, "path", RubricError)
    _check_ending(file)
    if file.suffix.lower() == ".json":
        text = json.dumps(rubric.to_dict(), ensure_ascii=False, indent=2) + "\n"
    else:
        import yaml  # noqa: PLC0415 - only for those who use YAML

        text = yaml.dump(rubric.to_dict(), Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=100)
    try:
        write_whole(file, text.encode("utf-8"))
    except OSError as error:
        kept = "what was there is as it was" if file.exists() else "nothing is there"
        msg = f"{file}: cannot be written ({error.strerror or error}); {kept}"
        raise RubricError(msg) from None


def _check_ending(file: Path) -> None:
    if file.suffix.lower() not in _ENDINGS:
        msg = f"{file}: a rubric file ends in one of {', '.join(_ENDINGS)} (got {file.suffix!r})"
        raise RubricError(msg)


def _parse_json(file: Path, text: str) -> Any:  # noqa: ANN401 - checked by Rubric.from_dict
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _once(file, pairs))
    except json.JSONDecodeError as error:
        msg = f"{file}, line {error.lineno}: no JSON ({error.msg})"
        raise RubricError(msg) from None


def _once(file: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, or refuse a key that is there twice: one of the two would be lost."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            msg = f"{file}: {key!r} is there twice ({found[key]!r} and {value!r}); keep one"
            raise RubricError(msg)
        found[key] = value
    return found


@cache
def _loader() -> Any:  # noqa: ANN401 - PyYAML's, which has no types
    """Return a safe loader for which only true and false are truth values, as in YAML 1.2.

    YAML 1.1 reads a bare yes, no, on and off as true and false too, and rubrics are full of yes and no.
    """
    import yaml  # noqa: PLC0415

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012 - as the base class has it
            first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as the base class has it
            try:
                return super().construct_object(node, deep=deep)
            except (ValueError, KeyError, AttributeError, TypeError, OverflowError):
                # PyYAML lets Python's own errors through, without a line.
                kind = node.tag.rpartition(":")[2]
                words = f"{node.value!r} is no {kind}"
                raise yaml.constructor.ConstructorError(None, None, words, node.start_mark) from None

    return Loader


@cache
def _dumper() -> Any:  # noqa: ANN401 - PyYAML's, which has no types
    """Return a safe dumper that escapes the line ends of Unicode, which are read back as blanks where they stand as they are."""
    import yaml  # noqa: PLC0415

    class Dumper(yaml.SafeDumper):
        pass

    def text(dumper: Any, given: str) -> Any:  # noqa: ANN401
        style = '"' if any(one in given for one in "\x85\u2028\u2029") else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", given, style=style)

    Dumper.add_representer(str, text)
    return Dumper


def _parse_yaml(file: Path, text: str) -> tuple[Any, dict[str, int]]:
    """Return what a YAML file holds, and the line of each path in it."""
    import yaml  # noqa: PLC0415

    lines: dict[str, int] = {}
    try:
        loader = _loader()(text)
        node = loader.get_single_node()
        _note_lines(file, node, "", lines, set())
        return (None if node is None else loader.construct_document(node)), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark is not None else ""
        msg = f"{file}{line}: no YAML ({error.problem or error.context})"
        raise RubricError(msg) from None
    except yaml.YAMLError as error:
        msg = f"{file}: no YAML ({error})"
        raise RubricError(msg) from None


def _note_lines(file: Path, node: Any, path: str, lines: dict[str, int], seen: set[int]) -> None:  # noqa: ANN401
    """Note the line of each path below a node, and refuse a key that is there twice: one of the two would be lost."""
    if id(node) in seen:  # an alias of what was walked already
        return
    seen.add(id(node))
    kind = getattr(node, "id", "")
    if kind == "sequence":
        for place, one in enumerate(node.value):
            lines[f"{path}[{place}]"] = one.start_mark.line + 1
            _note_lines(file, one, f"{path}[{place}]", lines, seen)
    elif kind == "mapping":
        own: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in own:
                msg = f"{file}, line {line}: {name!r} is there twice (first in line {own[name]}); keep one"
                raise RubricError(msg)
            own[name] = line
            inner = f"{path}.{name}" if path else name
            lines[inner] = line
            _note_lines(file, value, inner, lines, seen)


def _line_of(words: str, lines: Mapping[str, int]) -> int | None:
    """Return the line that an error is about: that of the field it names, or of the place where the field would be."""
    found = re.search(r"dimensions\[\d+\](?:\.\w+)*", words)
    path = found[0] if found else ""
    parts = ("", ".scale", ".rationale") if path else ("",)
    for word in re.findall(r"'([^']+)'", words):
        for part in parts:
            line = lines.get(f"{path}{part}.{word}" if path else word)
            if line is not None:
                return line
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path) or lines.get("dimensions" if "dimensions" in words else "title")
