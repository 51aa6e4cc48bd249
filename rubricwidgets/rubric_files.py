"""Rubrics as YAML and JSON files, with errors that name the file and the line or path."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from rubricwidgets.errors import RubricError
from rubricwidgets.rubric import Rubric

_ENDINGS = (".yaml", ".yml", ".json")


def read(path: str | Path) -> Rubric:
    """Read a rubric from a YAML or JSON file; see :meth:`Rubric.read`."""
    file = Path(path)
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
    data = _parse_json(file, text) if file.suffix.lower() == ".json" else _parse_yaml(file, text)
    try:
        return Rubric.from_dict(data)
    except RubricError as error:
        msg = f"{file}: {error}"
        raise RubricError(msg) from None


def write(rubric: Rubric, path: str | Path) -> None:
    """Write a rubric as a YAML or JSON file; see :meth:`Rubric.write`."""
    file = Path(path)
    _check_ending(file)
    if file.suffix.lower() == ".json":
        text = json.dumps(rubric.to_dict(), ensure_ascii=False, indent=2) + "\n"
    else:
        import yaml  # noqa: PLC0415 - only for those who use YAML

        text = yaml.safe_dump(rubric.to_dict(), allow_unicode=True, sort_keys=False, width=100)
    file.write_bytes(text.encode("utf-8"))


def _check_ending(file: Path) -> None:
    if file.suffix.lower() not in _ENDINGS:
        msg = f"{file}: a rubric file ends in one of {', '.join(_ENDINGS)} (got {file.suffix!r})"
        raise RubricError(msg)


def _parse_json(file: Path, text: str) -> Any:  # noqa: ANN401 - checked by Rubric.from_dict
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        msg = f"{file}, line {error.lineno}: no JSON ({error.msg})"
        raise RubricError(msg) from None


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

    return Loader


def _parse_yaml(file: Path, text: str) -> Any:  # noqa: ANN401
    import yaml  # noqa: PLC0415

    try:
        return yaml.load(text, _loader())  # noqa: S506 - a safe loader, see there
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark is not None else ""
        msg = f"{file}{line}: no YAML ({error.problem or error.context})"
        raise RubricError(msg) from None
    except yaml.YAMLError as error:
        msg = f"{file}: no YAML ({error})"
        raise RubricError(msg) from None
