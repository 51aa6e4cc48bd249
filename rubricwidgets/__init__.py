"""Human evaluation of AI systems in the notebook: rubrics, durable ratings, tidy frames and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rubricwidgets import errors
from rubricwidgets._version import __version__
from rubricwidgets.ask_when import AskWhen
from rubricwidgets.checks import register_check
from rubricwidgets.demo_study import demo
from rubricwidgets.dimension import Dimension
from rubricwidgets.errors import RubricWidgetsError
from rubricwidgets.item_records import group_responses, read_items
from rubricwidgets.items import Gold, Item, Message, Response
from rubricwidgets.merging import merge
from rubricwidgets.process.plan import Plan
from rubricwidgets.ratings import Answer, Rating
from rubricwidgets.rationale import Rationale
from rubricwidgets.rubric import Rubric
from rubricwidgets.scales.base import Scale
from rubricwidgets.scales.binary import Binary
from rubricwidgets.scales.checklist import Checklist
from rubricwidgets.scales.continuous import Continuous
from rubricwidgets.scales.criteria import Criterion
from rubricwidgets.scales.nominal import Nominal
from rubricwidgets.scales.ordinal import Ordinal
from rubricwidgets.scales.preference import Preference
from rubricwidgets.scales.ranking import Ranking
from rubricwidgets.scales.spans import Spans
from rubricwidgets.scales.text import Text
from rubricwidgets.study import Study

if TYPE_CHECKING:
    from rubricwidgets import charts, presets, stats
    from rubricwidgets.process.simulate import simulate

__all__ = [
    "Answer",
    "AskWhen",
    "Binary",
    "Checklist",
    "Continuous",
    "Criterion",
    "Dimension",
    "Gold",
    "Item",
    "Message",
    "Nominal",
    "Ordinal",
    "Plan",
    "Preference",
    "Ranking",
    "Rating",
    "Rationale",
    "Response",
    "Rubric",
    "RubricWidgetsError",
    "Scale",
    "Spans",
    "Study",
    "Text",
    "__version__",
    "charts",
    "demo",
    "errors",
    "group_responses",
    "merge",
    "presets",
    "read_items",
    "register_check",
    "simulate",
    "stats",
]

# Where each name that loads on first use comes from: module, and what in it (None: the module itself).
_LATER = {
    "charts": ("rubricwidgets.charts", None),
    "presets": ("rubricwidgets.presets", None),
    "simulate": ("rubricwidgets.process.simulate", "simulate"),
    "stats": ("rubricwidgets.stats", None),
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module  # noqa: PLC0415

    module, attribute = _LATER[name]
    value: object = import_module(module)
    if attribute is not None:
        value = getattr(value, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
