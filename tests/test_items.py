"""Items from wherever they come, and what is said of those that cannot be judged."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import ItemsError, UnknownKeywordError
from rubricwidgets.items import items_hash

if TYPE_CHECKING:
    from pathlib import Path

FLAT = [
    {"id": "a", "prompt": "One?", "response": "1", "model": "m", "topic": "sums"},
    {"id": "b", "prompt": "Two? ünï 🙂", "response": "2\r\nlines", "model": "n", "topic": "words"},
]
EXPECTED = rw.read_items(FLAT)


def write(folder: Path, name: str) -> Path:
    file, frame = folder / name, pl.DataFrame(FLAT)
    match file.suffix:
        case ".jsonl":
            file.write_text(
                "\n".join(json.dumps(one, ensure_ascii=False) for one in FLAT) + "\n\n", encoding="utf-8-sig"
            )
        case ".json":
            file.write_text(json.dumps({"items": FLAT}), encoding="utf-8")
        case ".csv":
            frame.write_csv(file)
        case ".parquet":
            frame.write_parquet(file)
        case ".arrow":
            frame.write_ipc(file)
        case ".ipc":
            frame.write_ipc_stream(file)
    return file


@pytest.mark.parametrize("name", ["i.jsonl", "i.json", "i.csv", "i.parquet", "i.arrow", "i.ipc"])
def test_every_file_gives_the_same_items(tmp_path: Path, name: str) -> None:
    assert rw.read_items(write(tmp_path, name)) == EXPECTED
    assert rw.read_items(str(tmp_path / name)) == EXPECTED


def test_frames_and_records_give_the_same_items() -> None:
    assert rw.read_items(pl.DataFrame(FLAT)) == EXPECTED
    assert rw.read_items(pl.LazyFrame(FLAT)) == EXPECTED
    assert rw.read_items(pd.DataFrame(FLAT)) == EXPECTED
    assert rw.read_items(list(EXPECTED)) == EXPECTED
    assert EXPECTED[1].responses[0].text == "2\r\nlines"
    assert EXPECTED[0].responses[0].model == "m"
    assert EXPECTED[0].metadata == {"topic": "sums"}


def test_a_conversation_with_several_responses_is_read_and_survives_json() -> None:
    (item,) = rw.read_items(
        [
            {
                "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
                "responses": ["Hello", {"text": "Hey", "id": "x", "model": "m", "speed": 3}],
                "context": "c",
                "reference": "r",
                "gold": {"answers": {"x": {"tone": 5}, "": {"clear": True}}, "explanations": {"x": "why"}},
            }
        ]
    )
    assert [message.role for message in item.prompt] == ["system", "user"]
    assert item.responses[1].metadata == {"speed": 3}
    assert item.gold is not None
    assert item.gold.answers[None] == {"clear": True}
    assert rw.Item.from_dict(json.loads(json.dumps(item.to_dict()))) == item


def test_ids_follow_from_the_content_where_none_are_given() -> None:
    one, same, other = (rw.Item(prompt, responses=["x"]) for prompt in ("p", "p", "q"))
    assert one.id == same.id != other.id
    assert re.fullmatch("[0-9a-f]{12}", one.id)
    assert items_hash([one, other]) != items_hash([other, one])


def test_flat_records_are_grouped_by_prompt() -> None:
    flat = [{"prompt": "p", "response": text, "model": model, "kind": "k"} for text, model in (("a", "m"), ("b", "n"))]
    (record,) = rw.group_responses(flat)
    (item,) = rw.read_items([record])
    assert [(one.text, one.model) for one in item.responses] == [("a", "m"), ("b", "n")]
    assert item.metadata == {"kind": "k"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ([], "takes one or more items (got none)"),
        ({"prompt": "p"}, "put it in a list"),
        (3, "takes records, a frame or a file's path (got int)"),
        ([3], "item 1: an item takes a record"),
        ([{"response": "r"}], "item 1: 'prompt' is missing (the record has 'response')"),
        ([{"prompt": " ", "response": "r"}], "item 1: 'prompt' takes text that is not empty"),
        ([{"prompt": 7, "response": "r"}], "item 1: 'prompt' takes text or a list of messages (got int 7)"),
        ([{"prompt": "p"}], "item 1: 'response' is missing (the record has"),
        ([{"prompt": "p", "response": None}], "item 1: 'response' takes text (got null)"),
        ([{"prompt": "p", "response": float("nan")}], "item 1: 'response' takes text (got null)"),
        ([{"prompt": "p", "response": 3}], "item 1: 'response' takes text (got int 3)"),
        ([{"prompt": "p", "responses": []}], "'responses' takes one or more responses"),
        ([{"prompt": "p", "responses": ["a", "a"]}], "responses of the same text need ids"),
        ([{"prompt": "p", "responses": [{"id": "x"}]}], "'responses[0]' takes text, or a record with 'text' (got"),
        ([{"prompt": "p", "response": "r", "responses": ["s"]}], "takes 'response' or 'responses', not both"),
        ([{"prompt": [{"role": "user"}], "response": "r"}], "prompt[0] takes 'role', 'content'"),
        ([{"prompt": [{"rol": "user", "content": "x"}], "response": "r"}], "did you mean 'role'?"),
        ([FLAT[0], FLAT[0]], "item 2: 'id' takes each id once (got 'a', which item 1 has)"),
        ([{"prompt": "p", "response": "\ud83d"}], "half of a surrogate pair"),
        ([{"prompt": "p", "response": "r", "gold": {"answer": {}}}], "gold takes no 'answer'; did you mean 'answers'?"),
    ],
)
def test_what_cannot_be_judged_is_named_with_its_place(source: Any, words: str) -> None:
    with pytest.raises(ItemsError, match=re.escape(words)):
        rw.read_items(source)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("i.jsonl", b'{"prompt": "p", "response": "r"}\n{"prompt": "q", "resp', "line 2: no JSON"),
        ("i.jsonl", '{"prompt": "p"}\n{"prompt": "é"}'.encode("latin-1"), "line 2: byte"),
        ("i.json", b'[{"prompt": "p"}', "no JSON"),
        ("i.json", b'{"a": 1}', "takes a JSON list of records (got dict)"),
        ("i.csv", b"", "the file is empty"),
        ("i.parquet", b"PAR1 no", "no Parquet file, or a damaged one"),
        ("i.arrow", b"ARROW no", "no Arrow file, or a damaged one"),
        ("i.txt", b"x", "an items file ends in one of"),
        ("i.jsonl", b'{"prompt": "p", "response": 3}\n', "line 1: 'response' takes text"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ItemsError, match=re.escape(words)) as caught:
        rw.read_items(file)
    assert str(file) in str(caught.value)


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    file = tmp_path / "i.jsonl"
    file.write_text(json.dumps({"prompt": "p", "response": "a\u2028b\x85c"}, ensure_ascii=False), encoding="utf-8")
    assert rw.read_items(file)[0].responses[0].text == "a\u2028b\x85c"


def test_unknown_keywords_name_the_nearest() -> None:
    with pytest.raises(UnknownKeywordError, match="did you mean 'responses'"):
        rw.Item("p", response=["r"])  # type: ignore[call-arg]
    with pytest.raises(UnknownKeywordError, match="did you mean 'model'"):
        rw.Response("t", modle="m")  # type: ignore[call-arg]


def test_two_models_may_say_the_same() -> None:
    responses = [{"text": "Titan.", "model": "a"}, {"text": "Titan.", "model": "b"}]
    (item,) = rw.read_items([{"prompt": "A moon?", "responses": responses}])
    assert len({one.id for one in item.responses}) == 2
    with pytest.raises(ItemsError, match="need ids or models to tell them apart"):
        rw.read_items([{"prompt": "A moon?", "responses": ["Titan.", "Titan."]}])


def test_a_csv_cell_may_hold_several_responses_as_json(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text('prompt,responses\nA moon?,"[""Titan."", ""Io.""]"\n')
    assert [one.text for one in rw.read_items(file)[0].responses] == ["Titan.", "Io."]
    file.write_text('prompt,responses\nA moon?,"[""Titan."""\n')
    with pytest.raises(ItemsError, match=r"row 1: 'responses' begins as a JSON list"):
        rw.read_items(file)


def test_parquet_lists_that_pandas_gives_as_arrays_are_read() -> None:
    frame = pd.DataFrame({"prompt": ["A moon?"], "responses": [np.array(["Titan.", "Io."], dtype=object)]})
    assert len(rw.read_items(frame)[0].responses) == 2


def test_a_null_in_a_message_is_nothing() -> None:
    (item,) = rw.read_items([{"messages": [{"role": "user", "content": "Hi", "name": None}], "response": "Hello"}])
    assert item.prompt[0].content == "Hi"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('prompt,response\na,b\nc,"d\ne,f\n', "line 3: no CSV (a quote that is opened here is never closed)"),
        ("prompt,response\na,b\nc,d,e\n", "line 3: has 3 cells where the header has 2"),
        ('prompt,response\n"a\nb",c\nd\n', "line 4: has 1 cells where the header has 2"),
        ('prompt,response\n"a"b,c\n', "line 2: no CSV"),
    ],
)
def test_a_csv_file_that_is_none_names_the_line(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "items.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ItemsError, match=re.escape(f"{file}, {words}")):
        rw.read_items(file)


def test_a_long_text_with_quotes_and_line_breaks_is_one_cell(tmp_path: Path) -> None:
    text = 'He said "no", twice,\nand\u2028left. ' * 10_000
    pl.DataFrame({"prompt": ["a", "b"], "response": [text, "c"]}).write_csv(tmp_path / "items.csv")
    items = rw.read_items(tmp_path / "items.csv")
    assert [item.responses[0].text for item in items] == [text, "c"]


def test_responses_may_be_given_by_model() -> None:
    (item,) = rw.read_items([{"prompt": "Hi", "responses": {"aster": "Hello!", "birch": {"text": "Yo", "id": "y"}}}])
    assert [(one.model, one.text) for one in item.responses] == [("aster", "Hello!"), ("birch", "Yo")]
    assert item.responses[1].id == "y"
    assert rw.Item("Hi", {"aster": "Hello!"}).responses[0].model == "aster"
    for wrong in ({"text": "Hello!"}, {"aster": 3}, {}):
        with pytest.raises(ItemsError, match="'responses' takes"):
            rw.Item("Hi", wrong)  # type: ignore[arg-type]


def test_responses_are_grouped_by_one_field() -> None:
    with pytest.raises(ItemsError, match=r"'by' takes the name of one field.*got \['prompt'\]"):
        rw.group_responses([{"prompt": "a", "response": "b"}], by=["prompt"])  # type: ignore[arg-type]


def test_a_content_warning_is_read_kept_and_left_out_where_there_is_none() -> None:
    (warned, plain) = rw.read_items(
        [
            {"prompt": "a", "response": "b", "content_warning": "Describes an injury."},
            {"prompt": "c", "response": "d", "content_warning": None},
        ]
    )
    assert warned.content_warning == "Describes an injury."
    assert rw.Item.from_dict(warned.to_dict()) == warned
    assert "content_warning" not in plain.to_dict()
    with pytest.raises(ItemsError, match="'content_warning' takes words"):
        rw.Item("a", "b", content_warning="")
