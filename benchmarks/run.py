"""Runs every benchmark and prints a table of ratios; ``--write`` keeps it in benchmarks/README.md."""

from __future__ import annotations

import os
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.row import Row

PARTS = (
    "bench_import",
    "bench_widget",
    "bench_store",
    "bench_browser",
    "bench_generalizability",
    "bench_raters",
    "bench_models",
    "bench_facets",
    "bench_pairwise",
    "bench_consensus",
    "bench_agreement",
    "bench_backends",
)
README = Path(__file__).with_name("README.md")


def number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(rows: list[Row]) -> str:
    lines = [
        "| work | ours | at most | met | peer | peer's | ratio |",
        "| --- | ---: | ---: | --- | --- | ---: | ---: |",
    ]
    for row in rows:
        limit = "" if row.at_most is None else f"{number(row.at_most)} {row.unit}"
        peers = "" if row.peers is None else f"{number(row.peers)} {row.unit}"
        ours = f"{number(row.ours)} {row.unit}"
        lines.append(f"| {row.work} | {ours} | {limit} | {row.met} | {row.peer} | {peers} | {row.ratio} |")
    return "\n".join(lines)


def rows_of(part: str) -> list[Row]:
    """Run one part."""
    return list(import_module(f"benchmarks.{part}").run())


def main() -> None:
    asked = [
        part
        for part in PARTS
        if not [a for a in sys.argv[1:] if a[0] != "-"] or part.removeprefix("bench_") in sys.argv
    ]
    rows: list[Row] = []
    for part in asked:
        print(f"running {part} ...", file=sys.stderr)
        # A process for each: what one leaves in memory is not in another's way.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            rows += process.submit(rows_of, part).result()
    print(table(rows))
    if "--write" in sys.argv:
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, JupyterLab {version('jupyterlab')}, Debian's Chromium"
        README.write_text(
            "# Benchmarks\n\n`make bench` runs them, each beside a peer in the same run; `python -m benchmarks.run store` runs a part. "
            "The numbers are one machine's and\none day's: what holds elsewhere are the ratios.\n\n"
            f"Last run: {machine}. Submissions: one item per 0.15 s.\n\n{table(rows)}\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
