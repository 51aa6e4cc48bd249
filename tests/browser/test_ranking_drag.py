"""Responses are ranked by dragging: a row follows the pointer and lands where it is let go, by mouse and by touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.browser.lab import Notebook, OpenNotebook
    from tests.browser.rating import RatingPage


def study(ranking: str) -> str:
    """Return a cell that opens a study whose four responses are ranked."""
    return f"""
import rubricwidgets as rw
rubric = rw.Rubric("dragged", dimensions=[rw.Dimension("order", "Which order, best first?", {ranking})])
items = [{{"id": f"i{{n}}", "prompt": f"Question {{n}}?", "responses": ["one", "two", "three", "four"]}} for n in range(2)]
study = rw.Study("dragged", items=items, rubric=rubric, plan=rw.Plan(shuffle_items=False, shuffle_responses=False))
widget = study.rate("ana")
widget
"""


class Mouse:
    """A drag with the mouse."""

    def __init__(self, notebook: Notebook) -> None:
        self._mouse = notebook.page.mouse

    def down(self, x: float, y: float) -> None:
        self._mouse.move(x, y)
        self._mouse.down()

    def move(self, x: float, y: float) -> None:
        self._mouse.move(x, y, steps=6)

    def up(self) -> None:
        self._mouse.up()


class Finger:
    """A drag with a finger."""

    def __init__(self, notebook: Notebook) -> None:
        self._session = notebook.page.context.new_cdp_session(notebook.page)

    def _touch(self, kind: str, *points: tuple[float, float]) -> None:
        self._session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    def down(self, x: float, y: float) -> None:
        self._at = (x, y)
        self._touch("touchStart", self._at)

    def move(self, x: float, y: float) -> None:
        for step in range(1, 7):
            self._touch("touchMove", tuple(a + (b - a) * step / 6 for a, b in zip(self._at, (x, y), strict=True)))  # type: ignore[arg-type]
        self._at = (x, y)

    def up(self) -> None:
        self._touch("touchEnd")


@pytest.fixture(params=[Mouse, Finger])
def pointer(request: pytest.FixtureRequest) -> Callable[[Notebook], Mouse | Finger]:
    return request.param  # type: ignore[no-any-return]


def box(place: Locator) -> dict[str, float]:
    found: Any = place.bounding_box()
    assert found is not None
    return dict(found)


def row(rating: RatingPage, letter: str) -> Locator:
    return rating.root.locator(f".rw-ranking [data-value={letter}]")


def drag(pointer: Mouse | Finger, rating: RatingPage, letter: str, onto: str, share: float) -> None:
    """Drag a response to a share of the height of another one's row: 0 is its top, 1 its bottom."""
    row(rating, letter).scroll_into_view_if_needed()
    start, end = box(row(rating, letter)), box(row(rating, onto))
    x = start["x"] + 60
    pointer.down(x, start["y"] + start["height"] / 2)
    pointer.move(x, end["y"] + end["height"] * share)
    pointer.up()


def expect_ranks(rating: RatingPage, **ranks: int | None) -> None:
    for letter, rank in ranks.items():
        name = f"Response {letter}, {'not ranked' if rank is None else f'rank {rank}'}"
        expect(rating.root.get_by_role("group", name=name, exact=True)).to_be_visible()


def test_unranked_responses_land_at_the_top_at_the_bottom_between_and_with_another(
    open_notebook: OpenNotebook, pointer: Callable[[Notebook], Mouse | Finger]
) -> None:
    notebook = open_notebook([study("rw.Ranking(ties=True)")])
    rating = notebook.rating()
    hand = pointer(notebook)
    drag(hand, rating, "B", "A", 0.5)  # nothing is ranked yet: the list of the ranked is above A
    expect_ranks(rating, A=None, B=1, C=None, D=None)
    drag(hand, rating, "C", "B", 0.1)
    expect_ranks(rating, A=None, B=2, C=1, D=None)
    drag(hand, rating, "D", "B", 0.0)
    expect_ranks(rating, A=None, B=3, C=1, D=2)
    drag(hand, rating, "A", "B", 1.0)
    expect_ranks(rating, A=4, B=3, C=1, D=2)
    drag(hand, rating, "C", "B", 0.5)
    expect_ranks(rating, A=4, B=2, C=2, D=1)


def test_an_unranked_response_is_dropped_onto_another_to_tie_them(
    open_notebook: OpenNotebook, pointer: Callable[[Notebook], Mouse | Finger]
) -> None:
    notebook = open_notebook([study("rw.Ranking(ties=True)")])
    rating = notebook.rating()
    hand = pointer(notebook)
    drag(hand, rating, "D", "A", 0.0)
    drag(hand, rating, "A", "D", 0.5)
    expect_ranks(rating, A=1, B=None, C=None, D=1)
    drag(hand, rating, "B", "A", 1.0)
    expect_ranks(rating, A=1, B=3, C=None, D=1)
    drag(hand, rating, "D", "B", 1.0)  # out of the tie
    expect_ranks(rating, A=1, B=2, C=None, D=3)
    drag(hand, rating, "B", "C", 0.5)  # back to those that are not ranked
    expect_ranks(rating, A=1, B=None, C=None, D=2)


def test_ranked_responses_are_put_in_another_order_and_never_tied_where_ties_are_no_answer(
    open_notebook: OpenNotebook,
) -> None:
    notebook = open_notebook([study("rw.Ranking()")])
    rating = notebook.rating()
    rating.enter_by_keyboard()
    for key in ("1", "2", "3", "4"):
        notebook.page.keyboard.press(key)
    hand = Mouse(notebook)
    drag(hand, rating, "D", "A", 0.4)
    expect_ranks(rating, A=2, B=3, C=4, D=1)
    drag(hand, rating, "A", "C", 0.9)
    expect_ranks(rating, A=4, B=2, C=3, D=1)
    drag(hand, rating, "D", "C", 0.1)
    expect_ranks(rating, A=4, B=1, C=3, D=2)


def test_a_row_follows_the_pointer_and_one_let_go_outside_stays_where_it_was(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([study("rw.Ranking(ties=True)")])
    rating = notebook.rating()
    hand = Mouse(notebook)
    drag(hand, rating, "B", "A", 0.0)
    start = box(row(rating, "B"))
    middle = start["y"] + start["height"] / 2
    hand.down(start["x"] + 60, middle)
    hand.move(start["x"] + 60, middle + 40)
    assert box(row(rating, "B"))["y"] == pytest.approx(start["y"] + 40, abs=1)
    hand.move(start["x"] + 60, box(rating.root.locator(".rw-read"))["y"] + 20)
    hand.up()
    expect_ranks(rating, A=None, B=1, C=None, D=None)
    assert box(row(rating, "B")) == start
    hand.down(start["x"] + 60, middle)
    hand.move(start["x"] + 60, box(row(rating, "D"))["y"] + 10)
    notebook.page.keyboard.press("Escape")
    hand.up()
    expect_ranks(rating, A=None, B=1, C=None, D=None)


def test_the_best_and_the_worst_are_chosen_with_the_mouse(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([study("rw.Ranking(best_worst=True)")])
    rating = notebook.rating()
    best = rating.root.get_by_role("radiogroup", name="Order: best")
    worst = rating.root.get_by_role("radiogroup", name="Order: worst")
    best.get_by_role("radio", name="Response C").click()
    worst.get_by_role("radio", name="Response A").click()
    worst.get_by_role("radio", name="Response C").click()  # nothing is both
    best.get_by_role("radio", name="Response D").click()
    rating.submit()
    rating.wait_saved(1)
    ids = "{one.id: letter for one, letter in zip(study.items[0].responses, 'ABCD')}"
    assert (
        notebook.run(
            f"print([({ids}[response], rank) for response, rank in study.rankings().select('response', 'rank').rows()])"
        ).strip()
        == "[('A', None), ('B', None), ('C', 4), ('D', 1)]"
    )
