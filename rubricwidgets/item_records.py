"""From records, frames and files to items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rubricwidgets.errors import ItemsError, known_keywords
from rubricwidgets.item_content import absent, json_mapping, listed, refuse_near_misses, shown
from rubricwidgets.item_files import records
from rubricwidgets.items import Item, Response


@known_keywords
def read_items(source: object) -> tuple[Item, ...]:
    """Read items from records, a frame or a file.

    Parameters
    ----------
    source
        A list of :class:`Item` or of records; a Polars or pandas frame; or the path of a ``.jsonl``, ``.json``,
        ``.csv``, ``.parquet``, ``.arrow``, ``.feather`` or ``.ipc`` file. A record has ``prompt`` (text, or a list of
        ``{"role", "content"}``; also called ``messages``) and ``response`` (text) or ``responses`` (a list of texts or
        of records with ``text``, and perhaps ``id`` and ``model``; or a mapping of models to texts); perhaps ``id`` (also
        ``item`` or ``item_id``), ``model`` (of the single response), ``context``, ``reference``, ``gold``,
        ``content_warning`` and ``criteria`` (see :class:`Item`; in a table their JSON). Anything else is metadata.

    Returns
    -------
    tuple of Item
        In the order given.

    Raises
    ------
    ItemsError
        Naming the record or line, the field, the rule and the value.

    Examples
    --------
    >>> read_items([{"prompt": "Hi", "response": "Hello!", "model": "aster"}])[0].responses[0].model
    'aster'

    """
    items: list[Item] = []
    places: dict[str, str] = {}
    for place, record in records(source):
        try:
            item = record if isinstance(record, Item) else _from_record(record)
        except ItemsError as error:
            msg = f"{place}: {error}"
            raise ItemsError(msg) from None
        if item.id in places:
            msg = (
                f"{place}: 'id' takes each id once (got {item.id!r}, which {places[item.id]} has); several responses to one "
                "prompt go under 'responses', which group_responses(records, by='prompt') does for flat records"
            )
            raise ItemsError(msg)
        places[item.id] = place
        items.append(item)
    if not items:
        msg = "'items' takes one or more items (got none); a study of prompts to be written leaves 'items' out"
        raise ItemsError(msg)
    return tuple(items)


@known_keywords
def group_responses(source: object, by: str = "prompt") -> list[dict[str, Any]]:
    """Join flat records, one per response, into one record per item with ``responses``.

    Parameters
    ----------
    source
        What :func:`read_items` takes, with ``response`` and perhaps ``model`` and ``response_id`` in each record.
    by
        The field that is the same in all records of an item.

    Returns
    -------
    list of dict
        Records for :func:`read_items`, in the order of first appearance. Fields other than ``response``, ``model``
        and ``response_id`` are the first record's where all agree, and else go along with each response.

    Raises
    ------
    ItemsError
        If a record lacks ``by`` or ``response``.

    Examples
    --------
    >>> flat = [{"prompt": "Hi", "response": "Hello!", "model": "a"}, {"prompt": "Hi", "response": "Yo", "model": "b"}]
    >>> [len(record["responses"]) for record in group_responses(flat)]
    [2]

    """
    if not isinstance(by, str):
        msg = f"'by' takes the name of one field, such as 'prompt' or 'id' (got {by!r})"
        raise ItemsError(msg)
    groups: dict[str, list[dict[str, Any]]] = {}
    for place, record in records(source):
        if not isinstance(record, Mapping) or by not in record or "response" not in record:
            msg = f"{place}: a flat record takes {by!r} and 'response' (got {shown(record)})"
            raise ItemsError(msg)
        groups.setdefault(json.dumps(record[by], sort_keys=True, default=str), []).append(dict(record))
    return [_grouped(group) for group in groups.values()]


def _grouped(group: list[dict[str, Any]]) -> dict[str, Any]:
    own = ("response", "model", "response_id")
    shared = {key: value for key, value in group[0].items() if all(one.get(key) == value for one in group)}
    responses = []
    for one in group:
        response = {"text": one["response"], "model": one.get("model"), "id": one.get("response_id") or ""}
        response |= {key: value for key, value in one.items() if key not in own and key not in shared}
        responses.append(response)
    return {key: value for key, value in shared.items() if key not in own} | {"responses": responses}


_ID = ("id", "item_id", "item")
_PROMPT = ("prompt", "messages")


_FIELDS = (
    "response",
    "responses",
    "model",
    "context",
    "reference",
    "gold",
    "metadata",
    "criteria",
    "content_warning",
    "response_id",
)
# What other tools call the two that every record needs.
_PROMPT_WORDS = ("question", "instruction", "input", "query", "conversation", "task")
_RESPONSE_WORDS = ("answer", "output", "completion", "content", "text", "response_a", "generation", "reply")


def _lacks(name: str, record: Mapping[Any, Any], words: tuple[str, ...]) -> str:
    """Return the words for a record without a field that it needs, with the likely other name of it."""
    if name in record:
        return f"{name!r} takes text (got null): leave the item out, or give it a {name}"
    other = next((key for key in record if str(key).casefold() in words), None)
    rename = f"; if {other!r} is it, rename it to {name!r}" if other is not None else ""
    return f"{name!r} is missing (the record has {listed(record)}){rename}"


def _from_record(record: object) -> Item:
    if not isinstance(record, Mapping):
        msg = f"an item takes a record with 'prompt' and 'response' (got {shown(record)})"
        raise ItemsError(msg)
    rest = {str(key): value for key, value in record.items() if not absent(value)}
    refuse_near_misses("the record", rest, (*_PROMPT, *_FIELDS))
    prompt = _first(rest, _PROMPT)
    if prompt is None:
        raise ItemsError(_lacks("prompt", record, _PROMPT_WORDS))
    responses = rest.pop("responses", None)
    if responses is not None and "response" in rest:
        msg = "takes 'response' or 'responses', not both"
        raise ItemsError(msg)
    if responses is None:
        if "response" not in rest:
            raise ItemsError(_lacks("response", record, _RESPONSE_WORDS))
        text = rest.pop("response")
        responses = [text if isinstance(text, Mapping | Response) else _single(text, rest)]
    metadata = rest.pop("metadata", {})
    known = {
        name: rest.pop(name) for name in ("context", "reference", "gold", "criteria", "content_warning") if name in rest
    }
    if isinstance(known.get("criteria"), str):
        known["criteria"] = _from_text(known["criteria"])
    identity = _first(rest, _ID)
    return Item(
        prompt,
        responses,
        id="" if identity is None else str(identity),
        metadata={**json_mapping("metadata", metadata), **rest},
        **known,
    )


def _from_text(text: str) -> Any:  # noqa: ANN401
    """Return the criteria in a cell of a table: JSON."""
    try:
        return json.loads(text)
    except ValueError:
        msg = f"'criteria' takes a list of criteria, or its JSON (got {shown(text)}); what is no criteria needs another name"
        raise ItemsError(msg) from None


def _single(text: object, rest: dict[str, Any]) -> Response:
    model = rest.pop("model", None)
    identity = rest.pop("response_id", "")
    if not isinstance(text, str):
        msg = f"'response' takes text (got {shown(text)})"
        raise ItemsError(msg)
    return Response(text, model=None if model is None else str(model), id=str(identity))


def _first(rest: dict[str, Any], names: tuple[str, ...]) -> Any:  # noqa: ANN401
    found = None
    for name in names:
        if found is None and name in rest:
            found = rest.pop(name)
    return found
