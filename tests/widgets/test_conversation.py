"""The author's desk, kernel side: every turn is kept before it is answered, and whatever a model does, the transcript stays."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from rubricwidgets.errors import InputError, StoreFullError
from rubricwidgets.process.desk.frames import CONVERSATIONS_SCHEMA, conversations, prompts
from rubricwidgets.widgets.conversation import ConversationWidget
from tests.widgets.desk import DeskPage, Messages, answers, drips, fresh, says, streams, study, wait

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path


@pytest.fixture
def opened() -> Iterator[Callable[..., DeskPage]]:
    pages: list[DeskPage] = []

    def make(*args: Any, **settings: Any) -> DeskPage:
        pages.append(DeskPage(*args, **settings))
        return pages[-1]

    yield make
    for page in pages:
        page.close()


def verdict(reply: dict[str, Any]) -> dict[str, Any]:
    return {reply["id"]: {"failed": False, "why": ""}}


@pytest.mark.parametrize("model", [says, streams, answers, drips, lambda messages: answers(messages)])
def test_a_model_of_any_kind_answers_and_both_turns_are_kept(opened: Callable[..., DeskPage], model: Any) -> None:
    page = opened(model)
    conversation = fresh()
    turn, reply = page.say("hello", conversation)
    assert reply["status"] == "ok"
    assert reply["content"].startswith("You said hello")
    pieces = [one for one in page.of("piece") if one["reply"] == reply["id"]]
    assert "".join(one["text"] for one in pieces) == reply["content"]
    kinds = [event.kind for event in page.study.store.events(page.study.id)]
    assert kinds == ["turn", "reply"]
    order = [one["kind"] for one in page.got]
    assert order.index("ack") < order.index("begun") < order.index("piece") < order.index("done")
    assert page.of("ack")[0]["id"] == turn


def test_a_turn_is_in_the_store_before_the_model_is_called(opened: Callable[..., DeskPage]) -> None:
    seen: list[int] = []

    def model(messages: Messages) -> str:
        seen.append(len(page.study.store.events(page.study.id)))
        return says(messages)

    page = opened(model)
    page.say("one", fresh())
    assert seen == [1]


def test_a_model_gets_its_own_history_and_a_copy_that_it_may_spoil(opened: Callable[..., DeskPage]) -> None:
    got: list[Messages] = []

    def model(messages: Messages) -> str:
        got.append([dict(one) for one in messages])
        messages.clear()
        return f"answer {len(got)}"

    page = opened(model)
    conversation = fresh()
    first, _ = page.say("one", conversation)
    page.say("two", conversation, first)
    assert got[1] == [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "answer 1"},
        {"role": "user", "content": "two"},
    ]


def raises(messages: Messages) -> str:
    msg = f"rate limit of {len(messages)}"
    raise ValueError(msg)


def breaks_off(messages: Messages) -> Iterator[str]:
    yield "half an ans"
    raises(messages)


async def breaks_off_later(messages: Messages) -> AsyncIterator[str]:
    yield "half an ans"
    raises(messages)


def exits(_messages: Messages) -> str:
    raise SystemExit(3)


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def speechless(_messages: Messages) -> str:
    raise SpeechlessError


@pytest.mark.parametrize(
    ("model", "words", "kept"),
    [
        (raises, "ValueError: rate limit of 1", ""),
        (breaks_off, "ValueError: rate limit of 1", "half an ans"),
        (breaks_off_later, "ValueError: rate limit of 1", "half an ans"),
        (exits, "SystemExit: 3", ""),
        (lambda _m: None, "the model gave nothing (None)", ""),
        (lambda _m: "  ", "the model gave an empty text", "  "),
        (lambda _m: iter(()), "the model gave an empty text", ""),
        (lambda _m: " \u200b\u2060\n", "the model gave an empty text", " \u200b\u2060\n"),
        (speechless, "SpeechlessError (what it says cannot be read)", ""),
        (lambda _m: 42, "the model gave int, which is no text", ""),
        (lambda _m: {"role": "assistant"}, "the model gave dict, which is no text", ""),
        (lambda _m: b"bytes", "the model gave bytes, which is no text", ""),
        (lambda _m: ["a", 3], "the model gave int, which is no text", "a"),
        (lambda _m: "x" * 2_000_000, "longer than 200,000 characters", "x" * 200_000),
        (lambda _m: iter("x" * 70_000 for _ in range(10_000)), "longer than 200,000 characters", "x" * 200_000),
    ],
)
def test_whatever_a_model_does_is_said_in_words_and_what_came_is_kept(
    opened: Callable[..., DeskPage], model: Any, words: str, kept: str
) -> None:
    page = opened(model)
    turn, reply = page.say("go", fresh())
    assert reply["status"] == "error"
    assert words in reply["error"]
    assert reply["content"] == kept
    (row,) = conversations(page.study.store.events(page.study.id), "s").filter(role="assistant").rows(named=True)
    assert (row["status"], row["parent"]) == ("error", turn)
    assert words in row["error"]


def test_pieces_that_hold_nothing_are_passed_over(opened: Callable[..., DeskPage]) -> None:
    page = opened(lambda _m: iter([None, "a", None, "b"]))
    assert page.say("go", fresh())[1]["content"] == "ab"


def test_half_a_character_is_shown_as_the_sign_for_it(opened: Callable[..., DeskPage]) -> None:
    page = opened(lambda _m: "cut \ud83d off")
    assert page.say("go", fresh())[1]["content"] == "cut \ufffd off"


def hangs(release: threading.Event) -> Callable[[Messages], str]:
    def model(messages: Messages) -> str:
        release.wait(20)
        return says(messages)

    return model


def test_a_model_that_takes_too_long_is_let_go_and_its_late_answer_dropped(opened: Callable[..., DeskPage]) -> None:
    release = threading.Event()
    page = opened(hangs(release), timeout=0.2)
    turn, reply = page.say("go", fresh())
    assert (reply["status"], reply["error"]) == ("timeout", "no whole answer within 0.2 s")
    release.set()
    wait(lambda: page.widget._runner._idle, "the late answer came")  # noqa: SLF001
    assert len(page.done(turn)) == 1
    assert len(page.study.store.events(page.study.id)) == 2


def test_a_coroutine_that_never_ends_is_cancelled(opened: Callable[..., DeskPage]) -> None:
    ended: list[str] = []

    async def model(_messages: Messages) -> AsyncIterator[str]:
        try:
            yield "begun"
            await asyncio.sleep(60)
        finally:
            ended.append("cancelled")

    page = opened(model, timeout=0.3)
    reply = page.say("go", fresh())[1]
    assert (reply["status"], reply["content"]) == ("timeout", "begun")
    wait(lambda: ended, "the coroutine was cancelled")


def test_an_answer_is_stopped_at_once_and_what_came_is_kept(opened: Callable[..., DeskPage]) -> None:
    closed = threading.Event()

    def model(_messages: Messages) -> Iterator[str]:
        try:
            while True:
                yield "word "
                time.sleep(0.01)
        finally:
            closed.set()

    page = opened(model)
    conversation = fresh()
    turn = page.turn("go", conversation)
    wait(lambda: page.of("piece"), "something came")
    page.tell("stop", conversation=conversation)
    (reply,) = page.done(turn)
    assert reply["status"] == "stopped"
    assert reply["content"].startswith("word ")
    assert closed.wait(5)


def test_retry_asks_again_and_the_last_attempt_counts(opened: Callable[..., DeskPage]) -> None:
    calls: list[int] = []

    def model(_messages: Messages) -> str:
        calls.append(1)
        if len(calls) == 1:
            raise TimeoutError
        return f"attempt {len(calls)}"

    page = opened(model)
    conversation = fresh()
    turn, first = page.say("go", conversation)
    assert first["status"] == "error"
    page.tell("retry", conversation=conversation, turn=turn, slot=None)
    second = page.done(turn, 2)[-1]
    assert (second["attempt"], second["content"]) == (2, "attempt 2")
    page.say("on", conversation, turn)
    page.tell("retry", conversation=conversation, turn=turn, slot=None)
    assert "has gone on from this turn" in page.of("trouble")[-1]["error"]
    frame = conversations(page.study.store.events(page.study.id), "s")
    assert frame.filter(role="assistant")["attempt"].to_list() == [1, 2, 1]


def test_trying_a_kept_prompt_again_takes_nothing_away_from_it(opened: Callable[..., DeskPage]) -> None:
    calls: list[int] = []

    def model(_messages: Messages) -> str:
        calls.append(1)
        if len(calls) == 2:
            raise TimeoutError
        return f"attempt {len(calls)}"

    page = opened(model)
    conversation = fresh()
    turn, reply = page.say("go", conversation)
    page.judge(conversation, leaf=turn, verdicts={reply["id"]: {"failed": True, "why": "It is wrong."}})

    def kept() -> list[tuple[str, Any]]:
        (record,) = prompts(page.study.store.events(page.study.id))
        return [(one["text"], one.get("failed")) for one in record["responses"]]

    assert kept() == [("attempt 1", True)]
    page.tell("retry", conversation=conversation, turn=turn, slot="A")
    assert page.done(turn, 2)[-1]["status"] == "error"
    assert kept() == [("attempt 1", True)]
    page.tell("retry", conversation=conversation, turn=turn, slot="A")
    better = page.done(turn, 3)[-1]
    assert kept() == [("attempt 1", True)]
    verdicts = {better["id"]: {"failed": False, "why": ""}}
    page.judge(conversation, leaf=turn, verdicts=verdicts, base=page.of("ack")[-1]["judgement_id"])
    assert kept() == [("attempt 3", False)]


def test_a_failed_attempt_does_not_displace_an_answer(opened: Callable[..., DeskPage]) -> None:
    got: list[Messages] = []

    def model(messages: Messages) -> str:
        got.append(messages)
        if len(got) == 2:
            raise TimeoutError
        return f"attempt {len(got)}"

    page = opened(model)
    conversation = fresh()
    turn, _ = page.say("one", conversation)
    page.tell("retry", conversation=conversation, turn=turn, slot="A")
    page.done(turn, 2)
    page.say("two", conversation, turn)
    assert [one["content"] for one in got[-1]] == ["one", "attempt 1", "two"]


def test_a_judgement_stands_behind_the_answers_that_the_store_could_not_take_before_it(
    opened: Callable[..., DeskPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(says)
    append = page.study.store.append_events
    full = [False]

    def maybe(study_id: str, events: Any) -> list[bool]:
        if any(event.kind == "reply" for event in events) and not any(event.kind == "judgement" for event in events):
            full[0] = True
            msg = "no space left where it is"
            raise StoreFullError(msg)
        return append(study_id, events)

    monkeypatch.setattr(page.study.store, "append_events", maybe)
    conversation = fresh()
    turn, reply = page.say("go", conversation)
    assert full[0]
    page.judge(conversation, leaf=turn, verdicts={reply["id"]: {"failed": False, "why": ""}})
    assert [event.kind for event in page.study.store.events(page.study.id)] == ["turn", "reply", "judgement"]


def test_a_slow_model_keeps_nobody_waiting(opened: Callable[..., DeskPage]) -> None:
    release = threading.Event()
    page = opened({"slow": hangs(release), "fast": says})
    slow = page.turn("go", fresh())
    began = time.monotonic()
    page.hello()
    page.tell("similar", conversation=fresh(), request=1, text="something else")
    page.done(slow)  # the fast one's
    assert time.monotonic() - began < 5
    release.set()
    assert len(page.done(slow, 2)) == 2


def test_calls_that_never_return_are_bounded_and_said(opened: Callable[..., DeskPage]) -> None:
    release = threading.Event()
    page = opened(hangs(release), timeout=0.2)
    for number in range(10):
        reply = page.say(f"go {number}", fresh())[1]
        assert reply["status"] == "timeout"
    assert "8 earlier calls of models have not returned" in reply["error"]
    release.set()


def test_a_model_whose_errors_cannot_be_read_holds_no_thread(opened: Callable[..., DeskPage]) -> None:
    page = opened(speechless)
    for _ in range(10):
        assert page.say("go", fresh())[1]["status"] == "error"


def test_a_defect_while_an_answer_is_taken_in_ends_no_thread(
    opened: Callable[..., DeskPage], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page = opened(says)
    done = page.widget._done  # noqa: SLF001
    failed: list[int] = []

    def fails(event: Any) -> None:
        if len(failed) < 10:
            failed.append(1)
            raise RuntimeError
        done(event)

    monkeypatch.setattr(page.widget, "_done", fails)
    for number in range(10):
        page.turn("go", fresh())
        wait(lambda number=number: len(failed) > number, "the defect came")  # type: ignore[misc]
    assert page.say("go", fresh())[1]["status"] == "ok"
    assert caplog.text.count("what a model answered could not be taken in") == 10


def test_an_async_model_that_never_awaits_keeps_no_other_waiting(opened: Callable[..., DeskPage]) -> None:
    release = threading.Event()
    begun = threading.Event()

    async def holds(messages: Messages) -> str:
        begun.set()
        release.wait(20)
        return says(messages)

    page = opened(lambda messages: answers(messages) if messages[-1]["content"] == "go" else holds(messages), timeout=4)
    held = page.turn("hold it", fresh())
    assert begun.wait(10)
    assert page.say("go", fresh())[1]["status"] == "ok"
    (reply,) = page.done(held)
    assert reply["status"] == "timeout"
    assert "an async model has held its event loop" in reply["error"]
    assert page.say("go", fresh())[1]["status"] == "ok"
    release.set()


def test_a_generator_that_awaits_nothing_lets_others_run(opened: Callable[..., DeskPage]) -> None:
    async def endless(_messages: Messages) -> AsyncIterator[str]:
        while True:
            yield ""

    page = opened(lambda messages: answers(messages) if messages[-1]["content"] == "go" else endless(messages))
    conversation = fresh()
    turn = page.turn("for ever", conversation)
    wait(lambda: page.of("begun"), "it has begun")
    assert page.say("go", fresh())[1]["status"] == "ok"
    page.tell("stop", conversation=conversation)
    assert page.done(turn)[0]["status"] == "stopped"


def test_pieces_of_nothing_are_not_kept(opened: Callable[..., DeskPage]) -> None:
    page = opened(lambda _m: iter([*[""] * 1000, "a", *[""] * 1000]))
    jobs: list[Any] = []
    start = page.widget._runner.start  # type: ignore[union-attr]  # noqa: SLF001

    def watched(*args: Any) -> Any:
        jobs.append(start(*args))
        return jobs[-1]

    page.widget._runner.start = watched  # type: ignore[union-attr,method-assign]  # noqa: SLF001
    assert page.say("go", fresh())[1]["content"] == "a"
    assert jobs[0]._pieces == ["a"]  # noqa: SLF001


def test_sending_a_turn_again_keeps_it_once_and_asks_only_where_nobody_has_answered(
    opened: Callable[..., DeskPage],
) -> None:
    page = opened(says)
    conversation = fresh()
    turn, _ = page.say("go", conversation)
    page.turn("go", conversation, identity=turn)
    assert page.of("ack")[-1]["status"] == "duplicate"
    assert len(page.of("begun")) == 1
    assert len(page.study.store.events(page.study.id)) == 2


def test_an_id_that_something_else_has_is_refused_and_nothing_of_it_is_shown(opened: Callable[..., DeskPage]) -> None:
    page = opened(says)
    conversation, other = fresh(), fresh()
    turn, reply = page.say("go", conversation)

    def refused() -> bool:
        return "something else was saved under the id" in page.of("nack")[-1]["error"]

    page.turn("something else", other, identity=turn)
    assert refused()
    page.tell("open", conversation=other)
    assert page.of("conversation")[-1]["talk"]["turns"] == []
    page.turn("something else", conversation, identity=turn)
    assert refused()
    assert page.judge(conversation, identity=turn, leaf=turn, verdicts=verdict(reply))["kind"] == "nack"
    assert refused()
    bo = opened(says, rater="bo", of=page.study)
    bo.turn("go", conversation, identity=turn)
    assert "something else was saved under the id" in bo.of("nack")[-1]["error"]
    kept = page.judge(conversation, leaf=turn, verdicts=verdict(reply))
    again = page.judge(conversation, identity=kept["id"], leaf=turn, decision="discarded")
    assert again["kind"] == "nack"
    assert [event.kind for event in page.study.store.events(page.study.id)] == ["turn", "reply", "judgement"]


def test_a_turn_whose_kernel_died_is_answered_when_it_is_sent_again(
    opened: Callable[..., DeskPage], tmp_path: Path
) -> None:
    first = opened(says, of=study(tmp_path / "desk.rubric.db"))
    conversation, turn = fresh(), fresh()
    event = first.widget._log.event(turn, conversation, "turn", {"parent": None, "content": "go", "at": 1})  # noqa: SLF001
    first.study.store.append_events(first.study.id, [event])
    second = opened(says, of=study(tmp_path / "desk.rubric.db"))
    current = second.hello()["current"]
    assert [one["replies"] for one in current["turns"]] == [[]]
    second.turn("go", conversation, identity=turn)
    assert second.done(turn)[0]["status"] == "ok"


def test_everything_is_there_again_after_a_restart(opened: Callable[..., DeskPage], tmp_path: Path) -> None:
    first = opened(streams, of=study(tmp_path / "desk.rubric.db"))
    conversation = fresh()
    turn, _ = first.say("one", conversation)
    first.say("two", conversation, turn)
    second = opened(streams, of=study(tmp_path / "desk.rubric.db"))
    current = second.hello()["current"]
    assert [(one["content"], one["replies"][0]["content"]) for one in current["turns"]] == [
        ("one", "You said one"),
        ("two", "You said two"),
    ]


def test_closing_the_widget_stops_what_is_on_its_way_and_keeps_it(opened: Callable[..., DeskPage]) -> None:
    release = threading.Event()

    def model(_messages: Messages) -> Iterator[str]:
        yield "the beginning"
        release.wait(20)

    page = opened(model)
    page.turn("go", fresh())
    wait(lambda: page.of("piece"), "something came")
    page.close()
    release.set()
    reply = page.study.store.events(page.study.id)[-1].payload
    assert (reply["status"], reply["error"], reply["content"]) == ("stopped", "the widget was closed", "the beginning")


def test_an_answer_that_the_store_cannot_take_is_kept_and_saved_later(
    opened: Callable[..., DeskPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = threading.Event()
    page = opened(lambda messages: (full.set(), says(messages))[1])
    append = page.study.store.append_events

    def maybe(study_id: str, events: Any) -> list[bool]:
        if full.is_set():
            msg = "no space left where it is"
            raise StoreFullError(msg)
        return append(study_id, events)

    monkeypatch.setattr(page.study.store, "append_events", maybe)
    conversation = fresh()
    turn, _ = page.say("go", conversation)
    assert page.of("done")[-1]["saved"] is False
    assert "no space left" in page.of("trouble")[-1]["error"]
    refused = page.turn("more", conversation, turn)
    nack = page.of("nack")[-1]
    assert (nack["id"], nack["retry"]) == (refused, True)
    monkeypatch.setattr(page.study.store, "append_events", append)
    page.hello()
    assert page.of("done")[-1]["saved"] is True
    assert [event.kind for event in page.study.store.events(page.study.id)] == ["turn", "reply"]


def test_several_models_stand_under_letters_shuffled_per_conversation_and_the_page_learns_no_name(
    opened: Callable[..., DeskPage],
) -> None:
    def secret_alpha(_messages: Messages) -> str:
        msg = "secret_alpha is overloaded"
        raise RuntimeError(msg)

    def secret_beta(messages: Messages) -> str:
        return says(messages)

    page = opened([secret_alpha, secret_beta])
    page.hello()
    orders = set()
    for number in range(12):
        turn, _ = page.say(f"go {number}", fresh(), count=2)
        replies = {one["slot"]: one["status"] for one in page.done(turn, 2)}
        assert set(replies) == {"A", "B"}
        orders.add(replies["A"])
    assert orders == {"ok", "error"}
    assert "secret" not in json.dumps(page.got)
    assert "(model) is overloaded" in json.dumps(page.got)
    models = conversations(page.study.store.events(page.study.id), "s").filter(role="assistant")["model"]
    assert set(models) == {"secret_alpha", "secret_beta"}


def test_models_stay_blinded_when_the_desk_is_opened_with_others(
    opened: Callable[..., DeskPage], tmp_path: Path
) -> None:
    def secret_alpha(_messages: Messages) -> str:
        msg = "secret_alpha_v2 and Secret-Beta are overloaded, not secret_alphabet"
        raise RuntimeError(msg)

    first = opened({"secret_alpha": secret_alpha, "secret-beta": says}, of=study(tmp_path / "desk.rubric.db"))
    first.say("go", fresh(), count=2)
    for models in ({"other": says, "secret-beta": says}, {"other": says}, {"secret-beta": says}):
        page = opened(models, of=study(tmp_path / "desk.rubric.db"))
        (turn,) = page.hello()["current"]["turns"]
        assert "RuntimeError: (model)_v2 and (model) are overloaded, not secret_alphabet" in [
            one["error"] for one in turn["replies"]
        ]


def test_turns_make_a_tree_and_branches_are_numbered(opened: Callable[..., DeskPage]) -> None:
    page = opened(says)
    conversation = fresh()
    first, _ = page.say("one", conversation)
    page.say("two", conversation, first)
    edited, _ = page.say("two, edited", conversation, first)
    page.say("three", conversation, edited)
    frame = conversations(page.study.store.events(page.study.id), "s").filter(role="user")
    assert frame["branch"].to_list() == [1, 1, 2, 2]
    assert frame["position"].to_list() == [1, 2, 2, 3]
    assert frame["parent"].to_list() == [None, first, first, edited]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model": "gpt"}, "takes a callable that takes a list of messages"),
        ({"model": {"a": 3}}, "'model['a']' takes a callable"),
        ({"model": []}, "takes 1 to 26 models"),
        ({"model": dict}, "got the class dict"),
        ({"model": lambda: "x"}, "is called with one argument"),
        ({"model": {"": says}}, "takes names that are text"),
        ({"mode": "redteam"}, "did you mean 'red_team'"),
        ({"timeout": 0}, "'timeout' takes seconds above 0"),
        ({"max_characters": 0}, "'max_characters' takes a whole number"),
        ({"max_turns": 0}, "'max_turns' takes a whole number"),
        ({"similar_at": 2}, "'similar_at' takes a share"),
        ({"strategies": ["a", "a"]}, "takes each name once"),
        ({"strategies": []}, "'strategies' takes one or more"),
        ({"outcomes": ["one"]}, "'outcomes' takes two or more"),
        ({"require": ["praise"]}, "'require' takes, for 'prompts', any of verdicts"),
        ({"brief": 3}, "'brief' takes text"),
        ({"rationale": "always"}, "'rationale' takes a Rationale"),
        ({"brif": "x"}, "did you mean 'brief'"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        DeskPage(**{"model": says, **settings})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"kind": "submit", "event": {"id": "x"}}, "'event.id' takes a UUID"),
        ({"kind": "nonsense"}, "'kind' takes a message"),
        ({"kind": "chunk", "name": "../secrets"}, "'chunk.name' takes one of"),
        ("text", "takes an object"),
    ],
)
def test_a_message_that_no_page_of_ours_sends_changes_nothing(
    opened: Callable[..., DeskPage], content: Any, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    page = opened(says)
    message = {"v": 1, **content} if isinstance(content, dict) else content
    page.widget.log.propagate = True
    page.widget._receive(page.widget, message, [])  # noqa: SLF001
    assert words in caplog.text or words in json.dumps(page.got)
    assert page.study.store.events(page.study.id) == []


def nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"seconds": 10**400}, "'seconds' takes a time from 0 (got 1000"),
        ({"seconds": None}, "'seconds' takes a time from 0 (got None)"),
        ({"goal": nested(100_000)}, "a judgement takes lists and objects nested up to 50 deep"),
        ({"goal": 10**5000}, "a judgement takes numbers of fewer digits"),
        ({"severity": {}}, "'severity' takes a name, or nothing (got {})"),
        ({"criteria": [{"id": "a", "text": "t", "points": 10**400}]}, "'criteria' takes up to 200 records"),
    ],
)
def test_a_judgement_that_no_page_of_ours_sends_is_refused_by_its_field(
    opened: Callable[..., DeskPage], said: dict[str, Any], words: str
) -> None:
    page = opened(says)
    conversation = fresh()
    turn, _ = page.say("go", conversation)
    nack = page.judge(conversation, **{"leaf": turn, "decision": "discarded", **said})
    assert (nack["kind"], nack["retry"]) == ("nack", False)
    assert words in nack["error"]


def test_a_moment_that_no_calendar_has_is_refused_and_read_as_none_where_it_was_kept(
    opened: Callable[..., DeskPage],
) -> None:
    page = opened(says)
    conversation = fresh()
    event = {"id": fresh(), "conversation": conversation, "what": "turn", "parent": None, "content": "go"}
    page.tell("submit", event={**event, "submitted_at": 10**17})
    assert "'submitted_at' takes milliseconds since 1970" in page.of("nack")[-1]["error"]
    kept = page.widget._log.event(fresh(), conversation, "turn", {"parent": None, "content": "go", "at": 10**17})  # noqa: SLF001
    page.study.store.append_events(page.study.id, [kept])
    assert page.study.conversations()["sent_at"].to_list() == [None]


def test_a_judgement_took_at_most_a_year(opened: Callable[..., DeskPage]) -> None:
    page = opened(says)
    conversation = fresh()
    turn, _ = page.say("go", conversation)
    ack = page.judge(conversation, leaf=turn, decision="discarded", seconds=1e308)
    assert ack["judgement"]["seconds"] == 366 * 24 * 3600


def test_a_turn_that_follows_nothing_known_is_refused(opened: Callable[..., DeskPage]) -> None:
    page = opened(says)
    page.turn("go", fresh(), parent=fresh())
    assert "is not known" in page.of("nack")[-1]["error"]
    page.turn(" \u200b ", fresh())
    assert "a turn takes 1 to" in page.of("nack")[-1]["error"]


def test_turns_are_limited_where_the_desk_says_so(opened: Callable[..., DeskPage]) -> None:
    page = opened(says, max_turns=1)
    conversation = fresh()
    turn, _ = page.say("one", conversation)
    page.turn("two", conversation, turn)
    assert "has reached its 1 turns" in page.of("nack")[-1]["error"]
    page.say("one, edited", conversation)


def test_near_duplicates_of_ones_own_and_others_prompts_are_pointed_out(opened: Callable[..., DeskPage]) -> None:
    ana = opened(says)
    ana.hello()
    first = fresh()
    ana.say("What is the capital of France?", first)
    bo = opened(says, rater="bo", of=ana.study)
    bo.hello()
    bo.tell("similar", conversation=fresh(), request=7, text="what's the capital of france")
    found = wait(lambda: bo.of("similar"), "the likeness is known")[-1]
    assert (found["request"], [one["whose"] for one in found["found"]]) == (7, ["other"])
    assert found["found"][0]["conversation"] is None
    bo.tell("similar", conversation=fresh(), request=8, text="Name a moon of Saturn!")
    assert [one["whose"] for one in bo.of("similar")[-1]["found"]] == ["item"]
    wait(lambda: ana.widget._shelf.ready, "all is learnt")  # noqa: SLF001
    ana.tell("similar", conversation=first, request=9, text="What is the capital of France?")
    assert ana.of("similar")[-1]["found"] == []
    ana.tell("similar", conversation=fresh(), request=10, text="What is the capital of France?")
    assert [(one["whose"], one["conversation"]) for one in ana.of("similar")[-1]["found"]] == [("own", first)]


def test_a_judgement_that_another_kernel_was_faster_with_is_a_conflict_and_says_what_stands(
    opened: Callable[..., DeskPage], tmp_path: Path
) -> None:
    first = opened(says, of=study(tmp_path / "desk.rubric.db"))
    conversation = fresh()
    turn, reply = first.say("go", conversation)
    second = opened(says, of=study(tmp_path / "desk.rubric.db"))
    second.hello()
    kept = first.judge(conversation, decision="kept", leaf=turn, verdicts=verdict(reply))
    late = second.judge(conversation, decision="discarded", leaf=turn, verdicts=verdict(reply))
    assert (kept["status"], late["status"]) == ("stored", "conflict")
    assert (late["summary"]["state"], late["judgement_id"]) == ("kept", kept["id"])
    assert second.widget.saved == 1
    knowing = second.judge(conversation, decision="discarded", leaf=turn, base=late["judgement_id"])
    assert knowing["status"] == "stored"
    first.tell("open", conversation=conversation)
    assert first.of("conversation")[-1]["talk"]["judgement"]["decision"] == "discarded"
    assert second.study.prompts() == first.study.prompts() == []


def test_a_turn_goes_on_from_what_another_kernel_has_kept(opened: Callable[..., DeskPage], tmp_path: Path) -> None:
    first = opened(says, of=study(tmp_path / "desk.rubric.db"))
    second = opened(says, of=study(tmp_path / "desk.rubric.db"))
    second.hello()
    conversation = fresh()
    turn, _ = first.say("one", conversation)
    second.say("two", conversation, turn)
    assert second.of("nack") == []
    assert second.study.conversations()["position"].to_list() == [1, 1, 2, 2]


def test_running_the_cell_again_closes_the_desk_before(opened: Callable[..., DeskPage]) -> None:
    first = opened(says)
    first.widget._repr_mimebundle_()
    again = ConversationWidget(first.study, "ana", says, first.widget._desk)  # noqa: SLF001
    again._repr_mimebundle_()
    again.close()
    assert first.widget.comm is None


def test_the_frame_has_its_schema_also_when_empty() -> None:
    assert conversations([], "s").schema == CONVERSATIONS_SCHEMA
    assert prompts([]) == []
