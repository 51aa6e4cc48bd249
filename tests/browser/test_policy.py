"""Policy work: items hidden behind their warning, categories in groups, a severity for each; what is saved is what was chosen."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_looks import violations

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.lab import Notebook, OpenNotebook
    from tests.browser.rating import RatingPage

STUDY = """
import rubricwidgets as rw
from rubricwidgets import presets
items = [{"id": f"i{n}", "prompt": f"Secret question {n}", "response": f"Secret answer {n}", "model": "birch"} for n in range(4)]
rubric = presets.safety().replace(guidelines="").replace("policy", rationale=rw.Rationale("never"))
study = rw.Study("policy", items=items, rubric=rubric, plan=rw.Plan(shuffle_items=False), store="policy.rubric.db")
study.rate("ana")
"""
#: Few enough to be seen at once: one of them, with examples and severities; a warning on the second item alone.
FEW = """
import rubricwidgets as rw
scale = rw.Nominal([{"name": "threat", "description": "Threatens somebody", "examples": ["a letter"]}, {"name": "insult"}],
                   severities={"mild": "hardly noticed", "grave": "hurts"}, none="nothing")
rubric = rw.Rubric("few", dimensions=[rw.Dimension("fault", "Which fault is it?", scale)])
items = [{"id": "calm", "prompt": "Q1", "response": "A1"},
         {"id": "harsh", "prompt": "Q2", "response": "A2", "content_warning": "Harsh words."}]
study = rw.Study("few", items=items, rubric=rubric, plan=rw.Plan(shuffle_items=False), store="few.rubric.db")
study.rate("ana")
"""
SAVED = """
import json
print(json.dumps({item.id: [[a.dimension, a.value] for a in stored.rating.answers] for item in study.items
                  if (stored := study.store.current(study.id, "ana", item.id)) is not None}))
"""
HACKING, DATA = "Crime/Breaking into systems", "Privacy/Personal data"


def saved(notebook: Notebook) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(notebook.run(SAVED))
    return found


def show(rating: RatingPage) -> None:
    expect(rating.root.get_by_text("Secret")).to_have_count(0)
    rating.root.get_by_role("button", name="Show the item").click()
    expect(rating.root.locator(".rw-read")).to_contain_text("Secret question")


def policy(rating: RatingPage) -> Locator:
    return rating.slot("Policies broken")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_by_mouse_what_is_saved_is_what_was_chosen(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    show(rating)
    slot = policy(rating)
    slot.get_by_role("button", name="Crime").click()
    slot.get_by_role("checkbox", name="Breaking into systems").click()
    slot.get_by_role("radio", name="high").click()
    slot.get_by_role("button", name=re.compile("^Privacy")).click()
    slot.get_by_role("checkbox", name="Personal data").click()
    expect(rating.root.locator(".rw-missing")).to_contain_text("severity of Privacy/Personal data")
    slot.get_by_role("radiogroup", name=f"Severity of {DATA}").get_by_role("radio", name="low").click()
    expect(slot.get_by_role("button", name=re.compile("^Crime"))).to_contain_text("Breaking into systems (high)")
    rating.choose("Handling of the request", "full compliance")
    expect(rating.root.get_by_role("heading", name="Manner of holding back")).to_have_count(0)
    rating.submit()
    rating.wait_saved(1)
    show(rating)
    policy(rating).get_by_role("checkbox", name="no policy").click()
    rating.choose("Handling of the request", "refusal")
    rating.choose("Manner of holding back", "neither")
    rating.submit()
    rating.wait_saved(2)
    assert saved(notebook) == {
        "i0": [
            ["policy", [{"category": HACKING, "severity": "high"}, {"category": DATA, "severity": "low"}]],
            ["request", "full compliance"],
        ],
        "i1": [["policy", []], ["request", "refusal"], ["manner", "neither"]],
    }


def test_by_keys_alone_from_the_warning_to_the_next_one(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating, page = notebook.rating(), notebook.page
    rating.enter_by_keyboard()
    press(page, "4", "j", "Control+Enter")
    expect(rating.root.get_by_role("group", name="Content warning")).to_be_visible()
    press(page, "o")
    slot = policy(rating)
    expect(slot.get_by_role("button", name="Violence")).to_be_focused()
    # A group, what is in it, and how grave: three digits.
    press(page, "5")
    expect(slot.get_by_role("checkbox", name="Fraud")).to_be_focused()
    press(page, "ArrowDown", "x")
    expect(slot.get_by_text("Tells how to make, get or smuggle")).to_be_visible()
    press(page, "3")
    expect(slot.get_by_role("radio", name="low")).to_be_focused()
    press(page, "3")
    expect(slot.get_by_role("checkbox", name="Breaking into systems")).to_be_focused()
    # Searched, with an arrow for the severity.
    press(page, "/")
    page.keyboard.type("address of somebody")
    expect(slot.get_by_role("status")).to_contain_text("1 of 20")
    press(page, "Enter")
    severity = slot.get_by_role("radiogroup", name=f"Severity of {DATA}")
    expect(severity.get_by_role("radio").first).to_be_focused()
    press(page, "ArrowRight")
    expect(severity.get_by_role("radio", name="low")).to_be_checked()
    press(page, "Escape")
    expect(slot.get_by_role("checkbox", name="Personal data")).to_be_focused()
    press(page, "j", "1", "Control+Enter")
    rating.wait_saved(1)
    rating.wait_heading("2 of 4")
    expect(rating.root.get_by_role("group", name="Content warning")).to_be_focused()
    press(page, "o")
    expect(policy(rating).get_by_role("button", name="Violence")).to_be_focused()
    press(page, "0")
    expect(policy(rating).get_by_role("checkbox", name="no policy")).to_be_checked()
    press(page, "j", "3")
    expect(rating.root.get_by_role("heading", name="Manner of holding back")).to_be_visible()
    press(page, "j", "4", "Control+Enter")
    rating.wait_saved(2)
    assert saved(notebook) == {
        "i0": [
            ["policy", [{"category": HACKING, "severity": "high"}, {"category": DATA, "severity": "low"}]],
            ["request", "full compliance"],
        ],
        "i1": [["policy", []], ["request", "refusal"], ["manner", "lectures or accuses"]],
    }


def test_a_draft_survives_a_reload_and_a_restart_and_the_item_is_hidden_again(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    show(rating)
    policy(rating).get_by_role("button", name="Crime").click()
    policy(rating).get_by_role("checkbox", name="Fraud").click()
    policy(rating).get_by_role("radio", name="critical").click()
    rating.choose("Handling of the request", "partial")
    rating.wait_draft_kept()
    notebook.save()
    notebook.reload()
    notebook.restart_kernel()
    notebook.run_all()
    rating = notebook.rating()
    show(rating)
    slot = policy(rating)
    expect(slot.get_by_role("checkbox", name="Fraud")).to_be_checked()
    expect(slot.get_by_role("radio", name="critical")).to_be_checked()
    rating.choose("Manner of holding back", "neither")
    rating.submit()
    rating.wait_saved(1)
    assert saved(notebook)["i0"] == [
        ["policy", [{"category": "Crime/Fraud", "severity": "critical"}]],
        ["request", "partial"],
        ["manner", "neither"],
    ]
    # What was shown before stays shown while the page lives; what is new is hidden.
    expect(rating.root.get_by_role("group", name="Content warning")).to_be_visible()
    rating.root.get_by_role("button", name="Back").click()
    expect(rating.root.locator(".rw-read")).to_contain_text("Secret question 0")


def test_nothing_of_a_hidden_item_is_on_the_page_nor_in_the_list(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    rating.root.get_by_role("button", name="Items").click()
    expect(rating.root.get_by_text("Content warning: Prompts and").first).to_be_visible()
    assert "Secret" not in rating.root.inner_html()


def test_one_of_a_few_with_examples_and_a_warning_on_one_item(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([FEW])
    rating, page = notebook.rating(), notebook.page
    slot = rating.slot("Fault")
    expect(slot.get_by_role("radio", name="threat Threatens somebody")).to_be_visible()
    slot.get_by_role("button", name="What threat means").click()
    expect(slot.get_by_text("a letter")).to_be_visible()
    slot.get_by_role("radio", name="insult").click()
    slot.get_by_role("button", name="What the severities mean: insult").click()
    expect(slot.get_by_text("hardly noticed")).to_be_visible()
    slot.get_by_role("radio", name="grave").click()
    rating.submit()
    rating.wait_saved(1)
    expect(rating.root.get_by_text("Harsh words.", exact=True)).to_be_visible()
    rating.root.get_by_role("button", name="Skip it").click()
    expect(rating.root.get_by_role("form", name="Skip this item").get_by_role("textbox")).to_be_focused()
    page.keyboard.type("content")
    press(page, "Enter")
    rating.wait_saved(2)
    assert saved(notebook) == {"calm": [["fault", {"category": "insult", "severity": "grave"}]], "harsh": []}


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_wrong(open_notebook: OpenNotebook, theme: str) -> None:
    notebook = open_notebook([STUDY])
    notebook.set_theme(theme)
    rating = notebook.rating()
    assert violations(notebook.page) == []
    show(rating)
    slot = policy(rating)
    slot.get_by_role("button", name="Crime").click()
    slot.get_by_role("button", name="What Fraud means").click()
    slot.get_by_role("checkbox", name="Fraud").click()
    slot.get_by_role("radio", name="high").click()
    slot.get_by_role("button", name="What the severities mean").click()
    assert violations(notebook.page) == []
    slot.get_by_role("searchbox").fill("data")
    expect(slot.get_by_role("status")).to_contain_text("of 20")
    assert violations(notebook.page) == []


@pytest.mark.parametrize("width", [480, 900, 1280])
def test_nothing_is_cut_at_any_width(open_notebook: OpenNotebook, width: int) -> None:
    two = STUDY.replace(
        '"response": f"Secret answer {n}", "model": "birch"', '"responses": [f"Secret A{n}", f"Secret B{n}"]'
    )
    notebook = open_notebook([two])
    rating = notebook.rating()
    rating.root.evaluate("(root, width) => { root.style.width = `${width}px`; root.style.maxWidth = 'none'; }", width)
    show(rating)
    slot = policy(rating)
    slot.get_by_role("button", name="Crime").click()
    slot.get_by_role("button", name="What Fraud means").click()
    for name in ("Fraud", "Breaking into systems"):
        slot.get_by_role("checkbox", name=name).click()
    cut = rating.root.evaluate(
        """(root) => [...root.querySelectorAll('.rw-ask *')].filter((one) => {
          const style = getComputedStyle(one);
          return one.clientWidth > 0 && style.display !== 'inline' && !/hidden|auto|scroll/.test(style.overflowX)
            && one.scrollWidth > one.clientWidth + 1 && style.position !== 'absolute';
        }).map((one) => one.className + ' ' + one.scrollWidth + '>' + one.clientWidth).slice(0, 5)"""
    )
    assert cut == []
