"""Ready checks say what they say they check; a researcher's own can do no harm to a rating."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.checks import CHECKS, problem_of, register_check, registry, run_check, text_of
from rubricwidgets.checks.counting import UNITS, paragraphs, sentences, words
from rubricwidgets.errors import InputError

DATA = Path(os.environ.get("RUBRICWIDGETS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")


@pytest.fixture(autouse=True)
def own_checks() -> Any:
    """Checks that a test registers end with it."""
    before = dict(CHECKS)
    yield
    CHECKS.clear()
    CHECKS.update(before)


def met(name: str, text: str, /, **arguments: Any) -> bool | None:
    return run_check(name, arguments, text).met


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one", 1),
        ("It's a well-known fact: 3 of 4.", 7),
        ("yes \u2014 no\u2013maybe", 3),
        ("* - # ...", 0),
        ("\u6211\u7231\u4f60", 3),
        ("\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902", 2),
        ("naïve café 🙂 👍🏽", 2),
    ],
)
def test_words_are_what_stands_between_spaces_and_has_a_letter_or_digit(text: str, count: int) -> None:
    assert words(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One. Two! Three? Four\u2026 Five", 5),
        ("Dr. Smith paid $3.50, i.e. too much. J. R. R. Tolkien did not.", 2),
        ("1. first\n2. second", 2),
        ("No full stop\n- a bullet\n- another one.", 3),
        ('He said "Stop." Then he left.', 2),
        ("\u306f\u3044\u3002\u3044\u3044\u3048\u3002", 2),
        ("...", 0),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    assert sentences(text) == count


def test_paragraphs_are_parted_by_blank_lines_and_rules() -> None:
    assert paragraphs("a\nb\n\nc\r\n\r\nd\n***\ne\n   \n\n\nf") == 5


@given(st.sampled_from(sorted(UNITS)), st.text(), st.integers(0, 50))
def test_at_most_at_least_and_exactly_agree_on_any_text(unit: str, text: str, limit: int) -> None:
    most, least, exact = (met(f"{kind}_{unit}", text, limit=limit) for kind in ("max", "min", "exact"))
    assert exact == (most and least)
    assert most or least


@given(st.text())
def test_no_ready_check_raises_on_any_text(text: str) -> None:
    some: dict[str, dict[str, Any]] = {
        **{name: {"limit": 3} for name in CHECKS if name.startswith(("max_", "min_", "exact_"))},
        **{f"{kind}_occurrences": {"phrase": "a(", "limit": 1} for kind in ("max", "min", "exact")},
        **{name: {"words": ["a[", "b"]} for name in ("required_words", "forbidden_words")},
        **{name: {"words": "a*"} for name in ("starts_with", "ends_with")},
        "is_one_of": {"options": ["a"]},
        "script": {"name": "latin"},
        "parts": {"count": 2},
        "paragraph_begins": {"paragraph": 1, "words": "a"},
        "min_marked_sections": {"marker": "a", "limit": 1},
    }
    for name, known in CHECKS.items():
        if known.ready:
            assert problem_of(name, some.get(name, {})) is None, name
            assert "raised" not in run_check(name, some.get(name, {}), text).note, name


@pytest.mark.parametrize(
    ("name", "arguments", "good", "bad"),
    [
        ("max_words", {"limit": 3}, "one two three", "one two three four"),
        ("exact_characters", {"limit": 2}, "🙂a", "abc"),
        ("exact_bullets", {"limit": 2}, "- a\n  * b\n\u2022", "- a\n-b"),
        ("min_numbered_items", {"limit": 2}, "1. a\n2) b", "1.a"),
        ("min_sections", {"limit": 2}, "# A\ntext\n### B", "#A\n# B"),
        ("min_highlights", {"limit": 2}, "*a b* and **c**", "* a\n* b"),
        ("min_placeholders", {"limit": 2}, "[name] and [date]", "[name] [link](x)"),
        ("min_capital_words", {"limit": 2}, "NASA and ESA", "Nasa ESA"),
        ("required_words", {"words": ["INR", "vitamin k"]}, "The inr, Vitamin K.", "INRs and vitamin K"),
        ("forbidden_words", {"words": ["rock"]}, "Rocket", "ROCK!"),
        ("min_occurrences", {"phrase": "story", "limit": 2}, "Story, story", "storybook story"),
        ("max_occurrences", {"phrase": "#", "limit": 1, "whole": False}, "a#b", "##"),
        ("exact_occurrences", {"phrase": "a b", "limit": 1}, "A B", "a b a b"),
        ("starts_with", {"words": "Dear  all"}, " dear all,", "Hi, dear all"),
        ("starts_with", {"words": "Dear", "exact": True}, "Dear", "dear"),
        ("ends_with", {"words": "Any other question?"}, 'Yes. "Any other question?"\n', "Any other question? No."),
        (
            "is_one_of",
            {"options": ["My answer is yes.", "My answer is no."]},
            "my answer is YES",
            "My answer is yes, or no.",
        ),
        ("all_lowercase", {}, "so 1 it is", "So it is"),
        ("all_uppercase", {}, "SO IT IS", "SO It"),
        ("no_commas", {}, "a; b", "a\u060c b"),
        ("in_quotes", {}, ' "all of it" ', '"one" and "two'),
        ("in_quotes", {}, "\u201call\u201d", "\u201call\u201c"),
        ("script", {"name": "cyrillic"}, "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440 3", "Privet"),
        ("script", {"name": "japanese"}, "\u65e5\u672c\u8a9e\u3067\u3059", "Nihongo"),
        ("script", {"name": "latin", "share": 0.5}, "abc \u0436", "\u0436\u0436\u0436 a"),
        ("valid_json", {}, '```json\n{"a": [1]}\n```', "{'a': 1}"),
        ("valid_json", {"keys": ["a", "b"]}, '{"a": 1, "b": 2}', '{"a": 1}'),
        ("valid_json", {"keys": ["a"]}, '{"a": 1}', '["a"]'),
        ("has_title", {}, "<<My title>>\ntext", "# of things"[1:]),
        ("has_title", {}, "# Title\ntext", "text\n# Title"),
        ("postscript", {}, "Bye\nP.S. One more", "the P.S. in it"),
        ("parts", {"count": 2}, "a\n******\nb", "a\n******\na"),
        ("paragraph_begins", {"paragraph": 2, "words": "weekend"}, "a\n\n**Weekend** b", "weekend\n\na"),
        ("min_marked_sections", {"marker": "SECTION", "limit": 2}, "Section 1\na\n**SECTION 2**", "SECTION 1"),
    ],
)
def test_a_ready_check_tells_good_from_bad(name: str, arguments: dict[str, Any], good: str, bad: str) -> None:
    assert problem_of(name, arguments) is None
    assert (met(name, good, **arguments), met(name, bad, **arguments)) == (True, False)


def test_a_check_may_look_at_the_item() -> None:
    item = rw.Item("Write   a poem.", ["..."])
    assert run_check("repeats_prompt", {}, "write a poem. Roses", item).met is True
    assert run_check("repeats_prompt", {}, "Roses", item).met is False
    assert run_check("repeats_prompt", {"words": "Say it"}, "Say it: roses", item).met is True
    assert run_check("repeats_prompt", {}, "Roses").met is None


def test_a_text_without_letters_has_no_script_and_deep_json_is_no_crash() -> None:
    assert run_check("script", {"name": "latin"}, "123 !") == registry.Verdict(None, "no letters")
    assert run_check("valid_json", {}, "[" * 100_000).met is False


def test_a_ready_check_says_the_criterion_itself() -> None:
    assert text_of("max_words", {"limit": 150}) == "At most 150 words"
    assert text_of("required_words", {"words": ["a", "b"]}) == "Uses “a”, “b”"
    assert text_of("postscript", {}) == "Ends with a postscript that begins with P.S."
    for name, known in CHECKS.items():
        assert known.says, name


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("max_wrods", {"limit": 3}, "there is no check 'max_wrods'; did you mean 'max_words'?"),
        ("haiku", {}, "there is no check 'haiku'; one of your own takes @register_check"),
        ("max_words", {}, "check 'max_words' needs the argument 'limit'"),
        ("max_words", {"limit": 3, "limt": 3}, "check 'max_words' takes no argument 'limt'; did you mean 'limit'?"),
        ("no_commas", {"limit": 3}, "check 'no_commas' takes no argument 'limit'; it takes none"),
        ("max_words", {"limit": -1}, "check 'max_words' takes a whole number from 0 as 'limit' (got -1)"),
        ("max_words", {"limit": True}, "takes a whole number from 0 as 'limit' (got True)"),
        ("required_words", {"words": "one"}, "takes a list of one or more texts as 'words' (got 'one')"),
        ("required_words", {"words": []}, "takes a list of one or more texts as 'words' (got [])"),
        ("starts_with", {"words": " "}, "takes text as 'words' (got ' ')"),
        ("starts_with", {"words": "a", "exact": "yes"}, "takes True or False as 'exact' (got 'yes')"),
        ("script", {"name": "cyrilic"}, "(did you mean 'cyrillic'?) as 'name' (got 'cyrilic')"),
        ("script", {"name": "latin", "share": "all"}, "takes a number as 'share' (got 'all')"),
        ("repeats_prompt", {"item": 1}, "check 'repeats_prompt' takes no argument 'item'"),
    ],
)
def test_a_wrong_name_or_argument_is_told(name: str, arguments: dict[str, Any], words: str) -> None:
    assert words in str(problem_of(name, arguments))


def test_a_function_of_ones_own_is_a_check_by_name() -> None:
    @register_check
    def says(text: str, word: str = "please", *, item: Any) -> tuple[bool, str]:
        return word in text, f"{len(text)} of {item.id}"

    item = rw.Item("Hi", ["Hello"], id="hi")
    assert run_check("says", {}, "yes, please", item) == registry.Verdict(True, "11 of hi")
    assert run_check("says", {"word": "thanks"}, "yes", item).met is False
    assert problem_of("says", {"words": "a"}) == "check 'says' takes no argument 'words'; did you mean 'word'?"
    register_check("in_short")(lambda text: np.bool_(len(text) < 4))
    assert run_check("in_short", {}, "abc") == registry.Verdict(True, "")


def test_a_name_is_replaced_by_running_its_cell_again_and_a_ready_one_never_is() -> None:
    register_check("mine")(lambda _: True)
    assert met("mine", "a") is True
    register_check("mine")(lambda _: False)
    assert met("mine", "a") is False
    with pytest.raises(InputError, match="'max_words' is a ready check's"):
        register_check("max_words")(lambda _: True)


async def slow(text: str) -> bool:
    return bool(text)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda _: True, "with a name"),
        (slow, "an async function"),
        (lambda: True, "with a name"),
        (3, "with a name"),
    ],
)
def test_what_is_no_check_is_refused(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        register_check(given)
    with pytest.raises(InputError, match=re.escape("first parameter is the response's text")):
        register_check("nothing")(lambda: True)


@pytest.mark.parametrize(
    ("returned", "note"),
    [
        ("yes", "it returned 'yes', which is neither True, False nor None"),
        (1, "it returned 1, which is neither True, False nor None"),
        ((True, 3), "it returned (True, 3), which is neither"),
        (None, ""),
        ((None, "no  verbs\n"), "no verbs"),
    ],
)
def test_what_is_no_verdict_is_none(returned: Any, note: str) -> None:
    register_check("odd")(lambda _: returned)
    verdict = run_check("odd", {}, "a")
    assert verdict.met is None
    assert verdict.note.startswith(note)


def test_a_check_that_raises_or_ends_its_thread_or_takes_long_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(text: str) -> bool:
        msg = f"no model behind {text!r} \ud83d" + "x" * 300
        raise KeyError(msg)

    def leaves(text: str) -> bool:
        raise SystemExit(text)

    register_check(raises)
    register_check(leaves)
    register_check("sleeps")(lambda _: time.sleep(0.5) or True)
    monkeypatch.setattr(registry, "LIMIT", 0.02)
    verdict = run_check("raises", {}, "a")
    assert verdict.met is None
    assert verdict.note.startswith("it raised KeyError: ")
    assert len(verdict.note) == 200
    verdict.note.encode()
    assert run_check("leaves", {}, "a").met is None
    assert run_check("sleeps", {}, "a") == registry.Verdict(None, "it took longer than 0.02 seconds")
    assert run_check("gone", {}, "a") == registry.Verdict(None, "no check 'gone' is registered in this kernel")


def test_a_check_of_ones_own_is_asked_once_of_a_response_and_again_after_it_failed() -> None:
    heard: list[str] = []

    @register_check
    def asks(text: str) -> bool:
        heard.append(text)
        if len(heard) == 1:
            msg = "busy"
            raise OSError(msg)
        return True

    assert [run_check("asks", {}, "a").met for _ in range(3)] == [None, True, True]
    assert heard == ["a", "a"]


#: IFEval's constraints as ready checks (Zhou et al. 2023, arXiv:2311.07911).
IFEVAL: dict[str, Any] = {
    "change_case:capital_word_frequency": lambda k: ("capital_words", k["capital_relation"], k["capital_frequency"]),
    "change_case:english_capital": lambda _: ("all_uppercase", {}),
    "change_case:english_lowercase": lambda _: ("all_lowercase", {}),
    "combination:repeat_prompt": lambda k: ("repeats_prompt", {"words": k["prompt_to_repeat"]}),
    "combination:two_responses": lambda _: ("parts", {"count": 2}),
    "detectable_content:number_placeholders": lambda k: ("min_placeholders", {"limit": k["num_placeholders"]}),
    "detectable_content:postscript": lambda k: ("postscript", {"marker": k["postscript_marker"]}),
    "detectable_format:constrained_response": lambda _: ("is_one_of", {"options": ["My answer is yes."]}),
    "detectable_format:json_format": lambda _: ("valid_json", {}),
    "detectable_format:multiple_sections": lambda k: (
        "min_marked_sections",
        {"marker": k["section_spliter"], "limit": k["num_sections"]},
    ),
    "detectable_format:number_bullet_lists": lambda k: ("exact_bullets", {"limit": k["num_bullets"]}),
    "detectable_format:number_highlighted_sections": lambda k: ("min_highlights", {"limit": k["num_highlights"]}),
    "detectable_format:title": lambda _: ("has_title", {}),
    "keywords:existence": lambda k: ("required_words", {"words": k["keywords"]}),
    "keywords:forbidden_words": lambda k: ("forbidden_words", {"words": k["forbidden_words"]}),
    "keywords:frequency": lambda k: ("occurrences", k["relation"], k["frequency"], {"phrase": k["keyword"]}),
    "keywords:letter_frequency": lambda k: (
        *("occurrences", k["let_relation"], k["let_frequency"]),
        {"phrase": k["letter"], "whole": False},
    ),
    "language:response_language": lambda _: ("script", {"name": "latin"}),
    "length_constraints:nth_paragraph_first_word": lambda k: (
        "paragraph_begins",
        {"paragraph": k["nth_paragraph"], "words": k["first_word"]},
    ),
    "length_constraints:number_paragraphs": lambda k: ("exact_paragraphs", {"limit": k["num_paragraphs"]}),
    "length_constraints:number_sentences": lambda k: ("sentences", k["relation"], k["num_sentences"]),
    "length_constraints:number_words": lambda k: ("words", k["relation"], k["num_words"]),
    "punctuation:no_comma": lambda _: ("no_commas", {}),
    "startend:end_checker": lambda k: ("ends_with", {"words": k["end_phrase"]}),
    "startend:quotation": lambda _: ("in_quotes", {}),
}


def test_every_constraint_of_a_published_checklist_is_a_ready_check() -> None:
    """541 prompts with 834 constraints of 25 kinds (Zhou et al. 2023)."""
    source = DATA / "10_instruction_following" / "ifeval_prompts_checklist.jsonl"
    if not source.is_file():
        pytest.skip("the data folder has no 10_instruction_following (RUBRICWIDGETS_DATA names another folder)")
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    records = []
    for row in rows:
        criteria = []
        for place, one in enumerate(row["checklist"]):
            name, *rest = IFEVAL[one["check_id"]](one["kwargs"])
            if len(rest) > 1:
                relation, limit, *more = rest
                kind, limit = ("min", limit) if relation == "at least" else ("max", limit - 1)
                name, arguments = f"{kind}_{name}", {"limit": limit, **(more[0] if more else {})}
            else:
                (arguments,) = rest
            criteria.append({"id": f"{one['check_id']}-{place}", "check": name, **arguments})
        # One prompt asks for quotation marks twice.
        criteria = list({text_of(one["check"], _arguments(one)): one for one in criteria}.values())
        records.append({"id": row["prompt_id"], "prompt": row["prompt"], "response": "...", "criteria": criteria})
    items = rw.read_items(records)
    assert sum(len(row["checklist"]) for row in rows) == 834
    assert sum(len(item.criteria_of("constraints")) for item in items) == 833
    said = [
        run_check(one.machine.name, one.machine.arguments, "...", item)
        for item in items
        for one in item.criteria_of("")
    ]
    assert not [one.note for one in said if "raised" in one.note]


def _arguments(criterion: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in criterion.items() if key not in ("id", "check")}
