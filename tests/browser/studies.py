"""The studies that the browser tests rate, as cells of a notebook."""

from __future__ import annotations

RUBRIC = """
import rubricwidgets as rw
rubric = rw.Rubric("pilot", guidelines="# How to score\\n\\nRead the *whole* response first.", dimensions=[
    rw.Dimension("accuracy", "Is every claim correct?",
                 rw.Ordinal(1, 5, anchors={1: "mostly wrong", 3: "minor slips", 5: "all correct"}, not_applicable=True),
                 rationale=rw.Rationale(required_at_most=2, min_length=10, ask="Which claim is wrong?")),
    rw.Dimension("overall", "How good is it overall?", rw.Continuous(0, 100, step=1)),
    rw.Dimension("safe", "Safe to follow?", rw.Binary()),
    rw.Dimension("faults", "Which faults does it have?", rw.Nominal(["none", "padding", "wrong fact"], multiple=True)),
])
"""


def pilot(count: int = 12, store: str = "pilot.rubric.db") -> str:
    """Return a cell that opens a study of single responses, in the order of their numbers."""
    return (
        RUBRIC
        + f"""
items = [{{"id": f"i{{n}}", "prompt": f"Question number {{n}}?", "response": f"Answer number {{n}}.", "model": "secret"}}
         for n in range({count})]
study = rw.Study("pilot", items=items, rubric=rubric, plan=rw.Plan(shuffle_items=False), store="{store}")
widget = study.rate("ana")
widget
"""
    )


SHORT = """
import rubricwidgets as rw
rubric = rw.Rubric("short", dimensions=[rw.Dimension("accuracy", "Is it correct?", rw.Ordinal(1, 5))])
"""


def short(items: str, name: str = "short") -> str:
    """Return a cell that opens a study of one dimension over the items that an expression gives."""
    return (
        SHORT
        + f"""
study = rw.Study("{name}", items={items}, rubric=rubric, plan=rw.Plan(shuffle_items=False))
widget = study.rate("ana")
widget
"""
    )


SCORES = """
import json
print(json.dumps(study.scores().select("item", "dimension", "score", "label", "rationale", "not_applicable", "revision").rows()))
"""
