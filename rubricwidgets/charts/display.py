"""How a chart shows: drawn by the notebook where it can, as a picture everywhere else, and never from a server.

Altair's own renderers load Vega from a CDN, or emit a version that JupyterLab does not know yet. A chart from here
offers the notebook Vega-Lite 5, which JupyterLab and Notebook 7 draw with what they ship, tooltips included, and
beside it an SVG for exported HTML and for whatever else reads notebooks. No global renderer is touched.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import vl_convert

_VEGA_LITE_5 = "https://vega.github.io/schema/vega-lite/v5.json"


class _Shown:
    """Mixed into Altair's chart classes: the notebook's view of a chart."""

    def _repr_mimebundle_(self, *_args: Any, **_kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - IPython's signature
        spec = self.to_dict()  # type: ignore[attr-defined]
        svg = vl_convert.vegalite_to_svg(spec)
        return {
            "application/vnd.vegalite.v5+json": {**spec, "$schema": _VEGA_LITE_5},
            "image/svg+xml": svg,
            "text/plain": f"<{type(self).__name__}: {_title(spec)}>",
        }


class Chart(_Shown, alt.Chart):
    """An Altair chart that shows offline."""


class LayerChart(_Shown, alt.LayerChart):
    """An Altair layered chart that shows offline."""


class VConcatChart(_Shown, alt.VConcatChart):
    """Altair charts below each other that show offline."""


def warm_up() -> None:
    """Do once what the first chart of a session pays for; the rating widget calls it in the background."""
    vl_convert.vegalite_to_svg(Chart({"values": [{"x": 1}]}).mark_point().encode(x="x:Q").to_dict())


def _title(spec: dict[str, Any]) -> str:
    title = spec.get("title", "chart")
    return str(title.get("text", "chart") if isinstance(title, dict) else title)
