"""What an author says of a conversation, and whether it may be kept so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.errors import Problem, RubricError
from rubricwidgets.scales.criteria import read_criteria
from rubricwidgets.scales.numbers import plain_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rubricwidgets.process.desk.desk import Desk
    from rubricwidgets.process.desk.strategies import Term
    from rubricwidgets.process.desk.talk import Talk

#: A judgement with nothing said; what each field takes is checked by :func:`problems`.
EMPTY: dict[str, Any] = {
    "base": None,  # the judgement that this one revises
    "decision": "kept",  # or "discarded"
    "leaf": None,  # the turn with which the judged branch ends
    "verdicts": {},  # by reply: {"failed": bool, "why": text}
    "capability": [],
    "difficulty": None,
    "reference": "",
    "criteria": [],  # {"id", "text", "points"}
    "goal": "",
    "strategy": [],
    "broke": None,  # the reply in which it broke
    "severity": None,
    "outcome": None,
    "rationale": "",
    "seconds": 0.0,
    "at": 0,
}

_TEXT = 100_000
_TAG = 60
_MANY = 50
_CRITERIA = 200


def problems(given: Mapping[str, Any], talk: Talk, desk: Desk) -> list[Problem]:
    """Return what is wrong or missing, in words; nothing where it may be kept.

    Parameters
    ----------
    given
        A judgement, from the page.
    talk
        The conversation.
    desk
        What is asked for.

    """
    found = list(_shape(given))
    if found:
        return found
    found = list(_words(given, talk, desk))
    if given["decision"] == "kept" and not found:
        found = list(
            _lacking_prompt(given, talk, desk) if desk.mode == "prompts" else _lacking_attack(given, talk, desk)
        )
    return found


def _problem(field: str, words: str) -> Problem:
    return Problem(field, None, words)


def _shape(given: Mapping[str, Any]) -> Iterator[Problem]:
    for name in EMPTY:
        if name not in given:
            yield _problem(name, f"{name!r} is missing")
        elif not _TAKES[name][0](given[name]):
            yield _problem(name, f"{name!r} takes {_TAKES[name][1]} (got {_short(given[name])})")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _TAG else f"{text[: _TAG - 1]}…"


def _is_number(value: object) -> bool:
    return plain_number(value) is not None


def _is_verdict(one: object) -> bool:
    return (
        isinstance(one, dict)
        and isinstance(one.get("failed"), bool)
        and isinstance(one.get("why"), str)
        and len(one["why"]) <= _TEXT
    )


def _is_criterion(one: object) -> bool:
    return (
        isinstance(one, dict)
        and set(one) == {"id", "text", "points"}
        and all(isinstance(one[name], str) and len(one[name]) <= _TEXT for name in ("id", "text"))
        and bool(one["id"])
        and _is_number(one["points"])
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _TEXT


def _is_name(value: object) -> bool:
    return value is None or isinstance(value, str)


def _are_tags(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= _MANY
        and all(isinstance(tag, str) and 0 < len(tag.strip()) <= _TAG for tag in value)
        and len(set(value)) == len(value)
    )


def _is_count(value: object) -> bool:
    return _is_number(value) and value >= 0  # type: ignore[operator]


_NAME = (_is_name, "a name, or nothing")
_WRITTEN = (_is_text, f"text of at most {_TEXT:,} characters")
_TAGS = (_are_tags, f"up to {_MANY} different tags of 1 to {_TAG} characters")
_COUNT = (_is_count, "a number from 0")

#: What each field takes, and that in words.
_TAKES: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("base", "leaf", "difficulty", "broke", "severity", "outcome"), _NAME),
    **dict.fromkeys(("reference", "goal", "rationale"), _WRITTEN),
    **dict.fromkeys(("capability", "strategy"), _TAGS),
    **dict.fromkeys(("seconds", "at"), _COUNT),
    "decision": (lambda value: value in ("kept", "discarded"), "kept or discarded"),
    "verdicts": (
        lambda value: isinstance(value, dict) and all(_is_verdict(one) for one in value.values()),
        "by answer, whether it failed, and why",
    ),
    "criteria": (
        lambda value: isinstance(value, list) and len(value) <= _CRITERIA and all(_is_criterion(one) for one in value),
        f"up to {_CRITERIA} records with an id, a text, and points, a number",
    ),
}


def _words(given: Mapping[str, Any], talk: Talk, desk: Desk) -> Iterator[Problem]:
    replies = {reply.id for turn in talk.turns.values() for reply in turn.replies}
    for name, value in (("broke", given["broke"]), *(("verdicts", one) for one in given["verdicts"])):
        if value is not None and value not in replies:
            yield _problem(name, f"{name!r} takes an answer of this conversation (got {value!r})")
    if given["leaf"] is not None and given["leaf"] not in talk.turns:
        yield _problem("leaf", f"'leaf' takes a turn of this conversation (got {given['leaf']!r})")
    known: tuple[tuple[str, tuple[Term, ...]], ...] = (
        ("difficulty", desk.difficulties),
        ("severity", desk.severities),
        ("outcome", desk.outcomes),
    )
    for name, allowed in known:
        names = [one.name for one in allowed]
        if given[name] is not None and given[name] not in names:
            yield _problem(name, f"{name!r} takes one of {', '.join(names)} (got {given[name]!r})")
    names = [one.name for one in desk.strategies]
    for tag in given["strategy"]:
        if tag not in names:
            yield _problem("strategy", f"'strategy' takes any of {', '.join(names)} (got {tag!r})")
    yield from _faults_of_criteria(given)


def _faults_of_criteria(given: Mapping[str, Any]) -> Iterator[Problem]:
    if not given["criteria"]:
        return
    if any(not one["text"].strip() for one in given["criteria"]):
        yield _problem("criteria", "a criterion has no words yet: write it or take it away")
        return
    try:
        # What is kept here becomes the items of a study: whatever that would refuse is refused now.
        read_criteria(given["criteria"])
    except RubricError as error:
        yield _problem("criteria", str(error))
    if not any(one["points"] > 0 for one in given["criteria"]):
        yield _problem("criteria", "no criterion earns points: give at least one more than 0")


def _lacking_prompt(given: Mapping[str, Any], talk: Talk, desk: Desk) -> Iterator[Problem]:
    replies = talk.answers(given["leaf"])
    if not replies:
        yield _problem("leaf", "try the prompt on the model first: it has no answer yet")
    several = len(replies) > 1
    least = max(1, desk.rationale.min_length)
    for reply in replies:
        whose = f" of model {reply.slot}" if several else ""
        verdict = given["verdicts"].get(reply.id)
        if verdict is None:
            if "verdicts" in desk.require:
                yield _problem("verdicts", f"say whether the answer{whose} failed")
        elif verdict["failed"] and desk.rationale.policy == "required" and len(verdict["why"].strip()) < least:
            yield _problem("verdicts", f"say why the answer{whose} failed, in at least {least} characters")
    for name, words in (
        ("capability", "tag the capability that it tests"),
        ("difficulty", "say how difficult it is"),
        ("reference", "write the reference answer"),
        ("criteria", "write at least one criterion"),
    ):
        given_ = given[name].strip() if isinstance(given[name], str) else given[name]
        if name in desk.require and not given_:
            yield _problem(name, words)


def _lacking_attack(given: Mapping[str, Any], talk: Talk, desk: Desk) -> Iterator[Problem]:
    on_branch = [reply for turn in talk.path(given["leaf"]) for reply in turn.replies]
    if not any(reply.usable for reply in on_branch):
        yield _problem("leaf", "there is no answer to judge yet")
    if given["broke"] is not None and given["broke"] not in [reply.id for reply in on_branch if reply.usable]:
        yield _problem("broke", "mark an answer of the branch that is judged, one that says something")
    for name, words in (
        ("goal", "say what the attack was to bring about"),
        ("strategy", "name at least one strategy"),
        ("outcome", "say what came of it"),
    ):
        given_ = given[name].strip() if isinstance(given[name], str) else given[name]
        if name in desk.require and not given_:
            yield _problem(name, words)
    if given["outcome"] == desk.held and (given["broke"] is not None or given["severity"] is not None):
        yield _problem(
            "outcome", f"the outcome is {desk.held!r}, but an answer is marked as broken or a severity is given"
        )
    if given["outcome"] not in (None, desk.held):
        if given["broke"] is None:
            yield _problem("broke", "mark the answer in which it broke")
        if given["severity"] is None:
            yield _problem("severity", "say how severe it is")
    least = max(1, desk.rationale.min_length)
    if desk.owes_rationale(given["outcome"]) and len(given["rationale"].strip()) < least:
        yield _problem("rationale", f"write the rationale, at least {least} characters")
