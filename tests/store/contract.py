"""What every store promises; each store's test class inherits it and gives a ``store``."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import StoreClosedError, StudyChangedError
from rubricwidgets.items import items_hash
from rubricwidgets.store.base import TABLE_SCHEMA, Event, Store, StudyRecord
from rubricwidgets.store.memory import MemoryStore

RUBRIC = rw.Rubric(
    "r",
    dimensions=[
        rw.Dimension("tone", "?", rw.Ordinal(1, 5, anchors={5: "right"}, not_applicable=True)),
        rw.Dimension("faults", "?", rw.Nominal(["a", "b"], multiple=True), about="item"),
    ],
)
ITEMS = rw.read_items([{"id": f"i{n}", "prompt": f"p{n}", "response": f"r{n}"} for n in range(3)])


def record(name: str = "s", **changed: Any) -> StudyRecord:
    fields: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "name": name,
        "rubric": RUBRIC.to_dict(),
        "items": [item.to_dict() for item in ITEMS],
        "plan": rw.Plan().to_dict(),
        "rubric_hash": RUBRIC.hash,
        "items_hash": items_hash(ITEMS),
        "created_at": datetime(2026, 5, 1, 12, 30, 15, 123456, tzinfo=UTC),
        **changed,
    }
    return StudyRecord(**fields)


def rating(item: str = "i0", rater: str = "ana", tone: int | None = 3, **changed: Any) -> rw.Rating:
    response = next(one for one in ITEMS if one.id == item).responses[0].id
    answers = (
        rw.Answer("tone", tone, response=response, not_applicable=tone is None, rationale="wörds 🙂\x00"),
        rw.Answer("faults", ["a", "b"]),
    )
    fields: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "item": item,
        "rater": rater,
        "answers": answers,
        "order": (response,),
        "position": 0,
        "seconds": 12.25,
        "submitted_at": datetime(2026, 5, 1, 12, 0, 0, 123000, tzinfo=UTC),
        "rubric": RUBRIC.hash,
        "tab": "t",
        **changed,
    }
    return rw.Rating(**fields)


def event(conversation: str = "c", rater: str = "ana", kind: str = "turn", **payload: Any) -> Event:
    given = payload or {"content": "wörds 🙂\x00", "n": [1, None, True], "deep": {"a": 0.5}}
    received = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
    return Event(str(uuid.uuid4()), rater, conversation, kind, given, received)


class StoreContract:
    """Inherit, and give a fixture ``store`` that yields an empty store."""

    @pytest.fixture
    def study(self, store: Store) -> str:
        return store.create_study(record()).id

    def test_a_study_comes_back_as_it_was_kept(self, store: Store) -> None:
        kept = record("pilot")
        assert store.create_study(kept) == kept
        assert store.study("pilot") == kept
        assert store.study("other") is None

    def test_the_first_of_two_studies_of_one_name_stays(self, store: Store) -> None:
        first = store.create_study(record("pilot"))
        assert store.create_study(record("pilot")) == first
        assert store.studies() == ["pilot"]

    def test_a_rating_comes_back_as_it_was_submitted(self, store: Store, study: str) -> None:
        given = rating(flagged=True, note="n", tone=None)
        assert [one.status for one in store.append(study, [given], RUBRIC)] == ["stored"]
        (back,) = store.history(study, "ana", "i0")
        assert back.rating == given
        assert (back.revision, back.stale) == (1, False)
        assert store.current(study, "ana", "i0") == back
        assert store.current(study, "bo", "i0") is None

    def test_sending_twice_keeps_one(self, store: Store, study: str) -> None:
        given = rating()
        store.append(study, [given], RUBRIC)
        (again,) = store.append(study, [given], RUBRIC)
        assert (again.status, again.revision) == ("duplicate", 1)
        both = store.append(study, [given, rating("i1")], RUBRIC)
        assert [one.status for one in both] == ["duplicate", "stored"]
        assert store.table(study).height == 2

    def test_a_revision_names_its_base_and_counts(self, store: Store, study: str) -> None:
        first = rating(tone=1)
        second = rating(tone=5, base=first.id)
        assert [one.revision for one in store.append(study, [first, second], RUBRIC)] == [1, 2]
        current = store.current(study, "ana", "i0")
        assert current is not None
        assert current.rating.id == second.id
        assert store.states(study, "ana")["i0"].revision == 2

    def test_a_stale_revision_is_kept_and_does_not_count(self, store: Store, study: str) -> None:
        first = rating(tone=1)
        store.append(study, [first, rating(tone=2, base=first.id)], RUBRIC)
        late = rating(tone=5, base=first.id)
        (conflict,) = store.append(study, [late], RUBRIC)
        assert (conflict.status, conflict.revision) == ("conflict", 3)
        current = store.current(study, "ana", "i0")
        assert current is not None
        assert current.rating.answers[0].value == 2
        assert [one.stale for one in store.history(study, "ana", "i0")] == [False, False, True]
        assert store.table(study)["stale"].to_list() == [False, False, True]

    def test_states_are_of_one_rater_and_one_study(self, store: Store, study: str) -> None:
        other = store.create_study(record("other")).id
        store.append(study, [rating("i0"), rating("i1", status="skipped", answers=()), rating("i2", "bo")], RUBRIC)
        store.append(other, [rating("i2")], RUBRIC)
        states = store.states(study, "ana")
        assert {item: state.status for item, state in states.items()} == {"i0": "rated", "i1": "skipped"}
        assert states["i0"].seconds == 12.25

    def test_one_wrong_rating_of_several_adds_none(self, store: Store, study: str) -> None:
        wrong = replace(rating("i1"), answers=(rw.Answer("unknown", 1),))
        with pytest.raises(rw.errors.RubricError):
            store.append(study, [rating("i0"), wrong], RUBRIC)
        assert store.table(study).is_empty()

    def test_the_table_has_its_schema_also_when_empty(self, store: Store, study: str) -> None:
        assert store.table(study).schema == TABLE_SCHEMA
        store.append(study, [rating(), rating("i1", submitted_at=None, seconds=None, position=None)], RUBRIC)
        table = store.table(study)
        assert table.schema == TABLE_SCHEMA
        assert table["submitted_at"].to_list() == [datetime(2026, 5, 1, 12, 0, 0, 123000, tzinfo=UTC), None]
        answers = table["answers"].to_list()[0]
        assert [one["dimension"] for one in answers] == ["tone", "faults"]
        assert answers[1]["value"] == '["a", "b"]'
        assert answers[1]["label"] == "a; b"
        assert answers[0]["rationale"] == "wörds 🙂\x00"

    def test_copying_joins_by_uuid_and_keeps_when_and_whether(self, store: Store, study: str) -> None:
        first = rating(tone=1)
        store.append(study, [first, rating(tone=2, base=first.id), rating(tone=4)], RUBRIC)
        target = MemoryStore()
        assert store.copy_into(target, "s") == 3
        assert store.copy_into(target, "s") == 0
        assert target.table(study).equals(store.table(study))
        back = MemoryStore()
        target.copy_into(back, "s", into="renamed")
        assert back.studies() == ["renamed"]

    def test_only_the_same_study_is_copied_into(self, store: Store, study: str) -> None:
        target = MemoryStore()
        target.create_study(record("s", items_hash="0" * 16))
        with pytest.raises(StudyChangedError, match="other items"):
            store.copy_into(target, "s")
        assert study

    def test_many_threads_lose_nothing(self, store: Store, study: str) -> None:
        def rate(rater: str) -> None:
            for item in ("i0", "i1", "i2"):
                for _ in range(5):
                    current = store.current(study, rater, item)
                    base = None if current is None else current.rating.id
                    store.append(study, [rating(item, rater, base=base)], RUBRIC)

        threads = [threading.Thread(target=rate, args=(f"rater-{n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        table = store.table(study)
        assert table.height == 8 * 3 * 5
        assert not table["stale"].any()
        assert table.group_by("rater", "item").agg(pl.col("revision").max())["revision"].unique().to_list() == [5]

    def test_events_come_back_as_they_were_in_the_order_of_arrival(self, store: Store, study: str) -> None:
        given = [event(), event("d", kind="reply"), event(rater="bo"), event("d")]
        assert store.append_events(study, given[:3]) == [True, True, True]
        store.append_events(study, given[3:])
        assert store.events(study) == given
        assert store.events(study, rater="ana") == [given[0], given[1], given[3]]
        assert store.events(study, rater="ana", conversation="d") == [given[1], given[3]]
        assert store.events(store.create_study(record("other")).id) == []

    def test_an_event_that_is_sent_twice_is_kept_once_as_it_was_first(self, store: Store, study: str) -> None:
        first = event()
        again = replace(first, payload={"content": "changed"})
        assert store.append_events(study, [first, first]) == [True, False]
        assert store.append_events(study, [again, event("d")]) == [False, True]
        assert store.events(study, conversation="c") == [first]

    def test_what_somebody_does_to_an_event_later_changes_nothing(self, store: Store, study: str) -> None:
        store.append_events(study, [kept := event(list=[1])])
        kept.payload["list"].append(2)
        assert store.events(study)[0].payload == {"list": [1]}

    def test_one_event_that_is_no_json_adds_none(self, store: Store, study: str) -> None:
        with pytest.raises(TypeError):
            store.append_events(study, [event(), event(bad=object())])
        assert store.events(study) == []

    def test_copying_takes_events_along_once(self, store: Store, study: str) -> None:
        store.append_events(study, [event(), event("d")])
        target = MemoryStore()
        store.copy_into(target, "s")
        store.copy_into(target, "s")
        assert target.events(study) == store.events(study)

    def test_many_threads_lose_no_event(self, store: Store, study: str) -> None:
        def talk(rater: str) -> None:
            for _ in range(10):
                store.append_events(study, [event(rater=rater)])

        threads = [threading.Thread(target=talk, args=(f"rater-{n}",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(store.events(study)) == 60

    def test_a_closed_store_says_so(self, store: Store, study: str) -> None:
        store.close()
        store.close()
        with pytest.raises(StoreClosedError, match="closed"):
            store.append(study, [rating()], RUBRIC)
        with pytest.raises(StoreClosedError, match="closed"):
            store.states(study, "ana")
