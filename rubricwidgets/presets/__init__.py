"""Ready rubrics for the judgements that people are asked for, with guidelines and anchors in observable words.

Each function returns a :class:`~rubricwidgets.Rubric`. A rubric is frozen; its words are yours all the same:

- ``rubric.replace("accuracy", question="...", anchors={...})`` changes a dimension,
- ``rubric.replace(title="...", guidelines="...")`` changes the rubric itself,
- ``rubric.without("tone")`` leaves a dimension out (the guidelines stay as they are: change them too, or choose the
  dimensions of :func:`quality` by ``quality(["accuracy", "overall"])``, whose guidelines follow),
- ``rubric.with_dimension(rw.Dimension(...), before="overall")`` adds one,
- ``rubric.write("mine.yaml")`` and ``rw.Rubric.read("mine.yaml")`` take it through a file.

Guidelines are put together from the arguments: what they name in bold type is on the rater's page.

On every numeric scale here more is better, but for :func:`errors`, whose number is a sum of weights.
"""

from __future__ import annotations

from rubricwidgets.presets.attacks import red_team
from rubricwidgets.presets.comparing import preference
from rubricwidgets.presets.constraints import instruction_following
from rubricwidgets.presets.expertise import domain_expert
from rubricwidgets.presets.harm import safety
from rubricwidgets.presets.marking import errors
from rubricwidgets.presets.scoring import quality
from rubricwidgets.presets.writing import ideal_response, prompt_writing

__all__ = [
    "domain_expert",
    "errors",
    "ideal_response",
    "instruction_following",
    "preference",
    "prompt_writing",
    "quality",
    "red_team",
    "safety",
]
