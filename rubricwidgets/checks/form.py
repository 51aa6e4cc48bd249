"""Checks of form: JSON, a title, a postscript, parts, how paragraphs begin."""

from __future__ import annotations

import json
import re
from typing import Annotated

from rubricwidgets.checks.registry import ready
from rubricwidgets.texts import counted

_FENCE = re.compile(r"\A\s*(`{3,}|~{3,})[^\n]*\n(.*?)\n?\s*\1\s*\Z", re.DOTALL)
_TITLE = re.compile(r"<<[^<>\n]+>>")
_HEADING = re.compile(r"\A\s*(?:#{1,6}\s+\S|[^\n]+\n[=-]{3,}\s*(?:\n|\Z)|\*\*[^*\n]+\*\*\s*(?:\n|\Z))")

Place = Annotated[int, 1]


def valid_json(text: str, keys: list[str] | None = None) -> tuple[bool, str]:
    """Return whether the response is JSON and nothing else, perhaps in a code block; with ``keys``, an object that has them."""
    fenced = _FENCE.match(text)
    try:
        found = json.loads(fenced[2] if fenced else text)
    except RecursionError:
        return False, "nested too deeply"
    except ValueError as error:
        return False, f"no JSON: {error}"
    if not keys:
        return True, ""
    if not isinstance(found, dict):
        return False, f"no object but {type(found).__name__}"
    lacking = [key for key in keys if key not in found]
    return not lacking, f"lacks {', '.join(map(repr, lacking))}" if lacking else ""


def has_title(text: str) -> bool:
    """Return whether the response begins with a heading, or has a title in ``<<`` and ``>>``."""
    return bool(_TITLE.search(text) or _HEADING.match(text))


def postscript(text: str, marker: str = "P.S.") -> bool:
    """Return whether a line begins with a postscript's marker."""
    return bool(re.search(rf"^\s*{re.escape(marker.strip())}", text, re.IGNORECASE | re.MULTILINE))


def parts(text: str, count: Place, separator: str = "******") -> tuple[bool, str]:
    """Return whether a separator parts the response into so many different parts, none of them empty."""
    found = [one.strip() for one in text.split(separator)]
    full = [one for one in found if one]
    return len(found) == len(full) == len(set(full)) == count, counted(len(full), "part")


def paragraph_begins(text: str, paragraph: Place, words: str) -> tuple[bool, str]:
    """Return whether the paragraph of that number, from 1, begins so; case does not count."""
    found = [one.strip() for one in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if one.strip()]
    if paragraph > len(found):
        return False, counted(len(found), "paragraph")
    return found[paragraph - 1].lstrip("\"'*_“").casefold().startswith(words.strip().casefold()), ""


def min_marked_sections(text: str, marker: str, limit: Place) -> tuple[bool, str]:
    """Return whether so many sections begin with a marker and a number: ``SECTION 1``."""
    found = len(re.findall(rf"^\W*{re.escape(marker.strip())}\s*\d+", text, re.IGNORECASE | re.MULTILINE))
    return found >= limit, counted(found, "section")


for _function, _says in (
    (valid_json, "Is valid JSON"),
    (has_title, "Has a title"),
    (postscript, "Ends with a postscript that begins with {marker}"),
    (parts, "Has {count} different parts, with {separator} between them"),
    (paragraph_begins, "Paragraph {paragraph} begins with “{words}”"),
    (min_marked_sections, "Has at least {limit} sections that begin with “{marker}” and a number"),
):
    ready(_function.__name__, _says, _function)
