"""How a chart shows: drawn by the notebook where it can, as a picture everywhere else, and never from a server.

Altair's own renderers load Vega from a CDN, or emit a version that JupyterLab does not know yet. A chart from here
offers the notebook Vega-Lite 5, which JupyterLab and Notebook 7 draw with what they ship, tooltips included, and
beside it an SVG for exported HTML and for whatever else reads notebooks. No global renderer is touched.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import vl_convert

from rubricwidgets.charts.style import CONFIG

_VEGA_LITE_5 = "https://vega.github.io/schema/vega-lite/v5.json"


class _Shown:
    """Mixed into Altair's chart classes: the theme, the notebook's view, and composing that keeps both."""

    def to_dict(self, *args: Any, context: dict[str, Any] | None = None, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the specification; the theme goes in at the top only, so that charts can be parts of others."""
        top = (context or {}).get("top_level", True)
        spec: dict[str, Any] = super().to_dict(*args, context=context, **kwargs)  # type: ignore[misc]
        return {**spec, "config": _merged(CONFIG, spec.get("config", {}))} if top else spec

    # A chart is what this is mixed into; said as Any, as Altair's operators do.
    def __add__(self: Any, other: Any) -> Any:  # noqa: ANN401 - Altair's own types for what can be layered
        if isinstance(self, alt.LayerChart):
            return super().__add__(other)  # type: ignore[misc]
        return LayerChart(layer=[self, other])

    def __and__(self: Any, other: Any) -> Any:  # noqa: ANN401
        if isinstance(self, alt.VConcatChart):
            return super().__and__(other)  # type: ignore[misc]
        return _apart(VConcatChart(vconcat=[self, other]))

    def __or__(self: Any, other: Any) -> Any:  # noqa: ANN401
        if isinstance(self, alt.HConcatChart):
            return super().__or__(other)  # type: ignore[misc]
        return _apart(HConcatChart(hconcat=[self, other]))

    def _repr_mimebundle_(self, *_args: Any, **_kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - IPython's signature
        spec = self.to_dict()
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


class HConcatChart(_Shown, alt.HConcatChart):
    """Altair charts beside each other that show offline."""


def _apart(both: Any) -> Any:  # noqa: ANN401 - one of the two concatenations
    """Keep the scales of charts that stand beside each other their own: the same colour means different things in them."""
    return both.resolve_scale(color="independent", shape="independent", yOffset="independent")


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return two nested mappings as one; what a user configured lies over the theme."""
    both = dict(under)
    for key, value in over.items():
        known = both.get(key)
        both[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return both


def warm_up() -> None:
    """Do once what the first chart of a session pays for; the rating widget calls it in the background."""
    vl_convert.vegalite_to_svg(Chart({"values": [{"x": 1}]}).mark_point().encode(x="x:Q").to_dict())


def _title(spec: dict[str, Any]) -> str:
    title = spec.get("title", "chart")
    return str(title.get("text", "chart") if isinstance(title, dict) else title)
