"""Frames of scores from elsewhere, as Polars has them: missing is null, whoever wrote them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import polars.selectors as cs

from rubricwidgets.errors import InputError
from rubricwidgets.item_content import absent
from rubricwidgets.texts import unstorable, unstorable_in


def check_rater_name(rater_name: object, data: pl.DataFrame, column: str | None) -> None:
    """Refuse a rater's name that is none, or that a column says too."""
    if not isinstance(rater_name, str) or not rater_name.strip():
        msg = f"'rater_name' takes one rater's name, some text (got {rater_name!r})"
        raise InputError(msg)
    problem = unstorable(rater_name)
    if problem is not None:
        msg = f"'rater_name' takes text that can be stored: {problem}"
        raise InputError(msg)
    said = [] if column is None else data[column].drop_nulls().unique(maintain_order=True).to_list()
    if said:
        more = " and others" if len(said) > 1 else ""
        msg = (
            f"the frame's column {column!r} says who rated ({said[0]!r}{more}), and rater_name={rater_name!r} says it too: "
            f"give one, not both. Leave out rater_name, or drop the column: frame.drop({column!r})"
        )
        raise InputError(msg)


def as_polars(frame: object) -> pl.DataFrame:
    """Return a frame or records as a Polars frame whose missing values are null."""
    data = _read_frame(frame)
    # NaN is how pandas and records say "missing".
    return data.with_columns(cs.float().fill_nan(None))


def _read_frame(frame: object) -> pl.DataFrame:
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame
    if type(frame).__module__.partition(".")[0] == "pandas":
        # pandas says "missing" in several ways; here it is None before anything looks at it.
        plain = frame.astype(object).where(frame.notna(), None)  # type: ignore[attr-defined]
        return _made(lambda: pl.DataFrame(plain.to_dict("list"), strict=False), plain)
    if isinstance(frame, list) and all(isinstance(one, Mapping) for one in frame):
        plain = [{key: None if absent(value) else value for key, value in one.items()} for one in frame]
        return _made(lambda: pl.DataFrame(plain, strict=False, infer_schema_length=None), plain)
    msg = f"'frame' takes a Polars or pandas frame or a list of records (got {type(frame).__name__})"
    raise InputError(msg)


def _made(make: Callable[[], pl.DataFrame], given: Any) -> pl.DataFrame:  # noqa: ANN401 - pandas is not imported
    """Return what ``make`` makes, or say which text cannot be stored; looked for only then, since looking takes long."""
    try:
        return make()
    except UnicodeEncodeError:
        records = given if isinstance(given, list) else given.to_dict("records")
        for number, record in enumerate(records, start=1):
            found = unstorable_in(record)
            if found is not None:
                msg = f"row {number}: {found[0]!r} takes text that can be stored: {found[1]}"
                raise InputError(msg) from None
        raise
