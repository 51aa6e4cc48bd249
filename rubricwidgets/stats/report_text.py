"""How a report reads: as Markdown, and as one page of HTML that needs nothing else. Everything somebody typed is escaped."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What Markdown would read as more than text; brackets only where a link could come of them.
_SPECIAL = re.compile(r"([\\`*_<>|#~$&]|\](?=[(\[:])|(?<![^\s])\[(?=[ xX]\]))")
#: A line that begins like this would be a list, a heading or a rule in Markdown.
_BEGINNING = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$|[-=])", re.MULTILINE)

# Jupyter sets table cells flush right by two classes, so the class is named twice to outweigh that.
# Colours come from the page: lines are its ink, thinned, so that light and dark read alike.
_STYLE = """
.rw-report{color:inherit;line-height:1.5;max-width:92ch;font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.rw-report h1{font-size:1.4em;margin:0 0 .6em}
.rw-report h2{font-size:1.1em;margin:1.3em 0 .3em}
.rw-report p{margin:.4em 0}
.rw-report .rw-wide{overflow-x:auto}
.rw-report table{border-collapse:collapse;font-size:.84em;margin:.5em 0;font-variant-numeric:tabular-nums;background:transparent}
.rw-report caption{text-align:left;opacity:.75;padding-bottom:.2em;caption-side:top}
.rw-report.rw-report table th,
.rw-report.rw-report table td{text-align:left;vertical-align:top;padding:.25em .8em .25em 0;background:transparent;
border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent);white-space:normal}
.rw-report.rw-report table th{border-bottom-color:color-mix(in srgb,currentColor 55%,transparent)}
.rw-report td.rw-whole{white-space:nowrap}
.rw-report ol,.rw-report ul{padding-left:1.4em;margin:.4em 0}
.rw-report img{max-width:100%;height:auto}
.rw-report figure{margin:.8em 0}
.rw-report figcaption{opacity:.75;font-size:.88em}
"""
_PAGE = """
body{margin:2.5em auto;max-width:96ch;padding:0 1.2em;background:Canvas;color:CanvasText}
@media print{@page{size:A4;margin:13mm 15mm}body{margin:0;padding:0;max-width:none}
body .rw-report{font:10pt/1.28 "Times New Roman",Times,"Liberation Serif",serif;max-width:none}
body .rw-report h1{margin:0 0 .3em}body .rw-report h2{margin:.7em 0 .15em}body .rw-report p{margin:.25em 0}
body .rw-report table{margin:.3em 0;font-size:.9em}
body .rw-report.rw-report table th,body .rw-report.rw-report table td{padding:.1em .8em .1em 0}
body .rw-report ul{margin:.2em 0;font-size:.85em;columns:2;column-gap:2em}}
"""


_WHOLE = 26
#: Sections that figures stand below; at the end where there is none of them.
_ILLUSTRATED = {"comparison", "results"}


@dataclass(frozen=True)
class Table:
    """A table of words: its caption, its heads, its rows."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """One part of a report: its name (by which it is picked), heading, sentences, tables and list."""

    name: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    points: tuple[str, ...] = ()


def markdown(title: str, sections: Sequence[Section]) -> str:
    """Return a report as Markdown, tables in the pipe form of GitHub."""
    parts = [f"# {plain(title)}"]
    for section in sections:
        parts.append(f"## {plain(section.heading)}")
        parts += [plain(one) for one in section.paragraphs]
        parts += [_table_markdown(table) for table in section.tables]
        if section.points:
            parts.append("\n".join(f"- {plain(point)}" for point in section.points))
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    r"""Return text as Markdown that shows exactly it.

    Examples
    --------
    >>> plain("a_b <script> 2 * 3")
    'a\\_b \\<script\\> 2 \\* 3'

    """
    one_line = " ".join(text.split())
    return _BEGINNING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line))


def _table_markdown(table: Table) -> str:
    head = "| " + " | ".join(plain(one) for one in table.heads) + " |"
    rule = "| " + " | ".join("---" for _ in table.heads) + " |"
    rows = ["| " + " | ".join(plain(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join([plain(table.caption), "", head, rule, *rows])


def html(title: str, sections: Sequence[Section], figures: Mapping[str, str] | None = None) -> str:
    """Return a report as HTML that can stand in a page, a notebook's light or dark one too."""
    parts = [f"<style>{_STYLE}</style>", f"<h1>{escape(title)}</h1>"]
    for section in sections:
        parts.append(f"<h2>{escape(section.heading)}</h2>")
        parts += [f"<p>{escape(one)}</p>" for one in section.paragraphs]
        parts += [_table_html(table) for table in section.tables]
        if section.points:
            parts.append("<ul>" + "".join(f"<li>{escape(point)}</li>" for point in section.points) + "</ul>")
        if section.name in _ILLUSTRATED or (section is sections[-1] and not _ILLUSTRATED & {s.name for s in sections}):
            parts += [_figure(words, svg) for words, svg in (figures or {}).items()]
    return '<article class="rw-report">' + "\n".join(parts) + "</article>"


def page(title: str, body: str) -> str:
    """Return HTML as a whole page, in the reader's light or dark."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>:root{{color-scheme:light dark}}{_PAGE}</style></head><body>{body}</body></html>\n"
    )


def _table_html(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in table.heads)
    rows = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in table.rows)
    return (
        f'<div class="rw-wide"><table><caption>{escape(table.caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    """Return a cell; numbers with their interval stay on one line."""
    whole = ' class="rw-whole"' if len(text) <= _WHOLE else ""
    return f"<td{whole}>{escape(text)}</td>"


def _figure(words: str, svg: str) -> str:
    """Return a picture that stands in the page itself, as an image, which runs nothing."""
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return (
        f'<figure><img alt="{escape(words)}" src="data:image/svg+xml;base64,{data}">'
        f"<figcaption>{escape(words)}</figcaption></figure>"
    )
