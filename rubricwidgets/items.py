"""What is judged: prompts and the responses to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from rubricwidgets.errors import NEAR_MISS, ItemsError, RubricError, known_keywords, nearest, unknown_keyword
from rubricwidgets.item_content import (
    absent,
    as_list,
    canonical,
    check_text,
    identity,
    json_mapping,
    listed,
    refuse_near_misses,
    shown,
)
from rubricwidgets.scales.criteria import Criterion, read_criteria

ROLES = ("system", "user", "assistant", "tool")


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
        close = nearest(self.role, ROLES, cutoff=NEAR_MISS)
        if close is not None and self.role not in ROLES:
            msg = f"'role' takes {', '.join(map(repr, ROLES))} or a word of your own (got {self.role!r}; did you mean {close!r}?)"
            raise ItemsError(msg)
        check_text("content", self.content)


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
        check_text("text", self.text)
        object.__setattr__(self, "id", identity(self.id, ["response", self.text]))
        if self.model is not None:
            check_text("model", self.model)
        object.__setattr__(self, "metadata", json_mapping("metadata", self.metadata))

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
        answers = json_mapping("gold.answers", self.answers, unnamed=True)
        for key, values in answers.items():
            if not isinstance(values, Mapping):
                msg = (
                    f"'gold.answers' takes, by response, a mapping of dimensions to values (got {values!r} for {key!r})"
                )
                raise ItemsError(msg)
        explanations = json_mapping("gold.explanations", self.explanations, unnamed=True)
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
        One or more: :class:`Response` objects, records with ``text``, or plain texts; or a mapping of models to texts.
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
    criteria
        By which it is judged where the rubric says ``Checklist(from_item=True)``: a list as :class:`Checklist` takes it, or
        such a list by the name of the dimension that asks it.
    content_warning
        What the rater should know before they see it: prompt and responses stay hidden until they show them. Left out, the
        rubric's own warning stands there, where it has one.

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
    criteria: Mapping[str, Sequence[Any]] | Sequence[Any] | None = field(default=None, hash=False)
    content_warning: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "prompt", _prompt(self.prompt))
        object.__setattr__(self, "responses", _responses(self.responses))
        for name in ("context", "reference"):
            if getattr(self, name) is not None:
                check_text(name, getattr(self, name))
        content = [
            "item",
            [[message.role, message.content] for message in self.prompt],
            self.context,
            self.reference,
            [response.id for response in self.responses],
        ]
        object.__setattr__(self, "id", identity(self.id, content))
        object.__setattr__(self, "metadata", json_mapping("metadata", self.metadata))
        if isinstance(self.gold, Mapping):
            object.__setattr__(self, "gold", _record("gold", self.gold, Gold))
        elif self.gold is not None and not isinstance(self.gold, Gold):
            msg = f"'gold' takes a Gold or its record (got {type(self.gold).__name__})"
            raise ItemsError(msg)
        object.__setattr__(self, "criteria", _criteria(self.criteria))
        if self.content_warning is not None:
            check_text("content_warning", self.content_warning)
            if not self.content_warning.strip():
                msg = f"'content_warning' takes words for the rater, or None (got {self.content_warning!r})"
                raise ItemsError(msg)

    def criteria_of(self, dimension: str) -> tuple[Criterion, ...]:
        """Return the item's own criteria for a dimension, or those for the only checklist; none where it has none."""
        by_name = self.criteria if isinstance(self.criteria, Mapping) else {}
        return tuple(by_name.get(dimension) or by_name.get("") or ())

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
            **self._criteria_dict(),
            **({} if self.content_warning is None else {"content_warning": self.content_warning}),
        }

    def _criteria_dict(self) -> dict[str, Any]:
        # Left out where there are none, so that items that have none keep their hash.
        if not isinstance(self.criteria, Mapping):
            return {}
        lists = {name: [one.to_dict() for one in criteria] for name, criteria in self.criteria.items()}
        return {"criteria": lists[""] if [*lists] == [""] else lists}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Item:
        """Build an item from :meth:`to_dict`'s JSON."""
        return cls(**data)


def items_hash(items: Iterable[Item]) -> str:
    """Return 16 hex digits that change whenever any item or their order does."""
    digest = hashlib.blake2b(digest_size=8)
    for item in items:
        digest.update(canonical(item.to_dict()))
        digest.update(b"\n")
    return digest.hexdigest()


def _prompt(given: object) -> tuple[Message, ...]:
    if isinstance(given, str):
        check_text("prompt", given)
        if not given.strip():
            msg = f"'prompt' takes text that is not empty (got {given!r})"
            raise ItemsError(msg)
        return (Message("user", given),)
    given = as_list(given)
    if isinstance(given, Mapping) or not isinstance(given, Sequence) or not given:
        msg = f"'prompt' takes text or a list of messages (got {shown(given)})"
        raise ItemsError(msg)
    return tuple(_message(one, f"prompt[{place}]") for place, one in enumerate(given))


def _message(one: object, path: str) -> Message:
    if isinstance(one, Message):
        return one
    if not isinstance(one, Mapping):
        msg = f"'{path}' takes a record with 'role' and 'content' (got {shown(one)})"
        raise ItemsError(msg)
    return _record(path, {key: value for key, value in one.items() if not absent(value)}, Message)  # type: ignore[no-any-return]


def _responses(given: object) -> tuple[Response, ...]:
    if isinstance(given, str | Response):
        given = [given]
    given = _by_model(given) if isinstance(given, Mapping) else as_list(given)
    if not isinstance(given, Sequence) or not given:
        msg = f"'responses' takes one or more responses (got {shown(given)})"
        raise ItemsError(msg)
    responses: list[Response] = []
    taken: dict[str, Response] = {}
    for place, one in enumerate(given):
        response = _response(one, f"responses[{place}]")
        if response.id in taken and _is_derived(response) and response.model != taken[response.id].model:
            # Two models may well say the same.
            response = replace(response, id=identity("", ["response", response.text, response.model]))
        if response.id in taken:
            msg = (
                f"'responses[{place}].id' takes an id of its own (got {response.id!r} twice); "
                "responses of the same text need ids or models to tell them apart"
            )
            raise ItemsError(msg)
        taken[response.id] = response
        responses.append(response)
    return tuple(responses)


def _by_model(given: Mapping[Any, Any]) -> list[Any]:
    """Return responses from a mapping of models to what each said."""
    if "text" in given or any(
        isinstance(one, Response) or not isinstance(one, str | Mapping) for one in given.values()
    ):
        msg = f"'responses' takes a list of responses, or a mapping of models to texts (got {shown(given)})"
        raise ItemsError(msg)
    return [
        {"model": str(model), "text": one} if isinstance(one, str) else {"model": str(model), **one}
        for model, one in given.items()
    ]


def _is_derived(response: Response) -> bool:
    return response.id == identity("", ["response", response.text])


def _response(one: object, path: str) -> Response:
    if isinstance(one, Response):
        return one
    if isinstance(one, str):
        return Response(one)
    if not isinstance(one, Mapping):
        msg = f"'{path}' takes text or a record with 'text' (got {shown(one)})"
        raise ItemsError(msg)
    rest = {str(key): value for key, value in one.items() if not absent(value)}
    refuse_near_misses(path, rest, ("text", "id", "model", "metadata"))
    if "text" not in rest:
        got = "null" if "text" in one else f"a record with {listed(one)}"
        msg = f"'{path}' takes text, or a record with 'text' (got {got})"
        raise ItemsError(msg)
    known = {name: rest.pop(name) for name in ("text", "model") if name in rest}
    given_id = str(rest.pop("id", ""))
    metadata = {**json_mapping(f"{path}.metadata", rest.pop("metadata", {})), **rest}
    try:
        return Response(id=given_id, metadata=metadata, **known)
    except ItemsError as error:
        msg = f"{path}: {error}"
        raise ItemsError(msg) from None


def _criteria(given: object) -> dict[str, tuple[Criterion, ...]] | None:
    """Return an item's criteria by dimension, under ``""`` those for the only checklist; None where there are none."""
    given = as_list(given)
    if given is None:
        return None
    by_name = given if isinstance(given, Mapping) else {"": given}
    lists = {str(name): as_list(one) for name, one in by_name.items() if not absent(one)}
    try:
        found = {
            name: read_criteria(one, f"criteria[{name!r}]" if name else "criteria")
            for name, one in lists.items()
            if one not in ([], ())
        }
    except RubricError as error:
        raise ItemsError(str(error)) from None
    return found or None


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
