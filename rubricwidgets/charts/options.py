"""Keywords that a chart hands on to its statistic, checked before anything is computed."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import UnknownKeywordError, unknown_keyword

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def check_options(chart: str, statistic: Callable[..., Any], options: Iterable[str], own: Iterable[str]) -> None:
    """Refuse a keyword that neither the chart nor the statistic behind it takes, with the nearest that one does.

    Parameters
    ----------
    chart
        Its name, for the error.
    statistic
        What the options go to.
    options, own
        Keywords that were given, and those of the chart itself.

    Raises
    ------
    UnknownKeywordError
        Naming the keyword and the nearest known one.

    """
    parameters = inspect.signature(statistic).parameters.values()
    handed_on = [one.name for one in parameters if one.kind is one.KEYWORD_ONLY]
    known = list(dict.fromkeys([*own, *handed_on]))
    for word in options:
        if word not in known:
            raise UnknownKeywordError(unknown_keyword(chart, word, known))
