"""Preferences, rankings and texts, by mouse and by keys, through a reload and a kernel restart; and a scale from outside."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_looks import THEMES, violations

if TYPE_CHECKING:
    from tests.browser.lab import Notebook, OpenNotebook

STUDY = """
import rubricwidgets as rw
rubric = rw.Rubric("ranker", dimensions=[
    rw.Dimension("overall", "Which is better overall?", rw.Preference(neither=True)),
    rw.Dimension("accurate", "Which is more accurate?", rw.Preference(strength=1), about="item"),
])
items = [{"id": f"i{n}", "prompt": f"Question {n}?", "responses": [f"One answer to {n}.", f"Another answer to {n}!"]}
         for n in range(3)]
study = rw.Study("ranker", items=items, rubric=rubric, plan=rw.Plan(shuffle_items=False, shuffle_responses=False))
widget = study.rate("ana")
widget
"""
ORDERS = """
import rubricwidgets as rw
rubric = rw.Rubric("orders", dimensions=[
    rw.Dimension("order", "Which order, best first?", rw.Ranking(ties=True)),
    rw.Dimension("safe", "Is the best one safe?", rw.Binary(), about="item"),
    rw.Dimension("ideal", "Write a better one.", rw.Text(min_length=5), about="item", ask_when=rw.AskWhen("safe", one_of=[False])),
])
items = [{"id": f"i{n}", "prompt": f"Question {n}?", "responses": ["a", "b", "c"]} for n in range(3)]
study = rw.Study("orders", items=items, rubric=rubric, plan=rw.Plan(shuffle_items=False, shuffle_responses=False))
widget = study.rate("ana")
widget
"""
OUTSIDE = '''
from dataclasses import dataclass
import rubricwidgets as rw

@dataclass(frozen=True)
class Thumb(rw.Scale):
    """A scale that the package does not ship."""

    kind = "thumb"
    level = "nominal"
    control = """
    export default ({ h, Button }) => ({
      kind: "thumb",
      Control: ({ value, onChange, label }) => h("div", null, ["up", "down"].map((way) =>
        h(Button, { key: way, "aria-label": label + ": " + way, "aria-pressed": value === way, onClick: () => onChange(way) }, way))),
      key: (scale, value, pressed) => ({ "+": "up", "-": "down" })[pressed],
      text: (scale, value) => "thumb " + value,
      number: () => null,
      keys: () => "+ / -",
    });
    """

    @property
    def allows(self): return "'up' or 'down'"
    def check(self, value):
        if value in ("up", "down"): return value
        raise self.refuse(value)
    coerce = check
    def number(self, value): return None
    def label(self, value): return value
    def points(self): return [("up", "up"), ("down", "down")]
    def to_dict(self): return {"kind": "thumb", "not_applicable": self.not_applicable}

rubric = rw.Rubric("toy", dimensions=[rw.Dimension("liked", "Do you like it?", Thumb())])
study = rw.Study("toy", items=[{"id": f"i{n}", "prompt": "p", "response": "r"} for n in range(2)], rubric=rubric,
                 plan=rw.Plan(shuffle_items=False))
study.rate("ana")
'''


def verdicts(notebook: Notebook) -> list[list[object]]:
    code = 'import json\nprint(json.dumps(study.comparisons().select("item", "dimension", "winner", "tie", "strength").rows()))'
    found = json.loads(notebook.run(code))
    ids = json.loads(
        notebook.run("print(json.dumps({item.id: [one.id for one in item.responses] for item in study.items}))")
    )
    return [[item, name, won and "AB"[ids[item].index(won)], tie, size] for item, name, won, tie, size in found]


def test_preferences_by_mouse_and_by_keys_outlive_a_reload_and_a_restart(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([STUDY])
    rating = notebook.rating()
    rating.root.get_by_role("radio", name="B much better").click()
    rating.root.locator("[data-slot=accurate]").get_by_role("radio", name="equal").click()
    rating.submit()
    rating.wait_saved(1)
    press = notebook.page.keyboard.press
    press("2")
    expect(rating.slot("Overall").get_by_role("radio", name="A better")).to_be_checked()
    notebook.reload()
    notebook.run_all()
    rating = notebook.rating()
    expect(rating.slot("Overall").get_by_role("radio", name="A better")).to_be_checked()
    notebook.restart_kernel()
    notebook.run_all()
    rating = notebook.rating()
    rating.wait_heading("2 of 3")
    rating.enter_by_keyboard()
    for _ in range(20):
        if "rw-now" in (rating.root.locator("section[data-dimension=accurate]").get_attribute("class") or ""):
            break
        press("j")
    press("3")
    press("Control+Enter")
    rating.wait_saved(2)
    assert verdicts(notebook) == [
        ["i0", "overall", "B", False, 3],
        ["i0", "accurate", None, True, 0],
        ["i1", "overall", "A", False, -2],
        ["i1", "accurate", "B", False, 1],
    ]


def test_the_words_that_two_responses_do_not_share_are_marked_on_demand(open_notebook: OpenNotebook) -> None:
    rating = open_notebook([STUDY]).rating()
    rating.root.get_by_role("button", name=re.compile("Compare words")).click()
    expect(rating.root.locator("[data-response=A] mark")).to_have_text(["One", "."])
    expect(rating.root.locator("[data-response=B] mark")).to_have_text(["Another", "!"])


def test_rankings_and_conditional_texts_by_keys_and_by_mouse(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([ORDERS])
    rating = notebook.rating()
    rating.enter_by_keyboard()
    press = notebook.page.keyboard.press
    for key in ("2", "3", "1"):
        press(key)
    expect(rating.root.get_by_role("group", name="Response A, rank 3")).to_be_visible()
    press("j")
    press("y")
    press("Control+Enter")
    rating.wait_saved(1)
    for letter in ("C", "A", "B"):
        rating.root.locator(f"[data-value={letter}]").get_by_role(
            "button", name=re.compile(": put (first|next)$")
        ).click()
    rating.root.get_by_role("button", name="Response A: same rank as the one above").click()
    expect(rating.root.get_by_role("group", name="Response A, rank 1")).to_be_visible()
    expect(rating.root.locator("section[data-dimension=ideal]")).to_have_count(0)
    rating.root.locator("[data-slot=safe] [data-value=false]").click()
    box = rating.root.get_by_role("textbox", name="Ideal")
    box.fill("A safe one.")
    rating.submit()
    rating.wait_saved(2)
    ranks = 'print(study.rankings().select("item", "response", "rank").rows())'
    ids = json.loads(notebook.run("import json; print(json.dumps([one.id for one in study.items[0].responses]))"))
    a, b, c = ids
    assert eval(notebook.run(ranks)) == [
        ("i0", a, 3),
        ("i0", b, 1),
        ("i0", c, 2),
        ("i1", a, 1),
        ("i1", b, 3),
        ("i1", c, 1),
    ]
    assert notebook.run("print(study.texts()['text'].to_list())").strip() == "['A safe one.']"


@pytest.mark.parametrize("study", ["preferences", "rankings"])
def test_axe_finds_nothing_wrong_with_them_in_any_theme(open_notebook: OpenNotebook, study: str) -> None:
    notebook = open_notebook([STUDY if study == "preferences" else ORDERS])
    rating = notebook.rating()
    if study == "preferences":
        rating.root.get_by_role("button", name=re.compile("Compare words")).click()
    else:
        rating.root.locator("[data-slot=safe] [data-value=false]").click()
    for theme in THEMES:
        notebook.set_theme(theme)
        assert violations(notebook.page) == []


def test_a_scale_from_outside_the_package_is_rated_by_mouse_and_by_key(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([OUTSIDE])
    rating = notebook.rating()
    rating.root.get_by_role("button", name="Liked: up").click()
    rating.submit()
    rating.wait_heading("2 of 2")
    rating.root.get_by_role("button", name="Liked: down").focus()
    notebook.page.keyboard.press("-")
    rating.root.get_by_role("button", name=re.compile("^Submit")).click()
    rating.wait_saved(2)
    assert notebook.run("print(study.scores()['label'].to_list())").strip() == "['up', 'down']"
