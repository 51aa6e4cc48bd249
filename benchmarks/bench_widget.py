"""A widget over 10,000 items of 2 kB: how long it takes to make, and how much it syncs."""

from __future__ import annotations

import gzip
import json
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import rubricwidgets as rw
from benchmarks.row import Row, median

COUNT = 10_000
RUBRIC = rw.Rubric(
    "bench",
    dimensions=[
        rw.Dimension(name, "How good is it?", rw.Ordinal(1, 5, anchors={1: "poor", 5: "ideal"}))
        for name in ("accuracy", "relevance", "clarity", "tone", "safety", "overall")
    ],
)


def items() -> list[dict[str, str]]:
    return [
        {"id": f"i{n}", "prompt": f"Question {n}? " + "x" * 1000, "response": f"Answer {n}. " + "y" * 1000}
        for n in range(COUNT)
    ]


def state(widget: Any) -> int:
    """Return the bytes that a widget syncs, its program and styles aside."""
    synced = widget.get_state()
    for program in ("_esm", "_css"):
        synced.pop(program, None)
    return len(json.dumps(synced, default=str))


def run() -> list[Row]:
    import molabel

    with tempfile.TemporaryDirectory() as folder:
        study = rw.Study("bench", items=items(), rubric=RUBRIC, store=Path(folder) / "bench.rubric.db")
        examples = items()
        ours = median(lambda: study.rate("ana"))
        begun = median(lambda: rw.Study("bench", items=examples, rubric=RUBRIC, store="memory").rate("ana"), 3)
        peers = median(lambda: molabel.SimpleLabel(examples=examples, render=lambda one: one["prompt"]), 3)
        bundle = files("rubricwidgets") / "static" / "rating.js"
        rows = [
            Row("construct the widget over 10,000 items of 2 kB", ours, "s", "molabel 0.1.5", peers, 0.1),
            Row("the same, with the study made of raw records", begun, "s", "molabel 0.1.5", peers),
            Row(
                "state it syncs, the program aside",
                state(study.rate("ana")),
                "bytes",
                "molabel 0.1.5",
                state(molabel.SimpleLabel(examples=examples, render=lambda one: one["prompt"])),
                4096,
            ),
            Row("rating.js, gzipped", len(gzip.compress(bundle.read_bytes(), 9)), "bytes", at_most=50 * 1024),
        ]
        rows += _pigeon(examples, ours)
        study.close()
    return rows


def _pigeon(examples: list[dict[str, str]], ours: float) -> list[Row]:
    import contextlib
    import io

    try:
        import pigeonXT
    except ImportError as error:
        print(f"pigeonXT cannot be imported here: {error}")
        return []
    texts = [one["prompt"] for one in examples]
    with contextlib.redirect_stdout(io.StringIO()):
        peers = median(lambda: pigeonXT.annotate(texts, options=["good", "bad"], display_fn=lambda _: None), 3)
    return [Row("construct the widget over 10,000 items of 2 kB", ours, "s", "pigeonXT", peers, 0.1)]
