"""Never lose a score: each test breaks something while a person rates, then counts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.studies import SCORES, pilot, short

if TYPE_CHECKING:
    from tests.browser.lab import Notebook, OpenNotebook

TEN = '[{"id": f"i{n}", "prompt": f"Question number {n}?", "response": "r"} for n in range(10)]'


def scores(notebook: Notebook) -> dict[str, float]:
    return {row[0]: row[2] for row in json.loads(notebook.run(SCORES))}


def test_a_reload_before_the_notebook_is_saved_keeps_what_was_rated_and_typed(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    rating.rate_all(accuracy=4, overall=70, safe=True, faults=["none"])
    rating.submit()
    rating.wait_saved(1)
    rating.choose("Accuracy", 2)
    rating.write_rationale("Accuracy", "the third claim is")
    rating.wait_draft_kept()
    notebook.reload()
    notebook.run_all()
    rating = notebook.rating()
    assert rating.saved() == 1
    assert rating.heading() == "2 of 12"
    assert rating.value("Accuracy").startswith("2")
    assert rating.rationale("Accuracy") == "the third claim is"


def test_a_reload_after_the_notebook_is_saved_goes_on_without_running_anything(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([short(TEN)])
    rating = notebook.rating()
    rating.choose("Accuracy", 3)
    rating.submit()
    rating.wait_saved(1)
    notebook.save()
    notebook.reload()
    rating = notebook.rating()
    rating.wait_heading("2 of 10")
    rating.choose("Accuracy", 5)
    rating.submit()
    rating.wait_saved(2)
    assert scores(notebook) == {"i0": 3.0, "i1": 5.0}


def test_a_kernel_restart_keeps_the_draft_and_the_rater_goes_on_after_the_cell_is_run(
    open_notebook: OpenNotebook,
) -> None:
    notebook = open_notebook([pilot()])
    rating = notebook.rating()
    rating.rate_all(accuracy=5, overall=10, safe=False, faults=["padding"])
    rating.submit()
    rating.wait_saved(1)
    rating.choose("Accuracy", 4)
    rating.wait_draft_kept()
    notebook.restart_kernel()
    rating.wait_status("run this cell")
    notebook.run_all()
    rating = notebook.rating()
    rating.wait_heading("2 of 12")
    assert rating.value("Accuracy").startswith("4")
    assert rating.saved() == 1


def test_a_rating_given_to_a_dead_kernel_is_kept_and_saved_when_the_cell_is_run(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([short(TEN)])
    rating = notebook.rating()
    notebook.kill_kernel()
    for value in (1, 2):
        rating.choose("Accuracy", value)
        rating.submit()
    rating.wait_waiting(2)
    assert rating.saved() == 0
    notebook.wait_kernel()
    notebook.run_all()
    rating = notebook.rating()
    rating.wait_saved(2)
    rating.wait_waiting(0)
    assert scores(notebook) == {"i0": 1.0, "i1": 2.0}


def test_a_kernel_killed_between_the_commit_and_the_acknowledgement_saves_the_rating_once(
    open_notebook: OpenNotebook,
) -> None:
    kills = """
import os, signal
def die(self, *a, **k):
    os.kill(os.getpid(), signal.SIGKILL)
append = study.store.append
def append_then_die(*a, **k):
    append(*a, **k)
    die(None)
study.store.append = append_then_die
"""
    notebook = open_notebook([short(TEN)])
    rating = notebook.rating()
    notebook.run(kills)
    rating.choose("Accuracy", 4)
    rating.submit()
    notebook.wait_kernel_died()
    rating.wait_waiting(1)
    notebook.wait_kernel()
    notebook.run_all()
    rating = notebook.rating()
    rating.wait_saved(1)
    rating.wait_waiting(0)
    assert json.loads(notebook.run("import json; print(json.dumps(study.ratings()['item'].to_list()))")) == ["i0"]


def test_a_long_running_cell_delays_no_rating(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([short(TEN)])
    rating = notebook.rating()
    finish = notebook.start_long_cell()
    for value in (1, 2, 3):
        rating.choose("Accuracy", value)
        rating.submit()
    rating.wait_heading("4 of 10")
    finish()
    rating.wait_saved(3)
    assert scores(notebook) == {"i0": 1.0, "i1": 2.0, "i2": 3.0}


def test_a_browser_killed_while_the_kernel_is_busy_loses_nothing(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([short(TEN)], killable=True)
    rating = notebook.rating()
    notebook.freeze_kernel()
    for value in (5, 4):
        rating.choose("Accuracy", value)
        rating.submit()
    rating.wait_waiting(2)
    rating.choose("Accuracy", 1)
    rating.wait_draft_kept()
    notebook.kill_browser()
    notebook.thaw_kernel()
    notebook.reopen()
    notebook.run_all()
    rating = notebook.rating()
    rating.wait_saved(2)
    rating.wait_heading("3 of 10")
    assert rating.value("Accuracy").startswith("1")
    assert scores(notebook) == {"i0": 5.0, "i1": 4.0}


def test_a_server_that_stops_and_starts_again_gets_what_was_rated_meanwhile(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([short(TEN)])
    rating = notebook.rating()
    notebook.save()
    notebook.lab.stop()
    for value in (2, 3):
        rating.choose("Accuracy", value)
        rating.submit()
    rating.wait_waiting(2)
    rating.choose("Accuracy", 5)
    rating.wait_draft_kept()
    notebook.lab.start()
    notebook.reopen()
    notebook.run_all()
    rating = notebook.rating()
    rating.wait_saved(2)
    rating.wait_heading("3 of 10")
    assert rating.value("Accuracy").startswith("5")
    assert scores(notebook) == {"i0": 2.0, "i1": 3.0}


def test_the_widget_shown_in_two_cells_has_one_cursor(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([short(TEN), "widget"])
    first, second = notebook.rating(0), notebook.rating(1)
    first.choose("Accuracy", 2)
    first.submit()
    second.wait_heading("2 of 10")
    second.choose("Accuracy", 4)
    second.submit()
    first.wait_heading("3 of 10")
    first.wait_saved(2)
    assert scores(notebook) == {"i0": 2.0, "i1": 4.0}


def test_two_tabs_never_overwrite_each_other_silently(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([short(TEN)])
    here = notebook.rating()
    notebook.save()
    other = notebook.second_tab()
    there = other.rating()
    here.wait_heading("1 of 10")
    there.wait_heading("1 of 10")
    there.choose("Accuracy", 5)
    here.choose("Accuracy", 2)
    here.submit()
    here.wait_saved(1)
    there.wait_saved(1)
    assert there.value("Accuracy").startswith("5")
    there.submit()
    there.wait_conflict()
    assert scores(notebook) == {"i0": 2.0}
    there.resolve_conflict("mine")
    there.wait_waiting(0)
    assert scores(notebook) == {"i0": 5.0}
    assert json.loads(notebook.run("import json; print(json.dumps(study.ratings()['stale'].to_list()))")) == [
        False,
        True,
        False,
    ]


def test_running_the_cell_ten_times_leaves_one_live_widget(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([short(TEN)])
    notebook.rating().choose("Accuracy", 3)
    notebook.rating().wait_draft_kept()
    for _ in range(10):
        notebook.run_all()
        notebook.rating().wait_heading("1 of 10")
    count = """
import ipywidgets
from rubricwidgets.widgets.rating import RatingWidget
from ipywidgets.widgets.widget import _instances
print(sum(isinstance(one, RatingWidget) for one in _instances.values()))
"""
    assert notebook.run(count).strip() == "1"
    assert notebook.rating().value("Accuracy").startswith("3")
    assert notebook.live_sessions() == 1


def test_a_widget_that_was_opened_in_another_cell_leaves_words_and_comes_back(open_notebook: OpenNotebook) -> None:
    again = 'study.rate("ana")'
    notebook = open_notebook([short(TEN), again], run=False)
    notebook.run_cell(0)
    notebook.rating()
    notebook.run_cell(1)
    note = notebook.page.locator(".rw-farewell")
    expect(note).to_have_text(re.compile("Rating short as ana goes on in another place"))
    expect(notebook.page.locator("section.rw")).to_have_count(1)
    notebook.rating().choose("Accuracy", 4)
    notebook.rating().wait_draft_kept()
    notebook.run_cell(0)
    expect(note).to_have_count(1)
    assert notebook.rating().value("Accuracy").startswith("4")
    notebook.rating().submit()
    notebook.rating().wait_saved(1)
    assert scores(notebook) == {"i0": 4.0}


def test_a_full_disk_is_said_in_words_and_the_rating_is_saved_when_there_is_room(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([short(TEN)])
    rating = notebook.rating()
    notebook.run(
        """
from rubricwidgets.errors import StoreFullError
append = study.store.append
def full(*a, **k):
    raise StoreFullError("no space left on the disk: free some and it is saved then")
study.store.append = full
"""
    )
    rating.choose("Accuracy", 4)
    rating.submit()
    rating.wait_status("no space left on the disk")
    rating.wait_waiting(1)
    notebook.run("study.store.append = append")
    rating.wait_saved(1)
    assert scores(notebook) == {"i0": 4.0}
