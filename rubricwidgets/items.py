"""What is judged: prompts and the responses to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from rubricwidgets.errors import ItemsError, known_keywords, unknown_keyword

_SHOWN = 60


@known_keywords
@dataclass(frozen=True)
class Message:
    """One turn of a conversation.

    Parameters
    ----------
    role
        Who speaks: ``"system"``, ``"user"``, ``"assistant"``, ``"tool"`` or any other word.
    content
        What is said, as text.

    """

    role: str
    content: str

    def __post_init__(self) -> None:
        if not isinstance(self.role, str) or not self.role.strip():
            msg = f"'role' takes a word such as 'user' or 'assistant' (got {self.role!r})"
            raise ItemsError(msg)
        _check_text("content", self.content)


@known_keywords
@dataclass(frozen=True)
class Response:
    """What a model answered.

    Parameters
    ----------
    text
        The answer, as text.
    id
        Unique in its item; derived from the text where left out. Raters never receive it.
    model
        Who wrote it. Raters never receive it.
    metadata
        Anything else, kept and never shown.

    """

    text: str
    id: str = ""
    model: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _check_text("text", self.text)
        object.__setattr__(self, "id", _identity(self.id, ["response", self.text]))
        if self.model is not None and not isinstance(self.model, str):
            msg = f"'model' takes text (got {self.model!r})"
            raise ItemsError(msg)
        object.__setattr__(self, "metadata", _json_mapping("metadata", self.metadata))

    def to_dict(self) -> dict[str, Any]:
        """Return the response as JSON."""
        return {"id": self.id, "text": self.text, "model": self.model, "metadata": dict(self.metadata)}


@known_keywords
@dataclass(frozen=True)
class Gold:
    """The right answers to an item, and why they are right. Raters never receive it.

    Parameters
    ----------
    answers
        By response id, the value on each dimension: ``{"r1": {"accuracy": 4}}``. The id None (in files: ``""``)
        holds the dimensions that are about the item.
    explanations
        By response id, why.

    """

    answers: Mapping[str | None, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    explanations: Mapping[str | None, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        answers = _json_mapping("gold.answers", self.answers, unnamed=True)
        for key, values in answers.items():
            if not isinstance(values, Mapping):
                msg = (
                    f"'gold.answers' takes, by response, a mapping of dimensions to values (got {values!r} for {key!r})"
                )
                raise ItemsError(msg)
        explanations = _json_mapping("gold.explanations", self.explanations, unnamed=True)
        for key, words in explanations.items():
            if not isinstance(words, str):
                msg = f"'gold.explanations' takes, by response, text (got {words!r} for {key!r})"
                raise ItemsError(msg)
        object.__setattr__(self, "answers", {key or None: dict(values) for key, values in answers.items()})
        object.__setattr__(self, "explanations", {key or None: words for key, words in explanations.items()})

    def to_dict(self) -> dict[str, Any]:
        """Return the gold as JSON, the item's own under ``""``."""
        return {
            "answers": {key or "": dict(values) for key, values in self.answers.items()},
            "explanations": {key or "": words for key, words in self.explanations.items()},
        }


@known_keywords
@dataclass(frozen=True)
class Item:
    """What is judged: a prompt and one or more responses.

    Parameters
    ----------
    prompt
        The prompt as text, or the conversation so far as :class:`Message` objects or ``{"role", "content"}`` records.
    responses
        One or more: :class:`Response` objects, records with ``text``, or plain texts.
    id
        Unique in its study; derived from the content where left out. Raters never receive it.
    context
        What the prompt is about (a document, say), shown with it.
    reference
        A right or ideal answer, shown as the plan says.
    gold
        A :class:`Gold`, or its record.
    metadata
        Anything else, kept and never shown.

    Raises
    ------
    ItemsError
        Naming the field, what it takes and what it got.

    Examples
    --------
    >>> item = Item("Name a moon of Saturn.", responses=["Titan.", Response("Io.", model="birch")])
    >>> item.prompt
    (Message(role='user', content='Name a moon of Saturn.'),)
    >>> len(item.id)
    12

    """

    prompt: tuple[Message, ...]
    responses: tuple[Response, ...]
    id: str = ""
    context: str | None = None
    reference: str | None = None
    gold: Gold | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prompt", _prompt(self.prompt))
        object.__setattr__(self, "responses", _responses(self.responses))
        for name in ("context", "reference"):
            if getattr(self, name) is not None:
                _check_text(name, getattr(self, name))
        content = [
            "item",
            [[message.role, message.content] for message in self.prompt],
            self.context,
            self.reference,
            [response.id for response in self.responses],
        ]
        object.__setattr__(self, "id", _identity(self.id, content))
        object.__setattr__(self, "metadata", _json_mapping("metadata", self.metadata))
        if isinstance(self.gold, Mapping):
            object.__setattr__(self, "gold", _record("gold", self.gold, Gold))
        elif self.gold is not None and not isinstance(self.gold, Gold):
            msg = f"'gold' takes a Gold or its record (got {type(self.gold).__name__})"
            raise ItemsError(msg)

    def response(self, response_id: str) -> Response | None:
        """Return the response of that id, or None."""
        return next((one for one in self.responses if one.id == response_id), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the item as JSON."""
        return {
            "id": self.id,
            "prompt": [{"role": message.role, "content": message.content} for message in self.prompt],
            "responses": [response.to_dict() for response in self.responses],
            "context": self.context,
            "reference": self.reference,
            "gold": None if self.gold is None else self.gold.to_dict(),
            "metadata": dict(self.metadata),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Item:
        """Build an item from :meth:`to_dict`'s JSON."""
        return cls(**data)


def read_items(source: object) -> tuple[Item, ...]:
    """Read items from records, a frame or a file.

    Parameters
    ----------
    source
        A list of :class:`Item` or of records; a Polars or pandas frame; or the path of a ``.jsonl``, ``.json``,
        ``.csv``, ``.parquet``, ``.arrow``, ``.feather`` or ``.ipc`` file. A record has ``prompt`` (text, or a list of
        ``{"role", "content"}``; also called ``messages``) and ``response`` (text) or ``responses`` (a list of texts or
        of records with ``text``, and perhaps ``id`` and ``model``); perhaps ``id`` (also ``item`` or ``item_id``),
        ``model`` (of the single response), ``context``, ``reference`` and ``gold``. Anything else is metadata.

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
    from rubricwidgets.item_files import records  # noqa: PLC0415 - files are read by a room of their own

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
        msg = "'items' takes one or more items (got none)"
        raise ItemsError(msg)
    return tuple(items)


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
    from rubricwidgets.item_files import records  # noqa: PLC0415

    groups: dict[str, list[dict[str, Any]]] = {}
    for place, record in records(source):
        if not isinstance(record, Mapping) or by not in record or "response" not in record:
            msg = f"{place}: a flat record takes {by!r} and 'response' (got {_shown(record)})"
            raise ItemsError(msg)
        groups.setdefault(json.dumps(record[by], sort_keys=True, default=str), []).append(dict(record))
    return [_grouped(group) for group in groups.values()]


def items_hash(items: Iterable[Item]) -> str:
    """Return 16 hex digits that change whenever any item or their order does."""
    digest = hashlib.blake2b(digest_size=8)
    for item in items:
        digest.update(_canonical(item.to_dict()))
        digest.update(b"\n")
    return digest.hexdigest()


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


def _from_record(record: object) -> Item:
    if not isinstance(record, Mapping):
        msg = f"an item takes a record with 'prompt' and 'response' (got {_shown(record)})"
        raise ItemsError(msg)
    rest = {str(key): value for key, value in record.items() if not _absent(value)}
    prompt = _first(rest, _PROMPT)
    if prompt is None:
        msg = f"'prompt' is missing (the record has {', '.join(map(repr, record)) or 'nothing'})"
        raise ItemsError(msg)
    responses = rest.pop("responses", None)
    if responses is not None and "response" in rest:
        msg = "takes 'response' or 'responses', not both"
        raise ItemsError(msg)
    if responses is None:
        if "response" not in rest:
            got = "null" if "response" in record else "nothing"
            msg = f"'response' takes text (got {got}); leave the item out, or give it a response"
            raise ItemsError(msg)
        text = rest.pop("response")
        responses = [text if isinstance(text, Mapping | Response) else _single(text, rest)]
    metadata = rest.pop("metadata", {})
    known = {name: rest.pop(name) for name in ("context", "reference", "gold") if name in rest}
    identity = _first(rest, _ID)
    return Item(
        prompt,
        responses,
        id="" if identity is None else str(identity),
        metadata={**_json_mapping("metadata", metadata), **rest},
        **known,
    )


def _single(text: object, rest: dict[str, Any]) -> Response:
    model = rest.pop("model", None)
    identity = rest.pop("response_id", "")
    if not isinstance(text, str):
        msg = f"'response' takes text (got {_shown(text)})"
        raise ItemsError(msg)
    return Response(text, model=None if model is None else str(model), id=str(identity))


def _first(rest: dict[str, Any], names: tuple[str, ...]) -> Any:  # noqa: ANN401
    found = None
    for name in names:
        if found is None and name in rest:
            found = rest.pop(name)
    return found


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN is pandas' missing


def _prompt(given: object) -> tuple[Message, ...]:
    if isinstance(given, str):
        _check_text("prompt", given)
        if not given.strip():
            msg = f"'prompt' takes text that is not empty (got {given!r})"
            raise ItemsError(msg)
        return (Message("user", given),)
    if isinstance(given, Mapping) or not isinstance(given, Sequence) or not given:
        msg = f"'prompt' takes text or a list of messages (got {_shown(given)})"
        raise ItemsError(msg)
    return tuple(_message(one, f"prompt[{place}]") for place, one in enumerate(given))


def _message(one: object, path: str) -> Message:
    if isinstance(one, Message):
        return one
    if not isinstance(one, Mapping):
        msg = f"'{path}' takes a record with 'role' and 'content' (got {_shown(one)})"
        raise ItemsError(msg)
    return _record(path, one, Message)  # type: ignore[no-any-return]


def _responses(given: object) -> tuple[Response, ...]:
    if isinstance(given, str | Response):
        given = [given]
    if isinstance(given, Mapping) or not isinstance(given, Sequence) or not given:
        msg = f"'responses' takes one or more responses (got {_shown(given)})"
        raise ItemsError(msg)
    responses = [_response(one, f"responses[{place}]") for place, one in enumerate(given)]
    taken: set[str] = set()
    for place, response in enumerate(responses):
        if response.id in taken:
            msg = (
                f"'responses[{place}].id' takes an id of its own (got {response.id!r} twice); "
                "responses of the same text need ids to tell them apart"
            )
            raise ItemsError(msg)
        taken.add(response.id)
    return tuple(responses)


def _response(one: object, path: str) -> Response:
    if isinstance(one, Response):
        return one
    if isinstance(one, str):
        return Response(one)
    if not isinstance(one, Mapping):
        msg = f"'{path}' takes text or a record with 'text' (got {_shown(one)})"
        raise ItemsError(msg)
    rest = {str(key): value for key, value in one.items() if not _absent(value)}
    if "text" not in rest:
        msg = f"'{path}.text' takes text (got {'null' if 'text' in one else 'nothing'})"
        raise ItemsError(msg)
    known = {name: rest.pop(name) for name in ("text", "model") if name in rest}
    identity = str(rest.pop("id", ""))
    metadata = {**_json_mapping(f"{path}.metadata", rest.pop("metadata", {})), **rest}
    try:
        return Response(id=identity, metadata=metadata, **known)
    except ItemsError as error:
        msg = f"{path}: {error}"
        raise ItemsError(msg) from None


def _record(path: str, data: Mapping[str, Any], cls: Any) -> Any:  # noqa: ANN401 - Message or Gold
    names = [one.name for one in fields(cls)]
    for key in data:
        if key not in names:
            raise ItemsError(unknown_keyword(path, str(key), names))
    try:
        return cls(**data)
    except ItemsError as error:
        msg = f"{path}: {error}"
        raise ItemsError(msg) from None
    except TypeError:
        msg = f"{path} takes {', '.join(map(repr, names))} (got {', '.join(map(repr, data)) or 'nothing'})"
        raise ItemsError(msg) from None


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        msg = f"'{name}' takes text (got {_shown(value)})"
        raise ItemsError(msg)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        msg = (
            f"'{name}' takes text that UTF-8 can hold (character {error.start} is the half of a surrogate pair, "
            f"{value[error.start]!r}); the source was cut or decoded wrongly"
        )
        raise ItemsError(msg) from None


def _identity(given: object, content: object) -> str:
    if given is None or given == "":
        return hashlib.blake2b(_canonical(content), digest_size=6).hexdigest()
    if not isinstance(given, str) or not given.strip():
        msg = f"'id' takes text (got {given!r})"
        raise ItemsError(msg)
    _check_text("id", given)
    return given


def _json_mapping(name: str, given: object, *, unnamed: bool = False) -> dict[Any, Any]:
    if not isinstance(given, Mapping):
        msg = f"'{name}' takes a mapping (got {_shown(given)})"
        raise ItemsError(msg)
    if not given:
        return {}
    keys = {("" if key is None and unnamed else str(key)): value for key, value in given.items()}
    try:
        plain: dict[Any, Any] = json.loads(json.dumps(keys, default=_plain, allow_nan=False))
        _canonical(plain)
    except (TypeError, ValueError) as error:
        msg = f"'{name}' takes what JSON can hold ({error})"
        raise ItemsError(msg) from None
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 - dates, arrays and scalars of other libraries
    if hasattr(value, "isoformat"):
        return value.isoformat()
    for method in ("to_dict", "to_list", "tolist"):
        if hasattr(value, method):
            return getattr(value, method)()
    return str(value)


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _shown(value: object) -> str:
    if value is None or _absent(value):
        return "null"
    text = f"{type(value).__name__} {value!r}"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
