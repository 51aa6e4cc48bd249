"""What importing costs beyond what it stands on, and what the first chart costs; each in a fresh interpreter."""

from __future__ import annotations

import statistics
import subprocess
import sys

from benchmarks.row import Row

_IMPORT = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"
_STUDY = "import rubricwidgets as rw; study = rw.demo(store='memory'); rw.simulate(study); scores = study.scores();"
_CHART = "rw.charts.distribution(scores, study.rubric)._repr_mimebundle_()"
_PEER = (
    "import altair as alt; alt.Chart({'values': [{'x': 1}]}).mark_bar().encode(x='x:Q').to_dict(); import vl_convert"
)


def seconds(program: str, times: int) -> float:
    """Return the median of what a program prints, over fresh interpreters."""

    def one() -> float:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        return float(done.stdout)

    return statistics.median(one() for _ in range(times))


def run() -> list[Row]:
    base = seconds(_IMPORT.format("import polars, anywidget"), 7)
    ours = seconds(_IMPORT.format("import polars, anywidget, rubricwidgets"), 7)
    timed = "import time; {} start = time.perf_counter(); {}; print(time.perf_counter() - start)"
    cold = seconds(timed.format(_STUDY, _CHART), 3)
    warm = seconds(timed.format(f"{_STUDY} rw.charts.warm_up();", _CHART), 3)
    altair = seconds(timed.format("", _PEER), 3)
    return [
        Row("import over polars and anywidget alone", max(ours - base, 0.0), "s", "polars + anywidget", base, 0.15),
        Row("first chart, cold", cold, "s", "Altair alone, a bar", altair, 3.0),
        Row("first chart after a rating session", warm, "s", "Altair alone, a bar", altair, 1.0),
    ]
