"""Published prompts go through the desk as conversations, and their twins are found."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rubricwidgets.process.desk.duplicates import Likeness
from rubricwidgets.process.desk.frames import conversations, prompts
from rubricwidgets.process.desk.judgement import problems
from tests.process.desk.test_judgement import Story

FILE = Path(os.environ.get("RUBRICWIDGETS_DATA", "../shared/data")) / "13_prompts_only" / "prompts.jsonl"


@pytest.fixture(scope="module")
def published() -> list[dict[str, Any]]:
    if not FILE.is_file():
        pytest.skip(f"no published prompts at {FILE}: set RUBRICWIDGETS_DATA")
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def test_the_two_turn_prompts_of_mt_bench_become_conversations_and_items(published: list[dict[str, Any]]) -> None:
    two_turn = [one for one in published if one["source"] == "mt_bench"]
    assert len(two_turn) == 80
    events = []
    for one in two_turn:
        story = Story()
        parent = None
        for place, words in enumerate(one["turns"], start=1):
            parent = story.turn(words, parent)
            story.reply(parent, f"answer {place}")
        story.judge(leaf=parent, capability=[one["category"]], rationale=one["prompt_id"])
        assert [problem.dimension for problem in problems_of(story)] == ["verdicts"]
        events += story.events
    frame = conversations(events, "mt_bench")
    assert frame.height == 80 * 4
    assert frame.filter(role="user")["position"].to_list() == [1, 2] * 80
    items = prompts(events)
    assert [len(item["prompt"]) for item in items] == [3] * 80
    assert [item["prompt"][0]["content"] for item in items] == [one["turns"][0] for one in two_turn]


def problems_of(story: Story) -> list[Any]:
    from rubricwidgets.process.desk.desk import Desk  # noqa: PLC0415

    assert story.talk.judgement is not None
    return problems(story.talk.judgement, story.talk, Desk())


def test_prompts_that_were_published_twice_are_found_and_others_are_not(published: list[dict[str, Any]]) -> None:
    known = Likeness()
    for one in published:
        known.add(one["prompt_id"], "\n".join(one["turns"]))
    alike = {
        one["prompt_id"]: [match.key for match in known.like("\n".join(one["turns"])) if match.key != one["prompt_id"]]
        for one in published
    }
    # Of 407 prompts few are near-duplicates of another: the threshold points out twins, not topics.
    assert sum(bool(matches) for matches in alike.values()) < len(published) * 0.1
    for one in published[:50]:
        changed = " ".join(one["turns"]).replace(".", " ,").upper()
        assert known.like(changed)[0].key == one["prompt_id"]
