"""Judgements of one conversation that were given apart, in two files, and know nothing of each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rubricwidgets.process.desk.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.store.base import Event


@dataclass(frozen=True, slots=True)
class Fork:
    """The judgement of a conversation that counts in one log, and another one that counts in another log."""

    ours: Event
    theirs: Event

    @property
    def theirs_is_later(self) -> bool:
        """Whether theirs was submitted last; the id decides between two of one moment, never the order of files."""
        return (self.ours.payload["at"], self.ours.id) < (self.theirs.payload["at"], self.theirs.id)


def forks(known: Sequence[Event], coming: Sequence[Event]) -> list[Fork]:
    """Return the judgements that compete where events of one log come to those of another.

    Parameters
    ----------
    known
        The log that the others come to.
    coming
        The other log, whole.

    """
    ours, theirs = _heads(known), _heads(coming)
    known_ids, coming_ids = {event.id for event in known}, {event.id for event in coming}
    return [
        Fork(ours[place], head)
        for place, head in theirs.items()
        if place in ours and head.id not in known_ids and ours[place].id not in coming_ids
    ]


def latest_counts(coming: Sequence[Event], found: Sequence[Fork]) -> list[Event]:
    """Return the coming events so that the judgement that was submitted last counts, whichever log comes first.

    A judgement counts that revises the one before it, so the later one is kept as a revision of the other.
    """
    based = {fork.theirs.id: fork.ours.id for fork in found if fork.theirs_is_later}
    return [
        replace(event, payload={**event.payload, "base": based[event.id]}) if event.id in based else event
        for event in coming
    ]


def _heads(events: Sequence[Event]) -> dict[tuple[str, str], Event]:
    """Return, by author and conversation, the judgement that counts."""
    found: dict[tuple[str, str], Talk] = {}
    by_id: dict[str, Event] = {}
    for event in events:
        if event.kind == "judgement":
            by_id[event.id] = event
            found.setdefault((event.rater, event.conversation), Talk(event.conversation, event.rater)).add(event)
    return {place: by_id[talk.judgement_id] for place, talk in found.items() if talk.judgement_id is not None}
