"""Machine checks: what a program says of a criterion, shown to raters only after they have said it themselves.

A criterion names one with its arguments: ``{"check": "max_words", "limit": 150}``. :data:`CHECKS` has the ready ones;
:func:`register_check` adds a researcher's own.

========================================================== =====================================================
check                                                      arguments
========================================================== =====================================================
max_, min_, exact_ with characters, words, sentences,      limit
lines, paragraphs, bullets, numbered_items, sections,
highlights, placeholders, capital_words
min_occurrences, max_occurrences, exact_occurrences        phrase, limit; whole=False counts inside words too
required_words, forbidden_words                            words
starts_with, ends_with                                     words; exact=True minds the case
is_one_of                                                  options
all_lowercase, all_uppercase, no_commas, in_quotes         none
script                                                     name (latin, cyrillic, han ...); share of the letters
repeats_prompt                                             words, where it is not the whole prompt
valid_json                                                 keys
has_title                                                  none
postscript                                                 marker
parts                                                      count, separator
paragraph_begins                                           paragraph, words
min_marked_sections                                        marker, limit
========================================================== =====================================================

Examples
--------
>>> run_check("max_words", {"limit": 3}, "One word too many")
Verdict(met=False, note='4 words')

"""

from __future__ import annotations

from rubricwidgets.checks import counting, form, wording
from rubricwidgets.checks.registry import CHECKS, Verdict, problem_of, register_check, run_check, text_of

__all__ = ["CHECKS", "Verdict", "counting", "form", "problem_of", "register_check", "run_check", "text_of", "wording"]
