"""The study that ships with the package: everyday tasks, responses with known flaws, gold scores with explanations.

Prompts, responses and scores were written for this package; the models are fictional. ``metadata["flaw"]`` of each
response says what is wrong with it.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from rubricwidgets.errors import StudyChangedError
from rubricwidgets.items import read_items
from rubricwidgets.rubric import Rubric
from rubricwidgets.study import Study

if TYPE_CHECKING:
    from pathlib import Path

    from rubricwidgets.process.plan import Plan
    from rubricwidgets.store.base import Store


def demo(name: str = "demo", *, plan: Plan | None = None, store: Store | str | Path | None = None) -> Study:
    """Open the demo study, or resume it.

    Parameters
    ----------
    name
        What it is called, and what its file is named after.
    plan, store
        As for :class:`Study`; ``store="memory"`` leaves no file.

    Returns
    -------
    Study
        27 items of two or three responses by three fictional models, a rubric of five anchored dimensions, and gold.

    Raises
    ------
    StudyChangedError
        If the file holds a demo of another version of this package, or another study of that name.

    Examples
    --------
    >>> study = demo(store="memory")
    >>> len(study), study.rubric.names[0]
    (27, 'accuracy')

    """
    folder = files(__name__)
    with as_file(folder / "items.jsonl") as items_file, as_file(folder / "rubric.yaml") as rubric_file:
        items, rubric = read_items(items_file), Rubric.read(rubric_file)
    try:
        return Study(name, items=items, rubric=rubric, plan=plan, store=store)
    except StudyChangedError as error:
        msg = (
            f"{error}\nThe demo study has changed with the package: demo({name + '-2'!r}) starts the present one beside "
            f"the old, which Study({name!r}) opens."
        )
        raise StudyChangedError(msg) from None
