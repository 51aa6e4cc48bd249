"""The kernel's half: nothing is acknowledged before it is saved, and nothing reaches the page that must not."""

from __future__ import annotations

import json
import pathlib
import threading
import uuid
from typing import TYPE_CHECKING, Any

import pytest

import rubricwidgets as rw
from rubricwidgets.errors import StoreFullError
from rubricwidgets.widgets.base import BundleMissingError
from tests.widgets.conftest import MODELS, Page, answer

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_first_word_brings_the_rubric_and_the_first_unrated_item(page: Page) -> None:
    welcome = page.ask("hello", tab="t1")
    assert welcome["kind"] == "welcome"
    assert (welcome["total"], welcome["cursor"], welcome["saved"], welcome["states"]) == (5, 0, 0, "uuuuu")
    assert welcome["first_use"] is True
    assert [dimension["name"] for dimension in welcome["rubric"]["dimensions"]] == ["accuracy", "safe"]
    assert welcome["item"]["index"] == 0


def wide() -> rw.Study:
    scales = {"safe": rw.Binary(), "order": rw.Ranking(), "overall": rw.Continuous(0, 100)}
    rubric = rw.Rubric("wide", dimensions=[rw.Dimension(name, "How?", scale) for name, scale in scales.items()])
    return rw.Study("wide", items=[{"prompt": "p", "responses": ["a", "b"]}], rubric=rubric, store="memory")


def test_the_controls_that_a_page_lacks_come_unasked_and_before_the_welcome() -> None:
    page = Page(wide().rate("ana"))
    page.tell("hello", tab="t", knows=["binary", "continuous"])
    assert [(one["kind"], one.get("name")) for one in page.got] == [("chunk", "scale:ranking"), ("welcome", None)]
    ((control,), _) = page.buffers
    assert b'kind:"ranking"' in control


def test_a_control_that_the_rubric_does_not_need_is_not_sent() -> None:
    page = Page(wide().rate("ana"))
    page.ask("chunk", name="scale:spans")
    page.ask("chunk", name="scale:../rating")
    assert page.buffers == [[], []]


def test_a_control_that_cannot_be_sent_withholds_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        msg = f"{name} is missing"
        raise BundleMissingError(msg)

    page = Page(wide().rate("ana"))
    monkeypatch.setattr("rubricwidgets.widgets.rating.bundle", missing)
    assert page.ask("hello", tab="t", knows=["binary"])["kind"] == "welcome"
    trouble = page.ask("chunk", name="scale:ranking")
    assert trouble["kind"] == "trouble"
    assert "scales/ranking.js is missing" in trouble["error"]


def test_a_rating_is_saved_then_acknowledged(page: Page, study: rw.Study) -> None:
    ack = page.ask("submit", rating=page.rating(0))
    assert (ack["kind"], ack["status"], ack["revision"], ack["saved"], ack["state"]) == ("ack", "stored", 1, 1, "r")
    assert page.widget.saved == 1
    scores = study.scores()
    assert scores["score"].to_list() == [4.0, 4.0, 1.0]
    assert scores["rater"].unique().to_list() == ["ana"]


def test_the_order_and_place_that_were_shown_are_recorded(page: Page, study: rw.Study) -> None:
    page.ask("submit", rating=page.rating(3))
    (row,) = study.ratings().rows(named=True)
    assert row["position"] == 3
    shown = [response["text"] for response in page.item(3)["responses"]]
    texts = {response.id: response.text for response in study.item(row["item"]).responses}
    assert [texts[response] for response in row["order"]] == shown


def test_sending_the_same_rating_again_saves_it_once(page: Page, study: rw.Study) -> None:
    rating = page.rating(0)
    heard: list[Any] = []
    page.widget.on_rating(heard.append)
    page.ask("submit", rating=rating)
    again = page.ask("submit", rating=rating)
    assert (again["kind"], again["status"], again["saved"]) == ("ack", "duplicate", 1)
    assert study.ratings().height == 1
    assert len(heard) == 1


def test_an_id_that_another_rating_has_is_refused(
    page: Page, pages: Callable[[rw.Study, str], Page], study: rw.Study
) -> None:
    first = page.rating(0)
    page.ask("submit", rating=first)
    other = pages(study, "bo")
    for asked, rating in ((page, page.rating(1, id=first["id"])), (other, other.rating(0, id=first["id"]))):
        nack = asked.ask("submit", rating=rating)
        assert (nack["kind"], nack["retry"]) == ("nack", False)
        assert f"another rating was saved under the id {first['id']}" in nack["error"]
    assert (page.widget.saved, other.widget.saved) == (1, 0)
    assert study.ratings().height == 1


def test_a_revision_names_what_it_revises_and_a_stale_one_is_kept_but_does_not_count(
    page: Page, study: rw.Study
) -> None:
    first = page.rating(0)
    page.ask("submit", rating=first)
    page.ask("submit", rating=page.rating(0, base=first["id"], answers=lowered(page, 0, 3)))
    stale = page.ask("submit", rating=page.rating(0, base=first["id"], answers=lowered(page, 0, 5)))
    assert stale["status"] == "conflict"
    assert {one["value"] for one in stale["current"]["answers"] if one["dimension"] == "accuracy"} == {3}
    assert study.scores().filter(dimension="accuracy")["score"].to_list() == [3.0, 3.0]
    assert study.ratings()["stale"].to_list() == [False, False, True]
    history = page.ask("history", index=0)["revisions"]
    assert [(one["revision"], one["stale"]) for one in history] == [(1, False), (2, False), (3, True)]


def lowered(page: Page, index: int, value: int) -> list[dict[str, Any]]:
    keys = [response["key"] for response in page.item(index)["responses"]]
    return [*(answer("accuracy", key, value) for key in keys), answer("safe", None, True)]


def test_what_the_rubric_does_not_allow_is_refused_with_the_place_of_each_problem(page: Page, study: rw.Study) -> None:
    keys = [response["key"] for response in page.item(0)["responses"]]
    answers = [answer("accuracy", keys[0], 7), answer("accuracy", keys[1], 2, "too short")]
    nack = page.ask("submit", rating=page.rating(0, answers=answers))
    assert (nack["kind"], nack["retry"]) == ("nack", False)
    assert {(one["dimension"], one["response"]) for one in nack["problems"]} == {
        ("accuracy", keys[0]),
        ("accuracy", keys[1]),
        ("safe", None),
    }
    assert study.ratings().is_empty()


def test_a_store_that_cannot_write_now_asks_the_page_to_keep_and_send_again(
    page: Page, study: rw.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    rating = page.rating(0)

    def full(*_: object) -> None:
        msg = "no space left on the disk of pilot.rubric.db: free some, nothing is lost meanwhile"
        raise StoreFullError(msg)

    with monkeypatch.context() as patched:
        patched.setattr(study.store, "append", full)
        nack = page.ask("submit", rating=rating)
    assert (nack["kind"], nack["retry"], nack["id"]) == ("nack", True, rating["id"])
    assert "no space left" in nack["error"]
    assert page.ask("submit", rating=rating)["status"] == "stored"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"item": "0" * 12}, "not part of the study"),
        ({"rubric": "0" * 16}, "the rubric has changed"),
        ({"status": "maybe"}, "'status' takes rated or skipped"),
        ({"seconds": -1}, "'seconds' takes a time from 0"),
        ({"seconds": float("nan")}, "'seconds' takes a time from 0"),
        ({"seconds": 10**400}, "'seconds' takes a time from 0 (got 1000"),
        ({"submitted_at": 1e30}, "'submitted_at' takes milliseconds"),
        ({"submitted_at": 10**5000}, "'submitted_at' takes milliseconds"),
        ({"order": ["nobody"]}, "'response' takes a key"),
        ({"order": []}, "'order' takes each response of the item once (got 0 of"),
        ({"answers": "all good"}, "'answers' takes a list"),
        ({"flagged": "yes"}, "'flagged' takes true or false"),
    ],
)
def test_a_malformed_rating_is_answered_and_never_saved(
    page: Page, study: rw.Study, changed: dict[str, Any], words: str
) -> None:
    nack = page.ask("submit", rating=page.rating(0, **changed))
    assert (nack["kind"], nack["retry"]) == ("nack", False)
    assert words in nack["error"]
    assert study.ratings().is_empty()


def test_half_a_character_is_saved_as_the_sign_for_it(page: Page, study: rw.Study) -> None:
    assert page.ask("submit", rating=page.rating(0, flagged=True, note="cut \ud83d"))["status"] == "stored"
    assert study.ratings()["note"].to_list() == ["cut \N{REPLACEMENT CHARACTER}"]


def test_a_long_text_is_as_long_in_any_script(pages: Callable[[rw.Study, str], Page]) -> None:
    """Counted as escaped JSON, a character of most scripts would be six."""
    rubric = rw.Rubric("ideal", dimensions=[rw.Dimension("ideal", "Write it.", rw.Text(), about="item")])
    study = rw.Study("ideal", items=[{"id": "a", "prompt": "?", "response": "!"}], rubric=rubric, store="memory")
    page, text = pages(study, "ana"), "\u754c" * 400_000
    rating = page.rating(0, answers=[answer("ideal", None, text)])
    assert page.ask("submit", rating=rating)["status"] == "stored"
    assert study.texts()["text"].to_list() == [text]


def test_a_number_beyond_all_floats_is_refused_in_words(page: Page, study: rw.Study) -> None:
    rating = page.rating(0)
    rating["answers"][0]["value"] = 10**400
    nack = page.ask("submit", rating=rating)
    assert (nack["kind"], nack["retry"]) == ("nack", False)
    assert "takes 1 to 5" in nack["error"]
    assert study.ratings().is_empty()


def test_a_value_nested_without_end_is_refused_by_its_dimension(page: Page, study: rw.Study) -> None:
    rating = page.rating(0)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    rating["answers"][0]["value"] = deep
    assert page.ask("submit", rating=rating)["error"] == (
        "the value of 'accuracy' takes lists and objects nested up to 50 deep"
    )
    assert study.ratings().is_empty()


def test_times_that_no_clock_has_never_add_up_to_what_json_cannot_hold(page: Page, study: rw.Study) -> None:
    for index in range(2):
        assert page.ask("submit", rating=page.rating(index, seconds=1e308))["status"] == "stored"
    assert page.ask("hello", tab="t1")["seconds"] == 2 * 366 * 24 * 3600
    assert study.ratings()["seconds"].to_list() == [366 * 24 * 3600.0] * 2


def test_times_of_earlier_versions_never_add_up_to_what_json_cannot_hold(page: Page, study: rw.Study) -> None:
    for index in range(2):
        item = page.widget._lineup.at(index)  # noqa: SLF001
        assert item is not None
        study.store.append(
            study.id, [rw.Rating(id=str(uuid.uuid4()), item=item.id, rater="ana", seconds=1e308)], study.rubric
        )
    json.dumps(page.ask("hello", tab="t1"), allow_nan=False)


def test_a_closed_study_says_so_to_whoever_asks(page: Page, study: rw.Study) -> None:
    rating = page.rating(0)
    study.close()
    assert page.ask("submit", rating=rating)["retry"] is True
    for kind, fields in (("hello", {"tab": "t"}), ("get", {"index": 0}), ("history", {"index": 0})):
        answer = page.ask(kind, **fields)
        assert answer["kind"] == "trouble"
        assert "closed" in answer["error"]


def test_a_defect_of_ours_is_answered_too(page: Page, study: rw.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        msg = "surprise"
        raise RuntimeError(msg)

    monkeypatch.setattr(study.store, "append", broken)
    nack = page.ask("submit", rating=page.rating(0))
    assert (nack["kind"], nack["retry"]) == ("nack", False)
    assert "RuntimeError: surprise" in nack["error"]


def test_a_rating_without_a_usable_id_is_still_answered(page: Page) -> None:
    nack = page.ask("submit", rating={**page.rating(0), "id": "not-a-uuid"})
    assert (nack["kind"], nack["id"]) == ("nack", "not-a-uuid")


def test_a_skip_keeps_its_reason_and_is_no_score(page: Page, study: rw.Study) -> None:
    ack = page.ask("submit", rating=page.rating(1, status="skipped", answers=[], reason="not my field"))
    assert ack["state"] == "s"
    assert study.scores().is_empty()
    assert study.ratings().select("status", "reason").row(0) == ("skipped", "not my field")
    assert page.ask("hello", tab="t1")["states"] == "usuuu"


def test_a_flag_shows_in_the_states_and_in_the_frame(page: Page, study: rw.Study) -> None:
    page.ask("submit", rating=page.rating(0, flagged=True, note="two readings"))
    assert page.ask("hello", tab="t1")["states"] == "fuuuu"
    assert study.scores()["flagged"].all()


def test_no_model_id_metadata_or_gold_ever_reaches_the_page(
    items: list[dict[str, Any]], rubric: rw.Rubric, pages: Callable[[rw.Study, str], Page]
) -> None:
    for item in items:
        item["gold"] = {"answers": {item["responses"][0]["id"]: {"accuracy": 5}}, "explanations": {}}
    study = rw.Study("blind", items=items, rubric=rubric, store="memory")
    page = pages(study, "ana")
    page.ask("hello", tab="t1")
    for index in range(len(study)):
        first = page.rating(index)
        page.ask("submit", rating=first)
        page.ask("submit", rating=page.rating(index, base=first["id"]))
        page.ask("history", index=index)
    page.ask("previews", **{"from": 0, "count": 5})
    page.ask("submit", rating=page.rating(0, answers=[]))
    state = {name: value for name, value in page.widget.get_state().items() if name not in ("_esm", "_css")}
    sent = json.dumps([page.got, state], default=str)
    for secret in (*MODELS, "secret-topic", "gold", *(item.id for item in study.items)):
        assert secret not in sent, f"{secret!r} was sent to the page"


def test_a_hidden_reference_never_leaves_the_kernel(
    items: list[dict[str, Any]], rubric: rw.Rubric, pages: Callable[[rw.Study, str], Page]
) -> None:
    hidden = rw.Study("h", items=items, rubric=rubric, plan=rw.Plan(reference="hidden"), store="memory")
    shown = rw.Study("s", items=items, rubric=rubric, plan=rw.Plan(reference="shown"), store="memory")
    assert pages(hidden, "ana").item(0)["reference"] is None
    assert pages(shown, "ana").item(0)["reference"] == "the right answer"


def test_raters_meet_items_in_orders_of_their_own_that_stay_the_same(
    study: rw.Study, pages: Callable[[rw.Study, str], Page]
) -> None:
    def order(rater: str) -> list[str]:
        page = pages(study, rater)
        return [page.item(index)["key"] for index in range(len(study))]

    assert order("ana") == order("ana")
    assert len({tuple(order(rater)) for rater in "abcdefgh"}) > 1


def test_showing_a_new_widget_closes_the_one_before_of_the_same_rater_only(study: rw.Study) -> None:
    first, other = study.rate("ana"), study.rate("bo")
    for one in (first, other):
        one._repr_mimebundle_()
    second = study.rate("ana")
    assert first.comm is not None, "one that is not shown disturbs nobody"
    second._repr_mimebundle_()
    assert first.comm is None
    assert second.comm is not None
    assert other.comm is not None


def test_the_synced_state_is_small_at_any_size_of_study(rubric: rw.Rubric) -> None:
    big = rw.Study(
        "big",
        items=[{"prompt": f"{number} " + "x" * 2000, "response": "y"} for number in range(1000)],
        rubric=rubric,
        store="memory",
    )
    state = big.rate("ana").get_state()
    del state["_esm"], state["_css"]
    assert len(json.dumps(state, default=str)) < 4096


def test_a_callback_that_raises_does_not_stop_the_acknowledgement(page: Page, study: rw.Study) -> None:
    def broken(rating: rw.Rating) -> None:
        msg = f"cannot handle {rating.item}"
        raise ValueError(msg)

    page.widget.on_rating(broken)
    assert page.ask("submit", rating=page.rating(0))["status"] == "stored"
    assert study.ratings().height == 1


def test_what_is_saved_can_be_observed(page: Page) -> None:
    seen: list[int] = []
    page.widget.observe(lambda change: seen.append(change["new"]), "saved")
    for index in range(3):
        page.ask("submit", rating=page.rating(index))
    assert seen == [1, 2, 3]
    assert isinstance(page.widget.last_rating, rw.Rating)


def test_ratings_from_many_threads_are_all_saved(
    items: list[dict[str, Any]], rubric: rw.Rubric, tmp_path: pathlib.Path, pages: Callable[[rw.Study, str], Page]
) -> None:
    study = rw.Study("threads", items=items, rubric=rubric, store=tmp_path / "t.rubric.db")
    page = pages(study, "ana")
    ratings = [page.rating(index) for index in range(len(study))]

    def send(rating: dict[str, Any]) -> None:
        page.widget._receive(page.widget, {"v": 1, "kind": "submit", "rating": rating}, [])  # noqa: SLF001

    threads = [threading.Thread(target=send, args=(rating,)) for rating in ratings for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert study.ratings().height == len(study)
    study.close()


def test_a_rating_waits_while_the_studys_file_is_gone_and_is_saved_when_it_is_back(
    items: list[dict[str, Any]], rubric: rw.Rubric, tmp_path: pathlib.Path, pages: Callable[[rw.Study, str], Page]
) -> None:
    file = tmp_path / "t.rubric.db"
    study = rw.Study("gone", items=items, rubric=rubric, store=file)
    page = pages(study, "ana")
    rating = page.rating(0)
    file.rename(tmp_path / "elsewhere.rubric.db")
    nack = page.ask("submit", rating=rating)
    assert (nack["kind"], nack["retry"], nack["id"]) == ("nack", True, rating["id"])
    assert "renamed or deleted" in nack["error"]
    (tmp_path / "elsewhere.rubric.db").rename(file)
    assert page.ask("submit", rating=rating)["status"] == "stored"
    study.close()


def test_the_fallback_reads_well_where_no_widget_can_be_shown(page: Page) -> None:
    page.ask("submit", rating=page.rating(0))
    data, _ = page.widget._repr_mimebundle_() or ({}, {})
    assert "1 of 5 items saved" in data["text/html"]
    assert "Rating study" in data["text/plain"]
    assert "<script" not in data["text/html"]


def test_the_rater_is_the_hub_user_unless_named(study: rw.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "hub-ana")
    assert study.rate().rater == "hub-ana"
    assert study.rate("bo").rater == "bo"
    with pytest.raises(rw.errors.InputError, match="'rater' takes a name"):
        study.rate("  ")
