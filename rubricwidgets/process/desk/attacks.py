"""From attacks that were submitted to items: what others judge next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.process.desk.talk import kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rubricwidgets.process.desk.talk import Reply, Talk
    from rubricwidgets.store.base import Event


def attacks(events: Iterable[Event], rater: str | None = None) -> list[dict[str, Any]]:
    """Return submitted attacks as records that a new study takes as its items.

    Parameters
    ----------
    events
        What :meth:`Store.events` returns.
    rater
        Whose; None for everybody's.

    Returns
    -------
    list of dict
        ``id``, ``prompt`` (the messages of the judged branch up to the last answer), ``responses`` (that answer, with
        ``model``, and whether it is the one that ``broke``), and what the attacker said: ``goal``, ``strategy``, ``outcome``,
        ``severity``, ``author`` and ``note``. Where several models were talked to for more than one turn, each has a history
        of its own, and so an item of its own; the outcome is that of the attack as a whole.

    """
    found: list[dict[str, Any]] = []
    for talk, said in kept(events, "red_team", rater):
        shared = {
            **{name: said[name] for name in ("goal", "strategy", "outcome", "severity")},
            "author": talk.rater,
            "note": said["rationale"],
        }
        found += [
            {
                "id": identity,
                "prompt": messages,
                "responses": [
                    {"id": one.id, "text": one.content, "model": one.model, "broke": one.id == said["broke"]}
                    for one in replies
                ],
                **shared,
            }
            for identity, messages, replies in histories(talk, _last_answers(talk, said))
        ]
    return found


def histories(talk: Talk, replies: Iterable[Reply]) -> Iterator[tuple[str, list[dict[str, str]], list[Reply]]]:
    """Yield answers that answer the same messages together: the id of their item, the messages, and the answers.

    Parameters
    ----------
    talk
        The conversation.
    replies
        Answers of it, one of each model.

    """
    groups: dict[str, tuple[list[dict[str, str]], list[Reply]]] = {}
    for reply in replies:
        messages = talk.messages(reply.turn, reply.model)
        key = "\0".join(f"{one['role']}\0{one['content']}" for one in messages)
        groups.setdefault(key, (messages, []))[1].append(reply)
    for number, (messages, found) in enumerate(groups.values(), start=1):
        yield talk.id if len(groups) == 1 else f"{talk.id}-{number}", messages, found


def _last_answers(talk: Talk, said: dict[str, Any]) -> list[Reply]:
    """Return, of each model, its last answer on the judged branch; an answer that broke and was asked for again is last."""
    path = talk.path(said["leaf"])
    # A model whose last turn failed has its last answer before that.
    found = {reply.model: reply for turn in path[:-1] for reply in turn.current().values() if reply.usable}
    found |= {reply.model: reply for reply in talk.judged}
    for turn in path:
        for reply in turn.replies:
            # What came after it goes on from another attempt: nobody who reads that would find where it broke.
            if reply.id == said["broke"] and reply.usable and turn.current().get(reply.model) is not reply:
                found[reply.model] = reply
    return list(found.values())
