"""A person rates: with the mouse, and with the keyboard alone; the frame says what was chosen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.studies import SCORES, pilot

if TYPE_CHECKING:
    from tests.browser.lab import Notebook, OpenNotebook

#: What is chosen for each item: accuracy, its rationale, overall, safe, faults.
BY_MOUSE: list[tuple[Any, str, int, bool, list[str]]] = [
    (5, "", 90, True, ["none"]),
    (1, "the date is off by a century", 12, False, ["wrong fact"]),
    (3, "", 50, True, ["padding"]),
    (2, "🙂 the figure is not the one asked for", 30, False, ["padding", "wrong fact"]),
    (4, "", 100, True, ["none"]),
]
BY_KEYS: list[tuple[Any, str, int, bool, list[str]]] = [
    (5, "", 80, True, ["none"]),
    (2, "leaves out the second half", 25, False, ["wrong fact"]),
    (None, "", 0, True, ["none"]),
    (1, "nothing in it is true", 7, False, ["padding", "wrong fact"]),
    (4, "a slip in the last line", 66, True, ["padding"]),
]


def saved(notebook: Notebook) -> dict[str, dict[str, list[Any]]]:
    found: dict[str, dict[str, list[Any]]] = {}
    for item, dimension, *rest in json.loads(notebook.run(SCORES)):
        found.setdefault(item, {})[dimension] = rest
    return found


def expected(chosen: tuple[Any, str, int, bool, list[str]]) -> dict[str, list[Any]]:
    accuracy, rationale, overall, safe, faults = chosen
    anchors = {1: "mostly wrong", 3: "minor slips", 5: "all correct"}
    return {
        "accuracy": [accuracy, anchors.get(accuracy), rationale or None, accuracy is None, 1],
        "overall": [float(overall), None, None, False, 1],
        "safe": [1.0 if safe else 0.0, "Yes" if safe else "No", None, False, 1],
        "faults": [None, "; ".join(faults), None, False, 1],
    }


def test_five_items_by_mouse_are_saved_as_they_were_clicked(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    for place, (accuracy, rationale, overall, safe, faults) in enumerate(BY_MOUSE, start=1):
        rating.wait_heading(f"{place} of 12")
        rating.rate_all(accuracy=accuracy, overall=overall, safe=safe, faults=faults)
        if rationale:
            rating.write_rationale("Accuracy", rationale)
        rating.submit()
    rating.wait_saved(5)
    found = saved(notebook)
    assert list(found) == ["i0", "i1", "i2", "i3", "i4"]
    for place, chosen in enumerate(BY_MOUSE):
        wanted, got = expected(chosen), found[f"i{place}"]
        # A click lands within a pixel: on a line of some 200 px that is within one of a hundred.
        assert abs(got["overall"][0] - wanted["overall"][0]) <= 1
        got["overall"][0] = wanted["overall"][0]
        assert got == wanted


def test_five_items_by_keyboard_alone_are_saved_as_they_were_typed(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    rating.enter_by_keyboard()
    press, write = notebook.page.keyboard.press, notebook.page.keyboard.type
    for place, (accuracy, rationale, overall, safe, faults) in enumerate(BY_KEYS, start=1):
        rating.wait_heading(f"{place} of 12")
        rating.wait_marked("Accuracy")
        press("a" if accuracy is None else str(accuracy))
        if rationale:
            press("r")
            expect(rating.slot("Accuracy").locator("textarea")).to_be_focused()
            write(rationale)
            press("Escape")
        press("j")
        rating.wait_marked("Overall")
        write(str(overall))
        press("Escape")
        press("j")
        rating.wait_marked("Safe")
        press("y" if safe else "n")
        press("j")
        rating.wait_marked("Faults")
        for fault in faults:
            press(str(["none", "padding", "wrong fact"].index(fault) + 1))
        press("Control+Enter")
    rating.wait_saved(5)
    found = saved(notebook)
    assert found == {f"i{place}": expected(chosen) for place, chosen in enumerate(BY_KEYS)}


def test_what_is_missing_is_said_and_nothing_is_submitted(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    rating.choose("Accuracy", 2)
    rating.choose("Overall", 20)
    rating.root.get_by_role("button", name="Submit").click()
    missing = rating.root.locator(".rw-missing")
    expect(missing).to_contain_text("Rationale for Accuracy: 10 more characters")
    rating.write_rationale("Accuracy", "  ab cd   ")
    expect(missing).to_contain_text("5 more characters")
    assert rating.heading() == "1 of 12"
    assert saved(notebook) == {}


def test_a_revision_replaces_the_score_and_keeps_the_history(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    rating.rate_all(accuracy=5, overall=50, safe=True, faults=["none"])
    rating.submit()
    rating.wait_saved(1)
    rating.root.get_by_role("button", name="Back").click()
    rating.wait_heading("1 of 12")
    assert rating.value("Accuracy").startswith("5")
    rating.choose("Accuracy", 4)
    rating.submit()
    rating.wait_heading("2 of 12")
    rating.wait_waiting(0)
    assert saved(notebook)["i0"]["accuracy"] == [4.0, None, None, False, 2]
    assert json.loads(notebook.run("import json; print(json.dumps(study.ratings()['revision'].to_list()))")) == [1, 2]


def test_a_skip_needs_a_reason_and_a_flag_takes_a_note(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    rating.root.get_by_role("button", name="Skip", exact=True).click()
    form = rating.root.get_by_role("form", name="Skip this item")
    form.get_by_role("button", name="Skip item").click()
    expect(form).to_contain_text("Say why")
    form.get_by_role("textbox").fill("not my field")
    form.get_by_role("button", name="Skip item").click()
    rating.wait_heading("2 of 12")
    rating.root.get_by_role("button", name="Flag as ambiguous").click()
    rating.root.get_by_role("form", name="Flag as ambiguous").get_by_role("textbox").fill("two readings")
    rating.rate_all(accuracy=5, overall=50, safe=True, faults=["none"])
    rating.submit()
    rating.wait_saved(2)
    rows = notebook.run("print(study.ratings().select('item', 'status', 'reason', 'flagged', 'note').rows())")
    assert eval(rows) == [("i0", "skipped", "not my field", False, None), ("i1", "rated", None, True, "two readings")]


def test_undo_takes_back_the_last_change(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    rating.choose("Accuracy", 3)
    rating.choose("Accuracy", 5)
    rating.root.get_by_role("button", name="Undo").click()
    assert rating.value("Accuracy").startswith("3")
    rating.root.get_by_role("button", name="Undo").click()
    assert rating.value("Accuracy") == "not set"


def test_after_the_last_item_the_widget_says_that_all_is_done(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot(count=2)])
    rating = notebook.rating()
    for _ in range(2):
        rating.rate_all(accuracy=5, overall=50, safe=True, faults=["none"])
        rating.submit()
    expect(rating.root.locator(".rw-closing")).to_contain_text("All 2 items done")
    rating.wait_saved(2)
    notebook.run_all()
    expect(notebook.rating().root.locator(".rw-closing")).to_be_visible()
