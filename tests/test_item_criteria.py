"""Items bring criteria of their own, from records, tables and files; items without any stay as they were."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import ItemsError
from rubricwidgets.items import Item, items_hash

CRITERIA = [
    {"id": "risk", "text": "Names the risk", "points": 5, "description": "bleeding"},
    {"id": "short", "text": "Is short", "check": "max_words", "limit": 50, "required": False},
    {"id": "dose", "text": "Changes the dose", "points": -8},
]
RECORD = {"id": "a", "prompt": "p", "response": "r", "criteria": CRITERIA}


def said(item: Item, name: str = "") -> list[tuple[Any, ...]]:
    return [
        (one.id, one.text, one.points, one.required, one.machine and one.machine.name) for one in item.criteria_of(name)
    ]


EXPECTED = [
    ("risk", "Names the risk", 5, True, None),
    ("short", "Is short", 1, False, "max_words"),
    ("dose", "Changes the dose", -8, True, None),
]


def test_items_without_criteria_have_the_hash_that_they_had() -> None:
    items = rw.read_items([{"id": "a", "prompt": "p", "response": "r"}])
    assert "criteria" not in items[0].to_dict()
    assert items_hash(items) == items_hash(rw.read_items([{"id": "a", "prompt": "p", "response": "r", "criteria": []}]))
    # Of the version before items could have criteria.
    assert items_hash(items) == "62eed390ca616781"


def test_criteria_change_the_hash_and_not_the_id() -> None:
    with_them, without = (
        rw.read_items([{**RECORD, "id": None}]),
        rw.read_items([{**RECORD, "id": None, "criteria": None}]),
    )
    assert with_them[0].id == without[0].id
    assert items_hash(with_them) != items_hash(without)


def test_an_item_comes_back_from_its_json() -> None:
    for criteria in (CRITERIA, {"facts": CRITERIA, "form": ["a"]}):
        item = Item("p", ["r"], criteria=criteria)
        assert Item.from_dict(json.loads(json.dumps(item.to_dict()))) == item


def test_criteria_are_read_from_every_kind_of_source(tmp_path: Path) -> None:
    line = json.dumps(RECORD)
    (tmp_path / "i.jsonl").write_text(line + "\n", encoding="utf-8")
    (tmp_path / "i.json").write_text(f"[{line}]", encoding="utf-8")
    cell = json.dumps(CRITERIA)
    pl.DataFrame([{**RECORD, "criteria": cell}]).write_csv(tmp_path / "i.csv")
    frame = pl.DataFrame([RECORD], infer_schema_length=None)
    frame.write_parquet(tmp_path / "i.parquet")
    frame.write_ipc(tmp_path / "i.arrow")
    sources = [tmp_path / f"i.{ending}" for ending in ("jsonl", "json", "csv", "parquet", "arrow")]
    for source in [*sources, frame, pd.DataFrame([RECORD]), pd.read_parquet(sources[3]), [RECORD]]:
        (item,) = rw.read_items(source)
        assert said(item) == EXPECTED
        assert not item.metadata


def test_lists_by_name_are_read_too_and_nulls_are_none() -> None:
    frame = pl.DataFrame(
        [{**RECORD, "criteria": {"facts": ["a"], "form": None}}, {"id": "b", "prompt": "p", "response": "r"}]
    )
    one, other = rw.read_items(frame)
    assert (said(one, "facts"), said(one, "form"), other.criteria) == ([("c1", "a", 1, True, None)], [], None)


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        (
            "be nice",
            "item 1: 'criteria' takes a list of criteria, or its JSON (got str 'be nice'); what is no criteria needs another name",
        ),
        (3, "item 1: 'criteria' takes a list of one or more criteria (got 3)"),
        (["a", "a"], "item 1: criteria[1] takes a text of its own (got 'a', which criteria[0] has)"),
        (
            {"facts": [{"text": "a", "point": 3}]},
            "item 1: criteria['facts'][0]: a criterion takes no 'point'; did you mean 'points'?",
        ),
        (
            [{"text": "a", "check": "max_wrods", "limit": 3}],
            "item 1: criteria[0]: there is no check 'max_wrods'; did you mean",
        ),
    ],
)
def test_criteria_that_are_none_are_refused_with_their_place(criteria: Any, words: str) -> None:
    with pytest.raises(ItemsError, match=re.escape(words)):
        rw.read_items([{**RECORD, "criteria": criteria}])


def test_a_mistyped_field_is_no_metadata() -> None:
    with pytest.raises(ItemsError, match="did you mean 'criteria'"):
        rw.read_items([{"prompt": "p", "response": "r", "criterias": ["a"]}])


def test_flat_records_share_their_criteria() -> None:
    flat = [{"prompt": "p", "response": text, "criteria": CRITERIA} for text in "ab"]
    (item,) = rw.read_items(rw.group_responses(flat))
    assert len(item.responses) == 2
    assert said(item) == EXPECTED


def test_a_stored_study_keeps_its_criteria(tmp_path: Path) -> None:
    from rubricwidgets.scales.checklist import Checklist  # noqa: PLC0415

    rubric = rw.Rubric("t", dimensions=[rw.Dimension("expert", "?", Checklist(from_item=True))])
    rw.Study("s", items=[RECORD], rubric=rubric, store=tmp_path / "s.db").close()
    again = rw.Study("s", store=tmp_path / "s.db")
    assert said(again.items[0], "expert") == EXPECTED
    changed = [{**RECORD, "criteria": [*CRITERIA, "One more"]}]
    with pytest.raises(rw.errors.StudyChangedError, match="criteria"):
        rw.Study("s", items=changed, store=tmp_path / "s.db")
