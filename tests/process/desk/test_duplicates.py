"""Prompts that say nearly the same are found, and found quickly."""

from __future__ import annotations

import random
import time

import pytest

from rubricwidgets.process.desk.duplicates import Likeness, shingles


def test_the_share_is_that_of_words_and_pairs_in_common() -> None:
    known = Likeness()
    known.add("a", "one two three")
    # one, two, "one two" of one, two, three, four, "one two", "two three", "two four"
    (match,) = known.like("one two four", at=0.1)
    assert match.share == 3 / 7


def test_case_punctuation_and_apostrophes_make_no_difference() -> None:
    known = Likeness()
    known.add("a", "What's the CAPITAL of France?")
    assert known.like("whats the capital, of france")[0].share == 1


def test_the_order_of_words_counts() -> None:
    assert shingles("dog bites man") != shingles("man bites dog")


def test_scripts_without_blanks_are_compared_by_character() -> None:
    known = Likeness()
    known.add("a", "土星の衛星を一つ挙げてください")
    assert known.like("土星の衛星を二つ挙げてください")[0].share > 0.5
    assert known.like("フランスの首都は何ですか") == []


def test_what_is_taken_out_or_replaced_is_not_found() -> None:
    known = Likeness()
    known.add("a", "name a moon of Saturn")
    known.add("a", "write a poem about rain")
    assert known.like("name a moon of Saturn") == []
    known.remove("a")
    known.remove("a")
    assert known.like("write a poem about rain") == []
    assert len(known) == 0


@pytest.mark.parametrize("text", ["", "   ", "?!", "🙂"])
def test_a_text_without_words_is_like_nothing(text: str) -> None:
    known = Likeness()
    known.add("a", text)
    known.add("b", "words")
    assert known.like(text) == []


def test_ten_thousand_prompts_are_looked_through_in_a_blink() -> None:
    rng = random.Random(0)
    words = [f"w{number}" for number in range(4000)]
    weights = [1 / (number + 1) for number in range(4000)]
    known = Likeness()
    for number in range(10_000):
        known.add(str(number), " ".join(rng.choices(words, weights, k=40)))
    known.add("wanted", "a prompt that stands out from all of these others")
    began = time.perf_counter()
    for _ in range(10):
        assert known.like("a prompt that stands out from all these others")[0].key == "wanted"
    assert (time.perf_counter() - began) / 10 < 0.2
