"""Every message between the page and the kernel, in one place.

``js/src/protocol.ts`` is the other half: change both together. What comes from the page is untrusted
and checked field by field here; what goes to the page is built here and nowhere else, which is how a
test can show that no model's name and no item's own id is ever sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rubricwidgets.ratings import Answer, Rating, place_of
from rubricwidgets.widgets.fields import (
    MAX_TEXT,
    ProtocolError,
    count_in,
    flag_in,
    is_count,
    list_in,
    mapping_in,
    message_of,
    moment_in,
    seconds_in,
    size_in,
    text_in,
    uuid_in,
)
from rubricwidgets.widgets.messages import PREVIEW_LENGTH, VERSION, Chunk, chunk_in, preview_of, unknown_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rubricwidgets.items import Item
    from rubricwidgets.process.lineup import Lineup
    from rubricwidgets.ratings import StoredRating
    from rubricwidgets.rubric import Rubric

MAX_PREVIEWS = 500

#: Before the kind of a scale: the chunk that holds its control, where a page does not start with it.
SCALE_CHUNK = "scale:"


@dataclass(frozen=True, slots=True)
class Hello:
    """The page is there and asks where to go on.

    ``knows`` holds the kinds of scales whose controls it has; what the rubric needs beside them is sent unasked.
    None: the page asks for each by itself.
    """

    tab: str
    knows: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Get:
    """The page wants the item at a place of the rater's order."""

    index: int


@dataclass(frozen=True, slots=True)
class Submit:
    """A rating to be made durable. ``rating`` is still in the page's own keys."""

    id: str
    index: int | None
    rating: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Previews:
    """The item list wants the beginnings of some prompts."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class History:
    """The page wants every revision of the item at a place."""

    index: int


@dataclass(frozen=True, slots=True)
class Suggest:
    """The rater has judged parts of an answer, and the page asks what a program says of the same parts.

    It comes with their verdicts, since nobody is told before they have said it themselves.
    """

    index: int
    dimension: str
    response: str | None
    value: object


Incoming = Hello | Get | Submit | Previews | History | Chunk | Suggest


def parse(content: object) -> Incoming:  # noqa: PLR0911 - one for each kind of message
    """Read one message from the page.

    Raises
    ------
    ProtocolError
        If it is not a message of this version, naming what is wrong.

    """
    message = message_of(content, VERSION)
    match message.get("kind"):
        case "hello":
            knows = None if message.get("knows") is None else frozenset(map(str, list_in(message, "knows")))
            return Hello(tab=text_in(message, "tab"), knows=knows)
        case "get":
            return Get(index=count_in(message, "index"))
        case "submit":
            rating = mapping_in(message.get("rating"), "rating")
            place = rating.get("index")
            return Submit(id=uuid_in(rating), index=place if is_count(place) else None, rating=rating)
        case "previews":
            return Previews(start=count_in(message, "from"), count=min(count_in(message, "count"), MAX_PREVIEWS))
        case "history":
            return History(index=count_in(message, "index"))
        case "suggest":
            response = None if message.get("response") is None else text_in(message, "response")
            return Suggest(count_in(message, "index"), text_in(message, "dimension"), response, message.get("value"))
        case "chunk":
            return chunk_in(message, SCALE_CHUNK)
        case kind:
            raise unknown_kind(kind)


def read_rating(message: Submit, lineup: Lineup, rubric: Rubric) -> Rating:
    """Turn a submission into a :class:`Rating`: the page's opaque keys become ids, the rater is the widget's own.

    Raises
    ------
    ProtocolError
        If a field has the wrong type, or names an item or response that this study does not show.

    """
    raw = message.rating
    item = lineup.item_of(text_in(raw, "item"))
    if item is None:
        msg = "this item is not part of the study as it is open now: run the cell again to see the current items"
        raise ProtocolError(msg)
    status = raw.get("status")
    if status not in ("rated", "skipped"):
        msg = f"'status' takes rated or skipped (got {status!r})"
        raise ProtocolError(msg)
    return Rating(
        id=message.id,
        item=item.id,
        rater=lineup.rater,
        answers=tuple(_answer(answer, item, lineup, rubric) for answer in list_in(raw, "answers")),
        status=status,
        flagged=flag_in(raw, "flagged"),
        note=text_in(raw, "note"),
        reason=text_in(raw, "reason"),
        base=None if raw.get("base") is None else text_in(raw, "base"),
        order=_order(raw, item, lineup),
        position=lineup.index_of(item.id),
        seconds=seconds_in(raw),
        submitted_at=moment_in(raw),
        rubric=text_in(raw, "rubric"),
        tab=text_in(raw, "tab"),
        source="widget",
    )


def _order(raw: Mapping[str, Any], item: Item, lineup: Lineup) -> tuple[str, ...]:
    """Return in which order the responses stood; each of them once, since what is asked depends on it."""
    order = tuple(_response_id(key, item, lineup) for key in list_in(raw, "order"))
    if sorted(order) != sorted(response.id for response in lineup.responses(item)):
        msg = f"'order' takes each response of the item once (got {len(order)} of {len(lineup.responses(item))})"
        raise ProtocolError(msg)
    return order


def shown_item(item: Item, lineup: Lineup, rubric: Rubric, current: StoredRating | None) -> dict[str, Any]:
    """Return what the page may know of an item: texts in the rater's order under opaque keys."""
    reference = None if lineup.plan.reference == "hidden" else item.reference
    responses = lineup.responses(item)
    return {
        "index": lineup.index_of(item.id),
        "key": lineup.item_key(item.id),
        "prompt": [{"role": message.role, "content": message.content} for message in item.prompt],
        "context": item.context,
        "reference": reference,
        "responses": [
            {"key": lineup.response_key(item.id, response.id), "text": response.text} for response in responses
        ],
        "asks": _asks(item, lineup, rubric, [response.id for response in responses]),
        "content_warning": item.content_warning or rubric.content_warning,
        "rating": None if current is None else saved_rating(current, lineup, rubric),
    }


def _asks(item: Item, lineup: Lineup, rubric: Rubric, order: list[str]) -> dict[str, dict[str, Any]]:
    """Return, by dimension and response key, what scales must know of this item; only of those that must."""
    found: dict[str, dict[str, Any]] = {}
    for dimension in rubric.dimensions:
        for response in [None] if dimension.about == "item" else order:
            asks = dimension.scale.asks(place_of(item, response, order))
            if asks is not None:
                key = "" if response is None else lineup.response_key(item.id, response)
                found.setdefault(dimension.name, {})[key] = asks
    return found


def saved_rating(stored: StoredRating, lineup: Lineup, rubric: Rubric) -> dict[str, Any]:
    """Return a rating of the store as the page sees it."""
    rating = stored.rating

    def key_of(response: str) -> str:
        return lineup.response_key(rating.item, response)

    return {
        "id": rating.id,
        "revision": stored.revision,
        "stale": stored.stale,
        "status": rating.status,
        "answers": [
            {
                "dimension": answer.dimension,
                "response": None if answer.response is None else key_of(answer.response),
                "value": None if answer.value is None else rubric[answer.dimension].scale.to_page(answer.value, key_of),
                "not_applicable": answer.not_applicable,
                "rationale": answer.rationale,
            }
            for answer in rating.answers
        ],
        "flagged": rating.flagged,
        "note": rating.note,
        "reason": rating.reason,
        "seconds": rating.seconds,
        # A score from elsewhere may not tell its time; then the store's own stands for it.
        "submitted_at": int((rating.submitted_at or stored.received_at).timestamp() * 1000),
    }


def preview(item: Item, rubric: Rubric) -> str:
    """Return the beginning of what the item asks, on one line; its content warning where it has one."""
    warning = item.content_warning or rubric.content_warning
    if warning is not None:
        return f"Content warning: {' '.join(warning.split())}"[:PREVIEW_LENGTH]
    asked = next((message.content for message in reversed(item.prompt) if message.role == "user"), "")
    return preview_of(asked or item.prompt[-1].content)


def suggestions(message: Suggest, item: Item, lineup: Lineup, rubric: Rubric) -> Any:  # noqa: ANN401
    """Return what programs say of the parts of an answer that are judged; None where they say nothing.

    Raises
    ------
    ProtocolError
        If the answer is to nothing that is asked of this item.

    """
    if message.dimension not in rubric.names:
        msg = f"'dimension' takes one of the rubric's (got {message.dimension!r})"
        raise ProtocolError(msg)
    raw = {"dimension": message.dimension, "response": message.response, "value": message.value}
    answer = _answer({**raw, "not_applicable": False, "rationale": ""}, item, lineup, rubric)
    asked_of_item = rubric[message.dimension].about == "item"
    if asked_of_item != (answer.response is None):
        msg = f"{message.dimension!r} is asked of {'the item' if asked_of_item else 'each response'}"
        raise ProtocolError(msg)
    order = [response.id for response in lineup.responses(item)]
    return rubric[message.dimension].scale.suggestions(answer.value, place_of(item, answer.response, order))


def _answer(raw: object, item: Item, lineup: Lineup, rubric: Rubric) -> Answer:
    answer = mapping_in(raw, "answers")
    key = answer.get("response")
    value = answer.get("value")
    name = text_in(answer, "dimension")
    size_in(value, f"the value of {name!r}", 2 * MAX_TEXT)
    if name in rubric.names and value is not None:
        # What is no answer of the scale's stays as it is, and is refused by the check with the scale's own words.
        value = rubric[name].scale.from_page(value, lambda given: _response_id(given, item, lineup))
    return Answer(
        dimension=name,
        value=value,
        response=None if key is None else _response_id(key, item, lineup),
        not_applicable=flag_in(answer, "not_applicable"),
        rationale=text_in(answer, "rationale"),
    )


def _response_id(key: object, item: Item, lineup: Lineup) -> str:
    for response in item.responses:
        if lineup.response_key(item.id, response.id) == key:
            return response.id
    msg = f"'response' takes a key of one of this item's responses (got {key!r})"
    raise ProtocolError(msg)
