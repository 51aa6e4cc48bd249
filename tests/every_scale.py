"""A study that asks for every kind of answer."""

from __future__ import annotations

import rubricwidgets as rw

DIMENSIONS = {
    "better": rw.Preference(neither=True),
    "order": rw.Ranking(ties=True),
    "some": rw.Ranking(partial=True),
    "ends": rw.Ranking(best_worst=True),
    "form": rw.Checklist(["Names the risk", {"id": "dose", "text": "Gives a dose", "points": -3}, "Is short"]),
    "errors": rw.Spans({"Accuracy": ["Omission"], "Style": ""}, severities=["minor", "major"]),
    "ideal": rw.Text(min_length=3),
    "tone": rw.Ordinal(1, 5, not_applicable=True),
    "topics": rw.Nominal(["law", "health"], multiple=True),
    "safe": rw.Binary(),
    "sure": rw.Continuous(0, 1),
}
RUBRIC = rw.Rubric("all", dimensions=[rw.Dimension(name, "?", scale) for name, scale in DIMENSIONS.items()])
ITEMS = [
    rw.Item(
        "May I?",
        [rw.Response(f"Be careful, be slow, {n}.", id=f"r{n}", model=f"m{n}") for n in range(3)],
        id=name,
    )
    for name in ("i", "k")
]


def study() -> rw.Study:
    return rw.Study("all", items=ITEMS, rubric=RUBRIC, store="memory")
