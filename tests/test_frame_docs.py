"""What a frame's columns mean is told where the frame is asked for."""

from __future__ import annotations

import inspect
import re

import pytest

import rubricwidgets as rw
from rubricwidgets.frames import DETAILS, PROGRESS_SCHEMA, RATINGS_SCHEMA, SCORES_SCHEMA
from rubricwidgets.item_frames import GOLD_SCHEMA
from rubricwidgets.process.desk.frames import CONVERSATIONS_SCHEMA

SHARED = inspect.getdoc(rw.Study.comparisons) or ""
ALONE = {
    "conversations": CONVERSATIONS_SCHEMA,
    "scores": SCORES_SCHEMA,
    "ratings": RATINGS_SCHEMA,
    "progress": PROGRESS_SCHEMA,
    "gold": GOLD_SCHEMA,
}
FRAMES = {**DETAILS, **ALONE}


@pytest.mark.parametrize("name", FRAMES)
def test_every_column_is_explained_by_the_method_that_returns_it(name: str) -> None:
    words = inspect.getdoc(getattr(rw.Study, name)) or ""
    if name not in ALONE:
        assert name == "comparisons" or ":meth:`comparisons`" in words
        words += SHARED
    told = set(re.findall(r"``(\w+)``", words))
    assert set(FRAMES[name]) - told == set()


def test_no_method_sends_its_reader_to_what_is_not_public() -> None:
    for name, method in inspect.getmembers(rw.Study, inspect.isfunction):
        if not name.startswith("_"):
            words = inspect.getdoc(method) or ""
            assert not re.search(r"_SCHEMA|DETAILS|rubricwidgets\.(\w+_input|process)\b", words), name
