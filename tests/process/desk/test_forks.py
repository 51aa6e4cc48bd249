"""Two files in which one conversation was judged apart are joined as two files of ratings are."""

from __future__ import annotations

import shutil
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.process.desk.judgement import EMPTY
from rubricwidgets.store.base import Event

if TYPE_CHECKING:
    from pathlib import Path

ITEMS = [{"id": "seed", "prompt": "Name a moon of Saturn, please.", "response": "Titan."}]
RUBRIC = rw.Rubric("r", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 5))])
CONVERSATION = str(uuid.UUID(int=1))
TURN = str(uuid.UUID(int=2))


def add(file: Path, kind: str, identity: str | None = None, **payload: Any) -> str:
    identity = identity or str(uuid.uuid4())
    study = rw.Study("pilot", store=file)
    event = Event(identity, "ana", CONVERSATION, kind, {"mode": "prompts", **payload}, datetime(2026, 5, 1, tzinfo=UTC))
    study.store.append_events(study.id, [event])
    study.close()
    return identity


def judge(file: Path, decision: str, at: int, base: str | None = None) -> str:
    return add(file, "judgement", **{**EMPTY, "leaf": TURN, "decision": decision, "at": at, "base": base})


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two copies of one file, in which a conversation has begun."""
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    home, work = tmp_path / "home" / "pilot.rubric.db", tmp_path / "work" / "pilot.rubric.db"
    rw.Study("pilot", items=ITEMS, rubric=RUBRIC, store=home).close()
    add(home, "turn", TURN, parent=None, content="What is 17 x 23?", at=1)
    shutil.copy(home, work)
    return [home, work]


def kept(study: rw.Study) -> list[bool]:
    found = study.conversations()["kept"].to_list()
    study.close()
    return found


def test_judgements_that_know_nothing_of_each_other_are_refused_with_the_ways_out(
    files: list[Path], tmp_path: Path
) -> None:
    home, work = files
    judge(home, "kept", at=2)
    judge(work, "discarded", at=3)
    for order in (files, files[::-1]):
        with pytest.raises(
            InputError, match=r"has judgements by 'ana' of conversations .*same_rater='latest'"
        ) as caught:
            rw.merge(order, into=tmp_path / "all.rubric.db")
        assert str(order[1]) in str(caught.value)
        assert CONVERSATION in str(caught.value)
    assert not (tmp_path / "all.rubric.db").exists()


@pytest.mark.parametrize("turned", [False, True])
def test_the_judgement_that_was_given_last_counts_in_whatever_order_the_files_come(
    files: list[Path], tmp_path: Path, turned: bool
) -> None:
    home, work = files
    first = judge(home, "discarded", at=2)
    judge(home, "kept", at=5, base=first)
    judge(work, "discarded", at=4)
    order = files[::-1] if turned else files
    joined = rw.merge(order, into=tmp_path / "all.rubric.db", same_rater="latest")
    assert len(joined.store.events(joined.id)) == 4
    joined.merge(work)
    joined.merge(home)
    assert kept(joined) == [True]


def test_a_judgement_that_revises_the_other_files_counts_without_a_word(files: list[Path], tmp_path: Path) -> None:
    home, work = files
    first = judge(home, "kept", at=2)
    shutil.copy(home, work)
    judge(work, "discarded", at=1, base=first)
    for number, order in enumerate((files, files[::-1])):
        assert kept(rw.merge(order, into=tmp_path / f"{number}.rubric.db")) == [False]
