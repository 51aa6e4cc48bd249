"""From events to a tidy frame and to items: what came of the author's desk."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.frames import MOMENT, schema_of
from rubricwidgets.process.desk.attacks import histories
from rubricwidgets.process.desk.talk import kept, talks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rubricwidgets.process.desk.talk import Reply, Talk, Turn
    from rubricwidgets.store.base import Event

#: One row per turn: the author's, and each answer to it, every attempt. What was judged of the whole conversation stands
#: in every row of the branch that was judged, and is null before.
CONVERSATIONS_SCHEMA = schema_of(
    {
        "study": pl.String,
        "conversation": pl.String,
        "mode": pl.String,  # prompts or red_team
        "rater": pl.String,
        "branch": pl.Int32,  # from 1; a turn that was edited begins another
        "position": pl.Int32,  # of the author's turn on its branch, from 1
        "turn": pl.String,
        "parent": pl.String,  # the author's turn that came before; of an answer, the turn that it answers
        "role": pl.String,  # user or assistant
        "content": pl.String,
        "model": pl.String,
        "slot": pl.String,  # the letter that the author saw
        "attempt": pl.Int32,  # from 1; the last usable one counts
        "seconds": pl.Float64,  # that the answer took
        "status": pl.String,  # ok, stopped, error, timeout
        "error": pl.String,
        "judged": pl.Boolean,  # on the branch that the judgement is of
        "failed": pl.Boolean,
        "why": pl.String,
        "broke": pl.Boolean,  # the answer in which the model broke; null where nothing is judged
        "severity": pl.String,
        "outcome": pl.String,
        "strategy": pl.List(pl.String),
        "goal": pl.String,
        "rationale": pl.String,
        "kept": pl.Boolean,
        "tags": pl.List(pl.String),
        "difficulty": pl.String,
        "sent_at": MOMENT,
        "submitted_at": MOMENT,  # the judgement
    }
)


def conversations(events: Iterable[Event], study: str) -> pl.DataFrame:
    """Return one row per turn: columns of :data:`CONVERSATIONS_SCHEMA`.

    Parameters
    ----------
    events
        What :meth:`Store.events` returns.
    study
        The study's name.

    Returns
    -------
    polars.DataFrame
        Conversations in the order in which they began, turns in the order in which they were taken, each with its answers.

    """
    rows = [row for talk in talks(events).values() for row in _rows(talk, study)]
    return pl.DataFrame(
        [{name: row.get(name) for name in CONVERSATIONS_SCHEMA} for row in rows],
        schema=CONVERSATIONS_SCHEMA,
        orient="row",
    )


def _rows(talk: Talk, study: str) -> Iterator[dict[str, Any]]:
    said = talk.judgement
    path = {turn.id for turn in talk.path(said["leaf"])} if said else set()
    whole = {"study": study, "conversation": talk.id, "mode": talk.mode, "rater": talk.rater}
    for turn in talk.turns.values():
        place: dict[str, Any] = {
            **whole,
            "branch": turn.branch,
            "position": turn.position,
            "judged": turn.id in path if said else None,
        }
        if said is not None and turn.id in path:
            place |= {
                "severity": said["severity"],
                "outcome": said["outcome"],
                "strategy": said["strategy"],
                "goal": said["goal"] or None,
                "rationale": said["rationale"] or None,
                "kept": said["decision"] == "kept",
                "tags": said["capability"],
                "difficulty": said["difficulty"],
                "submitted_at": _moment(said["at"]),
            }
        yield {
            **place,
            "turn": turn.id,
            "parent": turn.parent,
            "role": "user",
            "content": turn.content,
            "broke": False if turn.id in path else None,
            "sent_at": _moment(turn.at),
        }
        for reply in turn.replies:
            yield {**place, **_answer(reply, turn, said if turn.id in path else None)}


def _answer(reply: Reply, turn: Turn, said: dict[str, Any] | None) -> dict[str, Any]:
    verdict = None if said is None else said["verdicts"].get(reply.id)
    return {
        "turn": reply.id,
        "parent": turn.id,
        "role": "assistant",
        "content": reply.content,
        "model": reply.model,
        "slot": reply.slot,
        "attempt": reply.attempt,
        "seconds": reply.seconds,
        "status": reply.status,
        "error": reply.error or None,
        "failed": None if verdict is None else verdict["failed"],
        "why": None if verdict is None else verdict["why"] or None,
        "broke": None if said is None else said["broke"] == reply.id,
        "sent_at": _moment(reply.at),
    }


def prompts(events: Iterable[Event], rater: str | None = None) -> list[dict[str, Any]]:
    """Return kept prompts as records that a new study takes as its items.

    Parameters
    ----------
    events
        What :meth:`Store.events` returns.
    rater
        Whose; None for everybody's.

    Returns
    -------
    list of dict
        ``id``, ``prompt`` (messages), ``responses`` (with ``model``, and whether it ``failed`` and ``why``), ``reference``,
        ``criteria`` (as a checklist takes them), ``capability``, ``difficulty``, ``author`` and ``note``. Where several
        models were talked to for more than one turn, each has a history of its own, and so an item of its own.

    """
    found: list[dict[str, Any]] = []
    for talk, said in kept(events, "prompts", rater):
        for identity, messages, replies in histories(talk, talk.judged):
            found.append(
                {
                    "id": identity,
                    "prompt": messages,
                    "responses": [_response(reply, said["verdicts"].get(reply.id)) for reply in replies],
                    **({"reference": said["reference"]} if said["reference"].strip() else {}),
                    **({"criteria": said["criteria"]} if said["criteria"] else {}),
                    "capability": said["capability"],
                    "difficulty": said["difficulty"],
                    "author": talk.rater,
                    "note": said["rationale"],
                }
            )
    return found


def _response(reply: Reply, verdict: dict[str, Any] | None) -> dict[str, Any]:
    said = {} if verdict is None else {"failed": verdict["failed"], "why": verdict["why"]}
    return {"id": reply.id, "text": reply.content, "model": reply.model, **said}


def _moment(milliseconds: float) -> datetime | None:
    """Return a moment; None for one that no calendar has, which a page of an earlier version could have sent."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    except (OverflowError, OSError, ValueError):
        return None
